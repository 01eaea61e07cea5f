//! A client that speaks as the App, a person or nobody, and a listener that takes webhooks.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on should say where")]

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use plimsoll::clock::{Clock, ManualClock};
use plimsoll::sandbox::github::{App, GitHub, Options};
use reqwest::{Method, Response};
use serde_json::{Value, json};

pub(crate) const START: &str = "2026-03-02T09:00:00Z";

/// A simulated GitHub whose clock the test moves.
pub(crate) struct Scene {
    pub(crate) github: GitHub,
    pub(crate) clock: Arc<ManualClock>,
    client: reqwest::Client,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        let clock = Arc::new(ManualClock::new(START.parse().unwrap()));
        let (one, other): (Arc<dyn Clock>, Arc<dyn Clock>) = (clock.clone(), clock.clone());
        let github = GitHub::start(Options { clock: one, auth_clock: other, ..Options::default() }).await.unwrap();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { github, clock, client }
    }

    /// A token signed by the App, as octocrab makes them.
    pub(crate) fn jwt(&self) -> String {
        let now = self.clock.now().as_second();
        sign(&self.github.app(), &json!({"iss": self.github.app().id, "iat": now - 60, "exp": now + 540}))
    }

    /// A token of the owner's installation.
    pub(crate) async fn token(&self, owner: &str) -> String {
        let id = self.github.installation(owner).unwrap();
        let answer =
            self.call(Method::POST, &format!("/app/installations/{id}/access_tokens"), &self.jwt(), None).await;
        assert_eq!(answer.status, 201);
        answer.body["token"].as_str().unwrap().to_owned()
    }

    /// Speaks as the bot of acme's installation.
    pub(crate) async fn bot(&self) -> Voice<'_> {
        Voice { scene: self, token: self.token("acme").await }
    }

    pub(crate) fn voice(&self, token: &str) -> Voice<'_> {
        Voice { scene: self, token: token.to_owned() }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Answer {
        Answer::of(self.send(method, path, token, body, None).await.unwrap()).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
        tag: Option<&str>,
    ) -> reqwest::Result<Response> {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.github.url()) };
        let mut request = self.client.request(method, url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        request.send().await
    }
}

pub(crate) fn sign(app: &App, claims: &Value) -> String {
    let key = jsonwebtoken::EncodingKey::from_rsa_pem(app.private_key_pem.as_bytes()).unwrap();
    jsonwebtoken::encode(&jsonwebtoken::Header::new(jsonwebtoken::Algorithm::RS256), claims, &key).unwrap()
}

/// Somebody who asks, and follows no redirect.
pub(crate) struct Voice<'a> {
    scene: &'a Scene,
    token: String,
}

impl Voice<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.scene.call(Method::GET, path, &self.token, None).await
    }

    pub(crate) async fn get_unless(&self, path: &str, tag: &str) -> Answer {
        Answer::of(self.scene.send(Method::GET, path, &self.token, None, Some(tag)).await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.scene.call(Method::POST, path, &self.token, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.scene.call(Method::PATCH, path, &self.token, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.scene.call(Method::DELETE, path, &self.token, None).await
    }

    pub(crate) async fn try_post(&self, path: &str, body: Value) -> reqwest::Result<Response> {
        self.scene.send(Method::POST, path, &self.token, Some(body), None).await
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
        Self { status, headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }

    /// The address that `Link` names for a page.
    pub(crate) fn link(&self, relation: &str) -> Option<String> {
        let wanted = format!("rel=\"{relation}\"");
        let part = self.header("link").split(", ").find(|part| part.ends_with(&wanted))?;
        Some(part.trim_start_matches('<').split_once('>')?.0.to_owned())
    }

    /// What one member of each listed object says.
    pub(crate) fn each(&self, member: &str) -> Vec<String> {
        let text = |one: &Value| one[member].as_str().map_or_else(|| one[member].to_string(), str::to_owned);
        self.body.as_array().unwrap().iter().map(text).collect()
    }
}

/// A webhook as it arrived.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn payload(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// `issues.opened`, `push` …
    pub(crate) fn name(&self) -> String {
        let payload = self.payload();
        match payload["action"].as_str() {
            Some(action) => format!("{}.{action}", self.header("x-github-event")),
            None => self.header("x-github-event").to_owned(),
        }
    }
}

/// Takes webhooks and answers them with one status.
#[derive(Clone)]
pub(crate) struct Mailbox {
    arrived: Arc<Mutex<Vec<Arrived>>>,
    status: Arc<Mutex<StatusCode>>,
}

impl Mailbox {
    /// Opens a mailbox and lets the simulated GitHub know of it; what waited before is forgotten.
    pub(crate) async fn open(github: &GitHub) -> Self {
        let mailbox = Self { arrived: Arc::default(), status: Arc::new(Mutex::new(StatusCode::ACCEPTED)) };
        let take = |State(mailbox): State<Self>, headers: HeaderMap, bytes: axum::body::Bytes| async move {
            mailbox.arrived.lock().unwrap().push(Arrived { headers, bytes: bytes.to_vec() });
            *mailbox.status.lock().unwrap()
        };
        let router = axum::Router::new().route("/hook", axum::routing::post(take)).with_state(mailbox.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        github.forget_pending();
        github.send_webhooks_to(&url);
        mailbox
    }

    pub(crate) fn answer_with(&self, status: u16) {
        *self.status.lock().unwrap() = StatusCode::from_u16(status).unwrap();
    }

    pub(crate) fn all(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.all().iter().map(Arrived::name).collect()
    }

    pub(crate) fn last(&self) -> Value {
        self.all().last().unwrap().payload()
    }
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}
