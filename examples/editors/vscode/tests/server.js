#!/usr/bin/env node
// A language server with fixed answers. Its first argument after `lsp` is JSON: how it behaves.
//   dies: a method at which it ends; refuses: a line for stderr before it ends at once; silent: a method without answer
//   asks: requests to the client after `initialized`; garbage: bytes that are not the protocol
"use strict";

const { Connection, RequestError } = require("../rpc");

const behaviour = JSON.parse(process.argv[3] ?? "{}");
if (behaviour.refuses) {
  process.stderr.write(`${behaviour.refuses}\n`);
  process.exit(2);
}

const texts = new Map();
const log = [];

/** The offset of a position: UTF-16, lines that end at LF, CRLF or CR. */
function offset(text, { line, character }) {
  const end = /\r\n|\n|\r/g;
  for (let at = 0; at < line; at++) end.exec(text);
  return (line === 0 ? 0 : end.lastIndex) + character;
}

const handlers = {
  initialize: () => ({
    capabilities: {
      positionEncoding: "utf-16",
      textDocumentSync: { openClose: true, change: 2 },
      inlineCompletionProvider: {},
      codeActionProvider: true,
      executeCommandProvider: { commands: ["dscoder.fillSelection"] },
    },
  }),
  "textDocument/inlineCompletion": ({ textDocument: { uri }, position }) => {
    const text = texts.get(uri).text;
    const word = /\w*$/.exec(text.slice(0, offset(text, position)))[0];
    const start = { line: position.line, character: position.character - word.length };
    return {
      items: [
        { insertText: `${word}_one`, range: { start, end: position }, command: { title: "t", command: "taken", arguments: [1] } },
        { insertText: { kind: "snippet", value: "two$0" }, filterText: "tw" },
      ],
    };
  },
  "textDocument/codeAction": ({ textDocument: { uri }, range }) => [
    {
      title: "Fill the selection",
      kind: "refactor.rewrite",
      command: { title: "Fill", command: "dscoder.fillSelection", arguments: [{ uri, range }] },
    },
    { title: "Bare", command: "dscoder.writeDocstring", arguments: [{ uri, position: range.start }] },
  ],
  "workspace/executeCommand": async ({ command, arguments: [{ uri, range, position }] }) => {
    if (command === "dscoder.nextCandidate") return { insertText: "another" };
    if (command === "dscoder.completeFunction") throw new RequestError(-32803, "there is no function here");
    const edits = [{ range: range ?? { start: position, end: position }, newText: "filled" }];
    const version = behaviour.stale ? 0 : texts.get(uri).version;
    const edit = behaviour.creates
      ? { documentChanges: [{ kind: "create", uri }] }
      : { documentChanges: [{ textDocument: { uri, version }, edits }] };
    return connection.request("workspace/applyEdit", { edit });
  },
  "test/state": () => ({ texts: Object.fromEntries([...texts].map(([uri, { text }]) => [uri, text])), log }),
  shutdown: () => null,
};

const notified = {
  initialized: async () => {
    if (behaviour.garbage) process.stdout.write(behaviour.garbage);
    for (const [method, params] of behaviour.asks ?? []) {
      const answer = await connection.request(method, params).catch((error) => ({ code: error.code }));
      log.push(["answer", method, answer]);
    }
    for (const [method, params] of behaviour.tells ?? []) connection.notify(method, params);
  },
  "textDocument/didOpen": ({ textDocument: { uri, version, text } }) => {
    if (texts.has(uri)) throw new Error(`opened twice: ${uri}`);
    texts.set(uri, { version, text });
  },
  "textDocument/didChange": ({ textDocument: { uri, version }, contentChanges }) => {
    const document = texts.get(uri);
    for (const { range, text } of contentChanges) {
      const [from, to] = [offset(document.text, range.start), offset(document.text, range.end)];
      document.text = document.text.slice(0, from) + text + document.text.slice(to);
    }
    document.version = version;
  },
  "textDocument/didClose": ({ textDocument: { uri } }) => texts.delete(uri),
  exit: () => process.exit(0),
};

const connection = new Connection(process.stdin, process.stdout, {
  request: (method, params) => {
    log.push(["request", method, params]);
    if (behaviour.dies === method) process.exit(3);
    if (behaviour.silent === method) return new Promise(() => {});
    if (!handlers[method]) throw new RequestError(-32601, method);
    return handlers[method](params);
  },
  notification: (method, params) => {
    log.push(["notification", method, params]);
    if (behaviour.dies === method) process.exit(3);
    notified[method]?.(params);
  },
  failed: () => process.exit(4),
});
process.stdin.on("end", () => process.exit(5));
