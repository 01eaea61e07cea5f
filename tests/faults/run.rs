//! Runs stories in two worlds and compares.

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use plimsoll::clock::Clock as _;

use crate::action::{Action, People};
use crate::outcome::outcome;
use crate::storm::Storm;
use crate::story::{REPOSITORIES, Round, Story};
use crate::world::World;

/// Both worlds begin here.
const BEGIN: &str = "2026-03-02T09:00:00Z";
/// From one round to the next: within this time the bot must have come to rest.
const ROUND: SignedDuration = SignedDuration::from_hours(48);

/// A story in two worlds.
struct Pair {
    calm: World,
    stormy: World,
    calm_people: People,
    stormy_people: People,
    storm: Storm,
    next_rest: Timestamp,
    /// What was done, for whoever has to find out why it went wrong.
    told: Vec<Action>,
}

/// What a run was like.
#[derive(Default)]
struct Tally {
    actions: AtomicU64,
    requests: AtomicU64,
    faulted: AtomicU64,
    deaths: AtomicU64,
}

impl Pair {
    async fn new(seed: u64) -> Self {
        let begin: Timestamp = BEGIN.parse().unwrap();
        let (calm, stormy) = (World::start(begin).await, World::start(begin).await);
        let calm_people = People::settle_in(&calm, &REPOSITORIES);
        let stormy_people = People::settle_in(&stormy, &REPOSITORIES);
        let storm = Storm::new(seed);
        Self { calm, stormy, calm_people, stormy_people, storm, next_rest: begin, told: Vec::new() }
    }

    async fn tell(&mut self, round: Round, calmly: bool) {
        let mut at = self.next_rest;
        for (after, action) in round {
            at += after;
            self.told.push(action.clone());
            self.calm.time.set(at.max(self.calm.time.now()));
            self.calm_people.act(&action);
            self.calm.drain().await;

            if !calmly {
                self.storm.before(&mut self.stormy).await;
            }
            self.stormy.time.set(at.max(self.stormy.time.now()));
            self.stormy_people.act(&action);
            if calmly {
                self.stormy.drain().await;
            } else {
                self.storm.after(&mut self.stormy).await;
            }
        }
        self.rest().await;
    }

    async fn rest(&mut self) {
        self.next_rest += ROUND;
        self.calm.rest(self.next_rest).await;
        self.storm.is_over(&self.stormy);
        self.stormy.rest(self.next_rest).await;
        let told: Vec<String> = self.told.iter().map(|action| format!("{action:?}")).collect();
        let differences: Vec<String> = outcome(&self.calm_people)
            .into_iter()
            .zip(outcome(&self.stormy_people))
            .filter(|(calm, stormy)| calm != stormy)
            .map(|(calm, stormy)| format!("calm:   {calm}\nstormy: {stormy}"))
            .collect();
        assert!(differences.is_empty(), "{}\nafter\n{}", differences.join("\n"), told.join("\n"));
        assert_eq!(self.calm.github.violations(), [], "in the calm, after\n{}", told.join("\n"));
        let asked = || self.stormy.last_requests(40).join("\n");
        assert_eq!(self.stormy.github.violations(), [], "in the storm, after\n{}\nand\n{}", told.join("\n"), asked());
    }
}

/// Tells the story of a seed, and returns how many actions it had.
async fn tell(seed: u64, actions: usize, tally: &Tally) {
    let mut pair = Pair::new(seed).await;
    pair.tell(Story::beginning(), true).await;
    let mut story = Story::new(seed);
    while pair.told.len() < actions {
        let round = story.round();
        pair.tell(round, false).await;
    }
    let requests = pair.stormy.github.requests();
    let add = |sum: &AtomicU64, more: usize| sum.fetch_add(u64::try_from(more).unwrap(), Ordering::Relaxed);
    add(&tally.actions, pair.told.len());
    add(&tally.requests, requests.len());
    add(&tally.faulted, requests.iter().filter(|request| request.faulted).count());
    tally.deaths.fetch_add(pair.stormy.deaths, Ordering::Relaxed);
}

/// Runs a story on this thread alone.
fn run(seed: u64, actions: usize, tally: &Tally) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(tell(seed, actions, tally));
}

fn number(name: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "the settings of this test")]
    let told = std::env::var(name);
    told.ok().map(|text| text.parse().expect("a whole number"))
}

#[test]
fn whatever_goes_wrong_the_end_is_the_same() {
    const ACTIONS: usize = 60;
    /// Over ten thousand actions where the program is fast.
    const SEEDS: u64 = if cfg!(debug_assertions) { 12 } else { 300 };
    let seeds: Vec<u64> = match number("PLIMSOLL_SEED") {
        Some(seed) => vec![seed],
        None => (0..number("PLIMSOLL_SEEDS").unwrap_or(SEEDS)).collect(),
    };
    let (next, tally, start) = (AtomicU64::new(0), Tally::default(), std::time::Instant::now());
    let failed = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = seeds.get(usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap()) {
                    let outcome =
                        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(*seed, ACTIONS, &tally)));
                    if let Err(panic) = outcome {
                        let why = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                        failed.lock().unwrap().push((*seed, why));
                    }
                }
            });
        }
    });
    let count = |sum: &AtomicU64| sum.load(Ordering::Relaxed);
    println!(
        "{} seeds, {} actions, {} requests of which {} went wrong, {} deaths, {:.1} s",
        seeds.len(),
        count(&tally.actions),
        count(&tally.requests),
        count(&tally.faulted),
        count(&tally.deaths),
        start.elapsed().as_secs_f32()
    );
    let failed = failed.into_inner().unwrap();
    for (seed, why) in &failed {
        println!("PLIMSOLL_SEED={seed} fails: {why}\n");
    }
    assert!(failed.is_empty(), "{} of {} seeds failed", failed.len(), seeds.len());
}

#[test]
fn one_long_story_of_ten_thousand_actions() {
    if number("PLIMSOLL_LONG").is_some() {
        run(number("PLIMSOLL_SEED").unwrap_or(0), 10_000, &Tally::default());
    }
}
