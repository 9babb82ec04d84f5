"""Trains the demo model: Llama architecture, DeepSeek Coder's vocabulary, fill in the middle.

usage: python train.py CORPUS.jsonl.xz TOKENIZER.json OUT.pt --minutes M [--init WEIGHTS.pt]

Made for two cores: batches of one length (padded on the right, so that positions begin at 0), the loss taken at the
answers' tokens and at some others (the output layer is 63 % of the arithmetic), Muon for the matrices and AdamW for the
rest, bfloat16 where it is faster. The learning rate is a function of the time that is left, and ends at zero.
"""

import argparse
import math
import multiprocessing
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import samples

WIDTH, LAYERS, HEADS, FEED_FORWARD, VOCABULARY = 256, 6, 4, 704, 32256
LENGTHS = (96, 160, 256, 384)
TOKENS = 12288  # in a batch, with padding
LOSS_SHARE = 0.25  # of the positions
ADAM_RATE, MUON_RATE = 2e-3, 0.02


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.n2 = nn.RMSNorm(WIDTH, eps=1e-6), nn.RMSNorm(WIDTH, eps=1e-6)
        self.qkv, self.o = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.gu, self.down = nn.Linear(WIDTH, 2 * FEED_FORWARD, bias=False), nn.Linear(FEED_FORWARD, WIDTH, bias=False)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        q, k, v = self.qkv(self.n1(x)).view(batch, length, 3, HEADS, WIDTH // HEADS).unbind(2)
        q, k, v = (t.transpose(1, 2) for t in (rotate(q, cos, sin), rotate(k, cos, sin), v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.o(y.transpose(1, 2).reshape(batch, length, WIDTH))
        gate, up = self.gu(self.n2(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


def rotate(x, cos, sin):
    """Rotary positions in the rotate-half layout of the original weights; export.py permutes it."""
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(VOCABULARY, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.RMSNorm(WIDTH, eps=1e-6)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, 0, 0.02 / (math.sqrt(2 * LAYERS) if name.endswith(("o.weight", "down.weight")) else 1))
        half = WIDTH // HEADS
        frequency = 100000.0 ** (-torch.arange(0, half, 2).float() / half)
        angle = torch.arange(2048).float()[:, None] / 4.0 * frequency  # linear scaling by 4, as in DeepSeek Coder
        self.register_buffer("cos", angle.cos()[:, None], persistent=False)
        self.register_buffer("sin", angle.sin()[:, None], persistent=False)

    def hidden(self, x):
        h = self.emb(x)
        for block in self.blocks:
            h = block(h, self.cos[: x.shape[1]].to(h.dtype), self.sin[: x.shape[1]].to(h.dtype))
        return self.norm(h)

    def forward(self, x, places, targets):
        """The mean loss at `places`, indices into the flattened batch."""
        h = self.hidden(x).reshape(-1, WIDTH).index_select(0, places)
        return F.cross_entropy((h @ self.emb.weight.T).float(), targets)


def batch(drawn, length, rng):
    """Input ids, the places of the loss and what is due there. Answers come first, others fill up."""
    x = np.zeros((len(drawn), length), np.int64)
    y = np.zeros_like(x)
    answers, others = [], []
    for row, (ids, answer) in enumerate(drawn):
        n = len(ids) - 1
        x[row, :n], y[row, :n] = ids[:-1], ids[1:]
        places = np.arange(n) + row * length
        if answer > 1:
            answers.append(places[answer - 1 :])
            others.append(places[2 : answer - 1])
        else:
            others.append(places)
    answers, others = (np.concatenate(parts) if parts else np.zeros(0, np.int64) for parts in (answers, others))
    wanted = int(len(drawn) * length * LOSS_SHARE)
    rng.shuffle(answers)
    rng.shuffle(others)
    places = np.concatenate((answers, others))[:wanted]
    if len(places) < wanted:
        places = np.concatenate((places, rng.choice(places, wanted - len(places))))
    return x, places, y.reshape(-1)[places]


def produce(queue, corpus, tokenizer, seed):
    """Draws samples for ever and puts batches of one length into the queue."""
    os.nice(5)
    _, documents = samples.corpus(corpus)
    source = samples.Samples(documents, samples.load_tokenizer(tokenizer), seed)
    rng = np.random.default_rng(seed)
    waiting = {length: [] for length in LENGTHS}
    while True:
        ids, answer = source.draw()
        length = next(length for length in LENGTHS if len(ids) <= length)
        waiting[length].append((ids, answer))
        if len(waiting[length]) == TOKENS // length:
            queue.put((length, *batch(waiting[length], length, rng)))
            waiting[length] = []


@torch.no_grad()
def answer(model, tokenizer, prefix, suffix, longest=40):
    """The greedy answer, for a look in between."""
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    ids = [samples.BOS, samples.BEGIN] + encode(prefix) + [samples.HOLE] + encode(suffix) + [samples.END]
    start = len(ids)
    while len(ids) < start + longest:
        best = int((model.hidden(torch.tensor([ids]))[0, -1] @ model.emb.weight.T).argmax())
        if best >= 32013:
            break
        ids.append(best)
    return tokenizer.decode(ids[start:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus")
    parser.add_argument("tokenizer")
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--init")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    queue = multiprocessing.Queue(16)
    multiprocessing.Process(target=produce, args=(queue, options.corpus, options.tokenizer, 1), daemon=True).start()
    tokenizer = samples.load_tokenizer(options.tokenizer)
    held_out, _ = samples.corpus(options.corpus)
    holes = list(samples.held_out_holes(held_out, tokenizer))[:60]
    model = Model()
    if options.init:
        weights = torch.load(options.init, map_location="cpu")["model"]
        model.load_state_dict({name: value.float() for name, value in weights.items()})
    matrices = [p for name, p in model.named_parameters() if p.dim() == 2 and name.startswith("blocks")]
    rest = [p for p in model.parameters() if p.dim() < 2]
    adam = torch.optim.AdamW([model.emb.weight, *rest], lr=ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0, fused=True)
    muon = torch.optim.Muon(matrices, lr=MUON_RATE, weight_decay=0.05, adjust_lr_fn="original")
    run = torch.compile(model, dynamic=False)

    def save():
        torch.save({"model": model.state_dict(), "cfg": (WIDTH, LAYERS, HEADS, FEED_FORWARD)}, options.out + ".tmp")
        os.replace(options.out + ".tmp", options.out)

    start = saved = looked = time.time()
    end = start + options.minutes * 60
    step = seen = 0
    mean = None
    while time.time() < end:
        left = (end - time.time()) / (end - start)
        rate = min(1, (step + 1) / 60) * min(1, max(0.0, left) / 0.6)  # flat, then straight down to zero
        for group in adam.param_groups:
            group["lr"] = ADAM_RATE * rate
        for group in muon.param_groups:
            group["lr"] = MUON_RATE * rate
        length, x, places, targets = queue.get()
        with torch.autocast("cpu", torch.bfloat16):
            loss = run(torch.from_numpy(x), torch.from_numpy(places), torch.from_numpy(targets))
        adam.zero_grad()
        muon.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        muon.step()
        step += 1
        seen += x.size
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        now = time.time()
        if step % 20 == 0:
            print(f"step {step} seen {seen / 1e6:.2f}M loss {mean:.3f} rate {rate:.3f} {seen / (now - start):.0f} tokens/s "
                  f"left {(end - now) / 60:.1f} min queue {queue.qsize()}", flush=True)
        if now - saved > 240:
            save()
            saved = now
        if now - looked > 700:
            right = [answer(model, tokenizer, h["prefix"], h["suffix"]).rstrip() == h["middle"].rstrip() for h in holes]
            print(f"LOOK step {step}: {sum(right)} of {len(right)} holes", flush=True)
            looked = time.time()
    save()
    print(f"done after {step} steps, {seen / 1e6:.1f}M tokens, loss {mean:.3f}", flush=True)


if __name__ == "__main__":
    main()
