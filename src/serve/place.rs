//! Where a user types: of the requests for one place only the newest counts.
//!
//! Editors ask again after each key, and some never cancel what they asked before.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// How much may have been typed, or deleted, between two requests, in bytes.
const TYPED: usize = 256;
/// How much of the text before that must be the same.
const SAME: usize = 256;

/// The surroundings of a cursor, as far as they tell it from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The end of the text before the cursor.
    before: Vec<u8>,
    /// The hash of the text behind it.
    behind: u64,
}

impl Place {
    /// The place between two texts.
    #[must_use]
    pub fn new(prefix: &str, suffix: &str) -> Place {
        let start = prefix.len().saturating_sub(SAME + TYPED);
        let mut hasher = DefaultHasher::new();
        suffix.hash(&mut hasher);
        Place { before: prefix.as_bytes()[start..].to_vec(), behind: hasher.finish() }
    }

    /// Whether this is the other place after something was typed there or deleted.
    #[must_use]
    pub fn is_later(&self, other: &Place) -> bool {
        self.behind == other.behind
            && self.before != other.before
            && (is_typed(&other.before, &self.before) || is_typed(&self.before, &other.before))
    }
}

/// Whether `long` is `short` with something typed.
fn is_typed(short: &[u8], long: &[u8]) -> bool {
    let same = &short[short.len().saturating_sub(SAME)..];
    // What is shorter is the whole text, with which the longer one begins.
    if same.len() < SAME {
        return long.starts_with(same) && long.len() - same.len() <= TYPED;
    }
    (0..=TYPED.min(long.len())).any(|typed| long[..long.len() - typed].ends_with(same))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_stays_in_its_place() {
        let file = "fn a() -> u32 {\n    let b = 12;\n}\n".repeat(40);
        let suffix = "\n}\n";
        let place = |prefix: &str| Place::new(prefix, suffix);
        for text in [&file[..], "def f(x):\n", ""] {
            let typed = format!("{text}    return x");
            // Windows begin at different lines.
            let slid = &typed[typed.len().min(20) * usize::from(text.len() > 1000)..];
            assert!(place(slid).is_later(&place(text)) && place(text).is_later(&place(slid)), "{text}");
            assert!(!place(text).is_later(&place(text)));
            assert!(!place(&typed).is_later(&Place::new(text, "\n")), "another text behind the cursor");
        }
        let other = file.replace("12", "13");
        assert!(!place(&other).is_later(&place(&file)));
        assert!(!place(&format!("{file}{}", "x".repeat(300))).is_later(&place(&file)), "too much");
        assert!(!place("def g(x):\n").is_later(&place("def f(x):\n")));
    }
}
