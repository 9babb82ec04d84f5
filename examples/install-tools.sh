#!/bin/sh
# Installs what building llama.cpp needs and this machine lacks: a C++ compiler, make, cmake and libclang; and Rust.
# Says so before it does. Called by examples/quickstart.sh and tests/run.sh; does nothing if everything is installed.
# With --check, says what is missing (exit code 1) and installs nothing.
set -eu

has() { command -v "$1" >/dev/null 2>&1; }

# Where bindgen (clang-sys) looks for libclang.
has_libclang() {
    [ -n "${LIBCLANG_PATH:-}" ] && return 0
    for file in /usr/lib/llvm-*/lib/libclang*.so* /usr/lib/*/libclang*.so* /usr/lib64/libclang*.so* \
        /usr/lib64/llvm*/lib*/libclang*.so* /usr/lib/libclang*.so* /usr/local/lib/libclang*.so* \
        /Library/Developer/CommandLineTools/usr/lib/libclang.dylib \
        /Applications/Xcode.app/Contents/Developer/Toolchains/XcodeDefault.xctoolchain/usr/lib/libclang.dylib \
        /opt/homebrew/opt/llvm/lib/libclang.dylib /usr/local/opt/llvm/lib/libclang.dylib; do
        case $file in *libclang-cpp*) continue ;; esac
        [ -e "$file" ] && return 0
    done
    return 1
}

look() {
    missing=
    has cmake || missing="$missing cmake"
    has make || missing="$missing make"
    { has c++ || has g++ || has clang++; } || missing="$missing c++"
    has_libclang || missing="$missing libclang"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

look
if [ -n "$missing" ]; then
    echo "dscoder needs these to build llama.cpp, and they are missing:$missing" >&2
    [ "${1:-}" != --check ] || exit 1
    if has apt-get; then
        echo "installing cmake, make, g++ and libclang-dev with apt-get" >&2
        as_root apt-get update -qq >&2 || echo "apt-get update failed; trying with what is known" >&2
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            cmake make g++ libclang-dev >&2
    elif has dnf; then
        echo "installing cmake, make, gcc-c++ and clang-devel with dnf" >&2
        as_root dnf install -y -q cmake make gcc-c++ clang-devel >&2
    elif has brew; then
        echo "installing cmake and llvm with brew" >&2
        brew install --quiet cmake llvm >&2
    else
        echo "install them with your package manager, then run this again" >&2
        exit 1
    fi
    look
    if [ -n "$missing" ]; then
        echo "still missing after that:$missing; reinstall them with your package manager, then run this again" >&2
        exit 1
    fi
fi

if ! cargo --version >/dev/null 2>&1; then
    if [ "${1:-}" = --check ]; then
        echo "Rust is missing" >&2
        exit 1
    fi
    echo "installing Rust with rustup (https://rustup.rs)" >&2
    has curl || { echo "curl is missing; install Rust by hand, then run this again" >&2 && exit 1; }
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c rustfmt -c clippy >&2
fi
