-- Suggestions in Neovim by the plugin github.com/ggml-org/llama.vim, from a resident dscoder:
--   dscoder serve --listen 127.0.0.1:8012
-- Source this before the plugin is loaded. Tab accepts a suggestion, Shift-Tab its first line.
-- Tried with Neovim 0.11.4 and the plugin of 31 January 2026 (a1c8e6e).
vim.g.llama_config = {
  endpoint_fim = "http://127.0.0.1:8012/infill",
  endpoint_inst = "http://127.0.0.1:8012/v1/chat/completions",
  show_info = 0,
}
