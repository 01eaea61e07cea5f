//! What a sprint's report costs where the backlog is long: how many requests, and how much time.

#![expect(clippy::print_stdout, reason = "a measurement is there to be read")]

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use plimsoll::backlog::{Item, Lane, Place, Side};
use plimsoll::decide::{ItemMemory, Told, Verdict};
use plimsoll::sandbox::github::Issue;
use plimsoll::store::{ClaimRequest, Disposition, Ending, Lease, Signal};
use plimsoll::tracker::github::item_subject;

use crate::team::{FIRST, PROJECT, Team};

/// So many claims are ended at once.
const AT_ONCE: usize = 500;

#[tokio::test]
#[ignore = "a measurement: 200 items of 20,000; `cargo test --release --test e2e -- --ignored --nocapture of_twenty`"]
async fn a_sprint_of_two_hundred_in_a_backlog_of_twenty_thousand() {
    measured(20_000, 100).await;
}

#[tokio::test]
async fn a_report_costs_no_more_requests_in_a_longer_backlog() {
    assert_eq!(measured(120, 2).await, measured(600, 10).await);
}

/// Looks three times at a sprint in a backlog of so many items, of which every so manieth is planned. Returns how many
/// requests each look made.
async fn measured(backlog: usize, every: usize) -> [usize; 3] {
    let team = Team::without_a_policy().await;
    let mut planned = Vec::new();
    let opened_at = team.world.now();
    // Nobody is told, which would take longer than all the rest.
    team.world.github.suspend("acme", true);
    let issues: Vec<Issue> = (0..backlog)
        .map(|number| {
            let issue = team.shop.open("alice", &format!("Item {number}"), "Some words.");
            let item = team.project.add("alice", &issue);
            if number % every == 0 {
                team.project.plan("alice", item, "Iteration", Some(FIRST));
                team.project.estimate("alice", item, "Estimate", Some(3.0));
                planned.push(item);
            }
            issue
        })
        .collect();
    team.world.github.suspend("acme", false);
    team.world.github.forget_pending();
    team.agree(PROJECT).await;
    remember(&team, &issues, opened_at).await;

    let first = look(&team, "the first look, which writes the comment", "2026-03-08T23:05:00Z").await;
    let second = look(&team, "a look at which nothing changed", "2026-03-09T06:00:00Z").await;
    team.project.plan("bob", planned[0], "Iteration", None);
    let third = look(&team, "a look after an item went", "2026-03-09T08:00:00Z").await;
    team.world.ends_quietly().await;
    [first, second, third]
}

/// As if the bot had looked at each: every fourth is technical.
async fn remember(team: &Team, issues: &[Issue], opened_at: Timestamp) {
    let boards = team.world.store.boards().await.unwrap();
    let place = &boards[0].place;
    for chunk in issues.chunks(AT_ONCE) {
        let signals = chunk.iter().map(|issue| signal(issue, place)).collect();
        let now = team.world.now();
        team.world.store.enqueue_all(signals, now).await.unwrap();
        let lease_for = SignedDuration::from_mins(10);
        let request = ClaimRequest { lease: Lease(7), now, lease_for, limit: u32::try_from(AT_ONCE).unwrap() };
        let claims = team.world.store.claim(request).await.unwrap();
        let ends = claims.iter().map(|claim| {
            let number: usize = claim.subject.id.split('/').nth(1).unwrap().parse().unwrap();
            let memory = Some(memory(number, opened_at));
            team.world.store.finish(claim, Ending { disposition: Disposition::Done, memory, records: Vec::new() }, now)
        });
        for ended in futures_util::future::join_all(ends).await {
            ended.unwrap();
        }
    }
    assert_eq!(team.world.store.items(30_000).await.unwrap().len(), issues.len());
}

fn signal(issue: &Issue, place: &Place) -> Signal {
    let subject = item_subject(issue.repository().id(), issue.number());
    Signal { subject, place: place.clone(), repository_name: None, lane: Lane::Sweeps, event: None }
}

fn memory(number: usize, opened_at: Timestamp) -> ItemMemory {
    let item = Item {
        id: number.to_string(),
        key: format!("#{number}"),
        title: format!("Item {number}"),
        created_at: Some(opened_at),
        updated_at: Some(opened_at),
        labels: vec!["points/2".into()],
        ..Item::default()
    };
    ItemMemory {
        item,
        own_marks: Vec::new(),
        decisions: Vec::new(),
        verdict: Verdict::Nobody,
        side: Some(if number.is_multiple_of(4) { Side::Technical } else { Side::Product }),
        confidence: 0.9,
        evidence: Vec::new(),
        model_version: "test".into(),
        policy_version: "1".into(),
        seen_at: opened_at,
        told: Told::default(),
        own_word: None,
        suggestion: None,
        impact: None,
    }
}

/// Looks at the board, and says what that cost. Returns the number of requests, those of the schedules left out: they look
/// through the installation and list what changed.
async fn look(team: &Team, what: &str, moment: &str) -> usize {
    team.world.github.forget_requests();
    let before = Instant::now();
    team.until(moment).await;
    let took = before.elapsed();
    let requests = team.world.github.requests();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for request in &requests {
        let is_of_report = request.operation.is_some() || request.method != "GET" || request.path.contains("/issues/");
        if is_of_report {
            let kind = request.operation.clone().unwrap_or_else(|| format!("{} {}", request.method, request.path));
            *kinds.entry(kind).or_default() += 1;
        }
    }
    let count = kinds.values().sum();
    println!("{what}: {count} requests; {} ms with the schedules", took.as_millis());
    for (kind, count) in kinds {
        println!("  {count} x {kind}");
    }
    count
}
