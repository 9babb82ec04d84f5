# Completions in Kakoune by `dscoder lsp`: put this into ~/.config/kak/kakrc; it needs kakoune-lsp (cargo install kak-lsp).
# kakoune-lsp has no inline completion: what dscoder suggests is in the list of completions, and lsp-code-actions fills the
# selection, completes the function or writes a docstring. Tried with Kakoune 2026.05.21 (Debian unstable) and kakoune-lsp 22.0.0.
eval %sh{kak-lsp}
hook -group lsp-filetype-python global BufSetOption filetype=python %{
    set-option buffer lsp_servers %{
        [dscoder]
        args = ["lsp"]
        root_globs = [".git"]
    }
}
hook global WinSetOption filetype=python %{ lsp-enable-window }
