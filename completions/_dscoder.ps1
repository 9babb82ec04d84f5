
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'dscoder' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'dscoder'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'dscoder' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('complete', 'complete', [CompletionResultType]::ParameterValue, 'Continue a file or stdin')
            [CompletionResult]::new('infill', 'infill', [CompletionResultType]::ParameterValue, 'Write the middle: into a gap of a file, or between two files')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Ask an Instruct model')
            [CompletionResult]::new('git', 'git', [CompletionResultType]::ParameterValue, 'Write commit messages, review changes, and install hooks for both')
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Download a model, or resume an interrupted download')
            [CompletionResult]::new('models', 'models', [CompletionResultType]::ParameterValue, 'List, show, verify and remove models')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'List or remove cached prompts')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Keep a model in memory, and answer editors and other programs')
            [CompletionResult]::new('lsp', 'lsp', [CompletionResultType]::ParameterValue, 'Complete in an editor: a language server on stdin and stdout')
            [CompletionResult]::new('bench', 'bench', [CompletionResultType]::ParameterValue, 'Measure how fast a model runs on this machine')
            [CompletionResult]::new('eval', 'eval', [CompletionResultType]::ParameterValue, 'Measure a model with the benchmarks of DeepSeek''s papers')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show and change settings')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the machine, the models and the settings, and say what to do next')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show help for a command or a topic')
            break
        }
        'dscoder;complete' {
            [CompletionResult]::new('--batch', '--batch', [CompletionResultType]::ParameterName, 'Answer many prompts: one JSON object per line in FILE (- is stdin) and on stdout')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Prompts to evaluate in parallel')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Show this file to the model before the text (repeatable)')
            [CompletionResult]::new('--repo', '--repo', [CompletionResultType]::ParameterName, 'Show the model the files of the repository that are relevant to the text')
            [CompletionResult]::new('--context-budget', '--context-budget', [CompletionResultType]::ParameterName, 'Maximum share of the context for these files')
            [CompletionResult]::new('--language', '--language', [CompletionResultType]::ParameterName, 'Language of the text, such as python or c++; detected from the file name or the text by default')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Stop before TEXT (repeatable)')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers in parallel and print the distinct ones, most likely first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop after SECONDS, print the answer so far and exit with code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add to the JSON each token''s log probability and those of the N most likely alternatives')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Sample from the K most likely tokens; 0 means all (needs a temperature)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Sample from the most likely tokens with a total probability of P (needs a temperature)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Penalty for repeating one of the last 64 tokens; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Random seed; a new one for each run by default (needs a temperature)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--draft', '--draft', [CompletionResultType]::ParameterName, 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Cache prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'Kind of server; detected by default')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file instead of DSCODER_API_KEY')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'Time to wait for the server to begin an answer')
            [CompletionResult]::new('--serve', '--serve', [CompletionResultType]::ParameterName, 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print the answer exactly as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: text, token counts, finish reason, timings')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of truncating an oversized prompt')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor fill the prefix cache')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine unencrypted, readable by anyone on the way')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Print token counts and timings on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;infill' {
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Put the gap before LINE:COL (both from 1), or at the end of LINE')
            [CompletionResult]::new('--cell', '--cell', [CompletionResultType]::ParameterName, 'Put the gap into this cell of a Jupyter notebook (from 1); --at, --offset and --lines are within it')
            [CompletionResult]::new('--offset', '--offset', [CompletionResultType]::ParameterName, 'Put the gap at this byte offset')
            [CompletionResult]::new('--marker', '--marker', [CompletionResultType]::ParameterName, 'Put the gap in place of TEXT, which must occur exactly once')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Replace these lines; the model does not see them')
            [CompletionResult]::new('--prefix', '--prefix', [CompletionResultType]::ParameterName, 'Text before the gap; - is stdin')
            [CompletionResult]::new('--suffix', '--suffix', [CompletionResultType]::ParameterName, 'Text after the gap; - is stdin')
            [CompletionResult]::new('--backup', '--backup', [CompletionResultType]::ParameterName, 'Back up the old FILE under its name with this suffix')
            [CompletionResult]::new('--batch', '--batch', [CompletionResultType]::ParameterName, 'Answer many prompts: one JSON object per line in FILE (- is stdin) and on stdout')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Prompts to evaluate in parallel')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Show this file to the model before the text (repeatable)')
            [CompletionResult]::new('--repo', '--repo', [CompletionResultType]::ParameterName, 'Show the model the files of the repository that are relevant to the text')
            [CompletionResult]::new('--context-budget', '--context-budget', [CompletionResultType]::ParameterName, 'Maximum share of the context for these files')
            [CompletionResult]::new('--language', '--language', [CompletionResultType]::ParameterName, 'Language of the text, such as python or c++; detected from the file name or the text by default')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Stop before TEXT (repeatable)')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers in parallel and print the distinct ones, most likely first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop after SECONDS, print the answer so far and exit with code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add to the JSON each token''s log probability and those of the N most likely alternatives')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Sample from the K most likely tokens; 0 means all (needs a temperature)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Sample from the most likely tokens with a total probability of P (needs a temperature)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Penalty for repeating one of the last 64 tokens; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Random seed; a new one for each run by default (needs a temperature)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--draft', '--draft', [CompletionResultType]::ParameterName, 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Cache prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'Kind of server; detected by default')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file instead of DSCODER_API_KEY')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'Time to wait for the server to begin an answer')
            [CompletionResult]::new('--serve', '--serve', [CompletionResultType]::ParameterName, 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one')
            [CompletionResult]::new('--whole', '--whole', [CompletionResultType]::ParameterName, 'Print the whole text with the answer in it')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print the change as a unified diff, for patch or git apply')
            [CompletionResult]::new('--in-place', '--in-place', [CompletionResultType]::ParameterName, 'Write the answer into FILE')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print the answer exactly as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: text, token counts, finish reason, timings')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of truncating an oversized prompt')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor fill the prefix cache')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine unencrypted, readable by anyone on the way')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Print token counts and timings on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;chat' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Show the model this file (repeatable)')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Show the model this file (repeatable)')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'System prompt, instead of the one from the model''s authors')
            [CompletionResult]::new('--system-file', '--system-file', [CompletionResultType]::ParameterName, 'Read the system prompt from a file')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Print only the answer''s code blocks, or the Nth of them')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Print only code blocks in this language')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Save the conversation under this name and continue it next time')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Stop before TEXT (repeatable)')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers in parallel and print the distinct ones, most likely first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop after SECONDS, print the answer so far and exit with code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add to the JSON each token''s log probability and those of the N most likely alternatives')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Sample from the K most likely tokens; 0 means all (needs a temperature)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Sample from the most likely tokens with a total probability of P (needs a temperature)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Penalty for repeating one of the last 64 tokens; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Random seed; a new one for each run by default (needs a temperature)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--draft', '--draft', [CompletionResultType]::ParameterName, 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Cache prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'Kind of server; detected by default')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file instead of DSCODER_API_KEY')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'Time to wait for the server to begin an answer')
            [CompletionResult]::new('--serve', '--serve', [CompletionResultType]::ParameterName, 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--no-system', '--no-system', [CompletionResultType]::ParameterName, 'Use no system prompt')
            [CompletionResult]::new('--continue', '--continue', [CompletionResultType]::ParameterName, 'Continue the most recent session')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print the answer exactly as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: text, token counts, finish reason, timings')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of truncating an oversized prompt')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor fill the prefix cache')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine unencrypted, readable by anyone on the way')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Print token counts and timings on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('message', 'message', [CompletionResultType]::ParameterValue, 'Write a commit message for the staged changes, or for a diff on stdin')
            [CompletionResult]::new('review', 'review', [CompletionResultType]::ParameterValue, 'Review the staged changes, a range of commits, or a diff on stdin')
            [CompletionResult]::new('install-hook', 'install-hook', [CompletionResultType]::ParameterValue, 'Install a git hook that writes commit messages or reviews changes')
            [CompletionResult]::new('uninstall-hook', 'uninstall-hook', [CompletionResultType]::ParameterValue, 'Remove a hook that install-hook installed')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Run as a git hook')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show help for a subcommand')
            break
        }
        'dscoder;git;message' {
            [CompletionResult]::new('--style', '--style', [CompletionResultType]::ParameterName, 'Style of the subject: "Add a parser", or "feat(parser): add a parser"')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Write it in this language')
            [CompletionResult]::new('--trailer', '--trailer', [CompletionResultType]::ParameterName, 'Add a trailer, a line at the end such as "Refs: #12"; may be repeated')
            [CompletionResult]::new('--diff-tokens', '--diff-tokens', [CompletionResultType]::ParameterName, 'Show the model at most N tokens of the diff')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Stop before TEXT (repeatable)')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers in parallel and print the distinct ones, most likely first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop after SECONDS, print the answer so far and exit with code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add to the JSON each token''s log probability and those of the N most likely alternatives')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Sample from the K most likely tokens; 0 means all (needs a temperature)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Sample from the most likely tokens with a total probability of P (needs a temperature)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Penalty for repeating one of the last 64 tokens; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Random seed; a new one for each run by default (needs a temperature)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--draft', '--draft', [CompletionResultType]::ParameterName, 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Cache prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'Kind of server; detected by default')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file instead of DSCODER_API_KEY')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'Time to wait for the server to begin an answer')
            [CompletionResult]::new('--serve', '--serve', [CompletionResultType]::ParameterName, 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'Write a body too')
            [CompletionResult]::new('--signoff', '--signoff', [CompletionResultType]::ParameterName, 'Add a Signed-off-by trailer with your name')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print the answer exactly as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: text, token counts, finish reason, timings')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of truncating an oversized prompt')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor fill the prefix cache')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine unencrypted, readable by anyone on the way')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Print token counts and timings on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;review' {
            [CompletionResult]::new('--diff-tokens', '--diff-tokens', [CompletionResultType]::ParameterName, 'Show the model at most N tokens of the diff')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Stop before TEXT (repeatable)')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers in parallel and print the distinct ones, most likely first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop after SECONDS, print the answer so far and exit with code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add to the JSON each token''s log probability and those of the N most likely alternatives')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Sample from the K most likely tokens; 0 means all (needs a temperature)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Sample from the most likely tokens with a total probability of P (needs a temperature)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Penalty for repeating one of the last 64 tokens; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Random seed; a new one for each run by default (needs a temperature)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--draft', '--draft', [CompletionResultType]::ParameterName, 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Cache prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'Kind of server; detected by default')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file instead of DSCODER_API_KEY')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'Time to wait for the server to begin an answer')
            [CompletionResult]::new('--serve', '--serve', [CompletionResultType]::ParameterName, 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print the answer exactly as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: text, token counts, finish reason, timings')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of truncating an oversized prompt')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor fill the prefix cache')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine unencrypted, readable by anyone on the way')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Print token counts and timings on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;install-hook' {
            [CompletionResult]::new('--chain', '--chain', [CompletionResultType]::ParameterName, 'Keep an existing hook and run it first')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;uninstall-hook' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;hook' {
            [CompletionResult]::new('--style', '--style', [CompletionResultType]::ParameterName, 'Style of the subject: "Add a parser", or "feat(parser): add a parser"')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Write it in this language')
            [CompletionResult]::new('--trailer', '--trailer', [CompletionResultType]::ParameterName, 'Add a trailer, a line at the end such as "Refs: #12"; may be repeated')
            [CompletionResult]::new('--diff-tokens', '--diff-tokens', [CompletionResultType]::ParameterName, 'Show the model at most N tokens of the diff')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'Stop before TEXT (repeatable)')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers in parallel and print the distinct ones, most likely first')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add to the JSON each token''s log probability and those of the N most likely alternatives')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Sample from the K most likely tokens; 0 means all (needs a temperature)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Sample from the most likely tokens with a total probability of P (needs a temperature)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Sample from tokens at least P times as likely as the most likely one (needs a temperature)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Penalty for repeating one of the last 64 tokens; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Random seed; a new one for each run by default (needs a temperature)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--draft', '--draft', [CompletionResultType]::ParameterName, 'Let a smaller model draft tokens and check them in one batch: a name, a file, or auto')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Cache prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'Kind of server; detected by default')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file instead of DSCODER_API_KEY')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'Time to wait for the server to begin an answer')
            [CompletionResult]::new('--serve', '--serve', [CompletionResultType]::ParameterName, 'Let a resident engine answer (dscoder serve) if one with the same model is running, never, or start one')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Stop after SECONDS, print the answer so far and exit with code 124')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'Write a body too')
            [CompletionResult]::new('--signoff', '--signoff', [CompletionResultType]::ParameterName, 'Add a Signed-off-by trailer with your name')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Print the answer exactly as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: text, token counts, finish reason, timings')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Stream JSON objects, one per line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of truncating an oversized prompt')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft tokens from the prompt and check them in one batch: faster if the answer repeats much of the prompt')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor fill the prefix cache')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine unencrypted, readable by anyone on the way')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Print token counts and timings on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;help' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('message', 'message', [CompletionResultType]::ParameterValue, 'Write a commit message for the staged changes, or for a diff on stdin')
            [CompletionResult]::new('review', 'review', [CompletionResultType]::ParameterValue, 'Review the staged changes, a range of commits, or a diff on stdin')
            [CompletionResult]::new('install-hook', 'install-hook', [CompletionResultType]::ParameterValue, 'Install a git hook that writes commit messages or reviews changes')
            [CompletionResult]::new('uninstall-hook', 'uninstall-hook', [CompletionResultType]::ParameterValue, 'Remove a hook that install-hook installed')
            break
        }
        'dscoder;git;help;message' {
            break
        }
        'dscoder;git;help;review' {
            break
        }
        'dscoder;git;help;install-hook' {
            break
        }
        'dscoder;git;help;uninstall-hook' {
            break
        }
        'dscoder;download' {
            [CompletionResult]::new('--sha256', '--sha256', [CompletionResultType]::ParameterName, 'Expected SHA-256 of the file')
            [CompletionResult]::new('--connections', '--connections', [CompletionResultType]::ParameterName, 'Number of parts to download in parallel')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the models that can be downloaded by name')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection; only find models on this machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;models' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the models on this machine: dscoder''s own, and those of the Hugging Face cache, Ollama and LM Studio')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a model''s properties, what dscoder mends in its file, and the memory it needs')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compute the SHA-256 of models and compare it with the expected one')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a model that dscoder downloaded, or an unfinished download')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of a model''s file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show help for a subcommand')
            break
        }
        'dscoder;models;list' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;models;show' {
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens; by default 4096, or the model''s limit if that is less')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;models;verify' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;models;remove' {
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask for confirmation')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;models;path' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;models;help' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the models on this machine: dscoder''s own, and those of the Hugging Face cache, Ollama and LM Studio')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a model''s properties, what dscoder mends in its file, and the memory it needs')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compute the SHA-256 of models and compare it with the expected one')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a model that dscoder downloaded, or an unfinished download')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of a model''s file')
            break
        }
        'dscoder;models;help;list' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;models;help;show' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;models;help;verify' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;models;help;remove' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;models;help;path' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;cache' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List cached prompts, most recently used first: tokens, size, age, model')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove all cached prompts')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the cache directory')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show help for a subcommand')
            break
        }
        'dscoder;cache;list' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;cache;clear' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;cache;path' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;cache;help' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List cached prompts, most recently used first: tokens, size, age, model')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove all cached prompts')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the cache directory')
            break
        }
        'dscoder;cache;help;list' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;cache;help;clear' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;cache;help;path' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Also listen on this TCP address (repeatable)')
            [CompletionResult]::new('--socket', '--socket', [CompletionResultType]::ParameterName, 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Answers to compute in parallel; further requests wait')
            [CompletionResult]::new('--idle', '--idle', [CompletionResultType]::ParameterName, 'Exit after SECONDS without a request')
            [CompletionResult]::new('--max-prompt-ms', '--max-prompt-ms', [CompletionResultType]::ParameterName, 'Time in which the first token in a gap should come, in milliseconds; 0 for none')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Require one of the keys in this file, one per line')
            [CompletionResult]::new('--allow-host', '--allow-host', [CompletionResultType]::ParameterName, 'Accept requests for this host name too (repeatable)')
            [CompletionResult]::new('--allow-origin', '--allow-origin', [CompletionResultType]::ParameterName, 'Accept requests of web pages from this origin (repeatable)')
            [CompletionResult]::new('--log', '--log', [CompletionResultType]::ParameterName, 'Append a line for each request to FILE, or to stderr if it is -')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'Size limit of the prefix cache, such as 800MB or 4GiB; least recently used entries are evicted first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Cache prompts that took longer than this to evaluate')
            [CompletionResult]::new('--metrics', '--metrics', [CompletionResultType]::ParameterName, 'Answer GET /metrics with counters for Prometheus')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor fill the prefix cache')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the resident engine of this user: its model, what it does, since when')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'End the resident engine of this user, once it has answered what it is answering')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show help for a subcommand')
            break
        }
        'dscoder;serve;status' {
            [CompletionResult]::new('--socket', '--socket', [CompletionResultType]::ParameterName, 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;serve;stop' {
            [CompletionResult]::new('--socket', '--socket', [CompletionResultType]::ParameterName, 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;serve;help' {
            [CompletionResult]::new('--socket', '--socket', [CompletionResultType]::ParameterName, 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the resident engine of this user: its model, what it does, since when')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'End the resident engine of this user, once it has answered what it is answering')
            break
        }
        'dscoder;serve;help;status' {
            [CompletionResult]::new('--socket', '--socket', [CompletionResultType]::ParameterName, 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;serve;help;stop' {
            [CompletionResult]::new('--socket', '--socket', [CompletionResultType]::ParameterName, 'Path of the socket; by default serve.sock in the runtime directory, or else in the cache directory')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;lsp' {
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Number of different completions, if you ask for them; while you type, there is one')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum length of a completion in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Maximum length of a completion in tokens')
            [CompletionResult]::new('--socket', '--socket', [CompletionResultType]::ParameterName, 'Path of the resident engine''s socket')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--no-context', '--no-context', [CompletionResultType]::ParameterName, 'Show the model only the document with the cursor')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;bench' {
            [CompletionResult]::new('--depths', '--depths', [CompletionResultType]::ParameterName, 'Prompt lengths in tokens; by default 0,512,1024,4096, as far as they fit')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Number of repetitions')
            [CompletionResult]::new('--repetitions', '--repetitions', [CompletionResultType]::ParameterName, 'Number of repetitions')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Tokens to decode at each depth')
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Tokens to decode at each depth')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--tune', '--tune', [CompletionResultType]::ParameterName, 'Measure the ways to compute on this machine, and keep the rates: later runs choose by them')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object instead of the table')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;eval' {
            [CompletionResult]::new('--suite-file', '--suite-file', [CompletionResultType]::ParameterName, 'Read problems from FILE: JSON lines as those of HumanEval, MBPP or HumanEval-Infilling, plain or packed by gzip')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'For fim-exact: take lines out of the code in DIR')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Only the first N problems of each suite')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the samples into FILE')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the samples into FILE')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Whose rules cut answers')
            [CompletionResult]::new('--flavour', '--flavour', [CompletionResultType]::ParameterName, 'Ask as a Base or as an Instruct model; by default, as which it was trained')
            [CompletionResult]::new('--samples', '--samples', [CompletionResultType]::ParameterName, 'Samples of each problem (more than one needs a temperature)')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token, as the authors did')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token, as the authors did')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Sample from the most likely tokens with a total probability of P (needs a temperature)')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Random seed of the first sample; that of each next one is one higher. For fim-exact it also chooses the lines')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens, instead of the authors''')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens, instead of the authors''')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Prompts to evaluate in parallel')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'Kind of server; detected by default')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file instead of DSCODER_API_KEY')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'Time to wait for the server to begin an answer')
            [CompletionResult]::new('--scores', '--scores', [CompletionResultType]::ParameterName, 'Write the samples with their scores into FILE, one JSON object per line')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'What shuts programs in')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Programs to run at the same time; one per processor by default')
            [CompletionResult]::new('--time-limit', '--time-limit', [CompletionResultType]::ParameterName, 'Time limit of each program, instead of the published one: 10 seconds, for infilling 3')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'Write the report as Markdown into FILE')
            [CompletionResult]::new('--html', '--html', [CompletionResultType]::ParameterName, 'Write the report as one HTML page with plots into FILE')
            [CompletionResult]::new('--gold', '--gold', [CompletionResultType]::ParameterName, 'Score the reference answers instead of a model''s: a test of this machine')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine unencrypted, readable by anyone on the way')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('--execute', '--execute', [CompletionResultType]::ParameterName, 'Run the programs that the model wrote, in a sandbox')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the report as one JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Generate samples: the answers of a model, as JSON lines')
            [CompletionResult]::new('fetch', 'fetch', [CompletionResultType]::ParameterValue, 'Download the benchmarks that are not part of dscoder')
            [CompletionResult]::new('score', 'score', [CompletionResultType]::ParameterValue, 'Score samples: run their programs, or compare them with what was in the hole')
            [CompletionResult]::new('compare', 'compare', [CompletionResultType]::ParameterValue, 'Compare two runs problem by problem: two quantizations, two models, two settings')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Report on scores: as a table, as Markdown, as JSON, or as a page with plots')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show help for a subcommand')
            break
        }
        'dscoder;eval;generate' {
            [CompletionResult]::new('--suite-file', '--suite-file', [CompletionResultType]::ParameterName, 'Read problems from FILE: JSON lines as those of HumanEval, MBPP or HumanEval-Infilling, plain or packed by gzip')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'For fim-exact: take lines out of the code in DIR')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Only the first N problems of each suite')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Write the samples into FILE, and the settings into the file beside it that ends with .run.json')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Write the samples into FILE, and the settings into the file beside it that ends with .run.json')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--lora', '--lora', [CompletionResultType]::ParameterName, 'Use the model with a LoRA adapter, a GGUF file (repeatable)')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'Whose rules cut answers')
            [CompletionResult]::new('--flavour', '--flavour', [CompletionResultType]::ParameterName, 'Ask as a Base or as an Instruct model; by default, as which it was trained')
            [CompletionResult]::new('--samples', '--samples', [CompletionResultType]::ParameterName, 'Samples of each problem (more than one needs a temperature)')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token, as the authors did')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Sampling temperature; 0 always takes the most likely token, as the authors did')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Sample from the most likely tokens with a total probability of P (needs a temperature)')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Random seed of the first sample; that of each next one is one higher. For fim-exact it also chooses the lines')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens, instead of the authors''')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'Maximum answer length in tokens, instead of the authors''')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Prompts to evaluate in parallel')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'Context size in tokens, prompt and answer; auto is the model''s own limit, 16384 at most')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Number of threads; by default one per physical core, without the slow cores of hybrid processors')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers to offload to the GPU; auto offloads as many as fit, and -v says how many')
            [CompletionResult]::new('--kernels', '--kernels', [CompletionResultType]::ParameterName, 'Use weights from the file (mapped), copied into the processor''s layout (packed), or the faster way')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Compute answers on this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'Kind of server; detected by default')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file instead of DSCODER_API_KEY')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'Time to wait for the server to begin an answer')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Run even if the model does not fit into memory or was not trained for this task')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine unencrypted, readable by anyone on the way')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;eval;fetch' {
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The address of a mirror of DeepSeek''s repository')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection; only tell what is missing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;eval;score' {
            [CompletionResult]::new('--suite', '--suite', [CompletionResultType]::ParameterName, 'The suite of samples that do not name it')
            [CompletionResult]::new('--suite-file', '--suite-file', [CompletionResultType]::ParameterName, 'Read the problems from FILE')
            [CompletionResult]::new('--scores', '--scores', [CompletionResultType]::ParameterName, 'Write the samples with their scores into FILE, one JSON object per line')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'What shuts programs in')
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'Programs to run at the same time; one per processor by default')
            [CompletionResult]::new('--time-limit', '--time-limit', [CompletionResultType]::ParameterName, 'Time limit of each program, instead of the published one: 10 seconds, for infilling 3')
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'Write the report as Markdown into FILE')
            [CompletionResult]::new('--html', '--html', [CompletionResultType]::ParameterName, 'Write the report as one HTML page with plots into FILE')
            [CompletionResult]::new('--execute', '--execute', [CompletionResultType]::ParameterName, 'Run the programs that the model wrote, in a sandbox')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the report as one JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;eval;compare' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;eval;report' {
            [CompletionResult]::new('--markdown', '--markdown', [CompletionResultType]::ParameterName, 'Write the report as Markdown into FILE')
            [CompletionResult]::new('--html', '--html', [CompletionResultType]::ParameterName, 'Write the report as one HTML page with plots into FILE')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print the report as one JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;eval;help' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Generate samples: the answers of a model, as JSON lines')
            [CompletionResult]::new('fetch', 'fetch', [CompletionResultType]::ParameterValue, 'Download the benchmarks that are not part of dscoder')
            [CompletionResult]::new('score', 'score', [CompletionResultType]::ParameterValue, 'Score samples: run their programs, or compare them with what was in the hole')
            [CompletionResult]::new('compare', 'compare', [CompletionResultType]::ParameterValue, 'Compare two runs problem by problem: two quantizations, two models, two settings')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Report on scores: as a table, as Markdown, as JSON, or as a page with plots')
            break
        }
        'dscoder;eval;help;generate' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;eval;help;fetch' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;eval;help;score' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;eval;help;compare' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;eval;help;report' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;config' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting, its value and where it comes from')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of your settings file, then that of the project''s file if there is one')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a settings file that lists every setting, commented out')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Show help for a subcommand')
            break
        }
        'dscoder;config;show' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;config;path' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;config;edit' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;config;init' {
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite an existing file')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;config;help' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting, its value and where it comes from')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of your settings file, then that of the project''s file if there is one')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a settings file that lists every setting, commented out')
            break
        }
        'dscoder;config;help;show' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;config;help;path' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;config;help;edit' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;config;help;init' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            break
        }
        'dscoder;doctor' {
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model, as for other commands')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model, as for other commands')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors on stderr')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Print the effective settings and llama.cpp''s log on stderr')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;help' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('complete', 'complete', [CompletionResultType]::ParameterValue, 'Continue a file or stdin')
            [CompletionResult]::new('infill', 'infill', [CompletionResultType]::ParameterValue, 'Write the middle: into a gap of a file, or between two files')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Ask an Instruct model')
            [CompletionResult]::new('git', 'git', [CompletionResultType]::ParameterValue, 'Write commit messages, review changes, and install hooks for both')
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Download a model, or resume an interrupted download')
            [CompletionResult]::new('models', 'models', [CompletionResultType]::ParameterValue, 'List, show, verify and remove models')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'List or remove cached prompts')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Keep a model in memory, and answer editors and other programs')
            [CompletionResult]::new('lsp', 'lsp', [CompletionResultType]::ParameterValue, 'Complete in an editor: a language server on stdin and stdout')
            [CompletionResult]::new('bench', 'bench', [CompletionResultType]::ParameterValue, 'Measure how fast a model runs on this machine')
            [CompletionResult]::new('eval', 'eval', [CompletionResultType]::ParameterValue, 'Measure a model with the benchmarks of DeepSeek''s papers')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show and change settings')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the machine, the models and the settings, and say what to do next')
            [CompletionResult]::new('answers', 'answers', [CompletionResultType]::ParameterValue, 'where the gap is, where an answer ends, and what is printed')
            [CompletionResult]::new('batch', 'batch', [CompletionResultType]::ParameterValue, 'many prompts from a file, answered in parallel')
            [CompletionResult]::new('benchmarks', 'benchmarks', [CompletionResultType]::ParameterValue, 'measuring models, and how the programs they write are run')
            [CompletionResult]::new('caching', 'caching', [CompletionResultType]::ParameterValue, 'the prefix cache, speculative decoding, and when answers repeat exactly')
            [CompletionResult]::new('context', 'context', [CompletionResultType]::ParameterValue, 'other files that the model sees in addition to the text')
            [CompletionResult]::new('conversations', 'conversations', [CompletionResultType]::ParameterValue, 'questions to Instruct models, sessions, and code from answers')
            [CompletionResult]::new('editors', 'editors', [CompletionResultType]::ParameterValue, 'completion in an editor')
            [CompletionResult]::new('endpoint', 'endpoint', [CompletionResultType]::ParameterValue, 'answers computed by a server')
            [CompletionResult]::new('exit-codes', 'exit-codes', [CompletionResultType]::ParameterValue, 'what the exit code of dscoder means')
            [CompletionResult]::new('git-hooks', 'git-hooks', [CompletionResultType]::ParameterValue, 'commit messages, reviews, and the hooks that write them')
            [CompletionResult]::new('hardware', 'hardware', [CompletionResultType]::ParameterValue, 'processors, kernels, GPUs, and how to measure them')
            [CompletionResult]::new('json', 'json', [CompletionResultType]::ParameterValue, 'the objects that dscoder reads and prints, field by field')
            [CompletionResult]::new('model-files', 'model-files', [CompletionResultType]::ParameterValue, 'names of models, where they are found, and downloads')
            [CompletionResult]::new('security', 'security', [CompletionResultType]::ParameterValue, 'what dscoder promises about untrusted models, files and answers')
            [CompletionResult]::new('server', 'server', [CompletionResultType]::ParameterValue, 'the resident engine, for editors and other programs')
            [CompletionResult]::new('settings', 'settings', [CompletionResultType]::ParameterValue, 'settings files, environment variables, and which comes first')
            break
        }
        'dscoder;help;complete' {
            break
        }
        'dscoder;help;infill' {
            break
        }
        'dscoder;help;chat' {
            break
        }
        'dscoder;help;git' {
            [CompletionResult]::new('message', 'message', [CompletionResultType]::ParameterValue, 'Write a commit message for the staged changes, or for a diff on stdin')
            [CompletionResult]::new('review', 'review', [CompletionResultType]::ParameterValue, 'Review the staged changes, a range of commits, or a diff on stdin')
            [CompletionResult]::new('install-hook', 'install-hook', [CompletionResultType]::ParameterValue, 'Install a git hook that writes commit messages or reviews changes')
            [CompletionResult]::new('uninstall-hook', 'uninstall-hook', [CompletionResultType]::ParameterValue, 'Remove a hook that install-hook installed')
            break
        }
        'dscoder;help;git;message' {
            break
        }
        'dscoder;help;git;review' {
            break
        }
        'dscoder;help;git;install-hook' {
            break
        }
        'dscoder;help;git;uninstall-hook' {
            break
        }
        'dscoder;help;download' {
            break
        }
        'dscoder;help;models' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the models on this machine: dscoder''s own, and those of the Hugging Face cache, Ollama and LM Studio')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a model''s properties, what dscoder mends in its file, and the memory it needs')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compute the SHA-256 of models and compare it with the expected one')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a model that dscoder downloaded, or an unfinished download')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of a model''s file')
            break
        }
        'dscoder;help;models;list' {
            break
        }
        'dscoder;help;models;show' {
            break
        }
        'dscoder;help;models;verify' {
            break
        }
        'dscoder;help;models;remove' {
            break
        }
        'dscoder;help;models;path' {
            break
        }
        'dscoder;help;cache' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List cached prompts, most recently used first: tokens, size, age, model')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove all cached prompts')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the cache directory')
            break
        }
        'dscoder;help;cache;list' {
            break
        }
        'dscoder;help;cache;clear' {
            break
        }
        'dscoder;help;cache;path' {
            break
        }
        'dscoder;help;serve' {
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the resident engine of this user: its model, what it does, since when')
            [CompletionResult]::new('stop', 'stop', [CompletionResultType]::ParameterValue, 'End the resident engine of this user, once it has answered what it is answering')
            break
        }
        'dscoder;help;serve;status' {
            break
        }
        'dscoder;help;serve;stop' {
            break
        }
        'dscoder;help;lsp' {
            break
        }
        'dscoder;help;bench' {
            break
        }
        'dscoder;help;eval' {
            [CompletionResult]::new('generate', 'generate', [CompletionResultType]::ParameterValue, 'Generate samples: the answers of a model, as JSON lines')
            [CompletionResult]::new('fetch', 'fetch', [CompletionResultType]::ParameterValue, 'Download the benchmarks that are not part of dscoder')
            [CompletionResult]::new('score', 'score', [CompletionResultType]::ParameterValue, 'Score samples: run their programs, or compare them with what was in the hole')
            [CompletionResult]::new('compare', 'compare', [CompletionResultType]::ParameterValue, 'Compare two runs problem by problem: two quantizations, two models, two settings')
            [CompletionResult]::new('report', 'report', [CompletionResultType]::ParameterValue, 'Report on scores: as a table, as Markdown, as JSON, or as a page with plots')
            break
        }
        'dscoder;help;eval;generate' {
            break
        }
        'dscoder;help;eval;fetch' {
            break
        }
        'dscoder;help;eval;score' {
            break
        }
        'dscoder;help;eval;compare' {
            break
        }
        'dscoder;help;eval;report' {
            break
        }
        'dscoder;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting, its value and where it comes from')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of your settings file, then that of the project''s file if there is one')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a settings file that lists every setting, commented out')
            break
        }
        'dscoder;help;config;show' {
            break
        }
        'dscoder;help;config;path' {
            break
        }
        'dscoder;help;config;edit' {
            break
        }
        'dscoder;help;config;init' {
            break
        }
        'dscoder;help;doctor' {
            break
        }
        'dscoder;help;answers' {
            break
        }
        'dscoder;help;batch' {
            break
        }
        'dscoder;help;benchmarks' {
            break
        }
        'dscoder;help;caching' {
            break
        }
        'dscoder;help;context' {
            break
        }
        'dscoder;help;conversations' {
            break
        }
        'dscoder;help;editors' {
            break
        }
        'dscoder;help;endpoint' {
            break
        }
        'dscoder;help;exit-codes' {
            break
        }
        'dscoder;help;git-hooks' {
            break
        }
        'dscoder;help;hardware' {
            break
        }
        'dscoder;help;json' {
            break
        }
        'dscoder;help;model-files' {
            break
        }
        'dscoder;help;security' {
            break
        }
        'dscoder;help;server' {
            break
        }
        'dscoder;help;settings' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
