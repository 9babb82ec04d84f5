#!/bin/sh
# Checks everything: format, lints, unit, integration and doc tests, and the shell scripts. Installs what is missing.
# One profile throughout, so that llama.cpp is compiled once.
#
# Of hostile model files, texts and kills there are as many as DSCODER_HOSTILE_RUNS says: 2000 load mutants and texts, ten
# times as many header mutants, a quarter of kills. The tests print the counts, and DSCODER_HOSTILE_SEED chooses others.
set -eu
cd "$(dirname "$0")/.."
examples/install-tools.sh
PATH=$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin

cargo fmt --check
cargo clippy --release --locked --all-targets -- -D warnings
DSCODER_HOSTILE_RUNS=${DSCODER_HOSTILE_RUNS:-2000} cargo test --release --locked
for script in examples/*.sh examples/scripts/*.sh examples/git-hooks/* tests/*.sh tests/bench/*.sh .ci/run; do
    sh -n "$script"
done
echo "all checks passed" >&2
