//! GGUF files for tests: a small model with a vocabulary of the right form, and ways to change any field of any file.

use std::ops::Range;

use dscoder::vocabulary::{ADDED_CHARACTERS, MERGED_TOKENS};

use crate::command::Random;

/// A model file in parts.
#[derive(Clone)]
pub struct Spec {
    pub entries: Vec<(Vec<u8>, u32, Vec<u8>)>,
    pub tensors: Vec<Tensor>,
    /// The counts that the header claims instead of the true ones.
    pub counts: [Option<u64>; 2],
    pub alignment: usize,
}

#[derive(Clone)]
pub struct Tensor {
    pub name: String,
    pub shape: Vec<u64>,
    pub kind: u32,
    /// In place of the right one.
    pub offset: Option<u64>,
    pub data: Vec<u8>,
}

/// The kinds of V2 files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Lite, before April 2025: one tensor for keys and values in a layer.
    Old,
    /// Lite, since then: two tensors, and the context holds what all heads share.
    Latent,
    /// As [`Layout::Latent`], of the model with 236B.
    Full,
}

/// Tokens of the vocabulary of 7B v1.5 and V2.
const LARGE: u64 = 102_400;

pub const U32: u32 = 4;
pub const I32: u32 = 5;
pub const F32: u32 = 6;
pub const STRING: u32 = 8;
pub const ARRAY: u32 = 9;
pub const U64: u32 = 10;

pub fn text(text: impl AsRef<[u8]>) -> Vec<u8> {
    let text = text.as_ref();
    [&(text.len() as u64).to_le_bytes(), text].concat()
}

pub fn strings<T: AsRef<[u8]>>(list: &[T]) -> Vec<u8> {
    let mut bytes = [&STRING.to_le_bytes()[..], &(list.len() as u64).to_le_bytes()].concat();
    list.iter().for_each(|one| bytes.extend(text(one)));
    bytes
}

/// The tokens of a vocabulary with the control tokens and bytes where DeepSeek Coder has them.
pub fn tokens() -> Vec<String> {
    // The bytes that are in no UTF-8 text have no tokens; their characters are among the added ones.
    let mut tokens: Vec<String> = (0..=255u8)
        .filter(|&byte| !ADDED_CHARACTERS.contains(&char::from(byte)))
        .map(|byte| match byte {
            b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF => char::from(byte),
            0x00..=0x20 => char::from_u32(0x100 + u32::from(byte)).expect("a character"),
            0x7F..=0xA0 => char::from_u32(0x100 + u32::from(byte) - 0x7F + 0x21).expect("a character"),
            0xAD => '\u{143}',
        })
        .map(String::from)
        .collect();
    tokens.extend(["aa", "ab"].map(String::from));
    let letter = |number: usize, place: u32| char::from(b'a' + (number / 26usize.pow(place) % 26) as u8);
    while tokens.len() < MERGED_TOKENS {
        let number = tokens.len();
        tokens.push([3, 2, 1, 0].map(|place| letter(number, place)).into_iter().collect());
    }
    tokens.extend(ADDED_CHARACTERS.map(String::from));
    tokens.extend(
        [
            "<｜begin▁of▁sentence｜>",
            "<｜end▁of▁sentence｜>",
            "<｜fim▁hole｜>",
            "<｜fim▁begin｜>",
            "<｜fim▁end｜>",
            "<pad>",
            "<|User|>",
            "<|Assistant|>",
            "<|EOT|>",
        ]
        .map(String::from),
    );
    while tokens.len() < 32256 {
        tokens.push(format!("[PAD{}]", tokens.len()));
    }
    tokens
}

impl Tensor {
    /// Gives it random F32 numbers from -0.5 to 0.5, which are large for weights.
    pub fn enlarge(&mut self, seed: u64) {
        let mut random = Random(seed);
        self.kind = 0;
        let number = |random: &mut Random| (random.below(2001) as f32 - 1000.0) / 2000.0;
        self.data = (0..self.shape.iter().product()).flat_map(|_: u64| number(&mut random).to_le_bytes()).collect();
    }
}

impl Spec {
    /// A model of one layer that llama.cpp runs.
    pub fn sound() -> Spec {
        let mut spec = Spec { entries: Vec::new(), tensors: Vec::new(), counts: [None; 2], alignment: 32 };
        for (key, value) in [("general.architecture", "llama"), ("general.name", "synthetic")] {
            spec.set(key, STRING, text(value));
        }
        for (key, value) in [
            ("block_count", 1u32),
            ("context_length", 512),
            ("embedding_length", 32),
            ("feed_forward_length", 64),
            ("attention.head_count", 2),
            ("attention.head_count_kv", 1),
            ("rope.dimension_count", 16),
            ("vocab_size", 32256),
        ] {
            spec.set(&format!("llama.{key}"), U32, value.to_le_bytes());
        }
        for (key, value) in
            [("rope.freq_base", 1e5f32), ("rope.scaling.factor", 4.0), ("attention.layer_norm_rms_epsilon", 1e-6)]
        {
            spec.set(&format!("llama.{key}"), F32, value.to_le_bytes());
        }
        spec.set("llama.rope.scaling.type", STRING, text("linear"));
        spec.set("general.alignment", U32, 32u32.to_le_bytes());
        spec.set("tokenizer.ggml.model", STRING, text("gpt2"));
        spec.set("tokenizer.ggml.pre", STRING, text("deepseek-coder"));
        spec.set("tokenizer.chat_template", STRING, text("{% for message in messages %}{{ message }}{% endfor %}"));
        let tokens = tokens();
        spec.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens));
        let kinds: Vec<u8> = (0..tokens.len()).flat_map(|id| if id < 32013 { 1i32 } else { 3 }.to_le_bytes()).collect();
        let count = (tokens.len() as u64).to_le_bytes();
        spec.set("tokenizer.ggml.token_type", ARRAY, [&I32.to_le_bytes()[..], &count, &kinds].concat());
        spec.set("tokenizer.ggml.merges", ARRAY, strings(&["a a", "a b"]));
        for (key, id) in [("bos", 32013u32), ("eos", 32014), ("padding", 32014)] {
            spec.set(&format!("tokenizer.ggml.{key}_token_id"), U32, id.to_le_bytes());
        }
        spec.tensor("token_embd.weight", &[32, 32256]);
        spec.tensor("output_norm.weight", &[32]);
        for (name, shape) in [
            ("attn_norm", &[32][..]),
            ("ffn_norm", &[32]),
            ("attn_q", &[32, 32]),
            ("attn_k", &[32, 16]),
            ("attn_v", &[32, 16]),
            ("attn_output", &[32, 32]),
            ("ffn_gate", &[32, 64]),
            ("ffn_up", &[32, 64]),
            ("ffn_down", &[64, 32]),
        ] {
            spec.tensor(&format!("blk.0.{name}.weight"), shape);
        }
        spec
    }

    /// A small model of V2 with the real vocabulary. Its BOS is named, its gaps are known by their spellings.
    pub fn v2(layout: Layout) -> Spec {
        let mut spec = Spec { entries: Vec::new(), tensors: Vec::new(), counts: [None; 2], alignment: 32 };
        let name = if layout == Layout::Full { "DeepSeek-Coder-V2-Instruct" } else { "DeepSeek-Coder-V2-Lite-Base" };
        spec.set("general.architecture", STRING, text("deepseek2"));
        spec.set("general.name", STRING, text(name));
        let (width, heads, latent, rotated, plain, value) = (64u64, 2u64, 32u64, 16u64, 32u64, 32u64);
        let (head, layers, experts, expert) = (rotated + plain, 3u64, 4u64, 32u64);
        let is_latent = layout != Layout::Old;
        for (key, number) in [
            ("block_count", layers),
            ("context_length", 163_840),
            ("embedding_length", width),
            ("feed_forward_length", 96),
            ("attention.head_count", heads),
            ("attention.head_count_kv", if is_latent { 1 } else { heads }),
            ("attention.key_length", if is_latent { latent + rotated } else { head }),
            ("attention.value_length", if is_latent { latent } else { value }),
            ("attention.kv_lora_rank", latent),
            // Without it, llama.cpp takes only files of 26 and 27 layers for Lite.
            ("attention.q_lora_rank", if layout == Layout::Full { 32 } else { 0 }),
            ("rope.dimension_count", rotated),
            ("rope.scaling.original_context_length", 4096),
            ("leading_dense_block_count", 1),
            ("expert_count", experts),
            ("expert_used_count", 2),
            ("expert_shared_count", 1),
            ("expert_feed_forward_length", expert),
        ] {
            spec.set(&format!("deepseek2.{key}"), U32, (number as u32).to_le_bytes());
        }
        if is_latent {
            spec.set("deepseek2.attention.key_length_mla", U32, (head as u32).to_le_bytes());
            spec.set("deepseek2.attention.value_length_mla", U32, (value as u32).to_le_bytes());
        }
        for (key, number) in [
            ("rope.freq_base", 1e4f32),
            ("rope.scaling.factor", 40.0),
            ("rope.scaling.yarn_log_multiplier", 0.0707),
            ("attention.layer_norm_rms_epsilon", 1e-6),
            ("expert_weights_scale", 1.0),
        ] {
            spec.set(&format!("deepseek2.{key}"), F32, number.to_le_bytes());
        }
        spec.set("deepseek2.rope.scaling.type", STRING, text("yarn"));
        let fim = ["<｜fim▁hole｜>", "<｜fim▁begin｜>", "<｜fim▁end｜>"];
        spec.large_vocabulary(&fim.map(String::from));
        spec.tensor("token_embd.weight", &[width, LARGE]);
        spec.tensor("output_norm.weight", &[width]);
        for layer in 0..layers {
            let mut tensor = |name: &str, shape: &[u64]| spec.tensor(&format!("blk.{layer}.{name}.weight"), shape);
            tensor("attn_norm", &[width]);
            if layout == Layout::Full {
                tensor("attn_q_a", &[width, 32]);
                tensor("attn_q_a_norm", &[32]);
                tensor("attn_q_b", &[32, heads * head]);
            } else {
                tensor("attn_q", &[width, heads * head]);
            }
            tensor("attn_kv_a_mqa", &[width, latent + rotated]);
            tensor("attn_kv_a_norm", &[latent]);
            if is_latent {
                tensor("attn_k_b", &[plain, latent, heads]);
                tensor("attn_v_b", &[latent, value, heads]);
            } else {
                tensor("attn_kv_b", &[latent, heads * (plain + value)]);
            }
            tensor("attn_output", &[heads * value, width]);
            tensor("ffn_norm", &[width]);
            if layer == 0 {
                tensor("ffn_gate", &[width, 96]);
                tensor("ffn_up", &[width, 96]);
                tensor("ffn_down", &[96, width]);
                continue;
            }
            tensor("ffn_gate_inp", &[width, experts]);
            tensor("ffn_gate_exps", &[width, expert, experts]);
            tensor("ffn_up_exps", &[width, expert, experts]);
            tensor("ffn_down_exps", &[expert, width, experts]);
            tensor("ffn_gate_shexp", &[width, expert]);
            tensor("ffn_up_shexp", &[width, expert]);
            tensor("ffn_down_shexp", &[expert, width]);
        }
        spec
    }

    /// A small model of 7B v1.5 with the real vocabulary.
    pub fn v15() -> Spec {
        let mut spec = Spec::sound();
        spec.set("general.name", STRING, text("deepseek-coder-7b-base-v1.5"));
        spec.set("llama.context_length", U32, 4096u32.to_le_bytes());
        spec.set("llama.rope.freq_base", F32, 1e4f32.to_le_bytes());
        spec.set("llama.vocab_size", U32, (LARGE as u32).to_le_bytes());
        spec.remove("llama.rope.scaling.type");
        spec.remove("llama.rope.scaling.factor");
        let added = ["ø", "ö", "ú", "ÿ", "õ", "÷", "û", "ý", "À", "ù", "Á", "þ", "ü", "<|EOT|>"];
        spec.large_vocabulary(&added.map(String::from));
        spec.tensors[0] = Spec::random("token_embd.weight", &[32, LARGE], 1);
        spec
    }

    /// DeepSeek LLM's vocabulary, with these tokens behind the ends of sentences.
    pub fn large_vocabulary(&mut self, added: &[String]) {
        let (mut tokens, merges) = dscoder::model::tokenizer::large_vocabulary();
        let text_tokens = tokens.len();
        tokens.extend(["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"].map(String::from));
        tokens.extend(added.iter().cloned());
        tokens.extend((tokens.len()..LARGE as usize).map(|id| format!("[PAD{id}]")));
        let merges: Vec<String> = merges.iter().map(|(left, right)| format!("{left} {right}")).collect();
        self.set("tokenizer.ggml.model", STRING, text("gpt2"));
        self.set("tokenizer.ggml.pre", STRING, text("deepseek-llm"));
        self.set("tokenizer.ggml.tokens", ARRAY, strings(&tokens));
        self.set("tokenizer.ggml.merges", ARRAY, strings(&merges));
        let kinds: Vec<u8> =
            (0..tokens.len()).flat_map(|id| if id < text_tokens { 1i32 } else { 3 }.to_le_bytes()).collect();
        let head = [&I32.to_le_bytes()[..], &(tokens.len() as u64).to_le_bytes()].concat();
        self.set("tokenizer.ggml.token_type", ARRAY, [head, kinds].concat());
        for (key, id) in [("bos", 100_000u32), ("eos", 100_001), ("padding", 100_001)] {
            self.set(&format!("tokenizer.ggml.{key}_token_id"), U32, id.to_le_bytes());
        }
    }

    /// An adapter of this `rank` for the tensors of `base` whose names end like this.
    pub fn adapter(base: &Spec, ends: &str, rank: u64) -> Spec {
        let mut spec = Spec { entries: Vec::new(), tensors: Vec::new(), counts: [None; 2], alignment: 32 };
        let architecture = base.entries.iter().find(|(key, ..)| key == b"general.architecture").expect("it has one");
        spec.set("general.architecture", STRING, &architecture.2);
        spec.set("general.type", STRING, text("adapter"));
        spec.set("general.name", STRING, text("a team's adapter"));
        spec.set("adapter.type", STRING, text("lora"));
        spec.set("adapter.lora.alpha", F32, (2.0 * rank as f32).to_le_bytes());
        for tensor in base.tensors.iter().filter(|tensor| tensor.name.ends_with(ends) && tensor.shape.len() == 2) {
            // An embedding has its halves the other way round.
            if tensor.name == "token_embd.weight" {
                continue;
            }
            for (half, shape) in [("a", [tensor.shape[0], rank]), ("b", [rank, tensor.shape[1]])] {
                let mut random = Random(7 + spec.tensors.len() as u64);
                let number = |random: &mut Random| (random.below(2001) as f32 - 1000.0) / 4000.0;
                let data = (0..shape[0] * shape[1]).flat_map(|_| number(&mut random).to_le_bytes()).collect();
                let name = format!("{}.lora_{half}", tensor.name);
                spec.tensors.push(Tensor { name, shape: shape.to_vec(), kind: 0, offset: None, data });
            }
        }
        spec
    }

    /// Sets a metadata value, or adds it.
    pub fn set(&mut self, key: &str, kind: u32, value: impl AsRef<[u8]>) {
        let value = value.as_ref().to_vec();
        match self.entries.iter_mut().find(|(name, ..)| name == key.as_bytes()) {
            Some(entry) => (entry.1, entry.2) = (kind, value),
            None => self.entries.push((key.into(), kind, value)),
        }
    }

    pub fn remove(&mut self, key: &str) {
        self.entries.retain(|(name, ..)| name != key.as_bytes());
    }

    fn tensor(&mut self, name: &str, shape: &[u64]) {
        self.tensors.push(Spec::random(name, shape, self.tensors.len() as u64));
    }

    fn random(name: &str, shape: &[u64], seed: u64) -> Tensor {
        let mut random = Random(0x5EED + seed);
        let values = shape.iter().product::<u64>() as usize;
        let (kind, data) = match shape {
            [_] => (0, (0..values).flat_map(|_| 1f32.to_le_bytes()).collect()),
            // Q8_0: a scale of 0.0005 in F16, and 32 numbers.
            _ => (8, (0..values / 32).flat_map(|_| [vec![0x19, 0x10], random.bytes(32)].concat()).collect()),
        };
        Tensor { name: name.into(), shape: shape.to_vec(), kind, offset: None, data }
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = b"GGUF".to_vec();
        out.extend(3u32.to_le_bytes());
        out.extend(self.counts[0].unwrap_or(self.tensors.len() as u64).to_le_bytes());
        out.extend(self.counts[1].unwrap_or(self.entries.len() as u64).to_le_bytes());
        for (key, kind, value) in &self.entries {
            out.extend(text(key));
            out.extend(kind.to_le_bytes());
            out.extend(value);
        }
        let mut next = 0;
        for tensor in &self.tensors {
            out.extend(text(&tensor.name));
            out.extend((tensor.shape.len() as u32).to_le_bytes());
            tensor.shape.iter().for_each(|dimension| out.extend(dimension.to_le_bytes()));
            out.extend(tensor.kind.to_le_bytes());
            out.extend(tensor.offset.unwrap_or(next as u64).to_le_bytes());
            next += tensor.data.len().next_multiple_of(self.alignment);
        }
        for tensor in &self.tensors {
            out.resize(out.len().next_multiple_of(self.alignment), 0);
            out.extend(&tensor.data);
        }
        out
    }
}

/// Where the fields of a sound file are.
pub struct Map {
    /// Numbers by their width, outside of arrays: counts, lengths, types, values, dimensions, offsets.
    numbers: Vec<Range<usize>>,
    /// Texts outside of arrays.
    texts: Vec<Range<usize>>,
    /// Some of the lengths and texts in arrays.
    elements: Vec<Range<usize>>,
    /// Metadata entries, and the entries of the table of tensors.
    entries: [Vec<Range<usize>>; 2],
    /// Where the header ends.
    pub end: usize,
}

struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
    map: Map,
}

impl Walker<'_> {
    fn number(&mut self, width: usize) -> u64 {
        self.map.numbers.push(self.at..self.at + width);
        self.peek(width)
    }

    fn peek(&mut self, width: usize) -> u64 {
        let mut number = [0; 8];
        number[..width].copy_from_slice(&self.bytes[self.at..self.at + width]);
        self.at += width;
        u64::from_le_bytes(number)
    }

    fn text(&mut self) {
        let length = self.number(8) as usize;
        self.map.texts.push(self.at..self.at + length);
        self.at += length;
    }

    fn value(&mut self, kind: u64) {
        let width = |kind| match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            _ => 8,
        };
        if kind == u64::from(STRING) {
            return self.text();
        }
        if kind != u64::from(ARRAY) {
            self.number(width(kind));
            return;
        }
        let element = self.number(4);
        let count = self.number(8) as usize;
        for index in 0..count {
            let notable = index < 3 || index + 3 >= count || index % 500 == 0;
            let start = self.at;
            let length = if element == u64::from(STRING) { self.peek(8) as usize } else { width(element) };
            if notable {
                let middle = self.at;
                self.map.elements.extend([start..middle.max(start + 1), middle..middle + length]);
            }
            self.at += length;
        }
    }
}

impl Map {
    /// Finds the fields of a sound file.
    pub fn of(bytes: &[u8]) -> Map {
        let map = Map {
            numbers: Vec::new(),
            texts: Vec::new(),
            elements: Vec::new(),
            entries: [Vec::new(), Vec::new()],
            end: 0,
        };
        let mut walker = Walker { bytes, at: 0, map };
        // The letters GGUF and the version.
        walker.number(4);
        walker.number(4);
        let (tensors, entries) = (walker.number(8), walker.number(8));
        for _ in 0..entries {
            let start = walker.at;
            walker.text();
            let kind = walker.number(4);
            walker.value(kind);
            let end = walker.at;
            walker.map.entries[0].push(start..end);
        }
        for _ in 0..tensors {
            let start = walker.at;
            walker.text();
            let dimensions = walker.number(4);
            for _ in 0..dimensions {
                walker.number(8);
            }
            walker.number(4);
            walker.number(8);
            let end = walker.at;
            walker.map.entries[1].push(start..end);
        }
        Map { end: walker.at, ..walker.map }
    }

    /// A file with one to three changes.
    pub fn mutant(&self, sound: &[u8], random: &mut Random) -> Vec<u8> {
        let mut bytes = sound.to_vec();
        for _ in 0..=random.below(3) {
            match random.below(20) {
                0..=8 => {
                    let at = pick(&self.numbers, random);
                    change_number(&mut bytes[at], random);
                }
                9..=11 => {
                    let at = pick(&self.texts, random);
                    change_text(&mut bytes[at], random);
                }
                12..=14 => {
                    let at = pick(&self.elements, random);
                    change_text(&mut bytes[at], random);
                }
                15 => {
                    let at = random.below(self.end as u64) as usize;
                    bytes[at] = random.next() as u8;
                }
                16 => {
                    // The data: numbers that are none, or nothing at all.
                    let at = self.end + random.below((bytes.len() - self.end) as u64) as usize;
                    let end = (at + 1 + random.below(3000) as usize).min(bytes.len());
                    bytes[at..end].fill([0, 0x7F, 0xFF][random.below(3) as usize]);
                }
                // These move everything after them, so they come last.
                17 => {
                    bytes.truncate(random.below(bytes.len() as u64) as usize);
                    break;
                }
                _ => {
                    self.splice(&mut bytes, random);
                    break;
                }
            }
        }
        bytes
    }

    /// Drops an entry, duplicates one, or replaces one by another.
    fn splice(&self, bytes: &mut Vec<u8>, random: &mut Random) {
        let table = random.below(2) as usize;
        let count_at = [16, 8][table];
        let one = pick(&self.entries[table], random);
        let copy = bytes[pick(&self.entries[table], random)].to_vec();
        let (with, change) = match random.below(3) {
            0 => (Vec::new(), -1),
            1 => ([&bytes[one.clone()], &copy].concat(), 1),
            _ => (copy, 0),
        };
        let data = self.end.next_multiple_of(32);
        let rest = bytes.split_off(data);
        bytes.truncate(self.end);
        bytes.splice(one, with);
        bytes.resize(bytes.len().next_multiple_of(32), 0);
        bytes.extend(rest);
        // Sometimes the count tells.
        if random.below(4) > 0 {
            let count = u64::from_le_bytes(bytes[count_at..count_at + 8].try_into().expect("eight bytes"));
            bytes[count_at..count_at + 8].copy_from_slice(&count.wrapping_add_signed(change).to_le_bytes());
        }
    }
}

fn pick(ranges: &[Range<usize>], random: &mut Random) -> Range<usize> {
    ranges[random.below(ranges.len() as u64) as usize].clone()
}

fn change_number(field: &mut [u8], random: &mut Random) {
    const NOTABLE: [u64; 34] = [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        12,
        13,
        16,
        24,
        31,
        33,
        63,
        64,
        255,
        256,
        512,
        513,
        32000,
        32021,
        32255,
        32256,
        65536,
        0x7FFF_FFFF,
        0x8000_0000,
        0xFFFF_FFFF,
        1 << 40,
        1 << 63,
        u64::MAX,
    ];
    let mut old = [0; 8];
    old[..field.len()].copy_from_slice(field);
    let old = u64::from_le_bytes(old);
    let new = match random.below(8) {
        0 => old.wrapping_add(1),
        1 => old.wrapping_sub(1),
        2 => old.wrapping_mul(2),
        3 => old ^ (1 << random.below(8 * field.len() as u64)),
        4 => random.next(),
        _ => NOTABLE[random.below(NOTABLE.len() as u64) as usize],
    };
    let width = field.len();
    field.copy_from_slice(&new.to_le_bytes()[..width]);
}

fn change_text(field: &mut [u8], random: &mut Random) {
    if field.is_empty() {
        return;
    }
    let at = random.below(field.len() as u64) as usize;
    field[at] = [0, b'a', b' ', 0x1B, 0x7F, 0x80, 0xC3, 0xED, 0xFF, random.next() as u8][random.below(10) as usize];
}
