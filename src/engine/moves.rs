//! Which evaluated tokens of a prompt are of use at another position of a later one.
//!
//! An editor's prompt is a window of a file: with each line the window loses its first line, and with each character
//! the text after the cursor moves. Tokens that are the same in both prompts are moved instead of evaluated anew. Their
//! numbers then come from the earlier text, so answers may differ from those to a prompt that is evaluated as a whole.

use std::collections::HashMap;

use crate::vocabulary::TokenId;

/// Tokens that are compared at once.
const GRAM: usize = 8;
/// Number of tokens after a change that are evaluated again, since the model reads the change from them: if the marker of the
/// gap is moved, answers are those to the text before the change. Of 40 gaps after twelve keystrokes, the built-in model
/// answers 0 like to a prompt that is evaluated as a whole with none, 16 with 1, 30 with 4, 32 with 16 or 32, 33 with 64.
const FRESH: usize = 16;
/// Places of the same tokens that are considered.
const MAX_PLACES: usize = 16;

/// Evaluated tokens that get other positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The position of the first one.
    pub from: usize,
    /// Its position in the new prompt.
    pub to: usize,
    /// How many.
    pub count: usize,
}

/// What of `old` can be moved so that less of `new` has to be evaluated: in order, `least` tokens at a time or more,
/// after the first `kept` tokens, which both have. The last token of `new` is evaluated in any case.
#[must_use]
pub fn find(old: &[TokenId], new: &[TokenId], kept: usize, least: usize) -> Vec<Move> {
    let least = least.max(GRAM);
    let end = new.len().saturating_sub(1);
    let (mut moves, mut at, mut after) = (Vec::new(), kept, kept);
    if old.len() < kept + FRESH + least || end < kept + FRESH + least {
        return moves;
    }
    let mut places: HashMap<&[TokenId], Vec<usize>> = HashMap::new();
    for (index, gram) in old[kept..].windows(GRAM).enumerate() {
        let known = places.entry(gram).or_default();
        if known.len() < MAX_PLACES {
            known.push(kept + index);
        }
    }
    while at + FRESH + least <= end {
        let known = places.get(&new[at..at + GRAM]).map(Vec::as_slice).unwrap_or_default();
        let length = |&place: &usize| old[place..].iter().zip(&new[at..end]).take_while(|(a, b)| a == b).count();
        let longest = known.iter().filter(|&&place| place >= after).map(|place| (length(place), *place)).max();
        match longest.filter(|&(count, _)| count >= FRESH + least) {
            Some((count, from)) => {
                moves.push(Move { from: from + FRESH, to: at + FRESH, count: count - FRESH });
                (at, after) = (at + count, from + count);
            }
            None => at += 1,
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(range: std::ops::Range<TokenId>) -> Vec<TokenId> {
        range.collect()
    }

    #[test]
    fn a_character_before_a_suffix_moves_it() {
        let (prefix, suffix) = (ids(0..100), ids(200..300));
        let old = [&prefix[..], &suffix, &[7]].concat();
        let new = [&prefix[..], &[500, 501], &suffix, &[7]].concat();
        assert_eq!(find(&old, &new, 100, 32), [Move { from: 116, to: 118, count: 84 }]);
        // Less by two again.
        assert_eq!(find(&new, &old, 100, 32), [Move { from: 118, to: 116, count: 84 }]);
        assert_eq!(find(&old, &new, 100, 85), []);
    }

    #[test]
    fn a_window_that_slides_keeps_both_of_its_parts() {
        let file = ids(0..1000);
        let window = |cursor: usize| {
            [&[5000], &file[cursor - 200..cursor], &[5001], &file[cursor..cursor + 100], &[5002]].concat()
        };
        let moves = find(&window(400), &window(412), 1, 32);
        // The end of the prefix is what the suffix began with, and comes after the marker: it is evaluated.
        assert_eq!(moves, [Move { from: 29, to: 17, count: 172 }, Move { from: 230, to: 218, count: 72 }]);
    }

    #[test]
    fn the_order_is_kept_and_the_last_token_is_not_moved() {
        let (a, b) = (ids(0..50), ids(100..150));
        let (old, new) = ([&a[..], &b].concat(), [&b[..], &a].concat());
        assert_eq!(find(&old, &new, 0, 20), [Move { from: 66, to: 16, count: 34 }]);
        assert_eq!(find(&a, &[&[9][..], &a].concat(), 0, 20), [Move { from: 16, to: 17, count: 33 }]);
        for (old, new, kept) in [(&a[..], &[][..], 0), (&[], &a, 0), (&a, &a[..20], 20), (&a, &a, 49)] {
            assert_eq!(find(old, new, kept, 8), []);
        }
    }

    #[test]
    fn rows_of_the_same_token_are_no_trap() {
        let (old, new) = (vec![1; 16_000], vec![1; 16_000]);
        let moves = find(&old, &new, 3, 16);
        assert_eq!(moves.iter().map(|one| one.count).sum::<usize>(), 16_000 - 4 - FRESH);
        let mixed: Vec<TokenId> = (0..16_000).map(|index| index / 9 % 2).collect();
        assert!(find(&old, &mixed, 0, 16).is_empty());
    }
}
