//! Reading items and their history, conditionally and page by page.

use plimsoll::backlog::{Actor, Event, Fact, Parent, Repository};
use plimsoll::tracker::{Tracker as _, TrackerError};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{errand, place, repository, with_token};

fn issue() -> Value {
    json!({
        "id": 900, "number": 7, "title": "Upgrade the database", "body": null, "state": "open", "state_reason": null,
        "user": {"login": "octocat", "type": "User"}, "labels": [{"name": "infra"}], "type": null,
        "html_url": "https://github.com/acme/shop/issues/7",
        "created_at": "2026-12-01T00:00:00Z", "updated_at": "2026-12-02T00:00:00Z",
    })
}

#[tokio::test]
async fn an_unchanged_item_is_not_sent_again() {
    let server = Server::start().await;
    let path = "GET /repos/acme/shop/issues/7";
    server.on(path, Reply::ok(issue()).header("etag", "W/\"a\"")).on(path, Reply::empty(304));
    let github = with_token(&server);
    let first = github.read_item(&repository(), &errand(), Some("900")).await.unwrap().unwrap();
    let second = github.read_item(&repository(), &errand(), Some("900")).await.unwrap().unwrap();
    assert_eq!(
        (first.title.as_str(), first.labels.as_slice()),
        ("Upgrade the database", ["infra".to_owned()].as_slice())
    );
    assert_eq!(first, second);
    insta::assert_snapshot!(server.log(), @r#"
    GET /repos/acme/shop/issues/7
    GET /repos/acme/shop/issues/7 unless W/"a"
    "#);
}

fn part_of(address: &str) -> Value {
    let mut part = issue();
    part.as_object_mut().unwrap().insert("parent_issue_url".to_owned(), address.into());
    part
}

#[tokio::test]
async fn what_an_issue_is_a_part_of_is_read_once() {
    let server = Server::start().await;
    let part = || Reply::ok(part_of(&format!("{}/repos/acme/plans/issues/3", server.url)));
    let whole = json!({"number": 3, "title": "Epic", "labels": [{"name": "tech-debt"}], "type": {"name": "Feature"}});
    server
        .on("GET /repos/acme/shop/issues/7", part())
        .on("GET /repos/acme/plans/issues/3", Reply::ok(whole))
        .on("GET /repos/acme/shop/issues/7", part());
    let github = with_token(&server);
    for _ in 0..2 {
        let read = github.read_item(&repository(), &errand(), Some("900")).await.unwrap().unwrap();
        let parent = Parent { labels: vec!["tech-debt".into()], type_name: Some("Feature".into()) };
        assert_eq!(read.parent, Some(parent));
    }
    insta::assert_snapshot!(server.log(), @r"
    GET /repos/acme/shop/issues/7
    GET /repos/acme/plans/issues/3
    GET /repos/acme/shop/issues/7
    ");
}

#[tokio::test]
async fn what_cannot_be_read_of_a_whole_says_nothing() {
    let server = Server::start().await;
    let hidden = format!("{}/repos/acme/secret/issues/1", server.url);
    server
        .on("GET /repos/acme/shop/issues/7", Reply::ok(part_of("https://evil.example/repos/acme/shop/issues/1")))
        .on("GET /repos/acme/shop/issues/7", Reply::ok(part_of(&hidden)))
        .on("GET /repos/acme/secret/issues/1", Reply::refusal(404, "Not Found"));
    let github = with_token(&server);
    for _ in 0..2 {
        let read = github.read_item(&repository(), &errand(), Some("900")).await.unwrap().unwrap();
        assert_eq!(read.parent, None);
    }
    insta::assert_snapshot!(server.log(), @r"
    GET /repos/acme/shop/issues/7
    GET /repos/acme/shop/issues/7
    GET /repos/acme/secret/issues/1
    ");
}

#[tokio::test]
async fn what_another_installation_read_is_not_reused() {
    let server = Server::start().await;
    let app = crate::with_app(&server);
    for installation in ["42", "43"] {
        server.on(
            &format!("POST /app/installations/{installation}/access_tokens"),
            crate::auth::token(installation, "2099-01-01T00:00:00Z"),
        );
        server.on("GET /repos/acme/shop/issues/7", Reply::ok(issue()).header("etag", "\"a\""));
        let place = plimsoll::backlog::Place { installation: installation.into(), ..place() };
        let repository = Repository { place, ..repository() };
        app.read_item(&repository, &errand(), Some("900")).await.unwrap();
    }
    insta::assert_snapshot!(server.log(), @r"
    POST /app/installations/42/access_tokens as App {}
    GET /repos/acme/shop/issues/7 as 42
    POST /app/installations/43/access_tokens as App {}
    GET /repos/acme/shop/issues/7 as 43
    ");
}

#[tokio::test]
async fn a_pull_request_is_no_item() {
    let server = Server::start().await;
    let mut pull_request = issue();
    pull_request["pull_request"] = json!({"url": "…"});
    server.on("GET /repos/acme/shop/issues/7", Reply::ok(pull_request));
    assert_eq!(with_token(&server).read_item(&repository(), &errand(), None).await, Ok(None));
}

#[tokio::test]
async fn another_items_id_means_that_the_name_may_have_gone_to_another_repository() {
    let server = Server::start().await;
    for id in [6, 5] {
        server.on("GET /repos/acme/shop/issues/7", Reply::ok(issue()));
        server.on("GET /repos/acme/shop", Reply::ok(json!({"id": id, "full_name": "acme/shop"})));
    }
    let github = with_token(&server);
    let taken = github.read_item(&repository(), &errand(), Some("901")).await;
    assert!(matches!(taken, Err(TrackerError::Renamed { .. })), "{taken:?}");
    let same = github.read_item(&repository(), &errand(), Some("901")).await;
    assert!(matches!(same, Ok(Some(_))), "{same:?}");
}

#[tokio::test]
async fn a_repository_is_found_by_its_id() {
    let server = Server::start().await;
    server.on("GET /repositories/5", Reply::ok(json!({"id": 5, "full_name": "acme/shop-2", "private": true})));
    let found = with_token(&server).locate(&place(), &errand()).await;
    assert_eq!(found, Ok(Repository { place: place(), name: "acme/shop-2".into() }));
}

#[tokio::test]
async fn hostile_names_stay_within_their_segments() {
    let server = Server::start().await;
    let github = with_token(&server);
    for name in ["acme/../user", "acme", "/shop", "acme/shop/issues"] {
        let repository = Repository { name: name.into(), ..repository() };
        let refused = github.read_item(&repository, &errand(), None).await;
        assert!(matches!(refused, Err(TrackerError::Failed { .. })), "{name}: {refused:?}");
    }
    let repository = Repository { name: "../app?x=1#".into(), ..repository() };
    let _ = github.read_item(&repository, &errand(), None).await;
    insta::assert_snapshot!(server.log(), @"GET /repos/%2E%2E/app%3fx%3d1%23/issues/7");
}

fn entry(event: &str, label: &str, second: u32) -> Value {
    json!({
        "event": event, "actor": {"login": "octocat", "type": "User"}, "label": {"name": label, "color": "fff"},
        "created_at": format!("2026-12-01T00:00:{second:02}Z"),
    })
}

#[tokio::test]
async fn the_history_names_who_put_and_removed_labels() {
    let server = Server::start().await;
    let timeline = json!([
        entry("labeled", "bug", 1),
        {"event": "commented", "id": 3, "user": {"login": "octocat"}, "body": "labeled"},
        {"event": "committed", "sha": "abc", "author": {"name": "x"}, "label": "odd"},
        entry("unlabeled", "bug", 2),
        {"event": "labeled", "actor": null, "label": {"name": "infra"}, "created_at": "2026-12-01T00:00:03Z"},
    ]);
    server.on("GET /repos/acme/shop/issues/7/timeline?per_page=100", Reply::ok(timeline));
    let history = with_token(&server).label_history(&repository(), &errand()).await.unwrap();
    let at = |second: u32| format!("2026-12-01T00:00:{second:02}Z").parse().unwrap();
    let person = Actor::person("octocat");
    assert_eq!(
        history,
        [
            Event { fact: Fact::Labelled { label: "bug".into() }, by: person.clone(), at: at(1) },
            Event { fact: Fact::Unlabelled { label: Some("bug".into()) }, by: person, at: at(2) },
            Event { fact: Fact::Labelled { label: "infra".into() }, by: Actor::bot("unknown"), at: at(3) },
        ]
    );
}

#[tokio::test]
async fn of_a_long_history_the_newest_pages_are_read() {
    let server = Server::start().await;
    let page = |number: u32| format!("/repositories/5/issues/7/timeline?per_page=100&page={number}");
    let link = format!("<{0}{1}>; rel=\"next\", <{0}{2}>; rel=\"last\"", server.url, page(2), page(9));
    let first = Reply::ok(json!([entry("labeled", "first", 0)])).header("link", link);
    server.on("GET /repos/acme/shop/issues/7/timeline?per_page=100", first);
    for number in 6..=9 {
        server.on(&format!("GET {}", page(number)), Reply::ok(json!([entry("labeled", "late", number)])));
    }
    let history = with_token(&server).label_history(&repository(), &errand()).await.unwrap();
    assert_eq!(history.len(), 5);
    assert!(history.is_sorted_by_key(|event| event.at));
    assert_eq!(server.log().lines().count(), 5);
}

#[tokio::test]
async fn a_page_at_another_host_is_not_asked_for() {
    let server = Server::start().await;
    let link = "<https://evil.example/repositories/5/labels?page=2>; rel=\"next\"";
    server.on("GET /repos/acme/shop/labels?per_page=100", Reply::ok(json!([{"name": "bug"}])).header("link", link));
    let refused = with_token(&server).labels(&repository(), &errand()).await.unwrap_err().to_string();
    let refused = refused.replace(&server.url, "URL");
    insta::assert_snapshot!(refused, @"reading the labels of acme/shop: the next page is at another address than URL: set PLIMSOLL_GITHUB_URL to the address that GitHub itself uses");
}
