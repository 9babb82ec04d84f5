"""Writes tests/data/eval-prompts.jsonl: digests of prompts as DeepSeek's evaluation scripts build them, and of their ids.

usage: python tests/bench/eval_prompts.py DATA TOKENIZER   (DATA: humaneval-cpp.jsonl … and mbpp.jsonl, as `dscoder eval
fetch` names them; TOKENIZER: the tokenizer.json of DeepSeek Coder; needs `pip install tokenizers`)

For each suite and flavour, twenty problems: SHA-256 of the prompt, in which a control token N is spelled <N>, the number of
its ids, and SHA-256 of the ids as 32-bit little-endian numbers.
"""

import gzip
import hashlib
import json
import pathlib
import struct
import sys

from tokenizers import Tokenizer

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BOS, BEGIN, HOLE, END = 32013, 32016, 32015, 32017
FENCES = {"python": "python", "cpp": "cpp", "java": "java", "php": "php", "ts": "typescript", "cs": "csharp", "sh": "bash",
          "js": "javascript"}
SPANS = {"single-line": "SingleLine", "multi-line": "MultiLine", "random-span": "RandomSpan",
         "random-span-light": "RandomSpan"}
SYSTEM = ("You are an AI programming assistant, utilizing the Deepseek Coder model, developed by Deepseek Company, and you "
          "only answer questions related to computer science. For politically sensitive questions, security and privacy "
          "issues, and other non-computer science questions, you will refuse to answer\n")


def lines(path):
    text = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with text:
        return [json.loads(line) for line in text if line.strip()]


def chat(question):
    return [BOS, SYSTEM + "### Instruction:\n" + question + "\n### Response:\n"]


def humaneval(problem, language, flavour):
    prompt = problem["prompt"].strip()
    if flavour == "base":
        return [BOS, prompt]
    return chat("Please continue to complete the function. You are not allowed to modify the given code and do the "
                "completion only. Please return all completed function in a codeblock. Here is the given code to do "
                f"completion:\n```{FENCES[language]}\n{prompt}\n```")


def mbpp(problem, shots, flavour, count):
    tests = "\n".join(problem["test_list"])
    code = problem["code"].replace("\r", "").replace("\t", "    ")
    if flavour == "base":
        def task(one):
            return (f"You are an expert Python programmer, and here is your task: {one['text']} Your code should pass these "
                    "tests:\n\n" + "\n".join(one["test_list"]) + "\n[BEGIN]")
        shown = []
        for shot in shots:
            code = shot["code"].replace("\r", "").replace("\t", "    ")
            shown.append(f"{task(shot)}\n{code}\n[DONE]\n")
        for many in (3, 2, 1):
            prompt = "".join(shown[:many]) + task(problem)
            if count(prompt) + 1 < 3596:
                return [BOS, prompt]
        return [BOS, task(problem)]

    def example(one):
        return f">>> Problem:\n{one['text'].strip()}\n>>> Test Cases:\n" + "\n".join(one["test_list"]) + "\n"
    shown = []
    for number, shot in enumerate(shots, 1):
        code = shot["code"].replace("\r", "").replace("\t", "    ")
        shown.append(f"- Example {number}:\n{example(shot)}\n>>> Code:\n```python\n{code}\n```")
    return chat("Please refer the given examples and generate a python function for my problem.\nExamples are listed as "
                "follows:\n" + "\n\n".join(shown) + "\n\nHere is my problem:\n" + example(problem))


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def main(data, tokenizer):
    tokenizer = Tokenizer.from_file(tokenizer)

    def encode(text):
        return tokenizer.encode(text, add_special_tokens=False).ids

    own = REPOSITORY / "src/eval/data"
    rows = []

    def add(suite, flavour, problems, build):
        chosen = [problems[number * len(problems) // 20] for number in range(20)]
        prompts = []
        for problem in chosen:
            prompt = build(problem)
            text = "".join(part if isinstance(part, str) else f"<{part}>" for part in prompt)
            ids = [id for part in prompt for id in (encode(part) if isinstance(part, str) else [part])]
            prompts.append([str(problem["task_id"]), digest(text.encode()), len(ids), digest(struct.pack(f"<{len(ids)}I", *ids))])
        rows.append({"suite": suite, "flavour": flavour, "prompts": prompts})

    for language in FENCES:
        path = own / "HumanEval.jsonl.gz" if language == "python" else data / f"humaneval-{language}.jsonl"
        problems = lines(path)
        for flavour in ("base", "instruct"):
            add(f"humaneval-{language}", flavour, problems, lambda one: humaneval(one, language, flavour))
    every = lines(data / "mbpp.jsonl")
    for flavour in ("base", "instruct"):
        add("mbpp", flavour, every[10:510], lambda one: mbpp(one, every[1:4], flavour, lambda text: len(encode(text))))
    for span, name in SPANS.items():
        light = "Light" if span.endswith("light") else ""
        problems = lines(own / f"HumanEval-{name}Infilling{light}.jsonl.gz")
        add(f"infilling-{span}", "base", problems, lambda one: [BOS, BEGIN, one["prompt"], HOLE, one["suffix"], END])
    out = REPOSITORY / "tests/data/eval-prompts.jsonl"
    out.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
