//! Answers to one prompt: one prefill, then token by token until each answer ends.

use std::time::{Duration, Instant};

use crate::cancel::{Cancel, Sink};
use crate::engine::{Choice, Engine};
use crate::error::{Error, Kind, Result};
use crate::shape::Shape;
use crate::shape::finish::Finish;
use crate::vocabulary::{TokenId, Vocabulary};

/// A finished answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Why it ended.
    pub finish: Finish,
    /// Its tokens as the model chose them, without the one that ended it.
    pub choices: Vec<Choice>,
    /// The sum of the log probabilities of its tokens, including the one that ended it; 0 if none were requested.
    pub log_probability: f32,
    /// The number of tokens in that sum.
    pub counted: usize,
}

impl Answer {
    /// The ids of its tokens.
    pub fn ids(&self) -> impl Iterator<Item = TokenId> {
        self.choices.iter().map(|choice| choice.id)
    }

    /// The mean log probability of a token.
    #[must_use]
    pub fn mean_log_probability(&self) -> f32 {
        self.log_probability / self.counted.max(1) as f32
    }
}

/// All answers to one prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// One for each sequence.
    pub answers: Vec<Answer>,
    /// Tokens of the prompt that were already evaluated.
    pub reused: usize,
    /// Time for the prompt.
    pub prefill: Duration,
    /// Time from the end of the prompt to the end of the last answer.
    pub decode: Duration,
}

/// The answers to generate.
#[derive(Debug)]
pub struct Order<'a> {
    /// The prompt.
    pub prompt: &'a [TokenId],
    /// The number of control tokens that it must have.
    pub controls: usize,
    /// Maximum answer length in tokens.
    pub max_tokens: usize,
    /// How many answers; the engine was started for as many.
    pub sequences: usize,
    /// The shape of each answer.
    pub shape: Shape,
}

/// Takes the bytes of an answer, with the number of its sequence, as soon as they are final.
pub type Write<'a> = dyn FnMut(usize, &[u8]) -> Result<Sink> + 'a;

/// The last check of a prompt before an engine gets it: no text may have become a control token.
///
/// # Errors
/// [`Kind::Engine`] if it has other than `controls` control tokens.
pub fn check_controls(prompt: &[TokenId], controls: usize, vocabulary: &dyn Vocabulary) -> Result<()> {
    let found = prompt.iter().filter(|&&id| vocabulary.controls().is_control(id)).count();
    if found == controls {
        return Ok(());
    }
    let why = format!("the prompt has {found} control tokens and must have {controls}");
    Err(Error::new(Kind::Engine, "text became a control token", why))
}

/// Generates the answers that `order` asks for.
///
/// # Errors
/// Errors from the engine, from `write` and from [`check_controls`]. What was written before is kept.
pub fn generate(
    engine: &mut dyn Engine,
    vocabulary: &dyn Vocabulary,
    order: &Order<'_>,
    cancel: &Cancel,
    write: &mut Write<'_>,
) -> Result<Generated> {
    check_controls(order.prompt, order.controls, vocabulary)?;
    let start = Instant::now();
    let reused = engine.keep(order.prompt)?;
    engine.prefill(&order.prompt[reused.min(order.prompt.len())..], cancel)?;
    let prefill = start.elapsed();
    let start = Instant::now();
    let mut running = vec![Running::new(order.shape.clone()); order.sequences.max(1)];
    cancel.answer_begins();
    loop {
        if let Some(cause) = cancel.cause() {
            finish_all(&mut running, cause.into(), write)?;
        }
        for (index, sequence) in running.iter_mut().enumerate() {
            if sequence.finish.is_none() && sequence.choices.len() == order.max_tokens {
                sequence.end(index, Finish::MaxTokens, write)?;
            }
        }
        let live: Vec<usize> = (0..running.len()).filter(|&index| running[index].finish.is_none()).collect();
        if live.is_empty() {
            break;
        }
        let choices = match engine.sample(&live) {
            Ok(choices) => choices,
            // An engine that waits for a server is interrupted.
            Err(_) if cancel.is_set() => continue,
            Err(error) => {
                // What was held back is part of the answer so far.
                finish_all(&mut running, Finish::EndOfText, write)?;
                return Err(error);
            }
        };
        for (index, choice) in live.into_iter().zip(choices) {
            running[index].take(index, choice, vocabulary, write)?;
        }
    }
    engine.rest();
    let answers = running.into_iter().map(Running::answer).collect();
    Ok(Generated { answers, reused, prefill, decode: start.elapsed() })
}

fn finish_all(running: &mut [Running], finish: Finish, write: &mut Write<'_>) -> Result<()> {
    for (index, sequence) in running.iter_mut().enumerate() {
        if sequence.finish.is_none() {
            sequence.end(index, finish, write)?;
        }
    }
    Ok(())
}

/// An answer in progress.
#[derive(Debug, Clone)]
pub struct Running {
    shape: Shape,
    choices: Vec<Choice>,
    sum: f32,
    counted: usize,
    finish: Option<Finish>,
}

impl Running {
    /// An answer without a token yet.
    #[must_use]
    pub fn new(shape: Shape) -> Running {
        Running { shape, choices: Vec::new(), sum: 0.0, counted: 0, finish: None }
    }

    /// How many tokens it has.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.choices.len()
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Why it ended; `None` while it is in progress.
    #[must_use]
    pub fn finish(&self) -> Option<Finish> {
        self.finish
    }

    /// Takes the next token; `index` is passed to `write`.
    ///
    /// # Errors
    /// Errors from `write`.
    pub fn take(
        &mut self,
        index: usize,
        choice: Choice,
        vocabulary: &dyn Vocabulary,
        write: &mut Write<'_>,
    ) -> Result<()> {
        self.sum += choice.log_probability.unwrap_or(0.0);
        self.counted += 1;
        if vocabulary.controls().is_control(choice.id) {
            return self.end(index, Finish::EndOfText, write);
        }
        let released = self.shape.push(vocabulary.bytes(choice.id));
        self.choices.push(choice);
        if !released.bytes.is_empty() && write(index, &released.bytes)? == Sink::Closed {
            self.finish = Some(Finish::Closed);
        } else if let Some(finish) = released.stopped {
            self.end(index, finish, write)?;
        }
        Ok(())
    }

    /// Ends it, and writes what was held back.
    ///
    /// # Errors
    /// Errors from `write`.
    pub fn end(&mut self, index: usize, finish: Finish, write: &mut Write<'_>) -> Result<()> {
        let rest = self.shape.finish();
        let closed = !rest.is_empty() && write(index, &rest)? == Sink::Closed;
        self.finish = Some(if closed { Finish::Closed } else { finish });
        Ok(())
    }

    /// The finished answer.
    #[must_use]
    pub fn answer(self) -> Answer {
        Answer {
            finish: self.finish.unwrap_or(Finish::EndOfText),
            choices: self.choices,
            log_probability: self.sum,
            counted: self.counted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::Cause;
    use crate::shape::stop::{StopRules, Until};
    use crate::vocabulary::{BOS, Bytes, Controls, EOT, FIM_HOLE};

    /// Gives these ids to all sequences, then fails. A sequence after the first is one letter on.
    struct Canned(Vec<TokenId>);

    impl Engine for Canned {
        fn prefill(&mut self, _ids: &[TokenId], _cancel: &Cancel) -> Result<()> {
            Ok(())
        }

        fn sample(&mut self, live: &[usize]) -> Result<Vec<Choice>> {
            if self.0.is_empty() {
                return Err(Error::new(Kind::Engine, "nothing left", ""));
            }
            let id = self.0.remove(0);
            let choice = |&index: &usize| {
                let id = if Controls::V1.is_control(id) { id } else { id + index as TokenId };
                Choice { id, log_probability: Some(-1.0 - index as f32), likeliest: Vec::new() }
            };
            Ok(live.iter().map(choice).collect())
        }
    }

    fn shape(stop: &str) -> Shape {
        Shape::plain(StopRules::new(&[stop.into()], Until::End))
    }

    fn run(
        ids: &[TokenId],
        sequences: usize,
        max_tokens: usize,
        stop: &str,
        cancel: &Cancel,
    ) -> (Vec<String>, Result<Generated>) {
        let mut out = vec![Vec::new(); sequences];
        let mut engine = Canned(ids.to_vec());
        let order = Order { prompt: &[1], controls: 0, max_tokens, sequences, shape: shape(stop) };
        let generated = generate(&mut engine, &Bytes, &order, cancel, &mut |index, bytes| {
            out[index].extend(bytes);
            Ok(Sink::Open)
        });
        (out.into_iter().map(|text| String::from_utf8(text).expect("text")).collect(), generated)
    }

    fn one(ids: &[TokenId], max_tokens: usize, stop: &str, cancel: &Cancel) -> (String, Result<Answer>) {
        let (mut out, generated) = run(ids, 1, max_tokens, stop, cancel);
        (out.remove(0), generated.map(|mut generated| generated.answers.remove(0)))
    }

    fn ids(text: &str) -> Vec<TokenId> {
        Bytes.encode(text)
    }

    #[test]
    fn any_control_token_ends_an_answer() {
        for control in [crate::vocabulary::EOS, EOT, FIM_HOLE, 32255] {
            let (text, answer) = one(&[ids("ab"), vec![control]].concat(), 9, "", &Cancel::default());
            let answer = answer.expect("an answer");
            assert_eq!((text.as_str(), answer.finish), ("ab", Finish::EndOfText));
            assert_eq!(answer.ids().collect::<Vec<_>>(), ids("ab"));
            assert_eq!((answer.counted, answer.mean_log_probability()), (3, -1.0));
        }
    }

    #[test]
    fn limits_and_stop_texts_end_it() {
        let finish = |answer: Result<Answer>| answer.expect("an answer").finish;
        let (text, answer) = one(&ids("abcdef"), 3, "", &Cancel::default());
        assert_eq!((text.as_str(), finish(answer)), ("abc", Finish::MaxTokens));
        let (text, answer) = one(&ids("abcdef"), 9, "de", &Cancel::default());
        assert_eq!((text.as_str(), finish(answer)), ("abc", Finish::StopRule));
        // What was held back for a stop text that did not come is not lost.
        let (text, answer) = one(&ids("abcd"), 4, "de", &Cancel::default());
        assert_eq!((text.as_str(), finish(answer)), ("abcd", Finish::MaxTokens));
        let (text, answer) = one(&ids("abcd"), 9, "de", &Cancel::default());
        assert_eq!((text.as_str(), answer.expect_err("it fails").kind), ("abcd", Kind::Engine));
    }

    #[test]
    fn each_sequence_ends_by_itself() {
        let (texts, generated) = run(&ids("abcdef"), 3, 4, "c", &Cancel::default());
        assert_eq!(texts, ["ab", "b", ""]);
        let generated = generated.expect("answers");
        assert!(generated.answers.iter().all(|answer| answer.finish == Finish::StopRule));
        assert_eq!(generated.answers.iter().map(|answer| answer.choices.len()).collect::<Vec<_>>(), [3, 2, 1]);
        assert_eq!(generated.answers[2].mean_log_probability(), -3.0);
    }

    #[test]
    fn a_signal_or_the_deadline_ends_it() {
        for (cause, finish) in [(Cause::Signal(2), Finish::Cancelled(2)), (Cause::Deadline, Finish::Deadline)] {
            let cancel = Cancel::default();
            cancel.set(cause);
            let (text, answer) = one(&ids("ab"), 9, "", &cancel);
            assert_eq!((text.as_str(), answer.expect("an answer").finish), ("", finish));
        }
    }

    #[test]
    fn a_control_token_too_many_never_gets_to_the_engine() {
        for (prompt, controls) in [(&[1, EOT][..], 0), (&[BOS, 1, FIM_HOLE], 1), (&[BOS, 1], 2)] {
            let mut engine = Canned(ids("abc"));
            let order = Order { prompt, controls, max_tokens: 9, sequences: 1, shape: shape("") };
            let refused = generate(&mut engine, &Bytes, &order, &Cancel::default(), &mut |_, _| Ok(Sink::Open));
            assert_eq!(refused.expect_err("refused").kind, Kind::Engine, "{prompt:?}");
            assert_eq!(engine.0.len(), 3);
        }
    }

    #[test]
    fn a_closed_reader_ends_it() {
        let mut engine = Canned(ids("abc"));
        let mut writes = 0;
        let order = Order { prompt: &[1], controls: 0, max_tokens: 9, sequences: 1, shape: shape("") };
        let generated = generate(&mut engine, &Bytes, &order, &Cancel::default(), &mut |_, _| {
            writes += 1;
            Ok(Sink::Closed)
        });
        assert_eq!((generated.expect("an answer").answers[0].finish, writes), (Finish::Closed, 1));
    }
}
