//! The prefix store: the KV cache of long prompts on disk. A later prompt with the same beginning evaluates only the
//! rest.
//!
//! A model has a directory `kv/KEY` in the cache directory; the [`Key`] covers everything that the numbers depend on.
//! An entry is one file: what the engine wrote (for llama.cpp its own format, which begins with the token ids), then a
//! [`Label`] in JSON with the checksum of everything before it, then a fixed trailer with the label's length and
//! checksum. Entries appear by a rename and never change, so processes share the store without locks. Anything damaged
//! or unexpected is a miss, never an error.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::model::digest::Digest;
use crate::model::family::LONGEST_CONTEXT;
use crate::storage::{NewFile, free_space, private_directory};
use crate::vocabulary::{self, TokenId};

/// The last bytes of an entry; the number changes with the layout.
const MAGIC: &[u8; 8] = b"dscodkv1";
/// The length of the label, its checksum, [`MAGIC`].
const END: usize = 4 + 8 + MAGIC.len();
/// Labels have about 200 bytes.
const MAX_LABEL: u32 = 4096;
/// The bytes before the token ids in llama.cpp's sequence state files: magic number, version, count.
const IDS: u64 = 12;
/// Slower than most disks. An entry is used only if reading it at this rate, in bytes per second, is faster than
/// evaluating what it saves.
const READ_RATE: f64 = 500e6;
/// Unfinished files older than this belong to processes that are gone.
const STALE: Duration = Duration::from_secs(3600);

/// Identifies entries that can be used together: the model's file and the engine's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key of a model, by its [fingerprint](crate::model::Model::fingerprint), and of everything else that affects
    /// what the engine computes.
    #[must_use]
    pub fn new(model: &Digest, settings: &str) -> Key {
        let mut digest = Digest::of(format!("{model} {settings}").as_bytes()).to_string();
        digest.truncate(32);
        Key(digest)
    }
}

/// The metadata of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    key: String,
    /// The file name of the model, for people.
    pub model: String,
    /// Tokens of prompt and answer.
    pub tokens: usize,
    /// How many of them are the prompt.
    pub prompt: usize,
    /// Evaluation time per token of the prompt, in microseconds.
    pub token_micros: f64,
    /// Bytes before the label.
    bytes: u64,
    /// Their XXH3.
    checksum: u64,
}

/// An entry.
#[derive(Debug, Clone, PartialEq)]
pub struct CachedPrompt {
    /// Its file.
    pub path: PathBuf,
    /// Its metadata.
    pub label: Label,
    /// When it was last used.
    pub used: SystemTime,
    /// The size of the file.
    pub file_bytes: u64,
}

/// An entry with the same beginning as a prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The entry.
    pub entry: CachedPrompt,
    /// Its tokens.
    pub ids: Vec<TokenId>,
    /// How many of them the prompt begins with, its last token not counted.
    pub common: usize,
}

/// A new entry.
#[derive(Debug)]
pub struct New<'a> {
    /// The key of the model.
    pub key: &'a Key,
    /// The file name of the model.
    pub model: &'a str,
    /// The evaluated tokens: the prompt and the answer.
    pub ids: &'a [TokenId],
    /// How many of them are the prompt.
    pub prompt: usize,
    /// Evaluation time per token of the prompt.
    pub token_time: Duration,
    /// Its approximate size in bytes.
    pub about_bytes: u64,
}

/// The store.
#[derive(Debug, Clone)]
pub struct Store {
    directory: PathBuf,
    budget: u64,
}

impl Store {
    /// The store in the cache directory `cache`, with room for `budget` bytes. Nothing is created yet.
    #[must_use]
    pub fn new(cache: &Path, budget: u64) -> Store {
        Store { directory: cache.join("kv"), budget }
    }

    /// Its directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The entry of `key`, at most `room` tokens long, that saves most of `ids`. It is not checked yet: see
    /// [`Hit::verify`].
    #[must_use]
    pub fn find(&self, key: &Key, ids: &[TokenId], room: usize) -> Option<Hit> {
        let hits = files(&self.directory.join(&key.0)).filter_map(|path| {
            let (entry, mut file) = open(&path).filter(|(entry, _)| entry.label.key == key.0)?;
            let known = read_ids(&mut file, entry.label.tokens).ok()?;
            let common = vocabulary::common(&known, ids);
            let saved = common as f64 * entry.label.token_micros * 1e-6;
            let worth = saved > entry.file_bytes as f64 / READ_RATE;
            (worth && known.len() <= room).then_some(Hit { entry, ids: known, common })
        });
        // Among equals the shortest, which is read fastest.
        hits.max_by_key(|hit| (hit.common, std::cmp::Reverse(hit.ids.len())))
    }

    /// Keeps the file that `write` writes at the given path, then evicts other entries. Returns the size of the entry
    /// in bytes; `None` if there is no room for it.
    ///
    /// # Errors
    /// Errors from the file system and from `write`; nothing is kept then.
    pub fn put(&self, new: &New<'_>, write: &mut dyn FnMut(&Path) -> io::Result<()>) -> io::Result<Option<u64>> {
        let directory = self.directory.join(&new.key.0);
        private_directory(&directory)?;
        if new.about_bytes > self.budget || free_space(&directory).is_some_and(|free| free < 2 * new.about_bytes) {
            return Ok(None);
        }
        let temporary = NewFile::beside(&directory.join("entry"), ".new-")?;
        write(temporary.path())?;
        let mut file = fs::OpenOptions::new().read(true).append(true).open(temporary.path())?;
        let bytes = file.metadata()?.len();
        let label = Label {
            key: new.key.0.clone(),
            model: new.model.to_owned(),
            tokens: new.ids.len(),
            prompt: new.prompt,
            token_micros: new.token_time.as_secs_f64() * 1e6,
            bytes,
            checksum: checksum(&mut file, bytes)?,
        };
        let label = serde_json::to_vec(&label)?;
        let mut end = Vec::with_capacity(label.len() + END);
        end.extend(&label);
        end.extend(u32::try_from(label.len()).unwrap_or(u32::MAX).to_le_bytes());
        end.extend(xxh3_64(&label).to_le_bytes());
        end.extend(MAGIC);
        file.write_all(&end)?;
        drop(file);
        let ids: Vec<u8> = new.ids.iter().flat_map(|id| id.to_le_bytes()).collect();
        let name = Digest::of(&ids).to_string();
        let path = directory.join(format!("{}.kv", &name[..32]));
        temporary.replace(&path)?;
        self.replace(new, &path);
        self.make_room(&path);
        Ok(Some(bytes + end.len() as u64))
    }

    /// Removes the entries of the same model whose prompts the new one begins with.
    fn replace(&self, new: &New<'_>, path: &Path) {
        for old in files(&self.directory.join(&new.key.0)).filter(|old| old != path) {
            let Some((entry, mut file)) = open(&old) else { continue };
            let ids = read_ids(&mut file, entry.label.tokens).unwrap_or_default();
            if ids.get(..entry.label.prompt).is_some_and(|prompt| new.ids.starts_with(prompt)) {
                let _ = fs::remove_file(&old);
            }
        }
    }

    /// Removes damaged entries, leftovers of dead processes, and the least recently used entries until the rest is
    /// within the budget; never `new`.
    fn make_room(&self, new: &Path) {
        let mut entries = Vec::new();
        for path in self.directories().flat_map(|directory| listed(&directory)) {
            let about = fs::symlink_metadata(&path).ok();
            let age = about.and_then(|about| about.modified().ok()?.elapsed().ok()).unwrap_or_default();
            let is_entry = path.extension().is_some_and(|extension| extension == "kv");
            match open(&path).filter(|_| is_entry) {
                Some((entry, _)) => entries.push(entry),
                None if is_entry || age > STALE => drop(fs::remove_file(&path)),
                None => {}
            }
        }
        entries.sort_by_key(|entry| (entry.path != new, std::cmp::Reverse(entry.used)));
        let mut bytes = 0u64;
        for entry in &entries {
            bytes = bytes.saturating_add(entry.file_bytes);
            if bytes > self.budget && entry.path != new {
                let _ = fs::remove_file(&entry.path);
            }
        }
        for directory in self.directories() {
            // Succeeds only for empty directories.
            let _ = fs::remove_dir(directory);
        }
    }

    fn directories(&self) -> impl Iterator<Item = PathBuf> {
        listed(&self.directory).filter(|path| fs::symlink_metadata(path).is_ok_and(|about| about.is_dir()))
    }

    /// All entries, most recently used first.
    #[must_use]
    pub fn entries(&self) -> Vec<CachedPrompt> {
        let paths = self.directories().flat_map(|directory| files(&directory).collect::<Vec<_>>());
        let mut entries: Vec<CachedPrompt> = paths.filter_map(|path| Some(open(&path)?.0)).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.used));
        entries
    }

    /// Removes everything. Returns the number of files and their size in bytes.
    ///
    /// # Errors
    /// File system errors.
    pub fn clear(&self) -> io::Result<(usize, u64)> {
        let files: Vec<PathBuf> = self.directories().flat_map(|directory| listed(&directory)).collect();
        let bytes = files.iter().filter_map(|path| fs::symlink_metadata(path).ok()).map(|about| about.len()).sum();
        match fs::remove_dir_all(&self.directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok((files.len(), bytes)),
        }
    }
}

impl Hit {
    /// Reads the entry, compares its checksum, and marks it as used.
    #[must_use]
    pub fn verify(&self) -> bool {
        let whole = || -> io::Result<bool> {
            let mut file = File::open(&self.entry.path)?;
            file.seek(SeekFrom::Start(0))?;
            Ok(checksum(&mut file, self.entry.label.bytes)? == self.entry.label.checksum)
        };
        let whole = whole().unwrap_or(false);
        if whole {
            // On a read-only file system it is just not marked.
            let _ = File::options()
                .append(true)
                .open(&self.entry.path)
                .and_then(|file| file.set_modified(SystemTime::now()));
        }
        whole
    }
}

/// The XXH3 of the first `bytes` bytes.
fn checksum(file: &mut File, bytes: u64) -> io::Result<u64> {
    file.seek(SeekFrom::Start(0))?;
    let mut hasher = Xxh3::new();
    // Small enough to stay in the processor's cache.
    let mut buffer = vec![0; 256 << 10];
    let mut left = bytes;
    while left > 0 {
        let part = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        file.read_exact(&mut buffer[..part])?;
        hasher.update(&buffer[..part]);
        left -= part as u64;
    }
    Ok(hasher.digest())
}

/// Opens an entry; `None` if it is not one or its trailer is damaged.
fn open(path: &Path) -> Option<(CachedPrompt, File)> {
    // Opening a pipe would wait for its other end.
    let about = fs::symlink_metadata(path).ok().filter(|about| about.is_file() && about.len() > END as u64)?;
    let mut file = File::open(path).ok()?;
    let mut end = [0; END];
    file.seek(SeekFrom::Start(about.len() - END as u64)).ok()?;
    file.read_exact(&mut end).ok()?;
    let (length, rest) = end.split_first_chunk::<4>()?;
    let (sum, magic) = rest.split_first_chunk::<8>()?;
    let length = u32::from_le_bytes(*length);
    if magic != MAGIC || length > MAX_LABEL {
        return None;
    }
    let start = (about.len() - END as u64).checked_sub(u64::from(length))?;
    let mut label = vec![0; length as usize];
    file.seek(SeekFrom::Start(start)).ok()?;
    file.read_exact(&mut label).ok()?;
    if xxh3_64(&label) != u64::from_le_bytes(*sum) {
        return None;
    }
    let label: Label = serde_json::from_slice(&label).ok()?;
    let fits = label.bytes == start && label.tokens <= LONGEST_CONTEXT as usize && label.prompt <= label.tokens;
    let used = about.modified().ok()?;
    fits.then(|| (CachedPrompt { path: path.to_owned(), label, used, file_bytes: about.len() }, file))
}

fn read_ids(file: &mut File, count: usize) -> io::Result<Vec<TokenId>> {
    let mut bytes = vec![0; count * 4];
    file.seek(SeekFrom::Start(IDS))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes.chunks_exact(4).map(|id| TokenId::from_le_bytes([id[0], id[1], id[2], id[3]])).collect())
}

fn listed(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// Files that may be entries, by name.
fn files(directory: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    listed(directory).filter(|path| path.extension().is_some_and(|extension| extension == "kv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new(&Digest::of(text.as_bytes()), "f16")
    }

    /// A state as an engine would write it, with `more` bytes behind the ids.
    fn state(ids: &[TokenId], more: usize) -> Vec<u8> {
        let mut state = vec![7; IDS as usize];
        state.extend(ids.iter().flat_map(|id| id.to_le_bytes()));
        state.extend((0..more).map(|index| index as u8));
        state
    }

    fn put(store: &Store, key: &Key, ids: &[TokenId], prompt: usize) -> Option<u64> {
        let new = New { key, model: "m", ids, prompt, token_time: Duration::from_millis(5), about_bytes: 1000 };
        store.put(&new, &mut |path| fs::write(path, state(ids, 1000))).expect("kept")
    }

    fn ids(count: u32) -> Vec<TokenId> {
        (0..count).collect()
    }

    fn store(budget: u64) -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Store::new(directory.path(), budget);
        (directory, store)
    }

    #[test]
    fn the_longest_common_prefix_is_found() {
        let (_directory, store) = store(1 << 20);
        let key = key("a");
        assert_eq!(store.find(&key, &ids(9), 100), None);
        let (mut short, mut other) = (ids(10), ids(30));
        (short[9], other[20]) = (99, 99);
        put(&store, &key, &short, 10);
        put(&store, &key, &other, 30);
        let hit = store.find(&key, &ids(40), 100).expect("a hit");
        assert_eq!((hit.common, hit.ids.len(), hit.verify()), (20, 30, true));
        // The last token of a prompt has to be evaluated in any case.
        assert_eq!(store.find(&key, &ids(10), 100).map(|hit| (hit.common, hit.ids.len())), Some((9, 10)));
        assert_eq!(store.find(&key, &ids(40), 15).map(|hit| hit.ids.len()), Some(10), "no room for the longer one");
        assert_eq!(store.find(&key, &[5, 6], 100), None);
        assert_eq!(store.find(&Key::new(&Digest::of(b"b"), "f16"), &ids(40), 100), None);
    }

    #[test]
    fn what_is_contained_is_replaced_and_the_oldest_go_first() {
        let (_directory, store) = store(8_000);
        let key = key("a");
        put(&store, &key, &ids(12), 10);
        // The answer is not what the user made of it, and the prompt is.
        let mut longer = ids(20);
        longer[11] = 99;
        put(&store, &key, &longer, 20);
        assert_eq!(store.entries().len(), 1);
        for number in 0..20u32 {
            put(&store, &key, &[1000 + number, 2, 3, 4], 4);
        }
        let entries = store.entries();
        let bytes: u64 = entries.iter().map(|entry| entry.file_bytes).sum();
        assert!(bytes <= 8_000 && bytes > 5_000, "{bytes}");
        assert!(store.find(&key, &[1019, 2, 3, 4, 5], 100).is_some() && store.find(&key, &ids(20), 100).is_none());
        assert_eq!(put(&Store { budget: 10, ..store.clone() }, &key, &ids(4), 4), None, "larger than the budget");
        assert_eq!(store.clear().expect("cleared").0, entries.len());
        assert!(store.entries().is_empty() && store.clear().is_ok());
    }

    #[test]
    fn an_entry_that_saves_less_than_it_costs_is_a_miss() {
        let (_directory, store) = store(1 << 20);
        let key = key("a");
        let new = New {
            key: &key,
            model: "m",
            ids: &ids(9),
            prompt: 9,
            token_time: Duration::from_nanos(100),
            about_bytes: 1000,
        };
        store.put(&new, &mut |path| fs::write(path, state(&ids(9), 1000))).expect("kept");
        assert_eq!(store.find(&key, &ids(20), 100), None);
    }

    #[test]
    fn every_damaged_byte_is_a_miss() {
        let (_directory, store) = store(1 << 20);
        let key = key("a");
        put(&store, &key, &ids(9), 9);
        let path = store.entries().remove(0).path;
        let whole = fs::read(&path).expect("there");
        for index in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[index] ^= 0x10;
            fs::write(&path, &bytes).expect("written");
            assert!(!store.find(&key, &ids(20), 100).is_some_and(|hit| hit.verify()), "byte {index}");
            fs::write(&path, &whole[..index]).expect("written");
            assert!(!store.find(&key, &ids(20), 100).is_some_and(|hit| hit.verify()), "cut at {index}");
        }
        fs::write(&path, [&whole[..], b"x"].concat()).expect("written");
        assert_eq!(store.find(&key, &ids(20), 100), None);
        fs::write(&path, &whole).expect("written");
        assert!(store.find(&key, &ids(20), 100).is_some_and(|hit| hit.verify()));
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let (_directory, store) = store(1 << 20);
        let key = key("a");
        let new =
            New { key: &key, model: "m", ids: &[1], prompt: 1, token_time: Duration::from_millis(5), about_bytes: 10 };
        let failed = store.put(&new, &mut |path| {
            fs::write(path, b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.is_err());
        assert_eq!(listed(&store.directory.join(&key.0)).count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let (_directory, store) = store(1 << 20);
        put(&store, &key("a"), &ids(9), 9);
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        let path = store.entries().remove(0).path;
        assert_eq!(
            (mode(&path), mode(path.parent().expect("a directory")), mode(store.directory())),
            (0o600, 0o700, 0o700)
        );
    }
}
