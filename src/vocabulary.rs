//! Token ids, what the control tokens are, and what turns text into ids. Ids and spellings are those of the authors'
//! `tokenizer.json`.

use serde::{Deserialize, Serialize};

/// A token's number in the vocabulary.
pub type TokenId = u32;

/// `<｜begin▁of▁sentence｜>` of the first series.
pub const BOS: TokenId = 32013;
/// `<｜end▁of▁sentence｜>` of the first series.
pub const EOS: TokenId = 32014;
/// `<｜fim▁hole｜>` of the first series.
pub const FIM_HOLE: TokenId = 32015;
/// `<｜fim▁begin｜>` of the first series.
pub const FIM_BEGIN: TokenId = 32016;
/// `<｜fim▁end｜>` of the first series.
pub const FIM_END: TokenId = 32017;
/// `<|EOT|>` of the first series.
pub const EOT: TokenId = 32021;

/// How many tokens the byte-pair merges of the first series make: the ids below are theirs.
pub const MERGED_TOKENS: usize = 32000;
/// The characters of the ids 32000 to 32012 of the first series: added tokens, but plain text.
pub const ADDED_CHARACTERS: [char; 13] = ['õ', '÷', 'Á', 'ý', 'À', 'ÿ', 'ø', 'ú', 'þ', 'ü', 'ù', 'ö', 'û'];

/// The tokens of the largest vocabulary, padding included.
pub const LARGEST_VOCABULARY: TokenId = 102_400;

/// The series of DeepSeek Coder. Each has its own vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Series {
    /// 1.3B, 5.7B, 6.7B and 33B.
    #[serde(rename = "v1")]
    V1,
    /// 7B v1.5, continued from DeepSeek LLM 7B.
    #[serde(rename = "v1.5")]
    V15,
    /// V2: Lite and 236B, mixtures of experts.
    #[serde(rename = "v2")]
    V2,
}

/// The control tokens that prompts are made of and that end answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Every prompt begins with it.
    Begin,
    /// Ends an answer of a Base model, and all answers of V2.
    End,
    /// Between prefix and suffix.
    FimHole,
    /// Before the prefix.
    FimBegin,
    /// After the suffix; the model then writes the middle.
    FimEnd,
    /// Ends an answer of an Instruct model before V2.
    EndOfTurn,
}

impl Control {
    /// All.
    pub const ALL: [Control; 6] =
        [Control::Begin, Control::End, Control::FimHole, Control::FimBegin, Control::FimEnd, Control::EndOfTurn];

    /// As vocabularies spell it.
    #[must_use]
    pub fn spelling(self) -> &'static str {
        match self {
            Control::Begin => "<｜begin▁of▁sentence｜>",
            Control::End => "<｜end▁of▁sentence｜>",
            Control::FimHole => "<｜fim▁hole｜>",
            Control::FimBegin => "<｜fim▁begin｜>",
            Control::FimEnd => "<｜fim▁end｜>",
            Control::EndOfTurn => "<|EOT|>",
        }
    }
}

/// The parts of a vocabulary: which ids are text, and which are control tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controls {
    /// The series that has this vocabulary.
    pub series: Series,
    /// See [`Control::Begin`].
    pub begin: TokenId,
    /// See [`Control::End`].
    pub end: TokenId,
    /// See [`Control::FimHole`], [`Control::FimBegin`] and [`Control::FimEnd`]; `None` if the model cannot fill gaps.
    pub fim: Option<Fim>,
    /// See [`Control::EndOfTurn`].
    pub end_of_turn: Option<TokenId>,
    /// The ids below are those of the byte-pair merges.
    pub merged: TokenId,
    /// The first of the thirteen added characters, which are text; `None` if there are none.
    pub added: Option<TokenId>,
    /// Tokens of the vocabulary, padding included.
    pub size: TokenId,
}

/// The control tokens around the parts of a gap's prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fim {
    /// See [`Control::FimHole`].
    pub hole: TokenId,
    /// See [`Control::FimBegin`].
    pub begin: TokenId,
    /// See [`Control::FimEnd`].
    pub end: TokenId,
}

/// [`Controls::V1`].
impl Default for Controls {
    fn default() -> Controls {
        Controls::V1
    }
}

impl Controls {
    /// The vocabulary of the first series.
    pub const V1: Controls = Controls {
        series: Series::V1,
        begin: BOS,
        end: EOS,
        fim: Some(Fim { hole: FIM_HOLE, begin: FIM_BEGIN, end: FIM_END }),
        end_of_turn: Some(EOT),
        merged: MERGED_TOKENS as TokenId,
        added: Some(MERGED_TOKENS as TokenId),
        size: 32_256,
    };
    /// The vocabulary of 7B v1.5, as [`Controls::V2`].
    pub const V15: Controls =
        Controls { series: Series::V15, fim: None, end_of_turn: Some(100_015), added: Some(100_002), ..Controls::V2 };
    /// The vocabulary of V2 with the ids that loading its files shows. A file's own are found by their spellings.
    pub const V2: Controls = Controls {
        series: Series::V2,
        begin: 100_000,
        end: 100_001,
        fim: Some(Fim { hole: 100_002, begin: 100_003, end: 100_004 }),
        end_of_turn: None,
        merged: 100_000,
        added: None,
        size: LARGEST_VOCABULARY,
    };

    /// The id of a control token; `None` if the vocabulary does not have it.
    #[must_use]
    pub fn id(&self, control: Control) -> Option<TokenId> {
        match control {
            Control::Begin => Some(self.begin),
            Control::End => Some(self.end),
            Control::FimHole => self.fim.map(|fim| fim.hole),
            Control::FimBegin => self.fim.map(|fim| fim.begin),
            Control::FimEnd => self.fim.map(|fim| fim.end),
            Control::EndOfTurn => self.end_of_turn,
        }
    }

    /// How the control token `id` is spelled; `None` for others.
    #[must_use]
    pub fn spelling(&self, id: TokenId) -> Option<&'static str> {
        Control::ALL.into_iter().find(|&control| self.id(control) == Some(id)).map(Control::spelling)
    }

    /// Whether `id` ends an answer instead of being part of it: a control token, or padding. That covers the ends of
    /// answers, whichever of them the file names, and a fill-in-the-middle marker from a confused model.
    #[must_use]
    pub fn is_control(&self, id: TokenId) -> bool {
        let is_added = self.added.is_some_and(|first| (first..first + ADDED_CHARACTERS.len() as TokenId).contains(&id));
        id >= self.merged && !is_added
    }
}

/// Turns text into ids and ids into bytes.
pub trait Vocabulary {
    /// The ids of `text`, none of them a control token.
    fn encode(&self, text: &str) -> Vec<TokenId>;
    /// The bytes of a token; empty for control tokens. A character may be spread over several tokens.
    fn bytes(&self, id: TokenId) -> &[u8];
    /// Which ids are control tokens.
    fn controls(&self) -> &Controls {
        &Controls::V1
    }
}

/// How much of `evaluated` need not be evaluated again for a prompt of `ids`.
#[must_use]
pub fn common(evaluated: &[TokenId], ids: &[TokenId]) -> usize {
    let same = evaluated.iter().zip(ids).take_while(|(a, b)| a == b).count();
    same.min(ids.len().saturating_sub(1))
}

/// A vocabulary of the 256 bytes.
#[derive(Debug, Clone, Copy)]
pub struct Bytes;

impl Vocabulary for Bytes {
    fn encode(&self, text: &str) -> Vec<TokenId> {
        text.bytes().map(TokenId::from).collect()
    }

    fn bytes(&self, id: TokenId) -> &[u8] {
        static ALL: [u8; 256] = {
            let mut all = [0; 256];
            let mut byte = 0;
            while byte < 256 {
                all[byte] = byte as u8;
                byte += 1;
            }
            all
        };
        ALL.get(id as usize).map_or(&[], std::slice::from_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_characters_are_text() {
        let v15 = Controls { series: Series::V15, begin: 100, end: 101, merged: 100, added: Some(102), ..Controls::V1 };
        let control = |controls: &Controls, ids: [TokenId; 5]| ids.map(|id| controls.is_control(id));
        assert_eq!(control(&v15, [99, 100, 102, 114, 115]), [false, true, false, false, true]);
        assert_eq!(control(&Controls::V1, [31_999, 32_000, 32_012, BOS, 32_255]), [false, false, false, true, true]);
        assert_eq!(
            control(&Controls { added: None, ..v15 }, [99, 100, 102, 114, 115]),
            [false, true, true, true, true]
        );
    }

    #[test]
    fn control_tokens_are_found_both_ways() {
        for control in Control::ALL {
            let id = Controls::V1.id(control).expect("the first series has all");
            assert_eq!(Controls::V1.spelling(id), Some(control.spelling()));
        }
        let without = Controls { fim: None, ..Controls::V1 };
        assert_eq!((without.id(Control::FimHole), without.spelling(FIM_HOLE)), (None, None));
    }
}
