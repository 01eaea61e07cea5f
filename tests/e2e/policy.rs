//! The policy file: in force, broken, mended, gone.

use jiff::SignedDuration;
use plimsoll::sandbox::github::Fault;

use crate::world::{ON, POLICY_PATH, World};

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);
const BROKEN: &str = "version: 1\ncategories:\n  infrastructure: { lable: infra }\n";

#[tokio::test]
async fn a_pushed_policy_is_in_force_at_once() {
    let (world, shop) = World::with_shop().await;
    shop.commit_file(POLICY_PATH, "version: 1\ncategories:\n  infrastructure: { label: ops-work }\n");
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert_eq!(issue.labels(), ["ops-work"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_broken_first_file_is_no_file_and_says_why() {
    let world = World::new().await;
    let shop = world.github.repository("acme/shop");
    let commit = shop.commit_file(POLICY_PATH, BROKEN);
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert!(issue.labels().is_empty());
    let statuses = shop.statuses(&commit);
    assert_eq!(statuses.len(), 1);
    assert_eq!((statuses[0].state.as_str(), statuses[0].context.as_str()), ("error", "plimsoll/policy"));
    let said = statuses[0].description.clone().unwrap();
    assert!(said.starts_with("line 3, column 21: "), "{said}");
    assert!(said.contains("label"), "{said}");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_broken_later_file_leaves_the_last_good_one_in_force_until_it_is_mended() {
    let (world, shop) = World::with_shop().await;
    let broken = shop.commit_file(POLICY_PATH, BROKEN);
    world.settle().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    assert_eq!(shop.statuses(&broken)[0].state, "error");

    let mended = shop.commit_file(POLICY_PATH, "version: 1\ncategories:\n  infrastructure: { label: infra }\n");
    world.settle().await;
    assert_eq!(shop.statuses(&mended)[0].state, "success");
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_could_not_be_shown_on_the_commit_is_shown_later() {
    let (world, shop) = World::with_shop().await;
    for trouble in [422, 500] {
        let fails = || world.github.script(Fault::on("POST", "/repos/acme/shop/statuses").answer(trouble));
        fails();
        let broken = shop.commit_file(POLICY_PATH, BROKEN);
        world.settle().await;
        assert!(shop.statuses(&broken).is_empty());
        world.wait_for_work().await;
        assert_eq!(shop.statuses(&broken)[0].state, "error", "{trouble}");
        fails();
        let mended = shop.commit_file(POLICY_PATH, ON);
        world.settle().await;
        assert!(shop.statuses(&mended).is_empty());
        world.wait_for_work().await;
        assert_eq!(shop.statuses(&mended)[0].state, "success", "{trouble}");
    }
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_removed_file_turns_the_bot_off() {
    let (world, shop) = World::with_shop().await;
    shop.remove_file("alice", POLICY_PATH);
    world.settle().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert!(issue.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_push_that_nobody_heard_of_is_found_after_some_hours() {
    let (world, shop) = World::with_shop().await;
    shop.remove_file("alice", POLICY_PATH);
    assert_eq!(world.github.lose_pending("push"), 1);
    world.later(SignedDuration::from_hours(7));
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert!(issue.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_pushed_file_of_another_name_costs_nothing() {
    let (world, shop) = World::with_shop().await;
    shop.commit_file("README.md", "hello");
    world.github.forget_requests();
    world.settle().await;
    assert_eq!(world.calls(), Vec::<String>::new());
    assert_eq!(ON, "version: 1\n");
    world.ends_quietly().await;
}
