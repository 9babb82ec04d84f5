//! `--endpoint` against a scripted server, which mostly misbehaves.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use dscoder::cancel::{Cancel, Sink};
use dscoder::engine::remote::client::EndpointAddress;
use dscoder::engine::remote::{Remote, ServerKind};
use dscoder::engine::source::Source;
use dscoder::engine::{GpuLayers, Job, Sampling};
use dscoder::error::Kind as ErrorKind;
use dscoder::generate::{Order, generate};
use dscoder::model::Model;
use dscoder::shape::Shape;
use dscoder::shape::stop::{StopRules, Until};
use dscoder::vocabulary::Vocabulary;
use serde_json::{Value, json};

use crate::command::{Output, Place, output};
use crate::repl::Screen;
use crate::tokens::{DEMO, MODEL};

/// What a server was asked.
#[derive(Debug, Clone)]
struct Request {
    path: String,
    headers: HashMap<String, String>,
    body: Value,
}

type Handler = dyn Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync;

/// Answers each request as its handler does, then closes the connection. Ends when it is dropped.
struct Server {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Request>>>,
    over: Arc<AtomicBool>,
}

impl Server {
    fn new(handler: impl Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server =
            Server { address: listener.local_addr().expect("an address"), log: Arc::default(), over: Arc::default() };
        let (log, over, handler) = (server.log.clone(), server.over.clone(), Arc::new(handler) as Arc<Handler>);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let (log, handler) = (log.clone(), handler.clone());
                let Ok(mut stream) = stream else { continue };
                thread::spawn(move || {
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
                    let Some(request) = read(&mut stream) else { return };
                    log.lock().expect("whole").push(request.clone());
                    let _ = handler(&request, &mut stream);
                    let _ = stream.shutdown(Shutdown::Both);
                });
            }
        });
        server
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests to one address.
    fn asked(&self, path: &str) -> Vec<Request> {
        self.log.lock().expect("whole").iter().filter(|request| request.path == path).cloned().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
    }
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
        // No letter: somebody speaks TLS.
        if !head[0].is_ascii_alphabetic() {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let mut lines = text.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers: HashMap<_, _> = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    let mut body = vec![0; headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(Request { path, headers, body: serde_json::from_slice(&body).unwrap_or_default() })
}

fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n")?;
    stream.write_all(body)
}

fn object(stream: &mut TcpStream, value: &Value) -> std::io::Result<()> {
    answer(stream, 200, "Content-Type: application/json\r\n", value.to_string().as_bytes())
}

/// The head of a stream that ends with the connection.
fn begin(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n\r\n")
}

fn event(stream: &mut TcpStream, value: &Value) -> std::io::Result<()> {
    write!(stream, "data: {value}\n\n")
}

/// One token of llama-server, the `count`-th.
fn token(id: u32, text: &str, count: usize, request: &Request) -> Value {
    let prompt = request.body["prompt"].as_array().map(Vec::len);
    json!({"content": text, "tokens": [id], "stop": false, "tokens_predicted": count, "tokens_evaluated": prompt})
}

/// What llama-server answers to whoever asks what it is.
fn describe(request: &Request, stream: &mut TcpStream, model: &str) -> std::io::Result<()> {
    match request.path.as_str() {
        "/props" => object(
            stream,
            &json!({"default_generation_settings": {"n_ctx": 2048}, "model_path": format!("/models/{model}")}),
        ),
        "/tokenize" => {
            let text = request.body["content"].as_str().unwrap_or_default();
            object(stream, &json!({"tokens": MODEL.tokenizer.encode(text)}))
        }
        _ => answer(stream, 404, "", b"{\"error\":{\"code\":404,\"message\":\"File Not Found\"}}"),
    }
}

/// A llama-server whose answers are another's matter.
fn llama(completion: impl Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Server {
    Server::new(move |request, stream| match request.path.as_str() {
        "/completion" => completion(request, stream),
        _ => describe(request, stream, "deepseek-coder-6.7b-base.Q4_K_M.gguf"),
    })
}

/// Sends an answer as llama-server does.
fn tokens(request: &Request, stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    begin(stream)?;
    let ids = MODEL.tokenizer.encode(text);
    for (index, &id) in ids.iter().enumerate() {
        let piece = String::from_utf8_lossy(MODEL.tokenizer.bytes(id)).into_owned();
        event(stream, &token(id, &piece, index + 1, request))?;
    }
    event(
        stream,
        &json!({"content": "", "tokens": [], "stop": true, "stop_type": "eos", "tokens_predicted": ids.len()}),
    )
}

fn complete(server: &Server, arguments: &[&str]) -> Output {
    let place = Place::new();
    place.feed(&[&["complete", "--endpoint", &server.url()], arguments].concat(), "return ")
}

fn expect(run: &Output, stdout: &str, code: i32, error: &str) {
    assert_eq!((run.stdout.as_str(), run.code), (stdout, code), "{run:?}");
    assert!(run.stderr.contains(error), "{error:?} is not in {run:?}");
}

#[test]
fn an_answer_of_llama_server() {
    let server = llama(|request, stream| tokens(request, stream, "a + b"));
    assert_eq!(complete(&server, &[]), output("a + b", "", 0));
    assert_eq!(complete(&server, &["-n", "2"]), output("a +", "", 0));
    assert_eq!(complete(&server, &["--stop", " b"]), output("a +", "", 0));
    let asked = server.asked("/completion").remove(0).body;
    let prompt = [vec![32013], MODEL.tokenizer.encode("return")].concat();
    assert_eq!(
        (&asked["prompt"], &asked["n_predict"], &asked["temperature"]),
        (&json!(prompt), &json!(256), &json!(0.0))
    );
    let sampled =
        complete(&server, &["-t", "0.5", "--top-k", "7", "--seed", "3", "--repeat-penalty", "1.5", "-n", "9"]);
    assert_eq!(sampled, output("a + b", "", 0));
    let asked = server.asked("/completion").pop().expect("asked").body;
    let fields = ["temperature", "top_k", "seed", "repeat_penalty", "repeat_last_n", "n_predict", "cache_prompt"];
    let found = fields.map(|field| asked[field].clone());
    assert_eq!(found, [json!(0.5), json!(7), json!(3), json!(1.5), json!(64), json!(9), json!(true)]);
    assert_eq!(asked["samplers"], json!(["penalties", "top_k", "top_p", "min_p", "temperature"]));
}

#[test]
fn characters_of_several_tokens_are_whole() {
    // llama-server names only the last token of such a character, and none if the answer ends within.
    let ids = MODEL.tokenizer.encode("é🙂");
    assert_eq!(ids.len(), 4);
    let server = llama(move |request, stream| {
        if request.body["stream"] == json!(false) {
            let known = request.body["prompt"].as_array().map(Vec::len);
            return object(
                stream,
                &json!({"content": "", "tokens": [ids[1], ids[2]], "stop": true, "stop_type": "limit",
                        "tokens_predicted": 2, "tokens_evaluated": known}),
            );
        }
        begin(stream)?;
        event(stream, &token(ids[0], "é", 1, request))?;
        event(stream, &token(ids[3], "🙂", 4, request))?;
        event(stream, &json!({"content": "", "tokens": [], "stop": true, "stop_type": "limit", "tokens_predicted": 6}))
    });
    let place = Place::new();
    let raw = ["complete", "--endpoint", &server.url(), "-n", "6", "--json"];
    let run = place.feed(&raw, "x");
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let mut expected = MODEL.tokenizer.encode("é🙂");
    expected.extend([expected[1], expected[2]]);
    assert_eq!((&report["tokens"], &report["stop_reason"]), (&json!(expected), &json!("token_limit")), "{run:?}");
    assert_eq!(report["text"], json!("é🙂\u{FFFD}"));
}

#[test]
fn a_server_that_is_not_there_or_is_another() {
    let place = Place::new();
    let run = place.feed(&["complete", "--endpoint", "http://127.0.0.1:1"], "x");
    let error = "error: cannot reach http://127.0.0.1:1: connection refused\n\
                 hint: is the server running, and is the address right?\n";
    assert_eq!(run, output("", error, 69));

    let page = Server::new(|_, stream| answer(stream, 200, "Content-Type: text/html\r\n", b"<html>Log in</html>"));
    expect(&complete(&page, &[]), "", 69, "does not answer as it should: the answer is a web page\nhint: ");
    let late = llama(|_, stream| answer(stream, 200, "Content-Type: text/html\r\n", b"<html>\nLog in</html>"));
    expect(&complete(&late, &[]), "", 69, "does not answer as it should: the answer is a web page\nhint: ");
    let nothing = Server::new(|_, stream| answer(stream, 404, "", b""));
    expect(&complete(&nothing, &[]), "", 69, "it is not llama-server, Ollama or a server with /v1/completions\nhint: ");
    expect(&complete(&nothing, &["--endpoint-kind", "ollama"]), "", 69, "it is not Ollama\n");

    let openai = Server::new(|request, stream| match request.path.as_str() {
        "/v1/models" => object(stream, &json!({"data": [{"id": "deepseek-coder-6.7b-base"}]})),
        _ => answer(stream, 404, "", b""),
    });
    expect(&complete(&openai, &["--endpoint-kind", "llama-server"]), "", 69, "it is not llama-server\n");
}

#[test]
fn answers_that_break_off() {
    let server = llama(|request, stream| {
        begin(stream)?;
        event(stream, &token(64, "a", 1, request))?;
        event(stream, &token(945, " +", 2, request))
    });
    let run = complete(&server, &[]);
    let error = format!("error: the answer of {} was cut off after 2 tokens: the connection ended\n", server.url());
    assert_eq!(run, output("a +", &error, 70));
    assert_eq!(server.asked("/completion").len(), 1, "what was shown is not asked for again");

    let stalls = llama(|request, stream| {
        begin(stream)?;
        event(stream, &token(64, "a", 1, request))?;
        stream.read(&mut [0]).map(drop)
    });
    let run = complete(&stalls, &["--endpoint-timeout", "0.3"]);
    expect(&run, "a", 70, "was cut off after 1 token: no data received for 0.3 seconds\n");

    let silent = llama(|_, stream| stream.read(&mut [0]).map(drop));
    let run = complete(&silent, &["--endpoint-timeout", "0.3"]);
    expect(&run, "", 69, "no data received for 0.3 seconds\nhint: raise --endpoint-timeout\n");
    assert_eq!(silent.asked("/completion").len(), 1);

    let fails = llama(|request, stream| {
        begin(stream)?;
        event(stream, &token(64, "a", 1, request))?;
        event(stream, &json!({"error": {"code": 500, "message": "out of memory"}}))
    });
    expect(&complete(&fails, &[]), "a", 70, "was cut off after 1 token: out of memory\n");
}

#[test]
fn events_that_are_wrong() {
    for (payload, why) in [
        (&b"data: {\"content\":\"\xFF\",\"stop\":false}\n\n"[..], "it sent data that is not UTF-8"),
        (
            b"data: {\"content\":\"x\",\"tokens\":[32256],\"stop\":false}\n\n",
            "it returned the token 32256, which DeepSeek",
        ),
        (
            b"data: {\"content\":\"x\",\"tokens\":[-1],\"stop\":false}\n\n",
            "it returned the token -1, which DeepSeek Coder",
        ),
        (b"data: {\"hello\":1}\n\n", "it sent an unknown event"),
        (
            b"data: {\"content\":\"x\",\"tokens\":[64],\"stop\":false,\"tokens_evaluated\":99}\n\n",
            "it counts 99 tokens in",
        ),
        (b"data: {\"error\":{\"message\":\"no slot\"}}\n\n", "it reports an error: no slot"),
    ] {
        let server = llama(move |_, stream| {
            begin(stream)?;
            stream.write_all(payload)?;
            stream.read(&mut [0]).map(drop)
        });
        expect(&complete(&server, &[]), "", 70, why);
    }
}

#[test]
fn refusals_have_their_codes() {
    for (status, headers, body, code, why) in [
        (
            401,
            "",
            "{\"error\":{\"message\":\"Invalid API Key\"}}",
            77,
            "it answers 401, unauthorized: Invalid API Key\n",
        ),
        (413, "", "", 78, "it answers 413, payload too large\n"),
        (400, "", "{\"error\":{\"type\":\"exceed_context_size_error\",\"message\":\"too long\"}}", 78, ": too long\n"),
        (500, "", "{\"detail\":\"broken\"}", 70, "it answers 500, internal server error: broken\n"),
        (429, "Retry-After: 3600\r\n", "", 75, "it is busy and asks to wait for 3600 seconds\nhint: run the same"),
        (429, "Retry-After: 0\r\n", "", 75, "it answers 429, too many requests\nhint: run the same command again"),
    ] {
        let server = llama(move |_, stream| answer(stream, status, headers, body.as_bytes()));
        expect(&complete(&server, &[]), "", code, why);
        let tries = server.asked("/completion").len();
        assert_eq!(tries, if headers == "Retry-After: 0\r\n" { 8 } else { 1 }, "{status} {headers}");
    }
}

#[test]
fn busy_servers_and_broken_connections_are_tried_again() {
    let tries = AtomicUsize::new(0);
    let server = llama(move |request, stream| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => answer(stream, 503, "Retry-After: 0\r\n", b"{\"error\":{\"message\":\"Loading model\"}}"),
        1 => Ok(()),
        2 => begin(stream),
        _ => tokens(request, stream, "a + b"),
    });
    assert_eq!(complete(&server, &[]), output("a + b", "", 0));
    assert_eq!(server.asked("/completion").len(), 4);
}

#[test]
fn another_model_is_refused_unless_forced() {
    let server = llama(|request, stream| tokens(request, stream, "a"));
    let refused = complete(&server, &["-m", "33b-base"]);
    let error = "has another model than 33b-base: /models/deepseek-coder-6.7b-base.Q4_K_M.gguf\nhint: leave out -m";
    expect(&refused, "", 65, error);
    let forced = complete(&server, &["-m", "33b-base", "--force"]);
    expect(&forced, "a", 0, "note: http://127.0.0.1:");
    assert_eq!(complete(&server, &["-m", "6.7b-base"]), output("a", "", 0));
    // Its name says that it is a Base model.
    let chat = Place::new().run(&["chat", "--endpoint", &server.url(), "hello"]);
    expect(&chat, "", 65, "is a Base model: its authors trained only the Instruct models to answer questions\n");

    let other = Server::new(|request, stream| match request.path.as_str() {
        "/tokenize" => object(stream, &json!({"tokens": [1, 2, 3]})),
        _ => describe(request, stream, "llama-3.gguf"),
    });
    expect(&complete(&other, &[]), "", 65, "has another vocabulary: it counts 3 tokens in a text that has ");
}

#[test]
fn a_key_is_sent_and_never_shown() {
    let server = Server::new(|request, stream| match request.headers.get("authorization").map(String::as_str) {
        Some("Bearer canary") if request.path == "/completion" => tokens(request, stream, "a"),
        Some("Bearer canary") => describe(request, stream, "demo.gguf"),
        _ => answer(stream, 401, "", b""),
    });
    let url = server.url();
    let arguments = ["complete", "-v", "--stats", "--endpoint", &url];
    let mut place = Place::new();
    let refused = place.feed(&arguments, "x");
    expect(&refused, "", 77, "hint: give the key in DSCODER_API_KEY or with --api-key-file\n");
    let key = place.write("key", "canary\n");
    let by_file = place.feed(&[&arguments[..], &["--api-key-file", key.to_str().expect("a name")]].concat(), "x");
    place.set("DSCODER_API_KEY", "canary");
    let by_variable = place.feed(&arguments, "x");
    for run in [by_file, by_variable] {
        assert_eq!((run.stdout.as_str(), run.code, run.stderr.contains("canary")), ("a", 0, false), "{run:?}");
    }
    place.set("DSCODER_API_KEY", "two\nlines");
    expect(&place.feed(&arguments, "x"), "", 2, "there is no key in DSCODER_API_KEY");
    expect(&place.feed(&[&arguments[..], &["--api-key-file", "none"]].concat(), "x"), "", 66, "cannot read none");
    place.set("DSCODER_ENDPOINT", "http://user:word@127.0.0.1:1");
    let run = place.feed(&["complete", "-v"], "x");
    expect(&run, "", 2, "it contains a user name or password");
    assert!(!run.stderr.contains("word@"), "{run:?}");
}

#[test]
fn redirects_are_not_followed() {
    let other = llama(|request, stream| tokens(request, stream, "stolen"));
    let location = format!("Location: {}/props\r\n", other.url());
    let server = Server::new(move |_, stream| answer(stream, 307, &location, b""));
    let mut place = Place::new();
    place.set("DSCODER_API_KEY", "canary");
    let run = place.feed(&["complete", "--endpoint", &server.url()], "x");
    let error = format!("it redirects /props to {}/props\nhint: give the final address", other.url());
    expect(&run, "", 69, &error);
    assert_eq!(other.log.lock().expect("whole").len(), 0);
}

#[test]
fn other_machines_need_tls_and_a_connection() {
    let place = Place::new();
    let run = place.feed(&["complete", "--endpoint", "http://server.invalid:8080"], "x");
    expect(
        &run,
        "",
        2,
        "error: http://server.invalid:8080/ is another machine, and the connection is not encrypted: everyone",
    );
    let run = place.feed(&["complete", "--endpoint", "https://server.invalid", "--offline"], "x");
    expect(
        &run,
        "",
        69,
        "error: cannot reach https://server.invalid/: --offline, HF_HUB_OFFLINE or DSCODER_OFFLINE is set\n",
    );
    let server = llama(|request, stream| tokens(request, stream, "a"));
    assert_eq!(complete(&server, &["--offline"]), output("a", "", 0));
    let tls = place.feed(&["complete", "--endpoint", &server.url().replace("http:", "https:")], "x");
    expect(&tls, "", 69, "error: cannot reach https://127.0.0.1:");
}

/// `tests/data/tls.pem` is good for 127.0.0.1 until 2126, and no authority has signed it.
#[cfg(target_os = "linux")]
#[test]
fn certificates_are_checked() {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    let path = crate::command::repository("tests/data/tls.pem");
    let pem = std::fs::read(&path).expect("there");
    let certificate = CertificateDer::from_pem_slice(&pem).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(&pem).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a key that fits");
    let config = Arc::new(config);
    let inner = llama(|request, stream| tokens(request, stream, "a"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let address = inner.address;
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let Ok(mut connection) = rustls::ServerConnection::new(config.clone()) else { return };
            let mut tls = rustls::Stream::new(&mut connection, &mut stream);
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && tls.read_exact(&mut byte).is_ok() {
                request.push(byte[0]);
            }
            if request.is_empty() {
                continue;
            }
            let length = String::from_utf8_lossy(&request).to_lowercase();
            let length = length.split("content-length: ").nth(1).and_then(|rest| rest.split('\r').next()?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            let Ok(mut plain) = TcpStream::connect(address) else { return };
            let mut reply = Vec::new();
            let done = tls
                .read_exact(&mut body)
                .and_then(|()| plain.write_all(&[&request[..], &body].concat()))
                .and_then(|()| plain.read_to_end(&mut reply).map(drop))
                .and_then(|()| tls.write_all(&reply));
            if done.is_ok() {
                tls.conn.send_close_notify();
                let _ = tls.flush();
            }
        }
    });
    let mut place = Place::new();
    let run = place.feed(&["complete", "--endpoint", &url], "x");
    expect(&run, "", 69, &format!("error: cannot reach {url}: invalid peer certificate"));
    place.set("SSL_CERT_FILE", &path);
    assert_eq!(place.feed(&["complete", "--endpoint", &url], "x"), output("a", "", 0));
}

/// A server that takes ids, and gives them if `gives`.
fn vllm(gives: bool) -> Server {
    Server::new(move |request, stream| match request.path.as_str() {
        "/v1/models" => object(
            stream,
            &json!({"object": "list", "data": [{"id": "coder", "root": "deepseek-ai/deepseek-coder-33b-instruct",
                                               "max_model_len": 4096}]}),
        ),
        "/tokenize" => {
            let ids = MODEL.tokenizer.encode(request.body["prompt"].as_str().unwrap_or_default());
            object(stream, &json!({"count": ids.len(), "max_model_len": 4096, "tokens": ids}))
        }
        "/v1/completions" if request.body["stream"] == json!(false) => {
            let count = request.body["prompt"].as_array().map(Vec::len);
            let ids = gives.then_some([64]);
            object(stream, &json!({"choices": [{"text": "a", "token_ids": ids}], "usage": {"prompt_tokens": count}}))
        }
        "/v1/completions" if !gives => {
            begin(stream)?;
            event(stream, &json!({"choices": [{"text": "🙂 is ", "finish_reason": null}]}))?;
            event(stream, &json!({"choices": [{"text": "text", "finish_reason": "stop"}]}))
        }
        "/v1/completions" => {
            begin(stream)?;
            let ids = MODEL.tokenizer.encode("🙂 is text");
            // The text of the first is not whole yet.
            for (index, &id) in ids.iter().enumerate() {
                let prompt = (index == 0).then(|| request.body["prompt"].clone());
                event(
                    stream,
                    &json!({"choices": [{"text": "", "token_ids": [id], "prompt_token_ids": prompt, "finish_reason": null}]}),
                )?;
            }
            event(stream, &json!({"choices": [{"text": "", "token_ids": [32021], "finish_reason": "stop"}]}))?;
            stream.write_all(b"data: [DONE]\n\n")
        }
        _ => answer(stream, 404, "", b"{\"detail\":\"Not Found\"}"),
    })
}

#[test]
fn vllm_takes_ids() {
    for gives in [true, false] {
        let server = vllm(gives);
        let place = Place::new();
        let url = format!("{}/v1", server.url());
        let arguments = ["chat", "--endpoint", &url, "What is <|EOT|>?"];
        assert_eq!(place.run(&arguments), output("🙂 is text", "", 0));
        assert_eq!(place.run(&[&arguments[..], &["-m", "33b-instruct"]].concat()), output("🙂 is text", "", 0));
        let asked = server.asked("/v1/completions").pop().expect("asked").body;
        let controls: Vec<_> =
            asked["prompt"].as_array().expect("ids").iter().filter(|id| id.as_u64() > Some(32012)).collect();
        assert_eq!((controls, &asked["model"]), (vec![&json!(32013)], &json!("coder")));
        let infill = place.feed(&["infill", "-", "--offset", "1", "--endpoint", &url], "xy");
        expect(&infill, "", 65, "is an Instruct model: ");
        let many = place.run(&[&arguments[..], &["--logprobs", "1", "--json"]].concat());
        assert_eq!(many.code, if gives { 0 } else { 2 }, "{many:?}");
    }
}

/// A server that takes text only, and puts begin-of-sentence before it.
fn text_server(kind: ServerKind) -> Server {
    let count = |text: &str| {
        let markers = ["<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜begin▁of▁sentence｜>"];
        let found: usize = markers.iter().map(|marker| text.matches(marker).count()).sum();
        let parts = markers.iter().fold(text.to_owned(), |text, marker| text.replace(marker, "\0"));
        1 + found + parts.split('\0').map(|part| MODEL.tokenizer.encode(part).len()).sum::<usize>()
    };
    Server::new(move |request, stream| {
        let prompt = request.body["prompt"].as_str();
        match (kind, request.path.as_str()) {
            (ServerKind::Ollama, "/api/tags") => object(
                stream,
                &json!({"models": [{"name": "deepseek-coder:6.7b"}, {"name": "deepseek-coder:6.7b-base"}]}),
            ),
            (ServerKind::Openai, "/v1/models") => {
                object(stream, &json!({"data": [{"id": "deepseek-coder-6.7b-base"}]}))
            }
            (ServerKind::Ollama, "/api/generate") if request.body["stream"] == json!(false) => {
                object(stream, &json!({"response": "x", "done": true, "prompt_eval_count": prompt.map(count)}))
            }
            (ServerKind::Openai, "/v1/completions") if prompt.is_none() || request.body["top_k"] != Value::Null => {
                answer(stream, 400, "", b"{\"error\":{\"message\":\"prompt must be a string\"}}")
            }
            (ServerKind::Openai, "/v1/completions") if request.body["stream"] == json!(false) => {
                object(stream, &json!({"choices": [{"text": "x"}], "usage": {"prompt_tokens": prompt.map(count)}}))
            }
            (ServerKind::Ollama, "/api/generate") => {
                begin(stream)?;
                // A line may come in two parts, cut within a character.
                let line = format!("{}\n", json!({"response": "naïve 🙂", "done": false}));
                let cut = line.find('🙂').expect("there") + 2;
                stream.write_all(&line.as_bytes()[..cut])?;
                thread::sleep(Duration::from_millis(50));
                stream.write_all(&line.as_bytes()[cut..])?;
                writeln!(stream, "{}", json!({"response": "", "done": true, "done_reason": "stop"}))
            }
            (ServerKind::Openai, "/v1/completions") => {
                begin(stream)?;
                event(stream, &json!({"choices": [{"text": "naïve ", "finish_reason": null}]}))?;
                event(stream, &json!({"choices": [{"text": "🙂", "finish_reason": "stop"}]}))
            }
            _ => answer(stream, 404, "", b""),
        }
    })
}

#[test]
fn servers_of_text_get_markers_that_no_text_forges() {
    for kind in [ServerKind::Ollama, ServerKind::Openai] {
        let server = text_server(kind);
        let place = Place::new();
        let url = server.url();
        let arguments = ["infill", "-", "--offset", "1", "--until", "end", "-m", "6.7b-base", "--endpoint", &url];
        assert_eq!(place.feed(&arguments, "x\n"), output("naïve 🙂", "", 0), "{kind:?}");
        let path = if kind == ServerKind::Ollama { "/api/generate" } else { "/v1/completions" };
        let asked = server.asked(path).pop().expect("asked").body;
        // Begin-of-sentence is the server's.
        assert_eq!(asked["prompt"], json!("<｜fim▁begin｜>x<｜fim▁hole｜>\n<｜fim▁end｜>"), "{kind:?}");
        for marker in ["<｜fim▁hole｜>", "<|EOT|>", "<|User|>"] {
            let forged = place.feed(&arguments, format!("x\n{marker}"));
            expect(&forged, "", 65, &format!("it contains {marker}, which the server would read as a control token"));
        }
        let many = place.feed(&[&arguments[..], &["--candidates", "2"]].concat(), "x\n");
        expect(&many, "", 2, "--candidates and --logprobs cannot be used here");
    }
    let several = complete(&text_server(ServerKind::Ollama), &[]);
    expect(&several, "", 2, "has several models: deepseek-coder:6.7b, deepseek-coder:6.7b-base\nhint: choose one");
}

/// Ollama would cut a prompt that is longer than the model's own context, and say nothing.
#[test]
fn the_context_of_the_model_in_ollama() {
    let trained = Arc::new(Mutex::new(json!(2048)));
    let shown = trained.clone();
    let server = Server::new(move |request, stream| match request.path.as_str() {
        "/api/tags" => object(stream, &json!({"models": [{"name": "small-base"}]})),
        "/api/show" if *shown.lock().expect("whole") == Value::Null => answer(stream, 404, "", b""),
        "/api/show" => {
            assert_eq!(request.body["model"], "small-base");
            object(stream, &json!({"model_info": {"llama.context_length": *shown.lock().expect("whole")}}))
        }
        "/api/generate" if request.body["stream"] == json!(false) => {
            object(stream, &json!({"response": "x", "done": true, "prompt_eval_count": 1}))
        }
        "/api/generate" => {
            begin(stream)?;
            writeln!(stream, "{}", json!({"response": "a", "done": true, "done_reason": "stop"}))
        }
        _ => answer(stream, 404, "", b""),
    });
    let place = Place::new();
    let url = server.url();
    let run = |more: &[&str]| {
        let arguments = ["complete", "--endpoint", &url, "-n", "8", "--force"];
        place.feed(&[&arguments[..], more].concat(), "x = 1\n".repeat(1250))
    };
    let asked = || server.asked("/api/generate").pop().expect("asked").body["options"]["num_ctx"].clone();
    let note = "note: the prompt is too long for the server's context of 2048 tokens: left out ";
    let cut = run(&[]);
    assert!(cut.stderr.contains(note) && cut.code == 0, "{cut:?}");
    assert_eq!(asked(), 2048);
    let less = run(&["--ctx-size", "1000"]);
    assert!(less.stderr.contains(" for the server's context of 1000 tokens: ") && less.code == 0, "{less:?}");
    assert_eq!(asked(), 1000);
    expect(&run(&["--ctx-size", "2049"]), "", 2, "--ctx-size 2049 is too large: the model's context has 2048 tokens");
    // A larger one, or one that is not known, leaves what is asked of Ollama as it is.
    for more in [json!(16_384), json!("much"), Value::Null] {
        *trained.lock().expect("whole") = more.clone();
        assert_eq!(run(&[]).code, 0, "{more}");
        assert_eq!(asked(), 4096, "{more}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_and_the_deadline_close_the_connection() {
    let closed = Arc::new(Mutex::new(None));
    let seen = closed.clone();
    let server = llama(move |request, stream| {
        if request.body["prompt"].as_array().is_some_and(|ids| ids.len() > 5) {
            begin(stream)?;
            event(stream, &token(64, "a\n", 1, request))?;
        }
        let read = stream.read(&mut [0]);
        *seen.lock().expect("whole") = Some(Instant::now());
        read.map(drop)
    });
    let place = Place::new();
    let url = server.url();
    // Without a token yet, and with one.
    for (text, stdout) in [("x", ""), ("a b c d e f g", "a")] {
        let run = place.feed(&["complete", "--endpoint", &url, "--timeout", "1", "--until", "end"], text);
        expect(&run, stdout, 124, "the time is up");
    }
    for text in ["x", "a b c d e f g"] {
        *closed.lock().expect("whole") = None;
        let child = place.start(&["complete", "--endpoint", &url, "--until", "end"], text.as_bytes());
        let begun = Instant::now();
        let count = server.asked("/completion").len();
        while server.asked("/completion").len() == count && begun.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(Duration::from_millis(100));
        let sent = Instant::now();
        let kill = std::process::Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
        assert_eq!(crate::command::finish(child).code, 130);
        thread::sleep(Duration::from_millis(100));
        let closed = closed.lock().expect("whole").expect("closed");
        assert!(closed - sent < Duration::from_millis(500), "it took {:?}", closed - sent);
    }
}

#[test]
fn a_conversation_is_sent_anew_each_time() {
    let server = Server::new(|request, stream| match request.path.as_str() {
        "/completion" => tokens(request, stream, "Hello"),
        _ => describe(request, stream, "deepseek-coder-6.7b-instruct.Q4_K_M.gguf"),
    });
    let place = Place::new();
    let url = server.url();
    for _ in 0..2 {
        let run = place.run(&["chat", "--endpoint", &url, "--session", "s", "Hi"]);
        assert_eq!(run, output("Hello", "", 0));
    }
    let asked = server.asked("/completion");
    let ends = |request: &Request| {
        request.body["prompt"].as_array().expect("ids").iter().filter(|id| **id == json!(32021)).count()
    };
    assert_eq!(asked.iter().map(ends).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn ctrl_c_stops_an_answer_of_a_conversation() {
    let (asked, closed) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let closing = closed.clone();
    let server = llama(move |request, stream| {
        if asked.fetch_add(1, Ordering::SeqCst) > 0 {
            return tokens(request, stream, "Hello");
        }
        begin(stream)?;
        event(stream, &token(64, "a", 1, request))?;
        let end = stream.read(&mut [0]);
        closing.fetch_add(1, Ordering::SeqCst);
        end.map(drop)
    });
    let place = Place::new();
    let arguments = format!("--force --no-system --endpoint {}", server.url());
    let Some(screen) = Screen::start(&place, "endpoint", &arguments) else { return };
    screen.wait(">");
    screen.send(&["one", "Enter"]);
    screen.wait("a");
    screen.send(&["C-c"]);
    screen.wait(">");
    let begun = Instant::now();
    while closed.load(Ordering::SeqCst) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the connection is still open");
        thread::sleep(Duration::from_millis(10));
    }
    screen.send(&["two", "Enter"]);
    let text = screen.wait(">");
    assert!(text.contains("> one\na") && text.contains("\nnote: stopped\n> two\nHello\n>"), "{text}");
}

const SAMPLING: Sampling =
    Sampling { temperature: 0.0, top_k: 40, top_p: 0.95, min_p: 0.05, repeat_penalty: 1.0, seed: 1 };

/// The server's model, as the program opens it.
fn open(url: &str) -> dscoder::error::Result<Source> {
    let target =
        EndpointAddress { url: url.parse().expect("an address"), key: None, patience: Duration::from_secs(20) };
    let vocabulary = Model::open(&DEMO).expect("a sound model").tokenizer;
    Remote::open(target, None, None, None, false, vocabulary).map(|remote| Source::Remote(Box::new(remote)))
}

fn job(tokens: usize) -> Job {
    let tokens = tokens as u32;
    Job { threads: Some(1), gpu_layers: GpuLayers::Count(0), ..Job::new(SAMPLING, tokens, tokens) }
}

/// The ids of an answer, and its text.
pub fn ask(source: &Source, prompt: &[u32], max_tokens: usize) -> dscoder::error::Result<(Vec<u32>, String)> {
    let cancel = Cancel::default();
    let mut engine = source.start(&job(prompt.len() + max_tokens), &cancel)?;
    let shape = Shape::plain(StopRules::new(&[], Until::End));
    let controls = prompt.iter().filter(|&&id| source.vocabulary().controls().is_control(id)).count();
    let order = Order { prompt, controls, max_tokens, sequences: 1, shape };
    let mut text = Vec::new();
    let generated = generate(engine.as_mut(), source.vocabulary(), &order, &cancel, &mut |_, piece| {
        text.extend_from_slice(piece);
        Ok(Sink::Open)
    })?;
    Ok((generated.answers[0].ids().collect(), String::from_utf8_lossy(&text).into_owned()))
}

#[test]
fn many_requests_at_once_on_a_bad_network() {
    const COUNT: usize = 64;
    let arrived = Arc::new(AtomicUsize::new(0));
    let (dropped, answered) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (arriving, dropping, answering) = (arrived.clone(), dropped.clone(), answered.clone());
    let server = llama(move |request, stream| {
        // Every tenth connection is dropped before the first token, some before and some after the head.
        let number = arriving.fetch_add(1, Ordering::SeqCst);
        if number % 10 == 3 {
            dropping.fetch_add(1, Ordering::SeqCst);
            return if number % 20 == 3 { Ok(()) } else { begin(stream) };
        }
        thread::sleep(Duration::from_millis(50));
        answering.fetch_add(1, Ordering::SeqCst);
        let last = request.body["prompt"].as_array().and_then(|ids| ids.last()?.as_u64()).unwrap_or_default();
        tokens(request, stream, &format!("answer {last}"))
    });
    let source = open(&server.url()).expect("a server");
    let found: Vec<_> = thread::scope(|scope| {
        let source = &source;
        let ask = |number: usize| move || ask(source, &[32013, number as u32], 32).expect("an answer").1;
        let threads: Vec<_> = (0..COUNT).map(|number| scope.spawn(ask(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("ended")).collect()
    });
    let expected: Vec<_> = (0..COUNT).map(|number| format!("answer {number}")).collect();
    assert_eq!(found, expected);
    let dropped = dropped.load(Ordering::SeqCst);
    assert!(dropped >= COUNT / 10, "{dropped}");
    assert_eq!(answered.load(Ordering::SeqCst), COUNT, "none is answered twice");
    assert_eq!(arrived.load(Ordering::SeqCst), COUNT + dropped);
}

#[test]
fn a_batch_keeps_its_order_on_a_bad_network() {
    const COUNT: usize = 100;
    let (arrived, busiest, live) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)), AtomicUsize::new(0));
    let most = busiest.clone();
    let server = llama(move |request, stream| {
        most.fetch_max(live.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let number = arrived.fetch_add(1, Ordering::SeqCst);
        let ids = request.body["prompt"].as_array().expect("ids").iter().filter_map(Value::as_u64);
        let text: Vec<u8> = ids.flat_map(|id| MODEL.tokenizer.bytes(id as u32).to_vec()).collect();
        let text = String::from_utf8_lossy(&text).into_owned();
        let done = match number % 10 {
            3 => Ok(()),
            7 => answer(stream, 429, "Retry-After: 0\r\n", b""),
            // One line is refused permanently.
            _ if text == "n = 17" => answer(stream, 400, "", b"{\"error\":{\"message\":\"no\"}}"),
            _ => {
                thread::sleep(Duration::from_millis(10 + 7 * (number as u64 % 5)));
                tokens(request, stream, &format!(" # {text}"))
            }
        };
        live.fetch_sub(1, Ordering::SeqCst);
        done
    });
    let place = Place::new();
    let lines: String =
        (0..COUNT).map(|number| json!({"text": format!("n = {number}"), "id": number}).to_string() + "\n").collect();
    let url = server.url();
    let arguments = ["complete", "--batch", "-", "--parallel", "32", "--endpoint", &url, "--stats"];
    let run = place.feed(&arguments, lines);
    assert_eq!(run.code, 65, "{run:?}");
    assert!(run.stderr.contains("stats: 100 prompts, "), "{}", run.stderr);
    assert!(run.stderr.contains("error: 1 of 100 lines failed: the first is line 18: "), "{}", run.stderr);
    let found: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(found.len(), COUNT);
    for (number, line) in found.iter().enumerate() {
        assert_eq!((&line["line"], &line["id"]), (&json!(number + 1), &json!(number)));
        if number == 17 {
            assert_eq!(line["error"]["exit_code"], json!(70), "{line}");
        } else {
            assert_eq!(line["text"], json!(format!(" # n = {number}")), "{line}");
        }
    }
    assert!((16..=32).contains(&busiest.load(Ordering::SeqCst)), "{busiest:?} at once");
}

#[test]
fn an_answer_that_has_ended_is_closed_and_the_engine_stays() {
    let closed = Arc::new(AtomicUsize::new(0));
    let closing = closed.clone();
    let server = llama(move |request, stream| {
        begin(stream)?;
        for count in 1..=3 {
            event(stream, &token(64, "a", count, request))?;
        }
        let end = stream.read(&mut [0]);
        closing.fetch_add(1, Ordering::SeqCst);
        end.map(drop)
    });
    let source = open(&server.url()).expect("a server");
    let cancel = Cancel::default();
    let mut engine = source.start(&job(100), &cancel).expect("started");
    for answers in 1..=3 {
        let shape = Shape::plain(StopRules::new(&[], Until::End));
        let order = Order { prompt: &[32013, 64], controls: 1, max_tokens: 3, sequences: 1, shape };
        let generated = generate(engine.as_mut(), source.vocabulary(), &order, &cancel, &mut |_, _| Ok(Sink::Open));
        assert_eq!(generated.expect("an answer").answers[0].ids().collect::<Vec<_>>(), [64; 3]);
        let begun = Instant::now();
        while closed.load(Ordering::SeqCst) < answers {
            assert!(begun.elapsed() < Duration::from_secs(5), "answer {answers} is not closed");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn proxies_are_used_for_other_machines_only() {
    let proxy = Server::new(|request, stream| {
        let path = request.path.strip_prefix("http://server.invalid:8080").unwrap_or_default().to_owned();
        let request = Request { path, ..request.clone() };
        match request.path.as_str() {
            "/completion" => tokens(&request, stream, "far"),
            _ => describe(&request, stream, "demo.gguf"),
        }
    });
    let near = llama(|request, stream| tokens(request, stream, "near"));
    let mut place = Place::new();
    place.set("http_proxy", &proxy.url());
    let far = ["complete", "--insecure-http", "--endpoint", "http://server.invalid:8080/"];
    assert_eq!(place.feed(&far, "x"), output("far", "", 0));
    assert_eq!(place.feed(&["complete", "--endpoint", &near.url()], "x"), output("near", "", 0));
}

#[test]
fn errors_come_before_anything_is_opened() {
    assert_eq!(open("http://127.0.0.1:1").expect_err("nobody is there").kind, ErrorKind::Network);
}
