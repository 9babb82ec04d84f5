//! `dscoder config`: the effective settings, and the files that they come from.

use std::fs;
use std::io;
use std::path::Path;
use std::process;

use clap::{Arg, ArgAction};
use serde_json::json;

use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::settings::files::{self, Effective, SettingOrigin, SettingsFiles};
use crate::settings::flags::ConsoleFlags;
use crate::settings::{self, Variable};
use crate::storage::NewFile;
use crate::term::table::table;
use crate::term::{self, Term};

/// Show and change settings
///
/// Flags override DSCODER_ variables, which override the project's .dscoder.toml, which overrides your config.toml.
/// Without a subcommand, config shows the effective settings.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder config
  dscoder config init && dscoder config edit
  dscoder config show --json | jq -r '.settings[].setting'")]
pub struct Args {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// What is said on stderr.
    #[command(flatten)]
    pub console: ConsoleFlags,
}

/// The subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show every setting, its value and where it comes from
    #[command(after_help = "Examples:\n  dscoder config show\n  dscoder config show --json | jq '.settings[0]'")]
    Show {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print the path of your settings file, then that of the project's file if there is one
    #[command(after_help = "Examples:\n  cat \"$(dscoder config path | head -n 1)\"")]
    Path,
    /// Open your settings file in $VISUAL or $EDITOR, and check it afterwards
    ///
    /// If it does not exist yet, it is written as by config init.
    #[command(after_help = "Examples:\n  dscoder config edit\n  EDITOR=nano dscoder config edit")]
    Edit,
    /// Write a settings file that lists every setting, commented out
    #[command(after_help = "Examples:\n  dscoder config init\n  DSCODER_CONFIG=here.toml dscoder config init")]
    Init {
        /// Overwrite an existing file
        #[arg(long)]
        force: bool,
    },
}

/// Runs it; `command` is the whole command line, which knows all settings.
///
/// # Errors
/// [`Kind::Usage`] if a settings file or variable is wrong, [`Kind::CantCreate`] if one cannot be written.
pub fn run(args: &Args, command: &clap::Command, term: &Term) -> Result<()> {
    let files = SettingsFiles::of_user();
    match args.command.as_ref().unwrap_or(&Command::Show { json: false }) {
        Command::Show { json } => show(&files, *json, command),
        Command::Path => {
            let paths = [Some(user(&files)?), files.project.as_deref()];
            let lines: String = paths.iter().flatten().map(|path| format!("{}\n", path.display())).collect();
            term::write::print(&lines).map(drop)
        }
        Command::Edit => edit(user(&files)?, command, term),
        Command::Init { force } => {
            let path = user(&files)?;
            if !force && fs::symlink_metadata(path).is_ok() {
                return Err(Error::new(
                    Kind::CantCreate,
                    format!("cannot write {}", path.display()),
                    "it already exists",
                )
                .hint("`dscoder config edit` opens it, --force overwrites it"));
            }
            write(path, *force, command)?;
            term.note(&format!("written: {}", path.display()));
            Ok(())
        }
    }
}

fn user(files: &SettingsFiles) -> Result<&Path> {
    files.user.as_deref().ok_or_else(|| {
        Error::new(Kind::NoInput, "there is no directory for a settings file", "there is no home directory")
            .hint("set DSCODER_CONFIG to a path")
    })
}

/// A file that appeared in the meantime is not overwritten without `replace`.
fn write(path: &Path, replace: bool, command: &clap::Command) -> Result<()> {
    let refuse =
        |error: io::Error| Error::new(Kind::CantCreate, format!("cannot write {}", path.display()), reason(&error));
    let text = template(command);
    let file =
        NewFile::beside(path, ".dscoder-").and_then(|file| file.write(text.as_bytes())?.sync()).map_err(refuse)?;
    if replace { file.replace(path) } else { file.create(path).map_err(|(error, _)| error) }.map_err(refuse)
}

fn edit(path: &Path, command: &clap::Command, term: &Term) -> Result<()> {
    if fs::symlink_metadata(path).is_err() {
        write(path, false, command)?;
        term.note(&format!("written: {}", path.display()));
    }
    let editor = environment::text("VISUAL").or_else(|| environment::text("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    let mut program = if cfg!(unix) {
        // As git does it: the variable may hold options and quotes.
        let mut shell = process::Command::new("sh");
        shell.arg("-c").arg(format!("{editor} \"$@\"")).arg(&editor);
        shell
    } else {
        let mut words = editor.split_whitespace();
        let mut program = process::Command::new(words.next().unwrap_or_default());
        program.args(words);
        program
    };
    let failed = |why: String| {
        Error::new(Kind::Io, format!("the editor {editor:?} failed"), why)
            .hint("set VISUAL or EDITOR to another editor")
    };
    let status = program.arg(path).status().map_err(|error| failed(reason(&error)))?;
    if !status.success() {
        return Err(failed(status.to_string()));
    }
    files::read_one(path, false, command).map(drop)
}

fn show(files: &SettingsFiles, as_json: bool, command: &clap::Command) -> Result<()> {
    let settings = files::read(files, command)?;
    let effective = files::effective(command, &settings)?;
    if as_json {
        let value = json!({ "settings": list(&effective), "variables": others() });
        return term::write::print(&format!("{value}\n")).map(drop);
    }
    let mut rows = vec![["SETTING", "VALUE", "FROM", "FOR"].map(str::to_owned).to_vec()];
    for one in &effective {
        let is_all = one.is_all && one.commands.len() > 1;
        let commands = if is_all { "all that have it".to_owned() } else { one.commands.join(", ") };
        rows.push(vec![one.key.clone(), one.shown(), one.origin.to_string(), commands]);
    }
    for Variable { name, value, origin, .. } in settings::variables() {
        rows.push(vec![name.to_owned(), value.unwrap_or_else(|| "-".to_owned()), origin.to_string()]);
    }
    term::write::print(&table(&rows)).map(drop)
}

fn from(origin: &SettingOrigin) -> serde_json::Value {
    match origin {
        SettingOrigin::Flag => json!({ "kind": "flag" }),
        SettingOrigin::Environment(name) => json!({ "kind": "environment", "variable": name }),
        SettingOrigin::File(file, line) => json!({ "kind": "file", "file": file.display().to_string(), "line": line }),
        SettingOrigin::Default => json!({ "kind": "default" }),
    }
}

/// The settings, for programs.
#[must_use]
pub fn list(effective: &[Effective]) -> serde_json::Value {
    let one = |one: &Effective| json!({ "setting": one.key, "values": one.values, "origin": from(&one.origin), "commands": one.commands });
    effective.iter().map(one).collect()
}

/// The variables without an option, for programs.
fn others() -> serde_json::Value {
    let one = |one: Variable| json!({ "variable": one.name, "value": one.value, "origin": from(&one.origin) });
    settings::variables().into_iter().map(one).collect()
}

/// A settings file that lists every setting, commented out.
fn template(command: &clap::Command) -> String {
    let mut text = "# Settings of dscoder. A flag or a DSCODER_ variable overrides these.\n\
         # `dscoder config show` shows the effective settings and their origins.\n\n\
         # Top-level keys apply to every subcommand that has the option.\n"
        .to_owned();
    for (section, argument) in files::all(command) {
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let key = argument.get_long().unwrap_or_default();
        // A key of a table, written so that its line is whole.
        let key = section.map_or_else(|| key.to_owned(), |section| format!("{section}.{key}"));
        text += &format!("\n# {help}\n#{key} = {}\n", example(argument));
    }
    let names: Vec<_> =
        files::sections(command).filter(|one| !one.is_hide_set()).map(clap::Command::get_name).collect();
    text +=
        &format!("\n# Keys of a table apply to one subcommand: {}.\n#[chat]\n#max-tokens = 2048\n", names.join(", "));
    text
}

/// The default of an option, or a placeholder.
fn example(argument: &Arg) -> String {
    // A JSON string is a TOML string too.
    let text = |value: &str| json!(value).to_string();
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        return "false".to_owned();
    }
    let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    // Without a default, a possible value is better than a placeholder.
    let word = || argument.get_possible_values().first().map(|word| word.get_name().to_owned());
    match default.or_else(word) {
        Some(default) if default.parse::<f64>().is_ok() => default,
        Some(default) => text(&default),
        None => {
            let name = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
            match name {
                "N" | "SECONDS" => "1".to_owned(),
                "ADDRESS:PORT" => text("127.0.0.1:8012"),
                _ => text(name),
            }
        }
    }
}
