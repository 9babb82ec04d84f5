//! What dscoder itself asks over the socket; see [`crate::engine::resident`].

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use hyper::Response;
use hyper::body::Bytes;
use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;

use crate::engine::parallel::Rules;
use crate::engine::resident::{About, Ask, Line, PROTOCOL, Text};
use crate::error::{Error, Kind, Result};
use crate::serve::api::{beside, parse, take};
use crate::serve::client::Client;
use crate::serve::queue::{Event, Listeners, Priority, Work};
use crate::serve::reply::{self, Format, Reply};
use crate::serve::service::{Service, now};
use crate::serve::trace;
use crate::shape::Shape;
use crate::shape::stop::{StopRules, Until};
use crate::text::line_endings::LineEndings;

/// What this server is.
#[must_use]
pub fn about(service: &Service) -> Response<Reply> {
    let state = service.queue.state();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let about = About {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        process: std::process::id(),
        model: service.identity.path.clone(),
        fingerprint: service.identity.fingerprint.clone(),
        flavour: service.source.model().map(|model| model.profile.flavour),
        infill: service.source.model().map(|model| model.profile.infill),
        controls: *service.source.vocabulary().controls(),
        context: service.source.context(),
        capacity: count(service.capacity),
        parallel: count(service.parallel),
        gpu_layers: service.identity.gpu_layers.clone(),
        live: state.live.load(Ordering::Relaxed),
        waiting: state.waiting.load(Ordering::Relaxed),
        answered: state.answered.load(Ordering::Relaxed),
        dropped: state.dropped.load(Ordering::Relaxed),
        seconds: now().saturating_sub(service.created),
    };
    reply::json(200, &json!(about))
}

/// Ends the server once the answers in progress have ended.
#[must_use]
pub fn stop(service: &Service) -> Response<Reply> {
    service.queue.state().is_closing.store(true, Ordering::Relaxed);
    reply::json(200, &json!({}))
}

/// Refuses what is meant for another model.
fn check(fingerprint: Option<&str>, service: &Service) -> Result<()> {
    if fingerprint.is_some_and(|wanted| wanted != service.identity.fingerprint) {
        return Err(Error::new(Kind::Data, "another model is loaded", ""));
    }
    Ok(())
}

/// The ids of a text.
///
/// # Errors
/// [`Kind::Data`] if the request cannot be read.
pub async fn encode(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let (shared, body) = (Arc::clone(service), body.clone());
    let json = beside(move || {
        let Text { fingerprint, text } = parse(&body)?;
        check(fingerprint.as_deref(), &shared)?;
        Ok::<_, Error>(json!(shared.source.vocabulary().encode(&text)).to_string())
    });
    Ok(reply::encoded(200, json.await??))
}

/// An answer, token by token.
///
/// # Errors
/// [`Kind::Data`] if the request cannot be used; as [`Service::submit`].
pub async fn answer(body: &Bytes, service: &Arc<Service>) -> Result<Response<Reply>> {
    let ask: Ask = take(body, parse).await?;
    check(ask.fingerprint.as_deref(), service)?;
    let room = service.capacity.saturating_sub(ask.ids.len());
    let vocabulary = service.source.vocabulary().controls();
    if ask.ids.is_empty() || room == 0 || ask.ids.iter().any(|&id| id >= vocabulary.size) {
        return Err(Error::new(Kind::Data, "the prompt cannot be used", ""));
    }
    let (events, receiver) = unbounded_channel();
    let priority = if ask.is_one_of_many { Priority::Batch } else { Priority::Interactive };
    let work = Work {
        rules: Rules { is_exact: true, rank: priority as u8, ..Rules::new(ask.sampling, ask.log_probabilities) },
        max_tokens: ask.max_tokens.clamp(1, room),
        prompt: ask.ids,
        shape: Shape::plain(StopRules::new(&[], Until::End)),
        endings: LineEndings::AsTheyAre,
        line_limit: None,
        is_raw: true,
        priority,
        asked: Instant::now(),
        prompt_limit: None,
        question: None,
        place: None,
        client: Client::current(),
        listeners: Listeners::one(events),
    };
    trace::asked(std::slice::from_ref(&work));
    service.submit(work)?;
    let shared = Arc::clone(service);
    let format: Format = Box::new(move |_, event| {
        let line = match event {
            Event::Token { choice: Some(choice), .. } => Line::token(choice, shared.source.vocabulary()),
            Event::Token { choice: None, .. } => return Vec::new(),
            Event::End(_) => Line::End,
            Event::Failed(error) => Line::Failed { what: error.what, why: error.why },
        };
        format!("{}\n", json!(line)).into_bytes()
    });
    Ok(reply::stream("application/x-ndjson", vec![receiver], format, ""))
}
