//! `dscoder infill FILE`: where the gap is, where the answer ends, and what comes out.

use std::fs;

use crate::command::{Place, output};

const FILE: &str = "def add(a, b):\n    return \n\nprint(add(1, 2))\n";

fn place() -> (Place, String) {
    let place = Place::new();
    place.write("f.py", FILE);
    let model = place.script(r#"pieces = ["a", " + b"]"#);
    (place, model)
}

#[test]
fn the_middle_at_a_position() {
    let (place, model) = place();
    for at in [&["--at", "2:12"][..], &["--at", "2"], &["--offset", "26"], &["--marker", "\n\n"]] {
        assert_eq!(place.run(&[&["infill", "f.py", "-m", &model], at].concat()), output("a + b", "", 0), "{at:?}");
    }
}

#[test]
fn the_whole_file() {
    let (place, model) = place();
    let whole = "def add(a, b):\n    return a + b\n\nprint(add(1, 2))\n";
    assert_eq!(place.run(&["infill", "f.py", "--at", "2", "--whole", "-m", &model]), output(whole, "", 0));
    let marked = FILE.replace("return ", "return # HERE");
    let arguments = ["infill", "-", "--marker", "# HERE", "--whole", "-m", &model];
    assert_eq!(place.feed(&arguments, &marked), output(whole, "", 0));
    let arguments = ["infill", "-", "--whole", "-m", &model];
    assert_eq!(place.feed(&arguments, FILE.replace("return ", "return <FILL>")), output(whole, "", 0));
    let lines = ["infill", "f.py", "--lines", "2", "--whole", "-m", &model];
    assert_eq!(place.run(&lines), output("def add(a, b):\na + b\n\nprint(add(1, 2))\n", "", 0));
}

#[cfg(unix)]
#[test]
fn a_diff_applies_with_patch() {
    let (place, model) = place();
    let diff = "--- ./f.py\n+++ ./f.py\n@@ -1,4 +1,4 @@\n def add(a, b):\n-    return \n+    return a + b\n \n print(add(1, 2))\n";
    assert_eq!(place.run(&["infill", "f.py", "--at", "2", "--diff", "-m", &model]), output(diff, "", 0));
    place.write("change", diff);
    let patch = std::process::Command::new("patch").args(["-p0", "-i", "change"]).current_dir(place.path("")).output();
    // Not every machine has it.
    if let Ok(patch) = patch {
        assert!(patch.status.success(), "{patch:?}");
        assert_eq!(fs::read_to_string(place.path("f.py")).expect("there"), FILE.replace("return ", "return a + b"));
    }
}

/// Runs a program in a directory with a text as stdin; `None` if it is not installed, else why it failed.
#[cfg(unix)]
fn apply(command: &[&str], directory: &std::path::Path, diff: &str) -> Option<Result<(), String>> {
    use std::io::Write;
    let mut program = std::process::Command::new(command[0]);
    program.args(&command[1..]).current_dir(directory).env("GIT_CONFIG_NOSYSTEM", "1");
    let pipe = std::process::Stdio::piped;
    let mut child = program.stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().ok()?;
    child.stdin.take().expect("a pipe").write_all(diff.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("ended");
    Some(if output.status.success() { Ok(()) } else { Err(format!("{output:?}")) })
}

/// Asserts that `patch -p0`, `patch -p1` and `git apply` make the change of the diff for `file`, in `directory`, and that
/// of `target`. The program runs in `here`.
#[cfg(unix)]
fn applies(place: &Place, here: &str, file: &std::ffi::OsStr, target: &std::path::Path, directory: &std::path::Path) {
    let model = place.script(r#"pieces = ["a", " + b"]"#);
    let mut command = place.command(["infill", "--at", "2", "--diff", "-m", &model]);
    let run = crate::command::finish(command.arg(file).current_dir(place.path(here)).spawn().expect("started"));
    assert_eq!(run.code, 0, "{file:?}: {run:?}");
    let is_here = fs::canonicalize(directory).ok() == fs::canonicalize(place.path(here)).ok();
    let said = run.stderr.contains("is outside of this directory; the diff applies in ");
    assert_eq!(said, !is_here, "{file:?}: {run:?}");
    for command in [&["patch", "-p0"][..], &["patch", "-p1"], &["git", "apply"]] {
        let Some(done) = apply(command, directory, &run.stdout) else { continue };
        assert_eq!(done, Ok(()), "{command:?} {file:?}: {}", run.stdout);
        assert_eq!(fs::read_to_string(target).expect("there"), FILE.replace("return ", "return a + b"), "{file:?}");
        fs::write(target, FILE).expect("written");
    }
}

#[cfg(unix)]
#[test]
fn diffs_name_files_as_patch_and_git_read_them() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let (place, _) = place();
    let names: [&[u8]; 15] = [
        b"f.py",
        b"my file.py",
        b" first.py",
        b"last.py ",
        b"tab\there.py",
        b"line\nend.py",
        b"return\rhere.py",
        b"\x01\x7f.py",
        b"\"quoted\".py",
        b"\"half.py",
        b"back\\slash.py",
        "café \u{540d}.py".as_bytes(),
        b"latin\xe9.py",
        b"a/b/deep file.py",
        b"b/a/a",
    ];
    for name in names {
        let name = OsStr::from_bytes(name);
        let path = place.path("").join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        // A file system may not have such names.
        if fs::write(&path, FILE).is_err() {
            continue;
        }
        applies(&place, "", name, &path, &place.path(""));
        applies(&place, "", path.as_os_str(), &path, &place.path(""));
        applies(&place, "", &[OsStr::new("./"), name].join(OsStr::new("")), &path, &place.path(""));
    }
}

#[cfg(unix)]
#[test]
fn diffs_of_files_elsewhere_apply_where_the_note_says() {
    let (place, _) = place();
    for path in ["repo/x.py", "repo/lib/x.py", "repo/sub/x.py", "repo/sub/sub/x.py", "other/my x.py"] {
        place.write(path, FILE);
    }
    let repo = place.path("repo");
    let git = std::process::Command::new("git").args(["init", "-q"]).current_dir(&repo).status();
    if !git.is_ok_and(|status| status.success()) {
        return crate::command::skip("git is not installed");
    }
    let path = |name: &str| place.path(name);
    for (here, file, target, directory) in [
        // Below the top, names are as seen from there.
        ("repo/sub", "x.py", "repo/sub/x.py", "repo/sub"),
        ("repo/sub", "sub/x.py", "repo/sub/sub/x.py", "repo/sub"),
        ("repo", "sub/sub/x.py", "repo/sub/sub/x.py", "repo"),
        ("repo/sub", "../x.py", "repo/x.py", "repo"),
        ("repo/sub", "../lib/x.py", "repo/lib/x.py", "repo"),
        ("repo/sub", "../sub/x.py", "repo/sub/x.py", "repo/sub"),
        ("other", "../repo/lib/x.py", "repo/lib/x.py", "repo"),
        ("repo", "../other/my x.py", "other/my x.py", "other"),
    ] {
        applies(&place, here, file.as_ref(), &path(target), &path(directory));
        let absolute = path(target);
        applies(&place, here, absolute.as_os_str(), &path(target), &path(directory));
    }
    // Links are followed: neither program changes one.
    std::os::unix::fs::symlink("lib/x.py", repo.join("link.py")).expect("linked");
    applies(&place, "repo", "link.py".as_ref(), &path("repo/lib/x.py"), &repo);
    std::os::unix::fs::symlink(&repo, path("door")).expect("linked");
    applies(&place, "door", "lib/x.py".as_ref(), &path("repo/lib/x.py"), &repo);
}

#[test]
fn a_diff_of_stdin_says_that_it_names_no_file() {
    let (place, model) = place();
    let run = place.feed(&["infill", "-", "--diff", "-m", &model], "x = <FILL>\n");
    let note = "note: the text has no file that the diff could name; apply it with `patch FILE`\n";
    let diff = "--- ./stdin\n+++ ./stdin\n@@ -1 +1 @@\n-x = <FILL>\n+x = a + b\n";
    assert_eq!(run, output(diff, note, 0));
}

#[test]
fn in_place() {
    let (place, model) = place();
    let arguments = ["infill", "f.py", "--at", "2", "--in-place", "--backup", ".orig", "-m", &model];
    assert_eq!(place.run(&arguments), output("", "", 0));
    assert_eq!(fs::read_to_string(place.path("f.py")).expect("there"), FILE.replace("return ", "return a + b"));
    assert_eq!(fs::read_to_string(place.path("f.py.orig")).expect("there"), FILE);
}

#[test]
fn in_place_keeps_the_file_as_it_was_otherwise() {
    let (place, model) = place();
    // A byte order mark, \r\n and no newline at the end.
    let bytes = "\u{FEFF}def f():\r\n    return <FILL>";
    place.write("w.py", bytes);
    assert_eq!(place.run(&["infill", "w.py", "--in-place", "-m", &model]), output("", "", 0));
    assert_eq!(fs::read_to_string(place.path("w.py")).expect("there"), bytes.replace("<FILL>", "a + b"));
    // A failure and a signal leave it alone.
    let failing = place.script("pieces = [\"x\", \"y\"]\nfail_after = 1");
    let run = place.run(&["infill", "f.py", "--at", "2", "--in-place", "-m", &failing]);
    assert_eq!((run.code, fs::read_to_string(place.path("f.py")).expect("there").as_str()), (70, FILE));
    let stdin = "error: --in-place needs a file, and this is stdin\nhint: use --whole\n";
    assert_eq!(place.feed(&["infill", "-", "--in-place", "-m", &model], "<FILL>"), output("", stdin, 2));
    let mut permissions = fs::metadata(place.path("f.py")).expect("there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(place.path("f.py"), permissions).expect("set");
    let refused = "error: cannot change f.py: it is read-only\n";
    assert_eq!(place.run(&["infill", "f.py", "--at", "2", "--in-place", "-m", &model]), output("", refused, 73));
}

#[test]
fn places_that_are_not_there() {
    let (place, model) = place();
    let run = |arguments: &[&str]| place.run(&[&["infill", "f.py", "-m", &model], arguments].concat());
    let hint = "hint: give the position of the gap with --at LINE:COL, --lines, --offset or --marker\n";
    for (arguments, why) in [
        (&["--at", "9"][..], "it has 4 lines, so no line 9\n"),
        (&["--at", "1:99"], "line 1 has 14 characters, so no column 99\n"),
        (&["--offset", "1000"], "it has 45 bytes, so no offset 1000\n"),
        (&["--lines", "4:6"], "it has 4 lines, so no line 6\n"),
        (&["--marker", "HERE"], "the marker HERE is not in it\n"),
        (&["--marker", "add"], "the marker add is in it more than once, in line 1 and in line 4\n"),
        (&[], &format!("the marker <FILL> is not in it\n{hint}")),
    ] {
        assert_eq!(
            run(arguments),
            output("", &format!("error: cannot find the gap in f.py: {why}"), 65),
            "{arguments:?}"
        );
    }
    for arguments in [
        &["--at", "0"][..],
        &["--at", "1:2:3"],
        &["--lines", "3:2"],
        &["--at", "1", "--offset", "1"],
        &["--whole", "--diff"],
        &["--backup", ".orig"],
        &["--until", "soon"],
        &["--prefix", "f.py", "--suffix", "f.py"],
    ] {
        let run = run(arguments);
        assert_eq!((run.stdout.as_str(), run.code), ("", 2), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn where_the_answer_ends() {
    let place = Place::new();
    let model = place.script(r#"pieces = ["one\n", "two\n", "  \n", "three\n"]"#);
    place.write("f", "x = <FILL>)\n");
    place.write("g", "x = <FILL>\n)\n");
    place.write("h", "x\n<FILL>y\n");
    let run = |file, until| place.run(&["infill", file, "-m", &model, "--until", until]);
    assert_eq!(run("f", "auto"), output("one", "", 0));
    assert_eq!(run("f", "end"), output("one\ntwo\n  \nthree\n", "", 0));
    assert_eq!(run("f", "blank"), output("one\ntwo\n", "", 0));
    assert_eq!(run("g", "auto"), output("one\ntwo\n  \nthree\n", "", 0));
    assert_eq!(run("g", "line"), output("one", "", 0));
    assert_eq!(run("h", "auto"), output("one\ntwo\n  \nthree\n", "", 0));
    assert_eq!(place.feed(&["complete", "-m", &model, "--until", "line"], "x"), output("one", "", 0));
    assert_eq!(place.feed(&["complete", "-m", &model, "--until", "blank"], "x"), output("one\ntwo\n", "", 0));
}
