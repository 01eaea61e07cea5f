//! Which sprints are to be looked at now, and when to look again. Pure: days in the board's time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::store::SprintRow;
use crate::tracker::SprintDates;

/// A board is looked at so often even if no event says anything: some trackers send none.
const LOOK_EVERY: SignedDuration = SignedDuration::from_hours(6);
/// What was missed for longer is not taken up any more.
const MOST_MISSED: usize = 3;

/// The day of this moment there.
pub(super) fn day(now: Timestamp, zone: &TimeZone) -> Date {
    now.to_zoned(zone.clone()).date()
}

/// The sprints to look at, oldest first: those that are not known to be over yet, and those that run. A board that was
/// never looked at begins with what runs now; of sprints that came and went unseen the last few are taken up.
pub(super) fn to_look_at(listed: &[SprintDates], known: &[SprintRow], today: Date) -> Vec<SprintDates> {
    // One that somebody asked for in advance says nothing of those before it.
    let has_begun = |row: &&SprintRow| row.ended || row.baseline.is_some();
    let newest = known.iter().rfind(has_begun).map(|row| row.start);
    let is_ended = |start: Date| known.iter().any(|row| row.start == start && row.ended);
    let is_known = |start: Date| known.iter().any(|row| row.start == start);
    let runs = |sprint: &&SprintDates| sprint.start <= today && today <= sprint.end;
    let missed = |sprint: &&SprintDates| {
        sprint.end < today && !is_known(sprint.start) && newest.is_some_and(|newest| newest < sprint.start)
    };
    let unseen: Vec<&SprintDates> = listed.iter().filter(missed).collect();
    let unseen = unseen.split_at(unseen.len().saturating_sub(MOST_MISSED)).1.iter().copied();
    // A sprint that vanished from its board is ended by what is known of it.
    let unfinished = known.iter().filter(|row| !row.ended && row.start <= today).map(|row| {
        let listed = listed.iter().find(|sprint| sprint.start == row.start);
        listed.cloned().unwrap_or_else(|| of_row(row))
    });
    let mut all: Vec<SprintDates> = unfinished.collect();
    all.extend(listed.iter().filter(runs).chain(unseen).filter(|it| !is_ended(it.start)).cloned());
    all.sort_by_key(|sprint| sprint.start);
    all.dedup_by_key(|sprint| sprint.start);
    all
}

/// A sprint as it is remembered.
pub(super) fn of_row(row: &SprintRow) -> SprintDates {
    SprintDates { name: row.name.clone(), start: row.start, end: row.last, handle: row.name.clone() }
}

/// When to look again: at the next start or end, and now and then in between.
pub(super) fn next_look(listed: &[SprintDates], zone: &TimeZone, now: Timestamp) -> Timestamp {
    let routine = now.checked_add(LOOK_EVERY).unwrap_or(Timestamp::MAX);
    let days = listed.iter().flat_map(|sprint| [Some(sprint.start), sprint.end.tomorrow().ok()]).flatten();
    // A day begins at its first moment, whatever hour the clocks show then.
    let moments = days.filter_map(|day| day.to_zoned(zone.clone()).ok()).map(|begin| begin.timestamp());
    moments.filter(|moment| *moment > now).min().map_or(routine, |moment| moment.min(routine))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn sprint(number: i8) -> SprintDates {
        let start = date(2026, 3, number);
        SprintDates { name: format!("from {number}"), start, end: date(2026, 3, number + 4), handle: String::new() }
    }

    fn row(number: i8, ended: bool) -> SprintRow {
        let SprintDates { name, start, end: last, .. } = sprint(number);
        SprintRow { start, last, name, baseline: None, note: None, ended, record: None }
    }

    fn looked_at(listed: &[i8], known: &[SprintRow], today: i8) -> Vec<i8> {
        let listed: Vec<SprintDates> = listed.iter().map(|number| sprint(*number)).collect();
        to_look_at(&listed, known, date(2026, 3, today)).iter().map(|sprint| sprint.start.day()).collect()
    }

    #[test]
    fn a_new_board_begins_with_what_runs_now() {
        assert_eq!(looked_at(&[1, 6, 11], &[], 8), [6]);
        assert_eq!(looked_at(&[1, 6, 11], &[], 10), [6], "the last day belongs to it");
        assert_eq!(looked_at(&[6, 11], &[], 2), [0_i8; 0]);
    }

    #[test]
    fn a_sprint_is_ended_before_the_next_one_starts() {
        assert_eq!(looked_at(&[1, 6, 11], &[row(1, false)], 6), [1, 6]);
        assert_eq!(looked_at(&[1, 6, 11], &[row(1, true), row(6, false)], 8), [6]);
        assert_eq!(looked_at(&[6], &[row(1, false)], 7), [1, 6], "also where it vanished from the board");
    }

    #[test]
    fn what_was_missed_is_taken_up() {
        assert_eq!(looked_at(&[1, 6, 11, 16], &[row(1, true)], 17), [6, 11, 16]);
        assert_eq!(looked_at(&[1, 6, 11, 16, 21, 26], &[row(1, true)], 27), [11, 16, 21, 26]);
        let in_advance = [row(1, true), row(16, false)];
        assert_eq!(
            looked_at(&[1, 6, 11, 16], &in_advance, 12),
            [6, 11],
            "one that was asked for in advance hides none"
        );
        assert_eq!(looked_at(&[1, 6], &[row(6, false)], 7), [6], "what came before the first one stays unknown");
    }

    #[test]
    fn the_next_look_is_at_the_next_midnight_there() {
        let vienna = TimeZone::get("Europe/Vienna").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        // Summer time begins on the night to the 29th.
        let listed = [SprintDates { start: date(2026, 3, 29), end: date(2026, 3, 29), ..sprint(1) }];
        assert_eq!(next_look(&listed, &vienna, at("2026-03-28T20:00:00Z")), at("2026-03-28T23:00:00Z"));
        assert_eq!(next_look(&listed, &vienna, at("2026-03-29T20:00:00Z")), at("2026-03-29T22:00:00Z"));
        assert_eq!(next_look(&listed, &vienna, at("2026-03-28T02:00:00Z")), at("2026-03-28T08:00:00Z"));
    }
}
