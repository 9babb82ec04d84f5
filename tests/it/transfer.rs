//! The transfer of files through networks that fail in every way there is.
//!
//! `DSCODER_FAULT_RUNS` sets how many random runs there are (500), `DSCODER_FAULT_SEED` where they begin.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use dscoder::cancel::Cancel;
use dscoder::error::{Error, Kind};
use dscoder::fetch;
use dscoder::fetch::http::{Address, Fault as Refusal, HttpClient, Options, Token};
use dscoder::fetch::hub::{Told, about, says_enough};
use dscoder::fetch::parts::{Map, Parts};
use dscoder::fetch::transfer::{DownloadPaths, WantedFile};
use dscoder::model::digest::Digest;
use dscoder::model::library::Receipt;
use dscoder::watch::Silent;
use reqwest::Url;

use crate::command::{Output, Place, Random, number};
use crate::hub::{Fault, Hub, Request, Role};

fn hasty() -> Options {
    // A quick build is slow, and may share its processors.
    let (stall, slowest) = if cfg!(debug_assertions) { (1500, 640) } else { (150, 64) };
    Options {
        stall: Duration::from_millis(stall),
        slowest,
        retries: 12,
        backoff: Duration::from_millis(1),
        longest_wait: Duration::from_millis(20),
        checkpoint: Duration::from_millis(5),
        segment: 16 << 10,
        proxies: false,
        ..Options::default()
    }
}

/// Fetches the file `x` of a hub as `dscoder download` does.
fn fetch_x(hub: &Hub, bytes: &[u8], directory: &Path, options: Options, cancel: &Cancel) -> Result<bool, Error> {
    let client = HttpClient::new(options)?;
    let sha256 = Digest::of(bytes);
    let url = Url::parse(&format!("{}/a/b/resolve/main/x", hub.url())).expect("an address");
    let address = Address { url, token: Token::new("hf_canary") };
    let again = address.clone();
    let asking = client.clone();
    let ask = move || {
        let answer = about(&asking, &again, says_enough)?;
        let told = Told::of(answer.response.headers());
        match (told.sha256, told.size) {
            (Some(found), Some(size)) if found == sha256 => Ok(size),
            _ => Err(Refusal::passing("cannot use x", "the headers are missing")),
        }
    };
    let mut size = ask();
    for _ in 0..20 {
        if !matches!(size, Err(Refusal::Passing { .. } | Refusal::Doubtful(_))) {
            break;
        }
        size = ask();
    }
    let size = size.map_err(Refusal::into_error)?;
    let receipt =
        Receipt { name: "x".into(), source: "hf:a/b/x".into(), revision: None, sha256, bytes: bytes.len() as u64 };
    let wanted = WantedFile { name: "x", directory, sha256, size, address, ask: &ask };
    fetch::install(&client, &wanted, &receipt, &|_| Ok(()), cancel, &Silent)
}

/// What is on the disk for sure.
pub fn kept(directory: &Path, sha256: &Digest) -> Parts {
    let files = DownloadPaths::of(directory, sha256);
    let mut parts = Map::load(&files.map).map(|map| map.parts).unwrap_or_default();
    // Of a run that was killed when it had put the file into place, the map is left.
    parts.remove(&(fs::metadata(&files.partial).map_or(0, |about| about.len())..u64::MAX));
    parts
}

/// How often something happened.
#[derive(Default)]
struct Counts {
    faults: BTreeMap<Fault, usize>,
    errors: BTreeMap<u8, usize>,
    tries: usize,
    stopped: usize,
    resumed: usize,
}

/// One run: a file, a network with faults, tries until it is there.
fn run(seed: u64, counts: &Mutex<Counts>) {
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    random.next();
    let hub = Hub::new();
    let length = 1 + random.below(300_000) as usize;
    let bytes = random.bytes(length);
    hub.put("x", bytes.clone());
    let directory = tempfile::tempdir().expect("a directory");
    let sha256 = Digest::of(&bytes);
    let mut options = hasty();
    options.connections = 1 + random.below(4) as usize;
    options.segment = 4096 << random.below(6);
    // One kind of fault that comes again and again in every third run, else all kinds mixed.
    let only = (random.below(3) == 0).then(|| Fault::ALL[random.below(Fault::ALL.len() as u64) as usize]);
    let share = 5 + random.below(40);
    let injected = Arc::new(Mutex::new(BTreeMap::new()));
    let corrupted = Arc::new(AtomicUsize::new(0));
    let target = directory.path().join("x");
    for attempt in 0..6 {
        let mut left = if attempt == 5 { 0 } else { 1 + random.below(8) };
        let mut dice = Random(random.next() | 1);
        let (counting, corrupting) = (injected.clone(), corrupted.clone());
        hub.plan(move |request| {
            let fault = only.unwrap_or_else(|| Fault::ALL[dice.below(Fault::ALL.len() as u64) as usize]);
            if left == 0 || !fault.fits(request.role) || dice.below(100) >= share {
                return None;
            }
            left -= 1;
            if matches!(fault, Fault::FlippedBit | Fault::Shifted) {
                corrupting.fetch_add(1, Ordering::SeqCst);
            }
            *counting.lock().expect("whole").entry(fault).or_insert(0) += 1;
            Some(fault)
        });
        let before = kept(directory.path(), &sha256);
        hub.log();
        let cancel = Cancel::default();
        let stop = (attempt < 4 && random.below(3) == 0).then(|| Duration::from_millis(random.below(40)));
        let result = thread::scope(|scope| {
            if let Some(after) = stop {
                let cancel = cancel.clone();
                scope.spawn(move || {
                    thread::sleep(after);
                    cancel.set(dscoder::cancel::Cause::Signal(2));
                });
            }
            fetch_x(&hub, &bytes, directory.path(), options.clone(), &cancel)
        });
        // Nothing that was on the disk is fetched again, unless it was damaged on its way.
        let mut asked = Parts::default();
        for request in hub.log() {
            assert!(
                request.role == Role::Hub || !request.headers.contains_key("authorization"),
                "seed {seed}: the token is for the hub alone"
            );
            if let (Some((first, last)), true) = (request.range(), request.role != Role::Hub) {
                asked.add(first..last + 1);
            }
        }
        if corrupted.load(Ordering::SeqCst) == 0 {
            assert!(
                !asked.overlap(&before),
                "seed {seed}: {:?} was there, {:?} was fetched",
                before.ranges(),
                asked.ranges()
            );
        }
        let mut counts = counts.lock().expect("whole");
        counts.tries += 1;
        counts.stopped += usize::from(cancel.is_set());
        counts.resumed += usize::from(before.bytes() > 0);
        if target.exists() {
            assert!(fs::read(&target).expect("there") == bytes, "seed {seed}: a bad file was accepted");
        }
        match result {
            Ok(_) => break,
            Err(error) => {
                *counts.errors.entry(error.kind.exit_code()).or_insert(0) += 1;
                assert!(!target.exists(), "seed {seed}: {error}");
                assert!(attempt < 5, "seed {seed}: without faults: {error}");
                assert!(!error.to_string().contains("canary"), "seed {seed}: {error}");
            }
        }
    }
    assert!(fs::read(&target).expect("there") == bytes, "seed {seed}");
    let left: Vec<_> =
        fs::read_dir(directory.path()).expect("listed").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 2, "seed {seed}: {left:?}");
    let mut counts = counts.lock().expect("whole");
    for (fault, count) in injected.lock().expect("whole").iter() {
        *counts.faults.entry(*fault).or_insert(0) += count;
    }
}

#[test]
#[allow(clippy::print_stderr)]
fn random_faults_never_make_a_bad_file() {
    // A build without llama.cpp is for a quick look.
    let runs = number("DSCODER_FAULT_RUNS", if cfg!(feature = "llama") { 500 } else { 100 });
    let first = number("DSCODER_FAULT_SEED", 1);
    let counts = Mutex::new(Counts::default());
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst) as u64;
                    if index >= runs {
                        break;
                    }
                    run(first + index, &counts);
                }
            });
        }
    });
    let counts = counts.into_inner().expect("whole");
    let total: usize = counts.faults.values().sum();
    eprintln!(
        "fault suite: seed {first}, {runs} runs, {} tries ({} stopped, {} resumed), {total} faults of {} kinds, {:.0} s\n\
         faults: {:?}\nfailed tries by exit code: {:?}",
        counts.tries,
        counts.stopped,
        counts.resumed,
        counts.faults.len(),
        start.elapsed().as_secs_f64(),
        counts.faults,
        counts.errors,
    );
    if runs >= 500 {
        assert_eq!(counts.faults.len(), Fault::ALL.len(), "every kind occurs");
    }
}

/// A fault that never ends: the error, and no file.
#[test]
fn lasting_faults_are_told() {
    let mut random = Random(7);
    let bytes = &random.bytes(60_000);
    let tables: [(Fault, Option<Kind>, &str); 36] = [
        (Fault::Cut, None, ""),
        (Fault::Stall, None, ""),
        (Fault::Trickle, Some(Kind::Network), "only"),
        (Fault::WholeForRange, None, ""),
        (Fault::WrongContentRange, None, ""),
        (Fault::MissingContentRange, None, ""),
        (Fault::TooLong, Some(Kind::Network), "bytes there and should have 60000"),
        (Fault::TooShort, Some(Kind::Network), "bytes there and should have 60000"),
        (Fault::FlippedBit, Some(Kind::Data), "arrived damaged twice"),
        (Fault::ChangedEtag, Some(Kind::Network), "it is another version of the file"),
        (Fault::Expired, None, ""),
        (Fault::Busy, Some(Kind::TryLater), "the server answers 429"),
        (Fault::BusyForLong, Some(Kind::TryLater), "asks to wait for 7 seconds"),
        (Fault::ServerError, Some(Kind::Network), "the server answers 500"),
        (Fault::RangeRefused, Some(Kind::Network), "the server answers 416"),
        (Fault::RedirectLoop, Some(Kind::Network), "it redirects in a circle"),
        (Fault::OtherHost, None, ""),
        (Fault::OtherScheme, Some(Kind::Network), "it redirects to \"ftp\", which is not https"),
        (Fault::WebPage, Some(Kind::Network), "it is a web page"),
        (Fault::Compressed, None, ""),
        (Fault::MissingHeaders, None, ""),
        (Fault::LyingSize, None, ""),
        (Fault::Reset, None, ""),
        (Fault::RangeAsWhole, None, ""),
        (Fault::Earlier, None, ""),
        (Fault::Later, None, ""),
        (Fault::Shorter, None, ""),
        (Fault::Longer, None, ""),
        (Fault::FromStart, None, ""),
        (Fault::Shifted, None, ""),
        (Fault::Multipart, None, ""),
        (Fault::Gzip, Some(Kind::Network), "it is compressed, but that was not requested"),
        (Fault::GzipRange, None, ""),
        (Fault::NoRanges, None, ""),
        (Fault::NoHead, None, ""),
        (Fault::OddRedirect, None, ""),
    ];
    let check = |(fault, kind, why): (Fault, Option<Kind>, &str), connections| {
        let hub = Hub::new();
        hub.put("x", bytes.clone());
        // The hub itself tells the truth about the file.
        let of_hub = [Fault::OtherHost, Fault::NoHead, Fault::OddRedirect];
        hub.plan(move |request| (request.role != Role::Hub || of_hub.contains(&fault)).then_some(fault));
        let directory = tempfile::tempdir().expect("a directory");
        let mut options = Options { connections, ..hasty() };
        options.retries = if kind.is_some() { 3 } else { 40 };
        if kind.is_some() && fault != Fault::Trickle {
            // The machine may be busy, and only the expected failure counts.
            options.stall = Duration::from_secs(10);
        }
        let result = fetch_x(&hub, bytes, directory.path(), options, &Cancel::default());
        let target = directory.path().join("x");
        match kind {
            None => {
                assert_eq!(result, Ok(true), "{fault:?}");
                assert!(fs::read(&target).expect("there") == *bytes, "{fault:?}");
            }
            Some(kind) => {
                let error = result.expect_err(&format!("{fault:?}"));
                assert_eq!((error.kind, error.to_string().contains(why)), (kind, true), "{fault:?}: {error}");
                assert!(!target.exists(), "{fault:?}");
                let aside = DownloadPaths::of(directory.path(), &Digest::of(bytes)).quarantine;
                assert_eq!(aside.exists(), fault == Fault::FlippedBit, "{fault:?}");
            }
        }
    };
    let rows = tables.into_iter().flat_map(|row| [(row, 1), (row, 4)]);
    thread::scope(|scope| rows.for_each(|(row, connections)| drop(scope.spawn(move || check(row, connections)))));
}

#[test]
fn a_server_without_ranges_is_read_from_the_beginning() {
    let bytes = Random(9).bytes(200_000);
    let hub = Hub::new();
    hub.put("x", bytes.clone());
    hub.shared.no_ranges.store(true, Ordering::Relaxed);
    let directory = tempfile::tempdir().expect("a directory");
    let mut first = true;
    hub.plan(move |request| (request.role == Role::Store && std::mem::take(&mut first)).then_some(Fault::Cut));
    assert_eq!(fetch_x(&hub, &bytes, directory.path(), hasty(), &Cancel::default()), Ok(true));
    assert!(fs::read(directory.path().join("x")).expect("there") == bytes);
}

#[test]
fn no_space_is_noticed_before_the_first_byte() {
    let bytes = Random(9).bytes(200_000);
    let hub = Hub::new();
    hub.put("x", bytes.clone());
    let directory = tempfile::tempdir().expect("a directory");
    let options = Options { space: Some(100_000), ..hasty() };
    let error = fetch_x(&hub, &bytes, directory.path(), options, &Cancel::default()).expect_err("no space");
    assert_eq!(
        (error.kind, error.to_string().contains("200.0 kB more are needed and 100.0 kB are free")),
        (Kind::Io, true),
        "{error}"
    );
    assert_eq!(hub.sent(), 0);
}

/// A hub with a file that is no model, which is noticed once it is whole, and a place that knows the hub.
fn with_text() -> (Hub, Place) {
    let hub = Hub::new();
    hub.put("text.gguf", Random(11).bytes(200_000));
    let mut place = Place::new();
    place.set("HF_ENDPOINT", &hub.url());
    (hub, place)
}

const WHOLE: &str = "it is not a GGUF file";

/// Downloads with the usual patience.
fn download(place: &Place, connections: &str) -> Output {
    place.run(&["download", "hf:a/b/text.gguf", "--connections", connections])
}

#[test]
fn servers_without_true_ranges_cost_seconds() {
    let faults = [
        (Fault::RangeAsWhole, None),
        (Fault::Longer, None),
        (Fault::Shorter, None),
        (Fault::Earlier, None),
        (Fault::Compressed, None),
        (Fault::FromStart, None),
        (Fault::WholeForRange, None),
        (Fault::NoHead, None),
        (Fault::OddRedirect, None),
        (Fault::Later, Some("it is not the range that was asked for")),
        (Fault::WrongContentRange, Some("its length does not match its range")),
        (Fault::MissingContentRange, Some("it does not say which range it is")),
        (Fault::LyingSize, Some("the file has 200005 bytes there and should have 200000")),
        (Fault::Multipart, Some("it comes in several parts")),
        (Fault::GzipRange, Some("it is compressed, but that was not requested")),
        (Fault::NoRanges, Some("the server answers 416, range not satisfiable")),
    ];
    let check = |(fault, why): (Fault, Option<&str>)| {
        for connections in ["1", "4"] {
            let (hub, place) = with_text();
            // The hub has no ranges that it could mislabel.
            let fits = move |request: &Request| request.range().is_some() || fault != Fault::LyingSize;
            hub.plan(move |request| (fault.fits(request.role) && fits(request)).then_some(fault));
            let start = Instant::now();
            let run = download(&place, connections);
            assert!(run.stderr.contains(WHOLE) && run.code == 65, "{fault:?}: {run:?}");
            assert!(start.elapsed() < Duration::from_secs(45), "{fault:?}: {:?}", start.elapsed());
            let told = run.stderr.lines().find(|line| line.ends_with("; downloading text.gguf without ranges"));
            assert_eq!(told.is_some(), why.is_some(), "{fault:?}: {run:?}");
            assert!(told.unwrap_or_default().contains(why.unwrap_or_default()), "{fault:?}: {run:?}");
        }
    };
    thread::scope(|scope| faults.into_iter().for_each(|row| drop(scope.spawn(move || check(row)))));
}

#[test]
fn answers_that_are_always_wrong_fail_in_seconds() {
    for (fault, why) in [
        (Fault::Gzip, "it is compressed, but that was not requested"),
        (Fault::TooShort, "the file has 100000 bytes there and should have 200000"),
        (Fault::ChangedEtag, "it is another version of the file"),
        (Fault::WebPage, "it is a web page"),
        (Fault::RangeRefused, "the server answers 416"),
    ] {
        let (hub, place) = with_text();
        hub.plan(move |request| (request.role != Role::Hub).then_some(fault));
        let start = Instant::now();
        let run = download(&place, "4");
        assert_eq!(run.code, 69, "{fault:?}: {run:?}");
        let error = run.stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
        assert!(error.contains(why) && !run.stderr.contains("resumes"), "{fault:?}: {run:?}");
        assert!(start.elapsed() < Duration::from_secs(45), "{fault:?}: {:?}", start.elapsed());
    }
}

/// The first line on stderr of a download, and how long it took. The download is killed.
fn first_note(place: &Place) -> (String, Duration) {
    use std::io::BufRead;
    let start = Instant::now();
    let mut child = place.command(["download", "hf:a/b/text.gguf"]).spawn().expect("started");
    let mut line = String::new();
    let mut stderr = std::io::BufReader::new(child.stderr.take().expect("a pipe"));
    stderr.read_line(&mut line).expect("a line");
    let time = start.elapsed();
    child.kill().expect("killed");
    child.wait().expect("ended");
    (line, time)
}

#[test]
fn the_reason_why_nothing_moves_is_told_within_five_seconds() {
    let faults = [
        (Some(Fault::ServerError), "the download of text.gguf makes no progress: cannot fetch http://127.0.0.1:"),
        (Some(Fault::Busy), "the server answers 429, too many requests; trying again"),
        // Nobody answers at all.
        (None, "note: the server does not answer yet"),
    ];
    let check = |(fault, expected): (Option<Fault>, &str)| {
        let (hub, mut place) = with_text();
        let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        match fault {
            Some(fault) => hub.plan(move |request| (request.role == Role::Store).then_some(fault)),
            None => place.set("HF_ENDPOINT", &format!("http://{}", silent.local_addr().expect("an address"))),
        }
        let (line, time) = first_note(&place);
        assert!(line.starts_with("note: ") && line.contains(expected), "{fault:?}: {line}");
        // The test machine may be busy too.
        assert!(time < Duration::from_secs(8), "{fault:?}: {time:?}");
    };
    thread::scope(|scope| faults.into_iter().for_each(|row| drop(scope.spawn(move || check(row)))));
}

#[test]
fn a_file_that_cannot_be_resumed_by_ranges_is_resumed_in_the_end() {
    // So large that what comes too early is not simply dropped.
    let bytes = Random(13).bytes(5 << 20);
    let faults = [Fault::NoRanges, Fault::GzipRange, Fault::Later, Fault::FromStart, Fault::WholeForRange];
    for (fault, connections) in faults.into_iter().flat_map(|fault| [(fault, 1), (fault, 4)]) {
        let hub = Hub::new();
        hub.put("x", bytes.clone());
        let directory = tempfile::tempdir().expect("a directory");
        // Some parts come, and then nothing but whole files.
        let mut count = 0;
        hub.plan(move |request| {
            count += usize::from(request.role == Role::Store);
            (request.role == Role::Store && count > 3).then_some(fault)
        });
        let options = Options { connections, segment: 600_000, stall: Duration::from_secs(10), ..hasty() };
        assert_eq!(fetch_x(&hub, &bytes, directory.path(), options, &Cancel::default()), Ok(true), "{fault:?}");
        assert!(fs::read(directory.path().join("x")).expect("there") == bytes, "{fault:?}");
        let whole = hub.log().iter().filter(|it| it.role == Role::Store && it.range().is_none()).count();
        assert_eq!(whole, 1, "{fault:?}");
    }
}

#[test]
fn listings_of_several_pages_are_read_to_the_end() {
    let tree = "/api/models/a/b/tree/main?recursive=true";
    // A mirror names itself, or the hub that it copies; the cursor is the same.
    for host in ["", "https://hub.invalid"] {
        let hub = Hub::new();
        let mut place = Place::new();
        place.set("HF_ENDPOINT", &hub.url());
        let next = |cursor: &str| format!("{host}{tree}&cursor={cursor}");
        hub.page(tree, r#"[{"path":"README.md"},{"path":"one.gguf"}]"#, &next("x%3D"));
        hub.page(&format!("{tree}&cursor=x%3D"), "[]", &next("y"));
        hub.text(&format!("{tree}&cursor=y"), r#"[{"path":"sub/two.gguf"}]"#);
        let run = place.run(&["download", "hf:a/b"]);
        let expected = "error: a/b has 2 models: say which one\nhint: it has one.gguf, sub/two.gguf\n";
        assert_eq!((run.stderr.as_str(), run.code), (expected, 66));
        // One that never ends.
        hub.page(&format!("{tree}&cursor=y"), "[]", &next("y"));
        let run = place.run(&["download", "hf:a/b"]);
        let expected = "error: cannot use the listing of a/b: it has more than 100 pages\n";
        assert_eq!((run.stderr.as_str(), run.code), (expected, 65));
    }
}
