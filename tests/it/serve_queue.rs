//! Whose turn it is in `dscoder serve`, and what is evaluated of a prompt.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::Place;
use crate::serve::{Answer, Server, exchange, request};

/// A model whose answers end only by their length, after 20 ms for each token.
const SLOW: &str = "pieces = [\"x\"]\nend = false\ndelay_ms = 20";

/// Something that has the only sequence until it is dropped.
struct Busy(TcpStream);

impl Busy {
    fn with(server: &Server) -> Busy {
        let stream = server.connect();
        let body = json!({"prompt": "busy", "n_predict": 5000, "stream": true}).to_string();
        (&stream).write_all(&request("POST", "/completion", &[], body.as_bytes())).expect("sent");
        assert!((&stream).read(&mut [0; 16]).expect("an answer") > 0);
        Busy(stream)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// Posts as this program, in a thread of its own.
fn later(server: &Server, program: &str, path: &str, body: Value) -> JoinHandle<(Answer, Instant)> {
    let stream = server.connect();
    let bytes = request("POST", path, &[("User-Agent", program)], body.to_string().as_bytes());
    let thread = thread::spawn(move || (exchange(stream, &bytes), Instant::now()));
    // The next one comes after it.
    thread::sleep(Duration::from_millis(60));
    thread
}

/// What an editor asks that limits the time of an answer.
fn typed(prefix: &str, suffix: &str) -> Value {
    json!({"input_prefix": prefix, "input_suffix": suffix, "n_predict": 2, "t_max_predict_ms": 500})
}

fn answer(thread: JoinHandle<(Answer, Instant)>) -> (Answer, Instant) {
    let (answer, time) = thread.join().expect("an answer");
    assert_eq!(answer.status, 200, "{answer:?}");
    (answer, time)
}

#[test]
fn the_same_question_is_evaluated_once() {
    let place = Place::new();
    // Each prompt that is begun gets another answer.
    let turns = r#"turns = [["a", "a", "a"], ["b", "b", "b"], ["c", "c", "c"], ["d", "d", "d"]]"#;
    let server = Server::with(&place, &format!("{SLOW}\n{turns}"), &["--parallel", "1"]);
    let busy = Busy::with(&server);
    let same = || later(&server, "minuet", "/v1/completions", json!({"prompt": "a", "suffix": "b", "max_tokens": 3}));
    let other = later(&server, "minuet", "/v1/completions", json!({"prompt": "a", "suffix": "c", "max_tokens": 3}));
    let all = [same(), same(), same()];
    // One that leaves does not take the others with it.
    let leaver = server.connect();
    let body = json!({"prompt": "a", "suffix": "b", "max_tokens": 3}).to_string();
    (&leaver).write_all(&request("POST", "/v1/completions", &[], body.as_bytes())).expect("sent");
    thread::sleep(Duration::from_millis(60));
    drop(leaver);
    drop(busy);
    assert_eq!(answer(other).0.json()["choices"][0]["text"], "aaa");
    for thread in all {
        assert_eq!(answer(thread).0.json()["choices"][0]["text"], "bbb");
    }
}

#[test]
fn of_an_editor_only_the_newest_request_counts() {
    let place = Place::new();
    let server = Server::with(&place, SLOW, &["--parallel", "1"]);
    let busy = Busy::with(&server);
    let file = "def f(a, b):\n    c = a + b\n".repeat(40);
    let now = |text: &str| later(&server, "vim", "/infill", typed(&format!("{file}{text}"), "\nreturn c\n"));
    let old = now("    d");
    let elsewhere = later(&server, "vim", "/infill", typed(&file, "\nanother place\n"));
    let other = later(&server, "another editor", "/infill", typed(&format!("{file}    dd"), "\nreturn c\n"));
    let patient = json!({"input_prefix": format!("{file}    d"), "input_suffix": "\nreturn c\n", "n_predict": 2});
    let patient = later(&server, "vim", "/infill", patient);
    assert!(!old.is_finished());
    let new = now("    d =");
    // It has its answer while the engine is still busy with something else.
    let (old, _) = answer(old);
    assert_eq!((&old.json()["content"], &old.json()["stop_reason"]), (&json!(""), &json!("superseded")));
    // Deleting is typing too.
    let newest = now("    ");
    assert_eq!(answer(new).0.json()["stop_reason"], "superseded");
    drop(busy);
    for thread in [elsewhere, other, patient, newest] {
        assert_eq!(answer(thread).0.json()["content"], "xx");
    }
    // What is being computed ends too.
    let begun = later(
        &server,
        "vim",
        "/infill",
        json!({"input_prefix": "a = ", "input_suffix": "\n", "n_predict": 500,
        "t_max_predict_ms": 90_000}),
    );
    thread::sleep(Duration::from_millis(200));
    let new = later(&server, "vim", "/infill", typed("a = b", "\n"));
    let (begun, _) = answer(begun);
    let count = begun.json()["tokens_predicted"].as_u64().expect("a number");
    assert!(begun.json()["stop_reason"] == "superseded" && count < 400, "{begun:?}");
    assert_eq!(answer(new).0.json()["content"], "xx");
}

#[test]
fn clients_take_turns() {
    let place = Place::new();
    let server = Server::with(&place, SLOW, &["--parallel", "1"]);
    let busy = Busy::with(&server);
    let ask = |program: &str, number: usize| {
        later(&server, program, "/completion", json!({"prompt": format!("{program} {number}"), "n_predict": 4}))
    };
    let greedy: Vec<_> = (0..6).map(|number| ask("greedy", number)).collect();
    let modest = ask("modest", 0);
    drop(busy);
    let modest = answer(modest).1;
    let before = greedy.into_iter().map(answer).filter(|(_, time)| *time < modest).count();
    assert!(before <= 1, "{before} of the others came first");
}

#[test]
fn a_cursor_waits_for_no_chat_and_a_warm_up_for_everything() {
    let place = Place::new();
    let server = Server::with(&place, SLOW, &["--parallel", "3"]);
    let chat = |number: usize| {
        let messages = json!([{"role": "user", "content": format!("{number}")}]);
        later(&server, "chat", "/v1/chat/completions", json!({"messages": messages, "max_tokens": 60}))
    };
    let chats: Vec<_> = (0..4).map(chat).collect();
    let warm = json!({"input_prefix": "", "input_suffix": "", "prompt": "", "n_predict": 0, "t_max_prompt_ms": 1});
    let warm = later(&server, "vim", "/infill", warm);
    let start = Instant::now();
    let body = json!({"input_prefix": "a", "input_suffix": "b", "n_predict": 2});
    assert_eq!(server.post("/infill", &body).json()["content"], "xx");
    assert!(start.elapsed() < Duration::from_millis(800), "{:?}", start.elapsed());
    let mut ends: Vec<Instant> = chats.into_iter().map(|thread| answer(thread).1).collect();
    ends.sort_unstable();
    // It got the sequence of the third one to end.
    assert!(answer(warm).1 > ends[2]);
}

#[cfg(all(feature = "llama", has_demo))]
mod evaluated {
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::gguf::{Layout, Spec};
    use crate::resident;

    /// Models of V2, by the names of their files in this place, whose last layer alone looks at other tokens. So its keys depend
    /// on a token and its position only, and moved ones are those of a prompt that is evaluated as a whole.
    fn v2(place: &Place) -> [&'static str; 2] {
        for (name, layout) in [("old.gguf", Layout::Old), ("latent.gguf", Layout::Latent)] {
            let mut spec = Spec::v2(layout);
            for (seed, tensor) in (1..).zip(&mut spec.tensors) {
                match tensor.name.strip_prefix("blk.2.attn_") {
                    Some("q.weight" | "kv_a_mqa.weight" | "output.weight") => tensor.enlarge(seed),
                    None if tensor.name.ends_with("attn_output.weight") => tensor.data.fill(0),
                    _ => {}
                }
            }
            place.write(name, spec.bytes());
        }
        ["old.gguf", "latent.gguf"]
    }

    /// Some lines of a program, and where a window of 30 lines has its cursor.
    fn window(line: usize, text: &str) -> Value {
        let all: Vec<String> =
            (0..90).map(|line| format!("    total{line} = count(items[{line}], {})", line * 7)).collect();
        let lines = |range: std::ops::Range<usize>| all[range].join("\n") + "\n";
        json!({
            "input_prefix": lines(line - 30..line),
            "prompt": text,
            "input_suffix": format!("\n{}", lines(line + 1..line + 12)),
            "n_predict": 4,
        })
    }

    /// From now on commands in this place use a prefix cache of its own.
    fn keeps(place: &mut Place) {
        let cache = place.path("cache").display().to_string();
        place.set("DSCODER_CACHE_DIR", &cache);
        place.set("DSCODER_CACHE_AFTER", "0.001");
        place.set("DSCODER_NO_CACHE", "0");
    }

    /// Tokens that were left out of the prompt, evaluated, and taken from before.
    fn counts(answer: &Answer) -> (u64, u64, u64) {
        let timings = &answer.json()["timings"];
        let count = |name: &str| timings[name].as_u64().unwrap_or_else(|| panic!("{name}: {answer:?}"));
        (count("prompt_left_out_n"), count("prompt_n"), count("cache_n"))
    }

    fn with(body: &Value, more: &Value) -> Value {
        let mut body = body.clone();
        let fields = more.as_object().expect("an object").clone();
        body.as_object_mut().expect("an object").extend(fields);
        body
    }

    #[test]
    fn a_key_or_a_line_costs_few_tokens() {
        let place = Place::new();
        let server = Server::of(&place, "demo", &["--max-prompt-ms", "0"]);
        let ask = |body: &Value| {
            let answer = server.post("/infill", body);
            assert_eq!(answer.status, 200, "{answer:?}");
            counts(&answer)
        };
        let (left_out, whole, _) = ask(&window(40, "    to"));
        assert!(left_out == 0 && whole > 400, "{whole}");
        for text in ["    tot", "    tota", "    total", "    to"] {
            let (_, evaluated, taken) = ask(&window(40, text));
            assert!(evaluated < 32 && evaluated + taken > 400, "{text}: {evaluated}, {taken}");
        }
        // The window loses its first line and gets another last one.
        let (_, evaluated, taken) = ask(&window(41, "    to"));
        assert!(evaluated < 110 && evaluated + taken > 400, "{evaluated}, {taken}");
        // Where answers must be those to the whole prompt, nothing is moved, nor is what was moved taken for evaluated.
        let exact = with(&window(41, "    to"), &json!({"n_cache_reuse": 0}));
        assert!(ask(&exact).1 > 400);
        assert!(ask(&exact).1 <= 2);
    }

    #[test]
    fn moved_tokens_of_v2_are_those_at_their_new_positions() {
        let place = Place::new();
        for model in v2(&place) {
            let server = Server::of(&place, model, &["--max-prompt-ms", "0", "--parallel", "1", "--threads", "1"]);
            // The likeliest tokens are all but equally likely, so their numbers are compared and not their names.
            let ask = |body: &Value| {
                let answer =
                    server.post("/infill", &with(body, &json!({"n_predict": 1, "n_probs": 5, "temperature": 0})));
                assert_eq!(answer.status, 200, "{answer:?}");
                let chosen = &answer.json()["completion_probabilities"][0];
                let likeliest = chosen["top_logprobs"].as_array().expect("a list").iter();
                let numbers: Vec<_> = likeliest.map(|one| one["logprob"].as_f64().expect("a number")).collect();
                (counts(&answer), numbers)
            };
            let far = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            let ((_, whole, _), first) = ask(&window(40, "    to"));
            assert!(whole > 400, "{whole}");
            // A key, and a line.
            for body in [window(40, "    total, number, other"), window(41, "    to")] {
                let ((_, evaluated, taken), moved) = ask(&body);
                assert!(evaluated < 110 && evaluated + taken > 400, "{model}: {evaluated}, {taken}");
                let ((_, evaluated, _), exact) = ask(&with(&body, &json!({"n_cache_reuse": 0})));
                assert!(evaluated > 100 && exact.len() == 5, "{model}: {evaluated}");
                assert!(far(&moved, &exact) < 0.005, "{model}: {moved:?} {exact:?}");
                assert!(far(&first, &exact) > 0.02, "{model}: {first:?} {exact:?}");
            }
        }
    }

    #[test]
    fn the_first_token_comes_in_time_and_the_rest_of_the_prompt_is_evaluated_later() {
        let place = Place::new();
        let server = Server::of(&place, "demo", &["--max-prompt-ms", "1"]);
        let body = window(40, "    to");
        let first = server.post("/infill", &body);
        let (left_out, evaluated, _) = counts(&first);
        assert!(left_out > 350 && evaluated <= 24, "{first:?}");
        let (_, whole, _) = counts(&server.post("/infill", &with(&window(60, ""), &json!({"t_max_prompt_ms": 0}))));
        assert!(whole > 400);
        // What was left out is evaluated while nothing is to be done.
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            thread::sleep(Duration::from_millis(100));
            let (left_out, evaluated, taken) = counts(&server.post("/infill", &with(&body, &json!({"n_predict": 1}))));
            if left_out == 0 {
                assert!(evaluated <= 24 && taken > 400, "{evaluated}, {taken}");
                break;
            }
            assert!(Instant::now() < end, "{left_out} tokens are left out still");
        }
        // Nobody limits the time of what is no gap, or of a warm-up.
        let text = "    total = count(items)\n".repeat(40);
        let answer = server.post("/completion", &json!({"prompt": text, "n_predict": 1}));
        assert_eq!(counts(&answer).0, 0);
    }

    #[test]
    fn long_prompts_outlive_the_server() {
        let mut place = Place::new();
        keeps(&mut place);
        let ask = |server: &Server| {
            let answer = server.post("/infill", &with(&window(40, "    to"), &json!({"t_max_prompt_ms": 0})));
            (counts(&answer), answer.json()["content"].clone())
        };
        let end = |mut server: Server| {
            server.signal("TERM");
            assert_eq!(server.wait(Duration::from_secs(20)), 0);
        };
        let [old, latent] = v2(&place);
        for model in ["demo", old, latent] {
            let server = Server::of(&place, model, &["--parallel", "3"]);
            let ((_, whole, _), answer) = ask(&server);
            assert!(whole > 400);
            end(server);
            // In a context of another shape.
            let server = Server::of(&place, model, &["--parallel", "1"]);
            let ((_, evaluated, taken), again) = ask(&server);
            assert!(evaluated <= 2 && evaluated + taken == whole, "{model}: {evaluated} {taken}");
            assert_eq!(again, answer);
            end(server);
            let server = Server::of(&place, model, &["--no-cache"]);
            assert_eq!(ask(&server).0, (0, whole, 0));
            end(server);
        }
    }

    #[test]
    fn prompts_that_commands_have_kept_are_used() {
        let mut place = resident::place();
        keeps(&mut place);
        let text: String = (0..90).map(|line| format!("    total{line} = count(items[{line}])\n")).collect();
        let file = place.write("long.py", &text).display().to_string();
        let [old, latent] = v2(&place);
        for model in ["demo", old, latent] {
            let infill = |serve: &str| {
                let run =
                    place.run(&["infill", &file, "--at", "60:8", "-m", model, "-n", "4", "--json", "--serve", serve]);
                assert_eq!(run.code, 0, "{}", run.stderr);
                let answer: Value = serde_json::from_str(&run.stdout).expect("JSON");
                answer["text"].clone()
            };
            let text = infill("never");
            let _server = resident::Server::start(&place, &["-m", model, "--metrics"]);
            assert_eq!(infill("auto"), text);
            let socket = UnixStream::connect(place.path("run/dscoder/serve.sock")).expect("connected");
            let metrics = exchange(socket, &request("GET", "/metrics", &[], b"")).body;
            let count = |name: &str| -> usize {
                let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
                value.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{name}: {metrics}"))
            };
            assert_eq!(count("dscoder_prompt_tokens_evaluated_total"), 1);
            assert!(count("dscoder_prompt_tokens_reused_total") > 400);
        }
    }
}
