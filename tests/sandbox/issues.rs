//! Issues, comments, reactions, timelines.

use jiff::SignedDuration;
use plimsoll::sandbox::github::{PullOrIssue, ViolationKind};
use serde_json::json;

use crate::support::{Scene, moment};

#[tokio::test]
async fn lists_are_paged_by_link_and_sorted() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    for number in 1..=5 {
        scene.clock.advance(SignedDuration::from_mins(1));
        repo.open("alice", &format!("Issue {number}"), "");
    }
    repo.pull_request("bob", "A pull request", "");
    repo.issue(2).close("alice", "completed");
    let bot = scene.bot().await;

    let first = bot.get("/repos/acme/shop/issues?state=all&per_page=4").await;
    assert_eq!(first.each("number"), ["6", "5", "4", "3"], "newest first, pull requests among them");
    assert!(first.body[0]["pull_request"].is_object());
    assert!(first.body[1].get("pull_request").is_none());
    assert_eq!(first.link("prev"), None);
    assert_eq!(first.link("next"), first.link("last"));
    let lasting = format!("{}/repositories/{}/issues?", scene.github.url(), repo.id());
    assert!(first.link("next").unwrap().starts_with(&lasting), "links name the repository by id");
    let second = bot.get(&first.link("next").unwrap()).await;
    assert_eq!(second.each("number"), ["2", "1"]);
    assert_eq!(second.link("next"), None);
    assert!(second.link("first").is_some());

    assert_eq!(bot.get("/repos/acme/shop/issues").await.each("number"), ["6", "5", "4", "3", "1"]);
    let since = "/repos/acme/shop/issues?state=all&sort=updated&direction=asc&since=2026-03-02T09:05:00Z";
    assert_eq!(bot.get(since).await.each("number"), ["2", "5", "6"]);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_no_change() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "It takes a minute.");
    scene.github.forget_pending();
    let before = issue.view();
    let bot = scene.bot().await;
    let same = json!({"title": "Slow search", "body": "It takes a minute.", "state": "open", "labels": []});
    assert_eq!(bot.patch("/repos/acme/shop/issues/1", same).await.status, 200);
    assert_eq!(issue.view(), before);
    assert_eq!(scene.github.pending(), []);
}

#[tokio::test]
async fn a_patch_changes_all_that_it_names() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let milestone = repo.create_milestone("alice", "March", Some("2026-03-31T00:00:00Z"));
    let issue = repo.open_with_labels("alice", "Slow search", "Old", &["bug"]);
    let bot = scene.bot().await;
    let patch = json!({
        "title": "Search takes a minute", "body": null, "labels": ["performance"], "milestone": milestone, "type": "task",
        "state": "closed", "state_reason": "not_planned",
    });
    let answer = bot.patch("/repos/acme/shop/issues/1", patch).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["milestone"]["title"], "March");
    assert_eq!(answer.body["type"]["name"], "Task");
    assert_eq!(answer.body["closed_by"]["login"], "plimsoll[bot]");
    let view = issue.view().unwrap();
    assert_eq!((view.title.as_str(), view.body, view.open), ("Search takes a minute", None, false));
    assert_eq!((view.labels, view.state_reason.as_deref()), (vec!["performance".to_owned()], Some("not_planned")));
    assert_eq!(view.kind, PullOrIssue::Issue);

    let timeline = bot.get("/repos/acme/shop/issues/1/timeline").await;
    assert_eq!(
        timeline.each("event"),
        ["labeled", "renamed", "unlabeled", "labeled", "milestoned", "issue_type_added", "closed"]
    );
    assert_eq!(timeline.body[0]["actor"]["type"], "User");
    assert_eq!(timeline.body[1]["rename"], json!({"from": "Slow search", "to": "Search takes a minute"}));
    assert_eq!(timeline.body[3]["actor"]["login"], "plimsoll[bot]");
    assert_eq!(timeline.body[3]["label"], json!({"name": "performance", "color": "ededed"}));
    assert_eq!(timeline.body[3]["created_at"], "2026-03-02T09:00:00Z");

    let refused = bot.patch("/repos/acme/shop/issues/1", json!({"type": "Nonsense"})).await;
    assert_eq!((refused.status, refused.message()), (422, "Validation Failed"));
    assert_eq!(bot.post("/repos/acme/shop/issues", json!({"title": " "})).await.status, 422);
    assert_eq!(bot.patch("/repos/acme/shop/issues/99", json!({})).await.status, 404);
}

#[tokio::test]
async fn comments_are_written_edited_listed_and_deleted() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    let written = bot.post("/repos/acme/shop/issues/1/comments", json!({"body": "Why is that?"})).await;
    assert_eq!(written.status, 201);
    assert_eq!(written.body["user"]["type"], "Bot");
    assert_eq!(written.body["performed_via_github_app"]["slug"], "plimsoll");
    let path = format!("/repos/acme/shop/issues/comments/{}", written.body["id"]);
    scene.clock.advance(SignedDuration::from_mins(5));
    issue.comment("alice", "Because of an index.");
    assert_eq!(bot.patch(&path, json!({"body": "Which part is slow?"})).await.body["body"], "Which part is slow?");
    assert_eq!(bot.get(&path).await.body["created_at"], "2026-03-02T09:00:00Z");
    assert_eq!(bot.get(&path).await.body["updated_at"], "2026-03-02T09:05:00Z");
    let all = bot.get("/repos/acme/shop/issues/1/comments").await;
    assert_eq!(all.each("body"), ["Which part is slow?", "Because of an index."]);
    let newest = bot.get("/repos/acme/shop/issues/comments?sort=created").await;
    assert_eq!(newest.each("body"), ["Because of an index.", "Which part is slow?"]);
    assert_eq!(bot.get("/repos/acme/shop/issues/1").await.body["comments"], 2);

    assert_eq!(bot.delete(&path).await.status, 204);
    assert_eq!(bot.get(&path).await.status, 404);
    assert_eq!(issue.comments().len(), 1);
    assert_eq!(issue.comments()[0].created_at, moment("2026-03-02T09:05:00Z"));
    assert_eq!(bot.get("/repos/acme/shop/issues/1/timeline").await.each("event"), ["commented"]);
}

#[tokio::test]
async fn a_comment_has_65536_characters_at_most() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    let path = "/repos/acme/shop/issues/1/comments";
    assert_eq!(bot.post(path, json!({"body": "ü".repeat(65_536)})).await.status, 201);
    let long = bot.post(path, json!({"body": "ü".repeat(65_537)})).await;
    assert_eq!((long.status, long.message()), (422, "Validation Failed"));
    assert_eq!(long.body["errors"][0]["message"], "Body is too long (maximum is 65536 characters)");
    assert_eq!(bot.post(path, json!({})).await.status, 422);
}

#[tokio::test]
async fn nobody_reacts_twice_in_the_same_way() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let comment = issue.comment("alice", "/why");
    let bot = scene.bot().await;
    for path in
        [format!("/repos/acme/shop/issues/comments/{comment}/reactions"), "/repos/acme/shop/issues/1/reactions".into()]
    {
        let first = bot.post(&path, json!({"content": "eyes"})).await;
        assert_eq!(first.status, 201);
        let again = bot.post(&path, json!({"content": "eyes"})).await;
        assert_eq!((again.status, &again.body["id"]), (200, &first.body["id"]));
        assert_eq!(bot.get(&path).await.each("content"), ["eyes"]);
        assert_eq!(bot.post(&path, json!({"content": "shrug"})).await.status, 422);
    }
    assert_eq!(bot.get("/repos/acme/shop/issues/1").await.body["reactions"]["eyes"], 1);
    assert_eq!(issue.comments()[0].reactions[0].by, "plimsoll[bot]");
    let id = bot.get("/repos/acme/shop/issues/1/reactions").await.body[0]["id"].clone();
    assert_eq!(bot.delete(&format!("/repos/acme/shop/issues/1/reactions/{id}")).await.status, 204);
    assert_eq!(issue.reactions(), []);
}

#[tokio::test]
async fn a_comment_written_twice_is_noticed() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    let path = "/repos/acme/shop/issues/1/comments";
    let first = bot.post(path, json!({"body": "One <!-- note:impact -->"})).await;
    issue.comment("alice", "One <!-- note:impact -->");
    bot.post(path, json!({"body": "Two <!-- note:stale -->"})).await;
    assert_eq!(scene.github.violations(), []);
    bot.post(path, json!({"body": "Other words <!-- note:impact -->"})).await;
    let comment = format!("/repos/acme/shop/issues/comments/{}", first.body["id"]);
    bot.patch(&comment, json!({"body": "One <!-- note:impact -->"})).await;
    let kinds: Vec<_> = scene.github.violations().iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [ViolationKind::CommentTwice, ViolationKind::EditWithoutChange]);
}
