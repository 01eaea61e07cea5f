//! Both policy files by one query: what it asks, and whose word counts where it is refused.

use plimsoll::backlog::{Place, Repository};
use plimsoll::tracker::{PauseScope, Policies, PolicyFile, PolicyLookup, Tracker as _, TrackerError};
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::{errand, now, place, repository, with_app, with_token};

const QUERY: &str = "POST /graphql";

fn told() -> Value {
    let file = json!({"oid": "3d21ec53a331a6f037a91c368710b99387d012c1", "byteSize": 11, "text": "version: 1\n"});
    let folder =
        json!({"entries": [{"name": "ISSUE_TEMPLATE", "mode": 16_384}, {"name": "plimsoll.yml", "mode": 33_188}]});
    let own = json!({"databaseId": 5, "nameWithOwner": "acme/shop", "folder": folder, "file": file});
    json!({
        "data": {"rateLimit": {"cost": 1, "remaining": 4999}, "own": own, "shared": null},
        "errors": [{
            "type": "NOT_FOUND", "path": ["shared"], "locations": [{"line": 4, "column": 3}],
            "message": "Could not resolve to a Repository with the name 'acme/.github'.",
        }],
    })
}

async fn asked(reply: Reply) -> Result<Policies, TrackerError> {
    let server = Server::start().await;
    server.on(QUERY, reply);
    with_token(&server).read_policies(&repository(), &errand()).await
}

#[tokio::test]
async fn one_query_tells_both() {
    let server = Server::start().await;
    server.on(QUERY, Reply::ok(told()));
    let policies = with_token(&server).read_policies(&repository(), &errand()).await.unwrap();
    let file = PolicyFile { text: "version: 1\n".into(), revision: "3d21ec53a331a6f037a91c368710b99387d012c1".into() };
    let found = Policies { own: Some(PolicyLookup::Found(file)), shared: Some(PolicyLookup::Missing) };
    assert_eq!(policies, found);
    let log = server.log();
    let (_, variables) = log.split_once("\"variables\":").unwrap();
    insta::assert_snapshot!(variables, @r#"{"owner":"acme","name":"shop","home":".github","folder":"HEAD:.github","file":"HEAD:.github/plimsoll.yml"}}"#);
}

#[tokio::test]
async fn a_name_that_another_repository_has_now_is_left_to_rest() {
    let server = Server::start().await;
    server.on(QUERY, Reply::ok(told()));
    let other = Repository { place: Place { repository: "6".into(), ..place() }, ..repository() };
    let policies = with_token(&server).read_policies(&other, &errand()).await.unwrap();
    assert_eq!(policies, Policies { own: None, shared: Some(PolicyLookup::Missing) });
}

#[tokio::test]
async fn an_app_is_told_nothing_at_once() {
    let server = Server::start().await;
    assert_eq!(with_app(&server).read_policies(&repository(), &errand()).await, Ok(Policies::default()));
    assert_eq!(server.log(), "");
}

#[tokio::test]
async fn a_used_up_hour_of_graphql_leaves_it_to_rest() {
    let reset = (now().as_second() + 600).to_string();
    let used_up = Reply::refusal(403, "API rate limit exceeded for user ID 1.")
        .header("x-ratelimit-resource", "graphql")
        .header("x-ratelimit-limit", "5000")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", reset);
    assert_eq!(asked(used_up).await, Ok(Policies::default()));
}

#[tokio::test]
async fn what_concerns_rest_too_is_said() {
    let limited = Reply::refusal(403, "You have exceeded a secondary rate limit.").header("retry-after", "30");
    let Err(TrackerError::Later { later, .. }) = asked(limited).await else { panic!("it is a limit") };
    assert_eq!(later.scope, PauseScope::Installation);
    let bad = asked(Reply::refusal(401, "Bad credentials")).await.unwrap_err();
    insta::assert_snapshot!(bad, @"reading .github/plimsoll.yml of acme/shop: refused (Bad credentials); check PLIMSOLL_GITHUB_TOKEN, and that this machine's clock is right");
}
