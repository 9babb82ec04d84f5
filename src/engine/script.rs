//! Canned answers from a TOML file, so that everything around an engine can be tested without a model.
//!
//! ```toml
//! [answer]
//! pieces = ["return ", "a + b"]   # what the model would write, token by token
//! end = true                      # whether it then ends by itself; default true
//! delay_ms = 0                    # time that each token takes
//! load_ms = 0                     # time that loading takes, which nothing can interrupt
//! prefill_ms = 0                  # time that the prompt takes
//! fail_after = 1                  # tokens after which the engine fails
//! turns = [["Yes"]]               # what it writes to the second prompt and those behind it, also in a batch
//! others = [["return 1"]]         # what further sequences get, where several answers are asked for
//! echo = 8                        # tokens of the prompt's end that it writes first: who gets whose answer?
//! record = "prompt.txt"           # a file to write the text of the last prompt into
//! ```
//!
//! `-m script:FILE` chooses it. Its vocabulary has the pieces and one token for each byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::cancel::Cancel;
use crate::engine::parallel::{Move, Row, Rules, Sequences};
use crate::engine::{Choice, Engine, Job};
use crate::error::{Error, Kind, Result, reason};
use crate::vocabulary::{Bytes, EOS, TokenId, Vocabulary, common};

/// The id of the first piece; below are the bytes.
const FIRST_PIECE: TokenId = 256;
/// Pieces end where the merged tokens of the real vocabulary do, so no piece is taken for a control token.
const MAX_PIECES: usize = 30_000;

/// A file of canned answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    answer: CannedAnswer,
    /// Where it is.
    #[serde(skip)]
    pub path: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct CannedAnswer {
    pieces: Vec<String>,
    #[serde(default)]
    others: Vec<Vec<String>>,
    #[serde(default)]
    turns: Vec<Vec<String>>,
    #[serde(default = "yes")]
    end: bool,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    load_ms: u64,
    #[serde(default)]
    prefill_ms: u64,
    fail_after: Option<usize>,
    #[serde(default)]
    echo: usize,
    record: Option<PathBuf>,
}

fn yes() -> bool {
    true
}

impl Script {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`Kind::NoInput`] or [`Kind::Io`] if it cannot be read, [`Kind::Data`] if it is not such a file.
    pub fn open(path: &Path) -> Result<Script> {
        let text = fs::read_to_string(path).map_err(|error| Error::reading(path, &error))?;
        let refuse = |why: String| Error::new(Kind::Data, format!("cannot use {}", path.display()), why);
        let mut script: Script = toml::from_str(&text).map_err(|error| refuse(error.message().to_owned()))?;
        if script.answer.all().count() > MAX_PIECES {
            return Err(refuse(format!("it has more than {MAX_PIECES} pieces")));
        }
        script.path = path.to_owned();
        Ok(script)
    }

    /// An engine that gives the answer.
    #[must_use]
    pub fn start(&self) -> ScriptEngine {
        thread::sleep(Duration::from_millis(self.answer.load_ms));
        ScriptEngine {
            answers: self.answers(),
            answer: self.answer.clone(),
            given: Vec::new(),
            evaluated: Vec::new(),
            echoed: Vec::new(),
            last: None,
            prompts: 0,
        }
    }

    /// An engine that gives the answer, and the turns, to parallel prompts.
    #[must_use]
    pub fn start_parallel(&self, job: &Job) -> ScriptSequences {
        thread::sleep(Duration::from_millis(self.answer.load_ms));
        ScriptSequences {
            answers: self.answers(),
            answer: self.answer.clone(),
            capacity: job.tokens as usize,
            given: vec![(0, 0); job.sequences as usize],
            echoed: vec![Vec::new(); job.sequences as usize],
            likeliest: vec![1; job.sequences as usize],
            prompts: 0,
        }
    }

    /// The ids of the pieces of the first answer, of the others and of the turns.
    fn answers(&self) -> Vec<Vec<TokenId>> {
        let mut next = FIRST_PIECE;
        let lists = std::iter::once(&self.answer.pieces).chain(&self.answer.others).chain(&self.answer.turns);
        let answers = lists.map(|list| {
            let ids = (next..).take(list.len()).collect();
            next += list.len() as TokenId;
            ids
        });
        answers.collect()
    }
}

impl CannedAnswer {
    /// The `given`-th token of an answer with these `pieces`, after `echoed` ones.
    fn token(&self, echoed: &[TokenId], pieces: &[TokenId], given: usize) -> Result<TokenId> {
        if self.fail_after == Some(given) {
            return Err(Error::new(Kind::Engine, "the scripted engine fails", format!("after {given} tokens")));
        }
        if let Some(&id) = echoed.get(given) {
            return Ok(id);
        }
        let given = given - echoed.len();
        Ok(match pieces.get(given) {
            Some(&piece) => piece,
            None if self.end || pieces.is_empty() => EOS,
            // Without an end, the answer starts over.
            None => pieces[given % pieces.len()],
        })
    }

    /// The pieces of all answers, in the order of their ids.
    fn all(&self) -> impl Iterator<Item = &String> {
        self.pieces.iter().chain(self.others.iter().chain(&self.turns).flatten())
    }

    /// The text of a token; control tokens have none.
    fn bytes(&self, id: TokenId) -> &[u8] {
        match id.checked_sub(FIRST_PIECE) {
            None => Bytes.bytes(id),
            Some(piece) => self.all().nth(piece as usize).map_or(&[], |piece| piece.as_bytes()),
        }
    }

    /// The end of a prompt that the answer begins with.
    fn echoed(&self, prompt: &[TokenId]) -> Vec<TokenId> {
        prompt[prompt.len().saturating_sub(self.echo)..].to_vec()
    }

    fn record(&self, prompt: &[TokenId]) -> Result<()> {
        let Some(path) = &self.record else { return Ok(()) };
        let text: Vec<u8> = prompt.iter().flat_map(|&id| self.bytes(id)).copied().collect();
        fs::write(path, text)
            .map_err(|error| Error::new(Kind::CantCreate, format!("cannot write {}", path.display()), reason(&error)))
    }
}

impl Vocabulary for Script {
    fn encode(&self, text: &str) -> Vec<TokenId> {
        Bytes.encode(text)
    }

    fn bytes(&self, id: TokenId) -> &[u8] {
        self.answer.bytes(id)
    }
}

/// Gives canned answers.
#[derive(Debug)]
pub struct ScriptEngine {
    answer: CannedAnswer,
    /// The ids of each sequence's pieces.
    answers: Vec<Vec<TokenId>>,
    /// How many tokens each sequence has.
    given: Vec<usize>,
    /// The tokens that a real engine would have evaluated, and the next one.
    evaluated: Vec<TokenId>,
    /// See [`CannedAnswer::echoed`].
    echoed: Vec<TokenId>,
    last: Option<TokenId>,
    prompts: usize,
}

impl Engine for ScriptEngine {
    fn keep(&mut self, ids: &[TokenId]) -> Result<usize> {
        let kept = common(&self.evaluated, ids);
        self.evaluated.truncate(kept);
        self.last = None;
        Ok(kept)
    }

    fn prefill(&mut self, ids: &[TokenId], cancel: &Cancel) -> Result<()> {
        self.evaluated.extend(ids);
        self.answer.record(&self.evaluated)?;
        self.echoed = self.answer.echoed(&self.evaluated);
        self.prompts += 1;
        self.given.clear();
        // Continues an answer that has begun, as a model does.
        self.given
            .extend(begun(&self.answers, &self.evaluated).filter(|(answer, _)| *answer == 0).map(|(_, given)| given));
        let end = Instant::now() + Duration::from_millis(self.answer.prefill_ms);
        while Instant::now() < end && !cancel.is_set() {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn sample(&mut self, live: &[usize]) -> Result<Vec<Choice>> {
        self.given.resize(self.given.len().max(live.iter().max().map_or(0, |last| last + 1)), 0);
        thread::sleep(Duration::from_millis(self.answer.delay_ms));
        live.iter().map(|&sequence| self.next(sequence)).collect()
    }
}

impl ScriptEngine {
    fn next(&mut self, sequence: usize) -> Result<Choice> {
        let given = self.given[sequence];
        let turn = self.prompts.checked_sub(2).map(|turn| 1 + self.answer.others.len() + turn);
        let turn = turn.filter(|_| sequence == 0).and_then(|turn| self.answers.get(turn));
        let others = self.answers.get(sequence).filter(|_| sequence <= self.answer.others.len());
        let pieces = turn.or(others).unwrap_or(&self.answers[0]);
        let id = self.answer.token(&self.echoed, pieces, given)?;
        self.given[sequence] += 1;
        if sequence == 0 {
            self.evaluated.extend(self.last.replace(id));
        }
        let log_probability = log_probability(sequence);
        Ok(Choice { id, log_probability: Some(log_probability), likeliest: vec![(id, log_probability)] })
    }
}

/// Later sequences are less likely.
fn log_probability(sequence: usize) -> f32 {
    -0.5 - sequence as f32
}

/// Gives canned answers to parallel prompts.
#[derive(Debug)]
pub struct ScriptSequences {
    answer: CannedAnswer,
    answers: Vec<Vec<TokenId>>,
    capacity: usize,
    /// For each sequence its answer, and how many tokens were given.
    given: Vec<(usize, usize)>,
    /// For each sequence what its answer begins with.
    echoed: Vec<Vec<TokenId>>,
    /// For each sequence how many of the likeliest tokens are wanted.
    likeliest: Vec<usize>,
    prompts: usize,
}

impl Sequences for ScriptSequences {
    fn count(&self) -> usize {
        self.given.len()
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn share(&mut self, _from: usize, _to: usize, _count: usize) -> Result<()> {
        Ok(())
    }

    fn lift(&mut self, _from: usize, _to: usize, _moves: &[Move]) -> Result<bool> {
        Ok(true)
    }

    fn splice(&mut self, _sequence: usize) -> Result<()> {
        Ok(())
    }

    fn rest(&mut self) {}

    fn save(&mut self, _sequence: usize, _ids: &[TokenId], _path: &Path) -> Result<bool> {
        Ok(false)
    }

    fn restore(&mut self, _sequence: usize, _path: &Path, _ids: &[TokenId]) -> bool {
        false
    }

    fn begin(&mut self, sequence: usize, prompt: &[TokenId], rules: Rules) -> Result<()> {
        self.answer.record(prompt)?;
        thread::sleep(Duration::from_millis(self.answer.prefill_ms));
        self.likeliest[sequence] = rules.log_probabilities.unwrap_or(1) as usize;
        if let Some(begun) = begun(&self.answers, prompt) {
            self.given[sequence] = begun;
            return Ok(());
        }
        let turn = self.prompts.checked_sub(1).map(|turn| 1 + self.answer.others.len() + turn);
        let answer = turn.filter(|&turn| turn < self.answers.len()).unwrap_or(0);
        self.prompts += 1;
        self.given[sequence] = (answer, 0);
        self.echoed[sequence] = self.answer.echoed(prompt);
        Ok(())
    }

    fn evaluate(&mut self, _rows: &[Row]) -> Result<()> {
        thread::sleep(Duration::from_millis(self.answer.delay_ms));
        Ok(())
    }

    fn choose(&mut self, sequence: usize, _row: usize) -> Result<Choice> {
        let (answer, given) = self.given[sequence];
        let id = self.answer.token(&self.echoed[sequence], &self.answers[answer], given)?;
        self.given[sequence].1 += 1;
        let others = self.answer.others.len();
        let number = if answer <= others { log_probability(answer) } else { log_probability(0) };
        // Other answers begin with less likely tokens.
        let firsts = (given == 0 && answer == 0).then(|| self.answers.get(1..=others)).flatten().unwrap_or_default();
        let firsts = (1..).zip(firsts).filter_map(|(other, ids)| Some((*ids.first()?, log_probability(other))));
        let likeliest = std::iter::once((id, number)).chain(firsts).take(self.likeliest[sequence].max(1)).collect();
        Ok(Choice { id, log_probability: Some(number), likeliest })
    }
}

/// The answer that has begun at the end of `prompt`, and how many of its tokens are there.
fn begun(answers: &[Vec<TokenId>], prompt: &[TokenId]) -> Option<(usize, usize)> {
    let last = *prompt.last()?;
    let number = answers.iter().position(|ids| ids.contains(&last))?;
    let given = 1 + answers[number].iter().position(|&id| id == last)?;
    prompt.ends_with(&answers[number][..given]).then_some((number, given))
}
