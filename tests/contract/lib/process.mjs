// Helper processes of a check: their output goes to a file, and the whole group ends with the check.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { atEnd, until } from "./check.mjs";

/** The file of an installed package, e.g. `emulate/dist/index.js`. */
export function packageFile(name, file) {
  // Resolved by walking up, not by `exports`: packages need not export what a command line runs.
  const tried = createRequire(import.meta.url).resolve.paths(name).map((dir) => path.join(dir, name, file));
  const found = tried.find((candidate) => fs.existsSync(candidate));
  if (!found) throw new Error(`${name}/${file} is not installed: run \`tests/contract/check\`, which installs it`);
  return found;
}

/** Runs a Node script in the background until the check ends; waits until it answers at `probe`. */
export async function background(script, args, { log, probe, cwd, seconds = 60 }) {
  const out = fs.openSync(log, "a");
  const child = spawn(process.execPath, [script, ...args], { cwd, detached: true, stdio: ["ignore", out, out], env: { PATH: process.env.PATH, HOME: cwd } });
  fs.closeSync(out);
  let ended = null;
  child.once("exit", (code, signal) => { ended = { code, signal }; });
  child.once("error", (error) => { ended = error; });
  atEnd(() => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch { /* it has ended */ }
  });
  await until(`${path.basename(script)} answers`, seconds, async () => ended || (await fetch(probe).then(() => true)), 100);
  if (ended) throw new Error(`${path.basename(script)} ended at once: ${fs.readFileSync(log, "utf8").slice(-2000)}`);
}
