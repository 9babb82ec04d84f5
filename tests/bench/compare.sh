#!/bin/sh
# The same work through dscoder and llama.cpp's own tools: a Markdown table of ratios. See compare.py, which does it.
exec python3 "$(dirname "$0")/compare.py" "$@"
