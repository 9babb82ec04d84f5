//! The part of a gap's prompt that is evaluated when there is no time for all of it: what is nearest to the gap.

use crate::vocabulary::{TokenId, Vocabulary};

/// Less than this is too little to say anything.
pub const LEAST: usize = 24;

/// At most `most` tokens of a prompt that fills a gap; `None` if it has no more, or is another prompt. The text behind the
/// gap gets a quarter, or what the text before it leaves. Texts begin and end with lines if that costs little.
#[must_use]
pub fn of(ids: &[TokenId], most: usize, vocabulary: &dyn Vocabulary) -> Option<Vec<TokenId>> {
    let at = |marker| ids.iter().position(|&id| id == marker);
    let fim = vocabulary.controls().fim?;
    let (begin, hole, end) = (at(fim.begin)?, at(fim.hole)?, at(fim.end)?);
    let (prefix, suffix) = (ids.get(begin + 1..hole)?, ids.get(hole + 1..end)?);
    let controls = ids.len() - prefix.len() - suffix.len();
    let room = most.max(LEAST).checked_sub(controls)?;
    if ids.len() <= most.max(LEAST) {
        return None;
    }
    let suffix_room = suffix.len().min((room / 4).max(room.saturating_sub(prefix.len())));
    let prefix_room = prefix.len().min(room - suffix_room);
    let ends_line = |id: &TokenId| vocabulary.bytes(*id).last() == Some(&b'\n');

    let start = prefix.len() - prefix_room;
    let is_line = start == 0 || ends_line(&prefix[start - 1]);
    let line = prefix[start..].iter().take(prefix_room / 4).position(ends_line).filter(|_| !is_line);
    let prefix = &prefix[start + line.map_or(0, |line| line + 1)..];

    let is_whole = suffix_room == suffix.len();
    let kept = &suffix[..suffix_room];
    let line = kept.iter().rposition(ends_line).filter(|line| !is_whole && line + 1 >= kept.len() - kept.len() / 4);
    let suffix = &kept[..line.map_or(kept.len(), |line| line + 1)];

    Some([&ids[..=begin], prefix, &ids[hole..=hole], suffix, &ids[end..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{BOS, Bytes, FIM_BEGIN, FIM_END, FIM_HOLE};

    fn prompt(prefix: &str, suffix: &str) -> Vec<TokenId> {
        let text = |text: &str| Bytes.encode(text);
        [&[BOS, FIM_BEGIN][..], &text(prefix), &[FIM_HOLE], &text(suffix), &[FIM_END]].concat()
    }

    #[test]
    fn what_is_nearest_is_kept() {
        let lines = |word: &str, count| format!("{word}\n").repeat(count);
        let ids = prompt(&lines("line", 20), &lines("next", 20));
        let excerpt = |ids: &[TokenId], most| of(ids, most, &Bytes);
        assert_eq!(excerpt(&ids, ids.len()), None);
        // Room for 72 bytes and for 24.
        assert_eq!(excerpt(&ids, 100), Some(prompt(&lines("line", 14), &lines("next", 4))));
        // What one side leaves is for the other.
        assert_eq!(excerpt(&prompt("ab", &lines("next", 20)), 60), Some(prompt("ab", &lines("next", 10))));
        assert_eq!(excerpt(&prompt(&lines("line", 20), ""), 64), Some(prompt(&lines("line", 12), "")));
        // Long lines are cut where they are.
        assert_eq!(
            excerpt(&prompt(&"a".repeat(99), &"b".repeat(99)), 44),
            Some(prompt(&"a".repeat(30), &"b".repeat(10)))
        );
        // However little time there is.
        assert_eq!(excerpt(&ids, 0).map(|ids| ids.len() <= LEAST), Some(true));
        assert_eq!(excerpt(&Bytes.encode(&lines("text", 20)), 30), None);
    }
}
