//! `dscoder lsp`, driven as editors do.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use dscoder::lsp::document::{Document, Encoding};
use gen_lsp_types::{Position, Range};
use serde_json::{Value, json};

use crate::command::{Place, Random, number};
use crate::resident;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
const CANCELLED: i64 = -32800;
const MODIFIED: i64 = -32801;

/// An editor, which ends the servers that it has started.
struct Editor<'p> {
    place: &'p Place,
    child: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Responses that came before they were waited for.
    early: VecDeque<Value>,
    /// What the server has asked and said.
    said: Vec<Value>,
    /// The section of the settings.
    settings: Value,
    count: i64,
}

impl<'p> Editor<'p> {
    fn start(place: &'p Place, arguments: &[&str]) -> Editor<'p> {
        let mut command = place.command([&["lsp"], arguments].concat());
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("started");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, messages) = channel();
        thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let stdin = child.stdin.take();
        let (early, said) = (VecDeque::new(), Vec::new());
        Editor { place, child, stdin, messages, early, said, settings: Value::Null, count: 0 }
    }

    /// Starts one that can everything, with a model of canned answers.
    fn with(place: &'p Place, answer: &str, arguments: &[&str]) -> Editor<'p> {
        let model = place.script(answer);
        let mut editor = Editor::start(place, &[&["-m", &model], arguments].concat());
        editor.initialize(&json!(["utf-16"]), &Value::Null);
        editor
    }

    fn initialize(&mut self, encodings: &Value, options: &Value) -> Value {
        let capabilities = json!({
            "general": {"positionEncodings": encodings},
            "textDocument": {"inlineCompletion": {}, "codeAction": {"codeActionLiteralSupport": {}}},
            "window": {"workDoneProgress": true},
            "workspace": {"configuration": true, "applyEdit": true, "workspaceEdit": {"documentChanges": true}},
        });
        let root = uri(&self.place.path(""));
        let params =
            json!({"processId": null, "rootUri": root, "capabilities": capabilities, "initializationOptions": options});
        let response = self.call("initialize", params);
        self.notify("initialized", json!({}));
        response["result"]["capabilities"].clone()
    }

    fn send(&mut self, message: &Value) {
        self.bytes(frame(message).as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("open");
        stdin.write_all(bytes).expect("written");
        stdin.flush().expect("written");
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.count += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.count, "method": method, "params": params}));
        self.count
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.response(id)
    }

    /// The response to a request; what the server asks meanwhile is answered.
    fn response(&mut self, id: i64) -> Value {
        if let Some(at) = self.early.iter().position(|response| response["id"] == id) {
            return self.early.remove(at).expect("there");
        }
        let end = Instant::now() + PATIENCE;
        loop {
            let message = self.next(end).unwrap_or_else(|| panic!("no response to {id}; said: {:?}", self.said));
            if message.get("method").is_none() {
                if message["id"] == id {
                    return message;
                }
                self.early.push_back(message);
            }
        }
    }

    /// The next message until then.
    fn next(&mut self, end: Instant) -> Option<Value> {
        let message = self.messages.recv_timeout(end.saturating_duration_since(Instant::now())).ok()?;
        if message.get("method").is_some() {
            if let Some(id) = message.get("id") {
                let result = match message["method"].as_str() {
                    Some("workspace/configuration") => json!([self.settings]),
                    Some("workspace/applyEdit") => json!({"applied": true}),
                    _ => Value::Null,
                };
                let id = id.clone();
                self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}));
            }
            self.said.push(message.clone());
        }
        Some(message)
    }

    /// Waits until the server says this.
    fn hear(&mut self, method: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.said.iter().find(|said| said["method"] == method && is_it(&said["params"]));
            if let Some(said) = found {
                return said["params"].clone();
            }
            let response = self.next(end).filter(|message| message.get("method").is_none());
            self.early.extend(response);
            assert!(Instant::now() < end, "no {method}: {:?}", self.said);
        }
    }

    fn open(&mut self, name: &str, text: &str) -> String {
        let uri = uri(&self.place.path(name));
        let item = json!({"uri": uri, "languageId": "python", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": item}));
        uri
    }

    fn insert(&mut self, uri: &str, version: i64, (line, character): (u32, u32), text: &str) {
        let at = json!({"line": line, "character": character});
        let change = json!({"range": {"start": at, "end": at}, "text": text});
        let params = json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]});
        self.notify("textDocument/didChange", params);
    }

    /// Asks for inline completions, by a key of the user or not.
    fn complete(&mut self, uri: &str, place: (u32, u32), is_invoked: bool) -> i64 {
        let params = self.params(uri, place, is_invoked);
        self.ask("textDocument/inlineCompletion", params)
    }

    fn params(&self, uri: &str, (line, character): (u32, u32), is_invoked: bool) -> Value {
        let position = json!({"line": line, "character": character});
        let kind = if is_invoked { 1 } else { 2 };
        json!({"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": kind}})
    }

    /// The texts of the items at a place.
    fn items(&mut self, uri: &str, place: (u32, u32), is_invoked: bool) -> Vec<String> {
        let id = self.complete(uri, place, is_invoked);
        let response = self.response(id);
        let items = response["result"]["items"].as_array().unwrap_or_else(|| panic!("no items: {response}"));
        items.iter().map(|item| item["insertText"].as_str().expect("a text").to_owned()).collect()
    }

    fn command(&mut self, command: &str, argument: Value) -> Value {
        self.call("workspace/executeCommand", json!({"command": command, "arguments": [argument]}))
    }

    /// Ends it as the protocol wants it, and returns its exit code.
    fn end(mut self) -> i32 {
        self.call("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.wait()
    }

    fn wait(&mut self) -> i32 {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().expect("waited") {
                return status.code().expect("a code");
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("it does not end");
    }
}

impl Drop for Editor<'_> {
    fn drop(&mut self) {
        self.stdin = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
        resident::stop(self.place);
    }
}

fn frame(message: &Value) -> String {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((_, value)) => length = value.parse().ok()?,
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

fn status(place: &Place) -> Value {
    // A busy machine may not answer in time.
    let end = Instant::now() + PATIENCE;
    loop {
        let status = place.run(&["serve", "status", "--json"]);
        match serde_json::from_str(&status.stdout) {
            Ok(about) => return about,
            Err(error) => assert!(Instant::now() < end, "{error}: {status:?}"),
        }
    }
}

/// Waits until the resident engine computes nothing.
fn rests(place: &Place) -> bool {
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        let about = status(place);
        if about["live"] == 0 && about["waiting"] == 0 {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}

#[test]
fn a_session() {
    let place = resident::place();
    let model = place.script("pieces = [\"a\", \" + b\"]\nturns = [[\"a + b\"], [\"b\"], [\"b\"], [\"c\"]]");
    let mut editor = Editor::start(&place, &["-m", &model, "--candidates", "4"]);
    let capabilities = editor.initialize(&json!(["utf-16"]), &Value::Null);
    assert_eq!(capabilities["positionEncoding"], "utf-16");
    assert!(capabilities.get("completionProvider").is_none(), "{capabilities}");
    let uri = editor.open("new.py", "def f(a, b):\n    return \n");
    // What nobody has asked for is one item; who asks gets all that differ.
    let id = editor.complete(&uri, (1, 11), false);
    let response = editor.response(id);
    let here = json!({"line": 1, "character": 11});
    assert_eq!(response["result"], json!({"items": [{"insertText": "a + b", "range": {"start": here, "end": here}}]}));
    assert_eq!(editor.items(&uri, (1, 11), true), ["a + b", "b", "c"]);
    // Within a word nothing is suggested.
    assert_eq!(editor.items(&uri, (1, 8), false), Vec::<String>::new());
    assert_eq!(editor.items("file:///not/open.py", (0, 0), true), Vec::<String>::new());
    editor.hear("window/workDoneProgress/create", |_| true);
    assert_eq!(editor.end(), 0);
}

#[test]
fn what_is_typed_of_an_item_costs_nothing() {
    let place = resident::place();
    let mut editor = Editor::with(&place, "pieces = [\"value\", \" + other\"]", &[]);
    let uri = editor.open("a.py", "x = \n");
    assert_eq!(editor.items(&uri, (0, 4), false), ["value + other"]);
    let answered = status(&place)["answered"].clone();
    for (number, letter) in "value +".chars().enumerate() {
        let at = 4 + number as u32;
        editor.insert(&uri, 2 + number as i64, (0, at), &letter.to_string());
        assert_eq!(editor.items(&uri, (0, at + 1), false), [&"value + other"[number + 1..]]);
    }
    assert_eq!(status(&place)["answered"], answered);
    // Something else is another question.
    editor.insert(&uri, 20, (0, 11), "x");
    assert_eq!(editor.items(&uri, (0, 12), false), ["value + other"]);
    assert_ne!(status(&place)["answered"], answered);
}

#[test]
fn positions_are_what_was_negotiated() {
    for (encodings, name, character) in [
        (json!(["utf-8", "utf-16"]), "utf-8", 14),
        (json!(["utf-32"]), "utf-32", 10),
        (json!(["utf-7"]), "utf-16", 11),
        (Value::Null, "utf-16", 11),
    ] {
        let place = resident::place();
        let model = place.script("pieces = [\"new\\n\", \"line\"]");
        let mut editor = Editor::start(&place, &["-m", &model]);
        assert_eq!(editor.initialize(&encodings, &Value::Null)["positionEncoding"], name);
        let uri = editor.open("a.py", "s = 'é😀' \t\r\nt\r\n");
        let id = editor.complete(&uri, (0, character - 1), true);
        let response = editor.response(id);
        // A text over lines takes the rest of its line into itself.
        let range = json!({
            "start": {"line": 0, "character": character - 1}, "end": {"line": 0, "character": character},
        });
        assert_eq!(response["result"]["items"][0], json!({"insertText": "new\r\nline\t", "range": range}), "{name}");
    }
}

#[test]
fn who_gives_up_is_answered_at_once() {
    let place = resident::place();
    let mut editor = Editor::with(&place, "pieces = [\"x\"]\nend = false\ndelay_ms = 20", &["-n", "40"]);
    let uri = editor.open("a.py", "a = \nb = \n");
    let other = editor.open("b.py", "c = \n");
    // A command has no time limit.
    let argument = json!({"uri": uri, "position": {"line": 0, "character": 4}});
    let params = json!({"command": "dscoder.completeFunction", "arguments": [argument]});
    let cancelled = editor.ask("workspace/executeCommand", params.clone());
    thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    editor.notify("$/cancelRequest", json!({"id": cancelled}));
    assert_eq!(editor.response(cancelled)["error"]["code"], CANCELLED);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert!(rests(&place), "the engine still computes");
    // A change of the document, and of no other one.
    let modified = editor.ask("workspace/executeCommand", params);
    let kept = editor.complete(&other, (0, 4), false);
    editor.insert(&uri, 2, (1, 4), "1");
    assert_eq!(editor.response(modified)["error"]["code"], MODIFIED);
    assert_eq!(editor.response(kept)["error"], Value::Null);
    // A newer question about the same document.
    let old = editor.complete(&uri, (0, 4), false);
    let new = editor.complete(&uri, (1, 5), false);
    assert_eq!(editor.response(old)["result"]["items"], json!([]));
    assert_ne!(editor.response(new)["result"]["items"], json!([]));
    // Its close.
    let closed = editor.complete(&uri, (0, 4), true);
    editor.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
    assert_eq!(editor.response(closed)["error"]["code"], MODIFIED);
    // Cancelling what is over does nothing.
    editor.notify("$/cancelRequest", json!({"id": cancelled}));
    editor.notify("$/cancelRequest", json!({"id": "no"}));
    assert!(rests(&place), "the engine still computes");
    assert_eq!(editor.end(), 0);
}

#[test]
fn commands_write_into_the_document() {
    let place = resident::place();
    // The docstring, and four answers for each candidate.
    let mut turns = vec![["Adds it."]; 6];
    turns.extend([["one"], ["one"], ["two"]]);
    let script = format!(
        "pieces = [\"Adds it.\"]
turns = {}",
        json!(turns)
    );
    let mut editor = Editor::with(&place, &script, &[]);
    let uri = editor.open("a.py", "def f(a):\n    return old\n");
    let range = json!({"start": {"line": 1, "character": 11}, "end": {"line": 1, "character": 14}});
    let edit = |said: &Value| said["edit"]["documentChanges"][0].clone();
    let filled = editor.command("dscoder.fillSelection", json!({"uri": uri, "range": range}));
    assert_eq!(filled["result"], Value::Null, "{filled}");
    let said = editor.hear("workspace/applyEdit", |params| params["label"] == "Fill the selection");
    assert_eq!(edit(&said)["edits"], json!([{"range": range, "newText": "Adds it."}]));
    assert_eq!(edit(&said)["textDocument"], json!({"uri": uri, "version": 1}));

    let inside = json!({"uri": uri, "position": {"line": 1, "character": 6}});
    assert_eq!(editor.command("dscoder.writeDocstring", inside.clone())["result"], Value::Null);
    let said = editor.hear("workspace/applyEdit", |params| params["label"] == "Write a docstring");
    let line = json!({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}});
    assert_eq!(edit(&said)["edits"], json!([{"range": line, "newText": "    \"\"\"Adds it.\"\"\"\n"}]));

    // Candidates that were not seen, until there are none.
    let mut next = || editor.command("dscoder.nextCandidate", inside.clone())["result"]["insertText"].clone();
    assert_eq!([next(), next(), next()], [json!("Adds it."), json!("one"), Value::Null]);

    // The menu has what is possible at the place, for those who ask.
    let mut titles = |range: &Value, kind: Value| -> Vec<String> {
        let context = json!({"diagnostics": [], "triggerKind": kind});
        let params = json!({"textDocument": {"uri": uri}, "range": range, "context": context});
        let response = editor.call("textDocument/codeAction", params);
        let actions = response["result"].as_array().expect("a list").clone();
        actions.iter().map(|action| action["command"]["command"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(titles(&range, json!(1)), ["dscoder.fillSelection"]);
    assert_eq!(titles(&range, json!(2)), Vec::<String>::new());
    assert_eq!(titles(&line, Value::Null), ["dscoder.completeFunction", "dscoder.writeDocstring"]);

    for (command, argument, code) in [
        ("dscoder.fillSelection", json!({"uri": uri}), -32602),
        (
            "dscoder.completeFunction",
            json!({"uri": "file:///other.py", "position": {"line": 0, "character": 0}}),
            -32602,
        ),
        ("dscoder.completeFunction", json!("uri"), -32602),
        ("dscoder.unknown", json!({"uri": uri}), -32602),
    ] {
        assert_eq!(editor.command(command, argument.clone())["error"]["code"], code, "{command} {argument}");
    }
    let other = editor.open("b.py", "x = 1\n");
    let nowhere =
        editor.command("dscoder.writeDocstring", json!({"uri": other, "position": {"line": 0, "character": 0}}));
    assert_eq!(nowhere["error"]["message"], "there is no function here");
}

#[test]
fn an_editor_without_inline_completion_gets_entries_of_its_list() {
    let place = resident::place();
    let model = place.script("pieces = [\"al(\", \"x)\\n\", \"y\"]");
    let mut editor = Editor::start(&place, &["-m", &model]);
    let response = editor.call("initialize", json!({"capabilities": {}}));
    assert_eq!(response["result"]["capabilities"]["completionProvider"], json!({}));
    editor.notify("initialized", json!({}));
    let uri = editor.open("a.py", "s = tot\n");
    let params = json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 7}});
    let item = editor.call("textDocument/completion", params)["result"]["items"][0].clone();
    assert_eq!((&item["label"], &item["textEdit"]["newText"]), (&json!("total(x) …"), &json!("total(x)\ny")));
    assert_eq!(item["textEdit"]["range"]["start"], json!({"line": 0, "character": 4}));
    // Without applyEdit, a command returns the edit.
    let filled = editor.command(
        "dscoder.fillSelection",
        json!({"uri": uri, "range": {"start": {"line": 0, "character": 4}, "end": {"line": 0, "character": 7}}}),
    );
    assert_eq!(filled["result"]["changes"][&uri][0]["newText"], "al(x)\ny");
}

#[test]
fn the_model_sees_what_is_open_and_no_secrets() {
    let place = resident::place();
    fs::create_dir(place.path(".git")).expect("made");
    place.write("util.py", "UTIL = 1\n");
    place.write("secrets.py", "SECRET = 1\n");
    place.write(".gitignore", "ignored.py\n");
    place.write("ignored.py", "IGNORED = 1\n");
    place.write("main.py", "import util\n");
    place.write("open.py", "OLD = 1\n");
    let mut editor = Editor::with(&place, "pieces = [\"x\"]\nrecord = \"prompt.txt\"", &[]);
    let prompt = || fs::read_to_string(place.path("prompt.txt")).expect("recorded");
    editor.open("secrets.py", "SECRET = 2\n");
    editor.open("ignored.py", "IGNORED = 2\n");
    editor.open("open.py", "OPEN = 2\n");
    let uri = editor.open("main.py", "import util\nx = \n");
    editor.items(&uri, (1, 4), false);
    let seen = prompt();
    assert!(seen.contains("UTIL = 1") && seen.contains("OPEN = 2") && seen.contains("util.py"), "{seen}");
    assert!(!seen.contains("SECRET") && !seen.contains("IGNORED") && !seen.contains("OLD"), "{seen}");
    // The settings of the editor count at once.
    editor.settings = json!({"context": false, "unknown": 1});
    editor.notify("workspace/didChangeConfiguration", json!({"settings": {}}));
    editor.hear("workspace/configuration", |_| true);
    editor.call("shutdown-no", Value::Null);
    editor.insert(&uri, 2, (1, 4), "y");
    editor.items(&uri, (1, 5), false);
    assert!(!prompt().contains("OPEN"), "{}", prompt());
}

#[test]
fn folders_come_and_go() {
    let place = resident::place();
    place.write("work/main.py", "import util\n");
    place.write("work/util.py", "UTIL = 1\n");
    // Outside of what the editor has opened, and without git, nothing is read.
    let model = place.script("pieces = [\"x\"]\nrecord = \"prompt.txt\"");
    let mut editor = Editor::start(&place, &["-m", &model]);
    editor.call("initialize", json!({"capabilities": {"textDocument": {"inlineCompletion": {}}}}));
    editor.notify("initialized", json!({}));
    let uri = editor.open("work/main.py", "import util\nx = \n");
    let sees = |editor: &mut Editor<'_>, column: u32| {
        editor.items(&uri, (1, column), true);
        fs::read_to_string(place.path("prompt.txt")).expect("recorded").contains("UTIL = 1")
    };
    assert!(!sees(&mut editor, 4));
    let folder = json!({"uri": crate::lsp::uri(&place.path("work")), "name": "work"});
    let change = |added: Value, removed: Value| json!({"event": {"added": added, "removed": removed}});
    editor.notify("workspace/didChangeWorkspaceFolders", change(json!([folder]), json!([])));
    assert!(sees(&mut editor, 3));
    editor.notify("workspace/didChangeWorkspaceFolders", change(json!([]), json!([folder])));
    assert!(!sees(&mut editor, 2));
}

#[test]
fn the_settings_name_the_model() {
    let place = resident::place();
    let models: Vec<_> = ["first", "second", "third"]
        .iter()
        .map(|name| {
            let path = place.write(&format!("{name}.toml"), format!("[answer]\npieces = [\"{name}\"]\n"));
            format!("script:{}", path.display())
        })
        .collect();
    let mut editor = Editor::start(&place, &["-m", &models[0]]);
    editor.initialize(&json!(["utf-16"]), &json!({"model": models[1]}));
    let uri = editor.open("a.py", "x = \n");
    assert_eq!(editor.items(&uri, (0, 4), true), ["second"]);
    // Another model gets another socket, and the first one stays for others.
    let mut second = Editor::start(&place, &["-m", &models[2]]);
    second.initialize(&json!(["utf-16"]), &Value::Null);
    let other = second.open("a.py", "x = \n");
    assert_eq!(second.items(&other, (0, 4), true), ["third"]);
    assert_eq!(editor.items(&uri, (0, 0), true), ["second"]);
    // Who names no model takes the one that is there.
    let mut third = Editor::start(&place, &[]);
    third.initialize(&json!(["utf-16"]), &Value::Null);
    let other = third.open("a.py", "x = \n");
    assert_eq!(third.items(&other, (0, 4), true), ["second"]);
    // A question that is asked before the settings are known waits for them.
    let mut early = Editor::start(&place, &["-m", "6.7b-base"]);
    early.settings = json!({"model": models[1]});
    early.initialize(&json!(["utf-16"]), &Value::Null);
    let other = early.open("a.py", "x = \n");
    assert_eq!(early.items(&other, (0, 4), true), ["second"]);
    editor.settings = json!({"model": 1});
    editor.notify("workspace/didChangeConfiguration", json!({"settings": {}}));
    editor.hear("window/showMessage", |params| {
        params["message"].as_str().is_some_and(|words| words.starts_with("dscoder: cannot use its settings: "))
    });
}

#[test]
fn an_engine_that_has_ended_is_started_again() {
    let place = resident::place();
    let mut editor = Editor::with(&place, "pieces = [\"x\"]", &[]);
    let uri = editor.open("a.py", "a = \nb = \n");
    assert_eq!(editor.items(&uri, (0, 4), true), ["x"]);
    let process = status(&place)["process"].clone();
    assert_eq!(place.run(&["serve", "stop"]).code, 0);
    assert_eq!(editor.items(&uri, (1, 4), true), ["x"]);
    assert_ne!(status(&place)["process"], process);
}

#[test]
fn without_a_model_the_user_is_told_once() {
    let place = resident::place();
    let mut editor = Editor::start(&place, &["-m", "6.7b-base"]);
    editor.initialize(&json!(["utf-16"]), &Value::Null);
    let uri = editor.open("a.py", "a = \n");
    // Who types is not disturbed, and who asks is told why.
    assert_eq!(editor.items(&uri, (0, 4), false), Vec::<String>::new());
    let id = editor.complete(&uri, (0, 4), true);
    let words = editor.response(id)["error"]["message"].as_str().expect("words").to_owned();
    assert_eq!(words, "the model 6.7b-base is not installed (`dscoder download 6.7b-base` fetches it)");
    editor.hear("window/showMessage", |params| params["message"] == format!("dscoder: {words}"));
    editor.items(&uri, (0, 4), false);
    let told = editor.said.iter().filter(|said| said["method"] == "window/showMessage");
    assert_eq!(told.count(), 1);
    // A server that does not start says why.
    let missing = place.path("missing.toml");
    editor.settings = json!({"model": format!("script:{}", missing.display())});
    editor.notify("workspace/didChangeConfiguration", json!({"settings": {}}));
    editor.hear("window/showMessage", |params| {
        params["message"].as_str().is_some_and(|words| words.contains("missing.toml"))
    });
}

#[test]
fn what_is_no_protocol() {
    let place = resident::place();
    let model = place.script("pieces = [\"x\"]");
    let mut editor = Editor::start(&place, &["-m", &model]);
    assert_eq!(editor.call("textDocument/inlineCompletion", json!({}))["error"]["code"], -32002);
    editor.notify("textDocument/didOpen", json!({"textDocument": 1}));
    editor.initialize(&json!([1, "utf-16"]), &json!("no settings"));
    editor.bytes(b"Content-Length: 3\r\n\r\n{a}");
    editor.bytes(frame(&json!([1, 2])).as_bytes());
    editor.bytes(frame(&json!({"jsonrpc": "2.0", "id": 1e300, "method": "x"})).as_bytes());
    for (method, params, code) in [
        ("initialize", json!({}), -32600),
        ("textDocument/hover", json!({}), -32601),
        ("textDocument/inlineCompletion", json!({}), -32602),
        (
            "textDocument/inlineCompletion",
            json!({"textDocument": {"uri": "x"}, "position": {"line": -1, "character": 0}, "context": {"triggerKind": 1}}),
            -32602,
        ),
        ("workspace/executeCommand", json!([]), -32602),
        ("textDocument/codeAction", json!(null), -32602),
    ] {
        assert_eq!(editor.call(method, params.clone())["error"]["code"], code, "{method} {params}");
    }
    for (method, params) in [
        ("textDocument/didOpen", json!({})),
        (
            "textDocument/didChange",
            json!({"textDocument": {"uri": "file:///no", "version": 1}, "contentChanges": [{"text": "x"}]}),
        ),
        ("textDocument/didChange", json!({"textDocument": {"uri": "file:///no"}})),
        ("textDocument/didClose", json!({"textDocument": {"uri": "file:///no"}})),
        ("$/cancelRequest", json!({})),
        ("$/setTrace", json!({"value": "verbose"})),
        ("workspace/didChangeConfiguration", json!(null)),
    ] {
        editor.notify(method, params);
    }
    let uri = editor.open("a.py", "a = \n");
    assert_eq!(editor.items(&uri, (u32::MAX, u32::MAX), true), ["x"]);
    assert_eq!(editor.call("shutdown", Value::Null)["result"], Value::Null);
    assert_eq!(editor.call("textDocument/inlineCompletion", json!({}))["error"]["code"], -32600);
    editor.notify("exit", Value::Null);
    assert_eq!(editor.wait(), 0);
}

#[test]
fn how_it_ends() {
    let place = resident::place();
    let model = place.script("pieces = [\"x\"]");
    let line = ["lsp", "-m", &model, "-q"];
    let exit = frame(&json!({"jsonrpc": "2.0", "method": "exit"}));
    for (input, code, error) in [
        ("", 0, ""),
        (&exit[..], 1, "error: the editor has left without a shutdown request\n"),
        ("hello\n", 65, "error: cannot read what the editor says: a message begins with no header\n"),
        (
            "Content-Length: 99999999999999999999\r\n\r\n",
            65,
            "error: cannot read what the editor says: a message's Content-Length is no number\n",
        ),
        ("Content-Length: 20\r\n\r\n{}", 65, "error: cannot read what the editor says: unexpected end of file\n"),
    ] {
        let run = place.feed(&line, input);
        assert_eq!((run.code, &run.stderr[..], &run.stdout[..]), (code, error, ""), "{input:?}");
    }
}

#[test]
fn typing_leaves_nothing_behind() {
    let place = resident::place();
    let mut editor = Editor::with(&place, "pieces = [\"a\", \"b\", \"c\"]\ndelay_ms = 3", &[]);
    let uri = editor.open("a.py", "");
    let mut ids = Vec::new();
    for number in 0..150 {
        editor.insert(&uri, i64::from(number) + 2, (0, number), "x");
        ids.push(editor.complete(&uri, (0, number + 1), false));
        thread::sleep(Duration::from_millis(number as u64 % 7));
    }
    for id in ids {
        let response = editor.response(id);
        let is_answer = response["result"]["items"].is_array() || response["error"]["code"] == MODIFIED;
        assert!(is_answer, "{response}");
    }
    assert!(rests(&place), "the engine still computes");
    assert_eq!(editor.end(), 0);
}

/// The position of a byte, found by reading the text from its beginning.
fn position(text: &str, at: usize, encoding: Encoding) -> Position {
    let (mut line, mut character) = (0, 0);
    let mut rest = text[..at].chars().peekable();
    while let Some(next) = rest.next() {
        let is_pair =
            next == '\r' && text[..at].len() < text.len() && rest.peek().is_none() && text[at..].starts_with('\n');
        if next == '\n' || (next == '\r' && rest.peek() != Some(&'\n') && !is_pair) {
            (line, character) = (line + 1, 0);
        } else {
            character += match encoding {
                Encoding::Utf8 => next.len_utf8(),
                Encoding::Utf16 => next.len_utf16(),
                Encoding::Utf32 => 1,
            } as u32;
        }
    }
    Position { line, character }
}

#[test]
fn documents_are_what_the_editor_shows() {
    const PARTS: [&str; 14] = [
        "a",
        "def f():",
        "\n",
        "\r\n",
        "\r",
        "é",
        "😀",
        "日本",
        "\t",
        " ",
        "x = 1\n",
        "\n\n",
        "",
        "\u{1F469}\u{200D}\u{1F4BB}",
    ];
    let mut random = Random(number("DSCODER_HOSTILE_SEED", 7).max(1));
    for sequence in 0..1000 {
        let encoding = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32][sequence % 3];
        let mut text = String::new();
        let mut document = Document::new("python".to_owned(), 1, text.clone());
        for _ in 0..30 {
            let mut byte = || {
                let wanted = random.below(text.len() as u64 + 1) as usize;
                let is_inside = |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
                (0..=wanted).rev().find(|&at| text.is_char_boundary(at) && !is_inside(at)).unwrap_or(0)
            };
            let (a, b) = (byte(), byte());
            let (start, end) = (a.min(b), if random.below(3) > 0 { a.min(b) } else { a.max(b) });
            let new: String = (0..random.below(4)).map(|_| PARTS[random.below(PARTS.len() as u64) as usize]).collect();
            let range = Range { start: position(&text, start, encoding), end: position(&text, end, encoding) };
            document.change(Some(range), &new, encoding);
            text.replace_range(start..end, &new);
            assert_eq!(document.text(), text, "sequence {sequence}");
        }
        assert_eq!(document, Document::new("python".to_owned(), 1, text.clone()), "sequence {sequence}");
        for (at, _) in text.char_indices().filter(|(at, _)| !text[..*at].ends_with('\r')) {
            let there = document.position(at, encoding);
            assert_eq!(
                (there, document.offset(there, encoding)),
                (position(&text, at, encoding), at),
                "sequence {sequence}"
            );
        }
    }
}
