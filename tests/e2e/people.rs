//! People win.

use jiff::SignedDuration;
use plimsoll::backlog::ActorKind;
use plimsoll::decide::Verdict;

use crate::world::World;

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);

#[tokio::test]
async fn a_persons_label_decides_and_the_bot_takes_its_own_away() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.label("bob", "technical-debt");
    world.settle().await;
    assert_eq!(issue.labels(), ["technical-debt"]);
    let records = world.store.records(None, 1).await.unwrap();
    insta::assert_snapshot!(records[0].action, @"remove_label infrastructure");
    insta::assert_snapshot!(records[0].reason, @"bob decided technical-debt");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_removed_label_never_comes_back() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.unlabel("bob", "infrastructure");
    world.settle().await;
    issue.rewrite("alice", "Terraform, Kubernetes, deployment pipeline, monitoring, servers, DNS.");
    world.settle().await;
    assert!(issue.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_removal_that_no_webhook_told_of_is_found_in_the_timeline() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.unlabel("bob", "infrastructure");
    assert_eq!(world.github.lose_pending("issues.unlabeled"), 1);
    issue.rewrite("alice", "Terraform, Kubernetes, deployment pipeline, monitoring.");
    world.settle().await;
    assert!(issue.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_lost_database_changes_nothing() {
    let (world, shop) = World::with_shop().await;
    let decided = shop.open("alice", INFRA.0, INFRA.1);
    let vetoed = shop.open("alice", INFRA.0, INFRA.1);
    let plain = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    decided.label("bob", "security");
    vetoed.unlabel("bob", "infrastructure");
    world.github.forget_pending();
    let world = world.lose_database().await;
    world.later(SignedDuration::from_mins(1));
    for issue in [&decided, &vetoed, &plain] {
        issue.rewrite("alice", "Terraform, Kubernetes, deployment pipeline, monitoring.");
    }
    world.settle().await;
    assert_eq!(decided.labels(), ["security"]);
    assert!(vetoed.labels().is_empty());
    assert_eq!(plain.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn labels_at_creation_and_labels_of_other_bots_are_no_decisions() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open_with_labels("alice", INFRA.0, INFRA.1, &["bug"]);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.label("triage[bot]", "security");
    world.settle().await;
    let items = world.store.items(1).await.unwrap();
    assert_eq!(items[0].1.decisions, []);
    assert_eq!(issue.labels(), ["bug", "security"], "the bot fights nobody");
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_alias_put_by_a_person_is_a_decision() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.label("bob", "tech debt");
    world.settle().await;
    assert_eq!(issue.labels(), ["tech debt"]);
    let items = world.store.items(1).await.unwrap();
    assert_eq!(items[0].1.decisions[0].by.kind, ActorKind::Person);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_deleted_label_is_nobodys_veto_and_is_not_put_back() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    shop.delete_label("bob", "infrastructure");
    issue.comment("bob", "We do not use that one any more.");
    world.settle().await;
    assert_eq!(world.store.items(1).await.unwrap()[0].1.decisions, []);
    assert!(issue.labels().is_empty());
    let next = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert_eq!(next.labels(), ["infrastructure"]);
    assert_ne!(shop.label("infrastructure").unwrap().color, "ededed", "made anew with its colour");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_renamed_label_gets_no_twin() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    shop.rename_label("bob", "infrastructure", "Team Rocket");
    issue.comment("bob", "hi");
    world.settle().await;
    assert_eq!(issue.labels(), ["Team Rocket"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn another_bot_that_takes_the_label_away_is_not_fought() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    issue.unlabel("triage[bot]", "infrastructure");
    for _ in 0..3 {
        world.later(SignedDuration::from_mins(1));
        issue.comment("alice", "Hm.");
        world.settle().await;
    }
    let put = world.writes().iter().filter(|write| write.ends_with("/issues/1/labels")).count();
    assert_eq!(put, 1, "{:?}", world.writes());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_bots_edit_does_not_take_up_an_old_issue() {
    let world = World::new().await;
    let shop = world.github.repository("acme/shop");
    let old = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(5));
    shop.commit_file(crate::world::POLICY_PATH, crate::world::ON);
    world.settle().await;
    old.rewrite("triage[bot]", INFRA.1);
    world.settle().await;
    assert!(old.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_last_of_three_quick_words_counts() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.label("bob", "security");
    world.later(SignedDuration::from_secs(1));
    issue.unlabel("bob", "security");
    world.later(SignedDuration::from_secs(1));
    issue.label("bob", "security");
    world.settle().await;
    assert_eq!(issue.labels(), ["security"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn taking_the_bots_twin_away_is_tidying_up_not_a_veto() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.label("bob", "area/infra");
    world.later(SignedDuration::from_mins(1));
    issue.unlabel("bob", "infrastructure");
    world.settle().await;
    assert_eq!(issue.labels(), ["area/infra"]);
    assert!(matches!(world.store.items(1).await.unwrap()[0].1.verdict, Verdict::Person { .. }));
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_bot_takes_its_own_twin_away() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.label("bob", "area/infra");
    world.settle().await;
    assert_eq!(issue.labels(), ["area/infra"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_bots_own_events_start_no_loop() {
    let (world, shop) = World::with_shop().await;
    for _ in 0..3 {
        shop.open("alice", INFRA.0, INFRA.1);
    }
    world.settle().await;
    world.github.forget_requests();
    world.settle().await;
    assert_eq!(world.calls(), Vec::<String>::new());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_word_that_was_taken_back_before_the_bot_looked_has_overruled_it_all_the_same() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.label("bob", "security");
    world.later(SignedDuration::from_mins(1));
    issue.unlabel("bob", "security");
    world.settle().await;
    assert!(issue.labels().is_empty(), "as if the bot had seen one after the other");
    world.ends_quietly().await;
}
