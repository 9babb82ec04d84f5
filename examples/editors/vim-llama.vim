" Suggestions in Vim by the plugin github.com/ggml-org/llama.vim, from a resident dscoder:
"   dscoder serve --listen 127.0.0.1:8012
" Put this into your vimrc. Tab accepts a suggestion, Shift-Tab its first line.
" Tried with Vim 9.0.1378 (the plugin warns that it wants 9.1), Vim 9.2.858 and the plugin of 31 January 2026 (a1c8e6e).
let g:llama_config = {
      \ 'endpoint_fim': 'http://127.0.0.1:8012/infill',
      \ 'endpoint_inst': 'http://127.0.0.1:8012/v1/chat/completions',
      \ 'show_info': 0,
      \ }
