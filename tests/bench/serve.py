#!/usr/bin/env python3
"""Compares `dscoder serve` with llama.cpp's llama-server on the same GGUF file: a Markdown table with goals and ratios.

usage: python3 tests/bench/serve.py MODEL.gguf [--small SMALL.gguf] [--rows again,typed,…] [--runs 9] [--threads 2]
                                    [--dscoder PROGRAM] [--llama-server PROGRAM]

Rows; without --rows, all are measured:

  unseen    the first token of an answer in a gap, to a prompt of some 1,150 tokens that was never asked before; here dscoder may
            leave out what it has no time for
  again     the same, to the same prompt as before
  typed     the same for a prompt with one more character before the gap, and 256 tokens behind it
  moved     the same one line further down: the first line is no more in the prompt, and another one is behind the gap
  socket    `dscoder infill` through the Unix socket as a whole process, and the same request without it (built-in model)
  together  8 clients at once, with different prompts of 200 tokens and answers of 64
  sessions  two editors in two files and a chat, 200 requests: how much of their prompts was evaluated again (SMALL)
  left      a short request after a client has left in the middle of a long one

SMALL is the built-in model unless given; it must have a context of 2,048 tokens or more. Every figure is the median of --runs
requests, which alternate (A B A B …), with the least and the largest. Both servers get the same bytes, the same number of
threads and of slots, and the same context. Ratios are of medians. With a random model, dscoder ends some answers early (it
takes every control token for the end): "together" takes prompts whose answers it does not. The exit code is 1 where a row
failed, whatever the ratios are.
"""

import argparse
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from figures import Values, say

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
ROWS = ("unseen", "again", "typed", "moved", "socket", "together", "sessions", "left")
# What llama.vim sends by default, but for the time limit of prompts: dscoder would leave out what it has no time for.
EDITOR = {
    "id_slot": 0, "stop": [], "top_k": 40, "top_p": 0.9, "samplers": ["top_k", "top_p", "infill"], "stream": False,
    "cache_prompt": True, "t_max_prompt_ms": 0, "t_max_predict_ms": 1000,
}
# Idle time between two requests, so that the threads of the server asked before have gone to sleep.
PAUSE = 0.2
REQUESTS = 200
LONG = 4096


def clean(**more):
    """The environment without settings of the user, which would change what is measured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DSCODER_", "LLAMA_"))}
    return kept | more


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Server:
    """A server as a process, until the end of the block."""

    def __init__(self, command, port, log, **environment):
        self.command, self.port = [str(word) for word in command], port
        self.log, self.environment = log, environment

    def __enter__(self):
        say(f"starting {self.command[0]}")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=clean(**self.environment))
        end = time.monotonic() + 300
        try:
            while time.monotonic() < end:
                if self.process.poll() is not None:
                    break
                try:
                    if self.ask("/health", method="GET")[0] == 200:
                        return self
                except OSError:
                    pass
                time.sleep(0.1)
            said = pathlib.Path(self.log).read_text(errors="replace")[-500:]
            raise RuntimeError(f"{' '.join(self.command)} does not serve: {said.strip()}")
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def ask(self, path, body=None, method="POST"):
        """The status and the bytes of an answer, over a new connection."""
        connection = self.connection()
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, path, sent, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, path, body):
        status, text = self.ask(path, body)
        if status != 200:
            raise RuntimeError(f"{self.command[0]} answers {path} with {status}: {text[:300].decode(errors='replace')}")
        return json.loads(text)

    def timed(self, path, body):
        """Milliseconds until the whole answer is there, and the answer."""
        begun = time.perf_counter()
        answer = self.json(path, body)
        return 1e3 * (time.perf_counter() - begun), answer

    def leave(self, path, body, after):
        """Sends a request and closes the connection: `after` seconds later, or after the first event if that is None."""
        connection = self.connection()
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        if after is None:
            if not connection.getresponse().read(16):
                raise RuntimeError(f"{self.command[0]} streams nothing")
        else:
            time.sleep(after)
        # Resets of the kernel come at once, an orderly end as an editor that was killed would send it too.
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def evaluated(answer):
    """Evaluated tokens of the prompt, and all of them. Without `timings` in the answer, from `usage`."""
    if "timings" in answer:
        timings = answer["timings"]
        return timings["prompt_n"], timings["prompt_n"] + timings["cache_n"]
    usage = answer["usage"]
    return usage["prompt_tokens"] - usage["prompt_tokens_details"]["cached_tokens"], usage["prompt_tokens"]


class Bench:
    def __init__(self, arguments, directory):
        self.arguments, self.directory = arguments, pathlib.Path(directory)
        self.lines, self.failed = [], False
        self.runs, self.threads = arguments.runs, arguments.threads
        self.model, self.dscoder, self.llama = arguments.model, arguments.dscoder, arguments.llama_server
        self.small = arguments.small
        if self.small is None:
            found = subprocess.run([self.dscoder, "models", "path", "demo"], env=self.environment(), check=True,
                                   capture_output=True, text=True)
            self.small = found.stdout.strip()
        sources = sorted((REPOSITORY / "src").rglob("*.rs"))
        self.sources = [source.read_text() for source in sources]
        self.text = "\n".join(self.sources)

    # Servers.

    def environment(self):
        return clean(XDG_RUNTIME_DIR=str(self.directory), DSCODER_CACHE_DIR=str(self.directory / "cache"))

    def own(self, model, slots, context):
        """`dscoder serve` with so many slots of `context` tokens each."""
        port = free_port()
        self.unix = self.directory / "dscoder/serve.sock"
        command = [self.dscoder, "serve", "-m", model, "--listen", f"127.0.0.1:{port}", "--parallel", slots,
                   "--ctx-size", context, "--threads", self.threads, "--gpu-layers", 0, "--force"]
        return Server(command, port, self.directory / "dscoder.log", **self.environment())

    def other(self, model, slots, context, *words):
        """llama-server with the same."""
        port = free_port()
        command = [self.llama, "-m", model, "--host", "127.0.0.1", "--port", port, "-np", slots, "-c", slots * context,
                   "-t", self.threads, "-ngl", 0, "--no-warmup", *words]
        return Server(command, port, self.directory / f"llama-{port}.log")

    # Texts.

    def cut(self, server, text, tokens):
        """The beginning of `text` that has `tokens` tokens, and its ids."""
        ids = server.json("/tokenize", {"content": text[: tokens * 12]})["tokens"]
        if len(ids) < tokens:
            raise RuntimeError(f"the text has only {len(ids)} tokens")
        low, high = 0, tokens * 12
        while high - low > 1:
            middle = (low + high) // 2
            count = len(server.json("/tokenize", {"content": text[:middle]})["tokens"])
            low, high = (middle, high) if count <= tokens else (low, middle)
        return text[:low], server.json("/tokenize", {"content": text[:low]})["tokens"]

    def gap(self, server):
        """A text before a gap of some 890 tokens, what is typed then, and a text behind it of 256 tokens."""
        start = len(self.text) // 3
        prefix, _ = self.cut(server, self.text[start:], 892)
        rest = self.text[start + len(prefix):]
        typed, rest = rest[:200], rest[400:]
        suffix, ids = self.cut(server, rest, 256)
        # One token more rather than one less: llama-server reuses chunks from 256 on.
        while len(ids) < 256:
            suffix = rest[: len(suffix) + 1]
            ids = server.json("/tokenize", {"content": suffix})["tokens"]
        return prefix, typed, suffix

    # The table.

    def line(self, what, goal, own, other, ratio=None, at_most=None, at_least=None):
        verdict = ""
        if at_most is not None:
            verdict = "met" if ratio <= at_most else "missed"
        if at_least is not None:
            verdict = "met" if ratio >= at_least else "missed"
        shown = "" if ratio is None else f"{ratio:.3f}"
        self.lines.append(f"| {what} | {goal} | {own} | {other} | {shown} | {verdict} |")

    def row(self, name):
        try:
            getattr(self, name)()
        except (RuntimeError, ValueError, LookupError, OSError, TypeError, http.client.HTTPException,
                subprocess.SubprocessError) as error:
            self.failed = True
            text = " ".join(f"{type(error).__name__}: {error}".split()).replace("|", "/")
            self.lines.append(f"| {name} | | | | | FAILED: {text} |")

    def alternate(self, name, runs, *kinds):
        """Asks each of `kinds` in turn, as often as asked for."""
        values = [[] for _ in kinds]
        for number in range(runs):
            for place, kind in enumerate(kinds):
                say(f"{name}: {number + 1} of {runs}")
                time.sleep(PAUSE)
                values[place].append(kind(number))
        return values

    # The rows.

    def unseen(self):
        lines = [line for source in self.sources for line in source.splitlines(keepends=True)]

        def body(number):
            start = 1 + number * 400
            return EDITOR | {"input_prefix": "".join(lines[start: start + 84]), "prompt": "", "n_predict": 1, "temperature": 0,
                             "input_suffix": "".join(lines[start + 84: start + 108]), "t_max_prompt_ms": 500}

        # One after the other: dscoder evaluates the rest of a prompt after it has answered.
        mine, theirs = [], []
        for make, answers in ((self.own, mine), (self.other, theirs)):
            with make(self.model, 2, LONG) as server:
                answers += self.alternate("unseen", self.runs, lambda number: server.timed("/infill", body(number)))[0]
        left_out = statistics.median(answer["timings"]["prompt_left_out_n"] for _, answer in mine)
        length = statistics.median(evaluated(answer)[1] for _, answer in theirs)
        mine, theirs = (Values([took for took, _ in answers], "ms") for answers in (mine, theirs))
        what = f"first token, a prompt of {length:.0f} tokens that is new, the default of 500 ms ({left_out:.0f} tokens left out)"
        self.line(what, "≤ 500 ms", mine, theirs, mine.median, at_most=500)

    def again(self):
        with self.own(self.model, 1, LONG) as own, self.other(self.model, 1, LONG) as other:
            prefix, _, suffix = self.gap(own)
            body = EDITOR | {"input_prefix": prefix, "input_suffix": suffix, "prompt": "", "n_predict": 1, "temperature": 0}
            length = evaluated(own.json("/infill", body))[1]
            other.json("/infill", body)
            mine, theirs = self.alternate("again", self.runs, *(
                lambda _, server=server: server.timed("/infill", body)[0] for server in (own, other)))
        mine, theirs = Values(mine, "ms"), Values(theirs, "ms")
        what = f"first token, the same prompt of {length} tokens again"
        self.line(what, "≤ 60 ms", mine, "", mine.median, at_most=60)
        self.line(what, "≤ 1.0", mine, theirs, mine.median / theirs.median, at_most=1.0)

    def three(self):
        """dscoder, llama-server, and llama-server with the option that its documentation advises for editors."""
        return (self.own(self.model, 1, LONG), self.other(self.model, 1, LONG),
                self.other(self.model, 1, LONG, "--cache-reuse", 256))

    def changed(self, name, what, goal, bodies):
        """The first token for prompts that change a little from one to the next; `bodies` makes them with a server."""
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(server) for server in self.three()]
            body = bodies(servers[0])
            for server in servers:
                length = evaluated(server.json("/infill", body(0)))[1]
            all_of_it = self.alternate(name, self.runs, *(
                lambda number, server=server: server.timed("/infill", body(number + 1)) for server in servers))
        times = [Values([took for took, _ in answers], "ms") for answers in all_of_it]
        counts = [statistics.median(evaluated(answer)[0] for _, answer in answers) for answers in all_of_it]
        shown = [f"{took}, {count:.0f} tokens evaluated" for took, count in zip(times, counts)]
        what = f"first token {what}, prompt of {length} tokens"
        mine = times[0].median
        self.line(what, f"≤ {goal}", shown[0], shown[1], mine / times[1].median, at_most=goal)
        self.line(what + "; llama-server with --cache-reuse 256", "≤ 1.1", shown[0], shown[2], mine / times[2].median,
                  at_most=1.1)

    def typed(self):
        def bodies(server):
            prefix, typed, suffix = self.gap(server)
            lines, line = prefix.rsplit("\n", 1)
            return lambda number: EDITOR | {
                "input_prefix": lines + "\n", "prompt": line + typed[:number], "input_suffix": suffix, "n_predict": 1,
                "temperature": 0}

        self.changed("typed", "after a keystroke, 256 tokens behind the gap", 0.25, bodies)

    def moved(self):
        above, below = 84, 24

        def bodies(_):
            # The window of the editor moves with the cursor.
            lines = self.text[len(self.text) // 3:].splitlines(keepends=True)[1:]
            return lambda number: EDITOR | {
                "input_prefix": "".join(lines[number: number + above]), "prompt": "",
                "input_suffix": "".join(lines[number + above: number + above + below]), "n_predict": 1, "temperature": 0}

        self.changed("moved", f"one line further down, {above} lines before the gap and {below} behind it", 1.0, bodies)

    def socket(self):
        file = self.directory / "f.py"
        lines = ["def add(a, b):\n", "    return ", "\n\n\nprint(add(1, 2))\n"]
        file.write_text("".join(lines))
        command = [self.dscoder, "infill", file, "--at", "2:12", "-m", "demo", "-n", "16", "--json",
                   "--gpu-layers", "0", "--serve", "auto"]
        body = {"input_prefix": lines[0], "prompt": lines[1], "input_suffix": lines[2], "n_predict": 16}

        def answered(socket):
            connection = UnixConnection(socket)
            connection.request("GET", "/dscoder/about")
            about = json.load(connection.getresponse())
            connection.close()
            return about["answered"] + about["dropped"]

        def whole(_):
            begun = time.perf_counter()
            run = subprocess.run(command, env=self.environment(), capture_output=True, check=True)
            return 1e3 * (time.perf_counter() - begun), len(json.loads(run.stdout)["tokens"])

        def bare(_):
            begun = time.perf_counter()
            connection = UnixConnection(self.unix)
            connection.request("POST", "/infill", json.dumps(body))
            answer = json.load(connection.getresponse())
            took = 1e3 * (time.perf_counter() - begun)
            connection.close()
            return took, answer["tokens_predicted"]

        # By name, as the command below has it: both must mean the same file.
        with self.own("demo", 4, 2048) as server:
            whole(0)
            bare(0)
            before = answered(self.unix)
            runs = max(self.runs, 30)
            processes, requests = self.alternate("socket", runs, whole, bare)
            if answered(self.unix) - before != 2 * runs:
                raise RuntimeError("the resident engine did not answer all of them")
            del server
        mine, theirs = (Values([took for took, _ in all_of_it], "ms") for all_of_it in (processes, requests))
        tokens = [max(count for _, count in all_of_it) for all_of_it in (processes, requests)]
        what = f"`dscoder infill` through the socket, built-in model ({tokens[0]} tokens; the bare request {tokens[1]})"
        more = mine.median - theirs.median
        self.line(what, "< 40 ms", mine, f"{theirs} bare", mine.median, at_most=40)
        self.line("its difference to the bare request", "≤ 15 ms", f"{more:.1f} ms", "", more, at_most=15)

    def together(self):
        clients, tokens, answer = 8, 200, 64
        runs = max(1, self.runs // 3)

        def body(ids, number):
            start = number * 2 * tokens
            return {"prompt": begin + ids[start: start + tokens - 1], "n_predict": answer, "temperature": 0, "cache_prompt": True}

        # Prompts whose answers do not end by themselves, which for a random model is by chance.
        with self.own(self.model, clients, 1024) as own:
            ids = own.json("/tokenize", {"content": self.text[:400_000]})["tokens"]
            begin = own.json("/tokenize", {"content": "", "add_special": True})["tokens"]
            chosen, next_one = [], 0
            while len(chosen) < runs * clients and (next_one + clients) * 2 * tokens < len(ids):
                numbers = range(next_one, next_one + clients)
                with concurrent.futures.ThreadPoolExecutor(clients) as pool:
                    answers = list(pool.map(lambda number: own.json("/completion", body(ids, number)), numbers))
                chosen += [number for number, one in zip(numbers, answers) if one["tokens_predicted"] == answer]
                next_one += clients
        with self.own(self.model, clients, 1024) as own, self.other(self.model, clients, 1024) as other:
            def run(number, server):
                # Other prompts in every run, the same for both servers.
                bodies = [body(ids, one) for one in chosen[number * clients: (number + 1) * clients]]
                with concurrent.futures.ThreadPoolExecutor(clients) as pool:
                    begun = time.perf_counter()
                    answers = list(pool.map(lambda body: server.json("/completion", body), bodies))
                    took = time.perf_counter() - begun
                return sum(one["tokens_predicted"] for one in answers), took

            if len(chosen) < runs * clients:
                raise RuntimeError("the text is too short for so many runs")
            all_of_it = self.alternate("together", runs, *(
                lambda number, server=server: run(number, server) for server in (own, other)))
        mine, theirs = (Values([count / took for count, took in runs], "t/s") for runs in all_of_it)
        counts = [sum(count for count, _ in runs) // len(runs) for runs in all_of_it]
        self.line(f"{clients} clients at once, prompts of {tokens} tokens, {counts[0]} and {counts[1]} tokens of answers",
                  "≥ 1.0", mine, theirs, mine.median / theirs.median, at_least=1.0)

    def walk(self, wide):
        """The requests of two editors and a chat, as (path, body): the same for every server."""
        chance = random.Random(1)
        long = [text.splitlines() for text in self.sources if text.count("\n") > 350]
        above, below = (256, 64) if wide else (48, 16)
        cursors = []
        for lines in long[:2]:
            pieces = [{"text": "\n".join(chance.choice(self.sources).splitlines()[:24]), "filename": f"src/{place}.rs",
                       "time": 0.5} for place in range(3 if wide else 1)]
            cursors.append({"lines": lines, "row": 300, "column": 0, "extra": pieces})
        talk = []
        for number in range(REQUESTS):
            if number % 10 == 9:
                talk.append({"role": "user", "content": f"What does line {number} of this program do?"})
                yield "/v1/chat/completions", {"messages": list(talk), "max_tokens": 8, "temperature": 0, "stream": False}
                # An answer that does not depend on the server, so that both get the same requests.
                talk.append({"role": "assistant", "content": f"It returns {number}."})
                if len(talk) > 12:
                    talk = []
                continue
            # Somebody works in one file for a while, then in the other.
            cursor = cursors[number // 7 % 2]
            lines, kind = cursor["lines"], chance.random()
            if kind < 0.7:
                # Types on, and into the next line at the end of one.
                cursor["column"] += chance.randint(1, 3)
                if cursor["column"] > len(lines[cursor["row"]]):
                    cursor["row"], cursor["column"] = cursor["row"] + 1, 0
            else:
                cursor["row"] += chance.choice((-3, -2, -1, 1, 2, 3, 4))
                cursor["column"] = 0
            cursor["row"] = min(max(cursor["row"], 0), len(lines) - 2)
            row = cursor["row"]
            line, column = lines[row], min(cursor["column"], len(lines[row]))
            yield "/infill", EDITOR | {
                "input_prefix": "".join(text + "\n" for text in lines[max(row - above, 0): row]),
                "input_suffix": line[column:] + "\n" + "".join(text + "\n" for text in lines[row + 1: row + 1 + below]),
                "input_extra": cursor["extra"], "prompt": line[:column], "n_predict": 8, "temperature": 0,
                "n_indent": len(line) - len(line.lstrip()),
            }

    def sessions(self):
        model = self.small
        context = 8192 if pathlib.Path(model).stat().st_size > 500e6 else 2048
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(server) for server in (
                self.own(model, 4, context), self.other(model, 4, context),
                self.other(model, 4, context, "--cache-reuse", 256))]
            counts = [[] for _ in servers]
            for number, (path, body) in enumerate(self.walk(context > 2048)):
                say(f"sessions: {number + 1} of {REQUESTS}")
                for server, list_of_it in zip(servers, counts):
                    list_of_it.append((*evaluated(server.json(path, body)), path))
        shown, fulls, shares = [], [], []
        for list_of_it in counts:
            # Without the first of either editor and of the chat.
            rest = [one for number, one in enumerate(list_of_it) if number not in (0, 7, 9)]
            full = [path for new, all_of_it, path in rest if new * 2 > all_of_it]
            shares.append(sum(new for new, *_ in rest) / sum(all_of_it for _, all_of_it, _ in rest))
            fulls.append(len(full))
            shown.append(f"{len(full)} ({len(full) - full.count('/infill')} of the chat)")
        mean = sum(all_of_it for _, all_of_it, _ in counts[0]) // REQUESTS
        what = f"two editors and a chat, {REQUESTS} requests of {mean} tokens on average: prompts of which more than half was " \
               "evaluated, after the first of each"
        self.line(what, "0", shown[0], f"{shown[1]}; with --cache-reuse 256: {shown[2]}", fulls[0], at_most=0)
        what = "the share of tokens of their prompts that was evaluated"
        self.line(what, "≤ 1.0", f"{shares[0]:.3f}", f"{shares[1]:.3f}", shares[0] / shares[1], at_most=1.0)
        self.line(what + "; llama-server with --cache-reuse 256", "≤ 1.1", f"{shares[0]:.3f}", f"{shares[2]:.3f}",
                  shares[0] / shares[2], at_most=1.1)

    def left(self):
        tokens = LONG
        with self.own(self.model, 1, 8192) as own, self.other(self.model, 1, 8192) as other:
            ids = own.json("/tokenize", {"content": self.text[:400_000]})["tokens"]
            begin = own.json("/tokenize", {"content": "", "add_special": True})["tokens"]
            tiny = {"prompt": begin + ids[:7], "n_predict": 1, "temperature": 0, "cache_prompt": False}
            small = {"prompt": begin + ids[:31], "n_predict": 1, "temperature": 0}
            shown = {"prompt": [], "answer": []}
            servers, works, delays = (own, other), {}, {}
            for server in servers:
                # Milliseconds for each token of a prompt and of an answer, when nothing else is asked.
                server.json("/completion", small)
                body = {"prompt": begin + ids[3000: 3000 + 1023], "n_predict": 33, "temperature": 0}
                timings = server.json("/completion", body)["timings"]
                works[server] = {"prompt": timings["prompt_ms"] / timings["prompt_n"],
                                 "answer": timings["predicted_ms"] / max(1, timings["predicted_n"] - 1)}
                delays[server] = {"alone": [], "prompt": [], "answer": []}
            chance = random.Random(2)
            for number in range(self.runs):
                start = 5000 + number * tokens
                long = {"prompt": begin + ids[start: start + tokens], "n_predict": 512, "temperature": 0, "stream": True}
                talk = {"prompt": begin + ids[start: start + 31], "n_predict": 2000, "temperature": 0, "stream": True}
                after = chance.uniform(0.5, 1.5)
                for server in servers:
                    say(f"left: {number + 1} of {self.runs}")
                    time.sleep(PAUSE)
                    delays[server]["alone"].append(server.timed("/completion", tiny)[0])
                    for kind, body, moment in (("prompt", long, after), ("answer", talk, None)):
                        server.leave("/completion", body, moment)
                        delays[server][kind].append(server.timed("/completion", tiny)[0])
                        time.sleep(PAUSE)
        for kind, what in (("prompt", f"a prompt of {tokens + 1} tokens is being evaluated"),
                           ("answer", "an answer of 2,000 tokens is being written")):
            shown, medians = [], []
            for server in servers:
                more = Values([took - statistics.median(delays[server]["alone"]) for took in delays[server][kind]], "ms")
                work = more.median / works[server][kind]
                alone = statistics.median(delays[server]["alone"])
                shown.append(f"{more}, the time of {work:.1f} tokens of it (alone {alone:.0f} ms)")
                medians.append(max(more.median, 1e-3))
            self.line(f"how much later a request of 8 tokens is answered if its client leaves while {what}", "≤ 1.0", *shown,
                      medians[0] / medians[1], at_most=1.0)


def processor():
    try:
        with open("/proc/cpuinfo") as about:
            names = [line.split(":", 1)[1].strip() for line in about if line.startswith("model name")]
        return f"{len(names)} x {names[0]}"
    except (OSError, IndexError):
        return f"{os.cpu_count()} x {os.uname().machine}"


def version(program):
    run = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return (run.stdout + run.stderr).strip().splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL.gguf")
    parser.add_argument("--small", metavar="SMALL.gguf")
    parser.add_argument("--rows", default=",".join(ROWS), type=lambda text: text.split(","))
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--dscoder", default=str(REPOSITORY / "target/release/dscoder"))
    parser.add_argument("--llama-server", default=os.environ.get("LLAMA_SERVER") or shutil.which("llama-server"))
    arguments = parser.parse_args()
    unknown = [row for row in arguments.rows if row not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]}: choose from {', '.join(ROWS)}")
    if arguments.runs < 1:
        parser.error("--runs must be 1 or more")
    for program in (arguments.dscoder, arguments.llama_server):
        if program is None or shutil.which(program) is None:
            parser.error(f"there is no {program or 'llama-server on the PATH'}")
    for file in (arguments.model, arguments.small):
        if file is not None and not pathlib.Path(file).is_file():
            parser.error(f"there is no file {file}")
    about = next((line for line in version(arguments.llama_server) if "version" in line), "llama-server")
    print(f"{processor()}, {arguments.threads} threads, {version(arguments.dscoder)[0]}, llama-server {about}, "
          f"{pathlib.Path(arguments.model).name}, medians of {arguments.runs}\n")
    with tempfile.TemporaryDirectory(prefix="dscoder-serve-") as directory:
        os.chmod(directory, 0o700)
        bench = Bench(arguments, directory)
        for row in arguments.rows:
            bench.row(row)
    say("")
    print("| what | goal | dscoder | llama-server | ratio or figure | |\n|---|---|---|---|---|---|")
    print("\n".join(bench.lines))
    return bench.failed


if __name__ == "__main__":
    sys.exit(main())
