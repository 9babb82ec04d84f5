// Inline suggestions from `dscoder lsp`.
"use strict";

const { existsSync } = require("node:fs");
const vscode = require("vscode");
const convert = require("./convert");
const { ErrorCode, RequestError } = require("./rpc");
const { Server, State } = require("./server");

/** Documents that are shown to the server. */
const SCHEMES = ["file", "untitled", "vscode-notebook-cell"];

/** Settings that are the server's; one that is not set is left to dscoder's own settings. */
const SERVER_SETTINGS = ["model", "candidates", "maxTokens", "context", "maxPromptMs"];

/** Settings that need another process. */
const PROCESS_SETTINGS = ["path", "arguments"];

/** Commands of the server, and what they are told. */
const COMMANDS = Object.freeze({
  "dscoder.fillSelection": { title: "filling the selection", argument: selectionArgument },
  "dscoder.completeFunction": { title: "completing the function", argument: positionArgument },
  "dscoder.writeDocstring": { title: "writing a docstring", argument: positionArgument },
});
const NEXT_CANDIDATE = "dscoder.nextCandidate";

/** Runs any command of the server; it is not in the palette. */
const EXECUTE = "dscoder.execute";

class Client {
  constructor(patience) {
    this.output = vscode.window.createOutputChannel("dscoder");
    this.status = vscode.window.createStatusBarItem("dscoder", vscode.StatusBarAlignment.Right, 100);
    this.status.name = "dscoder";
    /** URIs of the documents that the server has. */
    this.synced = new Set();
    /** What the server waits for, by its token: the title and the latest report. */
    this.progress = new Map();
    /** An item to be shown at a place, asked for by a command. */
    this.another = undefined;
    this.capabilities = {};
    this.requests = 0;
    this.server = new Server(
      {
        command: () => this.command(),
        initialize: () => this.initializeParams(),
        ready: (result) => this.ready(result),
        changed: (state, detail) => this.changed(state, detail),
        log: (text) => this.output.appendLine(text),
        request: (method, params) => this.answer(method, params),
        notification: (method, params) => this.notified(method, params),
      },
      patience,
    );
    this.registrations = this.register();
  }

  register() {
    const { commands, languages, window, workspace } = vscode;
    const selector = SCHEMES.map((scheme) => ({ scheme }));
    return [
      this.output,
      this.status,
      languages.registerInlineCompletionItemProvider(selector, {
        provideInlineCompletionItems: (...words) => this.suggest(...words),
      }),
      languages.registerCodeActionsProvider(selector, {
        provideCodeActions: (...words) => this.codeActions(...words),
      }),
      workspace.onDidOpenTextDocument((document) => this.opened(document)),
      workspace.onDidChangeTextDocument((event) => this.edited(event)),
      workspace.onDidCloseTextDocument((document) => this.closed(document)),
      workspace.onDidSaveTextDocument((document) => this.saved(document)),
      workspace.onDidChangeConfiguration((event) => this.configured(event)),
      workspace.onDidChangeWorkspaceFolders((event) => this.foldersChanged(event)),
      window.onDidChangeActiveTextEditor(() => this.showStatus()),
      ...Object.entries(COMMANDS).map(([name, { argument }]) =>
        commands.registerTextEditorCommand(name, (editor) => this.execute(name, [argument(editor)])),
      ),
      commands.registerTextEditorCommand(NEXT_CANDIDATE, (editor) => this.nextCandidate(editor)),
      commands.registerCommand(EXECUTE, (name, words) => this.execute(name, words)),
      commands.registerCommand("dscoder.toggle", () => this.toggle()),
      commands.registerCommand("dscoder.restart", () => this.server.restart()),
      commands.registerCommand("dscoder.showLog", () => this.output.show()),
    ];
  }

  async dispose() {
    for (const registration of this.registrations) registration.dispose();
    this.registrations = [];
    await this.server.stop();
  }

  // The process

  command() {
    const settings = vscode.workspace.getConfiguration("dscoder");
    const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === "file") ?? [];
    return {
      path: settings.get("path") || "dscoder",
      arguments: ["lsp", ...(settings.get("arguments") ?? [])],
      // A folder that is gone would look like a program that is not there.
      cwd: folders.map(({ uri }) => uri.fsPath).find((path) => existsSync(path)),
    };
  }

  initializeParams() {
    const folders = this.folders();
    return {
      processId: process.pid,
      clientInfo: { name: "Visual Studio Code", version: vscode.version },
      rootUri: folders?.[0]?.uri ?? null,
      workspaceFolders: folders,
      initializationOptions: serverSettings(),
      capabilities: {
        general: { positionEncodings: ["utf-16"] },
        workspace: {
          applyEdit: true,
          configuration: true,
          didChangeConfiguration: { dynamicRegistration: false },
          executeCommand: { dynamicRegistration: false },
          workspaceEdit: { documentChanges: true },
          workspaceFolders: true,
        },
        textDocument: {
          synchronization: { didSave: true, dynamicRegistration: false },
          inlineCompletion: { dynamicRegistration: false },
          codeAction: {
            dataSupport: false,
            codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "refactor", "source"] } },
          },
        },
        window: { workDoneProgress: true, showMessage: {} },
      },
    };
  }

  ready({ capabilities }) {
    this.capabilities = capabilities ?? {};
    this.synced.clear();
    this.progress.clear();
    for (const document of vscode.workspace.textDocuments) this.opened(document, true);
  }

  /** A new state of the process. */
  async changed(state, detail) {
    this.detail = detail;
    this.showStatus();
    if (state !== State.Failed) return;
    this.output.appendLine(detail);
    const [restart, log] = ["Restart", "Show the Log"];
    const chosen = await vscode.window.showErrorMessage(detail.split("\n")[0], restart, log);
    if (chosen === restart) this.server.restart();
    if (chosen === log) this.output.show();
  }

  showStatus() {
    const document = vscode.window.activeTextEditor?.document;
    const { text, tooltip, command = "dscoder.toggle" } = this.statusOf(document);
    Object.assign(this.status, { text: `${text} dscoder`, tooltip, command });
    this.status.show();
  }

  statusOf(document) {
    const failed = { text: "$(error)", tooltip: this.detail, command: "dscoder.showLog" };
    const steps = [...this.progress.values()];
    switch (this.server.state) {
      case State.Stopped:
        return { text: "$(circle-slash)", tooltip: "The server has been stopped", command: "dscoder.restart" };
      case State.Starting:
        return { text: "$(sync~spin)", tooltip: "The server starts" };
      case State.Waiting:
        return { text: "$(sync~spin)", tooltip: `The server has ended (${this.detail}) and will be started again` };
      case State.Failed:
        return failed;
    }
    if (!this.enabled(document)) return { text: "$(circle-slash)", tooltip: "Suggestions are off. Click: turn them on" };
    if (steps.length > 0) return { text: "$(sync~spin)", tooltip: steps.at(-1).text };
    if (this.problem) return { text: "$(warning)", tooltip: this.problem, command: "dscoder.showLog" };
    if (this.requests > 0) return { text: "$(loading~spin)", tooltip: "A suggestion is on its way" };
    return { text: "$(sparkle)", tooltip: "Suggestions while you type. Click: turn them off" };
  }

  /** Sends a request of the user's, and keeps the status bar up to date. */
  async ask(method, params, token) {
    this.requests++;
    this.showStatus();
    try {
      const result = await this.server.connection.request(method, params, token);
      this.problem = undefined;
      return result;
    } catch (error) {
      if (!error.outdated) {
        this.problem = error.message;
        this.output.appendLine(`${method}: ${error.message}`);
      }
      throw error;
    } finally {
      this.requests--;
      this.showStatus();
    }
  }

  notify(method, params) {
    if (this.server.running) this.server.connection.notify(method, params);
  }

  // Documents

  opened(document, starting = false) {
    const uri = document.uri.toString();
    if (!(starting || this.server.running) || !SCHEMES.includes(document.uri.scheme) || this.synced.has(uri)) return;
    this.synced.add(uri);
    const { languageId, version } = document;
    this.server.connection.notify("textDocument/didOpen", {
      textDocument: { uri, languageId, version, text: document.getText() },
    });
  }

  edited({ document, contentChanges }) {
    const uri = document.uri.toString();
    // An event without changes says that the document has been saved or is no longer.
    if (!this.synced.has(uri) || contentChanges.length === 0) return;
    this.notify("textDocument/didChange", {
      textDocument: { uri, version: document.version },
      contentChanges: contentChanges.map(({ range, text }) => ({ range: convert.fromRange(range), text })),
    });
  }

  saved(document) {
    const uri = document.uri.toString();
    if (this.synced.has(uri)) this.notify("textDocument/didSave", { textDocument: { uri } });
  }

  closed(document) {
    const uri = document.uri.toString();
    if (this.synced.delete(uri)) this.notify("textDocument/didClose", { textDocument: { uri } });
  }

  // Suggestions

  enabled(document) {
    return vscode.workspace.getConfiguration("dscoder", document).get("enable");
  }

  async suggest(document, position, context, token) {
    const uri = document.uri.toString();
    const another = this.another;
    this.another = undefined;
    if (another?.uri === uri && another.version === document.version && position.isEqual(another.position)) {
      return [this.item(another.item)];
    }
    const asked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    if (!this.server.running || !this.synced.has(uri) || !(asked || this.enabled(document))) return undefined;
    const selected = context.selectedCompletionInfo;
    try {
      const result = await this.ask(
        "textDocument/inlineCompletion",
        {
          textDocument: { uri },
          position: convert.fromPosition(position),
          context: {
            triggerKind: asked ? 1 : 2,
            ...(selected && {
              selectedCompletionInfo: { range: convert.fromRange(selected.range), text: selected.text },
            }),
          },
        },
        token,
      );
      const items = Array.isArray(result) ? result : (result?.items ?? []);
      return items.map((item) => this.item(item));
    } catch {
      return undefined;
    }
  }

  item({ insertText, range, filterText, command }) {
    const text = typeof insertText === "string" ? insertText : new vscode.SnippetString(insertText.value);
    const item = new vscode.InlineCompletionItem(text, range && convert.toRange(range), command && ours(command));
    item.filterText = filterText;
    return item;
  }

  async nextCandidate(editor) {
    const { document, selection } = editor;
    const place = { uri: document.uri.toString(), version: document.version, position: selection.active };
    const item = await this.execute(NEXT_CANDIDATE, [positionArgument(editor)]);
    if (!item) return;
    this.another = { ...place, item };
    // A suggestion that is shown stays otherwise.
    await vscode.commands.executeCommand("editor.action.inlineSuggest.hide");
    await vscode.commands.executeCommand("editor.action.inlineSuggest.trigger");
  }

  // Commands

  execute(command, words = []) {
    const title = `dscoder: ${COMMANDS[command]?.title ?? "asking"}`;
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
    if (command === NEXT_CANDIDATE) options.location = vscode.ProgressLocation.Window;
    return vscode.window.withProgress(options, async (_, token) => {
      try {
        if (!this.server.running) throw new Error(`The server does not run: ${this.detail ?? this.server.state}`);
        return await this.ask("workspace/executeCommand", { command, arguments: words }, token);
      } catch (error) {
        if (!error.outdated) vscode.window.showErrorMessage(`dscoder: ${error.message}`);
        return undefined;
      }
    });
  }

  async codeActions(document, range, context, token) {
    const uri = document.uri.toString();
    if (!this.server.running || !this.capabilities.codeActionProvider || !this.synced.has(uri)) return undefined;
    const only = context.only && { only: [context.only.value] };
    const params = {
      textDocument: { uri },
      range: convert.fromRange(range),
      context: { diagnostics: [], triggerKind: context.triggerKind, ...only },
    };
    try {
      const actions = await this.server.connection.request("textDocument/codeAction", params, token);
      return (actions ?? []).map((action) => codeAction(action));
    } catch {
      return undefined;
    }
  }

  async toggle() {
    const settings = vscode.workspace.getConfiguration("dscoder");
    await settings.update("enable", !settings.get("enable"), vscode.ConfigurationTarget.Global);
  }

  // Settings

  configured(event) {
    if (!event.affectsConfiguration("dscoder")) return;
    if (PROCESS_SETTINGS.some((name) => event.affectsConfiguration(`dscoder.${name}`))) {
      this.server.restart();
    } else {
      this.notify("workspace/didChangeConfiguration", { settings: { dscoder: serverSettings() } });
    }
    this.showStatus();
  }

  folders() {
    return vscode.workspace.workspaceFolders?.map(folder) ?? null;
  }

  foldersChanged({ added, removed }) {
    this.notify("workspace/didChangeWorkspaceFolders", {
      event: { added: added.map(folder), removed: removed.map(folder) },
    });
  }

  // What the server asks and says

  async answer(method, params) {
    switch (method) {
      case "workspace/configuration":
        return params.items.map(({ section, scopeUri }) => {
          const settings = serverSettings(scopeUri && vscode.Uri.parse(scopeUri));
          return section === "dscoder" ? settings : (settings[section?.replace(/^dscoder\./, "")] ?? null);
        });
      case "workspace/workspaceFolders":
        return this.folders();
      case "workspace/applyEdit":
        return this.applyEdit(params);
      case "window/showMessageRequest": {
        const titles = (params.actions ?? []).map(({ title }) => title);
        const title = await showMessage(params, titles);
        return title ? { title } : null;
      }
      case "window/workDoneProgress/create":
      case "client/registerCapability":
      case "client/unregisterCapability":
        return null;
      default:
        throw new RequestError(ErrorCode.MethodNotFound, `there is no request ${method}`);
    }
  }

  notified(method, params) {
    switch (method) {
      case "window/showMessage":
        showMessage(params, []);
        break;
      case "window/logMessage":
        this.output.appendLine(params.message);
        break;
      case "$/progress":
        this.progressed(params);
        break;
    }
  }

  progressed({ token, value }) {
    const { kind, message, percentage } = value;
    if (kind === "end") {
      this.progress.delete(token);
    } else {
      const title = value.title ?? this.progress.get(token)?.title;
      const share = percentage === undefined ? undefined : `${percentage} %`;
      this.progress.set(token, { title, text: [title, message, share].filter(Boolean).join(", ") });
    }
    this.showStatus();
  }

  async applyEdit({ edit }) {
    const made = convert.toWorkspaceEdit(edit, (uri) =>
      vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri),
    );
    if (made.refused) return { applied: false, failureReason: made.refused };
    return { applied: await vscode.workspace.applyEdit(made.edit) };
  }
}

/** The settings that are set by somebody. */
function serverSettings(scope) {
  const settings = vscode.workspace.getConfiguration("dscoder", scope);
  const set = SERVER_SETTINGS.map((name) => [name, settings.get(name)]).filter(([, value]) => value != null);
  return Object.fromEntries(set);
}

function folder({ uri, name }) {
  return { uri: uri.toString(), name };
}

function positionArgument({ document, selection }) {
  return { uri: document.uri.toString(), position: convert.fromPosition(selection.active) };
}

function selectionArgument({ document, selection }) {
  return { uri: document.uri.toString(), range: convert.fromRange(selection) };
}

/** A command of the server as one that VS Code can run. */
function ours({ title, command, arguments: words }) {
  return { title, command: EXECUTE, arguments: [command, words] };
}

/** A code action, which the server may also give as a bare command. */
function codeAction(action) {
  const { title, kind, command } = action;
  const made = new vscode.CodeAction(title, kind ? vscode.CodeActionKind.Empty.append(kind) : undefined);
  made.command = ours(typeof command === "string" ? action : command);
  return made;
}

function showMessage({ type, message }, titles) {
  const { window } = vscode;
  const show = { 1: window.showErrorMessage, 2: window.showWarningMessage }[type] ?? window.showInformationMessage;
  return show.call(window, `dscoder: ${message}`, ...titles);
}

let client;

function activate() {
  client = new Client();
  client.server.start();
}

function deactivate() {
  return client?.dispose();
}

module.exports = { activate, deactivate, Client };
