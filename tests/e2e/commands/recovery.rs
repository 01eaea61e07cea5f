//! A lost database, and what was said before the bot came.

use jiff::SignedDuration;

use super::{INFRA, VAGUE, say, seen, shop};
use crate::webhooks::request;
use crate::world::{ON, POLICY_PATH, World};

#[tokio::test]
async fn a_lost_database_is_rebuilt_from_what_was_carried_out_and_runs_nothing_again() {
    let (world, shop) = shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    say(&world, &issue, "bob", "/security\n/due 2027-03-31\n/points 3").await;
    issue.comment("carol", "/bug");
    issue.comment("bob", "/feature");
    issue.react("carol", "+1");
    world.github.forget_pending();
    let world = world.lose_database().await;
    world.later(SignedDuration::from_mins(1));
    issue.unlabel("tess", "points/3");
    issue.rewrite("alice", "Terraform, Kubernetes, deployment pipeline, monitoring.");
    world.settle().await;
    say(&world, &issue, "carol", "/why").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: security
    description: [+1]
    bob: /security
      /due 2027-03-31
      /points 3 [eyes] [+1]
    carol: /bug
    bob: /feature
    carol: /why [eyes] [+1]
    plimsoll[bot]: This is **security**, technical work: `bob` decided that.
      
      Signs in the text:
      - `[infra]` as the title's prefix speaks for infrastructure
      - `staging` in the title speaks for infrastructure
      - `Kubernetes` in the title speaks for infrastructure
      - `cluster` in the title speaks for infrastructure
      - `deployment` in the text speaks for infrastructure
      
      On record:
      - `/due 2027-03-31` (`bob`)
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_was_said_before_the_bot_came_is_never_executed() {
    let world = World::new().await;
    let shop = world.github.repository("acme/shop");
    shop.set_permission("bob", "write");
    let issue = shop.open("alice", VAGUE.0, VAGUE.1);
    issue.comment("bob", "/infra");
    let told = world.github.pending().into_iter().find(|one| one.event == "issue_comment.created").unwrap();
    world.settle().await;
    assert!(issue.labels().is_empty(), "without a policy the bot is silent");
    world.later(SignedDuration::from_mins(5));
    shop.commit_file(POLICY_PATH, ON);
    world.settle().await;
    request(&world, "issue_comment", "again", &told.body).send().await.unwrap();
    world.settle().await;
    assert!(issue.labels().is_empty());
    assert_eq!(seen(&issue), "labels: \nbob: /infra\n");
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_a_description_said_is_recalled_too() {
    let (world, shop) = shop().await;
    let issue = shop.open("bob", VAGUE.0, "As discussed.\n\n/share 40%\n/impact Slow.\n/infra");
    world.settle().await;
    world.github.forget_pending();
    let world = world.lose_database().await;
    world.later(SignedDuration::from_mins(1));
    say(&world, &issue, "carol", "Hm.").await;
    say(&world, &issue, "carol", "/why").await;
    insta::assert_snapshot!(issue.comments().last().unwrap().body, @"
    <!-- plimsoll:answer:github:1000030:1:why -->
    This is **infrastructure**, technical work: `bob` decided that.

    Signs in the text:
    - `discussed` in the text speaks for feature
    - `a short description` in the text speaks for feature
    - `basket` in the title speaks for feature

    On record:
    - `/share 40%` (`bob`)
    - `/impact Slow.` (`bob`)
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn what_somebody_else_put_into_a_text_is_not_recalled() {
    let (world, shop) = shop().await;
    let issue = shop.open("bob", VAGUE.0, "As agreed on Tuesday.\n\n/share 40%");
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    let forged = issue.comment("bob", "/impact Slow.");
    let own = issue.comment("tess", "/share 10%");
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    issue.rewrite("mallory", "As agreed on Tuesday.\n\n/share 90%\n/security");
    issue.edit_comment("mallory", forged, "/impact None.\n/due 2027-03-31");
    issue.edit_comment("tess", own, "/share 10%\nThat much.");
    world.github.forget_pending();
    let world = world.lose_database().await;
    world.later(SignedDuration::from_mins(1));
    say(&world, &issue, "carol", "/why").await;
    insta::assert_snapshot!(issue.comments().last().unwrap().body, @"
    <!-- plimsoll:answer:github:1000037:1:why -->
    This has no category: nobody decided one, and the text is not clear enough.

    Signs in the text:
    - `basket` in the title speaks against bug
    - `a short description` in the text speaks for bug

    On record:
    - `/share 10%` (`tess`)
    ");
    world.ends_quietly().await;
}
