//! The fetched bytes of a file: a set of ranges, and the map on disk that survives the process.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::storage::write_whole;

/// Ranges of bytes: sorted, not empty, not adjacent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts(Vec<Range<u64>>);

impl Parts {
    /// Adds a range.
    pub fn add(&mut self, mut range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let first = self.0.partition_point(|part| part.end < range.start);
        let mut last = first;
        while let Some(part) = self.0.get(last).filter(|part| part.start <= range.end) {
            range = range.start.min(part.start)..range.end.max(part.end);
            last += 1;
        }
        self.0.splice(first..last, [range]);
    }

    /// Removes a range.
    pub fn remove(&mut self, range: &Range<u64>) {
        if range.is_empty() {
            return;
        }
        let cut = |part: &Range<u64>| [part.start..part.end.min(range.start), part.start.max(range.end)..part.end];
        self.0 = self.0.iter().flat_map(cut).filter(|part| !part.is_empty()).collect();
    }

    /// The number of bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.iter().map(|part| part.end - part.start).sum()
    }

    /// The end of the part that begins with byte 0.
    #[must_use]
    pub fn frontier(&self) -> u64 {
        self.0.first().filter(|part| part.start == 0).map_or(0, |part| part.end)
    }

    /// The first range below `size` that is in neither set.
    #[must_use]
    pub fn first_hole(&self, other: &Parts, size: u64) -> Option<Range<u64>> {
        let mut start = 0;
        loop {
            let covering = |parts: &Parts| parts.0.iter().find(|part| part.contains(&start)).map(|part| part.end);
            match covering(self).or_else(|| covering(other)) {
                Some(end) => start = end,
                None => break,
            }
        }
        let next = |parts: &Parts| parts.0.iter().map(|part| part.start).find(|&at| at > start).unwrap_or(size);
        let hole = start..next(self).min(next(other)).min(size);
        (!hole.is_empty()).then_some(hole)
    }

    /// The ranges.
    #[must_use]
    pub fn ranges(&self) -> &[Range<u64>] {
        &self.0
    }

    /// Whether two sets have bytes in common.
    #[must_use]
    pub fn overlap(&self, other: &Parts) -> bool {
        self.0.iter().any(|a| other.0.iter().any(|b| a.start < b.end && b.start < a.end))
    }
}

/// The map file of an unfinished download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Map {
    /// Its final name.
    pub name: String,
    /// Its final size in bytes.
    pub size: u64,
    /// The ranges that are safely on disk.
    pub parts: Parts,
}

impl Map {
    /// Reads a map. If it is missing, damaged or impossible, everything is fetched again.
    #[must_use]
    pub fn load(path: &Path) -> Option<Map> {
        let map: Map = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let ordered = map.parts.0.windows(2).all(|pair| pair[0].end < pair[1].start);
        let sound = map.parts.0.iter().all(|part| part.start < part.end);
        (ordered && sound).then_some(map)
    }

    /// Writes it atomically.
    ///
    /// # Errors
    /// File system errors.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        write_whole(path, &serde_json::to_vec(self).map_err(io::Error::other)?)
    }
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init)]
mod tests {
    use super::*;

    fn parts(ranges: &[Range<u64>]) -> Parts {
        let mut parts = Parts::default();
        ranges.iter().for_each(|range| parts.add(range.clone()));
        parts
    }

    #[test]
    fn ranges_are_joined_and_cut() {
        assert_eq!(parts(&[0..2, 4..6, 2..4]).ranges(), [0..6]);
        assert_eq!(parts(&[4..6, 0..2, 3..3]).ranges(), [0..2, 4..6]);
        assert_eq!(parts(&[0..2, 4..6, 8..9, 1..8]).ranges(), [0..9]);
        let mut some = parts(&[0..10]);
        some.remove(&(3..5));
        assert_eq!((some.ranges(), some.bytes(), some.frontier()), (&[0..3, 5..10][..], 8, 3));
        some.remove(&(0..7));
        assert_eq!((some.ranges(), some.frontier()), (&[7..10][..], 0));
        assert!(some.overlap(&parts(&[9..12])) && !some.overlap(&parts(&[0..7, 10..12])));
    }

    #[test]
    fn holes_are_in_neither_set() {
        let (a, b) = (parts(&[0..2, 5..6]), parts(&[2..3]));
        assert_eq!(a.first_hole(&b, 10), Some(3..5));
        assert_eq!(a.first_hole(&parts(&[2..5]), 10), Some(6..10));
        assert_eq!(a.first_hole(&parts(&[2..10]), 10), None);
        assert_eq!(Parts::default().first_hole(&Parts::default(), 0), None);
        assert_eq!(a.first_hole(&parts(&[2..5]), 6), None);
    }

    #[test]
    fn any_order_of_additions_and_removals_keeps_the_count() {
        // Compared with a plain list of bytes.
        let mut random = 1u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let (mut some, mut plain) = (Parts::default(), [false; 64]);
        for _ in 0..2000 {
            let start = next(64);
            let range = start..(start + next(12)).min(64);
            let add = next(3) > 0;
            plain[range.start as usize..range.end as usize].fill(add);
            if add {
                some.add(range)
            } else {
                some.remove(&range)
            }
            assert_eq!(some.bytes() as usize, plain.iter().filter(|&&there| there).count());
            assert_eq!(some.frontier() as usize, plain.iter().take_while(|&&there| there).count());
            assert!(some.ranges().windows(2).all(|pair| pair[0].end < pair[1].start));
        }
    }

    #[test]
    fn damaged_maps_are_none() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("map");
        let map = Map { name: "a.gguf".into(), size: 9, parts: parts(&[0..3, 5..9]) };
        map.save(&path).expect("saved");
        assert_eq!(Map::load(&path), Some(map));
        let range = |start: u64, end: u64| format!(r#"{{"start":{start},"end":{end}}}"#);
        for ranges in [range(3, 3), range(4, 3), format!("{},{}", range(4, 6), range(1, 2)), "7".into()] {
            fs::write(&path, format!(r#"{{"name":"a","size":9,"parts":[{ranges}]}}"#)).expect("written");
            assert_eq!(Map::load(&path), None, "{ranges}");
        }
    }
}
