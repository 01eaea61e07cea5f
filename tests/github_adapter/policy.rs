//! The policy file, and the commit status that shows whether it is in force.

use plimsoll::tracker::{Missing, PolicyFile, PolicyLookup, PolicyNotice, Tracker as _, TrackerError};
use serde_json::json;

use crate::server::{Reply, Server};
use crate::{errand, repository, with_token};

const REPOSITORY: &str = "GET /repos/acme/shop";
const FILE: &str = "GET /repos/acme/shop/contents/.github/plimsoll.yml";
const COMMIT: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

async fn lookup(repository_id: u64, file: Reply) -> Result<PolicyLookup, TrackerError> {
    let server = Server::start().await;
    server.on(REPOSITORY, Reply::ok(json!({"id": repository_id, "full_name": "acme/shop"}))).on(FILE, file);
    with_token(&server).read_policy(&repository(), &errand()).await
}

#[tokio::test]
async fn the_file_is_read_at_the_default_branch() {
    let file = json!({
        "type": "file", "encoding": "base64", "size": 11, "name": "plimsoll.yml", "sha": "3d21ec5",
        "content": "dmVyc2lv\nbjogMQo=\n",
    });
    let found = PolicyFile { text: "version: 1\n".into(), revision: "3d21ec5".into() };
    assert_eq!(lookup(5, Reply::ok(file)).await, Ok(PolicyLookup::Found(found)));
}

#[tokio::test]
async fn no_file_and_a_directory_are_missing() {
    assert_eq!(lookup(5, Reply::refusal(404, "Not Found")).await, Ok(PolicyLookup::Missing));
    assert_eq!(lookup(5, Reply::ok(json!([{"type": "file", "name": "x"}]))).await, Ok(PolicyLookup::Missing));
}

#[tokio::test]
async fn a_repository_out_of_reach_is_not_one_without_a_policy() {
    let server = Server::start().await;
    server.on(REPOSITORY, Reply::refusal(404, "Not Found"));
    let lost = with_token(&server).read_policy(&repository(), &errand()).await;
    assert!(matches!(lost, Err(TrackerError::Missing { what: Missing::Repository, .. })), "{lost:?}");
}

#[tokio::test]
async fn another_repositorys_policy_does_not_count() {
    let taken = lookup(6, Reply::ok(json!({}))).await;
    assert!(matches!(taken, Err(TrackerError::Renamed { .. })), "{taken:?}");
}

#[tokio::test]
async fn an_error_is_shown_on_the_commit_once() {
    let server = Server::start().await;
    let status = format!("GET /repos/acme/shop/commits/{COMMIT}/status?per_page=100");
    server.on(&status, Reply::ok(json!({"state": "pending", "statuses": []})));
    server.on(&format!("POST /repos/acme/shop/statuses/{COMMIT}"), Reply::json(201, json!({})));
    let shown =
        json!([{"context": "plimsoll/policy", "state": "error", "description": "line 3, column 5: unknown key"}]);
    server.on(&status, Reply::ok(json!({"statuses": shown})));
    let (github, broken) = (with_token(&server), PolicyNotice::Broken("line 3, column 5: unknown key".into()));
    for _ in 0..2 {
        github.show_policy_notice(&repository(), &errand(), Some(COMMIT), &broken).await.unwrap();
    }
    insta::assert_snapshot!(server.log(), @r#"
    GET /repos/acme/shop/commits/6dcb09b5b57875f334f61aebed695e2e4193db5e/status?per_page=100
    POST /repos/acme/shop/statuses/6dcb09b5b57875f334f61aebed695e2e4193db5e {"state":"error","context":"plimsoll/policy","description":"line 3, column 5: unknown key"}
    GET /repos/acme/shop/commits/6dcb09b5b57875f334f61aebed695e2e4193db5e/status?per_page=100
    "#);
}

#[tokio::test]
async fn the_commit_is_looked_up_where_it_is_not_known() {
    let server = Server::start().await;
    server.on("GET /repos/acme/shop/commits?path=.github/plimsoll.yml&per_page=1", Reply::ok(json!([{"sha": "abc"}])));
    server.on("GET /repos/acme/shop/commits/abc/status?per_page=100", Reply::ok(json!({"statuses": []})));
    server.on("POST /repos/acme/shop/statuses/abc", Reply::json(201, json!({})));
    let github = with_token(&server);
    github.show_policy_notice(&repository(), &errand(), None, &PolicyNotice::InForce).await.unwrap();
    assert!(
        server
            .log()
            .ends_with(r#"{"state":"success","context":"plimsoll/policy","description":"The policy is in force"}"#)
    );
    server.on("GET /repos/acme/shop/commits?path=.github/plimsoll.yml&per_page=1", Reply::ok(json!([])));
    assert_eq!(github.show_policy_notice(&repository(), &errand(), None, &PolicyNotice::InForce).await, Ok(()));
}
