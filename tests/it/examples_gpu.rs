//! `examples/build-gpu.sh`, with toolkits and machines that are made up: every tool is a script, and cargo shows what it
//! was given.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::command::{Output, Place, finish, output, repository};

/// What the script uses of every Unix. Nothing else of the machine below is found.
const TOOLS: &[&str] = &[
    "awk", "cat", "cp", "dirname", "grep", "head", "ls", "mkdir", "printenv", "readlink", "rm", "sed", "sh", "sort",
    "tail", "tr",
];

/// What llama-cpp-sys-2 and CMake look at.
const SETTINGS: &str = "CUDACXX CUDAHOSTCXX CMAKE_CUDA_HOST_COMPILER CMAKE_CUDA_ARCHITECTURES CUDA_PATH CUDA_LIBRARY_PATH \
                        CUDAToolkit_ROOT ROCM_PATH CMAKE_HIP_ARCHITECTURES HIPCXX RUSTFLAGS";

const DEVICE: &str = "ok       machine      GPU                a GPU (CUDA), 1.0 GB of 2.0 GB free\n";

/// A machine with the tools of llama.cpp, g++ 12 and apt-get.
struct Machine {
    place: Place,
    /// Of the place, without links.
    root: PathBuf,
}

impl Machine {
    fn new() -> Machine {
        let place = Place::new();
        let root = place.path("").canonicalize().expect("there");
        let machine = Machine { place, root };
        let paths = std::env::var_os("PATH").expect("a PATH");
        fs::create_dir(machine.root.join("bin")).expect("created");
        for tool in TOOLS {
            let file = std::env::split_paths(&paths).map(|folder| folder.join(tool)).find(|file| file.exists());
            symlink(file.unwrap_or_else(|| panic!("no {tool}")), machine.root.join("bin").join(tool)).expect("linked");
        }
        machine.tool("uname", "[ $1 = -s ] && echo Linux || echo x86_64");
        machine.tool("id", "echo 1000");
        machine.tool("apt-get", "exit 1");
        machine.tool("make", "");
        machine.tool("cmake", "echo cmake version 3.25.1");
        for name in ["c++", "g++"] {
            machine.gcc(name, "12");
        }
        machine.cargo(DEVICE);
        machine
    }

    /// A program on the PATH.
    fn tool(&self, name: &str, body: &str) {
        self.program(&format!("bin/{name}"), body);
    }

    fn program(&self, path: &str, body: &str) {
        let text = self.place.write(&format!("{path}.text"), format!("#!/bin/sh\n{body}\n"));
        // By a process of its own: a program that this one has open for writing may be inherited by what another test
        // starts meanwhile, and is then busy.
        let mut install = Command::new("install");
        let done = install.args(["-m", "755"]).arg(text).arg(self.place.path(path)).status();
        assert!(done.expect("install runs").success());
    }

    fn gcc(&self, name: &str, version: &str) {
        self.tool(name, &format!("[ $1 = -dumpversion ] && echo {version} || echo {name} GCC"));
    }

    /// A cargo that shows how it was called and makes a dscoder, whose doctor prints `devices`.
    fn cargo(&self, devices: &str) {
        let dscoder = self.root.join("target/release/dscoder");
        self.program("dscoder", &format!("printf '%s' '{devices}'"));
        self.tool(
            "cargo",
            &format!(
                "[ \"$1\" = --version ] && exit\necho \"cargo $*\"\nfor name in {SETTINGS}; do\n    \
                 value=$(printenv $name) && echo \"$name=$value\"\ndone\nmkdir -p {0} && cp {1} {0}/",
                dscoder.parent().expect("a folder").display(),
                self.root.join("dscoder").display()
            ),
        );
    }

    /// Empty files below the root of the system.
    fn files(&self, paths: &[&str]) {
        for path in paths {
            self.place.write(&format!("root/{path}"), "");
        }
    }

    /// NVIDIA's GPUs, with these compute capabilities.
    fn nvidia(&self, capabilities: &str) {
        let answers = "case $1 in\n    *=name) echo NVIDIA Card ;;\n    *=compute_cap)";
        self.tool(
            "nvidia-smi",
            &format!("{answers} printf '{capabilities}' ;;\n    *) echo 'CUDA Version: 12.2' ;;\nesac"),
        );
    }

    /// A toolkit whose nvcc is in `bin` and accepts g++ up to `gcc`.
    fn cuda(&self, bin: &str, version: &str, gcc: u32, header: &str, architectures: &[u32]) {
        let list: String = architectures.iter().map(|number| format!("compute_{number}\\n")).collect();
        self.program(
            &format!("{bin}/nvcc"),
            &format!("[ $1 = --version ] && echo 'Cuda compilation tools, release {version}, V1' || printf '{list}'"),
        );
        self.place.write(header, format!("#if defined(__GNUC__)\n\n#if __GNUC__ > {gcc}\n\n#error -- unsupported\n"));
    }

    /// That of Debian 12.
    fn debian(&self) {
        self.cuda("root/usr/bin", "11.8", 11, "root/usr/include/crt/host_config.h", &[35, 50, 61, 70, 75, 80, 86, 90]);
        symlink(self.root.join("root/usr/bin/nvcc"), self.root.join("bin/nvcc")).expect("linked");
        for name in ["cudart_static", "cublas_static", "cublasLt_static", "culibos"] {
            self.files(&[&format!("usr/lib/x86_64-linux-gnu/lib{name}.a")]);
        }
    }

    /// Runs the script; paths of this machine are without the temporary folder.
    fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
        let mut command = Command::new("/bin/sh");
        command.arg(repository("examples/build-gpu.sh")).args(arguments).env_clear().env("PATH", self.root.join("bin"));
        command.env("HOME", self.root.join("home")).env("CARGO_TARGET_DIR", self.root.join("target"));
        command.env("BUILD_GPU_ROOT", self.root.join("root")).env("LIBCLANG_PATH", "/somewhere");
        command.envs(settings.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let made = finish(command.spawn().expect("started"));
        let short = |text: &str| text.replace(&format!("{}/", self.root.display()), "");
        output(&short(&made.stdout), &short(&made.stderr), made.code)
    }

    /// What cargo was given, a line each.
    fn given(&self, arguments: &[&str], settings: &[(&str, &str)]) -> String {
        let made = self.run(arguments, settings);
        assert_eq!(made.code, 0, "{made:?}");
        made.stdout
    }
}

const BUILD: &str = "cargo build --release --locked --features";

#[test]
fn cuda_of_a_distribution() {
    let machine = Machine::new();
    machine.debian();
    machine.nvidia("7.5\\n");
    machine.gcc("g++-11", "11");
    let made = machine.run(&[], &[]);
    let stdout = format!(
        "{BUILD} cuda\nCUDACXX=bin/nvcc\nCUDAHOSTCXX=bin/g++-11\nCMAKE_CUDA_HOST_COMPILER=bin/g++-11\n\
         CMAKE_CUDA_ARCHITECTURES=75-real\nRUSTFLAGS=-C target-cpu=native -L native=root/usr/lib/x86_64-linux-gnu\n{DEVICE}"
    );
    let stderr = "building for cuda: nvidia-smi lists NVIDIA Card, and nvcc is installed\nCUDA 11.8: bin/nvcc\n  \
                  CUDACXX=bin/nvcc\n  CUDAHOSTCXX=bin/g++-11\n  CMAKE_CUDA_HOST_COMPILER=bin/g++-11\n  \
                  CMAKE_CUDA_ARCHITECTURES=75-real\n  RUSTFLAGS=-C target-cpu=native -L \
                  native=root/usr/lib/x86_64-linux-gnu\nbuilt target/release/dscoder; dscoder doctor says:\n";
    assert_eq!(made, output(&stdout, stderr, 0));
    // For all GPUs that nvcc knows, and all processors.
    let portable = machine.given(&["--portable", "cuda"], &[]);
    assert!(
        portable.contains(
            "\nCMAKE_CUDA_ARCHITECTURES=50-virtual;61-virtual;70-virtual;75-real;80-real;86-real;90-real;90-virtual\n"
        ),
        "{portable}"
    );
    assert!(portable.contains("\nRUSTFLAGS=-L native=root/usr/lib/x86_64-linux-gnu\n"), "{portable}");
    // What is set is kept.
    let own = [("RUSTFLAGS", "-C target-cpu=haswell"), ("CMAKE_CUDA_ARCHITECTURES", "61"), ("CUDAHOSTCXX", "/my/g++")];
    let kept = machine.given(&["cuda"], &own);
    assert!(
        kept.contains("\nCUDAHOSTCXX=/my/g++\nCMAKE_CUDA_HOST_COMPILER=/my/g++\nCMAKE_CUDA_ARCHITECTURES=61\n"),
        "{kept}"
    );
    assert!(kept.contains("\nRUSTFLAGS=-C target-cpu=haswell -L native=root/usr/"), "{kept}");
}

#[test]
fn cuda_of_nvidia() {
    let machine = Machine::new();
    let header = |top: &str| format!("{top}/targets/x86_64-linux/include/crt/host_config.h");
    for (version, gcc) in [("12.9", 13), ("12.10", 14)] {
        let top = format!("root/usr/local/cuda-{version}");
        machine.cuda(&format!("{top}/bin"), version, gcc, &header(&top), &[50, 61, 70, 75, 80, 89, 90, 100, 120]);
        for name in ["cudart_static", "cublas_static", "cublasLt_static", "culibos"] {
            machine.files(&[&format!("usr/local/cuda-{version}/targets/x86_64-linux/lib/lib{name}.a")]);
        }
    }
    // The newer of two, with the compiler that is there; one GPU that it knows, one that is too new for it.
    machine.nvidia("8.9\\n8.9\\n13.0\\n");
    let found = machine.given(&["cuda"], &[]);
    let top = "root/usr/local/cuda-12.10";
    let expected = format!(
        "{BUILD} cuda\nCUDACXX={top}/bin/nvcc\nCUDAHOSTCXX=bin/c++\nCMAKE_CUDA_HOST_COMPILER=bin/c++\n\
         CMAKE_CUDA_ARCHITECTURES=89-real;100-virtual\nCUDA_PATH={top}\nCUDA_LIBRARY_PATH={top}\nCUDAToolkit_ROOT={top}\n\
         RUSTFLAGS=-C target-cpu=native -L native={top}/targets/x86_64-linux/lib\n{DEVICE}"
    );
    assert_eq!(found, expected);
    // One that is named comes first, then that on the PATH.
    let named = machine.root.join("root/usr/local/cuda-12.9");
    let found = machine.given(&["cuda"], &[("CUDA_PATH", named.to_str().expect("UTF-8"))]);
    assert!(found.contains("\nCUDACXX=root/usr/local/cuda-12.9/bin/nvcc\n"), "{found}");
    let compiler = machine.root.join("root/usr/local/cuda-12.9/bin/nvcc");
    let found = machine.given(&["cuda"], &[("CUDACXX", compiler.to_str().expect("UTF-8"))]);
    assert!(found.contains("\nCUDACXX=root/usr/local/cuda-12.9/bin/nvcc\n"), "{found}");
    symlink(named.join("bin/nvcc"), machine.root.join("bin/nvcc")).expect("linked");
    let found = machine.given(&["cuda"], &[]);
    assert!(found.contains("\nCUDACXX=bin/nvcc\n"), "{found}");
    assert!(found.contains("\nCUDA_PATH=root/usr/local/cuda-12.9\n"), "{found}");
    let portable = machine.given(&["cuda", "--portable"], &[]);
    assert!(portable.contains(";89-real;90-real;120-real;100-virtual\n"), "{portable}");
}

#[test]
fn what_is_missing_for_cuda() {
    let machine = Machine::new();
    let toolkit = "missing:\n  nvcc: NVIDIA's CUDA toolkit, from https://developer.nvidia.com/cuda-downloads or your \
                   distribution\n    (Debian's is in non-free, Ubuntu's in multiverse)\ninstall: sudo apt-get install \
                   nvidia-cuda-toolkit\n";
    assert_eq!(machine.run(&["cuda"], &[]), output("", &format!("building for cuda: as asked for\n{toolkit}"), 1));
    // A GPU alone, without tools, is enough to choose it.
    machine.nvidia("8.6\\n");
    assert_eq!(
        machine.run(&[], &[]),
        output("", &format!("building for cuda: nvidia-smi lists NVIDIA Card\n{toolkit}"), 1)
    );
    // g++ is too new, an archive is not there, and the tools of llama.cpp are not either.
    machine.debian();
    fs::remove_file(machine.root.join("root/usr/lib/x86_64-linux-gnu/libculibos.a")).expect("removed");
    fs::remove_file(machine.root.join("bin/make")).expect("removed");
    let stderr = "building for cuda: as asked for\nCUDA 11.8: bin/nvcc\nmissing:\n  libculibos.a\n  g++ 11 or older, for this \
                  nvcc accepts no newer one (here: 12)\n  dscoder needs these to build llama.cpp, and they are missing: \
                  make; examples/install-tools.sh installs them\ninstall: sudo apt-get install nvidia-cuda-dev g++-11\n";
    assert_eq!(machine.run(&["cuda"], &[]), output("", stderr, 1));
    // Other systems name packages otherwise.
    fs::remove_file(machine.root.join("bin/apt-get")).expect("removed");
    machine.tool("pacman", "exit 1");
    let made = machine.run(&["cuda"], &[]);
    assert!(made.stderr.ends_with("\ninstall: sudo pacman -S cuda gcc11\n"), "{}", made.stderr);
    machine.tool("dnf", "exit 1");
    let made = machine.run(&["cuda"], &[]);
    assert!(made.stderr.ends_with("\ninstall: sudo dnf install cuda-toolkit gcc11-c++\n"), "{}", made.stderr);
}

#[test]
fn a_gpu_that_does_not_fit_the_toolkit() {
    let machine = Machine::new();
    machine.debian();
    machine.gcc("g++-11", "11");
    let lacking = |capabilities: &str| {
        machine.nvidia(capabilities);
        let made = machine.run(&["cuda"], &[]);
        assert_eq!((made.stdout.as_str(), made.code), ("", 1), "{}", made.stderr);
        made.stderr.split_once("missing:\n").expect("a list").1.to_owned()
    };
    assert_eq!(
        lacking("3.0\\n"),
        "  an older CUDA toolkit (https://developer.nvidia.com/cuda-toolkit-archive): this GPU has compute capability\n    \
         3.0, and CUDA 11.8 begins with 3.5\n"
    );
    // As drivers before 2022 answer.
    assert_eq!(
        lacking("Field \"compute_cap\" is not a valid field to query.\\n"),
        "  an NVIDIA GPU: nvidia-smi lists no compute capability; to build for other machines, add --portable\n"
    );
    // A driver supports toolkits up to its own version.
    machine.cuda("root/usr/bin", "13.0", 15, "root/usr/include/crt/host_config.h", &[75, 80, 86]);
    assert_eq!(lacking("8.6\\n"), "  a driver for CUDA 13 (this one supports 12), or the toolkit of CUDA 12\n");
}

#[test]
fn vulkan() {
    let machine = Machine::new();
    let list = |kind: &str| {
        format!("printf 'GPU0:\\n\\tdeviceType = PHYSICAL_DEVICE_TYPE_{kind}\\n\\tdeviceName = A Card (X)\\n'")
    };
    // llvmpipe is not a GPU.
    machine.tool("vulkaninfo", &list("CPU"));
    let stderr = "no GPU found: nvidia-smi, rocminfo and vulkaninfo are missing or list none\ninstall the GPU's driver and its \
                  tool, or say what to build for: cuda, vulkan or rocm\n";
    assert_eq!(machine.run(&[], &[]), output("", stderr, 1));
    machine.tool("vulkaninfo", &list("INTEGRATED_GPU"));
    let stderr = "building for vulkan: vulkaninfo lists A Card (X)\nmissing:\n  glslc, which compiles shaders\n  \
                  vulkan/vulkan_core.h, the Vulkan headers\n  libvulkan.so, the Vulkan loader\n  SPIRV-Headers\n\
                  install: sudo apt-get install glslc libvulkan-dev spirv-headers\n";
    assert_eq!(machine.run(&[], &[]), output("", stderr, 1));
    machine.tool("glslc", "");
    let headers = |folder: &str, version: &str| {
        let text = "#define VK_HEADER_VERSION_COMPLETE VK_MAKE_API_VERSION(0, 1, 3, VK_HEADER_VERSION)";
        machine.place.write(
            &format!("root/{folder}/include/vulkan/vulkan_core.h"),
            format!("// Version of this file\n#define VK_HEADER_VERSION {version}\n\n{text}\n"),
        );
    };
    headers("usr", "239");
    machine.files(&["usr/lib64/libvulkan.so", "usr/share/cmake/SPIRV-Headers/SPIRV-HeadersConfig.cmake"]);
    machine.tool("cmake", "echo cmake version 3.9.2");
    let made = machine.run(&["vulkan"], &[]);
    assert!(
        made.stderr.contains("missing:\n  cmake 3.19 or newer (here: 3.9): https://cmake.org/download"),
        "{}",
        made.stderr
    );
    machine.tool("cmake", "echo cmake version 4.0.0-rc1");
    let made = machine.run(&["vulkan"], &[]);
    let stderr = "building for vulkan: as asked for\nmissing:\n  Vulkan headers 1.3.272 or newer (here: 1.3.239, \
                  root/usr/include/vulkan/vulkan_core.h): take the SDK from\n    https://vulkan.lunarg.com, and set \
                  VULKAN_SDK to the folder that holds its include\n";
    assert_eq!(made, output("", stderr, 1));
    headers("sdk", "275");
    let sdk = machine.root.join("root/sdk");
    let sdk = [("VULKAN_SDK", sdk.to_str().expect("UTF-8"))];
    assert_eq!(machine.given(&["vulkan"], &sdk), format!("{BUILD} vulkan\n{DEVICE}"));
    headers("usr", "275");
    // .cargo/config.toml says what the processor has; RUSTFLAGS are there only to say otherwise.
    assert_eq!(machine.given(&[], &[]), format!("{BUILD} vulkan\n{DEVICE}"));
    assert_eq!(machine.given(&["--portable"], &[]), format!("{BUILD} vulkan\nRUSTFLAGS=\n{DEVICE}"));
    // With nothing else for an NVIDIA GPU, Vulkan can use it too.
    machine.nvidia("8.6\\n");
    assert_eq!(machine.given(&[], &[]), format!("{BUILD} vulkan\n{DEVICE}"));
    // A build that finds no device says so, and is a build.
    machine.cargo("ok       machine      GPU                none that this build can use\n");
    let made = machine.run(&["vulkan"], &[]);
    let stderr = "building for vulkan: as asked for\nbuilt target/release/dscoder; dscoder doctor says:\nno GPU that this build \
                  can use, so it computes on the CPU; is the GPU's driver installed?\n";
    assert_eq!(made, output(&format!("{BUILD} vulkan\n"), stderr, 0));
}

#[test]
fn rocm() {
    let machine = Machine::new();
    machine.tool(
        "rocminfo",
        "printf '  Name:      A CPU\\n  Name:     gfx1100\\n  Name:     gfx906\\n  Name:   gfx1100\\n'",
    );
    let made = machine.run(&["rocm"], &[]);
    assert!(made.stderr.ends_with("\ninstall: sudo apt-get install rocm-hip-sdk\n"), "{}", made.stderr);
    assert_eq!(made.code, 1);
    machine.program("root/opt/rocm/bin/hipcc", "");
    machine.program("root/opt/rocm/bin/hipconfig", "echo 5.2.3");
    let stderr = "building for rocm: rocminfo lists gfx1100 gfx906, and hipcc is installed\nROCm 5.2: root/opt/rocm/bin/hipcc\n\
                  missing:\n  ROCm 6.1 or newer (here: 5.2): https://rocm.docs.amd.com\n  libamdhip64.so\n  libhipblas.so\n  \
                  librocblas.so\ninstall: sudo apt-get install rocm-hip-runtime-dev hipblas-dev rocblas-dev\n";
    assert_eq!(machine.run(&[], &[]), output("", stderr, 1));
    let rocm = machine.root.join("root/opt/rocm");
    let paths = format!("--rocmpath) echo {0} ;;\n    --hipclangpath) echo {0}/llvm/bin ;;", rocm.display());
    machine.program("root/opt/rocm/bin/hipconfig", &format!("case $1 in\n    {paths}\n    *) echo 6.4.0 ;;\nesac"));
    machine.program("root/opt/rocm/llvm/bin/clang++", "");
    machine.files(&["opt/rocm/lib/libamdhip64.so", "opt/rocm/lib/libhipblas.so", "opt/rocm/lib/librocblas.so"]);
    let expected = |architectures: &str, flags: &str| {
        format!(
            "{BUILD} rocm\nROCM_PATH=root/opt/rocm\nCMAKE_HIP_ARCHITECTURES={architectures}\n\
             HIPCXX=root/opt/rocm/llvm/bin/clang++\n{flags}{DEVICE}"
        )
    };
    assert_eq!(machine.given(&[], &[]), expected("gfx1100;gfx906", ""));
    // What rocBLAS has kernels for.
    machine.files(&[
        "opt/rocm/lib/rocblas/library/Kernels.so-000-gfx1030.hsaco",
        "opt/rocm/lib/rocblas/library/TensileLibrary_lazy_gfx942.dat",
        "opt/rocm/lib/rocblas/library/TensileLibrary_lazy_gfx1100.dat",
    ]);
    assert_eq!(machine.given(&["--portable"], &[]), expected("gfx1100;gfx942", "RUSTFLAGS=\n"));
}

/// llama-cpp-sys-2 does not configure twice, whatever has changed.
#[test]
fn an_earlier_build_with_other_settings_is_removed() {
    let machine = Machine::new();
    machine.debian();
    machine.nvidia("7.5\\n");
    machine.gcc("g++-11", "11");
    let host = machine.root.join("bin/g++-11");
    let cache = |architecture: &str| {
        format!(
            "GGML_CUDA:BOOL=ON\nCMAKE_CUDA_HOST_COMPILER:FILEPATH={}\nCMAKE_CUDA_ARCHITECTURES:STRING={architecture}\n",
            host.display()
        )
    };
    for (name, cache, configured, kept) in [
        ("same", cache("75-real"), true, true),
        ("failed", cache("75-real"), false, false),
        ("other", cache("86-real"), true, false),
        ("plain", "GGML_CUDA:BOOL=OFF\n".to_owned(), false, true),
        ("another kind", "GGML_VULKAN:BOOL=ON\n".to_owned(), false, true),
    ] {
        let folder = format!("target/release/build/llama-cpp-sys-2-{name}");
        machine.place.write(&format!("{folder}/out/build/CMakeCache.txt"), cache);
        if configured {
            machine.place.write(&format!("{folder}/out/build/Makefile"), "");
        }
        machine.given(&["cuda"], &[]);
        assert_eq!(machine.place.path(&folder).exists(), kept, "{name}");
    }
}

#[test]
fn wrong_arguments_and_other_systems() {
    let machine = Machine::new();
    let usage = "usage: examples/build-gpu.sh [cuda|vulkan|rocm] [--portable]\n";
    assert_eq!(machine.run(&["--help"], &[]), output(usage, "", 0));
    for arguments in [&["metal"][..], &["cuda", "vulkan"], &["--native"]] {
        assert_eq!(machine.run(arguments, &[]), output("", usage, 2), "{arguments:?}");
    }
    machine.tool("uname", "echo Darwin");
    let made = machine.run(&["vulkan"], &[]);
    assert_eq!((made.stdout.as_str(), made.code), ("", 1));
    assert!(made.stderr.contains("Metal"), "{}", made.stderr);
}
