//! Settings in files: the user's `config.toml`, and the `.dscoder.toml` of a project.
//!
//! A setting is an option of the command line that has an environment variable, so the command line defines the keys,
//! their values and their defaults. A value from a file becomes the default of its option, so flags and the environment
//! override it. Top-level keys apply to every subcommand, keys of a table to the subcommand of that name.
//!
//! A project's file comes from the authors of the project. It may set only [`PROJECT_KEYS`].

use std::error::Error as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::num::ParseIntError;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};
use ignore::WalkBuilder;
use ignore::overrides::OverrideBuilder;
use strsim::levenshtein;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::environment;
use crate::error::{Error, Kind, Result, reason};
use crate::places;
use crate::repository::disk::Disk;
use crate::secrets::redact;
use crate::units::limit;

/// What a project may set: sampling, the length and end of answers, how much the model is shown, and the style of
/// commit messages. Nothing here names a path, a program or a secret, or costs more than the answer.
pub const PROJECT_KEYS: [&str; 14] = [
    "body",
    CONTEXT,
    "context-budget",
    "diff-tokens",
    "max-tokens",
    "min-p",
    "repeat-penalty",
    "seed",
    "stop",
    "style",
    "temperature",
    "top-k",
    "top-p",
    "until",
];

/// The name of a project's file.
pub const PROJECT_FILE: &str = ".dscoder.toml";

/// The files that a project shows to the model: paths within it; only these paths are checked.
const CONTEXT: &str = "context";
/// The setting of adapters, which are files.
const LORA: &str = "lora";
const DRAFT: &str = "draft";
/// The model, which may be a path.
const MODEL: &str = "model";
/// More files than these do not fit into a prompt.
const MAX_CONTEXT: usize = 64;
/// A tree with more entries is not searched.
const MAX_ENTRIES: usize = 50_000;

/// The command whose own settings are in its table only, since their names, such as `log`, say too little at the top; and
/// the beginning of their variables.
const SERVE: (&str, &str) = ("serve", "DSCODER_SERVE_");

/// Settings are a screenful; a longer file is something else.
const MAX_BYTES: u64 = 64 * 1024;

/// The files that settings are read from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsFiles {
    /// The user's file, which may not exist; `None` without a home directory.
    pub user: Option<PathBuf>,
    /// Whether `DSCODER_CONFIG` names it: then it must exist.
    pub is_chosen: bool,
    /// The project's file, if there is one.
    pub project: Option<PathBuf>,
}

impl SettingsFiles {
    /// `DSCODER_CONFIG` or `config.toml` in the configuration directory of the platform, and the nearest `.dscoder.toml`
    /// from the current directory up to the top of its repository; outside of one, in the current directory only.
    #[must_use]
    pub fn of_user() -> SettingsFiles {
        let (user, is_chosen) = places::settings_file().unzip();
        SettingsFiles {
            is_chosen: is_chosen.unwrap_or_default(),
            user,
            project: environment::current_directory().ok().and_then(|directory| project_file(&directory)),
        }
    }

    /// Whether there is anything to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.project.is_none() && !self.is_chosen && self.user.as_deref().is_none_or(is_missing)
    }
}

/// Whether `path` does not exist; a path that cannot be inspected counts as existing.
fn is_missing(path: &Path) -> bool {
    let absent = |error: io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    fs::metadata(path).is_err_and(absent) && fs::symlink_metadata(path).is_err()
}

fn project_file(directory: &Path) -> Option<PathBuf> {
    let mut nearest = None;
    for directory in directory.ancestors() {
        let file = directory.join(PROJECT_FILE);
        if nearest.is_none() && fs::symlink_metadata(&file).is_ok() {
            nearest = Some(file);
        }
        if fs::symlink_metadata(directory.join(".git")).is_ok() {
            return nearest;
        }
    }
    nearest.filter(|file| file.parent() == Some(directory))
}

/// One key of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The subcommand that it is for; `None` is all.
    pub section: Option<String>,
    /// The long name of the option.
    pub key: String,
    /// As they would be on the command line; `true` or `false` for an option without a value.
    pub values: Vec<String>,
    /// The file that has it.
    pub file: PathBuf,
    /// The line in it, from 1 on.
    pub line: usize,
}

impl Setting {
    /// Whether it applies to every command that has its option. A file cannot have both a key and a table `serve`, so this
    /// table may have that key.
    fn is_for_all(&self) -> bool {
        self.section.as_ref().is_none_or(|section| *section == self.key)
    }
}

/// The origin of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingOrigin {
    /// The command line.
    Flag,
    /// A variable of the environment.
    Environment(String),
    /// A line of a file.
    File(PathBuf, usize),
    /// The default.
    Default,
}

impl std::fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SettingOrigin::Flag => write!(f, "command line"),
            SettingOrigin::Environment(name) => write!(f, "{name}"),
            SettingOrigin::File(file, line) => write!(f, "{}:{line}", file.display()),
            SettingOrigin::Default => write!(f, "default"),
        }
    }
}

/// Whether an option can be set in a file.
#[must_use]
pub fn is_setting(argument: &Arg) -> bool {
    argument.get_env().is_some() && argument.get_long().is_some()
}

/// Whether a setting is in the table of its command only.
#[must_use]
pub fn is_own(argument: &Arg) -> bool {
    argument.get_env().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(SERVE.1))
}

/// All settings: those that can be at the top, by name, and then the others, with their tables.
#[must_use]
pub fn all(command: &Command) -> Vec<(Option<&str>, &Arg)> {
    let shared = keys(command).into_iter().filter_map(|key| Some((None, shared_below(command, key)?)));
    let own = sections(command).flat_map(|section| {
        let settings = section.get_arguments().filter(|argument| is_setting(argument) && is_own(argument));
        settings.map(|argument| (Some(section.get_name()), argument))
    });
    shared.chain(own).collect()
}

/// The option that `key` sets at the top, of `command` or else of one of its subcommands.
fn shared_below<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    let shared = option(command, key).filter(|argument| !is_own(argument));
    shared.or_else(|| command.get_subcommands().find_map(|command| shared_below(command, key)))
}

/// The option of `command` that `key` sets.
fn option<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|argument| is_setting(argument) && argument.get_long() == Some(key))
}

/// The option that `key` sets, of `command` or else of one of its subcommands.
#[must_use]
pub fn option_below<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    option(command, key).or_else(|| command.get_subcommands().find_map(|command| option_below(command, key)))
}

/// The names of all settings of `command` and its subcommands, in order.
#[must_use]
pub fn keys(command: &Command) -> Vec<&str> {
    let mut keys: Vec<_> = command.get_arguments().filter(|one| is_setting(one)).filter_map(Arg::get_long).collect();
    keys.extend(command.get_subcommands().flat_map(keys_of));
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn keys_of(command: &Command) -> Vec<&str> {
    keys(command)
}

/// The subcommands that may have a table in a file.
pub fn sections(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !keys(command).is_empty())
}

/// Reads and checks all files. Later settings override earlier ones: the user's, then the project's; in each, the
/// top-level keys, then the tables.
///
/// # Errors
/// [`Kind::Usage`] if a file cannot be read or parsed, or sets what it may not.
pub fn read(files: &SettingsFiles, command: &Command) -> Result<Vec<Setting>> {
    let mut settings = Vec::new();
    if let Some(user) = files.user.as_deref().filter(|user| files.is_chosen || !is_missing(user)) {
        settings.extend(read_one(user, false, command)?);
    }
    if let Some(project) = &files.project {
        settings.extend(read_one(project, true, command)?);
    }
    Ok(settings)
}

/// Reads and checks one file.
///
/// # Errors
/// As [`read`].
pub fn read_one(file: &Path, is_project: bool, command: &Command) -> Result<Vec<Setting>> {
    let refuse = |why: String| Error::new(Kind::Usage, format!("cannot use {}", file.display()), why);
    let failed = |error: io::Error| refuse(reason(&error));
    // A link in a project could lead anywhere, even to an endless file.
    if is_project && !fs::symlink_metadata(file).map_err(failed)?.is_file() {
        return Err(refuse("it is not a regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(file).and_then(|opened| opened.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(refuse(format!("it is larger than {}", limit(MAX_BYTES))));
    }
    let text = String::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8".to_owned()))?;
    parse(&text, file, is_project, command)
}

/// Reads and checks the text of a file.
///
/// # Errors
/// [`Kind::Usage`], with the line, if it cannot be parsed or sets what it may not.
pub fn parse(text: &str, file: &Path, is_project: bool, command: &Command) -> Result<Vec<Setting>> {
    let place = Place { text, file, is_project, command };
    let table = DeTable::parse(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let refused = place.error(start, "not TOML", &error.message().replace('\n', ", "));
        // The only name that is both a key and a table.
        let word = error.span().and_then(|span| text.get(span)).unwrap_or_default();
        let is_both = word.trim_start_matches('[').split(['.', ']', ' ']).next() == Some(SERVE.0);
        if is_both { refused.hint("the key serve can be in the table [serve] too") } else { refused }
    })?;
    let (mut top, mut rest) = (Vec::new(), Vec::new());
    for (key, value) in table.get_ref() {
        let (name, start) = (key.get_ref().as_ref(), key.span().start);
        match value.get_ref() {
            DeValue::Table(inner) => {
                let Some(section) = sections(command).find(|section| section.get_name() == name) else {
                    let known: Vec<_> = sections(command).map(Command::get_name).collect();
                    let why = "there is no such table";
                    return Err(place.error(start, &shown(name), why).hint(similar(name, &known)));
                };
                for (key, value) in inner {
                    let setting = place.setting(Some(section), key, value)?;
                    if setting.is_for_all() { top.push(setting) } else { rest.push(setting) }
                }
            }
            _ => top.push(place.setting(None, key, value)?),
        }
    }
    top.append(&mut rest);
    Ok(top)
}

/// A file that is being read.
struct Place<'a> {
    text: &'a str,
    file: &'a Path,
    is_project: bool,
    command: &'a Command,
}

impl Place<'_> {
    fn line(&self, start: usize) -> usize {
        let before = self.text.as_bytes().get(..start).unwrap_or_default();
        before.iter().filter(|&&byte| byte == b'\n').count() + 1
    }

    fn error(&self, start: usize, what: &str, why: &str) -> Error {
        Error::new(Kind::Usage, format!("{}:{}: {what}", self.file.display(), self.line(start)), why)
    }

    fn setting(
        &self,
        section: Option<&Command>,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Setting> {
        let (name, start) = (key.get_ref().as_ref(), key.span().start);
        let refuse = |why: &str| self.error(start, &shown(name), why);
        let within = section.filter(|section| section.get_name() != name).unwrap_or(self.command);
        let found = match section {
            Some(_) => option_below(within, name),
            None => shared_below(within, name),
        };
        let Some(argument) = found else {
            if self.is_project {
                return Err(refuse("there is no such setting").hint(similar(name, &PROJECT_KEYS)));
            }
            if section.is_none() && option_below(within, name).is_some() {
                return Err(refuse(&format!("it belongs in the table [{}]", SERVE.0)));
            }
            return Err(match section.filter(|_| option_below(self.command, name).is_some()) {
                Some(section) => refuse(&format!("`dscoder {}` has no such setting", section.get_name())),
                None => refuse("there is no such setting").hint(similar(name, &keys(within))),
            });
        };
        if self.is_project && !PROJECT_KEYS.contains(&name) {
            return Err(refuse("a project may not set this, as it may come from a stranger").hint(format!(
                "it may set {}; the rest is for your own file (`dscoder config path`)",
                PROJECT_KEYS.join(", ")
            )));
        }
        let values = self.values(argument, value).map_err(|why| refuse(&why))?;
        check(argument, &values).map_err(|why| refuse(&why))?;
        let values = if self.is_project && name == CONTEXT {
            files_of_project(self.file, &values)
        } else {
            values.iter().map(|value| with_home(argument, value)).collect()
        };
        let values = values.map_err(|why| refuse(&why))?;
        Ok(Setting {
            section: section.map(|section| section.get_name().to_owned()),
            key: name.to_owned(),
            values,
            file: self.file.to_owned(),
            line: self.line(start),
        })
    }

    /// A value as it would be on the command line.
    fn values(&self, argument: &Arg, value: &Spanned<DeValue<'_>>) -> std::result::Result<Vec<String>, String> {
        let one = |value: &DeValue<'_>| match value {
            DeValue::String(text) => Ok(text.as_ref().to_owned()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map(|number| number.to_string())
                .map_err(|_| "too large a number".to_owned()),
            DeValue::Float(number) => Ok(number.as_str().to_owned()),
            _ => Err("a text or a number".to_owned()),
        };
        match (argument.get_action(), value.get_ref()) {
            (ArgAction::SetTrue, DeValue::Boolean(value)) => Ok(vec![value.to_string()]),
            (ArgAction::SetTrue, _) => Err("true or false".to_owned()),
            (ArgAction::Append, DeValue::Array(values)) => values.iter().map(|value| one(value.get_ref())).collect(),
            (_, value) => one(value).map(|value| vec![value]),
        }
    }
}

/// The files that match `patterns` of a project's file, in order: only files of its tree that `--repo` could show too,
/// so none that are outside, hidden, ignored or look like passwords.
fn files_of_project(file: &Path, patterns: &[String]) -> std::result::Result<Vec<String>, String> {
    let directory = file.parent().and_then(|directory| fs::canonicalize(directory).ok());
    let directory = directory.ok_or("its directory cannot be read")?;
    let tree = Disk::new(directory.clone());
    let mut found = Vec::new();
    for pattern in patterns {
        let is_inner = |part: &str| !part.is_empty() && part != ".." && part != ".";
        if !pattern.split('/').all(is_inner)
            || pattern == "~"
            || pattern.starts_with("~/")
            || pattern.contains('\\')
            || pattern.starts_with('!')
        {
            return Err(format!("{} is not a path below the file's directory", shown(pattern)));
        }
        let mut paths =
            if pattern.contains(['*', '?', '[', '{']) { matching(&directory, pattern)? } else { vec![pattern.clone()] };
        paths.retain(|path| tree.text(path).is_ok());
        paths.sort();
        found.extend(paths.iter().filter_map(|path| Some(directory.join(path).to_str()?.to_owned())));
    }
    if found.len() > MAX_CONTEXT {
        return Err(format!("these are {} files, and at most {MAX_CONTEXT} can be shown", found.len()));
    }
    Ok(found)
}

/// The files below `directory` that match a gitignore pattern.
fn matching(directory: &Path, pattern: &str) -> std::result::Result<Vec<String>, String> {
    let wrong = |_| format!("{} is not a pattern", shown(pattern));
    let rooted = format!("/{pattern}");
    let only = OverrideBuilder::new(directory).add(&rooted).and_then(|builder| builder.build()).map_err(wrong)?;
    let mut found = Vec::new();
    for (count, entry) in WalkBuilder::new(directory).overrides(only).follow_links(false).build().enumerate() {
        if count > MAX_ENTRIES {
            return Err(format!("there are too many files to look through for {}", shown(pattern)));
        }
        let Ok(entry) = entry else { continue };
        if entry.file_type().is_some_and(|kind| kind.is_file())
            && let Some(inner) = entry.path().strip_prefix(directory).ok().and_then(Path::to_str)
        {
            found.push(inner.replace('\\', "/"));
        }
    }
    Ok(found)
}

/// A value with its leading `~` replaced if the option takes a path.
///
/// # Errors
/// As [`places::expanded`].
pub fn with_home(argument: &Arg, value: &str) -> std::result::Result<String, String> {
    if matches!(argument.get_long(), Some(MODEL | DRAFT)) {
        return places::expanded_model(value);
    }
    // A scale may follow the file.
    if argument.get_value_hint() != ValueHint::AnyPath && argument.get_long() != Some(LORA) {
        return Ok(value.to_owned());
    }
    let path = places::expanded(value)?.into_os_string();
    path.into_string().map_err(|_| "the home directory is not UTF-8".to_owned())
}

/// Whether an option would take these values.
///
/// # Errors
/// Why not, in words.
pub fn check(argument: &Arg, values: &[String]) -> std::result::Result<(), String> {
    // A separate command with this option, so that no other argument is required.
    let probe = Arg::new("value").long("value").require_equals(true).value_parser(argument.get_value_parser().clone());
    let line = values.iter().map(|value| format!("--value={value}"));
    let parsed =
        Command::new("dscoder").no_binary_name(true).arg(probe.action(ArgAction::Append)).try_get_matches_from(line);
    let Err(error) = parsed else { return Ok(()) };
    let why = match (error.source(), error.get(ContextKind::ValidValue)) {
        (Some(source), _) if source.is::<ParseIntError>() => "a whole number".to_owned(),
        (Some(source), _) => source.to_string(),
        (None, Some(ContextValue::Strings(known))) => format!("one of {}", known.join(", ")),
        (None, _) => "a value that cannot be used".to_owned(),
    };
    // The reason may repeat the value, which may come from a stranger.
    Err(why.chars().flat_map(|letter| if letter.is_control() { vec!['?'] } else { vec![letter] }).collect())
}

/// A word of a file, which may come from a stranger, for a message.
fn shown(word: &str) -> String {
    let plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    let short: String = word.chars().take(60).collect();
    if plain && !word.is_empty() { short } else { format!("{short:?}") }
}

/// The hint for an unknown word.
fn similar(word: &str, known: &[&str]) -> String {
    // A word may be as long as the file.
    let word: String = word.chars().take(64).collect::<String>().to_lowercase().replace('_', "-");
    let nearest = known.iter().min_by_key(|one| levenshtein(&word, one));
    nearest.map_or_else(String::new, |nearest| {
        format!("the most similar name is {nearest}; `dscoder config show` lists all")
    })
}

/// The subcommands in `matches`, outermost first.
fn path(mut matches: &ArgMatches) -> Vec<&str> {
    let mut names = Vec::new();
    while let Some((name, deeper)) = matches.subcommand() {
        names.push(name);
        matches = deeper;
    }
    names
}

/// The settings that apply to the subcommands `path`: the last one for each key.
fn holding<'a>(settings: &'a [Setting], path: &[&str]) -> Vec<&'a Setting> {
    let mut found: Vec<&Setting> = Vec::new();
    for setting in settings {
        if setting.is_for_all() || setting.section.as_deref() == path.first().copied() {
            found.retain(|earlier| earlier.key != setting.key);
            found.push(setting);
        }
    }
    found
}

/// Makes those of `settings` that apply to `matches` the defaults of `command`, and returns them. A setting that
/// conflicts with a flag or a variable is dropped.
#[must_use]
pub fn apply<'a>(mut command: Command, matches: &ArgMatches, settings: &'a [Setting]) -> (Command, Vec<&'a Setting>) {
    let path = path(matches);
    let mut used = Vec::new();
    for setting in holding(settings, &path) {
        // The outermost command that has the option, which passes it on to its subcommands.
        let (mut level, mut at, mut given) = (0, &command, matches);
        let found = loop {
            if let Some(argument) = option(at, &setting.key) {
                break Some(argument);
            }
            let Some(name) = path.get(level) else { break None };
            let (Some(deeper), Some(given_deeper)) = (at.find_subcommand(name), given.subcommand_matches(name)) else {
                break None;
            };
            (level, at, given) = (level + 1, deeper, given_deeper);
        };
        let Some(argument) = found else { continue };
        let is_given = |other: &Arg| {
            let source = given.value_source(other.get_id().as_str());
            matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable))
        };
        let contradicts = |other: &Arg| {
            at.get_arg_conflicts_with(other).iter().any(|one| one.get_id() == argument.get_id())
                || at.get_arg_conflicts_with(argument).iter().any(|one| one.get_id() == other.get_id())
        };
        if is_own(argument) && setting.section.is_none() {
            continue;
        }
        if is_given(argument) || at.get_arguments().any(|other| is_given(other) && contradicts(other)) {
            continue;
        }
        let id = argument.get_id().as_str().to_owned();
        command = with_default(command, path.get(..level).unwrap_or_default(), &id, &setting.values);
        used.push(setting);
    }
    (command, used)
}

fn with_default(command: Command, path: &[&str], id: &str, values: &[String]) -> Command {
    match path.split_first() {
        None => command.mut_arg(id, |argument| argument.default_values(values.to_vec())),
        Some((name, rest)) => command.mut_subcommand(name, |command| with_default(command, rest, id, values)),
    }
}

/// An effective value, and its subcommands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// The long name of the option.
    pub key: String,
    /// As on the command line but without secrets; empty if nothing is set.
    pub values: Vec<String>,
    /// Its origin.
    pub origin: SettingOrigin,
    /// `complete`, `git message` …
    pub commands: Vec<String>,
    /// Whether these are all that have the setting.
    pub is_all: bool,
}

impl Effective {
    /// The values, for a line of text.
    #[must_use]
    pub fn shown(&self) -> String {
        let one = |value: &String| {
            let plain = !value.is_empty() && !value.chars().any(|letter| letter.is_control() || letter == ' ');
            if plain { value.clone() } else { format!("{value:?}") }
        };
        if self.values.is_empty() { "-".to_owned() } else { self.values.iter().map(one).collect::<Vec<_>>().join(", ") }
    }
}

/// The variables of all options of `command` and its subcommands.
#[must_use]
pub fn variables(command: &Command) -> Vec<String> {
    let own = command.get_arguments().filter_map(|argument| Some(argument.get_env()?.to_string_lossy().into_owned()));
    own.chain(command.get_subcommands().flat_map(variables)).collect()
}

/// The settings of a run without flags: each with its values, one for each group of subcommands that share it.
///
/// # Errors
/// [`Kind::Usage`] if an environment variable has a value that its option rejects.
pub fn effective(command: &Command, settings: &[Setting]) -> Result<Vec<Effective>> {
    let mut found = Vec::new();
    for key in keys(command) {
        let mut groups: Vec<Effective> = Vec::new();
        collect(command, &mut Vec::new(), key, settings, &mut groups)?;
        let alone = groups.len() == 1;
        groups.iter_mut().for_each(|group| group.is_all = alone);
        found.append(&mut groups);
    }
    Ok(found)
}

fn collect<'a>(
    command: &'a Command,
    path: &mut Vec<&'a str>,
    key: &str,
    settings: &[Setting],
    groups: &mut Vec<Effective>,
) -> Result<()> {
    if let Some(argument) = option(command, key) {
        let (values, origin) = value(argument, path, key, settings)?;
        let values: Vec<_> = values.iter().map(|value| redact(value)).collect();
        let name = path.join(" ");
        match groups.iter_mut().find(|group| group.values == values && group.origin == origin) {
            Some(group) => group.commands.push(name),
            None => {
                groups.push(Effective { key: key.to_owned(), values, origin, commands: vec![name], is_all: false });
            }
        }
    }
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        path.push(inner.get_name());
        collect(inner, path, key, settings, groups)?;
        path.pop();
    }
    Ok(())
}

fn value(argument: &Arg, path: &[&str], key: &str, settings: &[Setting]) -> Result<(Vec<String>, SettingOrigin)> {
    let name = argument.get_env().unwrap_or_default();
    if let Some(value) = environment::variable(&name.to_string_lossy()) {
        let (name, value) = (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned());
        let wrong = |why| Error::new(Kind::Usage, name.clone(), why);
        let value = with_home(argument, &value).map_err(wrong)?;
        check(argument, std::slice::from_ref(&value)).map_err(wrong)?;
        return Ok((vec![value], SettingOrigin::Environment(name)));
    }
    let applies = |setting: &&Setting| setting.key == key && (setting.section.is_some() || !is_own(argument));
    if let Some(setting) = holding(settings, path).into_iter().find(applies) {
        return Ok((setting.values.clone(), SettingOrigin::File(setting.file.clone(), setting.line)));
    }
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let unset = matches!(argument.get_action(), ArgAction::SetTrue) && defaults.is_empty();
    Ok((if unset { vec!["false".to_owned()] } else { defaults }, SettingOrigin::Default))
}
