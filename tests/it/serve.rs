//! `dscoder serve` as a process, asked over HTTP by all that editors, scripts and strangers send.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use dscoder::serve::queue::MAX_WAITING;
use serde_json::{Value, json};

use crate::command::{Output, Place, finish, output, skip};

/// A server of one test. It is killed when it is dropped.
pub struct Server {
    pub child: Option<Child>,
    pub address: SocketAddr,
    pub socket: PathBuf,
    pub said: Arc<Mutex<String>>,
}

/// A model that writes `a + b`.
pub const SUM: &str = "pieces = [\"a\", \" +\", \" b\"]";

impl Server {
    /// A server with a scripted model.
    pub fn new(place: &Place, answer: &str) -> Server {
        Server::with(place, answer, &[])
    }

    pub fn with(place: &Place, answer: &str, arguments: &[&str]) -> Server {
        Server::of(place, &place.script(answer), arguments)
    }

    pub fn of(place: &Place, model: &str, arguments: &[&str]) -> Server {
        let socket = place.path("run/serve.sock");
        let mut command = place.command(["serve", "-m", model, "--listen", "127.0.0.1:0", "--socket"]);
        command.arg(&socket).args(arguments);
        Server::start(command, socket)
    }

    /// A server that this command starts.
    pub fn start(mut command: Command, socket: PathBuf) -> Server {
        let mut child = command.spawn().expect("started");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe"));
        let said = Arc::new(Mutex::new(String::new()));
        let address = loop {
            let mut line = String::new();
            assert_ne!(lines.read_line(&mut line).expect("stderr"), 0, "{}", said.lock().expect("whole"));
            said.lock().expect("whole").push_str(&line);
            if let Some((_, rest)) = line.split_once(" listens on http://") {
                break rest.split_once(' ').expect("an address").0.parse().expect("an address");
            }
        };
        let more = Arc::clone(&said);
        thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                more.lock().expect("whole").push_str(&(line + "\n"));
            }
        });
        Server { child: Some(child), address, socket, said }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("connected");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
        stream
    }

    /// Sends these bytes and gives the answer.
    pub fn raw(&self, bytes: impl AsRef<[u8]>) -> Answer {
        exchange(self.connect(), bytes.as_ref())
    }

    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.raw(request(method, path, headers, body))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &[], body.to_string().as_bytes())
    }

    /// What is posted in a thread of its own.
    pub fn later(&self, path: &str, body: Value) -> thread::JoinHandle<Answer> {
        let (stream, path) = (self.connect(), path.to_owned());
        thread::spawn(move || exchange(stream, &request("POST", &path, &[], body.to_string().as_bytes())))
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.as_ref().expect("a process").id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().expect("kill runs").success());
    }

    /// The exit code; the process ends within this time.
    pub fn wait(&mut self, limit: Duration) -> i32 {
        use std::os::unix::process::ExitStatusExt;
        let start = Instant::now();
        let child = self.child.as_mut().expect("a process");
        loop {
            if let Some(status) = child.try_wait().expect("a status") {
                self.child = None;
                return status.code().unwrap_or_else(|| -status.signal().expect("a signal"));
            }
            assert!(start.elapsed() < limit, "it still runs after {limit:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let ended = child.try_wait().expect("a status");
            let _ = child.kill();
            let _ = child.wait();
            if !thread::panicking() {
                let said = self.said.lock().expect("whole");
                assert!(ended.is_none() && !said.contains("panicked"), "{ended:?}: {said}");
            }
        }
    }
}

/// The bytes of a request.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head += "Host: localhost\r\n";
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

/// An answer of the server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The payloads of an event stream or of JSON lines.
    pub fn events(&self) -> Vec<Value> {
        let payloads = self.body.lines().filter(|line| !line.is_empty() && *line != "data: [DONE]");
        let json = |line: &str| serde_json::from_str(line.strip_prefix("data: ").unwrap_or(line));
        payloads.map(|line| json(line).unwrap_or_else(|error| panic!("{error} in {line}: {self:?}"))).collect()
    }
}

pub fn exchange(mut stream: impl Read + Write, bytes: &[u8]) -> Answer {
    // A server that refuses may not read all.
    let _ = stream.write_all(bytes);
    read(&mut BufReader::new(stream)).expect("an answer")
}

/// Reads one answer; `None` at the end of the connection.
pub fn read(stream: &mut impl BufRead) -> Option<Answer> {
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|&size| size > 0)?;
        Some(line.trim_end().to_owned())
    };
    let status = line()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HashMap::new();
    while let Some(line) = line().filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").expect("a header");
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = Vec::new();
    if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        loop {
            let mut size = String::new();
            stream.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut chunk = vec![0; size + 2];
            stream.read_exact(&mut chunk).ok()?;
            body.extend_from_slice(&chunk[..size]);
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = headers.get("content-length") {
        body = vec![0; length.parse().expect("a length")];
        stream.read_exact(&mut body).ok()?;
    } else if status != 204 {
        stream.read_to_end(&mut body).ok()?;
    }
    Some(Answer { status, headers, body: String::from_utf8(body).expect("UTF-8") })
}

/// `value` with more fields.
fn with(value: &Value, more: Value) -> Value {
    let mut all = value.as_object().expect("an object").clone();
    all.extend(more.as_object().expect("an object").clone());
    Value::Object(all)
}

/// A request of a dialect: its path, its body, where a whole answer has its text, and where a part of one has it.
type Asked = (&'static str, Value, &'static str, &'static str);

fn all_dialects() -> Vec<Asked> {
    let gap = json!({"prompt": "x = ", "suffix": "\n"});
    let text = json!({"prompt": "x = "});
    let talk = json!({"messages": [{"role": "user", "content": "hi"}]});
    let choice = ("/choices/0/text", "/choices/0/text");
    let message = ("/choices/0/message/content", "/choices/0/delta/content");
    let openai = |path, body: &Value, (whole, part)| (path, body.clone(), whole, part);
    vec![
        ("/infill", json!({"input_prefix": "", "input_suffix": "\n", "prompt": "x = "}), "/content", "/content"),
        ("/completion", text.clone(), "/content", "/content"),
        ("/completions", json!({"prompt": [120, 32, 61]}), "/content", "/content"),
        openai("/v1/completions", &gap, choice),
        openai("/v1/completions", &text, choice),
        openai("/v1/completions", &json!({"prompt": ["x = "]}), choice),
        openai("/beta/completions", &gap, choice),
        openai("/beta/v1/completions", &gap, choice),
        openai("/v1/fim/completions", &gap, message),
        openai("/fim/completions", &gap, message),
        openai("/v1/chat/completions", &talk, message),
        openai("/chat/completions", &talk, message),
        openai("/beta/chat/completions", &talk, message),
        ("/api/generate", gap, "/response", "/response"),
        ("/api/generate", text, "/response", "/response"),
        ("/api/chat", talk, "/message/content", "/message/content"),
    ]
}

#[test]
fn every_dialect_answers_whole_and_in_parts() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    for (path, body, whole, part) in all_dialects() {
        let answer = server.post(path, &with(&body, json!({"stream": false})));
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert_eq!(answer.json().pointer(whole), Some(&json!("a + b")), "{path} {body}: {answer:?}");
        assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
        assert_eq!(answer.headers["content-length"], answer.body.len().to_string());
        // One client reads only what has no space after this colon.
        assert!(!answer.body.contains("\": ") && !answer.body.contains('\n'), "{answer:?}");

        let answer = server.post(path, &with(&body, json!({"stream": true})));
        let events = answer.events();
        let text: String = events.iter().filter_map(|event| event.pointer(part)?.as_str()).collect();
        assert_eq!(text, "a + b", "{path} {body}: {answer:?}");
        let (kind, end) = match path {
            _ if path.starts_with("/api/") => ("application/x-ndjson", "\n"),
            "/infill" | "/completion" | "/completions" => ("text/event-stream", "}\n\n"),
            _ => ("text/event-stream", "}\n\ndata: [DONE]\n\n"),
        };
        assert_eq!(answer.headers["content-type"], kind, "{path}");
        assert!(answer.body.ends_with(end), "{path}: {answer:?}");
    }
    // The same over the Unix socket, which needs no host.
    let stream = UnixStream::connect(&server.socket).expect("connected");
    let body = br#"{"input_prefix": "x = "}"#;
    let answer = exchange(stream, &request("POST", "/infill", &[("Host", "")], body));
    assert_eq!((answer.status, &answer.json()["content"]), (200, &json!("a + b")), "{answer:?}");
}

#[test]
fn ollama_streams_unless_told_otherwise() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let events = server.post("/api/generate", &json!({"model": "m:7b", "prompt": "x", "suffix": "y"})).events();
    assert!(events.len() > 1);
    let (last, parts) = events.split_last().expect("events");
    assert!(parts.iter().all(|part| part["done"] == false && part["model"] == "m:7b"), "{parts:?}");
    assert_eq!((&last["done"], &last["done_reason"]), (&json!(true), &json!("stop")));
    for key in ["total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count"] {
        assert!(last[key].is_u64(), "{key}: {last}");
    }
    // An empty prompt loads the model, whatever it says about keeping it.
    for keep in [json!("30m"), json!(-1), json!(1800), json!(0), Value::Null] {
        let loaded = server.post("/api/generate", &json!({"model": "m", "keep_alive": keep})).json();
        assert_eq!((&loaded["done"], &loaded["response"]), (&json!(true), &json!("")), "{loaded}");
    }
    let loaded = server.post("/api/chat", &json!({"model": "m", "messages": []})).json();
    assert_eq!(loaded["message"], json!({"role": "assistant", "content": ""}), "{loaded}");
}

#[test]
fn null_is_missing_and_unknown_fields_are_ignored() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let names = [
        "model",
        "max_tokens",
        "max_completion_tokens",
        "n_predict",
        "n",
        "n_cmpl",
        "stop",
        "temperature",
        "top_k",
        "top_p",
        "min_p",
        "repeat_penalty",
        "seed",
        "random_seed",
        "stream_options",
        "echo",
        "logprobs",
        "top_logprobs",
        "n_probs",
        "return_tokens",
        "response_fields",
        "input_extra",
        "n_indent",
        "t_max_predict_ms",
        "dscoder",
        "options",
        "keep_alive",
        "system",
        "template",
        "raw",
        "min_tokens",
        "tools",
        "user",
    ];
    let nulls: Value = names.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    let unknown = json!({"stream": false, "id_slot": 7, "samplers": ["top_k"], "lora": [{"id": 0, "scale": 1.5}],
                         "nothing": {"of": ["dscoder", 1e9]}, "cache_prompt": true, "t_max_prompt_ms": 500});
    for (path, body, whole, _) in all_dialects() {
        let answer = server.post(path, &with(&with(&body, nulls.clone()), unknown.clone()));
        assert_eq!(answer.json().pointer(whole), Some(&json!("a + b")), "{path} {body}: {answer:?}");
    }
    // Two names of one number, as some clients send.
    let both = json!({"prompt": "x", "n_predict": 1, "max_tokens": 9, "max_completion_tokens": null});
    assert_eq!(server.post("/completion", &both).json()["content"], "a");
    let both = json!({"prompt": "x", "max_completion_tokens": 1, "max_tokens": 9});
    assert_eq!(server.post("/v1/completions", &both).json()["choices"][0]["text"], "a");
}

#[test]
fn several_answers() {
    let place = Place::new();
    let three = format!("{SUM}\nturns = [[\"c\"], [\"d\", \"e\"]]");
    for (path, name) in [("/infill", "n_cmpl"), ("/infill", "n"), ("/v1/completions", "n")] {
        let body = json!({"input_prefix": "x = ", "prompt": "", "suffix": "", name: 3});
        let server = Server::new(&place, &three);
        let answer = server.post(path, &body).json();
        let text = |choice: &Value| choice.get("content").or(choice.get("text")).cloned().expect("a text");
        let all = answer.as_array().or(answer["choices"].as_array()).expect("a list");
        assert_eq!(all.iter().map(text).collect::<Vec<_>>(), ["a + b", "c", "de"], "{path}: {answer}");
        assert_eq!(all.iter().map(|one| one["index"].clone()).collect::<Vec<_>>(), [0, 1, 2]);
        // More than possible are as many as possible, and fewer than one are one.
        for (number, expected) in [(100, 8), (0, 1), (-1, 1)] {
            let answer = server.post(path, &with(&body, json!({name: number}))).json();
            let count = answer.as_array().or(answer["choices"].as_array()).map_or(1, Vec::len);
            assert_eq!(count, expected, "{path} {number}");
        }
    }
    for (path, pointer) in [("/infill", "/content"), ("/v1/completions", "/choices/0/text")] {
        let server = Server::new(&place, &three);
        let body = json!({"input_prefix": "x = ", "prompt": "", "suffix": "", "n": 3, "stream": true});
        let answer = server.post(path, &body);
        let mut texts = vec![String::new(); 3];
        for event in answer.events() {
            let index = event.pointer("/choices/0/index").unwrap_or(&event["index"]).as_u64().expect("an index");
            texts[index as usize] += event.pointer(pointer).and_then(Value::as_str).expect("a text");
        }
        assert_eq!(texts, ["a + b", "c", "de"], "{answer:?}");
        assert_eq!(answer.body.matches("[DONE]").count(), usize::from(path != "/infill"));
    }
}

#[test]
fn texts_that_end_an_answer() {
    let place = Place::new();
    let server = Server::new(&place, "pieces = [\"a\", \"; \", \"/\", \"/ c\", \"\\n\", \"b\"]");
    let ask = |stop: Value| server.post("/completion", &json!({"prompt": "x", "stop": stop}));
    let text = |stop: Value| ask(stop).json()["content"].clone();
    assert_eq!(text(json!([])), "a; // c\nb");
    assert_eq!(text(json!("//")), "a; ");
    assert_eq!(text(json!([""])), "a; // c\nb");
    // What Continue sends for models with this name.
    let markers = [
        "<｜fim▁begin｜>",
        "<｜fim▁hole｜>",
        "<｜fim▁end｜>",
        "//",
        "<｜end▁of▁sentence｜>",
        "/src/",
        "#- coding: utf-8",
        "```",
    ];
    assert_eq!(text(json!(markers)), "a; ");
    assert_eq!(text(json!(vec!["zz"; 256])), "a; // c\nb");
    let answer = ask(json!(vec!["zz"; 257]));
    assert_eq!(answer.json()["error"]["message"], "\"stop\" cannot be used: it has 257 texts, and 256 are possible");
    let answer = ask(json!([1]));
    assert_eq!(answer.json()["error"]["message"], "\"stop\" cannot be used: it must be a text or a list of texts");
    // Ollama has them among its options, and one of its clients beside them.
    for body in [json!({"options": {"stop": ["//"]}}), json!({"stop": ["//"]})] {
        let body = with(&body, json!({"prompt": "x", "stream": false}));
        assert_eq!(server.post("/api/generate", &body).json()["response"], "a; ");
    }
}

#[test]
fn an_answer_ends_before_a_line_that_is_indented_less() {
    let place = Place::new();
    let server =
        Server::new(&place, "pieces = [\"a +\", \" b\\n\", \"\\n    \", \"c\\n\", \"\\n\", \"print\", \"(1)\"]");
    for (indent, expected) in [
        (json!(0), "a + b\n\n    c\n\nprint(1)"),
        (json!(4), "a + b\n\n    c"),
        (json!(5), "a + b"),
        (json!(null), "a + b\n\n    c\n\nprint(1)"),
        (json!(-1), "a + b\n\n    c\n\nprint(1)"),
    ] {
        for stream in [false, true] {
            let body = json!({"input_prefix": "def f():\n    return ", "input_suffix": "\n", "n_indent": indent, "stream": stream,
                              "dscoder": {"raw": true}});
            let events = server.post("/infill", &body).events();
            let text: String = events.iter().filter_map(|event| event["content"].as_str()).collect();
            assert_eq!(text, expected, "{indent} {stream}");
        }
    }
}

#[test]
fn the_file_and_the_end_of_an_answer_can_be_named() {
    let place = Place::new();
    let server = Server::new(&place, "pieces = [\"a\\n\", \"    b\\n\", \"\\n\", \"c\\n\"]");
    let ask = |own: Value| {
        server.post("/infill", &json!({"input_prefix": "def f():\n    ", "input_suffix": "", "dscoder": own}))
    };
    for (own, expected) in [
        (json!({"path": "a.py"}), "a\n    b\n\nc\n"),
        (json!({"path": "a.py", "until": "block"}), "a\n    b\n"),
        (json!({"language": "python", "until": "block"}), "a\n    b\n"),
        (json!({"until": "line"}), "a"),
        (json!({"until": "blank", "path": null}), "a\n    b\n"),
        (json!({"until": "line", "raw": true}), "a\n    b\n\nc\n"),
    ] {
        assert_eq!(ask(own.clone()).json()["content"], expected, "{own}");
    }
    for (own, words) in [
        (json!({"until": "never"}), "\"until\" cannot be used: it must be one of auto, end, line, block, blank"),
        (json!({"path": 1}), "\"path\" cannot be used: it must be a text"),
        (json!("raw"), "\"dscoder\" cannot be used: it must be an object"),
    ] {
        let answer = ask(own);
        assert_eq!((answer.status, &answer.json()["error"]["message"]), (400, &json!(words)));
    }
}

#[test]
fn fields_that_llama_vim_asks_for() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    // As it sends them: `time` of any form, a model without a name, a key without a value.
    let body = json!({
        "id_slot": 0, "input_prefix": "def add(a, b):\n", "input_suffix": "\n\nprint(add(1, 2))\n",
        "input_extra": [{"text": "x = 1\n", "time": [1, 2], "filename": "a.py"}, {"text": "y", "time": 0.5}],
        "prompt": "    return ", "n_predict": 128, "stop": [], "n_indent": 4, "top_k": 40, "top_p": 0.9, "stream": false,
        "samplers": ["top_k", "top_p", "infill"], "cache_prompt": true, "t_max_prompt_ms": 500, "t_max_predict_ms": 1000,
        "response_fields": ["content", "timings/prompt_n", "timings/prompt_ms", "timings/prompt_per_token_ms",
            "timings/prompt_per_second", "timings/predicted_n", "timings/predicted_ms", "timings/predicted_per_token_ms",
            "timings/predicted_per_second", "truncated", "tokens_cached", "nothing/at/all"],
        "model": "",
    });
    let answer = server.ask("POST", "/infill", &[("Authorization", "Bearer ")], body.to_string().as_bytes());
    let fields = answer.json();
    assert_eq!(fields["content"], "a + b");
    assert!(answer.body.starts_with('{') && answer.body.contains("\"content\":\""), "{answer:?}");
    assert_eq!(fields.as_object().expect("an object").len(), 11, "{fields}");
    assert!(fields["timings/prompt_n"].is_u64() && fields["timings/predicted_per_second"].is_f64(), "{fields}");
    // Its warm-up, whose answer it does not read.
    let warm = with(
        &body,
        json!({"n_predict": 0, "samplers": [], "temperature": 0.0, "t_max_predict_ms": 1,
                                  "prompt": "", "response_fields": [""]}),
    );
    assert_eq!(server.post("/infill", &warm).body, "{}");
    let chat = json!({"id_slot": 12, "messages": [{"role": "user", "content": "hi"}], "samplers": [], "n_predict": 0,
                      "cache_prompt": true, "stream": false, "response_fields": [""]});
    assert_eq!(server.post("/v1/chat/completions", &chat).status, 200);
}

#[test]
fn an_answer_of_no_tokens_is_empty() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let answer = server.post("/completion", &json!({"prompt": "x", "n_predict": 0})).json();
    assert_eq!((&answer["content"], &answer["tokens_predicted"]), (&json!(""), &json!(0)), "{answer}");
    assert_eq!(answer["stop_type"], "limit");
    let answer = server.post("/v1/completions", &json!({"prompt": "x", "max_tokens": 0})).json();
    assert_eq!((&answer["choices"][0]["text"], &answer["choices"][0]["finish_reason"]), (&json!(""), &json!("length")));
}

#[test]
fn tokens_and_their_probabilities() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let body = json!({"prompt": [120], "n_probs": 1, "return_tokens": true});
    for stream in [false, true] {
        let events = server.post("/completion", &with(&body, json!({"stream": stream}))).events();
        let list = |name: &str| -> Vec<Value> {
            events.iter().flat_map(|event| event[name].as_array().cloned().unwrap_or_default()).collect()
        };
        // The token that ended the answer is the last one.
        assert_eq!(list("tokens"), [256, 257, 258, 32014], "{events:?}");
        let odds = list("completion_probabilities");
        assert_eq!((odds.len(), &odds[1]["token"], &odds[3]["logprob"]), (4, &json!(" +"), &json!(-0.5)), "{events:?}");
        assert_eq!(odds[0]["top_logprobs"][0]["id"], 256);
        let last = events.last().expect("an event");
        assert_eq!((&last["tokens_predicted"], &last["stop_type"]), (&json!(3), &json!("eos")), "{last}");
    }
    // Nobody asked for them.
    let text = server.post("/completion", &json!({"prompt": "x", "stream": true}));
    assert!(!text.body.contains("32014") && !text.body.contains("completion_probabilities"), "{text:?}");
}

#[test]
fn what_openai_describes() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    // All that a strict reader needs.
    let answer = server.post("/v1/completions", &json!({"prompt": "x", "max_tokens": 64})).json();
    assert!(answer["id"].as_str().expect("a text").starts_with("cmpl-") && answer["created"].is_u64());
    assert_eq!((&answer["object"], &answer["model"]), (&json!("text_completion"), &json!("script.toml")));
    assert_eq!(answer["choices"], json!([{"index": 0, "text": "a + b", "logprobs": null, "finish_reason": "stop"}]));
    assert_eq!(answer["usage"]["total_tokens"], 2 + 3, "{answer}");
    let short = server.post("/v1/completions", &json!({"prompt": "x", "max_tokens": 2})).json();
    assert_eq!(short["choices"][0]["finish_reason"], "length");

    for (path, body) in [
        ("/v1/completions", json!({"prompt": "x"})),
        ("/v1/chat/completions", json!({"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]})),
    ] {
        let stream = with(&body, json!({"stream": true}));
        let events = server.post(path, &stream).events();
        // A reader may take the first choice of each without a look.
        assert!(events.iter().all(|event| event["choices"][0]["index"] == 0), "{events:?}");
        let last = events.last().expect("an event");
        assert_eq!(last["choices"][0]["finish_reason"], "stop");
        assert!(events.iter().all(|event| event.get("usage").is_none()), "{events:?}");
        let events = server.post(path, &with(&stream, json!({"stream_options": {"include_usage": true}}))).events();
        let last = events.last().expect("an event");
        assert_eq!((&last["choices"], &last["usage"]["completion_tokens"]), (&json!([]), &json!(3)), "{last}");
    }
    for stream in [false, true] {
        let echoed = json!({"prompt": "x = ", "echo": true, "stream": stream});
        let text = |body: &Value| -> String {
            let events = server.post("/v1/completions", body).events();
            events.iter().filter_map(|event| event["choices"][0]["text"].as_str()).collect()
        };
        assert_eq!(text(&echoed), "x = a + b");
        assert_eq!(text(&with(&echoed, json!({"max_tokens": 0}))), "x = ");
        let odds = json!({"prompt": "é", "echo": true, "logprobs": 1, "stream": stream});
        let mut tokens = Vec::new();
        let mut offsets = Vec::new();
        for event in server.post("/v1/completions", &odds).events() {
            let odds = &event["choices"][0]["logprobs"];
            tokens.extend(odds["tokens"].as_array().cloned().unwrap_or_default());
            offsets.extend(odds["text_offset"].as_array().cloned().unwrap_or_default());
        }
        assert_eq!((tokens, offsets), (vec![json!("a"), json!(" +"), json!(" b")], vec![json!(1), json!(2), json!(4)]));
    }
    let odds = server.post(
        "/v1/chat/completions",
        &json!({"messages": [{"role": "user", "content": "x"}], "logprobs": true, "top_logprobs": 2}),
    );
    let odds = &odds.json()["choices"][0]["logprobs"]["content"];
    assert_eq!((&odds[1]["token"], &odds[1]["top_logprobs"][0]["logprob"]), (&json!(" +"), &json!(-0.5)), "{odds}");

    let ids: Vec<Value> = server.get("/v1/models").json()["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["id"].clone())
        .collect();
    assert_eq!(ids, ["script.toml", "deepseek-coder"]);
    assert_eq!(server.get("/v1/models/deepseek-coder").json()["id"], "deepseek-coder");
    assert_eq!(server.get("/v1/models/gpt").status, 404);
}

#[test]
fn a_text_that_spells_an_event_breaks_none() {
    let place = Place::new();
    let server = Server::new(&place, "pieces = [\"x = \\\"\", \"data: [DONE]\", \"\\n\\ndata:\", \"é€😀\\\"\"]");
    for (path, body, _, part) in all_dialects() {
        let answer = server.post(path, &with(&body, json!({"stream": true, "dscoder": {"raw": true}})));
        let text: String = answer.events().iter().filter_map(|event| event.pointer(part)?.as_str()).collect();
        if path.starts_with("/api/") || body.get("suffix").is_some() || path == "/infill" {
            assert!(text.starts_with("x = \"data: [DONE]"), "{path}: {answer:?}");
        } else {
            assert_eq!(text, "x = \"data: [DONE]\n\ndata:é€😀\"", "{path}: {answer:?}");
        }
        if !path.starts_with("/api/") {
            // One client splits a line wherever it has `data:`.
            assert!(answer.body.lines().all(|line| line.matches("data:").count() <= 1), "{answer:?}");
        }
    }
}

#[test]
fn frames_of_markers_are_gaps_and_all_else_is_text() {
    let place = Place::new();
    let server = Server::new(&place, &format!("{SUM}\nrecord = \"prompt.txt\""));
    let seen = || std::fs::read_to_string(place.path("prompt.txt")).expect("a record");
    let frames = [
        "<｜fim▁begin｜>def f(<｜fim▁hole｜>):\n<｜fim▁end｜>",
        "<｜begin▁of▁sentence｜><｜fim▁begin｜>def f(<｜fim▁hole｜>):\n<｜fim▁end｜>",
        "<|fim▁begin|>def f(<|fim▁hole|>):\n<|fim▁end|>",
        "<｜fim_begin｜>def f(<｜fim_hole｜>):\n<｜fim_end｜>",
        "<|fim_begin|>def f(<|fim_hole|>):\n<|fim_end|>",
        "<|fim_prefix|>def f(<|fim_suffix|>):\n<|fim_middle|>",
        "<fim_prefix>def f(<fim_suffix>):\n<fim_middle>",
        "<fim_suffix>):\n<fim_prefix>def f(<fim_middle>",
        "<fim-prefix>def f(<fim-suffix>):\n<fim-middle>",
        "<PRE> def f( <SUF>):\n <MID>",
        "[SUFFIX]):\n[PREFIX]def f(",
        "            # File:name\n            <｜fim▁begin｜>def f(<｜fim▁end｜>):\n<｜fim▁hole｜>",
    ];
    let doors = [("/completion", "/content"), ("/v1/completions", "/choices/0/text"), ("/api/generate", "/response")];
    for (path, pointer) in doors {
        for frame in frames {
            let body = json!({"prompt": frame, "raw": true, "stream": false});
            let answer = server.post(path, &body);
            assert_eq!(answer.json().pointer(pointer), Some(&json!("a + b")), "{path} {frame}: {answer:?}");
            // The script records control tokens as nothing.
            assert_eq!(seen(), "def f():\n", "{path} {frame}");
        }
    }
    for text in [
        "x = '<｜fim▁begin｜>'",
        "<｜fim▁begin｜>def f(<｜fim▁hole｜>",
        "<｜fim▁begin｜>a<｜fim▁hole｜>b<｜fim▁end｜>c",
        "code\n<｜fim▁begin｜>a<｜fim▁hole｜>b<｜fim▁end｜>",
        "<|EOT|>",
        "<｜end▁of▁sentence｜><｜User｜>",
    ] {
        for (path, pointer) in doors {
            let answer = server.post(path, &json!({"prompt": text, "raw": true, "stream": false}));
            assert_eq!(answer.json().pointer(pointer), Some(&json!("a + b")), "{path} {text}: {answer:?}");
            assert_eq!(seen(), text, "{path}");
        }
        // Between two texts, and in a message, a frame is text too.
        server.post("/infill", &json!({"input_prefix": text, "input_suffix": frames[0], "prompt": "<fim_prefix>"}));
        assert_eq!(seen(), format!("{text}<fim_prefix>{}", frames[0]));
        server.post("/v1/completions", &json!({"prompt": frames[0], "suffix": text}));
        assert_eq!(seen(), format!("{}{text}", frames[0]));
        server.post("/v1/chat/completions", &json!({"messages": [{"role": "user", "content": text}]}));
        assert!(seen().contains(&format!("### Instruction:\n{text}\n### Response:\n")), "{}", seen());
    }
    let tokens = server.post("/tokenize", &json!({"content": "<|EOT|>", "parse_special": true})).json();
    assert_eq!(tokens["tokens"].as_array().expect("a list").len(), 7, "{tokens}");
}

#[test]
fn tabby_has_the_path_of_openai() {
    let place = Place::new();
    let server = Server::new(&place, &format!("{SUM}\nrecord = \"prompt.txt\""));
    let body = json!({
        "language": "python", "user": null, "temperature": null, "seed": null,
        "segments": {"prefix": "x = ", "suffix": "\n", "filepath": "a.py", "git_url": null, "clipboard": null,
            "declarations": [{"filepath": "b.py", "body": "def b(): pass"}],
            "relevant_snippets_from_changed_files": [{"filepath": "c.py", "body": "c = 1", "score": 1.5}],
            "relevant_snippets_from_recently_opened_files": null},
    });
    let answer = server.post("/v1/completions", &body).json();
    assert_eq!(answer["choices"], json!([{"index": 0, "text": "a + b"}]));
    assert!(answer["id"].is_string());
    let prompt = std::fs::read_to_string(place.path("prompt.txt")).expect("a record");
    for part in ["b.py", "def b(): pass", "c.py", "c = 1", "a.py", "x = \n"] {
        assert!(prompt.contains(part), "{prompt}");
    }
    for method in ["GET", "POST"] {
        let health = server.ask(method, "/v1/health", &[], b"").json();
        assert!(health["model"].is_string() && health["version"]["git_describe"].is_string(), "{health}");
        assert!(health["cuda_devices"].is_array() && health["cpu_count"].is_u64(), "{health}");
    }
    assert_eq!(server.get("/v1beta/server_setting").json()["disable_client_side_telemetry"], true);
    assert_eq!(server.post("/v1/events?select_kind=line", &json!({"type": "view"})).status, 200);
}

#[test]
fn the_rest_of_the_paths() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    assert_eq!(server.get("/health").json(), json!({"status": "ok"}));
    assert_eq!(server.get("/props").json()["total_slots"], 4);
    assert!(server.get("/props").json()["default_generation_settings"]["n_ctx"].is_u64());
    let tokens = server.post("/tokenize", &json!({"content": "ab", "add_special": true, "with_pieces": true})).json();
    assert_eq!(tokens["tokens"][1], json!({"id": 97, "piece": "a"}));
    assert_eq!(server.post("/detokenize", &json!({"tokens": [97, 98]})).json()["content"], "ab");
    let template = server.post(
        "/apply-template",
        &json!({"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "hi"}]}),
    );
    assert_eq!(template.json()["prompt"], "<｜begin▁of▁sentence｜>S\n### Instruction:\nhi\n### Response:\n");
    assert_eq!(server.get("/").body, "dscoder is running\n");
    for path in ["/", "/api/tags", "/api/version", "/health", "/v1/models"] {
        let stream = server.connect();
        (&stream).write_all(&request("HEAD", path, &[], b"")).expect("sent");
        let mut all = String::new();
        (&stream).read_to_string(&mut all).expect("an answer");
        assert!(all.starts_with("HTTP/1.1 200 ") && all.ends_with("\r\n\r\n"), "{path}: {all}");
    }
    let tags = server.get("/api/tags").json();
    assert_eq!(tags["models"][1]["model"], "deepseek-coder:latest");
    assert!(server.get("/api/ps").json()["models"][0]["expires_at"].is_string());
    let show = server.post("/api/show", &json!({"name": "x"})).json();
    assert!(show["template"].as_str().expect("a text").contains(".Suffix"), "{show}");
    assert_eq!(show["capabilities"], json!(["completion", "insert"]));
    // Nothing tells what others ask, and nothing is at these.
    for path in ["/slots", "/metrics", "/v1/embeddings", "/lora-adapters", "/resident", "/x"] {
        assert_eq!(server.get(path).status, 404, "{path}");
        assert_eq!(server.post(path, &json!({})).status, 404, "{path}");
    }
    for (method, path, allow) in [
        ("GET", "/infill", "POST"),
        ("GET", "/fim/completions", "POST"),
        ("DELETE", "/beta/v1/completions", "POST"),
        ("PUT", "/v1/models", "GET, HEAD"),
        ("POST", "/", "GET, HEAD"),
        ("DELETE", "/api/tags", "GET, HEAD"),
    ] {
        let answer = server.ask(method, path, &[], b"");
        assert_eq!((answer.status, answer.headers["allow"].as_str()), (405, allow), "{method} {path}");
    }
}

#[test]
fn paths_have_one_spelling() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let body = br#"{"input_prefix": "x"}"#;
    for path in ["/infill", "/infill?x", "/infill?a=b&c", "http://localhost/infill", "http://127.0.0.1:1/infill"] {
        let answer = server.ask("POST", path, &[], body);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    for path in [
        "//infill",
        "/infill/",
        "/infill/../infill",
        "/x/../infill",
        "/./infill",
        "/%69nfill",
        "/infill%2e",
        "/INFILL",
        "/infill%00",
        "*",
        "/infill;x",
    ] {
        let answer = server.ask("POST", path, &[], body);
        assert!(matches!(answer.status, 400 | 404), "{path}: {answer:?}");
    }
    for url in
        ["http://evil.example/infill", "http://localhost@evil.example/infill", "http://localhost.evil.example/infill"]
    {
        assert_eq!(server.ask("POST", url, &[], body).status, 403, "{url}");
    }
}

#[test]
fn errors_have_the_form_of_their_dialect() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    for (path, ..) in all_dialects() {
        for (body, why) in [
            (&b""[..], "the request cannot be read: its body is empty"),
            (b"  \r\n", "the request cannot be read: its body is empty"),
            (b"[]", "the request cannot be read: its body is not a JSON object"),
            (b"{\"prompt\": ", "the request cannot be read: EOF while parsing a value at line 1 column 11"),
            (b"\xFF", "the request cannot be read: expected value at line 1 column 1"),
        ] {
            let start = Instant::now();
            let answer = server.ask("POST", path, &[], body);
            let error = &answer.json()["error"];
            if path.starts_with("/api/") {
                assert_eq!((answer.status, error), (400, &json!(why)), "{path}");
            } else {
                assert_eq!(answer.status, 400, "{path}");
                assert_eq!(*error, json!({"code": 400, "message": why, "type": "invalid_request_error"}), "{path}");
            }
            assert!(start.elapsed() < Duration::from_secs(5), "it took {:?}", start.elapsed());
        }
    }
    for (path, body, why) in [
        ("/infill", json!({}), "\"input_prefix\" is missing"),
        ("/infill", json!({"input_prefix": 1}), "\"input_prefix\" cannot be used: it must be a text"),
        ("/infill", json!({"input_prefix": "", "prompt": ["x"]}), "\"prompt\" cannot be used: it must be a text"),
        (
            "/infill",
            json!({"input_prefix": "", "input_extra": "x"}),
            "\"input_extra\" cannot be used: it must be a list of objects",
        ),
        ("/infill", json!({"input_prefix": "", "input_extra": [{}]}), "\"text\" is missing"),
        ("/completion", json!({}), "\"prompt\" is missing"),
        ("/completion", json!({"prompt": []}), "\"prompt\" cannot be used: it is empty"),
        (
            "/completion",
            json!({"prompt": ["a", "b"]}),
            "\"prompt\" cannot be used: it is a list of several prompts: send a request for each",
        ),
        ("/completion", json!({"prompt": [1.5]}), "\"prompt\" cannot be used: its numbers are no ids of tokens"),
        ("/completion", json!({"prompt": [32256]}), "there is no token 32256"),
        ("/completion", json!({"prompt": "x", "stream": "yes"}), "\"stream\" cannot be used: it must be true or false"),
        ("/v1/completions", json!({"prompt": [1], "suffix": ""}), "\"prompt\" cannot be used: it must be a text"),
        (
            "/v1/completions",
            json!({"prompt": "x", "max_tokens": "9"}),
            "\"max_tokens\" cannot be used: it must be a whole number",
        ),
        (
            "/v1/completions",
            json!({"prompt": "x", "temperature": "hot"}),
            "\"temperature\" cannot be used: it must be a number",
        ),
        ("/v1/chat/completions", json!({"messages": []}), "\"messages\" is missing"),
        (
            "/v1/chat/completions",
            json!({"messages": [{"role": "king"}]}),
            "\"role\" cannot be used: it must be system, user or assistant",
        ),
        (
            "/v1/chat/completions",
            json!({"messages": [{"role": "user", "content": 1}]}),
            "\"content\" cannot be used: it must be a text or a list of texts",
        ),
        (
            "/v1/chat/completions",
            json!({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}),
            "\"messages\" cannot be used: the model reads only text",
        ),
        ("/v1/completions", json!({"segments": []}), "\"segments\" cannot be used: it must be an object"),
        ("/tokenize", json!({"content": 1}), "\"content\" cannot be used: it must be a text"),
        ("/detokenize", json!({"tokens": [-1]}), "\"tokens\" cannot be used: there is no token -1"),
        ("/detokenize", json!({"tokens": [4294967295u64]}), "\"tokens\" cannot be used: there is no token 4294967295"),
    ] {
        let answer = server.post(path, &body);
        assert_eq!(answer.json()["error"]["message"], why, "{path} {body}: {answer:?}");
        assert_eq!(answer.status, 400, "{path} {body}");
    }
    let answer = server.post("/api/generate", &json!({"prompt": "x", "options": {"num_predict": "9"}}));
    assert_eq!(answer.json(), json!({"error": "\"num_predict\" cannot be used: it must be a whole number"}));
    let missing =
        json!({"error": {"code": 404, "message": "there is nothing at this path", "type": "not_found_error"}});
    assert_eq!(server.get("/v1/x").json(), missing);
    assert_eq!(server.get("/api/x").json(), json!({"error": "there is nothing at this path"}));
}

#[test]
fn numbers_out_of_range_are_as_large_as_possible_or_refused() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let text = |number: &str, name: &str| format!("{{\"prompt\": \"x\", \"{name}\": {number}}}");
    for name in ["n_predict", "n_cmpl", "top_k", "seed", "n_probs", "n_indent"] {
        for number in ["-1", "9223372036854775808", "-9223372036854775809", "1e300", "0", "128.0"] {
            let answer = server.ask("POST", "/completion", &[], text(number, name).as_bytes());
            assert_eq!(answer.status, 200, "{name} {number}: {answer:?}");
        }
    }
    for name in ["temperature", "top_p", "min_p", "repeat_penalty", "t_max_predict_ms"] {
        for number in ["-1", "1e39", "1e300", "-1e300", "0", "1e-320"] {
            let answer = server.ask("POST", "/completion", &[], text(number, name).as_bytes());
            assert_eq!(answer.json()["content"], "a + b", "{name} {number}: {answer:?}");
        }
    }
    for number in ["1e400", "NaN", "Infinity", "0x10", "1."] {
        let answer = server.ask("POST", "/completion", &[], text(number, "temperature").as_bytes());
        assert_eq!(answer.status, 400, "{number}: {answer:?}");
    }
    for (body, depth) in [("[", 100_000), ("{\"a\":", 100_000)] {
        let answer = server.ask("POST", "/completion", &[], body.repeat(depth).as_bytes());
        assert!(answer.status == 400 && answer.body.contains("recursion limit exceeded"), "{answer:?}");
    }
}

#[test]
fn web_pages_and_strangers_are_kept_out() {
    let place = Place::new();
    let keys = place.write("keys", "first\n\n second \n");
    let server = Server::with(
        &place,
        SUM,
        &[
            "--allow-host",
            "box.lan",
            "--allow-origin",
            "http://localhost:3000",
            "--api-key-file",
            keys.to_str().expect("text"),
        ],
    );
    let body = br#"{"prompt": "x", "stream": false}"#;
    let key = ("Authorization", "Bearer first");
    let ask = |path: &str, headers: &[(&str, &str)]| server.ask("POST", path, &[headers, &[key]].concat(), body);
    for host in ["localhost", "127.0.0.1:8012", "[::1]:1", "0.0.0.0:80", "Box.lan"] {
        assert_eq!(ask("/completion", &[("Host", host)]).status, 200, "{host}");
    }
    for host in ["evil.example", "", "127.0.0.1.evil.example", "10.0.0.1", "box.lan.evil.example:80"] {
        let answer = ask("/completion", &[("Host", host)]);
        assert_eq!(answer.status, 403, "{host}: {answer:?}");
        assert_eq!(answer.json()["error"]["type"], "permission_error");
    }
    assert_eq!(ask("/completion", &[("Host", "localhost"), ("Host", "evil.example")]).status, 403);
    for headers in [
        &[("Origin", "null")][..],
        &[("Origin", "http://evil.example")],
        &[("Origin", "http://localhost:8012")],
        &[("Origin", "http://127.0.0.1:3000")],
        &[("Origin", "")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "same-site")],
        &[("Origin", "http://localhost:3000"), ("Origin", "http://evil.example")],
    ] {
        let answer = ask("/api/generate", headers);
        assert_eq!(answer.status, 403, "{headers:?}: {answer:?}");
        assert!(answer.json()["error"].is_string() && !answer.headers.contains_key("access-control-allow-origin"));
        // Not even whether it is there.
        assert_eq!(server.ask("GET", "/health", headers, b"").status, 403, "{headers:?}");
    }
    // Programs send only the mode.
    assert_eq!(ask("/completion", &[("Sec-Fetch-Mode", "cors")]).status, 200);
    let page = [("Origin", "http://localhost:3000"), ("Sec-Fetch-Site", "cross-site")];
    let answer = ask("/completion", &page);
    assert_eq!((answer.status, answer.headers["access-control-allow-origin"].as_str()), (200, "http://localhost:3000"));
    let asks = [
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization, x-stainless-os"),
    ];
    let answer = server.ask("OPTIONS", "/v1/completions", &[&page[..], &asks].concat(), b"");
    assert_eq!(
        (answer.status, answer.headers["access-control-allow-headers"].as_str()),
        (204, "authorization, x-stainless-os")
    );
    let foreign = [&[("Origin", "http://evil.example")][..], &asks].concat();
    let answer = server.ask("OPTIONS", "/v1/completions", &foreign, b"");
    assert!(answer.status == 403 && !answer.headers.contains_key("access-control-allow-headers"), "{answer:?}");

    for headers in [
        &[][..],
        &[("Authorization", "Bearer ")],
        &[("Authorization", "Bearer third")],
        &[("Authorization", "first")],
        &[("X-Api-Key", "firs")],
    ] {
        for path in ["/completion", "/v1/models", "/props", "/slots", "/"] {
            let answer = server.ask("POST", path, headers, body);
            assert_eq!(answer.status, 401, "{path} {headers:?}: {answer:?}");
            assert_eq!(answer.json()["error"]["type"], "authentication_error");
        }
        assert_eq!(server.ask("GET", "/health", headers, b"").status, 200);
    }
    for headers in [("Authorization", "bearer second"), ("X-Api-Key", "first"), ("Api-Key", "second")] {
        assert_eq!(server.ask("POST", "/completion", &[headers], body).status, 200, "{headers:?}");
    }
}

#[test]
fn requests_that_are_too_large() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let limit = 16 << 20;
    let mut body = br#"{"prompt": "x", "filler": ""#.to_vec();
    body.resize(limit - 2, b'x');
    body.extend(b"\"}");
    assert_eq!(server.ask("POST", "/completion", &[], &body).json()["content"], "a + b");
    body.insert(30, b'x');
    for (path, headers) in [("/completion", &[][..]), ("/api/generate", &[("Expect", "100-continue")])] {
        let answer = server.ask("POST", path, headers, &body);
        assert_eq!((answer.status, answer.headers["connection"].as_str()), (413, "close"), "{answer:?}");
        assert!(answer.body.contains("the request is larger than 16 MiB"), "{answer:?}");
    }
    // In chunks, whose sum nobody tells before.
    let mut chunked = b"POST /completion HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.chunks(1 << 20) {
        chunked.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend(chunk);
        chunked.extend(b"\r\n");
    }
    chunked.extend(b"0\r\n\r\n");
    assert_eq!(server.raw(chunked).status, 413);
    // Nothing is read of what is far too large.
    let answer = server.raw("POST /completion HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n{");
    assert_eq!(answer.status, 413);
    let many = "X: y\r\n".repeat(20_000);
    let stream = server.connect();
    let _ = (&stream).write_all(format!("GET /health HTTP/1.1\r\nHost: localhost\r\n{many}\r\n").as_bytes());
    let refused = read(&mut BufReader::new(&stream)).is_none_or(|answer| matches!(answer.status, 400 | 431));
    assert!(refused);
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn large_texts_hold_up_nobody() {
    let place = Place::new();
    let server = Server::with(
        &place,
        &format!("{SUM}\nrecord = \"prompt.txt\""),
        &["--ctx-size", "1024", "--max-prompt-ms", "0"],
    );
    let large = "    x = value_of(1)\n".repeat(500_000);
    let piece = json!({"text": &large[..200_000], "filename": "b.py"});
    for (path, body) in [
        ("/infill", json!({"input_prefix": large, "input_suffix": "\n"})),
        ("/infill", json!({"input_prefix": "x = ", "input_suffix": large})),
        ("/infill", json!({"input_prefix": "x = ", "input_suffix": "\n", "input_extra": vec![piece; 40]})),
        ("/completion", json!({"prompt": large})),
    ] {
        let answer = server.later(path, body);
        let mut worst = Duration::ZERO;
        while !answer.is_finished() {
            let start = Instant::now();
            assert_eq!(server.get("/health").status, 200);
            worst = worst.max(start.elapsed());
        }
        let answer = answer.join().expect("an answer").json();
        assert_eq!(answer["content"], "a + b", "{path}: {answer}");
        assert!(worst < Duration::from_secs(3), "{path}: it took {worst:?}");
        // As much as there is room for, from a line's beginning.
        let prompt = std::fs::read_to_string(place.path("prompt.txt")).expect("a record");
        assert!((200..=1024).contains(&prompt.len()), "{path}: {}", prompt.len());
        assert!(prompt.contains("    x = value_of(1)\n"), "{path}: {prompt}");
    }
}

#[test]
fn all_forms_of_http() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let body = r#"{"prompt": "x"}"#;
    let post = |version: &str, more: &str| {
        format!("POST /completion HTTP/{version}\r\n{more}Content-Length: {}\r\n\r\n{body}", body.len())
    };
    let answer = server.raw(post("1.0", "Host: localhost\r\n"));
    assert_eq!(answer.json()["content"], "a + b");
    // Without a host it could come from anywhere.
    assert_eq!(server.raw(post("1.0", "")).status, 403);
    // A stream ends with the connection there.
    let body_of_stream = r#"{"prompt": "x", "stream": true}"#;
    let answer = server.raw(format!(
        "POST /completion HTTP/1.0\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body_of_stream}",
        body_of_stream.len()
    ));
    assert!(!answer.headers.contains_key("transfer-encoding") && answer.events().len() > 1, "{answer:?}");
    for bytes in [
        "GARBAGE\r\n\r\n",
        "GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost localhost\r\n\r\n",
        "GET /hea lth HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /completion HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /completion HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "\x16\x03\x01\x02\x00\x01\x00\x01\u{7f}\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let stream = server.connect();
        (&stream).write_all(bytes.as_bytes()).expect("sent");
        let status = read(&mut BufReader::new(&stream)).map(|answer| answer.status);
        assert!(matches!(status, None | Some(400 | 505)), "{bytes:?}: {status:?}");
    }
    // Requests one behind the other, sent before any answer.
    let stream = server.connect();
    let three = [
        post("1.1", "Host: localhost\r\n"),
        "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        post("1.1", "Host: x\r\n"),
    ];
    (&stream).write_all(three.concat().as_bytes()).expect("sent");
    let mut answers = BufReader::new(&stream);
    let statuses: Vec<u16> = (0..3).map(|_| read(&mut answers).expect("an answer").status).collect();
    assert_eq!(statuses, [200, 200, 403]);
    // A client that waits for leave to send the body.
    let stream = server.connect();
    let head = format!(
        "POST /completion HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    (&stream).write_all(head.as_bytes()).expect("sent");
    let mut answers = BufReader::new(&stream);
    let mut line = String::new();
    answers.read_line(&mut line).expect("a line");
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    answers.read_line(&mut line).expect("a line");
    (&stream).write_all(body.as_bytes()).expect("sent");
    assert_eq!(read(&mut answers).expect("an answer").json()["content"], "a + b");
}

/// The slowest test here: it waits for the server's limits.
#[test]
fn slow_and_broken_requests_hold_nothing() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let begun = |text: &str| {
        let stream = server.connect();
        (&stream).write_all(text.as_bytes()).expect("sent");
        stream
    };
    // One byte after the other, of a head that never ends.
    let drip = begun("GET /health HTTP/1.1\r\nHost: localhost\r\nX: ");
    let mut dripping = drip.try_clone().expect("a handle");
    thread::spawn(move || {
        while dripping.write_all(b"y").is_ok() {
            thread::sleep(Duration::from_millis(500));
        }
    });
    let silent = begun("");
    let half = begun("POST /completion HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"prompt\"");
    for _ in 0..20 {
        drop(begun("POST /infill HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"));
        drop(begun("POST /in"));
    }
    let start = Instant::now();
    assert_eq!(server.post("/completion", &json!({"prompt": "x"})).json()["content"], "a + b");
    assert!(start.elapsed() < Duration::from_secs(5), "it took {:?}", start.elapsed());
    // All of them end.
    for stream in [&drip, &silent] {
        let status = read(&mut BufReader::new(stream)).map(|answer| answer.status);
        assert!(matches!(status, None | Some(408)), "{status:?}");
        assert!(start.elapsed() < Duration::from_secs(25), "it took {:?}", start.elapsed());
    }
    let answer = read(&mut BufReader::new(&half)).expect("an answer");
    assert_eq!(answer.status, 408, "{answer:?}");
}

#[test]
fn many_open_connections() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let open: Vec<_> = (0..600).filter_map(|_| TcpStream::connect(server.address).ok()).collect();
    drop(open);
    let start = Instant::now();
    while TcpStream::connect(server.address).is_err()
        || read(&mut BufReader::new({
            let stream = server.connect();
            let _ = (&stream).write_all(&request("GET", "/health", &[], b""));
            stream
        }))
        .is_none()
    {
        assert!(start.elapsed() < Duration::from_secs(10), "no place is free again");
        thread::sleep(Duration::from_millis(50));
    }
    // As the editor does that asks for several answers by as many requests, and sends one of them without a body.
    let body = json!({"prompt": "x = ", "suffix": "\n", "stream": true, "max_tokens": 64});
    let three: Vec<_> = (0..3).map(|_| server.later("/v1/completions", body.clone())).collect();
    assert_eq!(server.ask("POST", "/v1/completions", &[], b"").status, 400);
    for answer in three {
        let text: String = answer
            .join()
            .expect("an answer")
            .events()
            .iter()
            .filter_map(|event| event["choices"][0]["text"].as_str())
            .collect();
        assert_eq!(text, "a + b");
    }
}

/// A model whose answers take a second and end only by their length.
const SLOW: &str = "pieces = [\"x\"]\nend = false\ndelay_ms = 20";

#[test]
fn the_place_of_a_client_that_leaves_is_free_again() {
    let place = Place::new();
    let server = Server::with(&place, SLOW, &["--parallel", "1"]);
    for stream in [true, false] {
        for path in ["/completion", "/v1/completions", "/api/generate"] {
            let body = json!({"prompt": "x", "max_tokens": 1000, "n_predict": 1000, "stream": stream}).to_string();
            let leaver = server.connect();
            (&leaver).write_all(&request("POST", path, &[], body.as_bytes())).expect("sent");
            thread::sleep(Duration::from_millis(200));
            leaver.shutdown(Shutdown::Both).expect("closed");
            let start = Instant::now();
            assert_eq!(server.post("/completion", &json!({"prompt": "x", "n_predict": 2})).json()["content"], "xx");
            assert!(start.elapsed() < Duration::from_secs(3), "{path} {stream}: {:?}", start.elapsed());
        }
    }
}

#[test]
fn a_server_with_too_much_to_do_says_so() {
    let place = Place::new();
    let server = Server::with(&place, SLOW, &["--parallel", "1"]);
    let body = |count: u32| json!({"prompt": "x", "n_predict": count});
    // It has the only place until it leaves.
    let long = server.connect();
    let text = json!({"prompt": "x", "n_predict": 5000, "stream": true}).to_string();
    (&long).write_all(&request("POST", "/completion", &[], text.as_bytes())).expect("sent");
    assert!((&long).read(&mut [0; 16]).expect("an answer") > 0);
    // The same question would be answered once.
    let other = |number: usize| json!({"prompt": format!("x{number}"), "n_predict": 1});
    let others: Vec<_> = (0..MAX_WAITING + 6).map(|number| server.later("/completion", other(number))).collect();
    let end = Instant::now() + Duration::from_secs(60);
    while others.iter().filter(|one| one.is_finished()).count() < 6 && Instant::now() < end {
        thread::sleep(Duration::from_millis(10));
    }
    long.shutdown(Shutdown::Both).expect("closed");
    let answers: Vec<Answer> = others.into_iter().map(|one| one.join().expect("an answer")).collect();
    let (answered, refused): (Vec<Answer>, Vec<Answer>) = answers.into_iter().partition(|one| one.status == 200);
    assert_eq!((answered.len(), refused.len()), (MAX_WAITING, 6));
    for answer in refused {
        assert_eq!((answer.status, answer.headers["retry-after"].as_str()), (503, "1"));
        assert_eq!(answer.json()["error"]["type"], "unavailable_error");
    }
    assert_eq!(server.post("/completion", &body(1)).json()["content"], "x");
}

#[test]
fn an_engine_that_fails_answers_the_next() {
    let place = Place::new();
    let server = Server::new(&place, "pieces = [\"a\", \"b\"]\nfail_after = 1");
    for _ in 0..3 {
        let answer = server.post("/v1/completions", &json!({"prompt": "x"}));
        assert_eq!((answer.status, &answer.json()["error"]["type"]), (500, &json!("server_error")), "{answer:?}");
    }
    let events = server.post("/v1/completions", &json!({"prompt": "x", "stream": true})).events();
    assert_eq!(events[0]["choices"][0]["text"], "a");
    assert_eq!(events.last().expect("an event")["error"]["message"], "the scripted engine fails: after 1 tokens");
    let events = server.post("/api/generate", &json!({"prompt": "x"})).events();
    assert_eq!(events.last().expect("an event")["error"], "the scripted engine fails: after 1 tokens");
}

#[test]
fn it_ends_its_answers_and_removes_its_socket() {
    let place = Place::new();
    let mut server = Server::with(&place, SLOW, &[]);
    let last = server.later("/completion", json!({"prompt": "x", "n_predict": 60}));
    let stream = server.later("/v1/completions", json!({"prompt": "x", "max_tokens": 60, "stream": true}));
    thread::sleep(Duration::from_millis(300));
    server.signal("TERM");
    thread::sleep(Duration::from_millis(200));
    // Nothing new begins.
    let late = TcpStream::connect(server.address).ok().map(|stream| {
        let _ = (&stream).write_all(&request("POST", "/completion", &[], br#"{"prompt": "x"}"#));
        read(&mut BufReader::new(stream)).map(|answer| answer.status)
    });
    assert!(matches!(late, None | Some(None | Some(503))), "{late:?}");
    assert_eq!(last.join().expect("an answer").json()["content"], "x".repeat(60));
    assert!(stream.join().expect("an answer").body.ends_with("data: [DONE]\n\n"));
    let code = server.wait(Duration::from_secs(10));
    assert!(!server.socket.exists(), "exit code {code}");
    assert!(matches!(code, 0 | 143), "{code}");
}

#[test]
fn a_socket_has_one_server() {
    let place = Place::new();
    let mut server = Server::new(&place, SUM);
    let socket = server.socket.to_str().expect("text").to_owned();
    let second = |place: &Place| -> Output {
        finish(place.command(["serve", "-m", &place.script(SUM), "--socket", &socket]).spawn().expect("started"))
    };
    let refused = format!(
        "error: cannot listen on {socket}: a server is already listening there\nhint: use it, or choose another socket with --socket PATH\n"
    );
    assert_eq!(second(&place), output("", &refused, 73));
    // Killed, it leaves its socket behind, which the next one takes over.
    server.signal("KILL");
    assert_eq!(server.wait(Duration::from_secs(5)), -9);
    assert!(server.socket.exists());
    drop(server);
    let mut server = Server::new(&place, SUM);
    let stream = UnixStream::connect(&server.socket).expect("connected");
    assert_eq!(exchange(stream, &request("GET", "/health", &[], b"")).status, 200);
    server.signal("INT");
    server.wait(Duration::from_secs(5));
    assert!(!server.socket.exists());
    // What is no socket stays.
    place.write("run/serve.sock", "precious");
    assert_eq!(second(&place).code, 73);
    assert_eq!(std::fs::read_to_string(&socket).expect("still there"), "precious");
    // A port has one server too.
    std::fs::remove_file(&socket).expect("removed");
    let server = Server::new(&place, SUM);
    let address = server.address.to_string();
    let run = finish(
        place
            .command(["serve", "-m", &place.script(SUM), "--listen", &address, "--socket"])
            .arg(place.path("run/other.sock"))
            .spawn()
            .expect("started"),
    );
    assert_eq!(run.code, 73, "{run:?}");
    assert!(run.stderr.starts_with(&format!("error: cannot listen on {address}: ")), "{run:?}");
}

/// dscoder is a client of llama.cpp's server, and so of its own.
#[cfg(all(feature = "llama", has_demo))]
#[test]
fn answers_over_an_endpoint_are_those_of_a_run() {
    let place = Place::new();
    let server = Server::of(&place, "demo", &["--threads", "1"]);
    let url = server.url();
    place.write("f.py", "def add(a, b):\n    return \n\nprint(add(1, 2))\n");
    let lines = "{\"id\": 1, \"text\": \"def f(x):\\n    return \"}\n{\"id\": 2, \"text\": \"for i in \"}\n";
    for arguments in [
        &["infill", "f.py", "--at", "2:12", "--json", "--logprobs", "2"][..],
        &["infill", "f.py", "--at", "2:12", "--json", "--candidates", "3"],
        &["infill", "f.py", "--at", "2:12", "--diff"],
        &["complete", "f.py", "--json", "--max-tokens", "20", "--stop", "print"],
        &["complete", "--batch", "-", "--max-tokens", "8"],
        &["chat", "--force", "hi", "--json", "--max-tokens", "8", "--temperature", "0"],
    ] {
        let run = |door: &[&str]| -> Vec<Value> {
            let run = place.feed(&[arguments, door].concat(), lines);
            assert_eq!(run.code, 0, "{arguments:?} {door:?}: {run:?}");
            let mut values: Vec<Value> = run
                .stdout
                .lines()
                .map(|line| serde_json::from_str(line).unwrap_or_else(|_| json!({"line": line})))
                .collect();
            for value in &mut values {
                // What tells where and when, and the random choice of further candidates.
                for key in ["timings_ms", "model", "reused", "seed"] {
                    value.as_object_mut().expect("an object").remove(key);
                }
            }
            values
        };
        let (mut there, mut here) = (run(&["--endpoint", &url]), run(&["-m", "demo"]));
        if arguments.contains(&"--candidates") {
            // Each candidate begins with another token there and is sampled here: the best one is the same.
            let best = |values: &mut Vec<Value>| values[0]["candidates"][0]["text"].clone();
            assert_eq!((best(&mut there), values_of(&there)), (best(&mut here), 3));
            continue;
        }
        assert_eq!(rounded(&there), rounded(&here), "{arguments:?}");
    }
}

/// How many candidates there are.
#[cfg(all(feature = "llama", has_demo))]
fn values_of(values: &[Value]) -> usize {
    values[0]["candidates"].as_array().map_or(0, Vec::len)
}

/// Numbers with four digits: they went through another number of decimals.
#[cfg(all(feature = "llama", has_demo))]
fn rounded(value: &[Value]) -> Value {
    fn visit(value: &mut Value) {
        match value {
            Value::Number(number) if number.is_f64() => {
                *value = json!((number.as_f64().expect("a number") * 1e4).round());
            }
            Value::Array(all) => all.iter_mut().for_each(visit),
            Value::Object(all) => all.values_mut().for_each(visit),
            _ => {}
        }
    }
    let mut value = json!(value);
    visit(&mut value);
    value
}

/// Runs a program with a library of clients; `None` if it is not installed.
fn client(program: &str, library: &str, arguments: &[&str]) -> Option<String> {
    let (check, flag) =
        if program == "node" { (format!("require({library:?})"), "-e") } else { (format!("import {library}"), "-c") };
    if !Command::new(program).args([flag, &check]).output().is_ok_and(|run| run.status.success()) {
        skip(&format!("{program} has no {library}"));
        return None;
    }
    let run = Command::new(program).arg(flag).args(arguments).output().expect("runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(String::from_utf8(run.stdout).expect("text"))
}

#[test]
fn libraries_of_python() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let url = server.url();
    let openai = r#"
import sys
from openai import OpenAI
for base in "/v1", "/beta":
    c = OpenAI(base_url=sys.argv[1] + base, api_key="x")
    print([m.id for m in c.models.list()][-1])
    gap = dict(model="deepseek-coder", prompt="x = ", suffix="\n", max_tokens=16)
    print(c.completions.create(**gap, n=2, echo=True, logprobs=1).choices[1].text)
    print("".join(e.choices[0].text for e in c.completions.create(**gap, stream=True)))
    talk = dict(model="deepseek-coder", messages=[{"role": "user", "content": "hi"}])
    print(c.chat.completions.create(**talk, logprobs=True).choices[0].logprobs.content[0].token)
    events = list(c.chat.completions.create(**talk, stream=True, stream_options={"include_usage": True}))
    print("".join(e.choices[0].delta.content for e in events[:-1]), events[-1].usage.completion_tokens)
try:
    c.completions.create(model="x", prompt=[])
except Exception as e:
    print(e.status_code, e.body["message"])
"#;
    if let Some(out) = client("python3", "openai", &[openai, &url]) {
        let once = "deepseek-coder\nx = a + b\na + b\na\na + b 3\n";
        assert_eq!(out, format!("{once}{once}400 \"prompt\" cannot be used: it is empty\n"));
    }
    let ollama = r#"
import sys, ollama
c = ollama.Client(host=sys.argv[1])
print([m.model for m in c.list().models][-1], c.show("deepseek-coder").capabilities, len(c.ps().models))
gap = dict(model="deepseek-coder", prompt="x = ", suffix="\n", keep_alive="30m", options={"num_predict": 8})
print(c.generate(**gap).response, "".join(e.response for e in c.generate(**gap, stream=True)))
print(c.chat(model="m", messages=[{"role": "user", "content": "hi"}]).message.content)
print(c.generate(model="m").done_reason, c.chat(model="m").done_reason)
"#;
    if let Some(out) = client("python3", "ollama", &[ollama, &url]) {
        assert_eq!(out, "deepseek-coder:latest ['completion', 'insert'] 2\na + b a + b\na + b\nload load\n");
    }
    let mistral = r#"
import sys
try:
    from mistralai.client import Mistral
except ImportError:
    from mistralai import Mistral
c = Mistral(api_key="x", server_url=sys.argv[1])
gap = dict(model="codestral-latest", prompt="x = ", suffix="\n", max_tokens=8)
answer = c.fim.complete(**gap)
print(answer.choices[0].message.content, answer.usage.total_tokens > 0)
print("".join(e.data.choices[0].delta.content or "" for e in c.fim.stream(**gap)))
"#;
    if let Some(out) = client("python3", "mistralai", &[mistral, &url]) {
        assert_eq!(out, "a + b True\na + b\n");
    }
}

#[test]
fn libraries_of_node() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let url = server.url();
    let openai = r#"
const { OpenAI } = require("openai");
(async () => {
  const c = new OpenAI({ baseURL: process.argv[1] + "/v1", apiKey: "x" });
  const gap = { model: "deepseek-coder", prompt: "x = ", suffix: "\n", max_tokens: 16 };
  console.log((await c.completions.create(gap)).choices[0].text);
  let text = "";
  for await (const e of await c.completions.create({ ...gap, stream: true })) text += e.choices[0].text;
  for await (const e of await c.chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }], stream: true })) text += e.choices[0].delta.content;
  console.log(text);
})();
"#;
    if let Some(out) = client("node", "openai", &[openai, &url]) {
        assert_eq!(out, "a + b\na + ba + b\n");
    }
    let ollama = r#"
const { Ollama } = require("ollama");
(async () => {
  const c = new Ollama({ host: process.argv[1] });
  const gap = { model: "deepseek-coder", prompt: "x = ", suffix: "\n" };
  console.log((await c.generate(gap)).response, (await c.list()).models.length);
  let text = "";
  for await (const e of await c.generate({ ...gap, stream: true })) text += e.response;
  console.log(text);
})();
"#;
    if let Some(out) = client("node", "ollama", &[ollama, &url]) {
        assert_eq!(out, "a + b 2\na + b\n");
    }
}
