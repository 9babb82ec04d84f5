//! Sizes in bytes: printed for people, and parsed.

/// A size for people, such as `1.2 GB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return format!("{count} bytes");
    }
    let mut value = count as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `16GB`, `4GiB`, `800MB` or a number of bytes.
pub fn size(text: &str) -> Result<u64, String> {
    let upper = text.trim().to_uppercase();
    let (digits, unit) = upper.split_at(upper.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(upper.len()));
    let unit = match unit.trim() {
        "" | "B" => Some(1),
        "K" | "KB" => Some(1000),
        "M" | "MB" => Some(1_000_000),
        "G" | "GB" => Some(1_000_000_000),
        "KIB" => Some(1 << 10),
        "MIB" => Some(1 << 20),
        "GIB" => Some(1 << 30),
        _ => None,
    };
    let bytes = digits.parse::<u64>().ok().zip(unit).and_then(|(count, unit)| count.checked_mul(unit));
    bytes.ok_or_else(|| "a size such as 800MB or 4GiB".to_owned())
}

/// A limit in words, exactly: with the largest unit of a power of two that it is a multiple of, as in `16 MiB`.
#[must_use]
pub fn limit(count: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = units.into_iter().find(|(_, bits)| count > 0 && count.trailing_zeros() >= *bits);
    unit.map_or_else(|| format!("{count} bytes"), |(unit, bits)| format!("{} {unit}", count >> bits))
}

/// Seconds since 1970 as RFC 3339 has them.
#[must_use]
pub fn rfc3339(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Civil from days: years begin in March, eras have 400 years.
    let shifted = days + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + u64::from(month < 3);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_words() {
        for (count, words) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (999_950, "1.0 MB"),
            (873_582_624, "873.6 MB"),
            (u64::MAX, "18446.7 PB"),
        ] {
            assert_eq!(bytes(count), words);
        }
    }

    #[test]
    fn limits_are_exact() {
        for (count, words) in
            [(0, "0 bytes"), (1000, "1000 bytes"), (64 << 10, "64 KiB"), (1536 << 20, "1536 MiB"), (4 << 30, "4 GiB")]
        {
            assert_eq!(limit(count), words);
            assert!(words.ends_with("bytes") || size(words) == Ok(count));
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size("4GiB"), Ok(4 << 30));
        assert_eq!((size(" 16 gb"), size("77")), (Ok(16_000_000_000), Ok(77)));
        assert!(
            ["", "GB", "x", "-1", "1TB", "1.5GB", "99999999999999GB", "18446744073709551615K"]
                .iter()
                .all(|text| size(text).is_err())
        );
    }
}
