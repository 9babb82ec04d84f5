#!/usr/bin/env python3
"""Compares dscoder with llama.cpp's own tools on the same GGUF file: a Markdown table with goals and ratios.

usage: compare.sh MODEL.gguf [ROW...] [--runs 5] [--dscoder PROGRAM] [--tokens 32]   (after `cargo build --release`)

Rows are groups of lines in the table; without any, all are measured:

  cold      a prompt of some 1,150 tokens of Python, and an answer: whole run, decode, prefill, memory
  deep      decode behind some 4,400 tokens
  restored  one token of an answer to a prompt that was evaluated before, as a whole process
  many      8 candidates, and 8 prompts of a batch, against one
  overhead  one token of the built-in model
  long      a prompt of some 16,000 tokens: time and memory
  server    the cold run against starting llama-server and asking it
  bench     `dscoder bench` against `llama-bench`
  load      one token of an answer to a prompt of one line, as a whole process
  cache     the size of the KV cache in llama.cpp's log against what `dscoder models show` says

llama-completion, llama-server and llama-bench are taken from the PATH; what needs one that is not there is skipped. They
run with their defaults but for what the table says and a context (-c) that just holds the work; the rows cold and deep run
llama-completion with and without its warm-up, repacking and flash attention, and mark its best. Every figure is the median
of --runs runs, which alternate (A B A B …), with the least and the largest. Rates are per evaluated token: the first token
of an answer comes from the prompt and costs nothing, so an answer of 32 tokens has 31. Answers are counted, not assumed:
where dscoder's is shorter than --tokens because the model ended it, the prompt is cut at other places until one is long
enough. llama.cpp's tools continue regardless (--ignore-eos).

The exit code is 1 where a row failed, whatever the ratios are.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from figures import Values, say

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
NAMES = ("cold", "deep", "restored", "many", "overhead", "long", "server", "bench", "load", "cache")
# llama-completion's own ways; the first is its default.
WAYS = {"by default": ()} | {" ".join(words): words for words in (
    ("--no-warmup",), ("--no-warmup", "--no-repack"), ("--no-warmup", "-fa", "on"), ("--no-warmup", "-fa", "off"),
    ("--no-warmup", "--no-repack", "-fa", "off"))}
MARGIN = 64  # spare tokens of context, for tools that count differently


class Skipped(Exception):
    """Why a row cannot be measured here."""


class Run:
    """A process that has ended well: its wall time in seconds, its peak memory in bytes, what it wrote."""

    def __init__(self, command, **environment):
        self.command = [str(word) for word in command]
        # Settings of the user would change what is measured.
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("DSCODER_", "LLAMA_"))}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            start = time.monotonic()
            child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                     env=clean | environment)
            _, status, usage = os.wait4(child.pid, 0)
            self.seconds = time.monotonic() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            self.peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            out.seek(0)
            err.seek(0)
            self.stdout, self.stderr = (stream.read().decode(errors="replace") for stream in (out, err))
        if child.returncode != 0:
            raise RuntimeError(f"{' '.join(self.command)}: exit code {child.returncode}: {self.stderr[-500:].strip()}")


class Compare:
    def __init__(self, arguments, directory):
        self.model = pathlib.Path(arguments.model)
        self.dscoder, self.runs, self.tokens = arguments.dscoder, arguments.runs, arguments.tokens
        self.directory = pathlib.Path(directory)
        self.lines, self.failed, self.prompts, self.prefills = [], False, {}, {}

    # Programs.

    def own(self, *words, stats=False, **environment):
        """A run of dscoder with its own cache, and its JSON. Prefixes of other runs are used only on request."""
        cache = {"DSCODER_CACHE_DIR": str(self.directory / "cache"), "DSCODER_NO_CACHE": "1"}
        run = Run([self.dscoder, *words, "--json", *(["--stats"] if stats else [])], **cache | environment)
        run.json = json.loads(run.stdout.splitlines()[0]) if run.stdout else {}
        return run

    def complete(self, file, tokens, *words, **options):
        """An answer of `tokens` tokens to `file`, as the model writes it."""
        words = ("complete", file, "-m", self.model, "-n", tokens, "--raw", "--until", "end", *words)
        return self.own(*words, **options)

    def tool(self, name):
        path = shutil.which(name)
        if path is None:
            raise Skipped(f"there is no {name} on the PATH")
        return path

    def completion(self, file, tokens, context, *words):
        """The same work through llama-completion, with the timings that it prints."""
        run = Run([self.tool("llama-completion"), "-m", self.model, "-f", file, "-n", tokens, "-c", context, "--ignore-eos",
                   "--temp", "0", "-no-cnv", "--no-display-prompt", *words])
        run.prompt = timing(run.stderr, "prompt eval time")
        run.eval = timing(run.stderr, "eval time")
        return run

    # Work.

    def alternate(self, name, **kinds):
        """Runs each of `kinds` in turn, as often as asked for: A B A B …"""
        runs = {kind: [] for kind in kinds}
        for number in range(self.runs):
            for kind, run in kinds.items():
                say(f"{name}: {kind}, run {number + 1} of {self.runs}")
                runs[kind].append(run())
        return [runs[kind] for kind in kinds]

    def prompt(self, tokens):
        """A Python file of about `tokens` tokens whose answer reaches the requested length, and its true length."""
        if tokens in self.prompts:
            return self.prompts[tokens]
        sources = sorted((REPOSITORY / "examples/demo-model").glob("*.py"))
        text = "\n\n".join(source.read_text() for source in sources)
        text *= 1 + tokens * 5 // len(text)
        file = self.directory / f"prompt-{tokens}.py"
        size = tokens * 3
        # The built-in model has the same vocabulary.
        for _ in range(8):
            cut = text.rindex("\n", 0, size) + 1
            file.write_text(text[:cut])
            count = self.own("complete", file, "-m", "demo", "-n", "1")
            length = count.json["prompt"]["tokens"] + left_out(count.json)
            if abs(length - tokens) <= max(tokens // 50, 12):
                break
            size = max(cut * tokens // length, 20)
        else:
            raise RuntimeError(f"no prompt of {tokens} tokens was found: the last has {length}")
        self.prompts[tokens] = file, length
        return file, length

    def answered(self, tokens, length, candidates=1):
        """As `prompt`, with answers of `length` tokens: some lines less of the text where the model ends one earlier."""
        file, _ = self.prompt(tokens)
        for _ in range(8):
            run = self.complete(file, length, "--candidates", candidates, stats=True)
            if self.count(run) == length * candidates:
                self.prompts[tokens] = file, run.json["prompt"]["tokens"]
                return self.prompts[tokens]
            lines = file.read_text().splitlines(keepends=True)
            file.write_text("".join(lines[:-1]))
        raise Skipped(f"the model ends every answer to some {tokens} tokens before the {length}th")

    def count(self, run):
        """The tokens of all answers of a run with `stats`."""
        return int(re.search(r"answer (\d+) tokens", run.stderr)[1])

    # The table.

    def line(self, what, goal, own, other, ratio, at_most=None, at_least=None):
        verdict = ""
        if at_most is not None:
            verdict = "met" if ratio <= at_most else "missed"
        if at_least is not None:
            verdict = "met" if ratio >= at_least else "missed"
        self.lines.append(f"| {what} | {goal} | {own} | {other} | {ratio:.3f} | {verdict} |")

    def row(self, name):
        try:
            getattr(self, name)()
        except Skipped as why:
            self.lines.append(f"| {name} | | | | | skipped: {why} |")
        except (RuntimeError, ValueError, LookupError, OSError, TypeError) as error:
            self.failed = True
            text = " ".join(f"{type(error).__name__}: {error}".split()).replace("|", "/")
            self.lines.append(f"| {name} | | | | | FAILED: {text} |")

    # The rows.

    def cold(self):
        tool = self.tool("llama-completion")
        file, length = self.answered(1150, self.tokens)
        context = max(2048, length + self.tokens + MARGIN)
        own, others = self.against("cold", file, context)
        self.prefills[length] = statistics.median(prefill_ms(run) for run in own)
        self.best(f"whole cold run, {length:,} and {self.tokens} tokens", "s", [run.seconds for run in own],
                  {way: [run.seconds for run in runs] for way, runs in others.items()}, 0.95, 0.85)
        self.decode(own, others, length)
        self.prefill(own, others, length)
        mine, theirs = (Values((run.peak / 1e6 for run in runs), "MB") for runs in (own, others["by default"]))
        packed = any("weights packed" in run.stderr for run in own)
        self.line(f"peak memory, against `{pathlib.Path(tool).name} -c {context}`", "" if packed else "at most 0.75", mine,
                  theirs, mine.median / theirs.median, at_most=None if packed else 0.75)

    def deep(self):
        self.tool("llama-completion")
        file, length = self.answered(4400, self.tokens)
        own, others = self.against("deep", file, length + self.tokens + MARGIN)
        self.prefills[length] = statistics.median(prefill_ms(run) for run in own)
        self.decode(own, others, length)
        self.prefill(own, others, length)

    def against(self, name, file, context):
        """Runs of dscoder, and of llama-completion in each of its ways."""
        kinds = {way: lambda words=words: self.completion(file, self.tokens, context, *words)
                 for way, words in WAYS.items()}
        own, *others = self.alternate(name, dscoder=lambda: self.complete(file, self.tokens, stats=True), **kinds)
        for runs in others:
            self.check(own, runs)
        return own, dict(zip(WAYS, others))

    def decode(self, own, others, length):
        self.best(f"decode rate behind {length:,} tokens", "tokens/s", map(decode_rate, own),
                  {way: [rate(run.eval) for run in runs] for way, runs in others.items()}, 1.0, 1.05, more=True)

    def prefill(self, own, others, length):
        self.best(f"cold prefill rate, {length:,} tokens", "tokens/s", map(prefill_rate, own),
                  {way: [rate(run.prompt) for run in runs] for way, runs in others.items()}, None, None, more=True)

    def best(self, what, unit, own, others, goal, default_goal, more=False):
        """A line for each way of the other program: which one is its best, its default, and those that lose."""
        mine, theirs = Values(own, unit), {way: Values(values, unit) for way, values in others.items()}
        best = (max if more else min)(theirs, key=lambda way: theirs[way].median)
        for way, values in theirs.items():
            goals = [it for it, counts in ((goal, way == best), (default_goal, way == "by default")) if counts and it is not None]
            # Where the default is the best, the harder goal counts.
            limit = (max if more else min)(goals) if goals else None
            words = f"at {'least' if more else 'most'} {limit}" if goals else ""
            place = "its best" if way == best else "loses"
            self.line(f"{what}, against llama-completion, {way} ({place})", words, mine, values,
                      mine.median / values.median, **{"at_least" if more else "at_most": limit})

    def check(self, own, other):
        """Both must have done the same work."""
        answers = {len(run.json["tokens"]) for run in own}
        prompts = {run.json["prompt"]["tokens"] for run in own} | {run.prompt[1] for run in other}
        if answers != {self.tokens} or {run.eval[1] for run in other} != {self.tokens - 1}:
            raise RuntimeError(f"answers of {answers} tokens, and of {[run.eval[1] + 1 for run in other]}")
        if max(prompts) - min(prompts) > min(prompts) // 50:
            raise RuntimeError(f"the prompts have {sorted(prompts)} tokens")

    def restored(self):
        file, length = self.prompt(1150)
        prefixes = {"DSCODER_CACHE_DIR": str(self.directory / "prefixes"), "DSCODER_NO_CACHE": "0"}
        again = lambda: self.complete(file, 1, **prefixes)
        self.complete(file, 1, **prefixes, DSCODER_CACHE_AFTER="0.001")
        if not again().json.get("reused"):
            raise RuntimeError("dscoder has not restored the prompt")
        kinds = {"again": again, "cold": lambda: self.complete(file, 1)}
        context = max(2048, length + MARGIN)
        if shutil.which("llama-completion"):
            cache = self.directory / "prompt-cache"
            words = ("--no-warmup", "--prompt-cache", cache)
            self.completion(file, 1, context, *words)
            if not cache.exists():
                raise RuntimeError("llama-completion has kept no prompt cache")
            kinds["other"] = lambda: self.completion(file, 1, context, *words, "--prompt-cache-ro")
        again, cold, *other = self.alternate("restored", **kinds)
        mine, before = (Values((run.seconds * 1e3 for run in runs), "ms") for runs in (again, cold))
        what = f"first token, {length:,} tokens restored, whole process"
        if other:
            if any(run.prompt[1] > length // 10 for run in other[0]):
                raise RuntimeError("llama-completion has not used its prompt cache")
            theirs = Values((run.seconds * 1e3 for run in other[0]), "ms")
            self.line(f"{what}, against `--prompt-cache`", "at most 0.35", mine, theirs, mine.median / theirs.median,
                      at_most=0.35)
        else:
            self.lines.append(f"| {what} | at most 0.35 | {mine} | | | skipped: there is no llama-completion on the PATH |")
        self.line("the same against dscoder's own cold first token", "at most 0.05", mine, before,
                  mine.median / before.median, at_most=0.05)

    def many(self):
        file, length = self.answered(1150, self.tokens, 8)
        one, eight = self.alternate("many", one=lambda: self.complete(file, self.tokens, stats=True),
                                    eight=lambda: self.complete(file, self.tokens, "--candidates", "8", stats=True))
        total = lambda run, count: (self.count(run) - count) / run.json["timings_ms"]["decode"] * 1e3
        mine = Values((total(run, 8) for run in eight), "tokens/s")
        single = Values((total(run, 1) for run in one), "tokens/s")
        counts = sorted({self.count(run) for run in eight})
        self.line(f"8 candidates, {' or '.join(map(str, counts))} tokens behind {length:,}, against one answer",
                  "at least 1.7", mine, single, mine.median / single.median, at_least=1.7)
        if "--batch" not in Run([self.dscoder, "complete", "--help"]).stdout:
            raise Skipped("this dscoder has no --batch")
        starts = [f"def {word}(items, limit):\n    " for word in "add sort merge split count first last join".split()]
        for count in (1, 8):
            lines = (json.dumps({"text": text}) + "\n" for text in starts[:count])
            (self.directory / f"batch-{count}.jsonl").write_text("".join(lines))
        one, eight = self.alternate("many", **{f"batch of {count}": lambda count=count: self.batch(count)
                                               for count in (1, 8)})
        mine, single = (Values((number for _, number in runs), "tokens/s") for runs in (eight, one))
        counts = sorted({count for count, _ in eight})
        self.line(f"8 short prompts in parallel, {' or '.join(map(str, counts))} tokens, against one prompt",
                  "at least 1.7", mine, single, mine.median / single.median, at_least=1.7)

    def batch(self, count):
        """How many tokens a batch has answered, and how many a second."""
        run = self.own("complete", "--batch", self.directory / f"batch-{count}.jsonl", "--parallel", "8", "-m", self.model,
                       "-n", "64", "--raw", "--until", "end", stats=True)
        found = re.search(r"answers (\d+) tokens.*\(([\d.]+) tokens/s of answers", run.stderr)
        return int(found[1]), float(found[2])

    def overhead(self):
        prefix, suffix = self.directory / "prefix.py", self.directory / "suffix.py"
        prefix.write_text("def total(items):\n    \"\"\"The sum of all items.\"\"\"\n    result = 0\n    for item in items:\n")
        suffix.write_text("\n    return result\n\nprint(total([1, 2, 3]))\n")
        words = ("infill", "--prefix", prefix, "--suffix", suffix, "-m", "demo", "-n", "1")
        first = self.own(*words)  # writes the built-in model into the cache
        (runs,) = self.alternate("overhead", dscoder=lambda: self.own(*words))
        mine = Values((run.seconds * 1e3 for run in runs), "ms")
        verdict = "met" if mine.median <= 60 else "missed"
        tokens = first.json["prompt"]["tokens"]
        self.lines.append(f"| whole process, `-m demo infill -n 1`, {tokens} tokens | at most 60 ms | {mine} | | | {verdict} |")

    def long(self):
        (context, each), tokens = self.shown(), 16_000
        if context < tokens + 200:
            raise Skipped(f"the model's context has {context} tokens")
        for short in (1150, 4400):
            file, length = self.prompt(short)
            if length not in self.prefills:
                self.prefills[length] = prefill_ms(self.complete(file, 1))
        file, length = self.prompt(tokens)
        say("long")
        run = self.complete(file, 1)
        if run.json["prompt"]["tokens"] != length:
            raise RuntimeError(f"the prompt was cut to {run.json['prompt']['tokens']} tokens")
        # What is linear in the length, and what attention adds: a n + b n², through the two shorter prompts.
        (n, near), (m, far) = sorted(self.prefills.items())[:2]
        b = max(far / m - near / n, 0) / (m - n)
        expected = (near / n + b * (length - n)) * length
        self.line(f"prefill of {length:,} tokens, against a·n + b·n² through {n:,} and {m:,} tokens", "at most 1.1",
                  Values([prefill_ms(run) / 1e3], "s"), Values([expected / 1e3], "s"), prefill_ms(run) / expected, at_most=1.1)
        # In cells by the 256.
        kv = each * -(-(length + 1) // 256) * 256
        weights = self.model.stat().st_size
        rest = run.peak - weights - kv
        verdict = "met" if rest < 1.2e9 else "missed"
        self.lines.append(f"| memory of the same: {run.peak / 1e6:,.0f} MB = weights {weights / 1e6:,.0f} + KV {kv / 1e6:,.0f}"
                          f" + the rest | the rest under 1200 MB | {rest / 1e6:,.0f} MB | | | {verdict} |")

    def server(self):
        self.tool("llama-server")
        file, length = self.answered(1150, self.tokens)
        own, other = self.alternate("server", dscoder=lambda: self.complete(file, self.tokens),
                                    server=lambda: self.ask_server(file, max(2048, length + self.tokens + MARGIN)))
        mine, theirs = Values((run.seconds for run in own), "s"), Values((seconds for seconds, _ in other), "s")
        self.line("whole cold run, against starting `llama-server --no-warmup` and asking it", "", mine, theirs,
                  mine.median / theirs.median)
        for what, measure, name in ((f"prefill rate, {length:,} tokens", prefill_rate, "prompt_per_second"),
                                    (f"decode rate behind {length:,} tokens", decode_rate, "predicted_per_second")):
            mine, theirs = (Values(values, "tokens/s") for values in (map(measure, own), (it[name] for _, it in other)))
            self.line(f"{what}, against `llama-server`", "", mine, theirs, mine.median / theirs.median)

    def ask_server(self, file, context):
        """Seconds from the start of a server to the end of its answer, and the timings in it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        start = time.monotonic()
        words = [self.tool("llama-server"), "-m", self.model, "-c", context, "-np", 1, "--no-warmup", "--host", "127.0.0.1",
                 "--port", port]
        process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            while True:
                if process.poll() is not None:
                    raise RuntimeError(f"llama-server has ended with {process.returncode}")
                if time.monotonic() - start > 300:
                    raise RuntimeError("llama-server is not ready after 300 s")
                try:
                    urllib.request.urlopen(address + "/health", timeout=5).close()
                    break
                except OSError:
                    time.sleep(0.01)
            body = {"prompt": file.read_text(), "n_predict": self.tokens, "temperature": 0, "ignore_eos": True,
                    "cache_prompt": False}
            request = urllib.request.Request(address + "/completion", json.dumps(body).encode(),
                                             {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=3600) as answer:
                timings = json.load(answer)["timings"]
            seconds = time.monotonic() - start
        finally:
            process.terminate()
            process.wait()
        if timings["predicted_n"] != self.tokens:
            raise RuntimeError(f"llama-server has answered {timings['predicted_n']} tokens")
        # It counts the first token, which costs nothing.
        timings["predicted_per_second"] *= (self.tokens - 1) / self.tokens
        return seconds, timings

    def bench(self):
        tool = self.tool("llama-bench")
        depth = 1150

        def own():
            run = self.own("bench", "-m", self.model, "--depths", depth, "-r", 1, "-n", self.tokens)
            found = run.json["depths"][0]
            return found["prefill_tokens_per_s"]["median"], found["decode_tokens_per_s"]["median"]

        def other():
            each = lambda *words: json.loads(Run([tool, "-m", self.model, "-r", 1, "-o", "json", *words]).stdout)[0]["avg_ts"]
            return each("-p", depth, "-n", 0), each("-p", 0, "-n", self.tokens, "-d", depth)

        runs = self.alternate("bench", dscoder=own, other=other)
        for index, what in enumerate((f"prefill rate, {depth:,} tokens", f"decode rate behind {depth:,} tokens")):
            mine, theirs = (Values((run[index] for run in kind), "tokens/s") for kind in runs)
            self.line(f"`dscoder bench` against `llama-bench`: {what}", "", mine, theirs, mine.median / theirs.median)


    def load(self):
        self.tool("llama-completion")
        file = self.directory / "line.py"
        file.write_text("def add(a, b):\n")
        own, without = self.alternate("load", dscoder=lambda: self.complete(file, 1),
                                      without=lambda: self.completion(file, 1, 512, "--no-warmup"))
        mine, theirs = (Values((run.seconds * 1e3 for run in runs), "ms") for runs in (own, without))
        tokens = own[0].json["prompt"]["tokens"]
        self.line(f"one token after {tokens}, whole process, against `llama-completion --no-warmup -c 512`", "at most 1.0",
                  mine, theirs, mine.median / theirs.median, at_most=1.0)

    def cache(self):
        file, length = self.prompt(1150)
        run = self.complete(file, 1, "--verbose")
        # llama_kv_cache: size = 25.31 MiB ( 2304 cells, 10 layers, ...
        size, cells = re.search(r"llama_kv_cache: +size = +([\d.]+) MiB \( *(\d+) cells", run.stderr).groups()
        mine = Values([self.shown()[1] * int(cells) / 2**20], "MiB")
        ratio = mine.median / float(size)
        verdict = "met" if abs(ratio - 1) <= 0.05 else "missed"
        self.lines.append(f"| KV cache of {int(cells):,} cells: the estimate against llama.cpp's log | within 5 % | {mine} "
                          f"| {Values([float(size)], 'MiB')} | {ratio:.3f} | {verdict} |")

    def shown(self):
        """What dscoder says about the context: how many tokens it may have, and the bytes of each."""
        shown = Run([self.dscoder, "models", "show", self.model]).stdout
        context, each, unit = re.search(r"^context +(\d+) tokens, ([\d.]+) (bytes|kB|MB) each", shown, re.M).groups()
        return int(context), float(each) * {"bytes": 1, "kB": 1e3, "MB": 1e6}[unit]


def timing(text, name):
    """Milliseconds and count of a line such as `eval time = 12.3 ms / 31 runs` (llama.cpp's common_perf_print)."""
    found = re.search(rf"print: +{name} = *([\d.]+) ms */ *(\d+)", text)
    if found is None:
        raise RuntimeError(f"there is no {name!r} in what llama-completion printed: {text[-300:].strip()}")
    return float(found[1]), int(found[2])


def rate(timing):
    return timing[1] / timing[0] * 1e3


def prefill_ms(run):
    return run.json["timings_ms"]["prefill"]


def prefill_rate(run):
    return (run.json["prompt"]["tokens"] - run.json.get("reused", 0)) / prefill_ms(run) * 1e3


def decode_rate(run):
    return (len(run.json["tokens"]) - 1) / run.json["timings_ms"]["decode"] * 1e3


def left_out(report):
    return report["prompt"]["left_out_of_prefix"] + report["prompt"]["left_out_of_suffix"]


def first_line(command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except OSError:
        return "unknown"
    lines = [line for line in done.stdout.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in lines if "version" in line or "dscoder" in line), lines[0] if lines else "unknown").strip()


def machine():
    try:
        about = pathlib.Path("/proc/cpuinfo").read_text()
        name = re.search(r"^model name\s*: (.*)$", about, re.M)[1]
    except (OSError, TypeError):
        name = os.uname().machine
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{name}, {os.cpu_count()} processors, {memory / 1e9:.0f} GB, {os.uname().sysname} {os.uname().machine}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("   (")[0], description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(NAMES))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=32)
    built = REPOSITORY / "target/release/dscoder"
    parser.add_argument("--dscoder", default=str(built) if built.exists() else shutil.which("dscoder"))
    arguments = parser.parse_args()
    if unknown := [row for row in arguments.rows if row not in NAMES]:
        parser.error(f"there is no row {unknown[0]}; there are {', '.join(NAMES)}")
    if arguments.runs < 1 or arguments.tokens < 2:
        parser.error("at least 1 run and 2 tokens")
    if not os.path.isfile(arguments.model):
        parser.error(f"there is no file {arguments.model}")
    if arguments.dscoder is None:
        parser.error("there is no dscoder: `cargo build --release` makes it, or name it with --dscoder")
    versions = [f"{name} {first_line([name, '--version'])}" for name in ("llama-completion", "llama-server", "llama-bench") 
                if shutil.which(name)]
    print(f"machine: {machine()}; load average {os.getloadavg()[0]:.2f} at the start  ")
    print(f"model: {os.path.basename(arguments.model)}, {os.path.getsize(arguments.model) / 1e6:,.0f} MB; "
          f"{first_line([arguments.dscoder, '--version'])}  ")
    print(f"others: {'; '.join(versions) or 'none on the PATH'}  ")
    print(f"median of {arguments.runs}, alternating (least–largest)\n")
    with tempfile.TemporaryDirectory(prefix="dscoder-compare-") as directory:
        compare = Compare(arguments, directory)
        print("| what | goal | dscoder | the other | ratio | |\n|---|---|---|---|---|---|")
        for name in NAMES:
            if not arguments.rows or name in arguments.rows:
                done = len(compare.lines)
                compare.row(name)
                say("")
                print("\n".join(compare.lines[done:]), flush=True)
    return int(compare.failed)


if __name__ == "__main__":
    sys.exit(main())
