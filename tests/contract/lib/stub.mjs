// A stub of GitHub's API that holds state: as much as the bot asks for, strict about authentication, slow to answer a
// write so that a crash can fall between the write and its record. What it does not know is answered 404 and noted.
import crypto from "node:crypto";
import http from "node:http";
import { atEnd, sleep } from "./check.mjs";
import { issue as makeIssue, repository as makeRepository, user as makeUser } from "./github.mjs";

const seconds = (at = Date.now()) => new Date(at).toISOString().replace(/\.\d+Z$/, "Z");

export class Stub {
  constructor(app, { writeDelay = () => 0 } = {}) {
    this.app = app;
    this.writeDelay = writeDelay;
    this.bot = makeUser(`${app.slug}[bot]`, 9001, "Bot");
    this.repositories = new Map(); // by lower-case full name
    this.installations = new Map(); // by id
    this.tokens = new Map();
    this.nextId = 700_000;
    /** Every write that was carried out: `{ at, what, issue, ... }`. */
    this.writes = [];
    /** `METHOD path-shape` → how often. */
    this.calls = new Map();
    this.unknown = new Map();
    /** Called with `(event, payload)` for what the bot does, as GitHub sends it back. */
    this.onEvent = () => {};
  }

  async start() {
    this.server = http.createServer((request, response) => {
      this.#answer(request).then(
        ({ status, body, headers = {} }) => this.#send(request, response, status, body, headers),
        (error) => this.#send(request, response, 500, { message: String(error) }, {}),
      );
    });
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    atEnd(() => { this.server.closeAllConnections(); this.server.close(); });
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  // What the outside world does

  install(installationId, ownerLogin, repoName, repositoryId, policy) {
    const owner = { ...makeUser(ownerLogin, installationId + 100_000, "Organization") };
    const repo = makeRepository(owner, repoName, repositoryId);
    const state = { repo, installationId, policy, issues: new Map(), labels: new Map(), statuses: [] };
    for (const [name, color] of [["bug", "d73a4a"], ["enhancement", "a2eeef"], ["question", "d876e3"]]) this.#label(state, name, color);
    this.repositories.set(repo.full_name.toLowerCase(), state);
    this.installations.set(installationId, { owner, repositories: [state] });
    return state;
  }

  openIssue(state, { title, body, author }) {
    const number = state.issues.size + 1;
    const shown = makeIssue(state.repo, { number, id: this.nextId++, title, body, author, createdAt: seconds() });
    const row = { state, shown, labels: new Set(), comments: [], timeline: [] };
    state.issues.set(number, row);
    return row;
  }

  /** A person takes a label away; answers the payload of the event. */
  removeLabel(row, name, person) {
    const label = row.state.labels.get(name);
    row.labels.delete(name);
    this.#happened(row, "unlabeled", person, label);
    return { action: "unlabeled", label, ...this.payload(row, person) };
  }

  payload(row, sender) {
    const { repo, installationId } = row.state;
    return { issue: this.#show(row), repository: repo, organization: repo.owner, sender, installation: { id: installationId, node_id: "I_" } };
  }

  // How it answers

  #show(row) {
    return { ...row.shown, labels: [...row.labels].map((name) => row.state.labels.get(name)), comments: row.comments.length };
  }

  #label(state, name, color, description = null) {
    const label = { id: this.nextId++, node_id: "LA_", url: `${this.url}/repos/${state.repo.full_name}/labels/${encodeURIComponent(name)}`, name, color, default: false, description };
    state.labels.set(name, label);
    return label;
  }

  #happened(row, event, actor, label) {
    row.shown.updated_at = seconds();
    row.timeline.push({ id: this.nextId++, node_id: "LE_", url: "", actor, event, commit_id: null, commit_url: null, created_at: seconds(), label: { name: label.name, color: label.color }, performed_via_github_app: null });
  }

  #wrote(what, row, more = {}) {
    this.writes.push({ at: performance.now(), what, issue: row ? `${row.state.repo.id}/${row.shown.number}` : null, ...more });
  }

  #send(request, response, status, body, headers) {
    if (status === 204 || status === 304) return response.writeHead(status, headers).end();
    const text = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const etag = `"${crypto.createHash("sha1").update(text).digest("hex")}"`;
    const all = {
      "content-type": "application/json; charset=utf-8", etag, "x-ratelimit-limit": "12500", "x-ratelimit-remaining": "12000",
      "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 1800), "x-ratelimit-resource": "core", "x-github-request-id": crypto.randomUUID(), ...headers,
    };
    if (request.method === "GET" && status === 200 && request.headers["if-none-match"]?.includes(etag)) return response.writeHead(304, all).end();
    response.writeHead(status, all).end(text);
  }

  async #answer(request) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url, this.url);
    let body = null;
    try {
      body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : null;
    } catch {
      return { status: 400, body: { message: "Problems parsing JSON" } };
    }
    const call = { method: request.method, path: decodeURIComponent(url.pathname).replace(/^\/api\/v3/, ""), query: url.searchParams, body, headers: request.headers };
    const shape = `${call.method} ${call.path.replace(/^\/repos\/[^/]+\/[^/]+/, "/repos/{o}/{r}").replace(/\/\d+/g, "/{n}").replace(/\/labels\/.+/, "/labels/{name}").replace(/\/collaborators\/[^/]+/, "/collaborators/{user}")}`;
    this.calls.set(shape, (this.calls.get(shape) ?? 0) + 1);
    const answer = /^\/app(\/|$)|^\/repos\/[^/]+\/[^/]+\/installation$/.test(call.path) ? this.#asApp(call) : this.#asInstallation(call);
    if (call.method !== "GET") await sleep(this.writeDelay());
    if (answer) return answer;
    this.unknown.set(shape, (this.unknown.get(shape) ?? 0) + 1);
    return { status: 404, body: { message: "Not Found" } };
  }

  #asApp({ method, path, headers }) {
    const token = (headers.authorization ?? "").replace(/^Bearer /i, "");
    if (!this.#validJwt(token)) return { status: 401, body: { message: "A JSON web token could not be decoded" } };
    const installation = (id, { owner }) => ({
      id, account: owner, app_id: this.app.id, app_slug: this.app.slug, target_id: owner.id, target_type: "Organization", repository_selection: "all",
      access_tokens_url: `${this.url}/app/installations/${id}/access_tokens`, repositories_url: `${this.url}/installation/repositories`, html_url: "https://github.com/",
      permissions: { issues: "write", metadata: "read", contents: "read", statuses: "write" }, events: ["issues", "issue_comment", "push"],
      created_at: seconds(0), updated_at: seconds(0), single_file_name: null, has_multiple_single_files: false, single_file_paths: [], suspended_by: null, suspended_at: null,
    });
    if (method === "GET" && path === "/app") {
      return { status: 200, body: { id: this.app.id, slug: this.app.slug, node_id: "A_", owner: makeUser("acme", 1), name: "Plimsoll", description: null, external_url: "https://github.com", html_url: "https://github.com", created_at: seconds(0), updated_at: seconds(0), permissions: {}, events: [], installations_count: this.installations.size } };
    }
    if (method === "GET" && path === "/app/installations") return { status: 200, body: [...this.installations].map(([id, at]) => installation(id, at)) };
    if (method === "GET" && path === "/app/hook/deliveries") return { status: 200, body: [] };
    const installedIn = /^\/repos\/([^/]+\/[^/]+)\/installation$/.exec(path);
    if (installedIn) {
      const state = this.repositories.get(installedIn[1].toLowerCase());
      if (!state) return { status: 404, body: { message: "Not Found" } };
      return { status: 200, body: installation(state.installationId, this.installations.get(state.installationId)) };
    }
    const named = /^\/app\/installations\/(\d+)(\/access_tokens)?$/.exec(path);
    const found = named && this.installations.get(Number(named[1]));
    if (!found) return null;
    if (method === "GET" && !named[2]) return { status: 200, body: installation(Number(named[1]), found) };
    if (method !== "POST") return null;
    const fresh = `ghs_${crypto.randomBytes(18).toString("hex")}`;
    this.tokens.set(fresh, Number(named[1]));
    return { status: 201, body: { token: fresh, expires_at: seconds(Date.now() + 3_600_000), permissions: { issues: "write", metadata: "read", contents: "read" }, repository_selection: "all" } };
  }

  #validJwt(token) {
    const [head, claims, signature] = token.split(".");
    if (!signature) return false;
    if (!crypto.verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), this.app.publicKey, Buffer.from(signature, "base64url"))) return false;
    const { iss, iat, exp } = JSON.parse(Buffer.from(claims, "base64url"));
    const now = Date.now() / 1000;
    return String(iss) === String(this.app.id) && iat <= now + 60 && exp > now && exp - iat <= 660;
  }

  #asInstallation(call) {
    const token = (call.headers.authorization ?? "").replace(/^(Bearer|token) /i, "");
    const installationId = this.tokens.get(token);
    if (installationId === undefined) return { status: 401, body: { message: "Bad credentials" } };
    const { repositories } = this.installations.get(installationId);
    if (call.method === "GET" && call.path === "/installation/repositories") return { status: 200, body: { total_count: repositories.length, repository_selection: "all", repositories: repositories.map((state) => state.repo) } };
    if (call.method === "GET" && call.path === "/rate_limit") return { status: 200, body: { resources: { core: { limit: 12500, used: 500, remaining: 12000, reset: 0 } }, rate: { limit: 12500, used: 500, remaining: 12000, reset: 0 } } };
    const byId = /^\/repositories\/(\d+)(\/.*)?$/.exec(call.path);
    const byName = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(call.path);
    const state = byId ? repositories.find(({ repo }) => repo.id === Number(byId[1])) : byName && this.repositories.get(byName[1].toLowerCase());
    if (!state || state.installationId !== installationId) return null;
    return this.#inRepository(state, (byId ?? byName)[2] ?? "", call);
  }

  #inRepository(state, rest, call) {
    const { method, query, body } = call;
    const get = method === "GET";
    if (get && rest === "") return { status: 200, body: state.repo };
    if (get && rest === "/labels") return this.#page([...state.labels.values()], call);
    if (method === "POST" && rest === "/labels") {
      if (state.labels.has(body.name)) return { status: 422, body: { message: "Validation Failed", errors: [{ resource: "Label", code: "already_exists", field: "name" }] } };
      this.#wrote("create_label", null, { repository: state.repo.full_name, label: body.name });
      return { status: 201, body: this.#label(state, body.name, body.color ?? "ededed", body.description) };
    }
    const label = /^\/labels\/(.+)$/.exec(rest);
    if (get && label) return state.labels.has(label[1]) ? { status: 200, body: state.labels.get(label[1]) } : { status: 404, body: { message: "Not Found" } };
    if (get && rest === "/issues") {
      const since = query.get("since");
      const rows = [...state.issues.values()].map((row) => this.#show(row)).filter((shown) => !since || shown.updated_at >= since);
      return this.#page(rows, call);
    }
    if (get && rest === "/contents/.github/plimsoll.yml") return this.#policy(state, call);
    if (get && /^\/commits\b/.test(rest)) return { status: 200, body: rest === "/commits" ? [] : { sha: "0".repeat(40) } };
    if (method === "POST" && rest.startsWith("/statuses/")) {
      this.#wrote("status", null, { repository: state.repo.full_name, state: body.state });
      return { status: 201, body: { id: this.nextId++, state: body.state, context: body.context ?? "default", description: body.description ?? null } };
    }
    const person = /^\/collaborators\/([^/]+)\/permission$/.exec(rest);
    if (get && person) return { status: 200, body: { permission: "write", role_name: "write", user: null } };
    const edited = /^\/issues\/comments\/(\d+)$/.exec(rest);
    if (edited && method === "PATCH") {
      for (const row of state.issues.values()) {
        const comment = row.comments.find(({ id }) => id === Number(edited[1]));
        if (comment) {
          comment.body = body.body;
          this.#wrote("edit_comment", row);
          return { status: 200, body: comment };
        }
      }
      return null;
    }
    const named = /^\/issues\/(\d+)(\/.*)?$/.exec(rest);
    const row = named && state.issues.get(Number(named[1]));
    return row ? this.#onIssue(row, named[2] ?? "", call) : null;
  }

  #onIssue(row, rest, call) {
    const { method, body } = call;
    const labels = () => [...row.labels].map((name) => row.state.labels.get(name));
    if (method === "GET" && rest === "") return { status: 200, body: this.#show(row) };
    if (method === "GET" && rest === "/labels") return this.#page(labels(), call);
    if (method === "GET" && rest === "/comments") return this.#page(row.comments, call);
    if (method === "GET" && (rest === "/timeline" || rest === "/events")) return this.#page(row.timeline, call);
    if (method === "POST" && rest === "/labels") {
      for (const name of body.labels ?? body) {
        const label = row.state.labels.get(name) ?? this.#label(row.state, name, "ededed");
        const repeated = row.labels.has(name);
        this.#wrote("add_label", row, { label: name, repeated });
        if (repeated) continue;
        row.labels.add(name);
        this.#happened(row, "labeled", this.bot, label);
        this.onEvent("issues", { action: "labeled", label, ...this.payload(row, this.bot) });
      }
      return { status: 200, body: labels() };
    }
    const taken = /^\/labels\/(.+)$/.exec(rest);
    if (method === "DELETE" && taken) {
      if (!row.labels.delete(taken[1])) return { status: 404, body: { message: "Label does not exist" } };
      const label = row.state.labels.get(taken[1]);
      this.#wrote("remove_label", row, { label: taken[1] });
      this.#happened(row, "unlabeled", this.bot, label);
      this.onEvent("issues", { action: "unlabeled", label, ...this.payload(row, this.bot) });
      return { status: 200, body: labels() };
    }
    if (method === "POST" && rest === "/comments") {
      const comment = { id: this.nextId++, node_id: "IC_", url: "", html_url: "", issue_url: row.shown.url, body: body.body, user: this.bot, created_at: seconds(), updated_at: seconds(), author_association: "NONE", performed_via_github_app: null };
      row.comments.push(comment);
      this.#wrote("create_comment", row, { body: body.body });
      this.onEvent("issue_comment", { action: "created", comment, ...this.payload(row, this.bot) });
      return { status: 201, body: comment };
    }
    if (method === "POST" && rest === "/reactions") return { status: 201, body: { id: this.nextId++, node_id: "R_", user: this.bot, content: body.content, created_at: seconds() } };
    return null;
  }

  #policy(state, { headers }) {
    if (state.policy === null) return { status: 404, body: { message: "Not Found" } };
    const bytes = Buffer.from(state.policy);
    const sha = crypto.createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
    if (/[.+]raw\b/.test(headers.accept ?? "")) return { status: 200, body: bytes, headers: { "content-type": "application/vnd.github.raw+json; charset=utf-8", etag: `"${sha}"` } };
    const url = `${this.url}/repos/${state.repo.full_name}/contents/.github/plimsoll.yml?ref=main`;
    return { status: 200, body: { type: "file", encoding: "base64", size: bytes.length, name: "plimsoll.yml", path: ".github/plimsoll.yml", content: bytes.toString("base64"), sha, url, git_url: url, html_url: url, download_url: url, _links: { git: url, self: url, html: url } } };
  }

  #page(list, { path, query }) {
    const size = Math.min(Number(query.get("per_page") ?? 30), 100);
    const page = Number(query.get("page") ?? 1);
    const last = Math.max(1, Math.ceil(list.length / size));
    const link = (to, rel) => `<${this.url}${path}?page=${to}&per_page=${size}>; rel="${rel}"`;
    const headers = page < last ? { link: [link(page + 1, "next"), link(last, "last")].join(", ") } : {};
    return { status: 200, body: list.slice((page - 1) * size, page * size), headers };
  }
}
