//! Models beside those of the first series: V2, 7B v1.5.

use std::fs;

use dscoder::model::family::{Flavour, Infill};
use dscoder::model::tokenizer::Tokenizer;
use dscoder::model::{Model, family, gguf as header};
use dscoder::vocabulary::{Controls, Fim, Series, Vocabulary};

use crate::command::{Place, repository};
use crate::gguf::{F32, Layout, STRING, Spec, U32, text};

fn identify(spec: &Spec) -> Result<family::Profile, String> {
    let bytes = spec.bytes();
    let header = header::read_from(&bytes[..], bytes.len() as u64, "x".as_ref()).expect("sound");
    family::identify(&header)
}

/// llama.cpp's `models/ggml-vocab-deepseek-llm.gguf.inp` and `.out`. The texts are those of the first series' vectors.
#[test]
fn the_vectors_of_llama_cpp() {
    let texts = fs::read_to_string(repository("tests/data/vectors.inp")).expect("there");
    let ids = fs::read_to_string(repository("tests/data/vectors-llm.out")).expect("there");
    const END: &str = "\n__ggml_vocab_test__\n";
    let texts: Vec<&str> = texts.strip_suffix(END).expect("each text has an end").split(END).collect();
    let ids: Vec<&str> = ids.lines().collect();
    assert_eq!((texts.len(), ids.len()), (46, 46));
    let v15 = Tokenizer::large(Controls::V15).expect("sound");
    let v2 = Tokenizer::large(Controls::V2).expect("sound");
    for (text, ids) in texts.iter().zip(ids) {
        let expected: Vec<u32> = ids.split_whitespace().map(|id| id.parse().expect("a number")).collect();
        assert_eq!(v15.encode(text), expected, "{text:?}");
        // The thirteen added characters are not in the vocabulary of V2.
        if !expected.iter().any(|&id| id > Controls::V2.end) {
            assert_eq!(v2.encode(text), expected, "{text:?}");
        }
        for tokenizer in [&v15, &v2] {
            let ids = tokenizer.encode(text);
            assert!(!ids.iter().any(|&id| tokenizer.controls().is_control(id)), "{text:?}: {ids:?}");
            assert_eq!(ids.iter().flat_map(|&id| tokenizer.bytes(id).to_vec()).collect::<Vec<_>>(), text.as_bytes());
        }
    }
    // The authors' tokenizer.json has these.
    assert_eq!(v2.encode("Führer"), [37, 2874, 71, 6245]);
    assert_eq!((v15.encode("ü"), v15.bytes(100_014)), (vec![100_014], "ü".as_bytes()));
}

#[test]
fn v2_is_known_by_its_spellings() {
    for (layout, key_heads, widths, infill, flavour) in [
        (Layout::Old, 2, (48, 32), Infill::Trained, Flavour::Base),
        (Layout::Latent, 1, (48, 0), Infill::Trained, Flavour::Base),
        (Layout::Full, 1, (48, 0), Infill::Untrained, Flavour::Instruct),
    ] {
        let profile = identify(&Spec::v2(layout)).expect("of the family");
        assert_eq!(profile.controls, Controls::V2);
        let shape = profile.shape;
        assert_eq!((shape.key_heads, (shape.key_width, shape.value_width)), (key_heads, widths));
        assert_eq!((profile.infill, profile.flavour, profile.context), (infill, flavour, 163_840));
        // YaRN is left as it is, and nothing is wrong.
        assert_eq!((profile.rope, &profile.mended[..]), (None, &[][..]));
        let rotation = profile.rotation.expect("its keys can be moved");
        assert_eq!((rotation.width, rotation.turned, rotation.yarn), (48, 16, Some(4096)));
        let experts = shape.experts.expect("it has experts");
        assert_eq!((experts.total, experts.used, experts.shared), (4, 2, 1));
    }
    // Ids are those of the file.
    let mut spec = Spec::v2(Layout::Old);
    spec.large_vocabulary(&["<x>", "<｜fim▁end｜>", "<｜fim▁begin｜>", "<｜fim▁hole｜>"].map(String::from));
    let profile = identify(&spec).expect("of the family");
    assert_eq!(profile.controls.fim, Some(Fim { hole: 100_005, begin: 100_004, end: 100_003 }));
}

const YARN_ANGLES: [(usize, f64); 10] = [
    (0, 1.0),
    (5, 0.237_137),
    (9, 0.074_989_4),
    (10, 0.056_234_1),
    (12, 0.026_879_4),
    (16, 0.0055),
    (20, 0.000_790_569),
    (23, 3.3338e-5),
    (24, 2.5e-5),
    (31, 3.3338e-6),
];

/// What gave [`YARN_ANGLES`]: `_compute_yarn_parameters` of `transformers` 4.57, with the settings of V2-Lite: `rope_theta` 10000, `factor` 40, `beta_fast` 32,
/// `beta_slow` 1 and `original_max_position_embeddings` 4096, of 64 numbers.
#[test]
fn keys_turn_by_the_angles_of_yarn() {
    let rope = family::Rope { base: 10_000.0, scale: 1.0 / 40.0 };
    let yarn = family::Rotation { width: 192, turned: 64, rope, yarn: Some(4096) };
    let angles = yarn.angles();
    assert_eq!(angles.len(), 32);
    for (pair, expected) in YARN_ANGLES {
        assert!((angles[pair] / expected - 1.0).abs() < 1e-4, "{pair}: {} {expected}", angles[pair]);
    }
    // A scale alone changes all.
    let linear = family::Rotation { yarn: None, ..yarn };
    assert!(linear.angles().iter().zip(&angles).all(|(linear, yarn)| *linear <= yarn * 1.000_001));
    assert!((linear.angles()[0] - 1.0 / 40.0).abs() < 1e-9);
    // Other settings for it are those of no model.
    for kind in ["linear", "none"] {
        let mut spec = Spec::v2(Layout::Latent);
        spec.set("deepseek2.rope.scaling.type", STRING, text(kind));
        assert_eq!(identify(&spec).expect("of the family").rotation, None);
    }
}

#[test]
fn a_missing_begin_of_sentence_is_mended() {
    let mut spec = Spec::v2(Layout::Old);
    spec.remove("tokenizer.ggml.bos_token_id");
    let profile = identify(&spec).expect("of the family");
    assert_eq!(profile.mended, ["the token that begins every prompt is not named; using token 100000"]);
}

#[test]
fn what_llama_cpp_cannot_run_of_v2_is_refused() {
    let number = |key: &'static str, number: u32| move |spec: &mut Spec| spec.set(key, U32, number.to_le_bytes());
    type Change = Box<dyn Fn(&mut Spec)>;
    let changes: [(Change, Layout, &str); 9] = [
        (Box::new(number("deepseek2.expert_count", 0)), Layout::Old, "deepseek2.expert_count is 0, which no model has"),
        (Box::new(number("deepseek2.expert_used_count", 5)), Layout::Old, "it cannot use 5 of 4 experts"),
        (Box::new(number("deepseek2.expert_gating_func", 9)), Layout::Old, "deepseek2.expert_gating_func is unknown"),
        (Box::new(number("deepseek2.expert_group_count", 3)), Layout::Old, "deepseek2.expert_group_count is set"),
        (Box::new(number("deepseek2.rope.dimension_count", 48)), Layout::Old, "keys of 48 numbers cannot have 48 that"),
        (
            Box::new(number("deepseek2.attention.head_count_kv", 2)),
            Layout::Latent,
            "its settings for keys and values do",
        ),
        (
            Box::new(|spec| {
                spec.remove("deepseek2.attention.key_length_mla");
                spec.remove("deepseek2.attention.value_length_mla");
            }),
            Layout::Latent,
            "it has separate tensors for keys and values without the settings for them",
        ),
        (
            Box::new(|spec| spec.remove("deepseek2.attention.q_lora_rank")),
            Layout::Old,
            "deepseek2.attention.q_lora_rank",
        ),
        (
            Box::new(|spec| spec.set("deepseek2.rope.scaling.type", STRING, text("new"))),
            Layout::Old,
            "deepseek2.rope.scaling.type is unknown",
        ),
    ];
    for (change, layout, why) in changes {
        let mut spec = Spec::v2(layout);
        change(&mut spec);
        let found = identify(&spec).expect_err("refused");
        assert!(found.starts_with(why), "{found}");
    }
}

#[test]
fn v15_is_known_by_its_vocabulary() {
    let profile = identify(&Spec::v15()).expect("of the family");
    assert_eq!((profile.controls, profile.context), (Controls::V15, 4096));
    assert_eq!((profile.flavour, profile.infill, profile.rope), (Flavour::Base, Infill::NoTokens, None));
    let rotation = profile.rotation.expect("its keys can be moved");
    assert_eq!((rotation.width, rotation.turned, rotation.yarn), (16, 16, None));
    assert_eq!((rotation.rope.base, rotation.rope.scale), (10_000.0, 1.0));
    let mut instruct = Spec::v15();
    instruct.set("tokenizer.ggml.eos_token_id", U32, 100_015u32.to_le_bytes());
    assert_eq!(identify(&instruct).expect("of the family").flavour, Flavour::Instruct);
    let mut strange = Spec::v15();
    strange.set("llama.rope.freq_base", F32, f32::NAN.to_le_bytes());
    assert_eq!(identify(&strange).expect_err("refused"), "llama.rope.freq_base is not a positive number");
}

#[test]
fn gaps_are_refused_where_the_model_cannot_fill_them() {
    let place = Place::new();
    place.write("v15.gguf", Spec::v15().bytes());
    place.write("full.gguf", Spec::v2(Layout::Full).bytes());
    place.write("f.py", "def f(\n");
    let infill = |model: &str, rest: &[&str]| {
        let run = place.run(&[&["infill", "f.py", "--at", "1:7", "-m", model], rest].concat());
        (run.stderr, run.code)
    };
    let none = "error: v15.gguf cannot fill gaps: its vocabulary does not have the tokens for filling in the middle\nhint: use \
                another model, such as -m 6.7b-base or v2-lite-base; `dscoder complete` continues text with this one\n";
    assert_eq!(infill("v15.gguf", &[]), (none.to_owned(), 65));
    assert_eq!(infill("v15.gguf", &["--force"]), (none.to_owned(), 65));
    let full = "error: full.gguf was not trained to fill gaps: its authors trained only V2-Lite to fill in the middle, not the \
                model with 236B\nhint: use -m v2-lite-base, or --force to try anyway\n";
    assert_eq!(infill("full.gguf", &[]), (full.to_owned(), 65));
    let chat = place.feed(&["chat", "-m", "v15.gguf", "a"], "");
    assert!(chat.stderr.starts_with("error: v15.gguf is a Base model: ") && chat.code == 65, "{}", chat.stderr);
}

#[test]
fn models_show_tells_what_they_are() {
    let place = Place::new();
    for (layout, lines) in [
        (
            Layout::Old,
            &[
                "architecture  deepseek2: 3 layers, width 64, feed-forward 96, 2 heads, 2 of keys and values\n",
                "experts       2 of 4 for a token, and 1 for all, each of width 32\n",
                "context       163840 tokens, 960 bytes each\n",
                "kind          Base: continues text and fills gaps\n",
            ][..],
        ),
        (
            Layout::Full,
            &[
                "architecture  deepseek2: 3 layers, width 64, feed-forward 96, 2 heads, latent keys and values of 48\n",
                "context       163840 tokens, 288 bytes each\n",
                "kind          Instruct: follows instructions\n",
                "chat format   \"User:\" and \"Assistant:\", an answer ends with <｜end▁of▁sentence｜>\n",
                "for a context of 4096 tokens",
            ],
        ),
    ] {
        place.write("v2.gguf", Spec::v2(layout).bytes());
        let shown = place.run(&["models", "show", "v2.gguf"]);
        assert_eq!((shown.stderr.as_str(), shown.code), ("", 0));
        for line in lines {
            assert!(shown.stdout.contains(line), "{line:?} in {}", shown.stdout);
        }
    }
}

#[test]
fn adapters_are_shown_and_compared_with_the_model() {
    let place = Place::new();
    place.write("base.gguf", Spec::sound().bytes());
    let mut adapter = Spec::adapter(&Spec::sound(), "attn_q.weight", 4);
    place.write("adapter.gguf", adapter.bytes());
    let shown = "name          a team's adapter\n\
                 file          adapter.gguf\n";
    let run = place.run(&["models", "show", "adapter.gguf"]);
    assert!(run.stdout.starts_with(shown) && run.code == 0, "{} {}", run.stdout, run.stderr);
    for line in
        ["kind          LoRA adapter: used with its model by --lora\n", "rank          4\n", "alpha         8\n"]
    {
        assert!(run.stdout.contains(line), "{line:?} in {}", run.stdout);
    }
    assert!(run.stdout.ends_with("changes       attn_q (1)\n"), "{}", run.stdout);
    let refused = |arguments: &[&str], stderr: &str, code: i32| {
        let run = place.feed(&[&["complete"], arguments].concat(), "x");
        assert_eq!((run.stderr.as_str(), run.code), (stderr, code), "{arguments:?}");
    };
    refused(
        &["-m", "adapter.gguf"],
        "error: cannot use adapter.gguf: it is an adapter for a model: use it with --lora\nhint: dscoder runs GGUF files of \
         DeepSeek Coder (1.3B to 33B, 7B v1.5) and DeepSeek-Coder-V2\n",
        65,
    );
    refused(
        &["-m", "base.gguf", "--lora", "base.gguf"],
        "error: cannot use base.gguf as an adapter: it is not an adapter (general.type)\nhint: --lora takes GGUF files that \
         llama.cpp's convert_lora_to_gguf.py makes\n",
        65,
    );
    refused(&["-m", "base.gguf", "--lora", "none"], "error: cannot read none: no such file or directory\n", 66);
    adapter.tensors[0].shape[0] = 64;
    adapter.tensors[0].data.resize(4 * 64 * 4, 0);
    adapter.set("general.base_model.0.name", STRING, text("Their Model"));
    place.write("other.gguf", adapter.bytes());
    refused(
        &["-m", "base.gguf", "--lora", "adapter.gguf:0.5", "--lora", "other.gguf:2"],
        "error: the adapter other.gguf (a team's adapter) does not fit base.gguf: it is for a \"blk.0.attn_q.weight\" of 64 x 32 \
         numbers, and the model's has 32 x 32\nhint: it was trained with Their Model\n",
        65,
    );
    place.write("v2.gguf", Spec::adapter(&Spec::v2(Layout::Old), "attn_q.weight", 4).bytes());
    refused(
        &["-m", "base.gguf", "--lora", "v2.gguf"],
        "error: the adapter v2.gguf (a team's adapter) does not fit base.gguf: it is for the architecture \"deepseek2\", not \
         \"llama\"\nhint: use it with the model that it was trained with\n",
        65,
    );
    let script = place.script(r#"pieces = ["x"]"#);
    refused(
        &["-m", &script, "--lora", "adapter.gguf"],
        "error: --lora needs a model: canned answers have no weights to change\n",
        2,
    );
    refused(
        &["--endpoint", "http://127.0.0.1:9", "--lora", "adapter.gguf"],
        "error: --lora cannot be used with --endpoint: the server decides which adapters its model has\nhint: start the server \
         with the adapter\n",
        2,
    );
}

#[test]
fn a_file_has_the_tokenizer_of_its_series() {
    let place = Place::new();
    let path = place.write("v2.gguf", Spec::v2(Layout::Latent).bytes());
    let model = Model::open(&path).expect("sound");
    let known = Tokenizer::large(Controls::V2).expect("sound");
    let text = fs::read_to_string(repository("tests/it/family.rs")).expect("there");
    assert_eq!(model.tokenizer.encode(&text), known.encode(&text));
    assert_eq!(model.tokenizer.controls().series, Series::V2);
    let spelled = model.tokenizer.encode("<｜fim▁begin｜>a<｜fim▁hole｜>");
    assert!(!spelled.iter().any(|&id| Controls::V2.is_control(id)), "{spelled:?}");
}
