#!/usr/bin/env python3
"""Measures `dscoder download` against curl over loopback: rate and peak memory for a file of 1 GiB.

usage: download.py [--mib 1024] [--rounds 3] [--directory DIR] [--connections 4]
         (after `cargo build --release`)

A server on this machine serves the built-in model, padded, as the hub does: HEAD with size and SHA-256, a redirect to
another address, ranges. dscoder hashes, syncs and checks what it fetches; curl only writes, so it is measured a second
time with `sync` after it.
"""
import argparse, hashlib, http.server, os, re, shutil, socketserver, subprocess, tempfile, threading, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAME = "deepseek-coder-1.3b-base.Q4_K_M.gguf"


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer(False)

    def do_GET(self):
        self.answer(True)

    def answer(self, body):
        if "/resolve/" in self.path:
            self.send_response(302)
            self.send_header("X-Linked-Etag", f'"{self.server.sha256}"')
            self.send_header("X-Linked-Size", str(self.server.size))
            self.send_header("Location", f"http://localhost:{self.server.server_port}/blob")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        first, last = 0, self.server.size - 1
        if asked := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or ""):
            first, last = int(asked[1]), min(int(asked[2] or last), last)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{last}/{self.server.size}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        with open(self.server.file, "rb") as file:
            self.wfile.flush()
            while body and first <= last:
                first += os.sendfile(self.connection.fileno(), file.fileno(), first, min(last + 1 - first, 4 << 20))


def measured(command, **options):
    """Seconds and peak memory in MB."""
    start = time.monotonic()
    child = subprocess.Popen(command, **options)
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, command
    return time.monotonic() - start, usage.ru_maxrss * 1024 / 1e6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--directory")
    parser.add_argument("--connections", default="4")
    args = parser.parse_args()
    work = tempfile.mkdtemp(dir=args.directory)
    try:
        server = Server(("127.0.0.1", 0), Handler)
        server.file, server.size = f"{work}/file", args.mib << 20
        shutil.copy(f"{ROOT}/src/model/demo.gguf", server.file)
        digest = hashlib.sha256()
        with open(server.file, "r+b") as file:
            file.seek(0, 2)
            while file.tell() < server.size:
                file.write(os.urandom(min(1 << 20, server.size - file.tell())))
            file.seek(0)
            while piece := file.read(1 << 20):
                digest.update(piece)
        server.sha256 = digest.hexdigest()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        environment = {
            "PATH": os.environ["PATH"], "HOME": work, "HF_ENDPOINT": url, "DSCODER_MODELS_DIR": f"{work}/models",
            "DSCODER_CACHE_DIR": f"{work}/cache",
        }
        get = f"curl -sL -o {work}/curl {url}/a/b/resolve/main/{NAME}"
        for _ in range(args.rounds):
            os.sync()
            plain, _ = measured(["sh", "-c", get])
            os.remove(f"{work}/curl")
            os.sync()
            synced, _ = measured(["sh", "-c", f"{get} && sync {work}/curl"])
            os.remove(f"{work}/curl")
            os.sync()
            command = [f"{ROOT}/target/release/dscoder", "download", "1.3b-base", "-q", "--connections", args.connections]
            own, memory = measured(command, env=environment)
            shutil.rmtree(f"{work}/models")
            rate = lambda seconds: f"{server.size / 1e6 / seconds:.0f} MB/s"
            print(
                f"curl {rate(plain)}, curl and sync {rate(synced)}, dscoder {rate(own)} with {memory:.1f} MB at its peak: "
                f"{plain / own:.0%} of curl, {synced / own:.0%} of curl and sync",
                flush=True,
            )
    finally:
        shutil.rmtree(work)


main()
