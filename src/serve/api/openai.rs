//! OpenAI's completions and chat, with the `suffix` of DeepSeek's beta, and Mistral's fill-in-the-middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::Response;
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use crate::engine::Choice;
use crate::error::{Error, Result};
use crate::serve::api::fields::{Fields, missing, unusable};
use crate::serve::api::llama::prompt;
use crate::serve::api::{self, Dialect, Letters, Whole, ask, collect, data, tabby};
use crate::serve::queue::{Ended, Event};
use crate::serve::reply::{self, Format, Reply};
use crate::serve::request::{Gap, Message, Prompt, Request, Role};
use crate::serve::service::{Service, now};
use crate::shape::finish::Finish;
use crate::vocabulary::Vocabulary;

/// Log probabilities of at most this many of the likeliest tokens.
const MAX_LIKELIEST: i64 = 20;

/// `/v1/completions`, and `/beta/completions` of DeepSeek. Tabby's agents use the same path.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn completions(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let (request, wanted) = api::take(body, |body| {
        let fields = Fields::read(body)?;
        if fields.has("segments") {
            return Ok((tabby::read(fields)?, None));
        }
        read_completions(fields).map(|(request, wanted)| (request, Some(wanted)))
    })
    .await?;
    match wanted {
        Some(wanted) => respond(request, wanted, service).await,
        None => tabby::completions(request, service).await,
    }
}

/// What `/v1/completions` is asked.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be used.
pub fn read_completions(mut fields: Fields) -> Result<(Request, Wanted)> {
    let echoed = if fields.flag("echo")? { fields.copy("prompt") } else { None };
    let prompt = match fields.text("suffix")? {
        Some(suffix) => {
            let prefix = fields.text("prompt")?.ok_or_else(|| missing("prompt"))?;
            Prompt::Gap(Gap { prefix, suffix, ..Gap::default() })
        }
        None => prompt(&mut fields)?,
    };
    let likeliest = fields.whole(&["logprobs"])?.map(|count| count.clamp(0, MAX_LIKELIEST) as u32);
    read(prompt, fields, Wanted { echoed: echoed.unwrap_or_default(), ..Wanted::new(Form::Text, likeliest) })
}

/// `/v1/fim/completions` of Mistral.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn fim(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let (request, wanted) = api::take(body, |body| read_fim(Fields::read(body)?)).await?;
    respond(request, wanted, service).await
}

/// What `/v1/fim/completions` is asked.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be used.
pub fn read_fim(mut fields: Fields) -> Result<(Request, Wanted)> {
    let prefix = fields.text("prompt")?.ok_or_else(|| missing("prompt"))?;
    let suffix = fields.text("suffix")?.unwrap_or_default();
    read(Prompt::Gap(Gap { prefix, suffix, ..Gap::default() }), fields, Wanted::new(Form::Chat, None))
}

/// `/v1/chat/completions`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn chat(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let (request, wanted) = api::take(body, |body| read_chat(Fields::read(body)?)).await?;
    respond(request, wanted, service).await
}

/// What `/v1/chat/completions` is asked.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be used.
pub fn read_chat(mut fields: Fields) -> Result<(Request, Wanted)> {
    let prompt = Prompt::Chat(conversation(&mut fields)?);
    let likeliest = fields.whole(&["top_logprobs"])?.unwrap_or(0).clamp(0, MAX_LIKELIEST) as u32;
    let likeliest = fields.flag("logprobs")?.then_some(likeliest);
    read(prompt, fields, Wanted::new(Form::Chat, likeliest))
}

/// Takes the conversation of a request, in the form of OpenAI, Ollama and all others.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if there is none, or if a message has an unknown role or more than text.
pub fn conversation(fields: &mut Fields) -> Result<Vec<Message>> {
    let messages: Vec<Message> = fields.objects("messages")?.iter_mut().map(message).collect::<Result<_>>()?;
    if messages.is_empty() {
        return Err(missing("messages"));
    }
    Ok(messages)
}

fn message(fields: &mut Fields) -> Result<Message> {
    let role = match fields.text("role")?.as_deref() {
        Some("system" | "developer") => Role::System,
        Some("user" | "tool" | "function") => Role::User,
        Some("assistant") => Role::Assistant,
        _ => return Err(unusable("role", "it must be system, user or assistant")),
    };
    let no_picture = || unusable("messages", "the model reads only text");
    if !fields.texts("images")?.unwrap_or_default().is_empty() {
        return Err(no_picture());
    }
    let text = match fields.any("content") {
        None => String::new(),
        Some(Value::String(text)) => text,
        Some(Value::Array(parts)) => {
            let part = |part: Value| match part {
                Value::String(text) => Ok(text),
                Value::Object(mut part) => match part.remove("text") {
                    Some(Value::String(text)) => Ok(text),
                    _ => Err(no_picture()),
                },
                _ => Err(unusable("content", "it must be a text or a list of texts")),
            };
            parts.into_iter().map(part).collect::<Result<Vec<_>>>()?.join("\n")
        }
        Some(_) => return Err(unusable("content", "it must be a text or a list of texts")),
    };
    Ok(Message { role, text })
}

/// How a choice looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It has a text.
    Text,
    /// It has a message.
    Chat,
}

/// How a client wants the answer.
#[derive(Debug)]
pub struct Wanted {
    form: Form,
    is_stream: bool,
    has_usage: bool,
    likeliest: Option<u32>,
    /// The prompt, where it is wanted again before the answer.
    echoed: String,
}

impl Wanted {
    fn new(form: Form, likeliest: Option<u32>) -> Wanted {
        Wanted { form, is_stream: false, has_usage: false, likeliest, echoed: String::new() }
    }
}

/// Takes what all of them share.
fn read(prompt: Prompt, mut fields: Fields, wanted: Wanted) -> Result<(Request, Wanted)> {
    let request = Request {
        count: api::count(&mut fields, &["n"])?,
        log_probabilities: wanted.likeliest,
        ..api::request(&mut fields, &["max_completion_tokens", "max_tokens"], prompt)?
    };
    let is_stream = fields.flag("stream")?;
    let has_usage = fields.object("stream_options")?.flag("include_usage")?;
    Ok((request, Wanted { is_stream, has_usage, ..wanted }))
}

async fn respond(request: Request, wanted: Wanted, service: &Arc<Service>) -> Result<Response<Reply>> {
    if matches!(request.prompt, Prompt::Gap(_)) {
        service.can_fill()?;
    }
    let count = request.count;
    let asked = ask(request, service).await?;
    let is_stream = wanted.is_stream;
    let look = Look {
        id: identifier(wanted.form),
        created: now(),
        model: service.name.clone(),
        wanted,
        service: Arc::clone(service),
    };
    if is_stream {
        return Ok(reply::stream("text/event-stream", asked.events, look.format(count), "data: [DONE]\n\n"));
    }
    let answers = collect(asked).await?;
    let has_probabilities = look.wanted.likeliest.is_some();
    let encode = move || look.whole(&answers).to_string();
    let json = if has_probabilities { api::beside(encode).await? } else { encode() };
    Ok(reply::encoded(200, json))
}

/// A new identifier of an answer.
fn identifier(form: Form) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let kind = if form == Form::Text { "cmpl" } else { "chatcmpl" };
    format!("{kind}-{:x}-{}", now(), NEXT.fetch_add(1, Ordering::Relaxed))
}

struct Look {
    id: String,
    created: u64,
    model: String,
    wanted: Wanted,
    service: Arc<Service>,
}

fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::MaxTokens | Finish::Deadline => "length",
        _ => "stop",
    }
}

fn usage(ended: &[Ended]) -> Value {
    let prompt = ended.first().map_or(0, |ended| ended.prompt);
    let reused = ended.first().map_or(0, |ended| ended.reused);
    let answers: usize = ended.iter().map(|ended| ended.tokens).sum();
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": answers,
        "total_tokens": prompt + answers,
        "prompt_tokens_details": {"cached_tokens": reused},
    })
}

/// What a chunk of a stream is about.
struct Chunk<'a> {
    index: usize,
    text: &'a str,
    choices: &'a [Choice],
    /// Characters of this answer before it.
    offset: usize,
    is_first: bool,
    reason: Option<&'static str>,
}

impl Look {
    fn object(&self, is_chunk: bool, choices: Value) -> Value {
        let object = match (self.wanted.form, is_chunk) {
            (Form::Text, _) => "text_completion",
            (Form::Chat, true) => "chat.completion.chunk",
            (Form::Chat, false) => "chat.completion",
        };
        json!({"id": self.id, "object": object, "created": self.created, "model": self.model, "choices": choices})
    }

    /// The log probabilities of tokens, the first of them this many characters behind the beginning.
    fn probabilities(&self, choices: &[Choice], offset: usize) -> Value {
        // OpenAI does not count the control token at the end.
        let controls = self.service.source.vocabulary().controls();
        let is_end = |last: &Choice| controls.is_control(last.id);
        let choices = choices.split_last().filter(|(last, _)| is_end(last)).map_or(choices, |(_, rest)| rest);
        if self.wanted.likeliest.is_none() {
            return Value::Null;
        }
        let vocabulary = self.service.source.vocabulary();
        match self.wanted.form {
            Form::Chat => {
                let one = |id, logprob: Option<f32>| json!({"token": api::token(vocabulary, id), "bytes": vocabulary.bytes(id), "logprob": logprob});
                let all = choices.iter().map(|choice| {
                    let mut value = one(choice.id, choice.log_probability);
                    let top: Vec<_> = choice.likeliest.iter().map(|&(id, logprob)| one(id, Some(logprob))).collect();
                    if let Some(object) = value.as_object_mut() {
                        object.insert("top_logprobs".to_owned(), json!(top));
                    }
                    value
                });
                json!({"content": all.collect::<Vec<_>>()})
            }
            Form::Text => columns(choices, vocabulary, offset),
        }
    }

    fn whole(&self, answers: &[Whole]) -> Value {
        let choices: Vec<Value> = answers
            .iter()
            .enumerate()
            .map(|(index, answer)| {
                let reason = reason(answer.ended.finish);
                let logprobs = self.probabilities(&answer.choices, self.wanted.echoed.chars().count());
                match self.wanted.form {
                    Form::Text => json!({
                        "index": index,
                        "text": format!("{}{}", self.wanted.echoed, answer.text),
                        "logprobs": logprobs,
                        "finish_reason": reason,
                    }),
                    Form::Chat => json!({
                        "index": index,
                        "message": {"role": "assistant", "content": answer.text},
                        "logprobs": logprobs,
                        "finish_reason": reason,
                    }),
                }
            })
            .collect();
        let mut value = self.object(false, json!(choices));
        let ended: Vec<Ended> = answers.iter().map(|answer| answer.ended).collect();
        if let Some(object) = value.as_object_mut() {
            object.insert("usage".to_owned(), usage(&ended));
        }
        value
    }

    fn chunk(&self, chunk: &Chunk<'_>) -> Value {
        let Chunk { index, text, choices, offset, is_first, reason } = *chunk;
        let logprobs = if choices.is_empty() { Value::Null } else { self.probabilities(choices, offset) };
        let choice = match self.wanted.form {
            Form::Text => json!({"index": index, "text": text, "logprobs": logprobs, "finish_reason": reason}),
            Form::Chat => {
                let mut delta = json!({"content": text});
                if let (Some(object), true) = (delta.as_object_mut(), is_first) {
                    object.insert("role".to_owned(), json!("assistant"));
                }
                json!({"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": reason})
            }
        };
        self.object(true, json!([choice]))
    }

    fn format(self, count: usize) -> Format {
        let mut streams: Vec<Stream> = vec![Stream::default(); count];
        let mut ended = Vec::new();
        Box::new(move |index, event| match event {
            Event::Token { choice, text, .. } => {
                let stream = &mut streams[index];
                stream.choices.extend(choice.filter(|_| self.wanted.likeliest.is_some()));
                let text = stream.letters.push(&text);
                if text.is_empty() { Vec::new() } else { stream.send(&self, index, text, None) }
            }
            Event::End(end) => {
                let stream = &mut streams[index];
                let rest = stream.letters.finish();
                let mut bytes = stream.send(&self, index, rest, Some(reason(end.finish)));
                ended.push(end);
                if self.wanted.has_usage && ended.len() == count {
                    let mut last = self.object(true, json!([]));
                    if let Some(object) = last.as_object_mut() {
                        object.insert("usage".to_owned(), usage(&ended));
                    }
                    bytes.extend(api::data(&last));
                }
                bytes
            }
            Event::Failed(error) => failed(&error),
        })
    }
}

/// A failure in the middle of a stream.
fn failed(error: &Error) -> Vec<u8> {
    data(&Dialect::Object.body(500, &api::words(error)))
}

/// Log probabilities in the form of completions: a list for each kind of value.
fn columns(choices: &[Choice], vocabulary: &dyn Vocabulary, mut offset: usize) -> Value {
    let (mut tokens, mut logprobs, mut top, mut offsets) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for choice in choices {
        let token = api::token(vocabulary, choice.id);
        offsets.push(offset);
        offset += token.chars().count();
        tokens.push(token);
        logprobs.push(choice.log_probability);
        let likeliest = choice.likeliest.iter();
        top.push(likeliest.map(|&(id, logprob)| (api::token(vocabulary, id), json!(logprob))).collect::<Map<_, _>>());
    }
    json!({"tokens": tokens, "token_logprobs": logprobs, "top_logprobs": top, "text_offset": offsets})
}

/// What was sent of an answer.
#[derive(Clone, Default)]
struct Stream {
    letters: Letters,
    /// Tokens whose text is not sent yet.
    choices: Vec<Choice>,
    /// Characters of the tokens that were sent.
    offset: usize,
    has_begun: bool,
}

impl Stream {
    fn send(&mut self, look: &Look, index: usize, mut text: String, reason: Option<&'static str>) -> Vec<u8> {
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        if is_first {
            text.insert_str(0, &look.wanted.echoed);
            self.offset = look.wanted.echoed.chars().count();
        }
        let choices = std::mem::take(&mut self.choices);
        let value = look.chunk(&Chunk { index, text: &text, choices: &choices, offset: self.offset, is_first, reason });
        let vocabulary = look.service.source.vocabulary();
        self.offset += choices.iter().map(|choice| api::token(vocabulary, choice.id).chars().count()).sum::<usize>();
        data(&value)
    }
}

/// `/v1/models`. Some clients ask only a model whose name begins with deepseek-coder.
#[must_use]
pub fn models(service: &Service) -> Response<Reply> {
    let all = [about(&service.name, service), about(GENERIC, service)];
    reply::json(200, &json!({"object": "list", "data": all}))
}

/// The name that stands for any model.
const GENERIC: &str = "deepseek-coder";

/// `/v1/models/NAME`.
#[must_use]
pub fn model(name: &str, service: &Service) -> Response<Reply> {
    if name == service.name || name == GENERIC {
        return reply::json(200, &about(name, service));
    }
    Dialect::Object.error(404, &format!("there is no such model; this server has {}", service.name))
}

fn about(name: &str, service: &Service) -> Value {
    json!({
        "id": name,
        "object": "model",
        "created": service.created,
        "owned_by": "dscoder",
        "meta": {"n_ctx": service.capacity, "n_ctx_train": service.source.context()},
    })
}
