//! The completion scripts, each loaded in its shell. A shell that is not installed is skipped; `CI=true tests/run.sh`
//! installs zsh and fish.

use std::path::PathBuf;
use std::process::Command;

use crate::command::{Place, repository, skip};

/// The output of a shell in a directory with a file `model.gguf` and a directory `sub`; `None` if the shell is not
/// installed.
fn shell(program: &str, options: &[&str], script: &str, arguments: &[&str]) -> Option<String> {
    let place = Place::new();
    place.write("model.gguf", "");
    place.write("sub/a.py", "");
    place.write("home/none", "");
    let mut command = Command::new(program);
    command.args(options).arg(script).args(arguments).current_dir(place.path(""));
    for (name, value) in [("HOME", place.path("home")), ("TERM", PathBuf::from("dumb"))] {
        command.env(name, value);
    }
    let Ok(run) = command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME").output() else {
        skip(&format!("{program} is not installed"));
        return None;
    };
    assert!(run.status.success(), "{program}: {}", String::from_utf8_lossy(&run.stderr));
    Some(String::from_utf8(run.stdout).expect("text"))
}

/// The words offered for lines; with a trailing blank, for the next word.
const LINES: [(&str, &[&str]); 9] = [
    ("dscoder comple", &["complete"]),
    ("dscoder models sho", &["show"]),
    ("dscoder help sett", &["settings"]),
    ("dscoder complete --until ", &["auto", "end", "line", "block", "blank"]),
    ("dscoder git message --style c", &["conventional"]),
    ("dscoder infill --mod", &["--model"]),
    ("dscoder infill -m 6.7", &["6.7b-base", "6.7b-instruct"]),
    ("dscoder chat --model mod", &["model.gguf"]),
    ("dscoder infill --prefix mod", &["model.gguf"]),
];

fn sorted<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words
}

#[test]
fn bash() {
    let script = r#"
        source "$1" || exit
        complete -p dscoder >/dev/null || exit
        shift
        for line; do
            read -ra COMP_WORDS <<<"$line"
            [[ $line == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
            _dscoder dscoder "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
            echo "${COMPREPLY[@]}"
        done"#;
    let file = repository("completions/dscoder.bash");
    let lines = LINES.map(|(line, _)| line);
    let arguments: Vec<&str> = ["bash", &file].into_iter().chain(lines).collect();
    let Some(found) = shell("bash", &["--norc", "-c"], script, &arguments) else { return };
    let found: Vec<Vec<&str>> = found.lines().map(|line| line.split(' ').collect()).collect();
    for ((line, expected), found) in LINES.iter().zip(&found) {
        let mut found = found.clone();
        found.sort_unstable();
        assert_eq!(found, sorted(expected), "{line}");
    }
    assert_eq!(found.len(), LINES.len());
}

#[test]
fn fish() {
    let file = repository("completions/dscoder.fish");
    let script = r#"
        source $argv[1]; or exit
        for line in $argv[2..-1]
            complete -C "$line" | string replace -r '\t.*' '' | string join ' '
        end
        true # string join of one word fails"#;
    let lines = LINES.map(|(line, _)| line);
    let arguments: Vec<&str> = [file.as_str()].into_iter().chain(lines).collect();
    let Some(found) = shell("fish", &["--no-config", "-c"], script, &arguments) else { return };
    assert_eq!(found.lines().count(), LINES.len(), "{found}");
    for ((line, expected), found) in LINES.iter().zip(found.lines()) {
        let mut found: Vec<&str> = found.split(' ').collect();
        found.sort_unstable();
        assert_eq!(found, sorted(expected), "{line}");
    }
}

#[test]
fn zsh() {
    // In its own terminal: Tab completes, Ctrl-T prints the resulting line. Ambiguous words stay.
    let script = r#"
        zmodload zsh/zpty || exit
        until_seen() {
            local text chunk
            while (( SECONDS < 30 )); do
                zpty -rt z chunk && text+=$chunk || sleep 0.02
                [[ $text == *"$1"* ]] && { print -r -- "${${text##*$2}%%$1*}"; return }
            done
            print -u2 -r -- "no $1 in $text"
            exit 1
        }
        zpty z zsh -f -i
        zpty -w z "fpath=(${(q)1:h} \$fpath); autoload -Uz compinit; compinit -u -D; setopt no_always_last_prompt"
        zpty -w z "show() { print -r -- GOT:\$BUFFER:END; BUFFER= }; zle -N show; bindkey '^T' show; print READ''Y"
        until_seen READY '' >/dev/null
        shift
        for line; do
            zpty -wn z "$line"$'\t\x14'
            until_seen :END GOT:
        done"#;
    let file = repository("completions/_dscoder");
    let lines = LINES.map(|(line, _)| line);
    let arguments: Vec<&str> = ["zsh", &file].into_iter().chain(lines).collect();
    let Some(found) = shell("zsh", &["-f", "-c"], script, &arguments) else { return };
    let expected = LINES.map(|(line, words)| match words {
        ["--model"] => format!("{line}el="),
        [word] => format!("{}{word} ", &line[..=line.rfind(' ').unwrap_or_default()]),
        ["6.7b-base", ..] => format!("{line}b-"),
        _ => line.to_owned(),
    });
    assert_eq!(found.lines().collect::<Vec<_>>(), expected);
}
