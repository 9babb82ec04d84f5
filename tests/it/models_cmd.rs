//! `dscoder models`, and the models of other programs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use dscoder::model::digest::Digest;
use dscoder::model::{Model, demo};
use dscoder::vocabulary::Vocabulary;

use crate::command::{Output, Place, output};
use crate::hub::Hub;
use crate::tokens::MODEL;

const NAME: &str = "deepseek-coder-1.3b-base.Q8_0.gguf";

fn models(place: &Place, arguments: &[&str]) -> Output {
    place.run(&[&["models"], arguments].concat())
}

fn digest() -> Digest {
    Digest::of(demo::BYTES)
}

/// A place where a download has installed the built-in model as 1.3b-base.
fn with_download(name: &str) -> Place {
    let hub = Hub::new();
    hub.put(name, demo::BYTES);
    let mut place = Place::new();
    place.set("HF_ENDPOINT", &hub.url());
    let run = place.run(&["download", &format!("hf:a/b/{name}"), "-q"]);
    assert_eq!(run, output("", "", 0));
    place
}

/// The built-in model in the cache of the hub, as its own tools put it there.
fn in_cache(hub: &Path, blob: &str, name: &str) -> std::path::PathBuf {
    let repository = hub.join("models--a--b");
    let snapshot = repository.join("snapshots/0123");
    fs::create_dir_all(&snapshot).expect("created");
    fs::create_dir_all(repository.join("blobs")).expect("created");
    fs::write(repository.join("blobs").join(blob), demo::BYTES).expect("written");
    symlink(format!("../../blobs/{blob}"), snapshot.join(name)).expect("linked");
    snapshot.join(name)
}

/// The built-in model among Ollama's blobs.
fn in_ollama(directory: &Path, tag: &str, size: usize) -> std::path::PathBuf {
    let manifests = directory.join("manifests/registry.ollama.ai/library/deepseek-coder");
    fs::create_dir_all(&manifests).expect("created");
    fs::create_dir_all(directory.join("blobs")).expect("created");
    let manifest = format!(
        r#"{{"layers":[{{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:{}","size":{size}}}]}}"#,
        digest()
    );
    fs::write(manifests.join(tag), manifest).expect("written");
    let blob = directory.join(format!("blobs/sha256-{}", digest()));
    fs::write(&blob, demo::BYTES).expect("written");
    blob
}

#[test]
fn nothing_is_installed() {
    let place = Place::new();
    let note = "note: there are no models on this machine; `dscoder download --list` lists some\n";
    assert_eq!(models(&place, &[]), output("", note, 0));
    assert_eq!(models(&place, &["list", "-q"]), output("", "", 0));
    assert_eq!(models(&place, &["verify"]), output("", "note: there are no models on this machine\n", 0));
    let error = "error: the model 1.3b-base is not installed\nhint: `dscoder download 1.3b-base` fetches it\n";
    for command in ["show", "path", "remove", "verify"] {
        assert_eq!(models(&place, &[command, "1.3b-base"]), output("", error, 66), "{command}");
    }
    let offered = place.run(&["download", "--list"]);
    assert!(offered.stdout.contains("\n1.3b-base") && offered.stdout.contains("Q4_K_M*"), "{offered:?}");
    assert_eq!((offered.stderr.as_str(), offered.code), ("", 0));
}

#[test]
fn a_model_from_its_download_to_its_removal() {
    let place = with_download(NAME);
    let path = place.path("models").join(NAME);
    let shown = path.display();
    let list = models(&place, &["list"]);
    let bytes = dscoder::units::bytes(demo::BYTES.len() as u64);
    let row = format!("1.3b-base  Q8_0          {bytes}  dscoder  ok     {shown}\n");
    assert!(list.stdout.ends_with(&row) && list.code == 0, "{list:?}");
    assert_eq!(models(&place, &["path", "1.3b-base"]), output(&format!("{shown}\n"), "", 0));
    let line = |word: &str| format!("{word}1.3b-base:Q8_0  {}  {shown}\n", digest());
    assert_eq!(models(&place, &["verify"]), output(&line("ok       "), "", 0));

    let show = models(&place, &["show", "1.3b-base", "--ctx-size", "1000"]);
    assert_eq!((show.stderr.as_str(), show.code), ("", 0));
    for part in [
        &format!("file          {shown}\n"),
        &format!("from          hf:a/b/{NAME} (commit 0123456789abcdef0123456789abcdef01234567)\n"),
        "parameters    42 million\n",
        "architecture  llama: 8 layers",
        "context       ",
        "kind          Base: continues text and fills gaps\n",
        "chat format   none\n",
        "mended        nothing\n",
        "for a context of 1000 tokens: weights ",
        &format!("sha256        {}\n", digest()),
    ] {
        assert!(show.stdout.contains(part), "{part:?} is not in {}", show.stdout);
    }

    // A flipped bit.
    let mut bytes = demo::BYTES.to_vec();
    bytes[10_000_000] ^= 1;
    fs::write(&path, &bytes).expect("written");
    let damaged = models(&place, &["verify", "1.3b-base"]);
    assert_eq!(damaged.code, 65);
    assert!(damaged.stdout.starts_with("damaged  1.3b-base  "), "{damaged:?}");
    let error =
        "error: damaged: 1.3b-base\nhint: `dscoder models remove 1.3b-base` and `dscoder download` download it again\n";
    assert_eq!(damaged.stderr, error);
    // A cut file.
    fs::write(&path, &bytes[..1000]).expect("written");
    assert!(models(&place, &["list"]).stdout.contains("  damaged  "));

    let removed = models(&place, &["remove", "1.3b-base"]);
    assert_eq!(removed, output("", "note: removed 1.3b-base:Q8_0 (1.0 kB)\n", 0));
    assert_eq!(fs::read_dir(place.path("models")).expect("listed").count(), 0);
}

#[test]
fn what_the_user_put_there_is_not_removed() {
    let place = Place::new();
    let path = place.write(&format!("models/{NAME}"), demo::BYTES);
    let list = models(&place, &["list"]);
    assert!(list.stdout.contains("  you   not verified  "), "{list:?}");
    let error = format!(
        "error: {} is not removed: dscoder did not download it\nhint: remove it with the program that downloaded it, or by hand\n",
        path.display()
    );
    assert_eq!(models(&place, &["remove", "1.3b-base", "--yes"]), output("", &error, 2));
    assert_eq!(models(&place, &["remove", "demo"]).code, 2);
    assert!(path.exists());
    // Its digest is computed once and compared from then on.
    let mut place = place;
    place.set("DSCODER_CACHE_DIR", &place.path("cache").display().to_string());
    let first = models(&place, &["verify"]);
    assert!(first.stdout.starts_with("new ") && first.stderr.contains("the computed one is remembered"), "{first:?}");
    assert!(models(&place, &["list"]).stdout.contains("  ok  "));
    let second = models(&place, &["verify"]);
    assert!(second.stdout.starts_with("ok ") && second.stderr.is_empty(), "{second:?}");
}

#[test]
fn an_unfinished_download_is_listed_and_removed() {
    let place = Place::new();
    let files = dscoder::fetch::transfer::DownloadPaths::of(&place.path("models"), &digest());
    place.write("models/x", "");
    fs::write(&files.partial, [0; 500]).expect("written");
    fs::write(&files.map, r#"{"name":"a.gguf","size":1000,"parts":[{"start":0,"end":430}]}"#).expect("written");
    let list = models(&place, &["list"]);
    let row = format!("a.gguf  -             1.0 kB  dscoder  43 % fetched  {}\n", files.partial.display());
    assert!(list.stdout.ends_with(&row), "{list:?}");
    assert_eq!(
        models(&place, &["remove", "a.gguf"]),
        output("", "note: removed the unfinished download of a.gguf\n", 0)
    );
    assert!(!files.partial.exists() && !files.map.exists());
}

#[test]
fn the_built_in_model_has_a_path() {
    let place = Place::new();
    let run = models(&place, &["path", "demo"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
    assert!(fs::read(run.stdout.trim_end()).expect("there") == demo::BYTES);
    assert_eq!(models(&place, &["show", "demo"]).code, 0);
    assert_eq!(models(&place, &["path", "missing.gguf"]).code, 66);
}

/// The same file in the folder of another program: it is found, used where it lies, and not fetched again.
fn used_in_place(place: &Place, path: &Path, name: &str, from: &str) {
    let list = models(place, &["list"]);
    assert!(
        list.stdout.contains(&format!("  {from}  ")) && list.stdout.contains(&path.display().to_string()),
        "{list:?}"
    );
    assert_eq!(models(place, &["path", "1.3b-base"]), output(&format!("{}\n", path.display()), "", 0));
    let answer = place.feed(&["complete", "-m", "demo", "-n", "2"], "x");
    assert_eq!(place.feed(&["complete", "-n", "2"], "x"), answer);
    let already = format!("note: {name} is already on this machine ({from}): {}\n", path.display());
    assert_eq!(place.run(&["download", name]), output("", &already, 0));
    let error = format!(
        "error: {} is not removed: it belongs to {from}\nhint: remove it with the program that downloaded it, or by hand\n",
        path.display()
    );
    assert_eq!(models(place, &["remove", "1.3b-base", "-y"]), output("", &error, 2));
    assert!(!place.path("models").exists());
    // The same file under another name.
    let hub = Hub::new();
    hub.put("other.gguf", demo::BYTES);
    let mut command = place.command(["download", "hf:a/b/other.gguf"]);
    let run = crate::command::finish(command.env("HF_ENDPOINT", hub.url()).spawn().expect("started"));
    assert!(run.stderr.ends_with(&already) && run.code == 0, "{run:?}");
    assert_eq!(hub.sent(), 0);
}

#[test]
fn models_in_the_cache_of_the_hub() {
    let place = Place::new();
    let path = in_cache(&place.path("home/.cache/huggingface/hub"), &digest().to_string(), NAME);
    used_in_place(&place, &path, "1.3b-base:Q8_0", "Hugging Face cache");
    let verified = models(&place, &["verify"]);
    assert!(verified.stdout.starts_with("ok ") && verified.code == 0, "{verified:?}");
    // A blob that is not what its name says.
    let mut other = Place::new();
    other.set("HF_HUB_CACHE", &other.path("hub").display().to_string());
    in_cache(&other.path("hub"), &Digest::of(b"x").to_string(), NAME);
    let verified = models(&other, &["verify"]);
    assert!(verified.stdout.starts_with("damaged  1.3b-base:Q8_0  ") && verified.code == 65, "{verified:?}");
}

#[test]
fn models_of_ollama() {
    let place = Place::new();
    let path = in_ollama(&place.path("home/.ollama/models"), "1.3b-base-q8_0", demo::BYTES.len());
    used_in_place(&place, &path, "1.3b-base:Q8_0", "Ollama");
    // A blob of another size is one that is being fetched.
    let mut other = Place::new();
    other.set("OLLAMA_MODELS", &other.path("ollama").display().to_string());
    in_ollama(&other.path("ollama"), "1.3b-base", demo::BYTES.len() + 1);
    assert_eq!(models(&other, &["list", "-q"]), output("", "", 0));
}

#[test]
fn models_of_lm_studio() {
    let mut place = Place::new();
    place.set("DSCODER_CACHE_DIR", &place.path("cache").display().to_string());
    let path = place.write(&format!("home/.lmstudio/models/a/b/{NAME}"), demo::BYTES);
    used_in_place(&place, &path, "1.3b-base:Q8_0", "LM Studio");
}

#[test]
fn links_out_of_a_store_are_not_followed() {
    let place = Place::new();
    let secret = place.write("secret.gguf", demo::BYTES);
    let path = in_cache(&place.path("home/.cache/huggingface/hub"), "blob", NAME);
    fs::remove_file(&path).expect("removed");
    symlink(&secret, &path).expect("linked");
    let blob = in_ollama(&place.path("home/.ollama/models"), "1.3b-base", demo::BYTES.len());
    fs::remove_file(&blob).expect("removed");
    symlink(&secret, &blob).expect("linked");
    assert_eq!(models(&place, &["list", "-q"]), output("", "", 0));
    assert_eq!(place.feed(&["complete"], "x").code, 66);
}

/// Where the metadata of a GGUF file begins and ends, how many entries it has, and where the tensor table ends.
fn layout(bytes: &[u8]) -> (std::ops::Range<usize>, u64, usize) {
    let number = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight"));
    let small = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four"));
    let width = |kind: u32| match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        _ => 8,
    };
    let (tensors, entries) = (number(8), number(16));
    let mut at = 24;
    let string = |at: usize| at + 8 + number(at) as usize;
    for _ in 0..entries {
        at = string(at);
        let kind = small(at);
        at += 4;
        at = match kind {
            8 => string(at),
            9 => {
                let (element, count) = (small(at), number(at + 4));
                at += 12;
                match element {
                    8 => (0..count).fold(at, |at, _| string(at)),
                    _ => at + count as usize * width(element),
                }
            }
            _ => at + width(kind),
        };
    }
    let metadata = 24..at;
    for _ in 0..tensors {
        at = string(at);
        at += 4 + 8 * small(at) as usize + 4 + 8;
    }
    (metadata, entries, at)
}

/// The built-in model in two files.
fn shards() -> [Vec<u8>; 2] {
    let whole = demo::BYTES;
    let (metadata, entries, table_end) = layout(whole);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.gguf");
    fs::write(&path, whole).expect("written");
    let tensors = dscoder::model::gguf::read(&path).expect("sound").tensors;
    let text = |text: &str| [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat();
    let mut at = table_end.next_multiple_of(32);
    let data: Vec<&[u8]> = tensors
        .iter()
        .map(|tensor| {
            let data = &whole[at..at + tensor.bytes as usize];
            at += (tensor.bytes as usize).next_multiple_of(32);
            data
        })
        .collect();
    let half = tensors.len() / 2;
    [0u16, 1].map(|number| {
        let chosen = if number == 0 { 0..half } else { half..tensors.len() };
        let mut keys = Vec::new();
        let mut count = 3;
        if number == 0 {
            keys.extend(&whole[metadata.clone()]);
            count += entries;
        }
        for (key, value) in [("split.no", number), ("split.count", 2)] {
            keys.extend([&text(key)[..], &2u32.to_le_bytes(), &value.to_le_bytes()].concat());
        }
        keys.extend(
            [&text("split.tensors.count")[..], &5u32.to_le_bytes(), &(tensors.len() as i32).to_le_bytes()].concat(),
        );
        let mut out =
            [&b"GGUF"[..], &3u32.to_le_bytes(), &(chosen.len() as u64).to_le_bytes(), &count.to_le_bytes()].concat();
        out.extend(keys);
        let mut offset = 0u64;
        for tensor in &tensors[chosen.clone()] {
            out.extend(text(&tensor.name));
            out.extend((tensor.shape.len() as u32).to_le_bytes());
            tensor.shape.iter().for_each(|size| out.extend(size.to_le_bytes()));
            out.extend(tensor.kind.to_le_bytes());
            out.extend(offset.to_le_bytes());
            offset += tensor.bytes.next_multiple_of(32);
        }
        for part in &data[chosen] {
            out.resize(out.len().next_multiple_of(32), 0);
            out.extend(*part);
        }
        out.resize(out.len().next_multiple_of(32), 0);
        out
    })
}

#[test]
fn models_in_several_files_are_one() {
    let name = |number| format!("deepseek-coder-1.3b-base.Q8_0-0000{number}-of-00002.gguf");
    let files = shards();
    let hub = Hub::new();
    (1..=2).zip(&files).for_each(|(number, file)| hub.put(&name(number), file.clone()));
    let mut place = Place::new();
    place.set("HF_ENDPOINT", &hub.url());
    let answer = place.feed(&["complete", "-m", "demo", "-n", "3"], "def f(");
    assert_eq!(answer.code, 0);
    let run = place.run(&["download", &format!("hf:a/b/sub/{}", name(2))]);
    let first = place.path("models").join(name(1));
    let notes = format!(
        "note: deepseek-coder-1.3b-base.Q8_0.gguf is installed: {}\nnote: try: dscoder infill -m 1.3b-base:Q8_0 FILE --at \
         LINE:COLUMN\n",
        first.display()
    );
    assert_eq!(run, output("", &notes, 0));
    for model in ["", "1.3b-base", &first.display().to_string(), &format!("models/{}", name(2))] {
        assert_eq!(place.feed(&["complete", "-n", "3", "-m", model], "def f("), answer, "{model:?}");
    }
    let list = models(&place, &["list"]).stdout;
    assert!(list.lines().count() == 2 && list.contains("  ok  "), "{list}");
    let show = models(&place, &["show", "1.3b-base"]).stdout;
    assert!(show.contains(&format!("{} and 1 more\n", first.display())), "{show}");
    assert!(show.contains("parameters    42 million\n"), "{show}");
    assert_eq!(models(&place, &["verify"]).stdout.matches("ok  ").count(), 2);
    // Half a file is not a model.
    fs::rename(place.path("models").join(name(2)), place.path("two")).expect("moved");
    assert!(models(&place, &["list"]).stdout.contains("1 of 2 files missing"));
    assert_eq!(place.feed(&["complete"], "x").code, 66);
    assert_eq!(place.feed(&["complete", "-m", &first.display().to_string()], "x").code, 66);
    place.write("alone.gguf", &files[0]);
    let alone = place.feed(&["complete", "-m", "alone.gguf"], "x");
    assert!(
        alone.code == 65 && alone.stderr.contains("it is one of 2 files, but its name does not say which"),
        "{alone:?}"
    );
    // Two first files.
    (1..=2).for_each(|number| drop(place.write(&format!("twice/{}", name(number)), &files[0])));
    let twice = place.feed(&["complete", "-m", &format!("twice/{}", name(1))], "x");
    assert!(twice.code == 65 && twice.stderr.contains("its header does not say that it is file 2 of 2"), "{twice:?}");
    fs::rename(place.path("two"), place.path("models").join(name(2))).expect("moved");
    assert_eq!(models(&place, &["remove", "1.3b-base", "-q"]), output("", "", 0));
    assert_eq!(fs::read_dir(place.path("models")).expect("listed").count(), 0);
}

#[test]
fn memory_is_looked_at_before_loading() {
    let mut place = Place::new();
    place.set("DSCODER_MEMORY", "30MB");
    let run = place.feed(&["complete", "-m", "demo", "-n", "1"], "x");
    assert_eq!((run.stdout.as_str(), run.code), ("", 70), "{run:?}");
    let start = "error: demo-";
    assert!(run.stderr.starts_with(start) && run.stderr.contains(" does not fit into memory: it needs "), "{run:?}");
    assert!(run.stderr.ends_with("but this machine has 30.0 MB\nhint: --force tries it anyway\n"), "{run:?}");
    let forced = place.feed(&["complete", "-m", "demo", "-n", "1", "--force"], "x");
    assert!(forced.code == 0 && forced.stderr.starts_with("note: demo-"), "{forced:?}");
    place.set("DSCODER_MEMORY", "2GB");
    assert_eq!(place.feed(&["complete", "-m", "demo", "-n", "1"], "x").stderr, "");
}

/// Files of 2023 do not name the way to split text, and have rope settings that are missing or old.
#[test]
fn old_files_give_the_same_tokens() {
    let place = Place::new();
    let mut bytes = demo::BYTES.to_vec();
    for (from, to) in [
        (&b"tokenizer.ggml.pre"[..], &b"tokenizer.ggml.old"[..]),
        (b"llama.rope.scaling.factor", b"llama.rope.scaling.fact0r"),
    ] {
        let at = bytes.windows(from.len() + 4).position(|window| {
            // With its type after it, so that no longer key matches.
            window.starts_with(from) && matches!(window[from.len()..], [6 | 8, 0, 0, 0])
        });
        let at = at.expect("it is there");
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    let path = place.write("old.gguf", &bytes);
    let old = Model::open(&path).expect("mended");
    for text in
        ["def f(x):\n    return x + 123456\n", "日本語 ü œ ñ '''\r\n\t", "<|EOT|><｜fim▁hole｜>", "  \n\n   a1b2"]
    {
        assert_eq!(old.tokenizer.encode(text), MODEL.tokenizer.encode(text), "{text:?}");
    }
    let right = place.feed(&["complete", "-m", "demo", "-n", "4"], "def f(");
    let mended = place.feed(&["complete", "-m", "old.gguf", "-n", "4"], "def f(");
    assert_eq!((mended.stdout, mended.code), (right.stdout, 0));
    let show = models(&place, &["show", "old.gguf"]).stdout;
    for part in [
        "mended        the way to split text is not named (tokenizer.ggml.pre); using that of DeepSeek Coder\n",
        "              the rope scaling is missing; using base 100000 and linear scaling 4\n",
    ] {
        assert!(show.contains(part), "{part:?} is not in {show}");
    }
}
