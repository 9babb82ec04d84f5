//! The files of a model, watched while llama.cpp has them mapped: writing into one changes what the model computes, and
//! truncating one kills the process.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::error::{Error, Kind, Result};

/// Files, open, with their sizes and times of when they were opened.
#[derive(Debug)]
pub struct OpenFiles(Vec<(PathBuf, File, FileState)>);

/// What changes when somebody writes into a file.
type FileState = (u64, Option<SystemTime>);

fn state(about: &Metadata) -> FileState {
    (about.len(), about.modified().ok())
}

impl OpenFiles {
    /// Opens the files. Skips what is not a regular file; [`crate::model::gguf::read`] refuses it.
    ///
    /// # Errors
    /// As [`Error::reading`].
    pub fn open(paths: Vec<PathBuf>) -> Result<OpenFiles> {
        let mut files = Vec::new();
        for path in paths {
            let open = || -> io::Result<Option<(File, FileState)>> {
                // Checked before it is opened: opening a pipe waits for its other end.
                if !fs::metadata(&path)?.is_file() {
                    return Ok(None);
                }
                let file = File::open(&path)?;
                let state = state(&file.metadata()?);
                Ok(Some((file, state)))
            };
            if let Some((file, state)) = open().map_err(|error| Error::reading(&path, &error))? {
                files.push((path, file, state));
            }
        }
        Ok(OpenFiles(files))
    }

    /// Checks that they have not changed since they were opened. One system call per file.
    ///
    /// # Errors
    /// [`Kind::Engine`] if somebody has written into one of them.
    pub fn unchanged(&self) -> Result<()> {
        let changed =
            |(_, file, was): &&(PathBuf, File, FileState)| file.metadata().is_ok_and(|about| state(&about) != *was);
        self.0.iter().find(changed).map_or(Ok(()), |(path, ..)| Err(refuse(path)))
    }

    /// As [`OpenFiles::unchanged`], and whether the paths still lead to them.
    ///
    /// # Errors
    /// As [`OpenFiles::unchanged`].
    pub fn in_place(&self) -> Result<()> {
        #[cfg(unix)]
        let same = |path: &Path, file: &File| -> io::Result<bool> {
            use std::os::unix::fs::MetadataExt;
            let (there, ours) = (fs::metadata(path)?, file.metadata()?);
            Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino()))
        };
        #[cfg(not(unix))]
        let same = |path: &Path, file: &File| -> io::Result<bool> {
            Ok(state(&fs::metadata(path)?) == state(&file.metadata()?))
        };
        match self.0.iter().find(|(path, file, _)| !same(path, file).unwrap_or(false)) {
            Some((path, ..)) => Err(refuse(path)),
            None => self.unchanged(),
        }
    }
}

fn refuse(path: &Path) -> Error {
    Error::new(Kind::Engine, format!("cannot use {}", path.display()), "it changed while it was in use")
        .hint("run it again when nothing writes to it; `dscoder models verify` checks it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_noticed() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("f");
        let open = || {
            fs::write(&path, "content").expect("written");
            // Times are as fine as the clock's ticks.
            std::thread::sleep(std::time::Duration::from_millis(30));
            OpenFiles::open(vec![path.clone()]).expect("there")
        };
        let files = open();
        assert_eq!((files.unchanged(), files.in_place()), (Ok(()), Ok(())));
        fs::write(&path, "CONTENT").expect("written");
        assert_eq!(files.unchanged().map_err(|error| error.kind), Err(Kind::Engine));
        let files = open();
        File::options().write(true).open(&path).and_then(|file| file.set_len(3)).expect("cut");
        assert!(files.unchanged().is_err());
        // A new file under the old name does not affect the mapping.
        let files = open();
        fs::write(directory.path().join("new"), "content").expect("written");
        fs::rename(directory.path().join("new"), &path).expect("renamed");
        assert!(files.unchanged().is_ok() && files.in_place().is_err());
        assert_eq!(
            OpenFiles::open(vec![directory.path().join("none")]).map(drop).map_err(|e| e.kind),
            Err(Kind::NoInput)
        );
    }
}
