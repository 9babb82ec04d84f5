"""Times `--repo` on a tree of 20,000 files, with an engine that takes no time.

usage: python tests/bench/repository.py [DSCODER]   (target/release/dscoder without one)

The tree is made in a temporary directory: 200 packages of 100 Python files, each of which imports ten others, all in one
git commit where git is there. The times are of the whole process, best and worst of ten runs, once for a
package of 100 files and once for a directory that holds all 20,000 files.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BODY = "\n\ndef f(x):\n" + "    x = x + 1  # a line of some length, as code has\n" * 40 + "    return x\n"


def fill(top, packages, files):
    for package in range(packages):
        directory = top / f"p{package}" if packages > 1 else top
        directory.mkdir(parents=True, exist_ok=True)
        for file in range(files):
            others = [(package * 7 + file * 13 + step * 31) for step in range(10)]
            module = (lambda n: f"p{n % packages}.m{n % files}") if packages > 1 else (lambda n: f"m{n % files}")
            imports = "".join(f"import {module(other)}\nimport json, os.path\n" for other in others)
            (directory / f"m{file}.py").write_text(imports + BODY)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        subprocess.run(git + arguments, cwd=top, check=False)


def main(program):
    for name, packages, files in (("200 packages of 100 files", 200, 100), ("20,000 files in one directory", 1, 20_000)):
        with tempfile.TemporaryDirectory() as directory:
            top = pathlib.Path(directory) / "tree"
            fill(top, packages, files)
            script = pathlib.Path(directory) / "script.toml"
            script.write_text('[answer]\npieces = ["x"]\n')
            file = top / ("p3/m5.py" if packages > 1 else "m5.py")
            for flags in ([], ["--repo"], ["--repo", "--context-budget", "100%"]):
                times = []
                for _ in range(10):
                    start = time.monotonic()
                    subprocess.run([program, "complete", file, "-m", f"script:{script}", *flags], check=True,
                                   stdout=subprocess.DEVNULL)
                    times.append(time.monotonic() - start)
                flags = " ".join(flags) or "without --repo"
                print(f"{name}, {flags}: {min(times) * 1e3:.0f} to {max(times) * 1e3:.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else REPOSITORY / "target/release/dscoder")
