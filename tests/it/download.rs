//! `dscoder download`, from a hub on this machine. `transfer.rs` is about networks that fail.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use dscoder::fetch::parts::Parts;
use dscoder::model::demo;
use dscoder::model::digest::Digest;

use crate::command::{Output, Place, Random, finish, number, output};
use crate::hub::{Fault, Hub, Role};
use crate::transfer::kept;

pub const NAME: &str = "deepseek-coder-1.3b-base.Q4_K_M.gguf";

/// A hub with the built-in model under the name of a real one, and a place that knows it.
pub fn with_hub() -> (Hub, Place) {
    let hub = Hub::new();
    hub.put(NAME, demo::BYTES);
    let mut place = Place::new();
    place.set("HF_ENDPOINT", &hub.url());
    (hub, place)
}

fn download(place: &Place, arguments: &[&str]) -> Output {
    place.run(&[&["download"], arguments].concat())
}

#[test]
fn a_model_is_fetched_and_used() {
    let (hub, place) = with_hub();
    let path = place.path("models").join(NAME);
    let licence = "note: the weights are under the DeepSeek Model License (commercial use is allowed, some uses are not): \
                   https://github.com/deepseek-ai/DeepSeek-Coder/blob/main/LICENSE-MODEL\n";
    let expected = format!(
        "{licence}note: {NAME} is installed: {}\nnote: try: dscoder infill -m 1.3b-base:Q4_K_M FILE --at LINE:COLUMN\n",
        path.display()
    );
    assert_eq!(download(&place, &["1.3b-base"]), output("", &expected, 0));
    assert!(fs::read(&path).expect("there") == demo::BYTES);
    assert_eq!(hub.sent(), demo::BYTES.len() as u64);
    // The same again, and other names for it: nothing is fetched.
    hub.log();
    let already = format!("note: 1.3b-base:Q4_K_M is already on this machine: {}\n", path.display());
    let long = format!("hf:TheBloke/deepseek-coder-1.3b-base-GGUF/{NAME}");
    for name in ["1.3b-base", "1.3B-base:q4_k_m", &long] {
        assert_eq!(download(&place, &[name]), output("", &already, 0));
        assert_eq!(download(&place, &[name, "-q", "--offline"]), output("", "", 0));
    }
    assert_eq!(hub.log().len(), 0);
    let digest = format!("hf:else/where/{NAME}@v1");
    assert_eq!(download(&place, &[&digest]), output("", &already, 0));
    assert_eq!(hub.sent(), demo::BYTES.len() as u64);
    // And it is what works without a name.
    place.write("prefix", "def add(a, b):\n    return ");
    place.write("suffix", "\n");
    let arguments = ["infill", "--prefix", "prefix", "--suffix", "suffix", "-n", "4"];
    let named = place.run(&[&arguments[..], &["-m", "demo"]].concat());
    assert_eq!(place.run(&arguments), named);
    assert_eq!(named.code, 0);
}

#[test]
#[allow(clippy::print_stderr)]
fn kill_9_at_any_moment() {
    let totals: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|index| scope.spawn(move || kill(25, index))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no failure")).collect()
    });
    let sum = |of: fn(&[usize; 3]) -> usize| totals.iter().map(of).sum::<usize>();
    let [kills, resumed, whole] = [sum(|it| it[0]), sum(|it| it[1]), sum(|it| it[2])];
    eprintln!("kill -9: {kills} kills, {resumed} runs resumed, {whole} runs came to an end");
    assert!(kills == 100 && resumed > 10 && whole > 3, "{totals:?}");
}

/// Kills downloads repeatedly; reports how many were killed, resumed and completed.
fn kill(times: usize, index: u64) -> [usize; 3] {
    let (hub, place) = with_hub();
    hub.shared.rate.store(6 << 20, Ordering::Relaxed);
    let mut random = Random((number("DSCODER_FAULT_SEED", 1) * 4 + index) * 77 + 1);
    let models = place.path("models");
    let target = models.join(NAME);
    let sha256 = Digest::of(demo::BYTES);
    let (mut kills, mut resumed, mut whole) = (0, 0, 0);
    while kills < times {
        let before = kept(&models, &sha256);
        resumed += usize::from(before.bytes() > 0);
        hub.log();
        let mut child = place.command(["download", "1.3b-base", "-q"]).spawn().expect("started");
        let end = Instant::now() + Duration::from_millis(random.below(1200));
        let ended = loop {
            match child.try_wait().expect("a child") {
                Some(status) => break Some(status),
                None if Instant::now() >= end => break None,
                None => thread::sleep(Duration::from_millis(1)),
            }
        };
        match ended {
            None => {
                child.kill().expect("killed");
                child.wait().expect("ended");
                kills += 1;
            }
            Some(status) => assert!(status.success()),
        }
        for request in hub.log() {
            if let (Some((first, last)), Role::Store) = (request.range(), request.role) {
                let mut asked = Parts::default();
                asked.add(first..last + 1);
                assert!(!asked.overlap(&before), "{:?} was there, {first} to {last} was fetched", before.ranges());
            }
        }
        if target.exists() {
            assert!(fs::read(&target).expect("there") == demo::BYTES, "half a file was taken for whole");
            whole += 1;
            assert_eq!(place.run(&["models", "remove", NAME, "-q"]), output("", "", 0));
        }
    }
    assert_eq!(download(&place, &["1.3b-base", "-q"]), output("", "", 0));
    assert!(fs::read(&target).expect("there") == demo::BYTES);
    let mut left: Vec<_> = fs::read_dir(&models).expect("listed").flatten().map(|entry| entry.file_name()).collect();
    left.sort();
    assert_eq!(left, [NAME.into(), std::ffi::OsString::from(format!("{NAME}.json"))]);
    [kills, resumed, whole + 1]
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_download_and_keeps_what_came() {
    let (hub, place) = with_hub();
    hub.shared.rate.store(3 << 20, Ordering::Relaxed);
    let child = place.command(["download", "1.3b-base", "-q"]).spawn().expect("started");
    while hub.sent() < 2 << 20 {
        thread::sleep(Duration::from_millis(5));
    }
    let sent = std::process::Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    assert_eq!(finish(child), output("", "", 130));
    let before = kept(&place.path("models"), &Digest::of(demo::BYTES)).bytes();
    assert!(before > 1 << 20, "{before} bytes are kept");
    hub.shared.rate.store(0, Ordering::Relaxed);
    assert_eq!(download(&place, &["1.3b-base", "-q"]), output("", "", 0));
}

/// A model that the hub has in three raw pieces only, and their digests.
fn in_pieces(hub: &Hub) -> [Digest; 3] {
    let third = demo::BYTES.len() / 3;
    let pieces = [&demo::BYTES[..third], &demo::BYTES[third..2 * third], &demo::BYTES[2 * third..]];
    let names = [1, 2, 3].map(|number| format!("{LARGE}.part{number}of3"));
    for (name, piece) in names.iter().zip(pieces) {
        hub.put(name, piece);
    }
    let listed = names.map(|name| format!(r#"{{"path":"{name}"}}"#)).join(",");
    hub.text("/api/models/a/b/tree/main?recursive=true", &format!("[{listed}]"));
    pieces.map(Digest::of)
}

const LARGE: &str = "Large.Q2_K.gguf";

/// The names of files in the directory of models, in order.
fn models_in(place: &Place) -> Vec<String> {
    let entries = fs::read_dir(place.path("models")).expect("listed").flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Whether `LARGE` is there as a whole, and nothing else, and works.
fn assert_joined(place: &Place) {
    assert!(fs::read(place.path("models").join(LARGE)).expect("there") == demo::BYTES, "it was joined in another way");
    assert_eq!(models_in(place), [LARGE.to_owned(), format!("{LARGE}.json")]);
    let path = place.path("models").join(LARGE).display().to_string();
    for arguments in [&["complete", "-m", &path, "-n", "1"][..], &["models", "verify", &path]] {
        let run = place.feed(arguments, "x");
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
    }
}

#[test]
fn raw_pieces_are_fetched_and_joined() {
    // By the name of the whole file, and by that of any piece.
    for wanted in [LARGE, "Large.Q2_K.gguf.part1of3", "Large.Q2_K.gguf.part3of3"] {
        let (hub, place) = with_hub();
        in_pieces(&hub);
        let wanted = format!("hf:a/b/{wanted}");
        let path = place.path("models").join(LARGE);
        let installed = format!("note: {LARGE} is installed: {}\n", path.display());
        let run = download(&place, &[&wanted]);
        assert!(run.stderr.starts_with(&installed) && run.code == 0, "{run:?}");
        assert_joined(&place);
        assert_eq!(hub.sent(), demo::BYTES.len() as u64);
        hub.log();
        let already = format!("note: Large.Q2_K is already on this machine: {}\n", path.display());
        assert_eq!(download(&place, &[&wanted]), output("", &already, 0));
        assert_eq!(hub.log().len(), 0);
    }
}

#[cfg(unix)]
#[test]
fn raw_pieces_continue_in_the_middle_of_one() {
    let (hub, place) = with_hub();
    let digests = in_pieces(&hub);
    let models = place.path("models");
    let third = demo::BYTES.len() as u64 / 3;
    let wanted = format!("hf:a/b/{LARGE}");
    // Ends by Ctrl-C in the second piece, and by a kill in the third.
    for (piece, signal) in [(1, "INT"), (2, "KILL")] {
        let (shared, slow) = (Arc::clone(&hub.shared), format!(".part{}of3", piece + 1));
        hub.shared.rate.store(0, Ordering::Relaxed);
        hub.plan(move |request| {
            if request.path.contains(&slow) && request.role == Role::Store {
                shared.rate.store(512 << 10, Ordering::Relaxed);
            }
            None
        });
        let mut child = place.command(["download", &wanted, "-q"]).spawn().expect("started");
        while kept(&models, &digests[piece]).bytes() == 0 {
            thread::sleep(Duration::from_millis(5));
        }
        let ended = std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
        assert!(ended.expect("kill runs").success());
        assert_eq!(child.wait().expect("ended").code(), (signal == "INT").then_some(130));
        assert!(!models.join(LARGE).exists());
    }
    hub.plan(|_| None);
    let before = kept(&models, &digests[2]);
    assert!(before.bytes() > 0 && before.bytes() < third, "{}", before.bytes());
    hub.shared.rate.store(0, Ordering::Relaxed);
    hub.log();
    assert_eq!(download(&place, &[&wanted, "-q"]), output("", "", 0));
    for request in hub.log().iter().filter(|request| request.role == Role::Store && request.method == "GET") {
        let (first, last) = request.range().expect("a range");
        assert!(request.path.contains(".part3of3"), "{request:?}");
        let mut asked = Parts::default();
        asked.add(first..last + 1);
        assert!(!asked.overlap(&before), "{:?} was there, {first} to {last} was fetched", before.ranges());
    }
    assert_joined(&place);
}

#[test]
fn a_wrong_or_missing_piece_is_told_and_the_others_are_kept() {
    let (hub, place) = with_hub();
    in_pieces(&hub);
    let wanted = format!("hf:a/b/{LARGE}");
    let is_second = |request: &crate::hub::Request| request.path.contains(".part2of3");
    hub.plan(move |request| (is_second(request) && request.role == Role::Store).then_some(Fault::FlippedBit));
    let run = download(&place, &[&wanted, "-q"]);
    assert_eq!((run.code, run.stdout.as_str()), (65, ""), "{run:?}");
    assert!(run.stderr.contains("Large.Q2_K.gguf.part2of3") && run.stderr.contains("SHA-256"), "{run:?}");
    assert!(!place.path("models").join(LARGE).exists());
    assert!(models_in(&place).contains(&format!("{LARGE}.part1of3")), "{:?}", models_in(&place));
    hub.plan(|_| None);
    hub.log();
    assert_eq!(download(&place, &[&wanted, "-q"]), output("", "", 0));
    let again = hub.log().iter().filter(|one| one.role == Role::Store && one.path.contains(".part1of3")).count();
    assert_eq!(again, 0);
    assert_joined(&place);

    // Nothing is fetched of what is not whole.
    let (hub, place) = with_hub();
    for number in [1, 3] {
        hub.put(&format!("{LARGE}.part{number}of3"), &demo::BYTES[..1000]);
    }
    let listing = format!(r#"[{{"path":"{LARGE}.part1of3"}},{{"path":"{LARGE}.part3of3"}}]"#);
    hub.text("/api/models/a/b/tree/main?recursive=true", &listing);
    let missing = "error: a/b has no file Large.Q2_K.gguf.part2of3\n\
                   hint: it has Large.Q2_K.gguf.part1of3, Large.Q2_K.gguf.part3of3\n";
    assert_eq!(download(&place, &[&wanted]), output("", missing, 66));
    assert!(hub.sent() == 0 && !place.path("models").exists());

    // Pieces that are right, of what is no model.
    let (hub, place) = with_hub();
    for number in [1, 2] {
        hub.put(&format!("{LARGE}.part{number}of2"), "hello");
    }
    let no_model =
        format!("error: cannot use {LARGE}: it is not a GGUF file (it does not begin with the letters GGUF)\n");
    assert_eq!(download(&place, &[&format!("{wanted}.part1of2"), "-q"]), output("", &no_model, 65));
    assert_eq!(models_in(&place), [""; 0]);
}

#[test]
fn eight_at_once_fetch_it_once() {
    let (hub, place) = with_hub();
    hub.shared.rate.store(20 << 20, Ordering::Relaxed);
    let children: Vec<_> = (0..8).map(|_| place.command(["download", "1.3b-base"]).spawn().expect("started")).collect();
    let runs: Vec<_> = children.into_iter().map(finish).collect();
    assert!(runs.iter().all(|run| run.code == 0 && run.stdout.is_empty()), "{runs:?}");
    let waited = runs.iter().filter(|run| run.stderr.contains("is downloading this file; waiting for it")).count();
    assert_eq!(waited, 7, "{runs:?}");
    assert_eq!(hub.sent(), demo::BYTES.len() as u64);
}

#[test]
fn a_token_goes_to_the_hub_alone_and_into_no_output() {
    const CANARY: &str = "hf_canary_5up3rs3cr3t";
    let (hub, mut place) = with_hub();
    place.set("HF_TOKEN", CANARY);
    // First from a host that nobody expects, until that one's address runs out.
    let (mut first, mut expired) = (true, false);
    hub.plan(move |request| match (request.role, request.method.as_str()) {
        (Role::Hub, "GET") if std::mem::take(&mut first) => Some(Fault::OtherHost),
        (Role::Other, _) if !std::mem::replace(&mut expired, true) => Some(Fault::Expired),
        _ => None,
    });
    let mut outputs = vec![download(&place, &["1.3b-base"])];
    assert_eq!(outputs[0].code, 0);
    hub.plan(|_| None);
    outputs.push(place.run(&["models", "list"]));
    outputs.push(place.run(&["models", "show", "1.3b-base"]));
    for refusal in [(401, "GatedRepo"), (403, ""), (404, "RepoNotFound"), (500, ""), (418, "")] {
        hub.refuse(Some(refusal));
        outputs.push(download(&place, &["hf:a/b/other.gguf"]));
    }
    let log = hub.log();
    let has_token = |request: &&crate::hub::Request| format!("{:?}", request.headers).contains(CANARY);
    assert!(log.iter().filter(|request| request.role == Role::Hub).all(|request| has_token(&request)));
    for role in [Role::Store, Role::Other] {
        assert!(log.iter().any(|request| request.role == role), "{role:?} was used");
    }
    assert_eq!(log.iter().filter(|request| request.role != Role::Hub).find(has_token).map(|it| &it.path), None);
    assert!(outputs.iter().all(|run| !format!("{run:?}").contains(CANARY)), "{outputs:?}");
    for file in fs::read_dir(place.path("models"))
        .expect("listed")
        .flatten()
        .filter(|file| file.path().extension().is_some_and(|it| it == "json"))
    {
        assert!(!fs::read_to_string(file.path()).expect("text").contains(CANARY));
    }
}

#[test]
fn token_files_are_read() {
    let (hub, mut place) = with_hub();
    place.write("home/.cache/huggingface/token", "hf_file\n");
    hub.refuse(Some((404, "RepoNotFound")));
    let token = |place: &Place| {
        download(place, &["hf:a/b/c.gguf"]);
        hub.log().first().and_then(|request| request.headers.get("authorization").cloned())
    };
    assert_eq!(token(&place).as_deref(), Some("Bearer hf_file"));
    place.write("hf/token", "hf_home");
    place.set("HF_HOME", &place.path("hf").display().to_string());
    assert_eq!(token(&place).as_deref(), Some("Bearer hf_home"));
    place.set("HF_TOKEN_PATH", &place.write("token", "hf_path").display().to_string());
    assert_eq!(token(&place).as_deref(), Some("Bearer hf_path"));
    place.set("HUGGING_FACE_HUB_TOKEN", "hf_old");
    assert_eq!(token(&place).as_deref(), Some("Bearer hf_old"));
    place.set("HF_TOKEN", "hf_new");
    assert_eq!(token(&place).as_deref(), Some("Bearer hf_new"));
}

#[test]
fn wrong_names() {
    let place = Place::new();
    for (arguments, stderr, code) in [
        (
            &["6.7b"][..],
            "error: there is no model \"6.7b\"\nhint: similar names are 6.7b-base, 6.7b-instruct, 5.7b-base; `dscoder download \
             --list` lists all\n",
            66,
        ),
        (&["5.7b-base:Q5_K_M"], "error: 5.7b-base is not offered as Q5_K_M\nhint: it is offered as Q4_0, Q8_0\n", 66),
        (
            &["hf:a/b/../c.gguf"],
            "error: cannot download hf:a/b/../c.gguf: it is not the name of a file on the hub\nhint: use \
             hf:OWNER/REPOSITORY/FILE.gguf, optionally with @REVISION at the end\n",
            2,
        ),
        (
            &["https://example.org/x.gguf"],
            "error: cannot download https://example.org/x.gguf: without its SHA-256, the download cannot be verified\nhint: \
             give it with --sha256\n",
            2,
        ),
        (
            &["1.3b-base", "--offline"],
            "error: 1.3b-base is not on this machine: the network is off\nhint: run it again without --offline, \
             HF_HUB_OFFLINE and DSCODER_OFFLINE\n",
            66,
        ),
    ] {
        assert_eq!(download(&place, arguments), output("", stderr, code));
    }
    let digest = Digest::of(b"x").to_string();
    for address in [
        "http://example.org/x.gguf",
        "ftp://example.org/x.gguf",
        "https://example.org/",
        "https://example.org/..%2fx.gguf",
    ] {
        assert_eq!(download(&place, &[address, "--sha256", &digest]).code, 2, "{address}");
    }
    assert_eq!(download(&place, &["ollama:../x"]).code, 2);
    assert_eq!(download(&place, &["1.3b-base", "--sha256", "12"]).code, 2);
    assert_eq!(download(&place, &[]).code, 2);
    assert!(!place.path("models").exists());
}

#[test]
fn what_the_hub_refuses() {
    let (hub, mut place) = with_hub();
    let url = hub.url();
    let wanted = "hf:a/b/c.gguf";
    let listing = |hub: &Hub, revision: &str, text: &str| {
        hub.text(&format!("/api/models/a/b/tree/{revision}?recursive=true"), text);
    };
    let files = r#"[{"path":"README.md"},{"path":"one.gguf"},{"path":"sub/two.gguf"}]"#;
    listing(&hub, "main", files);
    let missing = output("", "error: a/b has no file c.gguf\nhint: it has one.gguf, sub/two.gguf\n", 66);
    assert_eq!(download(&place, &[wanted]), missing);
    let several = output("", "error: a/b has 2 models: say which one\nhint: it has one.gguf, sub/two.gguf\n", 66);
    assert_eq!(download(&place, &["hf:a/b"]), several);
    listing(&hub, "main", r#"[{"path":"../../evil.gguf"}]"#);
    let evil = "error: cannot use the listing of a/b: it names a file \"../../evil.gguf\"\n";
    assert_eq!(download(&place, &["hf:a/b"]), output("", evil, 65));
    for path in ["/etc/x.gguf", r"..\\x.gguf", r"C:\\x.gguf"] {
        listing(&hub, "main", &format!(r#"[{{"path":"{path}"}}]"#));
        assert_eq!(download(&place, &["hf:a/b"]).code, 65, "{path}");
    }
    for (status, code, token, stderr, exit) in [
        (
            401,
            "GatedRepo",
            "",
            format!(
                "error: a/b is gated: its owners grant access on request\nhint: accept its terms at {url}/a/b and set HF_TOKEN to a token of your account\n"
            ),
            77,
        ),
        (
            403,
            "GatedRepo",
            "hf_x",
            format!(
                "error: a/b is gated: its owners grant access on request\nhint: accept its terms at {url}/a/b with the account of your token\n"
            ),
            77,
        ),
        (
            401,
            "",
            "",
            format!(
                "error: the hub refuses access to a/b: it needs a token, or does not exist\nhint: look at {url}/a/b, and set HF_TOKEN to a token of an account that may read it\n"
            ),
            77,
        ),
        (
            401,
            "RepoNotFound",
            "",
            format!(
                "error: there is no repository a/b on the hub\nhint: look at {url}/a/b; a private one needs HF_TOKEN\n"
            ),
            66,
        ),
        (404, "RevisionNotFound", "", format!("error: a/b has no revision main\nhint: look at {url}/a/b\n"), 66),
    ] {
        hub.refuse(Some((status, code)));
        place.set("HF_TOKEN", token);
        assert_eq!(download(&place, &[wanted]), output("", &stderr, exit), "{status} {code}");
    }
    assert!(!place.path("models").exists());
}

#[test]
fn digests_that_are_none_or_wrong() {
    let (hub, place) = with_hub();
    let long = format!("hf:a/b/{NAME}");
    for etag in ["\"d41d8cd98f00b204e9800998ecf8427e\"", "../../../etc/passwd", ""] {
        *hub.shared.etag.lock().expect("whole") = Some(etag.to_owned());
        let run = download(&place, &[&long]);
        let stderr = format!(
            "error: cannot use {long}: the server does not give its SHA-256\nhint: give it with --sha256, from a source you \
             trust\n"
        );
        assert_eq!(run, output("", &stderr, 65), "{etag}");
    }
    let (right, wrong) = (Digest::of(demo::BYTES).to_string(), Digest::of(b"x").to_string());
    assert!(!place.path("models").exists());
    let run = download(&place, &[&long, "--sha256", &right, "-q"]);
    assert_eq!(run, output("", "", 0));
    *hub.shared.etag.lock().expect("whole") = None;
    let other = format!("hf:c/d/{NAME}");
    assert_eq!(download(&place, &[&other, "--sha256", &wrong]).code, 65);
    // The catalog knows what this one is.
    hub.put("deepseek-coder-1.3b-base.Q8_0.gguf", demo::BYTES);
    let run = download(&place, &["1.3b-base:Q8_0"]);
    assert!(run.stderr.contains("expected 9fcdcb283ef5b1d8") && run.code == 65, "{run:?}");
}

#[test]
fn what_the_catalog_does_not_know_is_compared_with_the_hubs_digest() {
    let names = ["DeepSeek-Coder-V2-Lite-Base.Q4_K_M.gguf", "deepseek-coder-7b-instruct-v1.5-Q4_K_M.gguf"];
    for (wanted, name) in ["v2-lite-base", "7b-v1.5-instruct"].into_iter().zip(names) {
        let (hub, place) = with_hub();
        hub.put(name, demo::BYTES);
        hub.plan(|request| (request.role == Role::Store).then_some(Fault::FlippedBit));
        let run = download(&place, &[wanted, "-q"]);
        assert!(run.code == 65 && run.stderr.contains(&format!("expected {}", Digest::of(demo::BYTES))), "{run:?}");
        hub.plan(|_| None);
        *hub.shared.etag.lock().expect("whole") = Some("\"0123\"".to_owned());
        let run = download(&place, &[wanted, "-q"]);
        assert!(run.code == 65 && run.stderr.contains("the server does not give its SHA-256"), "{run:?}");
        *hub.shared.etag.lock().expect("whole") = None;
        assert!(!place.path("models").join(name).exists());
        assert_eq!(download(&place, &[wanted, "-q"]), output("", "", 0));
    }
}

#[test]
fn files_that_are_no_models_are_not_installed() {
    let (hub, place) = with_hub();
    hub.put("text.gguf", "hello");
    let stderr = "error: cannot use text.gguf: it is not a GGUF file (it does not begin with the letters GGUF)\n";
    assert_eq!(download(&place, &["hf:a/b/text.gguf"]), output("", stderr, 65));
    assert_eq!(fs::read_dir(place.path("models")).expect("listed").count(), 0);
}

#[test]
fn directories_that_cannot_be_written() {
    let (_hub, mut place) = with_hub();
    place.write("file", "");
    let models = place.path("file").join("models");
    place.set("DSCODER_MODELS_DIR", &models.display().to_string());
    let run = download(&place, &["1.3b-base", "-q"]);
    let stderr = format!(
        "error: cannot create {}: not a directory\nhint: set DSCODER_MODELS_DIR to a writable directory\n",
        models.display()
    );
    assert_eq!(run, output("", &stderr, 73));
    let complete = place.feed(&["complete", "-m", "demo", "-n", "1"], "x");
    assert_eq!(complete.code, 0);
}

#[test]
fn a_file_of_the_user_is_not_written_over() {
    let (_hub, place) = with_hub();
    let path = place.write(&format!("models/{NAME}"), "mine");
    let run = download(&place, &["hf:a/b/deepseek-coder-1.3b-base.Q4_K_M.gguf"]);
    let stderr = format!(
        "error: cannot create {}: a file with that name exists that dscoder did not download\nhint: rename or remove it\n",
        path.display()
    );
    assert_eq!(run, output("", &stderr, 73));
    assert_eq!(fs::read_to_string(path).expect("there"), "mine");
}

#[test]
fn addresses_and_files() {
    let (hub, place) = with_hub();
    let digest = Digest::of(demo::BYTES).to_string();
    let address = format!("{}/plain/{NAME}", hub.url());
    assert_eq!(download(&place, &[&address, "--sha256", &digest, "-q"]), output("", "", 0));
    assert_eq!(place.run(&["models", "remove", "1.3b-base", "-q"]), output("", "", 0));
    let file = place.write("elsewhere.gguf", demo::BYTES);
    let address = format!("file://{}", file.display());
    let wrong = Digest::of(b"x").to_string();
    assert_eq!(download(&place, &[&address, "--sha256", &wrong, "-q"]).code, 65);
    assert_eq!(download(&place, &[&address, "--sha256", &digest, "-q"]), output("", "", 0));
    assert!(fs::read(place.path("models/elsewhere.gguf")).expect("there") == demo::BYTES);
    assert_eq!(place.feed(&["complete", "-m", "elsewhere", "-n", "1"], "x").code, 0);
}

#[test]
fn models_of_ollama() {
    let (hub, place) = with_hub();
    let digest = Digest::of(demo::BYTES).to_string();
    hub.put(&digest, demo::BYTES);
    let manifest = |digest: &str| {
        format!(
            r#"{{"layers":[{{"mediaType":"application/vnd.ollama.image.model","digest":"{digest}","size":{}}}]}}"#,
            demo::BYTES.len()
        )
    };
    hub.text("/v2/library/deepseek-coder/manifests/1.3b-base", &manifest(&format!("sha256:{digest}")));
    hub.text("/v2/library/deepseek-coder/manifests/evil", &manifest("sha256:../../../x"));
    let name = |tag: &str| format!("ollama:{}/library/deepseek-coder:{tag}", hub.host());
    assert_eq!(download(&place, &[&name("evil")]).code, 65);
    assert_eq!(download(&place, &[&name("none")]).code, 66);
    assert!(!place.path("models").exists());
    assert_eq!(download(&place, &[&name("1.3b-base"), "-q"]), output("", "", 0));
    assert_eq!(place.feed(&["complete", "-m", "1.3b-base", "-n", "1"], "x").code, 0);
}

#[test]
fn http_where_tls_was_asked_for() {
    let (hub, mut place) = with_hub();
    place.set("HF_ENDPOINT", &hub.url().replace("http:", "https:"));
    let run = download(&place, &["1.3b-base"]);
    assert_eq!((run.code, run.stdout.as_str()), (69, ""), "{run:?}");
    assert!(run.stderr.starts_with("error: cannot reach 127.0.0.1: "), "{run:?}");
    place.set("HF_ENDPOINT", "http://127.0.0.1:1");
    let run = download(&place, &["1.3b-base"]);
    assert_eq!(run, output("", "error: cannot reach 127.0.0.1: connection refused\n", 69));
    place.set("HF_ENDPOINT", "huggingface.co");
    assert_eq!(download(&place, &["1.3b-base"]).code, 2);
}

#[test]
fn proxies_of_the_environment_are_used() {
    let (hub, mut place) = with_hub();
    place.set("http_proxy", &hub.url());
    place.set("HF_ENDPOINT", "http://hub.invalid");
    hub.refuse(Some((404, "RepoNotFound")));
    assert_eq!(download(&place, &["hf:a/b/c.gguf"]).code, 66);
    assert!(hub.log()[0].path.starts_with("http://hub.invalid/a/b/resolve"));
}

#[test]
fn offline_opens_no_connection() {
    let (hub, mut place) = with_hub();
    for name in ["HF_HUB_OFFLINE", "DSCODER_OFFLINE"] {
        place.set(name, "1");
        assert_eq!(download(&place, &["1.3b-base"]).code, 66);
        place.set(name, "");
    }
    assert_eq!(download(&place, &["1.3b-base", "--offline"]).code, 66);
    assert_eq!(hub.log().len(), 0);
}

/// A hub with TLS, whose certificate `tests/data/tls.pem` is good for 127.0.0.1 until 2126, sends away from TLS.
#[cfg(target_os = "linux")]
#[test]
fn a_redirect_from_https_to_http_is_refused() {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use std::io::{Read, Write};

    let pem = fs::read(crate::command::repository("tests/data/tls.pem")).expect("there");
    let certificate = CertificateDer::from_pem_slice(&pem).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(&pem).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a key that fits");
    let config = Arc::new(config);
    let (hub, mut place) = with_hub();
    let plain = hub.url();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    place.set("HF_ENDPOINT", &format!("https://{}", listener.local_addr().expect("an address")));
    place.set("HF_TOKEN", "hf_canary");
    let served = Arc::new(AtomicUsize::new(0));
    let serving = served.clone();
    // It tells what the file is, and then sends to where nobody guards it.
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let Ok(mut connection) = rustls::ServerConnection::new(config.clone()) else { return };
            let mut tls = rustls::Stream::new(&mut connection, &mut stream);
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if tls.read_exact(&mut byte).is_err() {
                    break;
                }
                request.push(byte[0]);
            }
            serving.fetch_add(usize::from(!request.is_empty()), Ordering::SeqCst);
            let answer = format!(
                "HTTP/1.1 302 Found\r\nLocation: {plain}/a/b/resolve/main/{NAME}\r\nX-Linked-Etag: \"{}\"\r\nX-Linked-Size: \
                 {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                Digest::of(demo::BYTES),
                demo::BYTES.len()
            );
            let _ = tls.write_all(answer.as_bytes());
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
    });
    let mut command = place.command(["download", "1.3b-base", "-q"]);
    command.env("SSL_CERT_FILE", crate::command::repository("tests/data/tls.pem")).env_remove("SSL_CERT_DIR");
    let run = finish(command.spawn().expect("started"));
    assert_eq!((run.code, run.stdout.as_str()), (69, ""), "{run:?}");
    assert!(run.stderr.contains("it redirects from https to http, which is not safe"), "{run:?}");
    assert!(served.load(Ordering::SeqCst) > 1, "TLS works");
    assert_eq!(hub.log().len(), 0);
    // Without the certificate, it is not even asked.
    served.store(0, Ordering::SeqCst);
    let run = download(&place, &["1.3b-base", "-q"]);
    assert_eq!((run.code, served.load(Ordering::SeqCst)), (69, 0), "{run:?}");
}
