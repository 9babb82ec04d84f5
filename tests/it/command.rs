//! Runs the program in an isolated environment.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What the program wrote, and its exit code.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

/// A directory for one test. The program sees no other models, and only the settings of the test.
pub struct Place {
    directory: tempfile::TempDir,
    settings: Vec<(String, String)>,
}

impl Place {
    pub fn new() -> Place {
        Place { directory: tempfile::tempdir().expect("a directory"), settings: Vec::new() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file into the directory.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        fs::create_dir_all(self.path(name).parent().expect("a parent")).expect("created");
        fs::write(self.path(name), bytes).expect("written");
        self.path(name)
    }

    /// Sets an environment variable for the program.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// A model that gives this answer, as a value of `-m`.
    pub fn script(&self, answer: &str) -> String {
        let path = self.write("script.toml", format!("[answer]\n{answer}\n"));
        format!("script:{}", path.display())
    }

    /// The program with its arguments, its standard streams captured. It runs in the directory of the test.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dscoder"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy().to_lowercase();
            let foreign = ["dscoder_", "hf_", "hugging", "ollama_", "xdg_"].iter().any(|start| text.starts_with(start));
            if foreign || text.ends_with("_proxy") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.directory.path())
            // Other programs keep their models below it.
            .env("HOME", self.path("home"))
            .env("DSCODER_MODELS_DIR", self.path("models"))
            // One cache for all tests: the built-in model is written once.
            .env("DSCODER_CACHE_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
            // Threads wait for each other, which takes long where many tests share the processors.
            .env("DSCODER_THREADS", "1")
            // Evaluated prompts of one test must not affect the next.
            .env("DSCODER_NO_CACHE", "1")
            // An engine that happens to run on this machine has another model.
            .env("DSCODER_SERVE", "never")
            // Copies for AMX round differently, and restored prompts do not use them.
            .env("DSCODER_KERNELS", "mapped")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts the program and gives it this text.
    pub fn start(&self, arguments: &[&str], stdin: &[u8]) -> Child {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().expect("started");
        let mut pipe = child.stdin.take().expect("a pipe");
        let stdin = stdin.to_vec();
        // In a thread, ignoring the result: the program may end before it has read everything.
        std::thread::spawn(move || pipe.write_all(&stdin));
        child
    }

    /// Runs the program with this text as stdin.
    pub fn feed(&self, arguments: &[&str], stdin: impl AsRef<[u8]>) -> Output {
        finish(self.start(arguments, stdin.as_ref()))
    }

    /// Runs the program without stdin.
    pub fn run(&self, arguments: &[&str]) -> Output {
        finish(self.command(arguments).spawn().expect("started"))
    }
}

/// Waits for the program.
pub fn finish(child: Child) -> Output {
    let output = child.wait_with_output().expect("ended");
    Output {
        stdout: String::from_utf8(output.stdout).expect("stdout in UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("stderr in UTF-8"),
        code: output.status.code().expect("an exit code"),
    }
}

/// What a run should give.
pub fn output(stdout: &str, stderr: &str, code: i32) -> Output {
    Output { stdout: stdout.to_owned(), stderr: stderr.to_owned(), code }
}

/// Reports that a test could not run here.
#[allow(clippy::print_stderr)]
pub fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

/// A file of this repository.
pub fn repository(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// Random numbers that are the same every time.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count.div_ceil(8)).flat_map(|_| self.next().to_le_bytes()).take(count).collect()
    }
}

/// A number of the environment.
pub fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The subcommands with all that is below them, as words of a command line.
pub fn commands(command: &clap::Command, path: &[String], all: &mut Vec<Vec<String>>) {
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        let path = [path, &[inner.get_name().to_owned()]].concat();
        commands(inner, &path, all);
        all.push(path);
    }
}
