//! Tests whether ggml's kernels compute correctly on this processor, and which of them are used.
//!
//! A compiler, a processor or a hypervisor can break a kernel: GCC 12's AMX intrinsics end in an illegal instruction,
//! for example. The first run of a binary on a processor tries every kernel in a child process, which may crash, and
//! keeps the outcome in the cache directory. Failing kernels are not used.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::engine::cpu;
use crate::engine::speed::Speeds;
use crate::environment;
use crate::error::{Error, Kind, Result};
use crate::model::Model;
use crate::storage::{keep_for, kept};

/// The first argument of the child process; its others are the number of the product to begin with and the buffers to
/// leave out.
pub const COMMAND: &str = "__kernels";
/// The buffer of weights used directly from the file.
pub const MAPPED: &str = "mapped";
/// ggml's buffer for AMX, which holds a copy of the weights.
const AMX: &str = "AMX";
/// The products take some milliseconds; a child that takes this long has another problem than kernels.
const PATIENCE: Duration = Duration::from_secs(30);

/// A product to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its index.
    pub number: usize,
    /// The buffer of the weights: [`MAPPED`], or ggml's name of it.
    pub buffer: String,
    /// ggml's number of the type of the weights.
    pub kind: u32,
    /// ggml's name of that type, in capitals.
    pub name: String,
}

/// How a kernel fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Fault {
    /// Its sums are wrong.
    Wrong,
    /// It crashes the process.
    Crash,
}

/// A kernel that fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Failing {
    buffer: String,
    kind: u32,
    name: String,
    fault: Fault,
}

/// The known state of the kernels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernels {
    /// The buffers that hold copies of weights.
    packed: Vec<String>,
    failing: Vec<Failing>,
    /// What was measured with them.
    #[serde(skip)]
    pub speeds: Speeds,
}

impl Kernels {
    /// Whether weights can be copied for AMX and all products of such copies are right.
    #[must_use]
    pub fn has_amx(&self) -> bool {
        self.packed.iter().any(|buffer| buffer == AMX) && !self.failing.iter().any(|failing| failing.buffer == AMX)
    }

    /// Whether weights can be copied into another layout and all products of such copies are right: llama.cpp uses all
    /// buffers or none.
    #[must_use]
    pub fn can_pack(&self) -> bool {
        !self.packed.is_empty() && self.failing.iter().all(|failing| failing.buffer == MAPPED)
    }

    /// Refuses a model whose weights need a kernel that fails.
    ///
    /// # Errors
    /// [`Kind::Engine`].
    pub fn check(&self, model: &Model) -> Result<()> {
        let needed = |failing: &&Failing| failing.buffer == MAPPED && model.kinds.contains(&failing.kind);
        let Some(failing) = self.failing.iter().find(needed) else { return Ok(()) };
        let what = format!("cannot run {}", model.path.display());
        Err(Error::new(Kind::Engine, what, format!("{} on {}", failing.words(), processor())).hint(
            "use a release of dscoder or build it with another compiler; `dscoder doctor` tests the kernels again",
        ))
    }

    /// The failures in words; `None` if there are none.
    #[must_use]
    pub fn failing(&self) -> Option<String> {
        let words: Vec<_> = self.failing.iter().map(Failing::words).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// The instruction sets that have kernels, in words, most common first.
    #[must_use]
    pub fn sets(&self) -> String {
        let features = cpu::features();
        let has = |name: &str| features.iter().any(|feature| feature.name == name && feature.ggml && feature.there);
        let wide = if has("avx512f") { "AVX-512" } else { "AVX2" };
        let known = [
            (has("avx2"), wide),
            (cfg!(target_arch = "aarch64"), "NEON"),
            (has("avx512vnni") || has("avxvnni"), "VNNI"),
            (has("avx512bf16"), "BF16"),
            (has("dotprod"), "dot products"),
            (has("i8mm"), "I8MM"),
            (has("sve"), "SVE"),
            (self.packed.iter().any(|buffer| buffer == AMX), "AMX"),
        ];
        let names: Vec<_> = known.iter().filter(|(there, _)| *there).map(|(_, name)| *name).collect();
        if names.is_empty() { "plain".to_owned() } else { names.join(", ") }
    }
}

impl Failing {
    fn words(&self) -> String {
        let place = if self.buffer == MAPPED { String::new() } else { format!("{} ", self.buffer) };
        match self.fault {
            Fault::Wrong => format!("the {place}kernel for {} computes wrong sums", self.name),
            Fault::Crash => format!("the {place}kernel for {} crashes", self.name),
        }
    }
}

/// The processor's name, or a description.
#[must_use]
pub fn processor() -> String {
    let name = cpu::name();
    if name.is_empty() { "this processor".to_owned() } else { name }
}

/// The outcome of an earlier run of this binary on this processor.
#[must_use]
pub fn remembered(cache: &Path) -> Option<Kernels> {
    kept(&file(cache)).remove(&key()?)
}

/// Tries all kernels in a child process and remembers the outcome. `None` if no child could run: then nothing is known
/// or remembered.
#[must_use]
pub fn test(cache: &Path) -> Option<Kernels> {
    let kernels = judge(&mut child)?;
    if let Some(key) = key() {
        // If the cache cannot be written, the next run tries again.
        let _ = remember(cache, key, &kernels);
    }
    Some(kernels)
}

fn file(cache: &Path) -> PathBuf {
    cache.join("kernels.json")
}

fn remember(cache: &Path, key: String, kernels: &Kernels) -> io::Result<()> {
    keep_for(&file(cache), ".kernels-", key, kernels.clone())
}

/// The key of the outcome: the binary, the processor, and the instructions that the operating system enables.
#[must_use]
pub fn key() -> Option<String> {
    let about = fs::metadata(environment::running_program().ok()?).ok()?;
    let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    let there: Vec<_> = cpu::features().iter().filter(|feature| feature.there).map(|feature| feature.name).collect();
    Some(format!("{} {} {changed} {} {}", env!("CARGO_PKG_VERSION"), about.len(), processor(), there.join(" ")))
}

/// Runs the child and returns its output.
fn child(from: usize, skipped: &[String]) -> io::Result<String> {
    let mut child = Command::new(environment::running_program()?)
        .arg(COMMAND)
        .arg(from.to_string())
        .args(skipped)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut pipe = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().name("kernels".into()).spawn(move || {
        let mut text = String::new();
        let read = pipe.read_to_string(&mut text);
        let _ = sender.send(read.map(|_| text));
    })?;
    let text = receiver.recv_timeout(PATIENCE);
    if text.is_err() {
        let _ = child.kill();
    }
    child.wait()?;
    text.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// A line of the child: a product, and its result once computed.
fn parse(line: &str) -> Option<(Product, &str)> {
    let mut words = line.split('\t');
    let number = words.next()?.parse().ok()?;
    let buffer = words.next()?.to_owned();
    let kind = words.next()?.parse().ok()?;
    let name = words.next()?.to_owned();
    Some((Product { number, buffer, kind, name }, words.next().unwrap_or_default()))
}

/// Derives the verdict from the child's output. After a crash, the child is run again from the next product on.
fn judge(run: &mut dyn FnMut(usize, &[String]) -> io::Result<String>) -> Option<Kernels> {
    let mut kernels = Kernels::default();
    let (mut from, mut skipped) = (0, Vec::new());
    loop {
        let text = run(from, &skipped).ok()?;
        let mut last = None;
        for line in text.lines() {
            if line == "done" {
                return Some(kernels);
            }
            let (product, outcome) = parse(line)?;
            if product.buffer != MAPPED && !kernels.packed.contains(&product.buffer) {
                kernels.packed.push(product.buffer.clone());
            }
            let fault = match outcome {
                "right" | "none" => None,
                "wrong" => Some(Fault::Wrong),
                _ => Some(Fault::Crash),
            };
            if let Some(fault) = fault {
                let Product { buffer, kind, name, .. } = product.clone();
                kernels.failing.push(Failing { buffer, kind, name, fault });
            }
            last = Some((product, fault));
        }
        // A child that ends between two products did not die of a kernel.
        let (product, _) = last.filter(|(product, fault)| *fault == Some(Fault::Crash) && product.number >= from)?;
        from = product.number + 1;
        if product.buffer != MAPPED {
            // One crash is enough not to use it.
            skipped.push(product.buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A child that crashes on the products named in `deadly`, with two buffers of two kinds each.
    fn world<'a>(deadly: &'a [&str], wrong: &'a [&str]) -> impl FnMut(usize, &[String]) -> io::Result<String> + 'a {
        |from, skipped| {
            let all = [("mapped", 2, "Q4_0"), ("mapped", 12, "Q4_K"), ("AMX", 2, "Q4_0"), ("AMX", 12, "Q4_K")];
            let mut text = String::new();
            for (number, (buffer, kind, name)) in all.iter().enumerate().skip(from) {
                if skipped.iter().any(|skipped| skipped == buffer) {
                    continue;
                }
                text += &format!("{number}\t{buffer}\t{kind}\t{name}\t");
                let label = format!("{buffer} {name}");
                if deadly.contains(&label.as_str()) {
                    return Ok(text);
                }
                text += if wrong.contains(&label.as_str()) { "wrong\n" } else { "right\n" };
            }
            Ok(text + "done\n")
        }
    }

    #[test]
    fn right_kernels_are_used() {
        let kernels = judge(&mut world(&[], &[])).expect("judged");
        assert!(kernels.has_amx() && kernels.failing().is_none());
        assert!(kernels.can_pack() && !Kernels::default().can_pack());
    }

    #[test]
    fn what_crashes_is_left_out() {
        let kernels = judge(&mut world(&["AMX Q4_0", "AMX Q4_K"], &[])).expect("judged");
        assert!(!kernels.has_amx() && !kernels.can_pack());
        assert_eq!(kernels.failing().as_deref(), Some("the AMX kernel for Q4_0 crashes"));
        let kernels = judge(&mut world(&["mapped Q4_0"], &["AMX Q4_K"])).expect("judged");
        assert!(!kernels.has_amx());
        let words = "the kernel for Q4_0 crashes, the AMX kernel for Q4_K computes wrong sums";
        assert_eq!(kernels.failing().as_deref(), Some(words));
    }

    #[test]
    fn a_child_that_says_nothing_of_use_is_no_verdict() {
        for text in
            ["", "0\tmapped\t2\tQ4_0\tright\n", "running 0 tests\n", "0\tmapped\n", "1\tmapped\t2\tQ4_0\tright\n3"]
        {
            let mut runs = 0;
            let verdict = judge(&mut |_, _| {
                runs += 1;
                Ok(text.to_owned())
            });
            assert_eq!((verdict, runs), (None, 1), "{text:?}");
        }
        assert_eq!(judge(&mut |_, _| Err(io::ErrorKind::TimedOut.into())), None);
        // A child that crashes on the same product repeatedly does not loop forever.
        assert_eq!(judge(&mut |_, _| Ok("0\tmapped\t2\tQ4_0\t".to_owned())), None);
    }

    #[test]
    fn a_model_that_needs_a_failing_kernel_is_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        let Ok(path) = crate::model::demo::file(directory.path()) else { return };
        let model = Model::open(&path).expect("the built-in model");
        let with = |buffer: &str, kind: u32| Kernels {
            packed: vec![AMX.to_owned()],
            failing: vec![Failing { buffer: buffer.into(), kind, name: "K".into(), fault: Fault::Wrong }],
            ..Kernels::default()
        };
        let needed = *model.kinds.last().expect("some");
        let refused = with(MAPPED, needed).check(&model).expect_err("refused");
        assert_eq!(refused.kind.exit_code(), 70);
        assert!(refused.why.starts_with("the kernel for K computes wrong sums on "), "{}", refused.why);
        assert_eq!(with(AMX, needed).check(&model), Ok(()));
        assert_eq!(with(MAPPED, 9999).check(&model), Ok(()));
    }

    #[test]
    fn verdicts_are_remembered_for_some_binaries() {
        let cache = tempfile::tempdir().expect("a directory");
        let kernels = judge(&mut world(&["AMX Q4_0"], &[])).expect("judged");
        for number in 0..20 {
            remember(cache.path(), format!("{number:02}"), &kernels).expect("written");
        }
        let all = kept::<Kernels>(&file(cache.path()));
        assert_eq!((all.len(), all.get("19")), (16, Some(&kernels)));
        fs::write(file(cache.path()), "{").expect("written");
        assert_eq!(kept::<Kernels>(&file(cache.path())).len(), 0);
        assert_eq!(remembered(cache.path()), None);
    }
}
