"""Samples for training: what is drawn from the corpus, and where its holes are.

An infill sample is BOS, begin, PREFIX, hole, SUFFIX, end, MIDDLE, EOS, whole and never cut. Holes are cut as people leave
them.
"""

import json
import lzma
import math
import random
import re

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

import programs

BOS, EOS, HOLE, BEGIN, END = 32013, 32014, 32015, 32016, 32017
LONGEST = 2048  # tokens in a sample
SHARES = {"programs": 0.07, "simple": 0.12, "python": 0.43, "js": 0.15, "rust": 0.11, "c": 0.09, "other": 0.03}
GROUPS = {"python": "python", "js": "js", "ts": "js", "rust": "rust", "c": "c", "cpp": "c"}  # and "other"
SIMPLE = ("std/", "algorithms/", "pygorithm/", "toolz/", "cytoolz/", "boltons/", "more_itertools/", "networkx/")
PLAIN = 0.15  # of the samples have no hole
BOUNDARY = re.compile(r"\b|(?<=[\s(\[{=,.:])")
COMMENT = re.compile(r"\s*(#|//|/\*|\*|<!--|--|\"\"\"|''')")
DEFINITION = re.compile(
    r"^(?:def |class |async def |@|export |function |const |pub |fn |impl |struct |static |int |void )", re.M
)


def load_tokenizer(fields):
    """DeepSeek Coder's tokenizer, from the fields of a GGUF file that has its vocabulary."""
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    made = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens[:32000])}, merges, fuse_unk=False))
    made.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex("[\r\n]"), "isolated"),
        pre_tokenizers.Split(Regex("\\s?\\p{L}+"), "isolated"),
        pre_tokenizers.Split(Regex("\\s?\\p{P}+"), "isolated"),
        pre_tokenizers.Split(Regex("[一-龥ࠀ-一가-퟿]+"), "isolated"),
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    made.decoder = decoders.ByteLevel()
    return made


def load(path):
    """The files of a corpus, each a (name, text), by group. Simple Python is a separate group, and in "python" too."""
    groups = {}
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            language, name, text = json.loads(line)
            groups.setdefault(GROUPS.get(language, "other"), []).append((name, text))
            if language == "python" and name.startswith(SIMPLE) and "/test" not in name:
                groups.setdefault("simple", []).append((name, text))
    return groups


def cut(rng, text):
    """A hole in `text`: (prefix, middle, suffix), or None if there is no suitable one."""
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
    kind = rng.random()
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
    """Draws samples from the groups of a corpus."""

    def __init__(self, groups, tokenizer, seed):
        self.groups, self.tokenizer, self.rng = groups, tokenizer, random.Random(seed)
        self.names = [name for name in SHARES if name == "programs" or groups.get(name)]
        self.definitions = {}

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def window(self, name, text):
        """A part of a file, some whole definitions or some lines, and whether it goes to the file's end."""
        rng = self.rng
        if rng.random() < 0.3:
            if name not in self.definitions:
                self.definitions[name] = [match.start() for match in DEFINITION.finditer(text)]
            starts = self.definitions[name]
            if len(starts) > 1:
                first = rng.randrange(len(starts) - 1)
                last = min(len(starts) - 1, first + rng.choice((1, 1, 1, 2, 2, 3)))
                part = text[starts[first] : starts[last]].rstrip("\n") + "\n"
                if 40 <= len(part) <= 2000:
                    return part, False
        size = int(math.exp(rng.uniform(math.log(250), math.log(6500))))
        if len(text) <= size:
            return text, True
        # People often complete at the head of a file, where nothing has been cut off.
        start = 0 if rng.random() < 0.15 else rng.randrange(max(1, len(text) - size // 2))
        start = text.rfind("\n", 0, start) + 1
        part = text[start : start + size]
        end = part.rfind("\n") + 1
        return (part[:end] if end > 100 else part), start + size >= len(text)

    def draw(self):
        """Token ids and the index at which the answer begins; 1 without a hole."""
        rng = self.rng
        while True:
            group = rng.choices(self.names, [SHARES[name] for name in self.names])[0]
            if group == "programs":
                text, is_whole = programs.program(rng), True
            else:
                text, is_whole = self.window(*rng.choice(self.groups[group]))
            if rng.random() < PLAIN:
                ids = [BOS] + self.encode(text)
                return (ids + [EOS] if is_whole else ids)[:LONGEST], 1
            hole = cut(rng, text)
            if hole is None:
                continue
            prefix, middle, suffix = hole
            # `cut` passes over the comments of Python only; of others there are too many.
            if group not in ("python", "simple", "programs") and COMMENT.match(middle) and rng.random() < 0.7:
                continue
            if rng.random() < 0.08:  # nothing is behind the cursor
                suffix = suffix[: rng.choice((0, 1))]
            ids = [BOS, BEGIN] + self.encode(prefix) + [HOLE] + self.encode(suffix) + [END]
            answer = len(ids)
            ids += self.encode(middle) + [EOS]
            if len(ids) <= LONGEST:
                return ids, answer
