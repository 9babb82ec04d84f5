#!/usr/bin/env python3
"""Writes a GGUF file with the shapes, settings and vocabulary of DeepSeek-Coder-V2-Lite and random weights.

Its text is noise; its size, memory and arithmetic are those of the model. For timings and memory, beside `dscoder bench` and
llama.cpp's own tools.

    tests/bench/lite.py OUT.gguf [--layers 27] [--layout latent|old] [--instruct]

With fewer layers it names a rank of 0 for queries, without which llama.cpp takes only files of 26 and 27 layers.
"""
import argparse
import os
import random
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
MERGES = os.path.join(HERE, "../../src/model/llm.merges")
WIDTH, HEADS, LATENT, ROTATED, PLAIN, VALUE = 2048, 16, 512, 64, 128, 128
FEED_FORWARD, EXPERTS, USED, SHARED, EXPERT = 10944, 64, 6, 2, 1408
VOCABULARY = 102400
F32, Q8_0, Q4_K, Q6_K = 0, 8, 12, 14
# Values and bytes of a block.
BLOCKS = {F32: (1, 4), Q8_0: (32, 34), Q4_K: (256, 144), Q6_K: (256, 210)}
ADDED = "øöúÿõ÷ûýÀùÁþü"


def vocabulary():
    """The tokens and merges of DeepSeek LLM, as src/model/tokenizer.rs reads them."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    characters = [chr(byte) for byte in plain] + [chr(0x100 + number) for number in range(len(others))]
    tokens = [character for character in sorted(characters) if character not in ADDED]
    merges, numbers, number, shift = [], [], 0, 0
    for byte in open(MERGES, "rb").read():
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number = shift = 0
    for left, right in zip(numbers[::2], numbers[1::2]):
        merges.append(f"{tokens[left]} {tokens[right]}")
        tokens.append(tokens[left] + tokens[right])
    tokens += ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜fim▁hole｜>", "<｜fim▁begin｜>", "<｜fim▁end｜>"]
    return tokens + [f"[PAD{number}]" for number in range(len(tokens), VOCABULARY)], merges


def text(value):
    value = value.encode()
    return struct.pack("<Q", len(value)) + value


def array(kind, values, pack):
    return struct.pack("<IQ", kind, len(values)) + b"".join(map(pack, values))


def entries(options):
    name = "DeepSeek-Coder-V2-Lite-" + ("Instruct" if options.instruct else "Base")
    latent = options.layout == "latent"
    yield "general.architecture", 8, text("deepseek2")
    yield "general.name", 8, text(name)
    numbers = {
        "block_count": options.layers, "context_length": 163840, "embedding_length": WIDTH,
        "feed_forward_length": FEED_FORWARD, "attention.head_count": HEADS,
        "attention.head_count_kv": 1 if latent else HEADS,
        "attention.key_length": LATENT + ROTATED if latent else PLAIN + ROTATED,
        "attention.value_length": LATENT if latent else VALUE, "attention.kv_lora_rank": LATENT,
        "rope.dimension_count": ROTATED, "rope.scaling.original_context_length": 4096,
        "leading_dense_block_count": 1, "expert_count": EXPERTS, "expert_used_count": USED,
        "expert_shared_count": SHARED, "expert_feed_forward_length": EXPERT, "vocab_size": VOCABULARY,
    }
    if latent:
        numbers |= {"attention.key_length_mla": PLAIN + ROTATED, "attention.value_length_mla": VALUE}
    if options.layers != 27:
        numbers["attention.q_lora_rank"] = 0
    for key, value in numbers.items():
        yield "deepseek2." + key, 4, struct.pack("<I", value)
    for key, value in {
        "rope.freq_base": 10000.0, "rope.scaling.factor": 40.0, "rope.scaling.yarn_log_multiplier": 0.0707,
        "attention.layer_norm_rms_epsilon": 1e-6, "expert_weights_scale": 1.0,
    }.items():
        yield "deepseek2." + key, 6, struct.pack("<f", value)
    yield "deepseek2.rope.scaling.type", 8, text("yarn")
    tokens, merges = vocabulary()
    yield "tokenizer.ggml.model", 8, text("gpt2")
    yield "tokenizer.ggml.pre", 8, text("deepseek-llm")
    yield "tokenizer.ggml.tokens", 9, array(8, tokens, text)
    yield "tokenizer.ggml.merges", 9, array(8, merges, text)
    kinds = [1 if number < 100000 else 3 for number in range(VOCABULARY)]
    yield "tokenizer.ggml.token_type", 9, array(5, kinds, lambda kind: struct.pack("<i", kind))
    for key, value in {"bos": 100000, "eos": 100001, "padding": 100001}.items():
        yield f"tokenizer.ggml.{key}_token_id", 4, struct.pack("<I", value)
    yield "tokenizer.ggml.add_bos_token", 7, b"\1"
    yield "general.file_type", 4, struct.pack("<I", 15)


def tensors(options):
    yield "token_embd.weight", (WIDTH, VOCABULARY), Q4_K
    yield "output_norm.weight", (WIDTH,), F32
    yield "output.weight", (WIDTH, VOCABULARY), Q6_K
    for layer in range(options.layers):
        name = f"blk.{layer}."
        yield name + "attn_norm.weight", (WIDTH,), F32
        yield name + "attn_q.weight", (WIDTH, HEADS * (PLAIN + ROTATED)), Q4_K
        yield name + "attn_kv_a_mqa.weight", (WIDTH, LATENT + ROTATED), Q4_K
        yield name + "attn_kv_a_norm.weight", (LATENT,), F32
        if options.layout == "latent":
            yield name + "attn_k_b.weight", (PLAIN, LATENT, HEADS), Q8_0
            yield name + "attn_v_b.weight", (LATENT, VALUE, HEADS), Q4_K
        else:
            yield name + "attn_kv_b.weight", (LATENT, HEADS * (PLAIN + VALUE)), Q4_K
        yield name + "attn_output.weight", (HEADS * VALUE, WIDTH), Q4_K
        yield name + "ffn_norm.weight", (WIDTH,), F32
        if layer == 0:
            yield name + "ffn_gate.weight", (WIDTH, FEED_FORWARD), Q4_K
            yield name + "ffn_up.weight", (WIDTH, FEED_FORWARD), Q4_K
            # 256 does not divide the width.
            yield name + "ffn_down.weight", (FEED_FORWARD, WIDTH), Q8_0
            continue
        yield name + "ffn_gate_inp.weight", (WIDTH, EXPERTS), F32
        yield name + "ffn_gate_exps.weight", (WIDTH, EXPERT, EXPERTS), Q4_K
        yield name + "ffn_up_exps.weight", (WIDTH, EXPERT, EXPERTS), Q4_K
        yield name + "ffn_down_exps.weight", (EXPERT, WIDTH, EXPERTS), Q8_0
        yield name + "ffn_gate_shexp.weight", (WIDTH, SHARED * EXPERT), Q4_K
        yield name + "ffn_up_shexp.weight", (WIDTH, SHARED * EXPERT), Q4_K
        yield name + "ffn_down_shexp.weight", (SHARED * EXPERT, WIDTH), Q4_K


def block(kind, source):
    """Random weights with a standard deviation of about 0.02."""
    half = lambda number: struct.pack("<e", number)
    if kind == Q8_0:
        return half(2.7e-4) + source.randbytes(32)
    if kind == Q4_K:
        # Every scale and minimum of six bits is 32.
        return half(1.36e-4) + half(1.02e-3) + bytes([0xA0] * 8 + [0] * 4) + source.randbytes(128)
    return source.randbytes(192) + bytes([16] * 16) + half(6.8e-5)


def write(out, kind, shape, pool):
    count, size = BLOCKS[kind]
    values = 1
    for dimension in shape:
        values *= dimension
    if kind == F32:
        ones = len(shape) == 1
        source = random.Random(values)
        out.write(b"".join(struct.pack("<f", 1.0 if ones else source.gauss(0, 0.02)) for _ in range(values)))
        return
    left = values // count * size
    while left > 0:
        # From another place each time, so that no two tensors are equal.
        start = random.randrange(len(pool[kind]) // size // 2) * size
        piece = pool[kind][start:start + left]
        out.write(piece)
        left -= len(piece)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--layers", type=int, default=27)
    parser.add_argument("--layout", choices=["latent", "old"], default="latent")
    parser.add_argument("--instruct", action="store_true")
    options = parser.parse_args()
    random.seed(1)
    source = random.Random(2)
    pool = {kind: b"".join(block(kind, source) for _ in range(1 << 17)) for kind in (Q8_0, Q4_K, Q6_K)}
    metadata, table = list(entries(options)), list(tensors(options))
    with open(options.out, "wb") as out:
        out.write(b"GGUF" + struct.pack("<IQQ", 3, len(table), len(metadata)))
        for key, kind, value in metadata:
            out.write(text(key) + struct.pack("<I", kind) + value)
        offset = 0
        for name, shape, kind in table:
            out.write(text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape))
            out.write(struct.pack("<IQ", kind, offset))
            values = 1
            for dimension in shape:
                values *= dimension
            count, size = BLOCKS[kind]
            offset += (values // count * size + 31) // 32 * 32
        for _, shape, kind in table:
            out.write(b"\0" * (-out.tell() % 32))
            write(out, kind, shape, pool)


main()
