//! Files, commits, statuses, milestones.

use base64::Engine as _;
use serde_json::json;

use crate::support::Scene;

#[tokio::test]
async fn a_committed_file_can_be_read() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let bot = scene.bot().await;
    let path = "/repos/acme/shop/contents/.github/plimsoll.yml";
    let missing = bot.get(path).await;
    assert_eq!((missing.status, missing.message()), (404, "Not Found"));
    let text = format!("version: 1\n# {}\n", "ü".repeat(100));
    let first = repo.commit_file(".github/plimsoll.yml", &text);
    let file = bot.get(path).await;
    assert_eq!((&file.body["encoding"], &file.body["size"]), (&json!("base64"), &json!(text.len())));
    let content = file.body["content"].as_str().unwrap().replace('\n', "");
    assert_eq!(base64::engine::general_purpose::STANDARD.decode(content).unwrap(), text.as_bytes());
    assert_eq!(bot.get(&format!("{path}?ref=main")).await.status, 200);
    assert_eq!(bot.get(&format!("{path}?ref=elsewhere")).await.status, 404);

    let second = repo.commit_file("README.md", "# Shop\n");
    let third = repo.commit_file_as("alice", ".github/plimsoll.yml", "version: 1\n");
    assert_ne!(bot.get(path).await.body["sha"], file.body["sha"], "another text has another sha");
    assert_eq!(bot.get("/repos/acme/shop/commits?path=.github/plimsoll.yml").await.each("sha"), [third.clone(), first]);
    assert_eq!(bot.get("/repos/acme/shop/commits?per_page=1").await.each("sha")[0], third);
    assert_eq!(bot.get("/repos/acme/shop/contents/.github").await.each("name"), ["plimsoll.yml"]);
    assert_eq!(bot.get("/repos/acme/shop/contents").await.each("type"), ["dir", "file"]);
    assert_eq!(bot.get("/repos/acme/shop/commits/main").await.body["parents"][0]["sha"], json!(second));
    repo.remove_file("alice", ".github/plimsoll.yml");
    assert_eq!(bot.get(path).await.status, 404);
}

#[tokio::test]
async fn graphql_tells_files_and_folders_and_says_what_is_missing_where_it_would_stand() {
    let scene = Scene::start().await;
    let shop = scene.github.repository("acme/shop");
    let bot = scene.bot().await;
    let query = r#"query Look {
        shop: repository(owner: "acme", name: "shop") {
            nameWithOwner
            file: object(expression: "HEAD:docs/plan.md") { ... on Blob { oid byteSize isBinary isTruncated text } }
            folder: object(expression: "main:docs") { __typename ... on Tree { entries { name type mode } } ... on Blob { text } }
            other: object(expression: "elsewhere:docs") { __typename }
        }
        nowhere: repository(owner: "acme", name: "nowhere") { nameWithOwner }
    }"#;
    let look = async || bot.post("/graphql", json!({ "query": query })).await.body;
    let nothing = json!({"nameWithOwner": "acme/shop", "file": null, "folder": null, "other": null});
    assert_eq!(look().await["data"]["shop"], nothing, "without a commit there is no HEAD");
    shop.commit_file("docs/plan.md", "# Plän\n");
    shop.commit_file("docs/old/plan.md", "");
    let rest = bot.get("/repos/acme/shop/contents/docs/plan.md").await.body;
    let blob = json!({"oid": rest["sha"], "byteSize": 8, "isBinary": false, "isTruncated": false, "text": "# Plän\n"});
    let entries = json!([
        {"name": "old", "type": "tree", "mode": 0o040_000}, {"name": "plan.md", "type": "blob", "mode": 0o100_644},
    ]);
    let tree = json!({"__typename": "Tree", "entries": entries});
    let answer = look().await;
    let found = json!({"nameWithOwner": "acme/shop", "file": blob, "folder": tree, "other": null});
    assert_eq!(answer["data"], json!({"shop": found, "nowhere": null}));
    let missing = "Could not resolve to a Repository with the name 'acme/nowhere'.";
    assert_eq!(answer["errors"], json!([{"message": missing, "type": "NOT_FOUND", "path": ["nowhere"]}]));

    shop.rename("acme/store");
    assert_eq!(look().await["data"]["shop"]["nameWithOwner"], "acme/store", "it follows a former name");
}

#[tokio::test]
async fn a_commit_carries_statuses() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let sha = repo.commit_file(".github/plimsoll.yml", "version: 2\n");
    let bot = scene.bot().await;
    let path = format!("/repos/acme/shop/statuses/{sha}");
    let status =
        json!({"state": "failure", "context": "plimsoll/policy", "description": "line 1: version 2 is unknown"});
    assert_eq!(bot.post(&path, status).await.status, 201);
    bot.post(&path, json!({"state": "success", "context": "plimsoll/policy"})).await;
    let all = bot.get(&format!("/repos/acme/shop/commits/{sha}/statuses")).await;
    assert_eq!(all.each("state"), ["success", "failure"], "newest first");
    assert_eq!(repo.statuses(&sha)[0].description.as_deref(), Some("line 1: version 2 is unknown"));
    let combined = bot.get(&format!("/repos/acme/shop/commits/{sha}/status")).await;
    assert_eq!((&combined.body["state"], &combined.body["total_count"]), (&json!("success"), &json!(1)));
    let unknown = bot.post(&format!("/repos/acme/shop/statuses/{}", "0".repeat(40)), json!({"state": "success"})).await;
    assert_eq!(unknown.status, 422);
    let long = json!({"state": "error", "description": "x".repeat(141)});
    assert_eq!(bot.post(&path, long).await.status, 422);
}

#[tokio::test]
async fn milestones_come_and_go() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let bot = scene.bot().await;
    let made = bot.post("/repos/acme/shop/milestones", json!({"title": "April"})).await;
    assert_eq!((made.status, &made.body["number"], &made.body["due_on"]), (201, &json!(1), &json!(null)));
    assert_eq!(bot.post("/repos/acme/shop/milestones", json!({"title": "April"})).await.status, 422);
    repo.create_milestone("alice", "March", Some("2026-03-31T00:00:00Z"));
    assert_eq!(bot.get("/repos/acme/shop/milestones").await.each("title"), ["March", "April"], "the next due first");
    let issue = repo.open("alice", "Slow search", "");
    issue.set_milestone("alice", Some(1));
    assert_eq!(bot.get("/repos/acme/shop/milestones/1").await.body["open_issues"], 1);
    assert_eq!(bot.get("/repos/acme/shop/issues?milestone=1").await.each("number"), ["1"]);
    bot.patch("/repos/acme/shop/milestones/1", json!({"state": "closed"})).await;
    assert_eq!(bot.get("/repos/acme/shop/milestones").await.each("title"), ["March"]);
    assert_eq!(bot.delete("/repos/acme/shop/milestones/1").await.status, 204);
    assert_eq!(issue.view().unwrap().milestone, None);
}
