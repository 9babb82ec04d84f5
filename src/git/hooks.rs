//! The hooks of a repository: where they are, who writes them, and the script that dscoder installs.
//!
//! A hook that was there before is kept under its own name in a directory beside that of the hooks, so that it finds what
//! it looks for by `$0`: its name, the files beside it (links lead to them), and directories above.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::error::{Error, Kind, Result};
use crate::git;
use crate::storage::NewFile;

/// The hooks that dscoder provides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HookName {
    /// Writes a message before the editor opens.
    PrepareCommitMsg,
    /// Prints a review before a commit.
    PreCommit,
}

impl HookName {
    /// All of them.
    pub const ALL: [HookName; 2] = [HookName::PrepareCommitMsg, HookName::PreCommit];

    /// The name of its file.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            HookName::PrepareCommitMsg => "prepare-commit-msg",
            HookName::PreCommit => "pre-commit",
        }
    }
}

/// A program that writes the hooks of a repository and runs what its own file lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// <https://typicode.github.io/husky>
    Husky,
    /// <https://lefthook.dev>
    Lefthook,
    /// <https://pre-commit.com>, or prek, which reads the same file.
    PreCommit,
}

impl fmt::Display for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Manager::Husky => "husky",
            Manager::Lefthook => "lefthook",
            Manager::PreCommit => "pre-commit",
        })
    }
}

/// Whose a hook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// There is no hook.
    Nobody,
    /// dscoder installed it.
    Dscoder,
    /// A manager writes it; the file is where its user lists what it runs.
    Manager(Manager, PathBuf),
    /// Somebody else.
    Other,
}

/// The second line of every hook of ours.
const MARK: &str = "# Installed by `dscoder git install-hook`; `dscoder git uninstall-hook` takes it away.";
/// What the names of earlier hooks end with: of their directory, and of a file in the first version.
const BEFORE: &str = ".before-dscoder";
/// How managers name a hook that they found: pre-commit runs it, lefthook does not.
const MOVED: [&str; 2] = [".legacy", ".old"];
/// How our hook calls the program.
const CALL: &str = "\"$dscoder\" git hook ";

/// A hook, and the directory of the hooks.
#[derive(Debug)]
pub struct Hook {
    /// Which one.
    pub name: HookName,
    /// Its file, which may be missing.
    pub path: PathBuf,
    /// The directory of the hooks; respects `core.hooksPath`.
    pub directory: PathBuf,
}

/// What an installed hook of ours does.
#[derive(Debug, PartialEq, Eq)]
pub struct Installed {
    /// The program that it runs, unless it is gone.
    pub program: PathBuf,
    /// The options of the command.
    pub options: Vec<String>,
}

impl Hook {
    /// The hook called `name` of this repository.
    ///
    /// # Errors
    /// [`Kind::NoInput`] outside of a repository; errors from git.
    pub fn find(name: HookName) -> Result<Hook> {
        // Respects core.hooksPath, and returns a path relative to the current directory.
        let directory = git::path(&["rev-parse", "--git-path", "hooks"])?;
        Ok(Hook::within(directory, name))
    }

    /// The hook called `name` in a directory of hooks.
    #[must_use]
    pub fn within(directory: PathBuf, name: HookName) -> Hook {
        Hook { name, path: directory.join(name.file()), directory }
    }

    /// Our hook where a manager moved it, if one did.
    #[must_use]
    pub fn moved(&self) -> Option<Hook> {
        let mut moved = MOVED.iter().map(|ending| self.directory.join(format!("{}{ending}", self.name.file())));
        let path = moved.find(|path| is_ours(path))?;
        Some(Hook { name: self.name, path, directory: self.directory.clone() })
    }

    /// Whose it is.
    #[must_use]
    pub fn owner(&self) -> Owner {
        if is_ours(&self.path) {
            return Owner::Dscoder;
        }
        match self.manager() {
            Some((manager, file)) => Owner::Manager(manager, file),
            None if is_there(&self.path) => Owner::Other,
            None => Owner::Nobody,
        }
    }

    /// Who writes the hooks of this directory, or this one, and the file of its user.
    #[must_use]
    pub fn manager(&self) -> Option<(Manager, PathBuf)> {
        let text = fs::read(&self.path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let has = |name: &str| self.directory.join(name).is_file();
        if self.directory.ends_with("_") && (has("h") || has("husky.sh")) {
            return Some((Manager::Husky, self.directory.parent()?.join(self.name.file())));
        }
        if text.contains("/_/husky.sh") {
            return Some((Manager::Husky, self.path.clone()));
        }
        if text.contains("call_lefthook") || text.contains("lefthook run ") {
            const FILES: [&str; 10] = [
                "lefthook.yml",
                "lefthook.yaml",
                "lefthook.toml",
                "lefthook.json",
                ".lefthook.yml",
                ".lefthook.yaml",
                ".lefthook.toml",
                ".lefthook.json",
                ".config/lefthook.yml",
                ".config/lefthook.yaml",
            ];
            let file = FILES.iter().map(|file| top().join(file)).find(|file| file.is_file());
            return Some((Manager::Lefthook, file.unwrap_or_else(|| top().join(FILES[0]))));
        }
        if text.contains("File generated by pre-commit") || text.contains("File generated by prek") {
            let named = text.split("--config=").nth(1).and_then(|rest| rest.split([' ', ')', '"', '\n']).next());
            let file = named.filter(|file| !file.is_empty()).unwrap_or(".pre-commit-config.yaml");
            return Some((Manager::PreCommit, top().join(file)));
        }
        None
    }

    /// The hook that ours runs first, if there is one.
    #[must_use]
    pub fn before(&self) -> Option<PathBuf> {
        let kept = self.kept().ok().filter(|path| is_there(path) && !is_link_to(path, &self.neighbour(path)));
        kept.or_else(|| Some(self.before_of_first_version()).filter(|path| is_there(path)))
    }

    /// Whether an earlier hook is the present one: an installation was stopped.
    #[must_use]
    pub fn is_left_over(&self, before: &Path) -> bool {
        is_there(before) && fs::read(before).ok() == fs::read(&self.path).ok()
    }

    /// What our hook does, read from its file.
    #[must_use]
    pub fn installed(&self) -> Option<Installed> {
        let text = fs::read_to_string(&self.path).ok()?;
        let program = text.lines().find_map(|line| line.strip_prefix("dscoder="))?;
        let call = &text[text.find(CALL)? + CALL.len()..];
        let call = &call[..call.find(" -- \"$@\"")?];
        let program = words(program).into_iter().next()?;
        Some(Installed { program: program.into(), options: words(call).into_iter().skip(1).collect() })
    }

    /// Whether git runs its file.
    #[must_use]
    pub fn is_executable(&self) -> bool {
        is_executable(&self.path)
    }

    /// Writes our hook. If another one is there, it is kept and runs first.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn install(&self, program: &str, options: &[String]) -> io::Result<()> {
        let replaces = is_there(&self.path);
        let chains = replaces && !is_ours(&self.path);
        if chains {
            // The old one stays in place until the new one replaces it.
            self.keep(&self.path)?;
        } else if is_there(&self.before_of_first_version()) {
            self.keep(&self.before_of_first_version())?;
        }
        let before = self.before().filter(|path| *path != self.before_of_first_version());
        let done = write(&self.path, &script(self.name, program, options, before.is_some()), replaces);
        match &done {
            // The previous version of the chain is not needed any more.
            Ok(()) if before.is_some() => drop(fs::remove_file(self.before_of_first_version())),
            Err(_) if chains => drop(self.tidy(true)),
            _ => {}
        }
        done
    }

    /// Removes our hook. Returns whether an earlier one is back.
    ///
    /// # Errors
    /// Errors from the file system.
    pub fn uninstall(&self) -> io::Result<bool> {
        let before = self.before();
        match &before {
            Some(before) => fs::rename(before, &self.path)?,
            None => fs::remove_file(&self.path)?,
        }
        self.tidy(false)?;
        Ok(before.is_some())
    }

    /// Keeps a hook in the directory of earlier hooks, with links to its neighbours.
    fn keep(&self, path: &Path) -> io::Result<()> {
        let kept = self.kept()?;
        let directory = kept.parent().ok_or(io::ErrorKind::InvalidInput)?;
        fs::create_dir_all(directory)?;
        if is_link_to(&kept, &self.neighbour(&kept)) {
            fs::remove_file(&kept)?;
        }
        if self.is_left_over(&kept) {
            fs::remove_file(&kept)?;
        }
        if is_there(&kept) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        match fs::read_link(path) {
            // It is as deep as the original, so that a relative link leads to the same file.
            Ok(target) => link(&target, &kept)?,
            Err(_) => fs::hard_link(path, &kept).or_else(|_| fs::copy(path, &kept).map(drop))?,
        }
        for entry in fs::read_dir(&self.directory)?.flatten() {
            let (name, beside) = (entry.file_name(), directory.join(entry.file_name()));
            let text = name.to_string_lossy();
            let is_ours = text.starts_with(".dscoder-") || text.ends_with(BEFORE);
            if !is_ours && !text.ends_with(".sample") && !is_there(&beside) {
                // Without links, as on some file systems, the hook has to do without its neighbours.
                let _ = link(&self.neighbour(&beside), &beside);
            }
        }
        Ok(())
    }

    /// Removes the directory of earlier hooks, if none is in it any more; with `all`, that of this hook first.
    fn tidy(&self, all: bool) -> io::Result<()> {
        let kept = self.kept()?;
        if all {
            let _ = fs::remove_file(&kept);
        }
        let Some(directory) = kept.parent().filter(|directory| directory.is_dir()) else { return Ok(()) };
        let paths: Vec<PathBuf> = fs::read_dir(directory)?.flatten().map(|entry| entry.path()).collect();
        if paths.iter().all(|path| is_link_to(path, &self.neighbour(path))) {
            paths.iter().try_for_each(fs::remove_file)?;
            fs::remove_dir(directory)?;
        }
        Ok(())
    }

    /// Where an earlier hook is kept. The script finds it in the same way.
    fn kept(&self) -> io::Result<PathBuf> {
        let whole = fs::canonicalize(&self.directory).unwrap_or_else(|_| self.directory.clone());
        let mut name = whole.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(BEFORE);
        // Shown and used as the user names the directory, unless a link or a dot hides where it is.
        let is_plain = fs::symlink_metadata(&self.directory).is_ok_and(|about| about.is_dir())
            && self.directory.file_name() == whole.file_name();
        let directory = if is_plain { &self.directory } else { &whole };
        Ok(directory.with_file_name(name).join(self.name.file()))
    }

    /// The link that leads from the directory of earlier hooks to a file of this name beside our hook.
    fn neighbour(&self, path: &Path) -> PathBuf {
        let whole = fs::canonicalize(&self.directory).unwrap_or_else(|_| self.directory.clone());
        let name = whole.file_name().unwrap_or_default();
        Path::new("..").join(name).join(path.file_name().unwrap_or_default())
    }

    fn before_of_first_version(&self) -> PathBuf {
        self.directory.join(format!("{}{BEFORE}", self.name.file()))
    }
}

impl Manager {
    /// The line or lines with which its user makes it run dscoder.
    #[must_use]
    pub fn lines(self, name: HookName, program: &str, options: &[String]) -> String {
        let options: String = options.iter().map(|option| format!(" {}", quoted_if_needed(option))).collect();
        let name = name.file();
        let call = format!("{} git hook {name}{options} --", quoted_if_needed(program));
        match self {
            Manager::Husky => format!("{call} \"$@\" || true"),
            Manager::Lefthook => {
                // Its `{0}`, all arguments, is not quoted. `{2}` stays as it is if git passes one argument.
                let arguments = if name == "pre-commit" { "" } else { " \"{1}\" \"{2}\"" };
                let run = yaml(&format!("{call}{arguments} || true"));
                format!("{name}:\n  commands:\n    dscoder:\n      run: {run}")
            }
            Manager::PreCommit => {
                let entry = yaml(&format!("sh -c {} --", quoted(&format!("{call} \"$@\" || true"))));
                let shows = match name {
                    "pre-commit" => "\n    pass_filenames: false\n    always_run: true\n    verbose: true",
                    _ => "",
                };
                format!(
                    "- repo: local\n  hooks:\n  - id: dscoder\n    name: dscoder\n    language: system\n    \
                     entry: {entry}\n    stages: [{name}]{shows}"
                )
            }
        }
    }
}

/// Whether the file of a manager's user makes it run dscoder as this hook.
#[must_use]
pub fn lists(file: &Path, name: HookName) -> bool {
    let call = format!("git hook {}", name.file());
    let text = fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    text.lines().any(|line| !line.trim_start().starts_with('#') && line.contains("dscoder") && line.contains(&call))
}

/// The top of the working tree, relative to the current directory.
fn top() -> PathBuf {
    git::path(&["rev-parse", "--show-cdup"]).unwrap_or_default()
}

fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn is_ours(path: &Path) -> bool {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).lines().nth(1) == Some(MARK)
}

fn is_link_to(path: &Path, target: &Path) -> bool {
    fs::read_link(path).is_ok_and(|found| found == target)
}

/// Whether the system runs a file.
#[must_use]
pub fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    path.is_file()
}

#[cfg(unix)]
fn link(target: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(windows)]
fn link(target: &Path, path: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, path)
}

/// The hook, for any shell. It passes on dscoder's messages: all of them on success, only the first line on failure.
fn script(name: HookName, program: &str, options: &[String], chained: bool) -> String {
    let name = name.file();
    let options: String = options.iter().map(|option| format!(" {}", quoted(option))).collect();
    let before = format!(
        "before=$(cd \"${{0%/*}}\" && pwd -P){BEFORE}/{name}\n\
         if [ -x \"$before\" ]; then\n    \"$before\" \"$@\" || exit\nfi\n"
    );
    let before = if chained { before.as_str() } else { "" };
    format!(
        "#!/bin/sh\n{MARK}\n# It never stops a commit: an error prints one line and leaves the message unchanged.\n{before}\
         dscoder={}\n\
         [ -x \"$dscoder\" ] || dscoder=$(command -v dscoder)\n\
         if [ -z \"$dscoder\" ]; then\n    echo 'dscoder: it is not installed any more' >&2\n    exit 0\nfi\n\
         # The shell may print its own message about a program that was killed.\n\
         said=$({{ {CALL}{name}{options} -- \"$@\" 2>&1 </dev/null; exit $?; }} 2>/dev/null)\n\
         code=$?\n\
         if [ \"$code\" -ne 0 ]; then\n    \
             line_end='\n'\n    said=${{said%%\"$line_end\"*}}\n    said=${{said:-\"dscoder: it ended with code $code\"}}\nfi\n\
         [ -z \"$said\" ] || printf '%s\\n' \"$said\" >&2\n\
         exit 0\n",
        quoted(program)
    )
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A word for the shell, plain if it has only plain characters.
fn quoted_if_needed(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_./:=@%+,".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) { word.to_owned() } else { quoted(word) }
}

/// The words that [`quoted`] made.
fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut characters = text.chars();
    let (mut is_quoted, mut in_word) = (false, false);
    while let Some(character) = characters.next() {
        match character {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => {
                in_word = false;
                continue;
            }
            _ => {}
        }
        if !in_word {
            found.push(String::new());
            in_word = true;
        }
        let Some(word) = found.last_mut() else { continue };
        match character {
            '\'' => {}
            '\\' if !is_quoted => word.extend(characters.next()),
            other => word.push(other),
        }
    }
    found
}

/// A text in YAML.
fn yaml(text: &str) -> String {
    let is_plain = !text.starts_with(|first: char| !first.is_ascii_alphabetic() && first != '/')
        && ![": ", " #"].iter().any(|sign| text.contains(sign))
        && !text.ends_with(':');
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// Writes a program to a temporary file, then renames it.
fn write(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    let file = NewFile::beside(path, ".dscoder-")?.write(text.as_bytes())?;
    #[cfg(unix)]
    let file = file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let file = file.sync()?;
    if replace { file.replace(path) } else { file.create(path).map_err(|(error, _)| error) }
}

/// The error about a hook that a manager writes.
#[must_use]
pub fn managed(hook: &Hook, manager: Manager, file: &Path, lines: &str) -> Error {
    let these = if lines.contains('\n') { "these lines" } else { "this line" };
    let why = format!("{manager} writes it");
    Error::new(Kind::CantCreate, format!("cannot write {}", hook.path.display()), why)
        .hint(format!("add {these} to {}:\n{lines}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(quoted("a b$c"), "'a b$c'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!((quoted_if_needed("-m"), quoted_if_needed("a b")), ("-m".to_owned(), "'a b'".to_owned()));
        for word in ["a b", "it's", "", "\\", "'"] {
            assert_eq!(words(&format!("x {} 'y'", quoted(word))), ["x", word, "y"]);
        }
    }

    #[test]
    fn what_a_hook_does_is_read_from_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let hook = Hook::within(directory.path().to_owned(), HookName::PreCommit);
        assert_eq!((hook.owner(), hook.installed()), (Owner::Nobody, None));
        let options = ["-m".to_owned(), "x y".to_owned(), "it's".to_owned()];
        hook.install("/a b/dscoder", &options).expect("installed");
        assert_eq!(hook.owner(), Owner::Dscoder);
        let expected = Installed { program: "/a b/dscoder".into(), options: options.to_vec() };
        assert_eq!(hook.installed(), Some(expected));
        assert!(!hook.uninstall().expect("removed"));
        assert_eq!(fs::read_dir(directory.path()).expect("read").count(), 0);
    }

    #[test]
    fn lines_for_managers_are_quoted() {
        let options = ["-m".to_owned(), "it's: a".to_owned()];
        assert_eq!(
            Manager::Husky.lines(HookName::PreCommit, "dscoder", &options),
            "dscoder git hook pre-commit -m 'it'\\''s: a' -- \"$@\" || true"
        );
        let lefthook = Manager::Lefthook.lines(HookName::PreCommit, "dscoder", &options);
        assert!(
            lefthook.ends_with("run: 'dscoder git hook pre-commit -m ''it''\\''''s: a'' -- || true'"),
            "{lefthook}"
        );
        let plain = Manager::PreCommit.lines(HookName::PrepareCommitMsg, "dscoder", &[]);
        assert!(plain.contains("entry: sh -c 'dscoder git hook prepare-commit-msg -- \"$@\" || true' --\n"), "{plain}");
    }
}
