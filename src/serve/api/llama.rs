//! llama.cpp's server: `/infill`, `/completion`, `/tokenize`, `/detokenize`, `/props`.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use hyper::Response;
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use crate::engine::Choice;
use crate::error::Result;
use crate::prompt::Segment;
use crate::serve::api::fields::{Fields, missing, unusable};
use crate::serve::api::{self, Dialect, Letters, Whole, ask, collect, data};
use crate::serve::queue::{Ended, Event};
use crate::serve::reply::{self, Format, Reply};
use crate::serve::request::{self, Gap, Prompt, Request};
use crate::serve::service::Service;
use crate::shape::finish::Finish;
use crate::vocabulary::{Series, TokenId};

/// Log probabilities of at most this many of the likeliest tokens.
const MAX_LIKELIEST: i64 = 100;

/// How a client wants the answer.
#[derive(Debug)]
pub struct Wanted {
    has_tokens: bool,
    is_stream: bool,
    fields: Option<Vec<String>>,
}

/// Takes what `/completion` and `/infill` share.
fn request(fields: &mut Fields, prompt: Prompt) -> Result<(Request, Wanted)> {
    let request = api::request(fields, &["n_predict", "max_tokens", "max_completion_tokens"], prompt)?;
    let request = Request {
        count: api::count(fields, &["n_cmpl", "n"])?,
        reuse: fields.whole(&["n_cache_reuse"])?.map_or(request.reuse, |count| usize::try_from(count).unwrap_or(0)),
        log_probabilities: fields
            .whole(&["n_probs"])?
            .filter(|&count| count > 0)
            .map(|count| count.min(MAX_LIKELIEST) as u32),
        line_limit: fields
            .number(&["t_max_predict_ms"])?
            .filter(|&millis| millis > 0.0 && millis < 1e9)
            .map(|millis| Duration::from_secs_f32(millis / 1e3)),
        min_indent: fields.whole(&["n_indent"])?.and_then(|count| usize::try_from(count).ok()).unwrap_or(0),
        ..request
    };
    let wanted = Wanted {
        has_tokens: fields.flag("return_tokens")?,
        is_stream: fields.flag("stream")?,
        fields: fields.texts("response_fields")?,
    };
    Ok((request, wanted))
}

/// `/completion`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn completion(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let (request, wanted) = api::take(body, read_completion).await?;
    respond(request, wanted, service).await
}

/// What `/completion` is asked.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be used.
pub fn read_completion(body: &[u8]) -> Result<(Request, Wanted)> {
    let mut fields = Fields::read(body)?;
    let prompt = prompt(&mut fields)?;
    let (mut request, wanted) = request(&mut fields, prompt)?;
    // Who knows the tokens wants exactly the model's answer.
    request.raw |= matches!(request.prompt, Prompt::Ids(_));
    Ok((request, wanted))
}

/// Takes the prompt: a text, its tokens, or a list with one text.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if it is missing or something else.
pub fn prompt(fields: &mut Fields) -> Result<Prompt> {
    let refuse = |why: &str| Err(unusable("prompt", why));
    match fields.any("prompt") {
        None => Err(missing("prompt")),
        Some(Value::String(text)) => Ok(Request::spelled(text)),
        Some(Value::Array(list)) => match list.as_slice() {
            [] => refuse("it is empty"),
            [Value::String(text)] => Ok(Request::spelled(text.clone())),
            list if list.iter().all(Value::is_number) => {
                let id = |id: &Value| id.as_u64().and_then(|id| TokenId::try_from(id).ok());
                let ids: Option<Vec<TokenId>> = list.iter().map(id).collect();
                ids.map_or_else(|| refuse("its numbers are no ids of tokens"), |ids| Ok(Prompt::Ids(ids)))
            }
            _ => refuse("it is a list of several prompts: send a request for each"),
        },
        Some(_) => refuse("it must be a text or a list of ids of tokens"),
    }
}

/// `/infill`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn infill(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let (request, wanted) = api::take(body, read_infill).await?;
    respond(request, wanted, service).await
}

/// What `/infill` is asked.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be used.
pub fn read_infill(body: &[u8]) -> Result<(Request, Wanted)> {
    let mut fields = Fields::read(body)?;
    let (prefix, suffix) = (fields.text("input_prefix")?, fields.text("input_suffix")?);
    if prefix.is_none() && suffix.is_none() {
        return Err(missing("input_prefix"));
    }
    let line = fields.text("prompt")?.unwrap_or_default();
    let mut extra = Vec::new();
    for mut one in fields.objects("input_extra")? {
        let text = one.text("text")?.ok_or_else(|| missing("text"))?;
        extra.push((one.text("filename")?.unwrap_or_default(), text));
    }
    let gap = Gap {
        // The text of the cursor's line before the cursor is a part of the prefix.
        prefix: prefix.unwrap_or_default() + &line,
        suffix: suffix.unwrap_or_default(),
        extra,
        ..Gap::default()
    };
    request(&mut fields, Prompt::Gap(gap))
}

async fn respond(request: Request, wanted: Wanted, service: &Arc<Service>) -> Result<Response<Reply>> {
    if matches!(request.prompt, Prompt::Gap(_)) {
        service.can_fill()?;
    }
    let (count, has_probabilities) = (request.count, request.log_probabilities.is_some());
    let asked = ask(request, service).await?;
    let look = Look {
        model: service.name.clone(),
        truncated: asked.left_out > 0,
        has_tokens: wanted.has_tokens,
        has_probabilities,
        fields: wanted.fields,
        prompt_tokens: asked.tokens,
        service: Arc::clone(service),
    };
    if wanted.is_stream {
        return Ok(reply::stream("text/event-stream", asked.events, look.format(count), ""));
    }
    let answers = collect(asked).await?;
    let encode = move || {
        let mut answers = answers.iter().enumerate().map(|(index, whole)| look.whole(index, whole));
        // One answer is an object, several are a list.
        let value: Value = if count == 1 { answers.next().unwrap_or_default() } else { answers.collect() };
        value.to_string()
    };
    // Probabilities are up to a hundred objects for each token.
    let json = if has_probabilities { api::beside(encode).await? } else { encode() };
    Ok(reply::encoded(200, json))
}

/// How the answers to one request look.
#[derive(Clone)]
struct Look {
    model: String,
    truncated: bool,
    has_tokens: bool,
    has_probabilities: bool,
    fields: Option<Vec<String>>,
    prompt_tokens: usize,
    service: Arc<Service>,
}

impl Look {
    /// A whole answer.
    fn whole(&self, index: usize, whole: &Whole) -> Value {
        let mut value = self.end(index, &whole.ended, &whole.text);
        if let Some(object) = value.as_object_mut() {
            if self.has_tokens {
                object.insert("tokens".to_owned(), json!(ids(&whole.choices)));
            }
            if self.has_probabilities {
                let all: Vec<_> = whole.choices.iter().map(|choice| self.probability(choice)).collect();
                object.insert("completion_probabilities".to_owned(), json!(all));
            }
        }
        self.only(value)
    }

    /// The last event, or all of an answer.
    fn end(&self, index: usize, ended: &Ended, text: &str) -> Value {
        let (stop_type, is_word) = match ended.finish {
            Finish::MaxTokens | Finish::Deadline => ("limit", false),
            Finish::StopRule | Finish::Suffix | Finish::Repetition => ("word", true),
            Finish::EndOfText | Finish::Cancelled(_) | Finish::Closed | Finish::Superseded => ("eos", false),
        };
        json!({
            "index": index,
            "content": text,
            "tokens": [],
            "id_slot": 0,
            "stop": true,
            "model": self.model,
            "tokens_predicted": ended.tokens,
            "tokens_evaluated": ended.prompt,
            "tokens_cached": ended.prompt + ended.tokens,
            "has_new_line": text.contains('\n'),
            "truncated": self.truncated,
            "stop_type": stop_type,
            "stopping_word": "",
            "stop_reason": ended.finish.name(),
            "stopped_word": is_word,
            "timings": timings(ended),
        })
    }

    /// Only the fields that were asked for: `timings/prompt_n` is a key of its own.
    fn only(&self, value: Value) -> Value {
        let Some(fields) = &self.fields else { return value };
        let mut only = Map::new();
        for name in fields.iter().filter(|name| !name.is_empty()) {
            let found = name.split('/').try_fold(&value, |value, key| value.get(key));
            if let Some(found) = found {
                only.insert(name.clone(), found.clone());
            }
        }
        Value::Object(only)
    }

    fn probability(&self, choice: &Choice) -> Value {
        let vocabulary = self.service.source.vocabulary();
        let text = |id: TokenId| api::token(vocabulary, id);
        let likeliest = choice.likeliest.iter();
        let top: Vec<_> = likeliest
            .map(|&(id, logprob)| json!({"id": id, "token": text(id), "bytes": vocabulary.bytes(id), "logprob": logprob}))
            .collect();
        json!({
            "id": choice.id,
            "token": text(choice.id),
            "bytes": vocabulary.bytes(choice.id),
            "logprob": choice.log_probability,
            "top_logprobs": top,
        })
    }

    /// Server-sent events.
    fn format(self, count: usize) -> Format {
        let mut letters = vec![Letters::default(); count];
        let mut counts = vec![0; count];
        Box::new(move |index, event| match event {
            Event::Token { choice, text, is_end } => {
                let content = letters[index].push(&text);
                counts[index] += usize::from(choice.is_some() && !is_end);
                let choices: Vec<Choice> = choice.into_iter().collect();
                if content.is_empty() && !self.has_tokens && !self.has_probabilities {
                    return Vec::new();
                }
                let mut value = json!({
                    "index": index,
                    "content": content,
                    "tokens": ids(&choices),
                    "stop": false,
                    "id_slot": 0,
                    "tokens_predicted": counts[index],
                    "tokens_evaluated": self.prompt_tokens,
                });
                if let (Some(object), true) = (value.as_object_mut(), self.has_probabilities) {
                    let all: Vec<_> = choices.iter().map(|choice| self.probability(choice)).collect();
                    object.insert("completion_probabilities".to_owned(), json!(all));
                }
                data(&value)
            }
            Event::End(ended) => {
                let rest = letters[index].finish();
                data(&self.only(self.end(index, &ended, &rest)))
            }
            Event::Failed(error) => data(&Dialect::Object.body(500, &api::words(&error))),
        })
    }
}

fn ids(choices: &[Choice]) -> Vec<TokenId> {
    choices.iter().map(|choice| choice.id).collect()
}

/// What was measured.
fn timings(ended: &Ended) -> Value {
    let evaluated = ended.prompt - ended.reused;
    let rate = |tokens: usize, time: Duration| tokens as f64 / time.as_secs_f64().max(1e-9);
    let per_token = |tokens: usize, time: Duration| time.as_secs_f64() * 1e3 / tokens.max(1) as f64;
    json!({
        "cache_n": ended.reused,
        "prompt_n": evaluated,
        "prompt_ms": ended.prefill.as_secs_f64() * 1e3,
        "prompt_per_token_ms": per_token(evaluated, ended.prefill),
        "prompt_per_second": rate(evaluated, ended.prefill),
        "predicted_n": ended.tokens,
        "predicted_ms": ended.decode.as_secs_f64() * 1e3,
        "predicted_per_token_ms": per_token(ended.tokens, ended.decode),
        "predicted_per_second": rate(ended.tokens, ended.decode),
        "prompt_left_out_n": ended.left_out,
        "queued_ms": ended.queued.as_secs_f64() * 1e3,
    })
}

/// `/tokenize`. Markers in the text are text.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be read.
pub async fn tokenize(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let (shared, body) = (Arc::clone(service), body.clone());
    let json = api::beside(move || {
        let mut fields = Fields::read(&body)?;
        let content = fields.text("content")?.ok_or_else(|| missing("content"))?;
        let (add_special, with_pieces) = (fields.flag("add_special")?, fields.flag("with_pieces")?);
        let vocabulary = shared.source.vocabulary();
        let ids = add_special.then_some(vocabulary.controls().begin).into_iter().chain(vocabulary.encode(&content));
        // Written at once: as values, the pieces of a large text would take a hundred times its size.
        let mut json = String::from("{\"tokens\":[");
        for (number, id) in ids.enumerate() {
            json.push_str(if number > 0 { "," } else { "" });
            let bytes = vocabulary.bytes(id);
            let piece = || std::str::from_utf8(bytes).map_or_else(|_| json!(bytes), |text| json!(text));
            // To a text, writing does not fail.
            let _ =
                if with_pieces { write!(json, "{{\"id\":{id},\"piece\":{}}}", piece()) } else { write!(json, "{id}") };
        }
        Ok(json + "]}")
    });
    Ok(reply::encoded(200, json.await??))
}

/// `/detokenize`.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be read.
pub async fn detokenize(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let shared = Arc::clone(service);
    let json = api::take(body, move |body| {
        let tokens = match Fields::read(body)?.any("tokens") {
            None => return Err(missing("tokens")),
            Some(Value::Array(tokens)) => tokens,
            Some(_) => return Err(unusable("tokens", "it must be a list of ids")),
        };
        let vocabulary = shared.source.vocabulary();
        let mut bytes = Vec::new();
        for token in tokens {
            let id =
                token.as_u64().and_then(|id| TokenId::try_from(id).ok()).filter(|&id| id < vocabulary.controls().size);
            let id = id.ok_or_else(|| unusable("tokens", &format!("there is no token {token}")))?;
            bytes.extend_from_slice(vocabulary.bytes(id));
        }
        Ok(json!({"content": String::from_utf8_lossy(&bytes)}).to_string())
    });
    Ok(reply::encoded(200, json.await?))
}

/// `/apply-template`: the prompt of a conversation as a text, its control tokens spelled.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be read.
pub async fn apply_template(body: &Bytes, service: &Service) -> Result<Response<Reply>> {
    let series = service.source.vocabulary().controls().series;
    let json = api::take(body, move |body| {
        let messages = api::openai::conversation(&mut Fields::read(body)?)?;
        let mut text = String::new();
        for segment in request::of_chat(&request::spoken(&messages, series), series) {
            text += match segment {
                Segment::Special(control) => control.spelling(),
                Segment::Text(text, _) => text,
            };
        }
        Ok(json!({"prompt": text}).to_string())
    });
    Ok(reply::encoded(200, json.await?))
}

/// `/props`.
#[must_use]
pub fn props(service: &Service) -> Response<Reply> {
    let template = match service.source.vocabulary().controls().series {
        _ if !service.is_instruct() => "",
        Series::V1 | Series::V15 => "### Instruction:\n{{ content }}\n### Response:\n",
        Series::V2 => "User: {{ content }}\n\nAssistant:",
    };
    reply::json(
        200,
        &json!({
            "default_generation_settings": {"n_ctx": service.capacity},
            "total_slots": service.parallel,
            "model_alias": service.name,
            "model_path": service.source.name(),
            "chat_template": template,
            "build_info": concat!("dscoder ", env!("CARGO_PKG_VERSION")),
            "modalities": {"vision": false, "audio": false},
            // For dscoder: here the spelling of a control token is text, so that its id cannot be asked for.
            "dscoder": {"controls": service.source.vocabulary().controls()},
        }),
    )
}
