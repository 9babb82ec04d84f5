//! The instructions that this build needs, and whether the processor has them: a program that meets an unknown
//! instruction is killed without a message.
//!
//! Two compilers decide: rustc, which uses what `-C target-cpu` allows, and that of ggml, which `llama-cpp-sys-2` tells
//! to use the same, except that it uses AVX2 if rustc has no target-cpu. `src/build.rs` asks the C++ compiler what it
//! uses for that processor. Releases set no target-cpu: everything up to [`check`] runs on any processor. In a build
//! for `target-cpu=native` any code may use any instruction, so `main` begins with [`missing`], which uses integer
//! arithmetic only.

use std::sync::OnceLock;

use crate::error::{Error, Kind, Result};

/// An instruction set that not every processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Its name in rustc.
    pub name: &'static str,
    /// Whether the code in Rust uses it.
    pub rust: bool,
    /// Whether ggml uses it.
    pub ggml: bool,
    /// Whether this processor has it.
    pub there: bool,
    /// Whether ggml has special kernels for it.
    pub kernels: bool,
}

/// Some of the sets in [`NAMES`], one bit each, the first the lowest.
type Set = u64;

/// The relevant part of x86-64-v3: ggml's default.
const V3: [&str; 6] = ["sse4.2", "avx", "avx2", "bmi2", "f16c", "fma"];
/// What x86-64-v4 adds, which is GGML_AVX512.
const V4: [&str; 5] = ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"];
/// Further sets that ggml has kernels for.
const KERNELS: [&str; 10] =
    ["avx512vnni", "avx512vbmi", "avx512bf16", "avxvnni", "amx-tile", "amx-int8", "dotprod", "fp16", "i8mm", "sve"];

/// The archives of a release for this operating system, the most demanding first, with what they need.
#[cfg(target_arch = "x86_64")]
const ARCHIVES: &[(&str, &[&[&str]])] = &[
    #[cfg(target_os = "linux")]
    ("x86_64-v4-unknown-linux-gnu", &[&V3, &V4]),
    #[cfg(target_os = "linux")]
    ("x86_64-v3-unknown-linux-gnu", &[&V3]),
    #[cfg(target_os = "windows")]
    ("x86_64-pc-windows-msvc", &[&V3]),
];
#[cfg(not(target_arch = "x86_64"))]
const ARCHIVES: &[(&str, &[&[&str]])] = &[
    #[cfg(target_os = "linux")]
    ("aarch64-unknown-linux-gnu", &[&["dotprod", "fp16"]]),
    #[cfg(target_os = "macos")]
    ("aarch64-apple-darwin", &[]),
];

/// A register that CPUID fills.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
enum Register {
    A,
    B,
    C,
    D,
}

/// The registers that the operating system must save for an instruction set, as states of XSAVE.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Saved {
    /// None that x86-64 does not have.
    Any,
    /// The upper halves of the 256-bit registers.
    Avx = 2,
    /// The upper sixteen 512-bit registers, which are the last of AVX-512's.
    Avx512 = 7,
    /// The tiles.
    Amx = 18,
}

/// Where CPUID reports a set: leaf, subleaf, register, bit. From Intel's manual, volume 2, CPUID, and AMD's manual,
/// volume 3, appendix E.
#[cfg(target_arch = "x86_64")]
type At = (u32, u32, Register, u32, Saved);

/// Declares the names of the sets, which of them the two compilers use and, on x86-64, where CPUID reports them.
macro_rules! features {
    ($($name:literal $at:expr,)*) => {
        /// The names of the sets that a compiler uses by default.
        const NAMES: &[&str] = &[$($name),*];
        /// What rustc says that it uses.
        #[allow(unexpected_cfgs, reason = "older versions of rustc do not know all of them")]
        const RUST: Set = set(&[$(cfg!(target_feature = $name)),*]);
        /// What the C++ compiler uses for the processor that rustc compiles for.
        const CXX: Set = set(&[$(cfg!(cxx_feature = $name)),*]);
        #[cfg(target_arch = "x86_64")]
        const PLACES: &[At] = &[$($at),*];
    };
}

#[cfg(target_arch = "x86_64")]
features! {
    "sse3" (1, 0, Register::C, 0, Saved::Any),
    "ssse3" (1, 0, Register::C, 9, Saved::Any),
    "sse4.1" (1, 0, Register::C, 19, Saved::Any),
    "sse4.2" (1, 0, Register::C, 20, Saved::Any),
    "sse4a" (0x8000_0001, 0, Register::C, 6, Saved::Any),
    "popcnt" (1, 0, Register::C, 23, Saved::Any),
    "lzcnt" (0x8000_0001, 0, Register::C, 5, Saved::Any),
    "movbe" (1, 0, Register::C, 22, Saved::Any),
    "adx" (7, 0, Register::B, 19, Saved::Any),
    "bmi1" (7, 0, Register::B, 3, Saved::Any),
    "bmi2" (7, 0, Register::B, 8, Saved::Any),
    "tbm" (0x8000_0001, 0, Register::C, 21, Saved::Any),
    "aes" (1, 0, Register::C, 25, Saved::Any),
    "pclmulqdq" (1, 0, Register::C, 1, Saved::Any),
    "sha" (7, 0, Register::B, 29, Saved::Any),
    "cmpxchg16b" (1, 0, Register::C, 13, Saved::Any),
    "avx" (1, 0, Register::C, 28, Saved::Avx),
    "f16c" (1, 0, Register::C, 29, Saved::Avx),
    "fma" (1, 0, Register::C, 12, Saved::Avx),
    "fma4" (0x8000_0001, 0, Register::C, 16, Saved::Avx),
    "xop" (0x8000_0001, 0, Register::C, 11, Saved::Avx),
    "avx2" (7, 0, Register::B, 5, Saved::Avx),
    "gfni" (7, 0, Register::C, 8, Saved::Any),
    "vaes" (7, 0, Register::C, 9, Saved::Avx),
    "vpclmulqdq" (7, 0, Register::C, 10, Saved::Avx),
    "avxvnni" (7, 1, Register::A, 4, Saved::Avx),
    "avxifma" (7, 1, Register::A, 23, Saved::Avx),
    "avxvnniint8" (7, 1, Register::D, 4, Saved::Avx),
    "avxvnniint16" (7, 1, Register::D, 10, Saved::Avx),
    "avxneconvert" (7, 1, Register::D, 5, Saved::Avx),
    "sha512" (7, 1, Register::A, 0, Saved::Avx),
    "sm3" (7, 1, Register::A, 1, Saved::Avx),
    "sm4" (7, 1, Register::A, 2, Saved::Avx),
    "avx512f" (7, 0, Register::B, 16, Saved::Avx512),
    "avx512bw" (7, 0, Register::B, 30, Saved::Avx512),
    "avx512cd" (7, 0, Register::B, 28, Saved::Avx512),
    "avx512dq" (7, 0, Register::B, 17, Saved::Avx512),
    "avx512vl" (7, 0, Register::B, 31, Saved::Avx512),
    "avx512er" (7, 0, Register::B, 27, Saved::Avx512),
    "avx512pf" (7, 0, Register::B, 26, Saved::Avx512),
    "avx512ifma" (7, 0, Register::B, 21, Saved::Avx512),
    "avx512vbmi" (7, 0, Register::C, 1, Saved::Avx512),
    "avx512vbmi2" (7, 0, Register::C, 6, Saved::Avx512),
    "avx512vnni" (7, 0, Register::C, 11, Saved::Avx512),
    "avx512bitalg" (7, 0, Register::C, 12, Saved::Avx512),
    "avx512vpopcntdq" (7, 0, Register::C, 14, Saved::Avx512),
    "avx512vp2intersect" (7, 0, Register::D, 8, Saved::Avx512),
    "avx512bf16" (7, 1, Register::A, 5, Saved::Avx512),
    "avx512fp16" (7, 0, Register::D, 23, Saved::Avx512),
    "amx-tile" (7, 0, Register::D, 24, Saved::Amx),
    "amx-int8" (7, 0, Register::D, 25, Saved::Amx),
    "amx-bf16" (7, 0, Register::D, 22, Saved::Amx),
    "amx-fp16" (7, 1, Register::A, 21, Saved::Amx),
    "amx-complex" (7, 1, Register::D, 8, Saved::Amx),
    "avx10.1" (7, 1, Register::D, 19, Saved::Avx512),
    "apxf" (7, 1, Register::D, 21, Saved::Any),
}
#[cfg(target_arch = "aarch64")]
features! {
    "dotprod" (),
    "fp16" (),
    "i8mm" (),
    "sve" (),
}
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
features! {}

/// The sets used by Rust code: those of the C++ compiler for the same processor, since rustc shows stable features
/// only.
const RUST_TOO: Set = if cfg!(same_cpu) { RUST | CXX } else { RUST };

/// What this processor and its operating system have. CPUID takes microseconds in a virtual machine, so it is asked once.
fn there() -> Set {
    static THERE: OnceLock<Set> = OnceLock::new();
    *THERE.get_or_init(ask)
}

#[cfg(target_arch = "x86_64")]
fn ask() -> Set {
    use raw_cpuid::CpuIdResult;
    use raw_cpuid::native_cpuid::cpuid_count;

    const NOTHING: CpuIdResult = CpuIdResult { eax: 0, ebx: 0, ecx: 0, edx: 0 };
    let (basic, extended) = (cpuid_count(0, 0).eax, cpuid_count(0x8000_0000, 0).eax);
    let leaf = |leaf: u32, subleaf: u32| {
        let last = if leaf < 0x8000_0000 { basic } else { extended };
        if leaf <= last { cpuid_count(leaf, subleaf) } else { NOTHING }
    };
    let (first, seventh, amd) = (leaf(1, 0), leaf(7, 0), leaf(0x8000_0001, 0));
    let second = if seventh.eax >= 1 { leaf(7, 1) } else { NOTHING };
    // Registers are usable only if the operating system saves them. Leaf 13 tells how much of XSAVE's area it has
    // enabled, in which every state has its place.
    let enabled = if first.ecx >> 27 & 1 == 1 { leaf(13, 0).ebx } else { 0 };
    let is_saved = |state: Saved| {
        let about = leaf(13, state as u32);
        about.eax > 0 && about.ebx.saturating_add(about.eax) <= enabled
    };
    let (avx, avx512, amx) = (is_saved(Saved::Avx), is_saved(Saved::Avx512), is_saved(Saved::Amx));
    let mut all = 0;
    for (index, &(leaf, subleaf, register, bit, saved)) in PLACES.iter().enumerate() {
        let found = match (leaf, subleaf) {
            (1, _) => first,
            (7, 0) => seventh,
            (7, _) => second,
            _ => amd,
        };
        let found = match register {
            Register::A => found.eax,
            Register::B => found.ebx,
            Register::C => found.ecx,
            Register::D => found.edx,
        };
        let is_saved = match saved {
            Saved::Any => true,
            Saved::Avx => avx,
            Saved::Avx512 => avx512,
            Saved::Amx => amx,
        };
        if found >> bit & 1 == 1 && is_saved {
            all |= 1 << index;
        }
    }
    all
}
#[cfg(target_arch = "aarch64")]
fn ask() -> Set {
    use std::arch::is_aarch64_feature_detected as has;
    set(&[has!("dotprod"), has!("fp16"), has!("i8mm"), has!("sve")])
}
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn ask() -> Set {
    0
}

/// The maker's name of this processor; empty if unknown.
#[must_use]
pub fn name() -> String {
    #[cfg(target_arch = "x86_64")]
    if let Some(brand) = raw_cpuid::CpuId::new().get_processor_brand_string() {
        return brand.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
    }
    String::new()
}

/// The sets used by ggml: those of rustc, those that its own variables name, and AVX2 if neither says anything.
fn ggml() -> Set {
    let named = |wanted: &[&str]| {
        NAMES.iter().enumerate().filter(|(_, name)| wanted.contains(name)).fold(0, |set, (index, _)| set | 1 << index)
    };
    let mut all = RUST | CXX;
    if cfg!(target_arch = "x86_64") {
        // rustc's own x86-64 has none of them.
        all |= if cfg!(target_feature = "sse4.2") { 0 } else { named(&V3) };
        all |= if option_env!("GGML_AVX512") == Some("ON") { named(&V4) } else { 0 };
    }
    let arm: Vec<_> = option_env!("GGML_CPU_ARM_ARCH").unwrap_or_default().split('+').collect();
    all | named(&arm)
}

const fn set(members: &[bool]) -> Set {
    let (mut set, mut index) = (0, 0);
    while index < members.len() {
        set |= (members[index] as Set) << index;
        index += 1;
    }
    set
}

fn names(set: Set) -> impl Iterator<Item = &'static str> {
    NAMES.iter().enumerate().filter(move |(index, _)| set & 1 << index != 0).map(|(_, name)| *name)
}

/// The relevant sets, for this build and this processor.
#[must_use]
pub fn features() -> Vec<Feature> {
    let (ggml, there) = (ggml(), there());
    let feature = |(index, name): (usize, &&'static str)| {
        let has = |set: Set| set & 1 << index != 0;
        let kernels = V3.iter().chain(&V4).chain(&KERNELS).any(|known| *known == *name);
        Feature { name, rust: has(RUST_TOO), ggml: has(ggml), there: has(there), kernels }
    };
    NAMES.iter().enumerate().map(feature).collect()
}

/// The sets that Rust code uses and this processor lacks.
pub fn missing() -> impl Iterator<Item = &'static str> {
    names(RUST_TOO & !there())
}

/// Checks that the processor has what llama.cpp needs.
///
/// # Errors
/// [`Kind::Engine`] if it does not.
pub fn check() -> Result<()> {
    let there = there();
    let missing: Vec<_> = names((RUST_TOO | ggml()) & !there).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let there: Vec<_> = names(there).collect();
    Err(refusal(&missing, archive(&there, ARCHIVES)))
}

/// The most demanding of `archives` that a processor with the sets in `there` can run.
fn archive<'a>(there: &[&str], archives: &[(&'a str, &[&[&str]])]) -> Option<&'a str> {
    let runs = |needs: &[&[&str]]| needs.iter().copied().flatten().all(|need| there.contains(need));
    archives.iter().find(|(_, needs)| runs(needs)).map(|(name, _)| *name)
}

fn refusal(missing: &[&str], archive: Option<&str>) -> Error {
    let why = format!("this build of dscoder needs {}", missing.join(", "));
    let version = env!("CARGO_PKG_VERSION");
    let take =
        archive.map(|name| format!("download dscoder-{version}-{name} from the releases, or ")).unwrap_or_default();
    Error::new(Kind::Engine, "this processor lacks instructions", why)
        .hint(format!("{take}build dscoder on this machine"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_processor_has_what_this_build_needs() {
        assert_eq!(check(), Ok(()));
        assert_eq!(missing().count(), 0);
        assert!(features().iter().all(|feature| feature.ggml || !feature.rust));
    }

    /// Macros of GCC and Clang that `src/build.rs` does not know are not checked.
    #[test]
    fn every_set_has_a_macro_in_the_build_script() {
        let script = include_str!("../build.rs");
        for name in NAMES {
            assert!(script.contains(&format!("\"{name}\")")), "{name}");
        }
    }

    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    #[test]
    fn what_is_there_is_what_linux_says() {
        let about = std::fs::read_to_string("/proc/cpuinfo").expect("Linux has it");
        let flags: Vec<&str> = about.lines().find(|line| line.starts_with("flags")).expect("one").split(' ').collect();
        for feature in features() {
            let name = match feature.name {
                "sse3" => "pni",
                "sse4.1" => "sse4_1",
                "sse4.2" => "sse4_2",
                "lzcnt" => "abm",
                "cmpxchg16b" => "cx16",
                "sha" => "sha_ni",
                "avxvnni" => "avx_vnni",
                "avx512vbmi2" => "avx512_vbmi2",
                "avx512vnni" => "avx512_vnni",
                "avx512bitalg" => "avx512_bitalg",
                "avx512vpopcntdq" => "avx512_vpopcntdq",
                "avx512vp2intersect" => "avx512_vp2intersect",
                "avx512bf16" => "avx512_bf16",
                "avx512fp16" => "avx512_fp16",
                "amx-tile" => "amx_tile",
                "amx-int8" => "amx_int8",
                "amx-bf16" => "amx_bf16",
                "adx" | "aes" | "bmi1" | "bmi2" | "avx" | "avx2" | "f16c" | "fma" | "fma4" | "gfni" | "movbe"
                | "pclmulqdq" | "popcnt" | "sse4a" | "ssse3" | "tbm" | "vaes" | "vpclmulqdq" | "xop" => feature.name,
                name if name.starts_with("avx512") => name,
                // Linux shows some only from certain versions on.
                _ => continue,
            };
            assert_eq!(feature.there, flags.contains(&name), "{name}");
        }
    }

    #[test]
    fn every_name_has_its_bit() {
        assert_eq!(set(&[true, false, true]), 0b101);
        assert_eq!(names((1 << NAMES.len()) - 1).collect::<Vec<_>>(), NAMES);
        let unknown = |name: &&&str| !NAMES.contains(name);
        if cfg!(target_arch = "x86_64") {
            assert_eq!(V3.iter().chain(&V4).find(unknown), None);
        }
    }

    #[test]
    fn the_archive_is_the_most_demanding_that_runs() {
        let archives: &[(&str, &[&[&str]])] = &[("v4", &[&V3, &V4]), ("v3", &[&V3])];
        let all = [&V3[..], &V4[..]].concat();
        assert_eq!(archive(&all, archives), Some("v4"));
        assert_eq!(archive(&all[..all.len() - 1], archives), Some("v3"));
        assert_eq!(archive(&V3, archives), Some("v3"));
        assert_eq!(archive(&V3[1..], archives), None);
        assert_eq!(archive(&[], &[("any", &[])]), Some("any"));
    }

    #[test]
    fn the_refusal_says_what_to_take() {
        let error = refusal(&["avx512f", "avx512bw"], Some("x86_64-v3-unknown-linux-gnu"));
        assert_eq!(error.kind.exit_code(), 70);
        let version = env!("CARGO_PKG_VERSION");
        let expected = format!(
            "error: this processor lacks instructions: this build of dscoder needs avx512f, avx512bw\nhint: download \
             dscoder-{version}-x86_64-v3-unknown-linux-gnu from the releases, or build dscoder on this machine"
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(refusal(&["avx2"], None).hint, "build dscoder on this machine");
    }
}
