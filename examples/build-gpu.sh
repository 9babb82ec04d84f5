#!/bin/sh
# Builds dscoder for a GPU: examples/build-gpu.sh [cuda|vulkan|rocm] [--portable]
#
# Without a name, takes what fits the GPU and the tools of this machine, and says why. Finds the toolkit, a host
# compiler that it accepts and the GPU's architecture, or lists what is missing before anything is compiled (exit code
# 1). Ends with what `dscoder doctor` says about the GPU. With --portable, builds for other processors and GPUs too.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin

has() { command -v "$1" >/dev/null 2>&1; }
say() { printf '%s\n' "$*" >&2; }
usage='usage: examples/build-gpu.sh [cuda|vulkan|rocm] [--portable]'
wrong() {
    say "$usage"
    exit 2
}

# A prefix of the system's folders, for the tests.
root=${BUILD_GPU_ROOT:-}
machine=$(uname -m)

# Prints the first path that exists.
first() {
    for path in "$@"; do
        [ -e "$path" ] && echo "$path" && return
    done
    return 1
}

# Notes what is missing, and the packages that have it: missing WORDS APT DNF PACMAN.
lacks='' packages=''
missing() {
    lacks="$lacks  $1
"
    if has apt-get; then
        packages="$packages $2"
    elif has dnf; then
        packages="$packages $3"
    elif has pacman; then
        packages="$packages $4"
    fi
}

# Where packages put libraries.
libraries() {
    for folder in "$root/usr/lib/$machine-linux-gnu" "$root/usr/lib64" "$root/usr/lib" "$root/usr/local/lib"; do
        echo "$folder"
    done
}

# Prints the folder of library $1: one of the other arguments, or where packages put it.
folder_of() {
    name=$1
    shift
    for folder in "$@" $(libraries); do
        [ -e "$folder/$name" ] && echo "$folder" && return
    done
    return 1
}

# Whether version $1 is at least $2, both of as many numbers.
at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t . -k 1,1n -k 2,2n -k 3,3n | head -n 1)" = "$2" ]
}

need_cmake() {
    has cmake || return 0
    version=$(cmake --version | sed -n 's/^cmake version \([0-9]*\.[0-9]*\).*/\1/p')
    at_least "$version" "$1" ||
        lacks="$lacks  cmake $1 or newer (here: $version): https://cmake.org/download, or \`pip install cmake\`
"
}

# nvidia-smi prints errors on stdout too.
nvidia_gpu() {
    names=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null) && printf '%s\n' "$names" | sed -n 1p
}
capabilities() {
    nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null |
        sed -n 's/^\([0-9][0-9]*\)\.\([0-9]\)$/\1\2/p' | sort -un
}
amd_gpus() { rocminfo 2>/dev/null | sed -n 's/^ *Name: *\(gfx[0-9a-f]*\).*/\1/p' | sort -u | tr '\n' ' '; }
# A device that is not the processor itself (llvmpipe).
vulkan_gpu() {
    vulkaninfo --summary 2>/dev/null |
        awk '/deviceType/ { cpu = /_CPU$/ } /deviceName/ && !cpu { sub(/.*= */, ""); print; exit }'
}

find_nvcc() {
    [ -n "${CUDACXX:-}" ] || for folder in ${CUDA_PATH:+"$CUDA_PATH/bin"} ${CUDA_HOME:+"$CUDA_HOME/bin"}; do
        [ -x "$folder/nvcc" ] && echo "$folder/nvcc" && return
    done
    command -v "${CUDACXX:-nvcc}" && return
    newest=$(printf '%s\n' "$root"/usr/local/cuda-*/bin/nvcc | sort -V | tail -n 1)
    first "$root/usr/local/cuda/bin/nvcc" "$newest" "$root/opt/cuda/bin/nvcc" \
        "$root/usr/lib/nvidia-cuda-toolkit/bin/nvcc"
}

find_hipcc() {
    if [ -n "${ROCM_PATH:-}" ]; then
        first "$ROCM_PATH/bin/hipcc" && return
    fi
    command -v hipcc || first "$root/opt/rocm/bin/hipcc"
}

choose() {
    gpu=$(nvidia_gpu) || gpu=
    if [ -n "$gpu" ]; then
        if find_nvcc >/dev/null; then
            kind=cuda why="nvidia-smi lists $gpu, and nvcc is installed"
        elif has glslc; then
            kind=vulkan why="nvidia-smi lists $gpu; glslc is installed, nvcc is not"
        else
            kind=cuda why="nvidia-smi lists $gpu"
        fi
        return
    fi
    gpu=$(amd_gpus) || gpu=
    if [ -n "$gpu" ]; then
        if find_hipcc >/dev/null; then
            kind=rocm why="rocminfo lists ${gpu% }, and hipcc is installed"
        else
            kind=vulkan why="rocminfo lists ${gpu% }, hipcc is not installed"
        fi
        return
    fi
    gpu=$(vulkan_gpu) || gpu=
    if [ -n "$gpu" ]; then
        kind=vulkan why="vulkaninfo lists $gpu"
        return
    fi
    say "no GPU found: nvidia-smi, rocminfo and vulkaninfo are missing or list none"
    say "install the GPU's driver and its tool, or say what to build for: cuda, vulkan or rocm"
    exit 1
}

# Sets host to a g++ that nvcc accepts: its header, $1, refuses those that are newer.
host_compiler() {
    newest=$(sed -n 's/^ *#if __GNUC__ > \([0-9][0-9]*\).*/\1/p' "$1" | sed -n 1p)
    host=${CUDAHOSTCXX:-}
    [ -z "$host" ] || return 0
    names="${CXX:-} c++ g++"
    major=${newest:-0}
    while [ "$major" -ge 8 ]; do
        names="$names g++-$major $root/opt/rh/gcc-toolset-$major/root/usr/bin/g++"
        major=$((major - 1))
    done
    for name in $names; do
        has "$name" || continue
        # Clang has other limits.
        "$name" --version 2>/dev/null | grep -q clang && continue
        major=$("$name" -dumpversion 2>/dev/null) || continue
        major=${major%%.*}
        if [ "$major" -le "${newest:-$major}" ]; then
            host=$(command -v "$name")
            return
        fi
    done
    here=$(g++ -dumpversion 2>/dev/null) || here=none
    missing "g++ $newest or older, for this nvcc accepts no newer one (here: ${here%%.*})" \
        "g++-$newest" "gcc$newest-c++" "gcc$newest"
}

# The architectures that nvcc compiles for, as numbers.
cuda_architectures() { "$1" --list-gpu-arch 2>/dev/null | sed -n 's/^compute_\([0-9]*\)$/\1/p' | sort -n; }

# The first of these numbers, as NVIDIA writes it.
dotted() { echo "$1" | sed -n '1s/.$/.&/p'; }

# Machine code for what is sold now, PTX for older GPUs and for those to come. $@: what this nvcc knows.
portable_architectures() {
    list='' newest=
    for number in "$@"; do
        # llama.cpp makes 120a of 120, whose PTX no later GPU can use.
        [ "$number" -ge 120 ] || newest=$number
        case $number in
            50 | 61 | 70) list="$list;$number-virtual" ;;
            75 | 80 | 86 | 89 | 90 | 120) list="$list;$number-real" ;;
        esac
    done
    echo "${list#;};$newest-virtual"
}

# The GPUs' own. What is newer than nvcc gets the newest PTX, which the driver compiles. $@: what this nvcc knows.
own_architectures() {
    list=
    for number in $capabilities; do
        best=
        for known in "$@"; do
            if [ "$known" = "$number" ] || { [ "$known" -lt "$number" ] && [ "$known" -lt 120 ]; }; then best=$known; fi
        done
        if [ "$best" = "$number" ]; then
            list="$list;$number-real"
        elif [ -n "$best" ]; then
            list="$list;$best-virtual"
        else
            return 1
        fi
    done
    echo "${list#;}"
}

cuda() {
    feature=cuda
    need_cmake 3.18
    if ! nvcc=$(find_nvcc); then
        missing "nvcc: NVIDIA's CUDA toolkit, from https://developer.nvidia.com/cuda-downloads or your distribution
    (Debian's is in non-free, Ubuntu's in multiverse)" nvidia-cuda-toolkit cuda-toolkit cuda
        return
    fi
    version=$("$nvcc" --version | sed -n 's/.*release \([0-9.]*\).*/\1/p')
    # Debian's is a script in /usr/bin that calls another. That one's folder must not be on PATH: it contains another g++.
    top=$(dirname "$(dirname "$(readlink -f "$nvcc")")")
    targets=$(first "$top/targets/$machine-linux" "$top/targets/sbsa-linux") || targets=$top
    say "CUDA $version: $nvcc"

    link=
    for archive in cudart_static cublas_static cublasLt_static culibos; do
        if folder=$(folder_of "lib$archive.a" "$targets/lib" "$top/lib64" "$top/lib"); then
            case " $link " in *" -L native=$folder "*) ;; *) link="${link:+$link }-L native=$folder" ;; esac
        else
            dashed=$(echo "$version" | tr . -)
            case $top:$archive in
                "$root/usr":* | "$root/usr/lib/"*:*) missing "lib$archive.a" nvidia-cuda-dev cuda-toolkit cuda ;;
                *:cublas*) missing "lib$archive.a" "libcublas-dev-$dashed" "libcublas-devel-$dashed" cuda ;;
                *) missing "lib$archive.a" "cuda-cudart-dev-$dashed" "cuda-cudart-devel-$dashed" cuda ;;
            esac
        fi
    done

    if header=$(first "$targets/include/crt/host_config.h" "$top/include/crt/host_config.h" \
        "$root/usr/include/crt/host_config.h" "$root/usr/include/cuda/crt/host_config.h"); then
        host_compiler "$header"
    else
        missing "crt/host_config.h of the CUDA toolkit" nvidia-cuda-toolkit cuda-toolkit cuda
    fi

    known=$(cuda_architectures "$nvcc")
    [ -n "$known" ] || missing "a newer CUDA toolkit: this nvcc does not list its architectures" '' '' ''
    capabilities=$(capabilities)
    if [ -n "${CMAKE_CUDA_ARCHITECTURES:-}" ]; then
        architectures=$CMAKE_CUDA_ARCHITECTURES
    elif [ -n "$portable" ]; then
        # shellcheck disable=SC2086 # numbers
        architectures=$(portable_architectures $known)
    elif [ -z "$capabilities" ]; then
        lacks="$lacks  an NVIDIA GPU: nvidia-smi lists no compute capability; to build for other machines, add --portable
"
    else
        # shellcheck disable=SC2086 # numbers
        architectures=$(own_architectures $known) ||
            lacks="$lacks  an older CUDA toolkit (https://developer.nvidia.com/cuda-toolkit-archive): this GPU has compute capability
    $(dotted "$capabilities"), and CUDA $version begins with $(dotted "$known")
"
        driver=$(nvidia-smi 2>/dev/null | sed -n 's/.*CUDA Version: *\([0-9]*\).*/\1/p')
        [ "${driver:-99}" -ge "${version%%.*}" ] ||
            lacks="$lacks  a driver for CUDA ${version%%.*} (this one supports $driver), or the toolkit of CUDA $driver
"
    fi
    [ -z "$lacks" ] || return 0

    export CUDACXX="$nvcc" CUDAHOSTCXX="$host" CMAKE_CUDA_HOST_COMPILER="$host" CMAKE_CUDA_ARCHITECTURES="$architectures"
    settings="CUDACXX CUDAHOSTCXX CMAKE_CUDA_HOST_COMPILER CMAKE_CUDA_ARCHITECTURES"
    # llama-cpp-sys-2 and CMake look in many places, and take another version if there are two.
    if [ "$top" != "$root/usr" ] && [ -e "$targets/include/crt/host_config.h" ]; then
        export CUDA_PATH="$top" CUDA_LIBRARY_PATH="$top" CUDAToolkit_ROOT="$top"
        settings="$settings CUDA_PATH CUDA_LIBRARY_PATH CUDAToolkit_ROOT"
    fi
}

vulkan() {
    feature=vulkan
    need_cmake 3.19
    sdk=${VULKAN_SDK:-$root/usr}
    has glslc || [ -x "$sdk/bin/glslc" ] || missing "glslc, which compiles shaders" glslc glslc shaderc
    if core=$(first "$sdk/include/vulkan/vulkan_core.h" "$root/usr/local/include/vulkan/vulkan_core.h" \
        "$root/usr/include/vulkan/vulkan_core.h"); then
        version=$(sed -n 's/^#define VK_HEADER_VERSION_COMPLETE .*(0, *\([0-9]*\), *\([0-9]*\),.*/\1.\2/p' "$core")
        version=$version.$(sed -n 's/^#define VK_HEADER_VERSION \([0-9]*\).*/\1/p' "$core")
        # The first with VK_EXT_layer_settings, which llama.cpp uses. Debian 12 and Ubuntu 22.04 have older ones.
        at_least "$version" 1.3.272 ||
            lacks="$lacks  Vulkan headers 1.3.272 or newer (here: $version, $core): take the SDK from
    https://vulkan.lunarg.com, and set VULKAN_SDK to the folder that holds its include
"
    else
        missing "vulkan/vulkan_core.h, the Vulkan headers" libvulkan-dev vulkan-headers vulkan-headers
    fi
    folder_of libvulkan.so "$sdk/lib" >/dev/null ||
        missing "libvulkan.so, the Vulkan loader" libvulkan-dev vulkan-loader-devel vulkan-icd-loader
    include=${core%/vulkan/*}
    spirv=
    for folder in "$sdk/share" "$sdk/lib" "$root/usr/share" "$root/usr/local/share" "$root/usr/local/lib" $(libraries); do
        spirv=$(first "$folder/cmake/SPIRV-Headers/SPIRV-HeadersConfig.cmake") && break
    done
    [ -n "$spirv" ] || missing "SPIRV-Headers" spirv-headers spirv-headers-devel spirv-headers
}

rocm() {
    feature=rocm
    need_cmake 3.21
    if ! hipcc=$(find_hipcc); then
        missing "hipcc, of AMD's ROCm 6.1 or newer (https://rocm.docs.amd.com; Fedora and Arch have it themselves)" \
            rocm-hip-sdk "rocm-hip-devel hipblas-devel rocblas-devel" rocm-hip-sdk
        return
    fi
    hipconfig=$(dirname "$hipcc")/hipconfig
    top=$("$hipconfig" --rocmpath 2>/dev/null) || top=
    [ -d "$top" ] || top=$(dirname "$(dirname "$hipcc")")
    version=$("$hipconfig" --version 2>/dev/null | sed -n 's/^\([0-9]*\.[0-9]*\).*/\1/p') || version=
    say "ROCm $version: $hipcc"
    at_least "${version:-0.0}" 6.1 ||
        missing "ROCm 6.1 or newer (here: ${version:-hipconfig says no version}): https://rocm.docs.amd.com" '' '' ''
    for library in amdhip64 hipblas rocblas; do
        folder_of "lib$library.so" "$top/lib" "$top/lib64" >/dev/null ||
            case $library in
                amdhip64) missing "lib$library.so" rocm-hip-runtime-dev rocm-hip-devel hip-runtime-amd ;;
                *) missing "lib$library.so" "$library-dev" "$library-devel" "$library" ;;
            esac
    done
    if [ -n "${CMAKE_HIP_ARCHITECTURES:-}" ]; then
        architectures=$CMAKE_HIP_ARCHITECTURES
    elif [ -n "$portable" ]; then
        # What this rocBLAS has kernels for.
        architectures=$(for folder in "$top/lib" $(libraries); do ls "$folder/rocblas/library" 2>/dev/null || :; done |
            sed -n 's/.*_\(gfx[0-9a-f]*\)\..*/\1/p' | sort -u | tr '\n' ' ')
    else
        architectures=$(amd_gpus)
    fi
    architectures=$(echo "${architectures% }" | tr ' ' ';')
    [ -n "$architectures" ] ||
        lacks="$lacks  an AMD GPU: rocminfo lists none; to build for other machines, add --portable or set CMAKE_HIP_ARCHITECTURES
"
    export ROCM_PATH="$top" CMAKE_HIP_ARCHITECTURES="$architectures"
    settings="ROCM_PATH CMAKE_HIP_ARCHITECTURES"
    if compiler=$("$hipconfig" --hipclangpath 2>/dev/null) && [ -x "$compiler/clang++" ]; then
        export HIPCXX="$compiler/clang++"
        settings="$settings HIPCXX"
    fi
}

# Removes build folders of llama.cpp with other settings, or whose configuration failed: llama-cpp-sys-2 would continue with
# them as they are.
forget() {
    for cache in "${CARGO_TARGET_DIR:-target}"/release/build/llama-cpp-sys-2-*/out/build/CMakeCache.txt; do
        grep -q "^GGML_$1:.*=ON" "$cache" 2>/dev/null || continue
        fits=yes
        [ -e "${cache%/*}/Makefile" ] || [ -e "${cache%/*}/build.ninja" ] || fits=
        for name in CMAKE_CUDA_HOST_COMPILER CMAKE_CUDA_ARCHITECTURES CMAKE_HIP_ARCHITECTURES; do
            value=$(printenv $name) || continue
            grep -qx "$name:[A-Z]*=$value" "$cache" || fits=
        done
        [ -z "$include" ] || grep -qx "Vulkan_INCLUDE_DIR:[A-Z]*=$include" "$cache" || fits=
        [ -n "$fits" ] || rm -rf "${cache%/out/build/*}"
    done
}

kind='' portable=
for argument in "$@"; do
    case $argument in
        cuda | vulkan | rocm)
            [ -z "$kind" ] || wrong
            kind=$argument
            ;;
        --portable) portable=yes ;;
        -h | --help)
            echo "$usage"
            exit
            ;;
        *) wrong ;;
    esac
done
if [ "$(uname -s)" != Linux ]; then
    say "this script is for Linux; on macOS, a plain \`cargo build --release\` uses the GPU through Metal"
    exit 1
fi
if [ -n "$kind" ]; then why="as asked for"; else choose; fi
say "building for $kind: $why"

link='' settings='' include=
"$kind"

if [ -n "$lacks" ]; then
    say "missing:"
    printf '%s' "$lacks" >&2
    tools=$(examples/install-tools.sh --check 2>&1) || say "  $tools; examples/install-tools.sh installs them"
    packages=$(printf '%s\n' "$packages" | tr ' ' '\n' | awk 'NF && !seen[$0]++' | tr '\n' ' ')
    packages=${packages% }
    sudo=
    [ "$(id -u)" = 0 ] || sudo="sudo "
    if [ -z "$packages" ]; then
        :
    elif has apt-get; then
        say "install: ${sudo}apt-get install $packages"
    elif has dnf; then
        say "install: ${sudo}dnf install $packages"
    elif has pacman; then
        say "install: ${sudo}pacman -S $packages"
    fi
    exit 1
fi
examples/install-tools.sh

# RUSTFLAGS replace those of .cargo/config.toml.
if [ -n "$portable" ]; then native=; else native="-C target-cpu=native"; fi
flags=${RUSTFLAGS-$native}
if [ -n "$portable$link" ]; then
    export RUSTFLAGS="$flags${flags:+${link:+ }}$link"
    settings="$settings RUSTFLAGS"
fi
for name in $settings; do
    say "  $name=$(printenv "$name")"
done
forget "$(case $kind in cuda) echo CUDA ;; vulkan) echo VULKAN ;; rocm) echo HIP ;; esac)"
cargo build --release --locked --features "$feature"

dscoder=${CARGO_TARGET_DIR:-target}/release/dscoder
say "built $dscoder; dscoder doctor says:"
devices=$("$dscoder" doctor 2>/dev/null | awk '$2 == "machine" && $3 == "GPU"') || devices=
case $devices in
    '' | *"none that this build can use"*)
        say "no GPU that this build can use, so it computes on the CPU; is the GPU's driver installed?"
        ;;
    *) printf '%s\n' "$devices" ;;
esac
