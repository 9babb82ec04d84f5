//! Token ids, what the control tokens are, and what turns text into ids. Ids and spellings are those of the authors'
//! `tokenizer.json`.

/// A token's number in the vocabulary.
pub type TokenId = u32;

/// `<｜begin▁of▁sentence｜>`: every prompt begins with it.
pub const BOS: TokenId = 32013;
/// `<｜end▁of▁sentence｜>`: ends an answer of a Base model.
pub const EOS: TokenId = 32014;
/// `<｜fim▁hole｜>`: between prefix and suffix.
pub const FIM_HOLE: TokenId = 32015;
/// `<｜fim▁begin｜>`: before the prefix.
pub const FIM_BEGIN: TokenId = 32016;
/// `<｜fim▁end｜>`: after the suffix; the model then writes the middle.
pub const FIM_END: TokenId = 32017;
/// `<|EOT|>`: ends an answer of an Instruct model.
pub const EOT: TokenId = 32021;

/// How many tokens the byte-pair merges make: the ids below are theirs.
pub const MERGED_TOKENS: usize = 32000;
/// The characters of the ids 32000 to 32012: added tokens, but plain text.
pub const ADDED_CHARACTERS: [char; 13] = ['õ', '÷', 'Á', 'ý', 'À', 'ÿ', 'ø', 'ú', 'þ', 'ü', 'ù', 'ö', 'û'];
/// From this id on, tokens are control tokens or padding: never made from text, and an answer ends at any of them. That
/// covers [`EOS`] and [`EOT`], whichever of them the file names, and a fill-in-the-middle marker from a confused model.
pub const FIRST_CONTROL: TokenId = BOS;

/// Tokens of the vocabulary, padding included.
pub const VOCABULARY: TokenId = 32_256;

/// The control tokens that prompts are made of and that end answers, as they are spelled.
pub const SPELLINGS: [(TokenId, &str); 6] = [
    (BOS, "<｜begin▁of▁sentence｜>"),
    (EOS, "<｜end▁of▁sentence｜>"),
    (FIM_HOLE, "<｜fim▁hole｜>"),
    (FIM_BEGIN, "<｜fim▁begin｜>"),
    (FIM_END, "<｜fim▁end｜>"),
    (EOT, "<|EOT|>"),
];

/// Turns text into ids and ids into bytes.
pub trait Vocabulary {
    /// The ids of `text`, none of them a control token.
    fn encode(&self, text: &str) -> Vec<TokenId>;
    /// The bytes of a token; empty for control tokens. A character may be spread over several tokens.
    fn bytes(&self, id: TokenId) -> &[u8];
}

/// Whether `id` ends an answer instead of being part of it.
#[must_use]
pub fn is_control(id: TokenId) -> bool {
    id >= FIRST_CONTROL
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
