#!/bin/sh
# Builds dscoder and fills the gap in an example with the built-in model. Installs what is missing.
set -eu
cd "$(dirname "$0")/.."
examples/install-tools.sh
PATH=$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin

echo "building dscoder (the first build takes some minutes: it compiles llama.cpp)" >&2
cargo build --release --locked
dscoder=${CARGO_TARGET_DIR:-target}/release/dscoder

prefix=examples/quicksort/prefix.py suffix=examples/quicksort/suffix.py
echo "\$ dscoder infill -m demo --prefix $prefix --suffix $suffix" >&2
# The sentinel keeps the newline at the end, which $(...) would drop.
middle=$("$dscoder" infill -m demo --prefix "$prefix" --suffix "$suffix" && echo x)
middle=${middle%x}
if [ -t 1 ]; then
    printf '%s\n\033[1;32m%s\033[0m\n%s\n' "$(cat "$prefix")" "${middle%
}" "$(cat "$suffix")"
else
    cat "$prefix"
    printf '%s' "$middle"
    cat "$suffix"
    echo
fi
