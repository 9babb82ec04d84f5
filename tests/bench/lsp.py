#!/usr/bin/env python3
"""How long a suggestion takes in an editor: `dscoder lsp`, driven by a scripted editor.

    python3 tests/bench/lsp.py [-m MODEL] [--file FILE] [--seconds 60]

Two things are measured, with a resident engine of its own:

- **key to item**: text is typed into the middle of the file's first 300 lines, one key every 100 ms; the time from the key
  (its change and the request) to the response, for 200 keys. Keys that are what was suggested are answered from the last
  suggestion; both kinds are shown.
- **typing**: the same without waiting for responses, for a minute; then no request may be in progress, and neither process may
  have grown since the tenth second.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from figures import Values, say

ROOT = Path(__file__).parent.parent.parent
PAUSE = 0.1


class Editor:
    def __init__(self, dscoder, model, environment):
        self.process = subprocess.Popen([dscoder, "lsp", "-q", "-m", model], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=environment)
        self.answers, self.arrived = {}, threading.Condition()
        self.count = 0
        threading.Thread(target=self.read, daemon=True).start()
        self.call("initialize", {"capabilities": {"textDocument": {"inlineCompletion": {}}}})
        self.notify("initialized", {})

    def read(self):
        output = self.process.stdout
        while line := output.readline():
            length = int(line.split(b":")[1])
            while output.readline().strip():
                pass
            message = json.loads(output.read(length))
            with self.arrived:
                self.answers[message.get("id")] = message
                self.arrived.notify_all()

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def ask(self, method, params):
        self.count += 1
        self.send({"id": self.count, "method": method, "params": params})
        return self.count

    def answer(self, number):
        with self.arrived:
            if not self.arrived.wait_for(lambda: number in self.answers, timeout=60):
                sys.exit("error: no response in a minute")
            return self.answers.pop(number)

    def call(self, method, params):
        return self.answer(self.ask(method, params))


class Typist:
    """Types lines of the file into its middle, as if they were not there."""

    def __init__(self, editor, path):
        lines = path.read_text().splitlines()[:300]
        self.lines, self.row, self.column = lines, len(lines) // 2, 0
        self.rest = self.keys()
        self.editor, self.version = editor, 1
        self.uri = f"file://{path}"
        text = "\n".join(lines) + "\n"
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": text}
        editor.notify("textDocument/didOpen", {"textDocument": document})

    def keys(self):
        number = len(self.lines) // 4
        while True:
            yield from self.lines[number % len(self.lines)].strip() + "\n"
            number += 7

    def press(self):
        """Presses a key, and asks; returns the number of the request."""
        key = next(self.rest)
        at = {"line": self.row, "character": self.column}
        self.version += 1
        self.editor.notify("textDocument/didChange", {
            "textDocument": {"uri": self.uri, "version": self.version},
            "contentChanges": [{"range": {"start": at, "end": at}, "text": key}],
        })
        self.row, self.column = (self.row + 1, 0) if key == "\n" else (self.row, self.column + 1)
        return self.editor.ask("textDocument/inlineCompletion", {
            "textDocument": {"uri": self.uri}, "position": {"line": self.row, "character": self.column},
            "context": {"triggerKind": 2},
        })


def memory(process):
    """Resident memory in MB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1e3
    return 0


def processor():
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{len(names)} x {names[0].split(':')[1].strip()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-m", "--model", default="demo")
    parser.add_argument("--dscoder", default=str(ROOT / "target/release/dscoder"))
    parser.add_argument("--file", type=Path, default=Path(argparse.__file__), help="a file of Python (argparse.py)")
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        environment = {**os.environ, "XDG_RUNTIME_DIR": directory}
        status = lambda: json.loads(subprocess.run([arguments.dscoder, "serve", "status", "--json"], env=environment,
                                                   capture_output=True).stdout)
        editor = Editor(arguments.dscoder, arguments.model, environment)
        typist = Typist(editor, arguments.file)
        # The engine is started, and reads the file, before anything counts.
        editor.answer(typist.press())
        time.sleep(2)
        typed, asked, items = [], [], 0
        for number in range(arguments.keys):
            say(f"key {number}")
            answered, begin = status()["answered"] + status()["dropped"], time.perf_counter()
            result = editor.answer(typist.press()).get("result") or {}
            taken = 1e3 * (time.perf_counter() - begin)
            items += bool(result.get("items"))
            (typed if status()["answered"] + status()["dropped"] == answered else asked).append(taken)
            time.sleep(PAUSE)
        say("")
        print(f"{processor()}, {arguments.model}, {arguments.file.name}, 300 lines")
        print(f"key to item: {Values(typed + asked, 'ms')}; {items} of {arguments.keys} had items")
        if typed:
            print(f"- {len(typed)} were typed as suggested, or within a word: {Values(typed, 'ms')}")
        if asked:
            print(f"- {len(asked)} were new questions: {Values(asked, 'ms')}")
        begin, sizes = time.monotonic(), []
        while time.monotonic() - begin < arguments.seconds:
            typist.press()
            say(f"{time.monotonic() - begin:.0f} s")
            time.sleep(PAUSE)
            sizes.append((memory(editor.process.pid), memory(status()["process"])))
        time.sleep(2)
        say("")
        about = status()
        after, last = sizes[min(100, len(sizes) // 2)], sizes[-1]
        print(f"typing for {arguments.seconds} s, {len(sizes)} keys: {about['live'] + about['waiting']} in progress at the end; "
              f"lsp {after[0]:.1f} to {last[0]:.1f} MB, serve {after[1]:.1f} to {last[1]:.1f} MB")
        editor.call("shutdown", None)
        editor.notify("exit", None)
        subprocess.run([arguments.dscoder, "serve", "stop", "-q"], env=environment, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
