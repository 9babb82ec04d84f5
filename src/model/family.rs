//! The DeepSeek Coder family: shapes, control tokens, rope settings, Base or Instruct.
//!
//! [`identify`] turns a checked GGUF header into a [`Profile`], or says why the file is not of this family. It also
//! refuses shapes on which llama.cpp divides by zero or runs into an assertion (`src/llama-model.cpp`,
//! `src/llama-hparams.h`, `ggml/src/ggml-cpu/ops.cpp`). Rope base and scaling are from the authors' `config.json`.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::model::gguf::{Header, Strings, Value};
use crate::vocabulary::{ADDED_CHARACTERS, EOS, EOT, MERGED_TOKENS, SPELLINGS};

/// The rope base of all models.
pub const ROPE_BASE: f64 = 100_000.0;
/// Positions are divided by this, in all models.
pub const ROPE_FACTOR: f64 = 4.0;
/// The context that the authors trained with, in tokens. A file may name less, never more: see [`Profile::context`].
pub const CONTEXT: u32 = 16_384;
/// `LLAMA_MAX_LAYERS`.
const MAX_LAYERS: u32 = 512;

/// What a model was trained for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// Continues text and fills gaps.
    Base,
    /// Follows instructions.
    Instruct,
}

impl Flavour {
    /// As names of models end: `base` or `instruct`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Flavour::Base => "base",
            Flavour::Instruct => "instruct",
        }
    }
}

/// Rope settings for llama.cpp that override those of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rope {
    /// Base frequency.
    pub base: f32,
    /// Position scale, the inverse of the linear scaling factor.
    pub scale: f32,
}

/// The sizes of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Layers.
    pub layers: u32,
    /// Numbers for each token between two layers.
    pub width: u32,
    /// Numbers for each token within a feed-forward network.
    pub feed_forward: u32,
    /// Attention heads.
    pub heads: u32,
    /// Heads of keys and values.
    pub key_heads: u32,
    /// Tokens of the vocabulary.
    pub vocabulary: u32,
}

impl Shape {
    /// Memory for each token of context: keys and values of every layer, in F16.
    #[must_use]
    pub fn kv_bytes(&self) -> u64 {
        let head_width = u64::from(self.width / self.heads.max(1));
        u64::from(self.layers) * u64::from(self.key_heads) * head_width * 2 * 2
    }
}

/// A model of the family.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its sizes.
    pub shape: Shape,
    /// `general.name`, or an empty text.
    pub name: String,
    /// Base or Instruct.
    pub flavour: Flavour,
    /// The longest context in tokens: that of the file, and [`CONTEXT`] at most.
    pub context: u32,
    /// What in the file was wrong and is mended at load, in words; with the settings that mend it.
    pub mended: Option<(String, Rope)>,
}

/// Checks that `header` is that of a DeepSeek Coder, and describes it.
///
/// # Errors
/// Why it is not, or why llama.cpp could not run it.
pub fn identify(header: &Header) -> Result<Profile, String> {
    let architecture = header.string("general.architecture").ok_or("it does not name its architecture")?;
    if architecture == "deepseek2" {
        return Err("it is a DeepSeek V2 or V3 model; DeepSeek Coder (1.3B, 5.7B, 6.7B, 33B) is supported".into());
    }
    if architecture != "llama" {
        return Err(format!("its architecture is {architecture:?}; DeepSeek Coder has \"llama\""));
    }
    let tokens = vocabulary(header)?;
    special_tokens(header, tokens)?;
    let vocabulary = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
    let shape = shape(header, vocabulary)?;
    let context = context(header)?;
    Ok(Profile {
        shape,
        name: header.string("general.name").unwrap_or_default().to_owned(),
        flavour: flavour(header),
        context,
        mended: rope(header)?,
    })
}

/// The model's context, capped at that of the family. llama.cpp does not load a file without it.
fn context(header: &Header) -> Result<u32, String> {
    match header.number("llama.context_length") {
        Some(0) => Err("llama.context_length is 0, which no model has".into()),
        Some(tokens) => Ok(tokens.min(CONTEXT)),
        None => Err("llama.context_length is missing or is not a whole number".into()),
    }
}

fn vocabulary(header: &Header) -> Result<&Strings, String> {
    let tokens = header.strings("tokenizer.ggml.tokens").ok_or("it has no vocabulary (tokenizer.ggml.tokens)")?;
    if tokens.len() <= EOT as usize {
        return Err(format!("its vocabulary has {} tokens; DeepSeek Coder has 32256", tokens.len()));
    }
    if let Some(model) = header.string("tokenizer.ggml.model")
        && model != "gpt2"
    {
        return Err(format!("its tokenizer is {model:?}; DeepSeek Coder has \"gpt2\" (byte-level byte pairs)"));
    }
    for (id, spelling) in SPELLINGS {
        let found = tokens.get(id as usize).unwrap_or_default();
        if found != spelling {
            return Err(format!("token {id} is {found:?} where DeepSeek Coder has {spelling:?}"));
        }
    }
    for (index, character) in ADDED_CHARACTERS.iter().enumerate() {
        let found = tokens.get(MERGED_TOKENS + index).unwrap_or_default();
        if found != character.to_string() {
            return Err(format!("token {} is {found:?} where DeepSeek Coder has {character:?}", MERGED_TOKENS + index));
        }
    }
    let mut seen = HashSet::with_capacity(tokens.len());
    for (id, token) in tokens.iter().enumerate() {
        if token.is_empty() {
            return Err(format!("token {id} of its vocabulary is empty"));
        }
        if !seen.insert(token) {
            return Err(format!("its vocabulary has {token:?} twice"));
        }
    }
    let merges = header.strings("tokenizer.ggml.merges").ok_or("it has no merges (tokenizer.ggml.merges)")?;
    if let Some((index, merge)) = merges.iter().enumerate().find(|(_, merge)| split_merge(merge).is_none()) {
        return Err(format!("merge {index} of its vocabulary is {merge:?}, which is not two parts and a space"));
    }
    for (key, kinds) in [("scores", &[6u32][..]), ("token_type", &[4, 5])] {
        match header.get(&format!("tokenizer.ggml.{key}")) {
            None => {}
            Some(Value::Numbers { kind, count, .. }) if kinds.contains(kind) && *count == tokens.len() => {}
            Some(_) => return Err(format!("tokenizer.ggml.{key} does not fit its vocabulary")),
        }
    }
    Ok(tokens)
}

/// The two halves of a merge rule.
#[must_use]
pub fn split_merge(merge: &str) -> Option<(&str, &str)> {
    let (left, right) = merge.split_once(' ')?;
    (!left.is_empty() && !right.is_empty() && !right.contains(' ')).then_some((left, right))
}

fn special_tokens(header: &Header, tokens: &Strings) -> Result<(), String> {
    for key in ["bos", "eos", "eot", "eom", "unknown", "seperator", "padding", "mask", "fim_pre", "fim_suf", "fim_mid"]
    {
        let key = format!("tokenizer.ggml.{key}_token_id");
        if header.get(&key).is_some() && header.number(&key).is_none_or(|id| id as usize >= tokens.len()) {
            return Err(format!("{key} does not name a token of its vocabulary"));
        }
    }
    Ok(())
}

/// Refuses shapes that llama.cpp does not check before it computes with them.
fn shape(header: &Header, vocabulary: u32) -> Result<Shape, String> {
    let required = |key: &str| match header.number(&format!("llama.{key}")) {
        Some(number) if (1..=1 << 20).contains(&number) => Ok(number),
        Some(number) => Err(format!("llama.{key} is {number}, which no model has")),
        None => Err(format!("llama.{key} is missing or is not a whole number")),
    };
    let layers = required("block_count")?;
    if layers > MAX_LAYERS {
        return Err(format!("llama.block_count is {layers}; at most {MAX_LAYERS} are possible"));
    }
    let width = required("embedding_length")?;
    let feed_forward = required("feed_forward_length")?;
    let heads = required("attention.head_count")?;
    let head_width = width / heads;
    if width % heads != 0 || head_width % 2 != 0 {
        return Err(format!("a width of {width} does not split into {heads} heads of even width"));
    }
    let key_heads = match header.get("llama.attention.head_count_kv") {
        None => heads,
        Some(_) => required("attention.head_count_kv")?,
    };
    if heads % key_heads != 0 {
        return Err(format!("{heads} heads cannot share {key_heads} key and value heads"));
    }
    for key in ["rope.dimension_count", "attention.key_length", "attention.value_length"] {
        if header.get(&format!("llama.{key}")).is_some() && required(key)? != head_width {
            return Err(format!("llama.{key} is not the width of a head ({head_width})"));
        }
    }
    for key in ["expert_count", "expert_used_count", "nextn_predict_layers"] {
        let key = format!("llama.{key}");
        if header.get(&key).is_some() && header.number(&key) != Some(0) {
            return Err(format!("{key} is set; DeepSeek Coder is a dense model"));
        }
    }
    match header.float("llama.attention.layer_norm_rms_epsilon") {
        Some(epsilon) if epsilon >= 0.0 && epsilon.is_finite() => {}
        _ => return Err("llama.attention.layer_norm_rms_epsilon is missing or is not a positive number".into()),
    }
    if header.tensors.is_empty() {
        return Err("it has a vocabulary but no weights".into());
    }
    // I8 to I64 and F64: files may have them, and llama.cpp computes products with none of them; it calls a function that is
    // not there (`type_traits_cpu` in ggml/src/ggml-cpu/ggml-cpu.c).
    if let Some(tensor) = header.tensors.iter().find(|tensor| (24..=28).contains(&tensor.kind)) {
        return Err(format!("the tensor {:?} has the type {}, which weights do not have", tensor.name, tensor.kind));
    }
    // llama.cpp multiplies the F32 result of a norm with these and has kernels for F32 only.
    if let Some(norm) = header.tensors.iter().find(|tensor| tensor.shape.len() == 1 && tensor.kind != 0) {
        return Err(format!("the tensor {:?} is not F32", norm.name));
    }
    Ok(Shape { layers, width, feed_forward, heads, key_heads, vocabulary })
}

/// Defects of old or careless files that dscoder mends, in words.
#[must_use]
pub fn mended(header: &Header, profile: &Profile) -> Vec<String> {
    let mut words = Vec::new();
    match header.string("tokenizer.ggml.pre") {
        Some("deepseek-coder") => {}
        Some(other) => words.push(format!("the way to split text is {other:?}; using that of DeepSeek Coder")),
        None => {
            words.push("the way to split text is not named (tokenizer.ggml.pre); using that of DeepSeek Coder".into())
        }
    }
    if let Some((rope, _)) = &profile.mended {
        words.push(rope.clone());
    }
    let end = if profile.flavour == Flavour::Instruct { EOT } else { EOS };
    if header.number("tokenizer.ggml.eos_token_id") != Some(end) {
        words.push(format!("the end of an answer is not token {end}; an answer ends there anyway"));
    }
    words
}

fn flavour(header: &Header) -> Flavour {
    let named = |key| header.string(key).is_some_and(|text| text.to_lowercase().contains("instruct"));
    let template = header.string("tokenizer.chat_template").is_some_and(|text| text.contains("### Instruction"));
    let ends_turns = header.number("tokenizer.ggml.eos_token_id") == Some(EOT);
    if named("general.name") || named("general.basename") || named("general.finetune") || template || ends_turns {
        Flavour::Instruct
    } else {
        Flavour::Base
    }
}

/// Compares the rope settings with those the models were trained with.
fn rope(header: &Header) -> Result<Option<(String, Rope)>, String> {
    let mut wrong = Vec::new();
    match header.get("llama.rope.freq_base") {
        None => wrong.push("the rope base is missing".to_owned()),
        Some(Value::Float(base)) if *base == ROPE_BASE => {}
        Some(Value::Float(base)) => wrong.push(format!("the rope base is {base}")),
        Some(_) => return Err("llama.rope.freq_base is not a number".into()),
    }
    let kind = match header.get("llama.rope.scaling.type") {
        None => None,
        // llama.cpp aborts on a name it does not know.
        Some(Value::String(kind)) if ["none", "linear", "yarn", "longrope"].contains(&kind.as_str()) => Some(&kind[..]),
        Some(_) => return Err("llama.rope.scaling.type is unknown".into()),
    };
    // Files of 2023 have the older key, and no type, which means linear.
    let factor = header.float("llama.rope.scaling.factor").or_else(|| header.float("llama.rope.scale_linear"));
    match (kind, factor) {
        (None | Some("linear"), Some(factor)) if factor == ROPE_FACTOR => {}
        (None | Some("linear"), Some(factor)) => wrong.push(format!("the rope scaling factor is {factor}")),
        (None | Some("linear"), None) => wrong.push("the rope scaling is missing".to_owned()),
        (Some(kind), _) => wrong.push(format!("the rope scaling is {kind:?}")),
    }
    if wrong.is_empty() {
        return Ok(None);
    }
    let words = format!("{}; using base {ROPE_BASE} and linear scaling {ROPE_FACTOR}", wrong.join(" and "));
    Ok(Some((words, Rope { base: ROPE_BASE as f32, scale: (1.0 / ROPE_FACTOR) as f32 })))
}
