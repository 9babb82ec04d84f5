//! Models that were cut into raw pieces, `NAME.gguf.part1of3` and so on, since the hub takes no larger files: joined, they
//! are the model.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::cancel::Cancel;
use crate::error::{Error, Kind, Result, reason};
use crate::model::digest::Digest;
use crate::model::library::Receipt;
use crate::watch::Watch;

/// No model has more.
const MAX_PARTS: u32 = 100;
/// Bytes copied between two looks for Ctrl-C.
const STEP: u64 = 8 << 20;

/// The name of the whole file, the number of the piece and their count; `None` if the file is not a piece.
#[must_use]
pub fn split(name: &str) -> Option<(&str, u32, u32)> {
    let (whole, numbers) = name.rsplit_once(".part")?;
    let (number, count) = numbers.split_once("of")?;
    let parse = |text: &str| -> Option<u32> {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?.filter(|number| *number > 0)
    };
    let (number, count) = (parse(number)?, parse(count)?);
    let is_model = whole.to_lowercase().ends_with(".gguf") && whole.len() > ".gguf".len();
    (is_model && number <= count && (2..=MAX_PARTS).contains(&count)).then_some((whole, number, count))
}

/// The names of all pieces.
#[must_use]
pub fn names(whole: &str, count: u32) -> Vec<String> {
    (1..=count).map(|number| format!("{whole}.part{number}of{count}")).collect()
}

/// A piece: its path, its size in bytes and its digest.
pub type Piece = (PathBuf, u64, Digest);

/// The file in which the pieces of `target` are joined: another one for other pieces of the same names.
#[must_use]
pub fn joining(pieces: &[Piece], target: &Path) -> PathBuf {
    let digests: String = pieces.iter().map(|(.., digest)| digest.to_string()).collect();
    let name = format!(".join-{}", Digest::of(digests.as_bytes()));
    target.with_file_name(name)
}

/// How many of the first pieces are not needed, as [`join`] had taken them when it was interrupted.
#[must_use]
pub fn taken(pieces: &[Piece], target: &Path) -> usize {
    let done = fs::metadata(joining(pieces, target)).map_or(0, |about| about.len());
    let mut end = 0;
    let is_taken = |&&(_, size, _): &&Piece| {
        end += size;
        end <= done
    };
    pieces.iter().take_while(is_taken).count()
}

/// Joins the pieces of `target`, whose sizes are known, into [`joining`]; each is removed once it was taken, so that at no
/// time more than one is there twice. An interrupted join continues where it was.
///
/// # Errors
/// Errors from the file system, and [`Kind::Signal`] if `cancel` was set.
pub fn join(pieces: &[Piece], target: &Path, cancel: &Cancel, watch: &dyn Watch) -> Result<PathBuf> {
    let path = joining(pieces, target);
    let write = |error: io::Error| Error::new(Kind::Io, format!("cannot write {}", path.display()), reason(&error));
    let all: u64 = pieces.iter().map(|(_, size, _)| size).sum();
    if let Some((first, ..)) = pieces.first().filter(|_| !path.exists()) {
        fs::rename(first, &path).map_err(write)?;
    }
    let mut whole = OpenOptions::new().read(true).write(true).open(&path).map_err(write)?;
    let mut start = 0;
    for (piece, size, _) in pieces {
        let done = whole.metadata().map_err(write)?.len();
        if done < start + size {
            // A part of it may be there; it is written anew.
            whole.set_len(start).map_err(write)?;
            whole.seek(io::SeekFrom::End(0)).map_err(write)?;
            let mut from = File::open(piece).map_err(|error| Error::reading(piece, &error))?;
            let mut copied = 0;
            while copied < *size {
                if let Some(cause) = cancel.cause() {
                    return Err(Error::stopped(cause));
                }
                let count = io::copy(&mut Read::by_ref(&mut from).take(STEP), &mut whole).map_err(write)?;
                if count == 0 {
                    return Err(Error::reading(piece, &io::ErrorKind::UnexpectedEof.into()));
                }
                copied += count;
                watch.progress(start + copied, all);
            }
            whole.flush().and_then(|()| whole.sync_all()).map_err(write)?;
        }
        let _ = fs::remove_file(piece);
        Receipt::forget(piece);
        start += size;
    }
    whole.set_len(all).map_err(write)?;
    whole.sync_all().map_err(write)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Silent;

    #[test]
    fn names_of_pieces() {
        assert_eq!(split("a-b.Q2_K.gguf.part2of3"), Some(("a-b.Q2_K.gguf", 2, 3)));
        for other in ["a.gguf", "a.gguf.part0of2", "a.gguf.part3of2", "a.gguf.part1of1", "a.part1of2", ".gguf.part1of2"]
        {
            assert_eq!(split(other), None, "{other}");
        }
        assert_eq!(names("a.gguf", 2), ["a.gguf.part1of2", "a.gguf.part2of2"]);
    }

    #[test]
    fn pieces_are_joined_wherever_it_was_interrupted() {
        let content: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        let sizes = [150_000u64, 150_000, 100_000];
        // Bytes that are in the joined file already, and pieces that were taken.
        for (done, taken) in
            [(0, 0), (150_000, 1), (200_000, 1), (300_000, 1), (300_000, 2), (400_000, 2), (400_000, 3)]
        {
            let directory = tempfile::tempdir().expect("a directory");
            let target = directory.path().join("a.gguf");
            let mut pieces = Vec::new();
            let mut start = 0;
            for (number, size) in (0..).zip(sizes) {
                let name = format!("a.gguf.part{}of3", number + 1);
                let path = directory.path().join(&name);
                if number >= taken {
                    fs::write(&path, &content[start..start + size as usize]).expect("written");
                }
                pieces.push((path, size, Digest::of(name.as_bytes())));
                start += size as usize;
            }
            if done > 0 {
                fs::write(joining(&pieces, &target), &content[..done]).expect("written");
            }
            assert!(super::taken(&pieces, &target) >= taken, "{done}");
            let joined = join(&pieces, &target, &Cancel::default(), &Silent).expect("joined");
            assert!(fs::read(&joined).expect("there") == content, "{done} {taken}");
            assert_eq!(fs::read_dir(directory.path()).expect("there").count(), 1, "{done} {taken}");
        }
    }
}
