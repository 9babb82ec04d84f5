"""Writes a checkpoint as a GGUF file in DeepSeek Coder's format: the layers Q4_0, the embedding Q5_0, the norms F32.

usage: python export.py VOCABULARY.gguf CKPT.pt OUT.gguf

VOCABULARY is any GGUF file that has DeepSeek Coder's vocabulary. The embedding is the output layer as well.
"""

import sys

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, LlamaFileType
from gguf.quants import quantize

import samples

NAME = "dscoder demo base"


def interleaved(matrix, heads):
    """Rotate-half order of the rows of Q and K into the interleaved one of llama.cpp's Llama."""
    rows, columns = matrix.shape
    return matrix.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def tensors(weights, layers, heads):
    """(GGUF name, float32 array) of each tensor."""
    yield "token_embd.weight", weights["emb.weight"]
    yield "output_norm.weight", weights["norm.weight"]
    for i in range(layers):
        old, new = f"blocks.{i}.", f"blk.{i}."
        yield new + "attn_norm.weight", weights[old + "n1.weight"]
        yield new + "ffn_norm.weight", weights[old + "n2.weight"]
        yield new + "attn_q.weight", interleaved(weights[old + "q.weight"], heads)
        yield new + "attn_k.weight", interleaved(weights[old + "k.weight"], heads)
        yield new + "attn_v.weight", weights[old + "v.weight"]
        yield new + "attn_output.weight", weights[old + "o.weight"]
        yield new + "ffn_gate.weight", weights[old + "gate.weight"]
        yield new + "ffn_up.weight", weights[old + "up.weight"]
        yield new + "ffn_down.weight", weights[old + "down.weight"]


def main():
    vocabulary, checkpoint, out = sys.argv[1:]
    fields = GGUFReader(vocabulary).fields
    loaded = torch.load(checkpoint, map_location="cpu")
    weights = {name: value.float().numpy() for name, value in loaded["model"].items()}
    width, layers, heads, feed_forward = loaded["cfg"]
    w = GGUFWriter(out, "llama")
    w.add_name(NAME)
    w.add_block_count(layers)
    w.add_context_length(samples.LONGEST)  # it was never shown more
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
    w.add_file_type(LlamaFileType.MOSTLY_Q4_0)
    w.add_quantization_version(2)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("deepseek-coder")
    w.add_token_list(fields["tokenizer.ggml.tokens"].contents())
    w.add_token_types(fields["tokenizer.ggml.token_type"].contents())
    w.add_token_merges(fields["tokenizer.ggml.merges"].contents())
    w.add_bos_token_id(samples.BOS)
    w.add_eos_token_id(samples.EOS)
    w.add_pad_token_id(samples.EOS)
    w.add_add_bos_token(True)
    w.add_add_eos_token(False)
    for name, array in tensors(weights, layers, heads):
        array = np.ascontiguousarray(array, np.float32)
        if array.ndim == 1:
            w.add_tensor(name, array)
        else:
            kind = GGMLQuantizationType.Q5_0 if name == "token_embd.weight" else GGMLQuantizationType.Q4_0
            w.add_tensor(name, quantize(array, kind), raw_dtype=kind)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


if __name__ == "__main__":
    main()
