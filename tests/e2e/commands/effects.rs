//! What commands do.

use jiff::SignedDuration;
use plimsoll::sandbox::github::{Fault, Issue};

use super::{INFRA, VAGUE, say, seen, shop, shop_with_issue};
use crate::world::POLICY_PATH;

#[tokio::test]
async fn who_may_sets_the_category_and_it_stays() {
    let (world, _, issue) = shop_with_issue().await;
    say(&world, &issue, "tess", "This one is ours.\n\n/infra").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: infrastructure
    tess: This one is ours.
      
      /infra [eyes] [+1]
    ");
    issue.rewrite("alice", "Fix the crash in the checkout, error 500.");
    world.settle().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    say(&world, &issue, "bob", "/classify security").await;
    assert_eq!(issue.labels(), ["security"]);
    world.later(SignedDuration::from_mins(1));
    issue.label("tess", "bug");
    world.settle().await;
    assert_eq!(issue.labels(), ["bug"], "a later label wins");
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_decision_is_given_back() {
    let (world, shop) = shop().await;
    let issue = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    say(&world, &issue, "bob", "/bug").await;
    assert_eq!(issue.labels(), ["bug"]);
    say(&world, &issue, "bob", "/classify auto").await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    let vague = shop.open("alice", VAGUE.0, VAGUE.1);
    world.settle().await;
    say(&world, &vague, "bob", "/bug").await;
    say(&world, &vague, "bob", "/classify auto").await;
    assert!(vague.labels().is_empty());
    world.ends_quietly().await;
}

/// As on an item that it has never seen: beside somebody's label the bot puts none, whenever it comes to look.
#[tokio::test]
async fn given_back_beside_somebodys_label_the_bots_own_goes() {
    let (world, shop) = shop().await;
    for promptly in [true, false] {
        let issue = shop.open("alice", INFRA.0, INFRA.1);
        world.settle().await;
        assert_eq!(issue.labels(), ["infrastructure"]);
        for act in [
            |issue: &Issue| issue.label("tess", "security"),
            |issue: &Issue| {
                issue.comment("bob", "/bug");
            },
            |issue: &Issue| {
                issue.comment("bob", "/classify auto");
            },
        ] {
            world.later(SignedDuration::from_mins(1));
            act(&issue);
            if promptly {
                world.settle().await;
            }
        }
        world.settle().await;
        assert_eq!(issue.labels(), ["security"], "promptly: {promptly}");
    }
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_description_gives_commands_too() {
    let (world, shop) = shop().await;
    let issue = shop.open("bob", "The basket", "As agreed on Tuesday.\n\n/security\n/points 2");
    world.settle().await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: security, points/2
    description: [eyes] [+1]
    ");
    world.later(SignedDuration::from_mins(1));
    issue.rewrite("bob", "As discussed.\n\n/security\n/points 5");
    world.settle().await;
    assert_eq!(issue.labels(), ["security", "points/5"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_deleted_comment_withdraws_what_lives_in_it() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = say(&world, &issue, "bob", "/infra\n/share 30%\n/due 2027-03-31 end of support\n/impact Slow.").await;
    say(&world, &issue, "alice", "/keep until 2027-01-01").await;
    say(&world, &issue, "bob", "/why").await;
    insta::assert_snapshot!(issue.comments().last().unwrap().body, @"
    <!-- plimsoll:answer:github:1000035:1:why -->
    This is **infrastructure**, technical work: `bob` decided that.

    Signs in the text:
    - `basket` in the title speaks against bug
    - `a short description` in the text speaks for bug

    On record:
    - `/share 30%` (`bob`)
    - `/due 2027-03-31 end of support` (`bob`)
    - `/impact Slow.` (`bob`)
    - `/keep until 2027-01-01` (`alice`)
    ");
    world.later(SignedDuration::from_mins(1));
    issue.delete_comment("bob", comment);
    world.settle().await;
    say(&world, &issue, "carol", "/why").await;
    insta::assert_snapshot!(issue.comments().last().unwrap().body, @"
    <!-- plimsoll:answer:github:1000045:1:why -->
    This is **infrastructure**, technical work: `bob` decided that.

    Signs in the text:
    - `basket` in the title speaks against bug
    - `a short description` in the text speaks for bug

    On record:
    - `/keep until 2027-01-01` (`alice`)
    ");
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn duplicates_are_labelled() {
    let (world, _, issue) = shop_with_issue().await;
    say(&world, &issue, "tess", "/duplicate #12\n/stale").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: duplicate
    tess: /duplicate #12
      /stale [eyes] [+1]
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn duplicates_are_closed_where_the_policy_allows_and_by_whom_may_manage() {
    let (world, shop, issue) = shop_with_issue().await;
    let other = shop.open("alice", VAGUE.0, VAGUE.1);
    shop.commit_file(POLICY_PATH, "version: 1\nhygiene: { duplicates: { close: on } }\n");
    world.settle().await;
    say(&world, &other, "tess", &format!("/duplicate #{}", issue.number())).await;
    assert!(other.view().unwrap().open, "who may only edit closes nothing");
    let address = format!("/duplicate {}/acme/shop/issues/{}", world.github.url(), other.number());
    say(&world, &issue, "bob", &format!("{address}\n/duplicate #{}", issue.number())).await;
    let view = issue.view().unwrap();
    assert_eq!((view.open, view.state_reason.as_deref()), (false, Some("duplicate")));
    insta::assert_snapshot!(seen(&issue).replace(&world.github.url(), "https://github.test"), @"
    labels: duplicate
    bob: /duplicate https://github.test/acme/shop/issues/2
      /duplicate #1 [eyes] [+1] [confused]
    plimsoll[bot]: `/duplicate #1` names this item itself; expected another one, as in `/duplicate #12`.
    ");
    assert_eq!(other.labels(), ["duplicate"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn an_older_server_knows_no_duplicates_and_closes_all_the_same() {
    let (world, shop, issue) = shop_with_issue().await;
    shop.commit_file(POLICY_PATH, "version: 1\nhygiene: { duplicates: { close: on } }\n");
    world.settle().await;
    let reason = serde_json::json!({"resource": "Issue", "field": "state_reason", "code": "invalid"});
    let complaint = serde_json::json!({"message": "Validation Failed", "errors": [reason]});
    world.github.script(Fault::on("PATCH", "/repos/acme/shop/issues/1").answer(422).body(complaint));
    say(&world, &issue, "bob", "/duplicate #12").await;
    let view = issue.view().unwrap();
    assert_eq!((view.open, view.state_reason.as_deref()), (false, Some("not_planned")));
    assert_eq!(view.labels, ["duplicate"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_weight_goes_where_it_is_read() {
    let (world, shop, issue) = shop_with_issue().await;
    world.github.project("acme", "Shop").iterations("Iteration", &[]);
    let board = "version: 1\nsprints: { project: acme/1, points_field: Estimate }\n";
    shop.commit_file(POLICY_PATH, board);
    world.settle().await;
    say(&world, &issue, "tess", "/points 5").await;
    assert_eq!(issue.labels(), ["points/5"], "issues have no such field");
    world.later(SignedDuration::from_mins(15));
    world.github.add_number_field("Estimate");
    say(&world, &issue, "tess", "/points 2.5").await;
    assert_eq!((issue.number_in("Estimate"), issue.labels().as_slice()), (Some(2.5), [].as_slice()));
    say(&world, &issue, "tess", "/points clear").await;
    say(&world, &issue, "bob", "/points clear").await;
    assert_eq!(issue.number_in("Estimate"), None);
    world.ends_quietly().await;
}
