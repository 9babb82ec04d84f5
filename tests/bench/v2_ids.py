"""Compares the token ids of V2's vocabulary with those of the authors' tokenizer, on every text file of some directories.

usage: python tests/bench/v2_ids.py TOKENIZER.json MODEL.gguf DIRECTORY... [--dscoder PROGRAM]

TOKENIZER.json is that of deepseek-ai/DeepSeek-Coder-V2-Lite-Base, which the package `tokenizers` reads (`pip install
tokenizers`); MODEL.gguf is a V2 file, for example one of `tests/bench/lite.py OUT.gguf --layers 2`, whose vocabulary
`dscoder serve` uses. Left out are the directories of SKIPPED, and files with bytes that are not of their encoding (UTF-8, or what
a Python source declares).

A special token that a text spells is text to dscoder, and so it is here: the two that TOKENIZER.json adds are taken out.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tokenize
import urllib.request

from tokenizers import Tokenizer

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = {".git", "target", "site-packages", "__pycache__"}


def texts(directories):
    """The texts of all files, and how many files are none."""
    left_out = []
    for directory in directories:
        files = (path for path in sorted(pathlib.Path(directory).rglob("*"))
                 if path.is_file() and not SKIPPED.intersection(path.relative_to(directory).parts))
        for path in files:
            data = path.read_bytes()
            try:
                encoding = "utf-8"
                if path.suffix in (".py", ".pyi"):
                    with path.open("rb") as lines:
                        encoding = tokenize.detect_encoding(lines.readline)[0]
                text = data.decode(encoding)
                # What no text has: halves of surrogate pairs.
                text.encode("utf-8")
            except (UnicodeError, SyntaxError, LookupError):
                left_out.append(path)
                continue
            yield path, text
    print(f"{len(left_out)} files are no text: {', '.join(path.name for path in left_out[:8])} …" if left_out else
          "every file is text")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("tokenizer")
    parser.add_argument("model")
    parser.add_argument("directory", nargs="+")
    built = REPOSITORY / "target/release/dscoder"
    parser.add_argument("--dscoder", default=str(built) if built.exists() else shutil.which("dscoder"))
    arguments = parser.parse_args()
    source = json.loads(pathlib.Path(arguments.tokenizer).read_text())
    source["added_tokens"] = []
    reference = Tokenizer.from_str(json.dumps(source))
    with tempfile.TemporaryDirectory() as directory:
        log = pathlib.Path(directory) / "log"
        with log.open("w") as stderr:
            server = subprocess.Popen([arguments.dscoder, "serve", "-m", arguments.model, "--listen", "127.0.0.1:0",
                                       "--ctx-size", "256"], stdout=subprocess.DEVNULL, stderr=stderr)
        try:
            while not (found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text())):
                if server.poll() is not None:
                    sys.exit(log.read_text())
                time.sleep(0.1)
            return compare(reference, found[0], arguments.directory)
        finally:
            server.terminate()
            server.wait()


def compare(reference, url, directories):
    files = size = count = different = 0
    for path, text in texts(directories):
        request = urllib.request.Request(url + "/tokenize", json.dumps({"content": text}).encode(),
                                         {"Content-Type": "application/json"})
        ours = json.load(urllib.request.urlopen(request, timeout=600))["tokens"]
        theirs = reference.encode(text, add_special_tokens=False).ids
        files, size, count = files + 1, size + len(text.encode()), count + len(theirs)
        if ours != theirs:
            different += 1
            at = next((at for at, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), min(len(ours), len(theirs)))
            print(f"DIFFERENT {path}: at token {at}, {ours[at:at + 4]} here and {theirs[at:at + 4]} there, "
                  f"behind {text[:len(reference.decode(theirs[:at]))][-20:]!r}")
    print(f"{files - different} of {files} files are the same: {size:,} bytes, {count:,} tokens")
    return different > 0 or files == 0


if __name__ == "__main__":
    sys.exit(main())
