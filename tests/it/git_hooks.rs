//! Git hooks beside those of others, and the messages that they write, in scratch repositories.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::Value;

use crate::command::output;
use crate::git::{Repo, editor};

const MESSAGE: &str = "prepare-commit-msg";

/// Writes an executable file.
fn program(repo: &Repo, name: &str, text: &str) {
    let path = repo.place.write(name, text);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("set");
}

/// Installs a hook, which must work.
#[track_caller]
fn install(repo: &Repo, words: &[&str]) -> String {
    let run = repo.place.run(&[&["git", "install-hook"], words].concat());
    assert_eq!((run.stdout.as_str(), run.code), ("", 0), "{}", run.stderr);
    run.stderr
}

#[track_caller]
fn uninstall(repo: &Repo, words: &[&str]) {
    let run = repo.place.run(&[&["git", "uninstall-hook", "-q"], words].concat());
    assert_eq!(run, output("", "", 0));
}

/// Everything below a directory: what is in files, where links lead, and modes.
fn tree(directory: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let (path, about) = (entry.path(), entry.metadata().expect("there"));
        let name = entry.file_name().to_string_lossy().into_owned();
        if about.is_symlink() {
            found.insert(name, fs::read_link(&path).expect("a link").display().to_string());
        } else if about.is_dir() {
            found.extend(tree(&path).into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else {
            found.insert(name, format!("{:o} {}", about.permissions().mode(), fs::read_to_string(path).expect("text")));
        }
    }
    found
}

/// The message of the last commit, without line ends at its end.
fn message(repo: &Repo) -> String {
    repo.git(&["log", "-1", "--format=%B"]).trim_end().to_owned()
}

#[test]
fn a_chained_hook_keeps_its_name_and_its_neighbours() {
    for (directory, link) in [(".git/hooks", false), ("my hooks", false), ("my hooks/", true), ("./hooks", true)] {
        let repo = Repo::new();
        let model = repo.place.script(r#"pieces = ["Add a"]"#);
        let place = directory.trim_end_matches('/');
        if directory != ".git/hooks" {
            repo.git(&["config", "core.hooksPath", directory]);
        }
        // It looks for its own name, for a file and a directory beside it, and for one above.
        let text = "echo \"$(basename \"$0\") $(cat \"$(dirname \"$0\")/../above\")\" >> \"$(dirname \"$0\")/../seen\"\n\
                    . \"$(dirname \"$0\")/lib\"\nfor part in \"$0\".d/*; do sh \"$part\" \"$@\"; done\n";
        program(&repo, &format!("{place}/run"), &format!("#!/bin/sh\n{text}"));
        repo.place.write(&format!("{place}/lib"), "no=$(cat \"$(dirname \"$0\")/../no\")\n[ -z \"$no\" ] || exit 3\n");
        repo.place.write(&format!("{place}/{MESSAGE}.d/ticket"), "sed -i '1s/^/JIRA-7: /' \"$1\"\n");
        let hook = repo.place.path(&format!("{place}/{MESSAGE}"));
        let _ = fs::remove_file(&hook);
        if link {
            symlink("run", &hook).expect("linked");
        } else {
            fs::copy(repo.place.path(&format!("{place}/run")), &hook).expect("copied");
        }
        let above = Path::new(place).parent().expect("above").to_str().expect("a name").to_owned();
        let file = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") };
        repo.place.write(&file("above"), "x\n");
        repo.place.write(&file("no"), "");
        let before = tree(&repo.place.path(place));
        install(&repo, &["--chain", "--", "-m", &model]);
        repo.stage("a.py", "x = 1\n");
        assert_eq!(repo.try_git(&["commit", "-q", "-s"], "true"), output("", "", 0), "{directory}");
        assert_eq!(message(&repo), "JIRA-7: Add a\n\nSigned-off-by: A <a@example.org>", "{directory}");
        let seen = fs::read_to_string(repo.place.path(&file("seen"))).expect("seen");
        assert_eq!(seen, format!("{MESSAGE} x\n"), "{directory}");
        // It still stops a commit.
        repo.place.write(&file("no"), "no\n");
        repo.stage("a.py", "x = 2\n");
        assert_ne!(repo.try_git(&["commit", "-q"], "true").code, 0, "{directory}");
        // With another hook of ours, and installed again.
        install(&repo, &["pre-commit", "--", "-m", &model]);
        install(&repo, &["--", "-m", &model]);
        uninstall(&repo, &["pre-commit"]);
        uninstall(&repo, &[]);
        assert_eq!(tree(&repo.place.path(place)), before, "{directory}");
        assert!(!repo.place.path(&format!("{place}.before-dscoder")).exists(), "{directory}");
    }
}

#[test]
fn chains_of_the_first_version_are_updated_and_restored() {
    for update in [false, true] {
        let repo = Repo::new();
        let model = repo.place.script(r#"pieces = ["Add a"]"#);
        install(&repo, &["--", "-m", &model]);
        let name = format!(".git/hooks/{MESSAGE}");
        let ours = fs::read_to_string(repo.place.path(&name)).expect("the hook");
        let run = format!("before=${{0%/*}}/{MESSAGE}.before-dscoder\n\"$before\" \"$@\" || exit\ndscoder=");
        program(&repo, &name, &ours.replace("dscoder='", &format!("{run}'")));
        let old = "#!/bin/sh\nbasename \"$0\" > seen\n";
        program(&repo, &format!("{name}.before-dscoder"), old);
        if update {
            install(&repo, &["--", "-m", &model]);
            assert!(!repo.place.path(&format!("{name}.before-dscoder")).exists());
        }
        repo.stage("a.py", "x = 1\n");
        assert_eq!(repo.try_git(&["commit", "-q"], "true"), output("", "", 0));
        assert_eq!(message(&repo), "Add a");
        let seen = fs::read_to_string(repo.place.path("seen")).expect("seen");
        assert_eq!(seen.trim_end() == MESSAGE, update, "{seen}");
        uninstall(&repo, &[]);
        assert_eq!(fs::read_to_string(repo.place.path(&name)).expect("there"), old);
        let left = tree(&repo.place.path(".git/hooks"));
        assert!(!left.keys().any(|name| name.contains("before-dscoder")), "{left:?}");
        assert!(!repo.place.path(".git/hooks.before-dscoder").exists());
    }
}

/// A repository with the hooks of a manager: its name, the directory of the hooks, a file there, the file of its user, and
/// what that file has before the lines for dscoder.
type Layout<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

const LAYOUTS: [Layout<'_>; 4] = [
    ("husky", ".husky/_", "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"\n", ".husky/prepare-commit-msg", ""),
    (
        "husky",
        ".husky",
        "#!/usr/bin/env sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\n\n",
        ".husky/prepare-commit-msg",
        "#!/usr/bin/env sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\n\n",
    ),
    ("lefthook", "", "#!/bin/sh\ncall_lefthook()\n{\n  \"$LEFTHOOK_BIN\" \"$@\"\n}\n", "lefthook.yml", ""),
    (
        "pre-commit",
        "",
        "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n\
         ARGS=(hook-impl --config=my.yaml --hook-type=prepare-commit-msg)\n",
        "my.yaml",
        "repos:\n",
    ),
];

#[test]
fn managers_of_hooks_are_told_apart_and_left_alone() {
    for (manager, path, stub, file, head) in LAYOUTS {
        let repo = Repo::new();
        repo.place.script(r#"pieces = ["Add a"]"#);
        let directory = if path.is_empty() { ".git/hooks" } else { path };
        if !path.is_empty() {
            repo.git(&["config", "core.hooksPath", path]);
            repo.place.write(".husky/_/husky.sh", "");
            let own = "own=$(dirname -- \"$(dirname -- \"$0\")\")/$(basename -- \"$0\")\n[ ! -f \"$own\" ] || sh -e \"$own\" \"$@\"\n";
            repo.place.write(".husky/_/h", own);
        }
        program(&repo, &format!("{directory}/{MESSAGE}"), stub);
        if !head.is_empty() {
            program(&repo, file, head);
        }
        let before = tree(&repo.place.path(directory));
        let options = ["--", "-m", "script:script.toml"];
        for words in [&["--chain"][..], &[]] {
            let run = repo.place.run(&[&["git", "install-hook"], words, &options].concat());
            assert_eq!(run.code, 73, "{}", run.stderr);
            let first = format!("error: cannot write {directory}/{MESSAGE}: {manager} writes it\nhint: add th");
            assert!(run.stderr.starts_with(&first), "{}", run.stderr);
            assert!(run.stderr.contains(&format!(" to {file}:\n")), "{}", run.stderr);
        }
        assert_eq!(tree(&repo.place.path(directory)), before);
        let refused = repo.place.run(&["git", "uninstall-hook"]);
        assert_eq!((refused.stdout.as_str(), refused.code), ("", 66), "{}", refused.stderr);
        // The lines do what they should, with the manager or what stands in for it.
        let lines = repo.place.run(&[&["git", "install-hook"][..], &options].concat()).stderr;
        let lines = lines.splitn(3, '\n').nth(2).expect("lines").to_owned();
        let path = std::env::join_paths(
            [Path::new(env!("CARGO_BIN_EXE_dscoder")).parent().expect("a directory").to_owned()]
                .into_iter()
                .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
        )
        .expect("a path");
        let commit = |arguments: &[&str]| {
            repo.stage("a.py", format!("x = {}\n", repo.place.path("n").exists()));
            let mut command = repo.command("git", &[&["commit", "-q"], arguments].concat());
            let run =
                crate::command::finish(command.env("PATH", &path).env("GIT_EDITOR", "true").spawn().expect("git"));
            assert_eq!(run.code, 0, "{}", run.stderr);
        };
        match manager {
            "husky" => {
                let text = fs::read_to_string(repo.place.path(file)).unwrap_or_default();
                program(&repo, file, &format!("{text}{lines}"));
                commit(&[]);
                assert_eq!(message(&repo), "Add a");
            }
            "lefthook" => {
                let run = lines.split("run: ").nth(1).expect("a command").trim_end();
                let run = run.replace("{1}", "$1");
                program(&repo, &format!("{directory}/{MESSAGE}"), &format!("{stub}# lefthook run \n{run}\n"));
                commit(&[]);
                assert_eq!(message(&repo), "Add a");
                repo.place.write(file, &lines);
            }
            _ => {
                let run = lines.split("entry: ").nth(1).and_then(|rest| rest.lines().next()).expect("a command");
                let call = format!("export PRE_COMMIT_COMMIT_MSG_SOURCE=$2\n{run} \"$1\"\n");
                program(&repo, &format!("{directory}/{MESSAGE}"), &format!("{stub}{call}"));
                commit(&[]);
                assert_eq!(message(&repo), "Add a");
                repo.place.write(file, format!("{head}{lines}"));
            }
        }
        repo.place.write("n", "");
        commit(&["-m", "Mine"]);
        assert_eq!(message(&repo), "Mine");
        let there = format!("note: {manager} runs dscoder already: {file}\n");
        assert_eq!(repo.place.run(&["git", "install-hook"]), output("", &there, 0));
        let refused = format!(
            "error: cannot remove {directory}/{MESSAGE}: {manager} writes it\nhint: remove what runs dscoder from {file}\n"
        );
        assert_eq!(repo.place.run(&["git", "uninstall-hook"]), output("", &refused, 66));
    }
}

/// Commits with the hook, and returns the message.
#[track_caller]
fn committed(settings: &[(&str, &str)], earlier: &str, arguments: &[&str]) -> String {
    let repo = Repo::new();
    let model = repo.place.script(r#"pieces = ["Added a", "\n\n", "It has an x.\n\nRefs: 7"]"#);
    settings.iter().for_each(|(name, value)| drop(repo.git(&["config", name, value])));
    repo.place.write("template", "# Say why.\n");
    if !earlier.is_empty() {
        program(&repo, &format!(".git/hooks/{MESSAGE}"), &format!("#!/bin/sh\n{earlier}\n"));
    }
    install(&repo, &["--chain", "--", "--body", "-m", &model]);
    repo.stage("a.py", "x = 1\n");
    let run = repo.try_git(&[&["commit", "-q"], arguments].concat(), "true");
    assert_eq!((run.stderr.as_str(), run.code), ("", 0), "{settings:?} {earlier} {arguments:?}");
    message(&repo)
}

const BODY: &str = "Add a\n\nIt has an x.\n\nRefs: 7";
const SIGNED: &str = "Signed-off-by: A <a@example.org>";

#[test]
fn a_message_goes_before_trailers() {
    for arguments in [&["-s"][..], &["-s", "-v"], &["-s", "-t", "template"], &["-s", "--cleanup=scissors"]] {
        assert_eq!(committed(&[], "", arguments), format!("{BODY}\n{SIGNED}"), "{arguments:?}");
    }
    assert_eq!(committed(&[], "", &["--trailer", "Refs: 8", "-s"]), format!("{BODY}\n{SIGNED}\nRefs: 8"));
    assert_eq!(committed(&[], "", &["--trailer", "Refs: 7"]), BODY);
    let earlier = "printf 'Co-authored-by: B <b@example.org>\\n' | cat - \"$1\" > new && mv new \"$1\"";
    assert_eq!(committed(&[], earlier, &["-s"]), format!("{BODY}\nCo-authored-by: B <b@example.org>\n{SIGNED}"));
}

#[test]
fn a_message_goes_behind_a_prefix() {
    for prefix in ["JIRA-7: ", "[ABC-12] ", "feat(x): ", "feature/ABC-12: "] {
        let earlier = format!("printf '%s' '{prefix}' | cat - \"$1\" > new && mv new \"$1\"");
        assert_eq!(committed(&[], &earlier, &[]), format!("{prefix}{BODY}"));
        assert_eq!(committed(&[], &earlier, &["-s"]), format!("{prefix}{BODY}\n{SIGNED}"));
        assert_eq!(committed(&[("commit.template", "template")], &earlier, &[]), format!("{prefix}{BODY}"));
    }
    let earlier = "sed -i '1s/^/#123 /' \"$1\"";
    assert_eq!(committed(&[("core.commentChar", ";")], earlier, &[]), format!("#123 {BODY}"));
    // Git takes a line that begins with it for a comment.
    assert_eq!(committed(&[], earlier, &[]), format!("[#123] {BODY}"));
}

#[test]
fn comments_are_no_text_whatever_they_begin_with() {
    for (name, value) in [
        ("core.commentChar", ";"),
        ("core.commentChar", "auto"),
        ("core.commentString", "//"),
        ("core.commentString", "auto"),
    ] {
        for arguments in [&[][..], &["-v"], &["-s"]] {
            let expected = if arguments == ["-s"] { format!("{BODY}\n{SIGNED}") } else { BODY.to_owned() };
            assert_eq!(committed(&[(name, value)], "", arguments), expected, "{name} = {value}, {arguments:?}");
        }
    }
    // The later one of two holds, whichever name it has.
    assert_eq!(committed(&[("core.commentString", "//"), ("core.commentChar", "%")], "", &["-v"]), BODY);
}

#[test]
fn a_message_that_somebody_wrote_is_left_alone_and_v_says_why() {
    let repo = Repo::new();
    let model = repo.place.script(r#"pieces = ["Added a"]"#);
    repo.stage("a.py", "x = 0\n");
    repo.git(&["commit", "-qm", "First"]);
    install(&repo, &["--", "-v", "-m", &model]);
    repo.place.write("file", "Mine\n");
    repo.place.write("text", "Ticket:\n");
    repo.place.write("prefix", "JIRA-0: \n");
    let editor = editor(&repo, "");
    let mut number = 0;
    let mut why = |arguments: &[&str]| {
        number += 1;
        repo.stage("a.py", format!("x = {number}\n"));
        let run = repo.try_git(&[&["commit", "-q"], arguments].concat(), &editor);
        let seen = fs::read_to_string(repo.place.path("seen")).unwrap_or_default();
        assert!(!seen.contains("Add a"), "{arguments:?}: {seen}");
        let said: Vec<&str> = run.stderr.lines().filter_map(|line| line.strip_prefix("dscoder: ")).collect();
        assert_eq!(said.len(), 1, "{arguments:?}: {}", run.stderr);
        said[0].strip_prefix("the message is left alone: ").expect("a reason").to_owned()
    };
    for arguments in [&["-m", "Mine"][..], &["-F", "file"], &["-m", "Mine", "-s"], &["--fixup", "HEAD"]] {
        assert_eq!(why(arguments), "-m, -F or --fixup gave it", "{arguments:?}");
    }
    let another = "it is that of another commit (--amend, -c, -C, rebase)";
    for arguments in [&["--amend"][..], &["-C", "HEAD~1"], &["-c", "HEAD~1"], &["--amend", "-s"]] {
        assert_eq!(why(arguments), another, "{arguments:?}");
    }
    assert_eq!(why(&["-t", "text"]), "it has text: Ticket:");
    repo.git(&["config", "commit.template", "text"]);
    assert_eq!(why(&["-s"]), "the template has text");
    repo.git(&["config", "commit.template", "prefix"]);
    assert_eq!(why(&[]), "the template has text");
    repo.git(&["config", "--unset", "commit.template"]);
    uninstall(&repo, &[]);
    program(
        &repo,
        &format!(".git/hooks/{MESSAGE}"),
        "#!/bin/sh\nprintf 'fix: mine\\n' | cat - \"$1\" > n; mv n \"$1\"\n",
    );
    install(&repo, &["--chain", "--", "-v", "-m", &model]);
    assert_eq!(why(&[]), "it has text: fix: mine");
    uninstall(&repo, &[]);
    fs::remove_file(repo.place.path(&format!(".git/hooks/{MESSAGE}"))).expect("removed");
    // Conflicts of a merge, a cherry-pick and a rebase.
    install(&repo, &["-q", "--", "-v", "-m", &model]);
    repo.git(&["commit", "-q", "--allow-empty", "-m", "Base"]);
    repo.git(&["checkout", "-qb", "side"]);
    repo.stage("a.py", "side\n");
    repo.git(&["commit", "-qm", "Side"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.stage("a.py", "main\n");
    repo.git(&["commit", "-qm", "Main"]);
    for (words, goes_on, subject) in [
        (["merge", "side"], &["commit", "-q"][..], "Merge branch 'side'"),
        (["cherry-pick", "side"], &["cherry-pick", "--continue"], "Side"),
        (["rebase", "side"], &["rebase", "--continue"], "Main"),
    ] {
        repo.git(&["checkout", "-q", "--detach", "main"]);
        assert_ne!(repo.try_git(&words, "true").code, 0);
        repo.stage("a.py", format!("{words:?}\n"));
        let run = repo.try_git(goes_on, &editor);
        assert_eq!((repo.subject().starts_with(subject), run.code), (true, 0), "{}", run.stderr);
        assert!(run.stderr.contains("dscoder: the message is left alone: "), "{words:?}: {}", run.stderr);
    }
}

#[test]
fn no_line_of_a_body_is_lost_as_a_comment() {
    let long = "This change makes the parser accept nested lists of every kind, fixes #1234 and closes // ; #99.";
    let answer = format!(
        "Added a\n\n{long}\n\n#12 was the cause.\n\n; a note\n// another\n\n1. one\n2. two\n* three\n\n```\n# x\n```"
    );
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for comment in ["#", ";", "//", "*", "auto"] {
        let repo = Repo::new();
        repo.git(&["config", "core.commentString", comment]);
        let model = repo.place.script(&format!("pieces = [{answer:?}]"));
        repo.stage("a.py", "x = 1\n");
        let printed = repo.place.run(&["git", "message", "--body", "-m", &model]).stdout;
        assert!(comment == "auto" || !printed.lines().any(|line| line.starts_with(comment)), "{comment}: {printed}");
        let ways: [&[&str]; 2] = [&["commit", "-q"], &["commit", "-q", "--edit", "-m", &printed]];
        for (number, arguments) in ways.into_iter().enumerate() {
            if number == 0 {
                install(&repo, &["-q", "--", "--body", "-m", &model]);
            } else {
                repo.git(&["reset", "-q", "--soft", "HEAD~1"]);
            }
            if number == 0 {
                repo.git(&["commit", "-q", "--allow-empty", "-m", "Base"]);
                repo.stage("a.py", "x = 2\n");
            }
            let run = repo.try_git(arguments, "true");
            assert_eq!(run.code, 0, "{comment}: {}", run.stderr);
            let text = message(&repo);
            assert_eq!(words(&text), words(&answer.replace("Added", "Add")), "{comment}, {number}: {text}");
            assert!(text.lines().all(|line| line.len() <= 72), "{text}");
        }
    }
}

#[test]
fn trailers_of_the_command_line_follow_gits_rules() {
    let repo = Repo::new();
    repo.stage("a.py", "x = 1\n");
    let model = repo.place.script(r#"pieces = ["Added a\n\nIt has an x.\n\nCo-authored-by: B <b@example.org>"]"#);
    let run = |words: &[&str]| repo.place.run(&[&["git", "message", "-m", &model], words].concat());
    assert_eq!(run(&["--signoff"]), output(&format!("Add a\n\n{SIGNED}\n"), "", 0));
    let trailers = ["--signoff", "--trailer", "Refs:#7", "--trailer", "Refs=#8", "--trailer", "Refs: #8"];
    assert_eq!(run(&trailers).stdout, format!("Add a\n\n{SIGNED}\nRefs: #7\nRefs: #8\n"));
    let body = "It has an x.\n\nCo-authored-by: B <b@example.org>";
    let with_body = run(&[&["--body", "--json"][..], &trailers].concat());
    let json: Value = serde_json::from_str(&with_body.stdout).expect("JSON");
    assert_eq!(json["body"], format!("{body}\n{SIGNED}\nRefs: #7\nRefs: #8"));
    // Settings hold, but name no program.
    repo.git(&["config", "trailer.ticket.key", "Ticket"]);
    repo.git(&["config", "trailer.ticket.where", "start"]);
    repo.git(&["config", "trailer.ticket.cmd", "touch ran; echo"]);
    repo.git(&["config", "trailer.other.command", "touch ran"]);
    let expected = format!("Add a\n\n{}\nCo-authored-by: B <b@example.org>\n{SIGNED}\n", "It has an x.\n\nTicket: 12");
    assert_eq!(run(&["--body", "--signoff", "--trailer", "ticket: 12"]), output(&expected, "", 0));
    assert!(!repo.place.path("ran").exists());
    for wrong in ["Refs", ": x", "a b: c", "Refs:", "Refs: a\nb"] {
        let refused = run(&["--trailer", wrong]);
        assert_eq!((refused.stdout.as_str(), refused.code), ("", 2), "{wrong:?}");
        assert!(refused.stderr.starts_with("error: invalid value"), "{}", refused.stderr);
    }
    // In the hook, a sign-off of git is the same one.
    install(&repo, &["-q", "--", "-m", &model, "--signoff", "--trailer", "Refs:#7"]);
    assert_eq!(repo.try_git(&["commit", "-q", "-s"], "true"), output("", "", 0));
    assert_eq!(message(&repo), format!("Add a\n\nRefs: #7\n{SIGNED}"));
    let mut nameless = repo.place.command(["git", "message", "-m", &model, "--signoff"]);
    nameless.env("GIT_COMMITTER_NAME", "").env("EMAIL", "");
    repo.stage("a.py", "x = 2\n");
    let refused = crate::command::finish(nameless.spawn().expect("started"));
    assert_eq!((refused.stdout.as_str(), refused.code), ("", 66), "{}", refused.stderr);
    assert!(refused.stderr.starts_with("error: cannot sign off: "), "{}", refused.stderr);
}

/// What `dscoder doctor` says about hooks: name, state and value.
fn doctor(repo: &Repo) -> Vec<(String, String, String)> {
    let run = repo.place.run(&["doctor", "--json"]);
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let checks = report["checks"].as_array().expect("a list").iter();
    let text = |check: &Value, key: &str| check[key].as_str().expect("text").to_owned();
    let of_hooks = checks.filter(|check| check["section"] == "git hooks");
    of_hooks.map(|check| (text(check, "name"), text(check, "state"), text(check, "value"))).collect()
}

#[test]
fn doctor_says_what_the_hooks_do() {
    let repo = Repo::new();
    let model = repo.place.script(r#"pieces = ["Add a"]"#);
    let script = model.trim_start_matches("script:").to_owned();
    let has = |name: &str, state: &str, value: &str| {
        let found = doctor(&repo);
        let is_it = |line: &&(String, String, String)| line.0 == name && line.1 == state && line.2.contains(value);
        assert!(found.iter().any(|line| is_it(&line)), "{name}, {state}, {value}: {found:?}");
    };
    has("directory", "ok", ".git/hooks");
    has(MESSAGE, "ok", "not installed");
    program(&repo, ".git/hooks/prepare-commit-msg", "#!/bin/sh\n");
    has(MESSAGE, "ok", "not by dscoder");
    install(&repo, &["--chain", "--", "-m", &model]);
    has(MESSAGE, "ok", "writes commit messages");
    has("prepare-commit-msg: program", "ok", env!("CARGO_BIN_EXE_dscoder"));
    has("prepare-commit-msg: model", "ok", &script);
    has("prepare-commit-msg: runs first", "ok", ".git/hooks.before-dscoder/prepare-commit-msg");
    let set = |path: &str, mode: u32| {
        fs::set_permissions(repo.place.path(path), fs::Permissions::from_mode(mode)).expect("set");
    };
    set(".git/hooks.before-dscoder/prepare-commit-msg", 0o644);
    has("prepare-commit-msg: runs first", "note", "is not executable");
    set(".git/hooks/prepare-commit-msg", 0o644);
    has(MESSAGE, "note", "git does not run it");
    set(".git/hooks/prepare-commit-msg", 0o755);
    fs::remove_file(&script).expect("removed");
    has("prepare-commit-msg: model", "note", "there is no model");
    let hook = repo.place.path(".git/hooks/prepare-commit-msg");
    let text = fs::read_to_string(&hook).expect("the hook");
    fs::write(&hook, text.replace(env!("CARGO_BIN_EXE_dscoder"), "/no/such/dscoder")).expect("written");
    has("prepare-commit-msg: program", "note", "/no/such/dscoder is gone");
    fs::rename(&hook, hook.with_extension("old")).expect("moved");
    has(MESSAGE, "note", "where nothing runs it");
    fs::rename(hook.with_extension("old"), &hook).expect("moved");
    repo.git(&["config", "core.hooksPath", ".husky/_"]);
    has("directory", "ok", ".husky/_ (core.hooksPath)");
    has(MESSAGE, "note", "git does not run .git/hooks/prepare-commit-msg");
    repo.place.write(".husky/_/h", "");
    program(&repo, ".husky/_/prepare-commit-msg", "#!/bin/sh\n. \"$(dirname \"$0\")/h\"\n");
    has(MESSAGE, "ok", ".husky/prepare-commit-msg does not name dscoder");
    repo.place.write(".husky/prepare-commit-msg", "dscoder git hook prepare-commit-msg -- \"$@\" || true\n");
    has(MESSAGE, "ok", "husky runs dscoder: .husky/prepare-commit-msg");
    let outside = crate::command::Place::new();
    assert!(!outside.run(&["doctor"]).stdout.contains("git hooks"));
}
