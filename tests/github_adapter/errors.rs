//! What every kind of answer means for the work at hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use plimsoll::tracker::github::{GitHub, Settings, item_subject};
use plimsoll::tracker::{Missing, PauseScope, Tracker as _, TrackerError};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::server::{Reply, Server};
use crate::{errand, place, repository, token_settings, with_token};

const ISSUE: &str = "GET /repos/acme/shop/issues/7";

async fn read(reply: Reply) -> TrackerError {
    let server = Server::start().await;
    server.on(ISSUE, reply);
    with_token(&server).read_item(&repository(), &errand(), None).await.unwrap_err()
}

async fn redirect(location: &str) -> TrackerError {
    let server = Server::start().await;
    let location = location.replace("URL", &server.url);
    server.on(ISSUE, Reply::refusal(301, "Moved Permanently").header("location", location));
    with_token(&server).read_item(&repository(), &errand(), None).await.unwrap_err()
}

fn is_outage(error: &TrackerError) -> bool {
    matches!(error, TrackerError::Later { later, .. } if later.until.is_none() && later.scope == PauseScope::Subject)
}

#[tokio::test]
async fn an_item_that_is_gone_is_missing() {
    for status in [404, 410] {
        let missing = read(Reply::refusal(status, "Not Found")).await;
        assert_eq!(missing, TrackerError::Missing { doing: "reading acme/shop#7".into(), what: Missing::Item });
    }
}

#[tokio::test]
async fn a_404_below_an_item_ends_nothing() {
    let server = Server::start().await;
    server.on("GET /repos/acme/shop/issues/7/timeline?per_page=100", Reply::refusal(404, "Not Found"));
    let missing = with_token(&server).label_history(&repository(), &errand()).await;
    assert!(matches!(missing, Err(TrackerError::Missing { what: Missing::Below, .. })), "{missing:?}");
}

#[tokio::test]
async fn a_server_error_is_later_and_no_failure() {
    for status in [500, 502, 503, 504] {
        let later = read(Reply::empty(status)).await;
        assert!(is_outage(&later), "{later:?}");
    }
}

#[tokio::test]
async fn a_write_that_was_answered_with_a_server_error_is_sent_once() {
    let server = Server::start().await;
    let path = "DELETE /repos/acme/shop/issues/7/labels/bug";
    server.on(path, Reply::empty(502)).on(path, Reply::empty(502));
    let later = with_token(&server).unmark(&repository(), &errand(), "bug").await.unwrap_err();
    assert!(is_outage(&later), "{later:?}");
    assert_eq!(server.log().lines().count(), 1);
}

#[tokio::test]
async fn credentials_and_permissions_are_named() {
    let refused = read(Reply::refusal(401, "Bad credentials")).await;
    insta::assert_snapshot!(refused, @"reading acme/shop#7: refused (Bad credentials); check PLIMSOLL_GITHUB_TOKEN, and that this machine's clock is right");
    let refused = read(Reply::refusal(403, "Resource not accessible by integration")).await;
    insta::assert_snapshot!(refused, @"reading acme/shop#7: refused (Resource not accessible by integration); grant the permission `issues: read` to the App (and accept it for the installation) or to the token");
    let accepted = Reply::refusal(403, "no").header("x-accepted-github-permissions", "issues=read; pull_requests=read");
    let refused = read(accepted).await.to_string();
    assert!(refused.contains("`issues=read; pull_requests=read`"), "{refused}");
}

#[tokio::test]
async fn a_redirect_is_read_and_never_followed() {
    let renamed = redirect("URL/repositories/5/issues/7").await;
    assert!(matches!(renamed, TrackerError::Renamed { .. }), "{renamed:?}");
    let renamed = redirect("URL/repos/acme/shop-2/issues/7").await;
    assert!(matches!(renamed, TrackerError::Renamed { .. }), "{renamed:?}");
    let moved = redirect("URL/repositories/6/issues/3").await;
    let to = plimsoll::backlog::Place { repository: "6".into(), ..place() };
    let expected = TrackerError::Moved { doing: "reading acme/shop#7".into(), to: item_subject(6, 3), place: to };
    assert_eq!(moved, expected);
    for elsewhere in ["https://evil.example/repositories/6/issues/3", "URL/login", ""] {
        let failed = redirect(elsewhere).await;
        assert!(matches!(failed, TrackerError::Failed { .. }), "{elsewhere}: {failed:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_a_failure_that_repeats_little() {
    let garbage = Reply::ok(json!({"number": "x".repeat(5_000)}));
    let failed = read(garbage).await;
    assert!(matches!(failed, TrackerError::Failed { .. }), "{failed:?}");
    assert!(failed.to_string().len() < 300, "{failed}");
    insta::assert_snapshot!(read(Reply::refusal(400, "Problems parsing JSON")).await, @"reading acme/shop#7: GitHub answered 400 (Problems parsing JSON)");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read() {
    let failed = read(Reply::ok(json!({"title": "x".repeat(17 * 1024 * 1024)}))).await;
    insta::assert_snapshot!(failed, @"reading acme/shop#7: the answer is larger than 16 MiB");
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let endless = move || {
        let counter = Arc::clone(&counter);
        let pieces = futures_util::stream::repeat_with(move || {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(vec![b' '; 1024 * 1024])
        });
        async move { axum::body::Body::from_stream(pieces) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(endless)).await });
    let github = GitHub::new(&token_settings(&url)).unwrap();
    let failed = github.read_item(&repository(), &errand(), None).await.unwrap_err();
    assert!(matches!(failed, TrackerError::Failed { .. }), "{failed:?}");
    assert!(taken.load(Ordering::Relaxed) < 64, "it is not read on: {taken:?} MiB");
}

#[tokio::test]
async fn no_answer_in_time_is_later() {
    let server = Server::start().await;
    server.on(ISSUE, Reply::never());
    let settings = Settings { timeout: Duration::from_millis(50), ..token_settings(&server.url) };
    let github = GitHub::new(&settings).unwrap();
    let later = github.read_item(&repository(), &errand(), None).await.unwrap_err();
    assert!(is_outage(&later), "{later:?}");
}

/// A server that answers one request with these bytes and hangs up.
async fn cut_off(answer: &'static str) -> TrackerError {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    GitHub::new(&token_settings(&url)).unwrap().read_item(&repository(), &errand(), None).await.unwrap_err()
}

#[tokio::test]
async fn a_broken_connection_is_later() {
    for answer in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\": 1"] {
        let later = cut_off(answer).await;
        assert!(is_outage(&later), "{answer:?}: {later:?}");
    }
    let nobody = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let later =
        GitHub::new(&token_settings(&nobody)).unwrap().read_item(&repository(), &errand(), None).await.unwrap_err();
    assert!(is_outage(&later), "{later:?}");
}

#[tokio::test]
async fn no_error_carries_the_token() {
    let server = Server::start().await;
    let github = with_token(&server);
    assert!(!format!("{github:?}").contains("hunter2"));
    for reply in [Reply::refusal(401, "Bad credentials"), Reply::empty(500), Reply::refusal(422, "no")] {
        server.on(ISSUE, reply);
        let error = github.read_item(&repository(), &errand(), None).await.unwrap_err();
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
}
