"""Writes holes.jsonl: one single-line hole in each of the 300 held-out files (see samples.py), in code, not in prose.

usage: python holes.py CORPUS.jsonl.xz TOKENIZER.json holes.jsonl
"""

import io
import json
import sys
import tokenize

import samples


def code_lines(text):
    """Numbers of the lines with code: no blank ones, no comments, none within a docstring or another long string."""
    empty = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in empty and not token.string.endswith(('"""', "'''")):
            lines.update((token.start[0], token.end[0]))
    return lines


def main():
    corpus, tokenizer, out = sys.argv[1:]
    held_out, _ = samples.corpus(corpus)
    tokenizer = samples.load_tokenizer(tokenizer)
    with open(out, "w", encoding="utf-8") as file:
        for name, text in held_out:
            try:
                good = code_lines(text)
            except (tokenize.TokenError, SyntaxError):
                continue
            tries = (next(samples.held_out_holes([(name, text)], tokenizer, f"{name} {k}"), None) for k in range(50))
            hole = next((hole for hole in tries if hole and hole["line"] in good), None)
            if hole:
                file.write(json.dumps(hole, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
