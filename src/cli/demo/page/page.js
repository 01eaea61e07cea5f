// Text is only ever set as text: issues are written by strangers. The one exception is the bot's own comment, which the
// server has made harmless; and no script but this one runs here.
"use strict";
const at = (id) => document.getElementById(id);
const make = (tag, text, kind) => Object.assign(document.createElement(tag), { textContent: text ?? "", className: kind ?? "" });

async function send(path, body) {
  document.body.style.cursor = "progress";
  try {
    await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) });
    await draw();
  } finally {
    document.body.style.cursor = "";
  }
}

const seen = new Map();
function comment(one) {
  const box = make("div", "", "comment");
  if (seen.has(one.id) && seen.get(one.id) !== one.html) box.classList.add("changed");
  seen.set(one.id, one.html);
  const head = make("p");
  head.append(make("strong", "plimsoll bot"), " commented on " + one.written + (one.edited ? " \u00b7 edited " + one.edited : ""));
  const text = make("div", "", "markdown");
  text.innerHTML = one.html;
  box.append(head, text);
  return box;
}
function comments(report) {
  if (!report) return [make("p", "No sprint was looked at yet.", "quiet")];
  const [newest, ...others] = report.comments;
  const overview = make("div", "", "comment");
  const body = make("div", "", "markdown");
  body.innerHTML = report.html;
  overview.append(body);
  const earlier = make("details", "", "earlier");
  earlier.open = document.querySelector(".earlier")?.open ?? false;
  earlier.append(make("summary", "The overview above all comments, and the comments on earlier sprints"), overview, ...others.map(comment));
  return [...(newest ? [comment(newest)] : []), earlier];
}

function card(item, into) {
  const card = make("li", "", [item.side ?? "unknown", item.asked && "asked", item.open || "done"].filter(Boolean).join(" "));
  const move = make("button", into ? "\u2192 in" : "out");
  move.title = into ? "pull it into the sprint" : "move it out of the sprint";
  move.onclick = () => { move.disabled = true; send("/moves", { number: item.number, into }); };
  card.append(make("span", "#" + item.number + " " + item.title), make("small", item.points ? item.points + " pt" : ""), ...(item.open ? [move] : []));
  return card;
}

function label(issue, name) {
  const own = (issue.own ?? []).includes(name);
  const tag = make("span", (own ? "\u2022 " : "") + name, "label " + (name.startsWith("points/") ? "unknown" : issue.side ?? "unknown"));
  const remove = make("button", "\u00d7");
  remove.title = "remove this label as a colleague";
  remove.onclick = () => send("/labels", { number: issue.number, label: name, put: false });
  tag.append(remove);
  return tag;
}
function article(issue) {
  const box = make("article");
  box.id = "issue-" + issue.number;
  const title = make("h3");
  title.append(make("span", "#" + issue.number + " ", "number"), issue.title, ...issue.labels.map((name) => label(issue, name)));
  const put = make("button", "+");
  put.title = "put a label as a colleague";
  put.onclick = () => { const name = prompt("Which label?", "technical-debt"); if (name) send("/labels", { number: issue.number, label: name, put: true }); };
  title.append(" ", put);
  const sure = issue.confidence == null ? "the bot has not looked yet" : "not sure enough (" + Math.round(issue.confidence * 100) + " %), so it says nothing";
  box.append(title, make("p", issue.reason ?? sure, "why"));
  const signs = (issue.evidence ?? []).slice(0, 6).map((sign) => (sign.weight < 0 ? "\u2212 " : "") + sign.sign + " (" + sign.where + ", " + sign.category + ")");
  if (signs.length) box.append(make("p", signs.join(" \u00b7 "), "evidence"));
  return box;
}

let last = "";
async function draw() {
  const text = await (await fetch("/state.json")).text();
  if (text === last) return;
  last = text;
  const state = JSON.parse(text);
  at("today").textContent = state.today;
  at("sprint").textContent = state.sprint ? state.sprint.name + " runs until " + state.sprint.last_day : "";
  at("next").textContent = state.next ? "Let two weeks pass: " + state.next : "The story ends here";
  at("next").disabled = !state.next;
  at("report-title").textContent = state.report ? state.report.title + " #" + state.report.number : "The report";
  at("inside-title").textContent = state.sprint?.name ?? "No sprint";
  at("comments").replaceChildren(...comments(state.report));
  at("inside").replaceChildren(...state.board.inside.map((item) => card(item, false)));
  at("backlog").replaceChildren(...state.board.backlog.map((item) => card(item, true)));
  at("issues").replaceChildren(...state.issues.map(article));
}
at("next").onclick = () => { at("next").disabled = true; send("/sprints"); };
at("open").onsubmit = (event) => {
  event.preventDefault();
  const form = event.target;
  send("/issues", { title: form.elements.title.value, body: form.elements.body.value });
  form.reset();
};
draw();
setInterval(() => draw().catch(() => {}), 1000);
