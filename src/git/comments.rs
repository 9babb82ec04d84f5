//! The comments of a message: git removes lines that begin with the comment string.

use crate::git;

/// The characters that git chooses from with `core.commentChar=auto`.
const AUTO: &str = "#;@!$%^&|:";

/// How a message file says where the diff of `git commit -v` begins.
const SCISSORS: &str = " ------------------------ >8 ------------------------";

/// The comment string that the settings name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comments {
    /// Lines that begin with it are comments.
    Begin(String),
    /// Git chooses a character with which no line of the message begins.
    Auto,
}

impl Comments {
    /// That of the settings of git; `#` by default.
    #[must_use]
    pub fn of_settings() -> Comments {
        // Two names of one setting, of which the later one holds.
        let listed = git::output(&["config", "-z", "--get-regexp", "^core\\.comment(char|string)$"]);
        let listed = listed.unwrap_or_default();
        let last = listed.split('\0').filter_map(|entry| entry.split_once('\n')).next_back();
        match last {
            Some((_, "auto")) => Comments::Auto,
            Some((_, value)) if !value.is_empty() => Comments::Begin(value.to_owned()),
            _ => Comments::Begin("#".to_owned()),
        }
    }

    /// The string that no line of a new message may begin with; `None` if git chooses one that fits.
    #[must_use]
    pub fn known(&self) -> Option<&str> {
        match self {
            Comments::Begin(string) => Some(string),
            Comments::Auto => None,
        }
    }

    /// The string in a message file that git wrote comments into.
    #[must_use]
    pub fn in_file(&self, text: &str) -> String {
        if let Comments::Begin(string) = self {
            return string.clone();
        }
        let chosen = |line: &str| AUTO.chars().find(|&character| line.starts_with(character));
        // Git's own comments are the end of the file, or of what is above the diff.
        let cut =
            text.lines().find(|line| chosen(line).is_some_and(|character| is_scissors(line, &character.to_string())));
        let last = text.lines().rev().find(|line| !line.trim().is_empty());
        let found = cut.or(last).and_then(chosen);
        found.unwrap_or('#').to_string()
    }
}

/// Whether a line is where git cuts a message file off.
#[must_use]
pub fn is_scissors(line: &str, comment: &str) -> bool {
    line.strip_prefix(comment) == Some(SCISSORS)
}

/// Whether git removes the comments of messages: `commit.cleanup` can make it keep them.
#[must_use]
pub fn are_removed() -> bool {
    let cleanup = git::output(&["config", "--get", "commit.cleanup"]).unwrap_or_default();
    !matches!(cleanup.as_str(), "verbatim" | "whitespace" | "scissors")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_character_is_read_from_the_file() {
        let auto = Comments::Auto;
        assert_eq!(auto.in_file("\n# Please enter\n#\n"), "#");
        assert_eq!(auto.in_file("#12 mine\n\n; Please enter\n;\n"), ";");
        assert_eq!(auto.in_file("@ ------------------------ >8 ------------------------\n@ x\n#a\n"), "@");
        assert_eq!(auto.in_file(""), "#");
        assert_eq!(Comments::Begin("//".to_owned()).in_file("# x\n"), "//");
        assert_eq!((auto.known(), Comments::Begin(";".to_owned()).known()), (None, Some(";")));
    }
}
