//! llama.cpp's server: `/infill`, `/completion`, `/tokenize`, `/detokenize`, `/props`.

use std::sync::Arc;
use std::time::Duration;

use hyper::Response;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use crate::engine::Choice;
use crate::error::{Error, Kind, Result};
use crate::serve::api::{self, Dialect, Letters, Texts, Whole, ask, collect, limit, nullable, parse};
use crate::serve::http::{self, Format, Reply};
use crate::serve::queue::{Ended, Event};
use crate::serve::request::{Gap, Prompt, Request};
use crate::serve::service::Service;
use crate::shape::finish::Finish;
use crate::vocabulary::{BOS, TokenId};

/// Maximum number of answers to one request; more are not refused but left out.
const MAX_ANSWERS: usize = 8;

/// The fields of both kinds of requests.
#[derive(Debug, Deserialize)]
struct Fields {
    #[serde(default, alias = "max_tokens", alias = "max_completion_tokens")]
    n_predict: Option<i64>,
    #[serde(default, alias = "n")]
    n_cmpl: Option<i64>,
    stop: Option<Texts>,
    temperature: Option<f32>,
    top_k: Option<i32>,
    top_p: Option<f32>,
    min_p: Option<f32>,
    repeat_penalty: Option<f32>,
    seed: Option<i64>,
    n_probs: Option<u32>,
    #[serde(default, deserialize_with = "nullable")]
    return_tokens: bool,
    #[serde(default, deserialize_with = "nullable")]
    stream: bool,
    t_max_predict_ms: Option<f64>,
    response_fields: Option<Vec<String>>,
    #[serde(default, deserialize_with = "nullable")]
    dscoder: Own,
}

/// Fields of dscoder's own.
#[derive(Debug, Default, Deserialize)]
pub struct Own {
    /// Answers as the model wrote them.
    #[serde(default)]
    pub raw: bool,
}

#[derive(Debug, Deserialize)]
struct Completion {
    prompt: Value,
    #[serde(flatten)]
    fields: Fields,
}

#[derive(Debug, Deserialize)]
struct Infill {
    input_prefix: Option<String>,
    input_suffix: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    input_extra: Vec<Extra>,
    #[serde(default, deserialize_with = "nullable")]
    prompt: String,
    #[serde(flatten)]
    fields: Fields,
}

#[derive(Debug, Deserialize)]
struct Extra {
    text: String,
    filename: Option<String>,
    /// Of any form.
    #[serde(rename = "time")]
    _time: Option<IgnoredAny>,
}

impl Fields {
    fn request(&self, prompt: Prompt) -> Request {
        let n_predict = limit(self.n_predict);
        Request {
            max_tokens: n_predict,
            is_warm_up: n_predict == Some(0),
            stop: Texts::list(self.stop.clone()),
            raw: self.dscoder.raw,
            count: limit(self.n_cmpl).unwrap_or(1).clamp(1, MAX_ANSWERS),
            temperature: self.temperature.filter(|number| number.is_finite()),
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            repeat_penalty: self.repeat_penalty.filter(|&penalty| penalty > 0.0),
            seed: self.seed.and_then(|seed| u32::try_from(seed).ok()),
            log_probabilities: self.n_probs.filter(|&count| count > 0).map(|count| count.min(100)),
            line_limit: self
                .t_max_predict_ms
                .filter(|&millis| millis > 0.0 && millis < 1e9)
                .map(|millis| Duration::from_secs_f64(millis / 1e3)),
            ..Request::new(prompt)
        }
    }
}

/// `/completion`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn completion(body: &[u8], service: &Arc<Service>) -> Result<Response<Reply>> {
    let Completion { prompt, fields } = parse(body)?;
    let prompt = prompt_of(prompt)?;
    // Who knows the tokens wants exactly the model's answer.
    let raw = matches!(prompt, Prompt::Ids(_)) || fields.dscoder.raw;
    let request = Request { raw, ..fields.request(prompt) };
    respond(&request, &fields, service).await
}

/// The prompt of a request: a text, its tokens, or a list with one text.
///
/// # Errors
/// [`Kind::Data`] if it is something else.
pub fn prompt_of(prompt: Value) -> Result<Prompt> {
    let refuse = |why: &str| Err(Error::new(Kind::Data, "\"prompt\" cannot be used", why));
    match prompt {
        Value::String(text) => Ok(Request::spelled(text)),
        Value::Array(list) => match list.as_slice() {
            [Value::String(text)] => Ok(Request::spelled(text.clone())),
            list if !list.is_empty() && list.iter().all(Value::is_number) => {
                let ids: Option<Vec<TokenId>> =
                    list.iter().map(|id| id.as_u64().and_then(|id| TokenId::try_from(id).ok())).collect();
                ids.map_or_else(|| refuse("its tokens are no ids"), |ids| Ok(Prompt::Ids(ids)))
            }
            _ => refuse("it is a list of several prompts: send a request for each"),
        },
        _ => refuse("a text or a list of token ids"),
    }
}

/// `/infill`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn infill(body: &[u8], service: &Arc<Service>) -> Result<Response<Reply>> {
    let Infill { input_prefix, input_suffix, input_extra, prompt, fields } = parse(body)?;
    if input_prefix.is_none() && input_suffix.is_none() {
        return Err(Error::new(Kind::Data, "\"input_prefix\" and \"input_suffix\" are missing", ""));
    }
    service.can_fill()?;
    let gap = Gap {
        // The text of the cursor's line before the cursor is a part of the prefix.
        prefix: input_prefix.unwrap_or_default() + &prompt,
        suffix: input_suffix.unwrap_or_default(),
        extra: input_extra.into_iter().map(|extra| (extra.filename.unwrap_or_default(), extra.text)).collect(),
        ..Gap::default()
    };
    respond(&fields.request(Prompt::Gap(gap)), &fields, service).await
}

async fn respond(request: &Request, fields: &Fields, service: &Arc<Service>) -> Result<Response<Reply>> {
    if matches!(request.prompt, Prompt::Gap(_)) {
        service.can_fill()?;
    }
    let asked = ask(request, service)?;
    let look = Look {
        model: service.name.clone(),
        truncated: asked.left_out > 0,
        has_tokens: fields.return_tokens,
        has_probabilities: request.log_probabilities.is_some(),
        fields: fields.response_fields.clone(),
        prompt_tokens: asked.tokens,
        service: Arc::clone(service),
    };
    if fields.stream {
        return Ok(http::stream("text/event-stream", asked.events, look.format(request.count), ""));
    }
    let count = request.count;
    let answers: Vec<Value> =
        collect(asked).await?.into_iter().enumerate().map(|(index, whole)| look.whole(index, &whole)).collect();
    match <[Value; 1]>::try_from(answers) {
        Ok([one]) if count == 1 => Ok(http::json(200, &one)),
        Ok(one) => Ok(http::json(200, &json!(one))),
        Err(several) => Ok(http::json(200, &json!(several))),
    }
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
            Finish::EndOfText | Finish::Cancelled(_) | Finish::Closed => ("eos", false),
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
        if only.is_empty() { json!({}) } else { Value::Object(only) }
    }

    fn probability(&self, choice: &Choice) -> Value {
        let vocabulary = self.service.source.vocabulary();
        let text = |id: TokenId| String::from_utf8_lossy(vocabulary.bytes(id)).into_owned();
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
            Event::Token { choice, text } => {
                let content = letters[index].push(&text);
                counts[index] += usize::from(choice.is_some());
                let choices: Vec<Choice> = choice.into_iter().collect();
                if content.is_empty() && !self.has_tokens {
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

/// A server-sent event.
#[must_use]
pub fn data(value: &Value) -> Vec<u8> {
    format!("data: {value}\n\n").into_bytes()
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
        "queued_ms": ended.queued.as_secs_f64() * 1e3,
    })
}

#[derive(Debug, Deserialize)]
struct Tokenize {
    content: String,
    #[serde(default, deserialize_with = "nullable")]
    add_special: bool,
    #[serde(default, deserialize_with = "nullable")]
    with_pieces: bool,
}

/// `/tokenize`. Markers in the text are text.
///
/// # Errors
/// [`Kind::Data`] if the request cannot be read.
pub fn tokenize(body: &[u8], service: &Service) -> Result<Response<Reply>> {
    let Tokenize { content, add_special, with_pieces } = parse(body)?;
    let vocabulary = service.source.vocabulary();
    let ids: Vec<TokenId> = add_special.then_some(BOS).into_iter().chain(vocabulary.encode(&content)).collect();
    let piece = |&id: &TokenId| match std::str::from_utf8(vocabulary.bytes(id)) {
        Ok(text) => json!({"id": id, "piece": text}),
        Err(_) => json!({"id": id, "piece": vocabulary.bytes(id)}),
    };
    let tokens = if with_pieces { json!(ids.iter().map(piece).collect::<Vec<_>>()) } else { json!(ids) };
    Ok(http::json(200, &json!({"tokens": tokens})))
}

#[derive(Debug, Deserialize)]
struct Detokenize {
    tokens: Vec<TokenId>,
}

/// `/detokenize`.
///
/// # Errors
/// [`Kind::Data`] if the request cannot be read.
pub fn detokenize(body: &[u8], service: &Service) -> Result<Response<Reply>> {
    let Detokenize { tokens } = parse(body)?;
    let vocabulary = service.source.vocabulary();
    let bytes: Vec<u8> = tokens.iter().flat_map(|&id| vocabulary.bytes(id).to_vec()).collect();
    Ok(http::json(200, &json!({"content": String::from_utf8_lossy(&bytes)})))
}

/// `/props`.
#[must_use]
pub fn props(service: &Service) -> Response<Reply> {
    let template = if service.is_instruct() { "### Instruction:\n{{ content }}\n### Response:\n" } else { "" };
    http::json(
        200,
        &json!({
            "default_generation_settings": {"n_ctx": service.capacity},
            "total_slots": service.parallel,
            "model_alias": service.name,
            "model_path": service.source.name(),
            "chat_template": template,
            "build_info": concat!("dscoder ", env!("CARGO_PKG_VERSION")),
            "modalities": {"vision": false, "audio": false},
        }),
    )
}
