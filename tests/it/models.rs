//! Which model is used, and model files that are not what they should be.

use std::fs;

use crate::command::{Output, Place, output};

/// The built-in model, as a file to damage.
fn demo() -> Vec<u8> {
    dscoder::model::demo::BYTES.to_vec()
}

fn complete(place: &Place, model: &str) -> Output {
    place.feed(&["complete", "-m", model, "-n", "2"], "x")
}

/// Replaces the first occurrence of `from`, which must be as long as `to`.
fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|window| window == from).expect("it is there");
    bytes[at..at + to.len()].copy_from_slice(to);
}

#[test]
fn without_any_model_it_says_what_to_do() {
    let mut place = Place::new();
    place.set("DSCODER_MEMORY", "64GB");
    let run = place.feed(&["complete"], "x");
    let hint = "error: no base model to use: none is installed\nhint: `dscoder download 6.7b-base` fetches one; or give a \
                GGUF file with -m FILE; `-m demo` tries the built-in model\n";
    assert_eq!(run, output("", hint, 66));
}

#[test]
fn installed_models_are_found() {
    let place = Place::new();
    place.write("models/deepseek-coder-1.3b-base.Q8_0.gguf", demo());
    place.write("models/deepseek-coder-6.7b-instruct.Q8_0.gguf", "not looked at");
    let named = complete(&place, "demo");
    assert_eq!((named.stderr.as_str(), named.code), ("", 0));
    assert_eq!(place.feed(&["complete", "-n", "2"], "x"), named);
    assert_eq!(complete(&place, "1.3b-base"), named);
    assert_eq!(complete(&place, "1.3b-base:q8_0"), named);
    assert_eq!(complete(&place, "models/deepseek-coder-1.3b-base.Q8_0.gguf"), named);
    assert_eq!(complete(&place, "1.3b-base:Q4_0").code, 66);
    assert_eq!(complete(&place, "6.7b-base").code, 66);
    assert_eq!(complete(&place, "6.7b").code, 66);
}

#[test]
fn files_that_are_no_models() {
    let place = Place::new();
    place.write("text.gguf", "hello");
    fs::create_dir(place.path("directory.gguf")).expect("created");
    let hint = "hint: the file is truncated or damaged; download it again\n";
    for (name, stderr, code) in [
        ("missing.gguf", "error: cannot read missing.gguf: no such file or directory\n".to_owned(), 66),
        ("directory.gguf", "error: cannot read directory.gguf: is a directory\n".to_owned(), 66),
        (
            "text.gguf",
            "error: cannot use text.gguf: it is not a GGUF file (it does not begin with the letters GGUF)\n".to_owned(),
            65,
        ),
        ("script:missing.toml", "error: cannot read missing.toml: no such file or directory\n".to_owned(), 66),
    ] {
        assert_eq!(complete(&place, name), output("", &stderr, code));
    }
    let whole = demo();
    place.write("short.gguf", &whole[..whole.len() - 1]);
    let stderr = format!(
        "error: cannot use short.gguf: it should have at least {} bytes and has {}\n{hint}",
        whole.len(),
        whole.len() - 1
    );
    assert_eq!(complete(&place, "short.gguf"), output("", &stderr, 65));
    for length in [3, 4, 20, 1000, 300_000, 1_200_000] {
        place.write("short.gguf", &whole[..length]);
        assert_eq!(complete(&place, "short.gguf").code, 65, "cut to {length} bytes");
    }
}

#[test]
fn models_of_other_families() {
    let place = Place::new();
    let family = "hint: dscoder runs GGUF files of DeepSeek Coder (1.3B to 33B, 7B v1.5) and DeepSeek-Coder-V2\n";
    type Change = (&'static [u8], &'static [u8], &'static str);
    let changes: [Change; 7] = [
        (b"llama", b"qwen2", "its architecture is \"qwen2\"; DeepSeek Coder has \"llama\""),
        ("<｜fim▁hole｜>".as_bytes(), "<｜fim▁Hole｜>".as_bytes(), "token 32015 is \"<｜fim▁Hole｜>\""),
        (b"gpt2", b"bert", "its tokenizer is \"bert\""),
        (b"linear", b"lin@ar", "llama.rope.scaling.type is unknown"),
        (b"llama.block_count\x04\0\0\0\x08", b"llama.block_count\x04\0\0\0\0", "llama.block_count is 0"),
        (
            b"llama.attention.head_count\x04\0\0\0\x08",
            b"llama.attention.head_count\x04\0\0\0\0",
            "llama.attention.head_count is 0",
        ),
        (
            b"llama.attention.head_count\x04\0\0\0\x08",
            b"llama.attention.head_count\x04\0\0\0\x03",
            "does not split into 3 heads",
        ),
    ];
    for (from, to, expected) in changes {
        let mut bytes = demo();
        replace(&mut bytes, from, to);
        place.write("other.gguf", &bytes);
        let run = complete(&place, "other.gguf");
        assert_eq!((run.stdout.as_str(), run.code), ("", 65), "{}", run.stderr);
        assert!(run.stderr.contains(expected) && run.stderr.ends_with(family), "{}", run.stderr);
    }
}

#[test]
fn wrong_rope_settings_are_mended() {
    let place = Place::new();
    let right = complete(&place, "demo");
    let mut bytes = demo();
    let key = [b"llama.rope.freq_base\x06\0\0\0".to_vec(), 100_000f32.to_le_bytes().to_vec()].concat();
    let wrong = [b"llama.rope.freq_base\x06\0\0\0".to_vec(), 10_000f32.to_le_bytes().to_vec()].concat();
    replace(&mut bytes, &key, &wrong);
    replace(&mut bytes, b"llama.rope.scaling.factor", b"llama.rope.scaling.fact0r");
    place.write("old.gguf", &bytes);
    let note = "note: in the model file, the rope base is 10000 and the rope scaling is missing; using base 100000 and \
                linear scaling 4\n";
    assert_eq!(complete(&place, "old.gguf"), output(&right.stdout, note, 0));
}

#[cfg(unix)]
#[test]
fn instruct_models_do_not_fill_holes_unless_forced() {
    let place = Place::new();
    let mut bytes = demo();
    replace(&mut bytes, b"dscoder demo base", b"dscoder instruct ");
    place.write("chat.gguf", &bytes);
    place.write("text", "x = ");
    let arguments = ["infill", "--prefix", "text", "--suffix", "/dev/null", "-m", "chat.gguf", "-n", "2"];
    let error = "error: chat.gguf is an Instruct model: its authors trained only the Base models to fill in the middle\n\
                 hint: use a Base model, or --force to try anyway\n";
    assert_eq!(place.run(&arguments), output("", error, 65));
    let forced = place.run(&[&arguments[..], &["--force"]].concat());
    assert_eq!((forced.stderr.as_str(), forced.code), ("", 0));
    assert_eq!(complete(&place, "chat.gguf").code, 0);
}

#[test]
fn damaged_weights_are_an_engine_failure() {
    let place = Place::new();
    let mut bytes = demo();
    // The last tensor's data: an F16 scale of all ones is not a number.
    let length = bytes.len();
    bytes[length - 60_000..].fill(0xFF);
    place.write("damaged.gguf", &bytes);
    let run = complete(&place, "damaged.gguf");
    let error = "error: the model computes NaN: its weights are damaged\n";
    assert_eq!(run, output("", error, 70));
}

#[test]
fn damaged_headers_never_crash() {
    let place = Place::new();
    let whole = demo();
    // The metadata that is not vocabulary, then the tensor table; a fixed sequence chooses what is changed.
    let table = whole.windows(16).position(|window| window == b"blk.0.attn_norm.").expect("a tensor table");
    let mut random = 0x2545_F491_4F6C_DD1Du64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for _ in 0..150 {
        let mut bytes = whole.clone();
        for _ in 0..=next() % 3 {
            let at = if next() % 2 == 0 { next() % 1100 } else { table as u64 + next() % 3000 } as usize;
            bytes[at] = next() as u8;
        }
        place.write("damaged.gguf", &bytes);
        let run = complete(&place, "damaged.gguf");
        assert!([0, 65, 70].contains(&run.code), "exit code {}: {}", run.code, run.stderr);
        assert_eq!(run.code == 0, !run.stderr.starts_with("error: "), "{}", run.stderr);
    }
}
