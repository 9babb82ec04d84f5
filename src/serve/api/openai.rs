//! OpenAI's completions and chat, with the `suffix` of DeepSeek's beta, and Mistral's fill-in-the-middle.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::{Error, Kind, Result};
use crate::serve::api::llama::{Own, data, prompt_of};
use crate::serve::api::{self, Dialect, Letters, Texts, Whole, ask, collect, limit, nullable, parse};
use crate::serve::http::{self, Format, Reply};
use crate::serve::queue::{Ended, Event};
use crate::serve::request::{Gap, Message, Prompt, Request, Role};
use crate::serve::service::{Service, now};
use crate::shape::finish::Finish;

/// Maximum number of answers to one request.
const MAX_ANSWERS: usize = 8;

/// The fields of all requests.
#[derive(Debug, Deserialize)]
struct Fields {
    #[serde(default, alias = "max_completion_tokens")]
    max_tokens: Option<i64>,
    n: Option<i64>,
    stop: Option<Texts>,
    temperature: Option<f32>,
    top_k: Option<i32>,
    top_p: Option<f32>,
    min_p: Option<f32>,
    #[serde(alias = "repetition_penalty")]
    repeat_penalty: Option<f32>,
    #[serde(alias = "random_seed")]
    seed: Option<i64>,
    #[serde(default, deserialize_with = "nullable")]
    stream: bool,
    #[serde(default, deserialize_with = "nullable")]
    stream_options: StreamOptions,
    #[serde(default, deserialize_with = "nullable")]
    echo: bool,
    #[serde(default, deserialize_with = "nullable")]
    dscoder: Own,
}

#[derive(Debug, Default, Deserialize)]
struct StreamOptions {
    #[serde(default, deserialize_with = "nullable")]
    include_usage: bool,
}

impl Fields {
    fn request(&self, prompt: Prompt) -> Request {
        Request {
            max_tokens: limit(self.max_tokens),
            is_warm_up: self.max_tokens == Some(0),
            stop: Texts::list(self.stop.clone()),
            raw: self.dscoder.raw,
            count: limit(self.n).unwrap_or(1).clamp(1, MAX_ANSWERS),
            temperature: self.temperature.filter(|number| number.is_finite()),
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            repeat_penalty: self.repeat_penalty.filter(|&penalty| penalty > 0.0),
            seed: self.seed.and_then(|seed| u32::try_from(seed).ok()),
            ..Request::new(prompt)
        }
    }
}

#[derive(Debug, Deserialize)]
struct Completions {
    prompt: Value,
    suffix: Option<String>,
    #[serde(flatten)]
    fields: Fields,
}

/// `/v1/completions`, and `/beta/completions` of DeepSeek.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn completions(body: &[u8], service: &Arc<Service>) -> Result<Response<Reply>> {
    let Completions { prompt, suffix, fields } = parse(body)?;
    let echoed = prompt.as_str().filter(|_| fields.echo).map(str::to_owned);
    let prompt = match (prompt, suffix) {
        (Value::String(prefix), Some(suffix)) => Prompt::Gap(Gap { prefix, suffix, ..Gap::default() }),
        (_, Some(_)) => return Err(Error::new(Kind::Data, "\"prompt\" with \"suffix\" must be a text", "")),
        (prompt, None) => prompt_of(prompt)?,
    };
    respond(prompt, &fields, Form::Text, echoed, service).await
}

#[derive(Debug, Deserialize)]
struct Fim {
    prompt: String,
    #[serde(default, deserialize_with = "nullable")]
    suffix: String,
    #[serde(flatten)]
    fields: Fields,
}

/// `/v1/fim/completions` of Mistral.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn fim(body: &[u8], service: &Arc<Service>) -> Result<Response<Reply>> {
    let Fim { prompt, suffix, fields } = parse(body)?;
    let gap = Prompt::Gap(Gap { prefix: prompt, suffix, ..Gap::default() });
    respond(gap, &fields, Form::Chat, None, service).await
}

#[derive(Debug, Deserialize)]
struct Chat {
    messages: Vec<ChatMessage>,
    #[serde(flatten)]
    fields: Fields,
}

/// A message, in the form of OpenAI, Ollama and all others.
#[derive(Debug, Deserialize)]
pub struct ChatMessage {
    role: String,
    #[serde(default, deserialize_with = "nullable")]
    content: Content,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

impl Default for Content {
    fn default() -> Content {
        Content::Text(String::new())
    }
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(default, deserialize_with = "nullable")]
    text: String,
}

/// The conversation of a request.
///
/// # Errors
/// [`Kind::Data`] if a message has an unknown role, or there is none.
pub fn conversation(messages: Vec<ChatMessage>) -> Result<Vec<Message>> {
    let refuse = |why: &str| Error::new(Kind::Data, "\"messages\" cannot be used", why);
    if messages.is_empty() {
        return Err(refuse("there are none"));
    }
    let one = |message: ChatMessage| {
        let role = match message.role.as_str() {
            "system" | "developer" => Role::System,
            "user" | "tool" | "function" => Role::User,
            "assistant" => Role::Assistant,
            _ => return Err(refuse("a role is not system, user or assistant")),
        };
        let text = match message.content {
            Content::Text(text) => text,
            Content::Parts(parts) => parts.into_iter().map(|part| part.text).collect::<Vec<_>>().join("\n"),
        };
        Ok(Message { role, text })
    };
    messages.into_iter().map(one).collect()
}

/// `/v1/chat/completions`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn chat(body: &[u8], service: &Arc<Service>) -> Result<Response<Reply>> {
    let Chat { messages, fields } = parse(body)?;
    respond(Prompt::Chat(conversation(messages)?), &fields, Form::Chat, None, service).await
}

/// How a choice looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// It has a text.
    Text,
    /// It has a message.
    Chat,
}

async fn respond(
    prompt: Prompt,
    fields: &Fields,
    form: Form,
    echoed: Option<String>,
    service: &Arc<Service>,
) -> Result<Response<Reply>> {
    if matches!(prompt, Prompt::Gap(_)) {
        service.can_fill()?;
    }
    let request = fields.request(prompt);
    let asked = ask(&request, service)?;
    let look = Look {
        form,
        id: identifier(form),
        created: now(),
        model: service.name.clone(),
        has_usage: fields.stream_options.include_usage,
        echoed,
    };
    if fields.stream {
        return Ok(http::stream("text/event-stream", asked.events, look.format(request.count), "data: [DONE]\n\n"));
    }
    Ok(http::json(200, &look.whole(&collect(asked).await?)))
}

/// A new identifier of an answer.
fn identifier(form: Form) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let kind = if form == Form::Text { "cmpl" } else { "chatcmpl" };
    format!("{kind}-{:x}-{}", now(), NEXT.fetch_add(1, Ordering::Relaxed))
}

struct Look {
    form: Form,
    id: String,
    created: u64,
    model: String,
    has_usage: bool,
    echoed: Option<String>,
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

impl Look {
    fn object(&self, is_chunk: bool, choices: Value) -> Value {
        let object = match (self.form, is_chunk) {
            (Form::Text, _) => "text_completion",
            (Form::Chat, true) => "chat.completion.chunk",
            (Form::Chat, false) => "chat.completion",
        };
        json!({"id": self.id, "object": object, "created": self.created, "model": self.model, "choices": choices})
    }

    fn whole(&self, answers: &[Whole]) -> Value {
        let choices: Vec<Value> = answers
            .iter()
            .enumerate()
            .map(|(index, answer)| {
                let text = format!("{}{}", self.echoed.as_deref().unwrap_or_default(), answer.text);
                let reason = reason(answer.ended.finish);
                match self.form {
                    Form::Text => json!({"index": index, "text": text, "logprobs": null, "finish_reason": reason}),
                    Form::Chat => json!({
                        "index": index,
                        "message": {"role": "assistant", "content": text},
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

    fn chunk(&self, index: usize, text: &str, is_first: bool, reason: Option<&str>) -> Value {
        let choice = match self.form {
            Form::Text => json!({"index": index, "text": text, "logprobs": null, "finish_reason": reason}),
            Form::Chat => {
                let mut delta = json!({"content": text});
                if let (Some(object), true) = (delta.as_object_mut(), is_first) {
                    object.insert("role".to_owned(), json!("assistant"));
                }
                json!({"index": index, "delta": delta, "finish_reason": reason})
            }
        };
        self.object(true, json!([choice]))
    }

    fn format(self, count: usize) -> Format {
        let mut letters = vec![Letters::default(); count];
        let mut is_first = vec![true; count];
        let mut ended = Vec::new();
        Box::new(move |index, event| match event {
            Event::Token { text, .. } => {
                let mut text = letters[index].push(&text);
                if is_first[index] {
                    text.insert_str(0, self.echoed.as_deref().unwrap_or_default());
                }
                if text.is_empty() {
                    return Vec::new();
                }
                let first = std::mem::replace(&mut is_first[index], false);
                data(&self.chunk(index, &text, first, None))
            }
            Event::End(end) => {
                let rest = letters[index].finish();
                let first = std::mem::replace(&mut is_first[index], false);
                let mut bytes = data(&self.chunk(index, &rest, first, Some(reason(end.finish))));
                ended.push(end);
                if self.has_usage && ended.len() == count {
                    let mut last = self.object(true, json!([]));
                    if let Some(object) = last.as_object_mut() {
                        object.insert("usage".to_owned(), usage(&ended));
                    }
                    bytes.extend(data(&last));
                }
                bytes
            }
            Event::Failed(error) => data(&Dialect::Object.body(500, &api::words(&error))),
        })
    }
}

/// `/v1/models`. Some clients ask only a model whose name begins with deepseek-coder.
#[must_use]
pub fn models(service: &Service) -> Response<Reply> {
    let one = |id: &str| {
        json!({
            "id": id,
            "object": "model",
            "created": service.created,
            "owned_by": "dscoder",
            "meta": {"n_ctx": service.capacity, "n_ctx_train": service.source.context()},
        })
    };
    http::json(200, &json!({"object": "list", "data": [one(&service.name), one("deepseek-coder")]}))
}
