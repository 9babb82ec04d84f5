//! `dscoder lsp` and clients that others have written, if they are installed: pygls, Neovim, and Node with the extension for
//! VS Code.

use std::fs;
use std::process::{Command, Stdio};

use crate::command::{Output, Place, finish, output, repository, skip};
use crate::resident;

/// Runs a program as the tests run dscoder, which it finds by this path or by its name; `None` if it is not installed.
fn run(place: &Place, program: &str, arguments: &[&str], folder: &str) -> Option<Output> {
    let dscoder = env!("CARGO_BIN_EXE_dscoder");
    let (bin, _) = dscoder.rsplit_once('/').expect("an absolute path");
    let mut command = Command::new(program);
    for (name, value) in place.command(["lsp"]).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("DSCODER", dscoder).env("PATH", format!("{bin}:{}", std::env::var("PATH").unwrap_or_default()));
    command.args(arguments).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().ok().map(finish)
}

/// The first numbers of a version, as in `v20.1`.
fn version(run: Option<Output>) -> Option<(u32, u32)> {
    let run = run.filter(|run| run.code == 0)?;
    let mut numbers = run.stdout.split(|letter: char| !letter.is_ascii_digit()).filter(|word| !word.is_empty());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[test]
fn pygls() {
    let place = resident::place();
    let modules = "from lsprotocol.types import InlineCompletionParams; import pygls.lsp.client";
    if run(&place, "python3", &["-c", modules], ".").is_none_or(|run| run.code != 0) {
        return skip("python3 has no pygls 2");
    }
    let folder = place.path("");
    let folder = folder.to_str().expect("text");
    let client = repository("tests/it/lsp_client.py");
    let seen = run(&place, "python3", &["-B", &client, env!("CARGO_BIN_EXE_dscoder"), folder], ".").expect("python3");
    resident::stop(&place);
    let expected = "\
sync Incremental True
commands dscoder.fillSelection dscoder.completeFunction dscoder.writeDocstring dscoder.nextCandidate
inline [('a + b', (2, 11, 2, 11))]
asked for dscoder
typed [(' b', (2, 14, 2, 14))]
automatic [('a + b', (2, 11, 2, 11))]
in a word []
edits [(5, ['a + b'])]
next {'insertText': 'a + b', 'range': {'end': {'character': 15, 'line': 2}, 'start': {'character': 15, 'line': 2}}}
actions|dscoder: Fill the selection
unknown -32602
completeFunction -32602
fillSelection -32602
configured [('a', (2, 11, 2, 11))]
closed gets InlineCompletionList(items=())
utf-8 [('a + b', (0, 9, 0, 9))]
utf-16 [('a + b', (0, 6, 0, 6))]
utf-32 [('a + b', (0, 5, 0, 5))]
progress create begin end
cancelled -32800
changed -32801
";
    assert_eq!(Output { stderr: String::new(), ..seen }, output(expected, "", 0), "{}", seen.stderr);
}

/// Types at the end of line 2, writes what is shown there without being in the text, accepts it, and writes the text.
const TYPIST: &str = r#"
local function shown()
  for name, space in pairs(vim.api.nvim_get_namespaces()) do
    if name:find("dscoder") or name:find("inline_completion") then
      for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do
        local parts = { mark[4].virt_text, unpack(mark[4].virt_lines or {}) }
        local line = function(chunks) return table.concat(vim.tbl_map(function(chunk) return chunk[1] end, chunks)) end
        return table.concat(vim.tbl_map(line, parts), "\n")
      end
    end
  end
end
vim.o.showmode = false
local out, begun = {}, nil
local timer = vim.uv.new_timer()
timer:start(0, 50, vim.schedule_wrap(function()
  if not begun then
    begun = #vim.lsp.get_clients({ bufnr = 0 }) > 0 and vim.lsp.get_clients({ bufnr = 0 })[1].initialized
    if begun then vim.api.nvim_input("2GAx<BS>") end
  elseif #out == 0 and shown() then
    table.insert(out, shown())
    vim.api.nvim_input("<Tab>")
  elseif #out == 1 and not vim.api.nvim_buf_get_lines(0, 1, 2, true)[1]:find("return $") then
    vim.list_extend(out, vim.api.nvim_buf_get_lines(0, 0, -1, true))
    vim.fn.writefile(out, "out.txt")
    vim.cmd("qa!")
  end
end))
vim.defer_fn(function() vim.cmd("cquit") end, 120000)
"#;

#[test]
fn neovim() {
    let mut place = resident::place();
    let Some(version) = version(run(&place, "nvim", &["--version"], ".")) else { return skip("there is no nvim") };
    if version < (0, 11) {
        return skip("nvim is older than 0.11");
    }
    let model = place.script("pieces = [\"a\", \" + b\"]");
    place.set("DSCODER_MODEL", &model);
    place.write("typist.lua", TYPIST);
    let folder = place.path("");
    let folder = folder.to_str().expect("text");
    // The one for 0.11 is its own client, which also runs in later versions.
    let files = ["neovim-0.11-lsp.lua", "neovim-lsp.lua"];
    for file in &files[..if version < (0, 12) { 1 } else { 2 }] {
        let setup = repository(&format!("examples/editors/{file}"));
        let arguments = ["--headless", "-n", "-i", "NONE", "-u", &setup, "f.py", "-c", "luafile typist.lua"];
        let ended = run(&place, "nvim", &arguments, folder).expect("nvim");
        resident::stop(&place);
        assert_eq!((ended.stderr.as_str(), ended.code), ("", 0), "{file}");
        let seen = fs::read_to_string(place.path("out.txt")).expect("written");
        assert_eq!(seen, "a + b\ndef add(a, b):\n    return a + b\n\nprint(add(1, 2))\n", "{file}");
        fs::remove_file(place.path("out.txt")).expect("removed");
    }
}

#[test]
fn the_extension_for_vs_code() {
    let place = Place::new();
    let Some(version) = version(run(&place, "node", &["--version"], ".")) else { return skip("there is no node") };
    if version < (20, 0) {
        return skip("node is older than 20");
    }
    let tested = run(&place, "node", &["--test"], &repository("examples/editors/vscode")).expect("node");
    assert_eq!(tested.code, 0, "{}{}", tested.stdout, tested.stderr);
    // One that was skipped has tried nothing.
    assert!(tested.stdout.contains("skipped 0\n"), "{}", tested.stdout);
}
