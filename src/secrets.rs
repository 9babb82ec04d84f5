//! Removes secrets from text: everything that is printed, logged or written as JSON and may contain an address goes
//! through here.

/// A text without the secrets in its addresses: user names, passwords, and queries, which may be signed. Fragments are
/// removed too.
///
/// An address begins with a scheme and `://`. After `http`, `https` and the schemes of proxies there may be more
/// slashes, backslashes, or none: URL parsers accept `https:user:word@host` and `http:\\user:word@host` too.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = authority(rest) {
        let (before, address) = rest.split_at(start);
        let end = address.find(|character: char| character.is_whitespace() || "\"'`<>".contains(character));
        let (address, behind) = address.split_at(end.unwrap_or(address.len()));
        let shown = address.split(['?', '#']).next().unwrap_or_default();
        let host = shown.find(['/', '\\']).unwrap_or(shown.len());
        let host = shown[..host].rfind('@').map_or(0, |at| at + 1);
        out = out + before + &shown[host..];
        rest = behind;
    }
    out + rest
}

/// Schemes after which URL parsers need no slashes.
const SPECIAL: [&str; 6] = ["http", "https", "ftp", "ws", "wss", "socks5"];

/// Where the first address of a text begins, after its scheme and slashes.
fn authority(text: &str) -> Option<usize> {
    text.match_indices(':').find_map(|(colon, _)| {
        let behind = &text[colon + 1..];
        let slashes = behind.len() - behind.trim_start_matches(['/', '\\']).len();
        let scheme = text[..colon].rsplit(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_special = SPECIAL.iter().any(|known| scheme.eq_ignore_ascii_case(known));
        // A colon that ends a word of a sentence, such as "over http: no answer", begins no address.
        let is_address = behind.starts_with("//") || (is_special && !behind.starts_with(char::is_whitespace));
        (is_address && !behind.is_empty()).then_some(colon + 1 + slashes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_what_is_secret() {
        for (text, shown) in [
            ("a b", "a b"),
            ("no http://u:p@h:1/a/b@c?q=1#f, \"https://t@h\" x?", "no http://h:1/a/b@c \"https://h\" x?"),
            ("://", "://"),
            ("x://a@b@c", "x://c"),
            ("x://a:/@", "x://a:/@"),
            ("https:user:word@host/a?key=1", "https:host/a"),
            ("HTTPS:/user@host", "HTTPS:/host"),
            ("http:\\\\user:word@host\\a@b", "http:\\\\host\\a@b"),
            ("socks5://u:p@h", "socks5://h"),
            ("over http: no answer from a@b?", "over http: no answer from a@b?"),
            ("a.rs:12: b@c?", "a.rs:12: b@c?"),
            ("http:", "http:"),
            ("é://ü@ö ", "é://ö "),
        ] {
            assert_eq!(redact(text), shown, "{text}");
        }
    }
}
