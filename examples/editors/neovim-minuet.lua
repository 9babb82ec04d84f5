-- Suggestions in Neovim by the plugin github.com/milanglacier/minuet-ai.nvim, from a resident dscoder:
--   dscoder serve --listen 127.0.0.1:8012
-- Alt-A accepts a suggestion, Alt-] shows the next one.
-- Tried with Neovim 0.11.4 and the plugin of 7 August 2026 (479487c).
require("minuet").setup({
  provider = "openai_fim_compatible",
  n_completions = 2, -- requests at once
  provider_options = {
    openai_fim_compatible = {
      name = "dscoder",
      end_point = "http://127.0.0.1:8012/v1/completions",
      model = "deepseek-coder", -- any name will do
      api_key = "TERM", -- the name of a variable that is set: no key is needed
      optional = { max_tokens = 64 },
    },
  },
  virtualtext = {
    auto_trigger_ft = { "*" },
    keymap = { accept = "<A-A>", next = "<A-]>" },
  },
})
