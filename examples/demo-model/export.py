"""Writes a checkpoint as GGUF files in DeepSeek Coder's format: F16, and from it Q8_0.

usage: python export.py VOCABULARY.gguf CKPT.pt OUT-F16.gguf OUT-Q8_0.gguf

VOCABULARY is llama.cpp's ggml-vocab-deepseek-coder.gguf. Norms stay F32 in both files. In the second one the embedding,
which is the output layer as well, stays F16: with it in Q8_0, one greedy answer in ten was another.
"""

import sys

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, LlamaFileType
from gguf.quants import quantize

NAME = "dscoder demo 13M base"
DESCRIPTION = ("A small fill-in-the-middle model of Python with DeepSeek Coder's architecture and vocabulary, "
               "to try dscoder and to test it. Not for work.")


def interleaved(matrix, heads):
    """Rotate-half order of the rows of Q and K into the interleaved one of llama.cpp's Llama."""
    rows, columns = matrix.shape
    return matrix.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def tensors(weights, width, layers, heads):
    """(GGUF name, float32 array) of each tensor."""
    yield "token_embd.weight", weights["emb.weight"]
    yield "output_norm.weight", weights["norm.weight"]
    for i in range(layers):
        old, new = f"blocks.{i}.", f"blk.{i}."
        q, k, v = weights[old + "qkv.weight"].reshape(3, width, width)
        gate, up = np.split(weights[old + "gu.weight"], 2)
        yield new + "attn_norm.weight", weights[old + "n1.weight"]
        yield new + "ffn_norm.weight", weights[old + "n2.weight"]
        yield new + "attn_q.weight", interleaved(q, heads)
        yield new + "attn_k.weight", interleaved(k, heads)
        yield new + "attn_v.weight", v
        yield new + "attn_output.weight", weights[old + "o.weight"]
        yield new + "ffn_gate.weight", gate
        yield new + "ffn_up.weight", up
        yield new + "ffn_down.weight", weights[old + "down.weight"]


def write(path, vocabulary, weights, cfg, file_type, eight_bits):
    """Writes the matrices as F16, or as Q8_0 where `eight_bits` says so of their names."""
    width, layers, heads, feed_forward = cfg
    w = GGUFWriter(path, "llama")
    w.add_name(NAME)
    w.add_description(DESCRIPTION)
    w.add_size_label("13M")
    w.add_block_count(layers)
    w.add_context_length(16384)
    w.add_embedding_length(width)
    w.add_feed_forward_length(feed_forward)
    w.add_head_count(heads)
    w.add_head_count_kv(heads)
    w.add_rope_dimension_count(width // heads)
    w.add_rope_freq_base(100000.0)
    w.add_string("llama.rope.scaling.type", "linear")
    w.add_float32("llama.rope.scaling.factor", 4.0)
    w.add_layer_norm_rms_eps(1e-6)
    w.add_vocab_size(len(weights["emb.weight"]))
    w.add_file_type(file_type)
    w.add_quantization_version(2)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("deepseek-coder")
    w.add_token_list(vocabulary.fields["tokenizer.ggml.tokens"].contents())
    w.add_token_types(vocabulary.fields["tokenizer.ggml.token_type"].contents())
    w.add_token_merges(vocabulary.fields["tokenizer.ggml.merges"].contents())
    w.add_bos_token_id(32013)
    w.add_eos_token_id(32014)
    w.add_pad_token_id(32014)
    w.add_add_bos_token(True)
    w.add_add_eos_token(False)
    for name, array in tensors(weights, width, layers, heads):
        if array.ndim == 1:
            w.add_tensor(name, np.ascontiguousarray(array, dtype=np.float32))
        elif eight_bits(name):              # from the F16 values, as llama-quantize does
            array = np.ascontiguousarray(array.astype(np.float16).astype(np.float32))
            kind = GGMLQuantizationType.Q8_0
            w.add_tensor(name, quantize(array, kind), raw_dtype=kind)
        else:
            w.add_tensor(name, np.ascontiguousarray(array.astype(np.float16)))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def main():
    vocabulary, checkpoint, f16, q8_0 = sys.argv[1:]
    vocabulary = GGUFReader(vocabulary)
    loaded = torch.load(checkpoint, map_location="cpu")
    weights = {name.removeprefix("_orig_mod."): value.float().numpy() for name, value in loaded["model"].items()}
    cfg = loaded["cfg"]
    write(f16, vocabulary, weights, cfg, LlamaFileType.MOSTLY_F16, lambda name: False)
    write(q8_0, vocabulary, weights, cfg, LlamaFileType.MOSTLY_Q8_0, lambda name: name != "token_embd.weight")


if __name__ == "__main__":
    main()
