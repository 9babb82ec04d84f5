//! What this build needs of the processor, and whether the processor has it: a program that meets an instruction its
//! processor does not know is killed without a word.
//!
//! Two compilers decide: rustc, which uses what `-C target-cpu` allows, and that of ggml, which `llama-cpp-sys-2` tells to
//! use the same, except that it uses AVX2 where rustc has no orders at all. Releases are such builds: everything up to
//! [`check`] runs on any processor. In a build for `target-cpu=native` any code may use anything, so `main` begins with
//! [`missing`], which is written to get by with whole numbers.

use crate::error::{Error, Kind, Result};

/// A set of instructions that not every processor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Its name, as rustc has it.
    pub name: &'static str,
    /// Whether the code in Rust uses it.
    pub rust: bool,
    /// Whether ggml uses it.
    pub ggml: bool,
    /// Whether this processor has it.
    pub there: bool,
}

/// Some of the sets in [`NAMES`], one bit each, the first the lowest.
type Set = u32;

/// What x86-64-v3 has of what matters here: ggml uses it where nothing else was said.
const V3: [&str; 6] = ["sse4.2", "avx", "avx2", "bmi2", "f16c", "fma"];
/// What x86-64-v4 has beyond that, which is GGML_AVX512.
const V4: [&str; 5] = ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"];

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

/// The names of the sets that matter here.
#[cfg(target_arch = "x86_64")]
const NAMES: &[&str] = &[
    "sse4.2",
    "avx",
    "f16c",
    "fma",
    "bmi2",
    "avx2",
    "avx512f",
    "avx512bw",
    "avx512cd",
    "avx512dq",
    "avx512vl",
    "avx512vnni",
    "avx512vbmi",
    "avx512bf16",
    "avxvnni",
];
#[cfg(target_arch = "aarch64")]
const NAMES: &[&str] = &["dotprod", "fp16", "i8mm", "sve"];
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const NAMES: &[&str] = &[];

/// What the code in Rust uses.
#[cfg(target_arch = "x86_64")]
const RUST: Set = set(&[
    cfg!(target_feature = "sse4.2"),
    cfg!(target_feature = "avx"),
    cfg!(target_feature = "f16c"),
    cfg!(target_feature = "fma"),
    cfg!(target_feature = "bmi2"),
    cfg!(target_feature = "avx2"),
    cfg!(target_feature = "avx512f"),
    cfg!(target_feature = "avx512bw"),
    cfg!(target_feature = "avx512cd"),
    cfg!(target_feature = "avx512dq"),
    cfg!(target_feature = "avx512vl"),
    cfg!(target_feature = "avx512vnni"),
    cfg!(target_feature = "avx512vbmi"),
    cfg!(target_feature = "avx512bf16"),
    cfg!(target_feature = "avxvnni"),
]);
#[cfg(target_arch = "aarch64")]
const RUST: Set = set(&[
    cfg!(target_feature = "dotprod"),
    cfg!(target_feature = "fp16"),
    cfg!(target_feature = "i8mm"),
    cfg!(target_feature = "sve"),
]);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const RUST: Set = 0;

/// What this processor and its operating system have.
#[cfg(target_arch = "x86_64")]
fn there() -> Set {
    let cpu = raw_cpuid::CpuId::new();
    let Some(basic) = cpu.get_feature_info() else { return 0 };
    let sse = Set::from(basic.has_sse42());
    // Wide registers are of use only where the operating system saves them.
    if !basic.has_oxsave() {
        return sse;
    }
    let avx = sse | set(&[false, basic.has_avx(), basic.has_f16c(), basic.has_fma()]);
    let Some(more) = cpu.get_extended_feature_info() else { return avx };
    let more = set(&[
        more.has_bmi2(),
        more.has_avx2(),
        more.has_avx512f(),
        more.has_avx512bw(),
        more.has_avx512cd(),
        more.has_avx512dq(),
        more.has_avx512vl(),
        more.has_avx512vnni(),
        more.has_avx512vbmi(),
        more.has_avx512_bf16(),
        more.has_avx_vnni(),
    ]);
    avx | more << 4
}
#[cfg(target_arch = "aarch64")]
fn there() -> Set {
    use std::arch::is_aarch64_feature_detected as has;
    set(&[has!("dotprod"), has!("fp16"), has!("i8mm"), has!("sve")])
}
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn there() -> Set {
    0
}

/// What ggml uses: what rustc uses, what its own variables say, and AVX2 where neither says anything.
fn ggml() -> Set {
    let named = |wanted: &[&str]| {
        NAMES.iter().enumerate().filter(|(_, name)| wanted.contains(name)).fold(0, |set, (index, _)| set | 1 << index)
    };
    let mut all = RUST;
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

/// What matters here of this build and of this processor.
#[must_use]
pub fn features() -> Vec<Feature> {
    let (ggml, there) = (ggml(), there());
    let feature = |(index, name): (usize, &&'static str)| {
        let has = |set: Set| set & 1 << index != 0;
        Feature { name, rust: has(RUST), ggml: has(ggml), there: has(there) }
    };
    NAMES.iter().enumerate().map(feature).collect()
}

/// What the code in Rust uses and this processor does not have.
pub fn missing() -> impl Iterator<Item = &'static str> {
    names(RUST & !there())
}

/// Looks whether the processor has what llama.cpp needs.
///
/// # Errors
/// [`Kind::Engine`] where it does not.
pub fn check() -> Result<()> {
    let there = there();
    let missing: Vec<_> = names((RUST | ggml()) & !there).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let there: Vec<_> = names(there).collect();
    Err(refusal(&missing, archive(&there, ARCHIVES)))
}

/// The most demanding of `archives` that a processor can run that has what is `there`.
fn archive<'a>(there: &[&str], archives: &[(&'a str, &[&[&str]])]) -> Option<&'a str> {
    let runs = |needs: &[&[&str]]| needs.iter().copied().flatten().all(|need| there.contains(need));
    archives.iter().find(|(_, needs)| runs(needs)).map(|(name, _)| *name)
}

fn refusal(missing: &[&str], archive: Option<&str>) -> Error {
    let why = format!("this dscoder was built for one with {}", missing.join(", "));
    let version = env!("CARGO_PKG_VERSION");
    let take = archive.map(|name| format!("take dscoder-{version}-{name} from the releases, or ")).unwrap_or_default();
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

    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    #[test]
    fn what_is_there_is_what_linux_says() {
        let about = std::fs::read_to_string("/proc/cpuinfo").expect("Linux has it");
        let flags: Vec<&str> = about.lines().find(|line| line.starts_with("flags")).expect("one").split(' ').collect();
        for feature in features() {
            let name = match feature.name {
                "sse4.2" => "sse4_2",
                "avx512vnni" => "avx512_vnni",
                "avx512bf16" => "avx512_bf16",
                "avxvnni" => "avx_vnni",
                name => name,
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
            "error: this processor lacks instructions: this dscoder was built for one with avx512f, avx512bw\nhint: take \
             dscoder-{version}-x86_64-v3-unknown-linux-gnu from the releases, or build dscoder on this machine"
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(refusal(&["avx2"], None).hint, "build dscoder on this machine");
    }
}
