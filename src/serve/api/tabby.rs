//! Tabby's server, for the plugins of its project.

use std::sync::Arc;

use hyper::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Result;
use crate::serve::api::{ask, collect, nullable, parse};
use crate::serve::http::{self, Reply};
use crate::serve::request::{Gap, Prompt, Request};
use crate::serve::service::{Service, now};

/// The version of Tabby whose protocol this is; agents leave out what older servers do not have.
const VERSION: &str = "v0.31.0";

#[derive(Debug, Deserialize)]
struct Completions {
    language: Option<String>,
    segments: Segments,
    temperature: Option<f32>,
    seed: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Segments {
    #[serde(default, deserialize_with = "nullable")]
    prefix: String,
    #[serde(default, deserialize_with = "nullable")]
    suffix: String,
    filepath: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    declarations: Vec<Snippet>,
    #[serde(default, deserialize_with = "nullable")]
    relevant_snippets_from_changed_files: Vec<Snippet>,
    #[serde(default, deserialize_with = "nullable")]
    relevant_snippets_from_recently_opened_files: Vec<Snippet>,
}

#[derive(Debug, Deserialize)]
struct Snippet {
    #[serde(default, deserialize_with = "nullable")]
    filepath: String,
    #[serde(default, deserialize_with = "nullable", alias = "content")]
    body: String,
}

/// Whether a request to `/v1/completions` is one of Tabby's.
#[must_use]
pub fn is_one(body: &[u8]) -> bool {
    // Looked for in the bytes first: most requests are OpenAI's, and parsed once.
    memchr::memmem::find(body, b"\"segments\"").is_some()
        && serde_json::from_slice::<Value>(body).is_ok_and(|value| value.get("segments").is_some_and(Value::is_object))
}

/// `/v1/completions`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn completions(body: &[u8], service: &Arc<Service>) -> Result<Response<Reply>> {
    let Completions { language, segments, temperature, seed } = parse(body)?;
    service.can_fill()?;
    let snippets = [
        segments.declarations,
        segments.relevant_snippets_from_changed_files,
        segments.relevant_snippets_from_recently_opened_files,
    ];
    let gap = Gap {
        prefix: segments.prefix,
        suffix: segments.suffix,
        path: segments.filepath,
        language,
        extra: snippets.into_iter().flatten().map(|snippet| (snippet.filepath, snippet.body)).collect(),
    };
    let request = Request { temperature, seed, ..Request::new(Prompt::Gap(gap)) };
    let answers = collect(ask(&request, service)?).await?;
    let choices: Vec<_> =
        answers.iter().enumerate().map(|(index, answer)| json!({"index": index, "text": answer.text})).collect();
    Ok(http::json(200, &json!({"id": format!("cmpl-{:x}", now()), "choices": choices})))
}

/// `/v1/health`, for Tabby's agents and for those of llama.cpp's server.
#[must_use]
pub fn health(service: &Service) -> Response<Reply> {
    let mut value = json!({
        "status": "ok",
        "model": service.name,
        "device": "cpu",
        "arch": std::env::consts::ARCH,
        "cpu_info": crate::engine::cpu::name(),
        "cpu_count": std::thread::available_parallelism().map_or(1, usize::from),
        "cuda_devices": [],
        "version": {"build_date": "", "build_timestamp": "", "git_sha": "", "git_describe": VERSION},
    });
    if let (Some(object), true) = (value.as_object_mut(), service.is_instruct()) {
        object.insert("chat_model".to_owned(), json!(service.name));
    }
    http::json(200, &value)
}

/// `/v1beta/server_setting`: nothing is reported to anybody.
#[must_use]
pub fn settings() -> Response<Reply> {
    http::json(200, &json!({"disable_client_side_telemetry": true}))
}
