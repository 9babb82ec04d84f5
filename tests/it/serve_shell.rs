//! What surrounds `dscoder serve`: its log, its counters, the sockets of a service manager, its settings.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::command::{Output, Place, finish, output, repository};
use crate::serve::{Answer, SUM, Server, exchange, request};

/// How long something that must come may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until there is something.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "{what} does not come");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The first `count` lines of a log.
fn lines(log: &Path, count: usize) -> Vec<String> {
    wait_for(&format!("line {count} of {}", log.display()), || {
        let text = fs::read_to_string(log).unwrap_or_default();
        let whole = text.lines().map(str::to_owned).collect::<Vec<_>>();
        (text.ends_with('\n') && whole.len() >= count).then_some(whole)
    })
}

/// The values of a line by their names.
fn fields(line: &str) -> HashMap<&str, &str> {
    let all: Vec<_> = line.split(' ').map(|field| field.split_once('=').expect(line)).collect();
    let map: HashMap<_, _> = all.iter().copied().collect();
    assert_eq!(map.len(), all.len(), "{line}");
    map
}

/// The answer to `HEAD`, which has no body.
fn head(server: &Server, path: &str) -> Answer {
    let mut stream = server.connect();
    stream.write_all(&request("HEAD", path, &[], b"")).expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    assert_eq!(body, "");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status");
    let field = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Answer { status, headers: lines.filter_map(field).collect(), body: String::new() }
}

#[test]
fn each_request_has_a_line() {
    let place = Place::new();
    let log = place.path("access.log");
    let server = Server::with(&place, SUM, &["--log", &log.display().to_string()]);
    let secret = "the secret prompt";
    let answer = server.post("/completion?key=in-query", &json!({"prompt": secret, "n_predict": 2}));
    let used = answer.json();
    let again = server.post("/completion", &json!({"prompt": secret, "stream": true}));
    let health = server.get("/health");
    let missing = server.get("/no/such%0Apath");
    let refused = server.ask("GET", "/health", &[("Host", "evil.example")], b"");
    let stream = UnixStream::connect(&server.socket).expect("connected");
    let given = [("X-Request-Id", "from-the.client_1"), ("User-Agent", "hidden agent")];
    let named = exchange(stream, &request("POST", "/v1/completions", &given, br#"{"prompt": "x"}"#));
    let only_head = head(&server, "/health");
    let lines = lines(&log, 7);
    let all: Vec<_> = lines.iter().map(|line| fields(line)).collect();
    for (fields, answer) in all.iter().zip([&answer, &again, &health, &missing, &refused, &named, &only_head]) {
        assert_eq!(fields["status"], answer.status.to_string());
        assert_eq!(fields["id"], answer.headers["x-request-id"]);
        assert!(!fields.contains_key("cancelled"), "{fields:?}");
        let time = fields["time"];
        assert!(time.len() == 24 && time.starts_with("20") && time.ends_with('Z'), "{time}");
        assert!(fields["total_ms"].parse::<f64>().is_ok_and(|millis| millis >= 0.0), "{fields:?}");
    }
    let first = &all[0];
    assert_eq!((first["method"], first["path"], first["via"]), ("POST", "/completion", "tcp"));
    assert_eq!(first["prompt_tokens"], used["tokens_evaluated"].to_string());
    assert_eq!((first["answer_tokens"], first["finish"], first["reused_tokens"]), ("2", "token_limit", "0"));
    let number = |fields: &HashMap<&str, &str>, name| fields[name].parse::<f64>().expect("a number");
    assert!(number(first, "queued_ms") <= number(first, "first_token_ms"), "{first:?}");
    assert!(number(first, "first_token_ms") <= number(first, "total_ms"), "{first:?}");
    // The stream ends with the model, and its prompt was evaluated before but for its last token.
    assert_eq!((all[1]["finish"], all[1]["answer_tokens"]), ("end_of_text", "3"));
    let reused: usize = all[1]["reused_tokens"].parse().expect("a number");
    assert!(reused > 0 && reused < all[1]["prompt_tokens"].parse().expect("a number"), "{:?}", all[1]);
    assert!(!all[2].contains_key("prompt_tokens") && !all[2].contains_key("finish"), "{:?}", all[2]);
    assert_eq!((all[3]["status"], all[3]["path"]), ("404", "/no/such%0Apath"));
    assert_eq!((all[4]["status"], all[5]["via"], all[5]["id"]), ("403", "socket", "from-the.client_1"));
    let text = lines.join("\n");
    for hidden in ["secret", "in-query", "hidden", "evil", "a + b"] {
        assert!(!text.contains(hidden), "{text}");
    }
    assert_eq!(fs::metadata(&log).expect("there").permissions().mode() & 0o777, 0o600);
    // A second server appends, and several answers are counted together.
    drop(server);
    let server = Server::with(&place, SUM, &["--log", &log.display().to_string()]);
    server.post("/v1/completions", &json!({"prompt": "x", "n": 3}));
    let all = self::lines(&log, 8);
    let last = fields(&all[7]);
    assert_eq!((last["answer_tokens"], all.len()), ("9", 8), "{last:?}");
}

#[test]
fn names_of_clients_are_taken_only_if_they_are_plain() {
    let place = Place::new();
    let log = place.path("access.log");
    let server = Server::with(&place, SUM, &["--log", &log.display().to_string()]);
    let longest = "x".repeat(64);
    let longer = "x".repeat(65);
    let wrong = ["", "a b", "a=b status=500", "é", "a\tb", &longer];
    for id in ["1", "req_A.b-c", &longest] {
        assert_eq!(server.ask("GET", "/health", &[("x-request-id", id)], b"").headers["x-request-id"], id);
    }
    for id in wrong {
        let answer = server.ask("GET", "/health", &[("x-request-id", id)], b"");
        let new = &answer.headers["x-request-id"];
        assert!(new.len() == 12 && new.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id:?}: {new}");
    }
    // Bytes that no path should have; those that HTTP allows stay in their line.
    let strange: Vec<u8> = (1..=255u8).filter(|byte| !b"\r\n ?#".contains(byte)).collect();
    for byte in strange {
        let mut bytes = b"GET /a".to_vec();
        bytes.push(byte);
        bytes.extend(b"b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut stream = server.connect();
        stream.write_all(&bytes).expect("sent");
        let _ = stream.read_to_end(&mut Vec::new());
    }
    server.ask("GET", &format!("/{}", "p".repeat(5000)), &[("x-request-id", "last")], b"");
    let text = wait_for("the last line", || {
        let text = fs::read_to_string(&log).expect("there");
        text.contains("id=last ").then_some(text)
    });
    assert!(text.is_ascii() && text.bytes().all(|byte| byte == b'\n' || (b' '..0x7F).contains(&byte)), "{text:?}");
    for line in text.lines() {
        let fields = fields(line);
        assert!(fields["time"].starts_with("20") && line.len() < 400, "{line}");
        assert!(["200", "404"].contains(&fields["status"]), "{line}");
    }
}

/// A model that does not end by itself.
const SLOW: &str = "pieces = [\"x\"]\nend = false\ndelay_ms = 20";

#[test]
fn a_client_that_leaves_is_logged_as_cancelled() {
    let place = Place::new();
    let log = place.path("access.log");
    let server = Server::with(&place, SLOW, &["--metrics", "--log", &log.display().to_string()]);
    for (number, is_stream) in [false, true].into_iter().enumerate() {
        let stream = server.connect();
        let body = json!({"prompt": "x", "stream": is_stream, "n_predict": 100_000}).to_string();
        (&stream).write_all(&request("POST", "/completion", &[], body.as_bytes())).expect("sent");
        wait_for("the answer", || (value(&server, "answers_in_progress") == 1.0).then_some(()));
        thread::sleep(Duration::from_millis(200));
        drop(stream);
        let lines = lines(&log, 1);
        let line = wait_for("the line", || {
            let text = fs::read_to_string(&log).expect("there");
            text.lines().filter(|line| line.contains("path=/completion")).nth(number).map(str::to_owned)
        });
        let fields = fields(&line);
        assert_eq!(
            (fields["cancelled"], fields["status"]),
            ("true", if is_stream { "200" } else { "499" }),
            "{lines:?}"
        );
        assert!(fields["answer_tokens"].parse::<usize>().is_ok_and(|tokens| tokens > 0), "{line}");
        assert!(fields["prompt_tokens"] != "0" && !fields.contains_key("finish"), "{line}");
    }
    wait_for("the count", || (value(&server, "answers_dropped_total") == 2.0).then_some(()));
}

#[test]
fn a_hangup_opens_the_log_again() {
    let place = Place::new();
    let (log, old) = (place.path("access.log"), place.path("access.log.1"));
    let mut server = Server::with(&place, SUM, &["--log", &log.display().to_string()]);
    server.get("/health");
    lines(&log, 1);
    fs::rename(&log, &old).expect("moved");
    server.get("/health");
    // Until it is told, the server writes to the file that it has.
    assert_eq!(lines(&old, 2).len(), 2);
    server.signal("HUP");
    wait_for("the new file", || log.exists().then_some(()));
    assert_eq!(fs::metadata(&log).expect("there").permissions().mode() & 0o777, 0o600);
    server.get("/health");
    assert_eq!((lines(&log, 1).len(), lines(&old, 2).len()), (1, 2));
    // Where it cannot be opened, the old one is kept.
    fs::remove_file(&log).expect("removed");
    fs::create_dir(&log).expect("created");
    server.signal("HUP");
    wait_for("the note", || {
        server.said.lock().expect("whole").contains("access.log again: is a directory").then_some(())
    });
    assert_eq!(server.get("/health").status, 200);
    server.signal("TERM");
    assert_eq!(server.wait(PATIENCE), 0);
}

#[test]
fn without_a_log_file_a_hangup_ends_the_server() {
    let place = Place::new();
    for arguments in [&[][..], &["--log", "-"]] {
        let mut server = Server::with(&place, SUM, arguments);
        server.signal("HUP");
        assert_eq!(server.wait(PATIENCE), 0, "{arguments:?}");
    }
}

#[test]
fn the_log_can_be_stderr() {
    let place = Place::new();
    let server = Server::with(&place, SUM, &["--log", "-"]);
    let answer = server.get("/health");
    let id = format!(" id={} method=GET path=/health via=tcp status=200 ", answer.headers["x-request-id"]);
    wait_for("the line", || server.said.lock().expect("whole").contains(&id).then_some(()));
}

#[test]
fn a_log_that_cannot_be_written() {
    let place = Place::new();
    let script = place.script(SUM);
    for (path, why) in [("no/such/directory/log", "no such file or directory"), (".", "is a directory")] {
        let run = place.run(&["serve", "-m", &script, "--socket", "run/s.sock", "--log", path]);
        assert_eq!((run.code, run.stdout.as_str()), (73, ""), "{run:?}");
        assert_eq!(run.stderr, format!("error: cannot write {path}: {why}\n"));
        assert!(!place.path("run/s.sock").exists());
    }
    if !Path::new("/dev/full").exists() {
        return crate::command::skip("there is no /dev/full here");
    }
    // A full disk stops no answer, and is said once.
    let server = Server::with(&place, SUM, &["--log", "/dev/full"]);
    for _ in 0..5 {
        assert_eq!(server.post("/completion", &json!({"prompt": "x"})).json()["content"], "a + b");
    }
    let note = "note: cannot write /dev/full: no space left on device; requests are still answered\n";
    wait_for("the note", || server.said.lock().expect("whole").contains(note).then_some(()));
    thread::sleep(Duration::from_millis(100));
    assert_eq!(server.said.lock().expect("whole").matches("/dev/full").count(), 1);
}

/// The value of a counter without labels.
fn value(server: &Server, name: &str) -> f64 {
    let text = server.get("/metrics").body;
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("dscoder_{name} ")));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} in {text}"))
}

#[test]
fn metrics_count_what_was_answered() {
    let place = Place::new();
    assert_eq!(Server::new(&place, SUM).get("/metrics").status, 404);
    let server = Server::with(&place, SUM, &["--metrics"]);
    let before = server.get("/metrics");
    assert_eq!(
        (before.status, before.headers["content-type"].as_str()),
        (200, "text/plain; version=0.0.4; charset=utf-8")
    );
    let prompt = "hidden words of a longer prompt, which is worth keeping";
    let first = server.post("/completion", &json!({"prompt": prompt})).json();
    server.post("/completion", &json!({"prompt": prompt, "stream": true}));
    server.get("/nothing");
    let text = server.get("/metrics").body;
    // Each has its help and type, and each line its form.
    let mut types = HashMap::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type");
            assert!(text.contains(&format!("# HELP {name} ")), "{name}");
            assert!(types.insert(name, kind).is_none(), "{name}");
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            let name = name.split('{').next().expect("a name");
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            let kind = types.get(base).or(types.get(name)).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(*kind == "counter", name.ends_with("_total"), "{line}");
            assert!(name.starts_with("dscoder_"), "{line}");
        }
    }
    let tokens = first["tokens_evaluated"].as_f64().expect("a number");
    for (name, expected) in [
        ("answers_total", 2.0),
        ("answers_dropped_total", 0.0),
        ("answers_in_progress", 0.0),
        ("answers_waiting", 0.0),
        ("answer_tokens_total", 6.0),
        ("parallel_limit", 4.0),
        ("time_to_first_token_seconds_count", 2.0),
    ] {
        assert_eq!(value(&server, name), expected, "{name}");
    }
    let (evaluated, reused) =
        (value(&server, "prompt_tokens_evaluated_total"), value(&server, "prompt_tokens_reused_total"));
    assert!(evaluated + reused == 2.0 * tokens && reused > 0.0, "{text}");
    assert!(value(&server, "uptime_seconds") > 0.0 && value(&server, "time_to_first_token_seconds_sum") > 0.0);
    assert!(text.contains("dscoder_http_responses_total{code=\"404\"} 1\n"), "{text}");
    assert!(text.contains("dscoder_time_to_first_token_seconds_bucket{le=\"+Inf\"} 2\n"), "{text}");
    assert!(!text.contains("hidden") && !text.contains("a + b"), "{text}");
    // Only asked in the usual way, and checked as everything else.
    let posted = server.post("/metrics", &json!({}));
    assert_eq!((posted.status, posted.headers["allow"].as_str()), (405, "GET, HEAD"));
    assert_eq!(head(&server, "/metrics").status, 200);
    assert_eq!(server.ask("GET", "/metrics", &[("Host", "evil.example")], b"").status, 403);
    assert_eq!(server.ask("GET", "/metrics", &[("Origin", "http://evil.example")], b"").status, 403);
    drop(server);
    place.write("keys", "one\n");
    let server = Server::with(&place, SUM, &["--metrics", "--api-key-file", "keys"]);
    assert_eq!(server.get("/metrics").status, 401);
    assert_eq!(server.ask("GET", "/metrics", &[("Authorization", "Bearer one")], b"").status, 200);
}

/// Listens on a TCP address and on a Unix socket, and becomes the program with them, as a service manager does it.
const MANAGER: &str = r#"
import os, socket, sys
kinds, process, program, *arguments = sys.argv[1:]
passed = []
for kind in kinds.split(","):
    name, _, address = kind.partition("=")
    if name == "unix":
        one = socket.socket(socket.AF_UNIX)
        one.bind(address)
        one.listen()
        os.chmod(address, 0o600)
    elif name == "abstract":
        one = socket.socket(socket.AF_UNIX)
        one.bind("\0" + address)
        one.listen()
    elif name == "tcp":
        one = socket.socket()
        one.bind((address, 0))
        one.listen()
        print(one.getsockname()[1], flush=True)
    elif name == "bound":
        one = socket.socket()
        one.bind((address, 0))
    elif name == "stdin":
        one = socket.socket(fileno=0)
    elif name == "udp":
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((address, 0))
    else:
        one = open("/dev/null")
    passed.append(one)
high = [os.dup(one.fileno()) for one in passed]
low = range(3, 3 + len(high))
high = [os.dup2(one, 100 + index) for index, one in enumerate(high)]
for to, one in zip(low, high):
    os.dup2(one, to, inheritable=True)
os.environ["LISTEN_FDS"] = str(len(high))
os.environ["LISTEN_PID"] = str(os.getpid()) if process == "own" else process
os.execv(program, [program, *arguments])
"#;

/// The program with sockets of these kinds.
fn managed(place: &Place, kinds: &str, process: &str, arguments: &[&str]) -> Option<Child> {
    managed_from(Stdio::null(), place, kinds, process, arguments)
}

fn managed_from(stdin: Stdio, place: &Place, kinds: &str, process: &str, arguments: &[&str]) -> Option<Child> {
    if Command::new("python3").arg("--version").output().is_err() {
        crate::command::skip("there is no python3 here");
        return None;
    }
    let script = place.script(SUM);
    let program = env!("CARGO_BIN_EXE_dscoder");
    let own = place.command([""; 0]);
    let mut command = Command::new("python3");
    for (name, value) in own.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.args(["-c", MANAGER, kinds, process, program, "serve", "-m", &script]).args(arguments);
    command.current_dir(place.path("."));
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(command.spawn().expect("started"))
}

/// Reads the port that the manager tells.
fn port(child: &mut Child) -> u16 {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut line).expect("a line");
    line.trim().parse().unwrap_or_else(|_| panic!("{line:?}"))
}

/// Ends it, and gives what it said.
fn ended(child: Child) -> Output {
    let id = child.id().to_string();
    assert!(Command::new("kill").arg(&id).status().expect("kill runs").success());
    finish(child)
}

#[test]
fn a_service_manager_passes_sockets() {
    let place = Place::new();
    let socket = place.path("s.sock");
    let kinds = format!("unix={},tcp=127.0.0.1", socket.display());
    let unused = ["--listen", "127.0.0.1:1", "--socket", "unused.sock"];
    let Some(mut child) = managed(&place, &kinds, "own", &unused) else { return };
    let port = port(&mut child);
    // The sockets take connections before there is a server.
    let body = br#"{"prompt": "x"}"#;
    let stream = UnixStream::connect(&socket).expect("connected");
    let answer = exchange(stream, &request("POST", "/completion", &[("Host", "")], body));
    assert_eq!(answer.json()["content"], "a + b");
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    assert_eq!(exchange(stream, &request("POST", "/completion", &[], body)).json()["content"], "a + b");
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    let answer = exchange(stream, &request("POST", "/completion", &[("Host", "evil.example")], body));
    assert_eq!(answer.status, 403);
    assert!(!place.path("unused.sock").exists());
    // No other server takes the socket away, with or without the same paths.
    let script = place.script(SUM);
    let second = place.run(&["serve", "-m", &script, "--socket", "s.sock"]);
    assert!(second.code == 73 && second.stderr.contains("s.sock: a server is already listening there"), "{second:?}");
    let process = format!("\"process\":{},", child.id());
    let status = || place.run(&["serve", "status", "--json", "--socket", "s.sock"]).stdout;
    wait_for("the status", || status().contains(&process).then_some(()));
    let run = ended(child);
    assert_eq!(run.code, 0, "{run:?}");
    let shown = format!("script.toml listens on {} and http://127.0.0.1:{port}: 4 answers at once", socket.display());
    assert!(run.stderr.contains(&shown), "{run:?}");
    assert!(
        run.stderr.contains("note: the service manager has opened the sockets: --listen and --socket open no others\n")
    );
    // It is the manager's, who still needs it.
    assert!(socket.exists());
}

#[test]
fn settings_are_for_the_server_and_its_subcommands() {
    let place = Place::new();
    let (socket, log) = (place.path("run/serve.sock"), place.path("home/access.log"));
    place.write(
        "home/.config/dscoder/config.toml",
        format!("[serve]\nsocket = {:?}\nlog = '~/access.log'\nmetrics = true\nparallel = 2\n", socket),
    );
    let mut command = place.command(["serve", "-m", &place.script(SUM), "--listen", "127.0.0.1:0"]);
    let child = command.spawn().expect("started");
    wait_for("the socket", || UnixStream::connect(&socket).ok());
    let get = |path| exchange(UnixStream::connect(&socket).expect("connected"), &request("GET", path, &[], b""));
    wait_for("the limit", || get("/metrics").body.contains("\ndscoder_parallel_limit 2\n").then_some(()));
    assert!(lines(&log, 1)[0].contains("path=/metrics via=socket"));
    // The option comes before the setting, for the subcommands too.
    wait_for("the status", || (place.run(&["serve", "status"]).code == 0).then_some(()));
    assert_eq!(place.run(&["serve", "status", "--socket", "none.sock"]).code, 1);
    let run = place.run(&["serve", "stop", "--socket", "none.sock"]);
    assert_eq!(run, output("", "note: no resident engine is running\n", 0));
    wait_for("the end", || place.run(&["serve", "stop"]).stderr.starts_with("note: ended process ").then_some(()));
    assert_eq!(finish(child).code, 0);
}

#[test]
fn a_server_that_is_stopped_is_not_started_again() {
    let place = Place::new();
    let socket = place.path("s.sock");
    // The manager keeps it.
    let kept = UnixListener::bind(&socket).expect("bound");
    let passed = OwnedFd::from(kept.try_clone().expect("a handle"));
    let Some(child) = managed_from(passed.into(), &place, "stdin=", "own", &[]) else { return };
    wait_for("the status", || (place.run(&["serve", "status", "--socket", "s.sock"]).code == 0).then_some(()));
    let run = place.run(&["serve", "stop", "--socket", "s.sock"]);
    assert_eq!(run, output("", &format!("note: ended process {}\n", child.id()), 0));
    assert_eq!(finish(child).code, 0);
    kept.set_nonblocking(true).expect("set");
    assert_eq!(kept.accept().map(drop).map_err(|error| error.kind()), Err(std::io::ErrorKind::WouldBlock));
}

#[test]
fn a_socket_of_a_service_manager_is_not_replaced() {
    let place = Place::new();
    let socket = place.path("run/s.sock");
    fs::create_dir(place.path("run")).expect("created");
    fs::set_permissions(place.path("run"), fs::Permissions::from_mode(0o700)).expect("set");
    let listener = UnixListener::bind(&socket).expect("bound");
    let script = place.script(SUM);
    let run = place.run(&["serve", "-m", &script, "--socket", "run/s.sock"]);
    let expected = "error: cannot listen on run/s.sock: another program listens there\n\
                    hint: use it, or choose another socket with --socket PATH\n";
    assert_eq!(run, output("", expected, 73));
    drop(listener);
    // Nobody listens there any more.
    let server = Server::of(&place, &script, &[]);
    assert_eq!(server.get("/health").status, 200);
}

#[test]
#[cfg(target_os = "linux")]
fn sockets_that_cannot_be_used_are_refused() {
    let place = Place::new();
    let why = "is neither a TCP nor a Unix socket that listens";
    let refused = "error: cannot use the sockets of the service manager:";
    for (kinds, expected) in [
        ("udp=127.0.0.1", format!("{refused} number 1 {why}\n")),
        ("abstract=dscoder-test-ABSTRACT,file=", format!("{refused} number 2 {why}\n")),
        ("bound=127.0.0.1", format!("{refused} number 1 {why}\n")),
    ] {
        let kinds = kinds.replace("ABSTRACT", &std::process::id().to_string());
        let Some(child) = managed(&place, &kinds, "own", &[]) else { return };
        let run = finish(child);
        assert_eq!((run.code, run.stderr), (2, expected), "{kinds}");
    }
    let Some(child) = managed(&place, "tcp=0.0.0.0", "own", &[]) else { return };
    let run = finish(child);
    assert!(run.code == 2 && run.stderr.contains("other machines can reach it, and nothing asks them"), "{run:?}");
    place.write("keys", "one\n");
    let arguments = ["--api-key-file", "keys"];
    let Some(mut child) = managed(&place, "tcp=0.0.0.0", "own", &arguments) else { return };
    let port = port(&mut child);
    let ask = |headers: &[(&str, &str)]| {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
        exchange(stream, &request("POST", "/completion", headers, br#"{"prompt": "x"}"#)).status
    };
    assert_eq!((ask(&[]), ask(&[("X-Api-Key", "one")])), (401, 200));
    assert_eq!(ended(child).code, 0);
    // Those of another process are not for this one.
    let arguments = ["--socket", "run/own.sock"];
    let Some(mut child) = managed(&place, "tcp=0.0.0.0", "1", &arguments) else { return };
    let own = place.path("run/own.sock");
    wait_for("the socket", || UnixStream::connect(&own).ok());
    self::port(&mut child);
    assert_eq!(ended(child).code, 0);
    for (name, value) in [("LISTEN_FDS", "x"), ("LISTEN_FDS", "99999999999"), ("LISTEN_FDS_FIRST_FD", "-1")] {
        let mut command = place.command(["serve", "-m", &place.script(SUM)]);
        let run = finish(command.env(name, value).spawn().expect("started"));
        let expected = format!("{refused} {name} is {value:?}\n");
        assert_eq!((run.code, run.stderr), (2, expected));
    }
    // A number of a file that is no socket of the manager, but perhaps one of the program's own.
    for first in 3..20 {
        let mut command = place.command(["serve", "-m", &place.script(SUM)]);
        command.env("LISTEN_FDS", "1").env("LISTEN_FDS_FIRST_FD", first.to_string());
        let run = finish(command.spawn().expect("started"));
        assert_eq!((run.code, run.stderr), (2, format!("{refused} number 1 {why}\n")), "{first}");
    }
}

/// The values of a key in a unit.
fn values<'a>(unit: &'a str, key: &str) -> Vec<&'a str> {
    unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

/// Checks that this program takes a command line.
fn is_accepted(words: &[&str]) {
    let parsed = dscoder::cmd::command().try_get_matches_from(words);
    assert!(parsed.is_ok_and(|matches| matches.subcommand_name() == Some("serve")), "{words:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn units_of_systemd_are_right() {
    let read = |name: &str| fs::read_to_string(repository(&format!("examples/service/{name}"))).expect("there");
    let (service, socket) = (read("dscoder.service"), read("dscoder.socket"));
    let [line] = values(&service, "ExecStart")[..] else { panic!("{service}") };
    is_accepted(&line.split(' ').collect::<Vec<_>>());
    assert_eq!(values(&socket, "ListenStream"), ["%t/dscoder/serve.sock"]);
    assert_eq!((values(&socket, "SocketMode"), values(&socket, "DirectoryMode")), (vec!["0600"], vec!["0700"]));
    // Where commands look: %t is $XDG_RUNTIME_DIR.
    let mut place = Place::new();
    place.set("XDG_RUNTIME_DIR", &place.path("run").display().to_string());
    let kinds = format!("unix={}", place.path("run/dscoder/serve.sock").display());
    fs::create_dir_all(place.path("run/dscoder")).expect("created");
    if let Some(child) = managed(&place, &kinds, "own", &[]) {
        wait_for("the status", || (place.run(&["serve", "status"]).code == 0).then_some(()));
        assert_eq!(ended(child).code, 0);
    }
    // Only what exists can be checked by systemd.
    let whole = service.replace("ExecStart=dscoder ", &format!("ExecStart={} ", env!("CARGO_BIN_EXE_dscoder")));
    let files = [place.write("units/dscoder.service", whole), place.write("units/dscoder.socket", &socket)];
    let mut verify = Command::new("systemd-analyze");
    verify.args(["--user", "--man=no", "verify"]).args(files).env("XDG_RUNTIME_DIR", place.path("run"));
    let Ok(child) = verify.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() else {
        return crate::command::skip("there is no systemd-analyze here");
    };
    assert_eq!(finish(child), output("", "", 0));
}

#[test]
fn the_agent_of_launchd_is_right() {
    let plist = repository("examples/service/dscoder.plist");
    let script = "import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))";
    let mut python = Command::new("python3");
    python.args(["-c", script, &plist]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(child) = python.spawn() else { return crate::command::skip("there is no python3 here") };
    let run = finish(child);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
    let value: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let words: Vec<_> = value["ProgramArguments"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|word| word.as_str().expect("a word"))
        .collect();
    assert!(words[0].starts_with('/'), "{words:?}");
    is_accepted(&words);
    assert_eq!((&value["Umask"], &value["RunAtLoad"]), (&json!(0o077), &json!(true)));
}

#[test]
fn packages_have_the_examples() {
    let manifest: toml::Table = fs::read_to_string(repository("Cargo.toml")).expect("text").parse().expect("TOML");
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array().expect("a list");
    let sources: Vec<_> = assets.iter().map(|asset| asset[0].as_str().expect("a path")).collect();
    for source in &sources {
        let path = repository(source.trim_end_matches("*").trim_end_matches("*.1"));
        let directory = Path::new(&path).parent().expect("a directory");
        assert!(source.starts_with("target/") || directory.is_dir(), "{source}");
        assert!(source.starts_with("target/") || source.contains('*') || Path::new(&path).is_file(), "{source}");
    }
    for folder in ["examples/editors/", "examples/service/", "examples/scripts/"] {
        assert!(sources.iter().any(|source| source.starts_with(folder)), "{folder}");
    }
}
