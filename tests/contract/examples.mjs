#!/usr/bin/env node
// The intake, judged from outside: all official example payloads, and every refusal that the contract names.
import crypto from "node:crypto";
import http from "node:http";
import path from "node:path";
import { Check, eachOf, run, temporaryDirectory, until } from "./lib/check.mjs";
import { deliver, EXAMPLES, sign } from "./lib/github.mjs";
import { makeApp, Service } from "./lib/plimsoll.mjs";
import { Stub } from "./lib/stub.mjs";

const MIB = 1 << 20;
const LIMIT = 25 * MIB;
const CANARY = "canary-in-the-payload";

/** What an example must make dirty; null where the contract leaves it open. */
function expectedSubjects(event, { issue, repository }) {
  if (!["issues", "issue_comment"].includes(event) || issue.pull_request) return null;
  return [`github:item:${repository.id}/${issue.number}`];
}

async function sendExamples(check, service, app) {
  const sent = EXAMPLES.flatMap(({ name, examples }) => examples.map((payload) => ({ event: name, payload, delivery: crypto.randomUUID() })));
  const codes = new Map();
  await eachOf(sent, 16, async ({ event, payload, delivery }) => {
    const { status } = await deliver(service.webhook, app.secret, event, payload, { delivery });
    const expected = event === "ping" ? 200 : 202;
    codes.set(status, (codes.get(status) ?? 0) + 1);
    check.that(status === expected, "a ping is answered 200 and every other example 202", `${event}.${payload.action ?? ""} was answered ${status}`);
  });
  check.say(`${sent.length} examples of ${EXAMPLES.length} events sent; answers: ${[...codes].map(([code, n]) => `${code} ×${n}`).join(", ")}`);
  check.equal(sent.length, 329, "all official examples were sent");

  const inbox = new Map((await service.list("deliveries")).map((row) => [row.delivery, row]));
  let items = 0;
  for (const { event, payload, delivery } of sent) {
    const row = inbox.get(delivery);
    const called = `${event}.${payload.action ?? ""} ${delivery}`;
    if (event === "ping" && !row) continue;
    if (!check.that(row, "every acknowledged example is in the inbox", called)) continue;
    check.that(row.tracker === "github" && row.event === event && (row.action ?? null) === (payload.action ?? null), "the inbox names tracker, event and action", `${called}: ${JSON.stringify(row)}`);
    check.that(Array.isArray(row.subjects) && (row.ignored === null) === row.subjects.length > 0, "a delivery either makes subjects dirty or says why it was ignored", `${called}: ${JSON.stringify(row)}`);
    const expected = expectedSubjects(event, payload);
    if (!expected) continue;
    items += 1;
    check.equal(JSON.stringify(row.subjects), JSON.stringify(expected), `an ${event} example on an issue makes exactly its subject dirty`);
  }
  check.say(`${inbox.size} deliveries in the inbox, ${items} of them on an issue`);
  return sent;
}

async function sendDuplicates(check, service, app, sent) {
  const before = (await service.list("deliveries")).length;
  await eachOf(sent.slice(0, 60), 16, async ({ event, payload, delivery }) => {
    const { status } = await deliver(service.webhook, app.secret, event, payload, { delivery });
    check.that(status === 202 || status === 200, "a delivery seen before is acknowledged again", `answered ${status}`);
  });
  check.equal((await service.list("deliveries")).length, before, "deliveries seen before do not change the inbox");

  const { payload } = sent.find(({ event, payload }) => event === "issues" && payload.action === "opened");
  const delivery = crypto.randomUUID();
  await eachOf(Array.from({ length: 32 }), 32, () => deliver(service.webhook, app.secret, "issues", payload, { delivery }));
  const rows = (await service.list("deliveries")).filter((row) => row.delivery === delivery);
  check.equal(rows.length, 1, "one delivery that arrives 32 times at once is one row");
}

async function refusals(check, service, app, rotated) {
  const payload = { zen: CANARY, hook_id: 1 };
  const body = JSON.stringify(payload);
  const refused = async (claim, expected, options = {}, raw = body) => {
    const { status, type, text } = await deliver(service.webhook, app.secret, "issues", raw, options);
    check.equal(status, expected, claim);
    check.that(type.startsWith("application/problem+json"), "a refusal is a problem body (RFC 9457)", `${claim}: content type ${type}`);
    check.that(!text.includes(CANARY), "a refusal never echoes the payload", claim);
    check.that(text.length < 2000, "a refusal is small", claim);
  };
  const without = (name) => ({ headers: { [name]: undefined } });
  const wrong = sign("not the secret", body);

  await refused("without a signature: 401", 401, without("x-hub-signature-256"));
  await refused("with another secret's signature: 401", 401, { headers: { "x-hub-signature-256": wrong } });
  await refused("with a signature of another body: 401", 401, { headers: { "x-hub-signature-256": sign(app.secret, `${body} `) } });
  await refused("with an empty signature: 401", 401, { headers: { "x-hub-signature-256": "sha256=" } });
  await refused("with a signature that is no hexadecimal: 401", 401, { headers: { "x-hub-signature-256": "sha256=zz" } });
  await refused("with the old SHA-1 header alone: 401", 401, { headers: { "x-hub-signature-256": undefined, "x-hub-signature": `sha1=${crypto.createHmac("sha1", app.secret).update(body).digest("hex")}` } });
  await refused("the signature comes before the content type: 401", 401, { headers: { "x-hub-signature-256": wrong, "content-type": "text/plain" } });
  await refused("plain text: 415", 415, { headers: { "content-type": "text/plain" } });
  await refused("a form without a payload: 400", 400, { headers: { "content-type": "application/x-www-form-urlencoded" } });
  await refused("no content type: 415", 415, { headers: { "content-type": "" } });
  await refused("without the event's name: 400", 400, without("x-github-event"));
  await refused("without the delivery's id: 400", 400, without("x-github-delivery"));
  await refused("not JSON: 400", 400, {}, `{"zen":"${CANARY}"`);
  await refused("an empty body: 400", 400, {}, "");
  await refused("not UTF-8: 400", 400, {}, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]));

  const charset = await deliver(service.webhook, app.secret, "ping", payload, { headers: { "content-type": "application/json; charset=utf-8" } });
  check.equal(charset.status, 200, "application/json with a charset is JSON");
  const old = await deliver(service.webhook, rotated, "ping", payload);
  check.equal(old.status, 200, "a second secret is accepted as well, for rotation");
  check.that([404, 405].includes((await fetch(service.webhook)).status), "a GET on the webhook's address is refused");
  for (const page of ["/healthz", "/readyz"]) check.equal((await fetch(service.url + page)).status, 200, `${page} answers 200`);
}

/** Sends a request's head and part of its body by hand, never the end; answers the status that came all the same. */
function unfinished(service, headers, pieces) {
  return new Promise((resolve) => {
    const request = http.request(service.webhook, { method: "POST", headers });
    const done = (answer) => {
      clearTimeout(timer);
      request.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => done("no answer within 10 s"), 10_000);
    let sent = 0;
    request.on("response", (response) => done(response.statusCode));
    request.on("error", (error) => done(`connection broke without an answer (${error.code})`));
    const next = () => {
      if (sent >= pieces.length || request.destroyed) return;
      request.write(pieces[sent++], () => setImmediate(next));
    };
    request.flushHeaders();
    next();
  });
}

async function sizes(check, service, app) {
  const head = { "content-type": "application/json", "x-github-event": "ping", "x-github-delivery": crypto.randomUUID(), "x-hub-signature-256": sign(app.secret, "") };
  const piece = Buffer.alloc(MIB, 0x20);
  check.equal(await unfinished(service, { ...head, "content-length": String(26 * MIB) }, [piece.subarray(0, 1024)]), 413, "26 MiB announced: 413 before the body was sent");
  check.equal(await unfinished(service, { ...head, "transfer-encoding": "chunked" }, Array(27).fill(piece)), 413, "over 25 MiB in chunks without a length: 413 before the end was sent");
  const padded = (length) => Buffer.concat([Buffer.from('{"zen":"z"}'), Buffer.alloc(length - 11, 0x20)]);
  check.equal((await deliver(service.webhook, app.secret, "ping", padded(LIMIT))).status, 200, "exactly 25 MiB is accepted");
  const over = await deliver(service.webhook, app.secret, "ping", padded(LIMIT + 1)).then(({ status }) => status, (error) => String(error.cause ?? error));
  // Whoever answers early closes early: a client that still sends may see the connection break instead of the answer.
  check.that(over === 413 || /ECONNRESET|EPIPE|other side closed/.test(over), "one byte more is not", `found ${over}`);
  check.equal((await fetch(`${service.url}/healthz`)).status, 200, "the service lives on");
}

async function operation(check, service, app, dir) {
  const second = await service.command(["serve"], { env: { PLIMSOLL_LISTEN: "127.0.0.1:0" }, timeout: 10_000 });
  check.that(second.code !== 0 && Number.isInteger(second.code), "a second serve on the same file is refused", `it ended with ${second.code}`);
  check.that(/plimsoll\.db|database|another|already/i.test(second.stderr), "and says why", second.stderr.slice(0, 300));
  check.equal((await fetch(`${service.url}/readyz`)).status, 200, "the first one is not disturbed");

  const how = await service.stop("SIGTERM", 20);
  check.that(how.code === 0, "SIGTERM ends it with 0", `${JSON.stringify(how)} ${service.tail()}`);

  const bare = path.join(dir, "other.db");
  const silent = await service.command(["serve"], { env: { PLIMSOLL_GITHUB_WEBHOOK_SECRETS: undefined, PLIMSOLL_DATABASE_URL: `sqlite://${bare}` }, timeout: 10_000 });
  check.that(Number.isInteger(silent.code) && silent.code !== 0, "serve refuses to start without a webhook secret", `it ended with ${silent.code}`);
  check.that(silent.stderr.includes("PLIMSOLL_GITHUB_WEBHOOK_SECRETS"), "and names the variable", silent.stderr.slice(0, 300));
}

await run(new Check("examples"), async (check) => {
  const dir = temporaryDirectory("examples");
  const app = makeApp();
  const rotated = crypto.randomBytes(16).toString("hex");
  const stub = await new Stub(app).start();
  const service = new Service({ dir, app, apiUrl: stub.url, settings: { PLIMSOLL_GITHUB_WEBHOOK_SECRETS: `${app.secret},${rotated}` } });
  await service.start();
  const sent = await sendExamples(check, service, app);
  await sendDuplicates(check, service, app, sent);
  await refusals(check, service, app, rotated);
  await sizes(check, service, app);
  const kept = (await service.list("deliveries")).length;
  await operation(check, service, app, dir);
  await service.start();
  await until("the inbox is readable after a restart", 5, async () => (await service.list("deliveries")).length === kept).then(
    () => check.that(true, "a restart loses nothing"),
    async () => check.equal((await service.list("deliveries")).length, kept, "a restart loses nothing"),
  );
  const log = service.tail(100_000);
  check.that(!log.includes(app.secret) && !log.includes(rotated) && !log.includes("PRIVATE KEY"), "no secret reaches the log");
  check.that(!/panicked/.test(log), "nothing panicked", log.split("\n").find((line) => line.includes("panicked")) ?? "");
});
