//! The demo's page: the bot's comment as GitHub shows it, the board to move items on, and the backlog with the reasons.

mod state;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::sandbox::github::Issue;

use super::stage::Stage;
use super::story::VISITOR;
use super::{Failure, output};

/// The longest title and body that the form takes, in characters, as on GitHub.
const TITLE: usize = 256;
const BODY: usize = 65_536;
const LABEL: usize = 50;
/// Nothing from elsewhere, and no script but the page's own.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'",
);

/// The stage, for one visitor's act at a time.
type Shared = Arc<Mutex<Stage>>;
type Answer = Result<StatusCode, StatusCode>;

/// Shows the page until Ctrl-C, and ends everything.
pub(super) async fn show(stage: Stage, listen: SocketAddr) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("cannot show the page on {listen} (--listen chooses another): {error}"))?;
    let address = listener.local_addr()?;
    output::lines([format!("\nOpen http://{address} and do what the comment asks for. Ctrl-C ends the demo.")], "")?;
    let routes = Router::new()
        .route("/", get(async || file("text/html; charset=utf-8", include_str!("page.html"))))
        .route("/page.css", get(async || file("text/css", include_str!("page.css"))))
        .route("/page.js", get(async || file("text/javascript", include_str!("page.js"))))
        .route("/state.json", get(state))
        .route("/issues", post(open))
        .route("/labels", post(change_label))
        .route("/moves", post(move_item))
        .route("/sprints", post(next_sprint))
        .with_state(Arc::new(Mutex::new(stage)));
    let stopped = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be heard");
        }
    };
    axum::serve(listener, routes).with_graceful_shutdown(stopped).await?;
    Ok(())
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse + use<> {
    let headers: [(HeaderName, HeaderValue); 2] =
        [(CONTENT_TYPE, HeaderValue::from_static(kind)), (CONTENT_SECURITY_POLICY, POLICY)];
    (headers, text)
}

async fn state(State(stage): State<Shared>) -> Result<Json<Value>, StatusCode> {
    state::of(&*stage.lock().await).await.map(Json).map_err(unavailable)
}

#[derive(Deserialize)]
struct NewIssue {
    title: String,
    #[serde(default)]
    body: String,
}

async fn open(State(stage): State<Shared>, Json(new): Json<NewIssue>) -> Result<Json<Value>, StatusCode> {
    let title: String = new.title.trim().chars().take(TITLE).collect();
    if title.is_empty() {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let body: String = new.body.chars().take(BODY).collect();
    let stage = stage.lock().await;
    let number = stage.shop.open(VISITOR, &title, &body).number();
    stage.comes_to_rest().await.map_err(unavailable)?;
    Ok(Json(json!({ "number": number })))
}

#[derive(Deserialize)]
struct LabelChange {
    number: u64,
    label: String,
    put: bool,
}

async fn change_label(State(stage): State<Shared>, Json(change): Json<LabelChange>) -> Answer {
    let stage = stage.lock().await;
    let issue = found(&stage, change.number)?;
    let label: String = change.label.trim().chars().take(LABEL).collect();
    match (label.is_empty(), change.put) {
        (true, _) => return Err(StatusCode::UNPROCESSABLE_ENTITY),
        (false, true) => issue.label("your-colleague", &label),
        (false, false) => issue.unlabel("your-colleague", &label),
    }
    rest(&stage).await
}

#[derive(Deserialize)]
struct Move {
    number: u64,
    /// Into the running sprint, or out of it.
    into: bool,
}

async fn move_item(State(stage): State<Shared>, Json(asked): Json<Move>) -> Answer {
    let stage = stage.lock().await;
    let issue = found(&stage, asked.number)?;
    let sprint = stage.sprint().map_err(unavailable)?;
    stage.plan(VISITOR, &issue, sprint.filter(|_| asked.into));
    rest(&stage).await
}

/// Nothing where the story knows no further sprint.
async fn next_sprint(State(stage): State<Shared>) -> Answer {
    let stage = stage.lock().await;
    stage.next_sprint().await.map_err(unavailable)?;
    Ok(StatusCode::NO_CONTENT)
}

fn found(stage: &Stage, number: u64) -> Result<Issue, StatusCode> {
    stage.shop.issues().into_iter().find(|issue| issue.number() == number).ok_or(StatusCode::NOT_FOUND)
}

async fn rest(stage: &Stage) -> Answer {
    stage.comes_to_rest().await.map_err(unavailable)?;
    Ok(StatusCode::NO_CONTENT)
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err wants")]
fn unavailable(error: Failure) -> StatusCode {
    tracing::error!(%error, "the demo is stuck");
    StatusCode::SERVICE_UNAVAILABLE
}
