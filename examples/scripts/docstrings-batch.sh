#!/bin/sh
# Writes a docstring for every function of some Python files, all in one batch: docstrings-batch.sh FILE.py...
# Prints FILE:LINE and the text for each function without one. Needs python3.
set -eu
: "${1:?usage: docstrings-batch.sh FILE.py...}"
gaps=$(mktemp)
trap 'rm -f "$gaps"' EXIT
python3 - "$@" >"$gaps" <<'END'
import ast, json, sys
for path in sys.argv[1:]:
    source = open(path, encoding="utf-8").read()
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not ast.get_docstring(node):
            first = node.body[0]
            if first.lineno == node.lineno:
                continue
            prefix = "".join(lines[:first.lineno - 1]) + " " * first.col_offset + '"""'
            suffix = '"""\n' + "".join(lines[first.lineno - 1:])
            gap = {"id": f"{path}:{node.lineno}", "file": path, "prefix": prefix, "suffix": suffix}
            print(json.dumps(gap))
END
dscoder infill --batch "$gaps" --stop '"""' --max-tokens 80 | python3 -c '
import json, sys
for line in sys.stdin:
    answer = json.loads(line)
    print(answer["id"] + ": " + answer.get("text", "").strip())
'
