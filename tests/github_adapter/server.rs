//! A server that answers what it was told to, and keeps what it was asked.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use serde_json::{Value, json};

/// One answer.
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    never: bool,
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<Value>) -> Self {
        Self { status, headers: vec![], body: body.into().to_string(), never: false }
    }

    pub(crate) fn ok(body: impl Into<Value>) -> Self {
        Self::json(200, body)
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: vec![], body: String::new(), never: false }
    }

    /// What GitHub says when it refuses.
    pub(crate) fn refusal(status: u16, message: &str) -> Self {
        Self::json(status, json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }))
    }

    /// No answer at all.
    pub(crate) fn never() -> Self {
        Self { never: true, ..Self::empty(200) }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

#[derive(Default)]
struct Script {
    replies: Mutex<HashMap<String, VecDeque<Reply>>>,
    log: Mutex<Vec<String>>,
}

/// The server.
pub(crate) struct Server {
    pub(crate) url: String,
    script: Arc<Script>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let script = Arc::new(Script::default());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, script }
    }

    /// The next answer to this request, e.g. `GET /user`.
    pub(crate) fn on(&self, request: &str, reply: Reply) -> &Self {
        self.script.replies.lock().unwrap().entry(request.to_owned()).or_default().push_back(reply);
        self
    }

    /// What was asked since the last look, one request a line: as whom (the token's name is its text), under which
    /// condition, with which body.
    pub(crate) fn log(&self) -> String {
        std::mem::take(&mut *self.script.log.lock().unwrap()).join("\n")
    }
}

async fn answer(
    State(script): State<Arc<Script>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let request = format!("{method} {uri}");
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let mut line = request.clone();
    if let Some(token) = header("authorization").filter(|value| !value.contains("ghp_hunter2")) {
        let is_jwt = token.matches('.').count() == 2;
        let who = if is_jwt { "App" } else { token.trim_start_matches("Bearer ") };
        write!(line, " as {who}").unwrap();
    }
    if let Some(etag) = header("if-none-match") {
        write!(line, " unless {etag}").unwrap();
    }
    if !body.is_empty() {
        write!(line, " {}", String::from_utf8_lossy(&body)).unwrap();
    }
    script.log.lock().unwrap().push(line);
    let reply = script.replies.lock().unwrap().get_mut(&request).and_then(VecDeque::pop_front);
    let reply = reply.unwrap_or_else(|| Reply::refusal(418, &format!("nobody expected {request}")));
    if reply.never {
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}
