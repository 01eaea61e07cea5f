//! `plimsoll plan --items FILE`: what the bot would do with items from a file, and why. Writes nothing.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::PathBuf;
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
use super::items::{self, ItemError, ListedItem};
use super::output::printable;
use super::{Failure, output, rulebook};

#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// The items: GitHub's REST form, `gh issue list --json …`, or JSON Lines; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    items: PathBuf,
    /// The policy file; without one the defaults.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The present moment, for a plan that can be repeated.
    #[arg(long, value_name = "RFC3339")]
    now: Option<Timestamp>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What is planned for an item, in the stable form.
#[derive(Debug, Serialize)]
struct Planned {
    id: serde_json::Value,
    category: Option<CategoryName>,
    side: Option<Side>,
    confidence: f64,
    evidence: Vec<Evidence>,
    findings: Vec<Finding>,
    actions: Vec<PlannedAction>,
}

/// An action in the words of the file form.
#[derive(Debug, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum PlannedAction {
    AddLabel { label: String, reason: String },
    RemoveLabel { label: String, reason: String },
    Comment { body: String, reason: String },
}

pub(super) fn run(arguments: &PlanArguments) -> Result<ExitCode, Failure> {
    let rulebook = rulebook::read(arguments.policy.as_deref())?;
    let now = arguments.now.unwrap_or_else(|| SystemClock.now());
    let mut printer = Printer::new(arguments.format);
    let read = items::read(open(arguments)?, |listed| match listed {
        Ok(listed) if listed.is_pull_request => Ok(()),
        Ok(listed) => printer.print(&plan(&rulebook, listed, now)),
        Err(error) => printer.unreadable(&error),
    });
    if output::done_reading(read.and_then(|()| printer.end()))? || printer.read_anything() {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

fn open(arguments: &PlanArguments) -> Result<Box<dyn BufRead>, Failure> {
    if arguments.items.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(&arguments.items)
        .map_err(|error| format!("cannot read the items {}: {error}", arguments.items.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

/// One item of a file with what the text form shows besides.
struct Line {
    title: String,
    is_closed: bool,
    planned: Planned,
}

fn plan(rulebook: &Rulebook, listed: ListedItem, now: Timestamp) -> Line {
    let title = listed.item.title.clone();
    let is_closed = listed.item.state != ItemState::Open;
    let snapshot = snapshot(listed.item, now);
    let plan = decide::decide(&snapshot, &rulebook.policy, rulebook.classifier.as_ref(), now);
    Line { title, is_closed, planned: planned(rulebook, listed.id, plan) }
}

/// A file names no actors: a label that marks a category counts as somebody's decision.
fn snapshot(item: Item, now: Timestamp) -> Snapshot {
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
        evidence: plan.memory.evidence,
        findings: plan.findings,
        actions: plan.steps.into_iter().filter_map(|step| action(rulebook, step)).collect(),
    }
}

/// None: it belongs to a command, which a file cannot give.
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
        Action::Open { .. } | Action::Acknowledge { .. } | Action::Weigh { .. } | Action::Close { .. } => return None,
    })
}

/// Prints items as they are planned.
struct Printer {
    format: Format,
    out: io::BufWriter<io::StdoutLock<'static>>,
    seen: u64,
    acted: u64,
    unreadable: u64,
}

impl Printer {
    fn new(format: Format) -> Self {
        Self { format, out: io::BufWriter::new(io::stdout().lock()), seen: 0, acted: 0, unreadable: 0 }
    }

    fn print(&mut self, line: &Line) -> io::Result<()> {
        let before = if self.seen == 0 { "[\n" } else { ",\n" };
        self.seen += 1;
        self.acted += u64::from(!line.planned.actions.is_empty());
        match self.format {
            Format::Text => write!(self.out, "{}", in_words(line)),
            Format::Json => write!(self.out, "{before}{}", serde_json::to_string(&line.planned)?),
        }
    }

    /// An item that cannot be read is named on standard error; the others go on.
    fn unreadable(&mut self, error: &ItemError) -> io::Result<()> {
        self.unreadable += 1;
        writeln!(io::stderr(), "plimsoll: {error}; left out")
    }

    /// Whether the input held an item, or nothing at all, which is fine too.
    const fn read_anything(&self) -> bool {
        self.seen > 0 || self.unreadable == 0
    }

    fn end(&mut self) -> io::Result<()> {
        match self.format {
            Format::Json if self.seen == 0 => writeln!(self.out, "[]")?,
            Format::Json => writeln!(self.out, "\n]")?,
            Format::Text => {
                let (seen, acted) = (self.seen, self.acted);
                writeln!(self.out, "{seen} items read; the bot would act on {acted} of them. Nothing was written.")?;
            }
        }
        self.out.flush()
    }
}

fn in_words(line: &Line) -> String {
    let planned = &line.planned;
    let id = planned.id.as_str().map_or_else(|| planned.id.to_string(), str::to_owned);
    let mut lines = vec![format!("{id}  {}", line.title)];
    for action in &planned.actions {
        let (what, reason) = match action {
            PlannedAction::AddLabel { label, reason } => (format!("add label {label}"), reason),
            PlannedAction::RemoveLabel { label, reason } => (format!("remove label {label}"), reason),
            PlannedAction::Comment { reason, .. } => ("comment".to_owned(), reason),
        };
        lines.push(format!("    {what}: {reason}"));
    }
    if planned.actions.is_empty() {
        lines.push(format!("    {}", standing(line)));
    }
    lines.iter().map(|line| printable(line) + "\n").collect()
}

/// Why there is nothing to do.
fn standing(line: &Line) -> String {
    match &line.planned.category {
        _ if line.is_closed => "closed: left alone".to_owned(),
        Some(category) => format!("nothing to do: {category} already"),
        None => format!("nothing to do: not sure enough ({} %)", (line.planned.confidence * 100.0).round()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(input: &str) -> String {
        let rulebook = rulebook::read(None).unwrap();
        let mut shown = String::new();
        items::read(input.as_bytes(), |listed| {
            shown += &in_words(&plan(&rulebook, listed.unwrap(), Timestamp::UNIX_EPOCH));
            Ok(())
        })
        .unwrap();
        shown
    }

    #[test]
    fn nothing_of_an_item_steers_the_terminal() {
        let hostile =
            r#"{"id":"\u001b[2J\u202e7\n8","title":"\u001b]0;x\u0007\u2066Refactor the\nlegacy parser\u009b"}"#;
        insta::assert_snapshot!(shown(hostile), @"
        [2J7 8  ]0;xRefactor the legacy parser
            add label refactoring: looks like refactoring (97 % sure): “Refactor the” in the title, “parser” in the title, “no description” in the text
        ");
    }

    #[test]
    fn why_nothing_is_done_is_true() {
        let items = r#"
            {"id":1,"title":"Refactor the legacy parser","state":"closed"}
            {"id":2,"title":"Refactor the legacy parser"}
            {"id":3,"title":"Shoes","labels":["bug"]}
            {"id":4,"title":"Shoes"}"#;
        insta::assert_snapshot!(shown(items), @"
        1  Refactor the legacy parser
            closed: left alone
        2  Refactor the legacy parser
            add label refactoring: looks like refactoring (98 % sure): “Refactor the” in the title, “parser” in the title, “no description” in the text
        3  Shoes
            nothing to do: bug already
        4  Shoes
            nothing to do: not sure enough (31 %)
        ");
    }
}
