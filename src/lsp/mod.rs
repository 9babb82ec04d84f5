//! The language server: documents as the editor changes them, and answers of the resident engine at positions in them.
//!
//! One thread owns all state and takes events in their order: messages of the editor, answers, news of the engine. Each
//! question to the engine waits in a thread of its own, so that nothing that is slow delays the editor; a question that is
//! cancelled, or whose document changes, is answered at once and its connection is closed, which ends the computation.

pub mod cancel;
pub mod commands;
pub mod document;
pub mod engine;
pub mod fill;
pub mod protocol;
pub mod settings;
pub mod wire;
pub mod workspace;

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use gen_lsp_types::{
    CodeActionParams, CompletionParams, DidChangeConfigurationParams, DidChangeTextDocumentParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, ExecuteCommandParams,
    InlineCompletionParams, InlineCompletionTriggerKind, Position, TextDocumentContentChangeEvent, WorkspaceFolder,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::error::{Error, Kind, Result, reason};
use crate::lsp::cancel::Wanted;
use crate::lsp::commands::{Argument, Command, Task};
use crate::lsp::document::{Document, Encoding};
use crate::lsp::engine::{Engine, News, Question};
use crate::lsp::fill::{Gap, Shown, Trigger};
use crate::lsp::protocol::Client;
use crate::lsp::settings::Settings;
use crate::lsp::wire::{Incoming, Outgoing};
use crate::lsp::workspace::{Open, Workspace};
use crate::settings::EngineSettings;
use crate::term::Term;
use crate::text::dialect::{self, Dialect};

/// Questions at once; an editor that asks more than this has gone wrong.
const MAX_LIVE: usize = 64;
/// An answer that nobody asked for explicitly ends with the line that it is in after this time, in milliseconds.
const MAX_ANSWER_MS: u64 = 1000;
/// Answers that are computed at once to find another one, and how often that is tried.
const TRIES: u32 = 4;
const ROUNDS: u32 = 3;

/// What the server begins with.
#[derive(Debug)]
pub struct Options {
    /// Settings of the command line; the editor's override them.
    pub settings: Settings,
    /// How the engine runs, if it is started.
    pub engine: EngineSettings,
    /// Where it listens.
    pub socket: PathBuf,
}

/// What happens.
enum Event {
    /// The editor says something.
    Incoming(Incoming),
    /// It says no more.
    End(io::Result<()>),
    /// The engine says something about itself.
    News(News),
    /// A question has its answers; `None` if it was given up.
    Answers(RequestId, Result<Option<Vec<String>>>),
}

/// A question that the engine is asked.
struct Live {
    uri: String,
    wanted: Wanted,
    purpose: Purpose,
}

/// What becomes of the answers.
enum Purpose {
    /// The editor shows them as inline completions.
    Inline { gap: Gap, shown: Shown },
    /// The editor shows them in its list of completions.
    List { gap: Gap, shown: Shown },
    /// The first one that the editor has not seen becomes an item.
    Next { gap: Gap, question: Box<Question>, rounds: u32 },
    /// The first one is written into the document.
    Edit { task: Box<Task>, command: Command },
}

/// What the editor is asked.
enum Asked {
    /// Its settings.
    Configuration,
    /// To show progress.
    Progress,
    /// Something whose answer does not matter.
    Nothing,
}

/// How loading the model is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loading {
    Not,
    /// The editor was asked whether it shows it.
    Asked,
    Shown,
}

/// How it ended.
enum Ending {
    /// As the protocol wants it.
    Orderly,
    /// Without `shutdown`.
    Abrupt,
}

struct Server<'t> {
    term: &'t Term,
    out: Sender<Outgoing>,
    events: Sender<Event>,
    engine: Engine,
    workspace: Arc<Workspace>,
    client: Client,
    encoding: Encoding,
    /// Settings of the command line and of `initialize`.
    own: Settings,
    settings: Settings,
    documents: HashMap<String, Document>,
    /// The open documents, the one that was used last first.
    recent: Vec<String>,
    shown: HashMap<String, Shown>,
    /// How often another candidate was asked for.
    rounds: u32,
    live: HashMap<RequestId, Live>,
    asked: HashMap<RequestId, Asked>,
    /// Requests to the editor so far.
    count: i32,
    loading: Loading,
    /// The last failure of the engine that the user was told.
    told: Option<String>,
    is_initialized: bool,
    is_shut_down: bool,
}

/// Serves an editor until it says that it is done.
///
/// # Errors
/// [`Kind::Data`] for input that is not the protocol, [`Kind::Nothing`] if the editor leaves without `shutdown`.
pub fn run(
    options: Options,
    mut input: impl BufRead + Send + 'static,
    mut output: impl Write + Send + 'static,
    term: &Term,
) -> Result<()> {
    let (events, happens) = channel();
    let (out, outgoing) = channel::<Outgoing>();
    let writer = thread::spawn(move || outgoing.iter().try_for_each(|one| wire::write(&mut output, &one)));
    let reading = events.clone();
    thread::spawn(move || {
        let done = loop {
            match wire::read(&mut input) {
                Ok(Some(incoming)) => {
                    if reading.send(Event::Incoming(incoming)).is_err() {
                        return;
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        // If nobody listens, the server has ended.
        let _ = reading.send(Event::End(done));
    });
    let news = events.clone();
    let engine = Engine::new(options.engine, options.socket, move |what| {
        let _ = news.send(Event::News(what));
    });
    let server = Server {
        term,
        out,
        events,
        engine,
        workspace: Arc::default(),
        client: Client::default(),
        encoding: Encoding::default(),
        own: options.settings.clone(),
        settings: options.settings,
        documents: HashMap::new(),
        recent: Vec::new(),
        shown: HashMap::new(),
        rounds: 0,
        live: HashMap::new(),
        asked: HashMap::new(),
        count: 0,
        loading: Loading::Not,
        told: None,
        is_initialized: false,
        is_shut_down: false,
    };
    let ending = server.run(&happens);
    // What was sent is written before the process ends; a reader that is gone misses nothing.
    drop(writer.join());
    match ending? {
        Ending::Orderly => Ok(()),
        Ending::Abrupt => Err(Error::new(Kind::Nothing, "the editor has left without a shutdown request", "")),
    }
}

impl Server<'_> {
    fn run(mut self, happens: &Receiver<Event>) -> Result<Ending> {
        let ending = loop {
            let Ok(event) = happens.recv() else { break Ok(Ending::Abrupt) };
            match event {
                Event::Incoming(Incoming::Message(Message::Notification(note))) if note.method == "exit" => {
                    break Ok(if self.is_shut_down { Ending::Orderly } else { Ending::Abrupt });
                }
                Event::Incoming(incoming) => self.take(incoming),
                Event::End(Ok(())) => break Ok(Ending::Orderly),
                Event::End(Err(error)) => {
                    let kind = match error.kind() {
                        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Kind::Data,
                        _ => Kind::Io,
                    };
                    break Err(Error::new(kind, "cannot read what the editor says", reason(&error)));
                }
                Event::News(news) => self.hear(news),
                Event::Answers(id, answers) => self.answered(&id, answers),
            }
        };
        self.live.values().for_each(|live| live.wanted.give_up());
        ending
    }

    fn take(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Unreadable(why) => self.put(Outgoing::Refusal(why)),
            Incoming::Message(Message::Request(request)) => self.request(request),
            Incoming::Message(Message::Response(response)) => self.response(response),
            Incoming::Message(Message::Notification(note)) => {
                if self.is_initialized {
                    self.notification(note);
                }
            }
        }
    }

    fn put(&self, outgoing: Outgoing) {
        // An editor that is gone reads nothing.
        let _ = self.out.send(outgoing);
    }

    fn respond(&self, id: RequestId, result: Value) {
        self.put(Outgoing::Message(Response::new_ok(id, result).into()));
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, words: impl Into<String>) {
        self.put(Outgoing::Message(Response::new_err(id, code as i32, words.into()).into()));
    }

    fn notify(&self, method: &str, params: Value) {
        self.put(Outgoing::Message(Message::Notification(Notification { method: method.to_owned(), params })));
    }

    /// Asks the editor something.
    fn ask(&mut self, method: &str, params: Value, asked: Asked) {
        self.count = self.count.wrapping_add(1);
        let id = RequestId::from(format!("dscoder-{}", self.count));
        self.asked.insert(id.clone(), asked);
        self.put(Outgoing::Message(Message::Request(Request { id, method: method.to_owned(), params })));
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        if method == "initialize" && !self.is_initialized {
            let result = self.initialize(&params);
            return self.respond(id, result);
        }
        if !self.is_initialized {
            return self.refuse(id, ErrorCode::ServerNotInitialized, "the first request must be initialize");
        }
        if self.is_shut_down || method == "initialize" {
            return self.refuse(id, ErrorCode::InvalidRequest, "the server is already initialized, or shut down");
        }
        match method.as_str() {
            "shutdown" => {
                self.is_shut_down = true;
                self.respond(id, Value::Null);
            }
            "textDocument/inlineCompletion" => self.with(id, params, Self::inline),
            "textDocument/completion" => self.with(id, params, Self::list),
            "textDocument/codeAction" => self.with(id, params, Self::actions),
            "workspace/executeCommand" => self.with(id, params, Self::execute),
            _ => self.refuse(id, ErrorCode::MethodNotFound, format!("there is no method {method}")),
        }
    }

    /// Reads the parameters of a request.
    fn with<T: DeserializeOwned>(&mut self, id: RequestId, params: Value, then: impl FnOnce(&mut Self, RequestId, T)) {
        match serde_json::from_value(params) {
            Ok(params) => then(self, id, params),
            Err(error) => self.refuse(id, ErrorCode::InvalidParams, error.to_string()),
        }
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.is_initialized = true;
        self.client = Client::of(params);
        self.encoding = self.client.encoding;
        self.workspace = Arc::new(Workspace::new(self.client.folders.clone()));
        let options = params.get("initializationOptions").unwrap_or(&Value::Null).clone();
        self.own = self.understood(&options);
        self.settings = self.own.clone();
        self.engine.set_model(self.settings.model.clone());
        self.client.capabilities()
    }

    /// The settings of `initialize` and the command line with these; tells the user what is wrong with them.
    fn understood(&self, value: &Value) -> Settings {
        for name in Settings::unknown(value) {
            self.term.note(&format!("the editor sets {name}, which is not a setting of the language server"));
        }
        self.own.with(value).unwrap_or_else(|why| {
            self.notify(
                "window/showMessage",
                json!({"type": 2, "message": format!("dscoder: cannot use its settings: {why}")}),
            );
            self.own.clone()
        })
    }

    /// Takes the editor's settings.
    fn configure(&mut self, value: &Value) {
        self.settings = self.understood(value);
        self.engine.set_model(self.settings.model.clone());
        self.shown.clear();
        self.workspace.forget();
        self.engine.release();
    }

    fn notification(&mut self, note: Notification) {
        let Notification { method, params } = note;
        let done = match method.as_str() {
            "initialized" => {
                self.initialized();
                Ok(())
            }
            "$/cancelRequest" => serde_json::from_value(params["id"].clone()).map(|id| self.cancel(&id)),
            "textDocument/didOpen" => serde_json::from_value(params).map(|params| self.opened(params)),
            "textDocument/didChange" => serde_json::from_value(params).map(|params| self.changed(params)),
            "textDocument/didClose" => serde_json::from_value(params).map(|params| self.closed(&params)),
            "textDocument/didSave" => {
                self.workspace.forget();
                Ok(())
            }
            "workspace/didChangeWorkspaceFolders" => serde_json::from_value(params).map(|params| self.moved(&params)),
            "workspace/didChangeConfiguration" => {
                serde_json::from_value(params).map(|params| self.reconfigured(&params))
            }
            _ => Ok(()),
        };
        if let Err(error) = done {
            self.term.note(&format!("cannot use a notification {method}: {error}"));
        }
    }

    fn initialized(&mut self) {
        if self.client.registers_configuration {
            let registration = json!({"id": "configuration", "method": "workspace/didChangeConfiguration"});
            self.ask("client/registerCapability", json!({"registrations": [registration]}), Asked::Nothing);
        }
        if self.client.has_configuration { self.ask_configuration() } else { self.engine.release() }
    }

    fn ask_configuration(&mut self) {
        self.ask("workspace/configuration", json!({"items": [{"section": settings::SECTION}]}), Asked::Configuration);
    }

    fn reconfigured(&mut self, params: &DidChangeConfigurationParams) {
        if self.client.has_configuration {
            self.ask_configuration();
        } else {
            self.configure(&serde_json::to_value(&params.settings).unwrap_or_default());
        }
    }

    fn moved(&mut self, params: &DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[WorkspaceFolder]| -> Vec<_> {
            folders.iter().filter_map(|folder| workspace::path(&folder.uri.0)).collect()
        };
        let removed = paths(&params.event.removed);
        self.client.folders.retain(|folder| !removed.contains(folder));
        self.client.folders.extend(paths(&params.event.added));
        self.workspace = Arc::new(Workspace::new(self.client.folders.clone()));
    }

    fn response(&mut self, response: Response) {
        let result = response.response_result;
        match self.asked.remove(&response.id) {
            Some(Asked::Configuration) => {
                let value = result.ok().and_then(|value| value.get(0).cloned()).unwrap_or_default();
                self.configure(&value);
            }
            Some(Asked::Progress) if self.loading == Loading::Asked => {
                self.loading = if result.is_ok() { Loading::Shown } else { Loading::Not };
                if self.loading == Loading::Shown {
                    self.progress(json!({"kind": "begin", "title": "dscoder", "message": "loading the model"}));
                }
            }
            Some(Asked::Progress | Asked::Nothing) | None => {}
        }
    }

    fn progress(&self, value: Value) {
        self.notify("$/progress", json!({"token": protocol::PROGRESS, "value": value}));
    }

    /// The engine's news, for the user.
    fn hear(&mut self, news: News) {
        match news {
            News::Starting => {
                if self.client.has_progress && self.loading == Loading::Not {
                    self.loading = Loading::Asked;
                    self.ask("window/workDoneProgress/create", json!({"token": protocol::PROGRESS}), Asked::Progress);
                }
                return;
            }
            News::Ready(model) => {
                self.told = None;
                self.term.detail(&format!("model = {model}"));
            }
            News::Failed(error) => {
                let words = words(&error);
                if self.told.as_ref() != Some(&words) {
                    self.notify("window/showMessage", json!({"type": 1, "message": format!("dscoder: {words}")}));
                    self.told = Some(words);
                }
            }
        }
        if self.loading == Loading::Shown {
            self.progress(json!({"kind": "end"}));
        }
        self.loading = Loading::Not;
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        let uri = item.uri.0;
        self.outdate(&uri);
        let language = String::from(item.language_id);
        self.documents.insert(uri.clone(), Document::new(language, item.version, item.text));
        self.recent.retain(|one| *one != uri);
        self.recent.insert(0, uri);
        self.workspace.forget();
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let uri = params.text_document.text_document_identifier.uri.0;
        self.outdate(&uri);
        let Some(document) = self.documents.get_mut(&uri) else { return };
        for change in params.content_changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    document.change(Some(part.range), &part.text, self.encoding);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    document.change(None, &whole.text, self.encoding);
                }
            }
        }
        document.version = params.text_document.version;
    }

    fn closed(&mut self, params: &DidCloseTextDocumentParams) {
        let uri = &params.text_document.uri.0;
        self.outdate(uri);
        self.documents.remove(uri);
        self.shown.remove(uri);
        self.recent.retain(|one| one != uri);
        self.workspace.forget();
    }

    /// Takes the questions that nobody waits for any more; returns their requests, which are to be answered.
    fn give_up(&mut self, is_it: impl Fn(&RequestId, &Live) -> bool) -> Vec<RequestId> {
        let given_up = self.live.extract_if(|id, live| is_it(id, live));
        given_up.map(|(id, live)| (live.wanted.give_up(), id).1).collect()
    }

    /// Answers a request that is cancelled.
    fn cancel(&mut self, cancelled: &RequestId) {
        for id in self.give_up(|id, _| id == cancelled) {
            self.refuse(id, ErrorCode::RequestCanceled, "cancelled");
        }
    }

    /// Answers the requests for a document that has changed.
    fn outdate(&mut self, uri: &str) {
        for id in self.give_up(|_, live| live.uri == uri) {
            self.refuse(id, ErrorCode::ContentModified, "the document has changed");
        }
    }

    /// Answers the requests for completions in a document that a newer one replaces.
    fn supersede(&mut self, uri: &str) {
        let is_shown = |live: &Live| matches!(live.purpose, Purpose::Inline { .. } | Purpose::List { .. });
        for id in self.give_up(|_, live| live.uri == uri && is_shown(live)) {
            self.respond(id, protocol::no_items());
        }
    }

    fn inline(&mut self, id: RequestId, params: InlineCompletionParams) {
        let trigger = match params.context.trigger_kind {
            InlineCompletionTriggerKind::Invoked => Trigger::Invoked,
            _ => Trigger::Automatic,
        };
        let place = params.text_document_position_params;
        let uri = place.text_document.uri.0;
        let Some(document) = self.documents.get(&uri) else { return self.respond(id, protocol::no_items()) };
        let at = document.offset(place.position, self.encoding);
        let selected = params.context.selected_completion_info;
        let selected = selected.map(|it| (document.bytes(it.range, self.encoding), it.text));
        let Some(gap) = Gap::at(document.text(), at, selected, trigger) else {
            return self.respond(id, protocol::no_items());
        };
        self.complete(id, uri, gap, trigger, |gap, shown| Purpose::Inline { gap, shown });
    }

    fn list(&mut self, id: RequestId, params: CompletionParams) {
        let place = params.text_document_position_params;
        let uri = place.text_document.uri.0;
        let Some(document) = self.documents.get(&uri) else { return self.respond(id, protocol::no_items()) };
        let at = document.offset(place.position, self.encoding);
        let Some(gap) = Gap::at(document.text(), at, None, Trigger::Automatic) else {
            return self.respond(id, protocol::no_items());
        };
        self.complete(id, uri, gap, Trigger::Automatic, |gap, shown| Purpose::List { gap, shown });
    }

    /// Completes a gap: with what is left of the answers before, or by a question.
    fn complete(
        &mut self,
        id: RequestId,
        uri: String,
        gap: Gap,
        trigger: Trigger,
        purpose: impl FnOnce(Gap, Shown) -> Purpose,
    ) {
        self.use_document(&uri);
        self.supersede(&uri);
        let Some(document) = self.documents.get(&uri) else { return };
        let (prefix, suffix) = (gap.prefix(document.text()), gap.suffix(document.text()).to_owned());
        if let Some(rest) = self.shown.get(&uri).and_then(|shown| shown.rest(&prefix, &suffix, trigger)) {
            let shown = Shown { prefix, suffix, answers: rest.clone(), trigger };
            return self.finish(id, &uri, purpose(gap, shown), rest);
        }
        let question = Question {
            prefix: prefix.clone(),
            suffix: suffix.clone(),
            count: if trigger == Trigger::Invoked { self.settings.candidates } else { 1 },
            max_tokens: self.settings.max_tokens,
            max_answer_ms: (trigger == Trigger::Automatic).then_some(MAX_ANSWER_MS),
            ..Question::default()
        };
        let shown = Shown { prefix, suffix, answers: Vec::new(), trigger };
        self.start(id, uri, question, purpose(gap, shown));
    }

    fn actions(&mut self, id: RequestId, params: CodeActionParams) {
        let uri = params.text_document.uri.0;
        let Some(document) = self.documents.get(&uri) else { return self.respond(id, json!([])) };
        let only = params.context.only.unwrap_or_default();
        let is_wanted = only.is_empty() || only.into_iter().any(|kind| protocol::is_action(&String::from(kind)));
        // Nobody has asked for a menu.
        let is_automatic = serde_json::to_value(params.context.trigger_kind).is_ok_and(|kind| kind == 2);
        if !is_wanted || is_automatic {
            return self.respond(id, json!([]));
        }
        let bytes = document.bytes(params.range, self.encoding);
        let mut found = Vec::new();
        if bytes.is_empty() {
            found.push((Command::CompleteFunction, json!({"uri": uri, "position": params.range.start})));
            if Task::docstring(self.dialect(&uri, document), document.text(), bytes.start).is_ok() {
                found.push((Command::WriteDocstring, json!({"uri": uri, "position": params.range.start})));
            }
        } else {
            found.push((Command::FillSelection, json!({"uri": uri, "range": params.range})));
        }
        let actions: Vec<_> =
            found.into_iter().map(|(command, argument)| self.client.action(command, &argument)).collect();
        self.respond(id, json!(actions));
    }

    fn execute(&mut self, id: RequestId, params: ExecuteCommandParams) {
        let Some(command) = Command::ALL.into_iter().find(|command| command.name() == params.command) else {
            return self.refuse(id, ErrorCode::InvalidParams, format!("there is no command {}", params.command));
        };
        match self.prepare_command(command, params.arguments) {
            Ok((uri, question, purpose)) => {
                self.use_document(&uri);
                self.start(id, uri, question, purpose);
            }
            Err((code, why)) => self.refuse(id, code, why),
        }
    }

    /// What a command asks.
    fn prepare_command(
        &mut self,
        command: Command,
        arguments: Option<Vec<Value>>,
    ) -> std::result::Result<(String, Question, Purpose), (ErrorCode, String)> {
        let wrong = |why: &str| (ErrorCode::InvalidParams, why.to_owned());
        let Argument { uri, range, position } = Argument::of(arguments).map_err(|why| wrong(&why))?;
        let document = self.documents.get(&uri).ok_or_else(|| wrong("the document is not open"))?;
        let text = document.text();
        let at = || {
            let position: Option<Position> = position.or(range.map(|range| range.start));
            position.map(|at| document.offset(at, self.encoding)).ok_or_else(|| wrong("the position is missing"))
        };
        let task = match command {
            Command::NextCandidate => {
                let gap = Gap::at(text, at()?, None, Trigger::Invoked).ok_or_else(|| wrong("there is no gap here"))?;
                self.rounds = self.rounds.wrapping_add(TRIES);
                let question = Question {
                    prefix: gap.prefix(text),
                    suffix: gap.suffix(text).to_owned(),
                    count: TRIES,
                    max_tokens: self.settings.max_tokens,
                    seed: Some(self.rounds),
                    ..Question::default()
                };
                let purpose = Purpose::Next { gap, question: Box::new(question.clone()), rounds: ROUNDS };
                return Ok((uri, question, purpose));
            }
            Command::FillSelection => {
                let range = range.ok_or_else(|| wrong("the range is missing"))?;
                Task::fill(text, document.bytes(range, self.encoding))
            }
            Command::CompleteFunction => Task::function(text, at()?),
            Command::WriteDocstring => Task::docstring(self.dialect(&uri, document), text, at()?)
                .map_err(|why| (ErrorCode::RequestFailed, why))?,
        };
        Ok((uri, task.question.clone(), Purpose::Edit { task: Box::new(task), command }))
    }

    /// The language of a document.
    fn dialect(&self, uri: &str, document: &Document) -> &'static Dialect {
        let path = workspace::path(uri);
        dialect::named(&document.language).unwrap_or_else(|| dialect::of(path.as_deref(), document.text()))
    }

    /// A document gets the cursor: what others showed of it may be old.
    fn use_document(&mut self, uri: &str) {
        if self.recent.first().is_some_and(|first| first != uri) {
            self.recent.retain(|one| one != uri);
            self.recent.insert(0, uri.to_owned());
            self.workspace.forget();
        }
    }

    /// Asks the engine.
    fn start(&mut self, id: RequestId, uri: String, mut question: Question, purpose: Purpose) {
        if self.live.len() >= MAX_LIVE || self.live.contains_key(&id) {
            return self.refuse(
                id,
                ErrorCode::RequestFailed,
                "too many requests, or one with this id, are in progress",
            );
        }
        let Some(document) = self.documents.get(&uri) else { return };
        let wanted = Wanted::default();
        question.language = dialect::named(&document.language).map(|dialect| dialect.name().to_owned());
        question.max_prompt_ms = self.settings.max_prompt_ms;
        let known = self.workspace.known(&uri);
        // Documents are only copied if something must be chosen of them.
        let chosen_from = known.is_none().then(|| {
            let others = if self.settings.context { Some(self.others(&uri)) } else { None };
            (document.text().to_owned(), others)
        });
        self.live.insert(id.clone(), Live { uri: uri.clone(), wanted: wanted.clone(), purpose });
        let (engine, workspace, events) = (self.engine.clone(), Arc::clone(&self.workspace), self.events.clone());
        thread::spawn(move || {
            question.seen = known.unwrap_or_else(|| {
                let (text, others) = chosen_from.unwrap_or_default();
                workspace.choose(&uri, &text, others.as_deref())
            });
            let answers = engine.ask(&question, &wanted);
            // Without a listener, the server has ended.
            let _ = events.send(Event::Answers(id, answers));
        });
    }

    /// The other open documents, the one that was used last first.
    fn others(&self, uri: &str) -> Vec<Open> {
        let others = self.recent.iter().filter(|other| *other != uri);
        let open = |other: &String| {
            let file = workspace::path(other)?;
            Some(Open { file, text: self.documents.get(other)?.text().to_owned() })
        };
        others.filter_map(open).collect()
    }

    fn answered(&mut self, id: &RequestId, answers: Result<Option<Vec<String>>>) {
        // Without an entry, it was answered when it was given up.
        let Some(live) = self.live.remove(id) else { return };
        match answers {
            Ok(answers) => self.finish(id.clone(), &live.uri, live.purpose, answers.unwrap_or_default()),
            // Who types need not read each time that there is no engine.
            Err(error) => match live.purpose {
                Purpose::Inline { shown: Shown { trigger: Trigger::Automatic, .. }, .. } | Purpose::List { .. } => {
                    self.respond(id.clone(), protocol::no_items());
                }
                _ => self.refuse(id.clone(), ErrorCode::RequestFailed, words(&error)),
            },
        }
    }

    /// Answers a request with what the engine has said.
    fn finish(&mut self, id: RequestId, uri: &str, purpose: Purpose, mut answers: Vec<String>) {
        let Some(document) = self.documents.get(uri) else { return };
        let mut seen = std::collections::HashSet::new();
        answers.retain(|answer| !answer.trim().is_empty() && seen.insert(answer.clone()));
        let range = |bytes: std::ops::Range<usize>| {
            json!({
                "start": document.position(bytes.start, self.encoding),
                "end": document.position(bytes.end, self.encoding),
            })
        };
        let item = |gap: &Gap, answer: &String| {
            let (bytes, text) = gap.item(document.text(), answer)?;
            Some(json!({"insertText": text, "range": range(bytes)}))
        };
        let result = match purpose {
            Purpose::Inline { gap, shown } => {
                let items: Vec<_> = answers.iter().filter_map(|answer| item(&gap, answer)).collect();
                self.shown.insert(uri.to_owned(), Shown { answers, ..shown });
                json!({"items": items})
            }
            Purpose::List { gap, shown } => {
                let one = |answer: &String| {
                    let (bytes, text) = gap.item(document.text(), answer)?;
                    Some(protocol::entry(document, self.encoding, &bytes, &text))
                };
                let items: Vec<_> = answers.iter().filter_map(one).collect();
                self.shown.insert(uri.to_owned(), Shown { answers, ..shown });
                json!({"isIncomplete": true, "items": items})
            }
            Purpose::Next { gap, question, rounds } => {
                let (prefix, suffix) = (gap.prefix(document.text()), gap.suffix(document.text()).to_owned());
                let known = self.shown.remove(uri).filter(|shown| shown.prefix == prefix && shown.suffix == suffix);
                let mut shown =
                    known.unwrap_or(Shown { prefix, suffix, answers: Vec::new(), trigger: Trigger::Invoked });
                let new = answers.into_iter().find(|answer| !shown.answers.contains(answer));
                let item = new.as_ref().and_then(|answer| item(&gap, answer));
                let is_new = new.is_some();
                shown.answers.extend(new);
                self.shown.insert(uri.to_owned(), shown);
                if !is_new && rounds > 1 {
                    let seed = question.seed.map(|seed| seed.wrapping_add(TRIES));
                    self.rounds = self.rounds.wrapping_add(TRIES);
                    let question = Question { seed, ..*question };
                    let purpose = Purpose::Next { gap, question: Box::new(question.clone()), rounds: rounds - 1 };
                    return self.start(id, uri.to_owned(), question, purpose);
                }
                item.unwrap_or_default()
            }
            Purpose::Edit { task, command } => {
                let Some(text) = answers.first().and_then(|answer| task.edit(answer)) else {
                    return self.refuse(id, ErrorCode::RequestFailed, "the model has nothing to write here");
                };
                let edits = json!([{"range": range(task.range.clone()), "newText": text}]);
                let edit = self.client.edit(uri, document.version, &edits);
                if self.client.applies_edits {
                    let params = json!({"label": command.title(), "edit": edit});
                    self.ask("workspace/applyEdit", params, Asked::Nothing);
                    Value::Null
                } else {
                    edit
                }
            }
        };
        self.respond(id, result);
    }
}

/// An error in a line.
fn words(error: &Error) -> String {
    let Error { what, why, hint, .. } = error;
    let mut words = what.clone();
    if !why.is_empty() {
        words += &format!(": {why}");
    }
    if !hint.is_empty() {
        words += &format!(" ({hint})");
    }
    words
}
