//! GitHub as far as both sides ask for it: tokens, reads, label writes. It remembers which labels issues have, and answers
//! at once.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Json, Response};
use base64::Engine as _;
use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::payload::{INSTALLATION, issue, repository};

/// The policy of every repository: the defaults.
const POLICY: &str = "version: 1\n";

/// A running stub.
pub(crate) struct GitHub {
    pub(crate) url: String,
    seen: Arc<Seen>,
}

/// What was asked.
#[derive(Default)]
struct Seen {
    labels: AtomicU64,
    labelled: Notify,
    calls: Mutex<HashMap<String, u64>>,
    labels_of: Mutex<HashMap<u64, Vec<Value>>>,
    is_limited: AtomicBool,
}

impl Seen {
    fn issue(&self, number: u64) -> Value {
        let mut issue = issue(number);
        if let Some(labels) = self.labels_of.lock().unwrap().get(&number) {
            issue["labels"] = labels.clone().into();
        }
        issue
    }

    fn put(&self, number: u64, body: &[u8]) -> Value {
        let body: Value = serde_json::from_slice(body).unwrap();
        let new = body["labels"].as_array().unwrap().iter().map(|name| label(name.as_str().unwrap()));
        let mut all = self.labels_of.lock().unwrap();
        let labels = all.entry(number).or_default();
        labels.extend(new);
        labels.clone().into()
    }
}

impl GitHub {
    pub(crate) async fn start() -> Self {
        let seen = Arc::new(Seen::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&seen));
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, seen }
    }

    /// From now on every installation is told to come back in an hour: work is taken in and not worked on.
    pub(crate) fn limit(&self) {
        self.seen.is_limited.store(true, Ordering::Relaxed);
    }

    /// Labels put on issues so far.
    pub(crate) fn labels(&self) -> u64 {
        self.seen.labels.load(Ordering::Relaxed)
    }

    /// Returns once so many labels have been put on issues.
    pub(crate) async fn labelled(&self, count: u64) {
        let within = std::time::Duration::from_mins(2);
        let all = async {
            while self.labels() < count {
                self.seen.labelled.notified().await;
            }
        };
        assert!(
            tokio::time::timeout(within, all).await.is_ok(),
            "{} of {count} labels: {:?}",
            self.labels(),
            self.calls()
        );
    }

    /// What was asked so far, by kind.
    pub(crate) fn calls(&self) -> HashMap<String, u64> {
        self.seen.calls.lock().unwrap().clone()
    }
}

async fn answer(State(seen): State<Arc<Seen>>, request: Request<Body>) -> Response {
    let path = request.uri().path();
    let path = path.strip_prefix("/api/v3").unwrap_or(path).trim_matches('/').to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    let method = request.method().clone();
    let condition = request.headers().get(IF_NONE_MATCH).cloned();
    // The body is read, as a real server does before it answers.
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let (what, answer) = route(&seen, &method, &parts, &body);
    *seen.calls.lock().unwrap().entry(what.to_owned()).or_default() += 1;
    if what == "put label" && answer.status().is_success() {
        seen.labels.fetch_add(1, Ordering::Relaxed);
        seen.labelled.notify_one();
    }
    if method == Method::GET && condition.is_some() && condition.as_ref() == answer.headers().get(ETAG) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    answer
}

fn route(seen: &Seen, method: &Method, parts: &[&str], body: &[u8]) -> (&'static str, Response) {
    if seen.is_limited.load(Ordering::Relaxed) && parts.first() == Some(&"repos") {
        return (
            "limited",
            (StatusCode::FORBIDDEN, [("retry-after", "3600")], Json(json!({ "message": "secondary rate limit" })))
                .into_response(),
        );
    }
    let get = method == Method::GET;
    match parts {
        ["app"] => ("app", shown(&json!({ "id": 1001, "slug": "bench", "name": "bench" }))),
        ["app", "installations", _, "access_tokens"] => ("token", (StatusCode::CREATED, Json(token())).into_response()),
        ["repos", _, name] if get => ("read repository", shown(&repository(id_in(name)))),
        ["repositories", id] if get => ("find repository", shown(&repository(id.parse().unwrap()))),
        ["repos", _, _, "contents", ..] => ("read policy", shown(&policy())),
        ["repos", _, _, "labels"] if get => ("read labels", shown(&json!([label("bug"), label("question")]))),
        ["repos", _, _, "labels"] => ("create label", (StatusCode::CREATED, Json(label("new"))).into_response()),
        ["repos", _, _, "issues", number] if get => ("read issue", shown(&seen.issue(number.parse().unwrap()))),
        ["repos", _, _, "issues", number, "labels"] if !get => {
            ("put label", shown(&seen.put(number.parse().unwrap(), body)))
        }
        _ => ("something else", (StatusCode::NOT_FOUND, Json(json!({ "message": "Not Found" }))).into_response()),
    }
}

/// An answer with the headers that GitHub's have.
fn shown(value: &Value) -> Response {
    let mut headers = HeaderMap::new();
    let body = value.to_string();
    let reset = (now_in_seconds() + 1800).to_string();
    for (name, value) in
        [("x-ratelimit-limit", "12500"), ("x-ratelimit-remaining", "12000"), ("x-ratelimit-reset", &reset)]
    {
        headers.insert(name, HeaderValue::from_str(value).unwrap());
    }
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    headers.insert(ETAG, HeaderValue::from_str(&format!("\"{:x}\"", hasher.finish())).unwrap());
    headers.insert("content-type", HeaderValue::from_static("application/json; charset=utf-8"));
    (headers, body).into_response()
}

#[expect(clippy::disallowed_methods, reason = "the stub's own clock, for a time of reset that lies ahead")]
fn now_in_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn id_in(name: &str) -> u64 {
    name.rsplit('-').next().unwrap().parse().unwrap()
}

fn token() -> Value {
    json!({
        "token": "ghs_bench", "expires_at": "2099-01-01T00:00:00Z", "repository_selection": "all",
        "permissions": { "issues": "write", "metadata": "read", "contents": "read" }, "installation": INSTALLATION,
    })
}

fn label(name: &str) -> Value {
    json!({ "id": 1, "node_id": "LA", "url": "https://api.github.com/l", "name": name, "color": "ededed", "default": false, "description": null })
}

fn policy() -> Value {
    let content = base64::prelude::BASE64_STANDARD.encode(POLICY);
    json!({ "type": "file", "size": POLICY.len(), "sha": "3d21ec53a331a6f037a91c368710b99387d012c1", "content": content, "encoding": "base64" })
}
