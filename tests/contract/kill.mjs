#!/usr/bin/env node
// Kill -9 under load, again and again: what was acknowledged is worked off, and nothing is written twice.
//
// KILLS, ISSUES, RATE (other deliveries a second) and SEED set the load; the seed is printed.
import crypto from "node:crypto";
import { Check, run, sleep, temporaryDirectory, until } from "./lib/check.mjs";
import { deliver, user } from "./lib/github.mjs";
import { makeApp, Service } from "./lib/plimsoll.mjs";
import { Stub } from "./lib/stub.mjs";

const KILLS = Number(process.env.KILLS ?? 20);
const ISSUES = Number(process.env.ISSUES ?? 320);
const RATE = Number(process.env.RATE ?? 250);
const SEED = Number(process.env.SEED ?? crypto.randomInt(1 << 30));
// Writes are paced per installation: many installations, so that the pace is not what is measured.
const INSTALLATIONS = 40;
const CONCURRENCY = 16;
const DRAIN_SECONDS = 75; // longer than a lease lasts

const POLICY = `version: 1
categories:
  infrastructure: { label: infra }
`;
const KINDS = [
  { label: "infra", title: (n) => `[infra] Move cluster ${n} to the new Terraform modules`, body: "The Kubernetes cluster and its load balancers are still set up by hand. Describe them in Terraform so that a deployment can be repeated." },
  { label: "performance", title: (n) => `perf: the order list takes ${n} seconds to load`, body: "Profiling shows high CPU usage and slow queries. Cache the totals and reduce latency; memory usage grows too." },
  { label: "refactoring", title: (n) => `refactor: split module ${n} of the invoice service`, body: "Refactoring only: extract the tax rules into their own module and rename the classes. No change of behaviour." },
];

/** A small generator (mulberry32), so that a run can be repeated by its seed. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Sends deliveries like GitHub with a patient operator: what was not acknowledged is sent again under the same id. */
class Sender {
  constructor(service, secret) {
    Object.assign(this, { service, secret, acknowledged: new Map(), queue: [], refused: new Map(), again: 0, open: 0, closed: false, latencies: [] });
    this.lanes = Array.from({ length: CONCURRENCY }, () => this.#lane());
  }

  push(event, payload, { once = false, first = false } = {}) {
    const item = { event, body: JSON.stringify(payload), delivery: crypto.randomUUID(), once };
    if (first) this.queue.unshift(item);
    else this.queue.push(item);
  }

  async #lane() {
    while (!this.closed) {
      const item = this.queue.shift();
      if (!item) {
        await sleep(3);
        continue;
      }
      this.open += 1;
      const start = performance.now();
      try {
        const { status } = await deliver(this.service.webhook, this.secret, item.event, item.body, { delivery: item.delivery, signal: AbortSignal.timeout(10_000) });
        if (status === 202) {
          this.acknowledged.set(item.delivery, item.event);
          this.latencies.push(performance.now() - start);
        } else {
          this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
        }
      } catch {
        if (!item.once) {
          this.again += 1;
          this.queue.push(item);
          await sleep(15);
        }
      }
      this.open -= 1;
    }
  }

  async idle(seconds) {
    await until("every delivery is acknowledged", seconds, () => this.queue.length === 0 && this.open === 0);
  }
}

/** Makes the load until told to stop: new issues in steps, everything else as noise about them. */
function load(stub, sender, repositories, random) {
  const people = ["ada", "grace", "edsger"].map((login, i) => user(login, 5000 + i));
  const one = (list) => list[Math.floor(random() * list.length)];
  const rows = [];
  const removed = [];
  let running = true;

  const open = () => {
    const state = repositories[rows.length % repositories.length];
    const kind = KINDS[Math.floor(rows.length / repositories.length) % KINDS.length];
    const row = stub.openIssue(state, { title: kind.title(rows.length + 1), body: kind.body, author: one(people) });
    row.expected = kind.label;
    rows.push(row);
    sender.push("issues", { action: "opened", ...stub.payload(row, row.shown.user) });
  };
  const noise = () => {
    if (rows.length === 0) return;
    const row = one(rows);
    const sender_ = one(people);
    const dice = random();
    if (dice < 0.4) sender.push("issues", { action: "assigned", ...stub.payload(row, sender_), assignee: sender_ });
    else if (dice < 0.6) sender.push("issue_comment", { action: "created", ...stub.payload(row, sender_), comment: { id: stub.nextId++, body: "I have seen this too.", user: sender_, created_at: new Date().toISOString() } });
    else if (dice < 0.8) sender.push("issues", { action: "edited", ...stub.payload(row, sender_), changes: { body: { from: "" } } });
    else sender.push("star", { action: "created", repository: row.state.repo, sender: sender_, starred_at: new Date().toISOString() });
  };
  /** A person disagrees with a label that has been there for a while. */
  const disagree = () => {
    const row = rows.find((row) => !row.vetoed && row.labelledAt && performance.now() - row.labelledAt > 2000);
    if (!row || removed.length >= ISSUES / 16) return;
    row.vetoed = true;
    removed.push(row);
    sender.push("issues", stub.removeLabel(row, row.expected, one(people)), { first: true });
  };

  const finished = (async () => {
    const start = performance.now();
    let sent = 0;
    while (running) {
      const passed = (performance.now() - start) / 1000;
      while (rows.length < ISSUES && rows.length < passed * (ISSUES / 18)) open();
      for (; sent < passed * RATE && sender.queue.length < 2000; sent++) noise();
      if (random() < 0.05) disagree();
      await sleep(10);
    }
    while (rows.length < ISSUES) open();
  })();
  return { rows, removed, stop: async () => { running = false; await finished; } };
}

async function killAgainAndAgain(check, service, random) {
  const kills = [];
  const starts = [];
  for (let n = 0; n < KILLS; n++) {
    await sleep(250 + random() * 1300);
    const how = await service.kill();
    if (how.signal !== "SIGKILL") check.that(false, "the service ran until it was killed", `${JSON.stringify(how)} ${service.tail()}`);
    kills.push(performance.now());
    const start = performance.now();
    await service.start();
    starts.push(performance.now() - start);
  }
  check.that(kills.length === KILLS, "it came back after every kill");
  check.say(`killed ${kills.length} times; ready again after ${Math.round(Math.max(...starts))} ms at the most`);
  return kills;
}

/** No label twice, but for a crash between the write and its record. */
function judgeWrites(check, stub, kills, rows) {
  const first = new Map();
  let repeats = 0;
  let idle = 0;
  const vetoed = new Set(rows.filter((row) => row.vetoed).map((row) => `${row.state.repo.id}/${row.shown.number}`));
  for (const write of stub.writes) {
    // Known race: a crash falls between a label and its record, and a person takes the label away before the work is
    // taken up again. It may come back until that person's event arrives; then the bot must take it away itself.
    if (write.what === "remove_label") check.that(vetoed.has(write.issue), "the bot takes no label away that nobody objected to", JSON.stringify(write));
    if (write.what !== "add_label") continue;
    const key = `${write.issue} ${write.label}`;
    const before = first.get(key);
    first.set(key, write.at);
    if (before === undefined) continue;
    repeats += 1;
    if (!kills.some((at) => at > before && at < write.at)) idle += 1;
  }
  check.equal(idle, 0, "a label is put again only where a crash fell between");
  check.say(`${stub.writes.filter(({ what }) => what === "add_label").length} label writes, ${repeats} of them repeated after a crash; ${stub.writes.filter(({ what }) => what === "create_label").length} labels created`);

  let comments = 0;
  for (const row of rows) {
    const bodies = row.comments.map(({ body }) => /<!--.*?-->/s.exec(body)?.[0] ?? body);
    comments += bodies.length;
    check.that(new Set(bodies).size === bodies.length, "no comment is written twice", `${row.shown.html_url}: ${bodies.length} comments`);
  }
  check.say(`${comments} comments`);
}

await run(new Check("kill"), async (check) => {
  const started = performance.now();
  const random = generator(SEED);
  const dir = temporaryDirectory("kill");
  const app = makeApp();
  const stub = await new Stub(app, { writeDelay: () => 5 + Math.random() * 30 }).start();
  const repositories = Array.from({ length: INSTALLATIONS }, (_, i) => stub.install(2001 + i, `team-${i}`, "shop", 50_001 + i, POLICY));
  const service = new Service({ dir, app, apiUrl: stub.url });
  await service.start();
  check.say(`seed ${SEED}: ${ISSUES} issues of ${INSTALLATIONS} installations, ${RATE} other deliveries/s, ${CONCURRENCY} at a time`);

  const sender = new Sender(service, app.secret);
  // The bot's own events come back once, as GitHub sends them: nobody repeats them.
  stub.onEvent = (event, payload) => {
    if (payload.action === "labeled") {
      const row = stub.repositories.get(payload.repository.full_name.toLowerCase()).issues.get(payload.issue.number);
      row.labelledAt ??= performance.now();
    }
    sender.push(event, payload, { once: true });
  };
  const installed = (state) => ({ ref: "refs/heads/main", before: "1".repeat(40), after: "2".repeat(40), commits: [{ id: "2".repeat(40), added: [".github/plimsoll.yml"], removed: [], modified: [] }], head_commit: { id: "2".repeat(40), added: [".github/plimsoll.yml"], removed: [], modified: [] }, repository: state.repo, organization: state.repo.owner, sender: state.repo.owner, installation: { id: state.installationId } });
  for (const state of repositories) sender.push("push", installed(state));
  await sender.idle(10);
  await until("the policies are read", 20, async () => (await service.list("work")).length === 0, 200);
  await sleep(1100); // GitHub's times have whole seconds: the issues are newer than the policy

  const { rows, removed, stop } = load(stub, sender, repositories, random);
  const kills = await killAgainAndAgain(check, service, random);
  await stop();
  await sender.idle(30);
  const drained = performance.now();
  const wanted = (row) => (row.vetoed ? !row.labels.has(row.expected) : row.labels.has(row.expected));
  const quiet = async () => sender.queue.length + sender.open === 0 && (await service.list("work")).length === 0;
  await until("all work is worked off", DRAIN_SECONDS, async () => rows.every(wanted) && (await quiet()), 500).then(
    () => check.that(true, "all work is worked off"),
    async () => {
      const left = await service.list("work");
      check.equal(left.length, 0, "all work is worked off");
      if (left.length) check.say(`left: ${left.slice(0, 5).map((row) => JSON.stringify(row)).join("\n        ")} ${service.tail()}`);
    },
  );
  check.say(`worked off ${((performance.now() - drained) / 1000).toFixed(1)} s after the last delivery`);

  for (const row of rows) {
    const found = `${row.state.repo.full_name}#${row.shown.number} “${row.shown.title}” has [${[...row.labels]}]`;
    if (row.vetoed) check.that(!row.labels.has(row.expected), "a label that a person took away stays away", found);
    else check.that(row.labels.size === 1 && row.labels.has(row.expected), "every opened issue has its label and no other", `${found}, expected ${row.expected}`);
  }
  check.that(removed.length > 0, "people took labels away meanwhile");
  judgeWrites(check, stub, kills, rows);

  const inbox = new Set((await service.list("deliveries")).map((row) => row.delivery));
  const lost = [...sender.acknowledged.keys()].filter((delivery) => !inbox.has(delivery));
  check.equal(lost.length, 0, "every acknowledged delivery is in the inbox");
  check.equal(JSON.stringify([...sender.refused]), "[]", "no delivery was refused while the service ran (status, times)");
  sender.latencies.sort((a, b) => a - b);
  check.say(`${sender.acknowledged.size} deliveries acknowledged (median ${sender.latencies[sender.latencies.length >> 1]?.toFixed(1)} ms), ${sender.again} sent again after a crash, ${inbox.size} in the inbox, ${removed.length} labels taken away by people`);
  const dead = (await service.list("work")).filter(({ state }) => state === "dead");
  check.equal(dead.length, 0, "nothing is dead");
  check.that(!/panicked/.test(service.tail(1_000_000)), "nothing panicked");
  const how = await service.stop("SIGTERM", 20);
  check.that(how.code === 0, "SIGTERM ends it with 0", JSON.stringify(how));
  sender.closed = true;
  if (stub.unknown.size) check.say(`asked for, but not known to the stub: ${[...stub.unknown].map(([what, n]) => `${what} ×${n}`).join(", ")}`);
  check.say(`API calls: ${[...stub.calls].map(([what, n]) => `${what} ×${n}`).sort().join(", ")}`);
  check.say(`${((performance.now() - started) / 1000).toFixed(0)} s in all`);
});
