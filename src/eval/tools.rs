//! The compilers and interpreters of this machine, and whether they run where programs are shut in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use crate::cancel::Cancel;
use crate::environment;
use crate::error::{Error, Result};
use crate::eval::program::{self, JAVATUPLES, Program, Step, Tool};
use crate::eval::sandbox::room::Room;
use crate::eval::sandbox::{Job, Limits, Sandbox, variables};
use crate::eval::suite::Language;
use crate::places;

/// How long a tool may take to say its version.
const PATIENCE: Duration = Duration::from_secs(30);

/// A tool that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    program: PathBuf,
    readable: Vec<PathBuf>,
    variables: Vec<(String, String)>,
    /// Whether only root can read it.
    is_private: bool,
}

/// What runs programs on this machine.
#[derive(Debug)]
pub struct Machine {
    /// What shuts them in.
    pub sandbox: Sandbox,
    /// Each tool, or why it cannot be run.
    tools: BTreeMap<Tool, std::result::Result<Found, String>>,
    /// Whether the Python here has numpy.
    has_numpy: bool,
    /// The library that Java programs import.
    javatuples: PathBuf,
}

/// What Python says about itself.
#[derive(Debug, Deserialize)]
struct Python {
    executable: PathBuf,
    readable: Vec<PathBuf>,
    user_base: String,
    numpy: bool,
}

const ABOUT_PYTHON: &str = "\
import importlib.util, json, os, site, sys
found = importlib.util.find_spec('numpy') is not None
paths = [path for path in sys.path if path and os.path.exists(path)]
prefixes = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]
print(json.dumps(dict(executable=os.path.abspath(sys.executable), readable=paths + prefixes, user_base=site.getuserbase(),
                      numpy=found)))
";

impl Machine {
    /// Finds the tools for programs in `languages`.
    ///
    /// # Errors
    /// As [`Sandbox::run`].
    pub fn new(sandbox: Sandbox, languages: &[Language], javatuples: PathBuf, cancel: &Cancel) -> Result<Machine> {
        let mut machine = Machine { sandbox, tools: BTreeMap::new(), has_numpy: false, javatuples };
        for &tool in languages.iter().flat_map(|&language| program::tools(language)) {
            if !machine.tools.contains_key(&tool) {
                let found = machine.find(tool, cancel)?;
                machine.tools.insert(tool, found);
            }
        }
        Ok(machine)
    }

    /// Why a program cannot be run here.
    #[must_use]
    pub fn lacks(&self, program: &Program) -> Option<String> {
        let tools = program::tools(program.language).iter();
        let missing = tools.filter_map(|tool| self.tools.get(tool)?.as_ref().err()).next().cloned();
        missing
            .or_else(|| {
                let needed = program.needs_numpy && !self.has_numpy;
                needed.then(|| "python3 has no numpy; install it: python3 -m pip install numpy".to_owned())
            })
            .or_else(|| {
                let needed = program.language == Language::Java && !self.javatuples.is_file();
                needed.then(|| "javatuples is missing; download it: dscoder eval fetch humaneval-java".to_owned())
            })
    }

    /// Writes what a program needs into its directory, besides its own file.
    ///
    /// # Errors
    /// [`NoInput`](crate::error::Kind::NoInput) or [`Io`](crate::error::Kind::Io).
    pub fn furnish(&self, language: Language, room: &Room) -> Result<()> {
        if language == Language::Java {
            let library = std::fs::read(&self.javatuples).map_err(|error| Error::reading(&self.javatuples, &error))?;
            room.write(JAVATUPLES, library)?;
        }
        Ok(())
    }

    /// What to run for a step.
    #[must_use]
    pub fn job(&self, step: &Step, arguments: &[String], room: &Room) -> Option<Job> {
        let made;
        let found = match step.tool {
            Tool::Made => {
                made = Found {
                    program: room.path().join("program"),
                    readable: Vec::new(),
                    variables: Vec::new(),
                    is_private: false,
                };
                &made
            }
            tool => self.tools.get(&tool)?.as_ref().ok()?,
        };
        Some(found.job(room, arguments.to_vec(), step.tool))
    }

    /// Whether what runs the programs of a language was installed for root alone.
    #[must_use]
    pub fn is_private(&self, language: Language) -> bool {
        program::tools(language).iter().any(|tool| matches!(self.tools.get(tool), Some(Ok(found)) if found.is_private))
    }

    fn find(&mut self, tool: Tool, cancel: &Cancel) -> Result<std::result::Result<Found, String>> {
        let name = tool.command();
        let Some(path) = environment::find_program(name) else { return Ok(Err(format!("{name} is not here"))) };
        let mut found = match tool {
            Tool::Python => match about_python(&path) {
                Ok(python) => {
                    self.has_numpy = python.numpy;
                    let user_base = ("PYTHONUSERBASE".to_owned(), python.user_base);
                    Found {
                        program: python.executable,
                        readable: python.readable,
                        variables: vec![user_base],
                        is_private: false,
                    }
                }
                Err(why) => return Ok(Err(format!("{} cannot be run: {why}", path.display()))),
            },
            _ => {
                let program = path.canonicalize().unwrap_or(path);
                let readable = around(&program);
                Found { program, readable, variables: Vec::new(), is_private: false }
            }
        };
        let mut said = String::new();
        for is_private in [false, true] {
            if is_private && self.sandbox.user().is_none() {
                break;
            }
            found.is_private = is_private;
            let sandbox = if is_private { self.sandbox.reading_all() } else { self.sandbox.clone() };
            let room = Room::new(&sandbox)?;
            let test: &[&str] = match tool {
                Tool::Python if self.has_numpy => &["-c", "import numpy"],
                Tool::Python => &["-c", ""],
                Tool::Java | Tool::Javac => &["-version"],
                Tool::Php => &["-v"],
                _ => &["--version"],
            };
            let job = found.job(&room, test.iter().map(ToString::to_string).collect(), tool);
            let limits = Limits { may_reserve: tool.reserves_memory(), ..Limits::new(PATIENCE) };
            let ran = sandbox.run(&job, limits, cancel)?;
            if ran.end == crate::eval::sandbox::End::Succeeded {
                return Ok(Ok(found));
            }
            said = String::from_utf8_lossy(&ran.stderr).lines().last().unwrap_or_default().to_owned();
        }
        Ok(Err(format!("{} does not run in the sandbox: {said}", found.program.display())))
    }
}

impl Found {
    fn job(&self, room: &Room, arguments: Vec<String>, tool: Tool) -> Job {
        let mut variables = variables(room.path());
        variables.extend(self.variables.iter().cloned());
        Job {
            directory: room.path().to_owned(),
            program: Some(self.program.clone()),
            arguments,
            variables,
            readable: self.readable.clone(),
            is_compiler: tool.is_compiler(),
        }
    }
}

/// Asks Python itself, since the command may only be a script that finds it.
fn about_python(path: &Path) -> std::result::Result<Python, String> {
    let output = Command::new(path)
        .args(["-c", ABOUT_PYTHON])
        .stdin(Stdio::null())
        .current_dir(environment::temporary_directory())
        .output()
        .map_err(|error| crate::error::reason(&error))?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        let said = String::from_utf8_lossy(&output.stderr);
        said.lines().last().unwrap_or("it says nothing").to_owned()
    })
}

/// What a program that lies outside of the system's directories needs: what it was installed with.
fn around(program: &Path) -> Vec<PathBuf> {
    let home = places::home();
    let is_wide = |path: &Path| path.parent().is_none() || home.as_deref().is_some_and(|home| home.starts_with(path));
    let directory = program.parent();
    let prefix = directory.filter(|path| path.ends_with("bin")).and_then(Path::parent);
    let chosen = prefix.or(directory).filter(|path| !is_wide(path));
    vec![chosen.unwrap_or(program).to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_read_with_what_it_was_installed_with() {
        assert_eq!(around(Path::new("/x/node/v20/bin/node")), [Path::new("/x/node/v20")]);
        assert_eq!(around(Path::new("/x/tools/node")), [Path::new("/x/tools")]);
        assert_eq!(around(Path::new("/node")), [Path::new("/node")]);
        if let Some(home) = places::home() {
            assert_eq!(around(&home.join("bin/node")), [home.join("bin/node")]);
            assert_eq!(around(&home.join("node")), [home.join("node")]);
        }
    }
}
