//! Dependencies first.

/// The order in which `files` (each the indexes of those it imports) are shown: every file behind those that it imports,
/// otherwise as they are given. In a cycle, the file that is reached first comes last.
#[must_use]
pub fn dependencies_first(files: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(files.len());
    let mut reached = vec![false; files.len()];
    for start in 0..files.len() {
        if std::mem::replace(&mut reached[start], true) {
            continue;
        }
        // Each entry is a file and how many of its imports have been looked at. No recursion: a chain may be long.
        let mut path = vec![(start, 0)];
        while let Some((file, next)) = path.last_mut() {
            match files[*file].get(*next) {
                Some(&import) => {
                    *next += 1;
                    if import < files.len() && !std::mem::replace(&mut reached[import], true) {
                        path.push((import, 0));
                    }
                }
                None => {
                    order.push(*file);
                    path.pop();
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        type Case<'a> = (&'a [&'a [usize]], &'a [usize]);
        let cases: &[Case<'_>] = &[
            (&[], &[]),
            (&[&[], &[], &[]], &[0, 1, 2]),
            (&[&[1], &[2], &[]], &[2, 1, 0]),
            (&[&[], &[2], &[0]], &[0, 2, 1]),
            // A diamond.
            (&[&[1, 2], &[3], &[3], &[]], &[3, 1, 2, 0]),
            // Cycles, of two and of one; an index that does not exist.
            (&[&[1], &[0]], &[1, 0]),
            (&[&[0, 9], &[]], &[0, 1]),
            (&[&[1], &[2], &[1]], &[2, 1, 0]),
        ];
        for (files, expected) in cases {
            let files: Vec<Vec<usize>> = files.iter().map(|imports| imports.to_vec()).collect();
            assert_eq!(dependencies_first(&files), *expected, "{files:?}");
        }
    }

    #[test]
    fn a_long_chain_is_no_deep_recursion() {
        let files: Vec<Vec<usize>> = (1..=200_000).map(|next| vec![next]).collect();
        assert_eq!(dependencies_first(&files).first(), Some(&199_999));
    }
}
