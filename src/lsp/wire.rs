//! Messages on stdin and stdout: JSON-RPC behind a header with their length.
//!
//! A message that is no JSON is answered and skipped, since its length says where the next one begins.

use std::io::{self, BufRead, Read as _, Write};

use lsp_server::{ErrorCode, Message};
use serde_json::json;

/// A message with more bytes than this is not read.
const MAX_BYTES: u64 = 256 << 20;
/// A header with more bytes or lines than this is none.
const MAX_HEADER: u64 = 4096;
const MAX_HEADERS: usize = 32;

/// What arrives.
#[derive(Debug)]
pub enum Incoming {
    /// A message.
    Message(Message),
    /// Something else, and why it is no message.
    Unreadable(String),
}

/// What is sent.
#[derive(Debug)]
pub enum Outgoing {
    /// A message.
    Message(Message),
    /// The answer to what is no message: this is why.
    Refusal(String),
}

/// Reads the next message; `None` at the end of the input.
///
/// # Errors
/// Errors from reading, and a header that does not say where the message ends.
pub fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why);
    let mut length = None;
    for number in 0.. {
        let mut line = Vec::new();
        input.take(MAX_HEADER).read_until(b'\n', &mut line)?;
        if line.is_empty() && number == 0 {
            return Ok(None);
        }
        if !line.ends_with(b"\n") || number > MAX_HEADERS {
            return Err(wrong("a message begins with no header"));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| wrong("a message begins with no header"))?;
        if name.trim().eq_ignore_ascii_case("Content-Length") {
            length = Some(value.trim().parse::<u64>().map_err(|_| wrong("a message's Content-Length is no number"))?);
        }
    }
    let length = length.ok_or_else(|| wrong("a message has no Content-Length"))?;
    if length > MAX_BYTES {
        return Err(wrong("a message is larger than 256 MiB"));
    }
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(match serde_json::from_slice(&body) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Unreadable(error.to_string()),
    }))
}

/// Writes a message.
///
/// # Errors
/// Errors from writing.
pub fn write(output: &mut impl Write, outgoing: &Outgoing) -> io::Result<()> {
    match outgoing {
        Outgoing::Message(message) => message.write(output)?,
        Outgoing::Refusal(why) => {
            let error = json!({"code": ErrorCode::ParseError as i32, "message": why});
            let body = json!({"jsonrpc": "2.0", "id": null, "error": error}).to_string();
            write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        }
    }
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut input: &[u8]) -> (Vec<String>, Option<String>) {
        let mut found = Vec::new();
        loop {
            match read(&mut input) {
                Ok(None) => return (found, None),
                Ok(Some(Incoming::Message(Message::Request(request)))) => found.push(request.method),
                Ok(Some(Incoming::Message(Message::Notification(note)))) => found.push(note.method),
                Ok(Some(other)) => found.push(format!("{other:?}")),
                Err(error) => return (found, Some(error.to_string())),
            }
        }
    }

    #[test]
    fn messages_of_all_clients() {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"a"}"#;
        let note = r#"{"method":"b","params":{}}"#;
        let input = format!(
            "Content-Length: {}\r\n\r\n{body}content-length:{}\nContent-Type: x\n\n{note}Content-Length: 1\r\n\r\n]",
            body.len(),
            note.len()
        );
        let (found, error) = all(input.as_bytes());
        assert_eq!(found[..2], ["a", "b"]);
        assert!(found[2].starts_with("Unreadable") && found.len() == 3 && error.is_none(), "{found:?} {error:?}");
    }

    #[test]
    fn what_is_no_message_ends_the_input() {
        for (input, why) in [
            ("hello\r\n\r\n", "a message begins with no header"),
            ("Content-Length: 99999999999999\r\n\r\n", "a message is larger than 256 MiB"),
            ("Content-Length: -1\r\n\r\n", "a message's Content-Length is no number"),
            ("Content-Type: x\r\n\r\n{}", "a message has no Content-Length"),
            ("Content-Length: 1", "a message begins with no header"),
            ("Content-Length: 5\r\n\r\n{}", "unexpected end of file"),
            (&"A: b\n".repeat(40), "a message begins with no header"),
            (&"a".repeat(5000), "a message begins with no header"),
        ] {
            assert_eq!(all(input.as_bytes()), (Vec::new(), Some(why.to_owned())), "{:.60}", input);
        }
    }
}
