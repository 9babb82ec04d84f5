// The part of VS Code's interface that the extension uses, with documents that can be edited.
"use strict";

const Module = require("node:module");

class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
  isEqual(other) {
    return this.line === other.line && this.character === other.character;
  }
}

class Range {
  constructor(...words) {
    if (words.length === 4) words = [new Position(words[0], words[1]), new Position(words[2], words[3])];
    [this.start, this.end] = words;
  }
}

class Uri {
  constructor(text) {
    this.text = text;
    this.scheme = text.split(":")[0];
  }
  static parse(text) {
    return new Uri(text);
  }
  get fsPath() {
    return decodeURIComponent(this.text.replace(/^file:\/\//, ""));
  }
  toString() {
    return this.text;
  }
}

class Event {
  constructor() {
    this.listeners = new Set();
    this.on = (listener) => {
      this.listeners.add(listener);
      return { dispose: () => this.listeners.delete(listener) };
    };
  }
  fire(value) {
    for (const listener of [...this.listeners]) listener(value);
  }
}

class CancellationTokenSource {
  constructor() {
    const event = new Event();
    this.token = { isCancellationRequested: false, onCancellationRequested: event.on };
    this.cancel = () => {
      this.token.isCancellationRequested = true;
      event.fire();
    };
  }
}

/** A document; `edit` changes it as VS Code does and reports the changes. */
class Document {
  constructor(code, uri, languageId, text) {
    Object.assign(this, { code, uri: new Uri(uri), languageId, text, version: 1 });
  }
  getText() {
    return this.text;
  }
  /** Lines end at CRLF, LF and CR. */
  starts() {
    return [0, ...[...this.text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
  }
  offsetAt({ line, character }) {
    return this.starts()[line] + character;
  }
  positionAt(offset) {
    const starts = this.starts();
    const line = starts.findLastIndex((start) => start <= offset);
    return new Position(line, offset - starts[line]);
  }
  /** Replaces parts `[from, to, text]` that do not overlap, all of them of the text before. */
  edit(...parts) {
    parts.sort((a, b) => b[0] - a[0]);
    const contentChanges = parts.map(([from, to, text]) => ({
      range: new Range(this.positionAt(from), this.positionAt(to)),
      rangeOffset: from,
      rangeLength: to - from,
      text,
    }));
    for (const [from, to, text] of parts) this.text = this.text.slice(0, from) + text + this.text.slice(to);
    this.version++;
    this.code.events.changed.fire({ document: this, contentChanges });
  }
}

class WorkspaceEdit {
  constructor() {
    this.parts = [];
  }
  replace(uri, range, text) {
    this.parts.push({ uri: uri.toString(), range, text });
  }
}

const CodeActionKind = { Empty: { value: "", append: (value) => ({ value }) } };

/** A new window: what extensions see is `api`, what a test does is beside it. */
function open({ settings = {}, folders = [] } = {}) {
  const events = Object.fromEntries(
    ["opened", "changed", "closed", "saved", "configured", "folders", "editor"].map((name) => [name, new Event()]),
  );
  const code = { events, settings, messages: [], log: [], commands: new Map(), ran: [], chosen: undefined };
  const keys = (name) => Object.keys(settings).filter((key) => key === name || key.startsWith(`${name}.`));
  const workspaceFolders = folders.map((uri) => ({ uri: new Uri(uri), name: uri.split("/").pop() }));
  const say = (kind) => async (message, ...titles) => {
    code.messages.push({ kind, message, titles });
    return titles.find((title) => title === code.chosen);
  };
  const provider = (name) => (selector, value) => {
    code[name] = value;
    return { dispose: () => delete code[name] };
  };
  code.status = { shown: false, show: () => (code.status.shown = true), dispose() {} };
  code.api = {
    version: "1.100.0",
    Position,
    Range,
    Uri,
    WorkspaceEdit,
    CodeActionKind,
    CodeAction: class {
      constructor(title, kind) {
        Object.assign(this, { title, kind });
      }
    },
    SnippetString: class {
      constructor(value) {
        this.value = value;
      }
    },
    InlineCompletionItem: class {
      constructor(insertText, range, command) {
        Object.assign(this, { insertText, range, command });
      }
    },
    InlineCompletionTriggerKind: { Invoke: 0, Automatic: 1 },
    ConfigurationTarget: { Global: 1 },
    ProgressLocation: { Window: 10, Notification: 15 },
    StatusBarAlignment: { Right: 2 },
    languages: {
      registerInlineCompletionItemProvider: provider("suggestions"),
      registerCodeActionsProvider: provider("actions"),
    },
    commands: {
      registerCommand: (name, run) => {
        code.commands.set(name, run);
        return { dispose: () => code.commands.delete(name) };
      },
      registerTextEditorCommand: (name, run) =>
        code.api.commands.registerCommand(name, () => run(code.api.window.activeTextEditor)),
      executeCommand: async (name, ...words) => {
        code.ran.push(name);
        return code.commands.get(name)?.(...words);
      },
    },
    window: {
      activeTextEditor: undefined,
      createOutputChannel: () => ({ appendLine: (line) => code.log.push(line), show() {}, dispose() {} }),
      createStatusBarItem: () => code.status,
      showErrorMessage: say("error"),
      showWarningMessage: say("warning"),
      showInformationMessage: say("information"),
      onDidChangeActiveTextEditor: events.editor.on,
      withProgress: (options, run) => run({ report() {} }, (code.cancel = new CancellationTokenSource()).token),
    },
    workspace: {
      textDocuments: [],
      workspaceFolders: workspaceFolders.length > 0 ? workspaceFolders : undefined,
      onDidOpenTextDocument: events.opened.on,
      onDidChangeTextDocument: events.changed.on,
      onDidCloseTextDocument: events.closed.on,
      onDidSaveTextDocument: events.saved.on,
      onDidChangeConfiguration: events.configured.on,
      onDidChangeWorkspaceFolders: events.folders.on,
      getConfiguration: (section, scope) => ({
        get: (name) => settings[`[${scope?.languageId}]`]?.[`${section}.${name}`] ?? settings[`${section}.${name}`],
        update: async (name, value) => code.set(`${section}.${name}`, value),
      }),
      applyEdit: async ({ parts }) => {
        for (const uri of new Set(parts.map((part) => part.uri))) {
          const document = code.api.workspace.textDocuments.find((one) => one.uri.toString() === uri);
          const own = parts.filter((part) => part.uri === uri);
          document.edit(...own.map(({ range: { start, end }, text }) => [
            document.offsetAt(start), document.offsetAt(end), text,
          ]));
        }
        return true;
      },
    },
  };
  /** Changes a setting of the user's. */
  code.set = (name, value) => {
    settings[name] = value;
    events.configured.fire({ affectsConfiguration: (section) => keys(section).includes(name) });
  };
  /** Opens a document in an editor whose cursor is at its end. */
  code.edit = (uri, text, languageId = "python") => {
    const document = new Document(code, uri, languageId, text);
    code.api.workspace.textDocuments.push(document);
    events.opened.fire(document);
    code.select(document, text.length);
    return document;
  };
  code.select = (document, from, to = from) => {
    const [start, end] = [document.positionAt(from), document.positionAt(to)];
    code.api.window.activeTextEditor = { document, selection: { start, end, active: end } };
    events.editor.fire(code.api.window.activeTextEditor);
  };
  code.close = (document) => {
    code.api.workspace.textDocuments = code.api.workspace.textDocuments.filter((other) => other !== document);
    events.closed.fire(document);
  };
  return code;
}

/** Loads the extension anew, with this window as its `vscode`. */
function load(code) {
  const load = Module._load;
  Module._load = function (name, ...rest) {
    return name === "vscode" ? code.api : load.call(this, name, ...rest);
  };
  try {
    for (const name of ["../convert", "../extension"]) delete require.cache[require.resolve(name)];
    return require("../extension");
  } finally {
    Module._load = load;
  }
}

module.exports = { open, load, CancellationTokenSource, Position, Range };
