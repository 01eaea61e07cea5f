//! Scripted trouble.

use std::time::Duration;

use plimsoll::sandbox::github::Fault;
use serde_json::json;

use crate::support::Scene;

const LABELS: &str = "/repos/acme/shop/issues/1/labels";

#[tokio::test]
async fn a_fault_before_the_work_leaves_it_undone() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    scene.github.script(Fault::on("POST", LABELS).times(2).answer(502));
    for _ in 0..2 {
        assert_eq!(bot.post(LABELS, json!(["bug"])).await.status, 502);
        assert_eq!(issue.labels(), Vec::<String>::new());
    }
    assert_eq!(bot.get(LABELS).await.status, 200, "another method");
    assert_eq!(bot.post(LABELS, json!(["bug"])).await.status, 200, "it struck twice and is over");
    assert_eq!(scene.github.requests().iter().filter(|one| one.faulted).count(), 2);
}

#[tokio::test]
async fn a_fault_after_the_work_loses_only_the_answer() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    scene.github.script(Fault::on("POST", LABELS).after().answer(502));
    assert_eq!(bot.post(LABELS, json!(["bug"])).await.status, 502);
    assert_eq!(issue.labels(), ["bug"]);

    scene.github.script(Fault::on("POST", "/repos/acme/shop/issues/1/comments").after().drop_connection());
    let cut = bot.try_post("/repos/acme/shop/issues/1/comments", json!({"body": "Hello"})).await;
    assert!(cut.is_err(), "the connection ended without an answer");
    assert_eq!(issue.comments().len(), 1);
    assert_eq!(scene.github.requests().last().unwrap().status, 0);
    assert_eq!(bot.get("/repos/acme/shop").await.status, 200);
}

#[tokio::test]
async fn a_dropped_connection_leaves_the_work_undone() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    scene.github.script(Fault::on("*", "/repos/acme/shop").always().drop_connection());
    assert!(bot.try_post(LABELS, json!(["bug"])).await.is_err());
    assert!(bot.try_post(LABELS, json!(["bug"])).await.is_err());
    scene.github.clear_faults();
    assert_eq!(issue.labels(), Vec::<String>::new());
    assert_eq!(bot.post(LABELS, json!(["bug"])).await.status, 200);
}

#[tokio::test]
async fn a_secondary_limit_says_when_to_come_back() {
    let scene = Scene::start().await;
    let _repo = scene.github.repository("acme/shop");
    let bot = scene.bot().await;
    scene.github.script(Fault::on("GET", "/repos/").secondary_limit(Some(60)).header("x-ratelimit-remaining", "42"));
    let refused = bot.get("/repos/acme/shop").await;
    assert_eq!((refused.status, refused.header("retry-after")), (403, "60"));
    assert_eq!(refused.header("x-ratelimit-remaining"), "42", "a scripted header stands");
    assert!(refused.message().contains("secondary rate limit"));
}

#[tokio::test]
async fn a_delayed_request_takes_its_course() {
    let scene = Scene::start().await;
    let _repo = scene.github.repository("acme/shop");
    let bot = scene.bot().await;
    scene.github.script(Fault::on("GET", "/repos/").delay(Duration::from_millis(5)));
    assert_eq!(bot.get("/repos/acme/shop").await.status, 200);
}
