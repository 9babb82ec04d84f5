"""Compares dscoder --endpoint with a bare HTTP client that sends the same requests to llama-server.

usage: python tests/bench/endpoint.py LLAMA_SERVER DSCODER [REQUESTS]

Both ask for the same greedy answers of the built-in model, in turn; the server's cache knows the prompt. What dscoder
takes for a request is from its --json timings; the whole process also reads the vocabulary.
"""

import http.client
import json
import pathlib
import socket
import statistics
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TEXT = "def add(a, b):\n    return a + b\n\n\ndef factorial(n):\n"
TOKENS = 16


def bare(port, prompt):
    """Seconds until the last event of an answer, with a new connection."""
    body = json.dumps({
        "prompt": prompt, "n_predict": TOKENS, "stream": True, "return_tokens": True, "cache_prompt": True,
        "timings_per_token": True, "return_progress": True, "samplers": ["penalties", "top_k"], "top_k": 1,
        "temperature": 0,
    })
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/completion", body, {"Content-Type": "application/json"})
    ids = []
    for line in connection.getresponse():
        if line.startswith(b"data: "):
            event = json.loads(line[6:])
            if "prompt_progress" not in event:
                ids += event["tokens"]
    took = time.perf_counter() - start
    connection.close()
    return took, ids


def dscoder(program, port):
    start = time.perf_counter()
    run = subprocess.run(
        [program, "complete", "--endpoint", f"http://127.0.0.1:{port}", "-n", str(TOKENS), "--until", "end", "--raw", "--json"],
        input=TEXT.encode(), stdout=subprocess.PIPE, check=True)
    whole = time.perf_counter() - start
    report = json.loads(run.stdout)
    timings = report["timings_ms"]
    return (timings["load"] + timings["prefill"] + timings["decode"]) / 1e3, whole, report["tokens"]


def main(server, program, count=50):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [server, "-m", REPOSITORY / "src/model/demo.gguf", "--port", str(port), "--host", "127.0.0.1",
                 "-c", "2048", "-np", "1", "-fa", "off", "--no-repack", "-t", "1"]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("POST", "/tokenize", json.dumps({"content": TEXT, "add_special": True}))
        prompt = json.load(connection.getresponse())["tokens"]
        bare(port, prompt)
        rows = []
        for _ in range(int(count)):
            seconds, expected = bare(port, prompt)
            request, whole, found = dscoder(program, port)
            assert found == expected[: len(found)], (found, expected)
            rows.append((seconds, request, whole))
    finally:
        process.terminate()
        process.wait()
    for name, column in zip(["a bare client's request", "dscoder's request", "dscoder as a whole"], zip(*rows)):
        times = sorted(1e3 * seconds for seconds in column)
        print(f"{name}: median {statistics.median(times):.1f} ms, least {times[0]:.1f}, most {times[-1]:.1f}")
    more = statistics.median(1e3 * (request - seconds) for seconds, request, _ in rows)
    print(f"dscoder's request takes {more:.1f} ms longer (median of {len(rows)} pairs, {TOKENS} tokens each)")
    return more > 5


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
