//! Every command, by somebody who may, by somebody who may not, and with arguments that are none.

use std::fmt::Write as _;

use jiff::SignedDuration;
use plimsoll::command::Vocabulary;
use plimsoll::sandbox::github::Issue;

use super::{VAGUE, say, shop};
use crate::world::World;

/// A command, and the same with arguments that it does not take.
const ALL: &[(&str, &str)] = &[
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

#[tokio::test]
async fn every_command_is_obeyed_refused_and_explained() {
    let (world, shop) = shop().await;
    let issue = shop.open("alice", VAGUE.0, VAGUE.1);
    world.settle().await;
    let mut told = String::new();
    for (command, malformed) in ALL {
        let allowed = tried(&world, &issue, "bob", command).await;
        let denied = tried(&world, &issue, "carol", command).await;
        let wrong = tried(&world, &issue, "bob", malformed).await;
        writeln!(told, "{command}\n  bob: {allowed}\n  carol: {denied}\n  {malformed}: {wrong}").unwrap();
    }
    insta::assert_snapshot!(told, @"");
    world.ends_quietly().await;
}

#[test]
fn none_is_left_out() {
    let vocabulary = Vocabulary::default();
    let listed = plimsoll::command::page();
    let rows = listed.lines().filter(|line| line.starts_with("| `/"));
    for row in rows {
        let word = row.trim_start_matches("| `/").split(['`', ' ']).next().unwrap();
        let name = vocabulary.name_of(word).unwrap();
        let is_tried = ALL.iter().any(|(command, _)| {
            let tried = command.trim_start_matches('/').split(' ').next().unwrap();
            vocabulary.name_of(tried) == Some(name)
        });
        assert!(is_tried, "{name}");
    }
}
