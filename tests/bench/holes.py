"""How often a model fills single-line holes exactly, with what dscoder trims and without (--raw).

usage: python tests/bench/holes.py DSCODER [--model demo] [--count 200] [--seed 1] [--holes HOLES.jsonl]

The holes are cut from Python's standard library, as it is on this machine: one in each of COUNT files, in a line of
code, half from its indentation and half from between two words, with the lines around it. The built-in model saw the
standard library in its training, so this compares ways to end an answer, not models. --holes takes other holes, one
JSON object with prefix, middle and suffix a line. Exact means: equal to the true text but for white space at its end.
"""

import argparse
import io
import json
import pathlib
import random
import re
import subprocess
import sys
import sysconfig
import tempfile
import tokenize

BEFORE, BEHIND = 900, 500  # characters around a hole, cut at line ends


def code_lines(text):
    """Numbers of the lines with code: none that are blank, comments or parts of long strings."""
    passed = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in passed and token.start[0] == token.end[0]:
            lines.add(token.start[0] - 1)
    return sorted(lines)


def hole(rng, text):
    """A hole in `text`."""
    lines = text.split("\n")
    number = rng.choice(code_lines(text))
    line = lines[number].rstrip()
    at = len(line) - len(line.lstrip())
    if rng.random() < 0.5:
        words = [match.start() for match in re.finditer(r"\b|(?<=[\s(\[{=,.:])", line) if at < match.start() < len(line)]
        at = rng.choice(words) if words else at
    prefix = "".join(line + "\n" for line in lines[:number])
    prefix = prefix[-BEFORE:].partition("\n")[2] if len(prefix) > BEFORE else prefix
    suffix = "".join("\n" + line for line in lines[number + 1 :])
    suffix = suffix[:BEHIND].rpartition("\n")[0] if len(suffix) > BEHIND else suffix
    return {"prefix": prefix + line[:at], "middle": line[at:], "suffix": suffix or "\n"}


def standard_library(count, seed):
    """COUNT holes, each in another file."""
    rng = random.Random(seed)
    root = pathlib.Path(sysconfig.get_paths()["stdlib"])
    files = [path for path in sorted(root.rglob("*.py")) if not re.search(r"/(site-packages|tests?|idlelib)/", str(path))]
    rng.shuffle(files)
    holes = []
    for path in files:
        try:
            text = path.read_text("utf-8")
            if 300 <= len(text) <= 60000:
                holes.append({"file": str(path.relative_to(root)), **hole(rng, text)})
        except (UnicodeDecodeError, SyntaxError, tokenize.TokenError, IndexError):
            continue
        if len(holes) == count:
            break
    return holes


def answer(dscoder, model, files, flags):
    command = [dscoder, "infill", "-q", "-m", model, "-n", "64", "--prefix", files[0], "--suffix", files[1], *flags]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", "replace")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dscoder")
    parser.add_argument("--model", default="demo")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--holes")
    options = parser.parse_args()
    if options.holes:
        holes = [json.loads(line) for line in pathlib.Path(options.holes).read_text("utf-8").splitlines()]
    else:
        holes = standard_library(options.count, options.seed)
    ways = {"trimmed": [], "--raw": ["--raw"]}
    right = dict.fromkeys(ways, 0)
    lost, won = [], []
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder, name) for name in ("before", "behind")]
        for one in holes:
            for path, part in zip(files, ("prefix", "suffix")):
                path.write_text(one[part], "utf-8", newline="")
            answers = {name: answer(options.dscoder, options.model, files, flags) for name, flags in ways.items()}
            exact = {name: text.rstrip() == one["middle"].rstrip() for name, text in answers.items()}
            for name in ways:
                right[name] += exact[name]
            if exact["trimmed"] != exact["--raw"]:
                (won if exact["trimmed"] else lost).append((one["middle"], answers["--raw"]))
    for name, count in right.items():
        print(f"{name}: {count} of {len(holes)} exact ({100 * count / len(holes):.1f} %)")
    for word, cases in (("won", won), ("lost", lost)):
        for middle, raw in cases:
            print(f"{word} by trimming: {raw!r} where {middle!r} was due")
    return len(lost) > len(won)


if __name__ == "__main__":
    sys.exit(main())
