//! What is no longer where it was.

use serde_json::json;

use crate::support::Scene;

#[tokio::test]
async fn a_renamed_repository_is_found_by_its_id() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    repo.open("alice", "Slow search", "");
    repo.rename("acme/store");
    let bot = scene.bot().await;
    let moved = bot.get("/repos/acme/shop/issues/1?x=y").await;
    let target = format!("{}/repositories/{}/issues/1?x=y", scene.github.url(), repo.id());
    assert_eq!((moved.status, moved.header("location")), (301, target.as_str()));
    assert_eq!((moved.message(), &moved.body["url"]), ("Moved Permanently", &json!(target)));
    let followed = bot.get(&target).await;
    assert_eq!(followed.body["repository_url"], format!("{}/repos/acme/store", scene.github.url()));
    let write = bot.post("/repos/acme/shop/issues/1/labels", json!(["bug"])).await;
    assert_eq!(write.status, 307, "a write is sent again with its verb");
    assert_eq!(bot.get("/repos/acme/store").await.status, 200);
    assert_eq!(repo.full_name(), "acme/store");

    let newcomer = scene.github.repository("acme/shop");
    assert_ne!(newcomer.id(), repo.id());
    assert_eq!(bot.get("/repos/acme/shop/issues/1").await.status, 404, "the name belongs to another one now");
}

#[tokio::test]
async fn a_transferred_issue_points_to_where_it_is() {
    let scene = Scene::start().await;
    let (shop, depot) = (scene.github.repository("acme/shop"), scene.github.repository("acme/depot"));
    depot.open("bob", "An older one", "");
    let issue = shop.open_with_labels("alice", "Slow search", "", &["bug", "search"]);
    issue.comment("alice", "Still slow.");
    let moved = issue.transfer(&depot);
    assert_eq!((moved.number(), moved.labels()), (2, vec!["bug".to_owned()]), "unknown labels stay behind");
    assert_eq!(moved.comments().len(), 1);
    let bot = scene.bot().await;
    let answer = bot.get("/repos/acme/shop/issues/1/labels").await;
    let target = format!("{}/repositories/{}/issues/2/labels", scene.github.url(), depot.id());
    assert_eq!((answer.status, answer.header("location")), (301, target.as_str()));
    assert_eq!(bot.get("/repos/acme/shop/issues").await.body, json!([]));

    let far = scene.github.repository("globex/reactor");
    let gone = shop.open("alice", "Another", "");
    gone.transfer(&far);
    assert_eq!(bot.get("/repos/acme/shop/issues/2").await.status, 404, "the token does not see where it went");
}

#[tokio::test]
async fn a_deleted_issue_is_gone_for_good() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    repo.open("alice", "Spam", "").delete();
    let bot = scene.bot().await;
    let gone = bot.get("/repos/acme/shop/issues/1").await;
    assert_eq!((gone.status, gone.message()), (410, "This issue was deleted"));
    assert_eq!(bot.post("/repos/acme/shop/issues/1/comments", json!({"body": "x"})).await.status, 410);
    assert_eq!(repo.open("alice", "Next", "").number(), 2, "no number is given twice");
}

#[tokio::test]
async fn an_archived_repository_takes_no_writes() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    repo.open("alice", "Slow search", "");
    repo.archive(true);
    let bot = scene.bot().await;
    assert_eq!(bot.get("/repos/acme/shop").await.body["archived"], true);
    let refused = bot.post("/repos/acme/shop/issues/1/labels", json!(["bug"])).await;
    assert_eq!((refused.status, refused.message()), (403, "Repository was archived so is read-only."));
}
