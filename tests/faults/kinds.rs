//! Every kind of fault once, at a read and at a write, with a restart right after it.

use std::time::Duration;

use jiff::SignedDuration;
use plimsoll::clock::Clock as _;
use plimsoll::sandbox::github::Fault;
use serde_json::json;

use crate::action::{Action, People};
use crate::words::{CLEAR, policy};
use crate::world::World;

type Kind = (&'static str, fn(Fault) -> Fault);

const KINDS: &[Kind] = &[
    ("429", |fault| fault.answer(429).header("retry-after", "90")),
    ("429 without a time", |fault| fault.answer(429)),
    ("403 with a time", |fault| fault.secondary_limit(Some(120))),
    ("403 without a time", |fault| fault.secondary_limit(None)),
    ("403 that is no limit", |fault| fault.answer(403)),
    ("500", |fault| fault.answer(500)),
    ("502 after the work", |fault| fault.answer(502).after()),
    ("503 with a time", |fault| fault.answer(503).header("retry-after", "5")),
    ("a connection that is reset", Fault::drop_connection),
    ("an answer that is lost", |fault| fault.drop_connection().after()),
    ("half an answer", Fault::truncate),
    ("an answer that is none", |fault| fault.answer(200).body(json!("<html>")).after()),
    ("no answer at all", Fault::hang),
    ("no answer after the work", |fault| fault.hang().after()),
    ("301 to nowhere", |fault| fault.answer(301)),
    ("301 to another host", |fault| {
        fault.answer(301).header("location", "https://evil.example/repositories/1/issues/1")
    }),
    ("401", |fault| fault.answer(401)),
    ("404", |fault| fault.answer(404)),
    ("410", |fault| fault.answer(410)),
    ("422", |fault| fault.answer(422)),
    ("a slow answer", |fault| fault.delay(Duration::from_millis(20))),
    ("an answer that comes too late", |fault| fault.delay(Duration::from_millis(600))),
];

/// Where it strikes: method and path.
const PLACES: &[(&str, &str)] = &[
    ("GET", "/repos/acme/shop/issues/1"),
    ("POST", "/repos/acme/shop/issues/1/labels"),
    ("POST", "/repos/acme/shop/issues/1/comments"),
    // A reaction on a comment.
    ("POST", "/repos/acme/shop/issues/comments"),
    ("POST", "/app/installations"),
];

async fn survives(name: &str, fault: Fault) {
    let begin: jiff::Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let mut world = World::start(begin).await;
    let mut people = People::settle_in(&world, &["acme/shop"]);
    people.act(&Action::Push { repository: 0, policy: policy(0) });
    world.rest(begin + SignedDuration::from_hours(1)).await;
    people.act(&Action::Open { item: 0, repository: 0, who: "alice", text: CLEAR[0] });
    people.act(&Action::Comment { item: 0, who: "bob", text: "/why".to_owned() });
    world.github.expire_tokens();
    world.github.script(fault);
    world.github.deliver_all().await;
    world.work(true).await;
    assert_eq!(world.github.faults_waiting(), 0, "{name} did not strike");
    world.die_and_rise().await;
    let until = world.time.now() + SignedDuration::from_hours(24);
    world.rest(until).await;
    let issue = &people.items[&0].issue;
    assert_eq!(issue.labels(), ["infrastructure"], "{name}");
    let answers = issue.comments().into_iter().filter(|comment| comment.author == "plimsoll[bot]").count();
    assert_eq!(answers, 1, "{name}");
    assert_eq!(world.github.violations(), [], "{name}");
}

#[tokio::test]
async fn a_restart_after_each_kind_of_fault_loses_nothing_and_doubles_nothing() {
    for (name, kind) in KINDS {
        for (method, path) in PLACES {
            survives(&format!("{name} at {method} {path}"), kind(Fault::on(method, path))).await;
        }
    }
}
