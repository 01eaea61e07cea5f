//! The demo's page: the backlog as it stands, why, and a form that opens an issue in the simulated GitHub.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::sandbox::github::{Issue, Repository};
use crate::store::Store;

use super::stage::Stage;
use super::{Failure, output};

/// The longest title and body that the form takes, in characters, as on GitHub.
const TITLE: usize = 256;
const BODY: usize = 65_536;

#[derive(Clone)]
struct Page {
    shop: Repository,
    store: Arc<dyn Store>,
}

/// Shows the page until Ctrl-C.
pub(super) async fn show(stage: &Stage, listen: SocketAddr) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen)
        .await
        .map_err(|error| format!("cannot show the page on {listen} (--listen chooses another): {error}"))?;
    let address = listener.local_addr()?;
    output::lines([format!("\nOpen http://{address} and open an issue there. Ctrl-C ends the demo.")], "")?;
    let page = Page { shop: stage.shop.clone(), store: Arc::clone(&stage.store) };
    let routes = Router::new()
        .route("/", get(async || Html(include_str!("page.html"))))
        .route("/state.json", get(state))
        .route("/issues", post(open))
        .route("/labels", post(change_label))
        .with_state(page);
    let stopped = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be heard");
        }
    };
    axum::serve(listener, routes).with_graceful_shutdown(stopped).await?;
    Ok(())
}

async fn state(State(page): State<Page>) -> Result<Json<Value>, StatusCode> {
    let items = page.store.items(500).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let records = page.store.records(None, 2000).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let rows = page.shop.issues().into_iter().rev().filter_map(|issue| {
        let view = issue.view()?;
        let key = format!("#{}", view.number);
        let known = items.iter().find(|(_, memory)| memory.item.key == key);
        let reason = known.and_then(|(subject, _)| records.iter().find(|record| record.is_about(subject)));
        Some(json!({
            "number": view.number,
            "title": view.title,
            "body": view.body,
            "author": view.author,
            "labels": view.labels,
            "own": known.map(|(_, memory)| memory.own_marks.clone()),
            "side": known.and_then(|(_, memory)| memory.side),
            "confidence": known.map(|(_, memory)| memory.confidence),
            "evidence": known.map(|(_, memory)| memory.evidence.clone()),
            "reason": reason.map(|record| record.reason.clone()),
        }))
    });
    Ok(Json(rows.collect()))
}

#[derive(Deserialize)]
struct NewIssue {
    title: String,
    #[serde(default)]
    body: String,
}

async fn open(State(page): State<Page>, Json(new): Json<NewIssue>) -> Result<Json<Value>, StatusCode> {
    let title: String = new.title.trim().chars().take(TITLE).collect();
    if title.is_empty() {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let body: String = new.body.chars().take(BODY).collect();
    Ok(Json(json!({ "number": page.shop.open("you", &title, &body).number() })))
}

#[derive(Deserialize)]
struct LabelChange {
    number: u64,
    label: String,
    put: bool,
}

async fn change_label(State(page): State<Page>, Json(change): Json<LabelChange>) -> StatusCode {
    let Some(issue) = page.shop.issues().into_iter().find(|issue: &Issue| issue.number() == change.number) else {
        return StatusCode::NOT_FOUND;
    };
    let label: String = change.label.trim().chars().take(50).collect();
    match (label.is_empty(), change.put) {
        (true, _) => return StatusCode::UNPROCESSABLE_ENTITY,
        (false, true) => issue.label("your-colleague", &label),
        (false, false) => issue.unlabel("your-colleague", &label),
    }
    StatusCode::NO_CONTENT
}
