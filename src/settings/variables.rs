//! Variables of options: empty ones count as unset, flags override them, and errors name them.

use std::ffi::{OsStr, OsString};

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command};

use crate::environment;
use crate::error::{Error, Kind};
use crate::secrets::redact;
use crate::settings::files;

/// A command line that cannot be used.
#[derive(Debug)]
pub enum Refusal {
    /// A help text, or an error on the command line.
    Clap(Box<clap::Error>),
    /// A variable has a value that its option rejects.
    Variable(Error),
}

/// Parses `argv`, with the variables of the environment. Returns `command` without the variables that do not count: empty
/// ones, and those that contradict a flag.
///
/// # Errors
/// See [`Refusal`].
pub fn parse(command: Command, argv: &[OsString]) -> Result<(Command, ArgMatches), Refusal> {
    let set = files::variables(&command);
    let mut ignored: Vec<String> = set.into_iter().filter(|name| environment::is_empty(name)).collect();
    loop {
        let effective = without(command.clone(), &ignored);
        let error = match effective.clone().try_get_matches_from(argv) {
            Ok(matches) => return Ok((effective, matches)),
            Err(error) => error,
        };
        match error.kind() {
            // Help shows all variables.
            ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !ignored.is_empty() => {
                return Err(Refusal::Clap(Box::new(command.try_get_matches_from(argv).err().unwrap_or(error))));
            }
            ErrorKind::ArgumentConflict => match culprits(&effective, argv, &error).as_slice() {
                [] => return Err(Refusal::Clap(Box::new(error))),
                [one] => ignored.push(one.name.clone()),
                [first, second, ..] => {
                    let what = format!("{} contradicts {}", first.name, second.name);
                    return Err(Refusal::Variable(Error::new(Kind::Usage, what, "").hint("unset one of them")));
                }
            },
            ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8 => {
                return Err(match culprits(&effective, argv, &error).first() {
                    Some(culprit) => Refusal::Variable(culprit.error()),
                    None => Refusal::Clap(Box::new(error)),
                });
            }
            _ => return Err(Refusal::Clap(Box::new(error))),
        }
    }
}

/// `command`, whose options do not look at the variables `names`.
fn without(command: Command, names: &[String]) -> Command {
    if names.is_empty() {
        return command;
    }
    let is_one = |argument: &Arg| {
        argument.get_env().and_then(OsStr::to_str).is_some_and(|name| names.iter().any(|one| one == name))
    };
    command
        .mut_args(
            |argument| {
                if is_one(&argument) { argument.env(Resettable::<clap::builder::OsStr>::Reset) } else { argument }
            },
        )
        .mut_subcommands(|inner| without(inner, names))
}

/// A variable whose value causes an error.
struct Culprit {
    name: String,
    argument: Arg,
}

impl Culprit {
    fn error(&self) -> Error {
        let value = environment::variable(&self.name).unwrap_or_default();
        let why = match value.to_str() {
            Some(text) => files::with_home(&self.argument, text)
                .and_then(|text| files::check(&self.argument, &[text]))
                .err()
                .unwrap_or_default(),
            None => "it is not UTF-8".to_owned(),
        };
        Error::new(Kind::Usage, format!("{} is {:?}", self.name, redact(&value.to_string_lossy())), why)
    }
}

/// The variables of the options that `error` names, without which there is another error or none.
fn culprits(command: &Command, argv: &[OsString], error: &clap::Error) -> Vec<Culprit> {
    let named: Vec<&str> =
        [ContextKind::InvalidArg, ContextKind::PriorArg].iter().flat_map(|&kind| names(error.get(kind))).collect();
    let mut found = Vec::new();
    collect(command, &named, &mut found);
    found.retain(|culprit: &Culprit| {
        let again = without(command.clone(), std::slice::from_ref(&culprit.name)).try_get_matches_from(argv);
        again.err().is_none_or(|other| other.to_string() != error.to_string())
    });
    found
}

/// The long names of the options in this part of an error, such as `--temperature <X>`.
fn names(value: Option<&ContextValue>) -> Vec<&str> {
    let all = match value {
        Some(ContextValue::String(one)) => std::slice::from_ref(one),
        Some(ContextValue::Strings(all)) => all,
        _ => &[],
    };
    let name = |shown: &str| shown.split([' ', '=', '[']).next().map(str::len);
    all.iter().filter_map(|shown| shown.get(..name(shown)?)?.strip_prefix("--")).collect()
}

/// The options of `command` and its subcommands with a variable that is set: those of `named` or, if an error names
/// none, those whose value is not UTF-8. Options of the same variable count once.
fn collect(command: &Command, named: &[&str], found: &mut Vec<Culprit>) {
    for argument in command.get_arguments() {
        let (Some(variable), Some(long)) = (argument.get_env().and_then(OsStr::to_str), argument.get_long()) else {
            continue;
        };
        let Some(value) = environment::variable(variable) else { continue };
        let is_meant = if named.is_empty() { value.to_str().is_none() } else { named.contains(&long) };
        if is_meant && found.iter().all(|one| one.name != variable) {
            found.push(Culprit { name: variable.to_owned(), argument: argument.clone() });
        }
    }
    command.get_subcommands().for_each(|inner| collect(inner, named, found));
}
