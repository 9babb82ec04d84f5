#!/bin/sh
# Prints tests for a function of a file: tests-for.sh FILE FUNCTION > test_it.py
set -eu
file=${1:?usage: tests-for.sh FILE FUNCTION}
name=${2:?usage: tests-for.sh FILE FUNCTION}
exec dscoder chat --code -t 0 -f "$file" </dev/null \
    "Write unit tests for $name, also for empty, large and wrong arguments. Give one file."
