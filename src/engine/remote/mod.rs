//! Servers that compute answers: llama-server, vLLM and others that speak OpenAI's protocol, Ollama.
//!
//! Text is tokenized here, with the vocabulary of the first series or of V2, whichever the server has; a server that
//! counts differently is refused. llama-server and vLLM take and return token ids. Others take text with spelled markers, and
//! only if the user's text spells none. [`client`] sends requests, [`wire`] defines their content.

pub mod client;
pub mod names;
pub mod wire;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use client::{EndpointAddress, EndpointClient, Reply, Stream};
use names::{flavour, is_full, meant};
use wire::{Ask, End, Framing, Piece, PromptBody, ServerTimings};

use crate::cancel::Cancel;
use crate::engine::{Choice, Engine, Job, Sampling};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::model::family::{CONTEXT, Flavour, Infill, LONGEST_CONTEXT};
use crate::model::tokenizer::Tokenizer;
use crate::vocabulary::{Control, Controls, Fim, Series, TokenId, Vocabulary};

/// The context requested from Ollama unless --ctx-size sets another: it has no fixed context, and a different size
/// makes it reload the model.
const OLLAMA_CONTEXT: u32 = 4096;
/// A text that the server must tokenize as dscoder does.
const SAMPLE: &str = "def add(a, b):\n    return a + b  # naïve, 中文, 3.14\n";
/// Extra most likely tokens beyond the number of answers: some are control tokens, which cannot begin an answer.
const SPARE_FIRSTS: u32 = 8;
/// vLLM's limit of most likely tokens (`--max-logprobs`).
const MOST_LIKELIEST: u32 = 20;

/// The protocol of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ServerKind {
    /// llama.cpp's own.
    LlamaServer,
    /// vLLM, and others with /v1/completions.
    Openai,
    /// Ollama.
    Ollama,
}

/// An identified server with a model of the family. Copies share its connections.
#[derive(Clone)]
pub struct Remote {
    /// The name of the model there.
    pub name: String,
    /// Its maximum context there, in tokens.
    pub context: u32,
    /// Base or Instruct, if the name tells.
    pub flavour: Option<Flavour>,
    /// Whether it fills gaps, if name and vocabulary tell.
    pub infill: Option<Infill>,
    /// What the user should know.
    pub notes: Vec<String>,
    server: Arc<Server>,
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote").field("name", &self.name).field("kind", &self.server.kind).finish_non_exhaustive()
    }
}

struct Server {
    client: EndpointClient,
    kind: ServerKind,
    /// The server's name of the model.
    model: String,
    /// The form of text prompts, for a server that takes no ids.
    text: Option<AsText>,
    /// Whether answers come as ids, and not as text only.
    gives_ids: bool,
    /// The context to request, for servers that are asked for one.
    context: u32,
    /// See [`About::controls`].
    controls: Option<Controls>,
    tokenizer: Tokenizer,
}

/// The form of prompts as text.
#[derive(Debug, Clone, Copy)]
struct AsText {
    /// Whether begin-of-sentence is spelled; some servers add it themselves.
    begin: bool,
}

/// What a server makes of the spelling of a control token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// A control token.
    Known(TokenId),
    /// Text: its vocabulary does not have the token.
    Text,
    /// It does not say.
    Unknown,
}

/// A server's description of itself.
struct About {
    kind: ServerKind,
    /// Models with their aliases.
    models: Vec<Vec<String>>,
    context: Option<u32>,
    /// Whether its template is that of Instruct models.
    instruct: bool,
    /// Its control tokens, if it names them: dscoder does.
    controls: Option<Controls>,
}

impl Remote {
    /// Identifies the server and its model, and compares its tokens with those of `tokenizer`.
    ///
    /// `expected` is the name that the user has for the model; `context` the requested context.
    ///
    /// # Errors
    /// [`ErrorKind::Network`], [`ErrorKind::NoPermission`], [`ErrorKind::TryLater`] if the server does not answer;
    /// [`ErrorKind::Data`] if it has another model or other tokens, unless `force` is set; [`ErrorKind::Usage`] where
    /// it has several models.
    pub fn open(
        target: EndpointAddress,
        kind: Option<ServerKind>,
        expected: Option<&str>,
        context: Option<u32>,
        force: bool,
        tokenizer: Tokenizer,
    ) -> Result<Remote> {
        let client = EndpointClient::new(target)?;
        let cancel = Cancel::default();
        let about = ask_about(&client, kind, &cancel)?;
        let mut notes = Vec::new();
        let mut refuse = |error: Error| {
            if force {
                notes.push(format!("{}: {}", error.what, error.why));
                return Ok(());
            }
            Err(error)
        };
        let expected = expected.filter(|expected| !expected.is_empty());
        let all: Vec<&str> = about.models.iter().filter_map(|names| names.first()).map(String::as_str).collect();
        let several = |found: &str| {
            let error = Error::new(ErrorKind::Usage, format!("{} has {found}", client.name()), all.join(", "));
            error.hint("choose one of them with -m")
        };
        let names = match (&meant(&about.models, expected)[..], &about.models[..]) {
            ([one], _) => *one,
            ([_, ..], _) => return Err(several("several models")),
            ([], []) => return Err(client.error(ErrorKind::Network, "it has no model")),
            ([], [only]) => {
                let what = format!("{} has another model than {}", client.name(), expected.unwrap_or_default());
                let error = Error::new(ErrorKind::Data, what, all.join(", "));
                refuse(error.hint("leave out -m, or use it anyway with --force"))?;
                only
            }
            ([], _) => return Err(several(&format!("no model {}", expected.unwrap_or_default()))),
        };
        let model = names.first().cloned().unwrap_or_default();
        let flavour =
            about.instruct.then_some(Flavour::Instruct).or_else(|| names.iter().find_map(|name| flavour(name)));
        let trained = match about.kind {
            ServerKind::Ollama => ollama_limit(&client, &model, &cancel)?,
            ServerKind::LlamaServer | ServerKind::Openai => None,
        };
        let known = about.context.or(context).unwrap_or(match about.kind {
            ServerKind::Ollama => OLLAMA_CONTEXT,
            _ => CONTEXT,
        });
        let known = trained.map_or(known, |trained| trained.min(known));
        let mut server = Server {
            client,
            kind: about.kind,
            model,
            text: None,
            gives_ids: true,
            context: known,
            controls: about.controls,
            tokenizer,
        };
        let limit = server.compare(&cancel, &mut refuse)?;
        let controls = *server.tokenizer.controls();
        let longest = if controls.series == Series::V1 { CONTEXT } else { LONGEST_CONTEXT };
        let context = limit.map_or(known, |limit| limit.min(known)).clamp(1, longest);
        let name = server.model.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let infill = match (controls.fim, controls.series, flavour) {
            (None, ..) => Some(Infill::NoTokens),
            (_, Series::V2, _) if names.iter().any(|name| is_full(name)) => Some(Infill::Untrained),
            (_, Series::V2, _) | (_, _, Some(Flavour::Base)) => Some(Infill::Trained),
            (_, _, Some(Flavour::Instruct)) => Some(Infill::OnlyBase),
            (_, _, None) => None,
        };
        Ok(Remote { name, context, flavour, infill, notes, server: Arc::new(server) })
    }

    /// Its vocabulary.
    #[must_use]
    pub fn vocabulary(&self) -> &dyn Vocabulary {
        &self.server.tokenizer
    }

    /// Its kind and address.
    #[must_use]
    pub fn words(&self) -> String {
        let kind = match self.server.kind {
            ServerKind::LlamaServer => "llama-server",
            ServerKind::Openai => "OpenAI's protocol",
            ServerKind::Ollama => "Ollama",
        };
        let ids = if self.server.text.is_none() { "token ids" } else { "text" };
        format!("{} ({kind}, prompts as {ids}, context {})", self.server.client.name(), self.context)
    }

    /// An engine that runs on the server.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if the server does not support the request.
    pub fn start(&self, job: &Job, cancel: &Cancel) -> Result<RemoteEngine> {
        let server = self.server.clone();
        if !server.gives_ids && (job.sequences > 1 || job.log_probabilities.is_some()) {
            let why = "the server returns only text, without tokens and probabilities";
            return Err(Error::new(ErrorKind::Usage, "--candidates and --logprobs cannot be used here", why)
                .hint("llama-server and vLLM return them"));
        }
        Ok(RemoteEngine {
            server,
            job: *job,
            cancel: cancel.clone(),
            prompt: Vec::new(),
            sequences: Vec::new(),
            timings: None,
        })
    }
}

/// Identifies a server.
fn ask_about(client: &EndpointClient, kind: Option<ServerKind>, cancel: &Cancel) -> Result<About> {
    let kinds =
        kind.map_or_else(|| vec![ServerKind::LlamaServer, ServerKind::Ollama, ServerKind::Openai], |kind| vec![kind]);
    let mut trouble = None;
    for kind in kinds {
        let (path, read): (_, fn(&Value) -> Option<About>) = match kind {
            ServerKind::LlamaServer => ("/props", about_llama_server),
            ServerKind::Ollama => ("/api/tags", about_ollama),
            ServerKind::Openai => ("/v1/models", about_openai),
        };
        match client.ask(path, None, cancel)? {
            Reply::Json(value) => {
                if let Some(about) = read(&value) {
                    return Ok(about);
                }
            }
            Reply::Absent => {}
            // Some servers answer unknown addresses with a web page.
            Reply::Strange(error) => trouble = Some(error),
        }
    }
    Err(trouble.unwrap_or_else(|| {
        let what = kind.map_or("llama-server, Ollama or a server with /v1/completions", |kind| match kind {
            ServerKind::LlamaServer => "llama-server",
            ServerKind::Ollama => "Ollama",
            ServerKind::Openai => "a server with /v1/completions",
        });
        client
            .error(ErrorKind::Network, format!("it is not {what}"))
            .hint("check the address, or set the kind of server with --endpoint-kind")
    }))
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().map(|number| u32::try_from(number).unwrap_or(u32::MAX)).filter(|&number| number > 0)
}

fn about_llama_server(props: &Value) -> Option<About> {
    let context = number(props.get("default_generation_settings")?.get("n_ctx")?);
    let names: Vec<String> = ["model_alias", "model_path"].iter().filter_map(|key| text(props, key)).collect();
    let instruct = text(props, "chat_template").is_some_and(|template| template.contains("### Instruction"));
    let controls = props.pointer("/dscoder/controls").and_then(|controls| Controls::deserialize(controls).ok());
    Some(About { kind: ServerKind::LlamaServer, models: vec![names], context, instruct, controls })
}

fn about_ollama(tags: &Value) -> Option<About> {
    let models = tags.get("models")?.as_array()?;
    let models = models.iter().filter_map(|model| Some(vec![text(model, "name")?])).collect();
    Some(About { kind: ServerKind::Ollama, models, context: None, instruct: false, controls: None })
}

/// The context that the file of Ollama's `model` names, in tokens: Ollama silently truncates to it. The other servers
/// report a context within that of the file.
fn ollama_limit(client: &EndpointClient, model: &str, cancel: &Cancel) -> Result<Option<u32>> {
    match client.call("/api/show", Some(json!({ "model": model })), cancel) {
        Ok(shown) => Ok(shown.as_ref().and_then(|shown| trained_context(shown.get("model_info")?))),
        // A proxy may block it.
        Err(error) if matches!(error.kind, ErrorKind::Engine | ErrorKind::NoPermission) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The context that the metadata of a file names.
fn trained_context(info: &Value) -> Option<u32> {
    ["llama", "deepseek2"].iter().find_map(|architecture| number(info.get(format!("{architecture}.context_length"))?))
}

fn about_openai(list: &Value) -> Option<About> {
    let models = list.get("data")?.as_array()?;
    let context = models.iter().filter_map(|model| number(model.get("max_model_len")?)).min();
    let names = models.iter().map(|model| [text(model, "id"), text(model, "root")].into_iter().flatten().collect());
    Some(About { kind: ServerKind::Openai, models: names.collect(), context, instruct: false, controls: None })
}

impl Server {
    /// Compares the server's tokenization with dscoder's, and finds out how it takes prompts. Returns its context if it
    /// is reported only now.
    fn compare(&mut self, cancel: &Cancel, refuse: &mut dyn FnMut(Error) -> Result<()>) -> Result<Option<u32>> {
        if self.kind == ServerKind::Ollama || (self.kind == ServerKind::Openai && !self.takes_ids(cancel)?) {
            self.gives_ids = false;
            return self.compare_text(cancel, refuse).map(|()| None);
        }
        let ours = self.tokenizer.encode(SAMPLE);
        let body = match self.kind {
            ServerKind::LlamaServer => json!({ "content": SAMPLE, "add_special": false }),
            // vLLM has it as well.
            _ => json!({ "model": self.model, "prompt": SAMPLE, "add_special_tokens": false }),
        };
        let counted = match self.client.call("/tokenize", Some(body), cancel) {
            // A proxy may forward /v1 only.
            Err(error)
                if self.kind == ServerKind::Openai
                    && matches!(error.kind, ErrorKind::Engine | ErrorKind::NoPermission) =>
            {
                None
            }
            counted => counted?,
        };
        let tokens = counted.as_ref().and_then(|counted| counted.get("tokens")?.as_array());
        match tokens.filter(|tokens| !tokens.is_empty()) {
            Some(tokens) => {
                let theirs: Vec<_> = tokens.iter().map(number_or_zero).collect();
                if theirs != ours && !self.is_large(|large| large.encode(SAMPLE) == theirs, cancel)? {
                    refuse(self.other_tokens(theirs.len(), ours.len()))?;
                }
            }
            None if self.kind == ServerKind::LlamaServer => {
                return Err(self.client.error(ErrorKind::Network, "it has no /tokenize"));
            }
            None => {
                let answer = self.try_openai(PromptBody::Text(SAMPLE), true, cancel)?;
                let count = answer.as_ref().and_then(prompt_tokens).unwrap_or_default();
                // With or without begin-of-sentence.
                let fits = |ours: usize| count == ours || count == ours + 1;
                if !fits(ours.len()) && !self.is_large(|large| fits(large.encode(SAMPLE).len()), cancel)? {
                    refuse(self.other_tokens(count, ours.len()))?;
                }
            }
        }
        Ok(counted.as_ref().and_then(|counted| number(counted.get("max_model_len")?)))
    }

    /// Whether a server with /v1/completions takes ids, and whether it returns them.
    fn takes_ids(&mut self, cancel: &Cancel) -> Result<bool> {
        let ids = self.sample_prompt();
        let answer = self.try_openai(PromptBody::Ids(&ids), true, cancel)?;
        self.gives_ids =
            answer.as_ref().is_some_and(|answer| answer.pointer("/choices/0/token_ids").is_some_and(Value::is_array));
        Ok(answer.as_ref().and_then(prompt_tokens) == Some(ids.len()))
    }

    /// A prompt with every kind of segment.
    fn sample_prompt(&self) -> Vec<TokenId> {
        let id = |control: &Control| self.tokenizer.controls().id(*control);
        let before = [Control::Begin, Control::FimBegin];
        let behind = [Control::FimHole, Control::FimEnd];
        before.iter().filter_map(id).chain(self.tokenizer.encode(SAMPLE)).chain(behind.iter().filter_map(id)).collect()
    }

    /// Whether the server has the vocabulary of V2 or of 7B v1.5, which then becomes that of prompts: `fits` compares it.
    fn is_large(&mut self, fits: impl Fn(&Tokenizer) -> bool, cancel: &Cancel) -> Result<bool> {
        let large = Tokenizer::large(Controls::V2)
            .map_err(|why| Error::new(ErrorKind::Engine, "cannot use the vocabulary of V2", why))?;
        if !fits(&large) {
            return Ok(false);
        }
        let mut controls = Controls::V2;
        if let Some(named) = self.controls {
            if named.series == Series::V15 {
                return self.is_old_large();
            }
            controls.fim = named.fim;
        } else if self.text.is_none() {
            // Ids are asked for by their spellings.
            let id = |control: Control| self.id_of(control, cancel);
            let found = (id(Control::FimHole)?, id(Control::FimBegin)?, id(Control::FimEnd)?);
            if let (Asked::Known(hole), Asked::Known(begin), Asked::Known(end)) = found {
                controls.fim = Some(Fim { hole, begin, end });
            } else if [found.0, found.1, found.2].contains(&Asked::Text) {
                return self.is_old_large();
            }
        }
        self.tokenizer = large.with_controls(controls);
        Ok(true)
    }

    /// As [`Server::is_large`], of a server without tokens for gaps.
    fn is_old_large(&mut self) -> Result<bool> {
        let large = Tokenizer::large(Controls::V15);
        self.tokenizer =
            large.map_err(|why| Error::new(ErrorKind::Engine, "cannot use the vocabulary of 7B v1.5", why))?;
        Ok(true)
    }

    /// What the server makes of the spelling of a control token.
    fn id_of(&self, control: Control, cancel: &Cancel) -> Result<Asked> {
        let spelling = control.spelling();
        let body = match self.kind {
            ServerKind::LlamaServer => json!({ "content": spelling, "add_special": false, "parse_special": true }),
            _ => json!({ "model": self.model, "prompt": spelling, "add_special_tokens": false }),
        };
        let counted = match self.client.call("/tokenize", Some(body), cancel) {
            Err(error) if matches!(error.kind, ErrorKind::Engine | ErrorKind::NoPermission) => None,
            counted => counted?,
        };
        let tokens = counted.as_ref().and_then(|counted| counted.get("tokens")?.as_array());
        Ok(match tokens.map(Vec::as_slice) {
            Some([one]) if Controls::V2.is_control(number_or_zero(one)) => Asked::Known(number_or_zero(one)),
            Some(_) => Asked::Text,
            None => Asked::Unknown,
        })
    }

    fn other_tokens(&self, theirs: usize, ours: usize) -> Error {
        let why = if theirs == ours {
            format!("its tokenizer produces different tokens from DeepSeek Coder's, though equally many ({ours})")
        } else {
            format!("it counts {theirs} tokens in a text that has {ours} in the vocabulary of DeepSeek Coder")
        };
        Error::new(ErrorKind::Data, format!("{} has another vocabulary", self.client.name()), why)
            .hint("GGUF files from 2023 do not name their tokenizer; use a newer file, or --force to use it anyway")
    }

    /// Compares through a short answer, which reports the number of prompt tokens.
    fn compare_text(&mut self, cancel: &Cancel, refuse: &mut dyn FnMut(Error) -> Result<()>) -> Result<()> {
        let mut ids = self.sample_prompt();
        self.text = Some(AsText { begin: true });
        let mut count = self.count(&ids, cancel)?;
        let fits = |ids: &[TokenId], count: Option<usize>| {
            count.is_none_or(|count| count == ids.len() || count == ids.len() + 1)
        };
        if !fits(&ids, count) {
            let first = std::mem::replace(
                &mut self.tokenizer,
                Tokenizer::large(Controls::V2)
                    .map_err(|why| Error::new(ErrorKind::Engine, "cannot use the vocabulary of V2", why))?,
            );
            let large = self.sample_prompt();
            let counted = self.count(&large, cancel)?;
            if fits(&large, counted) {
                (ids, count) = (large, counted);
            } else {
                self.tokenizer = first;
            }
        }
        match count {
            None => refuse(self.client.error(ErrorKind::Data, "it does not report the number of prompt tokens")),
            Some(count) if count == ids.len() => Ok(()),
            Some(count) if count == ids.len() + 1 => {
                // It prepends begin-of-sentence.
                self.text = Some(AsText { begin: false });
                match self.count(&ids, cancel)? {
                    Some(count) if count == ids.len() => Ok(()),
                    count => refuse(self.other_tokens(count.unwrap_or_default(), ids.len())),
                }
            }
            Some(count) => refuse(self.other_tokens(count, ids.len())),
        }
    }

    /// How many tokens the server counts in a prompt that it gets as text.
    fn count(&self, ids: &[TokenId], cancel: &Cancel) -> Result<Option<usize>> {
        let prompt = self.spelled(ids)?;
        let answer = match self.kind {
            ServerKind::Ollama => {
                let body = wire::for_ollama(&one_token(PromptBody::Text(&prompt)), &self.model, self.context);
                self.client.call("/api/generate", Some(body), cancel)?
            }
            _ => self.try_openai(PromptBody::Text(&prompt), false, cancel)?,
        };
        let answer = answer.ok_or_else(|| self.client.error(ErrorKind::Network, "it refuses a prompt as text"))?;
        Ok(prompt_tokens(&answer))
    }

    /// Requests one token; `None` if the server does not understand.
    fn try_openai(&self, prompt: PromptBody<'_>, extended: bool, cancel: &Cancel) -> Result<Option<Value>> {
        let body = wire::for_openai(&one_token(prompt), &self.model, extended);
        match self.client.call("/v1/completions", Some(body), cancel) {
            Err(error) if extended && error.kind == ErrorKind::Engine => Ok(None),
            answer => answer,
        }
    }

    /// A prompt as text, control tokens as their markers.
    fn spelled(&self, ids: &[TokenId]) -> Result<String> {
        let begin = self.text.is_none_or(|text| text.begin);
        let mut parts: Vec<Vec<u8>> = vec![Vec::new()];
        let mut markers = Vec::new();
        for &id in ids {
            if !self.tokenizer.controls().is_control(id) {
                parts.last_mut().into_iter().for_each(|part| part.extend_from_slice(self.tokenizer.bytes(id)));
                continue;
            }
            let marker = self.tokenizer.controls().spelling(id).unwrap_or_default();
            markers.push(if marker == Control::Begin.spelling() && !begin { "" } else { marker });
            parts.push(Vec::new());
        }
        let mut text = String::new();
        let mut markers = markers.into_iter();
        for part in parts {
            let part = String::from_utf8_lossy(&part).into_owned();
            let forged = Control::ALL
                .into_iter()
                .map(Control::spelling)
                .chain(OTHER_MARKERS)
                .find(|marker| part.contains(marker));
            if let Some(marker) = forged {
                let why = format!("it contains {marker}, which the server would read as a control token");
                return Err(Error::new(
                    ErrorKind::Data,
                    "the text cannot be sent to a server that accepts only text",
                    why,
                )
                .hint("llama-server and vLLM accept token ids"));
            }
            text += &part;
            text += markers.next().unwrap_or_default();
        }
        Ok(text)
    }

    /// Begins an answer.
    fn stream(&self, ids: &[TokenId], tokens: usize, sequence: u32, job: &Job) -> Result<Stream<Piece>> {
        let mut sampling = job.sampling;
        sampling.seed = sampling.seed.wrapping_add(sequence).min(u32::MAX - 1);
        let text = if self.text.is_some() { self.spelled(ids)? } else { String::new() };
        let prompt = if self.text.is_some() { PromptBody::Text(&text) } else { PromptBody::Ids(ids) };
        // The server may need more tokens for the same text.
        let tokens = if self.gives_ids { tokens } else { tokens + tokens / 8 + 16 };
        let ends = self.ends();
        let log_probabilities = job.log_probabilities;
        let ask = Ask { prompt, tokens, ends: &ends, sampling, log_probabilities, stream: true };
        Ok(match self.kind {
            ServerKind::LlamaServer => self.client.stream("/completion", wire::for_llama_server(&ask), Framing::Events),
            ServerKind::Openai => {
                let body = wire::for_openai(&ask, &self.model, self.text.is_none());
                self.client.stream("/v1/completions", body, Framing::Events)
            }
            ServerKind::Ollama => {
                let body = wire::for_ollama(&ask, &self.model, self.context);
                self.client.stream("/api/generate", body, Framing::Lines)
            }
        })
    }

    /// The control tokens that end answers.
    fn ends(&self) -> Vec<TokenId> {
        let controls = self.tokenizer.controls();
        [Control::End, Control::EndOfTurn].into_iter().filter_map(|control| controls.id(control)).collect()
    }

    /// A whole answer, for data that streams lack.
    fn whole(&self, ids: &[TokenId], tokens: usize, count: Option<u32>, job: &Job, cancel: &Cancel) -> Result<Piece> {
        let ends = self.ends();
        let ask = Ask {
            prompt: PromptBody::Ids(ids),
            tokens,
            ends: &ends,
            sampling: job.sampling,
            log_probabilities: count,
            stream: false,
        };
        let answer = match self.kind {
            ServerKind::LlamaServer => self.client.call("/completion", Some(wire::for_llama_server(&ask)), cancel),
            _ => self.client.call("/v1/completions", Some(wire::for_openai(&ask, &self.model, true)), cancel),
        };
        let answer = answer?.ok_or_else(|| self.client.error(ErrorKind::Network, "it has no completions"))?;
        wire::parse(answer.to_string().as_bytes()).map_err(|trouble| match trouble {
            wire::Trouble::Server(why) | wire::Trouble::Strange(why) => self.client.error(ErrorKind::Engine, why),
        })
    }
}

/// Markers that no prompt has, and that some servers know.
const OTHER_MARKERS: [&str; 3] = ["<|User|>", "<|Assistant|>", "<pad>"];

/// How many tokens a server has counted in a prompt.
fn prompt_tokens(answer: &Value) -> Option<usize> {
    let count = answer.pointer("/usage/prompt_tokens").or_else(|| answer.get("prompt_eval_count"))?;
    count.as_u64().and_then(|count| usize::try_from(count).ok())
}

fn number_or_zero(value: &Value) -> TokenId {
    value.as_u64().and_then(|number| TokenId::try_from(number).ok()).unwrap_or_default()
}

/// A request for one token, for its metadata.
fn one_token(prompt: PromptBody<'_>) -> Ask<'_> {
    Ask { prompt, tokens: 1, ends: &[], sampling: Sampling::GREEDY, log_probabilities: None, stream: false }
}

/// Computes answers on a server, one request per answer.
pub struct RemoteEngine {
    server: Arc<Server>,
    job: Job,
    cancel: Cancel,
    prompt: Vec<TokenId>,
    sequences: Vec<Sequence>,
    timings: Option<ServerTimings>,
}

/// One answer.
#[derive(Default)]
struct Sequence {
    stream: Option<Stream<Piece>>,
    /// Tokens that have arrived and were not taken yet.
    ready: VecDeque<Choice>,
    /// All tokens that have arrived.
    ids: Vec<TokenId>,
    /// How many of them were chosen here, before the stream began.
    own: usize,
    /// How many tokens were taken.
    asked: usize,
}

impl Engine for RemoteEngine {
    fn prefill(&mut self, ids: &[TokenId], _cancel: &Cancel) -> Result<()> {
        // Closes open connections.
        self.sequences.clear();
        self.prompt = ids.to_vec();
        let count = self.job.sequences.max(1);
        let room = (self.job.tokens as usize).saturating_sub(ids.len()) / count as usize;
        let begun = self.begin(room.max(1), count);
        match begun.and_then(|()| self.fill(0)) {
            // The requested token is examined next.
            Err(_) if self.cancel.is_set() => Ok(()),
            done => done,
        }
    }

    fn sample(&mut self, live: &[usize]) -> Result<Vec<Choice>> {
        for (index, sequence) in self.sequences.iter_mut().enumerate() {
            if !live.contains(&index) {
                sequence.stream = None;
            }
        }
        live.iter().map(|&index| self.choose(index)).collect()
    }

    fn rest(&mut self) {
        self.sequences.clear();
    }

    fn measured(&self) -> Option<String> {
        let timings = self.timings?;
        Some(format!(
            "the server evaluated {} tokens of the prompt ({} were there) in {:.0} ms and {} of the answer in {:.0} ms",
            timings.prompt_n, timings.cache_n, timings.prompt_ms, timings.predicted_n, timings.predicted_ms
        ))
    }
}

impl RemoteEngine {
    fn begin(&mut self, tokens: usize, count: u32) -> Result<()> {
        // Greedy answers would be identical, so they differ in their first token, as in the local engine.
        let firsts = if count > 1 && self.job.sampling.temperature <= 0.0 { self.firsts(count)? } else { Vec::new() };
        for index in 0..count {
            let mut sequence = Sequence::default();
            let mut ids = self.prompt.clone();
            if let Some(first) = firsts.get(index as usize) {
                ids.push(first.id);
                sequence.ids.push(first.id);
                sequence.own = 1;
                sequence.ready.push_back(first.clone());
            }
            let rest = tokens - sequence.own;
            let ended = sequence.ids.first().is_some_and(|&id| self.server.tokenizer.controls().is_control(id));
            if rest > 0 && !ended {
                sequence.stream = Some(self.server.stream(&ids, rest, index, &self.job)?);
            }
            self.sequences.push(sequence);
        }
        Ok(())
    }

    /// The first tokens of distinct answers: the most likely token, then the most likely text tokens.
    fn firsts(&self, count: u32) -> Result<Vec<Choice>> {
        let most = if self.server.kind == ServerKind::Openai { MOST_LIKELIEST } else { u32::MAX };
        let likeliest = count.saturating_add(SPARE_FIRSTS).min(most);
        let piece = self.server.whole(&self.prompt, 1, Some(likeliest), &self.job, &self.cancel)?;
        let first = piece.ids.into_iter().next();
        let first = first.ok_or_else(|| self.server.client.error(ErrorKind::Engine, "it returns no first token"))?;
        let shown = self.job.log_probabilities.unwrap_or_default() as usize;
        let controls = self.server.tokenizer.controls();
        let all = first.likeliest.clone();
        let choice = |(id, log_probability): (TokenId, f32)| Choice {
            id,
            log_probability: Some(log_probability),
            likeliest: all.iter().copied().take(shown).collect(),
        };
        let texts = first.likeliest.iter().copied().filter(|(id, _)| !controls.is_control(*id)).skip(1);
        let others = texts.take(count as usize - 1).map(choice);
        let best = Choice { likeliest: all.iter().copied().take(shown).collect(), ..first.clone() };
        let mut firsts: Vec<Choice> = std::iter::once(best).chain(others).collect();
        // If the server returns fewer, the most likely is used again: equal answers are shown once.
        firsts.resize(count as usize, firsts[0].clone());
        Ok(firsts)
    }

    fn choose(&mut self, index: usize) -> Result<Choice> {
        self.fill(index)?;
        let sequence = self
            .sequences
            .get_mut(index)
            .ok_or_else(|| Error::new(ErrorKind::Engine, "there is no prompt to continue", ""))?;
        sequence.asked += 1;
        let end = self.server.tokenizer.controls().end;
        let ended = Choice { id: end, log_probability: None, likeliest: Vec::new() };
        let mut choice = sequence.ready.pop_front().unwrap_or(ended);
        choice.likeliest.truncate(self.job.log_probabilities.unwrap_or_default() as usize);
        Ok(choice)
    }

    /// Waits until a sequence has a token, or has ended.
    fn fill(&mut self, index: usize) -> Result<()> {
        loop {
            let Some(sequence) = self.sequences.get(index) else { return Ok(()) };
            let Some(stream) = sequence.stream.as_ref().filter(|_| sequence.ready.is_empty()) else { return Ok(()) };
            let Some(piece) = stream.next(&self.cancel)? else {
                return Err(self.server.client.error(ErrorKind::Engine, "the answer ended without an end event"));
            };
            self.take(index, piece)?;
        }
    }

    fn take(&mut self, index: usize, piece: Piece) -> Result<()> {
        self.timings = piece.timings.or(self.timings);
        let server = self.server.clone();
        let controls = *server.tokenizer.controls();
        if let Some(strange) = piece.ids.iter().find(|choice| choice.id >= controls.size) {
            let why = format!("it returned the token {}, which DeepSeek Coder does not have", strange.id);
            return Err(server.client.error(ErrorKind::Engine, why));
        }
        let sequence = &mut self.sequences[index];
        if let Some(count) = piece.prompt {
            let sent = self.prompt.len() + sequence.own;
            if count != sent {
                let why = format!("it counts {count} tokens in a prompt of {sent} tokens");
                return Err(server.client.error(ErrorKind::Engine, why));
            }
        }
        let mut choices = piece.ids;
        if !server.gives_ids {
            let ids = server.tokenizer.encode(&piece.text);
            choices.extend(ids.into_iter().map(|id| Choice { id, log_probability: None, likeliest: Vec::new() }));
        } else if let Some(count) = piece.count {
            // llama-server does not name the tokens that end within a character.
            let before = sequence.ids.len() - sequence.own + choices.len();
            let missing = count.saturating_sub(before);
            if missing > 0 && piece.end.is_none() && !piece.text.is_empty() {
                let named: Vec<TokenId> = choices.iter().map(|choice| choice.id).collect();
                let found = missing_ids(&piece.text, &named, missing, &server.tokenizer);
                let found =
                    found.ok_or_else(|| server.client.error(ErrorKind::Engine, "it does not return all tokens"))?;
                choices.splice(
                    0..0,
                    found.into_iter().map(|id| Choice { id, log_probability: None, likeliest: Vec::new() }),
                );
            } else if missing > 0
                && (piece.end.is_some() || choices.last().is_some_and(|choice| controls.is_control(choice.id)))
            {
                let ids: Vec<_> = self.prompt.iter().chain(&sequence.ids).copied().collect();
                let tail = server.whole(&ids, missing, None, &self.job, &self.cancel)?;
                choices.splice(0..0, tail.ids);
            }
        }
        let sequence = &mut self.sequences[index];
        sequence.ids.extend(choices.iter().map(|choice| choice.id));
        sequence.ready.extend(choices);
        if piece.end.is_some() {
            sequence.stream = None;
            if piece.end == Some(End::Model) && sequence.ready.back().is_none_or(|last| !controls.is_control(last.id)) {
                sequence.ready.push_back(Choice { id: controls.end, log_probability: None, likeliest: Vec::new() });
            }
        }
        Ok(())
    }
}

/// The `missing` tokens before the `named` ones that make up `text` together.
fn missing_ids(text: &str, named: &[TokenId], missing: usize, tokenizer: &Tokenizer) -> Option<Vec<TokenId>> {
    let usual = tokenizer.encode(text);
    if usual.len() == missing + named.len() && usual.ends_with(named) {
        return Some(usual[..missing].to_vec());
    }
    let end: Vec<u8> = named.iter().flat_map(|&id| tokenizer.bytes(id).to_vec()).collect();
    let bytes = text.as_bytes().strip_suffix(&end[..])?;
    split(bytes, missing, tokenizer)
}

/// This many tokens that spell these bytes.
fn split(bytes: &[u8], count: usize, tokenizer: &Tokenizer) -> Option<Vec<TokenId>> {
    if bytes.is_empty() || count == 0 {
        return (bytes.is_empty() && count == 0).then(Vec::new);
    }
    // Tokens that end within a character have few bytes.
    (1..=bytes.len().min(8)).rev().find_map(|length| {
        let (head, rest) = bytes.split_at(length);
        let id = tokenizer.id(head)?;
        let mut ids = split(rest, count - 1, tokenizer)?;
        ids.insert(0, id);
        Some(ids)
    })
}
