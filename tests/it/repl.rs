//! `dscoder chat` on a terminal, which tmux is for these tests. Without tmux, there are none.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::command::{Place, repository};

/// A terminal of 80 columns with the program in it.
pub struct Screen {
    socket: String,
}

impl Screen {
    /// `None` if tmux is not installed.
    pub fn start(place: &Place, name: &str, arguments: &str) -> Option<Screen> {
        let screen = Screen { socket: format!("dscoder-{name}-{}", std::process::id()) };
        let line = format!(
            "cd '{}' && DSCODER_SESSIONS_DIR=sessions '{}' chat {arguments}; echo \"code $?\"; sleep 60",
            place.path("").display(),
            env!("CARGO_BIN_EXE_dscoder")
        );
        let started = screen.tmux(&["new-session", "-d", "-s", "s", "-x", "80", "-y", "60", &line]);
        started.map(|_| screen)
    }

    fn tmux(&self, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("tmux");
        command
            .args(["-f", "/dev/null", "-L", &self.socket])
            .args(arguments)
            .env_remove("TMUX")
            .env("LC_ALL", "C.UTF-8");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DSCODER_")) {
            command.env_remove(name);
        }
        let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Types, and waits for something to change: what comes next is then the answer.
    pub fn send(&self, keys: &[&str]) {
        let capture = || self.tmux(&["capture-pane", "-t", "s", "-p"]).expect("captured");
        let before = capture();
        self.tmux(&[&["send-keys", "-t", "s"], keys].concat()).expect("sent");
        let end = Instant::now() + Duration::from_secs(5);
        while capture() == before && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until the screen ends with this line, and gives it.
    pub fn wait(&self, last: &str) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let screen = self.tmux(&["capture-pane", "-t", "s", "-p"]).expect("captured");
            if screen.trim_end().lines().last().is_some_and(|line| line.trim_end() == last.trim_end()) {
                return screen.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect();
            }
            assert!(Instant::now() < end, "the screen does not end with {last:?}:\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn questions_answers_and_commands() {
    let place = Place::new();
    let model = place.script(
        "pieces = [\"# One\\n\", \"\\u001b[31mred\\n\"]\nturns = [[\"Two.\"], [\"Three.\\n\"], [\"Four.\\n\"]]",
    );
    let Some(screen) = Screen::start(&place, "talk", &format!("-m '{model}' --no-system --session s")) else { return };
    screen.wait(">");
    screen.send(&["a", "Enter"]);
    screen.wait(">");
    screen.send(&["b \\", "Enter", "c", "Enter"]);
    screen.wait(">");
    screen.send(&["```", "Enter", "d", "Enter", "```", "Enter"]);
    screen.wait(">");
    screen.send(&["/sta", "Tab", "Enter"]);
    screen.wait(">");
    screen.send(&["/edit", "Enter"]);
    screen.wait("```");
    screen.send(&["C-c"]);
    screen.wait(">");
    screen.send(&["/edit", "Enter"]);
    screen.wait("```");
    screen.send(&["Enter"]);
    screen.wait(">");
    screen.send(&["-H", "61", "ff", "c3", "62"]);
    screen.wait(">");
    screen.send(&["/no", "Enter"]);
    screen.wait(">");
    screen.send(&["C-d"]);
    let text = screen.wait("code 0");
    for part in [
        "note: script.toml; /help lists the commands\n> a\n# One\n\\u{1b}[31mred\n> b \\\n. c\nTwo.\n> ```\n. d\n. ```\nThree.\n",
        "> /stats\nnote: statistics are on\n",
        "Four.\nstats: prefilled ",
        "> /no\nerror: there is no command /no\nhint: /help lists the commands\n>\ncode 0\n",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
    let file = std::fs::read_to_string(place.path("sessions/s.json")).expect("there");
    assert!(file.contains(r#"["b \nc","Two."]"#), "{file}");
    let history = std::fs::read_to_string(place.path("sessions/history")).expect("there");
    assert!(history.contains("b \\nc"), "{history}");
}

#[test]
fn the_second_question_evaluates_its_own_tokens() {
    let place = Place::new();
    let model = place.script("pieces = [\"One\\n\"]\nturns = [[\"Two\\n\"]]");
    let Some(screen) = Screen::start(&place, "stats", &format!("-m '{model}' --no-system --stats")) else { return };
    screen.wait(">");
    screen.send(&["a", "Enter"]);
    screen.wait(">");
    screen.send(&["bc", "Enter"]);
    std::thread::sleep(Duration::from_millis(500));
    screen.send(&["/exit", "Enter"]);
    let text = screen.wait("code 0");
    let question = "### Instruction:\na\n### Response:\n".len();
    let first = format!("stats: prefilled {} of {} tokens, answer 1 tokens (end of text)", 1 + question, 1 + question);
    // What ends the answer before is a token and a line end; then comes the question.
    let new = 2 + question + 1;
    let all = 1 + question + 1 + new;
    let second = format!("stats: prefilled {new} of {all} tokens, answer 1 tokens (end of text)");
    assert!(text.contains(&first), "{first}: {text}");
    assert!(text.contains(&second), "{second}: {text}");
}

#[test]
fn the_oldest_turns_go_where_there_is_no_room() {
    let place = Place::new();
    let model = place.script("pieces = [\"One\\n\"]");
    let arguments = format!("-m '{model}' --no-system --ctx-size 240 -n 20");
    let Some(screen) = Screen::start(&place, "long", &arguments) else { return };
    screen.wait(">");
    for question in ["aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc", "dddddddddd", "eeeeeeeeee"] {
        screen.send(&[question, "Enter"]);
        screen.wait(">");
    }
    screen.send(&[&"f".repeat(300), "Enter"]);
    screen.wait(">");
    screen.send(&["C-d"]);
    let text = screen.wait("code 0");
    assert!(
        text.contains(
            "> eeeeeeeeee\nnote: the conversation is too long for a context of 240 tokens: left out its fir\nst 3 answers\nOne\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("error: the question does not fit: it has 333 tokens, and there is room for 220\n"),
        "{text}"
    );
}

#[test]
fn ctrl_c_stops_the_answer_and_not_the_program() {
    let place = Place::new();
    let model = place.script("pieces = [\"word \"]\nend = false\ndelay_ms = 30");
    let Some(screen) = Screen::start(&place, "stop", &format!("-m '{model}' --no-system -n 6000")) else { return };
    screen.wait(">");
    for _ in 0..3 {
        screen.send(&["a", "Enter"]);
        std::thread::sleep(Duration::from_millis(700));
        screen.send(&["C-c"]);
        let text = screen.wait(">");
        assert!(text.ends_with("note: stopped\n>\n"), "{text}");
        // Longer than an orderly end may take elsewhere.
        std::thread::sleep(Duration::from_millis(700));
    }
    screen.send(&["C-c"]);
    std::thread::sleep(Duration::from_millis(200));
    screen.send(&["C-d"]);
    screen.wait("code 0");
}

#[test]
fn a_base_model_is_refused_at_once() {
    let place = Place::new();
    let model = repository("src/model/demo.gguf");
    let Some(screen) = Screen::start(&place, "base", &format!("-m '{model}'")) else { return };
    assert!(screen.wait("code 65").contains("is a Base model"));
}
