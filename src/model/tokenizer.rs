//! Text to token ids and back, with the vocabulary and merges of the model file.
//!
//! The merging is done by the `tokenizers` crate. The pre-tokenizer is that of the series (`tokenizer.json` of the
//! authors, `LLAMA_VOCAB_PRE_TYPE_DEEPSEEK_CODER` and `_LLM` in llama.cpp), whatever the file says: files of 2023 do not
//! name it, and llama.cpp then splits text wrongly. Only merged tokens and the thirteen added characters can come out of
//! [`Vocabulary::encode`]: text that spells a control token stays text.
//!
//! Line breaks are always separate tokens, so an encoded text may be split at line ends.

use std::fmt;

use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::SplitDelimiterBehavior;
use tokenizers::{AddedToken, Model as _, PreTokenizerWrapper};

use crate::model::family::split_merge;
use crate::model::gguf::Header;
use crate::vocabulary::{ADDED_CHARACTERS, Controls, Series, TokenId, Vocabulary};

/// Usual and maximum length of text encoded at once, in bytes.
const PIECE: usize = 16 << 10;
const LONGEST_PIECE: usize = 512 << 10;

/// The tokenizer of one model file.
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    bytes: Vec<u8>,
    /// Where each token's bytes end in `bytes`.
    ends: Vec<u32>,
    controls: Controls,
}

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokenizer({} tokens)", self.ends.len())
    }
}

impl Tokenizer {
    /// Builds the tokenizer out of a header that [`crate::model::family::identify`] has passed.
    ///
    /// # Errors
    /// Why the vocabulary cannot be used.
    pub fn from_header(header: &Header, controls: Controls) -> Result<Tokenizer, String> {
        let tokens = header.strings("tokenizer.ggml.tokens").ok_or("it has no vocabulary")?;
        let merges = header.strings("tokenizer.ggml.merges").ok_or("it has no merges")?;
        let first = controls.added.unwrap_or_default() as usize;
        let added: Vec<String> =
            (first..first + ADDED_CHARACTERS.len()).filter_map(|id| tokens.get(id).map(str::to_owned)).collect();
        let merges = merges.iter().filter_map(split_merge).map(|(left, right)| (left.to_owned(), right.to_owned()));
        let tokens = tokens.iter().take(controls.merged as usize).map(str::to_owned).collect();
        Tokenizer::new(tokens, merges.collect(), &added, controls)
    }

    /// The tokenizer of DeepSeek LLM's vocabulary, which 7B v1.5 and V2 have, without a file.
    ///
    /// # Errors
    /// Why it cannot be built.
    pub fn large(controls: Controls) -> Result<Tokenizer, String> {
        let (tokens, merges) = large_vocabulary();
        let added = if controls.added.is_some() { LARGE_ADDED.map(String::from).to_vec() } else { Vec::new() };
        Tokenizer::new(tokens, merges, &added, controls)
    }

    /// The same tokenizer for a vocabulary that has its control tokens elsewhere.
    #[must_use]
    pub fn with_controls(self, controls: Controls) -> Tokenizer {
        Tokenizer { controls, ..self }
    }

    /// Builds the tokenizer out of the merged `tokens`, the `merges` and the `added` characters.
    fn new(
        tokens: Vec<String>,
        merges: Vec<(String, String)>,
        added: &[String],
        controls: Controls,
    ) -> Result<Tokenizer, String> {
        let mut bytes = Vec::with_capacity(256 << 10);
        let mut ends = Vec::with_capacity(tokens.len() + 2 + added.len());
        for (id, token) in tokens.iter().enumerate() {
            for character in token.chars() {
                let byte =
                    byte_of(character).ok_or_else(|| format!("token {id} is {token:?}, which does not spell bytes"))?;
                bytes.push(byte);
            }
            ends.push(bytes.len() as u32);
        }
        if let Some(first) = controls.added {
            ends.resize(first as usize, bytes.len() as u32);
            for character in added {
                bytes.extend(character.bytes());
                ends.push(bytes.len() as u32);
            }
        }

        let vocabulary: tokenizers::models::bpe::Vocab = tokens.into_iter().zip(0..).collect();
        // The builder refuses merges of tokens that are not in the vocabulary.
        let model = BPE::builder().vocab_and_merges(vocabulary, merges).build();
        let mut inner = tokenizers::Tokenizer::new(model.map_err(|error| format!("its merges are wrong: {error}"))?);
        let splits = pre_tokenizer(controls.series).map_err(|error| error.to_string())?;
        inner.with_pre_tokenizer(Some(splits));
        if controls.added.is_some() {
            let added = added.iter().map(|character| AddedToken::from(character.clone(), false).normalized(false));
            inner.add_tokens(added).map_err(|error| error.to_string())?;
        }

        let tokenizer = Tokenizer { inner, bytes, ends, controls };
        // A byte without its own token would vanish from prompts. C0, C1 and F5 to FF are in no UTF-8 text.
        for byte in (0..=0xFF).filter(|byte| !matches!(byte, 0xC0 | 0xC1 | 0xF5..=0xFF)) {
            if tokenizer.id(&[byte]).is_none() {
                return Err(format!("its vocabulary has no token for the byte {byte:#04x}"));
            }
        }
        Ok(tokenizer)
    }

    /// Whether `other` gives all text and the tokens around gaps the same ids. Which tokens end an answer may differ, and
    /// padding.
    #[must_use]
    pub fn is_same_as(&self, other: &Tokenizer) -> bool {
        let spelled = |tokenizer: &Tokenizer| {
            let Controls { series, begin, fim, merged, added, .. } = tokenizer.controls;
            (series, begin, fim, merged, added)
        };
        spelled(self) == spelled(other) && self.ends == other.ends && self.bytes == other.bytes
    }

    /// The token that has exactly these bytes.
    #[must_use]
    pub fn id(&self, bytes: &[u8]) -> Option<TokenId> {
        let spelled: String = bytes.iter().map(|&byte| character_of(byte)).collect();
        self.inner.get_model().token_to_id(&spelled)
    }
}

/// The merges of DeepSeek LLM's vocabulary, for prompts to servers: two ids for each, in LEB128. Each merge makes the next
/// token behind the single bytes.
const MERGES: &[u8] = include_bytes!("llm.merges");
/// The added characters of that vocabulary, in its order.
const LARGE_ADDED: [char; 13] = ['ø', 'ö', 'ú', 'ÿ', 'õ', '÷', 'û', 'ý', 'À', 'ù', 'Á', 'þ', 'ü'];

/// The merged tokens of DeepSeek LLM's vocabulary, and its merges.
#[must_use]
pub fn large_vocabulary() -> (Vec<String>, Vec<(String, String)>) {
    let mut characters: Vec<char> = (0..=u8::MAX).map(character_of).collect();
    characters.sort_unstable();
    let single = characters.into_iter().filter(|character| !LARGE_ADDED.contains(character));
    let mut tokens: Vec<String> = single.map(String::from).collect();
    let mut merges = Vec::new();
    let mut numbers = MERGES.iter().scan((0usize, 0), |(number, shift), &byte| {
        *number |= usize::from(byte & 0x7F) << *shift;
        let is_last = byte & 0x80 == 0;
        let done = is_last.then_some(*number);
        (*number, *shift) = if is_last { (0, 0) } else { (*number, *shift + 7) };
        Some(done)
    });
    let mut next = || numbers.by_ref().flatten().next();
    while let (Some(left), Some(right)) = (next(), next()) {
        let (Some(left), Some(right)) = (tokens.get(left).cloned(), tokens.get(right).cloned()) else { break };
        tokens.push(format!("{left}{right}"));
        merges.push((left, right));
    }
    (tokens, merges)
}

impl Vocabulary for Tokenizer {
    fn encode(&self, text: &str) -> Vec<TokenId> {
        let mut ids = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(piece(rest));
            // Fails only for models with an unknown token or with dropout, and this one has neither.
            if let Ok(encoding) = self.inner.encode_fast(piece, false) {
                // The crate numbers the added characters behind the merged tokens.
                let moved = self.controls.added.map_or(0, |first| first - self.controls.merged);
                let id = |&id: &TokenId| if id < self.controls.merged { id } else { id + moved };
                ids.extend(encoding.get_ids().iter().map(id));
            }
            rest = behind;
        }
        ids
    }

    fn bytes(&self, id: TokenId) -> &[u8] {
        let id = id as usize;
        let Some(&end) = self.ends.get(id) else { return &[] };
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.bytes[start as usize..end as usize]
    }

    fn controls(&self) -> &Controls {
        &self.controls
    }
}

/// The length of the piece of `text` that is encoded at once. The `tokenizers` crate takes hundreds of bytes of memory
/// per byte.
///
/// A piece ends where the pre-tokenizer splits anyway, so that the ids equal those of the whole text: after a line
/// break or a digit, or between a letter and a punctuation mark. Only a run of more than [`LONGEST_PIECE`] bytes
/// without any of these, which is not code, is split anywhere.
fn piece(text: &str) -> usize {
    if text.len() <= PIECE {
        return text.len();
    }
    let bytes = text.as_bytes();
    let is_mark = |byte: u8| byte.is_ascii_punctuation() && !b"$+<=>^`|~".contains(&byte);
    let is_end = |&at: &usize| {
        let (last, next) = (bytes[at - 1], bytes[at]);
        matches!(last, b'\n' | b'0'..=b'9')
            || (is_mark(last) && next.is_ascii_alphabetic())
            || (last.is_ascii_alphabetic() && is_mark(next))
    };
    let most = text.len().min(LONGEST_PIECE);
    let end = || (0..=most).rev().find(|&at| text.is_char_boundary(at));
    (PIECE..most).find(is_end).or_else(end).unwrap_or(text.len())
}

/// Letters of DeepSeek LLM's `tokenizer.json`: those of alphabets that have cases.
const CASED: &str = "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\
                     \u{1F7D}ᾀ-ᾴᾶ-ᾼ\u{1FBE}ῂ-ῄῆ-ῌῐ-\u{1FD3}ῖ-\u{1FDB}ῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u{2126}ℨ\u{212A}-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ\
                     -ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃";

fn pre_tokenizer(series: Series) -> tokenizers::Result<Sequence> {
    let split = |pattern: &str| -> tokenizers::Result<PreTokenizerWrapper> {
        let pattern = SplitPattern::Regex(pattern.to_owned());
        Ok(Split::new(pattern, SplitDelimiterBehavior::Isolated, false)?.into())
    };
    let words = match series {
        Series::V1 => vec![split(r"\s?\p{L}+")?, split(r"\s?\p{P}+")?],
        Series::V15 | Series::V2 => {
            vec![split(&format!(r"\s?[{CASED}]+"))?, split("\\s?[!-/:-~！-／：-～‘-‟\u{3000}-。]+")?, split(r"\s+$")?]
        }
    };
    let digits = Digits::new(true).into();
    let bytes = ByteLevel::new(false, true, false).into();
    let rest = [split("[一-龥ࠀ-一가-퟿]+")?, digits, bytes];
    Ok(Sequence::new([split("[\r\n]")?].into_iter().chain(words).chain(rest).collect()))
}

/// The printable character that represents a byte in a byte-level vocabulary (`bytes_to_unicode` of GPT-2).
fn character_of(byte: u8) -> char {
    match byte {
        b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF => char::from(byte),
        // The others are numbered from U+0100 on: 00 to 20, 7F to A0, AD.
        0x00..=0x20 => shifted(byte),
        0x7F..=0xA0 => shifted(byte - 0x7F + 0x21),
        0xAD => shifted(0x43),
    }
}

fn shifted(offset: u8) -> char {
    char::from_u32(0x100 + u32::from(offset)).unwrap_or_default()
}

/// The byte that a character of a byte-level vocabulary represents.
fn byte_of(character: char) -> Option<u8> {
    match u32::from(character) {
        code @ (0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF) => Some(code as u8),
        code @ 0x100..=0x120 => Some((code - 0x100) as u8),
        code @ 0x121..=0x142 => Some((code - 0x121 + 0x7F) as u8),
        0x143 => Some(0xAD),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_where_tokens_do() {
        let fill = "+".repeat(PIECE);
        for (end, kept) in [("x\ny", 2), ("x7y", 2), ("(x", 1), ("x(", 1), ("ab c", 4), ("é1", 3)] {
            assert_eq!(piece(&format!("{fill}{end}")), PIECE + kept, "{end:?}");
        }
        assert_eq!(piece(&"é".repeat(LONGEST_PIECE)), LONGEST_PIECE);
        assert_eq!(piece(&format!("a{}", "é".repeat(LONGEST_PIECE))), LONGEST_PIECE - 1);
        assert_eq!(piece("a\nb"), 3);
    }

    #[test]
    fn bytes_and_their_characters_are_one_to_one() {
        for byte in 0..=0xFF {
            assert_eq!(byte_of(character_of(byte)), Some(byte));
        }
        assert_eq!((character_of(b' '), character_of(b'\n'), character_of(0xAD)), ('Ġ', 'Ċ', 'Ń'));
        assert_eq!(byte_of('\u{144}'), None);
        assert_eq!(byte_of(' '), None);
    }
}
