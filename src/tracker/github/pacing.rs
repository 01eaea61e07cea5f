//! How fast the bot writes: a token bucket per installation that never sleeps, only names a time to come back.
//!
//! GitHub allows 80 pieces of content a minute and 500 an hour, and advises one write a second
//! (docs.github.com, "Rate limits for the REST API", secondary limits). The rules:
//! - Over any stretch of time no more is written than the burst and what the rate adds, all lanes together.
//! - Whoever is not let through is promised a place of its own. Coming back then, it gets through, unless something more
//!   urgent has taken the place: then it is promised another.
//! - Places are promised for a kind of write: work that begins with a change keeps the place of the creation that follows.
//! - A clock that is set back takes all times with it, or nothing would be written until it has caught up.
//! - What was written before a restart counts: whoever has a store keeps the pace there (promised places are lost).
//! - A quarter of the burst is kept free for people, another quarter from sweeps; nobody waits behind a less urgent lane.
//!
//! Races: workers share one bucket behind a lock; several processes each have their own, and GitHub's own limits, which
//! are obeyed when they come, hold them together.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::backlog::{Lane, Subject};
use crate::store::WritePace;

use super::recent::Recent;

/// So many installations are remembered; a forgotten one starts with a full bucket.
const MAX_INSTALLATIONS: usize = 2_000;
/// So many places are promised at once; whoever comes then is told a time without a place.
const MAX_PROMISES: usize = 10_000;
/// A place that was not taken for so long is given up, in milliseconds.
const PROMISE_HOLDS: i64 = 600_000;
/// Workers tell the time at which they began something; whoever tells one that is earlier by more, in milliseconds, has had
/// the clock set back.
const SET_BACK: i64 = 120_000;

/// How fast to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteLimits {
    /// So many writes at once, after a rest. At least 4.
    pub burst: u32,
    /// Then one per so much time.
    pub interval: SignedDuration,
    /// So many pieces of content at once, after a rest. At least 4.
    pub creation_burst: u32,
    /// Then one per so much time.
    pub creation_interval: SignedDuration,
}

impl Default for WriteLimits {
    /// One write a second after a burst of 20, so never over 80 a minute; 50 + 450 pieces of content in any hour.
    fn default() -> Self {
        Self {
            burst: 20,
            interval: SignedDuration::from_secs(1),
            creation_burst: 50,
            creation_interval: SignedDuration::from_secs(8),
        }
    }
}

/// What kind of write it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Write {
    /// Takes something away.
    Change,
    /// Makes or changes content: an issue, a comment, a reaction, a label, a label on an issue, a status. GitHub does not say
    /// what counts against its hourly limit, so all of it does here. Counts as a change too.
    Creation,
}

/// The pacing of all installations.
#[derive(Debug)]
pub(super) struct Pacing {
    limits: WriteLimits,
    installations: Mutex<Recent<String, Pace>>,
    /// Those where something was let through that nobody was told of.
    news: Mutex<BTreeSet<String>>,
}

impl Pacing {
    pub(super) fn new(limits: WriteLimits) -> Self {
        Self { limits, installations: Mutex::new(Recent::new(MAX_INSTALLATIONS)), news: Mutex::default() }
    }

    /// How long so many pieces of content take at least in this lane, after a rest and with nobody else writing.
    pub(super) fn time_for(&self, lane: Lane, writes: u64) -> SignedDuration {
        let pace = Pace::new(self.limits);
        let milliseconds = pace.changes.time_for(lane, writes).max(pace.creations.time_for(lane, writes));
        SignedDuration::from_millis(milliseconds)
    }

    /// Lets a write through, or says when to come back.
    pub(super) fn ask(
        &self,
        installation: &str,
        subject: &Subject,
        lane: Lane,
        write: Write,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let answer = self.ask_there(installation, subject, lane, write, now);
        if answer.is_ok() {
            self.news.lock().unwrap_or_else(PoisonError::into_inner).insert(installation.to_owned());
        }
        answer
    }

    fn ask_there(
        &self,
        installation: &str,
        subject: &Subject,
        lane: Lane,
        write: Write,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let mut installations = self.installations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pace) = installations.get(installation) {
            return pace.ask(subject, lane, write, now);
        }
        let mut pace = Pace::new(self.limits);
        let answer = pace.ask(subject, lane, write, now);
        installations.insert(installation.to_owned(), pace, 1);
        answer
    }

    /// How much is used up, for each installation where something was let through since this was last asked.
    pub(super) fn take_news(&self) -> Vec<(String, WritePace)> {
        let news = std::mem::take(&mut *self.news.lock().unwrap_or_else(PoisonError::into_inner));
        let mut installations = self.installations.lock().unwrap_or_else(PoisonError::into_inner);
        news.into_iter()
            .filter_map(|name| installations.get(&name).map(|pace| pace.kept()).map(|kept| (name, kept)))
            .collect()
    }

    /// Goes on where another process ended; what is known here counts more.
    pub(super) fn resume(&self, installation: &str, kept: WritePace) {
        let mut installations = self.installations.lock().unwrap_or_else(PoisonError::into_inner);
        if installations.get(installation).is_none() {
            installations.insert(installation.to_owned(), Pace::resumed(self.limits, kept), 1);
        }
    }
}

/// The pacing of one installation. Times are milliseconds since 1970.
#[derive(Debug)]
struct Pace {
    changes: Bucket,
    creations: Bucket,
    promises: HashMap<(Subject, Write), Promise>,
    pruned_at: i64,
    latest: i64,
}

/// A place in the queue.
#[derive(Clone, Copy, Debug)]
struct Promise {
    slot: i64,
    lane: Lane,
    /// Whether the bucket of changes reckons with it; that of creations always does.
    among_changes: bool,
}

impl Pace {
    fn new(limits: WriteLimits) -> Self {
        Self {
            changes: Bucket::new(limits.burst, limits.interval),
            creations: Bucket::new(limits.creation_burst, limits.creation_interval),
            promises: HashMap::new(),
            pruned_at: i64::MIN,
            latest: i64::MIN,
        }
    }

    /// No bucket is emptier than one from which everything was taken at once, whatever is told.
    fn resumed(limits: WriteLimits, kept: WritePace) -> Self {
        let mut pace = Self::new(limits);
        pace.latest = kept.as_of.as_millisecond();
        pace.changes.resume(kept.changes_full_at.as_millisecond(), pace.latest);
        pace.creations.resume(kept.content_full_at.as_millisecond(), pace.latest);
        pace
    }

    fn kept(&self) -> WritePace {
        WritePace {
            as_of: timestamp(self.latest),
            changes_full_at: timestamp(self.changes.full_at),
            content_full_at: timestamp(self.creations.full_at),
        }
    }

    fn ask(&mut self, subject: &Subject, lane: Lane, write: Write, now: Timestamp) -> Result<(), Timestamp> {
        let now = now.as_millisecond();
        self.keep_time(now);
        let key = (subject.clone(), write);
        let promise = self.promises.get(&key).copied().filter(|promise| promise.lane <= lane);
        if let Some(promise) = promise.filter(|promise| now < promise.slot) {
            return Err(timestamp(promise.slot));
        }
        self.promises.remove(&key);
        let creates = write == Write::Creation;
        let (change_counted, creation_counted) =
            promise.map_or((false, false), |promise| (promise.among_changes, creates));
        let change_ready = self.changes.ready(lane, change_counted, now);
        let creation_ready = !creates || self.creations.ready(lane, creation_counted, now);
        if change_ready && creation_ready {
            self.changes.take(lane, change_counted, now);
            if creates {
                self.creations.take(lane, creation_counted, now);
            }
            return Ok(());
        }
        let change_place = if change_ready { now } else { self.changes.place(lane) };
        let creation_place = if creation_ready { now } else { self.creations.place(lane) };
        let slot = change_place.max(creation_place).max(now.saturating_add(1));
        if creates && !(creation_counted && creation_ready) {
            self.creations.reckon(lane, now);
        }
        // One that waits long for its creation must not hold up changes all that time.
        let waits_for_change = change_place >= creation_place;
        if waits_for_change && !(change_counted && change_ready) {
            self.changes.reckon(lane, now);
        }
        self.promise(key, Promise { slot, lane, among_changes: change_counted || waits_for_change }, now);
        Err(timestamp(slot))
    }

    fn keep_time(&mut self, now: i64) {
        let back = self.latest.saturating_sub(now);
        if self.latest > i64::MIN && back > SET_BACK {
            self.changes.set_back(back);
            self.creations.set_back(back);
            self.promises.values_mut().for_each(|promise| promise.slot = promise.slot.saturating_sub(back));
            self.pruned_at = self.pruned_at.saturating_sub(back);
            self.latest = now;
        }
        self.latest = self.latest.max(now);
    }

    fn promise(&mut self, key: (Subject, Write), promise: Promise, now: i64) {
        if now.saturating_sub(self.pruned_at) > PROMISE_HOLDS / 10 {
            self.promises.retain(|_, promise| now.saturating_sub(promise.slot) <= PROMISE_HOLDS);
            self.pruned_at = now;
        }
        if self.promises.len() < MAX_PROMISES {
            self.promises.insert(key, promise);
        }
    }
}

/// A token bucket, kept as the time at which it will be full again.
#[derive(Debug)]
struct Bucket {
    interval: i64,
    burst: i64,
    full_at: i64,
    /// By lane: when it will be full, once all that was promised to this lane and more urgent ones is taken.
    reckoned_full_at: [i64; 3],
}

impl Bucket {
    fn new(burst: u32, interval: SignedDuration) -> Self {
        let interval = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX).clamp(1, 86_400_000);
        Self { interval, burst: i64::from(burst.max(4)), full_at: 0, reckoned_full_at: [0; 3] }
    }

    fn resume(&mut self, full_at: i64, as_of: i64) {
        self.full_at = full_at.min(as_of.saturating_add(self.burst.saturating_mul(self.interval)));
    }

    fn set_back(&mut self, by: i64) {
        self.full_at = self.full_at.saturating_sub(by);
        self.reckoned_full_at = self.reckoned_full_at.map(|at| at.saturating_sub(by));
    }

    /// What a lane may use of the burst.
    const fn share(&self, lane: Lane) -> i64 {
        match lane {
            Lane::People => self.burst,
            Lane::Events => self.burst - self.burst / 4,
            Lane::Sweeps => self.burst - self.burst / 2,
        }
    }

    fn time_for(&self, lane: Lane, writes: u64) -> i64 {
        let after_burst = i64::try_from(writes).unwrap_or(i64::MAX).saturating_sub(self.share(lane)).max(0);
        after_burst.saturating_mul(self.interval)
    }

    /// Whether a token is there: for one that is reckoned with already, or for a newcomer behind those.
    fn ready(&self, lane: Lane, counted: bool, now: i64) -> bool {
        let free_at = if counted { self.before_full(lane, self.full_at) } else { self.place(lane) };
        free_at <= now
    }

    /// Where a newcomer's place is.
    fn place(&self, lane: Lane) -> i64 {
        let reckoned = self.reckoned_full_at.get(lane as usize).copied().unwrap_or_default();
        self.before_full(lane, reckoned.max(self.full_at))
    }

    fn before_full(&self, lane: Lane, full_at: i64) -> i64 {
        full_at.saturating_sub((self.share(lane) - 1).saturating_mul(self.interval))
    }

    /// Reckons with one more, for its own lane and the less urgent ones.
    fn reckon(&mut self, lane: Lane, now: i64) {
        for reckoned in self.reckoned_full_at.iter_mut().skip(lane as usize) {
            *reckoned = (*reckoned).max(self.full_at).max(now).saturating_add(self.interval);
        }
    }

    fn take(&mut self, lane: Lane, counted: bool, now: i64) {
        if !counted {
            self.reckon(lane, now);
        }
        self.full_at = self.full_at.max(now).saturating_add(self.interval);
    }
}

fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
