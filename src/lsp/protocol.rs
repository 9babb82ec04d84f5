//! What the client can do, and the objects that it gets.
//!
//! Of `initialize`, only what is needed is read, one by one: a client whose capabilities have an unknown shape is served too.

use std::ops::Range;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::lsp::commands::Command;
use crate::lsp::document::{Document, Encoding};
use crate::lsp::workspace;
use crate::text::lines::is_word;

/// The token of the progress that is shown while the model is loaded.
pub const PROGRESS: &str = "dscoder/loading";
/// The kind of the code actions.
const ACTION: &str = "refactor.rewrite";

/// What a client can do.
#[derive(Debug, Default)]
pub struct Client {
    /// What it counts in lines.
    pub encoding: Encoding,
    /// The directories that it has opened.
    pub folders: Vec<PathBuf>,
    /// It can be asked for its settings.
    pub has_configuration: bool,
    /// It wants to be told what notifications are expected.
    pub registers_configuration: bool,
    /// It shows progress.
    pub has_progress: bool,
    /// It writes into documents.
    pub applies_edits: bool,
    /// It checks the versions of documents that it writes into.
    has_versions: bool,
    /// It shows inline completions.
    has_inline: bool,
    /// It takes code actions, and not only commands.
    has_actions: bool,
}

impl Client {
    /// The client that sends these parameters with `initialize`.
    #[must_use]
    pub fn of(params: &Value) -> Client {
        let capability = |path: &str| params.pointer(&format!("/capabilities/{path}")).filter(|value| !value.is_null());
        let can = |path: &str| capability(path).is_some_and(|value| *value == json!(true));
        let encodings = capability("general/positionEncodings").and_then(Value::as_array);
        let mut encodings = encodings.into_iter().flatten().filter_map(Value::as_str).filter_map(Encoding::named);
        let folders =
            params["workspaceFolders"].as_array().into_iter().flatten().filter_map(|folder| folder["uri"].as_str());
        let mut folders: Vec<_> = folders.filter_map(workspace::path).collect();
        if folders.is_empty() {
            folders.extend(params["rootUri"].as_str().and_then(workspace::path));
        }
        Client {
            encoding: encodings.next().unwrap_or_default(),
            folders,
            has_configuration: can("workspace/configuration"),
            registers_configuration: can("workspace/didChangeConfiguration/dynamicRegistration"),
            has_progress: can("window/workDoneProgress"),
            applies_edits: can("workspace/applyEdit"),
            has_versions: can("workspace/workspaceEdit/documentChanges"),
            has_inline: capability("textDocument/inlineCompletion").is_some(),
            has_actions: capability("textDocument/codeAction/codeActionLiteralSupport").is_some(),
        }
    }

    /// The answer to `initialize`. Clients without inline completion get the same in their lists of completions.
    #[must_use]
    pub fn capabilities(&self) -> Value {
        let commands: Vec<_> = Command::ALL.iter().map(|command| command.name()).collect();
        let mut capabilities = json!({
            "positionEncoding": self.encoding.to_string(),
            "textDocumentSync": {"openClose": true, "change": 2, "save": true},
            "inlineCompletionProvider": true,
            "codeActionProvider": {"codeActionKinds": [ACTION]},
            "executeCommandProvider": {"commands": commands},
            "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
        });
        if let (Some(object), false) = (capabilities.as_object_mut(), self.has_inline) {
            object.insert("completionProvider".to_owned(), json!({}));
        }
        json!({"capabilities": capabilities, "serverInfo": {"name": "dscoder", "version": env!("CARGO_PKG_VERSION")}})
    }

    /// An entry of a menu that runs a command.
    #[must_use]
    pub fn action(&self, command: Command, argument: &Value) -> Value {
        let title = format!("dscoder: {}", command.title());
        let command = json!({"title": title, "command": command.name(), "arguments": [argument]});
        if self.has_actions { json!({"title": title, "kind": ACTION, "command": command}) } else { command }
    }

    /// Changes of a document.
    #[must_use]
    pub fn edit(&self, uri: &str, version: i32, edits: &Value) -> Value {
        if self.has_versions {
            return json!({"documentChanges": [{"textDocument": {"uri": uri, "version": version}, "edits": edits}]});
        }
        json!({"changes": {uri: edits}})
    }
}

/// Whether code actions of this kind, or of all below it, are those of the server.
#[must_use]
pub fn is_action(kind: &str) -> bool {
    ACTION == kind || ACTION.strip_prefix(kind).is_some_and(|rest| rest.starts_with('.') || kind.is_empty())
}

/// No completions.
#[must_use]
pub fn no_items() -> Value {
    json!({"items": [], "isIncomplete": true})
}

/// An entry of the editor's list of completions: `text` in place of `bytes`. The word before it is a part of it, since
/// editors filter their lists by that word.
#[must_use]
pub fn entry(document: &Document, encoding: Encoding, bytes: &Range<usize>, text: &str) -> Value {
    let before = &document.text().as_bytes()[..bytes.start];
    let word = before.iter().rev().take_while(|&&byte| is_word(byte)).count();
    let start = bytes.start - word;
    let whole = format!("{}{text}", &document.text()[start..bytes.start]);
    let mut lines = whole.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().trim();
    let label = if lines.next().is_some() { format!("{first} …") } else { first.to_owned() };
    json!({
        "label": label,
        "kind": 1,
        "detail": "dscoder",
        "documentation": {"kind": "plaintext", "value": whole},
        "filterText": whole.lines().next().unwrap_or_default(),
        "sortText": "~",
        "insertTextFormat": 1,
        "insertTextMode": 1,
        "textEdit": {
            "range": {"start": document.position(start, encoding), "end": document.position(bytes.end, encoding)},
            "newText": whole,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_what_they_say() {
        let client = Client::of(&json!({
            "rootUri": "file:///a%20b",
            "capabilities": {
                "general": {"positionEncodings": ["utf-7", "utf-32", "utf-8"]},
                "workspace": {"configuration": true, "applyEdit": "yes", "symbol": {"symbolKind": {"valueSet": [999]}}},
                "textDocument": {"inlineCompletion": {}},
                "window": null,
            },
        }));
        assert_eq!((client.encoding, &client.folders[..]), (Encoding::Utf32, &[PathBuf::from("/a b")][..]));
        assert!(client.has_configuration && client.has_inline && !client.applies_edits && !client.has_progress);
        assert!(client.capabilities()["capabilities"].get("completionProvider").is_none());
        let client = Client::of(&Value::Null);
        assert_eq!(client.encoding, Encoding::Utf16);
        assert!(client.capabilities()["capabilities"].get("completionProvider").is_some());
    }

    #[test]
    fn kinds_of_actions() {
        for (kind, expected) in
            [("refactor", true), ("refactor.rewrite", true), ("", true), ("refactor.rew", false), ("quickfix", false)]
        {
            assert_eq!(is_action(kind), expected, "{kind}");
        }
    }

    #[test]
    fn an_entry_begins_with_the_word_before_it() {
        let document = Document::new("python".to_owned(), 1, "x = éto\n".to_owned());
        let at = document.text().find('\n').expect("there");
        let entry = entry(&document, Encoding::Utf16, &(at..at), "tal(\n    y)");
        assert_eq!(entry["label"], "étotal( …");
        assert_eq!(entry["textEdit"]["newText"], "étotal(\n    y)");
        assert_eq!(entry["textEdit"]["range"]["start"], json!({"line": 0, "character": 4}));
        assert_eq!(entry["filterText"], "étotal(");
    }
}
