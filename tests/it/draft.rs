//! `--draft`: a smaller model drafts, the large one decides.

#[cfg(all(feature = "llama", has_demo))]
use crate::command::Output;
use crate::command::Place;
use crate::gguf::{Layout, Spec};

/// The counts of drafted and accepted tokens in `--stats`.
#[cfg(all(feature = "llama", has_demo))]
fn counts(run: &Output) -> (usize, usize) {
    let Some((_, counts)) = run.stderr.split_once("drafted ") else { return (0, 0) };
    let (drafted, rest) = counts.split_once(" tokens, accepted ").expect("two counts");
    let accepted = rest.chars().take_while(char::is_ascii_digit).collect::<String>();
    (drafted.parse().expect("a number"), accepted.parse().expect("a number"))
}

/// The built-in model with more layers that change nothing, so that it is slower and answers the same.
#[cfg(all(feature = "llama", has_demo))]
fn deepened(path: &std::path::Path, layers: usize) -> Vec<u8> {
    let bytes = std::fs::read(path).expect("the model");
    let header = dscoder::model::gguf::read(path).expect("its header");
    let aligned = |size: u64| size.next_multiple_of(32) as usize;
    let mut at = bytes.len() - header.tensors.iter().map(|tensor| aligned(tensor.bytes)).sum::<usize>();
    let mut tensors = Vec::new();
    for tensor in &header.tensors {
        tensors.push((tensor.name.clone(), tensor, bytes[at..at + tensor.bytes as usize].to_vec()));
        at += aligned(tensor.bytes);
    }
    let number = |name: &str| name.strip_prefix("blk.")?.split('.').next()?.parse::<usize>().ok();
    let before = header.tensors.iter().filter_map(|tensor| number(&tensor.name)).max().expect("layers") + 1;
    let first: Vec<_> = tensors.iter().filter(|(name, ..)| number(name) == Some(0)).cloned().collect();
    for layer in before..layers {
        for (name, tensor, data) in &first {
            let is_output = name.contains("attn_output") || name.contains("ffn_down");
            let data = if is_output { vec![0; data.len()] } else { data.clone() };
            tensors.push((name.replacen("blk.0.", &format!("blk.{layer}."), 1), tensor, data));
        }
    }
    let text = |name: &str| [&(name.len() as u64).to_le_bytes(), name.as_bytes()].concat();
    let find = |wanted: &[u8]| bytes.windows(wanted.len()).position(|part| part == wanted).expect("it is there");
    let mut out = bytes[..find(&text(&header.tensors[0].name))].to_vec();
    out[8..16].copy_from_slice(&(tensors.len() as u64).to_le_bytes());
    // The key, the kind of its value, the value.
    let key = text("llama.block_count");
    let value = find(&key) + key.len() + 4;
    out[value..value + 4].copy_from_slice(&(layers as u32).to_le_bytes());
    let mut offset = 0;
    for (name, tensor, data) in &tensors {
        out.extend(text(name));
        out.extend((tensor.shape.len() as u32).to_le_bytes());
        tensor.shape.iter().for_each(|side| out.extend(side.to_le_bytes()));
        out.extend(tensor.kind.to_le_bytes());
        out.extend((offset as u64).to_le_bytes());
        offset += aligned(data.len() as u64);
    }
    for (_, _, data) in &tensors {
        out.resize(out.len().next_multiple_of(32), 0);
        out.extend(data);
    }
    out.resize(out.len().next_multiple_of(32), 0);
    out
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn a_draft_model_changes_the_time_only() {
    let mut place = Place::new();
    // One thread takes twice as long for a batch of two tokens as for one, so drafts do not pay.
    place.set("DSCODER_THREADS", "2");
    let demo = dscoder::model::demo::file(&place.path("unpacked")).expect("the built-in model");
    place.write("deep.gguf", deepened(&demo, 64));
    // Text that the built-in model continues in the same way, without end.
    place.write("text", "names = [\n    \"server".to_owned() + &"-server".repeat(11) + "-");
    let ask = |model: &str, arguments: &[&str]| {
        let common = ["complete", "text", "-m", model, "--until", "end", "--raw", "-n", "160", "--stats"];
        place.run(&[&common, arguments].concat())
    };
    let plain = ask("deep.gguf", &[]);
    assert_eq!((plain.code, &plain.stdout), (0, &ask("demo", &[]).stdout), "{}", plain.stderr);
    assert!(!plain.stderr.contains("draft"), "{}", plain.stderr);
    // How much is drafted follows the time that batches take: on a busy machine, one run may be without.
    let mut seen = (0, 0);
    for _ in 0..8 {
        let drafted = ask("deep.gguf", &["--draft", "demo"]);
        assert_eq!((drafted.code, &drafted.stdout), (0, &plain.stdout), "{}", drafted.stderr);
        assert!(drafted.stderr.contains("stats: draft model demo"), "{}", drafted.stderr);
        seen = counts(&drafted);
        assert!(seen.1 <= seen.0, "{seen:?}");
        if seen.1 > 0 {
            break;
        }
    }
    assert!(seen.1 > 0, "nothing was accepted from a model that answers the same");
    // The sampler draws as in plain decoding.
    let sampled = ["-t", "0.8", "--seed", "3"];
    let with = [&sampled[..], &["--draft", "demo"]].concat();
    assert_eq!(ask("deep.gguf", &sampled).stdout, ask("deep.gguf", &with).stdout);
    // A model as large as the one it drafts for cannot pay, and is not even asked.
    let same = ask("demo", &["--draft", "demo"]);
    assert_eq!((same.code, counts(&same)), (0, (0, 0)));
    assert!(same.stderr.contains("not used, since it would not have paid"), "{}", same.stderr);
}

#[cfg(all(feature = "llama", has_demo))]
#[test]
fn a_gap_and_a_cached_prompt_are_drafted_too() {
    let mut place = Place::new();
    place.set("DSCODER_NO_CACHE", "0");
    place.set("DSCODER_CACHE_AFTER", "0.001");
    let demo = dscoder::model::demo::file(&place.path("unpacked")).expect("the built-in model");
    place.write("deep.gguf", deepened(&demo, 24));
    let text =
        "def area_of_square(side):\n    return side * side\n\n\n".repeat(8) + "def area_of_circle(radius):\n    ";
    place.write("before", &text);
    place.write("after", "\n\n\nprint(area_of_square(2))\n");
    let ask = |more: &[&str]| {
        let common = ["infill", "--prefix", "before", "--suffix", "after", "-m", "deep.gguf", "-n", "24", "--raw"];
        place.run(&[&common, more].concat())
    };
    let plain = ask(&[]);
    assert_eq!(plain.code, 0, "{}", plain.stderr);
    for _ in 0..2 {
        let drafted = ask(&["--draft", "demo", "--stats"]);
        assert_eq!((drafted.code, &drafted.stdout), (0, &plain.stdout), "{}", drafted.stderr);
    }
    assert!(!plain.stdout.is_empty());
}

#[test]
fn what_cannot_draft_is_refused() {
    let place = Place::new();
    place.write("small.gguf", Spec::sound().bytes());
    place.write("v2.gguf", Spec::v2(Layout::Latent).bytes());
    let refused = place.feed(&["complete", "-m", "small.gguf", "--draft", "v2.gguf"], "x");
    assert_eq!(refused.code, 65, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("v2.gguf cannot draft for small.gguf: their vocabularies differ"),
        "{}",
        refused.stderr
    );
    let missing = place.feed(&["complete", "-m", "small.gguf", "--draft", "1.3b-base"], "x");
    assert_eq!(missing.code, 66, "{}", missing.stderr);
    assert!(missing.stderr.contains("dscoder download 1.3b-base"), "{}", missing.stderr);
    let none = place.feed(&["complete", "-m", "small.gguf", "--draft", "gone.gguf"], "x");
    assert_eq!(none.code, 66, "{}", none.stderr);
    let script = place.script(r#"pieces = ["a"]"#);
    let canned = place.feed(&["complete", "-m", "small.gguf", "--draft", &script], "x");
    assert_eq!(canned.code, 2, "{}", canned.stderr);
    let remote = place.feed(&["complete", "--endpoint", "http://127.0.0.1:9", "--draft", "small.gguf"], "x");
    assert_eq!(remote.code, 2, "{}", remote.stderr);
    assert!(remote.stderr.contains("--draft cannot be used with --endpoint"), "{}", remote.stderr);
    let both = place.feed(&["complete", "-m", "small.gguf", "--draft", "auto", "--speculate"], "x");
    assert_eq!(both.code, 2, "{}", both.stderr);
}

#[test]
fn a_damaged_model_is_skipped_where_none_was_named() {
    let mut place = Place::new();
    place.set("DSCODER_MODELS_DIR", "models");
    place.write("model.gguf", Spec::sound().bytes());
    place.write("models/deepseek-coder-1.3b-base.Q4_K_M.gguf", b"GGUF, but not for long");
    let ask = |draft: &str| place.feed(&["complete", "-m", "model.gguf", "--draft", draft, "-v"], "x");
    let automatic = ask("auto");
    let note = "--draft auto skips models/deepseek-coder-1.3b-base.Q4_K_M.gguf";
    assert!(automatic.stderr.contains(note) && automatic.stderr.contains("draft model = none"), "{}", automatic.stderr);
    assert_eq!(ask("1.3b-base").code, 65);
}
