//! What people are answered.

use jiff::SignedDuration;

use super::{INFRA, say, seen, shop, shop_with_issue};

#[tokio::test]
async fn mistakes_are_explained_in_one_reply_and_the_rest_is_done() {
    let (world, _, issue) = shop_with_issue().await;
    say(&world, &issue, "bob", "/infr\n/share much\n/points 5\n/frobnicate\n/lgtm").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: points/5
    bob: /infr
      /share much
      /points 5
      /frobnicate
      /lgtm [eyes] [+1] [confused]
    plimsoll[bot]: - `/infr` is no command here. Did you mean `/infra`?
      - `/share much`: expected a percentage from 0% to 100%. Example: `/share 30%`
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn unknown_words_and_other_bots_commands_stay_silent() {
    let (world, _, issue) = shop_with_issue().await;
    world.github.forget_requests();
    say(&world, &issue, "bob", "/lgtm\n/retest\n/etc/hosts\n`/infra`\n\n> /infra").await;
    assert_eq!(world.writes(), Vec::<String>::new());
    world.ends_quietly().await;
}

#[tokio::test]
async fn why_says_how_and_why() {
    let (world, shop) = shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    say(&world, &issue, "carol", "/why").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: infrastructure
    carol: /why [eyes] [+1]
    plimsoll[bot]: This is **infrastructure**, technical work: that is what the text looks like, 100 % sure.
      
      Signs in the text:
      - `[infra]` as the title's prefix speaks for infrastructure
      - `staging` in the title speaks for infrastructure
      - `Kubernetes` in the title speaks for infrastructure
      - `cluster` in the title speaks for infrastructure
      - `deployment` in the text speaks for infrastructure
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn help_backlog_and_report_answer() {
    let (world, shop) = shop().await;
    let old = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_hours(24 * 40));
    let new = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    say(&world, &new, "bob", "/due 2026-06-30 the contract ends").await;
    say(&world, &old, "bob", "/help points\n/backlog\n/report").await;
    insta::assert_snapshot!(seen(&old), @"
    labels: infrastructure
    bob: /help points
      /backlog
      /report [eyes] [+1] [confused]
    plimsoll[bot]: `/points NUMBER` or `/points clear`: sets the item's weight where it is read: the board's field, else the item's field, else a label; `clear` takes it away. The board's field is the policy's `points_field`, else Estimate, Points, Story Points or Size, where the item is on the board's project; of a field with options the one that begins with the number. The item's own field is the organisation's issue field of that name. The label is `points/5`.
      
      - Examples: `/points 5`, `/points 0.5`, `/points clear`
      - Also: `/story-points`
      - Who may: people who may edit items
      
      ---
      
      The technical backlog has 2 open items; half of them are at least 40 days old.
      In the last 30 days 1 came and 0 went: it grows.
      
      First those with a date, then the oldest:
      - `#2` `[infra] Move staging to the new Kubernetes cluster`, 0 days, due 2026-06-30
      - `#1` `[infra] Move staging to the new Kubernetes cluster`, 40 days
    plimsoll[bot]: `/report`: the policy of this repository declares no board, so there is no sprint comment.
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_backlog_counts_what_was_closed_lately_not_what_was_touched() {
    let (world, shop) = shop().await;
    let asked = shop.open("alice", INFRA.0, INFRA.1);
    let long_gone = shop.open("alice", INFRA.0, INFRA.1);
    let just_gone = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    long_gone.close("bob", "completed");
    world.settle().await;
    world.later(SignedDuration::from_hours(24 * 40));
    long_gone.comment("carol", "Thanks!");
    just_gone.close("bob", "completed");
    world.settle().await;
    say(&world, &asked, "bob", "/backlog").await;
    let answer = asked.comments().pop().unwrap().body;
    insta::assert_snapshot!(answer.lines().nth(2).unwrap_or_default(), @"In the last 30 days 0 came and 1 went: it shrinks.");
    world.ends_quietly().await;
}
