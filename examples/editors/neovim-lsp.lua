-- Suggestions in Neovim 0.12 by its own client of `dscoder lsp`: put this into init.lua.
-- Tab accepts a suggestion, Alt-] shows the next one. gra (code actions) fills a selection, completes a function or
-- writes a docstring. Tried with Neovim 0.12.4 (Debian unstable).
vim.lsp.config("dscoder", { cmd = { "dscoder", "lsp" }, root_markers = { ".git" } })
vim.lsp.enable("dscoder")
vim.lsp.inline_completion.enable()
vim.keymap.set("i", "<Tab>", function()
  return vim.lsp.inline_completion.get() and "" or "<Tab>"
end, { expr = true, desc = "Accept the suggestion" })
vim.keymap.set("i", "<M-]>", vim.lsp.inline_completion.select, { desc = "Next suggestion" })
