//! What the sockets and the engine's thread exchange: work in, events out.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use crate::engine::Choice;
use crate::engine::parallel::Rules;
use crate::error::Error;
use crate::model::digest::Digest;
use crate::serve::client::Client;
use crate::serve::place::Place;
use crate::shape::Shape;
use crate::shape::finish::Finish;
use crate::text::line_endings::LineEndings;
use crate::vocabulary::TokenId;

/// Requests that may wait for a sequence; more are refused.
pub const MAX_WAITING: usize = 64;

/// What is answered first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody waits at the cursor.
    Interactive,
    /// A chat.
    Chat,
    /// One of many that a program asks for.
    Batch,
    /// Nobody reads the answer: the prompt is evaluated for later.
    WarmUp,
}

/// An answer to compute.
#[derive(Debug)]
pub struct Work {
    /// The prompt.
    pub prompt: Vec<TokenId>,
    /// How its tokens are chosen.
    pub rules: Rules,
    /// Maximum answer length in tokens. Prompt and answer fit into a sequence.
    pub max_tokens: usize,
    /// What is kept of the answer.
    pub shape: Shape,
    /// The line endings of the user's text.
    pub endings: LineEndings,
    /// The answer ends at the first line end that comes later than this after its first token.
    pub line_limit: Option<Duration>,
    /// Whether each token is wanted as the model chose it, the control token at the end included.
    pub is_raw: bool,
    /// When it is its turn.
    pub priority: Priority,
    /// When it was asked for.
    pub asked: Instant,
    /// The time in which the first token should come: of a long prompt only an [excerpt](crate::serve::excerpt) is evaluated then.
    pub prompt_limit: Option<Duration>,
    /// The digest of what is asked, so that the same is evaluated once.
    pub question: Option<Digest>,
    /// Where a user types, if only the newest request of this place counts.
    pub place: Option<Place>,
    /// Who asks.
    pub client: Client,
    /// Get the answer.
    pub listeners: Listeners,
}

/// Who waits for an answer: the same answer may be asked for several times. Nobody waits any more once all receivers are gone.
#[derive(Debug, Default)]
pub struct Listeners(Vec<UnboundedSender<Event>>);

impl Listeners {
    /// One.
    #[must_use]
    pub fn one(sender: UnboundedSender<Event>) -> Listeners {
        Listeners(vec![sender])
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody waits.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.iter().all(UnboundedSender::is_closed)
    }

    /// Adds those of another one.
    pub fn join(&mut self, others: Listeners) {
        self.0.extend(others.0);
    }

    /// Sends the same to all.
    pub fn send(&self, event: &Event) {
        for sender in &self.0 {
            // A receiver that is gone needs nothing.
            let _ = sender.send(event.clone());
        }
    }
}

/// A part of an answer.
#[derive(Debug, Clone)]
pub enum Event {
    /// A token was chosen, and this text is final: text that may still be trimmed comes later.
    Token {
        /// The token, also the control token that ends the answer; `None` with text that was held back.
        choice: Option<Choice>,
        /// Bytes of the answer, perhaps none.
        text: Vec<u8>,
        /// Whether the token is not part of the answer, but ends it.
        is_end: bool,
    },
    /// The answer has ended.
    End(Ended),
    /// The answer failed.
    Failed(Error),
}

/// A finished answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ended {
    /// Why it ended.
    pub finish: Finish,
    /// Tokens of the prompt.
    pub prompt: usize,
    /// How many of them were evaluated before.
    pub reused: usize,
    /// Tokens of the prompt that there was no time for.
    pub left_out: usize,
    /// Tokens of the answer.
    pub tokens: usize,
    /// Time in the queue.
    pub queued: Duration,
    /// Time for the prompt.
    pub prefill: Duration,
    /// Time from the first token to the end.
    pub decode: Duration,
}

/// The way to the engine's thread.
#[derive(Clone)]
pub struct Queue {
    work: mpsc::Sender<Work>,
    state: Arc<State>,
}

/// Counters, and the flag that ends the thread.
#[derive(Debug, Default)]
pub struct State {
    /// Requests that wait for a sequence, those on their way to the thread included.
    pub waiting: AtomicUsize,
    /// Answers in progress.
    pub live: AtomicUsize,
    /// Answers that have ended.
    pub answered: AtomicUsize,
    /// Answers that nobody waited for.
    pub dropped: AtomicUsize,
    /// Requests that a newer one of the same editor made pointless.
    pub superseded: AtomicUsize,
    /// Requests that got the answer to the same question of another one.
    pub joined: AtomicUsize,
    /// Evaluated tokens of prompts.
    pub prompt_tokens: AtomicUsize,
    /// Tokens of prompts that were evaluated before.
    pub reused_tokens: AtomicUsize,
    /// Tokens of answers.
    pub answer_tokens: AtomicUsize,
    /// No more work is taken.
    pub is_closing: AtomicBool,
}

/// The queue is full, or its thread has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

impl Queue {
    /// A queue, and its other end.
    #[must_use]
    pub fn new() -> (Queue, mpsc::Receiver<Work>) {
        let (work, receiver) = mpsc::channel();
        (Queue { work, state: Arc::default() }, receiver)
    }

    /// The counters.
    #[must_use]
    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// Adds `work`.
    ///
    /// # Errors
    /// [`Full`].
    pub fn push(&self, work: Work) -> Result<(), Full> {
        if self.state.is_closing.load(Ordering::Relaxed) || self.state.waiting.load(Ordering::Relaxed) >= MAX_WAITING {
            return Err(Full);
        }
        self.state.waiting.fetch_add(1, Ordering::Relaxed);
        self.work.send(work).map_err(|_| {
            self.state.waiting.fetch_sub(1, Ordering::Relaxed);
            Full
        })
    }
}
