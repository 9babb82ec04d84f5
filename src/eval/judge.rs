//! Finds out whether samples are right: runs their programs, several at a time and equal ones once, or compares them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::eval::problem::{Problem, Question};
use crate::eval::program::{Program, Rule, Word};
use crate::eval::sample::Sample;
use crate::eval::sandbox::room::Room;
use crate::eval::sandbox::{End, Limits, Ran};
use crate::eval::score::{Exact, Outcome, Score};
use crate::eval::tools::Machine;

/// What became of a program, and how long it took.
type Verdict = (Outcome, Duration);

/// Told how many programs of how many are done.
pub type Progress<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// Runs a program.
///
/// # Errors
/// As [`Sandbox::run`](crate::eval::sandbox::Sandbox::run).
pub fn run(program: &Program, machine: &Machine, number: usize, cancel: &Cancel) -> Result<Verdict> {
    if machine.lacks(program).is_some() {
        return Ok((Outcome::CannotRun, Duration::ZERO));
    }
    let sandbox =
        if machine.is_private(program.language) { machine.sandbox.reading_all() } else { machine.sandbox.clone() };
    let sandbox = sandbox.numbered(number);
    let room = Room::new(&sandbox)?;
    let word = Word::new([random(), random()]);
    room.write(program.file(), program.with_word(word))?;
    machine.furnish(program.language, &room)?;
    let mut time = Duration::ZERO;
    let mut left = program.limit;
    for (index, step) in program.steps.iter().enumerate() {
        let mut ran = None;
        for arguments in [Some(&step.arguments), step.otherwise.as_ref()].into_iter().flatten() {
            let Some(job) = machine.job(step, arguments, &room) else {
                return Ok((Outcome::CannotRun, Duration::ZERO));
            };
            let limits = Limits { may_reserve: step.tool.reserves_memory(), ..Limits::new(step.limit.unwrap_or(left)) };
            let this = sandbox.run(&job, limits, cancel)?;
            time += this.time;
            if step.limit.is_none() {
                left = left.saturating_sub(this.time);
            }
            let is_done = this.end != End::Failed;
            ran = Some(this);
            if is_done {
                break;
            }
        }
        let Some(ran) = ran else { continue };
        let is_last = index + 1 == program.steps.len();
        if !is_last && ran.end == End::Succeeded {
            continue;
        }
        return Ok((if is_last { outcome(&ran, program.rule, word) } else { plain(ran.end) }, time));
    }
    Ok((Outcome::Failed, time))
}

/// The outcome of a program that did not get to the end of its tests.
fn plain(end: End) -> Outcome {
    match end {
        End::Succeeded => Outcome::NotFinished,
        End::Failed => Outcome::Failed,
        End::TimedOut => Outcome::TimedOut,
        End::TooMuch => Outcome::TooMuch,
        End::TooMuchOutput => Outcome::TooMuchOutput,
    }
}

/// The outcome of a program that ran.
fn outcome(ran: &Ran, rule: Rule, word: Word) -> Outcome {
    let is_over = match rule {
        Rule::Exit | Rule::Silent => ran.end == End::Succeeded,
        Rule::NoFail => matches!(ran.end, End::Succeeded | End::Failed),
    };
    let Some(rest) = word.before(&ran.stdout).filter(|_| is_over) else { return plain(ran.end) };
    let is_right = match rule {
        Rule::Exit => true,
        Rule::Silent => rest.is_empty() && ran.stderr.is_empty(),
        Rule::NoFail => !String::from_utf8_lossy(&ran.stderr).contains("Fail"),
    };
    if is_right { Outcome::Passed } else { Outcome::Failed }
}

fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

/// Whether a hole is filled with what was in it, apart from white space around it.
#[must_use]
pub fn exact(completion: &str, reference: &str) -> Exact {
    let first = |text: &str| text.trim().lines().next().unwrap_or_default().trim_end().to_owned();
    Exact { first_line: first(completion) == first(reference), whole: completion.trim() == reference.trim() }
}

/// Scores samples, each with its problem; the scores come in the same order. Without a machine nothing is run: then only
/// holes are compared, and what would have to be run counts as [`Outcome::CannotRun`].
///
/// # Errors
/// As [`run`]; [`Kind::Signal`](crate::error::Kind::Signal) if `cancel` was set.
pub fn scores(
    samples: Vec<(&Problem, Sample)>,
    machine: Option<&Machine>,
    jobs: usize,
    limit: Option<Duration>,
    cancel: &Cancel,
    progress: &Progress<'_>,
) -> Result<Vec<Score>> {
    // Many samples are equal, of gold answers most.
    let mut programs: Vec<Program> = Vec::new();
    let mut known: HashMap<Program, usize> = HashMap::new();
    let numbers: Vec<Option<usize>> = samples
        .iter()
        .map(|(problem, sample)| {
            let mut program = Program::new(problem, &sample.completion, sample.form).filter(|_| machine.is_some())?;
            program.limit = limit.unwrap_or(program.limit);
            Some(*known.entry(program).or_insert_with_key(|program| {
                programs.push(program.clone());
                programs.len() - 1
            }))
        })
        .collect();
    let verdicts = match machine {
        Some(machine) => run_all(&programs, machine, jobs, cancel, progress)?,
        None => Vec::new(),
    };
    let score = |((problem, sample), number): ((&Problem, Sample), Option<usize>)| {
        let exact = reference(problem, &sample).map(|reference| exact(&sample.completion, reference));
        let (result, time) = match (number.map(|number| verdicts[number]), exact) {
            (Some(verdict), _) => verdict,
            (None, Some(exact)) if !problem.suite.runs_programs() => {
                (if exact.first_line { Outcome::Passed } else { Outcome::Failed }, Duration::ZERO)
            }
            (None, _) => (Outcome::CannotRun, Duration::ZERO),
        };
        let sample = Sample { suite: Some(problem.suite), ..sample };
        let seconds = (time.as_secs_f64() * 1000.0).round() / 1000.0;
        Score { sample, result, passed: result.is_passed(), seconds, exact }
    };
    Ok(samples.into_iter().zip(numbers).map(score).collect())
}

/// What was in the hole of a problem.
fn reference<'a>(problem: &'a Problem, sample: &'a Sample) -> Option<&'a str> {
    match problem.question {
        Question::Hole { .. } => sample.reference.as_deref().or(problem.reference.as_deref()),
        _ => None,
    }
}

fn run_all(
    programs: &[Program],
    machine: &Machine,
    jobs: usize,
    cancel: &Cancel,
    progress: &Progress<'_>,
) -> Result<Vec<Verdict>> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let verdicts = Mutex::new(vec![None; programs.len()]);
    let failed = Mutex::new(None);
    let work = |number: usize| {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(program) = programs.get(index).filter(|_| !cancel.is_set()) else { return };
            match run(program, machine, number, cancel) {
                Ok(verdict) => {
                    verdicts.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(verdict);
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    progress(done, programs.len());
                }
                Err(error) => {
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    // The others end too.
                    next.store(programs.len(), Ordering::Relaxed);
                    return;
                }
            }
        }
    };
    thread::scope(|scope| {
        for number in 0..jobs.clamp(1, programs.len().max(1)) {
            scope.spawn(move || work(number));
        }
    });
    if let Some(cause) = cancel.cause() {
        return Err(Error::stopped(cause));
    }
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let verdicts = verdicts.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(verdicts.into_iter().map(|verdict| verdict.unwrap_or((Outcome::CannotRun, Duration::ZERO))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes() {
        let word = Word::new([3, 4]);
        let ran = |end, stdout: String, stderr: &str| Ran {
            end,
            stdout: stdout.into_bytes(),
            stderr: stderr.as_bytes().to_vec(),
            time: Duration::ZERO,
        };
        let good = || format!("\n{}\n", word.text());
        for (end, stdout, stderr, expected) in [
            (End::Succeeded, good(), "", [Outcome::Passed; 3]),
            (End::Succeeded, String::new(), "", [Outcome::NotFinished; 3]),
            (End::Failed, String::new(), "", [Outcome::Failed; 3]),
            (End::TimedOut, good(), "", [Outcome::TimedOut; 3]),
            (End::TooMuch, good(), "", [Outcome::TooMuch; 3]),
            (End::TooMuchOutput, good(), "", [Outcome::TooMuchOutput; 3]),
            (End::Failed, good(), "", [Outcome::Failed, Outcome::Failed, Outcome::Passed]),
            (End::Succeeded, format!("x{}", good()), "", [Outcome::Passed, Outcome::Failed, Outcome::Passed]),
            (End::Succeeded, good(), "Fail", [Outcome::Passed, Outcome::Failed, Outcome::Failed]),
        ] {
            let ran = ran(end, stdout, stderr);
            let found = [Rule::Exit, Rule::Silent, Rule::NoFail].map(|rule| outcome(&ran, rule, word));
            assert_eq!(found, expected, "{ran:?}");
        }
    }

    #[test]
    fn holes_are_compared_without_the_space_around_them() {
        for (completion, reference, first_line, whole) in [
            ("a = 1\n", "a = 1\n", true, true),
            ("  a = 1", "a = 1\n", true, true),
            ("a = 1\nb", "a = 1\n", true, false),
            ("a = 1 \nb", "a = 1\nc", true, false),
            ("a=1", "a = 1", false, false),
            ("", "a", false, false),
            ("\n", "", true, true),
        ] {
            assert_eq!(exact(completion, reference), Exact { first_line, whole }, "{completion:?} {reference:?}");
        }
    }
}
