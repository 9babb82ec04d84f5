//! Requests as the engine takes them, whatever client they come from: from texts to tokens.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::engine::Sampling;
use crate::engine::parallel::Rules;
use crate::error::{Error, Kind, Result};
use crate::gap::BYTE_ORDER_MARK;
use crate::generate::check_controls;
use crate::model::digest::Digest;
use crate::prompt::context::{self, Budget, Document};
use crate::prompt::{self, Segment, budget, chat};
use crate::serve::client::Client;
use crate::serve::frame;
use crate::serve::place::Place;
use crate::serve::queue::{Event, Listeners, Priority, Work};
use crate::shape::stop::{StopRules, Until};
use crate::shape::{Shape, ShapeOptions};
use crate::text::dialect;
use crate::text::language;
use crate::text::line_endings::LineEndings;
use crate::vocabulary::{Series, TokenId, Vocabulary};

/// The temperature of further answers to one prompt, where the request names none: without it they would be the same.
const VARIED: f32 = 0.6;
/// The length of an answer in a gap, and of others, where the request names none.
const GAP_TOKENS: usize = 128;
const OTHER_TOKENS: usize = 1024;
/// At a gap, as many tokens as a line or two are moved rather than evaluated anew.
const REUSE: usize = 32;
/// The share of the room that other files may have.
const CONTEXT: Budget = Budget::Percent(50);
/// Bytes of a text for each token that there is room for; more of it cannot fit. Code has three or four for each.
const BYTES_PER_TOKEN: usize = 16;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Prompt {
    /// The text between two texts.
    Gap(Gap),
    /// What follows a text.
    Text(String),
    /// What follows these tokens, control tokens included: a client that knows the model's layout.
    Ids(Vec<TokenId>),
    /// The next message of a conversation.
    Chat(Vec<Message>),
}

/// The surroundings of a gap.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gap {
    /// The text before it.
    pub prefix: String,
    /// The text behind it.
    pub suffix: String,
    /// The path of the file, if the client names it; tells the language.
    pub path: Option<String>,
    /// The language, if the client names it.
    pub language: Option<String>,
    /// Other texts, the most important first: their paths, which may be empty, and what they say.
    pub extra: Vec<(String, String)>,
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub text: String,
}

/// Who says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Instructions for the whole conversation.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
}

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is asked.
    pub prompt: Prompt,
    /// Maximum answer length in tokens; the default fits the prompt.
    pub max_tokens: Option<usize>,
    /// Texts that end the answer.
    pub stop: Vec<String>,
    /// Whether nothing is trimmed, and the answer ends where the model or a stop text ends it.
    pub raw: bool,
    /// Where an answer in a gap ends.
    pub until: Until,
    /// How many answers.
    pub count: usize,
    /// How tokens are chosen; `None` is the default.
    pub temperature: Option<f32>,
    /// See [`Sampling::top_k`].
    pub top_k: Option<i32>,
    /// See [`Sampling::top_p`].
    pub top_p: Option<f32>,
    /// See [`Sampling::min_p`].
    pub min_p: Option<f32>,
    /// See [`Sampling::repeat_penalty`].
    pub repeat_penalty: Option<f32>,
    /// The random seed.
    pub seed: Option<u32>,
    /// Log probabilities of the tokens, and of this many of the most likely ones.
    pub log_probabilities: Option<u32>,
    /// See [`Work::line_limit`].
    pub line_limit: Option<Duration>,
    /// The answer ends before a line with less indentation than this, in characters.
    pub min_indent: usize,
    /// Nobody reads the answer.
    pub is_warm_up: bool,
    /// See [`Rules::reuse`].
    pub reuse: usize,
    /// See [`Work::prompt_limit`]; `None` is the server's, and [`Duration::MAX`] is none.
    pub prompt_limit: Option<Duration>,
}

impl Request {
    /// A request with defaults.
    #[must_use]
    pub fn new(prompt: Prompt) -> Request {
        Request {
            reuse: if matches!(prompt, Prompt::Gap(_)) { REUSE } else { 0 },
            prompt,
            max_tokens: None,
            stop: Vec::new(),
            raw: false,
            until: Until::Auto,
            count: 1,
            temperature: None,
            top_k: None,
            top_p: None,
            min_p: None,
            repeat_penalty: None,
            seed: None,
            log_probabilities: None,
            line_limit: None,
            min_indent: 0,
            is_warm_up: false,
            prompt_limit: None,
        }
    }

    /// The prompt of a client that knows only text: a gap if the text spells one.
    #[must_use]
    pub fn spelled(text: String) -> Prompt {
        match frame::parse(&text) {
            Some(found) => {
                Prompt::Gap(Gap { prefix: found.prefix.to_owned(), suffix: found.suffix.to_owned(), ..Gap::default() })
            }
            None => Prompt::Text(text),
        }
    }

    fn sampling(&self, number: usize) -> Sampling {
        let default = Sampling::GREEDY;
        let temperature = self.temperature.unwrap_or(if number > 0 { VARIED } else { default.temperature });
        Sampling {
            temperature,
            top_k: self.top_k.unwrap_or(40),
            top_p: self.top_p.unwrap_or(0.95),
            min_p: self.min_p.unwrap_or(0.05),
            repeat_penalty: self.repeat_penalty.unwrap_or(default.repeat_penalty),
            seed: self.seed.unwrap_or(0).wrapping_add(number as u32).min(u32::MAX - 1),
        }
    }
}

/// A request in tokens.
#[derive(Debug)]
pub struct Prepared {
    /// The work, one for each answer.
    pub work: Vec<Work>,
    /// Where its events arrive.
    pub events: Vec<UnboundedReceiver<Event>>,
    /// Tokens of the prompt.
    pub tokens: usize,
    /// Tokens that did not fit.
    pub left_out: usize,
}

/// Turns a request into work for sequences with room for `capacity` tokens.
///
/// # Errors
/// [`Kind::TooLong`] if the prompt does not fit, [`Kind::Data`] if it cannot be used.
pub fn prepare(request: &Request, vocabulary: &dyn Vocabulary, capacity: usize) -> Result<Prepared> {
    let (default_tokens, priority) = match &request.prompt {
        Prompt::Gap(_) => (GAP_TOKENS, Priority::Interactive),
        Prompt::Chat(_) => (OTHER_TOKENS, Priority::Chat),
        Prompt::Text(_) | Prompt::Ids(_) => (OTHER_TOKENS, Priority::Interactive),
    };
    let priority = if request.is_warm_up { Priority::WarmUp } else { priority };
    // At least half of the room is for the prompt.
    let wanted = request.max_tokens.unwrap_or(default_tokens).min(capacity / 2);
    let room = capacity.saturating_sub(wanted.max(1));
    let shaped = shaped(request, vocabulary, room)?;
    let max_tokens = match request.max_tokens {
        // As long as the room allows.
        Some(tokens) => tokens.min(capacity.saturating_sub(shaped.fitted.ids.len())),
        None => wanted,
    };
    let mut prepared = Prepared {
        work: Vec::new(),
        events: Vec::new(),
        tokens: shaped.fitted.ids.len(),
        left_out: shaped.fitted.left_out(),
    };
    // Nobody waits for a warm-up, and `raw` asks for the answer to all of the prompt.
    let is_gap = matches!(request.prompt, Prompt::Gap(_)) && !request.is_warm_up;
    let prompt_limit = request.prompt_limit.filter(|&limit| is_gap && !request.raw && limit < Duration::MAX);
    // Editors that limit the time of an answer show only the newest one.
    let place = match &request.prompt {
        Prompt::Gap(gap) if is_gap && request.line_limit.is_some() => Some(Place::new(&gap.prefix, &gap.suffix)),
        _ => None,
    };
    let question = format!("{request:?}");
    for number in 0..request.count.max(1) {
        let (events, receiver) = unbounded_channel();
        prepared.events.push(receiver);
        prepared.work.push(Work {
            prompt: shaped.fitted.ids.clone(),
            rules: Rules {
                reuse: request.reuse,
                rank: priority as u8,
                ..Rules::new(request.sampling(number), request.log_probabilities)
            },
            max_tokens,
            shape: shaped.shape.clone(),
            endings: shaped.endings,
            line_limit: request.line_limit,
            is_raw: false,
            priority,
            asked: Instant::now(),
            prompt_limit,
            question: Some(Digest::of(format!("{number} {question}").as_bytes())),
            place: place.clone(),
            client: Client::default(),
            listeners: Listeners::one(events),
        });
    }
    Ok(prepared)
}

/// A prompt that fits, and the shape of its answer.
struct Shaped {
    fitted: budget::Fitted,
    shape: Shape,
    endings: LineEndings,
}

fn shaped(request: &Request, vocabulary: &dyn Vocabulary, room: usize) -> Result<Shaped> {
    let plain = || Shape::plain(StopRules::new(&request.stop, Until::End).indented(request.min_indent));
    match &request.prompt {
        Prompt::Gap(gap) => of_gap(gap, request, vocabulary, room),
        Prompt::Text(text) => {
            let endings = LineEndings::of(text);
            let text = LineEndings::for_model(near_end(text, room));
            let segments = prompt::complete(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text));
            Ok(Shaped { fitted: fit(&segments, vocabulary, room)?, shape: plain(), endings })
        }
        Prompt::Ids(ids) => {
            if let Some(id) = ids.iter().find(|&&id| id >= vocabulary.controls().size) {
                return Err(Error::new(Kind::Data, format!("there is no token {id}"), ""));
            }
            if ids.len() > room {
                return Err(too_long(ids.len(), room));
            }
            if ids.is_empty() {
                return Err(Error::new(Kind::Data, "the prompt is empty", ""));
            }
            let fitted = budget::Fitted { ids: ids.clone(), left_out_of_prefix: 0, left_out_of_suffix: 0 };
            Ok(Shaped { fitted, shape: plain(), endings: LineEndings::AsTheyAre })
        }
        Prompt::Chat(messages) => {
            let series = vocabulary.controls().series;
            let messages = spoken(messages, series);
            let mut shape = plain();
            // An answer that is continued has its space.
            shape.has_space =
                chat::begins_with_space(series) && messages.last().is_none_or(|last| last.role != Role::Assistant);
            let fitted = fit(&of_chat(&messages, series), vocabulary, room)?;
            Ok(Shaped { fitted, shape, endings: LineEndings::AsTheyAre })
        }
    }
}

fn of_gap(gap: &Gap, request: &Request, vocabulary: &dyn Vocabulary, room: usize) -> Result<Shaped> {
    let endings = LineEndings::at_gap(&gap.prefix, &gap.suffix);
    let (prefix, suffix) = (LineEndings::for_model(&gap.prefix), LineEndings::for_model(&gap.suffix));
    let prefix = prefix.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&prefix);
    let (prefix, suffix) = (near_end(prefix, room), near_start(&suffix, room));
    let whole = format!("{prefix}{suffix}");
    let named = gap.language.as_deref().and_then(dialect::named);
    let dialect = named.unwrap_or_else(|| dialect::of(gap.path.as_deref().map(std::path::Path::new), &whole));
    let segments = prompt::infill::segments(prefix, suffix);
    // The first ones are the most important.
    let mut bytes = 0;
    let documents: Vec<Document> = gap
        .extra
        .iter()
        .map(|(path, text)| (path, near_start(text, room)))
        .filter(|(_, text)| !text.trim().is_empty())
        .take_while(|(_, text)| {
            let begins_inside = bytes < room * BYTES_PER_TOKEN;
            bytes += text.len();
            begins_inside
        })
        .map(|(path, text)| Document {
            heading: if path.is_empty() { String::new() } else { language::heading(path) },
            text: LineEndings::for_model(text).into_owned(),
        })
        .collect();
    let tokens = |text: &&str| if documents.is_empty() { 0 } else { vocabulary.encode(text).len() };
    let own: usize = [prefix, suffix].iter().map(tokens).sum();
    let heading = gap.path.as_deref().map(language::heading).unwrap_or_default();
    // The most important one is nearest to the text.
    let order: Vec<usize> = (0..documents.len()).rev().collect();
    let context = context::fit(
        &documents,
        &order,
        &heading,
        vocabulary,
        CONTEXT.tokens(room.saturating_sub(prompt::controls(&segments)), own),
    );
    let segments = context.before(&segments);
    let options = ShapeOptions {
        until: if request.raw { Until::End } else { request.until.unless(Until::at_gap(prefix, suffix)) },
        stop: &request.stop,
        raw: request.raw,
    };
    let mut shape = Shape::new(dialect, prefix, Some(suffix), &options);
    shape.stop = shape.stop.indented(request.min_indent);
    Ok(Shaped { fitted: fit(&segments, vocabulary, room)?, shape, endings })
}

/// The messages with answers as they are in prompts.
#[must_use]
pub fn spoken(messages: &[Message], series: Series) -> Vec<Message> {
    let mut messages = messages.to_vec();
    for message in messages.iter_mut().filter(|message| message.role == Role::Assistant) {
        message.text = chat::spoken(&message.text, series).into_owned();
    }
    messages
}

/// The segments of a conversation. An answer that ends the list is continued.
#[must_use]
pub fn of_chat(messages: &[Message], series: Series) -> Vec<Segment<'_>> {
    let system = messages.iter().find(|message| message.role == Role::System);
    let mut segments = chat::opening(system.map_or(chat::system(series), |message| &message.text), series);
    let rest = messages.iter().filter(|message| message.role != Role::System).collect::<Vec<_>>();
    for (index, message) in rest.iter().enumerate() {
        match message.role {
            Role::Assistant => {
                segments.push(Segment::Text(&message.text, prompt::Spare::Tail));
                if index + 1 < rest.len() {
                    segments.extend(chat::closing(message.text.ends_with('\n'), series));
                }
            }
            Role::User | Role::System => segments.extend(chat::question(&message.text, series)),
        }
    }
    segments
}

/// The end of a text of which no more has room, from the beginning of a line.
fn near_end(text: &str, room: usize) -> &str {
    let rest = text.len().saturating_sub(room * BYTES_PER_TOKEN);
    let start = (rest..).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    let line = if start == 0 { 0 } else { text[start..].find('\n').map_or(0, |end| end + 1) };
    &text[start + line..]
}

/// The beginning of a text of which no more has room.
fn near_start(text: &str, room: usize) -> &str {
    let end = text.len().min(room * BYTES_PER_TOKEN);
    let end = (0..=end).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}

fn fit(segments: &[Segment<'_>], vocabulary: &dyn Vocabulary, room: usize) -> Result<budget::Fitted> {
    let fitted = budget::fit(segments, vocabulary, room, true).map_err(|long| too_long(long.tokens, room))?;
    check_controls(&fitted.ids, prompt::controls(segments), vocabulary)?;
    Ok(fitted)
}

fn too_long(tokens: usize, room: usize) -> Error {
    Error::new(
        Kind::TooLong,
        "the prompt does not fit",
        format!("it has {tokens} tokens, and there is room for {room}"),
    )
    .hint("start the server with a larger --ctx-size, or ask for a shorter answer")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_what_may_have_room() {
        let text = format!("{}\n{}", "é".repeat(40), "ü".repeat(7));
        assert_eq!((near_end(&text, 100), near_start(&text, 100)), (&text[..], &text[..]));
        // From a line's beginning, or else from a character's.
        assert_eq!(near_end(&text, 2), "ü".repeat(7));
        assert_eq!(near_end(&text[..80], 2), "é".repeat(16));
        assert_eq!(near_start(&text, 2), "é".repeat(16));
        assert_eq!(near_start("aé", 0), "");
        assert_eq!(near_start(&format!("{}é", "a".repeat(15)), 1), "a".repeat(15));
    }
}
