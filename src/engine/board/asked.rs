//! `/report`: who asks is told where the report is, and the board brings it up to date.
//!
//! The board's own worker writes it: what is asked for travels as an event of the board. A sprint that is over and has had
//! its last word stays as it is.

use jiff::civil::Date;

use crate::backlog::{Actor, Event, Fact, Lane};
use crate::command::quoted;
use crate::policy::{Board, ReportIssue};
use crate::store::{BoardRow, Signal, SprintRow};
use crate::tracker::{Errand, SprintDates, Tracker, TrackerError};

use super::super::Engine;
use super::super::repository::{Governed, Trouble};
use super::view::{WhichSprint, chosen};
use super::{REMEMBERED, calendar, declared, signal};

/// So many sprints are named to somebody who names one that is not there: the newest.
const NAMED: usize = 8;

/// Somebody asks for the report.
#[derive(Clone, Copy)]
pub(in crate::engine) struct AskedReport<'a> {
    /// Who.
    pub(in crate::engine) by: &'a Actor,
    /// The command as it was written.
    pub(in crate::engine) written: &'a str,
    /// Of which sprint; the present one where none is named.
    pub(in crate::engine) sprint: Option<&'a str>,
}

/// What becomes of it at one board.
enum Found {
    /// This sprint, or none that is known of.
    Sprint(Option<SprintDates>),
    /// No sprint is called so, but these.
    Others(Vec<String>),
    /// The board cannot be read now.
    Unreadable,
}

impl Engine {
    /// Lets the boards that the policy of this repository declares bring their report up to date. Returns where it stands,
    /// or why there is none, for whoever asked.
    pub(in crate::engine) async fn ask_for_report(
        &self,
        tracker: &dyn Tracker,
        governed: &Governed,
        errand: &Errand,
        asked: AskedReport<'_>,
    ) -> Result<Result<String, String>, Trouble> {
        let boards = self.store.boards().await?;
        let mut told = Vec::new();
        let mut problems = Vec::new();
        for row in boards.into_iter().filter(|row| row.place == governed.repository.place) {
            let Some(board) = declared(tracker, governed, &row) else { continue };
            let name = quoted(&row.name);
            if board.report.is_none() {
                problems.push(format!(
                    "the policy names no place for the report of {name}; add `report: {{ issue: auto }}`."
                ));
                continue;
            }
            match self.find_sprint(tracker, governed, errand, &row, board, asked.sprint).await? {
                Found::Sprint(sprint) => {
                    told.push(self.where_it_is(tracker, governed, &row, board, sprint.as_ref()).await?);
                    self.let_report(row, errand, asked, sprint.filter(|_| asked.sprint.is_some())).await?;
                }
                Found::Others(names) => problems.push(no_such_sprint(&name, &names)),
                Found::Unreadable => problems.push(format!("the board {name} could not be read just now.")),
            }
        }
        if !told.is_empty() {
            return Ok(Ok(told.join("\n")));
        }
        if problems.is_empty() {
            problems.push("the policy of this repository declares no board, so there is no sprint comment.".to_owned());
        }
        let written = quoted(asked.written);
        Ok(Err(problems.into_iter().map(|problem| format!("{written}: {problem}")).collect::<Vec<_>>().join(" ")))
    }

    async fn find_sprint(
        &self,
        tracker: &dyn Tracker,
        governed: &Governed,
        errand: &Errand,
        row: &BoardRow,
        board: &Board,
        name: Option<&str>,
    ) -> Result<Found, Trouble> {
        let Some(name) = name else {
            let today = calendar::day(errand.now, board.time_zone.get());
            let known = self.store.sprints(&row.subject, REMEMBERED).await?;
            let present = known.into_iter().find(|sprint| sprint.start <= today && today <= sprint.last);
            return Ok(Found::Sprint(present.as_ref().map(calendar::of_row)));
        };
        let errand = Errand { subject: row.subject.clone(), ..errand.clone() };
        let view = match tracker.board(&governed.repository, &errand, &board.sprints).await {
            Err(
                error @ (TrackerError::Refused { .. } | TrackerError::Missing { .. } | TrackerError::Failed { .. }),
            ) => {
                tracing::warn!(%error, "a board that somebody asks for cannot be read");
                return Ok(Found::Unreadable);
            }
            view => view?,
        };
        let today = calendar::day(errand.now, board.time_zone.get());
        Ok(match chosen(&view, &WhichSprint::Named(name.to_owned()), today) {
            Some(found) => Found::Sprint(Some(found.clone())),
            None => Found::Others(view.sprints.into_iter().map(|sprint| sprint.name).collect()),
        })
    }

    /// Where people find the report, in a sentence.
    async fn where_it_is(
        &self,
        tracker: &dyn Tracker,
        governed: &Governed,
        row: &BoardRow,
        board: &Board,
        sprint: Option<&SprintDates>,
    ) -> Result<String, Trouble> {
        let known = self.store.sprints(&row.subject, REMEMBERED).await?;
        let seen = sprint.and_then(|sprint| known.iter().find(|one| one.start == sprint.start));
        let page = match &board.report {
            Some(ReportIssue::Key(key)) => Some(key),
            Some(ReportIssue::Auto) | None => row.state.report.as_ref(),
        };
        let note = seen.and_then(|seen| seen.note.as_deref());
        let link = page.map(|key| match tracker.report_url(&governed.repository, key, note) {
            Some(url) => format!("[in #{key}]({url})"),
            None => format!("in #{key}"),
        });
        let board = quoted(&row.name);
        let of = sprint.map_or_else(|| board.clone(), |sprint| format!("{board} on {}", quoted(&sprint.name)));
        Ok(match (link, sprint, seen) {
            (Some(link), Some(_), Some(seen)) if seen.ended && seen.note.is_some() => {
                format!("The sprint is over: the last report of {of} is {link}.")
            }
            (Some(link), Some(_), _) if note.is_some() => {
                format!("The report of {of} is {link}; it is being brought up to date.")
            }
            (Some(link), Some(_), _) => format!("The report of {of} is being written {link}."),
            (Some(link), None, _) => format!("The report of {of} is {link}; no sprint runs now."),
            (None, Some(_), _) => format!("The report of {of} is being written, in an issue that is opened for it."),
            (None, None, _) => format!("The report of {of} is written as soon as a sprint runs."),
        })
    }

    async fn let_report(
        &self,
        row: BoardRow,
        errand: &Errand,
        asked: AskedReport<'_>,
        sprint: Option<SprintDates>,
    ) -> Result<(), Trouble> {
        let event = sprint.map(|sprint| Event {
            fact: Fact::SprintAsked { start: sprint.start },
            by: asked.by.clone(),
            at: errand.now,
        });
        let signal = Signal { event, ..signal(row, Lane::People) };
        Ok(self.store.enqueue(signal, self.clock.now()).await?)
    }
}

fn no_such_sprint(board: &str, names: &[String]) -> String {
    let newest = names.iter().rev().take(NAMED).rev().map(|name| quoted(name)).collect::<Vec<_>>();
    if newest.is_empty() {
        return format!("{board} has no sprints.");
    }
    let more = if names.len() > newest.len() { " and older ones" } else { "" };
    format!("{board} has no such sprint; it has {}{more}.", newest.join(", "))
}

/// The first days of the sprints that somebody asked for.
pub(super) fn sprints(events: &[Event]) -> Vec<Date> {
    let asked = events.iter().filter_map(|event| match &event.fact {
        Fact::SprintAsked { start } => Some(*start),
        _ => None,
    });
    asked.collect()
}

/// Those of the sprints that were asked for which are not looked at anyway, but for those that have had their last word.
pub(super) fn besides(
    due: &[SprintDates],
    listed: &[SprintDates],
    known: &[SprintRow],
    asked: &[Date],
) -> Vec<SprintDates> {
    let is_due = |start: Date| due.iter().any(|sprint| sprint.start == start);
    let is_final = |start: Date| known.iter().any(|row| row.start == start && row.ended && row.note.is_some());
    let wanted =
        |sprint: &&SprintDates| asked.contains(&sprint.start) && !is_due(sprint.start) && !is_final(sprint.start);
    listed.iter().filter(wanted).cloned().collect()
}
