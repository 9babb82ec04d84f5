"""Times one, two and four runs of dscoder at once, and one next to programs that only use the processor.

usage: python tests/bench/side_by_side.py DSCODER [MODEL [OTHER]]

MODEL is `demo` unless given. OTHER is another build of dscoder, to compare with in turn. The prompt has some 1,150 tokens,
the answer 64; each figure is the median of five, each ratio that to one run alone.
"""

import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
REPETITIONS = 5
BYTES = 4200


def start(dscoder, model):
    arguments = ["complete", "-m", model, "--no-cache", "--raw", "-n", "64", "-q", "--until", "end"]
    return subprocess.Popen([dscoder, *arguments], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def run(dscoder, model, text, count):
    """Seconds until the last of `count` runs is done."""
    begun = time.monotonic()
    runs = [start(dscoder, model) for _ in range(count)]
    for one in runs:
        one.stdin.write(text)
        one.stdin.close()
    for one in runs:
        if one.wait() != 0:
            sys.exit(f"{dscoder} ended with exit code {one.returncode}")
    return time.monotonic() - begun


def beside(dscoder, model, text, count):
    """As above, for one run next to `count` busy loops."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        return run(dscoder, model, text, 1)
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def processor():
    try:
        with open("/proc/cpuinfo") as about:
            names = [line.split(":", 1)[1].strip() for line in about if line.startswith("model name")]
        return f"{len(names)} x {names[0]}"
    except (OSError, IndexError):
        return f"{os.cpu_count()} x {platform.processor() or platform.machine()}"


def main():
    if not 2 <= len(sys.argv) <= 4:
        sys.exit(__doc__)
    dscoder, model = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "demo"
    text = (REPOSITORY / "tests/bench/compare.py").read_bytes()[:BYTES]
    cores = os.cpu_count()
    rows = [
        ("alone", lambda: run(dscoder, model, text, 1)),
        ("two at once", lambda: run(dscoder, model, text, 2)),
        ("four at once", lambda: run(dscoder, model, text, 4)),
        ("one beside one busy program", lambda: beside(dscoder, model, text, 1)),
        (f"one beside {cores} busy programs", lambda: beside(dscoder, model, text, cores)),
    ]
    if len(sys.argv) == 4:
        rows.insert(1, ("the other alone", lambda: run(sys.argv[3], model, text, 1)))
    times = {name: [] for name, _ in rows}
    for _ in range(REPETITIONS):
        for name, measure in rows:
            times[name].append(measure())
    print(f"{processor()}, model {model}\n\n| | seconds | least to largest | ratio |\n|---|---|---|---|")
    for name, all_of_it in times.items():
        ratio = statistics.median(a / b for a, b in zip(all_of_it, times["alone"]))
        print(f"| {name} | {statistics.median(all_of_it):.2f} | {min(all_of_it):.2f} to {max(all_of_it):.2f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
