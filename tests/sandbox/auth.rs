//! Who may ask for what.

use jiff::SignedDuration;
use plimsoll::clock::Clock as _;
use plimsoll::sandbox::github::{GitHub, Options};
use reqwest::Method;
use serde_json::json;

use crate::support::{Scene, sign};

#[tokio::test]
async fn the_app_signs_in_and_speaks_for_its_installation() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let app = scene.voice(&scene.jwt()).get("/app").await;
    assert_eq!((app.status, &app.body["slug"]), (200, &json!("plimsoll")));

    let installations = scene.voice(&scene.jwt()).get("/app/installations").await;
    assert_eq!(installations.body[0]["account"]["login"], "acme");
    assert_eq!(installations.body[0]["id"], scene.github.installation("acme").unwrap());

    let seen = scene.bot().await.get("/installation/repositories").await;
    assert_eq!(seen.body["total_count"], 1);
    assert_eq!(seen.body["repositories"][0]["full_name"], "acme/shop");
    let by_id = scene.bot().await.get(&format!("/repositories/{}", repo.id())).await;
    assert_eq!(by_id.body["full_name"], "acme/shop");
}

#[tokio::test]
async fn a_signed_token_is_checked_in_every_claim() {
    let scene = Scene::start().await;
    let app = scene.github.app();
    let now = scene.clock.now().as_second();
    let status = async |claims: serde_json::Value| scene.voice(&sign(&app, &claims)).get("/app").await.status;
    assert_eq!(status(json!({"iss": app.id, "iat": now, "exp": now + 600})).await, 200);
    assert_eq!(status(json!({"iss": app.id.to_string(), "iat": now, "exp": now + 600})).await, 200);
    assert_eq!(status(json!({"iss": app.id + 1, "iat": now, "exp": now + 600})).await, 401, "another App");
    assert_eq!(status(json!({"iss": app.id, "iat": now, "exp": now + 3600})).await, 401, "valid for too long");
    assert_eq!(status(json!({"iss": app.id, "iat": now - 900, "exp": now - 300})).await, 401, "expired");
    assert_eq!(status(json!({"iss": app.id, "iat": now + 300, "exp": now + 600})).await, 401, "from the future");

    let mut forged = scene.jwt();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'B' } else { 'A' });
    let mut forged_middle = forged.clone();
    forged_middle.replace_range(forged.len() - 20..forged.len() - 19, "_");
    assert_eq!(scene.voice(&forged_middle).get("/app").await.status, 401, "signature");
}

#[tokio::test]
async fn an_installation_token_expires_after_an_hour() {
    let scene = Scene::start().await;
    let _repo = scene.github.repository("acme/shop");
    let token = scene.token("acme").await;
    assert_eq!(scene.voice(&token).get("/repos/acme/shop").await.status, 200);
    scene.clock.advance(SignedDuration::from_mins(59));
    assert_eq!(scene.voice(&token).get("/repos/acme/shop").await.status, 200);
    scene.clock.advance(SignedDuration::from_mins(1));
    let late = scene.voice(&token).get("/repos/acme/shop").await;
    assert_eq!((late.status, late.message()), (401, "Bad credentials"));
    assert_eq!(scene.voice("ghs_nonsense").get("/repos/acme/shop").await.message(), "Bad credentials");
    assert_eq!(scene.bot().await.get("/repos/acme/shop").await.status, 200, "a new one opens again");
}

#[tokio::test]
async fn a_token_sees_its_own_installation_and_nothing_else() {
    let scene = Scene::start().await;
    let shop = scene.github.repository("acme/shop");
    let _other = scene.github.repository("globex/reactor");
    let bot = scene.bot().await;
    assert_eq!(bot.get("/repos/globex/reactor").await.status, 404);
    assert_eq!(bot.post("/repos/globex/reactor/issues", json!({"title": "x"})).await.status, 404);
    assert_eq!(scene.voice(&scene.token("globex").await).get("/repos/globex/reactor").await.status, 200);

    shop.remove_from_installation();
    assert_eq!(bot.get("/repos/acme/shop").await.status, 404);
    shop.add_to_installation();
    assert_eq!(bot.get("/repos/acme/shop").await.status, 200);
    scene.github.suspend("acme", true);
    assert_eq!(bot.get("/repos/acme/shop").await.status, 403);
    scene.github.suspend("acme", false);
    scene.github.uninstall("acme");
    assert_eq!(bot.get("/repos/acme/shop").await.status, 401);
}

#[tokio::test]
async fn people_act_within_their_role() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "It takes a minute.");
    let token = scene.github.personal_token("plimsoll-machine");
    let machine = scene.voice(&token);
    assert_eq!(machine.get("/user").await.body["login"], "plimsoll-machine");
    let labels = format!("/repos/acme/shop/issues/{}/labels", issue.number());
    assert_eq!(machine.post(&labels, json!({"labels": ["performance"]})).await.status, 403);
    let opened = machine.post("/repos/acme/shop/issues", json!({"title": "Mine", "labels": ["bug"]})).await;
    assert_eq!((opened.status, &opened.body["labels"]), (201, &json!([])), "labels are silently left out");
    let own = format!("/repos/acme/shop/issues/{}", opened.body["number"]);
    assert_eq!(machine.patch(&own, json!({"title": "Still mine"})).await.status, 200);
    assert_eq!(machine.patch(&own, json!({"labels": ["bug"]})).await.status, 403);
    repo.set_permission("plimsoll-machine", "triage");
    assert_eq!(machine.post(&labels, json!({"labels": ["performance"]})).await.status, 200);
    assert_eq!(issue.timeline()[0].by, "plimsoll-machine");

    repo.set_private(true);
    assert_eq!(scene.call(Method::GET, "/repos/acme/shop", "", None).await.status, 404);
    repo.set_private(false);
    assert_eq!(scene.call(Method::GET, "/repos/acme/shop", "", None).await.status, 200);
    assert_eq!(scene.call(Method::POST, &labels, "", Some(json!(["x"]))).await.status, 403);
}

/// A client that nobody here wrote, with its own idea of time: the machine's.
#[tokio::test]
async fn octocrab_signs_in() {
    let github = GitHub::start(Options::default()).await.unwrap();
    let repo = github.repository("acme/shop");
    repo.open_with_labels("alice", "Slow search", "It takes a minute.", &["bug"]);
    let app = github.app();
    let key = jsonwebtoken::EncodingKey::from_rsa_pem(app.private_key_pem.as_bytes()).unwrap();
    let crab = octocrab::Octocrab::builder()
        .base_uri(github.url())
        .unwrap()
        .app(octocrab::models::AppId(app.id), key)
        .build()
        .unwrap();
    let bot = crab.installation(octocrab::models::InstallationId(github.installation("acme").unwrap())).unwrap();
    let issues = bot.issues("acme", "shop").list().send().await.unwrap();
    assert_eq!(issues.items[0].title, "Slow search");
    let comment = bot.issues("acme", "shop").create_comment(1, "Hello").await.unwrap();
    assert_eq!(comment.user.login, "plimsoll[bot]");
    let tokens = github.requests().iter().filter(|one| one.path.ends_with("/access_tokens")).count();
    assert_eq!(tokens, 1, "one token serves for an hour");
}

#[tokio::test]
async fn roles_are_told_by_both_names() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    for (role, permission) in [
        ("admin", "admin"),
        ("maintain", "write"),
        ("write", "write"),
        ("triage", "read"),
        ("read", "read"),
        ("none", "none"),
    ] {
        repo.set_permission("alice", role);
        let answer = scene.bot().await.get("/repos/acme/shop/collaborators/alice/permission").await;
        assert_eq!((&answer.body["permission"], &answer.body["role_name"]), (&json!(permission), &json!(role)));
        assert_eq!(answer.body["user"]["login"], "alice");
    }
    scene.github.person("bob");
    let stranger = scene.bot().await.get("/repos/acme/shop/collaborators/bob/permission").await;
    assert_eq!(stranger.body["role_name"], "read", "everybody reads what is public");
    assert_eq!(scene.bot().await.get("/repos/acme/shop/collaborators/nobody/permission").await.status, 404);
}
