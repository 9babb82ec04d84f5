#!/bin/sh
# Checks everything: format, lints, unit, integration and doc tests, and the shell scripts. Installs what is missing.
# One profile throughout, so that llama.cpp is compiled once.
set -eu
cd "$(dirname "$0")/.."
examples/install-tools.sh
PATH=$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin

cargo fmt --check
cargo clippy --release --locked --all-targets -- -D warnings
cargo test --release --locked
# Licences and sources of what is linked, where cargo-deny is there; the advisories are looked up in CI.
if cargo deny --version >/dev/null 2>&1; then
    cargo deny --offline --config .cargo/deny.toml --locked check licenses bans sources
fi
for script in .github/*.sh examples/*.sh examples/ci/*.sh examples/scripts/*.sh examples/git-hooks/* tests/*.sh tests/bench/*.sh .ci/run; do
    sh -n "$script"
done
echo "all checks passed" >&2
