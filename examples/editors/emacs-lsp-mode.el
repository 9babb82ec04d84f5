;;; emacs-lsp-mode.el --- Suggestions by dscoder lsp -*- lexical-binding: t -*-
;;; Commentary:
;; Put this into your init file; it needs lsp-mode 10.0 (MELPA, or Debian's elpa-lsp-mode).  Suggestions come when you pause;
;; TAB accepts one, C-n and C-p change between several, C-c s asks for one.  lsp-execute-code-action (s-l a a) fills the
;; region, completes a function or writes a docstring.
;; Tried with Emacs 30.2 and lsp-mode 10.0.0 (Debian unstable), and with its snapshot of 1 July 2026 (90bc043).
;;; Code:

(require 'lsp-mode)
(require 'lsp-inline-completion)

(setq lsp-inline-completion-idle-delay 0.1)
(define-key lsp-inline-completion-active-map (kbd "TAB") #'lsp-inline-completion-accept)
(define-key lsp-mode-map (kbd "C-c s") #'lsp-inline-completion-display)

;; Beside the server of the language, in every buffer that lsp-mode looks after.
(lsp-register-client
 (make-lsp-client :new-connection (lsp-stdio-connection '("dscoder" "lsp"))
                  :activation-fn #'always
                  :add-on? t
                  :server-id 'dscoder))
(add-hook 'prog-mode-hook #'lsp-deferred)
;;; emacs-lsp-mode.el ends here
