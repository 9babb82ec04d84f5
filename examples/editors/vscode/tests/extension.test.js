"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { afterEach, test } = require("node:test");
const { setTimeout: sleep } = require("node:timers/promises");
const { CancellationTokenSource, Position, Range, load, open } = require("./vscode");

const SERVER = path.join(__dirname, "server.js");
const FILE = "file:///w/a.py";
const FAST = { firstDelay: 20, answer: 10_000, end: 10_000 };
const NONE = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };
const [INVOKE, AUTOMATIC] = [{ triggerKind: 0 }, { triggerKind: 1 }];

let running = [];
afterEach(async () => {
  for (const client of running) await client.dispose();
  running = [];
});

/** A window with the extension, whose server behaves like this. */
function start(behaviour = {}, { settings, folders, patience, server = SERVER } = {}) {
  const code = open({
    settings: {
      "dscoder.enable": true,
      "dscoder.path": server,
      "dscoder.arguments": [JSON.stringify(behaviour)],
      ...settings,
    },
    folders,
  });
  const { Client } = load(code);
  const client = new Client({ ...FAST, ...patience });
  running.push(client);
  client.server.start();
  return { code, client };
}

/** Waits until something is so. */
async function until(holds, what) {
  for (let waited = 0; waited < 5_000; waited += 5) {
    const value = await holds();
    if (value) return value;
    await sleep(5);
  }
  assert.fail(`never: ${what ?? holds}`);
}

async function ready(...words) {
  const { code, client } = start(...words);
  await until(() => client.server.running);
  const state = () => client.server.connection.request("test/state");
  const suggest = (document, at, context = AUTOMATIC, token = NONE) =>
    code.suggestions.provideInlineCompletionItems(document, document.positionAt(at), context, token);
  return { code, client, state, suggest };
}

const of = (log, method) => log.filter(([, name]) => name === method);

test("suggestions at the cursor", async () => {
  const { code, suggest } = await ready();
  const document = code.edit(FILE, "é = 1\nx = fo");
  const [first, second] = await suggest(document, document.text.length);
  assert.equal(first.insertText, "fo_one");
  assert.deepEqual(first.range, new Range(1, 4, 1, 6));
  assert.deepEqual(first.command, { title: "t", command: "dscoder.execute", arguments: ["taken", [1]] });
  assert.deepEqual([second.insertText.value, second.filterText, second.range], ["two$0", "tw", undefined]);
});

test("the server is told why it is asked", async () => {
  const { code, state, suggest } = await ready();
  const document = code.edit(FILE, "x");
  const selectedCompletionInfo = { range: new Range(0, 0, 0, 1), text: "xyz" };
  await suggest(document, 1, INVOKE);
  await suggest(document, 1, { ...AUTOMATIC, selectedCompletionInfo });
  const asked = of((await state()).log, "textDocument/inlineCompletion").map(([, , { context }]) => context);
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
  assert.deepEqual(asked, [{ triggerKind: 1 }, { triggerKind: 2, selectedCompletionInfo: { range, text: "xyz" } }]);
});

test("suggestions are off for a language, or for all", async () => {
  const settings = { "[markdown]": { "dscoder.enable": false } };
  const { code, suggest } = await ready({}, { settings });
  const prose = code.edit("file:///w/a.md", "a", "markdown");
  assert.equal(await suggest(prose, 1), undefined);
  assert.match(code.status.tooltip, /off/);
  assert.equal((await suggest(prose, 1, INVOKE)).length, 2, "asked for by hand");
  const program = code.edit(FILE, "a");
  assert.equal((await suggest(program, 1)).length, 2);
  await code.commands.get("dscoder.toggle")();
  assert.equal(await suggest(program, 1), undefined);
  await code.commands.get("dscoder.toggle")();
  assert.equal((await suggest(program, 1)).length, 2);
});

test("what is cancelled is cancelled at once, and the server is told", async () => {
  const { code, client, state, suggest } = await ready({ silent: "textDocument/inlineCompletion" });
  const document = code.edit(FILE, "x");
  const source = new CancellationTokenSource();
  const suggestion = suggest(document, 1, AUTOMATIC, source.token);
  source.cancel();
  assert.equal(await suggestion, undefined);
  const { log } = await state();
  assert.equal(of(log, "$/cancelRequest").length, 1);
  assert.equal(client.server.connection.pending.size, 0);
  assert.equal(await suggest(document, 1, AUTOMATIC, source.token), undefined);
  assert.equal(of((await state()).log, "textDocument/inlineCompletion").length, 1, "one that is late is not sent");
  assert.match(code.status.text, /sparkle/, "no error");
});

test("random edits leave both sides with the same text", async () => {
  const { code, state } = await ready();
  let seed = 7;
  const below = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
  const pieces = ["", "x", "\n", "\r\n", "é", "😀", "日本\n語", "\t", "long ".repeat(20), "a\r"];
  const documents = [code.edit(FILE, ""), code.edit("file:///w/b.py", "one\r\ntwo 😀\r\n"), code.edit("untitled:U", "é")];
  for (let edits = 0; edits < 1_000; ) {
    const document = documents[below(documents.length)];
    const cuts = Array.from({ length: 2 * (1 + below(3)) }, () => below(document.text.length + 1)).sort((a, b) => a - b);
    // A cut within a line end or a character is nothing an editor makes.
    const whole = cuts.every((at) => !/[\uD800-\uDBFF\r]/.test(document.text[at - 1] ?? ""));
    const parts = [];
    for (let at = 0; at < cuts.length; at += 2) {
      if (at === 0 || cuts[at - 1] < cuts[at]) parts.push([cuts[at], cuts[at + 1], pieces[below(pieces.length)]]);
    }
    if (!whole) continue;
    document.edit(...parts);
    edits++;
  }
  const { texts } = await state();
  assert.deepEqual(texts, Object.fromEntries(documents.map(({ uri, text }) => [uri.toString(), text])));
});

test("documents come and go", async () => {
  const { code, state } = await ready();
  const document = code.edit(FILE, "a");
  code.events.saved.fire(document);
  code.edit("git:/w/a.py", "old");
  document.edit();
  code.close(document);
  const { texts, log } = await state();
  assert.deepEqual(texts, {});
  const names = log.filter(([, name]) => name.startsWith("textDocument/")).map(([, name]) => name);
  assert.deepEqual(names, ["textDocument/didOpen", "textDocument/didSave", "textDocument/didClose"]);
});

test("a server that dies is started again and has all documents", async () => {
  const { code, client, state, suggest } = await ready({ dies: "textDocument/inlineCompletion" });
  const document = code.edit(FILE, "a");
  const other = code.edit("file:///w/b.py", "b");
  document.edit([1, 1, "bc"]);
  assert.equal(await suggest(document, 3), undefined);
  await until(() => client.server.state === "waiting");
  assert.match(code.status.tooltip, /exit code 3/);
  other.edit([0, 1, "while it is away"]);
  await until(() => client.server.running);
  assert.deepEqual((await state()).texts, { [FILE]: "abc", "file:///w/b.py": "while it is away" });
  assert.deepEqual(code.messages, []);
});

test("a server that keeps dying is given up, until somebody starts it", async () => {
  const { code, client } = start({ dies: "initialized" }, { patience: { firstDelay: 1, restarts: 3 } });
  await until(() => client.server.state === "failed");
  assert.equal(of(code.log.map((line) => [0, line]), "the server has ended: exit code 3").length, 4);
  assert.match(code.messages[0].message, /has ended 4 times/);
  assert.deepEqual(code.messages[0].titles, ["Restart", "Show the Log"]);
  assert.match(code.status.text, /error/);
  code.set("dscoder.arguments", ["{}"]);
  await until(() => client.server.running);
});

test("a server that does not even begin says why, and is not started again", async () => {
  const { code, client } = start({ refuses: "error: there is no model \"x\"" });
  await until(() => client.server.state === "failed");
  await sleep(60);
  assert.deepEqual(code.messages.map(({ message }) => message), ["error: there is no model \"x\""]);
  assert.equal(code.log.filter((line) => line.startsWith("starting")).length, 1);
});

test("a program that is not there", async () => {
  const { code, client } = start({}, { server: "/nonexistent/dscoder" });
  await until(() => client.server.state === "failed");
  assert.match(code.messages[0].message, /There is no program "\/nonexistent\/dscoder".*dscoder\.path/);
  const document = code.edit(FILE, "a");
  const nothing = code.suggestions.provideInlineCompletionItems(document, new Position(0, 1), INVOKE, NONE);
  assert.equal(await nothing, undefined);
  await code.commands.get("dscoder.writeDocstring")();
  assert.match(code.messages[1].message, /The server does not run/);
});

test("bytes that are not the protocol", async () => {
  for (const garbage of ["Hello\r\n\r\n", `${"x".repeat(9_000)}`, "Content-Length: 3\r\n\r\n{x}", "Content-Length: 99999999999\r\n\r\n"]) {
    const { code, client } = start({ garbage }, { patience: { restarts: 0 } });
    await until(() => client.server.state === "failed", garbage);
    assert.ok(code.log.some((line) => line.includes("does not speak the protocol")), garbage);
  }
});

test("a server that does not answer at first", async () => {
  const { client } = start({ silent: "initialize" }, { patience: { answer: 100 } });
  await until(() => client.server.state === "failed");
});

test("commands change the document", async () => {
  const { code } = await ready();
  const document = code.edit(FILE, "x = <gap>\n");
  code.select(document, 4, 9);
  await code.commands.get("dscoder.fillSelection")();
  assert.equal(document.text, "x = filled\n");
  await code.commands.get("dscoder.writeDocstring")();
  assert.deepEqual(code.messages, []);
  await code.commands.get("dscoder.completeFunction")();
  assert.deepEqual(code.messages.map(({ message }) => message), ["dscoder: there is no function here"]);
  assert.match(code.status.tooltip, /no function/);
});

test("an edit for an older text is refused", async () => {
  for (const behaviour of [{ stale: true }, { creates: true }]) {
    const { code, client } = await ready(behaviour);
    const document = code.edit(FILE, "x");
    const answer = await client.execute("dscoder.fillSelection", [
      { uri: FILE, range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } },
    ]);
    assert.equal(answer.applied, false);
    assert.ok(answer.failureReason);
    assert.equal(document.text, "x");
  }
});

test("a command that is cancelled", async () => {
  const { code, state } = await ready({ silent: "workspace/executeCommand" });
  code.edit(FILE, "x");
  const done = code.commands.get("dscoder.writeDocstring")();
  code.cancel.cancel();
  assert.equal(await done, undefined);
  assert.equal(of((await state()).log, "$/cancelRequest").length, 1);
  assert.deepEqual(code.messages, []);
});

test("another suggestion", async () => {
  const { code, suggest } = await ready();
  const document = code.edit(FILE, "x");
  await code.commands.get("dscoder.nextCandidate")();
  assert.deepEqual(code.ran, ["editor.action.inlineSuggest.hide", "editor.action.inlineSuggest.trigger"]);
  assert.deepEqual((await suggest(document, 1, INVOKE)).map(({ insertText }) => insertText), ["another"]);
  assert.equal((await suggest(document, 1, INVOKE)).length, 2, "only once");
  await code.commands.get("dscoder.nextCandidate")();
  document.edit([1, 1, "y"]);
  assert.equal((await suggest(document, 2)).length, 2, "not for another text");
});

test("code actions", async () => {
  const { code } = await ready();
  const document = code.edit(FILE, "x");
  const range = new Range(0, 0, 0, 1);
  const context = { triggerKind: 1, only: { value: "refactor" } };
  const [fill, bare] = await code.actions.provideCodeActions(document, range, context, NONE);
  assert.deepEqual([fill.title, fill.kind.value, bare.kind], ["Fill the selection", "refactor.rewrite", undefined]);
  for (const action of [fill, bare]) {
    assert.equal(action.command.command, "dscoder.execute");
    await code.commands.get("dscoder.execute")(...action.command.arguments);
  }
  assert.equal(document.text, "filledfilled");
});

test("settings: those that are set are the server's", async () => {
  const items = [{ section: "dscoder" }, { section: "dscoder.context", scopeUri: FILE }, { section: "other" }];
  const settings = { "dscoder.model": "demo", "dscoder.candidates": null, "dscoder.context": false };
  const { code, client, state } = await ready({ asks: [["workspace/configuration", { items }]] }, { settings });
  const { log } = await state();
  const [[, , { initializationOptions: options }]] = of(log, "initialize");
  assert.deepEqual([options.model, options.context, "candidates" in options, "path" in options], ["demo", false, false, false]);
  const answered = await until(async () => (await state()).log.find(([kind]) => kind === "answer"));
  assert.deepEqual(answered[2], [{ model: "demo", context: false }, false, null]);
  code.set("dscoder.candidates", 3);
  const [[, , changed]] = of((await state()).log, "workspace/didChangeConfiguration");
  assert.deepEqual(changed, { settings: { dscoder: { model: "demo", candidates: 3, context: false } } });
  const { run } = client.server;
  code.set("dscoder.arguments", [JSON.stringify({ dies: "test/none" })]);
  await until(() => client.server.running && client.server.run !== run, "another process");
});

test("several folders", async () => {
  const [gone, here] = [`file://${__dirname}/gone`, `file://${__dirname}`];
  const { code, client, state } = await ready({ asks: [["workspace/workspaceFolders"]] }, { folders: [gone, here] });
  assert.equal(client.command().cwd, __dirname);
  const added = ["file:///w", "file:///v"].map((uri) => ({ uri: { toString: () => uri, scheme: "file" }, name: "f" }));
  code.events.folders.fire({ added, removed: [] });
  const { log } = await state();
  const named = [{ uri: gone, name: "gone" }, { uri: here, name: "tests" }];
  assert.deepEqual(of(log, "initialize")[0][2].workspaceFolders, named);
  const [[, , { event }]] = of(log, "workspace/didChangeWorkspaceFolders");
  assert.deepEqual(event.added, [{ uri: "file:///w", name: "f" }, { uri: "file:///v", name: "f" }]);
  const answered = await until(async () => (await state()).log.find(([kind]) => kind === "answer"));
  assert.deepEqual(answered, ["answer", "workspace/workspaceFolders", named]);
});

test("messages and progress of the server", async () => {
  const progress = (value) => ["$/progress", { token: 1, value }];
  const { code } = await ready({
    asks: [["window/workDoneProgress/create", { token: 1 }], ["client/registerCapability", {}], ["unknown/thing", {}]],
    tells: [
      ["window/showMessage", { type: 2, message: "slow" }],
      ["window/logMessage", { type: 4, message: "a line" }],
      progress({ kind: "begin", title: "Loading demo" }),
      progress({ kind: "report", percentage: 40 }),
    ],
  });
  await until(() => code.status.tooltip === "Loading demo, 40 %", "the progress is shown");
  assert.match(code.status.text, /sync/);
  assert.deepEqual(code.messages.map(({ kind, message }) => [kind, message]), [["warning", "dscoder: slow"]]);
  assert.ok(code.log.includes("a line"));
});

test("the end of progress, and of the server", async () => {
  const progress = (value) => ["$/progress", { token: "t", value }];
  const { code, client, state } = await ready({
    asks: [["unknown/thing", {}]],
    tells: [progress({ kind: "begin", title: "Loading" }), progress({ kind: "end" })],
  });
  const answered = await until(async () => (await state()).log.find(([kind]) => kind === "answer"));
  assert.deepEqual(answered, ["answer", "unknown/thing", { code: -32601 }]);
  await state();
  assert.equal(client.progress.size, 0);
  assert.match(code.status.text, /sparkle/);
  const { child } = client.server.run;
  await client.dispose();
  assert.equal(child.exitCode, 0, "it was asked to end");
  assert.equal(client.server.state, "stopped");
});

test("of several orders, the last one counts", async () => {
  const { code, client } = await ready();
  const started = () => code.log.filter((line) => line.startsWith("starting")).length;
  await Promise.all([client.server.restart(), client.server.restart(), client.server.restart()]);
  await until(() => client.server.running);
  assert.equal(started(), 2);
  const restarted = client.server.restart();
  await client.dispose();
  await restarted;
  assert.equal(started(), 2);
  assert.equal(client.server.state, "stopped");
});

test("a server that does not end is ended", async () => {
  const { client } = await ready({ silent: "shutdown" }, { patience: { end: 50 } });
  const { child } = client.server.run;
  await client.dispose();
  assert.equal(child.signalCode, "SIGKILL");
});

test("settings that name a program are not a workspace's, and nothing runs where the workspace is not trusted", () => {
  const { capabilities, contributes } = require("../package.json");
  const { properties } = contributes.configuration;
  for (const name of ["path", "arguments", "model"]) assert.equal(properties[`dscoder.${name}`].scope, "machine");
  assert.equal(capabilities.untrustedWorkspaces.supported, false);
});

test("the manifest has what the extension registers, and the other way round", async () => {
  const { contributes, main } = require("../package.json");
  const { code } = await ready();
  const declared = contributes.commands.map(({ command }) => command);
  const registered = [...code.commands.keys()].filter((name) => name !== "dscoder.execute");
  assert.deepEqual(declared.sort(), registered.sort());
  assert.equal(typeof require.resolve(path.join(__dirname, "..", main)), "string");
});
