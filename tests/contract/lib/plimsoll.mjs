// The binary under test: started, asked and ended like an operator would. PLIMSOLL_BIN names another one.
import { execFile, spawn } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { atEnd, freePort, until } from "./check.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const TARGET = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target");
export const BINARY = process.env.PLIMSOLL_BIN ?? path.join(TARGET, "release", "plimsoll");

/** What an App needs, made anew for each run. */
export function makeApp() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  return { id: 1001, slug: "plimsoll", privateKey, publicKey, secret: crypto.randomBytes(20).toString("hex") };
}

/** One installation of the service: its directory, settings and, between start and stop, its process. */
export class Service {
  constructor({ dir, app, apiUrl, settings = {} }) {
    if (!fs.existsSync(BINARY)) throw new Error(`there is no ${BINARY}: run \`cargo build --release\`, or set PLIMSOLL_BIN`);
    this.dir = dir;
    this.log = path.join(dir, "plimsoll.log");
    this.key = path.join(dir, "app.pem");
    fs.writeFileSync(this.key, app.privateKey, { mode: 0o600 });
    this.settings = {
      PLIMSOLL_DATABASE_URL: `sqlite://${path.join(dir, "plimsoll.db")}`,
      PLIMSOLL_GITHUB_URL: apiUrl,
      PLIMSOLL_GITHUB_APP_ID: String(app.id),
      PLIMSOLL_GITHUB_PRIVATE_KEY_FILE: this.key,
      PLIMSOLL_GITHUB_WEBHOOK_SECRETS: app.secret,
      PLIMSOLL_LOG: "info",
      ...settings,
    };
    atEnd(() => this.kill());
  }

  /** Nothing of the caller's environment reaches the binary but what it needs to run. */
  environment(extra = {}) {
    const merged = { PATH: process.env.PATH, HOME: this.dir, ...this.settings, ...extra };
    return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
  }

  async start() {
    this.port ??= await freePort();
    this.settings.PLIMSOLL_LISTEN = `127.0.0.1:${this.port}`;
    const log = fs.openSync(this.log, "a");
    const child = spawn(BINARY, ["serve"], { cwd: this.dir, env: this.environment(), stdio: ["ignore", log, log] });
    fs.closeSync(log);
    this.child = child;
    child.ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
      child.once("error", (error) => resolve({ code: null, signal: null, error }));
    });
    let ended = null;
    child.ended.then((how) => { ended = how; });
    await until("the service is ready", 20, async () => {
      if (ended) return true;
      return (await fetch(`${this.url}/readyz`)).ok;
    }, 20);
    if (ended) throw new Error(`\`plimsoll serve\` ended at once (${JSON.stringify(ended)}): ${this.tail()}`);
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get webhook() {
    return `${this.url}/webhooks/github`;
  }

  /** Sends a signal and says how the process ended. */
  async stop(signal = "SIGTERM", seconds = 30) {
    if (!this.child) return null;
    this.child.kill(signal);
    const patience = setTimeout(() => this.child?.kill("SIGKILL"), seconds * 1000);
    const how = await this.child.ended;
    clearTimeout(patience);
    this.child = null;
    return how;
  }

  kill() {
    return this.stop("SIGKILL");
  }

  /** The last lines of its log, for a failure's text. */
  tail(lines = 12) {
    return fs.existsSync(this.log) ? `\n    ${fs.readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-lines).join("\n    ")}` : "(no log)";
  }

  /** Runs a subcommand to its end on the same settings. */
  async command(args, { env = {}, timeout = 30_000 } = {}) {
    try {
      const { stdout, stderr } = await promisify(execFile)(BINARY, args, {
        cwd: this.dir, env: this.environment(env), timeout, maxBuffer: 1 << 29,
      });
      return { code: 0, stdout, stderr };
    } catch (error) {
      return { code: error.code ?? error.signal, stdout: error.stdout ?? "", stderr: error.stderr ?? String(error) };
    }
  }

  /** `plimsoll deliveries | work | records --format json`: everything, as an array. */
  async list(what) {
    const { code, stdout, stderr } = await this.command([what, "--format", "json", "--limit", "1000000"]);
    if (code !== 0) throw new Error(`\`plimsoll ${what} --format json --limit 1000000\` ended with ${code}: ${stderr.slice(0, 500)}`);
    return JSON.parse(stdout);
  }
}
