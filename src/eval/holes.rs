//! A directory of code as a benchmark: lines are taken out of its files, and a model fills them in. Nothing is run.
//!
//! Which lines is decided by the seed, and for each line alone: files that are added or changed leave the other holes as they
//! were.

use std::path::Path;

use ignore::WalkBuilder;
use xxhash_rust::xxh3::Xxh3;

use crate::error::{Error, Kind, Result};
use crate::eval::problem::{Problem, Question};
use crate::eval::suite::Suite;
use crate::repository::disk::Disk;
use crate::text::dialect::{self, Dialect};
use crate::text::language;
use crate::text::line_endings::LineEndings;

/// How many holes there are unless the user says otherwise.
pub const USUAL: usize = 200;
/// The longest hole, in lines.
const MOST_LINES: usize = 8;
/// How much of a file the model sees before and behind the hole, in bytes: whole lines, about 2,000 tokens in all.
const BEFORE: usize = 4096;
const BEHIND: usize = 2048;
/// A line with fewer letters and digits, such as `}`, is never a hole alone.
const FEWEST_LETTERS: usize = 4;
/// No more files are looked at.
const MOST_FILES: usize = 100_000;

/// A hole before its text is cut out.
struct Hole {
    /// Decides whether it is taken.
    rank: u64,
    /// The file, from the directory.
    file: usize,
    /// Its first line, from 0.
    line: usize,
    /// How many lines it has.
    lines: usize,
}

/// `count` holes in the code below `directory`, or as many as there are; they are in the order of files and lines.
///
/// # Errors
/// [`Kind::NoInput`] if there is no such directory, [`Kind::Data`] if there is no code in it.
pub fn problems(directory: &Path, count: usize, seed: u32) -> Result<Vec<Problem>> {
    let top = directory.canonicalize().map_err(|error| Error::reading(directory, &error))?;
    let files = files(&top)?;
    let mut holes: Vec<_> = files.iter().enumerate().flat_map(|(index, file)| in_file(index, file, seed)).collect();
    holes.sort_unstable_by_key(|hole| hole.rank);
    holes.truncate(count);
    if holes.is_empty() {
        let what = format!("there is no code in {}", directory.display());
        return Err(Error::new(Kind::Data, what, "no file has a known language and lines to take out")
            .hint("name a directory with --code; what git ignores is left out"));
    }
    holes.sort_unstable_by_key(|hole| (hole.file, hole.line));
    Ok(holes.iter().map(|hole| problem(&files[hole.file], hole)).collect())
}

/// A file of code.
struct Code {
    path: String,
    text: String,
    dialect: &'static Dialect,
}

/// The files in a known language that may be shown, by their paths.
fn files(top: &Path) -> Result<Vec<Code>> {
    if !top.is_dir() {
        return Err(Error::reading(top, &std::io::ErrorKind::NotADirectory.into()));
    }
    let disk = Disk::new(top.to_owned());
    let entries = WalkBuilder::new(top).follow_links(false).require_git(false).sort_by_file_name(Ord::cmp).build();
    let entries = entries.flatten().take(MOST_FILES);
    let paths = entries.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())).filter_map(|entry| {
        // As git writes paths, on every system.
        let parts = entry.path().strip_prefix(top).ok()?.iter().map(|part| part.to_str());
        Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
    });
    let mut paths: Vec<String> = paths.collect();
    paths.sort_unstable();
    let code = |path: String| {
        language::of(&path)?;
        let dialect = dialect::of_path(Path::new(&path))?;
        let text = disk.text(&path).ok()?;
        Some(Code { path, text: LineEndings::for_model(&text).into_owned(), dialect })
    };
    Ok(paths.into_iter().filter_map(code).collect())
}

/// A hole at each line that can begin one. Half of them have one line.
fn in_file(file: usize, code: &Code, seed: u32) -> Vec<Hole> {
    let lines: Vec<&str> = code.text.split_inclusive('\n').collect();
    let hole = |(line, text): (usize, &&str)| {
        if !is_code(text, code.dialect) {
            return None;
        }
        let mut hasher = Xxh3::with_seed(u64::from(seed));
        hasher.update(code.path.as_bytes());
        hasher.update(&(line as u64).to_le_bytes());
        hasher.update(text.as_bytes());
        let rank = hasher.digest();
        let wanted = match rank % 4 {
            0 | 1 => 1,
            2 => 2,
            _ => 3 + (rank / 4) as usize % (MOST_LINES - 2),
        };
        // A hole ends before a blank line.
        let count = lines[line..].iter().take(wanted).take_while(|text| !text.trim().is_empty()).count();
        Some(Hole { rank: rank.rotate_left(32), file, line, lines: count })
    };
    lines.iter().enumerate().filter_map(hole).collect()
}

/// Whether a line has enough to be guessed, and is no comment.
fn is_code(line: &str, dialect: &Dialect) -> bool {
    let line = line.trim();
    let is_comment = dialect.comment().is_some_and(|(open, _)| line.starts_with(open));
    !is_comment && line.chars().filter(|letter| letter.is_alphanumeric()).count() >= FEWEST_LETTERS
}

/// How many of these lines have at most this many bytes in all.
fn fitting<'a>(lines: impl Iterator<Item = &'a &'a str>, most: usize) -> usize {
    let mut size = 0;
    let fits = |line: &&&str| {
        size += line.len();
        size <= most
    };
    lines.take_while(fits).count()
}

fn problem(code: &Code, hole: &Hole) -> Problem {
    let lines: Vec<&str> = code.text.split_inclusive('\n').collect();
    let end = hole.line + hole.lines;
    let before = fitting(lines[..hole.line].iter().rev(), BEFORE);
    let behind = fitting(lines[end..].iter(), BEHIND);
    let place = match hole.lines {
        1 => format!("{}", hole.line + 1),
        _ => format!("{}-{end}", hole.line + 1),
    };
    Problem {
        suite: Suite::FimExact,
        task_id: format!("{}:{place}", code.path),
        question: Question::Hole {
            prefix: lines[hole.line - before..hole.line].concat(),
            suffix: lines[end..end + behind].concat(),
            tests: None,
        },
        reference: Some(lines[hole.line..end].concat()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const CODE: &str = "import os\n\n# A comment that is long enough.\ndef first(value):\n    return value + 1\n\n\nclass Second:\n    name = \"second\"\n    }\n";

    fn directory() -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        for (path, text) in [
            ("a.py", CODE),
            ("sub/b.rs", "fn main() {\r\n    println!(\"hello\");\r\n}\r\n"),
            ("notes.txt", "just some words\n"),
            ("ignored.py", "value = other\n"),
            (".hidden/c.py", "value = other\n"),
            (".gitignore", "ignored.py\n"),
            ("secrets.py", "password = \"secret\"\n"),
        ] {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("created");
            fs::write(path, text).expect("written");
        }
        directory
    }

    fn whole(problem: &Problem) -> String {
        let Question::Hole { prefix, suffix, tests: None } = &problem.question else { panic!("no hole") };
        format!("{prefix}{}{suffix}", problem.reference.as_deref().expect("known"))
    }

    #[test]
    fn lines_of_code_are_taken_out() {
        let directory = directory();
        let found = problems(directory.path(), 100, 1).expect("problems");
        let names: Vec<_> = found.iter().map(|problem| problem.task_id.split('-').next().expect("a name")).collect();
        assert_eq!(names, ["a.py:1", "a.py:4", "a.py:5", "a.py:8", "a.py:9", "sub/b.rs:1", "sub/b.rs:2"]);
        for problem in &found {
            let expected =
                if problem.task_id.starts_with("a.py") { CODE } else { "fn main() {\n    println!(\"hello\");\n}\n" };
            assert_eq!(whole(problem), expected, "{}", problem.task_id);
            let reference = problem.reference.as_deref().expect("known");
            let lines = reference.lines().count();
            let (_, place) = problem.task_id.rsplit_once(':').expect("a place");
            let counted = place.split_once('-').map_or(1, |(first, last)| {
                1 + last.parse::<usize>().expect("a number") - first.parse::<usize>().expect("a number")
            });
            assert!(lines == counted && reference.ends_with('\n') && !reference.contains("\n\n"), "{problem:?}");
        }
    }

    #[test]
    fn the_seed_chooses_and_other_files_do_not() {
        let directory = directory();
        let names = |count, seed| -> Vec<String> {
            problems(directory.path(), count, seed).expect("problems").into_iter().map(|one| one.task_id).collect()
        };
        assert_eq!(names(3, 1), names(3, 1));
        assert!((2..9).any(|seed| names(3, seed) != names(3, 1)));
        let (few, more) = (names(3, 1), names(5, 1));
        assert!(few.len() == 3 && few.iter().all(|name| more.contains(name)));
        let before = names(100, 1);
        fs::write(directory.path().join("z.py"), "value = other\n").expect("written");
        assert_eq!(names(100, 1)[..before.len()], before);
    }

    #[test]
    fn of_long_files_the_lines_around_are_shown() {
        let directory = tempfile::tempdir().expect("a directory");
        let text: String = (0..2000).map(|number| format!("value_{number} = {number}\n")).collect();
        fs::write(directory.path().join("long.py"), &text).expect("written");
        for problem in problems(directory.path(), 50, 0).expect("problems") {
            let Question::Hole { prefix, suffix, .. } = &problem.question else { panic!("no hole") };
            assert!(prefix.len() <= BEFORE && suffix.len() <= BEHIND);
            assert!(text.starts_with(prefix) || prefix.len() > BEFORE - 30, "{}", prefix.len());
            assert!(text.ends_with(suffix) || suffix.len() > BEHIND - 30, "{}", suffix.len());
            assert!(text.contains(&whole(&problem)) && (prefix.is_empty() || prefix.starts_with("value_")));
        }
    }

    #[test]
    fn without_code_there_are_no_problems() {
        let directory = tempfile::tempdir().expect("a directory");
        assert_eq!(problems(directory.path(), 1, 0).expect_err("refused").kind, Kind::Data);
        assert_eq!(problems(&directory.path().join("missing"), 1, 0).expect_err("refused").kind, Kind::NoInput);
        fs::write(directory.path().join("a.py"), CODE).expect("written");
        assert_eq!(problems(&directory.path().join("a.py"), 1, 0).expect_err("refused").kind, Kind::NoInput);
    }
}
