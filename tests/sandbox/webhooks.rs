//! What the App hears of.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use plimsoll::clock::Clock as _;
use plimsoll::sandbox::github::{GitHub, Options, Weather, WebhookMode};
use serde_json::json;
use sha2::Sha256;

use crate::support::{Mailbox, Scene};

#[tokio::test]
async fn a_delivery_is_signed_and_named_like_githubs() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let mailbox = Mailbox::open(&scene.github).await;
    repo.open("alice", "Slow search", "It takes a minute.");
    let sent = scene.github.deliver_all().await;
    assert_eq!((sent[0].event.as_str(), sent[0].status), ("issues.opened", Some(202)));
    let arrived = &mailbox.all()[0];
    let mut mac = Hmac::<Sha256>::new_from_slice(scene.github.app().webhook_secret.as_bytes()).unwrap();
    mac.update(&arrived.bytes);
    let digits = arrived.header("x-hub-signature-256").strip_prefix("sha256=").unwrap();
    let signature: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(digits.get(at..at + 2).unwrap(), 16).unwrap())
        .collect();
    assert!(mac.verify_slice(&signature).is_ok());
    assert_eq!(arrived.header("x-github-delivery"), sent[0].guid);
    assert!(uuid::Uuid::parse_str(arrived.header("x-github-delivery")).is_ok());
    assert_eq!(arrived.header("content-type"), "application/json");
    assert!(arrived.header("user-agent").starts_with("GitHub-Hookshot/"));
    assert!(!arrived.header("x-github-hook-id").is_empty());

    let payload = arrived.payload();
    assert_eq!(payload["issue"]["title"], "Slow search");
    assert_eq!(payload["repository"]["id"], repo.id());
    assert_eq!(payload["repository"]["owner"]["login"], "acme");
    assert_eq!(payload["repository"]["default_branch"], "main");
    assert_eq!(payload["sender"]["type"], "User");
    assert_eq!(payload["organization"]["login"], "acme");
    assert_eq!(payload["installation"]["id"], scene.github.installation("acme").unwrap());
}

#[tokio::test]
async fn opening_with_labels_tells_opened_and_then_each_label() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let mailbox = Mailbox::open(&scene.github).await;
    repo.open_with_labels("alice", "Slow search", "", &["bug", "performance"]);
    scene.github.deliver_all().await;
    assert_eq!(mailbox.names(), ["label.created", "issues.opened", "issues.labeled", "issues.labeled"]);
    let opened = mailbox.all()[1].payload();
    assert_eq!(opened["issue"]["labels"].as_array().unwrap().len(), 2);
    assert_eq!(mailbox.last()["label"]["name"], "performance");
}

#[tokio::test]
async fn the_bots_own_writes_come_back_to_it() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open("alice", "Slow search", "");
    let mailbox = Mailbox::open(&scene.github).await;
    let bot = scene.bot().await;
    bot.post("/repos/acme/shop/issues/1/labels", json!(["bug"])).await;
    bot.post("/repos/acme/shop/issues/1/comments", json!({"body": "Hello"})).await;
    issue.label("renovate[bot]", "dependencies");
    scene.github.deliver_all().await;
    assert_eq!(mailbox.names(), ["issues.labeled", "issue_comment.created", "label.created", "issues.labeled"]);
    let sender = &mailbox.all()[0].payload()["sender"];
    assert_eq!((&sender["login"], &sender["type"]), (&json!("plimsoll[bot]"), &json!("Bot")));
    let sender = &mailbox.last()["sender"];
    assert_eq!((&sender["login"], &sender["type"]), (&json!("renovate[bot]"), &json!("Bot")));
}

#[tokio::test]
async fn each_change_has_its_event() {
    let scene = Scene::start().await;
    let (repo, depot) = (scene.github.repository("acme/shop"), scene.github.repository("acme/depot"));
    let issue = repo.open("alice", "Slow search", "Old");
    let mailbox = Mailbox::open(&scene.github).await;
    issue.edit("bob", "Search is slow", "New");
    let comment = issue.comment("alice", "/why");
    issue.edit_comment("alice", comment, "/classify auto");
    issue.delete_comment("alice", comment);
    issue.label("alice", "bug");
    issue.unlabel("alice", "bug");
    issue.set_type("alice", Some("Bug"));
    issue.set_type("alice", None);
    issue.close("alice", "completed");
    issue.reopen("alice");
    let moved = issue.transfer(&depot);
    moved.delete();
    repo.pull_request("bob", "Faster search", "").comment("alice", "/techdebt");
    scene.github.ping();
    repo.rename("acme/store");
    repo.archive(true);
    scene.github.deliver_all().await;
    insta::assert_snapshot!(mailbox.names().join("\n"), @"
    issues.edited
    issue_comment.created
    issue_comment.edited
    issue_comment.deleted
    issues.labeled
    issues.unlabeled
    issues.typed
    issues.untyped
    issues.closed
    issues.reopened
    issues.transferred
    issues.opened
    issues.deleted
    pull_request.opened
    issue_comment.created
    ping
    repository.renamed
    repository.archived
    ");
    let of = |name: &str| mailbox.all().into_iter().find(|one| one.name() == name).unwrap().payload();
    assert_eq!(of("issues.edited")["changes"], json!({"title": {"from": "Slow search"}, "body": {"from": "Old"}}));
    assert_eq!(of("issue_comment.edited")["changes"], json!({"body": {"from": "/why"}}));
    assert_eq!(of("issues.transferred")["changes"]["new_issue"]["number"], 1);
    assert_eq!(of("issues.transferred")["changes"]["new_repository"]["full_name"], "acme/depot");
    assert_eq!(of("issues.opened")["changes"]["old_repository"]["full_name"], "acme/shop");
    assert_eq!(of("repository.renamed")["changes"], json!({"repository": {"name": {"from": "shop"}}}));
    let on_pull_request = mailbox.all().into_iter().rfind(|one| one.name() == "issue_comment.created").unwrap();
    assert!(on_pull_request.payload()["issue"]["pull_request"].is_object());
}

#[tokio::test]
async fn deleting_a_label_tells_every_issue_without_saying_which() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let issue = repo.open_with_labels("alice", "One", "", &["bug"]);
    repo.open_with_labels("alice", "Two", "", &["bug", "question"]);
    repo.open_with_labels("alice", "Three", "", &["question"]);
    let mailbox = Mailbox::open(&scene.github).await;
    repo.delete_label("alice", "bug");
    scene.github.deliver_all().await;
    assert_eq!(mailbox.names(), ["issues.unlabeled", "issues.unlabeled", "label.deleted"]);
    for one in &mailbox.all()[..2] {
        assert!(one.payload().get("label").is_none());
    }
    assert_eq!(mailbox.last()["label"]["name"], "bug");
    let events: Vec<String> = issue.timeline().into_iter().map(|one| one.event).collect();
    assert_eq!(events, ["labeled"], "the history does not tell it");
}

#[tokio::test]
async fn a_push_names_the_files_that_it_touched() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let mailbox = Mailbox::open(&scene.github).await;
    let first = repo.commit_file(".github/plimsoll.yml", "version: 1\n");
    let second = repo.commit_file_as("alice", ".github/plimsoll.yml", "version: 1\n# more\n");
    repo.remove_file("alice", ".github/plimsoll.yml");
    scene.github.deliver_all().await;
    let pushes: Vec<_> = mailbox.all().iter().map(crate::support::Arrived::payload).collect();
    assert_eq!(mailbox.names(), ["push", "push", "push"]);
    assert_eq!((&pushes[0]["before"], &pushes[0]["after"]), (&json!("0".repeat(40)), &json!(first)));
    assert_eq!(pushes[0]["commits"][0]["added"], json!([".github/plimsoll.yml"]));
    assert_eq!((&pushes[1]["before"], &pushes[1]["after"]), (&json!(first), &json!(second)));
    assert_eq!(pushes[1]["commits"][0]["modified"], json!([".github/plimsoll.yml"]));
    assert_eq!(pushes[2]["head_commit"]["removed"], json!([".github/plimsoll.yml"]));
    assert_eq!(
        (&pushes[0]["ref"], &pushes[0]["repository"]["default_branch"]),
        (&json!("refs/heads/main"), &json!("main"))
    );
}

#[tokio::test]
async fn installing_is_told_with_the_repositories() {
    let scene = Scene::start().await;
    let mailbox = Mailbox::open(&scene.github).await;
    let _shop = scene.github.repository("acme/shop");
    let depot = scene.github.repository("acme/depot");
    depot.remove_from_installation();
    let quiet = scene.github.repository_without_app("globex/reactor");
    quiet.open("bob", "Nobody hears this", "");
    quiet.add_to_installation();
    scene.github.uninstall("globex");
    scene.github.deliver_all().await;
    assert_eq!(
        mailbox.names(),
        [
            "installation.created",
            "installation_repositories.added",
            "installation_repositories.removed",
            "installation.created",
            "installation.deleted"
        ]
    );
    let all = mailbox.all();
    assert_eq!(all[0].payload()["repositories"][0]["full_name"], "acme/shop");
    assert_eq!(all[1].payload()["repositories_added"][0]["full_name"], "acme/depot");
    assert_eq!(all[2].payload()["repositories_removed"][0]["full_name"], "acme/depot");
    assert_eq!(all[3].payload()["installation"]["account"]["login"], "globex");
}

#[tokio::test]
async fn a_repositorys_own_webhook_names_no_installation() {
    let scene = Scene::start().await;
    let mailbox = Mailbox::open(&scene.github).await;
    let repo = scene.github.repository_without_app("acme/shop");
    repo.add_webhook();
    repo.open("alice", "Slow search", "");
    scene.github.deliver_all().await;
    assert_eq!(mailbox.names(), ["issues.opened"]);
    assert!(mailbox.last().get("installation").is_none());
    let arrived = &mailbox.all()[0];
    assert_eq!(arrived.header("x-github-hook-installation-target-type"), "repository");
    assert_eq!(arrived.header("x-github-hook-installation-target-id"), repo.id().to_string());
}

#[tokio::test]
async fn a_failed_delivery_is_sent_again_only_when_asked_for() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let mailbox = Mailbox::open(&scene.github).await;
    mailbox.answer_with(503);
    repo.open("alice", "One", "");
    scene.github.deliver_all().await;
    repo.open("alice", "Two", "");
    assert_eq!(scene.github.lose_pending("issues.opened"), 1);
    mailbox.answer_with(202);
    assert_eq!(scene.github.deliver_all().await, []);

    let app = scene.voice(&scene.jwt());
    let page = app.get("/app/hook/deliveries?per_page=1").await;
    assert_eq!((&page.body[0]["status_code"], &page.body[0]["event"]), (&json!(502), &json!("issues")));
    let next = app.get(&page.link("next").unwrap()).await;
    assert_eq!((&next.body[0]["status_code"], &next.body[0]["redelivery"]), (&json!(503), &json!(false)));
    assert_eq!(next.link("next"), None);
    let guid = next.body[0]["guid"].clone();
    let full = app.get(&format!("/app/hook/deliveries/{}", next.body[0]["id"])).await;
    assert_eq!(full.body["request"]["payload"]["issue"]["title"], "One");
    assert_eq!(scene.bot().await.get("/app/hook/deliveries").await.status, 401, "only the App itself sees them");

    assert_eq!(app.post(&format!("/app/hook/deliveries/{}/attempts", next.body[0]["id"]), json!({})).await.status, 202);
    let again = scene.github.deliver_all().await;
    assert_eq!((again[0].redelivery, again[0].status), (true, Some(202)));
    assert_eq!(json!(again[0].guid), guid);
    assert_eq!(mailbox.all()[0].bytes, mailbox.all()[1].bytes);
    assert_eq!(app.post("/app/hook/deliveries/1/attempts", json!({})).await.status, 404);
}

#[tokio::test]
async fn the_driver_doubles_delays_and_disorders() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let mailbox = Mailbox::open(&scene.github).await;
    let issue = repo.open("alice", "One", "");
    issue.label("alice", "bug");
    issue.close("alice", "completed");
    assert_eq!(scene.github.duplicate_pending("issues.labeled"), 1);
    scene.github.reverse_pending();
    let later = scene.clock.now() + SignedDuration::from_mins(5);
    assert_eq!(scene.github.delay_pending("issues.opened", later), 1);
    scene.github.deliver_all().await;
    assert_eq!(mailbox.names(), ["issues.closed", "issues.labeled", "issues.labeled"]);
    assert_eq!(mailbox.all()[1].header("x-github-delivery"), mailbox.all()[2].header("x-github-delivery"));
    scene.clock.set(later);
    scene.github.deliver_all().await;
    assert_eq!(mailbox.names().last().unwrap(), "issues.opened");

    for number in 0..20 {
        repo.open("alice", &number.to_string(), "");
    }
    let order = |deliveries: Vec<plimsoll::sandbox::github::DeliveryView>| {
        deliveries.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let before = order(scene.github.pending());
    scene.github.shuffle_pending();
    let after = order(scene.github.pending());
    assert_ne!(before, after);
    assert_eq!(before.len(), after.len());
}

#[tokio::test]
async fn weather_is_made_by_chance_and_the_log_tells_losses() {
    let scene = Scene::start().await;
    let repo = scene.github.repository("acme/shop");
    let _mailbox = Mailbox::open(&scene.github).await;
    scene.github.set_weather(Weather { duplicate: 0.5, lose: 0.2, reorder: 0.5 });
    for number in 0..100 {
        repo.open("alice", &number.to_string(), "");
    }
    let (waiting, lost) = (scene.github.pending(), scene.github.deliveries());
    let mut known: Vec<String> = waiting.iter().chain(&lost).map(|one| one.guid.clone()).collect();
    known.sort();
    known.dedup();
    assert_eq!(known.len(), 100, "every delivery waits or is lost");
    assert!(!lost.is_empty() && lost.iter().all(|one| one.status == Some(502)));
    assert!(waiting.len() + lost.len() > 100, "some wait twice");
    assert!(!waiting.is_sorted_by_key(|one| one.id));
}

#[tokio::test]
async fn webhooks_can_go_by_themselves() {
    let options = Options { webhooks: WebhookMode::Automatic, ..Options::default() };
    let github = GitHub::start(options).await.unwrap();
    let repo = github.repository("acme/shop");
    let mailbox = Mailbox::open(&github).await;
    repo.open("alice", "Slow search", "");
    while mailbox.names() != ["issues.opened"] {
        tokio::task::yield_now().await;
    }
}
