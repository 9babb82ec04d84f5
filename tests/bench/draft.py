#!/usr/bin/env python3
"""Measures a draft model: the rate of decoding without and with it, and how many tokens were drafted and accepted.

usage: draft.py MODEL DRAFT [--runs 5] [--tokens 200] [--prompt FILE] [--bytes 1500] [--dscoder PROGRAM]   (after `cargo build --release`)

Runs alternate (A B A B ...). Prints one row of a Markdown table with medians, and fails where an answer differs, unless both
were drawn from almost equal probabilities: it then says at which byte. The prompt is the first bytes of a file.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def run(arguments, draft):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DSCODER_")}
    command = [arguments.dscoder, "complete", "-", "-m", arguments.model, "--until", "end", "--raw", "--stats",
               "--no-cache", "--serve", "never", "-n", str(arguments.tokens)] + (["--draft", arguments.draft] if draft else [])
    prompt = pathlib.Path(arguments.prompt).read_bytes()[:arguments.bytes]
    done = subprocess.run(command, input=prompt, capture_output=True, env=environment, check=True)
    stats = done.stderr.decode()
    if not done.stdout:
        raise SystemExit("the model ended its answer at once: give another --prompt")
    rate = float(re.search(r"decode \d+ ms \(([\d.]+) tokens/s\)", stats)[1])
    drafted = re.search(r"drafted (\d+) tokens, accepted (\d+)", stats)
    return rate, tuple(map(int, drafted.groups())) if drafted else (0, 0), done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("draft")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--bytes", type=int, default=1500)
    parser.add_argument("--prompt", default=str(REPOSITORY / "tests/bench/lsp.py"))
    parser.add_argument("--dscoder", default=str(REPOSITORY / "target/release/dscoder"))
    arguments = parser.parse_args()
    plain, drafted, counts, ratios = [], [], [], []
    for _ in range(arguments.runs):
        rate, _, answer = run(arguments, False)
        with_draft, seen, other = run(arguments, True)
        plain.append(rate)
        drafted.append(with_draft)
        ratios.append(with_draft / rate)
        counts.append(seen)
        if answer != other:
            place = next((i for i, (a, b) in enumerate(zip(answer, other)) if a != b), min(len(answer), len(other)))
            print(f"the answers differ from byte {place} of {len(answer)} on")
    median = statistics.median
    count = sorted(counts)[len(counts) // 2]
    name = lambda path: pathlib.Path(path).name
    print(f"| {name(arguments.model)}, {name(arguments.draft)} | {count[0]}, {count[1]} "
          f"| {median(plain):.1f}, {median(drafted):.1f} | {median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}) |")


if __name__ == "__main__":
    main()
