//! Nothing is done or answered twice.

use jiff::SignedDuration;
use plimsoll::sandbox::github::Fault;

use super::{say, seen, shop_with_issue};
use crate::webhooks::request;
use crate::world::World;

#[tokio::test]
async fn in_an_edited_comment_only_what_is_new_runs() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = say(&world, &issue, "bob", "/points 3\n/infr").await;
    world.later(SignedDuration::from_mins(1));
    issue.edit_comment("bob", comment, "/points 3\n/infra");
    world.settle().await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: points/3, infrastructure
    bob: /points 3
      /infra [eyes] [+1] [confused]
    plimsoll[bot]: `/infr` is no command here. Did you mean `/infra`?
    ");
    issue.label("alice", "points/8");
    issue.unlabel("alice", "points/3");
    issue.edit_comment("bob", comment, "/points 3\n/infra\nThanks.");
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure", "points/8"], "nothing runs again");
    world.later(SignedDuration::from_mins(1));
    issue.edit_comment("mallory", comment, "/security");
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure", "points/8"], "nobody speaks in another's name");
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_same_comment_told_five_times_with_a_restart_between_has_one_effect_and_one_answer() {
    let (world, _, issue) = shop_with_issue().await;
    issue.comment("bob", "/infra\n/points 5\n/debt Remove the workaround\n/why\n/infr");
    let told = world.github.pending().into_iter().find(|one| one.event == "issue_comment.created").unwrap();
    world.settle().await;
    let once = seen(&issue);
    insta::assert_snapshot!(once, @"
    labels: infrastructure, points/5
    bob: /infra
      /points 5
      /debt Remove the workaround
      /why
      /infr [eyes] [+1] [confused]
    plimsoll[bot]: This is **infrastructure**, technical work: `bob` decided that.
      
      Signs in the text:
      - `look at` in the title speaks for spike
    plimsoll[bot]: `/infr` is no command here. Did you mean `/infra`?
    ");
    let again = |world: &World, delivery: &str| request(world, "issue_comment", delivery, &told.body).send();
    for delivery in ["a", "b"] {
        assert_eq!(again(&world, delivery).await.unwrap().status(), 202);
    }
    let world = world.restart().await;
    world.settle().await;
    for delivery in ["c", "a"] {
        assert_eq!(again(&world, delivery).await.unwrap().status(), 202);
    }
    world.settle().await;
    assert_eq!(seen(&issue), once);
    assert_eq!(issue.repository().issues().len(), 2);
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_on_the_way_costs_no_second_effect() {
    for path in ["/repos/acme/shop/issues/1/labels", "/repos/acme/shop/issues/1/comments", "/repos/acme/shop/issues"] {
        let (world, shop, issue) = shop_with_issue().await;
        world.github.script(Fault::on("POST", path).drop_connection().after());
        issue.comment("bob", "/infra\n/points 5\n/debt Remove the workaround\n/why\n/infr");
        world.settle().await;
        let world = world.restart().await;
        for _ in 0..5 {
            world.wait_for_work().await;
        }
        assert_eq!(issue.labels(), ["infrastructure", "points/5"], "{path}");
        assert_eq!(issue.comments().len(), 3, "{path}");
        assert_eq!(shop.issues().len(), 2, "{path}");
        world.ends_quietly().await;
    }
}
