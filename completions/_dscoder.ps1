
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
            [CompletionResult]::new('git', 'git', [CompletionResultType]::ParameterValue, 'Commit messages, reviews, and the hooks for them')
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Fetch a model, and go on where an earlier try stopped')
            [CompletionResult]::new('models', 'models', [CompletionResultType]::ParameterValue, 'List, show, verify and remove models')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'List or remove the evaluated prompts that are kept for the next run')
            [CompletionResult]::new('bench', 'bench', [CompletionResultType]::ParameterValue, 'Measure how fast a model runs on this machine')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show and change settings')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the machine, the models and the settings, and say what to do next')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dscoder;complete' {
            [CompletionResult]::new('--batch', '--batch', [CompletionResultType]::ParameterName, 'Answer many prompts: one JSON object a line in FILE (- is stdin), and one a line on stdout')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Answer so many prompts side by side')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Show this file to the model before the text; may be given many times')
            [CompletionResult]::new('--repo', '--repo', [CompletionResultType]::ParameterName, 'Show the model the files of the repository that matter to the text')
            [CompletionResult]::new('--context-budget', '--context-budget', [CompletionResultType]::ParameterName, 'The share of the context that such files may have')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'End the answer before this text; may be given many times')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers at once and give those that differ, the likeliest first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'After this time, print what there is and end with exit code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add the log probability of each token to the JSON, and those of the N likeliest in its place')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Choose among the K likeliest tokens; 0 is all (with a temperature only)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Choose among the likeliest tokens whose probabilities add up to P (with a temperature only)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Choose among tokens at least P times as likely as the likeliest (with a temperature only)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Make the last 64 tokens less likely to come again; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed of the random numbers; without it, every run has its own (with a temperature only)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'The longest context (prompt and answer), in tokens; auto is the model''s own limit')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Threads; without it, one for each physical core')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers that the GPU computes; auto is as many as fit into its memory, and -v says how many')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'The room for evaluated prompts, in bytes or as 800MB or 4GiB; what was not used for longest goes first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Keep prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Have answers computed by this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'What the server is; without it, it is asked')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file; without it, DSCODER_API_KEY has it')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'The longest silence of the server before an answer begins')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Give the answer as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: the text, its tokens, why it ended, the times')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Print JSON objects as the answer comes, one a line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of leaving parts of a prompt out that is too long')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft what the prompt has already, and check the draft in one go: faster where the answer repeats much of it')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor keep evaluated prompts of other runs')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Use a model all the same that needs more memory than there is, or is not meant for this')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine without TLS, for everyone in between to read')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Say on stderr how many tokens there were and how long it took')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;infill' {
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'The gap is before this column of this line (from 1 on), or at its end')
            [CompletionResult]::new('--offset', '--offset', [CompletionResultType]::ParameterName, 'The gap is behind so many bytes')
            [CompletionResult]::new('--marker', '--marker', [CompletionResultType]::ParameterName, 'The gap is where this text stands, exactly once')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Write these lines anew; the model does not see the old ones')
            [CompletionResult]::new('--prefix', '--prefix', [CompletionResultType]::ParameterName, 'The text before the gap; - is stdin')
            [CompletionResult]::new('--suffix', '--suffix', [CompletionResultType]::ParameterName, 'The text behind the gap; - is stdin')
            [CompletionResult]::new('--backup', '--backup', [CompletionResultType]::ParameterName, 'Keep the old FILE under its name with this suffix')
            [CompletionResult]::new('--batch', '--batch', [CompletionResultType]::ParameterName, 'Answer many prompts: one JSON object a line in FILE (- is stdin), and one a line on stdout')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Answer so many prompts side by side')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Show this file to the model before the text; may be given many times')
            [CompletionResult]::new('--repo', '--repo', [CompletionResultType]::ParameterName, 'Show the model the files of the repository that matter to the text')
            [CompletionResult]::new('--context-budget', '--context-budget', [CompletionResultType]::ParameterName, 'The share of the context that such files may have')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'End the answer before this text; may be given many times')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers at once and give those that differ, the likeliest first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'After this time, print what there is and end with exit code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add the log probability of each token to the JSON, and those of the N likeliest in its place')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Choose among the K likeliest tokens; 0 is all (with a temperature only)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Choose among the likeliest tokens whose probabilities add up to P (with a temperature only)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Choose among tokens at least P times as likely as the likeliest (with a temperature only)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Make the last 64 tokens less likely to come again; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed of the random numbers; without it, every run has its own (with a temperature only)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'The longest context (prompt and answer), in tokens; auto is the model''s own limit')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Threads; without it, one for each physical core')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers that the GPU computes; auto is as many as fit into its memory, and -v says how many')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'The room for evaluated prompts, in bytes or as 800MB or 4GiB; what was not used for longest goes first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Keep prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Have answers computed by this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'What the server is; without it, it is asked')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file; without it, DSCODER_API_KEY has it')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'The longest silence of the server before an answer begins')
            [CompletionResult]::new('--whole', '--whole', [CompletionResultType]::ParameterName, 'Print the whole text with the answer in it')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print the change as a unified diff, for patch -p0')
            [CompletionResult]::new('--in-place', '--in-place', [CompletionResultType]::ParameterName, 'Write the answer into FILE')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Give the answer as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: the text, its tokens, why it ended, the times')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Print JSON objects as the answer comes, one a line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of leaving parts of a prompt out that is too long')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft what the prompt has already, and check the draft in one go: faster where the answer repeats much of it')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor keep evaluated prompts of other runs')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Use a model all the same that needs more memory than there is, or is not meant for this')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine without TLS, for everyone in between to read')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Say on stderr how many tokens there were and how long it took')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;chat' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Show the model this file; may be given many times')
            [CompletionResult]::new('--file', '--file', [CompletionResultType]::ParameterName, 'Show the model this file; may be given many times')
            [CompletionResult]::new('--system', '--system', [CompletionResultType]::ParameterName, 'The system text, in place of that of the model''s authors')
            [CompletionResult]::new('--system-file', '--system-file', [CompletionResultType]::ParameterName, 'Read the system text from a file')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Print only what is in the answer''s code blocks, or in the Nth of them')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Of the code blocks, only those in this language')
            [CompletionResult]::new('--session', '--session', [CompletionResultType]::ParameterName, 'Keep the conversation under this name, and go on with it next time')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'End the answer before this text; may be given many times')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers at once and give those that differ, the likeliest first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'After this time, print what there is and end with exit code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add the log probability of each token to the JSON, and those of the N likeliest in its place')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Choose among the K likeliest tokens; 0 is all (with a temperature only)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Choose among the likeliest tokens whose probabilities add up to P (with a temperature only)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Choose among tokens at least P times as likely as the likeliest (with a temperature only)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Make the last 64 tokens less likely to come again; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed of the random numbers; without it, every run has its own (with a temperature only)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'The longest context (prompt and answer), in tokens; auto is the model''s own limit')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Threads; without it, one for each physical core')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers that the GPU computes; auto is as many as fit into its memory, and -v says how many')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'The room for evaluated prompts, in bytes or as 800MB or 4GiB; what was not used for longest goes first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Keep prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Have answers computed by this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'What the server is; without it, it is asked')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file; without it, DSCODER_API_KEY has it')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'The longest silence of the server before an answer begins')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--no-system', '--no-system', [CompletionResultType]::ParameterName, 'Give the model no system text')
            [CompletionResult]::new('--continue', '--continue', [CompletionResultType]::ParameterName, 'Go on with the session that was used last')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Give the answer as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: the text, its tokens, why it ended, the times')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Print JSON objects as the answer comes, one a line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of leaving parts of a prompt out that is too long')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft what the prompt has already, and check the draft in one go: faster where the answer repeats much of it')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor keep evaluated prompts of other runs')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Use a model all the same that needs more memory than there is, or is not meant for this')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine without TLS, for everyone in between to read')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Say on stderr how many tokens there were and how long it took')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('message', 'message', [CompletionResultType]::ParameterValue, 'Write a commit message for the staged changes, or for a diff on stdin')
            [CompletionResult]::new('review', 'review', [CompletionResultType]::ParameterValue, 'Review the staged changes, a range of commits, or a diff on stdin')
            [CompletionResult]::new('install-hook', 'install-hook', [CompletionResultType]::ParameterValue, 'Install a git hook that writes commit messages, or one that reviews')
            [CompletionResult]::new('uninstall-hook', 'uninstall-hook', [CompletionResultType]::ParameterValue, 'Take a hook away that install-hook has installed')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Do the work of a hook')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dscoder;git;message' {
            [CompletionResult]::new('--style', '--style', [CompletionResultType]::ParameterName, 'How the subject looks: "Add a parser", or "feat(parser): add a parser"')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Write it in this language')
            [CompletionResult]::new('--diff-tokens', '--diff-tokens', [CompletionResultType]::ParameterName, 'Show the model at most N tokens of the diff')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'End the answer before this text; may be given many times')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers at once and give those that differ, the likeliest first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'After this time, print what there is and end with exit code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add the log probability of each token to the JSON, and those of the N likeliest in its place')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Choose among the K likeliest tokens; 0 is all (with a temperature only)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Choose among the likeliest tokens whose probabilities add up to P (with a temperature only)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Choose among tokens at least P times as likely as the likeliest (with a temperature only)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Make the last 64 tokens less likely to come again; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed of the random numbers; without it, every run has its own (with a temperature only)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'The longest context (prompt and answer), in tokens; auto is the model''s own limit')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Threads; without it, one for each physical core')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers that the GPU computes; auto is as many as fit into its memory, and -v says how many')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'The room for evaluated prompts, in bytes or as 800MB or 4GiB; what was not used for longest goes first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Keep prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Have answers computed by this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'What the server is; without it, it is asked')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file; without it, DSCODER_API_KEY has it')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'The longest silence of the server before an answer begins')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'Write a body too')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Give the answer as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: the text, its tokens, why it ended, the times')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Print JSON objects as the answer comes, one a line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of leaving parts of a prompt out that is too long')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft what the prompt has already, and check the draft in one go: faster where the answer repeats much of it')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor keep evaluated prompts of other runs')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Use a model all the same that needs more memory than there is, or is not meant for this')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine without TLS, for everyone in between to read')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Say on stderr how many tokens there were and how long it took')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;review' {
            [CompletionResult]::new('--diff-tokens', '--diff-tokens', [CompletionResultType]::ParameterName, 'Show the model at most N tokens of the diff')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'End the answer before this text; may be given many times')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers at once and give those that differ, the likeliest first')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'After this time, print what there is and end with exit code 124')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add the log probability of each token to the JSON, and those of the N likeliest in its place')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Choose among the K likeliest tokens; 0 is all (with a temperature only)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Choose among the likeliest tokens whose probabilities add up to P (with a temperature only)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Choose among tokens at least P times as likely as the likeliest (with a temperature only)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Make the last 64 tokens less likely to come again; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed of the random numbers; without it, every run has its own (with a temperature only)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'The longest context (prompt and answer), in tokens; auto is the model''s own limit')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Threads; without it, one for each physical core')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers that the GPU computes; auto is as many as fit into its memory, and -v says how many')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'The room for evaluated prompts, in bytes or as 800MB or 4GiB; what was not used for longest goes first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Keep prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Have answers computed by this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'What the server is; without it, it is asked')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file; without it, DSCODER_API_KEY has it')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'The longest silence of the server before an answer begins')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Give the answer as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: the text, its tokens, why it ended, the times')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Print JSON objects as the answer comes, one a line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of leaving parts of a prompt out that is too long')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft what the prompt has already, and check the draft in one go: faster where the answer repeats much of it')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor keep evaluated prompts of other runs')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Use a model all the same that needs more memory than there is, or is not meant for this')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine without TLS, for everyone in between to read')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Say on stderr how many tokens there were and how long it took')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;install-hook' {
            [CompletionResult]::new('--chain', '--chain', [CompletionResultType]::ParameterName, 'Where there is a hook already, keep it and run it first')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;uninstall-hook' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;hook' {
            [CompletionResult]::new('--style', '--style', [CompletionResultType]::ParameterName, 'How the subject looks: "Add a parser", or "feat(parser): add a parser"')
            [CompletionResult]::new('--lang', '--lang', [CompletionResultType]::ParameterName, 'Write it in this language')
            [CompletionResult]::new('--diff-tokens', '--diff-tokens', [CompletionResultType]::ParameterName, 'Show the model at most N tokens of the diff')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--max-tokens', '--max-tokens', [CompletionResultType]::ParameterName, 'The longest answer, in tokens')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'End the answer before this text; may be given many times')
            [CompletionResult]::new('--until', '--until', [CompletionResultType]::ParameterName, 'Where the answer ends')
            [CompletionResult]::new('--candidates', '--candidates', [CompletionResultType]::ParameterName, 'Compute N answers at once and give those that differ, the likeliest first')
            [CompletionResult]::new('--logprobs', '--logprobs', [CompletionResultType]::ParameterName, 'Add the log probability of each token to the JSON, and those of the N likeliest in its place')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--temperature', '--temperature', [CompletionResultType]::ParameterName, 'Randomness; 0 always takes the likeliest token')
            [CompletionResult]::new('--top-k', '--top-k', [CompletionResultType]::ParameterName, 'Choose among the K likeliest tokens; 0 is all (with a temperature only)')
            [CompletionResult]::new('--top-p', '--top-p', [CompletionResultType]::ParameterName, 'Choose among the likeliest tokens whose probabilities add up to P (with a temperature only)')
            [CompletionResult]::new('--min-p', '--min-p', [CompletionResultType]::ParameterName, 'Choose among tokens at least P times as likely as the likeliest (with a temperature only)')
            [CompletionResult]::new('--repeat-penalty', '--repeat-penalty', [CompletionResultType]::ParameterName, 'Make the last 64 tokens less likely to come again; 1 is off')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Seed of the random numbers; without it, every run has its own (with a temperature only)')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'The longest context (prompt and answer), in tokens; auto is the model''s own limit')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Threads; without it, one for each physical core')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers that the GPU computes; auto is as many as fit into its memory, and -v says how many')
            [CompletionResult]::new('--cache-size', '--cache-size', [CompletionResultType]::ParameterName, 'The room for evaluated prompts, in bytes or as 800MB or 4GiB; what was not used for longest goes first')
            [CompletionResult]::new('--cache-after', '--cache-after', [CompletionResultType]::ParameterName, 'Keep prompts that took longer than this to evaluate')
            [CompletionResult]::new('--endpoint', '--endpoint', [CompletionResultType]::ParameterName, 'Have answers computed by this server: llama-server, vLLM or another with /v1/completions, Ollama')
            [CompletionResult]::new('--endpoint-kind', '--endpoint-kind', [CompletionResultType]::ParameterName, 'What the server is; without it, it is asked')
            [CompletionResult]::new('--api-key-file', '--api-key-file', [CompletionResultType]::ParameterName, 'Read the server''s key from a file; without it, DSCODER_API_KEY has it')
            [CompletionResult]::new('--endpoint-timeout', '--endpoint-timeout', [CompletionResultType]::ParameterName, 'The longest silence of the server before an answer begins')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'After this time, print what there is and end with exit code 124')
            [CompletionResult]::new('--body', '--body', [CompletionResultType]::ParameterName, 'Write a body too')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Give the answer as the model wrote it')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object: the text, its tokens, why it ended, the times')
            [CompletionResult]::new('--json-lines', '--json-lines', [CompletionResultType]::ParameterName, 'Print JSON objects as the answer comes, one a line: a start, pieces of text, and the object of --json as the end')
            [CompletionResult]::new('--no-truncate', '--no-truncate', [CompletionResultType]::ParameterName, 'Fail with exit code 78 instead of leaving parts of a prompt out that is too long')
            [CompletionResult]::new('--speculate', '--speculate', [CompletionResultType]::ParameterName, 'Draft what the prompt has already, and check the draft in one go: faster where the answer repeats much of it')
            [CompletionResult]::new('--no-cache', '--no-cache', [CompletionResultType]::ParameterName, 'Neither use nor keep evaluated prompts of other runs')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Use a model all the same that needs more memory than there is, or is not meant for this')
            [CompletionResult]::new('--insecure-http', '--insecure-http', [CompletionResultType]::ParameterName, 'Send text and key to another machine without TLS, for everyone in between to read')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection to another machine')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--stats', '--stats', [CompletionResultType]::ParameterName, 'Say on stderr how many tokens there were and how long it took')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;git;help' {
            [CompletionResult]::new('message', 'message', [CompletionResultType]::ParameterValue, 'Write a commit message for the staged changes, or for a diff on stdin')
            [CompletionResult]::new('review', 'review', [CompletionResultType]::ParameterValue, 'Review the staged changes, a range of commits, or a diff on stdin')
            [CompletionResult]::new('install-hook', 'install-hook', [CompletionResultType]::ParameterValue, 'Install a git hook that writes commit messages, or one that reviews')
            [CompletionResult]::new('uninstall-hook', 'uninstall-hook', [CompletionResultType]::ParameterValue, 'Take a hook away that install-hook has installed')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Do the work of a hook')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
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
        'dscoder;git;help;hook' {
            break
        }
        'dscoder;git;help;help' {
            break
        }
        'dscoder;download' {
            [CompletionResult]::new('--sha256', '--sha256', [CompletionResultType]::ParameterName, 'The SHA-256 that the file must have')
            [CompletionResult]::new('--connections', '--connections', [CompletionResultType]::ParameterName, 'Parts that are fetched at once')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the models that have a name')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Open no connection: what is not on this machine is missing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;models' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the models on this machine: dscoder''s own, and those of the Hugging Face cache, Ollama and LM Studio')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a model is, what dscoder mends in its file, and the memory that it needs')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compute the SHA-256 of models and compare it with what it should be')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a model that dscoder has fetched, or what an unfinished download has left')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of a model''s file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dscoder;models;list' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;models;show' {
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'The context that the memory is computed for, in tokens; without it 4096, or the model''s own limit if that is less')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;models;verify' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;models;remove' {
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;models;path' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;models;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the models on this machine: dscoder''s own, and those of the Hugging Face cache, Ollama and LM Studio')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a model is, what dscoder mends in its file, and the memory that it needs')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compute the SHA-256 of models and compare it with what it should be')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a model that dscoder has fetched, or what an unfinished download has left')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of a model''s file')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dscoder;models;help;list' {
            break
        }
        'dscoder;models;help;show' {
            break
        }
        'dscoder;models;help;verify' {
            break
        }
        'dscoder;models;help;remove' {
            break
        }
        'dscoder;models;help;path' {
            break
        }
        'dscoder;models;help;help' {
            break
        }
        'dscoder;cache' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the prompts that are kept, the last used first: tokens, size, age, model')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove them all')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the directory that they are in')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dscoder;cache;list' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;cache;clear' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;cache;path' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;cache;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the prompts that are kept, the last used first: tokens, size, age, model')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove them all')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the directory that they are in')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dscoder;cache;help;list' {
            break
        }
        'dscoder;cache;help;clear' {
            break
        }
        'dscoder;cache;help;path' {
            break
        }
        'dscoder;cache;help;help' {
            break
        }
        'dscoder;bench' {
            [CompletionResult]::new('--depths', '--depths', [CompletionResultType]::ParameterName, 'The lengths of the prompt, in tokens; without it 0,512,1024,4096, as far as the context goes')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'How often everything is measured')
            [CompletionResult]::new('--repetitions', '--repetitions', [CompletionResultType]::ParameterName, 'How often everything is measured')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Tokens to decode at each depth')
            [CompletionResult]::new('--tokens', '--tokens', [CompletionResultType]::ParameterName, 'Tokens to decode at each depth')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'The model: a GGUF file, a name such as 6.7b-base:Q8_0, or demo')
            [CompletionResult]::new('--ctx-size', '--ctx-size', [CompletionResultType]::ParameterName, 'The longest context (prompt and answer), in tokens; auto is the model''s own limit')
            [CompletionResult]::new('--threads', '--threads', [CompletionResultType]::ParameterName, 'Threads; without it, one for each physical core')
            [CompletionResult]::new('--gpu-layers', '--gpu-layers', [CompletionResultType]::ParameterName, 'Layers that the GPU computes; auto is as many as fit into its memory, and -v says how many')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object in place of the table')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Use a model all the same that needs more memory than there is, or is not meant for this')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say on stderr which settings hold, and show llama.cpp''s log')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;config' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting, its value and where it comes from')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of your settings file, and on a second line that of the project where there is one')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a settings file that explains every setting and sets none')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dscoder;config;show' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;config;path' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;config;edit' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;config;init' {
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite the one that is there')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'dscoder;config;help' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting, its value and where it comes from')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of your settings file, and on a second line that of the project where there is one')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a settings file that explains every setting and sets none')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'dscoder;config;help;show' {
            break
        }
        'dscoder;config;help;path' {
            break
        }
        'dscoder;config;help;edit' {
            break
        }
        'dscoder;config;help;init' {
            break
        }
        'dscoder;config;help;help' {
            break
        }
        'dscoder;doctor' {
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON object')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'dscoder;help' {
            [CompletionResult]::new('complete', 'complete', [CompletionResultType]::ParameterValue, 'Continue a file or stdin')
            [CompletionResult]::new('infill', 'infill', [CompletionResultType]::ParameterValue, 'Write the middle: into a gap of a file, or between two files')
            [CompletionResult]::new('chat', 'chat', [CompletionResultType]::ParameterValue, 'Ask an Instruct model')
            [CompletionResult]::new('git', 'git', [CompletionResultType]::ParameterValue, 'Commit messages, reviews, and the hooks for them')
            [CompletionResult]::new('download', 'download', [CompletionResultType]::ParameterValue, 'Fetch a model, and go on where an earlier try stopped')
            [CompletionResult]::new('models', 'models', [CompletionResultType]::ParameterValue, 'List, show, verify and remove models')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'List or remove the evaluated prompts that are kept for the next run')
            [CompletionResult]::new('bench', 'bench', [CompletionResultType]::ParameterValue, 'Measure how fast a model runs on this machine')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show and change settings')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the machine, the models and the settings, and say what to do next')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
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
            [CompletionResult]::new('install-hook', 'install-hook', [CompletionResultType]::ParameterValue, 'Install a git hook that writes commit messages, or one that reviews')
            [CompletionResult]::new('uninstall-hook', 'uninstall-hook', [CompletionResultType]::ParameterValue, 'Take a hook away that install-hook has installed')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Do the work of a hook')
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
        'dscoder;help;git;hook' {
            break
        }
        'dscoder;help;download' {
            break
        }
        'dscoder;help;models' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the models on this machine: dscoder''s own, and those of the Hugging Face cache, Ollama and LM Studio')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a model is, what dscoder mends in its file, and the memory that it needs')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Compute the SHA-256 of models and compare it with what it should be')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a model that dscoder has fetched, or what an unfinished download has left')
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
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the prompts that are kept, the last used first: tokens, size, age, model')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove them all')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the directory that they are in')
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
        'dscoder;help;bench' {
            break
        }
        'dscoder;help;config' {
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show every setting, its value and where it comes from')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print the path of your settings file, and on a second line that of the project where there is one')
            [CompletionResult]::new('edit', 'edit', [CompletionResultType]::ParameterValue, 'Open your settings file in $VISUAL or $EDITOR, and check it afterwards')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a settings file that explains every setting and sets none')
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
        'dscoder;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
