//! Lost answers, failures, dead letters, restarts.

use jiff::SignedDuration;
use plimsoll::sandbox::github::Fault;
use plimsoll::store::WorkState;

use crate::world::World;

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_done_twice() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.script(Fault::on("POST", "/repos/acme/shop/issues/").drop_connection().after());
    world.settle().await;
    world.wait_for_work().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    let posted = world.writes().iter().filter(|write| write.contains("/issues/")).count();
    assert_eq!(posted, 1, "{:?}", world.writes());
    world.later(SignedDuration::from_mins(1));
    issue.label("bob", "security");
    world.settle().await;
    assert_eq!(issue.labels(), ["security"], "the bot knows that the other one was its own");
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_fails_too_often_is_dead_and_says_why_and_a_new_event_revives_it() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    let healthy = shop.open("bob", INFRA.0, INFRA.1);
    let number = issue.view().unwrap().number;
    world.github.script(Fault::on("POST", &format!("/repos/acme/shop/issues/{number}/labels")).answer(422).always());
    for _ in 0..20 {
        world.settle().await;
        world.later(SignedDuration::from_hours(2));
    }
    assert_eq!(healthy.labels(), ["infrastructure"], "a subject that fails blocks no other");
    let work = world.open_work().await;
    assert_eq!((work.len(), work[0].state), (1, WorkState::Dead));
    assert!(work[0].note.as_ref().is_some_and(|note| note.contains("422")), "{:?}", work[0].note);

    world.github.clear_faults();
    issue.comment("alice", "hello?");
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_restart() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.deliver_all().await;
    let world = world.restart().await;
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn duplicates_and_disorder_cost_nothing() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    issue.retitle("alice", "[infra] Move staging to Kubernetes");
    world.github.duplicate_pending("issues.opened");
    world.github.duplicate_pending("issues.edited");
    world.github.reverse_pending();
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    assert_eq!(
        world.writes().iter().filter(|write| write.ends_with("/labels")).count(),
        2,
        "one creates it, one puts it: {:?}",
        world.writes()
    );
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_expired_token_is_renewed() {
    let (world, shop) = World::with_shop().await;
    world.github.expire_tokens();
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_was_written_before_a_lost_answer_is_recorded_later() {
    let (world, shop) = World::with_shop().await;
    shop.open("alice", INFRA.0, INFRA.1);
    world.github.script(Fault::on("POST", "/repos/acme/shop/issues/").drop_connection().after());
    world.settle().await;
    world.wait_for_work().await;
    let records = world.store.records(None, 10).await.unwrap();
    assert_eq!(records.iter().map(|record| record.action.as_str()).collect::<Vec<_>>(), ["add_label infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn not_found_below_an_item_does_not_end_it() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.script(Fault::on("POST", "/repos/acme/shop/labels").answer(404).always());
    world.settle().await;
    world.later(SignedDuration::from_mins(5));
    world.settle().await;
    assert_eq!(world.open_work().await.len(), 1);
    world.github.clear_faults();
    world.wait_for_work().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_item_is_never_without_a_label_because_the_second_step_failed() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    shop.create_label("alice", "performance", "112233", "x");
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    world.github.script(Fault::on("POST", "/repos/acme/shop/issues/").answer(403).times(1));
    issue.edit("alice", "perf: product search is slow", "Latency and throughput; a cache would help performance.");
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.wait_for_work().await;
    assert_eq!(issue.labels(), ["performance"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_mark_that_was_left_by_an_interrupted_change_is_taken_away() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    world.github.script(Fault::on("DELETE", "/repos/acme/shop/issues/").drop_connection().times(2));
    issue.edit("alice", "perf: product search is slow", "Latency and throughput; a cache would help performance.");
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure", "performance"]);
    world.wait_for_work().await;
    world.wait_for_work().await;
    assert_eq!(issue.labels(), ["performance"]);
    world.ends_quietly().await;
}
