//! Models beside those of the first series, and adapters, through llama.cpp.

use dscoder::model::tokenizer::Tokenizer;
use dscoder::prompt::{chat, encode};
use dscoder::vocabulary::{Controls, Series, Vocabulary};
use serde_json::{Value, json};

use crate::command::Place;
use crate::gguf::{F32, Layout, STRING, Spec, Tensor, text};
use crate::git::Repo;
use crate::serve::Server;

/// The JSON of an answer of 8 tokens.
fn answer(place: &Place, arguments: &[&str], stdin: &str) -> Value {
    let run = place.feed(&[arguments, &["-n", "8", "--raw", "--json", "--threads", "1"]].concat(), stdin);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0), "{arguments:?}");
    serde_json::from_str(&run.stdout).expect("one JSON object")
}

/// A place that keeps evaluated prompts, and whose commands use a resident engine.
fn caching() -> Place {
    let mut place = crate::resident::place();
    let cache = place.path("cache");
    place.set("DSCODER_CACHE_DIR", &cache.to_string_lossy());
    place.set("DSCODER_CACHE_AFTER", "0.001");
    place.set("DSCODER_NO_CACHE", "0");
    place
}

/// A server at the socket where commands look for it.
fn serve(place: &Place, model: &str, arguments: &[&str]) -> Server {
    let socket = place.path("run/dscoder/serve.sock");
    let mut command = place.command(["serve", "-m", model, "--listen", "127.0.0.1:0"]);
    command.args(arguments);
    Server::start(command, socket)
}

#[test]
fn every_layout_loads_and_answers() {
    let place = caching();
    place.write("f.py", "def add(a, b):\n    return \n");
    let vocabulary = Tokenizer::large(Controls::V2).expect("sound");
    for layout in [Layout::Old, Layout::Latent, Layout::Full] {
        place.write("v2.gguf", Spec::v2(layout).bytes());
        let complete = |rest: &[&str]| answer(&place, &[&["complete", "-m", "v2.gguf"], rest].concat(), "def f(");
        let first = complete(&["--no-cache"]);
        assert_eq!(first["prompt"]["tokens"], 4, "{first}");
        assert_eq!(complete(&["--no-cache"])["text"], first["text"]);
        // Saved, and restored.
        assert_eq!(complete(&[])["text"], first["text"]);
        assert_eq!(complete(&[])["text"], first["text"]);
        let gap = ["infill", "f.py", "--at", "2:12", "-m", "v2.gguf"];
        let filled = answer(&place, &[&gap[..], if layout == Layout::Full { &["--force"] } else { &[] }].concat(), "");
        let texts = ["def add(a, b):\n    return ", "\n"].map(|text| vocabulary.encode(text).len());
        // Begin-of-sentence, and three tokens of the gap.
        assert_eq!(filled["prompt"]["tokens"], 4 + texts[0] + texts[1], "{filled}");
    }
}

/// The halves of a tensor for keys and values, as the converter of llama.cpp makes them.
fn split(old: &Spec) -> Spec {
    let mut latent = Spec::v2(Layout::Latent);
    let (rank, heads, plain, value) = (32, 2, 32, 32);
    let numbers = |tensor: &Tensor| -> Vec<f32> {
        tensor.data.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().expect("four"))).collect()
    };
    for tensor in &mut latent.tensors {
        if let Some(same) = old.tensors.iter().find(|one| one.name == tensor.name) {
            tensor.data.clone_from(&same.data);
            tensor.kind = same.kind;
            continue;
        }
        let (name, is_key) = match tensor.name.strip_suffix("attn_k_b.weight") {
            Some(layer) => (format!("{layer}attn_kv_b.weight"), true),
            None => (tensor.name.replace("attn_v_b", "attn_kv_b"), false),
        };
        let both = numbers(old.tensors.iter().find(|one| one.name == name).expect("there"));
        let row = |head: usize, row: usize| &both[(head * (plain + value) + row) * rank..][..rank];
        let mut halves: Vec<f32> = Vec::new();
        for head in 0..heads {
            if is_key {
                (0..rank).for_each(|column| halves.extend((0..plain).map(|at| row(head, at)[column])));
            } else {
                (0..value).for_each(|at| halves.extend(row(head, plain + at)));
            }
        }
        tensor.kind = 0;
        tensor.data = halves.iter().flat_map(|number| number.to_le_bytes()).collect();
    }
    latent
}

#[test]
fn the_same_weights_give_the_same_answer_in_both_layouts() {
    let place = Place::new();
    let mut old_spec = Spec::v2(Layout::Old);
    for (index, tensor) in
        old_spec.tensors.iter_mut().enumerate().filter(|(_, one)| one.name.ends_with("attn_kv_b.weight"))
    {
        tensor.enlarge(index as u64 + 1);
    }
    place.write("old.gguf", old_spec.bytes());
    place.write("new.gguf", split(&old_spec).bytes());
    let text = "def add(a, b):\n    return a + b\n\nclass A:\n    def f(self):\n";
    let of = |file: &str| answer(&place, &["complete", "--no-cache", "-m", file, "--logprobs", "0"], text);
    let (old, new) = (of("old.gguf"), of("new.gguf"));
    assert_eq!(old["tokens"], new["tokens"]);
    let mean = |answer: &Value| answer["mean_logprob"].as_f64().expect("a number");
    assert!((mean(&old) - mean(&new)).abs() < 0.01, "{old} {new}");
    // The halves matter.
    let mut other = split(&old_spec);
    other.tensors.iter_mut().filter(|one| one.name.ends_with("attn_v_b.weight")).for_each(|one| one.data.fill(0));
    place.write("other.gguf", other.bytes());
    assert!((mean(&old) - mean(&of("other.gguf"))).abs() > 0.02, "{old}");
}

#[test]
fn a_missing_begin_of_sentence_is_noted() {
    let place = Place::new();
    let mut spec = Spec::v2(Layout::Latent);
    place.write("sound.gguf", spec.bytes());
    spec.remove("tokenizer.ggml.bos_token_id");
    place.write("v2.gguf", spec.bytes());
    let sound = answer(&place, &["complete", "--no-cache", "-m", "sound.gguf"], "a");
    let run = place.feed(&["complete", "-m", "v2.gguf", "-n", "8", "--raw", "--threads", "1"], "a");
    let note = "note: in the model file, the token that begins every prompt is not named; using token 100000\n";
    assert_eq!((run.stderr.as_str(), run.code), (note, 0));
    assert_eq!(sound["text"], run.stdout);
}

#[test]
fn a_question_is_laid_out_as_v2_was_trained() {
    let place = Place::new();
    let mut spec = Spec::v2(Layout::Latent);
    spec.set("general.name", STRING, text("DeepSeek-Coder-V2-Lite-Instruct"));
    let path = place.write("v2.gguf", spec.bytes());
    let model = dscoder::model::Model::open(&path).expect("sound");
    let ids = encode(&chat::segments("What is it?", Series::V2), &model.tokenizer);
    let spelled: Vec<u8> = ids.iter().flat_map(|&id| model.tokenizer.bytes(id).to_vec()).collect();
    assert_eq!((ids[0], &*String::from_utf8_lossy(&spelled)), (100_000, "User: What is it?\n\nAssistant:"));
    let asked = answer(&place, &["chat", "-m", "v2.gguf", "What is it?"], "");
    assert_eq!(asked["prompt"]["tokens"], ids.len(), "{asked}");
}

#[test]
fn a_server_with_v2_is_asked_in_its_vocabulary() {
    let place = caching();
    place.write("v2.gguf", Spec::v2(Layout::Latent).bytes());
    place.write("f.py", "def add(a, b):\n    return \n");
    let server = serve(&place, "v2.gguf", &["--ctx-size", "512", "--threads", "1", "--parallel", "2"]);
    let url = format!("http://{}", server.address);
    let gap = ["infill", "f.py", "--at", "2:12"];
    let here = answer(&place, &[&gap[..], &["-m", "v2.gguf", "--serve", "never"]].concat(), "");
    let there = answer(&place, &[&gap[..], &["--endpoint", &url]].concat(), "");
    assert_eq!((&there["text"], &there["prompt"]), (&here["text"], &here["prompt"]));
    // The resident engine gives the same.
    let resident = answer(&place, &[&gap[..], &["-m", "v2.gguf"]].concat(), "");
    assert_eq!(resident["text"], here["text"]);
}

#[test]
fn v15_continues_text() {
    let place = Place::new();
    place.write("v15.gguf", Spec::v15().bytes());
    let first = answer(&place, &["complete", "--no-cache", "-m", "v15.gguf"], "für ÷");
    // Begin-of-sentence, "f", "ü", "r", " ", "÷".
    assert_eq!(first["prompt"]["tokens"], 6, "{first}");
}

#[test]
fn adapters_change_answers() {
    let place = caching();
    place.write("base.gguf", Spec::sound().bytes());
    place.write("a.gguf", Spec::adapter(&Spec::sound(), "weight", 4).bytes());
    let with =
        |rest: &[&str]| answer(&place, &[&["complete", "-m", "base.gguf"], rest].concat(), "abc")["text"].clone();
    let plain = with(&["--no-cache"]);
    let whole = with(&["--no-cache", "--lora", "a.gguf"]);
    assert_ne!(whole, plain);
    assert_eq!(with(&["--no-cache", "--lora", "a.gguf:0"]), plain);
    // Several add up.
    assert_eq!(with(&["--no-cache", "--lora", "a.gguf:0.5", "--lora", "a.gguf:0.5"]), whole);
    assert_eq!(with(&["--no-cache", "--lora", "a.gguf:2", "--lora", "a.gguf:-1"]), whole);
    // What one has evaluated is not used with the other.
    for _ in 0..2 {
        assert_eq!(with(&[]), plain);
        assert_eq!(with(&["--lora", "a.gguf"]), whole);
    }
    let server = serve(&place, "base.gguf", &["--lora", "a.gguf", "--ctx-size", "256", "--threads", "1"]);
    let there = server.post("/completion", &json!({"prompt": "abc", "n_predict": 8, "temperature": 0})).json();
    assert_eq!(there["content"], whole);
    // The resident engine has another model now.
    assert_eq!(with(&["--no-cache"]), plain);
    assert_eq!(with(&["--no-cache", "--lora", "a.gguf"]), whole);
}

#[test]
fn adapters_of_experts_and_latent_keys_run() {
    let place = Place::new();
    for layout in [Layout::Old, Layout::Latent] {
        let spec = Spec::v2(layout);
        place.write("base.gguf", spec.bytes());
        place.write("a.gguf", Spec::adapter(&spec, "attn_output.weight", 8).bytes());
        let with =
            |rest: &[&str]| answer(&place, &[&["complete", "-m", "base.gguf", "--no-cache"], rest].concat(), "x");
        assert_ne!(with(&["--lora", "a.gguf:4"])["text"], with(&[])["text"]);
    }
    let mut strange = Spec::adapter(&Spec::sound(), "attn_q.weight", 4);
    strange.set("adapter.lora.alpha", crate::gguf::U64, 8u64.to_le_bytes());
    place.write("base.gguf", Spec::sound().bytes());
    place.write("a.gguf", strange.bytes());
    let run = place.feed(&["complete", "-m", "base.gguf", "--lora", "a.gguf"], "x");
    assert_eq!((run.code, run.stderr.contains("adapter.lora.alpha")), (65, true), "{}", run.stderr);
    strange.set("adapter.lora.alpha", F32, 8f32.to_le_bytes());
    place.write("a.gguf", strange.bytes());
    assert_eq!(place.feed(&["complete", "-m", "base.gguf", "--lora", "a.gguf", "-n", "2"], "x").code, 0);
}

#[test]
fn commands_answer_alike_here_and_on_a_server_of_v2() {
    for layout in [Layout::Old, Layout::Latent] {
        let repo = Repo::new();
        let mut spec = Spec::v2(layout);
        spec.set("general.name", STRING, text("DeepSeek-Coder-V2-Lite-Instruct"));
        repo.place.write("v2.gguf", spec.bytes());
        repo.stage("f.py", "def add(a, b):\n    return \n");
        let command = repo.place.command([
            "serve",
            "-m",
            "v2.gguf",
            "--ctx-size",
            "1024",
            "--threads",
            "1",
            "--listen",
            "127.0.0.1:0",
        ]);
        let server = Server::start(command, repo.place.path("serve.sock"));
        let url = format!("http://{}", server.address);
        let mut seen = String::new();
        for arguments in [
            &["complete", "f.py", "--raw"][..],
            &["infill", "f.py", "--at", "2:12", "--raw"],
            &["chat", "What is it?"],
            &["git", "message"],
        ] {
            let answer = |rest: &[&str]| {
                let run = repo.place.run(&[arguments, &["-n", "4", "--seed", "1"], rest].concat());
                assert_eq!((run.stderr.as_str(), run.code), ("", 0), "{arguments:?} {rest:?}");
                run.stdout
            };
            let here = answer(&["-m", "v2.gguf", "--no-cache", "--threads", "1"]);
            seen += &here;
            assert_eq!(answer(&["--endpoint", &url]), here, "{arguments:?}");
        }
        // Random weights may end an answer at once, but hardly all of them.
        assert!(!seen.trim().is_empty());
    }
}
