//! Every command, by somebody who may, by somebody who may not, and with arguments that are none.

use std::fmt::Write as _;

use jiff::SignedDuration;
use plimsoll::command::Vocabulary;
use plimsoll::sandbox::github::Issue;

use super::{VAGUE, say, shop};
use crate::world::World;

/// A command that sets a category, and the same with arguments that it does not take.
const CATEGORIES: &[(&str, &str)] = &[
    ("/techdebt", "/techdebt is what this is"),
    ("/refactor", "/refactor all"),
    ("/infra", "/infra please"),
    ("/upgrade", "/upgrade to 5.0"),
    ("/performance", "/performance is bad"),
    ("/security", "/security first"),
    ("/dx", "/dx yes"),
    ("/tests", "/tests fail"),
    ("/improvement", "/improvement of all"),
    ("/feature", "/feature request"),
    ("/bug", "/bug in the basket"),
    ("/spike", "/spike it"),
    ("/docs", "/docs are old"),
    ("/question", "/question mark"),
];

/// Another command, and the same with arguments that it does not take.
const OTHERS: &[(&str, &str)] = &[
    ("/classify infrastructure", "/classify nonsense"),
    ("/classify auto", "/classify"),
    ("/why", "/why not"),
    ("/share 30%", "/share 0.3"),
    ("/points 5", "/points many"),
    ("/points clear", "/points"),
    ("/impact Slow.", "/impact"),
    ("/due 2027-03-31 support ends", "/due tomorrow"),
    ("/debt Remove the workaround", "/debt"),
    ("/keep", "/keep forever"),
    ("/keep until 2027-03-31", "/keep until March"),
    ("/stale", "/stale since May"),
    ("/duplicate #12", "/duplicate the other one"),
    ("/report", "/report @everybody"),
    ("/backlog", "/backlog all"),
    ("/help", "/help nonsense"),
];

/// How a comment is answered: reactions, and the first line of the reply.
fn answered(issue: &Issue, comment: u64) -> String {
    let comments = issue.comments();
    let place = comments.iter().position(|one| one.id == comment).unwrap();
    let names: Vec<&str> = comments[place].reactions.iter().map(|one| one.content.as_str()).collect();
    let reply = comments.get(place + 1).and_then(|reply| reply.body.lines().nth(1));
    reply.map_or_else(|| names.join(" "), |reply| format!("{} | {reply}", names.join(" ")))
}

async fn tried(world: &World, issue: &Issue, who: &str, text: &str) -> String {
    world.later(SignedDuration::from_mins(10));
    let comment = say(world, issue, who, text).await;
    answered(issue, comment)
}

async fn all_tried(commands: &[(&str, &str)]) -> String {
    let (world, shop) = shop().await;
    let issue = shop.open("alice", VAGUE.0, VAGUE.1);
    world.settle().await;
    let mut told = String::new();
    for (command, malformed) in commands {
        let allowed = tried(&world, &issue, "bob", command).await;
        let denied = tried(&world, &issue, "carol", command).await;
        let wrong = tried(&world, &issue, "bob", malformed).await;
        writeln!(told, "{command}\n  bob: {allowed}\n  carol: {denied}\n  {malformed}: {wrong}").unwrap();
    }
    world.ends_quietly().await;
    told
}

#[tokio::test]
async fn every_category_is_set_refused_and_explained() {
    insta::assert_snapshot!(all_tried(CATEGORIES).await, @"
    /techdebt
      bob: eyes +1
      carol: confused | `/techdebt` is for people who may edit items.
      /techdebt is what this is: confused | `/techdebt is what this is`: expected nothing after it on the same line. Example: `/techdebt`
    /refactor
      bob: eyes +1
      carol: confused | `/refactor` is for people who may edit items.
      /refactor all: confused | `/refactor all`: expected nothing after it on the same line. Example: `/refactor`
    /infra
      bob: eyes +1
      carol: confused | `/infra` is for people who may edit items.
      /infra please: confused | `/infra please`: expected nothing after it on the same line. Example: `/infra`
    /upgrade
      bob: eyes +1
      carol: confused | `/upgrade` is for people who may edit items.
      /upgrade to 5.0: confused | `/upgrade to 5.0`: expected nothing after it on the same line. Example: `/upgrade`
    /performance
      bob: eyes +1
      carol: confused | `/performance` is for people who may edit items.
      /performance is bad: confused | `/performance is bad`: expected nothing after it on the same line. Example: `/performance`
    /security
      bob: eyes +1
      carol: confused | `/security` is for people who may edit items.
      /security first: confused | `/security first`: expected nothing after it on the same line. Example: `/security`
    /dx
      bob: eyes +1
      carol: confused | `/dx` is for people who may edit items.
      /dx yes: confused | `/dx yes`: expected nothing after it on the same line. Example: `/dx`
    /tests
      bob: eyes +1
      carol: confused | `/tests` is for people who may edit items.
      /tests fail: confused | `/tests fail`: expected nothing after it on the same line. Example: `/tests`
    /improvement
      bob: eyes +1
      carol: confused | `/improvement` is for people who may edit items.
      /improvement of all: confused | `/improvement of all`: expected nothing after it on the same line. Example: `/improvement`
    /feature
      bob: eyes +1
      carol: confused | `/feature` is for people who may edit items.
      /feature request: confused | `/feature request`: expected nothing after it on the same line. Example: `/feature`
    /bug
      bob: eyes +1
      carol: confused | `/bug` is for people who may edit items.
      /bug in the basket: confused | `/bug in the basket`: expected nothing after it on the same line. Example: `/bug`
    /spike
      bob: eyes +1
      carol: confused | `/spike` is for people who may edit items.
      /spike it: confused | `/spike it`: expected nothing after it on the same line. Example: `/spike`
    /docs
      bob: eyes +1
      carol: confused | `/docs` is for people who may edit items.
      /docs are old: confused | `/docs are old`: expected nothing after it on the same line. Example: `/docs`
    /question
      bob: eyes +1
      carol: confused | `/question` is for people who may edit items.
      /question mark: confused | `/question mark`: expected nothing after it on the same line. Example: `/question`
    ");
}

#[tokio::test]
async fn every_other_command_is_obeyed_refused_and_explained() {
    insta::assert_snapshot!(all_tried(OTHERS).await, @"
    /classify infrastructure
      bob: eyes +1
      carol: confused | `/classify infrastructure` is for people who may edit items.
      /classify nonsense: confused | `/classify nonsense`: expected a category (`technical-debt`, `refactoring`, `infrastructure`, `platform-upgrade`, `performance`, `security`, `developer-experience`, `test-coverage`, `engineering-improvement`, `feature`, `bug`, `spike`, `documentation`, `question`) or `auto`. Example: `/classify technical-debt`
    /classify auto
      bob: eyes +1
      carol: confused | `/classify auto` is for people who may edit items.
      /classify: confused | `/classify`: expected a category (`technical-debt`, `refactoring`, `infrastructure`, `platform-upgrade`, `performance`, `security`, `developer-experience`, `test-coverage`, `engineering-improvement`, `feature`, `bug`, `spike`, `documentation`, `question`) or `auto`. Example: `/classify technical-debt`
    /why
      bob: eyes +1 | This has no category: nobody decided one, and the text is not clear enough.
      carol: eyes +1 | This has no category: nobody decided one, and the text is not clear enough.
      /why not: confused | `/why not`: expected nothing after it on the same line. Example: `/why`
    /share 30%
      bob: eyes +1
      carol: confused | `/share 30%` is for people who may edit items.
      /share 0.3: confused | `/share 0.3`: expected a percentage from 0% to 100%. Example: `/share 30%`
    /points 5
      bob: eyes +1
      carol: confused | `/points 5` is for people who may edit items.
      /points many: confused | `/points many`: expected a number from 0 to 1000 with at most two decimals, or `clear`. Example: `/points 5`
    /points clear
      bob: eyes +1
      carol: confused | `/points clear` is for people who may edit items.
      /points: confused | `/points`: expected a number from 0 to 1000 with at most two decimals, or `clear`. Example: `/points 5`
    /impact Slow.
      bob: eyes +1
      carol: confused | `/impact Slow.` is for the item's author and people who may edit items.
      /impact: confused | `/impact`: expected what happens if nothing is done, in a sentence or more. Example: `/impact Every deployment needs two people for an hour`
    /due 2027-03-31 support ends
      bob: eyes +1
      carol: confused | `/due 2027-03-31 support ends` is for people who may write to the repository or manage the project.
      /due tomorrow: confused | `/due tomorrow`: expected a date as year-month-day, then a reason if you like. Example: `/due 2027-03-31`
    /debt Remove the workaround
      bob: eyes +1
      carol: confused | `/debt Remove the workaround` is for people who may edit items.
      /debt: confused | `/debt`: expected a title of at most 256 characters for the new item. Example: `/debt Remove the retry workaround in the uploader`
    /keep
      bob: eyes +1
      carol: confused | `/keep` is for the item's author and people who may edit items.
      /keep forever: confused | `/keep forever`: expected nothing, or `until` and a date as year-month-day. Example: `/keep until 2027-03-31`
    /keep until 2027-03-31
      bob: eyes +1
      carol: confused | `/keep until 2027-03-31` is for the item's author and people who may edit items.
      /keep until March: confused | `/keep until March`: expected nothing, or `until` and a date as year-month-day. Example: `/keep until 2027-03-31`
    /stale
      bob: eyes +1
      carol: confused | `/stale` is for people who may edit items.
      /stale since May: confused | `/stale since May`: expected nothing after it on the same line. Example: `/stale`
    /duplicate #12
      bob: eyes +1
      carol: confused | `/duplicate #12` is for people who may edit items.
      /duplicate the other one: confused | `/duplicate the other one`: expected one other item, as `#12`, `acme/shop#12` or its address. Example: `/duplicate #12`
    /report
      bob: confused | `/report`: the policy of this repository declares no board, so there is no sprint comment.
      carol: confused | `/report` is for people who may write to the repository or manage the project.
      /report @everybody: confused | `/report @everybody`: the policy of this repository declares no board, so there is no sprint comment.
    /backlog
      bob: eyes +1 | The technical backlog has 1 open item; it is 0 days old.
      carol: confused | `/backlog` is for people who may write to the repository or manage the project.
      /backlog all: confused | `/backlog all`: expected nothing after it on the same line. Example: `/backlog`
    /help
      bob: eyes +1 | Write a command at the start of a line; several may stand in one comment.
      carol: eyes +1 | Write a command at the start of a line; several may stand in one comment.
      /help nonsense: confused | `/help nonsense`: expected nothing, or the name of a command. Example: `/help points`
    ");
}

#[test]
fn none_is_left_out() {
    let vocabulary = Vocabulary::default();
    let listed = plimsoll::command::page();
    let rows = listed.lines().filter(|line| line.starts_with("| `/"));
    for row in rows {
        let word = row.trim_start_matches("| `/").split(['`', ' ']).next().unwrap();
        let name = vocabulary.name_of(word).unwrap();
        let is_tried = CATEGORIES.iter().chain(OTHERS).any(|(command, _)| {
            let tried = command.trim_start_matches('/').split(' ').next().unwrap();
            vocabulary.name_of(tried) == Some(name)
        });
        assert!(is_tried, "{name}");
    }
}
