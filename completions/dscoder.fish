# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_dscoder_global_optspecs
    string join \n h/help V/version
end

function __fish_dscoder_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_dscoder_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_dscoder_using_subcommand
    set -l cmd (__fish_dscoder_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c dscoder -n "__fish_dscoder_needs_command" -s h -l help -d 'Print help'
complete -c dscoder -n "__fish_dscoder_needs_command" -s V -l version -d 'Print version'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "complete" -d 'Continue a file or stdin'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "infill" -d 'Write the middle: into a gap of a file, or between two files'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "chat" -d 'Ask an Instruct model'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "git" -d 'Write commit messages, review changes, and install hooks for both'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "download" -d 'Download a model, or resume an interrupted download'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "models" -d 'List, show, verify and remove models'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "cache" -d 'List or remove cached prompts'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "serve" -d 'Keep a model in memory, and answer editors and other programs'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "lsp" -d 'Complete in an editor: a language server on stdin and stdout'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "bench" -d 'Measure how fast a model runs on this machine'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "eval" -d 'Measure a model with the benchmarks of DeepSeek\'s papers'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "config" -d 'Show and change settings'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "doctor" -d 'Check the machine, the models and the settings, and say what to do next'
complete -c dscoder -n "__fish_dscoder_needs_command" -f -a "help" -d 'Show help for a command or a topic'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l batch -d 'Answer many prompts: one JSON object per line in FILE (- is stdin) and on stdout' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l parallel -d 'Prompts to evaluate in parallel' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l context -d 'Show this file to the model before the text (repeatable)' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l repo -d 'Show the model the files of the repository that are relevant to the text' -r -f -a "(__fish_complete_directories)"
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l context-budget -d 'Maximum share of the context for these files' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l language -d 'Language of the text, such as python or c++; detected from the file name or the text by default' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -s n -l max-tokens -d 'Maximum answer length in tokens' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l stop -d 'Stop before TEXT (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l until -d 'Where the answer ends' -r -f -a "auto\t'What fits the place'
end\t'Where the model ends it'
line\t'At the end of the line'
block\t'At the end of the block, by indentation or brackets'
blank\t'Before the first blank line'"
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l candidates -d 'Compute N answers in parallel and print the distinct ones, most likely first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l timeout -d 'Stop after SECONDS, print the answer so far and exit with code 124' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l logprobs -d 'Add to the JSON each token\'s log probability and those of the N most likely alternatives' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -s t -l temperature -d 'Sampling temperature; 0 always takes the most likely token' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l top-k -d 'Sample from the K most likely tokens; 0 means all (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l top-p -d 'Sample from the most likely tokens with a total probability of P (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l min-p -d 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l repeat-penalty -d 'Penalty for repeating one of the last 64 tokens; 1 is off' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l seed -d 'Random seed; a new one for each run by default (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l draft -d 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto' -r -f -a "auto\t''
1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l cache-size -d 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l cache-after -d 'Cache prompts that took longer than this to evaluate' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l endpoint -d 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l endpoint-kind -d 'Kind of server; detected by default' -r -f -a "llama-server\t'llama.cpp\'s own'
openai\t'vLLM, and others with /v1/completions'
ollama\t'Ollama'"
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l api-key-file -d 'Read the server\'s key from a file instead of DSCODER_API_KEY' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l endpoint-timeout -d 'Time to wait for the server to begin an answer' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l serve -d 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one' -r -f -a "auto\t'If one with the same model and settings is running'
never\t'Never'
start\t'Always: one is started if none is running, and ends when nothing was asked for ten minutes'"
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l raw -d 'Print the answer exactly as the model wrote it'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l json -d 'Print one JSON object: text, token counts, finish reason, timings'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l json-lines -d 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l no-truncate -d 'Fail with exit code 78 instead of truncating an oversized prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l speculate -d 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l no-cache -d 'Neither use nor fill the prefix cache'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l insecure-http -d 'Send text and key to another machine unencrypted, readable by anyone on the way'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l offline -d 'Open no connection to another machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -l stats -d 'Print token counts and timings on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand complete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l at -d 'Put the gap before LINE:COL (both from 1), or at the end of LINE' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l cell -d 'Put the gap into this cell of a Jupyter notebook (from 1); --at, --offset and --lines are within it' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l offset -d 'Put the gap at this byte offset' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l marker -d 'Put the gap in place of TEXT, which must occur exactly once' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l lines -d 'Replace these lines; the model does not see them' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l prefix -d 'Text before the gap; - is stdin' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l suffix -d 'Text after the gap; - is stdin' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l backup -d 'Back up the old FILE under its name with this suffix' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l batch -d 'Answer many prompts: one JSON object per line in FILE (- is stdin) and on stdout' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l parallel -d 'Prompts to evaluate in parallel' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l context -d 'Show this file to the model before the text (repeatable)' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l repo -d 'Show the model the files of the repository that are relevant to the text' -r -f -a "(__fish_complete_directories)"
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l context-budget -d 'Maximum share of the context for these files' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l language -d 'Language of the text, such as python or c++; detected from the file name or the text by default' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -s n -l max-tokens -d 'Maximum answer length in tokens' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l stop -d 'Stop before TEXT (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l until -d 'Where the answer ends' -r -f -a "auto\t'What fits the place'
end\t'Where the model ends it'
line\t'At the end of the line'
block\t'At the end of the block, by indentation or brackets'
blank\t'Before the first blank line'"
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l candidates -d 'Compute N answers in parallel and print the distinct ones, most likely first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l timeout -d 'Stop after SECONDS, print the answer so far and exit with code 124' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l logprobs -d 'Add to the JSON each token\'s log probability and those of the N most likely alternatives' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -s t -l temperature -d 'Sampling temperature; 0 always takes the most likely token' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l top-k -d 'Sample from the K most likely tokens; 0 means all (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l top-p -d 'Sample from the most likely tokens with a total probability of P (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l min-p -d 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l repeat-penalty -d 'Penalty for repeating one of the last 64 tokens; 1 is off' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l seed -d 'Random seed; a new one for each run by default (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l draft -d 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto' -r -f -a "auto\t''
1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l cache-size -d 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l cache-after -d 'Cache prompts that took longer than this to evaluate' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l endpoint -d 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l endpoint-kind -d 'Kind of server; detected by default' -r -f -a "llama-server\t'llama.cpp\'s own'
openai\t'vLLM, and others with /v1/completions'
ollama\t'Ollama'"
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l api-key-file -d 'Read the server\'s key from a file instead of DSCODER_API_KEY' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l endpoint-timeout -d 'Time to wait for the server to begin an answer' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l serve -d 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one' -r -f -a "auto\t'If one with the same model and settings is running'
never\t'Never'
start\t'Always: one is started if none is running, and ends when nothing was asked for ten minutes'"
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l whole -d 'Print the whole text with the answer in it'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l diff -d 'Print the change as a unified diff, for patch or git apply'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l in-place -d 'Write the answer into FILE'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l raw -d 'Print the answer exactly as the model wrote it'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l json -d 'Print one JSON object: text, token counts, finish reason, timings'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l json-lines -d 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l no-truncate -d 'Fail with exit code 78 instead of truncating an oversized prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l speculate -d 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l no-cache -d 'Neither use nor fill the prefix cache'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l insecure-http -d 'Send text and key to another machine unencrypted, readable by anyone on the way'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l offline -d 'Open no connection to another machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -l stats -d 'Print token counts and timings on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand infill" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -s f -l file -d 'Show the model this file (repeatable)' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l system -d 'System prompt, instead of the one from the model\'s authors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l system-file -d 'Read the system prompt from a file' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l code -d 'Print only the answer\'s code blocks, or the Nth of them' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l lang -d 'Print only code blocks in this language' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l session -d 'Save the conversation under this name and continue it next time' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l stop -d 'Stop before TEXT (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l until -d 'Where the answer ends' -r -f -a "auto\t'What fits the place'
end\t'Where the model ends it'
line\t'At the end of the line'
block\t'At the end of the block, by indentation or brackets'
blank\t'Before the first blank line'"
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l candidates -d 'Compute N answers in parallel and print the distinct ones, most likely first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l timeout -d 'Stop after SECONDS, print the answer so far and exit with code 124' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l logprobs -d 'Add to the JSON each token\'s log probability and those of the N most likely alternatives' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l top-k -d 'Sample from the K most likely tokens; 0 means all (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l top-p -d 'Sample from the most likely tokens with a total probability of P (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l min-p -d 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l repeat-penalty -d 'Penalty for repeating one of the last 64 tokens; 1 is off' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l seed -d 'Random seed; a new one for each run by default (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l draft -d 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto' -r -f -a "auto\t''
1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l cache-size -d 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l cache-after -d 'Cache prompts that took longer than this to evaluate' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l endpoint -d 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l endpoint-kind -d 'Kind of server; detected by default' -r -f -a "llama-server\t'llama.cpp\'s own'
openai\t'vLLM, and others with /v1/completions'
ollama\t'Ollama'"
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l api-key-file -d 'Read the server\'s key from a file instead of DSCODER_API_KEY' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l endpoint-timeout -d 'Time to wait for the server to begin an answer' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l serve -d 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one' -r -f -a "auto\t'If one with the same model and settings is running'
never\t'Never'
start\t'Always: one is started if none is running, and ends when nothing was asked for ten minutes'"
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -s t -l temperature -d 'Sampling temperature; 0 always takes the most likely token' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -s n -l max-tokens -d 'Maximum answer length in tokens' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l no-system -d 'Use no system prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l continue -d 'Continue the most recent session'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l raw -d 'Print the answer exactly as the model wrote it'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l json -d 'Print one JSON object: text, token counts, finish reason, timings'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l json-lines -d 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l no-truncate -d 'Fail with exit code 78 instead of truncating an oversized prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l speculate -d 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l no-cache -d 'Neither use nor fill the prefix cache'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l insecure-http -d 'Send text and key to another machine unencrypted, readable by anyone on the way'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l offline -d 'Open no connection to another machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -l stats -d 'Print token counts and timings on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand chat" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and not __fish_seen_subcommand_from message review install-hook uninstall-hook hook help" -s h -l help -d 'Print help'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and not __fish_seen_subcommand_from message review install-hook uninstall-hook hook help" -f -a "message" -d 'Write a commit message for the staged changes, or for a diff on stdin'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and not __fish_seen_subcommand_from message review install-hook uninstall-hook hook help" -f -a "review" -d 'Review the staged changes, a range of commits, or a diff on stdin'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and not __fish_seen_subcommand_from message review install-hook uninstall-hook hook help" -f -a "install-hook" -d 'Install a git hook that writes commit messages or reviews changes'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and not __fish_seen_subcommand_from message review install-hook uninstall-hook hook help" -f -a "uninstall-hook" -d 'Remove a hook that install-hook installed'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and not __fish_seen_subcommand_from message review install-hook uninstall-hook hook help" -f -a "hook" -d 'Run as a git hook'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and not __fish_seen_subcommand_from message review install-hook uninstall-hook hook help" -f -a "help" -d 'Show help for a subcommand'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l style -d 'Style of the subject: "Add a parser", or "feat(parser): add a parser"' -r -f -a "plain\t'Add a parser'
conventional\t'feat(parser): add a parser'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l lang -d 'Write it in this language' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l trailer -d 'Add a trailer, a line at the end such as "Refs: #12"; may be repeated' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l diff-tokens -d 'Show the model at most N tokens of the diff' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -s n -l max-tokens -d 'Maximum answer length in tokens' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l stop -d 'Stop before TEXT (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l until -d 'Where the answer ends' -r -f -a "auto\t'What fits the place'
end\t'Where the model ends it'
line\t'At the end of the line'
block\t'At the end of the block, by indentation or brackets'
blank\t'Before the first blank line'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l candidates -d 'Compute N answers in parallel and print the distinct ones, most likely first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l timeout -d 'Stop after SECONDS, print the answer so far and exit with code 124' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l logprobs -d 'Add to the JSON each token\'s log probability and those of the N most likely alternatives' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -s t -l temperature -d 'Sampling temperature; 0 always takes the most likely token' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l top-k -d 'Sample from the K most likely tokens; 0 means all (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l top-p -d 'Sample from the most likely tokens with a total probability of P (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l min-p -d 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l repeat-penalty -d 'Penalty for repeating one of the last 64 tokens; 1 is off' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l seed -d 'Random seed; a new one for each run by default (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l draft -d 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto' -r -f -a "auto\t''
1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l cache-size -d 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l cache-after -d 'Cache prompts that took longer than this to evaluate' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l endpoint -d 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l endpoint-kind -d 'Kind of server; detected by default' -r -f -a "llama-server\t'llama.cpp\'s own'
openai\t'vLLM, and others with /v1/completions'
ollama\t'Ollama'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l api-key-file -d 'Read the server\'s key from a file instead of DSCODER_API_KEY' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l endpoint-timeout -d 'Time to wait for the server to begin an answer' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l serve -d 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one' -r -f -a "auto\t'If one with the same model and settings is running'
never\t'Never'
start\t'Always: one is started if none is running, and ends when nothing was asked for ten minutes'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l body -d 'Write a body too'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l signoff -d 'Add a Signed-off-by trailer with your name'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l raw -d 'Print the answer exactly as the model wrote it'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l json -d 'Print one JSON object: text, token counts, finish reason, timings'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l json-lines -d 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l no-truncate -d 'Fail with exit code 78 instead of truncating an oversized prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l speculate -d 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l no-cache -d 'Neither use nor fill the prefix cache'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l insecure-http -d 'Send text and key to another machine unencrypted, readable by anyone on the way'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l offline -d 'Open no connection to another machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -l stats -d 'Print token counts and timings on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from message" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l diff-tokens -d 'Show the model at most N tokens of the diff' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l stop -d 'Stop before TEXT (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l until -d 'Where the answer ends' -r -f -a "auto\t'What fits the place'
end\t'Where the model ends it'
line\t'At the end of the line'
block\t'At the end of the block, by indentation or brackets'
blank\t'Before the first blank line'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l candidates -d 'Compute N answers in parallel and print the distinct ones, most likely first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l timeout -d 'Stop after SECONDS, print the answer so far and exit with code 124' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l logprobs -d 'Add to the JSON each token\'s log probability and those of the N most likely alternatives' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -s t -l temperature -d 'Sampling temperature; 0 always takes the most likely token' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l top-k -d 'Sample from the K most likely tokens; 0 means all (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l top-p -d 'Sample from the most likely tokens with a total probability of P (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l min-p -d 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l repeat-penalty -d 'Penalty for repeating one of the last 64 tokens; 1 is off' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l seed -d 'Random seed; a new one for each run by default (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l draft -d 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto' -r -f -a "auto\t''
1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l cache-size -d 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l cache-after -d 'Cache prompts that took longer than this to evaluate' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l endpoint -d 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l endpoint-kind -d 'Kind of server; detected by default' -r -f -a "llama-server\t'llama.cpp\'s own'
openai\t'vLLM, and others with /v1/completions'
ollama\t'Ollama'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l api-key-file -d 'Read the server\'s key from a file instead of DSCODER_API_KEY' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l endpoint-timeout -d 'Time to wait for the server to begin an answer' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l serve -d 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one' -r -f -a "auto\t'If one with the same model and settings is running'
never\t'Never'
start\t'Always: one is started if none is running, and ends when nothing was asked for ten minutes'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -s n -l max-tokens -d 'Maximum answer length in tokens' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l raw -d 'Print the answer exactly as the model wrote it'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l json -d 'Print one JSON object: text, token counts, finish reason, timings'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l json-lines -d 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l no-truncate -d 'Fail with exit code 78 instead of truncating an oversized prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l speculate -d 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l no-cache -d 'Neither use nor fill the prefix cache'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l insecure-http -d 'Send text and key to another machine unencrypted, readable by anyone on the way'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l offline -d 'Open no connection to another machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -l stats -d 'Print token counts and timings on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from review" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from install-hook" -l chain -d 'Keep an existing hook and run it first'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from install-hook" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from install-hook" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from install-hook" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from uninstall-hook" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from uninstall-hook" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from uninstall-hook" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l style -d 'Style of the subject: "Add a parser", or "feat(parser): add a parser"' -r -f -a "plain\t'Add a parser'
conventional\t'feat(parser): add a parser'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l lang -d 'Write it in this language' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l trailer -d 'Add a trailer, a line at the end such as "Refs: #12"; may be repeated' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l diff-tokens -d 'Show the model at most N tokens of the diff' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -s n -l max-tokens -d 'Maximum answer length in tokens' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l stop -d 'Stop before TEXT (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l until -d 'Where the answer ends' -r -f -a "auto\t'What fits the place'
end\t'Where the model ends it'
line\t'At the end of the line'
block\t'At the end of the block, by indentation or brackets'
blank\t'Before the first blank line'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l candidates -d 'Compute N answers in parallel and print the distinct ones, most likely first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l logprobs -d 'Add to the JSON each token\'s log probability and those of the N most likely alternatives' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -s t -l temperature -d 'Sampling temperature; 0 always takes the most likely token' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l top-k -d 'Sample from the K most likely tokens; 0 means all (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l top-p -d 'Sample from the most likely tokens with a total probability of P (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l min-p -d 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l repeat-penalty -d 'Penalty for repeating one of the last 64 tokens; 1 is off' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l seed -d 'Random seed; a new one for each run by default (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l draft -d 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto' -r -f -a "auto\t''
1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l cache-size -d 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l cache-after -d 'Cache prompts that took longer than this to evaluate' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l endpoint -d 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l endpoint-kind -d 'Kind of server; detected by default' -r -f -a "llama-server\t'llama.cpp\'s own'
openai\t'vLLM, and others with /v1/completions'
ollama\t'Ollama'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l api-key-file -d 'Read the server\'s key from a file instead of DSCODER_API_KEY' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l endpoint-timeout -d 'Time to wait for the server to begin an answer' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l serve -d 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one' -r -f -a "auto\t'If one with the same model and settings is running'
never\t'Never'
start\t'Always: one is started if none is running, and ends when nothing was asked for ten minutes'"
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l timeout -d 'Stop after SECONDS, print the answer so far and exit with code 124' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l body -d 'Write a body too'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l signoff -d 'Add a Signed-off-by trailer with your name'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l raw -d 'Print the answer exactly as the model wrote it'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l json -d 'Print one JSON object: text, token counts, finish reason, timings'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l json-lines -d 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l no-truncate -d 'Fail with exit code 78 instead of truncating an oversized prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l speculate -d 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l no-cache -d 'Neither use nor fill the prefix cache'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l insecure-http -d 'Send text and key to another machine unencrypted, readable by anyone on the way'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l offline -d 'Open no connection to another machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -l stats -d 'Print token counts and timings on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from hook" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from help" -s h -l help -d 'Print help'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from help" -f -a "message" -d 'Write a commit message for the staged changes, or for a diff on stdin'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from help" -f -a "review" -d 'Review the staged changes, a range of commits, or a diff on stdin'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from help" -f -a "install-hook" -d 'Install a git hook that writes commit messages or reviews changes'
complete -c dscoder -n "__fish_dscoder_using_subcommand git; and __fish_seen_subcommand_from help" -f -a "uninstall-hook" -d 'Remove a hook that install-hook installed'
complete -c dscoder -n "__fish_dscoder_using_subcommand download" -l sha256 -d 'Expected SHA-256 of the file' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand download" -l connections -d 'Number of parts to download in parallel' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand download" -l list -d 'List the models that can be downloaded by name'
complete -c dscoder -n "__fish_dscoder_using_subcommand download" -l offline -d 'Open no connection; only find models on this machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand download" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand download" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand download" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and not __fish_seen_subcommand_from list show verify remove path help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and not __fish_seen_subcommand_from list show verify remove path help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and not __fish_seen_subcommand_from list show verify remove path help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and not __fish_seen_subcommand_from list show verify remove path help" -f -a "list" -d 'List the models on this machine: dscoder\'s own, and those of the Hugging Face cache, Ollama and LM Studio'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and not __fish_seen_subcommand_from list show verify remove path help" -f -a "show" -d 'Show a model\'s properties, what dscoder mends in its file, and the memory it needs'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and not __fish_seen_subcommand_from list show verify remove path help" -f -a "verify" -d 'Compute the SHA-256 of models and compare it with the expected one'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and not __fish_seen_subcommand_from list show verify remove path help" -f -a "remove" -d 'Remove a model that dscoder downloaded, or an unfinished download'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and not __fish_seen_subcommand_from list show verify remove path help" -f -a "path" -d 'Print the path of a model\'s file'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and not __fish_seen_subcommand_from list show verify remove path help" -f -a "help" -d 'Show help for a subcommand'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from show" -l ctx-size -d 'Context size in tokens; by default 4096, or the model\'s limit if that is less' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Do not ask for confirmation'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the models on this machine: dscoder\'s own, and those of the Hugging Face cache, Ollama and LM Studio'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show a model\'s properties, what dscoder mends in its file, and the memory it needs'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Compute the SHA-256 of models and compare it with the expected one'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from help" -f -a "remove" -d 'Remove a model that dscoder downloaded, or an unfinished download'
complete -c dscoder -n "__fish_dscoder_using_subcommand models; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print the path of a model\'s file'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and not __fish_seen_subcommand_from list clear path help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and not __fish_seen_subcommand_from list clear path help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and not __fish_seen_subcommand_from list clear path help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and not __fish_seen_subcommand_from list clear path help" -f -a "list" -d 'List cached prompts, most recently used first: tokens, size, age, model'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and not __fish_seen_subcommand_from list clear path help" -f -a "clear" -d 'Remove all cached prompts'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and not __fish_seen_subcommand_from list clear path help" -f -a "path" -d 'Print the cache directory'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and not __fish_seen_subcommand_from list clear path help" -f -a "help" -d 'Show help for a subcommand'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from clear" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from clear" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "list" -d 'List cached prompts, most recently used first: tokens, size, age, model'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "clear" -d 'Remove all cached prompts'
complete -c dscoder -n "__fish_dscoder_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print the cache directory'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l listen -d 'Also listen on this TCP address (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l socket -d 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l parallel -d 'Answers to compute in parallel; further requests wait' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l idle -d 'Exit after SECONDS without a request' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l max-prompt-ms -d 'Time in which the first token in a gap should come, in milliseconds; 0 for none' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l api-key-file -d 'Require one of the keys in this file, one per line' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l allow-host -d 'Accept requests for this host name too (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l allow-origin -d 'Accept requests of web pages from this origin (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l log -d 'Append a line for each request to FILE, or to stderr if it is -' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l cache-size -d 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l cache-after -d 'Cache prompts that took longer than this to evaluate' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l metrics -d 'Answer GET /metrics with counters for Prometheus'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -l no-cache -d 'Neither use nor fill the prefix cache'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -f -a "status" -d 'Show the resident engine of this user: its model, what it does, since when'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -f -a "stop" -d 'End the resident engine of this user, once it has answered what it is answering'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and not __fish_seen_subcommand_from status stop help" -f -a "help" -d 'Show help for a subcommand'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from status" -l socket -d 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from status" -l json -d 'Print one JSON object'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from stop" -l socket -d 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from stop" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from stop" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from help" -l socket -d 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show the resident engine of this user: its model, what it does, since when'
complete -c dscoder -n "__fish_dscoder_using_subcommand serve; and __fish_seen_subcommand_from help" -f -a "stop" -d 'End the resident engine of this user, once it has answered what it is answering'
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -l candidates -d 'Number of different completions, if you ask for them; while you type, there is one' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -s n -l max-tokens -d 'Maximum length of a completion in tokens' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -l socket -d 'Path of the resident engine\'s socket' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -l no-context -d 'Show the model only the document with the cursor'
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand lsp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -l depths -d 'Prompt lengths in tokens; by default 0,512,1024,4096, as far as they fit' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -s r -l repetitions -d 'Number of repetitions' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -s n -l tokens -d 'Tokens to decode at each depth' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -l tune -d 'Measure the ways to compute on this machine, and keep the rates: later runs choose by them'
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -l json -d 'Print one JSON object instead of the table'
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand bench" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l suite-file -d 'Read problems from FILE: JSON lines as those of HumanEval, MBPP or HumanEval-Infilling, plain or packed by gzip' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l code -d 'For fim-exact: take lines out of the code in DIR' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l limit -d 'Only the first N problems of each suite' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -s o -l output -d 'Write the samples into FILE' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l as -d 'Whose rules cut answers' -r -f -a "published\t'Those of the models\' authors, for figures like theirs'
used\t'Those of dscoder, which trims answers: what its users get'"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l flavour -d 'Ask as a Base or as an Instruct model; by default, as which it was trained' -r -f -a "base\t''
instruct\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l samples -d 'Samples of each problem (more than one needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -s t -l temperature -d 'Sampling temperature; 0 always takes the most likely token, as the authors did' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l top-p -d 'Sample from the most likely tokens with a total probability of P (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l seed -d 'Random seed of the first sample; that of each next one is one higher. For fim-exact it also chooses the lines' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -s n -l max-tokens -d 'Maximum answer length in tokens, instead of the authors\'' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l parallel -d 'Prompts to evaluate in parallel' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l endpoint -d 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l endpoint-kind -d 'Kind of server; detected by default' -r -f -a "llama-server\t'llama.cpp\'s own'
openai\t'vLLM, and others with /v1/completions'
ollama\t'Ollama'"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l api-key-file -d 'Read the server\'s key from a file instead of DSCODER_API_KEY' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l endpoint-timeout -d 'Time to wait for the server to begin an answer' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l scores -d 'Write the samples with their scores into FILE, one JSON object per line' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l sandbox -d 'What shuts programs in' -r -f -a "auto\t'By what this system has; nothing runs without'
none\t'Not at all: only time, memory and output are limited'"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l jobs -d 'Programs to run at the same time; one per processor by default' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l time-limit -d 'Time limit of each program, instead of the published one: 10 seconds, for infilling 3' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l markdown -d 'Write the report as Markdown into FILE' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l html -d 'Write the report as one HTML page with plots into FILE' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l gold -d 'Score the reference answers instead of a model\'s: a test of this machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l insecure-http -d 'Send text and key to another machine unencrypted, readable by anyone on the way'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l offline -d 'Open no connection to another machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l execute -d 'Run the programs that the model wrote, in a sandbox'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -l json -d 'Print the report as one JSON object'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -a "generate" -d 'Generate samples: the answers of a model, as JSON lines'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -a "fetch" -d 'Download the benchmarks that are not part of dscoder'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -a "score" -d 'Score samples: run their programs, or compare them with what was in the hole'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -a "compare" -d 'Compare two runs problem by problem: two quantizations, two models, two settings'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -a "report" -d 'Report on scores: as a table, as Markdown, as JSON, or as a page with plots'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and not __fish_seen_subcommand_from generate fetch score compare report help" -a "help" -d 'Show help for a subcommand'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l suite-file -d 'Read problems from FILE: JSON lines as those of HumanEval, MBPP or HumanEval-Infilling, plain or packed by gzip' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l code -d 'For fim-exact: take lines out of the code in DIR' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l limit -d 'Only the first N problems of each suite' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -s o -l output -d 'Write the samples into FILE, and the settings into the file beside it that ends with .run.json' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -s m -l model -d 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l lora -d 'Use the model with a LoRA adapter, a GGUF file (repeatable)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l as -d 'Whose rules cut answers' -r -f -a "published\t'Those of the models\' authors, for figures like theirs'
used\t'Those of dscoder, which trims answers: what its users get'"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l flavour -d 'Ask as a Base or as an Instruct model; by default, as which it was trained' -r -f -a "base\t''
instruct\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l samples -d 'Samples of each problem (more than one needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -s t -l temperature -d 'Sampling temperature; 0 always takes the most likely token, as the authors did' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l top-p -d 'Sample from the most likely tokens with a total probability of P (needs a temperature)' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l seed -d 'Random seed of the first sample; that of each next one is one higher. For fim-exact it also chooses the lines' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -s n -l max-tokens -d 'Maximum answer length in tokens, instead of the authors\'' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l parallel -d 'Prompts to evaluate in parallel' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l ctx-size -d 'Context size in tokens, prompt and answer; auto is the model\'s own limit, 16384 at most' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l threads -d 'Number of threads; by default one per physical core, without the slow cores of hybrid processors' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l gpu-layers -d 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l kernels -d 'Use weights from the file (mapped), copied into the processor\'s layout (packed), or the faster way' -r -f -a "auto\t'The faster way for the work, by measurement'
mapped\t'From the file, without a copy'
packed\t'As a copy in ggml\'s layout for this processor'"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l endpoint -d 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l endpoint-kind -d 'Kind of server; detected by default' -r -f -a "llama-server\t'llama.cpp\'s own'
openai\t'vLLM, and others with /v1/completions'
ollama\t'Ollama'"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l api-key-file -d 'Read the server\'s key from a file instead of DSCODER_API_KEY' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l endpoint-timeout -d 'Time to wait for the server to begin an answer' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l force -d 'Run even if the model does not fit into memory or was not trained for this task'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l insecure-http -d 'Send text and key to another machine unencrypted, readable by anyone on the way'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -l offline -d 'Open no connection to another machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from generate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from fetch" -l from -d 'The address of a mirror of DeepSeek\'s repository' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from fetch" -l offline -d 'Open no connection; only tell what is missing'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from fetch" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from fetch" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from fetch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l suite -d 'The suite of samples that do not name it' -r -f -a "humaneval-python\t''
humaneval-cpp\t''
humaneval-java\t''
humaneval-php\t''
humaneval-ts\t''
humaneval-cs\t''
humaneval-sh\t''
humaneval-js\t''
mbpp\t''
infilling-single-line\t''
infilling-multi-line\t''
infilling-random-span\t''
infilling-random-span-light\t''
fim-exact\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l suite-file -d 'Read the problems from FILE' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l scores -d 'Write the samples with their scores into FILE, one JSON object per line' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l sandbox -d 'What shuts programs in' -r -f -a "auto\t'By what this system has; nothing runs without'
none\t'Not at all: only time, memory and output are limited'"
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l jobs -d 'Programs to run at the same time; one per processor by default' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l time-limit -d 'Time limit of each program, instead of the published one: 10 seconds, for infilling 3' -r
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l markdown -d 'Write the report as Markdown into FILE' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l html -d 'Write the report as one HTML page with plots into FILE' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l execute -d 'Run the programs that the model wrote, in a sandbox'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -l json -d 'Print the report as one JSON object'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from score" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from compare" -l json -d 'Print one JSON object'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from compare" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from compare" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from compare" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from report" -l markdown -d 'Write the report as Markdown into FILE' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from report" -l html -d 'Write the report as one HTML page with plots into FILE' -r -F
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from report" -l json -d 'Print the report as one JSON object'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from report" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from report" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "generate" -d 'Generate samples: the answers of a model, as JSON lines'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "fetch" -d 'Download the benchmarks that are not part of dscoder'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "score" -d 'Score samples: run their programs, or compare them with what was in the hole'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "compare" -d 'Compare two runs problem by problem: two quantizations, two models, two settings'
complete -c dscoder -n "__fish_dscoder_using_subcommand eval; and __fish_seen_subcommand_from help" -f -a "report" -d 'Report on scores: as a table, as Markdown, as JSON, or as a page with plots'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and not __fish_seen_subcommand_from show path edit init help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and not __fish_seen_subcommand_from show path edit init help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and not __fish_seen_subcommand_from show path edit init help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and not __fish_seen_subcommand_from show path edit init help" -f -a "show" -d 'Show every setting, its value and where it comes from'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and not __fish_seen_subcommand_from show path edit init help" -f -a "path" -d 'Print the path of your settings file, then that of the project\'s file if there is one'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and not __fish_seen_subcommand_from show path edit init help" -f -a "edit" -d 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and not __fish_seen_subcommand_from show path edit init help" -f -a "init" -d 'Write a settings file that lists every setting, commented out'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and not __fish_seen_subcommand_from show path edit init help" -f -a "help" -d 'Show help for a subcommand'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON object'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from init" -l force -d 'Overwrite an existing file'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from help" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from help" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show every setting, its value and where it comes from'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "path" -d 'Print the path of your settings file, then that of the project\'s file if there is one'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "edit" -d 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards'
complete -c dscoder -n "__fish_dscoder_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "init" -d 'Write a settings file that lists every setting, commented out'
complete -c dscoder -n "__fish_dscoder_using_subcommand doctor" -s m -l model -d 'The model, as for other commands' -r -F -a "1.3b-base\t''
1.3b-instruct\t''
5.7b-base\t''
6.7b-base\t''
6.7b-instruct\t''
33b-base\t''
33b-instruct\t''
7b-v1.5-base\t''
7b-v1.5-instruct\t''
v2-lite-base\t''
v2-lite-instruct\t''
v2-base\t''
v2-instruct\t''
demo\t''"
complete -c dscoder -n "__fish_dscoder_using_subcommand doctor" -l json -d 'Print one JSON object'
complete -c dscoder -n "__fish_dscoder_using_subcommand doctor" -s q -l quiet -d 'Print only errors on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand doctor" -s v -l verbose -d 'Print the effective settings and llama.cpp\'s log on stderr'
complete -c dscoder -n "__fish_dscoder_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -s h -l help -d 'Print help'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "complete" -d 'Continue a file or stdin'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "infill" -d 'Write the middle: into a gap of a file, or between two files'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "chat" -d 'Ask an Instruct model'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "git" -d 'Write commit messages, review changes, and install hooks for both'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "download" -d 'Download a model, or resume an interrupted download'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "models" -d 'List, show, verify and remove models'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "cache" -d 'List or remove cached prompts'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "serve" -d 'Keep a model in memory, and answer editors and other programs'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "lsp" -d 'Complete in an editor: a language server on stdin and stdout'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "bench" -d 'Measure how fast a model runs on this machine'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "eval" -d 'Measure a model with the benchmarks of DeepSeek\'s papers'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "config" -d 'Show and change settings'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "doctor" -d 'Check the machine, the models and the settings, and say what to do next'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "answers" -d 'where the gap is, where an answer ends, and what is printed'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "batch" -d 'many prompts from a file, answered in parallel'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "benchmarks" -d 'measuring models, and how the programs they write are run'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "caching" -d 'the prefix cache, speculative decoding, and when answers repeat exactly'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "context" -d 'other files that the model sees in addition to the text'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "conversations" -d 'questions to Instruct models, sessions, and code from answers'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "editors" -d 'completion in an editor'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "endpoint" -d 'answers computed by a server'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "exit-codes" -d 'what the exit code of dscoder means'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "git-hooks" -d 'commit messages, reviews, and the hooks that write them'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "hardware" -d 'processors, kernels, GPUs, and how to measure them'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "json" -d 'the objects that dscoder reads and prints, field by field'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "model-files" -d 'names of models, where they are found, and downloads'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "security" -d 'what dscoder promises about untrusted models, files and answers'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "server" -d 'the resident engine, for editors and other programs'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and not __fish_seen_subcommand_from complete infill chat git download models cache serve lsp bench eval config doctor answers batch benchmarks caching context conversations editors endpoint exit-codes git-hooks hardware json model-files security server settings" -f -a "settings" -d 'settings files, environment variables, and which comes first'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from git" -f -a "message" -d 'Write a commit message for the staged changes, or for a diff on stdin'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from git" -f -a "review" -d 'Review the staged changes, a range of commits, or a diff on stdin'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from git" -f -a "install-hook" -d 'Install a git hook that writes commit messages or reviews changes'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from git" -f -a "uninstall-hook" -d 'Remove a hook that install-hook installed'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from models" -f -a "list" -d 'List the models on this machine: dscoder\'s own, and those of the Hugging Face cache, Ollama and LM Studio'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from models" -f -a "show" -d 'Show a model\'s properties, what dscoder mends in its file, and the memory it needs'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from models" -f -a "verify" -d 'Compute the SHA-256 of models and compare it with the expected one'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from models" -f -a "remove" -d 'Remove a model that dscoder downloaded, or an unfinished download'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from models" -f -a "path" -d 'Print the path of a model\'s file'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "list" -d 'List cached prompts, most recently used first: tokens, size, age, model'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "clear" -d 'Remove all cached prompts'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "path" -d 'Print the cache directory'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "status" -d 'Show the resident engine of this user: its model, what it does, since when'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from serve" -f -a "stop" -d 'End the resident engine of this user, once it has answered what it is answering'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "generate" -d 'Generate samples: the answers of a model, as JSON lines'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "fetch" -d 'Download the benchmarks that are not part of dscoder'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "score" -d 'Score samples: run their programs, or compare them with what was in the hole'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "compare" -d 'Compare two runs problem by problem: two quantizations, two models, two settings'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from eval" -f -a "report" -d 'Report on scores: as a table, as Markdown, as JSON, or as a page with plots'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Show every setting, its value and where it comes from'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "path" -d 'Print the path of your settings file, then that of the project\'s file if there is one'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "edit" -d 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards'
complete -c dscoder -n "__fish_dscoder_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "init" -d 'Write a settings file that lists every setting, commented out'
