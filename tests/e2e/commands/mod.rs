//! People speak to the bot in comments and descriptions.

mod answers;
mod contexts;
mod corrections;
mod debt;
mod effects;
mod every;
mod once;
mod points;
mod recovery;
mod rights;

use std::fmt::Write as _;

use jiff::SignedDuration;
use plimsoll::sandbox::github::{Issue, Repository};

use crate::world::World;

const VAGUE: (&str, &str) = ("The basket", "As agreed on Tuesday.");
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
