//! What `dscoder doctor` says about the hooks of a repository: whether git runs them, and what they would do.

use std::path::Path;

use clap::FromArgMatches;

use crate::cmd::git::hook;
use crate::environment;
use crate::error::{Error, Kind, Result};
use crate::git;
use crate::git::hooks::{self, Hook, HookName, Installed, Owner};
use crate::model::family::Flavour;
use crate::model::store::{self, Found};
use crate::places::Places;
use crate::secrets::redact;
use crate::settings::files::{self, SettingsFiles};

/// One line about the hooks.
#[derive(Debug)]
pub struct Line {
    /// The hook, or the directory.
    pub name: String,
    /// What was found.
    pub value: String,
    /// What to do, if it does not work as it should.
    pub next: Option<String>,
}

/// Looks at the hooks; `command` is the whole command line. Empty outside of a repository.
#[must_use]
pub fn lines(command: &clap::Command) -> Vec<Line> {
    let mut lines = Vec::new();
    let Ok(directory) = git::path(&["rev-parse", "--git-path", "hooks"]) else { return lines };
    let chosen = git::output(&["config", "--get", "core.hooksPath"]).is_ok();
    let setting = if chosen { " (core.hooksPath)" } else { "" };
    lines.push(Line::fine("directory", format!("{}{setting}", directory.display())));
    for name in HookName::ALL {
        let hook = Hook::within(directory.clone(), name);
        about(&hook, command, &mut lines);
        if chosen
            && let Ok(usual) = git::path(&["rev-parse", "--git-common-dir"]).map(|common| common.join("hooks"))
            && usual.canonicalize().ok() != directory.canonicalize().ok()
            && let usual = Hook::within(usual, name)
            && usual.owner() == Owner::Dscoder
        {
            let value = format!("git does not run {}: core.hooksPath is another directory", usual.path.display());
            lines.push(Line::bad(name.file(), value, &install(name)));
        }
    }
    lines
}

impl Line {
    fn fine(name: &str, value: impl Into<String>) -> Line {
        Line { name: name.to_owned(), value: value.into(), next: None }
    }

    fn bad(name: &str, value: impl Into<String>, next: &str) -> Line {
        Line { name: name.to_owned(), value: value.into(), next: Some(next.to_owned()) }
    }
}

fn install(name: HookName) -> String {
    format!("`dscoder git install-hook {}` installs it here", name.file())
}

fn about(hook: &Hook, command: &clap::Command, lines: &mut Vec<Line>) {
    let name = hook.name.file();
    if let Some(moved) = hook.moved().filter(|_| hook.owner() != Owner::Dscoder) {
        let shown = moved.path.display();
        // pre-commit runs the hook that it found.
        if moved.path.extension().is_some_and(|ending| ending == "legacy") {
            lines.push(Line::fine(name, format!("pre-commit runs {shown}")));
            ours(&moved, command, lines);
        } else {
            let next = match hook.manager() {
                Some((manager, file)) => to_add(hook.name, manager, &file),
                None => install(hook.name),
            };
            lines.push(Line::bad(name, format!("it was moved to {shown}, where nothing runs it"), &next));
        }
        return;
    }
    match hook.owner() {
        Owner::Nobody => lines.push(Line::fine(name, "not installed")),
        Owner::Other => lines.push(Line::fine(name, format!("{}, not by dscoder", hook.path.display()))),
        Owner::Manager(manager, file) if hooks::lists(&file, hook.name) => {
            lines.push(Line::fine(name, format!("{manager} runs dscoder: {}", file.display())));
        }
        Owner::Manager(manager, file) => {
            lines.push(Line::fine(name, format!("{manager} writes it; {} does not name dscoder", file.display())));
        }
        Owner::Dscoder => {
            let does = match hook.name {
                HookName::PrepareCommitMsg => "writes commit messages",
                HookName::PreCommit => "reviews changes",
            };
            let shown = hook.path.display();
            if !hook.is_executable() {
                let next = format!("chmod +x {shown}");
                lines.push(Line::bad(name, format!("{shown} is not executable: git does not run it"), &next));
            } else if let Some((manager, _)) = hook.manager() {
                let next =
                    format!("`dscoder git uninstall-hook {name}`, then `dscoder git install-hook {name}` says how");
                lines.push(Line::bad(
                    name,
                    format!("{shown}; {manager} writes this directory and overwrites it"),
                    &next,
                ));
            } else {
                lines.push(Line::fine(name, format!("{shown} {does}")));
            }
            ours(hook, command, lines);
        }
    }
}

fn to_add(name: HookName, manager: hooks::Manager, file: &Path) -> String {
    format!(
        "{manager} writes the hooks: `dscoder git install-hook {}` says what to add to {}",
        name.file(),
        file.display()
    )
}

/// The program, the model and the earlier hook of a hook of ours.
fn ours(hook: &Hook, command: &clap::Command, lines: &mut Vec<Line>) {
    let name = hook.name.file();
    let part = |part: &str| format!("{name}: {part}");
    let Some(installed) = hook.installed() else {
        lines.push(Line::bad(&part("program"), "the hook was changed by hand", &install(hook.name)));
        return;
    };
    let program = installed.program.display();
    lines.push(if hooks::is_executable(&installed.program) {
        Line::fine(&part("program"), program.to_string())
    } else if environment::is_in_path("dscoder") {
        let value = format!("{program} is gone; the dscoder of the PATH runs instead");
        Line::bad(&part("program"), value, &install(hook.name))
    } else {
        Line::bad(&part("program"), format!("{program} is gone, and no dscoder is in the PATH"), &install(hook.name))
    });
    lines.push(match model(&installed, hook.name, command) {
        Ok(model) => Line::fine(&part("model"), model),
        Err(error) => {
            let why = if error.why.is_empty() { String::new() } else { format!(": {}", error.why) };
            let next = if error.hint.is_empty() { install(hook.name) } else { error.hint };
            Line::bad(&part("model"), format!("{}{why}", error.what), &next)
        }
    });
    if let Some(before) = hook.before() {
        let shown = before.display();
        lines.push(if hooks::is_executable(&before) {
            Line::fine(&part("runs first"), shown.to_string())
        } else {
            Line::bad(&part("runs first"), format!("{shown} is not executable"), &format!("chmod +x {shown}"))
        });
    }
}

/// The model that a hook with these options would use.
fn model(installed: &Installed, name: HookName, command: &clap::Command) -> Result<String> {
    let line = ["dscoder", "git", "hook", name.file()].into_iter().map(str::to_owned);
    let line: Vec<String> = line.chain(installed.options.iter().cloned()).collect();
    let wrong = |error: clap::Error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Error::new(Kind::Usage, "its options are wrong", first)
    };
    let matches = command.clone().try_get_matches_from(&line).map_err(wrong)?;
    let settings = files::read(&SettingsFiles::of_user(), command)?;
    let (command, _) = files::apply(command.clone(), &matches, &settings);
    let matches = command.try_get_matches_from(&line).map_err(wrong)?;
    let inner = matches.subcommand_matches("git").and_then(|git| git.subcommand_matches("hook"));
    let inner = inner.ok_or_else(|| Error::new(Kind::Usage, "its options are wrong", ""))?;
    let flags = hook::Args::from_arg_matches(inner).map_err(wrong)?.wanted.flags;
    if flags.endpoint.server()?.is_some() {
        return Ok(redact(&format!("on {}", flags.endpoint.endpoint.unwrap_or_default())));
    }
    let wanted = flags.model.model.as_deref();
    let find = |flavour| store::find(wanted, flavour, store::memory(), &Places::of_user());
    let found = match find(Flavour::Instruct) {
        // Messages can be written by a Base model, too.
        Err(error) if name == HookName::PrepareCommitMsg && wanted.is_none_or(str::is_empty) => {
            find(Flavour::Base).map_err(|_| error)?
        }
        found => found?,
    };
    let (Found::File(path) | Found::Script(path)) = found;
    // Git runs hooks at the top of the working tree.
    let top = git::path(&["rev-parse", "--show-cdup"]).unwrap_or_default();
    if !top.join(&path).is_file() {
        return Err(Error::new(Kind::NoInput, format!("there is no model {}", path.display()), ""));
    }
    Ok(path.display().to_string())
}
