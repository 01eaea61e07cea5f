//! The defaults that an organisation's repositories share.

use jiff::SignedDuration;
use plimsoll::sandbox::github::{Issue, Repository};

use crate::world::{ON, POLICY_PATH, World};

const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);
const SHARED: &str = "version: 1\ncategories:\n  infrastructure: { label: infra }\n";
const SHARED_AND_ON: &str = "version: 1\nmode: act\ncategories:\n  infrastructure: { label: infra }\n";

/// An organisation with these defaults, and `acme/shop` without a file of its own.
async fn organisation_with(shared: &str) -> (World, Repository, Repository) {
    let world = World::new().await;
    let home = world.github.repository("acme/.github");
    home.commit_file(POLICY_PATH, shared);
    let shop = world.github.repository("acme/shop");
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    (world, home, shop)
}

async fn opened(world: &World, repository: &Repository) -> Issue {
    let issue = repository.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue
}

#[tokio::test]
async fn the_organisations_defaults_lie_under_a_repositorys_own_file() {
    let (world, _, shop) = organisation_with(SHARED).await;
    shop.commit_file(POLICY_PATH, ON);
    assert_eq!(opened(&world, &shop).await.labels(), ["infra"]);
    let site = world.github.repository("acme/site");
    site.commit_file(POLICY_PATH, "version: 1\ncategories:\n  infrastructure: { label: ops-work }\n");
    assert_eq!(opened(&world, &site).await.labels(), ["ops-work"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn defaults_turn_nothing_on_unless_they_say_so() {
    let (world, home, shop) = organisation_with(SHARED).await;
    let before = opened(&world, &shop).await;
    assert!(before.labels().is_empty());
    home.commit_file(POLICY_PATH, SHARED_AND_ON);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    assert_eq!(opened(&world, &shop).await.labels(), ["infra"]);
    world.catch_up().await;
    world.settle().await;
    assert!(before.labels().is_empty(), "what was there before is left alone");

    shop.commit_file(POLICY_PATH, "version: 1\nmode: observe\n");
    assert!(opened(&world, &shop).await.labels().is_empty(), "a repository may stay out of it");
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_home_of_the_defaults_is_governed_by_its_file_like_any_other() {
    let (world, home, _) = organisation_with(SHARED).await;
    assert_eq!(opened(&world, &home).await.labels(), ["infra"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_push_to_the_defaults_is_in_force_everywhere_at_once() {
    let (world, home, shop) = organisation_with(SHARED_AND_ON).await;
    home.commit_file(POLICY_PATH, &SHARED_AND_ON.replace("infra }", "platform }"));
    assert_eq!(opened(&world, &shop).await.labels(), ["platform"]);
    home.remove_file("acme", POLICY_PATH);
    assert!(opened(&world, &shop).await.labels().is_empty());
    world.ends_quietly().await;
}

#[tokio::test]
async fn broken_defaults_leave_the_last_good_ones_in_force_and_say_so_where_they_stand() {
    let (world, home, shop) = organisation_with(SHARED_AND_ON).await;
    let broken = home.commit_file(POLICY_PATH, "version: 1\nmode: act\ncategories:\n  infrastructure: { lable: x }\n");
    assert_eq!(opened(&world, &shop).await.labels(), ["infra"]);
    let said = home.statuses(&broken).pop().unwrap();
    assert_eq!((said.state.as_str(), said.context.as_str()), ("error", "plimsoll/policy"));
    assert!(said.description.unwrap().starts_with("line 4, column 21: "));
    assert_eq!(shop.head(), None, "nothing is said where nobody wrote a file");
    world.ends_quietly().await;
}

#[tokio::test]
async fn defaults_that_do_not_fit_one_repository_break_only_that_one() {
    let with_compliance = format!("{SHARED_AND_ON}  compliance: {{ side: technical }}\n");
    let (world, home, shop) = organisation_with(&with_compliance).await;
    let site = world.github.repository("acme/site");
    let own = site.commit_file(POLICY_PATH, "version: 1\ncategories: { compliance: off }\n");
    world.settle().await;
    assert!(site.statuses(&own).is_empty());

    home.commit_file(POLICY_PATH, &SHARED_AND_ON.replace("infra }", "platform }"));
    assert_eq!(opened(&world, &shop).await.labels(), ["platform"]);
    assert_eq!(opened(&world, &site).await.labels(), ["infra"], "its last good policy stays");
    let said = site.statuses(&own).pop().unwrap();
    assert_eq!(said.state, "error");
    insta::assert_snapshot!(said.description.unwrap(), @"line 2, column 27: there is no category `compliance` to switch off: remove this line");

    home.commit_file(POLICY_PATH, &with_compliance);
    world.settle().await;
    assert_eq!(site.statuses(&own).pop().unwrap().state, "success");
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_owner_without_defaults_is_asked_once() {
    let (world, shop) = World::with_shop().await;
    let asked = || world.calls().iter().filter(|call| call.contains(".github/installation")).count();
    assert_eq!(asked(), 1);
    let site = world.github.repository("acme/site");
    site.commit_file(POLICY_PATH, ON);
    opened(&world, &site).await;
    opened(&world, &shop).await;
    assert_eq!(asked(), 1);
    world.ends_quietly().await;
}
