//! Settings: files, their order, what a project may set, and `dscoder config`.

use std::fs;

use crate::command::{Output, Place, output};

const USER: &str = "home/.config/dscoder/config.toml";

/// A place whose model says three lines.
fn place() -> Place {
    let mut place = Place::new();
    let model = place.script(r#"pieces = ["one\n", "two\n", "three\n"]"#);
    place.set("DSCODER_MODEL", &model);
    place
}

fn complete(place: &Place, arguments: &[&str]) -> Output {
    let words: Vec<&str> = ["complete"].iter().chain(arguments).copied().collect();
    place.feed(&words, "text\n")
}

/// What `config show` says of a setting: its value and origin, one for each group of subcommands.
fn shown(place: &Place, key: &str) -> Vec<(String, String)> {
    let run = place.run(&["config", "show", "--json"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
    let value: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let settings = value["settings"].as_array().expect("a list");
    let origin = |origin: &serde_json::Value| match origin["kind"].as_str().expect("a kind") {
        "file" => {
            let file = origin["file"].as_str().expect("a file");
            format!("{}:{}", file.rsplit('/').next().expect("a name"), origin["line"])
        }
        "environment" => origin["variable"].as_str().expect("a name").to_owned(),
        other => other.to_owned(),
    };
    let of_key = settings.iter().filter(|setting| setting["setting"] == key);
    of_key.map(|it| (it["values"][0].as_str().unwrap_or("-").to_owned(), origin(&it["origin"]))).collect()
}

fn pair(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

#[test]
fn each_layer_comes_before_the_next() {
    let mut place = place();
    assert_eq!(complete(&place, &[]), output("one\ntwo\nthree\n", "", 0));
    assert_eq!(shown(&place, "until"), [pair("auto", "default")]);
    place.write(USER, "# mine\nuntil = \"line\"\n");
    assert_eq!(complete(&place, &[]), output("one", "", 0));
    assert_eq!(shown(&place, "until"), [pair("line", "config.toml:2")]);
    place.write(".dscoder.toml", "until = \"end\"\nstop = [\"three\", \"four\"]\n");
    assert_eq!(complete(&place, &[]), output("one\ntwo\n", "", 0));
    assert_eq!(shown(&place, "until"), [pair("end", ".dscoder.toml:1")]);
    place.set("DSCODER_UNTIL", "line");
    place.set("DSCODER_STOP", "nothing");
    assert_eq!(complete(&place, &[]), output("one", "", 0));
    assert_eq!(shown(&place, "until"), [pair("line", "DSCODER_UNTIL")]);
    assert_eq!(complete(&place, &["--until", "end"]), output("one\ntwo\nthree\n", "", 0));
    assert_eq!(complete(&place, &["--until", "end", "--stop", "two"]), output("one\n", "", 0));
}

#[test]
fn tables_are_for_one_subcommand() {
    let place = place();
    place.write(USER, "max-tokens = 7\n[complete]\nuntil = 'line'\n[chat]\nmax-tokens = 9\ntemperature = 0.5\n");
    assert_eq!(complete(&place, &[]), output("one", "", 0));
    assert_eq!(place.run(&["chat", "?"]).stdout, "one\ntwo\nthree\n");
    assert_eq!(shown(&place, "max-tokens"), [pair("7", "config.toml:1"), pair("9", "config.toml:5")]);
    assert_eq!(shown(&place, "until"), [pair("line", "config.toml:3"), pair("auto", "default")]);
    let text = place.run(&["config"]).stdout;
    assert!(text.contains("DSCODER_CACHE_DIR"), "{text}");
    let row = text.lines().find(|row| row.starts_with("temperature") && row.contains("config.toml:6")).expect("a row");
    assert!(row.contains("0.5") && row.ends_with("chat"), "{row}");
}

#[test]
fn verbose_says_where_settings_come_from() {
    let place = place();
    let file = place.write(USER, "\n\nmax-tokens = 7\n");
    let run = complete(&place, &["-v"]);
    assert!(run.stderr.contains(&format!("max-tokens = 7 ({}:3)\n", file.display())), "{}", run.stderr);
    assert!(complete(&place, &["-v", "-n", "8"]).stderr.contains("max-tokens = 8 (command line)\n"));
}

#[test]
fn what_contradicts_a_flag_gives_way() {
    let place = place();
    place.write(USER, "json = true\nquiet = true\n");
    assert!(complete(&place, &[]).stdout.starts_with("{\"text\":"));
    place.write("a.py", "a\n<FILL>\nb\n");
    let whole = place.run(&["infill", "a.py", "--whole", "--raw"]);
    assert_eq!(whole.stdout, "a\none\ntwo\nthree\n\nb\n");
    // The word that is told says that --quiet gave way.
    let told = complete(&place, &["-v"]);
    assert!(told.stderr.contains("verbose = true (command line)"), "{}", told.stderr);
}

#[test]
fn wrong_settings_are_refused_with_their_line() {
    let place = place();
    for (text, line, expected) in [
        ("max_tokens = 1\n", 1, "max_tokens: there is no such setting\nhint: the most similar name is max-tokens"),
        ("\n[complet]\nuntil = 'end'\n", 2, "complet: there is no such table\nhint: the most similar name is complete"),
        ("[chat]\ntop-k = 'x'\n", 2, "top-k: a whole number"),
        ("# so\n\ntemperature = 11\n", 3, "temperature: a number from 0 to 10"),
        ("until = 'lin'\n", 1, "until: one of auto, end, line, block, blank"),
        ("max-tokens = 0\n", 1, "max-tokens: 0 is not in 1..=1000000"),
        ("json = 1\n", 1, "json: true or false"),
        ("until = true\n", 1, "until: a text or a number"),
        ("until = ['end']\n", 1, "until: a text or a number"),
        ("[download]\nuntil = 'end'\n", 2, "until: `dscoder download` has no such setting"),
        ("at = '1:1'\n", 1, "at: there is no such setting"),
        ("seed = 1\nseed = 2\n", 2, "not TOML: duplicate key"),
        ("seed = \n", 1, "not TOML: "),
        ("'a\\u001b[2J' = 1\n", 1, "there is no such setting"),
    ] {
        let file = place.write(USER, text);
        for words in [&["complete"][..], &["config"]] {
            let run = place.feed(words, "text\n");
            let start = format!("error: {}:{line}: ", file.display());
            assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{text}");
            assert!(run.stderr.starts_with(&start) && run.stderr.contains(expected), "{text}: {}", run.stderr);
            assert!(!run.stderr.contains('\u{1b}'));
        }
    }
    // Help and the commands that repair the file still work.
    assert_eq!(place.run(&["complete", "--help"]).code, 0);
    assert_eq!(place.run(&["config", "path"]).code, 0);
}

#[cfg(unix)]
#[test]
fn files_that_are_none_are_refused() {
    let mut place = place();
    for (bytes, why) in [(vec![b'#'; 65537], "it is larger than 64 KiB"), (b"# \xFF\n".to_vec(), "it is not UTF-8")] {
        let file = place.write(USER, bytes);
        assert_eq!(complete(&place, &[]), output("", &format!("error: cannot use {}: {why}\n", file.display()), 2));
    }
    fs::remove_file(place.path(USER)).expect("removed");
    fs::create_dir(place.path(USER)).expect("created");
    let run = complete(&place, &[]);
    assert_eq!((run.stdout.as_str(), run.code), ("", 2));
    assert!(run.stderr.contains("is a directory"), "{}", run.stderr);
    place.set("DSCODER_CONFIG", "/dev/null");
    assert_eq!(complete(&place, &[]).code, 0);
    place.set("DSCODER_CONFIG", "no-such.toml");
    let missing = "error: cannot use no-such.toml: no such file or directory\n";
    assert_eq!(complete(&place, &[]), output("", missing, 2));
    #[cfg(unix)]
    {
        let place = self::place();
        std::os::unix::fs::symlink("/dev/zero", place.path(".dscoder.toml")).expect("linked");
        let run = complete(&place, &[]);
        assert!(run.code == 2 && run.stderr.contains("it is not a regular file"), "{}", run.stderr);
    }
}

#[test]
fn a_project_may_set_harmless_keys_only() {
    let place = place();
    let command = dscoder::cmd::command();
    let keys = dscoder::settings::files::keys(&command);
    assert!(keys.len() > 20 && keys.contains(&"model"), "{keys:?}");
    let allowed = dscoder::settings::files::PROJECT_KEYS;
    assert!(allowed.iter().all(|key| keys.contains(key)), "{allowed:?}");
    for key in keys.into_iter().filter(|key| !allowed.contains(key)) {
        for text in [format!("{key} = \"x\"\n"), format!("[infill]\n{key} = \"x\"\n"), format!("[git]\n{key} = true\n")]
        {
            let file = place.write(".dscoder.toml", &text);
            let run = complete(&place, &[]);
            assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{text}");
            let start = format!("error: {}:{}: {key}: ", file.display(), text.lines().count());
            assert!(run.stderr.starts_with(&start), "{}", run.stderr);
        }
    }
    let file = place.write(".dscoder.toml", "model = 'evil.gguf'\n");
    let run = complete(&place, &[]).stderr;
    let told =
        format!("error: {}:1: model: a project may not set this, as it may come from a stranger\n", file.display());
    assert!(run.starts_with(&told), "{run}");
    for word in ["endpoint", "hub", "token", "hook", "command", "force", "cache-dir", "models-dir"] {
        place.write(".dscoder.toml", format!("{word} = 'x'\n"));
        let run = complete(&place, &[]);
        assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{word}");
    }
}

#[test]
fn a_project_shows_its_own_files_only() {
    let place = place();
    fs::create_dir_all(place.path("repo/.git")).expect("created");
    place.write("outside.py", "OUTSIDE = 1\n");
    for name in ["api.md", "src/b.py", "src/a.py", "src/deep/c.py", "src/.hidden.py", "src/ignored.py", "id_rsa"] {
        place.write(&format!("repo/{name}"), format!("# {name}\n"));
    }
    place.write("repo/.gitignore", "ignored.py\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(place.path("outside.py"), place.path("repo/src/link.py")).expect("linked");
    let settings = "context = ['api.md', 'src/*.py', 'src/link.py', 'id_rsa', '.git/config', 'no-such.py']\n";
    place.write("repo/.dscoder.toml", settings);
    let inside = |words: &[&str]| {
        let mut command = place.command(words);
        crate::command::finish(command.current_dir(place.path("repo")).spawn().expect("started"))
    };
    let run = inside(&["config", "show", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let settings = value["settings"].as_array().expect("a list");
    let values = &settings.iter().find(|one| one["setting"] == "context").expect("the setting")["values"];
    let top = place.path("repo").canonicalize().expect("there");
    let expected: Vec<String> =
        ["api.md", "src/a.py", "src/b.py"].iter().map(|name| top.join(name).display().to_string()).collect();
    assert_eq!(*values, serde_json::json!(expected));
    place.write("repo/x.py", "x = 1\n");
    let shown = inside(&["complete", "x.py", "--stats"]);
    assert!(shown.code == 0 && shown.stderr.contains("src/a.py"), "{}", shown.stderr);
    for wrong in
        ["../outside.py", "/etc/passwd", "src/../../outside.py", "", "!src", "./api.md", "src\\\\a.py", "[z-a]"]
    {
        place.write("repo/.dscoder.toml", format!("context = [\"{wrong}\"]\n"));
        let run = inside(&["complete", "x.py"]);
        assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{wrong}");
        assert!(run.stderr.contains(".dscoder.toml:1: context: "), "{}", run.stderr);
    }
}

#[test]
fn a_project_is_a_repository_or_the_current_directory() {
    let place = place();
    let from = |directory: &str| {
        let mut command = place.command(["config", "path"]);
        let child = command.current_dir(place.path(directory)).spawn().expect("started");
        crate::command::finish(child).stdout.lines().nth(1).map(str::to_owned)
    };
    let file = |name: &str| {
        let path = place.path(name).canonicalize().expect("there");
        Some(path.display().to_string())
    };
    place.write("repo/src/deep/a.py", "");
    place.write(".dscoder.toml", "seed = 1\n");
    // Without a repository, that of a directory above is somebody else's.
    assert_eq!((from("repo/src"), from(".")), (None, file(".dscoder.toml")));
    fs::create_dir(place.path("repo/.git")).expect("created");
    assert_eq!(from("repo/src/deep"), None);
    place.write("repo/.dscoder.toml", "seed = 2\n");
    assert_eq!(from("repo/src/deep"), file("repo/.dscoder.toml"));
    place.write("repo/src/.dscoder.toml", "seed = 3\n");
    assert_eq!(from("repo/src/deep"), file("repo/src/.dscoder.toml"));
}

#[test]
fn init_writes_a_file_that_sets_nothing() {
    let place = place();
    let before = place.run(&["config", "show", "--json"]);
    let run = place.run(&["config", "init"]);
    let file = place.path(USER);
    assert_eq!(run, output("", &format!("note: written: {}\n", file.display()), 0));
    assert_eq!(place.run(&["config", "show", "--json"]), before);
    assert_eq!(place.run(&["config", "path"]).stdout, format!("{}\n", file.display()));
    let text = fs::read_to_string(&file).expect("read");
    // Its examples are valid: every key, uncommented.
    let mut keys = 0;
    for line in text.lines().filter(|line| line.starts_with('#') && line.contains(" = ") && !line.starts_with("# ")) {
        let settings = format!("{}\n", &line[1..]);
        place.write(USER, &settings);
        assert_eq!(place.run(&["config"]).code, 0, "{settings}");
        keys += 1;
    }
    assert!(keys > 20, "{text}");
    let refused = place.run(&["config", "init"]);
    assert_eq!((refused.code, refused.stderr.contains("it already exists")), (73, true), "{}", refused.stderr);
    assert_eq!(place.run(&["config", "init", "--force"]).code, 0);
    assert_eq!(fs::read_to_string(&file).expect("read"), text);
}

#[test]
#[cfg(unix)]
fn edit_opens_the_editor_and_checks_the_file() {
    let mut place = place();
    place.set("EDITOR", "false");
    place.set("VISUAL", "sh -c 'echo \"seed = 1\" >> \"$1\"' with-options");
    let run = place.run(&["config", "edit"]);
    assert_eq!((run.stdout.as_str(), run.code), ("", 0), "{}", run.stderr);
    assert_eq!(shown(&place, "seed")[0].0, "1");
    place.set("VISUAL", "sh -c 'echo \"sed = 1\" > \"$1\"' with-options");
    let run = place.run(&["config", "edit"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains(":1: sed: there is no such setting\nhint: the most similar name is seed"),
        "{}",
        run.stderr
    );
    place.set("VISUAL", "");
    let run = place.run(&["config", "edit"]);
    assert!(run.code == 74 && run.stderr.contains("the editor \"false\" failed"), "{}", run.stderr);
}

/// The value and the origin of a variable in `config show`.
fn variable(place: &Place, name: &str) -> String {
    let run = place.run(&["config", "show", "--json"]);
    assert_eq!((run.stderr.as_str(), run.code), ("", 0));
    let value: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let all = value["variables"].as_array().expect("a list");
    let one = all.iter().find(|one| one["variable"] == name).expect("there");
    one["value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_tilde_in_a_file_is_the_home_directory() {
    let mut place = Place::new();
    place.write("home/s.toml", "[answer]\npieces = [\"one\"]\n");
    place.write("home/my notes.txt", "notes");
    place.write("home/key", "secret");
    place.write(USER, "model = \"script:~/s.toml\"\ncontext = [\"~/my notes.txt\"]\napi-key-file = '~/key'\n");
    let run = complete(&place, &["--stats"]);
    assert!(run.stdout == "one" && run.stderr.contains("context: 1 files"), "{run:?}");
    let directory = place.path("home");
    let home = |name: &str| directory.join(name).display().to_string();
    assert_eq!(shown(&place, "model")[0], pair(&format!("script:{}", home("s.toml")), "config.toml:1"));
    assert_eq!(shown(&place, "api-key-file")[0], pair(&home("key"), "config.toml:3"));
    // A file chosen by a variable, with a model that is not there.
    place.write("home/mine.toml", "model = '~/gg/mine.gguf'\n");
    place.set("DSCODER_CONFIG", "~/mine.toml");
    let file = home("mine.toml");
    let expected =
        format!("error: cannot read {}: no such file or directory (model is set in {file}:1)\n", home("gg/mine.gguf"));
    assert_eq!(complete(&place, &[]), output("", &expected, 66));
    for (text, key) in [("model = '~root/x.gguf'", "model"), ("\ncontext = ['~root/x']", "context")] {
        place.write("home/mine.toml", text);
        let run = complete(&place, &[]);
        let line = text.lines().count();
        assert!(run.stderr.contains(&format!("mine.toml:{line}: {key}: ~root/x")) && run.code == 2, "{run:?}");
        assert!(run.stderr.contains("the home directory of another user"), "{run:?}");
    }
}

#[test]
fn a_project_cannot_reach_the_home_directory() {
    let place = place();
    place.write("home/secret.txt", "secret");
    for path in ["~", "~/secret.txt", "~/*"] {
        place.write(".dscoder.toml", format!("context = ['{path}']\n"));
        let run = complete(&place, &[]);
        assert!(run.stderr.contains("is not a path below the file's directory") && run.code == 2, "{run:?}");
    }
    // Elsewhere it is a letter.
    place.write("~notes.txt", "notes");
    place.write(".dscoder.toml", "context = ['~notes.txt']\n");
    assert!(complete(&place, &["--stats"]).stderr.contains("context: 1 files"));
}

#[cfg(unix)]
#[test]
fn a_tilde_in_a_variable_is_the_home_directory() {
    let mut place = Place::new();
    place.write("home/s.toml", "[answer]\npieces = [\"one\"]\n");
    place.write("home/notes.txt", "notes");
    place.write("~/notes.txt", "literal");
    for name in ["DSCODER_MODELS_DIR", "DSCODER_CACHE_DIR", "DSCODER_SESSIONS_DIR"] {
        place.set(name, &format!("~/{name}/x y"));
        let expected = place.path("home").join(name).join("x y").display().to_string();
        assert_eq!(variable(&place, name), expected);
        place.set(name, "~");
        assert_eq!(variable(&place, name), place.path("home").display().to_string());
        place.set(name, "~nobody/x");
        let run = complete(&place, &["-m", "script:home/s.toml"]);
        let expected = format!(
            "error: cannot use {name}: ~nobody/x is in the home directory of another user, which is not looked up; write the \
             whole path, or ./~nobody/x if ~ is part of a name\n"
        );
        assert_eq!(run, output("", &expected, 2));
        assert!(!place.path("~nobody").exists());
        place.set(name, &place.path("dir").display().to_string());
    }
    place.set("DSCODER_MODEL", "script:~/s.toml");
    place.set("DSCODER_CONTEXT", "~/notes.txt");
    let run = complete(&place, &["--stats"]);
    assert!(run.stdout == "one" && run.stderr.contains("notes.txt: "), "{run:?}");
    assert_eq!(
        shown(&place, "context")[0],
        pair(&place.path("home/notes.txt").display().to_string(), "DSCODER_CONTEXT")
    );
    // The shell expands what is not quoted; what is quoted is meant literally.
    let run = complete(&place, &["--stats", "--context", "~/notes.txt"]);
    assert!(run.stderr.contains("~/notes.txt: "), "{run:?}");
    place.set("DSCODER_CONTEXT", "~/none.txt");
    let none = place.path("home/none.txt").display().to_string();
    let expected =
        format!("error: cannot read {none}: no such file or directory (context is set by DSCODER_CONTEXT)\n");
    assert_eq!(complete(&place, &[]), output("", &expected, 66));
    for name in ["DSCODER_CONTEXT", "DSCODER_API_KEY_FILE", "DSCODER_MODEL"] {
        place.set(name, "~nobody/x");
        let run = complete(&place, &[]);
        let expected = format!("error: {name} is \"~nobody/x\": ~nobody/x is in the home directory of another user");
        assert!(run.stderr.starts_with(&expected) && run.code == 2, "{run:?}");
        place.set(name, "");
    }
}

#[cfg(all(unix, not(target_vendor = "apple")))]
#[test]
fn a_tilde_in_the_variables_of_other_programs_is_the_home_directory() {
    let mut place = Place::new();
    place.write("home/hf/token", "hf_x");
    place.write("home/xdg/huggingface/token", "hf_x");
    place.write("home/xdg/dscoder/config.toml", "max-tokens = 7\n");
    let token = |place: &Place| {
        let run = place.run(&["doctor", "--json"]);
        let value: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let checks = value["checks"].as_array().expect("a list").iter();
        let one = checks.filter(|check| check["section"] == "network" && check["name"] == "token");
        one.map(|check| check.to_string()).collect::<String>().contains("there is one")
    };
    assert!(!token(&place));
    place.set("HIDDEN", "hf");
    for (name, value) in [
        ("HF_HOME", "~/hf"),
        ("HF_HOME", "$HOME/hf"),
        ("HF_HOME", "${HOME}/$HIDDEN"),
        ("HF_TOKEN_PATH", "~/hf/token"),
        ("HF_TOKEN_PATH", "~/${HIDDEN}/token"),
        ("XDG_CACHE_HOME", "~/xdg"),
    ] {
        place.set(name, value);
        assert!(token(&place), "{name}={value}");
        place.set(name, "~/none");
        assert!(!token(&place), "{name}");
        place.set(name, "");
    }
    place.set("XDG_CONFIG_HOME", "~/xdg");
    assert_eq!(shown(&place, "max-tokens")[0], pair("7", "config.toml:1"));
    place.set("XDG_DATA_HOME", "~/data");
    assert_eq!(
        variable(&place, "DSCODER_SESSIONS_DIR"),
        place.path("home/data/dscoder/sessions").display().to_string()
    );
    for name in ["OLLAMA_MODELS", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"] {
        place.set(name, "~nobody/x");
        let run = place.run(&["models"]);
        assert!(run.stderr.starts_with(&format!("error: cannot use {name}: ~nobody/x")) && run.code == 2, "{run:?}");
        place.set(name, "~/models");
        assert_eq!(place.run(&["models"]).code, 0, "{name}");
    }
}

#[test]
fn serve_has_settings_of_its_own() {
    let mut place = place();
    let file = place.write(
        USER,
        "api-key-file = '~/remote'\nparallel = 3\n[serve]\nlisten = ['127.0.0.1:1', '[::1]:2']\nsocket = '~/s.sock'\n\
         parallel = 2\nidle = 600\napi-key-file = '~/own'\nallow-host = 'box.lan'\nallow-origin = ['http://a']\nlog = '-'\n\
         metrics = true\nserve = 'start'\nctx-size = 4096\n",
    );
    let home = |name: &str| place.path("home").join(name).display().to_string();
    let of_serve = |place: &Place, key: &str| {
        let run = place.run(&["config", "show", "--json"]);
        let value: serde_json::Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
        let all = value["settings"].as_array().expect("a list").clone();
        let one = all.into_iter().find(|one| {
            one["setting"] == key && one["commands"].as_array().expect("a list").contains(&serde_json::json!("serve"))
        });
        let one = one.unwrap_or_else(|| panic!("{key}"));
        (one["values"].clone(), one["origin"]["line"].as_u64(), one["origin"]["variable"].as_str().map(str::to_owned))
    };
    for (key, values, line) in [
        ("listen", serde_json::json!(["127.0.0.1:1", "[::1]:2"]), 4),
        ("socket", serde_json::json!([home("s.sock")]), 5),
        ("parallel", serde_json::json!(["2"]), 6),
        ("idle", serde_json::json!(["600"]), 7),
        ("api-key-file", serde_json::json!([home("own")]), 8),
        ("allow-host", serde_json::json!(["box.lan"]), 9),
        ("allow-origin", serde_json::json!(["http://a"]), 10),
        ("log", serde_json::json!(["-"]), 11),
        ("metrics", serde_json::json!(["true"]), 12),
        ("ctx-size", serde_json::json!(["4096"]), 14),
    ] {
        assert_eq!(of_serve(&place, key), (values, Some(line), None), "{key}");
    }
    // Those of the other commands are others, and the key that is named like the table is theirs.
    assert!(shown(&place, "api-key-file").contains(&pair(&home("remote"), "config.toml:1")));
    assert!(shown(&place, "parallel").contains(&pair("3", "config.toml:2")));
    place.set("DSCODER_SERVE", "");
    assert_eq!(shown(&place, "serve"), [pair("start", "config.toml:13")]);
    let run = place.run(&["serve", "--help"]);
    assert!(run.code == 0 && run.stdout.contains("[env: DSCODER_SERVE_LISTEN]"), "{run:?}");
    for (name, value, key) in [
        ("DSCODER_SERVE_LISTEN", "127.0.0.1:3", "listen"),
        ("DSCODER_SERVE_METRICS", "0", "metrics"),
        ("DSCODER_SERVE_API_KEY_FILE", "/k", "api-key-file"),
    ] {
        place.set(name, value);
        assert_eq!(of_serve(&place, key), (serde_json::json!([value]), None, Some(name.to_owned())));
    }
    // Not those of the top.
    place.write(USER, "api-key-file = '~/remote'\nparallel = 3\n");
    place.set("DSCODER_SERVE_API_KEY_FILE", "");
    assert_eq!(of_serve(&place, "api-key-file"), (serde_json::json!([]), None, None));
    assert_eq!(of_serve(&place, "parallel"), (serde_json::json!(["4"]), None, None));
    for (text, line, expected) in [
        ("listen = '127.0.0.1:1'\n", 1, "listen: it belongs in the table [serve]\n"),
        ("\nlog = 'x'\n", 2, "log: it belongs in the table [serve]\n"),
        ("[complete]\nlisten = '127.0.0.1:1'\n", 2, "listen: `dscoder complete` has no such setting\n"),
        ("[serve]\nlisten = 'here'\n", 2, "listen: invalid socket address syntax\n"),
        ("[serve]\nparallel = 0\n", 2, "parallel: 0 is not in 1..="),
        ("[serve]\nidle = 'x'\n", 2, "idle: a number of seconds, at least 0.001\n"),
        ("[serve]\nmetrics = 'x'\n", 2, "metrics: true or false\n"),
        ("[serve]\nlsten = 'x'\n", 2, "lsten: there is no such setting\nhint: the most similar name is listen"),
        ("[serve]\nserve = 'x'\n", 2, "serve: one of auto, never, start\n"),
        ("[serve]\nuntil = 'end'\n", 2, "until: `dscoder serve` has no such setting\n"),
        ("[chat]\nchat = 'x'\n", 2, "chat: there is no such setting\n"),
        (
            "serve = 'start'\n[serve]\nidle = 1\n",
            2,
            "not TOML: duplicate key\nhint: the key serve can be in the table [serve]",
        ),
        ("serve = 'start'\nserve.idle = 1\n", 2, "not TOML: "),
    ] {
        place.write(USER, text);
        let run = place.run(&["config"]);
        assert!(run.stderr.starts_with(&format!("error: {}:{line}: {expected}", file.display())), "{text}: {run:?}");
        assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{text}");
    }
    // In a project's file, all of it is refused.
    fs::remove_file(&file).expect("removed");
    for key in ["listen", "socket", "api-key-file", "log", "allow-origin"] {
        for text in [format!("[serve]\n{key} = '127.0.0.1:1'\n"), format!("serve.{key} = '127.0.0.1:1'\n")] {
            place.write(".dscoder.toml", &text);
            let run = complete(&place, &[]);
            assert!(run.code == 2 && run.stderr.contains(&format!("{key}: a project may not set this")), "{run:?}");
        }
    }
}
