"""Samples for training and the held-out holes.

An infill sample is BOS, begin, PREFIX, hole, SUFFIX, end, MIDDLE, EOS, whole and never cut. Holes are cut as people leave
them. The held-out files are the first HELD_OUT of the shuffled corpus; first version and this one never trained on them.
"""

import ast
import json
import lzma
import random
import re
from collections import Counter

from tokenizers import Tokenizer

import programs

BOS, EOS, HOLE, BEGIN, END = 32013, 32014, 32015, 32016, 32017
HELD_OUT = 300
LONGEST = 384  # tokens in a sample
SIMPLE = ("std/", "algorithms/", "pygorithm/", "toolz/", "cytoolz/", "boltons/", "more_itertools/", "networkx/")
BOUNDARY = re.compile(r"\b|(?<=[\s(\[{=,.:])")


def corpus(path):
    """The held-out and the training documents, each a (name, text)."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        documents = [tuple(json.loads(line)) for line in file]
    random.Random(0).shuffle(documents)
    held_out, training = documents[:HELD_OUT], documents[HELD_OUT:]
    # Copies of a held-out file under another name or in another version go, too.
    long_lines = lambda text: {line.strip() for line in text.split("\n") if len(line.strip()) >= 30}
    owners = {}
    for index, (_, text) in enumerate(held_out):
        for line in long_lines(text):
            owners.setdefault(line, set()).add(index)
    sizes = [max(8, len(long_lines(text))) for _, text in held_out]

    def is_copy(text):
        shared = Counter(index for line in long_lines(text) for index in owners.get(line, ()))
        return any(count > 0.4 * sizes[index] for index, count in shared.items())

    return held_out, [document for document in training if not is_copy(document[1])]


def spans(text):
    """Character spans of the functions and classes of a file, and of the methods in it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return [
        (starts[node.lineno - 1 - len(node.decorator_list)], starts[node.end_lineno])
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)) and node.end_lineno < len(starts)
    ]


def snippet(rng, text, cuts):
    """A part of a file: some whole functions or classes, or a window of lines."""
    if cuts and rng.random() < 0.55:
        first = rng.randrange(len(cuts))
        last = min(len(cuts) - 1, first + rng.choice((0, 0, 0, 1, 1, 2)))
        part = text[cuts[first][0] : cuts[last][1]]
        if 40 <= len(part) <= 1300:
            return part
    start = rng.randrange(max(1, len(text) - 300))
    start = text.rfind("\n", 0, start) + 1
    part = text[start : start + rng.randint(200, 1300)]
    return part[: part.rfind("\n") + 1] or part


def cut(rng, text, kinds=None):
    """A hole in `text`: (prefix, middle, suffix), or None where there is no good one."""
    lines, start = [], 0
    for line in text.split("\n"):
        body = line.strip()
        if body and not body.startswith(("#", '"""', "'''", "@")):
            lines.append((start, start + len(line) - len(line.lstrip()), start + len(line.rstrip())))
        start += len(line) + 1
    if not lines:
        return None
    index = rng.randrange(len(lines))
    begin, indented, end = lines[index]
    kind = rng.random() if kinds is None else rng.choice(kinds)
    if kind < 0.36:  # a line behind its indentation
        a, b = indented, end
    elif kind < 0.62:  # the rest of a line, from between two words
        places = [m.start() for m in BOUNDARY.finditer(text, indented, end) if indented < m.start() < end]
        if not places:
            return None
        a, b = rng.choice(places), end
    elif kind < 0.68:  # the rest of a line, from within a word
        a, b = rng.randint(indented, end - 1), end
    elif kind < 0.76:  # something within a line
        places = [m.start() for m in BOUNDARY.finditer(text, indented, end)]
        if len(places) < 2:
            return None
        a, b = sorted(rng.sample(places, 2))
    elif kind < 0.90:  # whole lines with their ends
        last = min(len(lines) - 1, index + rng.choice((0, 0, 0, 1, 2)))
        a, b = begin, min(len(text), text.find("\n", lines[last][2]) + 1 or len(text))
    else:  # some lines behind the first one's indentation
        last = min(len(lines) - 1, index + rng.randint(1, 4))
        a, b = indented, lines[last][2]
    middle = text[a:b]
    return (text[:a], middle, text[b:]) if middle.strip() and len(middle) < 400 else None


class Samples:
    """Draws samples. `simple` and `generated` are the shares of simple packages and of generated programs."""

    def __init__(self, documents, tokenizer, seed, generated=0.24, simple=0.34):
        self.documents, self.rng = documents, random.Random(seed)
        self.simple = [d for d in documents if d[0].startswith(SIMPLE) and "/test" not in d[0]]
        self.tokenizer, self.shares, self.cuts = tokenizer, (generated, generated + simple), {}

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def draw(self):
        """Token ids and the index from which they are the answer."""
        rng = self.rng
        while True:
            share = rng.random()
            if share < self.shares[0]:
                text = programs.program(rng)
                whole = True
            else:
                name, text = rng.choice(self.simple if share < self.shares[1] else self.documents)
                if name not in self.cuts:
                    self.cuts[name] = spans(text)
                text, whole = snippet(rng, text, self.cuts[name]), False
            if rng.random() < 0.2:
                ids = [BOS] + self.encode(text)
                return (ids + [EOS] if whole else ids)[:LONGEST], 1
            hole = cut(rng, text)
            if hole is None:
                continue
            prefix, middle, suffix = hole
            if rng.random() < 0.1:  # nothing is behind the cursor
                suffix = suffix[: rng.choice((0, 1))]
            ids = [BOS, BEGIN] + self.encode(prefix) + [HOLE] + self.encode(suffix) + [END]
            answer = len(ids)
            ids += self.encode(middle) + [EOS]
            if len(ids) <= LONGEST:
                return ids, answer


def held_out_holes(documents, tokenizer, seed=5):
    """One single-line hole in each held-out file: half behind the indentation, half from between two words."""
    rng = random.Random(seed)
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    for name, text in documents:
        for _ in range(200):
            hole = cut(rng, text, kinds=(0.1, 0.5))
            if hole is None or len(hole[1]) > 80:
                continue
            prefix, middle, suffix = hole
            # The context is cut at line ends, as dscoder does.
            near = prefix[-900:]
            near = near if len(near) == len(prefix) else near[near.find("\n") + 1 :]
            behind = suffix[:500]
            behind = behind if len(behind) == len(suffix) else behind[: behind.rfind("\n") + 1]
            if "\n" in behind and len(encode(near)) + len(encode(behind)) < 360:
                line = prefix.count("\n") + 1
                yield {"file": name, "line": line, "prefix": near, "middle": middle, "suffix": behind}
                break


def load_tokenizer(path):
    """The tokenizer that corpus.py wrote."""
    return Tokenizer.from_file(path)
