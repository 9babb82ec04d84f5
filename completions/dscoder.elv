
use builtin;
use str;

set edit:completion:arg-completer[dscoder] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'dscoder'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'dscoder'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand complete 'Continue a file or stdin'
            cand infill 'Write the middle: into a gap of a file, or between two files'
            cand chat 'Ask an Instruct model'
            cand git 'Write commit messages, review changes, and install hooks for both'
            cand download 'Download a model, or resume an interrupted download'
            cand models 'List, show, verify and remove models'
            cand cache 'List or remove cached prompts'
            cand serve 'Keep a model in memory, and answer editors and other programs'
            cand lsp 'Complete in an editor: a language server on stdin and stdout'
            cand bench 'Measure how fast a model runs on this machine'
            cand eval 'Measure a model with the benchmarks of DeepSeek''s papers'
            cand config 'Show and change settings'
            cand doctor 'Check the machine, the models and the settings, and say what to do next'
            cand help 'Show help for a command or a topic'
        }
        &'dscoder;complete'= {
            cand --batch 'Answer many prompts: one JSON object per line in FILE (- is stdin) and on stdout'
            cand --parallel 'Prompts to evaluate in parallel'
            cand --context 'Show this file to the model before the text (repeatable)'
            cand --repo 'Show the model the files of the repository that are relevant to the text'
            cand --context-budget 'Maximum share of the context for these files'
            cand --language 'Language of the text, such as python or c++; detected from the file name or the text by default'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand -n 'Maximum answer length in tokens'
            cand --max-tokens 'Maximum answer length in tokens'
            cand --stop 'Stop before TEXT (repeatable)'
            cand --until 'Where the answer ends'
            cand --candidates 'Compute N answers in parallel and print the distinct ones, most likely first'
            cand --timeout 'Stop after SECONDS, print the answer so far and exit with code 124'
            cand --logprobs 'Add to the JSON each token''s log probability and those of the N most likely alternatives'
            cand -t 'Sampling temperature; 0 always takes the most likely token'
            cand --temperature 'Sampling temperature; 0 always takes the most likely token'
            cand --top-k 'Sample from the K most likely tokens; 0 means all (needs a temperature)'
            cand --top-p 'Sample from the most likely tokens with a total probability of P (needs a temperature)'
            cand --min-p 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)'
            cand --repeat-penalty 'Penalty for repeating one of the last 64 tokens; 1 is off'
            cand --seed 'Random seed; a new one for each run by default (needs a temperature)'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --draft 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto'
            cand --cache-size 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first'
            cand --cache-after 'Cache prompts that took longer than this to evaluate'
            cand --endpoint 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama'
            cand --endpoint-kind 'Kind of server; detected by default'
            cand --api-key-file 'Read the server''s key from a file instead of DSCODER_API_KEY'
            cand --endpoint-timeout 'Time to wait for the server to begin an answer'
            cand --serve 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one'
            cand --raw 'Print the answer exactly as the model wrote it'
            cand --json 'Print one JSON object: text, token counts, finish reason, timings'
            cand --json-lines 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand --no-truncate 'Fail with exit code 78 instead of truncating an oversized prompt'
            cand --speculate 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
            cand --no-cache 'Neither use nor fill the prefix cache'
            cand --insecure-http 'Send text and key to another machine unencrypted, readable by anyone on the way'
            cand --offline 'Open no connection to another machine'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand --stats 'Print token counts and timings on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;infill'= {
            cand --at 'Put the gap before LINE:COL (both from 1), or at the end of LINE'
            cand --cell 'Put the gap into this cell of a Jupyter notebook (from 1); --at, --offset and --lines are within it'
            cand --offset 'Put the gap at this byte offset'
            cand --marker 'Put the gap in place of TEXT, which must occur exactly once'
            cand --lines 'Replace these lines; the model does not see them'
            cand --prefix 'Text before the gap; - is stdin'
            cand --suffix 'Text after the gap; - is stdin'
            cand --backup 'Back up the old FILE under its name with this suffix'
            cand --batch 'Answer many prompts: one JSON object per line in FILE (- is stdin) and on stdout'
            cand --parallel 'Prompts to evaluate in parallel'
            cand --context 'Show this file to the model before the text (repeatable)'
            cand --repo 'Show the model the files of the repository that are relevant to the text'
            cand --context-budget 'Maximum share of the context for these files'
            cand --language 'Language of the text, such as python or c++; detected from the file name or the text by default'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand -n 'Maximum answer length in tokens'
            cand --max-tokens 'Maximum answer length in tokens'
            cand --stop 'Stop before TEXT (repeatable)'
            cand --until 'Where the answer ends'
            cand --candidates 'Compute N answers in parallel and print the distinct ones, most likely first'
            cand --timeout 'Stop after SECONDS, print the answer so far and exit with code 124'
            cand --logprobs 'Add to the JSON each token''s log probability and those of the N most likely alternatives'
            cand -t 'Sampling temperature; 0 always takes the most likely token'
            cand --temperature 'Sampling temperature; 0 always takes the most likely token'
            cand --top-k 'Sample from the K most likely tokens; 0 means all (needs a temperature)'
            cand --top-p 'Sample from the most likely tokens with a total probability of P (needs a temperature)'
            cand --min-p 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)'
            cand --repeat-penalty 'Penalty for repeating one of the last 64 tokens; 1 is off'
            cand --seed 'Random seed; a new one for each run by default (needs a temperature)'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --draft 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto'
            cand --cache-size 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first'
            cand --cache-after 'Cache prompts that took longer than this to evaluate'
            cand --endpoint 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama'
            cand --endpoint-kind 'Kind of server; detected by default'
            cand --api-key-file 'Read the server''s key from a file instead of DSCODER_API_KEY'
            cand --endpoint-timeout 'Time to wait for the server to begin an answer'
            cand --serve 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one'
            cand --whole 'Print the whole text with the answer in it'
            cand --diff 'Print the change as a unified diff, for patch or git apply'
            cand --in-place 'Write the answer into FILE'
            cand --raw 'Print the answer exactly as the model wrote it'
            cand --json 'Print one JSON object: text, token counts, finish reason, timings'
            cand --json-lines 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand --no-truncate 'Fail with exit code 78 instead of truncating an oversized prompt'
            cand --speculate 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
            cand --no-cache 'Neither use nor fill the prefix cache'
            cand --insecure-http 'Send text and key to another machine unencrypted, readable by anyone on the way'
            cand --offline 'Open no connection to another machine'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand --stats 'Print token counts and timings on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;chat'= {
            cand -f 'Show the model this file (repeatable)'
            cand --file 'Show the model this file (repeatable)'
            cand --system 'System prompt, instead of the one from the model''s authors'
            cand --system-file 'Read the system prompt from a file'
            cand --code 'Print only the answer''s code blocks, or the Nth of them'
            cand --lang 'Print only code blocks in this language'
            cand --session 'Save the conversation under this name and continue it next time'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand --stop 'Stop before TEXT (repeatable)'
            cand --until 'Where the answer ends'
            cand --candidates 'Compute N answers in parallel and print the distinct ones, most likely first'
            cand --timeout 'Stop after SECONDS, print the answer so far and exit with code 124'
            cand --logprobs 'Add to the JSON each token''s log probability and those of the N most likely alternatives'
            cand --top-k 'Sample from the K most likely tokens; 0 means all (needs a temperature)'
            cand --top-p 'Sample from the most likely tokens with a total probability of P (needs a temperature)'
            cand --min-p 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)'
            cand --repeat-penalty 'Penalty for repeating one of the last 64 tokens; 1 is off'
            cand --seed 'Random seed; a new one for each run by default (needs a temperature)'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --draft 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto'
            cand --cache-size 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first'
            cand --cache-after 'Cache prompts that took longer than this to evaluate'
            cand --endpoint 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama'
            cand --endpoint-kind 'Kind of server; detected by default'
            cand --api-key-file 'Read the server''s key from a file instead of DSCODER_API_KEY'
            cand --endpoint-timeout 'Time to wait for the server to begin an answer'
            cand --serve 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one'
            cand -t 'Sampling temperature; 0 always takes the most likely token'
            cand --temperature 'Sampling temperature; 0 always takes the most likely token'
            cand -n 'Maximum answer length in tokens'
            cand --max-tokens 'Maximum answer length in tokens'
            cand --no-system 'Use no system prompt'
            cand --continue 'Continue the most recent session'
            cand --raw 'Print the answer exactly as the model wrote it'
            cand --json 'Print one JSON object: text, token counts, finish reason, timings'
            cand --json-lines 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand --no-truncate 'Fail with exit code 78 instead of truncating an oversized prompt'
            cand --speculate 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
            cand --no-cache 'Neither use nor fill the prefix cache'
            cand --insecure-http 'Send text and key to another machine unencrypted, readable by anyone on the way'
            cand --offline 'Open no connection to another machine'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand --stats 'Print token counts and timings on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;git'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand message 'Write a commit message for the staged changes, or for a diff on stdin'
            cand review 'Review the staged changes, a range of commits, or a diff on stdin'
            cand install-hook 'Install a git hook that writes commit messages or reviews changes'
            cand uninstall-hook 'Remove a hook that install-hook installed'
            cand hook 'Run as a git hook'
            cand help 'Show help for a subcommand'
        }
        &'dscoder;git;message'= {
            cand --style 'Style of the subject: "Add a parser", or "feat(parser): add a parser"'
            cand --lang 'Write it in this language'
            cand --trailer 'Add a trailer, a line at the end such as "Refs: #12"; may be repeated'
            cand --diff-tokens 'Show the model at most N tokens of the diff'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand -n 'Maximum answer length in tokens'
            cand --max-tokens 'Maximum answer length in tokens'
            cand --stop 'Stop before TEXT (repeatable)'
            cand --until 'Where the answer ends'
            cand --candidates 'Compute N answers in parallel and print the distinct ones, most likely first'
            cand --timeout 'Stop after SECONDS, print the answer so far and exit with code 124'
            cand --logprobs 'Add to the JSON each token''s log probability and those of the N most likely alternatives'
            cand -t 'Sampling temperature; 0 always takes the most likely token'
            cand --temperature 'Sampling temperature; 0 always takes the most likely token'
            cand --top-k 'Sample from the K most likely tokens; 0 means all (needs a temperature)'
            cand --top-p 'Sample from the most likely tokens with a total probability of P (needs a temperature)'
            cand --min-p 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)'
            cand --repeat-penalty 'Penalty for repeating one of the last 64 tokens; 1 is off'
            cand --seed 'Random seed; a new one for each run by default (needs a temperature)'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --draft 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto'
            cand --cache-size 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first'
            cand --cache-after 'Cache prompts that took longer than this to evaluate'
            cand --endpoint 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama'
            cand --endpoint-kind 'Kind of server; detected by default'
            cand --api-key-file 'Read the server''s key from a file instead of DSCODER_API_KEY'
            cand --endpoint-timeout 'Time to wait for the server to begin an answer'
            cand --serve 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one'
            cand --body 'Write a body too'
            cand --signoff 'Add a Signed-off-by trailer with your name'
            cand --raw 'Print the answer exactly as the model wrote it'
            cand --json 'Print one JSON object: text, token counts, finish reason, timings'
            cand --json-lines 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand --no-truncate 'Fail with exit code 78 instead of truncating an oversized prompt'
            cand --speculate 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
            cand --no-cache 'Neither use nor fill the prefix cache'
            cand --insecure-http 'Send text and key to another machine unencrypted, readable by anyone on the way'
            cand --offline 'Open no connection to another machine'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand --stats 'Print token counts and timings on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;git;review'= {
            cand --diff-tokens 'Show the model at most N tokens of the diff'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand --stop 'Stop before TEXT (repeatable)'
            cand --until 'Where the answer ends'
            cand --candidates 'Compute N answers in parallel and print the distinct ones, most likely first'
            cand --timeout 'Stop after SECONDS, print the answer so far and exit with code 124'
            cand --logprobs 'Add to the JSON each token''s log probability and those of the N most likely alternatives'
            cand -t 'Sampling temperature; 0 always takes the most likely token'
            cand --temperature 'Sampling temperature; 0 always takes the most likely token'
            cand --top-k 'Sample from the K most likely tokens; 0 means all (needs a temperature)'
            cand --top-p 'Sample from the most likely tokens with a total probability of P (needs a temperature)'
            cand --min-p 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)'
            cand --repeat-penalty 'Penalty for repeating one of the last 64 tokens; 1 is off'
            cand --seed 'Random seed; a new one for each run by default (needs a temperature)'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --draft 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto'
            cand --cache-size 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first'
            cand --cache-after 'Cache prompts that took longer than this to evaluate'
            cand --endpoint 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama'
            cand --endpoint-kind 'Kind of server; detected by default'
            cand --api-key-file 'Read the server''s key from a file instead of DSCODER_API_KEY'
            cand --endpoint-timeout 'Time to wait for the server to begin an answer'
            cand --serve 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one'
            cand -n 'Maximum answer length in tokens'
            cand --max-tokens 'Maximum answer length in tokens'
            cand --raw 'Print the answer exactly as the model wrote it'
            cand --json 'Print one JSON object: text, token counts, finish reason, timings'
            cand --json-lines 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand --no-truncate 'Fail with exit code 78 instead of truncating an oversized prompt'
            cand --speculate 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
            cand --no-cache 'Neither use nor fill the prefix cache'
            cand --insecure-http 'Send text and key to another machine unencrypted, readable by anyone on the way'
            cand --offline 'Open no connection to another machine'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand --stats 'Print token counts and timings on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;git;install-hook'= {
            cand --chain 'Keep an existing hook and run it first'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;git;uninstall-hook'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;git;hook'= {
            cand --style 'Style of the subject: "Add a parser", or "feat(parser): add a parser"'
            cand --lang 'Write it in this language'
            cand --trailer 'Add a trailer, a line at the end such as "Refs: #12"; may be repeated'
            cand --diff-tokens 'Show the model at most N tokens of the diff'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand -n 'Maximum answer length in tokens'
            cand --max-tokens 'Maximum answer length in tokens'
            cand --stop 'Stop before TEXT (repeatable)'
            cand --until 'Where the answer ends'
            cand --candidates 'Compute N answers in parallel and print the distinct ones, most likely first'
            cand --logprobs 'Add to the JSON each token''s log probability and those of the N most likely alternatives'
            cand -t 'Sampling temperature; 0 always takes the most likely token'
            cand --temperature 'Sampling temperature; 0 always takes the most likely token'
            cand --top-k 'Sample from the K most likely tokens; 0 means all (needs a temperature)'
            cand --top-p 'Sample from the most likely tokens with a total probability of P (needs a temperature)'
            cand --min-p 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)'
            cand --repeat-penalty 'Penalty for repeating one of the last 64 tokens; 1 is off'
            cand --seed 'Random seed; a new one for each run by default (needs a temperature)'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --draft 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto'
            cand --cache-size 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first'
            cand --cache-after 'Cache prompts that took longer than this to evaluate'
            cand --endpoint 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama'
            cand --endpoint-kind 'Kind of server; detected by default'
            cand --api-key-file 'Read the server''s key from a file instead of DSCODER_API_KEY'
            cand --endpoint-timeout 'Time to wait for the server to begin an answer'
            cand --serve 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one'
            cand --timeout 'Stop after SECONDS, print the answer so far and exit with code 124'
            cand --body 'Write a body too'
            cand --signoff 'Add a Signed-off-by trailer with your name'
            cand --raw 'Print the answer exactly as the model wrote it'
            cand --json 'Print one JSON object: text, token counts, finish reason, timings'
            cand --json-lines 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand --no-truncate 'Fail with exit code 78 instead of truncating an oversized prompt'
            cand --speculate 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
            cand --no-cache 'Neither use nor fill the prefix cache'
            cand --insecure-http 'Send text and key to another machine unencrypted, readable by anyone on the way'
            cand --offline 'Open no connection to another machine'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand --stats 'Print token counts and timings on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;git;help'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand message 'Write a commit message for the staged changes, or for a diff on stdin'
            cand review 'Review the staged changes, a range of commits, or a diff on stdin'
            cand install-hook 'Install a git hook that writes commit messages or reviews changes'
            cand uninstall-hook 'Remove a hook that install-hook installed'
        }
        &'dscoder;git;help;message'= {
        }
        &'dscoder;git;help;review'= {
        }
        &'dscoder;git;help;install-hook'= {
        }
        &'dscoder;git;help;uninstall-hook'= {
        }
        &'dscoder;download'= {
            cand --sha256 'Expected SHA-256 of the file'
            cand --connections 'Number of parts to download in parallel'
            cand --list 'List the models that can be downloaded by name'
            cand --offline 'Open no connection; only find models on this machine'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;models'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the models on this machine: dscoder''s own, and those of the Hugging Face cache, Ollama and LM Studio'
            cand show 'Show a model''s properties, what dscoder mends in its file, and the memory it needs'
            cand verify 'Compute the SHA-256 of models and compare it with the expected one'
            cand remove 'Remove a model that dscoder downloaded, or an unfinished download'
            cand path 'Print the path of a model''s file'
            cand help 'Show help for a subcommand'
        }
        &'dscoder;models;list'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;models;show'= {
            cand --ctx-size 'Context size in tokens; by default 4096, or the model''s limit if that is less'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;models;verify'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;models;remove'= {
            cand -y 'Do not ask for confirmation'
            cand --yes 'Do not ask for confirmation'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;models;path'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;models;help'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List the models on this machine: dscoder''s own, and those of the Hugging Face cache, Ollama and LM Studio'
            cand show 'Show a model''s properties, what dscoder mends in its file, and the memory it needs'
            cand verify 'Compute the SHA-256 of models and compare it with the expected one'
            cand remove 'Remove a model that dscoder downloaded, or an unfinished download'
            cand path 'Print the path of a model''s file'
        }
        &'dscoder;models;help;list'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;models;help;show'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;models;help;verify'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;models;help;remove'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;models;help;path'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;cache'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List cached prompts, most recently used first: tokens, size, age, model'
            cand clear 'Remove all cached prompts'
            cand path 'Print the cache directory'
            cand help 'Show help for a subcommand'
        }
        &'dscoder;cache;list'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;cache;clear'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;cache;path'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;cache;help'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand list 'List cached prompts, most recently used first: tokens, size, age, model'
            cand clear 'Remove all cached prompts'
            cand path 'Print the cache directory'
        }
        &'dscoder;cache;help;list'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;cache;help;clear'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;cache;help;path'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;serve'= {
            cand --listen 'Also listen on this TCP address (repeatable)'
            cand --socket 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory'
            cand --parallel 'Answers to compute in parallel; further requests wait'
            cand --idle 'Exit after SECONDS without a request'
            cand --max-prompt-ms 'Time in which the first token in a gap should come, in milliseconds; 0 for none'
            cand --api-key-file 'Require one of the keys in this file, one per line'
            cand --allow-host 'Accept requests for this host name too (repeatable)'
            cand --allow-origin 'Accept requests of web pages from this origin (repeatable)'
            cand --log 'Append a line for each request to FILE, or to stderr if it is -'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --cache-size 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first'
            cand --cache-after 'Cache prompts that took longer than this to evaluate'
            cand --metrics 'Answer GET /metrics with counters for Prometheus'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand --no-cache 'Neither use nor fill the prefix cache'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand status 'Show the resident engine of this user: its model, what it does, since when'
            cand stop 'End the resident engine of this user, once it has answered what it is answering'
            cand help 'Show help for a subcommand'
        }
        &'dscoder;serve;status'= {
            cand --socket 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory'
            cand --json 'Print one JSON object'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;serve;stop'= {
            cand --socket 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;serve;help'= {
            cand --socket 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand status 'Show the resident engine of this user: its model, what it does, since when'
            cand stop 'End the resident engine of this user, once it has answered what it is answering'
        }
        &'dscoder;serve;help;status'= {
            cand --socket 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;serve;help;stop'= {
            cand --socket 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;lsp'= {
            cand --candidates 'Number of different completions, if you ask for them; while you type, there is one'
            cand -n 'Maximum length of a completion in tokens'
            cand --max-tokens 'Maximum length of a completion in tokens'
            cand --socket 'Path of the resident engine''s socket'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --no-context 'Show the model only the document with the cursor'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;bench'= {
            cand --depths 'Prompt lengths in tokens; by default 0,512,1024,4096, as far as they fit'
            cand -r 'Number of repetitions'
            cand --repetitions 'Number of repetitions'
            cand -n 'Tokens to decode at each depth'
            cand --tokens 'Tokens to decode at each depth'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --tune 'Measure the ways to compute on this machine, and keep the rates: later runs choose by them'
            cand --json 'Print one JSON object instead of the table'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;eval'= {
            cand --suite-file 'Read problems from FILE: JSON lines as those of HumanEval, MBPP or HumanEval-Infilling, plain or packed by gzip'
            cand --code 'For fim-exact: take lines out of the code in DIR'
            cand --limit 'Only the first N problems of each suite'
            cand -o 'Write the samples into FILE'
            cand --output 'Write the samples into FILE'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand --as 'Whose rules cut answers'
            cand --flavour 'Ask as a Base or as an Instruct model; by default, as which it was trained'
            cand --samples 'Samples of each problem (more than one needs a temperature)'
            cand -t 'Sampling temperature; 0 always takes the most likely token, as the authors did'
            cand --temperature 'Sampling temperature; 0 always takes the most likely token, as the authors did'
            cand --top-p 'Sample from the most likely tokens with a total probability of P (needs a temperature)'
            cand --seed 'Random seed of the first sample; that of each next one is one higher. For fim-exact it also chooses the lines'
            cand -n 'Maximum answer length in tokens, instead of the authors'''
            cand --max-tokens 'Maximum answer length in tokens, instead of the authors'''
            cand --parallel 'Prompts to evaluate in parallel'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --endpoint 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama'
            cand --endpoint-kind 'Kind of server; detected by default'
            cand --api-key-file 'Read the server''s key from a file instead of DSCODER_API_KEY'
            cand --endpoint-timeout 'Time to wait for the server to begin an answer'
            cand --scores 'Write the samples with their scores into FILE, one JSON object per line'
            cand --sandbox 'What shuts programs in'
            cand --jobs 'Programs to run at the same time; one per processor by default'
            cand --time-limit 'Time limit of each program, instead of the published one: 10 seconds, for infilling 3'
            cand --markdown 'Write the report as Markdown into FILE'
            cand --html 'Write the report as one HTML page with plots into FILE'
            cand --gold 'Score the reference answers instead of a model''s: a test of this machine'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand --insecure-http 'Send text and key to another machine unencrypted, readable by anyone on the way'
            cand --offline 'Open no connection to another machine'
            cand --execute 'Run the programs that the model wrote, in a sandbox'
            cand --json 'Print the report as one JSON object'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand generate 'Generate samples: the answers of a model, as JSON lines'
            cand fetch 'Download the benchmarks that are not part of dscoder'
            cand score 'Score samples: run their programs, or compare them with what was in the hole'
            cand compare 'Compare two runs problem by problem: two quantizations, two models, two settings'
            cand report 'Report on scores: as a table, as Markdown, as JSON, or as a page with plots'
            cand help 'Show help for a subcommand'
        }
        &'dscoder;eval;generate'= {
            cand --suite-file 'Read problems from FILE: JSON lines as those of HumanEval, MBPP or HumanEval-Infilling, plain or packed by gzip'
            cand --code 'For fim-exact: take lines out of the code in DIR'
            cand --limit 'Only the first N problems of each suite'
            cand -o 'Write the samples into FILE, and the settings into the file beside it that ends with .run.json'
            cand --output 'Write the samples into FILE, and the settings into the file beside it that ends with .run.json'
            cand -m 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --model 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo'
            cand --lora 'Use the model with a LoRA adapter, a GGUF file (repeatable)'
            cand --as 'Whose rules cut answers'
            cand --flavour 'Ask as a Base or as an Instruct model; by default, as which it was trained'
            cand --samples 'Samples of each problem (more than one needs a temperature)'
            cand -t 'Sampling temperature; 0 always takes the most likely token, as the authors did'
            cand --temperature 'Sampling temperature; 0 always takes the most likely token, as the authors did'
            cand --top-p 'Sample from the most likely tokens with a total probability of P (needs a temperature)'
            cand --seed 'Random seed of the first sample; that of each next one is one higher. For fim-exact it also chooses the lines'
            cand -n 'Maximum answer length in tokens, instead of the authors'''
            cand --max-tokens 'Maximum answer length in tokens, instead of the authors'''
            cand --parallel 'Prompts to evaluate in parallel'
            cand --ctx-size 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most'
            cand --threads 'Number of threads; by default one per physical core, without the slow cores of hybrid processors'
            cand --gpu-layers 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many'
            cand --kernels 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way'
            cand --endpoint 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama'
            cand --endpoint-kind 'Kind of server; detected by default'
            cand --api-key-file 'Read the server''s key from a file instead of DSCODER_API_KEY'
            cand --endpoint-timeout 'Time to wait for the server to begin an answer'
            cand --force 'Run even if the model does not fit into memory or was not trained for this task'
            cand --insecure-http 'Send text and key to another machine unencrypted, readable by anyone on the way'
            cand --offline 'Open no connection to another machine'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;eval;fetch'= {
            cand --from 'The address of a mirror of DeepSeek''s repository'
            cand --offline 'Open no connection; only tell what is missing'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;eval;score'= {
            cand --suite 'The suite of samples that do not name it'
            cand --suite-file 'Read the problems from FILE'
            cand --scores 'Write the samples with their scores into FILE, one JSON object per line'
            cand --sandbox 'What shuts programs in'
            cand --jobs 'Programs to run at the same time; one per processor by default'
            cand --time-limit 'Time limit of each program, instead of the published one: 10 seconds, for infilling 3'
            cand --markdown 'Write the report as Markdown into FILE'
            cand --html 'Write the report as one HTML page with plots into FILE'
            cand --execute 'Run the programs that the model wrote, in a sandbox'
            cand --json 'Print the report as one JSON object'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;eval;compare'= {
            cand --json 'Print one JSON object'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;eval;report'= {
            cand --markdown 'Write the report as Markdown into FILE'
            cand --html 'Write the report as one HTML page with plots into FILE'
            cand --json 'Print the report as one JSON object'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;eval;help'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand generate 'Generate samples: the answers of a model, as JSON lines'
            cand fetch 'Download the benchmarks that are not part of dscoder'
            cand score 'Score samples: run their programs, or compare them with what was in the hole'
            cand compare 'Compare two runs problem by problem: two quantizations, two models, two settings'
            cand report 'Report on scores: as a table, as Markdown, as JSON, or as a page with plots'
        }
        &'dscoder;eval;help;generate'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;eval;help;fetch'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;eval;help;score'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;eval;help;compare'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;eval;help;report'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;config'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand show 'Show every setting, its value and where it comes from'
            cand path 'Print the path of your settings file, then that of the project''s file if there is one'
            cand edit 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards'
            cand init 'Write a settings file that lists every setting, commented out'
            cand help 'Show help for a subcommand'
        }
        &'dscoder;config;show'= {
            cand --json 'Print one JSON object'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;config;path'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;config;edit'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;config;init'= {
            cand --force 'Overwrite an existing file'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;config;help'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand show 'Show every setting, its value and where it comes from'
            cand path 'Print the path of your settings file, then that of the project''s file if there is one'
            cand edit 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards'
            cand init 'Write a settings file that lists every setting, commented out'
        }
        &'dscoder;config;help;show'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;config;help;path'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;config;help;edit'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;config;help;init'= {
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
        }
        &'dscoder;doctor'= {
            cand -m 'The model, as for other commands'
            cand --model 'The model, as for other commands'
            cand --json 'Print one JSON object'
            cand -q 'Print only errors on stderr'
            cand --quiet 'Print only errors on stderr'
            cand -v 'Print the effective settings and llama.cpp''s log on stderr'
            cand --verbose 'Print the effective settings and llama.cpp''s log on stderr'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'dscoder;help'= {
            cand -h 'Print help'
            cand --help 'Print help'
            cand complete 'Continue a file or stdin'
            cand infill 'Write the middle: into a gap of a file, or between two files'
            cand chat 'Ask an Instruct model'
            cand git 'Write commit messages, review changes, and install hooks for both'
            cand download 'Download a model, or resume an interrupted download'
            cand models 'List, show, verify and remove models'
            cand cache 'List or remove cached prompts'
            cand serve 'Keep a model in memory, and answer editors and other programs'
            cand lsp 'Complete in an editor: a language server on stdin and stdout'
            cand bench 'Measure how fast a model runs on this machine'
            cand eval 'Measure a model with the benchmarks of DeepSeek''s papers'
            cand config 'Show and change settings'
            cand doctor 'Check the machine, the models and the settings, and say what to do next'
            cand answers 'where the gap is, where an answer ends, and what is printed'
            cand batch 'many prompts from a file, answered in parallel'
            cand benchmarks 'measuring models, and how the programs they write are run'
            cand caching 'the prefix cache, speculative decoding, and when answers repeat exactly'
            cand context 'other files that the model sees in addition to the text'
            cand conversations 'questions to Instruct models, sessions, and code from answers'
            cand editors 'completion in an editor'
            cand endpoint 'answers computed by a server'
            cand exit-codes 'what the exit code of dscoder means'
            cand git-hooks 'commit messages, reviews, and the hooks that write them'
            cand hardware 'processors, kernels, GPUs, and how to measure them'
            cand json 'the objects that dscoder reads and prints, field by field'
            cand model-files 'names of models, where they are found, and downloads'
            cand security 'what dscoder promises about untrusted models, files and answers'
            cand server 'the resident engine, for editors and other programs'
            cand settings 'settings files, environment variables, and which comes first'
        }
        &'dscoder;help;complete'= {
        }
        &'dscoder;help;infill'= {
        }
        &'dscoder;help;chat'= {
        }
        &'dscoder;help;git'= {
            cand message 'Write a commit message for the staged changes, or for a diff on stdin'
            cand review 'Review the staged changes, a range of commits, or a diff on stdin'
            cand install-hook 'Install a git hook that writes commit messages or reviews changes'
            cand uninstall-hook 'Remove a hook that install-hook installed'
        }
        &'dscoder;help;git;message'= {
        }
        &'dscoder;help;git;review'= {
        }
        &'dscoder;help;git;install-hook'= {
        }
        &'dscoder;help;git;uninstall-hook'= {
        }
        &'dscoder;help;download'= {
        }
        &'dscoder;help;models'= {
            cand list 'List the models on this machine: dscoder''s own, and those of the Hugging Face cache, Ollama and LM Studio'
            cand show 'Show a model''s properties, what dscoder mends in its file, and the memory it needs'
            cand verify 'Compute the SHA-256 of models and compare it with the expected one'
            cand remove 'Remove a model that dscoder downloaded, or an unfinished download'
            cand path 'Print the path of a model''s file'
        }
        &'dscoder;help;models;list'= {
        }
        &'dscoder;help;models;show'= {
        }
        &'dscoder;help;models;verify'= {
        }
        &'dscoder;help;models;remove'= {
        }
        &'dscoder;help;models;path'= {
        }
        &'dscoder;help;cache'= {
            cand list 'List cached prompts, most recently used first: tokens, size, age, model'
            cand clear 'Remove all cached prompts'
            cand path 'Print the cache directory'
        }
        &'dscoder;help;cache;list'= {
        }
        &'dscoder;help;cache;clear'= {
        }
        &'dscoder;help;cache;path'= {
        }
        &'dscoder;help;serve'= {
            cand status 'Show the resident engine of this user: its model, what it does, since when'
            cand stop 'End the resident engine of this user, once it has answered what it is answering'
        }
        &'dscoder;help;serve;status'= {
        }
        &'dscoder;help;serve;stop'= {
        }
        &'dscoder;help;lsp'= {
        }
        &'dscoder;help;bench'= {
        }
        &'dscoder;help;eval'= {
            cand generate 'Generate samples: the answers of a model, as JSON lines'
            cand fetch 'Download the benchmarks that are not part of dscoder'
            cand score 'Score samples: run their programs, or compare them with what was in the hole'
            cand compare 'Compare two runs problem by problem: two quantizations, two models, two settings'
            cand report 'Report on scores: as a table, as Markdown, as JSON, or as a page with plots'
        }
        &'dscoder;help;eval;generate'= {
        }
        &'dscoder;help;eval;fetch'= {
        }
        &'dscoder;help;eval;score'= {
        }
        &'dscoder;help;eval;compare'= {
        }
        &'dscoder;help;eval;report'= {
        }
        &'dscoder;help;config'= {
            cand show 'Show every setting, its value and where it comes from'
            cand path 'Print the path of your settings file, then that of the project''s file if there is one'
            cand edit 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards'
            cand init 'Write a settings file that lists every setting, commented out'
        }
        &'dscoder;help;config;show'= {
        }
        &'dscoder;help;config;path'= {
        }
        &'dscoder;help;config;edit'= {
        }
        &'dscoder;help;config;init'= {
        }
        &'dscoder;help;doctor'= {
        }
        &'dscoder;help;answers'= {
        }
        &'dscoder;help;batch'= {
        }
        &'dscoder;help;benchmarks'= {
        }
        &'dscoder;help;caching'= {
        }
        &'dscoder;help;context'= {
        }
        &'dscoder;help;conversations'= {
        }
        &'dscoder;help;editors'= {
        }
        &'dscoder;help;endpoint'= {
        }
        &'dscoder;help;exit-codes'= {
        }
        &'dscoder;help;git-hooks'= {
        }
        &'dscoder;help;hardware'= {
        }
        &'dscoder;help;json'= {
        }
        &'dscoder;help;model-files'= {
        }
        &'dscoder;help;security'= {
        }
        &'dscoder;help;server'= {
        }
        &'dscoder;help;settings'= {
        }
    ]
    $completions[$command]
}
