//! Renamed repositories, transferred and deleted issues.

use jiff::SignedDuration;
use plimsoll::sandbox::github::Fault;

use crate::world::{ON, POLICY_PATH, World};

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);

#[tokio::test]
async fn a_renamed_repository_is_found_under_its_new_name() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.deliver_all().await;
    shop.rename("acme/store");
    world.github.forget_pending();
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_reused_name_does_not_lead_to_another_repositorys_issue() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", "Nothing special", "");
    world.settle().await;
    shop.rename("acme/store");
    let usurper = world.github.repository("acme/shop");
    let foreign = usurper.open("mallory", "Nothing special", "");
    world.github.forget_pending();
    world.later(SignedDuration::from_mins(1));
    issue.edit("alice", INFRA.0, INFRA.1);
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    assert!(foreign.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_transferred_issue_is_followed_into_a_repository_that_we_know() {
    let (world, shop) = World::with_shop().await;
    let site = world.github.repository("acme/site");
    site.commit_file(POLICY_PATH, ON);
    world.settle().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.deliver_all().await;
    let moved = issue.transfer(&site);
    world.github.forget_pending();
    world.settle().await;
    assert_eq!(moved.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_deleted_issue_ends_after_a_second_look() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.deliver_all().await;
    issue.delete();
    world.github.forget_pending();
    world.settle().await;
    assert_eq!(world.open_work().await.len(), 1, "it is looked for once more");
    world.later(SignedDuration::from_mins(5));
    world.settle().await;
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_issue_that_was_never_seen_is_not_mistaken_for_a_usurpers() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.deliver_all().await;
    shop.rename("acme/store");
    let usurper = world.github.repository("acme/shop");
    let foreign = usurper.open("mallory", "[infra] Kubernetes", INFRA.1);
    world.github.forget_pending();
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    assert!(foreign.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_rename_that_nobody_told_of_does_not_keep_the_policy_from_being_read() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.deliver_all().await;
    shop.rename("acme/store");
    world.github.forget_pending();
    world.later(SignedDuration::from_hours(7));
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_repository_that_is_not_found_for_a_moment_after_its_renaming_keeps_its_work() {
    let (world, shop) = World::with_shop().await;
    shop.set_permission("bob", "write");
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    world.github.script(Fault::on("GET", "/repositories").answer(404));
    shop.rename("acme/store");
    world.settle().await;
    assert_eq!(world.github.faults_waiting(), 0, "it was looked for");
    issue.comment("bob", "/security");
    world.later(SignedDuration::from_mins(1));
    world.settle().await;
    assert_eq!(issue.labels(), ["security"], "its policy has not begun anew");
    world.later(SignedDuration::from_mins(5));
    world.settle().await;
    world.ends_quietly().await;
}

#[tokio::test]
async fn access_that_is_lost_for_a_while_loses_no_work() {
    let (world, shop) = World::with_shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.github.deliver_all().await;
    shop.remove_from_installation();
    world.github.forget_pending();
    world.settle().await;
    world.later(SignedDuration::from_mins(5));
    world.settle().await;
    shop.add_to_installation();
    world.later(SignedDuration::from_mins(5));
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}
