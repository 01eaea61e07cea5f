// Runs the peer without Octokit's own pace of one write a second and without retries, as Plimsoll runs without its own.
// It must be the function form of .defaults(): Probot passes its own `throttle` object as an instance option, which replaces
// an object-form default (then `enabled: false` is silently lost).
import { run, ProbotOctokit } from "probot";
import app from "./app.js";
if (!process.env.GHE_HOST) {
  console.error("GHE_HOST unset: refusing to start (Probot would call the public API)");
  process.exit(2);
}
const Octokit = ProbotOctokit.defaults((options) => ({
  ...options,
  throttle: { ...options.throttle, enabled: false },
  retry: { enabled: false },
}));
run(app, { Octokit });
