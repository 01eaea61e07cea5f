// An independent GitHub (npm `emulate`) and the relay that its webhooks need.
//
// Known limits of emulate 0.12.2 that are made up for here and in openapi.mjs: delivery ids are milliseconds and collide
// (the relay replaces them by GUIDs); no statuses, no reactions, no `/installation/repositories`.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { atEnd, freePort } from "./check.mjs";
import { deliver, sign } from "./github.mjs";
import { background, packageFile } from "./process.mjs";

/** Receives the emulator's webhooks and forwards them as GitHub would: a GUID each, signed, some of them twice. */
export class Relay {
  constructor(app) {
    this.app = app;
    this.emulatorSecret = crypto.randomBytes(16).toString("hex");
    this.target = null;
    this.forwarded = [];
    this.refused = [];
    this.forged = 0;
    this.pending = 0;
  }

  async start() {
    const server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      response.writeHead(202).end();
      const body = Buffer.concat(chunks);
      if (request.headers["x-hub-signature-256"] !== sign(this.emulatorSecret, body)) this.forged += 1;
      else if (this.target) await this.#forward(request.headers["x-github-event"], body);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    atEnd(() => { server.closeAllConnections(); server.close(); });
    this.url = `http://127.0.0.1:${server.address().port}/`;
    return this;
  }

  async #forward(event, body) {
    this.pending += 1;
    const delivery = crypto.randomUUID();
    // Duplicates are normal: every third delivery comes twice, under one id.
    const times = this.forwarded.length % 3 === 0 ? 2 : 1;
    this.forwarded.push({ event, delivery, action: JSON.parse(body).action ?? null });
    for (let n = 0; n < times; n++) {
      const { status } = await deliver(this.target, this.app.secret, event, body, { delivery }).catch((error) => ({ status: String(error.cause ?? error) }));
      if (status !== 202) this.refused.push(`${event}: ${status}`);
    }
    this.pending -= 1;
  }
}

/** The emulator with one App, one repository `ada/shop`, and two people. */
export class Emulator {
  constructor({ dir, app, relay }) {
    Object.assign(this, { dir, app, relay });
    this.tokens = { ada: "token-of-ada", grace: "token-of-grace" };
    this.repository = "ada/shop";
    this.installation = 4242;
  }

  async start() {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const permissions = { issues: "write", metadata: "read", contents: "read", statuses: "write" };
    const events = ["issues", "issue_comment", "label", "milestone", "push", "repository"];
    const seed = {
      tokens: Object.fromEntries(Object.entries(this.tokens).map(([login, token]) => [token, { login, scopes: ["repo"] }])),
      github: {
        users: [{ login: "ada", name: "Ada" }, { login: "grace", name: "Grace" }],
        repos: [{ owner: "ada", name: "shop", description: "A shop", auto_init: true }],
        apps: [{
          app_id: this.app.id, slug: this.app.slug, name: "Plimsoll", private_key: this.app.privateKey, permissions, events,
          webhook_url: this.relay.url, webhook_secret: this.relay.emulatorSecret,
          installations: [{ installation_id: this.installation, account: "ada", repository_selection: "all", permissions, events }],
        }],
      },
    };
    const file = path.join(this.dir, "seed.json");
    fs.writeFileSync(file, JSON.stringify(seed), { mode: 0o600 });
    await background(packageFile("emulate", "dist/index.js"), ["start", "--service", "github", "--port", String(port), "--seed", file, "--base-url", this.url], {
      log: path.join(this.dir, "emulate.log"), cwd: this.dir, probe: `${this.url}/rate_limit`,
    });
    return this;
  }

  /** A person's request; answers the body, throws on a refusal. */
  async as(login, method, address, body) {
    const answer = await fetch(`${this.url}${address}`, {
      method, headers: { authorization: `Bearer ${this.tokens[login]}`, accept: "application/vnd.github+json", "content-type": "application/json" }, body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the emulator refused ${method} ${address} of ${login}: ${answer.status} ${text.slice(0, 300)}`);
    return text === "" ? null : JSON.parse(text);
  }

  /** Merges a policy file to the default branch. */
  async putPolicy(text) {
    const address = `/repos/${this.repository}/contents/.github/plimsoll.yml`;
    const found = await fetch(this.url + address, { headers: { authorization: `Bearer ${this.tokens.ada}` } });
    const sha = found.ok ? (await found.json()).sha : undefined;
    await this.as("ada", "PUT", address, { message: "Plimsoll's policy", content: Buffer.from(text).toString("base64"), sha });
  }

  openIssue(login, title, body) {
    return this.as(login, "POST", `/repos/${this.repository}/issues`, { title, body });
  }

  async labelsOf(number) {
    return (await this.as("ada", "GET", `/repos/${this.repository}/issues/${number}`)).labels.map(({ name }) => name);
  }

  /** What happened to an issue's labels, oldest first: `labeled infra plimsoll[bot]`. */
  async historyOf(number) {
    const events = await this.as("ada", "GET", `/repos/${this.repository}/issues/${number}/events?per_page=100`);
    return events.filter(({ event }) => /labeled$/.test(event)).map(({ event, label, actor }) => `${event} ${label?.name} ${actor?.login}`);
  }
}
