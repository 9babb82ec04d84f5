#!/bin/sh
# Shows how a file would look with docstrings, as a diff: docstrings.sh FILE.py | patch
set -eu
file=${1:?usage: docstrings.sh FILE}
new=$(mktemp)
trap 'rm -f "$new"' EXIT
dscoder chat --code=1 -t 0 -n 4096 -f "$file" </dev/null >"$new" \
    'Add a docstring to every function and class that has none. Change nothing else. Give the whole file.'
diff -u "$file" --label "$file" --label "$file" "$new" || test $? -eq 1
