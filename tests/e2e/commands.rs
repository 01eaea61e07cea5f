//! People speak to the bot in comments and descriptions.

use std::fmt::Write as _;

use jiff::SignedDuration;
use plimsoll::sandbox::github::{Fault, Issue, Repository};

use crate::webhooks::request;
use crate::world::{ON, POLICY_PATH, World};

const VAGUE: (&str, &str) = ("Please look at this", "As discussed.");
const INFRA: (&str, &str) = (
    "[infra] Move staging to the new Kubernetes cluster",
    "Terraform modules exist. Needs a deployment pipeline and monitoring.",
);

/// A shop where bob may manage, tess may triage, and everybody else may only read.
async fn shop() -> (World, Repository) {
    let (world, shop) = World::with_shop().await;
    shop.set_permission("bob", "write");
    shop.set_permission("tess", "triage");
    (world, shop)
}

async fn shop_with_issue() -> (World, Repository, Issue) {
    let (world, shop) = shop().await;
    let issue = shop.open("alice", VAGUE.0, VAGUE.1);
    world.settle().await;
    world.later(SignedDuration::from_mins(1));
    (world, shop, issue)
}

/// Comments on it, and lets the bot work.
async fn say(world: &World, issue: &Issue, who: &str, text: &str) -> u64 {
    world.later(SignedDuration::from_mins(1));
    let id = issue.comment(who, text);
    world.settle().await;
    id
}

/// What people see: labels, comments without their hidden marker, reactions.
fn seen(issue: &Issue) -> String {
    let mut text = format!("labels: {}\n", issue.labels().join(", "));
    let reactions = |all: &[plimsoll::sandbox::github::ReactionView]| {
        all.iter().fold(String::new(), |text, one| format!("{text} [{}]", one.content))
    };
    if !issue.reactions().is_empty() {
        writeln!(text, "description:{}", reactions(&issue.reactions())).unwrap();
    }
    for comment in issue.comments() {
        let shown: Vec<&str> = comment.body.lines().filter(|line| !line.starts_with("<!--")).collect();
        writeln!(text, "{}: {}{}", comment.author, shown.join("\n  "), reactions(&comment.reactions)).unwrap();
    }
    text
}

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

#[tokio::test]
async fn who_may_not_is_told_once() {
    let (world, _, issue) = shop_with_issue().await;
    let comment = say(&world, &issue, "carol", "/infra\n/points 3\n/why").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: 
    carol: /infra
      /points 3
      /why [eyes] [+1] [confused]
    plimsoll[bot]: This has no category: nobody decided one, and the text is not clear enough.
      
      Signs in the text:
      - `look at` in the title speaks for spike
    plimsoll[bot]: - `/infra` is for people who may edit items.
      - `/points 3` is for people who may edit items.
    ");
    world.later(SignedDuration::from_mins(1));
    issue.edit_comment("carol", comment, "Sorry!\n/infra\n/points 3\n/why");
    world.settle().await;
    assert_eq!(issue.comments().len(), 3);
    world.ends_quietly().await;
}

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
async fn a_description_gives_commands_too() {
    let (world, shop) = shop().await;
    let issue = shop.open("bob", "Please look at this", "As discussed.\n\n/security\n/points 2");
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
    - `look at` in the title speaks for spike

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
    - `look at` in the title speaks for spike

    On record:
    - `/keep until 2027-01-01` (`alice`)
    ");
    assert_eq!(issue.labels(), ["infrastructure"]);
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
      - `Kubernetes` in the title speaks for infrastructure
      - `Move` in the title speaks for refactoring
      - `Terraform` in the text speaks for infrastructure
      - `staging` in the title speaks for infrastructure
      
      On record:
      - `/due 2027-03-31` (`bob`)
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn bots_are_never_obeyed() {
    let (world, shop, issue) = shop_with_issue().await;
    shop.set_permission("renovate[bot]", "admin");
    shop.set_permission("plimsoll[bot]", "admin");
    world.github.forget_requests();
    say(&world, &issue, "renovate[bot]", "/infra\n/why").await;
    say(&world, &issue, "plimsoll[bot]", "/infra\n/why").await;
    assert_eq!(world.writes(), Vec::<String>::new());
    world.ends_quietly().await;
}

#[tokio::test]
async fn debt_is_opened_with_a_link_back_and_in_pull_requests_too() {
    let (world, shop, issue) = shop_with_issue().await;
    say(&world, &issue, "tess", "/debt Remove the retry workaround in the uploader").await;
    let opened = shop.issues().pop().unwrap();
    let view = opened.view().unwrap();
    let body = view.body.unwrap().replace(&world.github.url(), "https://github.test");
    insta::assert_snapshot!(format!("{}\n{}\n{:?}", view.title, body, view.labels), @r#"
    Remove the retry workaround in the uploader
    <!-- plimsoll:debt:github:1000021:1:debtRemovetheretryworkaroundintheuploader -->
    Technical debt that `tess` noticed [at this place](https://github.test/acme/shop/issues/1#issuecomment-1000021) in #1.
    ["technical-debt"]
    "#);
    insta::assert_snapshot!(seen(&issue), @"
    labels: 
    tess: /debt Remove the retry workaround in the uploader [eyes] [+1]
    ");
    let pull_request = shop.pull_request("carol", "Add retries", "");
    world.later(SignedDuration::from_mins(1));
    pull_request.comment("bob", "/debt Retries are copied three times\n/infra");
    let told = world.github.pending().into_iter().find(|one| one.event == "issue_comment.created").unwrap();
    world.settle().await;
    request(&world, "issue_comment", "again", &told.body).send().await.unwrap();
    world.settle().await;
    assert_eq!(shop.issues().len(), 4, "nothing is opened twice");
    assert_eq!(shop.issues().pop().unwrap().view().unwrap().title, "Retries are copied three times");
    insta::assert_snapshot!(seen(&pull_request), @"
    labels: 
    bob: /debt Retries are copied three times
      /infra [eyes] [+1] [confused]
    plimsoll[bot]: `/infra` works on issues only; in a pull request there are `/debt TITLE` and `/help`.
    ");
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
      - `Kubernetes` in the title speaks for infrastructure
      - `Move` in the title speaks for refactoring
      - `Terraform` in the text speaks for infrastructure
      - `staging` in the title speaks for infrastructure
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn help_backlog_and_report_answer() {
    let (world, shop) = shop().await;
    let old = shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    world.later(SignedDuration::from_hours(24 * 40));
    shop.open("alice", INFRA.0, INFRA.1);
    world.settle().await;
    say(&world, &old, "bob", "/help points\n/backlog\n/report").await;
    insta::assert_snapshot!(seen(&old), @"
    labels: infrastructure
    bob: /help points
      /backlog
      /report [eyes] [+1] [confused]
    plimsoll[bot]: `/points NUMBER` or `/points clear`: sets the item's weight where it is read: the board's field, else the item's field, else a label; `clear` takes it away.
      
      - Examples: `/points 5`, `/points 0.5`, `/points clear`
      - Also: `/story-points`
      - Who may: people who may edit items
      
      ---
      
      The technical backlog has 2 open items; half of them are at least 40 days old.
      In the last 30 days 1 came and 0 went: it grows.
      
      The oldest:
      - `#1` `[infra] Move staging to the new Kubernetes cluster`, 40 days
      - `#2` `[infra] Move staging to the new Kubernetes cluster`, 0 days
    plimsoll[bot]: `/report`: there is no sprint comment yet, so nothing was done.
    ");
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
async fn when_rights_cannot_be_read_the_command_is_refused_or_waits() {
    let (world, _, issue) = shop_with_issue().await;
    world.github.script(Fault::on("GET", "/repos/acme/shop/collaborators").answer(502));
    issue.comment("bob", "/infra");
    world.settle().await;
    assert!(issue.labels().is_empty());
    world.wait_for_work().await;
    assert_eq!(issue.labels(), ["infrastructure"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn the_policy_says_who_may() {
    let (world, shop, issue) = shop_with_issue().await;
    shop.commit_file(POLICY_PATH, "version: 1\ncommands:\n  rights:\n    classify: anyone\n    why: manage\n");
    world.settle().await;
    say(&world, &issue, "carol", "/infra\n/why").await;
    let carols = seen(&issue);
    world.later(SignedDuration::from_mins(1));
    let own = "version: 1\ncommands: { short_form: off, prefix: ship, aliases: { pfusch: techdebt }, off: [stale], people: { points: [Dora] } }\n";
    shop.commit_file(POLICY_PATH, own);
    world.settle().await;
    say(&world, &issue, "bob", "/security\n/ship pfusch\n/ship stale").await;
    say(&world, &issue, "dora", "/ship points 2").await;
    assert_eq!(issue.labels(), ["technical-debt", "points/2"]);
    insta::assert_snapshot!(issue.comments()[3].body, @"
    <!-- plimsoll:problem:1000039 -->
    `/ship stale` is switched off here.
    ");
    insta::assert_snapshot!(carols, @"
    labels: infrastructure
    carol: /infra
      /why [eyes] [+1] [confused]
    plimsoll[bot]: `/why` is for people who may write to the repository or manage the project.
    ");
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
