//! One answer: prefill, then token by token until something ends it.

use std::time::{Duration, Instant};

use crate::engine::{Cancel, Engine};
use crate::error::Result;
use crate::model::family::TokenId;
use crate::stop::StopRules;
use crate::tokenizer::{Vocabulary, is_control};

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model ended it.
    EndOfText,
    /// A stop text, or the end of a line or a block.
    StopRule,
    /// It has as many tokens as it may.
    MaxTokens,
    /// A signal, by its number.
    Cancelled(u8),
    /// Nobody reads it any more.
    Closed,
}

impl Finish {
    /// The reason in words, for statistics.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Finish::EndOfText => "end of text",
            Finish::StopRule => "stop rule",
            Finish::MaxTokens => "token limit",
            Finish::Cancelled(_) => "cancelled",
            Finish::Closed => "output closed",
        }
    }
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Why it ended.
    pub finish: Finish,
    /// Its tokens, without the one that ended it.
    pub ids: Vec<TokenId>,
    /// Time for the prompt.
    pub prefill: Duration,
    /// Time from the end of the prompt to the end of the answer.
    pub decode: Duration,
}

/// Whether anyone still reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    /// Go on.
    Open,
    /// The reader is gone.
    Closed,
}

/// Generates one answer to `prompt` of at most `max_tokens` tokens, and gives its bytes to `write` as soon as `stop` is
/// sure of them.
///
/// # Errors
/// Those of the engine and of `write`. What was written before stays written.
pub fn generate(
    engine: &mut dyn Engine,
    vocabulary: &dyn Vocabulary,
    prompt: &[TokenId],
    max_tokens: usize,
    mut stop: StopRules,
    cancel: &Cancel,
    write: &mut dyn FnMut(&[u8]) -> Result<Sink>,
) -> Result<Answer> {
    let start = Instant::now();
    engine.prefill(prompt, cancel)?;
    let prefill = start.elapsed();
    let start = Instant::now();
    let mut ids = Vec::new();
    let finish = loop {
        if let Some(signal) = cancel.signal() {
            break Finish::Cancelled(signal);
        }
        if ids.len() == max_tokens {
            break Finish::MaxTokens;
        }
        let id = match engine.sample() {
            Ok(id) => id,
            Err(error) => {
                // What was held back is part of the answer so far.
                write(&stop.finish())?;
                return Err(error);
            }
        };
        if is_control(id) {
            break Finish::EndOfText;
        }
        ids.push(id);
        let released = stop.push(vocabulary.bytes(id));
        if !released.bytes.is_empty() && write(&released.bytes)? == Sink::Closed {
            break Finish::Closed;
        }
        if released.stopped {
            break Finish::StopRule;
        }
    };
    let rest = stop.finish();
    let closed = finish != Finish::Closed && !rest.is_empty() && write(&rest)? == Sink::Closed;
    let finish = if closed { Finish::Closed } else { finish };
    Ok(Answer { finish, ids, prefill, decode: start.elapsed() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::script::Bytes;
    use crate::error::{Error, Kind};
    use crate::model::family::{EOT, FIM_HOLE};
    use crate::stop::Until;

    /// Gives these ids, then fails.
    struct Canned(Vec<TokenId>);

    impl Engine for Canned {
        fn prefill(&mut self, _ids: &[TokenId], _cancel: &Cancel) -> Result<()> {
            Ok(())
        }

        fn sample(&mut self) -> Result<TokenId> {
            if self.0.is_empty() {
                return Err(Error::new(Kind::Engine, "nothing left", ""));
            }
            Ok(self.0.remove(0))
        }
    }

    fn run(ids: &[TokenId], max_tokens: usize, stop: &str, cancel: &Cancel) -> (String, Result<Answer>) {
        let mut out = Vec::new();
        let mut engine = Canned(ids.to_vec());
        let answer = generate(
            &mut engine,
            &Bytes,
            &[1],
            max_tokens,
            StopRules::new(&[stop.into()], Until::End),
            cancel,
            &mut |bytes| {
                out.extend(bytes);
                Ok(Sink::Open)
            },
        );
        (String::from_utf8(out).expect("text"), answer)
    }

    fn ids(text: &str) -> Vec<TokenId> {
        Bytes.encode(text)
    }

    #[test]
    fn any_control_token_ends_an_answer() {
        for control in [crate::model::family::EOS, EOT, FIM_HOLE, 32255] {
            let (text, answer) = run(&[ids("ab"), vec![control]].concat(), 9, "", &Cancel::default());
            let answer = answer.expect("an answer");
            assert_eq!((text.as_str(), answer.finish, answer.ids), ("ab", Finish::EndOfText, ids("ab")));
        }
    }

    #[test]
    fn limits_and_stop_texts_end_it() {
        let (text, answer) = run(&ids("abcdef"), 3, "", &Cancel::default());
        assert_eq!((text.as_str(), answer.expect("an answer").finish), ("abc", Finish::MaxTokens));
        let (text, answer) = run(&ids("abcdef"), 9, "de", &Cancel::default());
        assert_eq!((text.as_str(), answer.expect("an answer").finish), ("abc", Finish::StopRule));
        // What was held back for a stop text that did not come is not lost.
        let (text, answer) = run(&ids("abcd"), 4, "de", &Cancel::default());
        assert_eq!((text.as_str(), answer.expect("an answer").finish), ("abcd", Finish::MaxTokens));
        let (text, answer) = run(&ids("abcd"), 9, "de", &Cancel::default());
        assert_eq!((text.as_str(), answer.expect_err("it fails").kind), ("abcd", Kind::Engine));
    }

    #[test]
    fn a_signal_ends_it() {
        let cancel = Cancel::default();
        cancel.set(2);
        let (text, answer) = run(&ids("ab"), 9, "", &cancel);
        assert_eq!((text.as_str(), answer.expect("an answer").finish), ("", Finish::Cancelled(2)));
    }

    #[test]
    fn a_closed_reader_ends_it() {
        let mut engine = Canned(ids("abc"));
        let mut writes = 0;
        let stop = StopRules::new(&[], Until::End);
        let answer = generate(&mut engine, &Bytes, &[1], 9, stop, &Cancel::default(), &mut |_| {
            writes += 1;
            Ok(Sink::Closed)
        });
        assert_eq!((answer.expect("an answer").finish, writes), (Finish::Closed, 1));
    }
}
