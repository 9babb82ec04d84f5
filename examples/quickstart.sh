#!/bin/sh
# Builds dscoder and fills a gap in Python and one in Rust with the built-in model. Installs what is missing.
set -eu
cd "$(dirname "$0")/.."
examples/install-tools.sh
PATH=$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin

echo "building dscoder (the first build takes some minutes: it compiles llama.cpp)" >&2
cargo build --release --locked
dscoder=${CARGO_TARGET_DIR:-target}/release/dscoder

if [ -t 1 ]; then green='\033[1;32m' plain='\033[0m'; else green='' plain=''; fi

fill() {
    prefix=examples/$1/prefix.$2 suffix=examples/$1/suffix.$2
    echo "\$ dscoder infill -m demo --prefix $prefix --suffix $suffix" >&2
    # The sentinel keeps the newline at the end, which $(...) would drop.
    middle=$("$dscoder" infill -m demo --prefix "$prefix" --suffix "$suffix" && echo x)
    cat "$prefix"
    printf '%b%s%b' "$green" "${middle%x}" "$plain"
    cat "$suffix"
}

fill quicksort py
printf '\n\n'
fill queue rs
