//! Requests and answers of servers: JSON in events or lines. Nothing in answers is trusted.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::engine::{Choice, Sampling};
use crate::vocabulary::{LARGEST_VOCABULARY, TokenId};

/// The longest event, in bytes.
const LONGEST_LINE: usize = 4 << 20;
/// The window of the repeat penalty, as in llama.cpp's tools.
const PENALTY_WINDOW: u32 = 64;
/// Maximum length of a server's message when shown, in characters.
const LONGEST_MESSAGE: usize = 300;

/// The framing of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events: `data: {…}`.
    Events,
    /// One object per line.
    Lines,
}

/// Cuts a stream of bytes into the JSON of its pieces.
#[derive(Debug, Default)]
pub struct LineBuffer {
    open: Vec<u8>,
}

impl LineBuffer {
    /// The payloads of the lines that end in `chunk`.
    ///
    /// # Errors
    /// Why the stream is invalid.
    pub fn push(&mut self, chunk: &[u8], framing: Framing) -> Result<Vec<Vec<u8>>, String> {
        let mut payloads = Vec::new();
        for part in chunk.split_inclusive(|&byte| byte == b'\n') {
            self.open.extend_from_slice(part);
            if self.open.len() > LONGEST_LINE {
                return Err("an event of the answer is far too long".to_owned());
            }
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.open);
                payloads.extend(payload(line.trim_ascii(), framing)?);
            }
        }
        Ok(payloads)
    }

    /// The payload of a last line without a line end.
    ///
    /// # Errors
    /// As [`LineBuffer::push`].
    pub fn rest(&mut self, framing: Framing) -> Result<Vec<Vec<u8>>, String> {
        // A truncated line does not count.
        let line = std::mem::take(&mut self.open);
        let whole = serde_json::from_slice::<serde::de::IgnoredAny>(field(line.trim_ascii())).is_ok();
        Ok(if whole { payload(line.trim_ascii(), framing)?.into_iter().collect() } else { Vec::new() })
    }
}

/// The value of an event's field.
fn field(line: &[u8]) -> &[u8] {
    ["data:", "error:"].iter().find_map(|name| line.strip_prefix(name.as_bytes())).unwrap_or(line).trim_ascii()
}

fn payload(line: &[u8], framing: Framing) -> Result<Option<Vec<u8>>, String> {
    let ignored = [&b":"[..], b"event:", b"id:", b"retry:"];
    if line.is_empty() || (framing == Framing::Events && ignored.iter().any(|name| line.starts_with(name))) {
        return Ok(None);
    }
    let content = field(line);
    match content.first() {
        // A refusing server may answer with an object instead of events.
        Some(b'{') => Ok(Some(content.to_vec())),
        _ if content == b"[DONE]" => Ok(Some(content.to_vec())),
        _ => Err(not_json(line)),
    }
}

/// A description of an answer that is not JSON.
#[must_use]
pub fn not_json(bytes: &[u8]) -> String {
    match bytes.trim_ascii().first() {
        Some(b'<') => "the answer is a web page".to_owned(),
        None => "the answer is empty".to_owned(),
        Some(_) if std::str::from_utf8(bytes).is_err() => "the answer is not UTF-8".to_owned(),
        Some(_) => "the answer is not JSON".to_owned(),
    }
}

/// Why an answer ended there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The model ended it.
    Model,
    /// It has the requested length.
    Limit,
}

/// What the server measured, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ServerTimings {
    /// Cached tokens of the prompt.
    pub cache_n: u64,
    /// Evaluated tokens of the prompt.
    pub prompt_n: u64,
    /// Their evaluation time.
    pub prompt_ms: f64,
    /// Tokens of the answer.
    pub predicted_n: u64,
    /// Their generation time.
    pub predicted_ms: f64,
}

/// A piece of an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Piece {
    /// The tokens that the server names.
    pub ids: Vec<Choice>,
    /// The text that the tokens add, as far as the server names it.
    pub text: String,
    /// Tokens of the answer so far, if the server tells.
    pub count: Option<usize>,
    /// Tokens of the prompt, if the server tells.
    pub prompt: Option<usize>,
    /// The server's measurements so far.
    pub timings: Option<ServerTimings>,
    /// Set on the last one.
    pub end: Option<End>,
}

/// Why there is no piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The server reports a failure.
    Server(String),
    /// It is not understood.
    Strange(String),
}

/// Fields of all three kinds of servers.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Event {
    error: Option<Value>,
    // llama-server
    content: Option<String>,
    tokens: Vec<i64>,
    stop: Option<bool>,
    stop_type: String,
    tokens_predicted: Option<usize>,
    tokens_evaluated: Option<usize>,
    completion_probabilities: Vec<Probability>,
    prompt_progress: Option<Value>,
    timings: Option<ServerTimings>,
    // OpenAI
    choices: Option<Vec<OpenAiChoice>>,
    // Ollama
    response: Option<String>,
    done: Option<bool>,
    done_reason: Option<String>,
    prompt_eval_count: Option<u64>,
    prompt_eval_duration: u64,
    eval_count: u64,
    eval_duration: u64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Probability {
    id: i64,
    logprob: f32,
    top_logprobs: Vec<Probability>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OpenAiChoice {
    text: String,
    finish_reason: Option<String>,
    token_ids: Option<Vec<i64>>,
    prompt_token_ids: Option<Vec<i64>>,
    logprobs: Option<OpenAiLogprobs>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OpenAiLogprobs {
    token_logprobs: Vec<Option<f32>>,
    top_logprobs: Option<Vec<Option<std::collections::BTreeMap<String, f32>>>>,
}

/// A token of the vocabulary.
fn id(number: i64) -> Result<TokenId, Trouble> {
    let id = TokenId::try_from(number).ok().filter(|&id| id < LARGEST_VOCABULARY);
    id.ok_or_else(|| Trouble::Strange(format!("it returned the token {number}, which DeepSeek Coder does not have")))
}

fn plain(number: i64) -> Result<Choice, Trouble> {
    Ok(Choice { id: id(number)?, log_probability: None, likeliest: Vec::new() })
}

/// Reads a piece of an answer.
///
/// # Errors
/// Why it is invalid.
pub fn parse(payload: &[u8]) -> Result<Piece, Trouble> {
    if payload == b"[DONE]" {
        return Ok(Piece { end: Some(End::Model), ..Piece::default() });
    }
    let event: Event = serde_json::from_slice(payload).map_err(|_| {
        Trouble::Strange(match std::str::from_utf8(payload) {
            Err(_) => "it sent data that is not UTF-8".to_owned(),
            Ok(_) => "it sent an unknown event".to_owned(),
        })
    })?;
    if let Some(error) = &event.error {
        return Err(Trouble::Server(message(error)));
    }
    if let Some(stop) = event.stop {
        return llama_server(event, stop);
    }
    if let Some(choices) = event.choices {
        // The last event of some servers has counts and no choice.
        return choices.into_iter().next().map_or_else(|| Ok(Piece::default()), openai);
    }
    match event.done {
        Some(done) => Ok(ollama(event, done)),
        None => Err(Trouble::Strange("it sent an unknown event".to_owned())),
    }
}

fn llama_server(event: Event, stop: bool) -> Result<Piece, Trouble> {
    let mut piece = Piece { prompt: event.tokens_evaluated, timings: event.timings, ..Piece::default() };
    // It names an invalid token.
    if event.prompt_progress.is_some() {
        return Ok(piece);
    }
    piece.ids = event.tokens.iter().map(|&token| plain(token)).collect::<Result<_, _>>()?;
    for (choice, probability) in piece.ids.iter_mut().zip(&event.completion_probabilities) {
        *choice = with_probabilities(choice.id, probability)?;
    }
    piece.text = event.content.unwrap_or_default();
    piece.count = event.tokens_predicted;
    piece.end = stop.then_some(if event.stop_type == "limit" { End::Limit } else { End::Model });
    Ok(piece)
}

fn with_probabilities(chosen: TokenId, probability: &Probability) -> Result<Choice, Trouble> {
    let top = probability.top_logprobs.iter().map(|top| Ok((id(top.id)?, top.logprob)));
    Ok(Choice { id: chosen, log_probability: Some(probability.logprob), likeliest: top.collect::<Result<_, _>>()? })
}

fn openai(choice: OpenAiChoice) -> Result<Piece, Trouble> {
    let mut piece = Piece { prompt: choice.prompt_token_ids.map(|ids| ids.len()), ..Piece::default() };
    match &choice.token_ids {
        None => piece.text = choice.text,
        Some(ids) => piece.ids = ids.iter().map(|&token| plain(token)).collect::<Result<_, _>>()?,
    }
    if let Some(logprobs) = &choice.logprobs {
        for (index, choice) in piece.ids.iter_mut().enumerate() {
            choice.log_probability = logprobs.token_logprobs.get(index).copied().flatten();
            let top = logprobs.top_logprobs.as_ref().and_then(|top| top.get(index)?.as_ref());
            // Requested by number, since texts are ambiguous.
            let named =
                |(name, logprob): (&String, &f32)| Some((name.strip_prefix("token_id:")?.parse().ok()?, *logprob));
            let mut likeliest: Vec<(i64, f32)> = top.into_iter().flatten().filter_map(named).collect();
            likeliest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let checked = likeliest.into_iter().map(|(token, logprob)| Ok((id(token)?, logprob)));
            choice.likeliest = checked.collect::<Result<_, _>>()?;
        }
    }
    piece.end = choice.finish_reason.map(|reason| if reason == "length" { End::Limit } else { End::Model });
    Ok(piece)
}

fn ollama(event: Event, done: bool) -> Piece {
    let reason = event.done_reason.as_deref();
    Piece {
        text: event.response.unwrap_or_default(),
        end: done.then_some(if reason == Some("length") { End::Limit } else { End::Model }),
        timings: event.prompt_eval_count.filter(|_| done).map(|prompt_n| ServerTimings {
            cache_n: 0,
            prompt_n,
            prompt_ms: event.prompt_eval_duration as f64 / 1e6,
            predicted_n: event.eval_count,
            predicted_ms: event.eval_duration as f64 / 1e6,
        }),
        ..Piece::default()
    }
}

/// The message of a server's error, `{"error": …}` or its content.
fn message(error: &Value) -> String {
    let text = error.as_str().or_else(|| error.get("message")?.as_str());
    text.map_or_else(|| error.to_string(), str::to_owned).chars().take(LONGEST_MESSAGE).collect()
}

/// The message in the body of a refusal.
#[must_use]
pub fn server_error(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    // vLLM of old and FastAPI have it at the top.
    let error = body.get("error").or_else(|| body.get("detail")).or_else(|| body.get("message"))?;
    Some(message(error)).filter(|message| !message.is_empty())
}

/// Whether a refusal is about a prompt that is too long.
#[must_use]
pub fn is_too_long(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    ["exceed_context_size", "maximum context length", "context size"].iter().any(|words| text.contains(words))
}

/// A request for an answer.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The ids of the prompt, or its text.
    pub prompt: PromptBody<'a>,
    /// Maximum answer length in tokens.
    pub tokens: usize,
    /// The control tokens that end it.
    pub ends: &'a [TokenId],
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// As in [`crate::engine::Job::log_probabilities`].
    pub log_probabilities: Option<u32>,
    /// Whether to stream it.
    pub stream: bool,
}

/// A prompt as a server takes it.
#[derive(Debug, Clone, Copy)]
pub enum PromptBody<'a> {
    /// Tokens.
    Ids(&'a [TokenId]),
    /// Text with markers spelled.
    Text(&'a str),
}

impl PromptBody<'_> {
    fn value(&self) -> Value {
        match self {
            PromptBody::Ids(ids) => json!(ids),
            PromptBody::Text(text) => json!(text),
        }
    }
}

/// The request to llama-server's `/completion`: exactly the sampler chain of the local engine.
#[must_use]
pub fn for_llama_server(ask: &Ask<'_>) -> Value {
    let sampling = &ask.sampling;
    let greedy = sampling.temperature <= 0.0;
    let samplers: &[&str] =
        if greedy { &["penalties", "top_k"] } else { &["penalties", "top_k", "top_p", "min_p", "temperature"] };
    json!({
        "prompt": ask.prompt.value(),
        "n_predict": ask.tokens,
        "stream": ask.stream,
        "return_tokens": true,
        "return_progress": ask.stream,
        "timings_per_token": ask.stream,
        "cache_prompt": true,
        "samplers": samplers,
        "temperature": sampling.temperature,
        "top_k": if greedy { 1 } else { sampling.top_k },
        "top_p": sampling.top_p,
        "min_p": sampling.min_p,
        "repeat_penalty": sampling.repeat_penalty,
        "repeat_last_n": PENALTY_WINDOW,
        "presence_penalty": 0,
        "frequency_penalty": 0,
        "dynatemp_range": 0,
        "mirostat": 0,
        "seed": sampling.seed,
        "n_probs": ask.log_probabilities.map_or(0, |count| count.max(1)),
        "stop": [],
    })
}

/// The request to `/v1/completions`. `extended` adds fields that vLLM understands and others may refuse.
#[must_use]
pub fn for_openai(ask: &Ask<'_>, model: &str, extended: bool) -> Value {
    let sampling = &ask.sampling;
    let mut body = json!({
        "model": model,
        "prompt": ask.prompt.value(),
        "max_tokens": ask.tokens,
        "stream": ask.stream,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
    });
    if let (Some(fields), true) = (body.as_object_mut(), extended) {
        let more = json!({
            "top_k": if sampling.top_k == 0 { -1 } else { sampling.top_k },
            "min_p": sampling.min_p,
            "repetition_penalty": sampling.repeat_penalty,
            "stop_token_ids": ask.ends,
            "add_special_tokens": false,
            "return_token_ids": true,
            "return_tokens_as_token_ids": true,
        });
        fields.extend(more.as_object().cloned().unwrap_or_default());
        if let Some(count) = ask.log_probabilities {
            fields.insert("logprobs".to_owned(), json!(count.max(1)));
        }
    }
    body
}

/// The request to `/api/generate`, with a context of `context` tokens.
#[must_use]
pub fn for_ollama(ask: &Ask<'_>, model: &str, context: u32) -> Value {
    let sampling = &ask.sampling;
    json!({
        "model": model,
        "prompt": ask.prompt.value(),
        "raw": true,
        "stream": ask.stream,
        "options": {
            "num_predict": ask.tokens,
            // Without it, a long prompt is silently truncated.
            "num_ctx": context,
            "temperature": sampling.temperature,
            "top_k": if sampling.temperature <= 0.0 { 1 } else { sampling.top_k },
            "top_p": sampling.top_p,
            "min_p": sampling.min_p,
            "repeat_penalty": sampling.repeat_penalty,
            "repeat_last_n": PENALTY_WINDOW,
            "seed": sampling.seed,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &mut LineBuffer, chunk: &[u8]) -> Vec<String> {
        let payloads = lines.push(chunk, Framing::Events).expect("a stream");
        payloads.into_iter().map(|payload| String::from_utf8(payload).expect("text")).collect()
    }

    #[test]
    fn events_come_in_any_pieces() {
        let stream = "data: {\"a\":\"é\"}\r\n\r\n: ping\nevent: x\ndata:{\"b\":1}\n\ndata: [DONE]\n\n".as_bytes();
        for size in 1..stream.len() {
            let mut lines = LineBuffer::default();
            let found: Vec<_> = stream.chunks(size).flat_map(|chunk| texts(&mut lines, chunk)).collect();
            assert_eq!(found, ["{\"a\":\"é\"}", "{\"b\":1}", "[DONE]"], "in pieces of {size}");
        }
        let mut lines = LineBuffer::default();
        assert!(texts(&mut lines, b"data: {\"a\":1}").is_empty());
        assert_eq!(lines.rest(Framing::Events), Ok(vec![b"{\"a\":1}".to_vec()]));
        assert!(texts(&mut lines, b"data: {\"a\":").is_empty());
        assert_eq!(lines.rest(Framing::Events), Ok(Vec::new()));
        let page = LineBuffer::default().push(b"<html>\n", Framing::Events);
        assert_eq!(page, Err("the answer is a web page".to_owned()));
        assert!(LineBuffer::default().push(&vec![b'a'; LONGEST_LINE + 1], Framing::Lines).is_err());
    }

    fn ids(piece: &Piece) -> Vec<TokenId> {
        piece.ids.iter().map(|choice| choice.id).collect()
    }

    #[test]
    fn pieces_of_all_kinds() {
        let piece = parse(
            br#"{"content":"b","tokens":[65],"stop":false,"tokens_predicted":3,"tokens_evaluated":7,
            "completion_probabilities":[{"id":65,"logprob":-0.5,"top_logprobs":[{"id":65,"logprob":-0.5}]}]}"#,
        );
        let piece = piece.expect("a piece");
        assert_eq!((ids(&piece), piece.text.as_str(), piece.count, piece.prompt), (vec![65], "b", Some(3), Some(7)));
        assert_eq!((piece.ids[0].log_probability, &piece.ids[0].likeliest), (Some(-0.5), &vec![(65, -0.5)]));
        let progress = parse(br#"{"content":"","tokens":[0],"stop":false,"prompt_progress":{"total":7}}"#);
        assert!(progress.is_ok_and(|piece| piece.ids.is_empty() && piece.end.is_none()));
        let end = parse(br#"{"content":"","tokens":[],"stop":true,"stop_type":"limit","tokens_predicted":3}"#);
        assert_eq!(end.expect("an end").end, Some(End::Limit));

        let piece = parse(
            br#"{"choices":[{"text":"xy","token_ids":[88,89],"finish_reason":null,
            "logprobs":{"token_logprobs":[-1.0,null],"top_logprobs":[{"token_id:3":-2.0,"token_id:88":-1.0},null]}}]}"#,
        );
        let piece = piece.expect("a piece");
        assert_eq!((ids(&piece), piece.text.as_str(), piece.end), (vec![88, 89], "", None));
        assert_eq!(piece.ids[0].likeliest, [(88, -1.0), (3, -2.0)]);
        let piece = parse(br#"{"choices":[{"text":"xy","finish_reason":"length"}]}"#).expect("a piece");
        assert_eq!((piece.text.as_str(), piece.end), ("xy", Some(End::Limit)));
        assert_eq!(parse(br#"{"choices":[],"usage":{"prompt_tokens":3}}"#), Ok(Piece::default()));
        assert_eq!(parse(b"[DONE]").expect("an end").end, Some(End::Model));

        let piece = parse(br#"{"model":"m","response":"z","done":false}"#).expect("a piece");
        assert_eq!((piece.text.as_str(), piece.end), ("z", None));
        let end =
            parse(br#"{"response":"","done":true,"done_reason":"stop","prompt_eval_count":4,"eval_duration":2000000}"#);
        let end = end.expect("an end");
        assert_eq!((end.end, end.timings.map(|timings| timings.predicted_ms)), (Some(End::Model), Some(2.0)));
    }

    #[test]
    fn what_is_no_piece() {
        let strange = |payload: &[u8]| match parse(payload) {
            Err(Trouble::Strange(why)) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(strange(b"{\"content\":\"\xFF\"}"), "it sent data that is not UTF-8");
        assert_eq!(strange(b"{\"hello\":1}"), "it sent an unknown event");
        for token in ["-1", "102400", "99999999999"] {
            let why = strange(format!("{{\"content\":\"\",\"tokens\":[{token}],\"stop\":false}}").as_bytes());
            assert_eq!(why, format!("it returned the token {token}, which DeepSeek Coder does not have"));
        }
        let said = parse(br#"{"error":{"code":500,"message":"out of memory"}}"#);
        assert_eq!(said, Err(Trouble::Server("out of memory".to_owned())));
        assert_eq!(server_error(br#"{"detail":"no"}"#).as_deref(), Some("no"));
        assert!(is_too_long(br#"{"error":{"type":"exceed_context_size_error"}}"#) && !is_too_long(b"{}"));
    }
}
