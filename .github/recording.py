#!/usr/bin/env python3
"""Runs the commands below with the built-in model and writes what they print as .github/recording.svg.

    PATH=$PWD/target/release:$PATH .github/recording.py

A test compares the picture's text with what dscoder answers."""

import html
import os
import pathlib
import subprocess
import tempfile

FILES = {
    "stack.py": """\
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        <FILL>

    def pop(self):
        return self.items.pop()
""",
    "queue.rs": """\
impl<T> Queue<T> {
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        <FILL>
    }
}
""",
}
COMMANDS = [
    "cat stack.py",
    "dscoder infill stack.py -m demo --diff",
    "tail -n 4 queue.rs",
    "dscoder infill queue.rs -m demo --in-place",
    "tail -n 4 queue.rs",
    "printf 'def is_even(n):\\n' | dscoder complete -m demo",
]
COLUMNS, LINE, CHARACTER, MARGIN = 64, 19, 8.43, 16


def record():
    """The lines of a terminal: commands with their prompt, and what they print."""
    lines = []
    with tempfile.TemporaryDirectory() as directory:
        for name, text in FILES.items():
            pathlib.Path(directory, name).write_text(text)
        for command in COMMANDS:
            run = subprocess.run(["sh", "-c", command], cwd=directory, capture_output=True, text=True, check=True)
            assert run.stderr == "", run.stderr
            lines.append(("command", command))
            lines += [(kind(line), line) for line in run.stdout.splitlines()]
    return lines


def kind(line):
    return {"+": "added", "-": "removed"}.get(line[:1], "output") if not line.startswith(("+++", "---")) else "output"


def draw(lines):
    width, height = COLUMNS * CHARACTER + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" role="img" '
        'aria-label="dscoder fills a gap in Python and one in Rust, and completes a function">',
        "<style>text{font:14px ui-monospace,Menlo,Consolas,monospace;white-space:pre;fill:#d8dee9}"
        ".command{font-weight:bold;fill:#fff}.added{fill:#a3d9a5}.removed{fill:#f2a1a1}.prompt{fill:#7fb4e0}</style>",
        '<rect width="100%" height="100%" rx="8" fill="#1d2430"/>',
    ]
    for number, (name, text) in enumerate(lines):
        y = MARGIN + number * LINE + 14
        prompt = '<tspan class="prompt">$ </tspan>' if name == "command" else ""
        out.append(f'<text x="{MARGIN}" y="{y}" class="{name}" xml:space="preserve">{prompt}{html.escape(text)}</text>')
    return "\n".join([*out, "</svg>", ""])


if __name__ == "__main__":
    picture = pathlib.Path(__file__).with_suffix(".svg")
    picture.write_text(draw(record()))
    print(f"{picture}: {os.path.getsize(picture)} bytes")
