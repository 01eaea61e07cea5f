//! How long to wait: after failures, and when a tracker says "later" without a time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::backlog::Place;

const FIRST_RETRY: SignedDuration = SignedDuration::from_secs(10);
const LONGEST_RETRY: SignedDuration = SignedDuration::from_mins(60);
/// GitHub asks for at least a minute, doubling, where it names no time:
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(60);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(30);
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(2);

/// When to try again after this many failures in a row (the present one included): doubling from ten seconds to an hour,
/// spread by ±25 % with `fraction` in `[0, 1)`.
pub(super) fn retry_at(now: Timestamp, failures: u32, fraction: f64) -> Timestamp {
    later(now, spread(doubled(FIRST_RETRY, failures.saturating_sub(1), LONGEST_RETRY), fraction))
}

/// When to look again for an item that was not there.
pub(super) fn look_again_at(now: Timestamp) -> Timestamp {
    later(now, LOOK_AGAIN)
}

/// When to come back to a single subject whose tracker named no time.
pub(super) fn come_back_at(now: Timestamp, fraction: f64) -> Timestamp {
    later(now, spread(FIRST_PAUSE, fraction))
}

/// Counts, per installation, how often in a row the tracker asked for a rest without naming a time. Lost at a restart,
/// which only makes the next rest a short one.
#[derive(Debug, Default)]
pub(super) struct Outages(Mutex<HashMap<(String, String), u32>>);

impl Outages {
    /// How long this installation is to rest now: a minute, doubling each time.
    pub(super) fn rest_until(&self, place: &Place, now: Timestamp, fraction: f64) -> Timestamp {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key(place)).or_default();
        let rest = doubled(FIRST_PAUSE, *count, LONGEST_PAUSE);
        *count = count.saturating_add(1);
        // Never earlier than asked: a rest is spread upwards only.
        later(now, rest + spread(FIRST_PAUSE, fraction) / 4)
    }

    /// The tracker answered: the next rest is a short one again.
    pub(super) fn over(&self, place: &Place) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(place));
    }
}

fn key(place: &Place) -> (String, String) {
    (place.tracker.to_string(), place.installation.clone())
}

fn doubled(first: SignedDuration, times: u32, longest: SignedDuration) -> SignedDuration {
    first.checked_mul(2_i32.checked_pow(times.min(20)).unwrap_or(i32::MAX)).unwrap_or(longest).min(longest)
}

fn spread(duration: SignedDuration, fraction: f64) -> SignedDuration {
    duration.mul_f64(0.75 + fraction.clamp(0.0, 1.0) / 2.0)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_retry_is_never_before_its_three_quarters_nor_after_five_quarters_of_an_hour(failures in 0_u32..1000, fraction in 0.0..1.0) {
            let now = Timestamp::UNIX_EPOCH;
            let wait = retry_at(now, failures, fraction).duration_since(now);
            prop_assert!(wait >= FIRST_RETRY.mul_f64(0.75));
            prop_assert!(wait <= LONGEST_RETRY.mul_f64(1.25));
        }

        #[test]
        fn an_installation_rests_at_least_a_minute_and_longer_each_time(times in 1_usize..12, fraction in 0.0..1.0) {
            let (now, outages) = (Timestamp::UNIX_EPOCH, Outages::default());
            let place = Place { tracker: "github".to_owned().into(), installation: "1".into(), repository: "2".into() };
            let mut last = SignedDuration::ZERO;
            for _ in 0..times {
                let rest = outages.rest_until(&place, now, fraction).duration_since(now);
                prop_assert!(rest >= FIRST_PAUSE && rest >= last);
                last = rest;
            }
            outages.over(&place);
            prop_assert!(outages.rest_until(&place, now, fraction).duration_since(now) <= FIRST_PAUSE * 2);
        }
    }
}
