//! `dscoder lsp` and clients that others have written, if they are installed: pygls, Node with the extension for VS Code.

use std::process::{Command, Stdio};

use crate::command::{Output, Place, finish, output, repository, skip};

/// Runs a program as the tests run dscoder, with the same environment.
fn run(place: &Place, program: &str, arguments: &[&str], folder: &str) -> Option<Output> {
    let mut command = Command::new(program);
    for (name, value) in place.command(["lsp"]).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("DSCODER", env!("CARGO_BIN_EXE_dscoder")).args(arguments).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().ok().map(finish)
}

#[test]
fn pygls() {
    let place = Place::new();
    let modules = "from lsprotocol.types import InlineCompletionParams; import pygls.lsp.client";
    if !run(&place, "python3", &["-c", modules], ".").is_some_and(|run| run.code == 0) {
        return skip("python3 has no pygls 2");
    }
    let folder = place.path("w");
    std::fs::create_dir(&folder).expect("made");
    let folder = folder.to_str().expect("text");
    let client = repository("tests/it/lsp_client.py");
    let seen = run(&place, "python3", &["-B", &client, env!("CARGO_BIN_EXE_dscoder"), folder], ".").expect("python3");
    // One resident engine for each model.
    for socket in std::fs::read_dir(folder).expect("there").map(|entry| entry.expect("there").path()) {
        if socket.extension().is_none_or(|extension| extension == "sock") {
            place.run(&["serve", "stop", "--socket", &socket.display().to_string()]);
        }
    }
    let expected = "\
sync Incremental True
commands dscoder.fillSelection dscoder.completeFunction dscoder.writeDocstring dscoder.nextCandidate
inline [('a + b', (2, 11, 2, 11))]
asked for dscoder
typed [(' b', (2, 14, 2, 14))]
automatic [('a + b', (2, 11, 2, 11))]
in a word []
edits [(5, ['a + b'])]
next {'insertText': 'a + b', 'range': {'end': {'character': 15, 'line': 2}, 'start': {'character': 15, 'line': 2}}}
actions|dscoder: Fill the selection
unknown -32602
completeFunction -32602
fillSelection -32602
configured [('a', (2, 11, 2, 11))]
closed gets InlineCompletionList(items=())
utf-8 [('a + b', (0, 9, 0, 9))]
utf-16 [('a + b', (0, 6, 0, 6))]
utf-32 [('a + b', (0, 5, 0, 5))]
progress create begin end
cancelled -32800
changed -32801
";
    assert_eq!(Output { stderr: String::new(), ..seen }, output(expected, "", 0), "{}", seen.stderr);
}

#[test]
fn the_extension_for_vs_code() {
    let place = Place::new();
    let Some(version) = run(&place, "node", &["--version"], ".") else { return skip("there is no node") };
    let major = version.stdout.trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    if major.is_none_or(|major| major < 20) {
        return skip(&format!("node {} has no test runner", version.stdout.trim()));
    }
    let tested = run(&place, "node", &["--test"], &repository("examples/editors/vscode")).expect("node");
    assert_eq!(tested.code, 0, "{}{}", tested.stdout, tested.stderr);
    // One that was skipped has tried nothing.
    assert!(tested.stdout.contains("skipped 0\n"), "{}", tested.stdout);
}
