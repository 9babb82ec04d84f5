//! Commands that a resident engine answers: the same answers, whatever becomes of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::{Output, Place, finish};

const FILE: &str = "def add(a, b):\n    return \n\nprint(add(1, 2))\n";

/// A place whose commands may use a resident engine, in a runtime directory of its own.
pub fn place() -> Place {
    let mut place = Place::new();
    let runtime = place.path("run");
    fs::create_dir(&runtime).expect("created");
    place.set("XDG_RUNTIME_DIR", runtime.to_str().expect("text"));
    place.set("DSCODER_SERVE", "auto");
    place.write("f.py", FILE);
    place
}

/// Ends the resident engines that programs have started in this place, one for each model.
pub fn stop(place: &Place) {
    for entry in fs::read_dir(place.path("run/dscoder")).into_iter().flatten().flatten() {
        if entry.path().extension().is_some_and(|end| end == "sock") {
            let path = entry.path();
            place.run(&["serve", "stop", "--socket", path.to_str().expect("text")]);
        }
    }
}

/// Runs `dscoder serve`; ended at the end.
pub struct Server(Child);

impl Server {
    pub fn start(place: &Place, arguments: &[&str]) -> Server {
        let mut command = place.command([&["serve"], arguments].concat());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
        let end = Instant::now() + Duration::from_secs(60);
        while place.run(&["serve", "status"]).code != 0 {
            assert!(Instant::now() < end, "it does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        Server(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn answered(place: &Place) -> u64 {
    let status = place.run(&["serve", "status", "--json"]);
    let about: Value = serde_json::from_str(&status.stdout).expect("JSON");
    about["answered"].as_u64().expect("a number")
}

/// A run with an engine of its own.
fn alone(place: &Place, arguments: &[&str]) -> Output {
    place.run(&[arguments, &["--serve", "never"]].concat())
}

#[test]
fn answers_are_the_same() {
    let place = place();
    let model = place.script("pieces = [\"a\", \" + \", \"é\\n\", \"x = 1\\n\"]\nend = true");
    let _server = Server::start(&place, &["-m", &model]);
    let lines: [&[&str]; 6] = [
        &["complete", "f.py", "-m", &model, "--until", "end"],
        &["complete", "f.py", "-m", &model, "-n", "2"],
        &["infill", "f.py", "--at", "2:12", "-m", &model],
        &["infill", "f.py", "--at", "2:12", "-m", &model, "--diff"],
        &["chat", "hi", "-m", &model],
        &["complete", "f.py", "-m", &model, "--stop", "+"],
    ];
    for (number, line) in lines.iter().enumerate() {
        let expected = alone(&place, line);
        assert_eq!(expected.code, 0, "{line:?}: {}", expected.stderr);
        assert_eq!(place.run(line), expected, "{line:?}");
        assert_eq!(answered(&place) + dropped(&place), number as u64 + 1, "{line:?}");
    }
    let tokens = |run: Output| -> Value {
        let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
        serde_json::json!([report["tokens"], report["candidates"], report["stop_reason"]])
    };
    let json = ["complete", "f.py", "-m", &model, "--json", "--logprobs", "2"];
    assert_eq!(tokens(place.run(&json)), tokens(alone(&place, &json)));
}

/// Answers that ended since nobody read on: a stop rule of the command.
fn dropped(place: &Place) -> u64 {
    let status = place.run(&["serve", "status", "--json"]);
    let about: Value = serde_json::from_str(&status.stdout).expect("JSON");
    about["dropped"].as_u64().expect("a number")
}

#[test]
fn another_model_or_setting_needs_an_own_engine() {
    let place = place();
    let model = place.script("pieces = [\"resident\"]\nend = true");
    let other = place.write("other.toml", "[answer]\npieces = [\"own\"]\nend = true\n");
    let other = format!("script:{}", other.display());
    let _server = Server::start(&place, &["-m", &model]);
    assert_eq!(place.run(&["complete", "f.py", "-m", &other]).stdout, "own");
    // More candidates than it computes in parallel would wait for each other.
    for more in [&["--gpu-layers", "0"][..], &["--candidates", "5"], &["--speculate"], &["-v"]] {
        let run = place.run(&[&["complete", "f.py", "-m", &model], more].concat());
        assert_eq!((run.code, answered(&place)), (0, 0), "{more:?}: {}", run.stderr);
    }
    // The file has changed since.
    place.script("pieces = [\"changed\"]\nend = true");
    assert_eq!(place.run(&["complete", "f.py", "-m", &model]).stdout, "changed");
    assert_eq!(answered(&place), 0);
}

#[test]
fn a_dead_or_strange_server_is_passed_over() {
    let place = place();
    let model = place.script("pieces = [\"own\"]\nend = true");
    let directory = place.path("run/dscoder");
    fs::create_dir(&directory).expect("created");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o700)).expect("private");
    let socket = directory.join("serve.sock");
    let line = ["complete", "f.py", "-m", &model];
    // Nobody listens.
    drop(UnixListener::bind(&socket).expect("bound"));
    assert_eq!(place.run(&line).stdout, "own");
    fs::remove_file(&socket).expect("removed");
    // Somebody listens, and says nothing, or something else.
    let listener = UnixListener::bind(&socket).expect("bound");
    let start = Instant::now();
    assert_eq!(place.run(&line).stdout, "own");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            use std::io::{Read, Write};
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let about = r#"{"protocol":1,"version":"9.9.9","process":1,"model":"/","fingerprint":"","flavour":null,"context":1,
                "capacity":1,"parallel":1,"gpu_layers":"auto","live":0,"waiting":0,"answered":0,"dropped":0,"seconds":0}"#;
            let answer =
                ["", "HTTP/1.0 500 No\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n{", "HTTP/1.0 200 OK\r\n\r\n"][number % 4];
            let _ = stream.write_all(answer.as_bytes());
            if number % 4 == 3 {
                let _ = stream.write_all(about.as_bytes());
            }
        }
    });
    for _ in 0..8 {
        assert_eq!(place.run(&line).stdout, "own");
    }
}

#[test]
fn an_answer_goes_on_when_the_server_is_killed() {
    let place = place();
    let pieces: Vec<String> = (0..40).map(|number| format!("\"x{number}\\n\"")).collect();
    let model = place.script(&format!("pieces = [{}]\nend = true\ndelay_ms = 20", pieces.join(", ")));
    let mut server = Server::start(&place, &["-m", &model]);
    let child = place.command(["complete", "f.py", "-m", &model, "--until", "end"]).spawn().expect("started");
    thread::sleep(Duration::from_millis(300));
    server.0.kill().expect("killed");
    let run = finish(child);
    let expected: String = (0..40).map(|number| format!("x{number}\n")).collect();
    assert_eq!((run.code, run.stdout), (0, expected), "{}", run.stderr);
    // The next server takes the place of the killed one.
    let _server = Server::start(&place, &["-m", &model]);
}

/// The objects of a batch, without their times.
fn objects(run: &Output) -> Vec<Value> {
    let lines = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let lasting = |mut object: Value| {
        let fields = object.as_object_mut().expect("an object");
        // Which prompts share a beginning depends on the engine.
        fields.retain(|name, _| name != "timings_ms" && name != "reused");
        object
    };
    lines.map(lasting).collect()
}

#[test]
fn batches_are_the_same() {
    let place = place();
    let model = place.script("pieces = [\"a\", \" + \", \"é\\n\", \"x = 1\\n\"]\nend = true\ndelay_ms = 1");
    let _server = Server::start(&place, &["-m", &model, "--parallel", "3", "--ctx-size", "512"]);
    let long = "x = 1\n".repeat(100);
    let mut lines: Vec<Value> = (0..30).map(|number| json!({"text": "x".repeat(number), "id": number})).collect();
    // One that only an engine of this process has room for, others with settings of their own, and wrong ones.
    lines.insert(7, json!({"text": long, "id": "long"}));
    lines.extend([json!({"text": "x", "stop": ["+"]}), json!({"text": "x", "max_tokens": 2, "seed": 3})]);
    lines.extend([json!({"text": "x", "max_tokens": 0}), json!({"txt": "x"})]);
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    place.write("batch.jsonl", lines);
    let line = ["complete", "--batch", "batch.jsonl", "-m", &model, "--until", "end", "-n", "40"];
    for more in
        [&[][..], &["--parallel", "1"], &["--parallel", "20"], &["-t", "0.8", "--seed", "7"], &["--logprobs", "1"]]
    {
        let line = [&line[..], more].concat();
        let before = answered(&place) + dropped(&place);
        let (run, expected) = (place.run(&line), alone(&place, &line));
        assert_eq!((run.code, &run.stderr), (65, &expected.stderr), "{more:?}");
        assert_eq!(objects(&run), objects(&expected), "{more:?}");
        assert_eq!(answered(&place) + dropped(&place) - before, 32, "{more:?}");
    }
    let stats = place.run(&[&line[..], &["--stats"]].concat()).stderr;
    let counts: Vec<&str> = stats.lines().filter_map(|line| line.strip_prefix("stats: ")).collect();
    assert!(counts.len() == 2 && counts[0].starts_with("32 prompts") && counts[1].starts_with("1 prompts"), "{stats}");
    // Gaps come through as well.
    place.write("gaps.jsonl", "{\"prefix\": \"a(\", \"suffix\": \")\\n\"}\n".repeat(3));
    let line = ["infill", "--batch", "gaps.jsonl", "-m", &model];
    let before = answered(&place) + dropped(&place);
    assert_eq!(objects(&place.run(&line)), objects(&alone(&place, &line)));
    assert_eq!(answered(&place) + dropped(&place) - before, 3);
}

/// Removes the tokens that were not chosen: scripts name them only when asked for several parallel prompts.
fn without_others(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("top");
            fields.values_mut().for_each(without_others);
        }
        Value::Array(values) => values.iter_mut().for_each(without_others),
        _ => {}
    }
}

#[test]
fn candidates_are_the_same() {
    let place = place();
    let others = "others = [[\"c\", \" - d\\n\"], [\"a\", \" * b\\n\", \"y\\n\"]]";
    let model = place.script(&format!("pieces = [\"a\", \" + b\\n\", \"x\\n\", \"y\\n\"]\n{others}\nend = true"));
    let _server = Server::start(&place, &["-m", &model, "--parallel", "3"]);
    for more in [&[][..], &["--stop", "*"], &["-n", "1"], &["--json-lines"], &["--json", "--logprobs", "1"]] {
        let line = [&["complete", "f.py", "-m", &model, "--until", "end", "--candidates", "3"][..], more].concat();
        let before = answered(&place) + dropped(&place);
        let (run, expected) = (place.run(&line), alone(&place, &line));
        assert_eq!((run.code, &run.stderr), (expected.code, &expected.stderr), "{more:?}");
        if run.stdout.starts_with('{') {
            let (mut run, mut expected) = (objects(&run), objects(&expected));
            run.iter_mut().chain(&mut expected).for_each(without_others);
            assert_eq!(run, expected, "{more:?}");
        } else {
            assert_eq!(run.stdout, expected.stdout, "{more:?}");
        }
        // One more for the first tokens; one that `-n 1` allows needs no others.
        let asked = if more.contains(&"-n") { 1 } else { 4 };
        assert_eq!(answered(&place) + dropped(&place) - before, asked, "{more:?}");
    }
}

#[test]
fn nothing_is_lost_or_doubled_when_the_server_is_killed() {
    let place = place();
    let pieces: Vec<String> = (0..20).map(|number| format!("\"x{number}\\n\"")).collect();
    let script = format!("pieces = [{}]\nothers = [[\"a\", \"b\", \"c\", \"d\"]]", pieces.join(", "));
    let model = place.script(&format!("{script}\nend = true\ndelay_ms = 10"));
    place.write("batch.jsonl", "{\"text\": \"x\"}\n".repeat(12));
    let lines: [&[&str]; 2] = [
        &["complete", "--batch", "batch.jsonl", "-m", &model, "--until", "end"],
        &["complete", "f.py", "-m", &model, "--until", "end", "--candidates", "2"],
    ];
    for (line, kill) in [(lines[0], 300), (lines[0], 20), (lines[1], 150), (lines[1], 10)] {
        let expected = alone(&place, line);
        let mut server = Server::start(&place, &["-m", &model]);
        let child = place.command(line).spawn().expect("started");
        thread::sleep(Duration::from_millis(kill));
        server.0.kill().expect("killed");
        let run = finish(child);
        assert_eq!(run.code, 0, "{}", run.stderr);
        if line.contains(&"--batch") {
            assert_eq!(objects(&run), objects(&expected));
        } else {
            assert_eq!(run.stdout, expected.stdout);
        }
        assert!(kill < 100 || run.stderr.contains("this process computes the rest") == line.contains(&"--batch"));
    }
}

#[test]
fn a_server_that_takes_the_place_of_another_is_not_mistaken_for_it() {
    use std::io::{BufRead, BufReader, Write};
    let place = place();
    let model = place.script("pieces = [\"one\"]\nend = true");
    let other = place.write("other.toml", "[answer]\npieces = [\"other\"]\nend = true\n");
    let server = Server::start(&place, &["-m", &model]);
    let line = ["complete", "--batch", "-", "-m", &model];
    let mut child = place.command(line).stdin(Stdio::piped()).spawn().expect("started");
    let mut input = child.stdin.take().expect("a pipe");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut ask = || {
        input.write_all(b"{\"text\": \"x\"}\n").expect("written");
        let line = lines.next().expect("a line").expect("read");
        serde_json::from_str::<Value>(&line).expect("JSON")["text"].clone()
    };
    assert_eq!(ask(), "one");
    assert_eq!(answered(&place), 1);
    drop(server);
    let _server = Server::start(&place, &["-m", &format!("script:{}", other.display())]);
    assert_eq!([ask(), ask()], ["one", "one"]);
    drop(input);
    assert_eq!(finish(child).code, 0);
    assert_eq!(answered(&place), 0);
}

#[test]
fn a_batch_over_the_socket_ends_in_time() {
    let place = place();
    let model = place.script("pieces = [\"a\\n\"]\nend = false\ndelay_ms = 20");
    let _server = Server::start(&place, &["-m", &model, "--parallel", "3"]);
    place.write("batch.jsonl", "{\"text\": \"x\", \"max_tokens\": 900}\n".repeat(5));
    let line = ["complete", "--batch", "batch.jsonl", "-m", &model, "--until", "end", "--raw", "--timeout", "2"];
    let start = Instant::now();
    let run = place.run(&line);
    assert!(run.code == 124 && start.elapsed() < Duration::from_secs(8), "{} {:?}", run.stderr, start.elapsed());
    let found = objects(&run);
    assert_eq!(found.len(), 2, "{}", run.stdout);
    assert!(found.iter().all(|object| object["stop_reason"] == "timeout" && object["text"] != ""), "{}", run.stdout);
    assert!(run.stderr.starts_with("error: the time is up\n"), "{}", run.stderr);
    // Nobody waits for the rest.
    let end = Instant::now() + Duration::from_secs(5);
    while dropped(&place) < 2 {
        assert!(Instant::now() < end, "answers go on");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A server that says of itself what `about` says, encodes as scripts do, and does `answer` with the number of each
/// question.
fn pose(socket: &std::path::Path, about: String, answer: impl Fn(usize, &mut dyn std::io::Write) + Send + 'static) {
    use std::io::{BufRead, BufReader, Read, Write};
    let listener = UnixListener::bind(socket).expect("bound");
    thread::spawn(move || {
        let mut questions = 0;
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().expect("cloned"));
            let (mut path, mut length) = (String::new(), 0);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                if path.is_empty() {
                    path = line.split(' ').nth(1).expect("a path").to_owned();
                }
                length =
                    line.strip_prefix("Content-Length: ").map_or(length, |text| text.trim().parse().expect("a number"));
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            let head = "HTTP/1.0 200 OK\r\n\r\n";
            let _ = match path.as_str() {
                "/dscoder/about" => write!(stream, "{head}{about}"),
                "/dscoder/encode" => {
                    let text: Value = serde_json::from_slice(&body).expect("JSON");
                    write!(stream, "{head}{}", json!(text["text"].as_str().expect("a text").as_bytes()))
                }
                _ => {
                    questions += 1;
                    answer(questions, &mut stream);
                    Ok(())
                }
            };
        }
    });
}

#[test]
fn a_full_queue_is_waited_for() {
    let place = place();
    let model = place.script("pieces = [\"own\"]\nend = true");
    let about = {
        let _server = Server::start(&place, &["-m", &model]);
        place.run(&["serve", "status", "--json"]).stdout
    };
    let socket = place.path("run/dscoder/serve.sock");
    place.write("batch.jsonl", "{\"text\": \"x\"}\n".repeat(6));
    let line = ["complete", "--batch", "batch.jsonl", "-m", &model];
    let texts =
        |run: &Output| objects(run).iter().map(|object| object["text"].as_str().map(str::to_owned)).collect::<Vec<_>>();
    let expected = |text: &str| vec![Some(text.to_owned()); 6];
    const BUSY: &str = "HTTP/1.0 503 Service Unavailable\r\n\r\n";
    // "far", and the end of the text.
    const ANSWER: &str = concat!(
        "HTTP/1.0 200 OK\r\n\r\n",
        r#"{"token":{"id":300,"bytes":"ZmFy","log_probability":null,"likeliest":[]}}"#,
        "\n",
        r#"{"token":{"id":32014,"bytes":"","log_probability":null,"likeliest":[]}}"#,
        "\n\"end\"\n"
    );
    let write = |text: &'static str| move |out: &mut dyn std::io::Write| drop(out.write_all(text.as_bytes()));
    let (busy, answer) = (write(BUSY), write(ANSWER));
    fs::remove_file(&socket).expect("removed");
    pose(&socket, about.clone(), move |number, out| if number < 9 { busy(out) } else { answer(out) });
    let run = place.run(&line);
    assert_eq!((texts(&run), run.stderr.as_str(), run.code), (expected("far"), "", 0));
    // One that stays full, one that breaks off, and one that says something else.
    for wrong in [BUSY, "HTTP/1.0 200 OK\r\n\r\n{\"token\":", "HTTP/1.0 200 OK\r\n\r\n[]\n"] {
        fs::remove_file(&socket).expect("removed");
        let wrong = write(wrong);
        pose(&socket, about.clone(), move |_, out| wrong(out));
        let start = Instant::now();
        let run = place.run(&line);
        assert_eq!((texts(&run), run.code), (expected("own"), 0), "{}", run.stderr);
        assert!(start.elapsed() < Duration::from_secs(20) && run.stderr.lines().count() == 1, "{}", run.stderr);
    }
}

#[test]
fn one_is_started_on_request_and_ended() {
    let place = place();
    let model = place.script("pieces = [\"a\"]\nend = true");
    assert_eq!(place.run(&["serve", "status"]).code, 1);
    let stopped = place.run(&["serve", "stop"]);
    assert_eq!((stopped.code, stopped.stderr.as_str()), (0, "note: no resident engine is running\n"));
    let run = place.run(&["complete", "f.py", "-m", &model, "--serve", "start", "-q"]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.code), ("a", "", 0));
    assert_eq!(answered(&place), 1);
    let again = place.run(&["serve", "-m", &model]);
    assert!(again.code == 73 && again.stderr.contains("a server is already listening there"), "{}", again.stderr);
    assert_eq!(place.run(&["complete", "f.py", "-m", &model]).stdout, "a");
    assert_eq!(answered(&place), 2);
    let stopped = place.run(&["serve", "stop"]);
    assert!(stopped.code == 0 && stopped.stderr.starts_with("note: ended process "), "{}", stopped.stderr);
    assert_eq!(place.run(&["serve", "status"]).code, 1);
    assert!(!place.path("run/dscoder/serve.sock").exists());
}

#[test]
fn it_ends_when_nothing_is_asked() {
    let place = place();
    let model = place.script("pieces = [\"a\"]\nend = true");
    let run = place.run(&["serve", "-m", &model, "--idle", "0.3"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.ends_with("note: ended, as nothing was asked\n"), "{}", run.stderr);
}

/// The built-in model computes the same through the socket, in whatever order prompts come.
#[cfg(all(feature = "llama", has_demo))]
#[test]
fn the_built_in_model_gives_the_same_answers() {
    let place = place();
    let source = include_str!("../data/prompt.rs");
    let _server = Server::start(&place, &["-m", "demo", "--parallel", "2"]);
    let mut asked = 0;
    for (number, start) in (0..source.len()).step_by(source.len() / 12).enumerate() {
        let end = (start + 400 * (number + 1)).min(source.len());
        let (Some(text), name) = (source.get(start..end), format!("p{number}.rs")) else { continue };
        place.write(&name, text);
        let line = ["complete", &name, "-m", "demo", "-n", "24", "--until", "end"];
        let expected = alone(&place, &line);
        // The second time, the resident engine has the prompt already.
        for _ in 0..2 {
            assert_eq!(place.run(&line), expected, "{name}");
            asked += 1;
        }
    }
    assert!(asked > 16, "{asked}");
    assert_eq!(answered(&place) + dropped(&place), asked);
}

/// Several at once too. They are rounded differently, so that one of two almost equally likely tokens may be another one;
/// what is computed alone is the same.
#[cfg(all(feature = "llama", has_demo))]
#[test]
fn the_built_in_model_gives_the_same_batches_and_candidates() {
    let place = place();
    let source = include_str!("../data/prompt.rs");
    let _server = Server::start(&place, &["-m", "demo"]);
    let mut lines = String::new();
    for (number, start) in (0..source.len()).step_by(source.len() / 16).enumerate() {
        let Some(text) = source.get(start..(start + 200 * (number + 1)).min(source.len())) else { continue };
        lines += &format!("{}\n", json!({"text": text, "id": number, "seed": number}));
    }
    place.write("batch.jsonl", lines);
    let texts = |run: &Output| -> Vec<Value> {
        assert_eq!(run.code, 0, "{}", run.stderr);
        let candidate = |one: &Value| json!([one["text"], one["tokens"], one["stop_reason"]]);
        let all = |object: &Value| object["candidates"].as_array().expect("a list").iter().map(candidate).collect();
        objects(run).iter().map(all).collect()
    };
    // How many are different, and how many there are.
    let compare = |line: &[&str]| {
        let (run, expected) = (texts(&place.run(line)), texts(&alone(&place, line)));
        assert_eq!(run.len(), expected.len(), "{line:?}");
        (run.iter().zip(&expected).filter(|(run, expected)| run != expected).count(), run.len())
    };
    for more in [&[][..], &["-t", "0.8"]] {
        let line = [&["complete", "--batch", "batch.jsonl", "-m", "demo", "-n", "24"][..], more].concat();
        let (different, all) = compare(&[&line[..], &["--parallel", "1"]].concat());
        assert!(different == 0 && all > 12, "{more:?}: {different} of {all}");
        let (different, _) = compare(&line);
        assert!(different <= 1, "{more:?}: {different} of {all}");
        for start in [300, 1200, 2700] {
            place.write("p.rs", &source[..source.floor_char_boundary(start)]);
            let line = ["complete", "p.rs", "-m", "demo", "-n", "1", "--candidates", "4", "--json", "--seed", "3"];
            // The first tokens are chosen from the same numbers, with the same random ones.
            assert_eq!(compare(&[&line[..], more].concat()), (0, 1), "{more:?} {start}");
        }
    }
    let line = ["complete", "p.rs", "-m", "demo", "-n", "8", "--json", "--logprobs", "5"];
    let named = |run: &Output| {
        let objects = objects(run);
        let tokens = objects[0]["logprobs"].as_array().expect("a list");
        let tops = tokens.iter().flat_map(|token| token["top"].as_array().expect("a list"));
        tops.map(|top| json!([top["id"], top["text"]])).collect::<Vec<_>>()
    };
    assert_eq!(named(&place.run(&line)), named(&alone(&place, &line)));
}
