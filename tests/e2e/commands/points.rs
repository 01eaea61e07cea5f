//! A weight is written where it is read.

use jiff::SignedDuration;
use plimsoll::sandbox::github::{Fault, Issue, Project};

use super::{VAGUE, say, shop};
use crate::webhooks::request;
use crate::world::{POLICY_PATH, World};

const BOARD: &str = "version: 1\nsprints: { project: acme/1 }\n";

/// A shop whose policy declares a project as its board, and an issue on it.
async fn on_a_board(field: impl FnOnce(&Project)) -> (World, Issue, Project, u64) {
    let (world, shop) = shop().await;
    let project = world.github.project("acme", "Shop");
    project.iterations("Iteration", &[]);
    field(&project);
    shop.commit_file(POLICY_PATH, BOARD);
    let issue = shop.open("alice", VAGUE.0, VAGUE.1);
    let item = project.add("alice", &issue);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    (world, issue, project, item)
}

/// What was changed by GraphQL since the log was last emptied.
fn mutations(world: &World) -> Vec<String> {
    let asked = world.github.requests().into_iter().filter_map(|request| request.operation);
    asked.filter(|operation| operation.starts_with("mutation")).collect()
}

#[tokio::test]
async fn the_boards_own_field_comes_first() {
    let (world, issue, project, item) = on_a_board(|project| project.number_field("Story Points")).await;
    world.github.add_number_field("Story Points");
    world.github.forget_requests();
    issue.comment("tess", "/points 2.5");
    let told = world.github.pending().into_iter().find(|one| one.event == "issue_comment.created").unwrap();
    world.settle().await;
    request(&world, "issue_comment", "again", &told.body).send().await.unwrap();
    world.settle().await;
    assert_eq!((project.value(item, "Story Points").as_deref(), issue.labels().len()), (Some("2.5"), 0));
    assert_eq!(mutations(&world), ["mutation SetFieldValue"]);
    assert_eq!(issue.number_in("Story Points"), None, "nobody reads it there");
    say(&world, &issue, "bob", "The same:\n/points 2,50").await;
    assert_eq!(mutations(&world).len(), 1, "it says so already");
    say(&world, &issue, "bob", "/points clear").await;
    say(&world, &issue, "tess", "/points clear").await;
    assert_eq!(project.value(item, "Story Points"), None);
    assert_eq!(mutations(&world), ["mutation SetFieldValue", "mutation ClearFieldValue"]);
    world.gather().await;
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_field_with_options_takes_the_option_that_says_so() {
    let (world, issue, project, item) =
        on_a_board(|project| project.select_field("Size", &["1", "3 - medium", "huge"])).await;
    say(&world, &issue, "tess", "/points 3").await;
    assert_eq!((project.value(item, "Size").as_deref(), issue.labels().len()), (Some("3 - medium"), 0));
    say(&world, &issue, "tess", "/points 4").await;
    assert_eq!((project.value(item, "Size"), issue.labels()), (None, vec!["points/4".to_owned()]));
    say(&world, &issue, "tess", "/points 1").await;
    assert_eq!((project.value(item, "Size").as_deref(), issue.labels().len()), (Some("1"), 0));
    world.gather().await;
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_is_not_on_the_board_goes_to_the_next_place() {
    let (world, issue, project, item) = on_a_board(|project| project.number_field("Estimate")).await;
    project.remove("alice", item);
    world.settle().await;
    say(&world, &issue, "tess", "/points 5").await;
    assert_eq!(issue.labels(), ["points/5"]);
    world.github.add_number_field("Estimate");
    world.later(SignedDuration::from_mins(15));
    say(&world, &issue, "tess", "/points 8").await;
    assert_eq!((issue.number_in("Estimate"), issue.labels().len()), (Some(8.0), 0));
    let item = project.add("alice", &issue);
    world.settle().await;
    say(&world, &issue, "tess", "/points 3").await;
    assert_eq!(project.value(item, "Estimate").as_deref(), Some("3"));
    say(&world, &issue, "tess", "/points clear").await;
    assert_eq!((project.value(item, "Estimate"), issue.number_in("Estimate")), (None, None), "it stands nowhere");
    world.gather().await;
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_board_reads_items_of_other_repositories_too() {
    let (world, _, project, _) = on_a_board(|project| project.number_field("Estimate")).await;
    let api = world.github.repository("acme/api");
    api.set_permission("tess", "triage");
    api.commit_file(POLICY_PATH, "version: 1\n");
    let issue = api.open("alice", VAGUE.0, VAGUE.1);
    let item = project.add("alice", &issue);
    world.settle().await;
    say(&world, &issue, "tess", "/points 5").await;
    assert_eq!((project.value(item, "Estimate").as_deref(), issue.labels().len()), (Some("5"), 0));
    world.gather().await;
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_project_that_may_only_be_read_leaves_the_weight_to_a_label() {
    let (world, issue, project, item) = on_a_board(|project| project.number_field("Estimate")).await;
    world.github.only_read("acme", "organization_projects");
    say(&world, &issue, "tess", "/points 5").await;
    assert_eq!(issue.labels(), ["points/5"], "nothing stands in the field, so the label is read");
    project.estimate("alice", item, "Estimate", Some(3.0));
    world.settle().await;
    say(&world, &issue, "tess", "/points 8").await;
    assert_eq!(issue.labels(), ["points/5"]);
    let note = world.open_work().await.pop().unwrap().note.unwrap_or_default();
    insta::assert_snapshot!(note, @"writing the field `Estimate` of acme/shop#1 in its project: refused (Resource not accessible by integration); grant the permission `organization projects: write` to the App (and accept it) or to the token");
    project.estimate("alice", item, "Estimate", None);
    world.wait_for_work().await;
    assert_eq!(issue.labels(), ["points/8"]);
    world.gather().await;
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_made_twice() {
    let (world, issue, project, item) = on_a_board(|project| project.number_field("Estimate")).await;
    world.github.forget_requests();
    // The second request of this kind is the write; the first one looks where the item is.
    world.github.script(Fault::on("POST", "/graphql").sparing(1).drop_connection().after());
    issue.comment("tess", "/points 5");
    world.settle().await;
    for _ in 0..3 {
        world.wait_for_work().await;
    }
    assert_eq!(project.value(item, "Estimate").as_deref(), Some("5"));
    let made =
        world.github.requests().into_iter().filter(|one| one.operation.as_deref() == Some("mutation SetFieldValue"));
    assert!(made.count() <= 1, "it was found done");
    world.gather().await;
    world.ends_quietly().await;
}
