//! Ollama's server: `/api/generate`, `/api/chat`, `/api/tags`, `/api/show`, `/api/version`.

use std::sync::Arc;

use hyper::Response;
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::error::Result;
use crate::serve::api::fields::Fields;
use crate::serve::api::openai::conversation;
use crate::serve::api::{self, Letters, Whole, ask, collect};
use crate::serve::queue::{Ended, Event};
use crate::serve::reply::{self, Format, Reply};
use crate::serve::request::{Gap, Message, Prompt, Request, Role};
use crate::serve::service::{Service, now};
use crate::shape::finish::Finish;
use crate::units::rfc3339;

/// The version of Ollama whose protocol this is.
const VERSION: &str = "0.12.0";
/// A template with a suffix: clients look for it to learn that the model fills gaps.
const TEMPLATE: &str = "{{- if .Suffix }}<｜fim▁begin｜>{{ .Prompt }}<｜fim▁hole｜>{{ .Suffix }}<｜fim▁end｜>{{ else }}{{ .Prompt }}{{ end }}";

/// How a client wants the answer.
#[derive(Debug)]
pub struct Wanted {
    /// The name that was asked for; answers carry it.
    model: Option<String>,
    is_stream: bool,
    form: Form,
}

impl Wanted {
    fn take(fields: &mut Fields, form: Form) -> Result<Wanted> {
        let model = fields.text("model")?.filter(|name| !name.is_empty());
        Ok(Wanted { model, is_stream: fields.choice("stream")?.unwrap_or(true), form })
    }
}

/// How a text is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Response,
    Message,
}

/// `/api/generate`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn generate(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let (request, wanted) = {
        let is_instruct = service.is_instruct();
        api::take(body, move |body| read_generate(body, is_instruct)).await?
    };
    respond(request, wanted, service).await
}

/// What `/api/generate` asks a model that may have been trained to chat; nothing if it only loads the model.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be used.
pub fn read_generate(body: &[u8], is_instruct: bool) -> Result<(Option<Request>, Wanted)> {
    let mut fields = Fields::read(body)?;
    let wanted = Wanted::take(&mut fields, Form::Response)?;
    let text = fields.text("prompt")?.unwrap_or_default();
    let is_raw = fields.flag("raw")?;
    let system = fields.text("system")?;
    let prompt = match fields.text("suffix")?.filter(|suffix| !suffix.is_empty()) {
        Some(suffix) => Prompt::Gap(Gap { prefix: text, suffix, ..Gap::default() }),
        None if text.is_empty() => return Ok((None, wanted)),
        None => match Request::spelled(text) {
            Prompt::Text(text) if !is_raw && is_instruct => Prompt::Chat(question(system, text)),
            prompt => prompt,
        },
    };
    Ok((Some(read(prompt, fields)?), wanted))
}

/// A question of its own.
fn question(system: Option<String>, text: String) -> Vec<Message> {
    let system = system.map(|text| Message { role: Role::System, text });
    system.into_iter().chain([Message { role: Role::User, text }]).collect()
}

/// `/api/chat`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn chat(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let (request, wanted) = api::take(body, read_chat).await?;
    respond(request, wanted, service).await
}

/// What `/api/chat` is asked; nothing if it only loads the model.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be used.
pub fn read_chat(body: &[u8]) -> Result<(Option<Request>, Wanted)> {
    let mut fields = Fields::read(body)?;
    let wanted = Wanted::take(&mut fields, Form::Message)?;
    if fields.is_empty("messages") {
        return Ok((None, wanted));
    }
    let prompt = Prompt::Chat(conversation(&mut fields)?);
    Ok((Some(read(prompt, fields)?), wanted))
}

/// Takes what both share.
fn read(prompt: Prompt, mut fields: Fields) -> Result<Request> {
    let mut request = api::request(&mut fields.object("options")?, &["num_predict"], prompt)?;
    // One client sends it beside the options.
    if let Some(stop) = api::stops(&mut fields)?.filter(|_| request.stop.is_empty()) {
        request.stop = stop;
    }
    Ok(request)
}

async fn respond(request: Option<Request>, wanted: Wanted, service: &Arc<Service>) -> Result<Response<Reply>> {
    let look = Look { model: wanted.model.unwrap_or_else(|| service.name.clone()), form: wanted.form };
    // The model is loaded.
    let Some(request) = request else { return Ok(reply::json(200, &look.loaded())) };
    if matches!(request.prompt, Prompt::Gap(_)) {
        service.can_fill()?;
    }
    let asked = ask(request, service).await?;
    if wanted.is_stream {
        return Ok(reply::stream("application/x-ndjson", asked.events, look.format(), ""));
    }
    let answers = collect(asked).await?;
    let Some(Whole { text, ended, .. }) = answers.first() else { return Ok(reply::json(200, &json!({}))) };
    Ok(reply::json(200, &look.end(text, ended)))
}

struct Look {
    model: String,
    form: Form,
}

impl Look {
    /// The answer to a request that only loads the model.
    fn loaded(&self) -> Value {
        let mut value = self.piece("");
        if let Some(object) = value.as_object_mut() {
            object.insert("done".to_owned(), json!(true));
            object.insert("done_reason".to_owned(), json!("load"));
        }
        value
    }

    fn piece(&self, text: &str) -> Value {
        let mut value = json!({"model": self.model, "created_at": rfc3339(now()), "done": false});
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

/// `/api/version`.
#[must_use]
pub fn version() -> Response<Reply> {
    reply::json(200, &json!({"version": VERSION}))
}

fn details() -> Value {
    json!({"parent_model": "", "format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "", "quantization_level": ""})
}

/// The model under the names that it answers to.
fn all(service: &Service, more: &Value) -> Response<Reply> {
    let one = |name: &str| {
        let mut value =
            json!({"name": name, "model": name, "size": service.bytes(), "digest": "", "details": details()});
        if let (Some(object), Some(more)) = (value.as_object_mut(), more.as_object()) {
            object.extend(more.clone());
        }
        value
    };
    reply::json(200, &json!({"models": [one(&service.name), one("deepseek-coder:latest")]}))
}

/// `/api/tags`.
#[must_use]
pub fn tags(service: &Service) -> Response<Reply> {
    all(service, &json!({"modified_at": rfc3339(service.created)}))
}

/// `/api/ps`: the model stays loaded until the server ends.
#[must_use]
pub fn running(service: &Service) -> Response<Reply> {
    let more = json!({"expires_at": "9999-12-31T23:59:59Z", "size_vram": 0, "context_length": service.capacity});
    all(service, &more)
}

/// `/api/show`.
///
/// # Errors
/// None.
pub fn show(service: &Service) -> Result<Response<Reply>> {
    let fills = service.can_fill().is_ok();
    let capabilities = if fills { json!(["completion", "insert"]) } else { json!(["completion"]) };
    let architecture = service.source.model().map_or("llama", |model| model.profile.architecture());
    Ok(reply::json(
        200,
        &json!({
            "template": if fills { TEMPLATE } else { "{{ .Prompt }}" },
            "parameters": format!("num_ctx {}", service.capacity),
            "details": details(),
            "model_info": {"general.architecture": architecture, format!("{architecture}.context_length"): service.capacity},
            "modified_at": rfc3339(service.created),
            "capabilities": capabilities,
        }),
    ))
}
