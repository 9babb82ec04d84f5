#!/bin/sh
# Prints a comment with what dscoder has found in the changes since BASE, or nothing: review.sh BASE
# The findings are code, so that nothing in them mentions people or makes links.
set -eu
findings=$(dscoder git review -q --timeout 600 "$1...HEAD")
[ -n "$findings" ] || exit 0
printf 'A small model has read this change. What it says may be wrong:\n\n'
printf '%s\n' "$findings" | sed 's/^/    /'
