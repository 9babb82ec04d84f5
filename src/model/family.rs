//! The DeepSeek Coder family: shapes, control tokens, rope settings, Base or Instruct.
//!
//! [`identify`] turns a checked GGUF header into a [`Profile`], or says why the file is not of this family. It also
//! refuses shapes on which llama.cpp divides by zero or runs into an assertion (`src/llama-model.cpp`,
//! `src/llama-hparams.h`, `src/models/deepseek2.cpp`, `ggml/src/ggml-cpu/ops.cpp`). Rope base and scaling of the first
//! series are from the authors' `config.json`; later files have theirs, which are used as they are.

use std::collections::HashSet;
use std::f64::consts::TAU;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::model::adapter;
use crate::model::gguf::{Header, Strings, Value};
use crate::vocabulary::{ADDED_CHARACTERS, Control, Controls, Fim, MERGED_TOKENS, Series, TokenId};

/// The rope base of the first series.
pub const ROPE_BASE: f64 = 100_000.0;
/// Positions are divided by this, in the first series.
pub const ROPE_FACTOR: f64 = 4.0;
/// The context that the authors trained the first series with, in tokens. A file may name less, never more: see
/// [`Profile::context`].
pub const CONTEXT: u32 = 16_384;
/// As [`CONTEXT`], of 7B v1.5.
const V15_CONTEXT: u32 = 4096;
/// The longest context of all models, which V2 names.
pub const LONGEST_CONTEXT: u32 = 163_840;
/// `LLAMA_MAX_LAYERS`.
const MAX_LAYERS: u32 = 512;
/// `LLAMA_MAX_EXPERTS`.
const MAX_EXPERTS: u32 = 512;
/// The numbers of layers for which llama.cpp does not ask for `attention.q_lora_rank`.
const LITE_LAYERS: RangeInclusive<u32> = 26..=27;
/// The first vocabularies are smaller than this, the others larger.
const LARGE_VOCABULARY: usize = 100_000;
/// With YaRN: pairs that turn less often within the context are scaled, and those that turn more often are not (llama.cpp's
/// `yarn_beta_slow` and `yarn_beta_fast`).
const YARN_TURNS: (f64, f64) = (1.0, 32.0);

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

/// How keys depend on their positions: for each position, pairs of numbers are turned by angles of their own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rotation {
    /// Numbers of the key of a head.
    pub width: u32,
    /// How many of them are turned: the last ones.
    pub turned: u32,
    /// Base and scale of the angles.
    pub rope: Rope,
    /// With YaRN, the context before it was made longer; then not all angles are scaled.
    pub yarn: Option<u32>,
}

impl Rotation {
    /// The angles of the pairs for one position, in radians, as in llama.cpp's `rope_yarn`.
    #[must_use]
    pub fn angles(&self) -> Vec<f64> {
        let (base, scale, count) = (f64::from(self.rope.base), f64::from(self.rope.scale), f64::from(self.turned));
        // The pair that turns so often within the context.
        let pair = |turns: f64, context: f64| count * (context / (turns * TAU)).ln() / (2.0 * base.ln());
        let share_scaled = |index: f64| {
            let Some(context) = self.yarn.map(f64::from) else { return 1.0 };
            let (first, last) = (pair(YARN_TURNS.1, context).floor().max(0.0), pair(YARN_TURNS.0, context).ceil());
            let last = last.min(count - 1.0);
            ((index - first) / (last - first).max(0.001)).clamp(0.0, 1.0)
        };
        let angle = |index: u32| {
            let (index, full) = (f64::from(index), base.powf(-2.0 * f64::from(index) / count));
            let share = share_scaled(index);
            full * (scale * share + 1.0 - share)
        };
        (0..self.turned / 2).map(angle).collect()
    }
}

/// Whether a model fills gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Infill {
    /// It was trained to.
    Trained,
    /// Its authors trained only the Base models of the series to.
    OnlyBase,
    /// V2 with 236 billion parameters, which was not trained to.
    Untrained,
    /// Its vocabulary does not have the control tokens.
    NoTokens,
}

impl Infill {
    /// Why it should not be asked to; `None` for a model that was trained to.
    #[must_use]
    pub fn why_not(self) -> Option<&'static str> {
        match self {
            Infill::Trained => None,
            Infill::OnlyBase => Some("its authors trained only the Base models to fill in the middle"),
            Infill::Untrained => {
                Some("its authors trained only V2-Lite to fill in the middle, not the model with 236B")
            }
            Infill::NoTokens => Some("its vocabulary does not have the tokens for filling in the middle"),
        }
    }
}

/// The experts of a model that has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Experts {
    /// How many a layer has.
    pub total: u32,
    /// How many of them a token uses.
    pub used: u32,
    /// How many every token uses besides.
    pub shared: u32,
    /// Numbers for each token within one.
    pub feed_forward: u32,
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
    /// Numbers of a key.
    pub key_width: u32,
    /// Numbers of a value in the context; 0 where values are parts of keys (multi-head latent attention).
    pub value_width: u32,
    /// Experts, of a model that has them.
    pub experts: Option<Experts>,
    /// Tokens of the vocabulary.
    pub vocabulary: u32,
}

impl Shape {
    /// Memory for each token of context: keys and values of every layer, in F16.
    #[must_use]
    pub fn kv_bytes(&self) -> u64 {
        u64::from(self.layers)
            * u64::from(self.key_heads)
            * (u64::from(self.key_width) + u64::from(self.value_width))
            * 2
    }

    /// Whether keys hold the values too, as in V2 files since April 2025.
    #[must_use]
    pub fn is_latent(&self) -> bool {
        self.value_width == 0
    }
}

/// A model of the family.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its control tokens.
    pub controls: Controls,
    /// Its sizes.
    pub shape: Shape,
    /// `general.name`, or an empty text.
    pub name: String,
    /// Base or Instruct.
    pub flavour: Flavour,
    /// Whether it fills gaps.
    pub infill: Infill,
    /// The longest context in tokens: that of the file, and that of the series at most.
    pub context: u32,
    /// What in the file was wrong and is mended at load, in words.
    pub mended: Vec<String>,
    /// The rope settings that mend those of the file.
    pub rope: Option<Rope>,
    /// How keys depend on their positions; `None` if the file has settings for that which no model of the family has.
    pub rotation: Option<Rotation>,
}

impl Profile {
    /// The architecture, which begins the names of its settings in the file.
    #[must_use]
    pub fn architecture(&self) -> &'static str {
        architecture(self.controls.series)
    }
}

fn architecture(series: Series) -> &'static str {
    match series {
        Series::V1 | Series::V15 => "llama",
        Series::V2 => "deepseek2",
    }
}

/// Checks that `header` is that of a DeepSeek Coder, and describes it.
///
/// # Errors
/// Why it is not, or why llama.cpp could not run it.
pub fn identify(header: &Header) -> Result<Profile, String> {
    if adapter::is_adapter(header) {
        return Err("it is an adapter for a model: use it with --lora".into());
    }
    let architecture = header.string("general.architecture").ok_or("it does not name its architecture")?;
    let tokens = header.strings("tokenizer.ggml.tokens").ok_or("it has no vocabulary (tokenizer.ggml.tokens)");
    let series = match architecture {
        "deepseek2" => Series::V2,
        "llama" if tokens.is_ok_and(|tokens| tokens.len() > LARGE_VOCABULARY) => Series::V15,
        "llama" => Series::V1,
        _ => {
            return Err(format!("its architecture is {architecture:?}; DeepSeek Coder has \"llama\" or \"deepseek2\""));
        }
    };
    let tokens = tokens?;
    let controls = match series {
        Series::V1 => first_vocabulary(tokens)?,
        Series::V15 | Series::V2 => large_vocabulary(tokens, series)?,
    };
    vocabulary(header, tokens)?;
    special_tokens(header, tokens)?;
    let vocabulary = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
    let shape = match series {
        Series::V1 | Series::V15 => dense_shape(header, vocabulary)?,
        Series::V2 => mixed_shape(header, vocabulary)?,
    };
    weights(header)?;
    let context = context(header, series)?;
    let flavour = flavour(header, &controls);
    let (mut mended, rope, rotation) = match series {
        Series::V1 => {
            let (mended, other, used) = rope(header)?;
            (mended, other, Some(Rotation { width: shape.key_width, turned: shape.key_width, rope: used, yarn: None }))
        }
        Series::V15 | Series::V2 => (Vec::new(), None, rotation(header, series, &shape)?),
    };
    if series == Series::V2 && header.number("tokenizer.ggml.bos_token_id") != Some(controls.begin) {
        mended.push(format!("the token that begins every prompt is not named; using token {}", controls.begin));
    }
    let is_full = header.number("deepseek2.attention.q_lora_rank").is_some_and(|rank| rank > 0);
    let infill = match (series, flavour) {
        _ if controls.fim.is_none() => Infill::NoTokens,
        (Series::V2, _) if is_full => Infill::Untrained,
        // V2-Lite was tuned on gaps too (section 3.1 of its paper).
        (Series::V2, _) | (_, Flavour::Base) => Infill::Trained,
        (_, Flavour::Instruct) => Infill::OnlyBase,
    };
    let name = header.string("general.name").unwrap_or_default().to_owned();
    Ok(Profile { controls, shape, name, flavour, infill, context, mended, rope, rotation })
}

/// The model's context, capped at that of the series. llama.cpp does not load a file without it.
fn context(header: &Header, series: Series) -> Result<u32, String> {
    let key = format!("{}.context_length", architecture(series));
    let longest = match series {
        Series::V1 => CONTEXT,
        Series::V15 => V15_CONTEXT,
        Series::V2 => LONGEST_CONTEXT,
    };
    match header.number(&key) {
        Some(0) => Err(format!("{key} is 0, which no model has")),
        Some(tokens) => Ok(tokens.min(longest)),
        None => Err(format!("{key} is missing or is not a whole number")),
    }
}

/// The control tokens of the first series, which are at the same places in all its files.
fn first_vocabulary(tokens: &Strings) -> Result<Controls, String> {
    let controls = Controls::V1;
    if tokens.len() <= controls.end as usize {
        return Err(format!("its vocabulary has {} tokens; DeepSeek Coder has 32256", tokens.len()));
    }
    for control in Control::ALL {
        let id = controls.id(control).unwrap_or_default();
        let found = tokens.get(id as usize).unwrap_or_default();
        if found != control.spelling() {
            return Err(format!("token {id} is {found:?} where DeepSeek Coder has {:?}", control.spelling()));
        }
    }
    for (index, character) in ADDED_CHARACTERS.iter().enumerate() {
        let found = tokens.get(MERGED_TOKENS + index).unwrap_or_default();
        if found != character.to_string() {
            return Err(format!("token {} is {found:?} where DeepSeek Coder has {character:?}", MERGED_TOKENS + index));
        }
    }
    Ok(controls)
}

/// The control tokens of the vocabulary of DeepSeek LLM, which 7B v1.5 and V2 have, found by their spellings.
fn large_vocabulary(tokens: &Strings, series: Series) -> Result<Controls, String> {
    let mut ids = [None; Control::ALL.len()];
    for (index, token) in (0..).zip(tokens.iter()).filter(|(_, token)| token.starts_with('<') && token.ends_with('>')) {
        if let Some(place) = Control::ALL.iter().position(|control| control.spelling() == token) {
            ids[place] = Some(index as TokenId);
        }
    }
    let id = |control: Control| Control::ALL.iter().zip(ids).find(|(one, _)| **one == control).and_then(|(_, id)| id);
    let needed =
        |control: Control| id(control).ok_or_else(|| format!("its vocabulary has no {:?}", control.spelling()));
    let (begin, end) = (needed(Control::Begin)?, needed(Control::End)?);
    if series == Series::V2 && begin < 256 {
        return Err("it is a DeepSeek V3 or R1 model; of that architecture, DeepSeek-Coder-V2 is supported".into());
    }
    if (begin as usize) < LARGE_VOCABULARY || end < begin {
        return Err(format!("token {begin} begins prompts, and DeepSeek Coder has it behind 100000 merged tokens"));
    }
    let fim = match (id(Control::FimHole), id(Control::FimBegin), id(Control::FimEnd)) {
        (Some(hole), Some(begin), Some(end)) => Some(Fim { hole, begin, end }),
        _ => None,
    };
    let added = (series == Series::V15).then_some(end + 1);
    for id in added.iter().flat_map(|&first| first..first + ADDED_CHARACTERS.len() as TokenId) {
        let found = tokens.get(id as usize).unwrap_or_default();
        if found.chars().count() != 1 {
            return Err(format!("token {id} is {found:?} where DeepSeek LLM has one of thirteen added characters"));
        }
    }
    let size = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
    Ok(Controls { series, begin, end, fim, end_of_turn: id(Control::EndOfTurn), merged: begin, added, size })
}

/// Refuses what llama.cpp or the tokenizer does not expect in any vocabulary.
fn vocabulary(header: &Header, tokens: &Strings) -> Result<(), String> {
    if let Some(model) = header.string("tokenizer.ggml.model")
        && model != "gpt2"
    {
        return Err(format!("its tokenizer is {model:?}; DeepSeek Coder has \"gpt2\" (byte-level byte pairs)"));
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
    Ok(())
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

/// A whole number of the settings that no model has in excess.
fn required(header: &Header, key: &str) -> Result<u32, String> {
    match header.number(key) {
        Some(number) if (1..=1 << 20).contains(&number) => Ok(number),
        Some(number) => Err(format!("{key} is {number}, which no model has")),
        None => Err(format!("{key} is missing or is not a whole number")),
    }
}

/// Refuses shapes that llama.cpp does not check before it computes with them.
fn dense_shape(header: &Header, vocabulary: u32) -> Result<Shape, String> {
    let required = |key: &str| required(header, &format!("llama.{key}"));
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
            return Err(format!("{key} is set; DeepSeek Coder of this architecture is a dense model"));
        }
    }
    norm_epsilon(header, "llama")?;
    let (key_width, value_width, experts) = (head_width, head_width, None);
    Ok(Shape { layers, width, feed_forward, heads, key_heads, key_width, value_width, experts, vocabulary })
}

/// As [`dense_shape`], of V2: a mixture of experts, with latent attention. Older files have one tensor for keys and values
/// in a layer and llama.cpp keeps both for each head; files since April 2025 have two, and what is kept is shared by all.
fn mixed_shape(header: &Header, vocabulary: u32) -> Result<Shape, String> {
    let number = |key: &str| header.number(&format!("deepseek2.{key}"));
    let required = |key: &str| required(header, &format!("deepseek2.{key}"));
    let layers = required("block_count")?;
    if layers > MAX_LAYERS {
        return Err(format!("deepseek2.block_count is {layers}; at most {MAX_LAYERS} are possible"));
    }
    let width = required("embedding_length")?;
    let feed_forward = required("feed_forward_length")?;
    let heads = required("attention.head_count")?;
    let key_heads = required("attention.head_count_kv")?;
    let (key, value) = (required("attention.key_length")?, required("attention.value_length")?);
    let (latent, rotated) = (required("attention.kv_lora_rank")?, required("rope.dimension_count")?);
    if header.get("deepseek2.attention.q_lora_rank").is_none() && !LITE_LAYERS.contains(&layers) {
        return Err("deepseek2.attention.q_lora_rank is missing".into());
    }
    let has_tensor = |name: &str| header.tensors.iter().any(|tensor| tensor.name == name);
    let is_split = has_tensor("blk.0.attn_k_b.weight");
    let (head, value_width) = match (number("attention.key_length_mla"), number("attention.value_length_mla")) {
        (None, None) if is_split => {
            let why = "it has separate tensors for keys and values without the settings for them";
            return Err(format!("{why}: it is for a llama.cpp that was never released"));
        }
        (None, None) if key_heads == heads => (key, value),
        (Some(head), Some(_)) if key_heads == 1 && key == latent.saturating_add(rotated) && value == latent => {
            (head, 0)
        }
        _ => return Err("its settings for keys and values do not fit each other".into()),
    };
    if head <= rotated || rotated % 2 != 0 {
        return Err(format!("keys of {head} numbers cannot have {rotated} that are rotated"));
    }
    let experts = Experts {
        total: required("expert_count")?,
        used: required("expert_used_count")?,
        shared: required("expert_shared_count")?,
        feed_forward: required("expert_feed_forward_length")?,
    };
    if experts.used > experts.total || experts.total > MAX_EXPERTS {
        return Err(format!("it cannot use {} of {} experts", experts.used, experts.total));
    }
    // The numbers of llama.cpp for softmax and sigmoid; 0 is none. It aborts on others.
    if header.get("deepseek2.expert_gating_func").is_some() && number("expert_gating_func").is_none_or(|kind| kind > 2)
    {
        return Err("deepseek2.expert_gating_func is unknown".into());
    }
    for key in ["expert_group_count", "expert_group_used_count", "nextn_predict_layers"] {
        let key = format!("deepseek2.{key}");
        if header.get(&key).is_some() && header.number(&key).is_none_or(|count| count > 1) {
            return Err(format!("{key} is set; DeepSeek-Coder-V2 does not have it"));
        }
    }
    norm_epsilon(header, "deepseek2")?;
    let experts = Some(experts);
    Ok(Shape { layers, width, feed_forward, heads, key_heads, key_width: key, value_width, experts, vocabulary })
}

fn norm_epsilon(header: &Header, architecture: &str) -> Result<(), String> {
    let key = format!("{architecture}.attention.layer_norm_rms_epsilon");
    match header.float(&key) {
        Some(epsilon) if epsilon >= 0.0 && epsilon.is_finite() => Ok(()),
        _ => Err(format!("{key} is missing or is not a positive number")),
    }
}

/// Refuses tensors that llama.cpp cannot compute with.
fn weights(header: &Header) -> Result<(), String> {
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
    Ok(())
}

/// Defects of old or careless files that dscoder mends, in words.
#[must_use]
pub fn mended(header: &Header, profile: &Profile) -> Vec<String> {
    let mut words = Vec::new();
    let (pre, whose) = match profile.controls.series {
        Series::V1 => ("deepseek-coder", "DeepSeek Coder"),
        Series::V15 | Series::V2 => ("deepseek-llm", "DeepSeek LLM"),
    };
    match header.string("tokenizer.ggml.pre") {
        Some(named) if named == pre => {}
        Some(other) => words.push(format!("the way to split text is {other:?}; using that of {whose}")),
        None => words.push(format!("the way to split text is not named (tokenizer.ggml.pre); using that of {whose}")),
    }
    words.extend(profile.mended.iter().cloned());
    let end = end_of_answers(profile.flavour, &profile.controls);
    if header.number("tokenizer.ggml.eos_token_id") != Some(end) {
        words.push(format!("the end of an answer is not token {end}; an answer ends there anyway"));
    }
    words
}

/// The token that ends an answer.
fn end_of_answers(flavour: Flavour, controls: &Controls) -> TokenId {
    match (controls.series, flavour) {
        (Series::V1 | Series::V15, Flavour::Instruct) => controls.end_of_turn.unwrap_or(controls.end),
        _ => controls.end,
    }
}

fn flavour(header: &Header, controls: &Controls) -> Flavour {
    let named = |key| header.string(key).is_some_and(|text| text.to_lowercase().contains("instruct"));
    let template = header.string("tokenizer.chat_template").is_some_and(|text| text.contains("### Instruction"));
    let end = header.number("tokenizer.ggml.eos_token_id");
    let ends_turns = controls.series != Series::V2 && end.is_some() && end == controls.end_of_turn;
    if named("general.name") || named("general.basename") || named("general.finetune") || template || ends_turns {
        Flavour::Instruct
    } else {
        Flavour::Base
    }
}

/// The kind of rope scaling that the file names.
fn rope_scaling<'a>(header: &'a Header, architecture: &str) -> Result<Option<&'a str>, String> {
    let key = format!("{architecture}.rope.scaling.type");
    match header.get(&key) {
        None => Ok(None),
        // llama.cpp aborts on a name it does not know.
        Some(Value::String(kind)) if ["none", "linear", "yarn", "longrope"].contains(&kind.as_str()) => Ok(Some(kind)),
        Some(_) => Err(format!("{key} is unknown")),
    }
}

/// What was wrong with the rope settings, those that mend them, and how keys are rotated.
type Ropes = (Vec<String>, Option<Rope>, Rope);

/// Compares the rope settings with those the first series was trained with.
fn rope(header: &Header) -> Result<Ropes, String> {
    let mut wrong = Vec::new();
    match header.get("llama.rope.freq_base") {
        None => wrong.push("the rope base is missing".to_owned()),
        Some(Value::Float(base)) if *base == ROPE_BASE => {}
        Some(Value::Float(base)) => wrong.push(format!("the rope base is {base}")),
        Some(_) => return Err("llama.rope.freq_base is not a number".into()),
    }
    // Files of 2023 have the older key, and no type, which means linear.
    let factor = header.float("llama.rope.scaling.factor").or_else(|| header.float("llama.rope.scale_linear"));
    match (rope_scaling(header, "llama")?, factor) {
        (None | Some("linear"), Some(factor)) if factor == ROPE_FACTOR => {}
        (None | Some("linear"), Some(factor)) => wrong.push(format!("the rope scaling factor is {factor}")),
        (None | Some("linear"), None) => wrong.push("the rope scaling is missing".to_owned()),
        (Some(kind), _) => wrong.push(format!("the rope scaling is {kind:?}")),
    }
    let rope = Rope { base: ROPE_BASE as f32, scale: (1.0 / ROPE_FACTOR) as f32 };
    if wrong.is_empty() {
        return Ok((Vec::new(), None, rope));
    }
    let words = format!("{}; using base {ROPE_BASE} and linear scaling {ROPE_FACTOR}", wrong.join(" and "));
    Ok((vec![words], Some(rope), rope))
}

/// How keys are rotated by a file that is used as it is.
fn rotation(header: &Header, series: Series, shape: &Shape) -> Result<Option<Rotation>, String> {
    let architecture = architecture(series);
    let kind = rope_scaling(header, architecture)?;
    let key = format!("{architecture}.rope.freq_base");
    // llama.cpp's own default.
    let base = match header.get(&key) {
        None => 10_000.0,
        Some(Value::Float(base)) if *base > 0.0 && base.is_finite() => *base,
        Some(_) => return Err(format!("{key} is not a positive number")),
    };
    let number = |key: &str| header.number(&format!("{architecture}.{key}"));
    let factor = header.float(&format!("{architecture}.rope.scaling.factor"));
    let of = |turned: u32, scale: f64, yarn: Option<u32>| Rotation {
        width: shape.key_width,
        turned,
        rope: Rope { base: base as f32, scale: scale as f32 },
        yarn,
    };
    Ok(match (series, kind, factor) {
        (Series::V15, None | Some("none"), None) => Some(of(shape.key_width, 1.0, None)),
        (Series::V2, Some("yarn"), Some(factor)) if factor >= 1.0 && factor.is_finite() && base > 1.0 => {
            let context = number("rope.scaling.original_context_length").or_else(|| number("context_length"));
            number("rope.dimension_count")
                .zip(context)
                .map(|(turned, context)| of(turned, factor.recip(), Some(context)))
        }
        _ => None,
    })
}
