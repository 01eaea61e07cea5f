// Every request of the bot against GitHub's official OpenAPI: bot → recorder → Prism → gap filler → upstream.
//
// Prism validates and forwards; what it finds wrong with a request it names in the header `sl-violations`, which the
// recorder reads and takes away again. An operation that the description does not have is such a violation too.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { atEnd, freePort } from "./check.mjs";
import { background, packageFile } from "./process.mjs";

const HERE = fileURLToPath(new URL("../", import.meta.url));
const HEADER_LIMIT = 4 << 20; // violations of a long answer are long
/** Real operations that the official description leaves out. They go past Prism, and are counted by name. */
const LEFT_OUT = [/^GET \/repositories\/\d+$/];

/** Makes the repaired and trimmed description, and has it checked for operations that Prism would silently let pass. */
export function makeSpec(dir) {
  const spec = path.join(dir, "github.json");
  execFileSync("python3", [path.join(HERE, "openapi/fixspec.py"), packageFile("@octokit/openapi", "generated/api.github.com.json"), spec, "trim"]);
  const modules = path.dirname(path.dirname(path.dirname(packageFile("@stoplight/prism-cli", "package.json"))));
  const report = execFileSync(process.execPath, [path.join(HERE, "openapi/blind.cjs"), spec], { cwd: path.dirname(modules), encoding: "utf8" });
  return { spec, unvalidated: [...report.matchAll(/unvalidated (\d+)/g)].map(([, n]) => Number(n)) };
}

const read = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Sends a request on and answers `{ status, headers, body }`. */
function forward(base, { method, url, headers }, body) {
  return new Promise((resolve, reject) => {
    const target = new URL(base);
    const request = http.request({ host: target.hostname, port: target.port, method, path: url, headers: { ...headers, host: target.host }, maxHeaderSize: HEADER_LIMIT, agent: false }, async (response) => {
      resolve({ status: response.statusCode, headers: response.headers, body: await read(response) });
    });
    request.once("error", reject);
    request.end(body);
  });
}

async function serve(handler) {
  const server = http.createServer((request, response) => {
    handler(request).then(
      ({ status, headers, body }) => {
        const { connection, "transfer-encoding": _, "content-length": __, ...rest } = headers;
        response.writeHead(status, rest).end(body);
      },
      (error) => response.writeHead(502, { "content-type": "application/json" }).end(JSON.stringify({ message: String(error) })),
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => { server.closeAllConnections(); server.close(); });
  return `http://127.0.0.1:${server.address().port}`;
}

/** The form of a path, as an operation's name. */
const shape = (method, url) => `${method} ${url.split("?")[0]
  .replace(/^\/repos\/[^/]+\/[^/]+/, "/repos/{owner}/{repo}")
  .replace(/\/labels\/[^/]+$/, "/labels/{name}")
  .replace(/\/collaborators\/[^/]+/, "/collaborators/{username}")
  .replace(/\/(statuses|commits)\/[^/]+/, "/$1/{sha}")
  .replace(/\/\d+(?=\/|$)/g, "/{number}")}`;

export class CheckedApi {
  constructor({ dir, spec, upstream }) {
    Object.assign(this, { dir, spec, upstream });
    /** `operation` → { checked, leftOut, violations } */
    this.operations = new Map();
    /** Answers of the gap filler: what the bot wrote where the upstream has nothing. */
    this.statuses = [];
    this.reactions = [];
  }

  async start() {
    const port = await freePort();
    this.gaps = await serve(async (request) => this.#fillGaps(request, await read(request)));
    this.prism = `http://127.0.0.1:${port}`;
    await background(packageFile("@stoplight/prism-cli", "dist/index.js"), ["proxy", "-h", "127.0.0.1", "-p", String(port), this.spec, this.gaps], {
      log: path.join(this.dir, "prism.log"), cwd: this.dir, probe: `${this.prism}/zen`, seconds: 120,
    });
    this.url = await serve(async (request) => this.#record(request, await read(request)));
    return this;
  }

  async #record(request, body) {
    const name = shape(request.method, request.url);
    const entry = this.operations.get(name) ?? { checked: 0, leftOut: 0, violations: [], statuses: new Map() };
    this.operations.set(name, entry);
    const leftOut = LEFT_OUT.some((known) => known.test(`${request.method} ${request.url.split("?")[0]}`));
    const answer = await forward(leftOut ? this.gaps : this.prism, request, body);
    entry.statuses.set(answer.status, (entry.statuses.get(answer.status) ?? 0) + 1);
    entry[leftOut ? "leftOut" : "checked"] += 1;
    const found = JSON.parse(answer.headers["sl-violations"] ?? "[]").filter(({ location }) => location?.[0] === "request");
    for (const { location, message } of found) entry.violations.push(`${message} (${location.join(".")}) in ${request.method} ${request.url} ${body.toString().slice(0, 200)}`);
    delete answer.headers["sl-violations"];
    for (const header of Object.keys(answer.headers)) if (header.startsWith("access-control-")) delete answer.headers[header];
    return answer;
  }

  /** Answers in GitHub's form where the emulator has nothing, else asks the emulator. */
  async #fillGaps(request, body) {
    const { method, url, headers } = request;
    const json = (status, value) => ({ status, headers: { "content-type": "application/json; charset=utf-8" }, body: JSON.stringify(value) });
    const status = /^\/repos\/([^/]+\/[^/]+)\/statuses\/([0-9a-f]+)$/.exec(url);
    if (method === "POST" && status) {
      const wanted = JSON.parse(body);
      this.statuses.push({ sha: status[2], ...wanted });
      return json(201, { id: this.statuses.length, node_id: "SC_", avatar_url: null, url, state: wanted.state, description: wanted.description ?? null, target_url: wanted.target_url ?? null, context: wanted.context ?? "default", created_at: new Date().toISOString(), updated_at: new Date().toISOString(), creator: null });
    }
    const combined = /^\/repos\/([^/]+\/[^/]+)\/commits\/([0-9a-f]+)\/status(\?|$)/.exec(url);
    if (method === "GET" && combined) {
      const statuses = this.statuses.filter(({ sha }) => sha === combined[2]);
      return json(200, { state: statuses.at(-1)?.state ?? "pending", sha: combined[2], total_count: statuses.length, statuses });
    }
    if (method === "POST" && /^\/repos\/[^/]+\/[^/]+\/issues\/(comments\/)?\d+\/reactions$/.test(url)) {
      const { content } = JSON.parse(body);
      this.reactions.push(content);
      return json(201, { id: this.reactions.length, node_id: "REA_", user: null, content, created_at: new Date().toISOString() });
    }
    if (method === "GET" && url.startsWith("/installation/repositories")) {
      const found = await forward(this.upstream, { method, url: "/repos/ada/shop", headers }, "");
      return json(200, { total_count: 1, repository_selection: "all", repositories: [JSON.parse(found.body)] });
    }
    if (method === "GET" && url.startsWith("/app/hook/deliveries")) return json(200, []);
    return forward(this.upstream, request, body);
  }

  /** Prism must bite before its silence means anything. Answers what it says of a request known to be wrong. */
  async bites() {
    const wrong = await forward(this.prism, { method: "POST", url: "/repos/ada/shop/issues", headers: { "content-type": "application/json", accept: "application/vnd.github+json", "content-length": "2" } }, "{}");
    const unknown = await forward(this.prism, { method: "GET", url: "/no/such/operation", headers: { accept: "application/vnd.github+json" } }, "");
    return [wrong, unknown].map(({ headers }) => JSON.parse(headers["sl-violations"] ?? "[]").filter(({ location }) => location?.[0] === "request").map(({ message }) => message));
  }

  judge(check) {
    let checked = 0;
    for (const [name, { checked: times, leftOut, violations, statuses }] of [...this.operations].sort()) {
      checked += times;
      check.say(`${name} ×${times + leftOut}${leftOut ? " (not in the official description)" : ""} → ${[...statuses].map(([status, n]) => `${status} ×${n}`).join(", ")}`);
      check.that(violations.length === 0, `every request of ${name} fits the official description`, `${violations.length} violations, the first: ${violations[0]}`);
    }
    check.say(`${checked} requests of ${this.operations.size} operations checked`);
    check.that(checked > 0, "requests were checked");
  }
}

/** The tail of Prism's log, for a failure's text. */
export const prismLog = (dir) => fs.readFileSync(path.join(dir, "prism.log"), "utf8").slice(-1500);
