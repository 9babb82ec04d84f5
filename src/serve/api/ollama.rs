//! Ollama's server: `/api/generate`, `/api/chat`, `/api/tags`, `/api/show`, `/api/version`.

use std::sync::Arc;

use hyper::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Result;
use crate::serve::api::openai::{ChatMessage, conversation};
use crate::serve::api::{self, Letters, Texts, Whole, ask, collect, limit, nullable, parse};
use crate::serve::http::{self, Format, Reply};
use crate::serve::queue::{Ended, Event};
use crate::serve::request::{Gap, Prompt, Request};
use crate::serve::service::{Service, now};
use crate::shape::finish::Finish;

/// The version of Ollama whose protocol this is.
const VERSION: &str = "0.12.0";
/// A template with a suffix: clients look for it to learn that the model fills gaps.
const TEMPLATE: &str = "{{- if .Suffix }}<｜fim▁begin｜>{{ .Prompt }}<｜fim▁hole｜>{{ .Suffix }}<｜fim▁end｜>{{ else }}{{ .Prompt }}{{ end }}";

#[derive(Debug, Deserialize)]
struct Generate {
    #[serde(default, deserialize_with = "nullable")]
    prompt: String,
    suffix: Option<String>,
    system: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    raw: bool,
    #[serde(flatten)]
    fields: Fields,
}

#[derive(Debug, Deserialize)]
struct Chat {
    #[serde(default, deserialize_with = "nullable")]
    messages: Vec<ChatMessage>,
    #[serde(flatten)]
    fields: Fields,
}

#[derive(Debug, Deserialize)]
struct Fields {
    model: Option<String>,
    /// True where it is missing.
    stream: Option<bool>,
    #[serde(default, deserialize_with = "nullable")]
    options: Options,
    /// One client sends it beside the options.
    stop: Option<Texts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Options {
    num_predict: Option<i64>,
    stop: Option<Texts>,
    temperature: Option<f32>,
    top_k: Option<i32>,
    top_p: Option<f32>,
    min_p: Option<f32>,
    repeat_penalty: Option<f32>,
    seed: Option<i64>,
}

impl Fields {
    fn request(&self, prompt: Prompt) -> Request {
        let options = &self.options;
        Request {
            max_tokens: limit(options.num_predict),
            is_warm_up: options.num_predict == Some(0),
            stop: Texts::list(options.stop.clone().or_else(|| self.stop.clone())),
            temperature: options.temperature.filter(|number| number.is_finite()),
            top_k: options.top_k,
            top_p: options.top_p,
            min_p: options.min_p,
            repeat_penalty: options.repeat_penalty.filter(|&penalty| penalty > 0.0),
            seed: options.seed.and_then(|seed| u32::try_from(seed).ok()),
            ..Request::new(prompt)
        }
    }
}

/// `/api/generate`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn generate(body: &[u8], service: &Arc<Service>) -> Result<Response<Reply>> {
    let Generate { prompt, suffix, system, raw, fields } = parse(body)?;
    let prompt = match suffix.filter(|suffix| !suffix.is_empty()) {
        Some(suffix) => Prompt::Gap(Gap { prefix: prompt, suffix, ..Gap::default() }),
        // To load the model, which is loaded.
        None if prompt.is_empty() => return Ok(http::json(200, &loaded(service, &fields))),
        None => match Request::spelled(prompt) {
            Prompt::Text(text) if !raw && service.is_instruct() => Prompt::Chat(question(system, text)),
            prompt => prompt,
        },
    };
    respond(prompt, &fields, Form::Response, service).await
}

/// A question of its own.
fn question(system: Option<String>, text: String) -> Vec<crate::serve::request::Message> {
    use crate::serve::request::{Message, Role};
    let system = system.map(|text| Message { role: Role::System, text });
    system.into_iter().chain([Message { role: Role::User, text }]).collect()
}

/// `/api/chat`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn chat(body: &[u8], service: &Arc<Service>) -> Result<Response<Reply>> {
    let Chat { messages, fields } = parse(body)?;
    if messages.is_empty() {
        return Ok(http::json(200, &loaded(service, &fields)));
    }
    respond(Prompt::Chat(conversation(messages)?), &fields, Form::Message, service).await
}

fn loaded(service: &Service, fields: &Fields) -> Value {
    json!({
        "model": name(service, fields), "created_at": time(), "response": "", "done": true, "done_reason": "load",
    })
}

/// Answers carry the name that was asked for.
fn name(service: &Service, fields: &Fields) -> String {
    fields.model.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| service.name.clone())
}

/// How a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Response,
    Message,
}

async fn respond(prompt: Prompt, fields: &Fields, form: Form, service: &Arc<Service>) -> Result<Response<Reply>> {
    if matches!(prompt, Prompt::Gap(_)) {
        service.can_fill()?;
    }
    let asked = ask(&fields.request(prompt), service)?;
    let look = Look { form, model: name(service, fields) };
    if fields.stream.unwrap_or(true) {
        return Ok(http::stream("application/x-ndjson", asked.events, look.format(), ""));
    }
    let answers = collect(asked).await?;
    let Some(Whole { text, ended, .. }) = answers.first() else { return Ok(http::json(200, &json!({}))) };
    Ok(http::json(200, &look.end(text, ended)))
}

struct Look {
    form: Form,
    model: String,
}

impl Look {
    fn piece(&self, text: &str) -> Value {
        let mut value = json!({"model": self.model, "created_at": time(), "done": false});
        if let Some(object) = value.as_object_mut() {
            match self.form {
                Form::Response => object.insert("response".to_owned(), json!(text)),
                Form::Message => object.insert("message".to_owned(), json!({"role": "assistant", "content": text})),
            };
        }
        value
    }

    fn end(&self, text: &str, ended: &Ended) -> Value {
        let mut value = self.piece(text);
        let nanos = |time: std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let reason = if matches!(ended.finish, Finish::MaxTokens | Finish::Deadline) { "length" } else { "stop" };
        let more = json!({
            "done": true,
            "done_reason": reason,
            "total_duration": nanos(ended.queued + ended.prefill + ended.decode),
            "load_duration": 0,
            "prompt_eval_count": ended.prompt,
            "prompt_eval_duration": nanos(ended.prefill),
            "eval_count": ended.tokens,
            "eval_duration": nanos(ended.decode),
        });
        if let (Some(object), Value::Object(more)) = (value.as_object_mut(), more) {
            object.extend(more);
        }
        value
    }

    fn format(self) -> Format {
        let mut letters = Letters::default();
        Box::new(move |_, event| {
            let value = match event {
                Event::Token { text, .. } => {
                    let text = letters.push(&text);
                    if text.is_empty() {
                        return Vec::new();
                    }
                    self.piece(&text)
                }
                Event::End(ended) => self.end(&letters.finish(), &ended),
                Event::Failed(error) => json!({"error": api::words(&error)}),
            };
            format!("{value}\n").into_bytes()
        })
    }
}

/// Now, as RFC 3339 has it.
fn time() -> String {
    let seconds = now();
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Civil from days: years begin in March, eras have 400 years.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + u64::from(month < 3);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// `/api/version`.
#[must_use]
pub fn version() -> Response<Reply> {
    http::json(200, &json!({"version": VERSION}))
}

fn details(service: &Service) -> Value {
    json!({"format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "", "quantization_level": "", "parent_model": "",
           "model": service.name})
}

/// `/api/tags`.
#[must_use]
pub fn tags(service: &Service) -> Response<Reply> {
    let one = |name: &str| json!({"name": name, "model": name, "modified_at": time(), "size": service.bytes(), "digest": "", "details": details(service)});
    http::json(200, &json!({"models": [one(&service.name), one("deepseek-coder:latest")]}))
}

/// `/api/show`.
///
/// # Errors
/// None.
pub fn show(service: &Service) -> Result<Response<Reply>> {
    let capabilities = if service.can_fill().is_ok() { json!(["completion", "insert"]) } else { json!(["completion"]) };
    Ok(http::json(
        200,
        &json!({
            "template": TEMPLATE,
            "parameters": format!("num_ctx {}", service.capacity),
            "details": details(service),
            "model_info": {"general.architecture": "llama", "llama.context_length": service.capacity},
            "capabilities": capabilities,
        }),
    ))
}
