//! What holds whatever a stranger sends: the bodies of the fuzz targets, for cargo-fuzz (`tests/fuzz`) and for plain tests
//! (`tests/it/fuzz.rs`). Each takes any bytes, and panics where something does not hold.

use std::collections::HashSet;
use std::io::BufReader;
use std::path::Path;
use std::sync::LazyLock;

use dscoder::engine::remote::wire::{self, Framing, LineBuffer, Trouble};
use dscoder::engine::script::Script;
use dscoder::engine::source::Source;
use dscoder::error::{Error, Kind};
use dscoder::git::diff::Diff;
use dscoder::model::gguf::{self, Header, Value};
use dscoder::repository::imports;
use dscoder::repository::tree::{MAX_IMPORTS, MAX_OF_PACKAGE, Tree, name, parent};
use dscoder::serve::api::fields::Fields;
use dscoder::serve::api::{self, Letters};
use dscoder::serve::frame;
use dscoder::serve::request::{Prompt, Request, Role, prepare};
use dscoder::settings::files::{self, PROJECT_KEYS, Setting};
use dscoder::shape::block::Block;
use dscoder::shape::finish::Finish;
use dscoder::shape::stop::{StopRules, Until};
use dscoder::shape::trim::Trim;
use dscoder::text::dialect;
use dscoder::text::language::UNDERSTOOD;
use dscoder::text::structure::Structure;
use dscoder::vocabulary::{Bytes, Controls, LARGEST_VOCABULARY};

/// A target: its name, which is that of its seeds in `tests/data/seeds`, and its body.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 8] = [
    ("header", header),
    ("wire", wire),
    ("diff", diff),
    ("imports", imports),
    ("settings", settings),
    ("shape", shape),
    ("structure", structure),
    ("request", request),
];

/// The header of a GGUF file whose weights are missing.
pub fn header(data: &[u8]) {
    let path = Path::new("x");
    let read = |bytes: &[u8], file_bytes: usize| gguf::read_from(bytes, file_bytes as u64, path);
    let refused = |error: Error| {
        assert_eq!((error.kind, error.what.as_str()), (Kind::Data, "cannot use x"));
        assert!(!error.why.is_empty(), "it does not say why");
    };
    let weights = 1 << 16;
    let header = match read(data, data.len() + weights) {
        Ok(header) => header,
        Err(error) => return refused(error),
    };
    // What was read is no more than what was there.
    assert!(content(&header) <= data.len(), "{} of {} bytes", content(&header), data.len());
    // Written and read again it is the same, and any less of it is no header.
    let written = write(&header);
    let again =
        read(&written, written.len() + weights + header.tensors.len() * (2 << 20)).expect("a header as it should be");
    assert_eq!(write(&again), written);
    assert_eq!(again.tensors, header.tensors);
    if !header.tensors.is_empty() {
        refused(read(&written, written.len()).expect_err("there are no weights"));
    }
    for length in [0, written.len() / 2, written.len() - 1] {
        refused(read(&written[..length], length).expect_err("it ends too early"));
    }
}

/// The bytes that a header has in memory, without what collections add.
fn content(header: &Header) -> usize {
    let value = |key: &str| match header.get(key) {
        Some(Value::String(text)) => text.len(),
        Some(Value::Strings(strings)) => strings.iter().map(str::len).sum::<usize>() + 4 * strings.len(),
        Some(Value::Numbers { bytes, .. }) => bytes.len(),
        _ => 1,
    };
    let entries: usize = header.keys().map(|key| key.len() + value(key)).sum();
    entries + header.tensors.iter().map(|tensor| tensor.name.len() + 8 * tensor.shape.len()).sum::<usize>()
}

/// A file with this header, its keys in order and its numbers 64 bits wide.
fn write(header: &Header) -> Vec<u8> {
    fn text(text: &str) -> Vec<u8> {
        [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
    }
    let mut keys: Vec<&str> = header.keys().collect();
    keys.sort_unstable();
    let mut out = b"GGUF\x03\0\0\0".to_vec();
    out.extend((header.tensors.len() as u64).to_le_bytes());
    out.extend((keys.len() as u64).to_le_bytes());
    let mut alignment = 32;
    for key in keys {
        let value = header.get(key).expect("a key has a value");
        let (kind, bytes) = match value {
            Value::Unsigned(number) => (10u32, number.to_le_bytes().to_vec()),
            Value::Signed(number) => (11, number.to_le_bytes().to_vec()),
            Value::Float(number) => (6, (*number as f32).to_le_bytes().to_vec()),
            Value::Double(number) => (12, number.to_le_bytes().to_vec()),
            Value::Bool(truth) => (7, vec![u8::from(*truth)]),
            Value::String(string) => (8, text(string)),
            Value::Strings(strings) => {
                let head = [&8u32.to_le_bytes()[..], &(strings.len() as u64).to_le_bytes()].concat();
                (
                    9,
                    strings.iter().fold(head, |mut bytes, string| {
                        bytes.extend(text(string));
                        bytes
                    }),
                )
            }
            Value::Numbers { kind, count, bytes } => {
                (9, [&kind.to_le_bytes()[..], &(*count as u64).to_le_bytes(), bytes].concat())
            }
        };
        out.extend([text(key), kind.to_le_bytes().to_vec(), bytes].concat());
        if let ("general.alignment", Value::Unsigned(number)) = (key, value) {
            alignment = *number;
        }
    }
    let mut offset = 0;
    for tensor in &header.tensors {
        out.extend(text(&tensor.name));
        out.extend((tensor.shape.len() as u32).to_le_bytes());
        tensor.shape.iter().for_each(|dimension| out.extend(dimension.to_le_bytes()));
        out.extend(tensor.kind.to_le_bytes());
        out.extend(u64::to_le_bytes(offset));
        offset += tensor.bytes.next_multiple_of(alignment);
    }
    out
}

/// The answer of a server, in pieces and at once.
pub fn wire(data: &[u8]) {
    let read = |framing: Framing, size: usize| -> Result<Vec<Vec<u8>>, String> {
        let mut lines = LineBuffer::default();
        let mut payloads = Vec::new();
        for chunk in data.chunks(size) {
            payloads.extend(lines.push(chunk, framing)?);
        }
        payloads.extend(lines.rest(framing)?);
        Ok(payloads)
    };
    let is_short = |text: &str| !text.is_empty() && text.chars().count() <= 300;
    let mut all = vec![data.to_vec()];
    for framing in [Framing::Events, Framing::Lines] {
        let whole = read(framing, data.len().max(1));
        for size in [1, 2, 7] {
            assert_eq!(read(framing, size), whole, "in pieces of {size}");
        }
        match whole {
            Ok(payloads) => all.extend(payloads),
            Err(why) => assert!(is_short(&why), "{why:?}"),
        }
    }
    for payload in &all[1..] {
        assert!(payload.starts_with(b"{") || payload == b"[DONE]", "{payload:?}");
        assert!(!payload.contains(&b'\n'), "{payload:?}");
    }
    for payload in all {
        match wire::parse(&payload) {
            Ok(piece) => {
                let ids = piece.ids.iter().flat_map(|one| one.likeliest.iter().map(|one| one.0).chain([one.id]));
                ids.for_each(|id| assert!(id < LARGEST_VOCABULARY, "{id}"));
            }
            Err(Trouble::Strange(why)) => assert!(is_short(&why), "{why:?}"),
            Err(Trouble::Server(why)) => assert!(why.chars().count() <= 300, "{why:?}"),
        }
        if let Some(why) = wire::server_error(&payload) {
            assert!(is_short(&why), "{why:?}");
        }
        let _ = wire::is_too_long(&payload);
    }
}

/// A diff, or what is taken for one.
pub fn diff(data: &[u8]) {
    let read = Diff::read(data).expect("read from memory");
    let in_pieces = Diff::read(BufReader::with_capacity(3, data)).expect("read from memory");
    assert_eq!(in_pieces, read, "the pieces decide");
    let text = String::from_utf8_lossy(data);
    let input: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    assert!(read.files.len() + read.more_files <= input.len());
    // What is kept are lines of the input, in order. Long ones are cut, and what is no text is replaced.
    let mut rest = input.iter();
    for file in &read.files {
        let (mut added, mut removed) = (0, 0);
        for hunk in &file.hunks {
            assert!(hunk.lines.len() <= hunk.total && hunk.header.starts_with("@@ -"), "{hunk:?}");
            for line in hunk.lines.iter().chain([&hunk.header]) {
                assert!(
                    line.len() <= 3 * 400 && !line.contains(|one: char| one.is_control() && one != '\t'),
                    "{line:?}"
                );
            }
            for line in [&hunk.header].into_iter().chain(&hunk.lines) {
                let is_plain = line.len() < 400 && !line.contains('\u{FFFD}');
                assert!(!is_plain || rest.any(|one| one == line), "{line:?} is not in the diff, or not there");
            }
            added += hunk.lines.iter().filter(|line| line.starts_with('+')).count();
            removed += hunk.lines.iter().filter(|line| line.starts_with('-')).count();
        }
        assert!(added <= file.added && removed <= file.removed, "{file:?}");
        let all_kept = file.hunks.iter().all(|hunk| hunk.lines.len() == hunk.total);
        assert!(!all_kept || (added, removed) == (file.added, file.removed), "{file:?}");
    }
    for (budget, numbered) in [(64, false), (200, true), (1000, false), (1 << 30, true)] {
        let shown = read.shown(&Bytes, budget, numbered);
        assert!(shown.tokens <= budget && shown.tokens == shown.text.len(), "{} of {budget}: {shown:?}", shown.tokens);
        assert!(shown.names_only <= shown.files && shown.lines <= shown.all_lines, "{shown:?}");
        assert_eq!(shown.files, read.files.len() + read.more_files);
        if budget == 1 << 30 {
            let count = shown.text.lines().filter(|line| line.starts_with("=== ")).count();
            assert!(count >= read.files.len(), "{shown:?}");
        }
    }
}

/// A vocabulary of bytes: a source that needs no model.
static SCRIPT: LazyLock<Source> = LazyLock::new(|| {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "[answer]\npieces = []\n").expect("written");
    Source::Script(Script::open(file.path()).expect("a script"))
});

/// What a body asks in each dialect.
pub fn asked(data: &[u8]) -> [Result<Option<Request>, Error>; 9] {
    let fields = || Fields::read(data);
    let generate = |is_instruct| api::ollama::read_generate(data, is_instruct).map(|read| read.0);
    [
        api::llama::read_completion(data).map(|read| Some(read.0)),
        api::llama::read_infill(data).map(|read| Some(read.0)),
        fields().and_then(api::openai::read_completions).map(|read| Some(read.0)),
        fields().and_then(api::openai::read_fim).map(|read| Some(read.0)),
        fields().and_then(api::openai::read_chat).map(|read| Some(read.0)),
        fields().and_then(api::tabby::read).map(Some),
        generate(false),
        generate(true),
        api::ollama::read_chat(data).map(|read| read.0),
    ]
}

/// The body of a request to `dscoder serve`, in every dialect, and the prompt that it becomes.
pub fn request(data: &[u8]) {
    for asked in asked(data) {
        let asked = match asked {
            Ok(Some(asked)) => asked,
            Ok(None) => continue,
            Err(error) => {
                assert!(error.kind == Kind::Data && !error.what.is_empty(), "{error:?}");
                continue;
            }
        };
        assert!((1..=8).contains(&asked.count) && asked.stop.iter().all(|stop| !stop.is_empty()), "{asked:?}");
        let numbers = [asked.temperature, asked.top_p, asked.min_p, asked.repeat_penalty];
        assert!(numbers.into_iter().flatten().all(f32::is_finite), "{asked:?}");
        let capacity = 4096;
        match prepare(&asked, SCRIPT.vocabulary(), capacity) {
            Ok(ready) => {
                assert_eq!(ready.work.len(), asked.count);
                for work in &ready.work {
                    assert!(!work.prompt.is_empty() && work.prompt.len() + work.max_tokens <= capacity, "{asked:?}");
                    let controls = work.prompt.iter().filter(|&&id| Controls::V1.is_control(id)).count();
                    let expected = match &asked.prompt {
                        Prompt::Gap(_) => 4,
                        Prompt::Text(_) => 1,
                        // One at the beginning, and one behind each answer.
                        Prompt::Chat(messages) => {
                            let answers = messages.iter().rev().skip(1).filter(|one| one.role == Role::Assistant);
                            // Messages of the system are not counted as the last one.
                            let last = messages.iter().rfind(|one| one.role != Role::System);
                            let is_last = last.is_some_and(|one| one.role == Role::Assistant);
                            let ends = messages.last().is_some_and(|one| one.role == Role::System);
                            1 + answers.count() - usize::from(is_last && ends)
                        }
                        Prompt::Ids(_) => controls,
                    };
                    assert_eq!(controls, expected, "{asked:?}");
                }
            }
            Err(error) => assert!(matches!(error.kind, Kind::Data | Kind::TooLong), "{error:?}: {asked:?}"),
        }
    }
    // A frame is a part of its text, and what is around is markers and headings.
    let text = String::from_utf8_lossy(data);
    if let Some(found) = frame::parse(&text) {
        assert!(text.contains(found.prefix) && text.contains(found.suffix), "{found:?} of {text:?}");
        assert!(found.prefix.len() + found.suffix.len() < text.len(), "{found:?} of {text:?}");
        for part in [found.prefix, found.suffix] {
            assert_eq!(frame::parse(part), None, "a frame in {text:?}");
        }
    }
    // Text leaves the server as it is, in any pieces, and in one line.
    for size in [1, 3, data.len().max(1)] {
        let mut letters = Letters::default();
        let mut out: String = data.chunks(size).map(|piece| letters.push(piece)).collect();
        out += &letters.finish();
        assert!(std::str::from_utf8(data).is_ok_and(|text| text == out) || out.contains('\u{FFFD}'), "{data:?}");
        let event = String::from_utf8(api::data(&serde_json::json!({"text": out}))).expect("UTF-8");
        let line = event.strip_prefix("data: ").and_then(|rest| rest.strip_suffix("\n\n")).expect("an event");
        assert!(!line.contains('\n') && !line.contains("data:"), "{line:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(line).expect("JSON")["text"], out);
    }
}

/// The files that the texts import, and what `small_text` gives of those that have any.
const FILES: [(&str, &str); 16] = [
    ("Cargo.toml", "[package]\nname = \"a\"\n"),
    ("src/lib.rs", ""),
    ("src/a.rs", ""),
    ("src/a/b.rs", ""),
    ("go.mod", "module example.com/a\n"),
    ("b/b.go", ""),
    ("b/c.go", ""),
    ("a.py", ""),
    ("b/__init__.py", ""),
    ("b/c.py", ""),
    ("b/a.h", ""),
    ("include/a.h", ""),
    ("b/a.ts", ""),
    ("b/index.js", ""),
    ("src/main/java/a/B.java", ""),
    ("src/main/java/a/C.kt", ""),
];

struct Files;

impl Tree for Files {
    fn is_file(&self, path: &str) -> bool {
        FILES.iter().any(|(file, _)| *file == path)
    }

    fn is_dir(&self, path: &str) -> bool {
        path.is_empty()
            || FILES.iter().any(|(file, _)| file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    }

    fn names(&self, directory: &str) -> Vec<String> {
        let mut names: Vec<_> =
            FILES.iter().filter(|(file, _)| parent(file) == directory).map(|(file, _)| name(file).to_owned()).collect();
        names.sort();
        names
    }

    fn small_text(&self, path: &str) -> Option<String> {
        FILES.iter().find(|(file, _)| *file == path).map(|(_, text)| (*text).to_owned())
    }
}

/// The imports of a text in each language.
pub fn imports(data: &[u8]) {
    for (path, found) in imported(data) {
        assert!(found.len() <= MAX_IMPORTS * MAX_OF_PACKAGE);
        let mut seen = HashSet::new();
        for file in &found {
            assert!(Files.is_file(file), "{file:?} is not there");
            assert!(*file != path && seen.insert(file), "{file:?} is {path:?} itself or there twice");
        }
    }
}

/// The files that a text imports, for each language with the path that it is taken for.
pub fn imported(data: &[u8]) -> Vec<(String, Vec<String>)> {
    let text = String::from_utf8_lossy(data);
    let paths = ["b/c.py", "src/a.rs", "b/b.go", "b/a.ts", "src/main/java/a/B.java", "b/a.c"];
    let of = |(language, path)| imports::of(language, &text, path, &Files);
    UNDERSTOOD.into_iter().zip(paths).map(|pair| (pair.1.to_owned(), of(pair))).collect()
}

static COMMAND: LazyLock<clap::Command> = LazyLock::new(dscoder::cmd::command);

/// A settings file, as the user's and as one of a project.
pub fn settings(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines = text.split('\n').count();
    for is_project in [false, true] {
        // No project is there, so that nothing is looked for on the disk.
        let settings = match files::parse(&text, Path::new("x"), is_project, &COMMAND) {
            Ok(settings) => settings,
            Err(error) => {
                let line = error.what.strip_prefix("x:").and_then(|rest| rest.split_once(": "));
                let line = line.and_then(|(line, _)| line.parse::<usize>().ok());
                assert!(line.is_some_and(|line| (1..=lines).contains(&line)), "{error:?} names no line of {lines}");
                assert!(error.kind == Kind::Usage && !error.why.is_empty(), "{error:?}");
                assert!(!error.to_string().contains(|one: char| one.is_control() && one != '\n'), "{error:?}");
                continue;
            }
        };
        for setting in &settings {
            let argument = files::option_below(&COMMAND, &setting.key).expect("a setting");
            assert_eq!(files::check(argument, &setting.values), Ok(()), "{setting:?}");
            assert!(!is_project || PROJECT_KEYS.contains(&setting.key.as_str()), "{setting:?}");
            let line = text.split('\n').nth(setting.line - 1).expect("a line of the text");
            assert!(line.contains(&setting.key) || line.contains('\\'), "{setting:?} is not in {line:?}");
        }
        if !is_project {
            let written = toml(&settings);
            let again = files::parse(&written, Path::new("x"), false, &COMMAND).expect("settings as they should be");
            let essence = |settings: &[Setting]| -> Vec<_> {
                let one = |one: &Setting| (one.section.clone(), one.key.clone(), one.values.clone());
                let mut all: Vec<_> = settings.iter().map(one).collect();
                all.sort();
                all
            };
            assert_eq!(essence(&again), essence(&settings), "{written}");
        }
    }
}

/// Settings as a file says them.
fn toml(settings: &[Setting]) -> String {
    let mut sections: Vec<_> = settings.iter().map(|setting| setting.section.as_deref()).collect();
    sections.sort_unstable();
    sections.dedup();
    let mut out = String::new();
    for section in sections {
        out.extend(section.map(|section| format!("[{section}]\n")));
        for setting in settings.iter().filter(|setting| setting.section.as_deref() == section) {
            let argument = files::option_below(&COMMAND, &setting.key).expect("a setting");
            let value = match (argument.get_action(), &setting.values[..]) {
                (clap::ArgAction::SetTrue, [value]) => value.clone(),
                (clap::ArgAction::Append, values) => {
                    format!("[{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "))
                }
                (_, [value]) => quoted(value),
                (_, values) => panic!("{values:?}"),
            };
            out += &format!("{} = {value}\n", setting.key);
        }
    }
    out
}

/// A string of TOML, which is one of JSON but for one control character.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7F}', "\\u007F")
}

/// The shape of an answer. Zero bytes part the prefix, the suffix, a stop text and the answer.
pub fn shape(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.splitn(4, '\0').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let (prefix, suffix, stop, answer) = (part(), part(), part(), part());
    for cuts in [&[1][..], &[3], &[5, 1, 2]] {
        for until in [Until::End, Until::Line, Until::Blank] {
            stop_rules(&answer, &[stop.clone(), suffix.clone()], until, cuts);
        }
        trimming(&prefix, &suffix, &answer, cuts);
    }
}

/// `text` in pieces, which may cut characters: their lengths, over and over.
pub fn pieces<'a>(text: &'a str, lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = text.as_bytes();
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at(rest.len().min(*length));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

/// The structure of a text of any language, and the end of its block. The first byte chooses the language, the second one
/// where the answer begins.
pub fn structure(data: &[u8]) {
    let [language, cursor, text @ ..] = data else { return };
    let text = String::from_utf8_lossy(text);
    let dialect = &dialect::DIALECTS[usize::from(*language) % dialect::DIALECTS.len()];
    let found = Structure::new(dialect, text.as_bytes()).find(0);
    assert!(found.tokens.iter().all(|token| token.at < text.len()), "{dialect:?} {text:?}");
    assert!(found.tokens.is_sorted_by_key(|token| token.at), "{dialect:?} {text:?}");
    assert!(found.open.is_none_or(|open| open < text.len()), "{dialect:?} {text:?}");
    let cut = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).nth(usize::from(*cursor)).unwrap_or(text.len());
    let (prefix, answer) = text.split_at(cut);
    for infill in [false, true] {
        let block = |size: usize| {
            let mut block = Block::new(dialect, prefix, infill);
            let mut out = Vec::new();
            for piece in answer.as_bytes().chunks(size) {
                let released = block.push(piece);
                out.extend(released.bytes);
                if released.stopped.is_some() {
                    return (out, true);
                }
            }
            out.extend(block.finish());
            (out, false)
        };
        let (kept, is_ended) = block(1);
        assert_eq!(block(answer.len().max(1)), (kept.clone(), is_ended), "the pieces decide: {prefix:?} {answer:?}");
        assert!(answer.as_bytes().starts_with(&kept), "{prefix:?} {answer:?}");
        assert!(is_ended || answer[kept.len()..].trim().is_empty(), "{prefix:?} {answer:?}");
        assert!(!is_ended || kept.is_empty() || kept.ends_with(b"\n"), "{prefix:?} {answer:?}");
    }
}

/// Where an answer ends: at the first byte that completes a stop text or a blank line. Of several that it completes, the
/// longest goes.
fn end_of_answer(text: &[u8], stops: &[String], until: Until) -> Option<usize> {
    let line = (until == Until::Line).then_some("\n");
    (1..=text.len()).find_map(|end| {
        let seen = &text[..end];
        let texts = stops.iter().map(String::as_str).chain(line).filter(|stop| !stop.is_empty());
        let starts = texts.filter(|stop| seen.ends_with(stop.as_bytes())).map(|stop| end - stop.len());
        let above = seen.strip_suffix(b"\n").filter(|_| until == Until::Blank);
        let blank = above.and_then(|above| above.iter().rposition(|&byte| byte == b'\n')).map(|at| at + 1);
        starts.chain(blank.filter(|&start| seen[start..].iter().all(u8::is_ascii_whitespace))).min()
    })
}

/// An answer under stop rules ends at the same byte however it comes, and no more of it is held back than must be.
pub fn stop_rules(text: &str, stops: &[String], until: Until, cuts: &[usize]) {
    let mut rules = StopRules::new(stops, until);
    let (mut out, mut pushed, mut stopped) = (Vec::new(), Vec::new(), None);
    for piece in pieces(text, cuts) {
        let released = rules.push(piece);
        out.extend(released.bytes);
        pushed.extend_from_slice(piece);
        stopped = released.stopped;
        if stopped.is_some() {
            break;
        }
        // Only what may yet be a stop text or a blank line is held back.
        let held = pushed.strip_prefix(&out[..]).expect("given out as it came");
        let begins_stop = stops.iter().any(|stop| stop.len() > held.len() && stop.as_bytes().starts_with(held));
        let begins_blank = until == Until::Blank && held.iter().all(u8::is_ascii_whitespace);
        assert!(held.is_empty() || begins_stop || begins_blank, "{held:?} is held back of {text:?}, {stops:?}");
    }
    let end = end_of_answer(text.as_bytes(), stops, until);
    assert_eq!(stopped, end.map(|_| Finish::StopRule), "{text:?}, {stops:?}, {until:?}");
    if stopped.is_none() {
        out.extend(rules.finish());
    }
    let expected = &text.as_bytes()[..end.unwrap_or(text.len())];
    assert!(out == expected, "{:?} of {text:?}, {stops:?}, {until:?}", String::from_utf8_lossy(&out));
}

/// What stays of an answer between two texts, and why it was ended before.
pub fn trimmed(prefix: &str, suffix: &str, answer: &[&[u8]]) -> (String, Option<Finish>) {
    let mut trim = Trim::new(dialect::of(None, &format!("{prefix}{suffix}")), prefix, suffix);
    let (mut out, mut stopped) = (Vec::new(), None);
    for piece in answer {
        let released = trim.push(piece);
        out.extend(released.bytes);
        stopped = released.stopped;
        if stopped.is_some() {
            break;
        }
    }
    out.extend(trim.finish());
    (String::from_utf8(out).expect("no character is cut"), stopped)
}

fn solid(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

/// Trimming takes away only what the suffix has, and lines over and over. Gives whether it took away anything.
pub fn trimming(prefix: &str, suffix: &str, answer: &str, cuts: &[usize]) -> bool {
    let (kept, why) = trimmed(prefix, suffix, &pieces(answer, cuts));
    let (byte_by_byte, _) = trimmed(prefix, suffix, &pieces(answer, &[1]));
    assert_eq!(kept, byte_by_byte, "the pieces decide: {prefix:?} {suffix:?} {answer:?}");
    // Of the beginning, only an indentation goes.
    let indentation = answer.len() - answer.trim_start_matches([' ', '\t']).len();
    let is_there = (0..=indentation).any(|from| answer[from..].starts_with(&kept));
    assert!(is_there, "{kept:?} does not begin {answer:?}");
    let whole = solid(answer);
    let rest = &whole[solid(&kept).len()..];
    let is_known = match why {
        None => solid(suffix).starts_with(rest),
        // It was ended because the next lines of the suffix came.
        Some(Finish::Suffix) => {
            let next = suffix.lines().filter(|line| !line.trim().is_empty());
            rest.starts_with(&solid(&next.take(3).collect::<String>()))
        }
        // What goes is the line that is kept once.
        _ => {
            let line = solid(kept.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default());
            let again = answer.lines().filter(|one| solid(one) == line).count();
            why == Some(Finish::Repetition) && again >= 4 && rest.starts_with(&line)
        }
    };
    assert!(is_known, "{rest:?} is lost ({why:?}) of {prefix:?} {suffix:?} {answer:?}");
    !rest.is_empty()
}
