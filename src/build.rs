//! What the source must know about its build: whether the built-in model exists, and which instructions the C++
//! compiler may use.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MODEL: &str = "src/model/demo.gguf";

/// The macros of GCC and Clang for instruction sets, and their names in `src/engine/cpu.rs`.
const MACROS: &[(&str, &str)] = &[
    ("__SSE3__", "sse3"),
    ("__SSSE3__", "ssse3"),
    ("__SSE4_1__", "sse4.1"),
    ("__SSE4_2__", "sse4.2"),
    ("__SSE4A__", "sse4a"),
    ("__POPCNT__", "popcnt"),
    ("__LZCNT__", "lzcnt"),
    ("__MOVBE__", "movbe"),
    ("__ADX__", "adx"),
    ("__BMI__", "bmi1"),
    ("__BMI2__", "bmi2"),
    ("__TBM__", "tbm"),
    ("__AES__", "aes"),
    ("__PCLMUL__", "pclmulqdq"),
    ("__SHA__", "sha"),
    ("__GCC_HAVE_SYNC_COMPARE_AND_SWAP_16", "cmpxchg16b"),
    ("__AVX__", "avx"),
    ("__F16C__", "f16c"),
    ("__FMA__", "fma"),
    ("__FMA4__", "fma4"),
    ("__XOP__", "xop"),
    ("__AVX2__", "avx2"),
    ("__GFNI__", "gfni"),
    ("__VAES__", "vaes"),
    ("__VPCLMULQDQ__", "vpclmulqdq"),
    ("__AVXVNNI__", "avxvnni"),
    ("__AVXIFMA__", "avxifma"),
    ("__AVXVNNIINT8__", "avxvnniint8"),
    ("__AVXVNNIINT16__", "avxvnniint16"),
    ("__AVXNECONVERT__", "avxneconvert"),
    ("__SHA512__", "sha512"),
    ("__SM3__", "sm3"),
    ("__SM4__", "sm4"),
    ("__AVX512F__", "avx512f"),
    ("__AVX512BW__", "avx512bw"),
    ("__AVX512CD__", "avx512cd"),
    ("__AVX512DQ__", "avx512dq"),
    ("__AVX512VL__", "avx512vl"),
    ("__AVX512ER__", "avx512er"),
    ("__AVX512PF__", "avx512pf"),
    ("__AVX512IFMA__", "avx512ifma"),
    ("__AVX512VBMI__", "avx512vbmi"),
    ("__AVX512VBMI2__", "avx512vbmi2"),
    ("__AVX512VNNI__", "avx512vnni"),
    ("__AVX512BITALG__", "avx512bitalg"),
    ("__AVX512VPOPCNTDQ__", "avx512vpopcntdq"),
    ("__AVX512VP2INTERSECT__", "avx512vp2intersect"),
    ("__AVX512BF16__", "avx512bf16"),
    ("__AVX512FP16__", "avx512fp16"),
    ("__AMX_TILE__", "amx-tile"),
    // Clang up to 16 spells them without the underscore.
    ("__AMXTILE__", "amx-tile"),
    ("__AMXINT8__", "amx-int8"),
    ("__AMXBF16__", "amx-bf16"),
    ("__AMX_INT8__", "amx-int8"),
    ("__AMX_BF16__", "amx-bf16"),
    ("__AMX_FP16__", "amx-fp16"),
    ("__AMX_COMPLEX__", "amx-complex"),
    ("__AVX10_1__", "avx10.1"),
    ("__APX_F__", "apxf"),
    ("__ARM_FEATURE_DOTPROD", "dotprod"),
    ("__ARM_FEATURE_FP16_VECTOR_ARITHMETIC", "fp16"),
    ("__ARM_FEATURE_MATMUL_INT8", "i8mm"),
    ("__ARM_FEATURE_SVE", "sve"),
];

fn main() {
    println!("cargo::rerun-if-changed={MODEL}");
    println!("cargo::rustc-check-cfg=cfg(has_demo)");
    println!("cargo::rustc-check-cfg=cfg(cxx_feature, values(any()))");
    println!("cargo::rustc-check-cfg=cfg(same_cpu)");
    if cfg!(feature = "demo") && Path::new(MODEL).exists() {
        println!("cargo::rustc-cfg=has_demo");
    }
    if cfg!(feature = "llama") {
        cxx_features();
        streams();
    }
}

/// Compiles the look at stdout that must happen before Rust's own start-up.
fn streams() {
    const SOURCE: &str = "src/engine/llama/compile/streams.c";
    println!("cargo::rerun-if-changed={SOURCE}");
    if env::var_os("CARGO_CFG_UNIX").is_some() {
        cc::Build::new().file(SOURCE).compile("dscoder_streams");
    }
}

/// The processor that the C++ compiler is told to compile for: the one that rustc was told (`llama-cpp-sys-2` does this).
fn cxx_features() {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let Some(cpu) = flags.split('\x1f').filter_map(|flag| flag.split("target-cpu=").nth(1)).next() else { return };
    let is_arm = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "aarch64");
    let option = if is_arm && cpu == "native" { "-mcpu" } else { "-march" };
    let compiler = cc::Build::new().cpp(true).get_compiler();
    if compiler.is_like_msvc() {
        return;
    }
    let mut command = Command::new(compiler.path());
    command.args(compiler.args()).arg(format!("{option}={cpu}")).args(["-dM", "-E", "-x", "c++", "-"]);
    let Ok(macros) = command.stdin(Stdio::null()).stderr(Stdio::null()).output() else { return };
    let macros = String::from_utf8_lossy(&macros.stdout);
    let defined: Vec<&str> = macros.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    // rustc does not show which unstable features it uses, but for the same processor it uses what C++ does.
    println!("cargo::rustc-cfg=same_cpu");
    let used: Vec<&str> =
        MACROS.iter().filter(|(name, _)| defined.contains(name)).map(|(_, feature)| *feature).collect();
    for feature in &used {
        println!("cargo::rustc-cfg=cxx_feature=\"{feature}\"");
    }
    guard(&used);
}

/// Compiles the check that runs before everything else, for the oldest processor.
fn guard(used: &[&str]) {
    const TABLE: &str = "src/engine/cpu.rs";
    const SOURCE: &str = "src/engine/llama/compile/guard.c";
    println!("cargo::rerun-if-changed={TABLE}");
    println!("cargo::rerun-if-changed={SOURCE}");
    let (Ok(table), Some(out)) = (fs::read_to_string(TABLE), env::var_os("OUT_DIR").map(PathBuf::from)) else { return };
    let mut rows = Vec::new();
    for line in table.lines() {
        // "avx2" (7, 0, Register::B, 5, Saved::Avx),
        let Some((name, place)) = line.trim().strip_prefix('"').and_then(|line| line.split_once("\" (")) else {
            continue;
        };
        let fields: Vec<&str> = place.split(", ").collect();
        let [leaf, subleaf, register, bit, saved] = fields[..] else { continue };
        let Some(number) = register.strip_prefix("Register::").and_then(|letter| "ABCD".find(letter)) else { continue };
        if used.contains(&name) {
            let leaf = leaf.replace('_', "");
            // The states of `Saved` there.
            let state = match saved.trim_end_matches(['(', ')', ',']) {
                "Saved::Avx" => 2,
                "Saved::Avx512" => 7,
                "Saved::Amx" => 18,
                _ => 0,
            };
            rows.push(format!("{{{leaf}, {subleaf}, {number}, {bit}, {state}, \"{name}\"}},\n"));
        }
    }
    // By leaf, so that each is asked once.
    rows.sort();
    if fs::write(out.join("guard.h"), rows.concat()).is_ok() {
        // The whole archive, since nothing calls into it.
        let mut build = cc::Build::new();
        build
            .file(SOURCE)
            .include(&out)
            .flag_if_supported("-march=x86-64")
            .flag_if_supported("-fno-lto")
            .link_lib_modifier("+whole-archive");
        if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64") {
            build.compile("dscoder_guard");
        }
    }
}
