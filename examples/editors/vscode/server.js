// The server's process: started, started again when it dies, and ended.
"use strict";

const { spawn } = require("node:child_process");
const { Connection } = require("./rpc");

/** What the process does. */
const State = Object.freeze({
  Stopped: "stopped",
  Starting: "starting",
  Running: "running",
  Waiting: "waiting",
  Failed: "failed",
});

/** Times in milliseconds, and how often a server that dies is started again within one period. */
const PATIENCE = Object.freeze({ restarts: 5, period: 180_000, firstDelay: 1_000, answer: 30_000, end: 2_000 });

const STDERR_LINES = 20;

class Server {
  /**
   * @param host `command()`: `{ path, arguments, cwd }`; `initialize()`: the parameters of the request; `ready(result)`;
   *   `changed(state, detail)`; `log(text)`; `request` and `notification` as of `Connection`
   * @param patience replaces some of `PATIENCE`
   */
  constructor(host, patience = {}) {
    this.host = host;
    this.patience = { ...PATIENCE, ...patience };
    this.state = State.Stopped;
    this.deaths = [];
  }

  get running() {
    return this.state === State.Running;
  }

  start() {
    clearTimeout(this.timer);
    const { path, arguments: words, cwd } = this.host.command();
    this.host.log(`starting ${[path, ...words].join(" ")}`);
    this.enter(State.Starting);
    const child = spawn(path, words, { cwd, stdio: "pipe", windowsHide: true });
    const run = { child, stderr: [], initialized: false };
    this.run = run;
    const connection = new Connection(child.stdout, child.stdin, {
      request: (method, params) => this.host.request(method, params),
      notification: (method, params) => this.host.notification(method, params),
      failed: (error) => {
        this.host.log(`the server does not speak the protocol: ${error.message}`);
        child.kill("SIGKILL");
      },
    });
    run.connection = connection;
    this.connection = connection;
    child.stderr.setEncoding("utf8").on("data", (text) => {
      this.host.log(text.trimEnd());
      run.stderr = [...run.stderr, ...text.split("\n").filter((line) => line.trim())].slice(-STDERR_LINES);
    });
    child.on("error", (error) => {
      // The program cannot be started: there will be no "exit", and trying again changes nothing.
      if (child.pid === undefined) this.fail(run, startFailure(path, error));
    });
    // Not "close": a resident engine that the server has started may keep its stderr open.
    child.on("exit", (code, signal) => setTimeout(() => this.ended(run, code, signal), 50));
    this.initialize(run);
  }

  async initialize(run) {
    const late = setTimeout(() => run.child.kill("SIGKILL"), this.patience.answer);
    try {
      const result = await run.connection.request("initialize", this.host.initialize());
      if (this.run !== run) return;
      run.initialized = true;
      run.connection.notify("initialized", {});
      this.host.ready(result);
      this.enter(State.Running);
    } catch (error) {
      this.host.log(`initialize: ${error.message}`);
      run.child.kill("SIGKILL");
    } finally {
      clearTimeout(late);
    }
  }

  /** The process has ended. */
  ended(run, code, signal) {
    run.connection.close("the server has ended");
    if (this.run !== run) return;
    const how = signal ? `signal ${signal}` : `exit code ${code}`;
    this.host.log(`the server has ended: ${how}`);
    // One that has never worked, such as with a wrong option, says why.
    if (!run.initialized) return this.fail(run, run.stderr.join("\n") || `dscoder lsp has ended: ${how}`);
    const now = Date.now();
    this.deaths = [...this.deaths.filter((time) => now - time < this.patience.period), now];
    if (this.deaths.length > this.patience.restarts) {
      return this.fail(run, `dscoder lsp has ended ${this.deaths.length} times: ${run.stderr.at(-1) ?? how}`);
    }
    this.run = undefined;
    const delay = this.patience.firstDelay * 2 ** (this.deaths.length - 1);
    this.enter(State.Waiting, how);
    this.timer = setTimeout(() => this.start(), delay);
  }

  fail(run, why) {
    if (this.run !== run) return;
    run.connection.close(why);
    this.run = undefined;
    this.enter(State.Failed, why);
  }

  /** Ends the process, by force if it takes long. */
  async stop() {
    clearTimeout(this.timer);
    this.order = {};
    const run = this.run;
    this.run = undefined;
    this.enter(State.Stopped);
    const { pid, exitCode, signalCode } = run?.child ?? {};
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const gone = new Promise((resolve) => run.child.once("exit", resolve));
    const late = setTimeout(() => run.child.kill("SIGKILL"), this.patience.end);
    if (run.initialized) await run.connection.request("shutdown").catch(() => {});
    run.connection.notify("exit");
    run.child.stdin.end();
    await gone;
    clearTimeout(late);
  }

  /** Starts afresh: what has failed before is forgotten. */
  async restart() {
    const stopped = this.stop();
    const { order } = this;
    await stopped;
    // A later order counts.
    if (this.order !== order) return;
    this.deaths = [];
    this.start();
  }

  enter(state, detail) {
    this.state = state;
    this.host.changed(state, detail);
  }
}

function startFailure(path, error) {
  if (error.code === "ENOENT") {
    return `There is no program "${path}". Install dscoder, or set "dscoder.path" to where it is.`;
  }
  return `"${path}" cannot be started: ${error.message}`;
}

module.exports = { Server, State };
