#!/usr/bin/env node
// The whole path on an independent GitHub: an issue opened there comes back labelled; every request of the bot on the way
// is held against GitHub's official OpenAPI. Two closing lines: emulator, openapi.
import { Check, run, sleep, temporaryDirectory, until } from "./lib/check.mjs";
import { Emulator, Relay } from "./lib/emulator.mjs";
import { CheckedApi, makeSpec } from "./lib/openapi.mjs";
import { makeApp, Service } from "./lib/plimsoll.mjs";

const PATIENCE = 45; // seconds; writes are paced about one a second
const POLICY = `version: 1
categories:
  infrastructure: { label: infra, aliases: [ops] }
`;
const BROKEN = `version: 1
categories:
  infrastructure: { label: [
`;

/** Plain cases: whoever reads them would say the same. */
const ISSUES = [
  { by: "grace", label: "infra", title: "[infra] Move the Kubernetes cluster to Terraform", body: "The cluster and its load balancers are set up by hand. Describe them in Terraform so that a deployment can be repeated." },
  { by: "grace", label: "performance", title: "perf: the order list takes 12 seconds to load", body: "Profiling shows slow queries and high CPU usage. Cache the totals to reduce latency and memory usage." },
  { by: "ada", label: "refactoring", title: "refactor: split the invoice service into modules", body: "Refactoring only: extract the tax rules into their own module and rename the classes. No change of behaviour." },
  { by: "ada", label: "tech-debt", title: "[tech debt] Remove the workaround in the session handling", body: "Technical debt: the hack that we added for the launch is still there, with dead code and duplicated code around it. Clean up the TODOs." },
  { by: "grace", label: "security", title: "security: SQL injection in the search form (CVE-2024-12345)", body: "The search term reaches the query unescaped: an SQL injection vulnerability. An attacker can read any table." },
  { by: "ada", label: "documentation", title: "docs: explain how to install the shop behind a proxy", body: "The documentation does not say how to do it. Add a page to the README and an example." },
];
const VAGUE = { by: "grace", title: "Hm", body: "Something about Tuesday." };

/** What people do in the repository, and what must come of it. */
async function story(check, { github, relay, service, api }) {
  const worked = () => until("the work is worked off", PATIENCE, async () => relay.pending === 0 && (await service.list("work")).length === 0, 200);
  /** Waits until everything that happened so far was delivered and worked off. */
  const quiet = async () => {
    await sleep(300);
    await worked();
  };
  const comesBack = async (number, label, claim, seconds = PATIENCE) => {
    const found = await until(claim, seconds, async () => {
      const labels = await github.labelsOf(number);
      return labels.includes(label) ? labels : null;
    }, 200).catch(() => null);
    check.that(found, claim, found ? "" : `#${number} has [${await github.labelsOf(number)}], expected ${label} ${service.tail()}`);
  };

  await github.as("ada", "POST", "/repos/ada/shop/labels", { name: "tech-debt", color: "8b5a2b" });
  const early = await github.openIssue("grace", ISSUES[0].title, ISSUES[0].body);
  await quiet();
  check.equal(String(await github.labelsOf(early.number)), "", "without a policy file the bot writes nothing");

  await github.putPolicy(POLICY);
  await quiet();
  await sleep(1100); // times have whole seconds: what follows is newer than the policy
  const start = performance.now();
  for (const issue of ISSUES) issue.number = (await github.openIssue(issue.by, issue.title, issue.body)).number;
  const vague = await github.openIssue(VAGUE.by, VAGUE.title, VAGUE.body);
  for (const { number, label } of ISSUES) await comesBack(number, label, `an issue opened comes back labelled ${label}`, Math.max(1, PATIENCE - (performance.now() - start) / 1000));
  check.say(`${ISSUES.length} issues labelled after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  await quiet();
  for (const { number, label } of ISSUES) check.equal(String(await github.labelsOf(number)), label, "it has that label and no other");
  check.equal(String(await github.labelsOf(vague.number)), "", "an issue that says nothing gets no label");

  // People win: a label taken away stays away, also after the item was edited.
  const [infra, performance_] = ISSUES;
  await github.as("ada", "DELETE", `/repos/ada/shop/issues/${infra.number}/labels/${infra.label}`);
  await quiet();
  await github.as("grace", "PATCH", `/repos/ada/shop/issues/${infra.number}`, { title: `${infra.title}, soon` });
  await quiet();
  check.equal(String(await github.labelsOf(infra.number)), "", "a label that a person took away stays away");

  // A person's own category replaces the bot's.
  await github.as("ada", "POST", `/repos/ada/shop/issues/${performance_.number}/labels`, { labels: ["ops"] });
  await quiet();
  check.equal(String(await github.labelsOf(performance_.number)), "ops", "a person's label (an alias too) replaces the bot's");

  // A command in a comment: who may is obeyed, who may not is told so, and a quote says nothing.
  const commented = ISSUES[2];
  const comments = `/repos/ada/shop/issues/${commented.number}/comments`;
  await github.as("ada", "POST", comments, { body: "Found in the audit.\n\n> /bug\n\n/security\n/points 3" });
  await comesBack(commented.number, "security", "a command in a comment sets the category");
  await quiet();
  check.equal(String((await github.labelsOf(commented.number)).sort()), "points/3,security", "the command's labels and no other");
  check.equal(String(api.reactions), "eyes,+1", "the command is acknowledged");
  await github.as("grace", "POST", comments, { body: "/bug" });
  await quiet();
  check.equal(String((await github.labelsOf(commented.number)).sort()), "points/3,security", "who may not changes nothing");
  const answers = (await github.as("ada", "GET", comments)).filter(({ user }) => user.login.endsWith("[bot]"));
  check.that(answers.length === 1 && answers[0].body.includes("`/bug` is for people who may edit items"), "and is told so once", JSON.stringify(answers.map(({ body }) => body)));

  // A broken later policy: the last good one stays, and the error is shown on the commit.
  await github.putPolicy(BROKEN);
  await quiet();
  const shown = api.statuses.at(-1);
  check.that(shown && ["failure", "error"].includes(shown.state), "a broken policy is shown on its commit", JSON.stringify(api.statuses));
  check.that(/\d/.test(shown?.description ?? ""), "with the line", JSON.stringify(shown));
  const late = await github.openIssue("ada", ISSUES[0].title, ISSUES[0].body);
  await comesBack(late.number, "infra", "with a broken policy the last good one stays in force");
  await github.putPolicy(POLICY);
  await quiet();
  const mended = api.statuses.at(-1);
  check.that(mended?.state === "success", "a mended policy is shown as well", JSON.stringify(api.statuses));

  // Deliveries again, and all of it from the beginning: nothing more happens.
  await service.stop("SIGTERM");
  await service.start();
  await quiet();
  const numbers = [early, ...ISSUES, vague, late].map(({ number }) => number);
  for (const number of numbers) {
    const history = await github.historyOf(number);
    const own = history.filter((line) => line.startsWith("labeled ") && line.endsWith("[bot]"));
    check.that(new Set(own).size === own.length, "nothing is labelled twice", `#${number}: ${history.join("; ")}`);
  }
  check.equal(JSON.stringify(relay.refused), "[]", "no webhook was refused");
  check.equal(relay.forged, 0, "every webhook carried the emulator's signature");
  const inbox = new Set((await service.list("deliveries")).map((row) => row.delivery));
  check.that(relay.forwarded.every(({ delivery }) => inbox.has(delivery)), "every webhook is in the inbox");
  check.that((await service.list("records")).length >= ISSUES.length, "what was done is recorded");
  check.say(`${relay.forwarded.length} webhooks forwarded, ${inbox.size} in the inbox`);
  const how = await service.stop("SIGTERM");
  check.that(how.code === 0, "SIGTERM ends it with 0", JSON.stringify(how));
  check.that(!/panicked/.test(service.tail(100_000)), "nothing panicked");
}

await run([new Check("emulator"), new Check("openapi")], async (check, openapi) => {
  const dir = temporaryDirectory("emulator");
  const app = makeApp();
  const relay = await new Relay(app).start();
  const github = await new Emulator({ dir, app, relay }).start();
  const { spec, unvalidated } = makeSpec(dir);
  openapi.that(unvalidated.length === 2 && unvalidated.every((n) => n === 0), "the description has no operation that Prism lets pass unseen", JSON.stringify(unvalidated));
  const api = await new CheckedApi({ dir, spec, upstream: github.url }).start();
  const [wrong, unknown] = await api.bites();
  openapi.that(wrong.some((message) => message.includes("title")), "Prism refuses an issue without a title", JSON.stringify(wrong));
  openapi.that(unknown.length > 0, "Prism says that it does not know an operation", JSON.stringify(unknown));

  const service = await new Service({ dir, app, apiUrl: api.url }).start();
  relay.target = service.webhook;
  try {
    await story(check, { github, relay, service, api });
  } finally {
    api.judge(openapi);
  }
});
