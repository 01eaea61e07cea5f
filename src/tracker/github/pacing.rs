//! How fast the bot writes: a token bucket per installation that never sleeps, only names a time to come back.
//!
//! GitHub allows 80 new pieces of content a minute and 500 an hour, and advises one write a second
//! (docs.github.com, "Rate limits for the REST API", secondary limits). The rules:
//! - Over any stretch of time no more is written than the burst and what the rate adds, all lanes together.
//! - Whoever is not let through is promised a place of its own. Coming back then, it gets through, unless something more
//!   urgent has taken the place: then it is promised another.
//! - A quarter of the burst is kept free for people, another quarter from sweeps; nobody waits behind a less urgent lane.
//!
//! Races: workers share one bucket behind a lock; several processes each have their own, and GitHub's own limits, which
//! are obeyed when they come, hold them together.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::backlog::{Lane, Subject};

use super::recent::Recent;

/// So many installations are remembered; a forgotten one starts with a full bucket.
const MAX_INSTALLATIONS: usize = 2_000;
/// So many places are promised at once; whoever comes then is told a time without a place.
const MAX_PROMISES: usize = 10_000;
/// A place that was not taken for so long is given up, in milliseconds.
const PROMISE_HOLDS: i64 = 600_000;

/// How fast to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteLimits {
    /// So many writes at once, after a rest. At least 4.
    pub burst: u32,
    /// Then one per so much time.
    pub interval: SignedDuration,
    /// So many new comments and labels at once, after a rest. At least 4.
    pub creation_burst: u32,
    /// Then one per so much time.
    pub creation_interval: SignedDuration,
}

impl Default for WriteLimits {
    /// One write a second after a burst of 20, so never over 80 a minute; 50 + 450 creations in any hour.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Write {
    /// Changes what is there.
    Change,
    /// Makes something new; counts as a change too.
    Creation,
}

/// The pacing of all installations.
#[derive(Debug)]
pub(super) struct Pacing {
    limits: WriteLimits,
    installations: Mutex<Recent<String, Pace>>,
}

impl Pacing {
    pub(super) fn new(limits: WriteLimits) -> Self {
        Self { limits, installations: Mutex::new(Recent::new(MAX_INSTALLATIONS)) }
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
        let mut installations = self.installations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pace) = installations.get(installation) {
            return pace.ask(subject, lane, write, now);
        }
        let mut pace = Pace::new(self.limits);
        let answer = pace.ask(subject, lane, write, now);
        installations.insert(installation.to_owned(), pace, 1);
        answer
    }
}

/// The pacing of one installation. Times are milliseconds since 1970.
#[derive(Debug)]
struct Pace {
    changes: Bucket,
    creations: Bucket,
    promises: HashMap<Subject, Promise>,
    pruned_at: i64,
}

/// A place in the queue.
#[derive(Clone, Copy, Debug)]
struct Promise {
    slot: i64,
    lane: Lane,
    write: Write,
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
        }
    }

    fn ask(&mut self, subject: &Subject, lane: Lane, write: Write, now: Timestamp) -> Result<(), Timestamp> {
        let now = now.as_millisecond();
        let promise = self.promises.get(subject).copied();
        let promise = promise.filter(|promise| promise.write >= write && promise.lane <= lane);
        if let Some(promise) = promise.filter(|promise| now < promise.slot) {
            return Err(timestamp(promise.slot));
        }
        self.promises.remove(subject);
        let (change_counted, creation_counted) = match promise {
            Some(promise) => (promise.among_changes, promise.write == Write::Creation),
            None => (false, false),
        };
        let creates = write == Write::Creation;
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
        self.promise(subject, Promise { slot, lane, write, among_changes: change_counted || waits_for_change }, now);
        Err(timestamp(slot))
    }

    fn promise(&mut self, subject: &Subject, promise: Promise, now: i64) {
        if now.saturating_sub(self.pruned_at) > PROMISE_HOLDS / 10 {
            self.promises.retain(|_, promise| now.saturating_sub(promise.slot) <= PROMISE_HOLDS);
            self.pruned_at = now;
        }
        if self.promises.len() < MAX_PROMISES {
            self.promises.insert(subject.clone(), promise);
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

    /// What a lane may use of the burst.
    const fn share(&self, lane: Lane) -> i64 {
        match lane {
            Lane::People => self.burst,
            Lane::Events => self.burst - self.burst / 4,
            Lane::Sweeps => self.burst - self.burst / 2,
        }
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
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::{Pace, Pacing, Write, WriteLimits};
    use crate::backlog::{Lane, Subject};
    use crate::tracker::github::item_subject;

    const START: i64 = 1_800_000_000_000;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(START + milliseconds).unwrap()
    }

    fn subject(number: u64) -> Subject {
        item_subject(1, number)
    }

    fn offset(slot: Timestamp) -> i64 {
        slot.as_millisecond() - START
    }

    #[test]
    fn a_burst_passes_and_the_rest_is_given_places_a_second_apart() {
        let mut pace = Pace::new(WriteLimits::default());
        for number in 0..20 {
            assert_eq!(pace.ask(&subject(number), Lane::People, Write::Change, at(0)), Ok(()));
        }
        for number in 20..30 {
            let slot = pace.ask(&subject(number), Lane::People, Write::Change, at(0)).unwrap_err();
            assert_eq!(offset(slot), i64::try_from(number - 19).unwrap() * 1000);
        }
        assert_eq!(
            pace.ask(&subject(25), Lane::People, Write::Change, at(5_999)),
            Err(at(6_000)),
            "too early: the same place"
        );
        assert_eq!(pace.ask(&subject(25), Lane::People, Write::Change, at(6_000)), Ok(()));
        assert_eq!(
            pace.ask(&subject(30), Lane::People, Write::Change, at(6_000)),
            Err(at(11_000)),
            "behind those who wait"
        );
    }

    #[test]
    fn people_do_not_wait_behind_events_nor_events_behind_sweeps() {
        let mut pace = Pace::new(WriteLimits::default());
        let mut granted = [0; 3];
        for (lane, base) in [(Lane::Sweeps, 1000), (Lane::Events, 2000), (Lane::People, 3000)] {
            for number in 0..100 {
                if pace.ask(&subject(base + number), lane, Write::Change, at(0)).is_ok() {
                    granted[lane as usize] += 1;
                }
            }
        }
        assert_eq!(granted, [5, 5, 10]);
    }

    #[test]
    fn what_more_urgent_work_has_taken_is_promised_again() {
        let mut pace = Pace::new(WriteLimits { burst: 4, ..WriteLimits::default() });
        for number in 0..3 {
            assert!(pace.ask(&subject(number), Lane::Events, Write::Change, at(0)).is_ok());
        }
        assert_eq!(pace.ask(&subject(3), Lane::Events, Write::Change, at(0)), Err(at(1_000)));
        assert!(pace.ask(&subject(4), Lane::People, Write::Change, at(500)).is_ok());
        assert_eq!(pace.ask(&subject(3), Lane::Events, Write::Change, at(1_000)), Err(at(3_000)));
        assert_eq!(pace.ask(&subject(3), Lane::Events, Write::Change, at(3_000)), Ok(()));
    }

    #[test]
    fn a_subject_that_became_urgent_does_not_keep_its_late_place() {
        let mut pace = Pace::new(WriteLimits::default());
        for number in 0..60 {
            let _ = pace.ask(&subject(number), Lane::Sweeps, Write::Change, at(0));
        }
        assert_eq!(pace.ask(&subject(59), Lane::Sweeps, Write::Change, at(0)), Err(at(50_000)));
        assert_eq!(pace.ask(&subject(59), Lane::People, Write::Change, at(0)), Ok(()));
    }

    #[test]
    fn creations_have_an_hourly_limit_that_does_not_hold_up_changes() {
        let asks = vec![(0, Lane::People, Write::Creation); 1_000];
        let (granted, missed) = run(WriteLimits::default(), &asks);
        let in_the_first_hour = granted.iter().filter(|(time, _)| *time < 3_600_000).count();
        assert!((495..=500).contains(&in_the_first_hour), "{in_the_first_hour}");
        assert_eq!(missed, Vec::<i64>::new());

        let mut pace = Pace::new(WriteLimits::default());
        for number in 0..1_000 {
            let _ =
                pace.ask(&subject(number), Lane::People, Write::Creation, at(i64::try_from(number).unwrap() * 1000));
        }
        assert_eq!(pace.ask(&subject(2_000), Lane::People, Write::Change, at(1_000_000)), Ok(()));
    }

    #[test]
    fn installations_do_not_share_a_bucket() {
        let pacing = Pacing::new(WriteLimits::default());
        for number in 0..20 {
            assert!(pacing.ask("1", &subject(number), Lane::People, Write::Change, at(0)).is_ok());
        }
        assert!(pacing.ask("1", &subject(21), Lane::People, Write::Change, at(0)).is_err());
        assert!(pacing.ask("2", &subject(22), Lane::People, Write::Change, at(0)).is_ok());
    }

    #[test]
    fn places_that_nobody_takes_are_given_up() {
        let mut pace = Pace::new(WriteLimits::default());
        for number in 0..1_000 {
            let _ = pace.ask(&subject(number), Lane::Events, Write::Change, at(0));
        }
        let later = 3_600_000;
        for number in 2_000..2_016 {
            let _ = pace.ask(&subject(number), Lane::Events, Write::Change, at(later));
        }
        assert_eq!(pace.promises.len(), 1);
    }

    fn lane() -> impl Strategy<Value = Lane> {
        prop_oneof![Just(Lane::People), Just(Lane::Events), Just(Lane::Sweeps)]
    }

    fn write() -> impl Strategy<Value = Write> {
        prop_oneof![3 => Just(Write::Change), 1 => Just(Write::Creation)]
    }

    /// Runs asks as the engine would: whoever is told to come back comes back at the first step after its place.
    fn run(limits: WriteLimits, asks: &[(i64, Lane, Write)]) -> (Vec<(i64, Write)>, Vec<i64>) {
        let mut pace = Pace::new(limits);
        let mut granted = Vec::new();
        let mut missed = Vec::new();
        let mut waiting: Vec<(i64, u64, Lane, Write)> = Vec::new();
        let mut now = 0;
        let mut fresh = asks.iter().enumerate().peekable();
        while fresh.peek().is_some() || !waiting.is_empty() {
            waiting.sort_by_key(|(slot, ..)| std::cmp::Reverse(*slot));
            let due = waiting.last().map_or(i64::MAX, |(slot, ..)| *slot);
            let arrival = fresh.peek().map_or(i64::MAX, |(_, (gap, ..))| now + gap);
            let (number, lane, write, promised) = if due <= arrival {
                let (slot, number, lane, write) = waiting.pop().unwrap();
                now = slot;
                (number, lane, write, true)
            } else {
                let (index, (_, lane, write)) = fresh.next().unwrap();
                now = arrival;
                (index as u64, *lane, *write, false)
            };
            match pace.ask(&subject(number), lane, write, at(now)) {
                Ok(()) => granted.push((now, write)),
                Err(slot) => {
                    assert!(offset(slot) > now, "a place in the future");
                    if promised {
                        missed.push(now);
                    }
                    waiting.push((offset(slot), number, lane, write));
                }
            }
        }
        (granted, missed)
    }

    fn assert_within(times: &[i64], burst: i64, interval: i64) {
        for (index, start) in times.iter().enumerate() {
            for (count, end) in times[index..].iter().enumerate() {
                let allowed = burst + (end - start) / interval;
                assert!(i64::try_from(count).unwrap() < allowed, "{} writes in {} ms", count + 1, end - start);
            }
        }
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_sees_more_than_burst_and_rate(
            asks in prop::collection::vec((0i64..1_500, lane(), write()), 1..120),
            burst in 4u32..12,
            interval in 100i64..2_000,
        ) {
            let limits = WriteLimits {
                burst,
                interval: SignedDuration::from_millis(interval),
                creation_burst: 4,
                creation_interval: SignedDuration::from_millis(interval * 3),
            };
            let (granted, _) = run(limits, &asks);
            prop_assert_eq!(granted.len(), asks.len(), "everybody gets through in the end");
            let times: Vec<i64> = granted.iter().map(|(time, _)| *time).collect();
            assert_within(&times, burst.into(), interval);
            let creations: Vec<i64> =
                granted.iter().filter(|(_, write)| *write == Write::Creation).map(|(time, _)| *time).collect();
            assert_within(&creations, 4, interval * 3);
        }

        #[test]
        fn in_one_lane_a_promise_is_kept(asks in prop::collection::vec(0i64..1_500, 1..150), lane in lane()) {
            let asks: Vec<_> = asks.into_iter().map(|gap| (gap, lane, Write::Change)).collect();
            let (_, missed) = run(WriteLimits::default(), &asks);
            prop_assert_eq!(missed, Vec::<i64>::new());
        }

        #[test]
        fn people_find_a_quarter_of_the_burst_free(
            asks in prop::collection::vec((0i64..1_500, prop_oneof![Just(Lane::Events), Just(Lane::Sweeps)]), 0..150),
        ) {
            let mut pace = Pace::new(WriteLimits::default());
            let mut now = 0;
            for (index, (gap, lane)) in asks.into_iter().enumerate() {
                now += gap;
                let _ = pace.ask(&subject(index as u64), lane, Write::Change, at(now));
            }
            for number in 1_000..1_005 {
                prop_assert!(pace.ask(&subject(number), Lane::People, Write::Change, at(now)).is_ok());
            }
        }
    }
}
