//! `dscoder config`: the settings that hold, and the files that they come from.

use std::fs;
use std::io;
use std::path::Path;
use std::process;

use clap::{Arg, ArgAction};
use serde_json::json;

use crate::cmd::models::table;
use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::settings::files::{self, Effective, SettingOrigin, SettingsFiles};
use crate::settings::{self, Variable};
use crate::storage::NewFile;
use crate::term::{self, Term};

/// Show and change settings
///
/// A flag comes before its DSCODER_ variable, that before the project's .dscoder.toml, that before your config.toml, and
/// that before the default. Without a subcommand, config shows what holds.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  dscoder config
  dscoder config init && dscoder config edit
  dscoder config show --json | jq -r '.settings[].setting'")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
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
    /// Print the path of your settings file, and on a second line that of the project where there is one
    #[command(after_help = "Examples:\n  cat \"$(dscoder config path | head -n 1)\"")]
    Path,
    /// Open your settings file in $VISUAL or $EDITOR, and check it afterwards
    ///
    /// Where there is none yet, it is written as by config init.
    #[command(after_help = "Examples:\n  dscoder config edit\n  EDITOR=nano dscoder config edit")]
    Edit,
    /// Write a settings file that explains every setting and sets none
    #[command(after_help = "Examples:\n  dscoder config init\n  DSCODER_CONFIG=here.toml dscoder config init")]
    Init {
        /// Overwrite the one that is there
        #[arg(long)]
        force: bool,
    },
}

/// Runs it; `command` is the whole command line, which knows all settings.
///
/// # Errors
/// [`Kind::Usage`] where a settings file or variable is wrong, [`Kind::CantCreate`] where one cannot be written.
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
                    "it is there already",
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
        Error::new(Kind::NoInput, "there is no place for a settings file", "there is no home directory")
            .hint("DSCODER_CONFIG names one")
    })
}

/// What `config init` can have found there meanwhile is not overwritten without `replace`.
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
            .hint("VISUAL and EDITOR say which one is used")
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
        let commands = if one.is_all { "all that have it".to_owned() } else { one.commands.join(", ") };
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

/// What only the environment sets, for programs.
fn others() -> serde_json::Value {
    let one = |one: Variable| json!({ "variable": one.name, "value": one.value, "origin": from(&one.origin) });
    settings::variables().into_iter().map(one).collect()
}

/// A settings file that says everything and sets nothing.
fn template(command: &clap::Command) -> String {
    let mut text = "# Settings of dscoder. A flag or its DSCODER_ variable comes before what is here.\n\
         # `dscoder config show` says what holds and where it comes from.\n\n\
         # Keys up here hold for every subcommand that has the option.\n"
        .to_owned();
    for key in files::keys(command) {
        let Some(argument) = files::option_below(command, key) else { continue };
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        text += &format!("\n# {help}\n#{key} = {}\n", example(argument));
    }
    let names: Vec<_> =
        files::sections(command).filter(|one| !one.is_hide_set()).map(clap::Command::get_name).collect();
    text +=
        &format!("\n# Keys of a table hold for one subcommand: {}.\n#[chat]\n#max-tokens = 2048\n", names.join(", "));
    text
}

/// The value that an option has without a file, or a word for it.
fn example(argument: &Arg) -> String {
    // A string of JSON is one of TOML too.
    let text = |value: &str| json!(value).to_string();
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        return "false".to_owned();
    }
    let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    // Without a default, one of a few words is better than a name for them.
    let word = || argument.get_possible_values().first().map(|word| word.get_name().to_owned());
    match default.or_else(word) {
        Some(default) if default.parse::<f64>().is_ok() => default,
        Some(default) => text(&default),
        None => {
            let name = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
            if name == "N" || name == "SECONDS" { "1".to_owned() } else { text(name) }
        }
    }
}
