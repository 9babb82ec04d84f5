//! Where the problems are: within the program, or in files that `dscoder eval fetch` gets.

use std::borrow::Cow;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use flate2::read::MultiGzDecoder;

use crate::error::{Error, Kind, Result, reason};
use crate::eval::suite::{Language, Span, Suite};
use crate::places;
use crate::units::limit;

/// No file of problems is larger; a packed one could be endless.
const MAX_BYTES: u64 = 256 << 20;

/// The file of the library that all Java programs of HumanEval import.
pub const JAVATUPLES: &str = "javatuples-1.2.jar";

/// The files of problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// The directory of those that are not within the program.
    pub directory: PathBuf,
}

/// The file within the program that has the problems of a suite.
fn built_in(suite: Suite) -> Option<(&'static str, &'static [u8])> {
    macro_rules! file {
        ($name:literal) => {
            Some(($name, include_bytes!($name).as_slice()))
        };
    }
    match suite {
        Suite::HumanEval(Language::Python) => file!("HumanEval.jsonl.gz"),
        Suite::Infilling(Span::SingleLine) => file!("HumanEval-SingleLineInfilling.jsonl.gz"),
        Suite::Infilling(Span::MultiLine) => file!("HumanEval-MultiLineInfilling.jsonl.gz"),
        Suite::Infilling(Span::Random) => file!("HumanEval-RandomSpanInfilling.jsonl.gz"),
        Suite::Infilling(Span::RandomLight) => file!("HumanEval-RandomSpanInfillingLight.jsonl.gz"),
        Suite::HumanEval(_) | Suite::Mbpp | Suite::FimExact => None,
    }
}

/// The name of the file that has the problems of a suite and is not within the program.
#[must_use]
pub fn file_name(suite: Suite) -> Option<String> {
    match suite {
        Suite::HumanEval(_) | Suite::Mbpp if built_in(suite).is_none() => Some(format!("{suite}.jsonl")),
        _ => None,
    }
}

impl Data {
    /// The user's directory.
    #[must_use]
    pub fn of_user() -> Data {
        Data { directory: places::eval() }
    }

    /// The file that has the problems of a suite, unless they are within the program.
    #[must_use]
    pub fn file(&self, suite: Suite) -> Option<PathBuf> {
        file_name(suite).map(|name| self.directory.join(name))
    }

    /// The library that all Java programs of HumanEval import.
    #[must_use]
    pub fn javatuples(&self) -> PathBuf {
        self.directory.join(JAVATUPLES)
    }

    /// Whether the problems of a suite are here.
    #[must_use]
    pub fn has(&self, suite: Suite) -> bool {
        self.file(suite).is_none_or(|path| path.is_file())
    }

    /// The name and the text of the file that has the problems of a suite.
    ///
    /// # Errors
    /// As [`Suite::problems`].
    pub fn text(&self, suite: Suite) -> Result<(String, String)> {
        if let Some((name, bytes)) = built_in(suite) {
            return Ok((name.to_owned(), unpacked(name, bytes.into())?));
        }
        let Some(path) = self.file(suite) else {
            return Err(Error::new(Kind::Usage, format!("{suite} has no file of problems"), ""));
        };
        let name = path.display().to_string();
        match fs::read(&path) {
            Ok(bytes) => Ok((name.clone(), unpacked(&name, bytes.into())?)),
            Err(error) => {
                let what = format!("the problems of {suite} are not here");
                let why = format!("cannot read {name}: {}", reason(&error));
                Err(Error { what, why, ..Error::reading(&path, &error) }
                    .hint(format!("download them: dscoder eval fetch {suite}")))
            }
        }
    }
}

/// The text of a file that may be packed by gzip.
///
/// # Errors
/// [`Kind::Data`] if it is damaged, too long, or not UTF-8.
pub fn unpacked(name: &str, bytes: Cow<'_, [u8]>) -> Result<String> {
    let refused = |why: String| Error::new(Kind::Data, format!("cannot use {name}"), why);
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        let read = MultiGzDecoder::new(&*bytes).take(MAX_BYTES + 1).read_to_end(&mut plain);
        read.map_err(|error| refused(format!("it is damaged: {}", reason(&error))))?;
        plain
    } else {
        bytes.into_owned()
    };
    if bytes.len() as u64 > MAX_BYTES {
        return Err(refused(format!("it is longer than {}", limit(MAX_BYTES))));
    }
    String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8".to_owned()))
}
