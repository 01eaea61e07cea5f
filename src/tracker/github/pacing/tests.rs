//! How places are given, by example and for any order of asks.

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
fn work_that_begins_with_a_change_keeps_the_place_of_its_creation() {
    let mut pace = Pace::new(WriteLimits::default());
    for number in 0..50 {
        let now = at(i64::try_from(number).unwrap() * 1_000);
        pace.ask(&subject(number), Lane::People, Write::Creation, now).unwrap();
    }
    let (mut now, mut tries) = (50_000, 0);
    // As the engine does it: each time from the first step.
    loop {
        tries += 1;
        let change = pace.ask(&subject(99), Lane::People, Write::Change, at(now));
        match change.and_then(|()| pace.ask(&subject(99), Lane::People, Write::Creation, at(now))) {
            Ok(()) => break,
            Err(slot) => now = offset(slot),
        }
        assert!(tries < 5, "it never gets through");
    }
}

#[test]
fn a_clock_that_is_set_back_stops_nothing() {
    let mut pace = Pace::new(WriteLimits::default());
    for number in 0..30 {
        let _ = pace.ask(&subject(number), Lane::People, Write::Change, at(0));
    }
    let hour = -3_600_000;
    let slot = pace.ask(&subject(99), Lane::People, Write::Change, at(hour)).unwrap_err();
    assert_eq!(offset(slot) - hour, 11_000, "behind those who wait, and no hour later");
    assert_eq!(pace.ask(&subject(20), Lane::People, Write::Change, at(hour + 1_000)), Ok(()));
}

#[test]
fn a_restart_gives_no_burst_back() {
    let limits = WriteLimits::default();
    let before = Pacing::new(limits);
    for number in 0..20 {
        before.ask("42", &subject(number), Lane::People, Write::Creation, at(0)).unwrap();
    }
    let kept = before.take_news();
    assert_eq!(kept.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["42"]);
    assert_eq!(before.take_news(), [], "nothing was written since");
    let resumed = |as_of: Option<i64>| {
        let after = Pacing::new(limits);
        let mut kept = kept[0].1;
        kept.as_of = as_of.map_or(kept.as_of, at);
        after.resume("42", kept);
        after
    };
    let after = resumed(None);
    assert_eq!(after.ask("42", &subject(99), Lane::People, Write::Change, at(0)), Err(at(1_000)));
    assert_eq!(after.ask("7", &subject(98), Lane::People, Write::Change, at(0)), Ok(()), "another installation");
    let set_back = resumed(None);
    let slot = set_back.ask("42", &subject(99), Lane::People, Write::Change, at(-3_600_000)).unwrap_err();
    assert_eq!(offset(slot), -3_599_000, "a clock that was set back takes it along");
    let nonsense = resumed(Some(-86_400_000));
    assert_eq!(nonsense.ask("42", &subject(99), Lane::People, Write::Change, at(0)), Ok(()));
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
        let _ = pace.ask(&subject(number), Lane::People, Write::Creation, at(i64::try_from(number).unwrap() * 1000));
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
