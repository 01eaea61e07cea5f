//! Labels of a repository and on issues.

use plimsoll::sandbox::github::ViolationKind;
use serde_json::json;

use crate::support::Scene;

#[tokio::test]
async fn labels_are_put_and_taken_one_by_one() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    let path = "/repos/acme/shop/issues/1/labels";
    let put = bot.post(path, json!({"labels": ["BUG", "area/search"]})).await;
    assert_eq!((put.status, put.each("name")), (200, vec!["bug".to_owned(), "area/search".to_owned()]));
    let made = repo.label("area/search").unwrap();
    assert_eq!((made.color.as_str(), made.description), ("ededed", None), "a missing label comes into being");

    let left = bot.delete(&format!("{path}/area%2Fsearch")).await;
    assert_eq!((left.status, left.each("name")), (200, vec!["bug".to_owned()]));
    let missing = bot.delete(&format!("{path}/area%2Fsearch")).await;
    assert_eq!((missing.status, missing.message()), (404, "Label does not exist"));
    assert_eq!(issue.labels(), ["bug"]);
    assert_eq!(bot.get(path).await.each("name"), ["bug"]);
}

#[tokio::test]
async fn a_label_put_twice_is_noticed_and_changes_nothing() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    repo.open_with_labels("alice", "Slow search", "", &["bug"]);
    scene.github.forget_pending();
    let bot = scene.bot().await;
    assert_eq!(bot.post("/repos/acme/shop/issues/1/labels", json!({"labels": ["bug"]})).await.status, 200);
    assert_eq!(scene.github.pending(), []);
    assert_eq!(scene.github.violations()[0].kind, ViolationKind::LabelTwice);
    assert_eq!(scene.github.violations()[0].actor, "plimsoll[bot]");
}

#[tokio::test]
async fn a_repository_has_each_label_once() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let bot = scene.bot().await;
    let new = json!({"name": "Technical-Debt", "color": "D4C5F9", "description": "Slows us down"});
    let made = bot.post("/repos/acme/shop/labels", new).await;
    assert_eq!((made.status, &made.body["color"], &made.body["default"]), (201, &json!("d4c5f9"), &json!(false)));
    let again = bot.post("/repos/acme/shop/labels", json!({"name": "technical-debt"})).await;
    assert_eq!((again.status, again.message()), (422, "Validation Failed"));
    assert_eq!(again.body["errors"], json!([{"resource": "Label", "code": "already_exists", "field": "name"}]));
    assert_eq!(again.body["status"], "422");
    assert!(again.body["documentation_url"].is_string());
    assert_eq!(bot.post("/repos/acme/shop/labels", json!({"name": "x", "color": "#ffffff"})).await.status, 422);
    assert_eq!(bot.get("/repos/acme/shop/labels/TECHNICAL-DEBT").await.body["name"], "Technical-Debt");

    let issue = repo.open_with_labels("alice", "Old code", "", &["technical-debt"]);
    let renamed = bot.patch("/repos/acme/shop/labels/technical-debt", json!({"new_name": "tech debt"})).await;
    assert_eq!(renamed.body["name"], "tech debt");
    assert_eq!(issue.labels(), ["tech debt"], "the issue carries the label, not its name");
    assert_eq!(bot.delete("/repos/acme/shop/labels/tech%20debt").await.status, 204);
    assert_eq!(issue.labels(), Vec::<String>::new());
    assert_eq!(bot.get("/repos/acme/shop/labels/tech%20debt").await.status, 404);
}

#[tokio::test]
async fn an_impossible_wish_of_the_driver_is_told() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    repo.open("alice", "Slow search", "").unlabel("alice", "bug");
    let told = scene.github.violations();
    assert_eq!((told[0].kind, told[0].actor.as_str()), (ViolationKind::Driver, "alice"));
    assert!(told[0].what.starts_with("unlabel #1: 404"), "{}", told[0].what);
}
