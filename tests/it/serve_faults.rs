//! What happens around `dscoder serve`: crowds, files that change in use, processes that are stopped or killed, other servers.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::{Place, finish, number};
use crate::serve::{Answer, SUM, Server, exchange, read, request};

/// A model whose answers end only by their length, each token after 20 ms.
const SLOW: &str = "pieces = [\"x\"]\nend = false\ndelay_ms = 20";

/// An answer, if there is one within two seconds.
fn soon(server: &Server) -> Option<u16> {
    let stream = TcpStream::connect(server.address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).expect("set");
    (&stream).write_all(&request("POST", "/completion", &[], br#"{"prompt": "x", "n_predict": 1}"#)).ok()?;
    read(&mut BufReader::new(stream)).map(|answer| answer.status)
}

fn over_socket(server: &Server, method: &str, path: &str, body: &[u8]) -> Answer {
    let stream = UnixStream::connect(&server.socket).expect("connected");
    exchange(stream, &request(method, path, &[], body))
}

/// Connections that all begin like this, as many as asked for or as this process may have.
fn crowd(server: &Server, count: u64, begin: &[u8]) -> Vec<TcpStream> {
    let one = |_| {
        let stream = TcpStream::connect(server.address).ok()?;
        (&stream).write_all(begin).ok()?;
        Some(stream)
    };
    (0..count).filter_map(one).collect()
}

#[test]
fn a_crowd_of_open_connections_keeps_nobody_out() {
    let place = Place::new();
    let server = Server::with(&place, SLOW, &["--parallel", "2"]);
    // Its answer takes longer than all that follows.
    let stream = server.connect();
    let long = json!({"prompt": "x", "n_predict": 250, "stream": true}).to_string();
    (&stream).write_all(&request("POST", "/completion", &[], long.as_bytes())).expect("sent");
    let answer = thread::spawn(move || read(&mut BufReader::new(stream)));
    let count = number("DSCODER_SOAK", 600).max(600);
    for begin in [
        &b""[..],
        b"POST /completion HTTP/1.1\r\nHost: localhost\r\nX: ",
        b"POST /completion HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n{\"prompt\": \"",
        // Answered, and then kept open.
        b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        let held = crowd(&server, count, begin);
        assert!(held.len() > 500, "only {} connections are possible here", held.len());
        for _ in 0..3 {
            assert_eq!(soon(&server), Some(200), "{} times {:?}", held.len(), String::from_utf8_lossy(begin));
        }
        assert_eq!(over_socket(&server, "GET", "/health", b"").status, 200);
    }
    let answer = answer.join().expect("a thread").expect("an answer");
    let text: String = answer.events().iter().filter_map(|event| event["content"].as_str()).collect();
    assert_eq!(text, "x".repeat(250));
}

#[test]
fn a_server_that_may_open_few_files_serves_on() {
    let place = Place::new();
    let socket = place.path("run/serve.sock");
    let dscoder = place.command(["serve", "-m", &place.script(SUM), "--listen", "127.0.0.1:0", "--socket"]);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 48 && exec \"$@\"", "sh"]).arg(dscoder.get_program()).args(dscoder.get_args());
    command.arg(&socket).current_dir(place.path(""));
    for (name, value) in dscoder.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
    let server = Server::start(command, socket);
    let held = crowd(&server, 150, b"");
    for _ in 0..3 {
        assert_eq!(soon(&server), Some(200), "beside {} others", held.len());
        assert_eq!(over_socket(&server, "GET", "/health", b"").status, 200);
    }
}

#[test]
fn open_connections_do_not_delay_the_end() {
    let place = Place::new();
    let mut server = Server::new(&place, SUM);
    let silent = crowd(&server, 50, b"");
    let begun = crowd(&server, 50, b"POST /infill HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{");
    assert_eq!(server.get("/health").status, 200);
    server.signal("TERM");
    server.wait(Duration::from_secs(5));
    drop((silent, begun));
}

#[test]
fn a_client_that_reads_nothing_holds_up_nobody() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let body = json!({"content": "x = 1\n".repeat(200_000), "with_pieces": true}).to_string();
    let deaf: Vec<TcpStream> = (0..3).map(|_| server.connect()).collect();
    for stream in &deaf {
        let mut stream = stream;
        stream.write_all(&request("POST", "/tokenize", &[], body.as_bytes())).expect("sent");
    }
    // Its beginning has come, so all of it was made.
    assert!((&deaf[0]).read(&mut [0; 1]).expect("an answer") > 0);
    assert_eq!(soon(&server), Some(200));
}

#[test]
fn who_sends_much_holds_up_nobody() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let ids = vec![120; 1_000_000];
    let talk = vec![json!({"role": "user", "content": "a"}); 50_000];
    for (path, body, status) in [
        ("/tokenize", json!({"content": "x = 1\n".repeat(200_000), "with_pieces": true}), 200),
        ("/tokenize", json!({"content": "x = 1\n".repeat(400_000)}), 200),
        ("/detokenize", json!({"tokens": ids}), 200),
        ("/apply-template", json!({"messages": talk}), 200),
        ("/completion", json!({"prompt": ids}), 400),
        ("/completion", json!({"prompt": "x", "n_predict": 1, "unknown": ids}), 200),
        ("/v1/completions", json!({"prompt": "x", "suffix": "y", "max_tokens": 1, "unknown": ids}), 200),
        ("/api/generate", json!({"prompt": "x", "stream": false, "context": ids}), 200),
    ] {
        let answer = server.later(path, body);
        let mut worst = Duration::ZERO;
        while !answer.is_finished() {
            let start = Instant::now();
            assert_eq!(server.get("/health").status, 200);
            worst = worst.max(start.elapsed());
        }
        assert_eq!(answer.join().expect("an answer").status, status, "{path}");
        assert!(worst < Duration::from_secs(1), "{path}: it took {worst:?}");
    }
    let pieces = server.post("/tokenize", &json!({"content": "a\"é", "add_special": true, "with_pieces": true})).json();
    let expected = json!({"tokens": [{"id": 32013, "piece": ""}, {"id": 97, "piece": "a"}, {"id": 34, "piece": "\""},
                                     {"id": 195, "piece": [195]}, {"id": 169, "piece": [169]}]});
    assert_eq!(pieces, expected);
    assert_eq!(server.post("/tokenize", &json!({"content": ""})).json(), json!({"tokens": []}));
}

/// The engine maps the file of a model, so what is written to it shows up in answers, if it does not end the process.
#[test]
fn a_model_that_is_written_to_is_not_used_any_more() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let path = place.path("script.toml");
    let ask = |stream: bool| server.post("/completion", &json!({"prompt": "x", "stream": stream}));
    assert_eq!(ask(false).json()["content"], "a + b");
    // Another file in its place does not matter.
    let old = place.write("other.toml", "[answer]\npieces = [\"other\"]\n");
    fs::copy(&path, place.path("kept.toml")).expect("copied");
    fs::rename(&old, &path).expect("renamed");
    assert_eq!(ask(false).json()["content"], "a + b");
    fs::remove_file(&path).expect("removed");
    assert_eq!(ask(true).status, 200);
    drop(server);

    for damage in ["", "[answer]\npieces = [\"changed\"]\n"] {
        let server = Server::new(&place, SUM);
        assert_eq!(server.post("/completion", &json!({"prompt": "x"})).json()["content"], "a + b");
        fs::write(&path, damage).expect("written");
        for (route, body) in [
            ("/completion", json!({"prompt": "x", "stream": true})),
            ("/v1/completions", json!({"prompt": "x", "suffix": "y"})),
            ("/v1/chat/completions", json!({"messages": [{"role": "user", "content": "hi"}]})),
            ("/dscoder/answer", question(&server)),
        ] {
            let answer = over_socket(&server, "POST", route, body.to_string().as_bytes());
            assert_eq!(answer.status, 500, "{route}: {answer:?}");
            let error = &answer.json()["error"]["message"];
            assert_eq!(*error, "cannot use the model script.toml: it was written to while it was in use", "{route}");
        }
    }
}

/// What a command asks over the socket.
fn question(server: &Server) -> Value {
    let about = over_socket(server, "GET", "/dscoder/about", b"").json();
    let sampling =
        json!({"temperature": 0.0, "top_k": 40, "top_p": 0.95, "min_p": 0.05, "repeat_penalty": 1.0, "seed": 0});
    json!({"fingerprint": about["fingerprint"], "ids": [120], "max_tokens": 4, "sampling": sampling,
           "log_probabilities": null, "is_one_of_many": false})
}

#[test]
fn what_dscoder_itself_asks_is_checked_too() {
    let place = Place::new();
    let server = Server::new(&place, SUM);
    let ask = |more: Value| {
        let mut body = question(&server);
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        over_socket(&server, "POST", "/dscoder/answer", body.to_string().as_bytes())
    };
    assert_eq!(ask(json!({})).events().len(), 5);
    for more in [
        json!({"max_tokens": 0}),
        json!({"max_tokens": u64::MAX}),
        json!({"log_probabilities": u32::MAX}),
        json!({"sampling": {"temperature": 1e30, "top_k": -5, "top_p": -1.0, "min_p": 9.0, "repeat_penalty": -1.0, "seed": 1}}),
    ] {
        assert_eq!(ask(more.clone()).status, 200, "{more}");
    }
    for more in [
        json!({"fingerprint": "x"}),
        json!({"is_one_of_many": null}),
        json!({"ids": []}),
        json!({"ids": [u32::MAX]}),
        json!({"ids": [-1]}),
        json!({"ids": [1e30]}),
        json!({"ids": vec![1; 100_000]}),
        json!({"ids": "x"}),
        json!({"max_tokens": -1}),
        json!({"sampling": {}}),
        json!({"sampling": null}),
    ] {
        assert_eq!(ask(more.clone()).status, 400, "{more}");
    }
    for body in [&b""[..], b"[", b"null", b"\xFF", b"{}"] {
        for path in ["/dscoder/answer", "/dscoder/encode"] {
            assert_eq!(over_socket(&server, "POST", path, body).status, 400, "{path}");
        }
    }
    // Only the socket has these, in one spelling.
    let url = format!("http://{}/dscoder/stop", server.address);
    for path in ["/dscoder/stop", "//dscoder/stop", "/x/../dscoder/stop", "/dscoder/stop?x", "/%64scoder/stop", &url] {
        assert_eq!(server.ask("POST", path, &[], b"{}").status, 404, "{path}");
    }
    for path in ["//dscoder/stop", "/x/../dscoder/stop", "/dscoder/./stop", "/dscoder/stop/", "/%64scoder/stop"] {
        assert_eq!(over_socket(&server, "POST", path, b"{}").status, 404, "{path}");
    }
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn a_server_that_is_stopped_for_a_while_loses_nothing() {
    let place = Place::new();
    let server = Server::with(&place, SLOW, &["--parallel", "2"]);
    let body = json!({"prompt": "x", "n_predict": 60, "stream": true});
    let begun = server.later("/completion", body);
    thread::sleep(Duration::from_millis(300));
    server.signal("STOP");
    // The system accepts them meanwhile.
    let waiting: Vec<_> =
        (0..10).map(|_| server.later("/completion", json!({"prompt": "x", "n_predict": 2}))).collect();
    thread::sleep(Duration::from_secs(2));
    server.signal("CONT");
    let text: String =
        begun.join().expect("an answer").events().iter().filter_map(|event| event["content"].as_str()).collect();
    assert_eq!(text, "x".repeat(60));
    for answer in waiting {
        assert_eq!(answer.join().expect("an answer").json()["content"], "xx");
    }
}

#[test]
fn of_servers_that_start_at_once_one_has_the_socket() {
    let place = Place::new();
    let socket = place.path("run/serve.sock");
    let model = place.script(SUM);
    for round in 0..5 {
        let mut all: Vec<_> = (0..3)
            .map(|_| {
                let mut command = place.command(["serve", "-m", &model, "--idle", "1", "--socket"]);
                command.arg(&socket).spawn().expect("started")
            })
            .collect();
        let end = Instant::now() + Duration::from_secs(30);
        while all.iter_mut().filter_map(|child| child.try_wait().expect("a status")).count() < 2 {
            assert!(Instant::now() < end, "more than one listens");
            thread::sleep(Duration::from_millis(10));
        }
        let mut codes: Vec<i32> = all.into_iter().map(|child| finish(child).code).collect();
        codes.sort_unstable();
        assert_eq!(codes, [0, 73, 73], "round {round}");
        assert!(!socket.exists());
    }
}

#[test]
fn a_directory_that_somebody_removes_is_made_again() {
    let place = Place::new();
    let mut first = Server::new(&place, SUM);
    // Only the lock is gone: the server still has the socket.
    fs::remove_file(place.path("run/serve.sock.lock")).expect("removed");
    let second = finish(
        place.command(["serve", "-m", &place.script(SUM), "--socket"]).arg(&first.socket).spawn().expect("started"),
    );
    assert_eq!(second.code, 73, "{second:?}");
    assert!(second.stderr.contains("another program listens there"), "{second:?}");
    fs::remove_dir_all(place.path("run")).expect("removed");
    let second = Server::new(&place, SUM);
    // The end of the first one leaves the socket of the second.
    first.signal("TERM");
    first.wait(Duration::from_secs(5));
    assert_eq!(over_socket(&second, "GET", "/health", b"").status, 200);
}

#[test]
fn killed_servers_leave_nothing_in_the_way() {
    let place = Place::new();
    let mut server = Server::with(&place, SLOW, &[]);
    for round in 0..3 {
        let cut = server.later("/completion", json!({"prompt": "x", "n_predict": 500, "stream": true}));
        thread::sleep(Duration::from_millis(200));
        server.signal("KILL");
        server.wait(Duration::from_secs(5));
        // The client sees that the answer is not whole.
        assert!(cut.join().is_err(), "round {round}");
        assert!(server.socket.exists());
        server = Server::with(&place, SLOW, &[]);
        let answer = over_socket(&server, "POST", "/completion", br#"{"prompt": "x", "n_predict": 2}"#);
        assert_eq!(answer.json()["content"], "xx");
    }
}

/// With the built-in model as a file, which the engine maps.
#[cfg(all(feature = "llama", has_demo))]
#[test]
fn a_mapped_model_that_is_replaced_or_shortened() {
    let place = Place::new();
    let model = place.path("model.gguf");
    let text = model.to_str().expect("text").to_owned();
    let demo = place.run(&["models", "path", "demo"]);
    let demo = demo.stdout.trim();
    fs::copy(demo, &model).expect("copied");
    let body =
        json!({"prompt": "def add(a, b):\n    return ", "n_predict": 8, "temperature": 0, "cache_prompt": false});
    let server = Server::of(&place, &text, &["--threads", "1", "--ctx-size", "256"]);
    let expected = server.post("/completion", &body).json()["content"].clone();
    fs::copy(demo, place.path("new.gguf")).expect("copied");
    fs::rename(place.path("new.gguf"), &model).expect("renamed");
    assert_eq!(server.post("/completion", &body).json()["content"], expected);
    fs::remove_file(&model).expect("removed");
    assert_eq!(server.post("/completion", &body).json()["content"], expected);
    drop(server);

    fs::copy(demo, &model).expect("copied");
    let server = Server::of(&place, &text, &["--threads", "1", "--ctx-size", "256"]);
    assert_eq!(server.post("/completion", &body).json()["content"], expected);
    fs::File::options().write(true).open(&model).expect("opened").set_len(1 << 20).expect("shortened");
    let answer = server.post("/completion", &body);
    assert_eq!(answer.status, 500, "{answer:?}");
    assert!(answer.body.contains("it was written to while it was in use"), "{answer:?}");
    // So it can say this again, and be stopped.
    assert_eq!(server.get("/health").status, 200);
}
