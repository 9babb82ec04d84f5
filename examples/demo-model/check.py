"""Draws the training's samples again and counts them: what they were made of, and how often a probe was among them.

usage: python check.py CORPUS.jsonl.xz TOKENIZER.json probes.jsonl COUNT

COUNT is the number of samples to draw, as train.py drew them (same seed). A probe was seen if its very prefix and
suffix stood around the hole of a sample, or if its completed program stood in one.
"""

import collections
import json
import sys

import samples


def main():
    corpus, tokenizer, probes, count = sys.argv[1:]
    _, documents = samples.corpus(corpus)
    source = samples.Samples(documents, samples.load_tokenizer(tokenizer), 1)
    with open(probes, encoding="utf-8") as file:
        probes = [json.loads(line) for line in file]
    holes = {(p["prefix"], p["suffix"]) for p in probes}
    whole = {p["name"]: p["prefix"] + p["middle"] + p["suffix"].rstrip() for p in probes}
    tally = collections.Counter()
    cut, snippet, generate = samples.cut, samples.snippet, samples.programs.program

    def look(text, where):
        for name, program in whole.items():
            tally[f"probe's program, {where}: {name}"] += program in text

    def counted_cut(rng, text, kinds=None):
        hole = cut(rng, text, kinds)
        tally["holes"] += hole is not None
        tally["probe's hole"] += hole is not None and (hole[0], hole[2]) in holes
        return hole

    def counted_snippet(*arguments):
        text = snippet(*arguments)
        tally["from packages"] += 1
        look(text, "package")
        return text

    def counted_program(rng):
        text = generate(rng)
        tally["generated"] += 1
        look(text, "generated")
        return text

    samples.cut, samples.snippet, samples.programs.program = counted_cut, counted_snippet, counted_program
    source.encode = lambda text: [0] * (len(text) // 3)         # lengths do not steer what is drawn, but what is kept
    for _ in range(int(count)):
        source.draw()
    for key, value in sorted(tally.items()):
        if value or ":" not in key:
            print(f"{key} - {value}")


if __name__ == "__main__":
    main()
