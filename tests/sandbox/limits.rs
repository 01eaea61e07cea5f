//! Caches and limits.

use jiff::SignedDuration;
use plimsoll::sandbox::github::ViolationKind;
use serde_json::json;

use crate::support::Scene;

#[tokio::test]
async fn what_is_known_costs_nothing() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    let first = bot.get("/repos/acme/shop/issues/1").await;
    assert_eq!((first.status, first.header("x-ratelimit-used")), (200, "1"));
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""));
    let known = bot.get_unless("/repos/acme/shop/issues/1", &tag).await;
    assert_eq!((known.status, known.header("x-ratelimit-used")), (304, "1"));
    assert_eq!(known.header("etag"), tag);
    let other_token = scene.bot().await.get_unless("/repos/acme/shop/issues/1", &tag).await;
    assert_eq!(other_token.status, 200, "a tag belongs to its token");

    issue.label("alice", "bug");
    let changed = bot.get_unless("/repos/acme/shop/issues/1", &tag).await;
    assert_eq!((changed.status, changed.header("x-ratelimit-used")), (200, "3"));
}

#[tokio::test]
async fn a_used_up_hour_ends_with_the_hour() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    let fine = bot.get("/repos/acme/shop").await;
    assert_eq!((fine.header("x-ratelimit-limit"), fine.header("x-ratelimit-remaining")), ("5000", "4999"));
    assert_eq!(fine.header("x-ratelimit-resource"), "core");
    scene.github.exhaust_rate_limit("acme");
    let refused = bot.post("/repos/acme/shop/issues/1/labels", json!(["bug"])).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (403, "0"));
    assert!(refused.message().starts_with("API rate limit exceeded for installation ID"), "{}", refused.message());
    assert_eq!(issue.labels(), Vec::<String>::new());
    let told = bot.get("/rate_limit").await;
    assert_eq!((told.status, &told.body["resources"]["core"]["remaining"]), (200, &json!(0)));
    assert_eq!(refused.header("x-ratelimit-reset"), told.body["rate"]["reset"].to_string());

    scene.clock.advance(SignedDuration::from_hours(1));
    let bot = scene.bot().await;
    assert_eq!(bot.post("/repos/acme/shop/issues/1/labels", json!(["bug"])).await.status, 200);
}

#[tokio::test]
async fn writing_too_fast_is_noticed() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    repo.open("alice", "Slow search", "");
    let bot = scene.bot().await;
    let write = async |number: u32| {
        bot.post("/repos/acme/shop/issues/1/comments", json!({"body": format!("Comment {number}")})).await.status
    };
    for number in 0..80 {
        assert_eq!(write(number).await, 201);
    }
    assert_eq!(scene.github.violations(), []);
    scene.clock.advance(SignedDuration::from_secs(61));
    write(80).await;
    assert_eq!(scene.github.violations(), [], "a new minute");
    for number in 81..161 {
        write(number).await;
    }
    assert_eq!(scene.github.violations()[0].kind, ViolationKind::TooFast);
    assert_eq!(scene.github.violations().len(), 1);
}

#[tokio::test]
async fn the_log_knows_who_asked_for_what() {
    let scene = Scene::start().await;
    let _repo = scene.github.repository("acme/shop");
    let bot = scene.bot().await;
    scene.github.forget_requests();
    bot.get("/repos/acme/shop/labels?per_page=100").await;
    scene.voice("").get("/nowhere").await;
    scene.voice(&scene.jwt()).get("/app").await;
    bot.post("/repos/acme/shop/labels", json!({"name": "x"})).await;
    let told: Vec<String> = scene
        .github
        .requests()
        .iter()
        .map(|one| format!("{} {} {}?{} {}", one.actor, one.method, one.path, one.query, one.status))
        .collect();
    assert_eq!(
        told,
        [
            "plimsoll[bot] GET /repos/acme/shop/labels?per_page=100 200",
            "anonymous GET /nowhere? 404",
            "app GET /app? 200",
            "plimsoll[bot] POST /repos/acme/shop/labels? 201",
        ]
    );
    assert_eq!(scene.github.writes().len(), 1);
}
