//! Marks: adopting what exists, creating once, removing.

use jiff::SignedDuration;
use plimsoll::tracker::{Mark, Tracker as _, TrackerError};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{errand, errand_at, now, repository, with_token};

const LABELS: &str = "GET /repos/acme/shop/labels?per_page=100";
const CREATE: &str = "POST /repos/acme/shop/labels";
const PUT: &str = "POST /repos/acme/shop/issues/7/labels";

fn mark() -> Mark {
    Mark {
        label: "technical-debt".into(),
        aliases: vec!["tech-debt".into()],
        colour: "8b5a2b".into(),
        description: "Paying back a shortcut".into(),
    }
}

fn labels(names: &[&str]) -> Reply {
    Reply::ok(names.iter().map(|name| json!({"id": 1, "name": name, "color": "fff"})).collect::<Value>())
}

#[tokio::test]
async fn a_label_that_exists_is_adopted_in_its_own_spelling() {
    let server = Server::start().await;
    server.on(LABELS, labels(&["bug", "Tech Debt"])).on(PUT, labels(&["Tech Debt"])).on(PUT, labels(&["Tech Debt"]));
    let github = with_token(&server);
    assert_eq!(github.mark(&repository(), &errand(), &mark()).await.unwrap(), "Tech Debt");
    assert_eq!(github.mark(&repository(), &errand(), &mark()).await.unwrap(), "Tech Debt");
    insta::assert_snapshot!(server.log(), @r#"
    GET /repos/acme/shop/labels?per_page=100
    POST /repos/acme/shop/issues/7/labels {"labels":["Tech Debt"]}
    POST /repos/acme/shop/issues/7/labels {"labels":["Tech Debt"]}
    "#);
}

#[tokio::test]
async fn a_missing_label_is_created_once() {
    let server = Server::start().await;
    server.on(LABELS, labels(&["bug"]).header("etag", "\"a\"")).on(LABELS, Reply::empty(304));
    server.on(CREATE, Reply::json(201, json!({"name": "technical-debt"})));
    server.on(PUT, labels(&["technical-debt"])).on(PUT, labels(&["technical-debt"]));
    let github = with_token(&server);
    for _ in 0..2 {
        assert_eq!(github.mark(&repository(), &errand(), &mark()).await.unwrap(), "technical-debt");
    }
    insta::assert_snapshot!(server.log(), @r#"
    GET /repos/acme/shop/labels?per_page=100
    GET /repos/acme/shop/labels?per_page=100 unless "a"
    POST /repos/acme/shop/labels {"name":"technical-debt","color":"8b5a2b","description":"Paying back a shortcut"}
    POST /repos/acme/shop/issues/7/labels {"labels":["technical-debt"]}
    POST /repos/acme/shop/issues/7/labels {"labels":["technical-debt"]}
    "#);
}

#[tokio::test]
async fn somebody_else_may_have_created_it_meanwhile() {
    let server = Server::start().await;
    let exists = json!({
        "message": "Validation Failed", "errors": [{"resource": "Label", "code": "already_exists", "field": "name"}],
    });
    server.on(LABELS, labels(&[])).on(LABELS, labels(&[]));
    server.on(CREATE, Reply::json(422, exists)).on(PUT, labels(&["technical-debt"]));
    let github = with_token(&server);
    assert_eq!(github.mark(&repository(), &errand(), &mark()).await.unwrap(), "technical-debt");
}

#[tokio::test]
async fn a_label_that_cannot_be_created_is_a_failure_that_says_why() {
    let server = Server::start().await;
    let invalid = json!({
        "message": "Validation Failed", "errors": [{"resource": "Label", "code": "invalid", "field": "color"}],
    });
    server.on(LABELS, labels(&[])).on(LABELS, labels(&[])).on(CREATE, Reply::json(422, invalid));
    let failed = with_token(&server).mark(&repository(), &errand(), &mark()).await.unwrap_err();
    insta::assert_snapshot!(failed, @"creating the label `technical-debt` in acme/shop: GitHub answered 422 (Validation Failed: Label color invalid)");
}

#[tokio::test]
async fn labels_are_read_page_by_page_and_kept_for_ten_minutes() {
    let server = Server::start().await;
    let next = format!("<{}/repositories/5/labels?per_page=100&page=2>; rel=\"next\"", server.url);
    server.on(LABELS, labels(&["bug"]).header("link", next.clone()));
    server.on("GET /repositories/5/labels?per_page=100&page=2", labels(&["infra"]));
    let github = with_token(&server);
    let after = |minutes| errand_at(now() + SignedDuration::from_mins(minutes));
    assert_eq!(github.labels(&repository(), &after(0)).await.unwrap(), ["bug", "infra"]);
    assert_eq!(github.labels(&repository(), &after(9)).await.unwrap(), ["bug", "infra"]);
    assert_eq!(server.log().lines().count(), 2);
    server.on(LABELS, labels(&["one"]));
    assert_eq!(github.labels(&repository(), &after(10)).await.unwrap(), ["one"]);
    github.forget_labels(&repository());
    server.on(LABELS, labels(&["two"]));
    assert_eq!(github.labels(&repository(), &after(11)).await.unwrap(), ["two"]);
}

#[tokio::test]
async fn one_label_is_removed_and_gone_already_is_fine() {
    let server = Server::start().await;
    let path = "DELETE /repos/acme/shop/issues/7/labels/kind%2fclean%20up%3f";
    server.on(path, labels(&[])).on(path, Reply::refusal(404, "Label does not exist"));
    let github = with_token(&server);
    for _ in 0..2 {
        assert_eq!(github.unmark(&repository(), &errand(), "kind/clean up?").await, Ok(()));
    }
    server.on(path, Reply::refusal(403, "Resource not accessible by integration"));
    let refused = github.unmark(&repository(), &errand(), "kind/clean up?").await;
    assert!(matches!(refused, Err(TrackerError::Refused { .. })), "{refused:?}");
}
