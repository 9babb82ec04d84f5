"""Trains the demo model on one GPU: Llama architecture, DeepSeek Coder's vocabulary, fill in the middle.

usage: python train.py VOCABULARY.gguf CORPUS.jsonl.xz OUT.pt --minutes M [--workers N] [--cpu]

Batches have samples of one length class, padded on the right, so that positions begin at 0. Muon trains the matrices of
the layers and AdamW the rest. The learning rate is flat and then falls straight to zero over the last 60 % of the time.
In the last 40 % the weights are rounded as the file will have them, with gradients passed straight through. --cpu, with
few --tokens, is for a try without a GPU.
"""

import argparse
import math
import multiprocessing
import os
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from gguf import GGUFReader
from torch.utils.checkpoint import checkpoint

import samples

WIDTH, LAYERS, HEADS, FEED_FORWARD, VOCABULARY = 512, 8, 8, 1408, 32256
LENGTHS = (192, 384, 768, 1536, samples.LONGEST)
ANSWER_WEIGHT = 2.5  # of the loss at an answer's tokens, against that at others
IGNORED = -100
ADAM_RATE, MUON_RATE, WARM_UP = 2e-3, 0.02, 100
FALLING, ROUNDED = 0.6, 0.4  # shares of the time, from the end


def rounded(weight, levels):
    """`weight` as ggml's Q4_0 (16 levels) or Q5_0 (32) has it: blocks of 32 with one signed scale in F16."""
    blocks = weight.detach().float().reshape(-1, 32)
    largest = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
    scale = largest / -(levels // 2)
    inverse = torch.where(scale == 0, torch.zeros_like(scale), 1 / scale)
    steps = torch.clamp(torch.floor(blocks * inverse + levels // 2 + 0.5), 0, levels - 1) - levels // 2
    return weight + (steps * scale.half().float()).reshape(weight.shape).to(weight.dtype) - weight.detach()


def rotate(x, cos, sin):
    """Rotary positions in the rotate-half layout of the original weights; export.py permutes it."""
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1).to(x.dtype)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        linear = lambda inputs, outputs: nn.Linear(inputs, outputs, bias=False)
        self.n1, self.n2 = nn.RMSNorm(WIDTH, eps=1e-6), nn.RMSNorm(WIDTH, eps=1e-6)
        self.q, self.k, self.v, self.o = (linear(WIDTH, WIDTH) for _ in range(4))
        self.gate, self.up, self.down = linear(WIDTH, FEED_FORWARD), linear(WIDTH, FEED_FORWARD), linear(FEED_FORWARD, WIDTH)

    def forward(self, x, cos, sin, rounds):
        apply = lambda matrix, x: F.linear(x, rounded(matrix.weight, 16) if rounds else matrix.weight)
        batch, length, _ = x.shape
        h = self.n1(x)
        q, k, v = (
            apply(matrix, h).view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2) for matrix in (self.q, self.k, self.v)
        )
        y = F.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True)
        x = x + apply(self.o, y.transpose(1, 2).reshape(batch, length, WIDTH))
        h = self.n2(x)
        return x + apply(self.down, F.silu(apply(self.gate, h)) * apply(self.up, h))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(VOCABULARY, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.RMSNorm(WIDTH, eps=1e-6)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                into_stream = name.endswith(("o.weight", "down.weight"))
                nn.init.normal_(parameter, 0, 0.02 / (math.sqrt(2 * LAYERS) if into_stream else 1))
        width = WIDTH // HEADS
        frequency = 100000.0 ** (-torch.arange(0, width, 2).float() / width)
        angle = torch.arange(samples.LONGEST).float()[:, None] / 4.0 * frequency  # linear scaling by 4, as in DeepSeek Coder
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)

    def forward(self, x, rounds):
        """What comes before the output layer, and the weights of that layer, which are the embedding's."""
        embedding = rounded(self.emb.weight, 32) if rounds else self.emb.weight
        h = F.embedding(x, embedding)
        if h.is_cuda:
            h = h.bfloat16()
        cos, sin = self.cos[: x.shape[1]].to(h.dtype), self.sin[: x.shape[1]].to(h.dtype)
        for block in self.blocks:
            h = block(h, cos, sin, rounds)
        return self.norm(h), embedding


def part_of_loss(h, embedding, y, weights):
    logits = F.linear(h, embedding.to(h.dtype)).float()
    return (F.cross_entropy(logits, y, reduction="none", ignore_index=IGNORED) * weights).sum()


def mean_loss(model, loss, x, y, weights, rounds):
    """The weighted mean of the loss. The logits of a whole batch would not fit: four parts, computed again for gradients."""
    h, embedding = model(x, rounds)
    h, y, weights = h.reshape(-1, WIDTH), y.reshape(-1), weights.reshape(-1)
    size = max(1, -(-h.shape[0] // 4))
    parts = [
        checkpoint(loss, h[i : i + size], embedding, y[i : i + size], weights[i : i + size], use_reentrant=False)
        for i in range(0, h.shape[0], size)
    ]
    return sum(parts) / weights.sum()


def batch(drawn, length):
    """Input ids, what is due at each place, and how much that counts."""
    x = np.zeros((len(drawn), length), np.int32)
    y = np.full_like(x, IGNORED)
    weights = np.zeros(x.shape, np.float32)
    for row, (ids, answer) in enumerate(drawn):
        n = len(ids) - 1
        x[row, :n], y[row, :n], weights[row, :n] = ids[:-1], ids[1:], 1
        if answer > 1:
            weights[row, answer - 1 : n] = ANSWER_WEIGHT
            # The markers at the head are always the same.
            weights[row, :2], y[row, 0] = 0, IGNORED
    return x, y, weights


def produce(queue, groups, vocabulary, tokens, seed):
    """Draws samples for ever and puts batches of one length class into the queue."""
    os.nice(3)
    source = samples.Samples(groups, samples.load_tokenizer(GGUFReader(vocabulary).fields), seed)
    waiting = {length: [] for length in LENGTHS}
    while True:
        ids, answer = source.draw()
        length = next(length for length in LENGTHS if len(ids) <= length + 1)
        waiting[length].append((ids, answer))
        if len(waiting[length]) == max(1, tokens // length):
            queue.put(batch(waiting[length], length))
            waiting[length] = []


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vocabulary")
    parser.add_argument("corpus")
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--workers", type=int, default=12)
    parser.add_argument("--tokens", type=int, default=131072, help="in a batch, with padding")
    parser.add_argument("--cpu", action="store_true")
    options = parser.parse_args()
    groups = samples.load(options.corpus)
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue(4 * options.workers)
    for seed in range(options.workers):
        arguments = (queue, groups, options.vocabulary, options.tokens, 1000 + seed)
        fork.Process(target=produce, args=arguments, daemon=True).start()

    device = "cpu" if options.cpu else "cuda"
    torch.manual_seed(0)
    torch.set_float32_matmul_precision("high")
    model, loss = Model().to(device), part_of_loss
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.1f} M parameters", flush=True)
    if not options.cpu:
        torch._dynamo.config.cache_size_limit = 64  # each length class and rounding is compiled by itself
        for block in model.blocks:
            block.compile(dynamic=False)
        loss = torch.compile(part_of_loss, dynamic=False)
    matrices = [p for name, p in model.named_parameters() if p.dim() == 2 and name.startswith("blocks")]
    norms = [p for p in model.parameters() if p.dim() < 2]
    adam = torch.optim.AdamW([model.emb.weight, *norms], lr=ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0, fused=not options.cpu)
    muon = torch.optim.Muon(matrices, lr=MUON_RATE, weight_decay=0.02, adjust_lr_fn="original")

    def save():
        weights = {name: (p.half() if p.dim() == 2 else p.float()).cpu() for name, p in model.state_dict().items()}
        torch.save({"model": weights, "cfg": (WIDTH, LAYERS, HEADS, FEED_FORWARD)}, options.out + ".tmp")
        os.replace(options.out + ".tmp", options.out)

    start = saved = time.time()
    end = start + options.minutes * 60
    step = seen = 0
    mean = None
    while time.time() < end:
        left = (end - time.time()) / (end - start)
        rate = min(1, (step + 1) / WARM_UP) * min(1, max(0.0, left) / FALLING)
        for optimizer, full in ((adam, ADAM_RATE), (muon, MUON_RATE)):
            for group in optimizer.param_groups:
                group["lr"] = full * rate
        x, y, weights = (torch.from_numpy(array).to(device, non_blocking=True) for array in queue.get())
        with torch.autocast(device, torch.bfloat16):
            now = mean_loss(model, loss, x.long(), y.long(), weights, left < ROUNDED)
        adam.zero_grad()
        muon.zero_grad()
        now.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        muon.step()
        step += 1
        seen += x.numel()
        if step % 50 == 0 or step < 4:
            mean = now.item() if mean is None else 0.8 * mean + 0.2 * now.item()
            print(f"step {step}, {seen / 1e6:.0f} M tokens, loss {mean:.3f}, rate {rate:.3f}, "
                  f"{seen / (time.time() - start) / 1e3:.0f} K tokens/s, {(end - time.time()) / 60:.1f} min left", flush=True)
        if time.time() - saved > 120:
            save()
            saved = time.time()
    save()
    print(f"done after {step} steps, {seen / 1e6:.0f} M tokens, loss {mean:.3f}", flush=True)


if __name__ == "__main__":
    main()
