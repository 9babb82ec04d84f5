//! Why an answer ended.

use serde::{Serialize, Serializer};

use crate::cancel::Cause;

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model ended it.
    EndOfText,
    /// A stop text, or the end of a line or a block.
    StopRule,
    /// It repeated the text after the gap.
    Suffix,
    /// It repeated the same line.
    Repetition,
    /// It reached the maximum number of tokens.
    MaxTokens,
    /// The time was up.
    Deadline,
    /// A signal, by its number.
    Cancelled(u8),
    /// Nobody reads it any more.
    Closed,
    /// A newer request of the same editor replaced it.
    Superseded,
}

impl Finish {
    /// The reason for programs. Names are never changed: scripts compare them.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Finish::EndOfText => "end_of_text",
            Finish::StopRule => "stop_rule",
            Finish::Suffix => "suffix",
            Finish::Repetition => "repetition",
            Finish::MaxTokens => "token_limit",
            Finish::Deadline => "timeout",
            Finish::Cancelled(_) => "cancelled",
            Finish::Closed => "output_closed",
            Finish::Superseded => "superseded",
        }
    }

    /// The reason in words, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Finish::EndOfText => "end of text",
            Finish::StopRule => "stop rule",
            Finish::Suffix => "suffix",
            Finish::Repetition => "repetition",
            Finish::MaxTokens => "token limit",
            Finish::Deadline => "timeout",
            Finish::Cancelled(_) => "cancelled",
            Finish::Closed => "output closed",
            Finish::Superseded => "superseded",
        }
    }
}

/// Serialized as the `stop_reason` of JSON output.
impl Serialize for Finish {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl From<Cause> for Finish {
    fn from(cause: Cause) -> Finish {
        match cause {
            Cause::Signal(number) => Finish::Cancelled(number),
            Cause::Deadline => Finish::Deadline,
        }
    }
}
