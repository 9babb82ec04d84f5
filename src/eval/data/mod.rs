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

/// Where the files that are not within the program come from: DeepSeek's own repository, at one commit.
pub const SOURCE: &str =
    "https://raw.githubusercontent.com/deepseek-ai/DeepSeek-Coder/2f9fd85927c669dae3c0fbb2d607274023af243e/";

/// A file that is downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Its name in the directory of the user.
    pub name: &'static str,
    /// Where it is in the repository.
    pub path: &'static str,
    /// Its SHA-256.
    pub sha256: &'static str,
    /// Its size.
    pub bytes: u64,
}

/// The library that all Java programs of HumanEval import.
const JAVATUPLES: File = File {
    name: "javatuples-1.2.jar",
    path: "Evaluation/HumanEval/javatuples-1.2.jar",
    sha256: "2eda5b19d9820e1cc2f69fcd01639a715a673c11f8507e3d1ed593cf765d5e0a",
    bytes: 65_507,
};

/// The files of a suite that are not within the program; the first has the problems.
#[must_use]
pub fn files(suite: Suite) -> &'static [File] {
    match suite {
        Suite::HumanEval(Language::Cpp) => &[File {
            name: "humaneval-cpp.jsonl",
            path: "Evaluation/HumanEval/data/humaneval-cpp.jsonl",
            sha256: "8717eabdf202137158c84506144b0fb1e73d5ecccbe5363ec79009ca014df629",
            bytes: 388_688,
        }],
        Suite::HumanEval(Language::Java) => &[
            File {
                name: "humaneval-java.jsonl",
                path: "Evaluation/HumanEval/data/humaneval-java.jsonl",
                sha256: "b21b015763452ec4f9f4e0e6425148ec331ace4da1232c8b4d441186185f6265",
                bytes: 454_059,
            },
            JAVATUPLES,
        ],
        Suite::HumanEval(Language::Php) => &[File {
            name: "humaneval-php.jsonl",
            path: "Evaluation/HumanEval/data/humaneval-php.jsonl",
            sha256: "bebd86875b1d8e65a8b7e692ed7bdf64612b44aa388825ea4dab40c7047c786b",
            bytes: 388_096,
        }],
        Suite::HumanEval(Language::TypeScript) => &[File {
            name: "humaneval-ts.jsonl",
            path: "Evaluation/HumanEval/data/humaneval-ts.jsonl",
            sha256: "4b1af1050c9f226335d54a8c80553c39454a525cace3e67bdcfcc9092ba02637",
            bytes: 304_732,
        }],
        Suite::HumanEval(Language::CSharp) => &[File {
            name: "humaneval-cs.jsonl",
            path: "Evaluation/HumanEval/data/humaneval-cs.jsonl",
            sha256: "1c3fe18be10addc2d0b96311f4db192ae3232e08628d17768d889d6ab87be224",
            bytes: 452_021,
        }],
        Suite::HumanEval(Language::Bash) => &[File {
            name: "humaneval-sh.jsonl",
            path: "Evaluation/HumanEval/data/humaneval-sh.jsonl",
            sha256: "2f702106e9ce4aa7385de568d9248d6c57c90382d782b162cb9e072fbd01ccf8",
            bytes: 274_180,
        }],
        Suite::HumanEval(Language::JavaScript) => &[File {
            name: "humaneval-js.jsonl",
            path: "Evaluation/HumanEval/data/humaneval-js.jsonl",
            sha256: "634e2eee8d6e22de07c121b972207683dd96be76256bf44bdfc1a3386b739287",
            bytes: 297_853,
        }],
        Suite::Mbpp => &[File {
            name: "mbpp.jsonl",
            path: "Evaluation/MBPP/data/mbpp.jsonl",
            sha256: "ccf64ceae9c5403bf50a044cb6d505bfd2a2963ee58338ba268fd65beab92a9f",
            bytes: 563_743,
        }],
        Suite::HumanEval(Language::Python) | Suite::Infilling(_) | Suite::FimExact => &[],
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
        files(suite).first().map(|file| self.directory.join(file.name))
    }

    /// The library that all Java programs of HumanEval import.
    #[must_use]
    pub fn javatuples(&self) -> PathBuf {
        self.directory.join(JAVATUPLES.name)
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
