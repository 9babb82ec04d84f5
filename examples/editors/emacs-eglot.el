;;; emacs-eglot.el --- Completions by dscoder lsp -*- lexical-binding: t -*-
;;; Commentary:
;; Eglot has no inline completion: what dscoder suggests is in the list of completions (C-M-i, or a package such as Corfu),
;; and M-x eglot-code-actions fills the region, completes a function or writes a docstring.  Put this into your init file.
;; Eglot starts one server in a buffer, so this is for modes that have no other one.
;; Tried with Emacs 30.2 and its Eglot 1.17.30.
;;; Code:

(require 'eglot)
(add-to-list 'eglot-server-programs '((sh-mode bash-ts-mode perl-mode text-mode) . ("dscoder" "lsp")))
(add-hook 'sh-base-mode-hook #'eglot-ensure)
;;; emacs-eglot.el ends here
