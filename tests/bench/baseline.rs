//! What acknowledging is compared with: an axum route that checks the signature and stores nothing. It runs in a process of
//! its own, this program started with another argument.

use std::process::Command;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use plimsoll::tracker::github::verify;
use secrecy::SecretString;
use tokio::net::TcpListener;

use crate::payload::SECRET;
use crate::process::Running;
use crate::service::{answers, free_address};

/// The argument that makes this program the baseline; the address follows.
pub(crate) const ARGUMENT: &str = "--serve-baseline";

/// A running baseline.
pub(crate) struct Baseline {
    pub(crate) address: String,
    _process: Running,
}

impl Baseline {
    pub(crate) async fn start() -> Self {
        let address = free_address();
        let this = std::env::current_exe().unwrap();
        let process = Running::start(Command::new(this).args([ARGUMENT, &address]));
        answers(&address).await;
        Self { address, _process: process }
    }
}

pub(crate) async fn serve(address: &str) {
    let secrets = vec![SecretString::from(SECRET)];
    let check = move |headers: HeaderMap, body: Bytes| async move {
        let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
        if verify(&secrets, signature, &body) { StatusCode::ACCEPTED } else { StatusCode::UNAUTHORIZED }
    };
    let routes = Router::new().route("/webhooks/github", post(check));
    axum::serve(TcpListener::bind(address).await.unwrap(), routes).await.unwrap();
}
