//! `dscoder git review`: advice on a diff.

use crate::cancel::Cancel;
use crate::cmd::git::ask::{Ask, ask_about};
use crate::error::{Error, Kind, Result};
use crate::git;
use crate::git::diff::Diff;
use crate::model::Task;
use crate::model::family::Flavour;
use crate::prompt::commit;
use crate::settings::Settings;
use crate::settings::flags::GenerateFlags;
use crate::term::{self, Term};

/// Review the staged changes, a range of commits, or a diff on stdin
///
/// Prints findings as lines of the form FILE:LINE: TEXT. They are advice: the exit code is 0 whatever they are. Without
/// RANGE, the diff on stdin is reviewed if stdin begins like one; otherwise the staged changes or, if there are none, the
/// unstaged ones.
#[derive(Debug, clap::Args)]
#[command(mut_arg("max_tokens", |argument| argument.default_value("512")))]
#[command(after_help = "Examples:
  dscoder git review
  dscoder git review main..HEAD
  git show | dscoder git review")]
pub struct Args {
    /// Commits, as git diff takes them: HEAD~3, main..topic; - reads a diff from stdin
    pub range: Option<String>,

    /// Show the model at most N tokens of the diff
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = 4096, env = "DSCODER_GIT_DIFF_TOKENS",
          hide_env_values = true, help_heading = "Review",
          value_parser = clap::value_parser!(u32).range(64..=1_000_000))]
    pub diff_tokens: u32,

    /// The flags that all generating subcommands share.
    #[command(flatten)]
    pub flags: GenerateFlags,
}

/// Runs it.
///
/// # Errors
/// [`Kind::NoInput`] if nothing has changed; errors from git, from the model and from writing.
pub fn run(args: &Args, term: &mut Term, cancel: &Cancel) -> Result<()> {
    let settings = args.flags.settings()?;
    let diff = diff(args, term)?;
    let findings = advise(&diff, args.diff_tokens, &settings, term, cancel)?;
    if args.flags.output.is_json() {
        let line = serde_json::to_string(&findings).unwrap_or_default();
        return term::write::print(&format!("{line}\n")).map(drop);
    }
    if findings.is_empty() {
        term.note("no findings");
    }
    let text: String = findings.iter().map(|finding| format!("{}\n", finding.text())).collect();
    term.answer(text.as_bytes()).map(drop)
}

fn diff(args: &Args, term: &Term) -> Result<Diff> {
    let nothing = |what: &str, hint: &str| Error::new(Kind::NoInput, what, "").hint(hint);
    if args.range.as_deref() == Some("-") {
        return crate::cmd::git::dashed(term);
    }
    if let Some(range) = &args.range {
        if range.starts_with('-') {
            return Err(Error::new(Kind::Usage, format!("{range:?} is not a range of commits"), ""));
        }
        let diff = git::diff(&[range, "--"])?;
        return if diff.is_empty() {
            Err(nothing(&format!("{range} changes nothing"), "give another range, such as HEAD~3"))
        } else {
            Ok(diff)
        };
    }
    if let Some(diff) = crate::cmd::git::piped("the changes of the work tree are reviewed", term)? {
        return Ok(diff);
    }
    for arguments in [&["--cached"][..], &[]] {
        let diff = git::diff(arguments)?;
        if !diff.is_empty() {
            return Ok(diff);
        }
    }
    Err(nothing("nothing has changed", "give a range, such as HEAD~3"))
}

/// A finding of the model.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line in the new file.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

impl Finding {
    /// As compilers print it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}:{}: {}", self.file, self.line, self.text)
    }
}

/// Asks the model for a review.
///
/// # Errors
/// Errors from the model.
pub fn advise(diff: &Diff, budget: u32, settings: &Settings, term: &mut Term, cancel: &Cancel) -> Result<Vec<Finding>> {
    let source = crate::run::model::open(&settings.engine, Flavour::Instruct, term)?;
    source.require(Task::Chat, settings.engine.force)?;
    let ask = Ask { text: &commit::review, budget, numbered: true, many_lines: true };
    let answer = ask_about(&source, diff, &ask, settings, term, cancel)?;
    Ok(findings(&answer, diff))
}

/// The lines of `answer` that name a file of `diff` and a line.
fn findings(answer: &str, diff: &Diff) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for line in answer.lines() {
        let line: String = line.chars().filter(|character| !character.is_control()).collect();
        let line = line.trim().trim_start_matches(['-', '*', '`', ' ']);
        // The longest name first: one may end as another does.
        let named = diff.files.iter().filter(|file| !file.path.is_empty()).filter_map(|file| {
            let rest = line.strip_prefix("b/").unwrap_or(line).strip_prefix(&file.path)?;
            Some((file, rest.trim_start_matches('`').strip_prefix(':')?))
        });
        let Some((file, rest)) = named.max_by_key(|(file, _)| file.path.len()) else { continue };
        let digits = rest.trim_start();
        let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
        let Ok(number) = digits[..end].parse() else { continue };
        let text = digits[end..].trim_start_matches(['`', ':', '-', ',', ' ']).trim();
        let finding = Finding { file: file.path.clone(), line: number, text: text.to_owned() };
        if !text.is_empty() && !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_name_files_of_the_diff() {
        let diff = "--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n--- a/d: e\n+++ b/d: e\n@@ -1 +1 @@\n-a\n+b\n";
        let diff = Diff::read(diff.as_bytes()).expect("read");
        let answer = "Sure:\nx.c:3: a: b\n- `x.c:4`: c\nb/x.c: 5 - d\nx.c:3: a: b\ny.c:1: no\nx.c:z: no\nx.c:9:\nd: e:2: f\n\
                      x.c:99999999999999999999: no\nno findings\n";
        let found: Vec<_> = findings(answer, &diff).iter().map(Finding::text).collect();
        assert_eq!(found, ["x.c:3: a: b", "x.c:4: c", "x.c:5: d", "d: e:2: f"]);
    }
}
