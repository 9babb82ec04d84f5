//! The cells of a sequence as llama.cpp gives and takes them, to move evaluated tokens to other positions.
//!
//! When a text before other evaluated text changes, the keys of what follows are right but for their position, which is
//! a rotation. llama.cpp can change positions too, but then rotates the keys of its whole cache, unused cells included,
//! and it takes no new tokens in front of others. So cells are copied out, rotated, and put back behind the new tokens.
//!
//! The layout is that of `llama_kv_cache::state_write` in `src/llama-kv-cache.cpp`: for each cell its position and
//! sequence, then keys by cell, then values by cell or, without flash attention, by number. Latent keys, whose first numbers
//! are the values too, have none behind them.
//!
//! V2 turns only the last numbers of a key, its YaRN scales the angle of each pair for one position, and the lengths of keys
//! are the same at all positions: to move its keys is a rotation as well, of these numbers by these angles.

use std::ops::Range;

use anyhow::{Context as _, anyhow};
use llama_cpp_sys_2::{ggml_fp16_to_fp32_row, ggml_fp32_to_fp16_row};

use crate::model::family::Rotation;

/// `GGML_TYPE_F16`.
const F16: i32 = 1;
/// The bytes before the number of streams: magic number and sequence.
const HEAD: usize = 8;
/// Position, number of sequences, sequence.
const ABOUT_CELL: usize = 12;

/// Numbers for every cell, in `rows`; each row has `unit` bytes for each cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Section {
    at: usize,
    unit: usize,
    rows: usize,
    is_keys: bool,
}

/// Whether there are values beside the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Yes.
    Apart,
    /// No: they are numbers of the keys.
    InKeys,
}

/// Where everything is in the state of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Offset of the number of cells.
    count_at: usize,
    /// Positions, in the order of the cells.
    positions: Vec<i32>,
    sections: Vec<Section>,
    /// Offset of what is behind the cells: other streams.
    end: usize,
}

/// Copied cells, at their new positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    count: usize,
    /// All sections, one after the other.
    bytes: Vec<u8>,
}

/// Reads numbers.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn skip(&mut self, count: usize) -> anyhow::Result<()> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.bytes.len());
        self.at = end.context("llama.cpp's state is shorter than it says")?;
        Ok(())
    }

    fn number(&mut self) -> anyhow::Result<u32> {
        let start = self.at;
        self.skip(4)?;
        Ok(u32::from_le_bytes(self.bytes[start..self.at].try_into()?))
    }

    fn long(&mut self) -> anyhow::Result<usize> {
        let (low, high) = (self.number()?, self.number()?);
        Ok(usize::try_from(u64::from(low) | u64::from(high) << 32)?)
    }

    fn section(&mut self, count: usize, unit: usize, rows: usize, is_keys: bool) -> anyhow::Result<Section> {
        let section = Section { at: self.at, unit, rows, is_keys };
        let size = count.checked_mul(unit).and_then(|row| row.checked_mul(rows));
        self.skip(size.context("llama.cpp's state is too large")?)?;
        Ok(section)
    }
}

impl Outline {
    /// The outline of a state with cells of F16 numbers.
    ///
    /// # Errors
    /// If it has another layout.
    pub fn of(bytes: &[u8], values: Values) -> anyhow::Result<Outline> {
        let (outline, end) = Outline::at_beginning(bytes, values)?;
        if end != bytes.len() {
            return Err(anyhow!("llama.cpp's state is longer than it says"));
        }
        Ok(outline)
    }

    /// As [`Outline::of`], with something behind the state; also returns where that begins.
    ///
    /// # Errors
    /// If it has another layout.
    pub fn at_beginning(bytes: &[u8], values: Values) -> anyhow::Result<(Outline, usize)> {
        let mut reader = Reader { bytes, at: HEAD };
        let mut found = None;
        for _ in 0..reader.number()? {
            let count_at = reader.at;
            let count = reader.number()? as usize;
            if count == 0 {
                continue;
            }
            if found.is_some() {
                return Err(anyhow!("a sequence has cells in two streams"));
            }
            found = Some(Outline::of_stream(&mut reader, count_at, count, values)?);
        }
        Ok((found.context("the sequence has no cells")?, reader.at))
    }

    fn of_stream(reader: &mut Reader<'_>, count_at: usize, count: usize, values: Values) -> anyhow::Result<Outline> {
        let mut sections = vec![reader.section(count, ABOUT_CELL, 1, false)?];
        let about = &reader.bytes[sections[0].at..reader.at];
        let positions =
            about.chunks_exact(ABOUT_CELL).map(|cell| i32::from_le_bytes([cell[0], cell[1], cell[2], cell[3]]));
        let positions: Vec<i32> = positions.collect();
        let is_transposed = reader.number()? != 0;
        let layers = reader.number()?;
        // Rotations of quantized caches, which there are none of.
        if (reader.number()?, reader.number()?) != (0, 0) {
            return Err(anyhow!("llama.cpp's cache is of an unknown kind"));
        }
        let type_of = |reader: &mut Reader<'_>| match reader.number()?.cast_signed() {
            F16 => Ok(()),
            other => Err(anyhow!("llama.cpp's cache has numbers of type {other}")),
        };
        for _ in 0..layers {
            type_of(reader)?;
            let unit = reader.long()?;
            sections.push(reader.section(count, unit, 1, true)?);
        }
        for _ in 0..if values == Values::Apart { layers } else { 0 } {
            type_of(reader)?;
            let (unit, rows) = match is_transposed {
                true => (reader.number()? as usize, reader.number()? as usize),
                false => (reader.long()?, 1),
            };
            sections.push(reader.section(count, unit, rows, false)?);
        }
        Ok(Outline { count_at, positions, sections, end: reader.at })
    }

    /// The state, after its first bytes, as that of a sequence in a context of `streams` streams, in the first one.
    #[must_use]
    pub fn among(&self, bytes: &[u8], streams: u32) -> Vec<u8> {
        let cells = &bytes[self.count_at..self.end];
        let others = vec![0; 4 * streams.saturating_sub(1) as usize];
        [&streams.to_le_bytes(), cells, &others].concat()
    }

    /// Copies the cells of the tokens at `from` out of `bytes`, as they are at positions from `to` on.
    ///
    /// # Errors
    /// If not each of them has a cell.
    pub fn lift(&self, bytes: &[u8], from: Range<usize>, to: usize, rotation: &Rotation) -> anyhow::Result<Block> {
        let mut order: Vec<(usize, usize)> = Vec::with_capacity(from.len());
        for (cell, &position) in self.positions.iter().enumerate() {
            if usize::try_from(position).is_ok_and(|position| from.contains(&position)) {
                order.push((usize::try_from(position)?, cell));
            }
        }
        order.sort_unstable();
        if order.len() != from.len() {
            return Err(anyhow!("{} tokens have {} cells", from.len(), order.len()));
        }
        let runs = runs(order.iter().map(|&(_, cell)| cell));
        let per_cell: usize = self.sections.iter().map(|section| section.unit * section.rows).sum();
        let mut lifted = Vec::with_capacity(per_cell * order.len());
        for (index, section) in self.sections.iter().enumerate() {
            let start = lifted.len();
            for row in 0..section.rows {
                let at = section.at + row * self.positions.len() * section.unit;
                for run in &runs {
                    lifted.extend_from_slice(&bytes[at + run.start * section.unit..at + run.end * section.unit]);
                }
            }
            if index == 0 {
                for (cell, about) in lifted[start..].chunks_exact_mut(ABOUT_CELL).enumerate() {
                    about[..4].copy_from_slice(&i32::try_from(to + cell)?.to_le_bytes());
                }
            } else if section.is_keys && from.start != to {
                let turn = Turn::by(i64::try_from(to)? - i64::try_from(from.start)?, rotation);
                for keys in lifted[start..].chunks_exact_mut(section.unit) {
                    turn.apply(keys)?;
                }
            }
        }
        Ok(Block { count: order.len(), bytes: lifted })
    }

    /// Removes all cells but those of the first `count` tokens from `bytes`.
    pub fn truncate(&self, bytes: &mut Vec<u8>, count: usize) {
        let is_kept = |position: i32| usize::try_from(position).is_ok_and(|position| position < count);
        let kept = self.positions.iter().enumerate().filter(|&(_, &position)| is_kept(position)).map(|(cell, _)| cell);
        let runs = runs(kept);
        let count: usize = runs.iter().map(Range::len).sum();
        let (mut read, mut write) = (0, 0);
        let copy = |bytes: &mut Vec<u8>, from: Range<usize>, write: &mut usize| {
            let length = from.len();
            bytes.copy_within(from, *write);
            *write += length;
        };
        for section in &self.sections {
            copy(bytes, read..section.at, &mut write);
            for row in 0..section.rows {
                let at = section.at + row * self.positions.len() * section.unit;
                for run in &runs {
                    copy(bytes, at + run.start * section.unit..at + run.end * section.unit, &mut write);
                }
            }
            read = section.at + section.rows * self.positions.len() * section.unit;
        }
        copy(bytes, read..bytes.len(), &mut write);
        bytes.truncate(write);
        self.set_count(bytes, count);
    }

    /// Adds the cells of `block` to `bytes`.
    ///
    /// # Errors
    /// If they are cells of another model.
    pub fn append(&self, bytes: &mut Vec<u8>, block: &Block) -> anyhow::Result<()> {
        let count = self.positions.len();
        let added: usize = self.sections.iter().map(|section| section.unit * section.rows * block.count).sum();
        if added != block.bytes.len() {
            return Err(anyhow!("the cells do not fit the sequence"));
        }
        let end = bytes.len();
        bytes.resize(end + added, 0);
        // From the end, so that nothing is written over that is still to be moved.
        let (mut read, mut write, mut taken) = (end, end + added, added);
        for section in self.sections.iter().rev() {
            let end = section.at + section.rows * count * section.unit;
            let behind = read - end;
            bytes.copy_within(end..read, write - behind);
            write -= behind;
            let (old, new) = (count * section.unit, block.count * section.unit);
            for row in (0..section.rows).rev() {
                bytes[write - new..write].copy_from_slice(&block.bytes[taken - new..taken]);
                let at = section.at + row * old;
                bytes.copy_within(at..at + old, write - new - old);
                (write, taken) = (write - new - old, taken - new);
            }
            read = section.at;
        }
        self.set_count(bytes, count + block.count);
        Ok(())
    }

    fn set_count(&self, bytes: &mut [u8], count: usize) {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        bytes[self.count_at..self.count_at + 4].copy_from_slice(&count.to_le_bytes());
    }
}

/// Ascending runs of numbers that follow each other.
fn runs(numbers: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some(run) if run.end == number => run.end += 1,
            _ => runs.push(number..number + 1),
        }
    }
    runs
}

/// A change of position, as a rotation of each pair of the last numbers of a head.
struct Turn {
    /// Numbers of a head, and the first one that is turned.
    width: usize,
    first: usize,
    /// Cosine and sine for each pair.
    pairs: Vec<(f32, f32)>,
}

impl Turn {
    fn by(positions: i64, rotation: &Rotation) -> Turn {
        let width = rotation.width.max(2) as usize;
        let angles = rotation.angles().into_iter().map(|angle| positions as f64 * angle);
        let pairs: Vec<_> = angles.map(|angle| (angle.cos() as f32, angle.sin() as f32)).collect();
        Turn { width, first: width.saturating_sub(2 * pairs.len()), pairs }
    }

    /// Rotates the keys of a cell, of all heads.
    fn apply(&self, keys: &mut [u8]) -> anyhow::Result<()> {
        let mut halves: Vec<u16> = keys.chunks_exact(2).map(|half| u16::from_le_bytes([half[0], half[1]])).collect();
        let count = i64::try_from(halves.len())?;
        let mut numbers = vec![0f32; halves.len()];
        // SAFETY: both have `count` numbers, and ggml reads and writes no more.
        unsafe { ggml_fp16_to_fp32_row(halves.as_ptr(), numbers.as_mut_ptr(), count) };
        for head in numbers.chunks_exact_mut(self.width) {
            for (pair, &(cos, sin)) in head[self.first..].chunks_exact_mut(2).zip(&self.pairs) {
                (pair[0], pair[1]) = (pair[0] * cos - pair[1] * sin, pair[0] * sin + pair[1] * cos);
            }
        }
        // SAFETY: as above.
        unsafe { ggml_fp32_to_fp16_row(numbers.as_ptr(), halves.as_mut_ptr(), count) };
        for (half, number) in keys.chunks_exact_mut(2).zip(halves) {
            half.copy_from_slice(&number.to_le_bytes());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::model::family::Rope;

    const ROPE: Rope = Rope { base: 10_000.0, scale: 0.25 };
    const ROTATION: Rotation = Rotation { width: 4, turned: 4, rope: ROPE, yarn: None };

    /// A state of one stream of three, of one layer with four numbers for each cell: keys and values are the cell's number.
    fn state(positions: &[i32], is_transposed: bool) -> Vec<u8> {
        let mut bytes = vec![9; HEAD];
        let mut put = |numbers: &[u32]| bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        put(&[3, 0, u32::try_from(positions.len()).expect("few")]);
        for position in positions {
            put(&[position.cast_unsigned(), 1, 0]);
        }
        put(&[u32::from(is_transposed), 1, 0, 0]);
        put(&[1, 8, 0]);
        let cells: Vec<u16> = (0..positions.len()).map(|cell| 0x3C00 + cell as u16).collect();
        let half = |bytes: &mut Vec<u8>, number: u16| bytes.extend(number.to_le_bytes());
        for &cell in &cells {
            (0..4).for_each(|_| half(&mut bytes, cell));
        }
        if is_transposed {
            bytes.extend([1u32, 2, 4].iter().flat_map(|number| number.to_le_bytes()));
            for row in 0..4u16 {
                cells.iter().for_each(|cell| half(&mut bytes, cell + 0x100 * row));
            }
        } else {
            bytes.extend([1u32, 8, 0].iter().flat_map(|number| number.to_le_bytes()));
            for &cell in &cells {
                (0..4).for_each(|row| half(&mut bytes, cell + 0x100 * row));
            }
        }
        bytes.extend([0; 4]);
        bytes
    }

    #[test]
    fn what_is_lifted_and_put_back_is_the_same() {
        for is_transposed in [true, false] {
            for positions in [&[0, 1, 2, 3, 4, 5, 6][..], &[0, 1, 6, 5, 2, 3, 4], &[6, 5, 4, 3, 2, 1, 0]] {
                let whole = state(positions, is_transposed);
                let outline = Outline::of(&whole, Values::Apart).expect("an outline");
                let block = outline.lift(&whole, 4..7, 4, &ROTATION).expect("a block");
                let mut bytes = whole.clone();
                outline.truncate(&mut bytes, 4);
                let short = Outline::of(&bytes, Values::Apart).expect("an outline");
                assert_eq!(short.positions.len(), 4);
                short.append(&mut bytes, &block).expect("appended");
                let again = Outline::of(&bytes, Values::Apart).expect("an outline");
                // The cells may have another order, and each has what it had.
                for range in [0..1, 2..4, 0..7] {
                    let old = outline.lift(&whole, range.clone(), range.start, &ROTATION).expect("cells");
                    assert_eq!(again.lift(&bytes, range.clone(), range.start, &ROTATION).expect("cells"), old);
                }
            }
        }
    }

    #[test]
    fn keys_turn_with_their_positions_and_back() {
        let whole = state(&[0, 1, 2, 3], true);
        let outline = Outline::of(&whole, Values::Apart).expect("an outline");
        let moved = outline.lift(&whole, 2..4, 9, &ROTATION).expect("a block");
        let mut bytes = whole.clone();
        outline.truncate(&mut bytes, 1);
        let short = Outline::of(&bytes, Values::Apart).expect("an outline");
        short.append(&mut bytes, &moved).expect("appended");
        let outline = Outline::of(&bytes, Values::Apart).expect("an outline");
        assert_eq!(outline.positions, [0, 9, 10]);
        let keys = &bytes[outline.sections[1].at + 8..][..8];
        assert_ne!(keys, [2, 0x3C].repeat(4));
        // (1, 1) turned by 7 positions of a quarter, and by a hundredth of that.
        let first = [keys[0], keys[1]];
        let mut number = 0f32;
        // SAFETY: one number each.
        unsafe { ggml_fp16_to_fp32_row([u16::from_le_bytes(first)].as_ptr(), &raw mut number, 1) };
        let expected = 1.75f32.cos() - 1.75f32.sin();
        assert!((number - expected).abs() < 0.01, "{number} {expected}");
        let back = outline.lift(&bytes, 9..11, 2, &ROTATION).expect("a block");
        let original =
            Outline::of(&whole, Values::Apart).expect("an outline").lift(&whole, 2..4, 2, &ROTATION).expect("a block");
        let close = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= 2;
        assert!(back.bytes.iter().zip(&original.bytes).all(close), "{back:?} {original:?}");
    }

    #[test]
    fn only_the_last_numbers_of_a_latent_key_are_turned() {
        let mut whole = state(&[0, 1, 2, 3], false);
        // Without the values of the layer, and with other streams behind it.
        let values = 12 + 4 * 8;
        whole.drain(whole.len() - 4 - values..whole.len() - 4);
        assert!(Outline::of(&whole, Values::Apart).is_err());
        let outline = Outline::of(&whole, Values::InKeys).expect("an outline");
        let rotation = Rotation { turned: 2, yarn: Some(4096), ..ROTATION };
        let moved = outline.lift(&whole, 2..3, 9, &rotation).expect("a block");
        let keys = &moved.bytes[ABOUT_CELL..];
        assert_eq!((keys.len(), &keys[..4]), (8, &[2, 0x3C, 2, 0x3C][..]));
        assert_ne!(keys[4..], [2, 0x3C, 2, 0x3C]);
        assert_eq!(Outline::at_beginning(&[&whole[..], &[1, 0]].concat(), Values::InKeys).expect("one").1, whole.len());
    }

    #[test]
    fn a_state_may_change_between_contexts() {
        let whole = state(&[0, 1, 2], true);
        let outline = Outline::of(&whole, Values::Apart).expect("an outline");
        for streams in [1, 2, 8] {
            let other = [&whole[..HEAD], &outline.among(&whole, streams)].concat();
            let again = Outline::of(&other, Values::Apart).expect("an outline");
            assert_eq!(again.lift(&other, 0..3, 0, &ROTATION).ok(), outline.lift(&whole, 0..3, 0, &ROTATION).ok());
            assert_eq!(again.among(&other, 1), outline.among(&whole, 1));
        }
    }

    #[test]
    fn other_layouts_are_refused() {
        let whole = state(&[0, 1, 2], true);
        let outline = Outline::of(&whole, Values::Apart).expect("an outline");
        assert!(outline.lift(&whole, 2..4, 0, &ROTATION).is_err(), "a token without a cell");
        for end in 0..whole.len() {
            assert!(Outline::of(&whole[..end], Values::Apart).is_err(), "{end}");
        }
        assert!(Outline::of(&[&whole[..], &[0]].concat(), Values::Apart).is_err());
        let mut other = whole.clone();
        let layers = HEAD + 12 + 3 * ABOUT_CELL + 4;
        other[layers..layers + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Outline::of(&other, Values::Apart).is_err());
        assert_eq!(
            Outline::at_beginning(&[&whole[..], b"label"].concat(), Values::Apart).expect("an outline").1,
            whole.len()
        );
        let other = state(&[0, 1, 2], false);
        let outline = Outline::of(&other, Values::Apart).expect("an outline");
        let block = Block { count: 1, bytes: vec![0; 3] };
        assert!(outline.append(&mut other.clone(), &block).is_err());
    }
}
