//! Nothing is done or answered twice.

use jiff::SignedDuration;
use plimsoll::sandbox::github::{Fault, Issue};

use super::{VAGUE, say, seen, shop_with_issue};
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
      /infra [eyes] [+1]
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
      - `basket` in the title speaks against bug
      - `a short description` in the text speaks for bug
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

/// The same text as it would be told of an edit that brought it.
fn as_edit(told: &[u8]) -> Vec<u8> {
    let mut payload: serde_json::Value = serde_json::from_slice(told).unwrap();
    payload["action"] = "edited".into();
    payload["changes"] = serde_json::json!({"body": {"from": "Hm."}});
    payload.to_string().into_bytes()
}

#[tokio::test]
async fn the_same_text_in_two_kinds_of_events_with_a_crash_between_has_one_effect_and_one_answer() {
    const TEXT: &str = "/infra\n/points 5\n/debt Remove the workaround\n/why\n/infr";
    for (event, opened) in [("issue_comment", false), ("issues", true)] {
        let (world, shop, earlier) = shop_with_issue().await;
        let crash = Fault::on("POST", "/repos/acme/shop/issues").drop_connection().after();
        let issue = if opened { shop.open("bob", VAGUE.0, TEXT) } else { earlier };
        if !opened {
            issue.comment("bob", TEXT);
        }
        let told = world.github.pending().into_iter().find(|one| one.event.starts_with(event)).unwrap().body;
        world.github.script(crash);
        world.settle().await;
        let edited = as_edit(&told);
        for (delivery, body) in [("a", &edited), ("b", &told)] {
            assert_eq!(request(&world, event, delivery, body).send().await.unwrap().status(), 202);
        }
        let world = world.restart().await;
        for _ in 0..5 {
            world.wait_for_work().await;
        }
        for (delivery, body) in [("c", &edited), ("d", &told)] {
            assert_eq!(request(&world, event, delivery, body).send().await.unwrap().status(), 202);
        }
        world.settle().await;
        assert_eq!(issue.labels(), ["infrastructure", "points/5"], "{event}");
        let by_bot = issue.comments().iter().filter(|comment| comment.author == "plimsoll[bot]").count();
        assert_eq!(by_bot, 2, "{event}: one answer, one reply for what went wrong");
        let debts = shop.issues().iter().filter(|one| one.labels() == ["technical-debt"]).count();
        assert_eq!(debts, 1, "{event}");
        world.ends_quietly().await;
    }
}

#[tokio::test]
async fn one_comment_gives_so_many_commands_and_no_more() {
    let (world, _, issue) = shop_with_issue().await;
    let many: Vec<String> = (1..=25).map(|points| format!("/points {points}")).collect();
    issue.comment("bob", &many.join("\n"));
    let told = world.github.pending().into_iter().find(|one| one.event == "issue_comment.created").unwrap();
    world.settle().await;
    request(&world, "issue_comment", "again", &told.body).send().await.unwrap();
    world.settle().await;
    assert_eq!(issue.labels(), ["points/20"]);
    insta::assert_snapshot!(issue.comments().last().unwrap().body, @"
    <!-- plimsoll:problem:1000021 -->
    One comment gives at most 20 commands: 5 more were left out.
    ");
    assert_eq!(issue.comments().len(), 2);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_weight_that_is_heard_late_does_not_replace_a_newer_one() {
    let (world, _, issue) = shop_with_issue().await;
    issue.comment("bob", "/points 3");
    world.github.delay_pending("issue_comment", world.now() + SignedDuration::from_mins(10));
    say(&world, &issue, "bob", "/points 5").await;
    let weights =
        |issue: &Issue| issue.labels().into_iter().filter(|one| one.starts_with("points/")).collect::<Vec<_>>();
    assert_eq!(weights(&issue), ["points/5"]);
    world.later(SignedDuration::from_mins(10));
    world.settle().await;
    assert_eq!(weights(&issue), ["points/5"]);
    world.ends_quietly().await;
}
