//! `plimsoll report --items FILE --sprint NAME`: a sprint's report from a file. Writes nothing.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::allocation::{
    Baseline, Certainty, ItemKind, Measure, PlannedBy, Report, Sprint, SprintItem, SprintRecord, SprintSnapshot,
    impact_section,
};
use crate::backlog::{ItemState, Side};
use crate::clock::{Clock as _, SystemClock};
use crate::decide;
use crate::engine::Rulebook;
use crate::policy::{Board, SprintMark, SprintSource};
use crate::render;

use super::items::{self, ItemError, ListedItem};
use super::planning::{NamedSprint, Planning};
use super::{Failure, live_report, output, plan, report_files, rulebook};

/// So many of a cadence's sprints are tried for a name.
const SPRINTS_TRIED: u32 = 2000;

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// A board, or the repository whose policy file declares it, as the service knows it: read from the tracker as it
    /// stands. Instead of --items.
    #[arg(value_name = "OWNER/REPO|BOARD", conflicts_with_all = ["items", "policy", "board", "history", "measures"])]
    subject: Option<String>,
    /// The items: JSON Lines with `sprint`, `points`, … (docs/formats.md); `-` is standard input.
    #[arg(long, value_name = "FILE", required_unless_present = "subject", requires = "sprint")]
    items: Option<PathBuf>,
    /// The sprint's name; of a board also `current` (which it is where none is named) or `next`.
    #[arg(long, value_name = "NAME")]
    sprint: Option<String>,
    /// The policy file with the agreement; without one the share is only measured.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The board, where the policy file has several: its project, or its place in the file from 1.
    #[arg(long, value_name = "BOARD")]
    board: Option<String>,
    /// Earlier sprints: what `--format json` printed for them, one after the other.
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// Measures for an agreement that follows outcomes: what `plimsoll measure BOARD --format json` lists.
    #[arg(long, value_name = "FILE")]
    measures: Option<PathBuf>,
    /// The present moment, for a report that can be repeated.
    #[arg(long, value_name = "RFC3339")]
    now: Option<Timestamp>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
}

/// How a report is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// As the comment in the tracker.
    Md,
    /// For a terminal or a mail.
    #[default]
    Text,
    /// For programs; stable.
    Json,
    /// As a picture.
    Svg,
}

impl ReportArguments {
    /// What is asked of the tracker; none where the items come from a file.
    pub(super) fn asks_tracker(&self) -> Option<live_report::Question<'_>> {
        let (board, sprint) = (self.subject.as_deref()?, self.sprint.as_deref());
        Some(live_report::Question { board, sprint, now: self.now, format: self.format })
    }
}

/// Prints a report in one of its forms.
pub(super) fn print(report: &Report, format: ReportFormat, id: &dyn Fn(&str) -> Value) -> io::Result<()> {
    let shown = match format {
        ReportFormat::Md => render::sprint_comment(report),
        ReportFormat::Text => render::plain_text(report),
        ReportFormat::Json => format!("{:#}\n", render::json(report, id)),
        ReportFormat::Svg => render::svg(report),
    };
    output::done_reading(write!(io::stdout().lock(), "{shown}")).map(|_| ())
}

pub(super) fn run(arguments: &ReportArguments) -> Result<ExitCode, Failure> {
    let (Some(items), Some(sprint)) = (&arguments.items, &arguments.sprint) else {
        return Err("name the items (--items) and the sprint (--sprint)".into());
    };
    let rulebook = rulebook::read(arguments.policy.as_deref())?;
    let board = board(&rulebook.policy.boards, arguments.board.as_deref())?;
    let now = arguments.now.unwrap_or_else(|| SystemClock.now());
    let past = Past {
        earlier: arguments.history.as_deref().map(report_files::history).transpose()?.unwrap_or_default(),
        measures: arguments.measures.as_deref().map(report_files::measures).transpose()?.unwrap_or_default(),
    };
    let mut read = ReadItems::default();
    let mut any = false;
    items::read(items::open(items)?, |listed| {
        let planned = listed.and_then(|listed| read.take(&rulebook, sprint, listed, now));
        any |= planned.is_ok();
        planned.or_else(|error| writeln!(io::stderr(), "plimsoll: {error}; left out"))
    })?;
    let unreadable = !any && !read.is_empty_input;
    let ids = std::mem::take(&mut read.ids);
    let snapshot = read.snapshot(sprint, board, past, now);
    let report = snapshot.report(board.and_then(|board| board.agreement.as_ref()));
    let id = |id: &str| ids.get(id).cloned().unwrap_or_else(|| Value::from(id));
    print(&report, arguments.format, &id)?;
    Ok(if unreadable { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The board that is meant; none where the policy has none.
fn board<'a>(boards: &'a [Board], named: Option<&str>) -> Result<Option<&'a Board>, Failure> {
    let Some(name) = named else {
        return match boards {
            [] => Ok(None),
            [board] => Ok(Some(board)),
            several => {
                Err(format!("the policy has {} boards: choose one with --board, e.g. --board 1", several.len()).into())
            }
        };
    };
    let by_name = boards.iter().find(|board| match &board.sprints {
        SprintSource::GitHubProject { project, .. } => project.to_string().eq_ignore_ascii_case(name),
        other => other.to_string() == name,
    });
    let by_place = || name.parse::<usize>().ok().and_then(|place| boards.get(place.checked_sub(1)?));
    match by_name.or_else(by_place) {
        Some(board) => Ok(Some(board)),
        None => Err("the policy has no such board: name its project (acme/7) or its place in the file (1)".into()),
    }
}

/// What is known of the time before.
#[derive(Debug, Default)]
struct Past {
    earlier: Vec<SprintRecord>,
    measures: Vec<Measure>,
}

/// The items of a file, sorted into what the report wants.
#[derive(Debug)]
struct ReadItems {
    inside: Vec<SprintItem>,
    candidates: Vec<SprintItem>,
    parents: std::collections::BTreeMap<String, String>,
    sprint: NamedSprint,
    /// Ids as the file gives them.
    ids: HashMap<String, Value>,
    is_empty_input: bool,
}

impl Default for ReadItems {
    fn default() -> Self {
        Self {
            inside: Vec::new(),
            candidates: Vec::new(),
            parents: std::collections::BTreeMap::new(),
            sprint: NamedSprint::default(),
            ids: HashMap::new(),
            is_empty_input: true,
        }
    }
}

impl ReadItems {
    fn take(&mut self, rulebook: &Rulebook, sprint: &str, listed: ListedItem, now: Timestamp) -> Result<(), ItemError> {
        self.is_empty_input = false;
        let position = listed.position;
        let error = |problem| ItemError { position, problem };
        let planning = listed.planning.clone().map_err(error)?;
        // Items without an id are told apart by where they stand.
        let id = match items::plain(&listed.id) {
            id if id.is_empty() => position.to_string(),
            id => id,
        };
        self.ids.insert(id.clone(), listed.id.clone());
        if let Some(parent) = &planning.parent {
            self.parents.insert(id.clone(), parent.clone());
        }
        let is_inside = planning.sprint.as_ref().is_some_and(|named| named.name == sprint.trim());
        let is_candidate = planning.sprint.is_none() && listed.item.state == ItemState::Open && !listed.is_pull_request;
        if !is_inside && !is_candidate {
            return Ok(());
        }
        if let Some(named) = planning.sprint.as_ref().filter(|_| is_inside) {
            self.sprint.start = self.sprint.start.or(named.start);
            self.sprint.end = self.sprint.end.or(named.end);
        }
        let item = SprintItem { id, ..planned(rulebook, listed, planning, now).map_err(error)? };
        if is_inside {
            self.inside.push(item);
        } else if item.side == Some(Side::Technical) || item.share.is_some() {
            self.candidates.push(item);
        }
        Ok(())
    }

    fn snapshot(self, name: &str, board: Option<&Board>, past: Past, now: Timestamp) -> SprintSnapshot {
        let zone = board.map_or(TimeZone::UTC, |board| board.time_zone.get().clone());
        let dates = board.and_then(|board| dates_by_cadence(board, name));
        let sprint = Sprint {
            name: name.trim().to_owned(),
            start: self.sprint.start.or(dates.map(|dates| dates.0)),
            end: self.sprint.end.or(dates.map(|dates| dates.1)),
            dedicated: None,
        };
        let first_seen = past.earlier.iter().find(|record| record.sprint.name == sprint.name);
        let baseline = first_seen.map(|record| Baseline {
            taken_at: now,
            is_late: false,
            members: record.committed.clone().unwrap_or_else(|| record.members.clone()),
        });
        SprintSnapshot {
            board: board.map_or_else(String::new, |board| board.sprints.to_string()),
            planned_by: board.map_or_else(PlannedBy::default, |board| PlannedBy::on(&board.sprints, None)),
            sprint,
            items: self.inside,
            parents: self.parents,
            baseline,
            earlier: past.earlier,
            candidates: self.candidates,
            measures: past.measures,
            backlog: None,
            now,
            today: now.to_zoned(zone).date(),
        }
    }
}

/// The dates of a cadence's sprint of this name.
fn dates_by_cadence(board: &Board, name: &str) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
    let SprintSource::Cadence { cadence, mark: SprintMark::Label(pattern) | SprintMark::Milestone(pattern) } =
        &board.sprints
    else {
        return None;
    };
    let numbers = cadence.numbered_from..cadence.numbered_from.saturating_add(SPRINTS_TRIED);
    let mut sprints = numbers.map_while(|number| cadence.numbered(number));
    let found = sprints.find(|sprint| pattern.name(sprint.number, sprint.start) == name.trim())?;
    Some((found.start, found.end))
}

/// The item with its side and category: what a person decided, else what the bot would decide.
fn planned(rulebook: &Rulebook, listed: ListedItem, planning: Planning, now: Timestamp) -> Result<SprintItem, String> {
    let categories = &rulebook.policy.categories;
    let decided = match &planning.category {
        None => None,
        Some(name) => {
            let known = categories.iter().find(|category| category.name.as_str() == name);
            let known = known.or_else(|| categories.marked_by(name));
            Some(known.ok_or("`category` is none of the policy's categories")?)
        }
    };
    let state = listed.item.state;
    let impact = planning.impact.or_else(|| impact_section(&listed.item.body));
    let points = planning.points.or_else(|| decide::points_by_label(&listed.item.labels));
    let mut item = if listed.is_pull_request {
        SprintItem {
            reference: listed.item.key,
            title: listed.item.title,
            url: listed.item.url,
            kind: ItemKind::PullRequest,
            ..SprintItem::default()
        }
    } else {
        // A closed item is work of the sprint like an open one.
        let open = crate::backlog::Item { state: ItemState::Open, ..listed.item };
        let decision = decide::decide(&plan::snapshot(open, now), &rulebook.policy, rulebook.classifier.as_ref(), now);
        decide::sprint_item(&decision.memory)
    };
    if let Some(category) = decided {
        item.category = Some(category.name.clone());
        item.side = Some(category.side);
        item.certainty = Certainty::Person;
    }
    Ok(SprintItem {
        state,
        points,
        impact,
        parent: planning.parent,
        share: planning.share,
        due: planning.due,
        reactions: planning.reactions,
        blocks: planning.blocks,
        added_at: planning.added_at,
        ..item
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allocation::{Exact, Verdict};

    const POLICY: &str =
        "version: 1\nsprints: { project: acme/7 }\ntime_zone: Europe/Vienna\nagreement: { share: 20%..30% }\n";

    /// The report on the sprint `14` from these items, under the policy, and what could not be read.
    fn report(policy: &str, items: &str, past: Past) -> (Report, Vec<String>, HashMap<String, Value>) {
        let rulebook = Rulebook::new(crate::policy::parse(policy).unwrap());
        let now: Timestamp = "2026-01-11T23:30:00Z".parse().unwrap();
        let (mut read, mut errors) = (ReadItems::default(), Vec::new());
        items::read(items.as_bytes(), |listed| {
            errors.extend(
                listed.and_then(|listed| read.take(&rulebook, "14", listed, now)).err().map(|it| it.to_string()),
            );
            Ok(())
        })
        .unwrap();
        let board = rulebook.policy.boards.first();
        let ids = std::mem::take(&mut read.ids);
        let report = read.snapshot("14", board, past, now).report(board.and_then(|it| it.agreement.as_ref()));
        (report, errors, ids)
    }

    #[test]
    fn items_count_as_people_decided_else_as_the_bot_would() {
        let (report, errors, _) = report(
            POLICY,
            r#"
            {"id":1,"title":"Refactor the legacy parser","sprint":"14","points":2}
            {"id":2,"title":"Refactor the legacy parser","sprint":"14","points":3,"category":"feature"}
            {"id":3,"title":"Shoes","sprint":"14","labels":["bug","points/5"]}
            {"id":4,"title":"Shoes","sprint":14,"points":1}
            {"id":5,"title":"Refactor the legacy parser","sprint":"14","points":8,"state":"closed","state_reason":"not_planned"}
            {"id":6,"title":"Refactor the legacy parser","sprint":"15","points":8}
            {"id":7,"title":"Refactor the legacy parser","points":8}
            {"id":8,"title":"Shoes","sprint":"14","points":1,"share":0.25,"state":"closed"}
            {"id":9,"title":"x","sprint":"14","category":"nonsense"}
            {"id":10,"title":"x","sprint":"14","points":-1}
            {"id":11,"title":"x","sprint":"14","due":"soon"}"#,
            Past::default(),
        );
        assert_eq!(report.totals.technical, Exact::ratio(9, 4).unwrap());
        assert_eq!(report.totals.product, Exact::ratio(35, 4).unwrap());
        assert_eq!((report.totals.unknown.clone(), report.verdict), (Exact::one(), Some(Verdict::Within)));
        assert_eq!(report.today, jiff::civil::date(2026, 1, 12), "a day in the board's time zone");
        insta::assert_snapshot!(errors.join("\n"), @"
        line 10: `category` is none of the policy's categories
        line 11: `points` must be from 0 to 1000000
        line 12: `due` is no date: write e.g. 2026-11-21
        ");
    }

    #[test]
    fn an_earlier_report_on_the_same_sprint_is_its_start_and_others_are_its_past() {
        let start = r#"{"id":1,"title":"a","sprint":"14","points":2,"category":"security"}
            {"id":"x","title":"b","sprint":"14","points":2,"category":"feature"}"#;
        let (first, _, ids) = report(POLICY, start, Past::default());
        let printed = render::json(&first, &|id| ids.get(id).cloned().unwrap());
        assert_eq!(printed["members"][0]["id"], 1, "ids are as the file gives them");
        let record: SprintRecord = serde_json::from_value(printed).unwrap();
        let before = SprintRecord { sprint: Sprint { name: "13".to_owned(), ..Sprint::default() }, ..record.clone() };
        let later = r#"{"id":1,"title":"a","sprint":"14","points":2,"category":"security"}
            {"id":3,"title":"c","sprint":"14","points":2,"category":"feature"}"#;
        let (second, _, _) = report(POLICY, later, Past { earlier: vec![before, record], ..Past::default() });
        assert_eq!((second.changes.added, second.changes.removed[0].id.as_str()), (vec!["3".to_owned()], "x"));
        assert_eq!((second.carried_over, second.earlier.len()), (vec!["1".to_owned()], 1));
    }

    #[test]
    fn a_cadence_tells_a_sprint_s_dates() {
        let policy = "version: 1\nsprints: { length: 14d, starts: 2026-01-05, numbered_from: 14, label: '{number}' }\n";
        let (report, _, _) = report(policy, r#"{"id":1,"sprint":"14"}"#, Past::default());
        assert_eq!(report.sprint.end, Some(jiff::civil::date(2026, 1, 18)));
        assert!(report.target.is_none());
    }

    #[test]
    fn an_outcome_goes_by_the_newest_measure_of_the_day() {
        let policy = "version: 1\nsprints: { project: acme/7 }\nagreement: { share: 10%, outcomes: [{ when: deploys < 5, share: 40% }] }\n";
        let of_day = |value, day: i8| Measure {
            name: "deploys".to_owned(),
            value,
            date: jiff::civil::date(2026, 1, day),
            source: String::new(),
        };
        let agreed = |measures: &[Measure]| {
            let past = Past { measures: measures.to_vec(), ..Past::default() };
            let target = report(policy, r#"{"id":1,"sprint":"14","category":"feature"}"#, past).0.target.unwrap();
            (target.share, target.unusable_measures.len())
        };
        assert_eq!(agreed(&[]), ("10%".to_owned(), 1));
        assert_eq!(agreed(&[of_day(9.0, 2), of_day(3.0, 9)]), ("40%".to_owned(), 0));
        assert_eq!(agreed(&[of_day(3.0, 9), of_day(9.0, 9)]), ("10%".to_owned(), 0), "what was set last");
        assert_eq!(agreed(&[of_day(9.0, 9), of_day(3.0, 30)]), ("10%".to_owned(), 0), "a later day is still to come");
    }
}
