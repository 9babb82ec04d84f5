// JSON-RPC 2.0 in the framing of the Language Server Protocol, over two streams.
"use strict";

const HEADER_LIMIT = 8 * 1024;
const MESSAGE_LIMIT = 64 * 1024 * 1024;

/** Error codes of JSON-RPC and of the protocol. */
const ErrorCode = Object.freeze({
  MethodNotFound: -32601,
  InternalError: -32603,
  ServerCancelled: -32802,
  ContentModified: -32801,
  RequestCancelled: -32800,
});

/** An answer that is an error, or a request that has no answer. */
class RequestError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }

  /** Whether the answer is only out of date. */
  get outdated() {
    const { RequestCancelled, ContentModified, ServerCancelled } = ErrorCode;
    return [RequestCancelled, ContentModified, ServerCancelled].includes(this.code);
  }
}

/** The messages in a stream of bytes that comes in pieces of any size. */
class Frames {
  constructor() {
    this.rest = Buffer.alloc(0);
  }

  /** The messages that this piece completes. Throws if it is not the protocol. */
  *push(piece) {
    this.rest = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    for (;;) {
      const end = this.rest.indexOf("\r\n\r\n");
      if (end < 0) {
        if (this.rest.length > HEADER_LIMIT) throw new Error("a message has no header");
        return;
      }
      const header = this.rest.toString("latin1", 0, end);
      const length = Number(/^content-length: *(\d+) *$/im.exec(header)?.[1] ?? NaN);
      if (!(length <= MESSAGE_LIMIT)) throw new Error(`a message has no usable length: ${JSON.stringify(header)}`);
      const start = end + 4;
      if (this.rest.length < start + length) return;
      const body = this.rest.toString("utf8", start, start + length);
      this.rest = this.rest.subarray(start + length);
      yield JSON.parse(body);
    }
  }
}

/** Requests and notifications in both directions. */
class Connection {
  /**
   * @param input stream of the peer's messages
   * @param output stream for ours
   * @param peer `request(method, params)`, whose value is the answer; `notification(method, params)`;
   *   `failed(error)` if the peer does not keep to the protocol
   */
  constructor(input, output, peer) {
    this.output = output;
    this.peer = peer;
    this.pending = new Map();
    this.next = 1;
    this.open = true;
    const frames = new Frames();
    input.on("data", (piece) => {
      try {
        if (this.open) for (const message of frames.push(piece)) this.receive(message);
      } catch (error) {
        this.close(error.message);
        peer.failed(error);
      }
    });
    // A peer that has ended is seen by its end.
    output.on("error", () => this.close("the server has ended"));
  }

  /** Sends a request. `token` cancels it: the promise fails at once, and the peer is told. */
  request(method, params, token) {
    if (!this.open) return Promise.reject(new RequestError(ErrorCode.InternalError, "the server does not run"));
    if (token?.isCancellationRequested) {
      return Promise.reject(new RequestError(ErrorCode.RequestCancelled, "cancelled"));
    }
    const id = this.next++;
    return new Promise((resolve, reject) => {
      const watch = token?.onCancellationRequested(() => {
        if (!this.pending.has(id)) return;
        this.notify("$/cancelRequest", { id });
        this.settle(id).reject(new RequestError(ErrorCode.RequestCancelled, "cancelled"));
      });
      this.pending.set(id, { resolve, reject, watch });
      this.send({ id, method, params });
    });
  }

  notify(method, params) {
    this.send({ method, params });
  }

  /** Ends the connection: requests without an answer fail. */
  close(reason) {
    this.open = false;
    for (const id of [...this.pending.keys()]) {
      this.settle(id).reject(new RequestError(ErrorCode.InternalError, reason));
    }
  }

  /** Takes a request out of those that wait. */
  settle(id) {
    const waiting = this.pending.get(id);
    this.pending.delete(id);
    waiting?.watch?.dispose();
    return waiting;
  }

  send(message) {
    if (!this.open || this.output.destroyed) return;
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.output.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  }

  receive({ id, method, params, result, error }) {
    if (method === undefined) {
      const waiting = this.settle(id);
      if (error) waiting?.reject(new RequestError(error.code, error.message));
      else waiting?.resolve(result);
    } else if (id === undefined) {
      this.peer.notification(method, params);
    } else {
      this.answer(id, method, params);
    }
  }

  async answer(id, method, params) {
    try {
      this.send({ id, result: (await this.peer.request(method, params)) ?? null });
    } catch (error) {
      const code = error instanceof RequestError ? error.code : ErrorCode.InternalError;
      this.send({ id, error: { code, message: error.message } });
    }
  }
}

module.exports = { Connection, ErrorCode, Frames, RequestError };
