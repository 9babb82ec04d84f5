"""Measures GGUF models side by side through llama.cpp's server: held-out holes, probes, nats a token.

usage: python measure.py TOKENIZER.json holes.jsonl probes.jsonl MODEL... [--server llama-server] [--nats] [--out F]

A hole counts when the greedy answer, stripped of trailing whitespace, is the true text. A probe counts when the
completed program passes the check that goes with it; the checks run the models' answers as programs, so run this where
that is harmless. Nats are the mean negative log-likelihood of the true answers' tokens, EOS included. With two or more
models the share of equal answers on the holes is printed for each pair.
"""

import argparse
import itertools
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

from tokenizers import Tokenizer

BOS, EOS, HOLE, BEGIN, END = 32013, 32014, 32015, 32016, 32017


class Server:
    """A llama-server with one model, on a free port."""

    def __init__(self, binary, model, threads):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [binary, "-m", model, "--host", "127.0.0.1", "--port", str(port), "-c", "2048", "-np", "1",
                   "-t", str(threads), "-ngl", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                urllib.request.urlopen(self.url + "/health", timeout=2).read()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit(f"{binary} did not start with {model}")
                time.sleep(0.1)
        raise SystemExit(f"{binary} does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, **request):
        data = json.dumps(request).encode()
        request = urllib.request.Request(self.url + "/completion", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as reply:
            return json.load(reply)

    def answer(self, ids):
        """The greedy answer and whether the model ended it by itself."""
        reply = self.ask(prompt=ids, temperature=0, n_predict=64, cache_prompt=False)
        return reply["content"], reply.get("stop_type") == "eos"

    def nats(self, ids, token):
        """Negative log-likelihood of the token: it is forced by a bias, its probability is told without the bias."""
        forced = [[token, 1e4]]
        reply = self.ask(prompt=ids, temperature=0, n_predict=1, cache_prompt=True, n_probs=1, logit_bias=forced)
        told = reply["completion_probabilities"][0]
        if told["id"] != token:
            raise SystemExit("the server did not take the forced token")
        return -told["logprob"]


def passes(probe, answer):
    """Whether the program with the answer in its hole passes its check."""
    program = probe["prefix"] + answer + probe["suffix"] + "\n" + probe["check"] + "\n"
    try:
        done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, timeout=10)
    except (subprocess.TimeoutExpired, ValueError):
        return False
    return done.returncode == 0


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokenizer")
    parser.add_argument("holes")
    parser.add_argument("probes")
    parser.add_argument("models", nargs="+")
    parser.add_argument("--server", default="llama-server", help="the llama-server program")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--nats", action="store_true", help="measure nats a token, too")
    parser.add_argument("--out", help="write all answers there, as JSON")
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(options.tokenizer)
    holes, probes = read(options.holes), read(options.probes)

    def encode(text):
        return tokenizer.encode(text, add_special_tokens=False).ids

    def question(h):
        return [BOS, BEGIN] + encode(h["prefix"]) + [HOLE] + encode(h["suffix"]) + [END]

    everything = {}
    for model in options.models:
        with Server(options.server, model, options.threads) as server:
            replies = [server.answer(question(h)) for h in holes]
            answers = [text for text, _ in replies]
            right = [a.rstrip() == h["middle"].rstrip() for a, h in zip(answers, holes)]
            inside = [bool(h["prefix"].split("\n")[-1].strip()) for h in holes]
            result = {"answers": answers, "right": sum(right), "probes": []}
            print(f"{os.path.basename(model)}")
            print(f"  holes: {sum(right)} of {len(holes)} exact ({100 * sum(right) / len(holes):.1f} %); from the "
                  f"indentation {sum(r and not i for r, i in zip(right, inside))} of {len(holes) - sum(inside)}, from "
                  f"within the line {sum(r and i for r, i in zip(right, inside))} of {sum(inside)}; answers ended by "
                  f"the model {sum(ended for _, ended in replies)}, empty {sum(not a.strip() for a in answers)}")
            for probe in probes:
                answer, _ = server.answer(question(probe))
                good = passes(probe, answer)
                result["probes"].append({"name": probe["name"], "answer": answer, "passes": good})
                print(f"  {'pass' if good else 'FAIL'} {probe['name']}: {answer!r}")
            print(f"  probes: {sum(p['passes'] for p in result['probes'])} of {len(probes)}")
            if options.nats:
                total = count = 0
                for h in holes:
                    ids = question(h)
                    for token in encode(h["middle"]) + [EOS]:
                        total += server.nats(ids, token)
                        ids.append(token)
                        count += 1
                result["nats"] = total / count
                print(f"  nats a token of the true answers: {total / count:.4f} ({count} tokens)")
            sys.stdout.flush()
            everything[model] = result
    for a, b in itertools.combinations(options.models, 2):
        same = sum(x == y for x, y in zip(everything[a]["answers"], everything[b]["answers"]))
        print(f"{os.path.basename(a)} and {os.path.basename(b)}: equal answers on {same} of {len(holes)} "
              f"({100 * same / len(holes):.1f} %)")
    if options.out:
        with open(options.out, "w", encoding="utf-8") as file:
            json.dump(everything, file, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
