//! What a model is shown of a change depends on the change alone: not on git's settings, nor on the directory.
//!
//! `DSCODER_HOSTILE_RUNS` is how many sets of settings there are, by a factor of 2/3 and up to 300 (40).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Output, Random, finish, number, output};
use crate::git::Repo;

/// A repository with every kind of change, staged and unstaged, and a model that records its prompt.
struct Changes {
    repo: Repo,
    model: String,
}

impl Changes {
    fn new() -> Changes {
        let repo = Repo::new();
        let lines = |from: usize, to: usize| (from..=to).map(|line| format!("line {line}\n\n")).collect::<String>();
        repo.stage(".gitattributes", "*.py diff=python\n*.c diff=own\n");
        repo.stage("a/long.py", format!("def f():\n{}", lines(1, 60)));
        repo.stage("b/x.c", "int f()\n{\n\treturn 1;\n}\n\nint g()\n{\n\treturn 2;\n}\n");
        repo.stage("old name.py", lines(1, 20));
        repo.stage("gone.py", "x = 1\n");
        repo.stage("same.py", "x = 1\n");
        repo.stage("caf\u{e9}/\u{2713}.py", "y = 1\n");
        let link = |id: char| {
            let id = id.to_string().repeat(40);
            repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},module")]);
        };
        link('1');
        repo.git(&["commit", "-qm", "Erster Schritt: gr\u{fc}n"]);
        repo.stage("same.py", "x = 2\n");
        repo.git(&["commit", "-qm", "Second"]);
        let long = format!("def f():\n{}", lines(1, 60));
        repo.stage("a/long.py", long.replace("line 9\n", "line nine  \n").replace("line 17\n", "").replace("50", "L"));
        repo.stage("b/x.c", "int f()\n{\n\treturn 3;\n}\n\nint h()\n{\n}\n\nint g()\n{\n\treturn 2;\n}\n");
        repo.git(&["mv", "old name.py", "new name.py"]);
        repo.stage("new name.py", lines(1, 19));
        repo.git(&["rm", "-q", "gone.py"]);
        repo.stage("caf\u{e9}/\u{2713}.py", "y = 2\n");
        repo.stage("binary", b"\0\x01".as_slice());
        link('2');
        // Unstaged: changed, touched without a change, and unknown to git.
        repo.place.write("same.py", "x = 3\n");
        repo.place.write("b/unknown.py", "x\n");
        touch(&repo.place.path("a/long.py"));
        let record = repo.place.path("record");
        let model =
            repo.place.script(&format!("pieces = [\"Add a\"]\nrecord = {:?}", record.to_str().expect("a name")));
        Changes { repo, model }
    }

    /// What the model is shown in `directory`, with further variables.
    fn shown(&self, arguments: &[&str], directory: &str, variables: &[(String, String)]) -> Result<String, Output> {
        let record = self.repo.place.path("record");
        let _ = fs::remove_file(&record);
        let more = ["-m", &self.model, "--diff-tokens", "15000", "-n", "64"];
        let mut command = self.repo.place.command([&["git"], arguments, &more].concat());
        command.current_dir(self.repo.place.path(directory)).envs(variables.iter().map(|(name, value)| (name, value)));
        let run = finish(command.spawn().expect("started"));
        if run.code != 0 {
            return Err(run);
        }
        Ok(fs::read_to_string(record).expect("recorded"))
    }
}

/// Makes a file look changed to whoever looks at its time alone.
fn touch(path: &Path) {
    let file = fs::File::options().append(true).open(path).expect("opened");
    file.set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000)).expect("set");
}

const WAYS: [&[&str]; 4] = [&["message"], &["review"], &["review", "HEAD~1..HEAD"], &["review", "HEAD"]];

/// Settings with values that matter, if they matter at all. `PROGRAM` is a program that prints its name.
const TELLING: &[(&str, &[&str])] = &[
    ("diff.relative", &["true"]),
    ("diff.noPrefix", &["true"]),
    ("diff.mnemonicPrefix", &["true"]),
    ("diff.srcPrefix", &["x/", ""]),
    ("diff.dstPrefix", &["y/", ""]),
    ("diff.context", &["0", "1", "20"]),
    ("diff.interHunkContext", &["0", "9", "30"]),
    ("diff.algorithm", &["patience", "histogram", "minimal"]),
    ("diff.renames", &["false", "true", "copies"]),
    ("diff.renameLimit", &["1"]),
    ("diff.external", &["PROGRAM"]),
    ("diff.trustExitCode", &["true"]),
    ("diff.orderFile", &["ORDER", "/no/such/file"]),
    ("diff.ignoreSubmodules", &["all", "untracked", "none"]),
    ("submodule.module.ignore", &["all"]),
    ("diff.submodule", &["log", "diff"]),
    ("diff.suppressBlankEmpty", &["true"]),
    ("diff.indentHeuristic", &["false"]),
    ("diff.autoRefreshIndex", &["false"]),
    ("diff.wordRegex", &["."]),
    ("diff.wsErrorHighlight", &["all"]),
    ("diff.colorMoved", &["zebra"]),
    ("diff.statGraphWidth", &["3"]),
    ("diff.own.command", &["PROGRAM"]),
    ("diff.own.textconv", &["PROGRAM"]),
    ("diff.own.cachetextconv", &["true"]),
    ("diff.own.algorithm", &["histogram"]),
    ("diff.own.wordRegex", &["."]),
    ("diff.python.textconv", &["PROGRAM"]),
    ("diff.python.command", &["PROGRAM"]),
    ("color.ui", &["always"]),
    ("color.diff", &["always"]),
    ("color.diff.meta", &["red"]),
    ("color.status", &["always"]),
    ("core.quotePath", &["true", "false"]),
    ("core.pager", &["PROGRAM"]),
    ("core.abbrev", &["40", "4"]),
    ("core.fsmonitor", &["PROGRAM", "true"]),
    ("core.untrackedCache", &["true"]),
    ("core.preloadIndex", &["false"]),
    ("core.bigFileThreshold", &["1"]),
    ("core.whitespace", &["tab-in-indent,cr-at-eol"]),
    ("core.precomposeUnicode", &["true"]),
    ("core.editor", &["PROGRAM"]),
    ("core.commentChar", &[";"]),
    ("core.excludesFile", &["ORDER"]),
    ("pager.diff", &["PROGRAM"]),
    ("pager.log", &["PROGRAM"]),
    ("interactive.diffFilter", &["PROGRAM"]),
    ("log.showSignature", &["true"]),
    ("log.decorate", &["full"]),
    ("log.date", &["relative"]),
    ("log.follow", &["true"]),
    ("log.showRoot", &["false"]),
    ("log.diffMerges", &["combined"]),
    ("log.mailmap", &["false"]),
    ("format.pretty", &["fuller", "%H"]),
    ("i18n.logOutputEncoding", &["ISO-8859-1", "UTF-16"]),
    ("i18n.commitEncoding", &["ISO-8859-1"]),
    ("notes.displayRef", &["*"]),
    ("status.short", &["true"]),
    ("status.relativePaths", &["false"]),
    ("status.renames", &["false"]),
    ("submodule.recurse", &["true"]),
    ("attr.tree", &["HEAD~1", "no-such"]),
    ("alias.diff", &["log"]),
    ("alias.log", &["!PROGRAM"]),
];

/// Variables that matter, if they matter at all.
const VARIABLES: &[(&str, &str)] = &[
    ("GIT_DIFF_OPTS", "--unified=0"),
    ("GIT_DIFF_OPTS", "-u20"),
    ("GIT_EXTERNAL_DIFF", "PROGRAM"),
    ("GIT_PAGER", "PROGRAM"),
    ("PAGER", "PROGRAM"),
    ("GIT_PAGER_IN_USE", "1"),
    ("GIT_COLOR", "always"),
    ("GIT_NOTES_DISPLAY_REF", "*"),
    ("GIT_TRACE", "1"),
    ("GIT_OPTIONAL_LOCKS", "1"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_ATTR_SOURCE", "HEAD~1"),
    ("GIT_EDITOR", "PROGRAM"),
    ("LC_ALL", "de_DE.UTF-8"),
    ("LANGUAGE", "de"),
    ("COLUMNS", "20"),
    ("TERM", "dumb"),
    ("CLICOLOR_FORCE", "1"),
    ("FORCE_COLOR", "1"),
];

/// Sections of settings that say how git shows something; the others say what a repository is.
const SECTIONS: [&str; 18] = [
    "diff.",
    "color.",
    "status.",
    "log.",
    "pager.",
    "interactive.",
    "submodule.",
    "format.",
    "notes.",
    "column.",
    "advice.",
    "blame.",
    "grep.",
    "difftool.",
    "merge.",
    "stash.",
    "show-branch.",
    "gui.",
];

#[test]
fn no_set_of_settings_changes_what_the_model_is_shown() {
    let changes = Changes::new();
    let repo = &changes.repo;
    let program = repo.place.write("program", "#!/bin/sh\necho FOREIGN OUTPUT\n");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("set");
    let order = repo.place.write("order", "same.py\nnew*\n*.c\n");
    let filled = |value: &str| {
        value.replace("PROGRAM", program.to_str().expect("a name")).replace("ORDER", order.to_str().expect("a name"))
    };
    let expected: Vec<String> = WAYS.iter().map(|way| changes.shown(way, "", &[]).expect("without settings")).collect();
    assert!(expected[0].contains("=== renamed to new name.py (+0 -2)\n"), "{}", expected[0]);
    assert!(expected[0].contains("=== caf\u{e9}/\u{2713}.py (+1 -1)\n") && expected[0].contains("gr\u{fc}n"));
    assert!(expected[0].contains("+Subproject commit 2222") && expected[0].contains("int h()"), "{}", expected[0]);
    assert!(!expected[0].contains("same.py") && expected[3].contains("same.py"));
    // Those that this git knows besides, with values of every kind; git itself must take them.
    let names = repo.git(&["help", "--config-for-completion"]);
    let names: Vec<&str> = names
        .lines()
        .filter(|name| SECTIONS.iter().any(|section| name.starts_with(section)) && !name.ends_with('.'))
        .collect();
    assert!(names.len() > 100, "{}", names.len());
    let mut random = Random(11);
    for round in 0..number("DSCODER_HOSTILE_RUNS", 60).min(450) * 2 / 3 {
        let mut settings = Vec::new();
        for _ in 0..=random.below(8) {
            let (name, values) = TELLING[random.below(TELLING.len() as u64) as usize];
            settings.push((name.to_owned(), filled(values[random.below(values.len() as u64) as usize])));
        }
        for _ in 0..random.below(6) {
            let name = names[random.below(names.len() as u64) as usize];
            let value = ["true", "false", "1", "always", "never", "x"][random.below(6) as usize];
            let setting = format!("{name}={value}");
            let taken = ["diff", "log"].iter().all(|command| {
                let line = ["--no-pager", "-c", &setting, command, "-p", "HEAD~1", "--"];
                repo.try_git(&line, "true").code == 0
            });
            if taken {
                settings.push((name.to_owned(), value.to_owned()));
            }
        }
        let mut variables: Vec<(String, String)> = (0..random.below(4))
            .map(|_| VARIABLES[random.below(VARIABLES.len() as u64) as usize])
            .map(|(name, value)| (name.to_owned(), filled(value)))
            .collect();
        let said = format!("round {round}: {settings:?} {variables:?}");
        // In one of the places where settings can be.
        let own = fs::read(repo.place.path(".git/config")).expect("settings");
        let file = repo.place.write("settings", "");
        match random.below(3) {
            0 => settings.iter().for_each(|(name, value)| drop(repo.git(&["config", "--replace-all", name, value]))),
            1 => {
                for (name, value) in &settings {
                    repo.git(&["config", "--file", file.to_str().expect("a name"), "--replace-all", name, value]);
                }
                variables.push(("GIT_CONFIG_GLOBAL".to_owned(), file.display().to_string()));
            }
            _ => {
                variables.push(("GIT_CONFIG_COUNT".to_owned(), settings.len().to_string()));
                for (index, (name, value)) in settings.iter().enumerate() {
                    variables.push((format!("GIT_CONFIG_KEY_{index}"), name.clone()));
                    variables.push((format!("GIT_CONFIG_VALUE_{index}"), value.clone()));
                }
            }
        }
        let directory = ["", "a", "b", "caf\u{e9}"][random.below(4) as usize];
        let way = random.below(WAYS.len() as u64) as usize;
        match changes.shown(WAYS[way], directory, &variables) {
            Ok(shown) => assert_eq!(shown, expected[way], "{said} {:?} in {directory:?}", WAYS[way]),
            Err(run) => panic!("{said} {:?} in {directory:?}: {run:?}", WAYS[way]),
        }
        fs::write(repo.place.path(".git/config"), own).expect("restored");
    }
}

#[test]
fn the_users_attributes_hide_no_staged_change() {
    let changes = Changes::new();
    let file = changes.repo.place.write("attributes", "* -diff\n");
    let staged = changes.shown(&["message"], "", &[]).expect("shown");
    changes.repo.git(&["config", "core.attributesFile", file.to_str().expect("a name")]);
    assert_eq!(changes.shown(&["message"], "", &[]), Ok(staged));
    // What the repository says of its files counts.
    changes.repo.place.write(".gitattributes", "*.c -diff\n");
    let shown = changes.shown(&["message"], "", &[]).expect("shown");
    assert!(shown.contains("=== b/x.c (binary)\n"), "{shown}");
}

#[test]
fn linked_work_trees_and_submodules_are_repositories_too() {
    let repo = Repo::new();
    repo.stage("a.py", "x = 1\n");
    repo.git(&["commit", "-qm", "a"]);
    repo.git(&["worktree", "add", "-q", "linked"]);
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "-f", "./.git", "module"]);
    repo.git(&["commit", "-qam", "module"]);
    let model = repo.place.script(r#"pieces = ["Add b"]"#);
    for directory in ["linked", "module"] {
        repo.place.write(&format!("{directory}/sub/b.py"), "y = 1\n");
        repo.git(&["-C", directory, "add", "-f", "sub/b.py"]);
        let mut command = repo.place.command(["git", "message", "-m", &model, "--stats"]);
        command.current_dir(repo.place.path(&format!("{directory}/sub")));
        let run = finish(command.spawn().expect("started"));
        assert_eq!((run.stdout.as_str(), run.code), ("Add b\n", 0), "{directory}: {}", run.stderr);
        assert!(run.stderr.starts_with("diff: 1 files, 1 of 1 lines, "), "{directory}: {}", run.stderr);
    }
}

/// The program in `directory`, as a user without rights to it would run it if `foreign`.
fn refused(repo: &Repo, arguments: &[&str], directory: PathBuf, foreign: bool) -> Output {
    let mut command: Command = repo.place.command(arguments);
    command.current_dir(directory);
    if foreign {
        command.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    }
    finish(command.spawn().expect("started"))
}

#[test]
fn repositories_that_cannot_be_used_say_why() {
    let repo = Repo::new();
    let model = repo.place.script(r#"pieces = ["Add b"]"#);
    let message = ["git", "message", "-m", &model];
    let here = repo.place.path("");
    // Nothing is committed yet.
    assert_eq!(refused(&repo, &message, here.clone(), false).stderr.lines().next(), Some("error: nothing is staged"));
    assert_eq!(refused(&repo, &["git", "review", "HEAD", "-m", &model], here.clone(), false).code, 2);
    repo.stage("a.py", "x = 1\n");
    assert_eq!(refused(&repo, &message, here.clone(), false), output("Add b\n", "", 0));
    repo.git(&["commit", "-qm", "a"]);
    let directory = fs::canonicalize(&here).expect("there");
    let path = directory.display().to_string();
    for arguments in [&message[..], &["git", "review", "-m", &model], &["git", "review", "HEAD", "-m", &model]] {
        let error = format!(
            "error: git does not trust this repository: detected dubious ownership in repository at '{path}'\n\
             hint: git config --global --add safe.directory {path}\n"
        );
        assert_eq!(refused(&repo, arguments, directory.clone(), true), output("", &error, 66));
    }
    repo.git(&["clone", "-q", "--bare", ".", "bare.git"]);
    let bare = repo.place.path("bare.git");
    let error = "error: this repository is bare: it has no files and nothing staged\n\
                 hint: change to a work tree, pass the diff on stdin, or review commits: A..B\n";
    assert_eq!(refused(&repo, &message, bare.clone(), false), output("", error, 66));
    assert_eq!(refused(&repo, &["git", "review", "-m", &model], bare.clone(), false), output("", error, 66));
    repo.git(&["-C", "bare.git", "config", "diff.relative", "true"]);
    let empty = refused(&repo, &["git", "review", "HEAD..HEAD", "-m", &model], bare, false);
    assert_eq!(empty.stderr.lines().next(), Some("error: HEAD..HEAD changes nothing"));
}
