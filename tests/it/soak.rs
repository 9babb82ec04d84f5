//! Many clients of `dscoder serve` at once, a fifth of whom leave early: everybody else gets the answer to their own prompt,
//! and nothing is left behind.
//!
//! `DSCODER_SOAK` is how many requests there are (200).

use std::io::{BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::{Place, Random, number};
use crate::serve::{Server, exchange, read, request};

const CLIENTS: u64 = 64;
/// How much memory may grow between the first requests and the last. It does not grow with their number: 10,000 requests
/// took less than this too.
const GROWTH: u64 = 16 << 20;

/// How a client asks.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Manner {
    Whole,
    Stream,
    Two,
    LeavesAtOnce,
    LeavesInTheStream,
    SendsHalf,
}

/// What was counted.
#[derive(Debug, Default)]
struct Counts {
    answered: AtomicU64,
    left: AtomicU64,
    refused: AtomicU64,
    other: AtomicU64,
}

/// Asks `count` times; `check` says whether a text is the answer to the prompt with this number. It also gets which of several
/// answers it is.
fn soak(
    server: &Server,
    count: u64,
    tokens: u64,
    prompt: &(dyn Fn(u64) -> String + Sync),
    check: &(dyn Fn(u64, usize, &str) -> bool + Sync),
) -> Counts {
    let (next, counts) = (AtomicU64::new(0), Counts::default());
    let seed = number("DSCODER_HOSTILE_SEED", 1);
    let warm = (count / 10).max(100);
    let at_first = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    if index == warm {
                        at_first.store(memory(server), Ordering::Relaxed);
                    }
                    one(server, index, seed, tokens, &prompt(index), check, &counts);
                }
            });
        }
    });
    // Nothing is left of those who have gone.
    let end = Instant::now() + Duration::from_secs(5);
    while (about(server, "live"), about(server, "waiting")) != (0, 0) {
        assert!(Instant::now() < end, "{} in progress, {} waiting", about(server, "live"), about(server, "waiting"));
        thread::sleep(Duration::from_millis(20));
    }
    let start = Instant::now();
    let answer = server.post("/completion", &json!({"prompt": "x", "n_predict": 1}));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(start.elapsed() < Duration::from_secs(2), "it took {:?}", start.elapsed());
    let (first, last) = (at_first.into_inner(), memory(server));
    assert!(last <= first + GROWTH, "memory grew from {first} to {last} bytes in {count} requests");
    let _ = writeln!(
        std::io::stderr(),
        "soak: seed {seed}, {count} requests, {counts:?}, {:.1} MB after {warm}, {:.1} MB at the end",
        first as f64 / 1e6,
        last as f64 / 1e6
    );
    counts
}

fn one(
    server: &Server,
    index: u64,
    seed: u64,
    tokens: u64,
    prompt: &str,
    check: &(dyn Fn(u64, usize, &str) -> bool + Sync),
    counts: &Counts,
) {
    let mut random = Random((index + 1).wrapping_mul(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1));
    random.next();
    let manner = match random.below(15) {
        0 => Manner::LeavesAtOnce,
        1 => Manner::LeavesInTheStream,
        2 => Manner::SendsHalf,
        3..7 => Manner::Stream,
        7..9 => Manner::Two,
        _ => Manner::Whole,
    };
    let is_stream = matches!(manner, Manner::Stream | Manner::LeavesInTheStream);
    let answers = if manner == Manner::Two { 2 } else { 1 };
    let body = json!({"prompt": prompt, "max_tokens": tokens, "stream": is_stream, "n": answers, "temperature": 0,
                      "dscoder": {"raw": true}});
    let bytes = request("POST", "/v1/completions", &[], body.to_string().as_bytes());
    loop {
        let stream = server.connect();
        match manner {
            Manner::SendsHalf => {
                let _ = (&stream).write_all(&bytes[..random.below(bytes.len() as u64) as usize]);
            }
            Manner::LeavesAtOnce => {
                let _ = (&stream).write_all(&bytes);
                thread::sleep(Duration::from_millis(random.below(30)));
            }
            Manner::LeavesInTheStream => {
                let _ = (&stream).write_all(&bytes);
                let _ = (&stream).read(&mut [0; 64]);
            }
            Manner::Whole | Manner::Two | Manner::Stream => {
                (&stream).write_all(&bytes).expect("sent");
                let mut stream = BufReader::new(stream);
                let answer = read(&mut stream).expect("an answer");
                let mut rest = Vec::new();
                stream.read_to_end(&mut rest).expect("the end");
                assert!(rest.is_empty(), "more than one answer: {}", String::from_utf8_lossy(&rest));
                if answer.status == 503 {
                    assert_eq!(answer.headers["retry-after"], "1", "{answer:?}");
                    counts.refused.fetch_add(1, Ordering::Relaxed);
                    thread::sleep(Duration::from_millis(20));
                    continue;
                }
                assert_eq!(answer.status, 200, "{prompt}: {answer:?}");
                let texts: Vec<String> = if is_stream {
                    assert_eq!(answer.body.matches("data: [DONE]").count(), 1, "{answer:?}");
                    vec![answer.events().iter().filter_map(|event| event["choices"][0]["text"].as_str()).collect()]
                } else {
                    let choices = answer.json()["choices"].as_array().expect("a list").clone();
                    choices.iter().map(|choice| choice["text"].as_str().expect("a text").to_owned()).collect()
                };
                assert_eq!(texts.len(), answers, "{answer:?}");
                for (which, text) in texts.iter().enumerate() {
                    let counter = if check(index, which, text) { &counts.answered } else { &counts.other };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
                return;
            }
        }
        counts.left.fetch_add(1, Ordering::Relaxed);
        return;
    }
}

/// A counter of the server.
fn about(server: &Server, name: &str) -> u64 {
    let stream = UnixStream::connect(&server.socket).expect("connected");
    let about: Value = exchange(stream, &request("GET", "/dscoder/about", &[], b"")).json();
    about[name].as_u64().expect("a number")
}

/// Resident memory in bytes that is no file's; 0 where the system does not tell.
fn memory(server: &Server) -> u64 {
    let id = server.child.as_ref().expect("a process").id();
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kilobytes| kilobytes << 10)
}

#[test]
fn everybody_gets_their_own_answer() {
    let place = Place::new();
    // It writes the end of its prompt.
    let server = Server::with(&place, "echo = 9\npieces = [\"!\"]\ndelay_ms = 1", &["--parallel", "4"]);
    let count = number("DSCODER_SOAK", 200);
    let counts = soak(&server, count, 32, &|index| format!("value = {}\n#{index:08}", index * 7), &|index, _, text| {
        assert_eq!(text, format!("#{index:08}!"));
        true
    });
    assert_eq!(counts.other.into_inner(), 0);
    assert!(counts.answered.into_inner() + counts.left.into_inner() >= count);
}

/// A few answers differ from those to prompts that are computed alone, as `dscoder help server` says. None is that to another
/// prompt.
#[cfg(all(feature = "llama", has_demo))]
#[test]
fn everybody_gets_their_own_answer_of_a_model() {
    let place = Place::new();
    let server = Server::of(&place, "demo", &["--threads", "1", "--ctx-size", "512"]);
    let source = std::fs::read_to_string(crate::command::repository("src/storage.rs")).expect("a source");
    let lines: Vec<&str> = source.lines().filter(|line| line.len() > 20).collect();
    let prompts: Vec<String> = lines.chunks(5).take(40).map(|lines| lines.join("\n") + "\n").collect();
    let alone = |prompt: &String| {
        let body = json!({"prompt": prompt, "max_tokens": 12, "temperature": 0, "dscoder": {"raw": true}});
        server.post("/v1/completions", &body).json()["choices"][0]["text"].as_str().expect("a text").to_owned()
    };
    let expected: Vec<String> = prompts.iter().map(alone).collect();
    let distinct: std::collections::HashSet<&String> = expected.iter().collect();
    assert!(distinct.len() * 10 >= expected.len() * 8, "too many answers are the same: {expected:?}");
    let at = |index: u64| index as usize % expected.len();
    let counts =
        soak(&server, number("DSCODER_SOAK", 200), 12, &|index| prompts[at(index)].clone(), &|index, which, text| {
            let own = &expected[at(index)];
            // The second of two answers is sampled.
            assert!(
                which > 0 || text == own || !distinct.contains(&text.to_owned()),
                "{text:?} is no answer like {own:?}"
            );
            which > 0 || text == own
        });
    let (own, other) = (counts.answered.into_inner(), counts.other.into_inner());
    assert!(own >= other * 9, "{own} as alone, {other} others");
}
