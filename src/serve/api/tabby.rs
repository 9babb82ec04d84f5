//! Tabby's server, for the plugins of its project.

use std::sync::Arc;

use hyper::Response;
use serde_json::json;

use crate::error::Result;
use crate::serve::api::fields::Fields;
use crate::serve::api::{self, ask, collect};
use crate::serve::reply::{self, Reply};
use crate::serve::request::{Gap, Prompt, Request};
use crate::serve::service::{Service, now};

/// The version of Tabby whose protocol this is; agents leave out what older servers do not have.
const VERSION: &str = "v0.31.0";

/// Where other texts may be, the most important first.
const SNIPPETS: [&str; 3] =
    ["declarations", "relevant_snippets_from_changed_files", "relevant_snippets_from_recently_opened_files"];

/// `/v1/completions`, where the request has `segments`.
///
/// # Errors
/// Why the request cannot be answered.
pub async fn completions(request: Request, service: &Arc<Service>) -> Result<Response<Reply>> {
    service.can_fill()?;
    let answers = collect(ask(request, service).await?).await?;
    let choices: Vec<_> =
        answers.iter().enumerate().map(|(index, answer)| json!({"index": index, "text": answer.text})).collect();
    Ok(reply::json(200, &json!({"id": format!("cmpl-{:x}", now()), "choices": choices})))
}

/// What `/v1/completions` is asked.
///
/// # Errors
/// [`Kind::Data`](crate::error::Kind::Data) if the request cannot be used.
pub fn read(mut fields: Fields) -> Result<Request> {
    let mut segments = fields.object("segments")?;
    let mut extra = Vec::new();
    for name in SNIPPETS {
        for mut snippet in segments.objects(name)? {
            let text = snippet.text("body")?.or(snippet.text("content")?);
            extra.push((snippet.text("filepath")?.unwrap_or_default(), text.unwrap_or_default()));
        }
    }
    let gap = Gap {
        prefix: segments.text("prefix")?.unwrap_or_default(),
        suffix: segments.text("suffix")?.unwrap_or_default(),
        path: segments.text("filepath")?,
        language: fields.text("language")?,
        extra,
    };
    api::request(&mut fields, &["max_tokens"], Prompt::Gap(gap))
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
    reply::json(200, &value)
}

/// `/v1beta/server_setting`: nothing is reported to anybody.
#[must_use]
pub fn settings() -> Response<Reply> {
    reply::json(200, &json!({"disable_client_side_telemetry": true}))
}
