"""Drives `dscoder lsp` with pygls through the protocol: run by lsp_python.rs, as `lsp_client.py DSCODER DIRECTORY`.

Prints what it has seen, line by line.
"""

import asyncio
import os
import pathlib
import sys

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

PROGRAM, DIRECTORY = sys.argv[1:]
TEXT = "# 😀 é\r\ndef add(a, b):\r\n    return \r\n"


def script(name, lines):
    """A model with canned answers."""
    path = pathlib.Path(DIRECTORY) / f"{name}.toml"
    path.write_text(f'[answer]\npieces = ["a", " + b"]\n{lines}')
    return f"script:{path}"


class Editor(LanguageClient):
    """An editor whose settings are these."""

    def __init__(self, settings):
        super().__init__("editor", "1")
        self.settings = settings
        self.asked, self.progress, self.edits = [], [], []

        @self.feature(lsp.WORKSPACE_CONFIGURATION)
        def configuration(params):
            self.asked += [item.section for item in params.items]
            return [self.settings for _ in params.items]

        @self.feature(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE)
        def create(params):
            self.progress.append("create")

        @self.feature(lsp.PROGRESS)
        def progress(params):
            kind = params.value["kind"] if isinstance(params.value, dict) else params.value.kind
            self.progress.append(kind)

        @self.feature(lsp.WORKSPACE_APPLY_EDIT)
        def apply(params):
            for change in params.edit.document_changes:
                self.edits.append((change.text_document.version, [edit.new_text for edit in change.edits]))
            return lsp.ApplyWorkspaceEditResult(applied=True)

        @self.feature(lsp.WINDOW_SHOW_MESSAGE)
        def message(params):
            print("message", params.message)

    async def begin(self, model, encodings=None):
        await self.start_io(PROGRAM, "lsp", env=dict(os.environ))
        everything = lsp.ClientCapabilities(
            general=lsp.GeneralClientCapabilities(position_encodings=encodings),
            text_document=lsp.TextDocumentClientCapabilities(
                inline_completion=lsp.InlineCompletionClientCapabilities(),
                code_action=lsp.CodeActionClientCapabilities(
                    code_action_literal_support=lsp.ClientCodeActionLiteralOptions(
                        code_action_kind=lsp.ClientCodeActionKindOptions(value_set=[lsp.CodeActionKind.Refactor])
                    )
                ),
            ),
            window=lsp.WindowClientCapabilities(work_done_progress=True),
            workspace=lsp.WorkspaceClientCapabilities(
                apply_edit=True,
                configuration=True,
                workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True),
            ),
        )
        root = pathlib.Path(DIRECTORY).as_uri()
        started = await self.initialize_async(
            lsp.InitializeParams(
                capabilities=everything,
                workspace_folders=[lsp.WorkspaceFolder(uri=root, name="w")],
                initialization_options={"model": model, "context": False},
            )
        )
        self.initialized(lsp.InitializedParams())
        await until(lambda: self.asked)
        return started.capabilities

    async def end(self):
        await self.shutdown_async(None)
        self.exit(None)
        await self.stop()

    def open(self, name, text, language="python"):
        uri = (pathlib.Path(DIRECTORY) / name).as_uri()
        document = lsp.TextDocumentItem(uri=uri, language_id=language, version=1, text=text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=document))
        return lsp.TextDocumentIdentifier(uri=uri)

    def change(self, document, version, start, end, text):
        part = lsp.TextDocumentContentChangePartial(range=lsp.Range(start=at(*start), end=at(*end)), text=text)
        identifier = lsp.VersionedTextDocumentIdentifier(uri=document.uri, version=version)
        self.text_document_did_change(
            lsp.DidChangeTextDocumentParams(text_document=identifier, content_changes=[part])
        )

    def inline(self, document, place, kind=lsp.InlineCompletionTriggerKind.Invoked, id=None):
        context = lsp.InlineCompletionContext(trigger_kind=kind)
        params = lsp.InlineCompletionParams(context=context, text_document=document, position=at(*place))
        return self.protocol.send_request_async(lsp.TEXT_DOCUMENT_INLINE_COMPLETION, params, msg_id=id)

    async def items(self, document, place, kind=lsp.InlineCompletionTriggerKind.Invoked):
        result = await self.inline(document, place, kind)
        items = getattr(result, "items", result) or []
        return [(item.insert_text, span(item.range)) for item in items]

    def run(self, command, document, **place):
        argument = {"uri": document.uri, **place}
        return self.workspace_execute_command_async(
            lsp.ExecuteCommandParams(command=f"dscoder.{command}", arguments=[argument])
        )


def at(line, character):
    return lsp.Position(line=line, character=character)


def span(part):
    return (part.start.line, part.start.character, part.end.line, part.end.character)


def json_range(start, end):
    line = lambda place: {"line": place[0], "character": place[1]}
    return {"start": line(start), "end": line(end)}


async def until(holds):
    """Waits until something is so."""
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def failure(name, asked):
    """The error that a request gets, within two seconds."""
    try:
        print(name, "gets", await asyncio.wait_for(asked, 2))
    except JsonRpcException as error:
        print(name, error.code)


async def session():
    """Documents, items, commands and settings."""
    editor = Editor({})
    capabilities = await editor.begin(FAST)
    print("sync", capabilities.text_document_sync.change.name, bool(capabilities.inline_completion_provider))
    print("commands", *capabilities.execute_command_provider.commands)
    document = editor.open("a.py", TEXT)
    print("inline", await editor.items(document, (2, 11)))
    print("asked for", *editor.asked)

    # What is typed of an item, after other changes above it.
    editor.change(document, 2, (2, 11), (2, 11), "a +")
    print("typed", await editor.items(document, (2, 14)))
    editor.change(document, 3, (0, 2), (0, 4), "")
    editor.change(document, 4, (2, 11), (2, 14), "")
    automatic = lsp.InlineCompletionTriggerKind.Automatic
    print("automatic", await editor.items(document, (2, 11), automatic))
    print("in a word", await editor.items(document, (2, 6), automatic))

    editor.change(document, 5, (2, 11), (2, 11), "None")
    await editor.run("fillSelection", document, range=json_range((2, 11), (2, 15)))
    print("edits", editor.edits)
    item = await editor.run("nextCandidate", document, position={"line": 2, "character": 15})
    print("next", item)
    actions = await editor.text_document_code_action_async(
        lsp.CodeActionParams(
            text_document=document,
            range=lsp.Range(start=at(2, 11), end=at(2, 15)),
            context=lsp.CodeActionContext(diagnostics=[]),
        )
    )
    print("actions", *[action.title for action in actions], sep="|")
    for command, argument in [("unknown", {}), ("completeFunction", {}), ("fillSelection", {"range": {}})]:
        await failure(command, editor.run(command, document, **argument))

    editor.settings = {"maxTokens": 1}
    editor.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings=None))
    editor.change(document, 6, (2, 11), (2, 15), "")
    await until(lambda: len(editor.asked) == 2)
    print("configured", await editor.items(document, (2, 11)))

    editor.text_document_did_close(lsp.DidCloseTextDocumentParams(text_document=document))
    await failure("closed", editor.inline(document, (2, 11)))
    await editor.end()


async def encodings():
    """The same place, counted in three ways."""
    kinds = lsp.PositionEncodingKind
    for kind, column in [(kinds.Utf8, 9), (kinds.Utf16, 6), (kinds.Utf32, 5)]:
        editor = Editor({})
        capabilities = await editor.begin(FAST, encodings=[kind])
        document = editor.open(f"{kind.value}.py", "é😀 = ")
        print(capabilities.position_encoding, await editor.items(document, (0, column)))
        await editor.end()


async def loading():
    """A model that takes its time: progress, and questions that are given up."""
    editor = Editor({})
    await editor.begin(SLOW)
    document = editor.open("b.py", TEXT)
    await until(lambda: "end" in editor.progress)
    print("progress", *editor.progress)

    asked = editor.inline(document, (2, 11), id="mine")
    await asyncio.sleep(0.3)
    editor.cancel_request(lsp.CancelParams(id="mine"))
    await failure("cancelled", asked)
    asked = editor.inline(document, (2, 11))
    await asyncio.sleep(0.3)
    editor.change(document, 2, (0, 0), (0, 1), "##")
    await failure("changed", asked)
    await editor.end()


async def main():
    await session()
    await encodings()
    await loading()


FAST = script("fast", "")
SLOW = script("slow", "load_ms = 500\ndelay_ms = 3_000\n")

if __name__ == "__main__":
    asyncio.run(main())
