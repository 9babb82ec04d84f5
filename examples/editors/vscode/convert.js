// Places and edits of the protocol and of VS Code. Both count lines from 0 and columns in UTF-16.
"use strict";

const vscode = require("vscode");

function fromPosition({ line, character }) {
  return { line, character };
}

function fromRange({ start, end }) {
  return { start: fromPosition(start), end: fromPosition(end) };
}

function toRange({ start, end }) {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/**
 * An edit of several files: `{ edit }`, or `{ refused: why }` if it is for a text that has changed since.
 * `open(uri)` is the document, if it is open.
 */
function toWorkspaceEdit({ changes, documentChanges }, open) {
  const parts = documentChanges ?? Object.entries(changes ?? {}).map(([uri, edits]) => ({ textDocument: { uri }, edits }));
  const edit = new vscode.WorkspaceEdit();
  for (const { kind, textDocument, edits } of parts) {
    if (kind !== undefined) return { refused: `files cannot be changed by "${kind}"` };
    const { uri, version } = textDocument;
    const document = open(uri);
    if (version != null && document && document.version !== version) {
      return { refused: `${uri} has changed in the meantime` };
    }
    for (const { range, newText } of edits) edit.replace(vscode.Uri.parse(uri), toRange(range), newText);
  }
  return { edit };
}

module.exports = { fromPosition, fromRange, toRange, toWorkspaceEdit };
