//! Who may.

use jiff::SignedDuration;
use plimsoll::sandbox::github::Fault;

use super::{say, seen, shop_with_issue};
use crate::world::{POLICY_PATH, World};

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
      - `basket` in the title speaks against bug
      - `a short description` in the text speaks for bug
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
async fn when_rights_cannot_be_read_the_command_is_refused_or_waits() {
    let rights = || Fault::on("GET", "/repos/acme/shop/collaborators");
    let no_token = || Fault::on("POST", "/app/installations");
    for trouble in [rights().answer(502), rights().answer(401), no_token().answer(401), no_token().answer(404)] {
        let (world, _, issue) = shop_with_issue().await;
        // The token ends just before the rights are read.
        let github = world.github.clone();
        let ends = Fault::on("GET", "/repos/acme/shop/issues/1").meanwhile(move || github.expire_tokens()).after();
        world.github.script(ends);
        world.github.script(trouble);
        issue.comment("bob", "/infra");
        world.settle().await;
        assert_eq!(world.github.faults_waiting(), 0);
        world.wait_for_work().await;
        assert_eq!(issue.labels(), ["infrastructure"]);
        assert_eq!(issue.comments().len(), 1, "nobody is told that it was refused");
        world.ends_quietly().await;
    }
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
async fn rights_that_cannot_be_read_at_all_are_none_and_that_is_said() {
    let (world, _, issue) = shop_with_issue().await;
    let refused = Fault::on("GET", "/repos/acme/shop/collaborators").answer(403);
    world.github.script(refused);
    say(&world, &issue, "bob", "/infra\n/why").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: 
    bob: /infra
      /why [eyes] [+1] [confused]
    plimsoll[bot]: This has no category: nobody decided one, and the text is not clear enough.
      
      Signs in the text:
      - `basket` in the title speaks against bug
      - `a short description` in the text speaks for bug
    plimsoll[bot]: `/infra` is for people who may edit items, and your rights could not be read just now: nothing was done.
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn rights_are_believed_for_minutes() {
    let (world, shop, issue) = shop_with_issue().await;
    world.github.forget_requests();
    let asked = |world: &World| world.calls().iter().filter(|call| call.contains("/collaborators/tess/")).count();
    say(&world, &issue, "tess", "/infra\n/points 3").await;
    say(&world, &issue, "tess", "/security").await;
    assert_eq!(asked(&world), 1);
    shop.set_permission("tess", "read");
    world.later(SignedDuration::from_mins(5));
    say(&world, &issue, "tess", "/bug").await;
    assert_eq!(asked(&world), 2);
    assert_eq!(issue.labels(), ["points/3", "security"]);
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_policy_names_people_and_teams() {
    let (world, shop, issue) = shop_with_issue().await;
    let named = "version: 1\ncommands:\n  people: { points: [dora] }\n  teams: { points: [Platform], classify: [acme/platform] }\n";
    shop.commit_file(POLICY_PATH, named);
    world.github.add_to_team("acme/platform", "erin");
    world.settle().await;
    say(&world, &issue, "dora", "/points 1\n/infra").await;
    say(&world, &issue, "erin", "/points 2\n/infra").await;
    say(&world, &issue, "frank", "/points 3").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: infrastructure, points/2
    dora: /points 1
      /infra [eyes] [+1] [confused]
    plimsoll[bot]: `/infra` is for people who may edit items, and teams named in the policy.
    erin: /points 2
      /infra [eyes] [+1]
    frank: /points 3 [confused]
    plimsoll[bot]: `/points 3` is for people who may edit items, and people and teams named in the policy.
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_team_that_may_not_be_read_admits_nobody() {
    let (world, shop, issue) = shop_with_issue().await;
    shop.commit_file(POLICY_PATH, "version: 1\ncommands: { teams: { points: [platform] } }\n");
    world.github.add_to_team("acme/platform", "erin");
    world.github.deny("acme", "members");
    world.settle().await;
    say(&world, &issue, "erin", "/points 2").await;
    say(&world, &issue, "bob", "/share 20%").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: 
    erin: /points 2 [confused]
    plimsoll[bot]: `/points 2` is for people who may edit items, and teams named in the policy, and your rights could not be read just now: nothing was done.
    bob: /share 20% [eyes] [+1]
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn rights_are_graded() {
    let (world, _, issue) = shop_with_issue().await;
    say(&world, &issue, "alice", "/keep\n/impact Slow.\n/share 10%\n/help why").await;
    say(&world, &issue, "tess", "/infra\n/stale\n/keep\n/due 2027-03-31\n/backlog\n/report").await;
    insta::assert_snapshot!(seen(&issue), @"
    labels: infrastructure
    alice: /keep
      /impact Slow.
      /share 10%
      /help why [eyes] [+1] [confused]
    plimsoll[bot]: `/why`: says how the item is classified and why: the evidence, how sure it is, who decided.
      
      - Examples: `/why`
      - Who may: anyone
    plimsoll[bot]: `/share 10%` is for people who may edit items.
    tess: /infra
      /stale
      /keep
      /due 2027-03-31
      /backlog
      /report [eyes] [+1] [confused]
    plimsoll[bot]: - `/due 2027-03-31` is for people who may write to the repository or manage the project.
      - `/backlog` is for people who may write to the repository or manage the project.
      - `/report` is for people who may write to the repository or manage the project.
    ");
    world.ends_quietly().await;
}

#[tokio::test]
async fn a_team_that_cannot_be_asked_just_now_is_asked_again() {
    let (world, shop, issue) = shop_with_issue().await;
    shop.commit_file(POLICY_PATH, "version: 1\ncommands: { teams: { points: [platform] } }\n");
    world.github.add_to_team("acme/platform", "erin");
    world.settle().await;
    world.github.script(Fault::on("GET", "/orgs/acme/teams").answer(503));
    say(&world, &issue, "erin", "/points 2").await;
    assert!(issue.labels().is_empty());
    world.wait_for_work().await;
    assert_eq!(issue.labels(), ["points/2"]);
    assert_eq!(issue.comments().len(), 1, "nothing is refused meanwhile");
    world.ends_quietly().await;
}
