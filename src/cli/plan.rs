//! `plimsoll plan`: what the bot would do with items from a file or a live repository, and why. Writes nothing.

pub mod live;
mod print;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::backlog::{Actor, CategoryName, Event, Fact, Item, ItemState, Side};
use crate::classify::Evidence;
use crate::clock::{Clock as _, SystemClock};
use crate::decide::{self, Action, Finding, Plan, Snapshot, Step, Verdict};
use crate::engine::Rulebook;

use super::arguments::Format;
use super::{Failure, items, output, rulebook};

use print::Printer;

#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// The repository, read live; nothing in it is changed.
    #[arg(value_name = "OWNER/REPO", required_unless_present = "items", conflicts_with = "items")]
    repository: Option<String>,
    /// The items from a file: GitHub's REST form, `gh issue list --json …`, or JSON Lines; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    /// At most so many items, those first that nobody has changed for longest.
    #[arg(long, value_name = "N", requires = "repository")]
    limit: Option<usize>,
    /// The policy file; without one the repository's own, or the defaults.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The present moment, for a plan that can be repeated.
    #[arg(long, value_name = "RFC3339")]
    now: Option<Timestamp>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Which items of a live repository are read, and where the progress is kept.
#[derive(Debug, Args)]
pub(super) struct ReadingArguments {
    /// Only items that were updated since, e.g. 2026-11-21 or 2026-11-21T10:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "repository")]
    pub(super) since: Option<Timestamp>,
    /// The folder that keeps how far an interrupted run came; without it, that of the database.
    #[arg(long, value_name = "DIR", requires = "repository")]
    pub(super) state: Option<PathBuf>,
}

/// A moment, or the beginning of a day in UTC.
fn moment(text: &str) -> Result<Timestamp, String> {
    let day = || Some(text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    text.parse().ok().or_else(day).ok_or_else(|| "expected e.g. 2026-11-21 or 2026-11-21T10:00:00Z".to_owned())
}

/// What is planned for an item, in the stable form.
#[derive(Debug, Serialize)]
struct Planned {
    id: serde_json::Value,
    category: Option<CategoryName>,
    side: Option<Side>,
    confidence: f64,
    suggestion: Option<CategoryName>,
    evidence: Vec<Evidence>,
    findings: Vec<Finding>,
    actions: Vec<Proposed>,
}

/// An action with how it is meant.
#[derive(Debug, Serialize)]
struct Proposed {
    #[serde(flatten)]
    what: PlannedAction,
    /// `would`: without a policy nothing of it happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'static str>,
}

/// An action in the words of the file form.
#[derive(Debug, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum PlannedAction {
    AddLabel { label: String, reason: String },
    RemoveLabel { label: String, reason: String },
    Comment { body: String, reason: String },
}

pub(super) fn run(items: &Path, arguments: &PlanArguments) -> Result<ExitCode, Failure> {
    let rulebook = rulebook::read(arguments.policy.as_deref())?;
    let now = arguments.now.unwrap_or_else(|| SystemClock.now());
    let mut printer = Printer::new(arguments.format, io::stdout().lock());
    let read = items::read(items::open(items)?, |listed| match listed {
        Ok(listed) if listed.is_pull_request => Ok(()),
        Ok(listed) => printer.print(&plan(&rulebook, listed.id, listed.item, now)),
        Err(error) => printer.unreadable(&error),
    });
    if output::done_reading(read.and_then(|()| printer.end(None)))? || printer.read_anything() {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

/// Where the items come from.
pub(super) enum Origin<'a> {
    File(&'a Path),
    Live(&'a str),
}

impl PlanArguments {
    /// Where the items come from. None cannot be typed.
    pub(super) fn origin(&self) -> Option<Origin<'_>> {
        self.items.as_deref().map(Origin::File).or_else(|| self.repository.as_deref().map(Origin::Live))
    }
}

/// One item with what the text form shows besides.
struct Line {
    title: String,
    is_closed: bool,
    planned: Planned,
}

fn plan(rulebook: &Rulebook, id: serde_json::Value, item: Item, now: Timestamp) -> Line {
    let title = item.title.clone();
    let is_closed = item.state != ItemState::Open;
    let snapshot = snapshot(item, now);
    let plan = decide::decide(&snapshot, &rulebook.policy, rulebook.classifier.as_ref(), now);
    Line { title, is_closed, planned: planned(rulebook, id, plan) }
}

/// A list of items names no actors: a label that marks a category counts as somebody's decision.
pub(super) fn snapshot(item: Item, now: Timestamp) -> Snapshot {
    let at = item.updated_at.unwrap_or(now);
    let put =
        |label: &String| Event { fact: Fact::Labelled { label: label.clone() }, by: Actor::person("somebody"), at };
    let history = Some(item.labels.iter().map(put).collect());
    Snapshot {
        item,
        me: Actor::bot("plimsoll[bot]"),
        memory: None,
        events: Vec::new(),
        history,
        answered: Vec::new(),
        spoken: Vec::new(),
        repository_labels: None,
        active_since: None,
    }
}

fn planned(rulebook: &Rulebook, id: serde_json::Value, plan: Plan) -> Planned {
    let category = match plan.memory.verdict {
        Verdict::Person { category, .. } | Verdict::Bot { category } => Some(category),
        Verdict::Nobody => None,
    };
    Planned {
        id,
        category,
        side: plan.memory.side,
        confidence: plan.memory.confidence,
        suggestion: plan.memory.suggestion,
        evidence: plan.memory.evidence,
        findings: plan.findings,
        actions: plan
            .steps
            .into_iter()
            .filter_map(|step| action(rulebook, step))
            .map(|what| Proposed { what, result: None })
            .collect(),
    }
}

/// None: it belongs to a command, which a list cannot give.
fn action(rulebook: &Rulebook, step: Step) -> Option<PlannedAction> {
    let reason = step.reason;
    Some(match step.action {
        Action::Mark { category } => {
            let label = rulebook.policy.categories.get(&category).map(|category| category.label.clone());
            PlannedAction::AddLabel { label: label.unwrap_or_else(|| category.to_string()), reason }
        }
        Action::Unmark { label } => PlannedAction::RemoveLabel { label, reason },
        Action::Label { label, .. } => PlannedAction::AddLabel { label, reason },
        Action::Note { markdown, .. } => PlannedAction::Comment { body: markdown, reason },
        Action::Open { .. }
        | Action::Acknowledge { .. }
        | Action::Unacknowledge { .. }
        | Action::RemoveNote { .. }
        | Action::Weigh { .. }
        | Action::Close { .. } => return None,
    })
}
