// Counts what holds and what does not, and leaves nothing behind: every check script starts and ends through here.
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const SHOWN_FAILURES = 40;
const cleanups = [];
let cleaning = null;

/** Runs at the end, last registered first, whatever happens. */
export function atEnd(action) {
  cleanups.push(action);
}

function cleanUp() {
  cleaning ??= (async () => {
    for (const action of cleanups.reverse()) await Promise.resolve().then(action).catch((e) => console.error("while cleaning up:", e));
  })();
  return cleaning;
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
  process.on(signal, () => cleanUp().then(() => process.exit(code)));
}

/** One list of claims about the running binary, with a closing line. */
export class Check {
  constructor(name) {
    this.name = name;
    this.passed = 0;
    this.failed = 0;
    this.seen = new Map();
  }

  /** Notes whether a claim holds; `detail` says what was found instead. Repeated failures of one claim are counted, shown thrice. */
  that(holds, claim, detail = "") {
    if (holds) {
      this.passed += 1;
      return true;
    }
    this.failed += 1;
    const times = (this.seen.get(claim) ?? 0) + 1;
    this.seen.set(claim, times);
    if (times <= 3 && this.failed <= SHOWN_FAILURES) console.log(`  FAILED ${this.name}: ${claim}${detail === "" ? "" : ` — ${detail}`}`);
    return false;
  }

  equal(found, expected, claim) {
    return this.that(found === expected, claim, `expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  }

  say(text) {
    console.log(`  ${text}`);
  }

  close() {
    for (const [claim, times] of this.seen) if (times > 3) console.log(`  FAILED ${this.name}: ${claim} — ${times} times in all`);
    console.log(`${this.name}: ${this.passed} passed, ${this.failed} failed`);
  }
}

/** Runs a script's checks to their closing lines and sets the exit code. A thrown error is a failure of the first check. */
export async function run(checks, body) {
  const all = [checks].flat();
  try {
    await body(...all);
  } catch (error) {
    all[0].that(false, "the check ran to its end", error?.stack ?? String(error));
  }
  await cleanUp();
  for (const check of all) {
    if (check.passed + check.failed === 0) check.that(false, "something was checked");
    check.close();
  }
  process.exit(all.some((check) => check.failed > 0) ? 1 : 0);
}

/** A new directory that goes away at the end; kept, and named, with KEEP=1. */
export function temporaryDirectory(name) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `plimsoll-${name}-`));
  atEnd(() => {
    if (process.env.KEEP === "1") console.log(`  kept: ${dir}`);
    else fs.rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

/** A port of the loopback interface that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls until `probe` answers something truthy; throws with `what` after `seconds`. */
export async function until(what, seconds, probe, every = 100) {
  const end = performance.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}${last ? ` (${last.message})` : ""}`);
    await sleep(every);
  }
}

/** Runs `task` over `items`, so many at a time. */
export async function eachOf(items, concurrency, task) {
  let next = 0;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (next < items.length) await task(items[next], next++);
  }));
}
