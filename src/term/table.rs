//! Tables as text.

use unicode_width::UnicodeWidthStr;

/// Rows as a text with aligned columns.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        // Padded by hand: `{:width$}` counts characters, but some have two columns.
        let padded = |(cell, width): (&String, &usize)| format!("{cell}{}", " ".repeat(width - cell.width()));
        let cells: Vec<_> = row.iter().zip(&widths).map(padded).collect();
        out += cells.join("  ").trim_end();
        out.push('\n');
    }
    out
}
