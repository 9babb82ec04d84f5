// The extension with the real server, the program in $DSCODER, which gives canned answers.
"use strict";

const assert = require("node:assert/strict");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { test } = require("node:test");
const { setTimeout: sleep } = require("node:timers/promises");
const { load, open } = require("./vscode");

const NONE = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };

test("suggestions and commands of dscoder itself", { skip: process.env.DSCODER ? false : "no $DSCODER" }, async (t) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "dscoder-vscode-"));
  const script = path.join(directory, "script.toml");
  fs.writeFileSync(script, '[answer]\npieces = ["a", " + b"]\n');
  const socket = path.join(directory, "s");
  const code = open({
    settings: {
      "dscoder.enable": true,
      "dscoder.path": process.env.DSCODER,
      "dscoder.arguments": ["--socket", socket],
      "dscoder.model": `script:${script}`,
      "dscoder.context": false,
    },
    folders: [`file://${directory}`],
  });
  const { Client } = load(code);
  const client = new Client();
  t.after(async () => {
    await client.dispose();
    for (const name of fs.readdirSync(directory).filter((name) => /^s$|\.sock$/.test(name))) {
      spawnSync(process.env.DSCODER, ["serve", "stop", "--socket", path.join(directory, name)]);
    }
    fs.rmSync(directory, { recursive: true });
  });
  client.server.start();
  const until = async (holds) => {
    for (let waited = 0; waited < 20_000; waited += 20) {
      const value = await holds();
      if (value) return value;
      await sleep(20);
    }
    return assert.fail(code.log.join("\n"));
  };
  await until(() => client.server.running);

  const document = code.edit(`file://${directory}/é.py`, "# 😀\r\ndef add(a, b):\r\n    return \r\n");
  const at = document.text.lastIndexOf("\r\n");
  const suggest = (offset) =>
    code.suggestions.provideInlineCompletionItems(document, document.positionAt(offset), { triggerKind: 0 }, NONE);
  const items = await until(async () => (await suggest(at))?.length > 0 && suggest(at));
  assert.equal(items[0].insertText, "a + b");
  const { start, end } = items[0].range ?? {};
  assert.deepEqual([start, end], [document.positionAt(at), document.positionAt(at)]);

  const before = document.text;
  document.edit([at, at, "(c)"]);
  code.select(document, at, at + 3);
  await code.commands.get("dscoder.fillSelection")();
  assert.deepEqual(code.messages, []);
  assert.equal(document.text, before.replace("return ", "return a + b"));

  code.select(document, at);
  const range = { start: document.positionAt(at), end: document.positionAt(at + 5) };
  const actions = await code.actions.provideCodeActions(document, range, { triggerKind: 1 }, NONE);
  assert.ok(actions.some(({ title }) => /fill the selection/i.test(title)), JSON.stringify(actions));
});
