"""Compares GGUF models through llama.cpp's server: held-out holes, probes, nats per token.

usage: python measure.py MODEL... [--server llama-server] [--holes FILE...] [--probes FILE] [--nats] [--out FILE]

Without --holes and --probes, the files next to this script are used. A hole counts when the greedy answer, stripped of trailing whitespace, is the true text. A probe counts when the
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

from gguf import GGUFReader

from samples import BEGIN, BOS, END, EOS, HOLE, load_tokenizer

FOLDER = os.path.dirname(os.path.abspath(__file__))


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
        with urllib.request.urlopen(request, timeout=600) as reply:
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


def summary(rows):
    """What became of some holes, each (whether it is right, hole, reply), in words."""
    share = lambda rows: f"{sum(right for right, _, _ in rows)} of {len(rows)}"
    within = [bool(hole["prefix"].split("\n")[-1].strip()) for _, hole, _ in rows]
    return (f"{share(rows)} exact ({100 * sum(right for right, _, _ in rows) / len(rows):.1f} %); from the indentation "
            f"{share([row for row, inside in zip(rows, within) if not inside])}, from within the line "
            f"{share([row for row, inside in zip(rows, within) if inside])}; ended by the model "
            f"{sum(ended for _, _, (_, ended) in rows)}, empty {sum(not text.strip() for _, _, (text, _) in rows)}")


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside = lambda *names: [os.path.join(FOLDER, name) for name in names]
    parser.add_argument("models", nargs="+")
    parser.add_argument("--holes", nargs="+", default=beside("holes.jsonl", "holes_multi.jsonl"))
    parser.add_argument("--probes", default=beside("probes.jsonl")[0])
    parser.add_argument("--server", default="llama-server", help="the llama-server program")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--nats", action="store_true", help="measure nats a token, too")
    parser.add_argument("--out", help="write all answers there, as JSON")
    options = parser.parse_args()
    tokenizer = load_tokenizer(GGUFReader(options.models[0]).fields)
    holes = [{"language": "python", **hole} for path in options.holes for hole in read(path)]
    probes = read(options.probes)

    def encode(text):
        return tokenizer.encode(text, add_special_tokens=False).ids

    def question(h):
        return [BOS, BEGIN] + encode(h["prefix"]) + [HOLE] + encode(h["suffix"]) + [END]

    languages = dict.fromkeys(hole["language"] for hole in holes)
    everything = {}
    for model in options.models:
        with Server(options.server, model, options.threads) as server:
            replies = [server.answer(question(h)) for h in holes]
            answers = [text for text, _ in replies]
            right = [a.rstrip() == h["middle"].rstrip() for a, h in zip(answers, holes)]
            result = {"answers": answers, "right": sum(right), "probes": []}
            print(os.path.basename(model))
            for language in languages:
                rows = [row for row in zip(right, holes, replies) if row[1]["language"] == language]
                print(f"  {language}: {summary(rows)}")
            for probe in probes:
                answer, _ = server.answer(question(probe))
                good = passes(probe, answer)
                result["probes"].append({"name": probe["name"], "answer": answer, "passes": good})
                print(f"  {'pass' if good else 'FAIL'} {probe['name']}: {answer!r}")
            print(f"  probes: {sum(p['passes'] for p in result['probes'])} of {len(probes)}")
            if options.nats:
                for language in languages:
                    nats = []
                    for h in (hole for hole in holes if hole["language"] == language):
                        ids = question(h)
                        for token in encode(h["middle"]) + [EOS]:
                            nats.append(server.nats(ids, token))
                            ids.append(token)
                    print(f"  {language}: {sum(nats) / len(nats):.3f} nats a token of the true answers ({len(nats)} tokens)")
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
