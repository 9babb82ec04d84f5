//! A conversation: its turns as text, and as the token ids of prompts and answers.

use crate::prompt::chat::{SYSTEM, closing, opening, question, spoken, system};
use crate::prompt::{Segment, Spare, encode};
use crate::vocabulary::{Series, TokenId, Vocabulary};

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The question.
    pub user: String,
    /// The answer, as it is in a prompt.
    pub answer: String,
    /// The ids of both, as the model has seen them.
    ids: Vec<TokenId>,
}

/// Turns under a system text. The ids of a turn never change, so that each is evaluated only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The system text; may be empty.
    pub system: String,
    /// The oldest first.
    pub turns: Vec<Turn>,
}

/// The prompt of a conversation's next question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FittedPrompt {
    /// The ids.
    pub ids: Vec<TokenId>,
    /// How many of the oldest turns it leaves out.
    pub left_out: usize,
}

/// The size of a prompt that does not fit even without earlier turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong {
    /// Of system text and question.
    pub tokens: usize,
}

impl Conversation {
    /// A conversation without turns.
    #[must_use]
    pub fn new(system: String) -> Conversation {
        Conversation { system, turns: Vec::new() }
    }

    /// The prompt that asks `user` in at most `capacity` tokens. If that is too few, the oldest turns are left out,
    /// always whole, and never the system text.
    ///
    /// # Errors
    /// [`TooLong`] if not even the question fits.
    pub fn prompt(&self, user: &str, vocabulary: &dyn Vocabulary, capacity: usize) -> Result<FittedPrompt, TooLong> {
        let series = vocabulary.controls().series;
        let mut ids = encode(&opening(&self.system, series), vocabulary);
        let question = encode(&question(user, series), vocabulary);
        let tokens = ids.len() + question.len();
        let Some(mut room) = capacity.checked_sub(tokens) else { return Err(TooLong { tokens }) };
        let fits = |turn: &&Turn| {
            let rest = room.checked_sub(turn.ids.len());
            room = rest.unwrap_or(0);
            rest.is_some()
        };
        let kept = self.turns.iter().rev().take_while(fits).count();
        let left_out = self.turns.len() - kept;
        self.turns[left_out..].iter().for_each(|turn| ids.extend(&turn.ids));
        ids.extend(question);
        Ok(FittedPrompt { ids, left_out })
    }

    /// The prompt that asks `user`, without the first `left_out` turns, as text.
    #[must_use]
    pub fn segments<'a>(&'a self, user: &'a str, left_out: usize, series: Series) -> Vec<Segment<'a>> {
        let mut segments = opening(&self.system, series);
        for turn in self.turns.iter().skip(left_out) {
            segments.extend(question(&turn.user, series));
            segments.push(Segment::Text(&turn.answer, Spare::Tail));
            segments.extend(closing(turn.answer.ends_with('\n'), series));
        }
        segments.extend(question(user, series));
        segments
    }

    /// Adds a turn whose answer the model gave as `ids`.
    pub fn push(&mut self, user: &str, answer: &str, ids: &[TokenId], vocabulary: &dyn Vocabulary) {
        let series = vocabulary.controls().series;
        let ends_line = ids.last().is_some_and(|&id| vocabulary.bytes(id).ends_with(b"\n"));
        let mut all = encode(&question(user, series), vocabulary);
        all.extend(ids);
        all.extend(encode(&closing(ends_line, series), vocabulary));
        self.turns.push(Turn { user: user.to_owned(), answer: spoken(answer, series).into_owned(), ids: all });
    }

    /// Adds a turn that is known only as text.
    pub fn push_text(&mut self, user: &str, answer: &str, vocabulary: &dyn Vocabulary) {
        let ids = vocabulary.encode(&spoken(answer, vocabulary.controls().series));
        self.push(user, answer, &ids, vocabulary);
    }

    /// The same conversation in another vocabulary. The authors' system text becomes that of the model's series.
    #[must_use]
    pub fn anew(&self, vocabulary: &dyn Vocabulary) -> Conversation {
        let is_authors = self.system == SYSTEM;
        let system = if is_authors { system(vocabulary.controls().series) } else { &self.system };
        let mut anew = Conversation::new(system.to_owned());
        let answer = |turn: &'_ Turn| turn.answer.strip_prefix(' ').unwrap_or(&turn.answer).to_owned();
        self.turns.iter().for_each(|turn| anew.push_text(&turn.user, &answer(turn), vocabulary));
        anew
    }

    /// The conversation as a Markdown text.
    #[must_use]
    pub fn markdown(&self) -> String {
        let turn = |turn: &Turn| {
            format!(
                "## Question\n\n{}\n\n## Answer\n\n{}\n",
                turn.user.trim_end(),
                turn.answer.trim_end().trim_start_matches(' ')
            )
        };
        self.turns.iter().map(turn).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{BOS, Bytes, EOT};

    fn spelled(ids: &[TokenId]) -> String {
        ids.iter().map(|&id| u8::try_from(id).map_or(format!("[{id}]"), |byte| char::from(byte).to_string())).collect()
    }

    #[test]
    fn turns_follow_each_other_and_the_oldest_go_first() {
        let mut conversation = Conversation::new("S".into());
        conversation.push("a", "b\n", &Bytes.encode("b\n"), &Bytes);
        conversation.push_text("c", "d", &Bytes);
        let whole = format!(
            "[{BOS}]S\n### Instruction:\na\n### Response:\nb\n[{EOT}]\n### Instruction:\nc\n### Response:\nd\n[{EOT}]\n\
             ### Instruction:\ne\n### Response:\n"
        );
        let prompt = |capacity| conversation.prompt("e", &Bytes, capacity);
        let all = prompt(1000).expect("it fits");
        assert_eq!((spelled(&all.ids), all.left_out), (whole, 0));
        assert_eq!(encode(&conversation.segments("e", 0, Series::V1), &Bytes), all.ids);
        let length = all.ids.len();
        assert_eq!(prompt(length).expect("it fits"), all);
        let one = prompt(length - 1).expect("it fits");
        assert_eq!(one.left_out, 1);
        assert!(spelled(&one.ids).starts_with(&format!("[{BOS}]S\n### Instruction:\nc\n")));
        assert_eq!(prompt(40).expect("it fits").left_out, 2);
        assert_eq!(prompt(20), Err(TooLong { tokens: 3 + 33 }));
        // What follows begins with what was there before.
        let mut longer = conversation.clone();
        longer.push("e", "f", &Bytes.encode("f"), &Bytes);
        assert!(longer.prompt("g", &Bytes, 1000).expect("it fits").ids.starts_with(&all.ids));
        assert_eq!(conversation.anew(&Bytes), conversation);
        assert!(conversation.markdown().ends_with("## Question\n\nc\n\n## Answer\n\nd\n"));
    }
}
