// Webhooks as GitHub sends them, from GitHub's own example payloads.
import crypto from "node:crypto";
import { createRequire } from "node:module";

/** All official examples: `[{ name, examples }]`. */
export const EXAMPLES = createRequire(import.meta.url)("@octokit/webhooks-examples/api.github.com/index.json");

export const sign = (secret, body) => `sha256=${crypto.createHmac("sha256", secret).update(body).digest("hex")}`;

/** Posts one signed delivery; answers its status and the text of the answer. */
export async function deliver(url, secret, event, payload, { delivery = crypto.randomUUID(), headers = {}, signal } = {}) {
  const body = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  const all = {
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/0000000",
    "x-github-event": event,
    "x-github-delivery": delivery,
    "x-github-hook-id": "1",
    "x-hub-signature-256": sign(secret, body),
    ...headers,
  };
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name];
  const answer = await fetch(url, { method: "POST", headers: all, body, signal });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", text: await answer.text() };
}

const opened = EXAMPLES.find((event) => event.name === "issues").examples.find((example) => example.action === "opened");

/** A user as GitHub shows it. */
export function user(login, id, type = "User") {
  return { ...structuredClone(opened.sender), login, id, type, node_id: `U_${id}`, url: `https://api.github.com/users/${login}`, html_url: `https://github.com/${login}` };
}

/** A repository as GitHub shows it. */
export function repository(owner, name, id) {
  const full = `${owner.login}/${name}`;
  const text = JSON.stringify(opened.repository).replaceAll(opened.repository.full_name, full);
  return { ...JSON.parse(text), id, name, full_name: full, owner, private: false, archived: false, disabled: false, default_branch: "main", has_issues: true };
}

/** An issue as GitHub shows it. */
export function issue(repo, { number, id, title, body, author, labels = [], createdAt }) {
  const text = JSON.stringify(opened.issue)
    .replaceAll(`${opened.repository.full_name}/issues/${opened.issue.number}`, `${repo.full_name}/issues/${number}`)
    .replaceAll(opened.repository.full_name, repo.full_name);
  return {
    ...JSON.parse(text), id, number, title, body, user: author, labels, state: "open", state_reason: null, comments: 0,
    created_at: createdAt, updated_at: createdAt, closed_at: null, assignee: null, assignees: [], milestone: null, locked: false,
  };
}
