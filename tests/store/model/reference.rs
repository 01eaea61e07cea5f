//! The contract as a simple program: everything in maps, nothing concurrent, nothing durable.

use std::collections::BTreeMap;

use super::story::{End, LEASE_MS, Step, Target};

/// What somebody did to a subject, by number.
pub(crate) type Fact = u32;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) repository: usize,
    pub(crate) lane: i64,
    pub(crate) revision: i64,
    pub(crate) due_at: i64,
    pub(crate) attempts: u32,
    pub(crate) lease: Option<(i64, i64)>,
    pub(crate) dead: bool,
    pub(crate) missing_since: Option<i64>,
}

impl Row {
    fn ready_at(&self) -> Option<i64> {
        if self.dead { None } else { Some(self.lease.map_or(self.due_at, |(_, until)| until)) }
    }
}

/// A claim as the model handed it out.
#[derive(Clone, Debug)]
pub(crate) struct Handed {
    pub(crate) subject: Target,
    pub(crate) lease: i64,
    pub(crate) lane: i64,
    pub(crate) revision: i64,
    pub(crate) attempts: u32,
    pub(crate) missing_since: Option<i64>,
    pub(crate) facts: Vec<Fact>,
}

/// What the store must have answered to the last step.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    New,
    Duplicate,
    Claimed(usize),
    Clean,
    Pending,
    Dead,
    LeaseLost,
    Was(bool),
    Nothing,
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) work: BTreeMap<Target, Row>,
    /// Not consumed, in the order of arrival.
    pub(crate) facts: BTreeMap<Target, Vec<Fact>>,
    pub(crate) deliveries: BTreeMap<u32, Target>,
    /// Every claim that was ever handed out, the oldest first.
    pub(crate) claims: Vec<Handed>,
    pub(crate) answer: Answer,
    /// Repositories in the order in which they were first heard of.
    known: Vec<usize>,
    rests: BTreeMap<usize, i64>,
    served: BTreeMap<(i64, usize), usize>,
    turns: usize,
}

impl Model {
    pub(crate) fn new() -> Self {
        Self {
            now: 0,
            work: BTreeMap::new(),
            facts: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            claims: Vec::new(),
            answer: Answer::Nothing,
            known: Vec::new(),
            rests: BTreeMap::new(),
            served: BTreeMap::new(),
            turns: 0,
        }
    }

    pub(crate) fn step(&mut self, step: &Step) {
        self.answer = match step {
            Step::Receive { delivery, subject, lane } => self.receive(*delivery, *subject, *lane),
            Step::Enqueue { subject, lane, after } => {
                self.mark(*subject, subject.repository, *lane, self.now + after);
                Answer::Nothing
            }
            Step::Claim { limit } => self.claim(*limit),
            Step::Renew { claim } => self.renew(*claim),
            Step::Finish { claim, end } => self.finish(*claim, end),
            Step::Pause { installation, millis } => {
                let until = self.rests.entry(*installation).or_insert(i64::MIN);
                *until = (*until).max(self.now + millis);
                Answer::Nothing
            }
            Step::Retry { subject } => self.retry(*subject),
            Step::Wait { millis } => {
                self.now += millis;
                Answer::Nothing
            }
            Step::Reopen => Answer::Nothing,
        };
    }

    fn receive(&mut self, delivery: u32, subject: Target, lane: i64) -> Answer {
        if self.deliveries.contains_key(&delivery) {
            return Answer::Duplicate;
        }
        self.deliveries.insert(delivery, subject);
        self.mark(subject, subject.repository, lane, self.now);
        self.facts.entry(subject).or_default().push(delivery);
        Answer::New
    }

    fn mark(&mut self, subject: Target, repository: usize, lane: i64, due_at: i64) {
        if !self.known.contains(&repository) {
            self.known.push(repository);
        }
        let row = self.work.entry(subject).or_insert(Row {
            repository,
            lane,
            revision: 0,
            due_at,
            attempts: 0,
            lease: None,
            dead: false,
            missing_since: None,
        });
        row.repository = repository;
        row.lane = row.lane.min(lane);
        row.revision += 1;
        row.due_at = row.due_at.min(due_at);
        (row.attempts, row.dead, row.missing_since) = (0, false, None);
    }

    fn claim(&mut self, limit: usize) -> Answer {
        let lease = i64::try_from(self.claims.len()).expect("few claims") + 1;
        let before = self.claims.len();
        for lane in 0..3 {
            let wanted = limit - (self.claims.len() - before);
            let chosen = self.choose(lane, wanted);
            let base = self.turns;
            for (n, subject) in chosen.into_iter().enumerate() {
                let facts = self.facts.get(&subject).cloned().unwrap_or_default();
                let row = self.work.get_mut(&subject).expect("chosen from the table");
                row.lease = Some((lease, self.now + LEASE_MS));
                self.turns = base + 1 + n;
                self.served.insert((lane, row.repository), self.turns);
                self.claims.push(Handed {
                    subject,
                    lease,
                    lane,
                    revision: row.revision,
                    attempts: row.attempts,
                    missing_since: row.missing_since,
                    facts,
                });
            }
        }
        Answer::Claimed(self.claims.len() - before)
    }

    /// The next subjects of a lane: the repositories by their turns, one of each, then a second of each …
    fn choose(&self, lane: i64, wanted: usize) -> Vec<Target> {
        let mut queues: BTreeMap<(usize, usize), Vec<_>> = BTreeMap::new();
        for (subject, row) in &self.work {
            let resting =
                self.rests.get(&Target::installation_of(row.repository)).is_some_and(|until| *until > self.now);
            if let Some(ready_at) = row.ready_at()
                && row.lane == lane
                && ready_at <= self.now
                && !resting
            {
                let served = self.served.get(&(lane, row.repository)).copied().unwrap_or(0);
                let age = self.known.iter().position(|known| *known == row.repository).expect("known");
                queues.entry((served, age)).or_default().push((ready_at, subject.name(), *subject));
            }
        }
        let mut ranked: Vec<(usize, (usize, usize), Target)> = Vec::new();
        for (turn, mut queue) in queues.into_iter().take(wanted) {
            queue.sort();
            ranked.extend(queue.into_iter().enumerate().map(|(rank, (_, _, subject))| (rank, turn, subject)));
        }
        ranked.sort();
        ranked.into_iter().take(wanted).map(|(_, _, subject)| subject).collect()
    }

    /// When something can be claimed next; what rests waits for the end of its rest.
    pub(crate) fn next_due(&self) -> Option<i64> {
        let due = |row: &Row| {
            let rest = self.rests.get(&Target::installation_of(row.repository)).copied();
            Some(row.ready_at()?.max(rest.unwrap_or(i64::MIN)))
        };
        self.work.values().filter_map(due).min()
    }

    fn holds(&self, claim: &Handed) -> bool {
        self.work.get(&claim.subject).and_then(|row| row.lease).is_some_and(|(lease, _)| lease == claim.lease)
    }

    fn renew(&mut self, claim: usize) -> Answer {
        let Some(claim) = self.claims.get(claim).cloned() else { return Answer::Nothing };
        let held = self.holds(&claim);
        if held && let Some(lease) = self.work.get_mut(&claim.subject).and_then(|row| row.lease.as_mut()) {
            lease.1 = lease.1.max(self.now + LEASE_MS);
        }
        Answer::Was(held)
    }

    fn retry(&mut self, subject: Target) -> Answer {
        let Some(row) = self.work.get_mut(&subject) else { return Answer::Was(false) };
        row.revision += 1;
        row.due_at = self.now;
        (row.attempts, row.dead, row.missing_since) = (0, false, None);
        Answer::Was(true)
    }

    fn finish(&mut self, claim: usize, end: &End) -> Answer {
        let Some(claim) = self.claims.get(claim).cloned() else { return Answer::Nothing };
        if !self.holds(&claim) {
            return Answer::LeaseLost;
        }
        let now = self.now;
        let row = self.work.get_mut(&claim.subject).expect("held");
        let moved_on = row.revision != claim.revision;
        row.lease = None;
        match end {
            End::Done => {
                self.consume(&claim);
                return self.leave(&claim, moved_on);
            }
            End::Later(after) => row.due_at = now + after,
            End::LookAgain(after) => {
                row.due_at = now + after;
                row.missing_since = row.missing_since.or(Some(now));
            }
            End::Failed { after, max_attempts } => {
                row.due_at = now + after;
                row.attempts = if moved_on { 0 } else { row.attempts + 1 };
                row.dead = !moved_on && row.attempts >= *max_attempts;
            }
            End::Released => row.due_at = now,
            End::Rekeyed(to) if *to == claim.subject => {
                self.mark(*to, to.repository, claim.lane, now);
                self.work.get_mut(to).expect("marked").due_at = now;
            }
            End::Rekeyed(to) => {
                self.mark(*to, to.repository, claim.lane, now);
                let moved = self.consume(&claim);
                self.facts.entry(*to).or_default().extend(moved);
                return self.leave(&claim, moved_on);
            }
        }
        if self.work.get(&claim.subject).is_some_and(|row| row.dead) { Answer::Dead } else { Answer::Pending }
    }

    /// Forgets what the claim has shown, and says what that was.
    fn consume(&mut self, claim: &Handed) -> Vec<Fact> {
        let facts = self.facts.entry(claim.subject).or_default();
        let (seen, left) = facts.iter().partition(|fact| claim.facts.contains(fact));
        *facts = left;
        seen
    }

    fn leave(&mut self, claim: &Handed, moved_on: bool) -> Answer {
        let now = self.now;
        if moved_on {
            let row = self.work.get_mut(&claim.subject).expect("held");
            (row.due_at, row.attempts) = (now, 0);
            return Answer::Pending;
        }
        self.work.remove(&claim.subject);
        Answer::Clean
    }
}
