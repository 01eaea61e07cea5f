//! `plimsoll plan OWNER/REPO`: the same from a live repository, one call for its policy and its organisation's, and one
//! for each hundred items.
//!
//! Known race: pages follow one another without overlap, so that somebody who changes an item meanwhile may keep another
//! one out of this list; `apply` reads thoroughly.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;

use crate::backlog::{Place, Repository, Subject};
use crate::cli::arguments::Format;
use crate::cli::live::{Backlog, Law, Live, LiveError, Progress, Reader, Source};
use crate::cli::settings::Settings;
use crate::cli::{Failure, output, rulebook};
use crate::engine::Rulebook;
use crate::tracker::Listing;

use super::print::Printer;
use super::{Line, PlanArguments, plan};

/// What is asked for.
pub struct Request {
    /// `acme/shop`.
    pub repository: String,
    /// A policy that goes before the repository's own.
    pub policy: Option<Rulebook>,
    /// Only what was updated since.
    pub since: Option<Timestamp>,
    /// So many items at most.
    pub limit: Option<usize>,
    /// The present moment, where the plan is to be repeatable.
    pub now: Option<Timestamp>,
    /// The folder that keeps the progress.
    pub state: PathBuf,
    /// Print JSON.
    pub json: bool,
}

pub(in crate::cli) async fn run(
    settings: &Settings,
    repository: &str,
    arguments: &PlanArguments,
) -> Result<ExitCode, Failure> {
    let live = Live::connect(settings)?;
    let request = Request {
        repository: repository.to_owned(),
        policy: arguments.policy.as_deref().map(|path| rulebook::read(Some(path))).transpose()?,
        since: arguments.reading.since,
        limit: arguments.limit,
        now: arguments.now,
        state: arguments.reading.state.clone().unwrap_or_else(|| settings.data_folder()),
        json: matches!(arguments.format, Format::Json),
    };
    let mut progress = Progress::on_stderr();
    let planned = plan_live(&live, request, &mut progress, std::io::stdout().lock()).await;
    progress.clear();
    crate::cli::live::exit_code(planned, &mut progress, "the same command goes on where this one ended")
}

/// Reads the backlog and prints the plan.
pub async fn plan_live(
    live: &Live,
    request: Request,
    progress: &mut Progress,
    out: impl Write,
) -> Result<ExitCode, LiveError> {
    let place = Place { tracker: live.tracker.name(), installation: String::new(), repository: String::new() };
    // By its name alone: its id would cost a call.
    let repository = Repository { place, name: request.repository };
    let law = Law::find(live, &repository, request.policy, progress).await?;
    let now = request.now.unwrap_or_else(|| live.clock.now());
    let listing = Listing { closed_too: false, since: request.since, with_parents: true };
    let backlog = Backlog { repository: repository.clone(), listing, thorough: false, state: request.state };
    let mut reader = Reader::open(live, backlog)?;
    let mut lines = Lines::default();
    let limit = request.limit.unwrap_or(usize::MAX);
    while lines.count() < limit
        && let Some(items) = reader.next(progress).await?
    {
        for (subject, item) in items {
            let id =
                item.key.trim_start_matches('#').parse::<u64>().map_or_else(|_| item.key.clone().into(), Into::into);
            lines.take(subject, marked(plan(&law.rulebook, id, item, now), law.only_shows()), limit);
        }
    }
    progress.clear();
    let printed = print(&lines, &law, &repository, request.json, out);
    output::done_reading(printed).map_err(|error| LiveError::File { doing: "printing the plan".to_owned(), error })?;
    reader.done()?;
    Ok(ExitCode::SUCCESS)
}

fn print(lines: &Lines, law: &Law, repository: &Repository, json: bool, out: impl Write) -> std::io::Result<()> {
    let mut printer = Printer::new(if json { Format::Json } else { Format::Text }, out);
    for line in lines.in_order() {
        printer.print(line)?;
    }
    let note = match &law.source {
        Source::Nowhere(why) => Some(format!(
            "{}: {why}. This is what the defaults would do; nothing happens before a policy is merged (`version: 1` is enough).",
            repository.name
        )),
        Source::Observing => Some(format!(
            "{}: by its policy the bot only observes (`mode: observe`): this is what would happen, and nothing does.",
            repository.name
        )),
        Source::Named | Source::Own | Source::Shared => None,
    };
    printer.end(note.as_deref())
}

/// Without a policy every action is only what would be.
fn marked(mut line: Line, only_shown: bool) -> Line {
    for action in &mut line.planned.actions {
        action.result = only_shown.then_some("would");
    }
    line
}

/// The items as they were last listed, each once.
#[derive(Default)]
struct Lines {
    lines: Vec<Option<Line>>,
    places: HashMap<Subject, usize>,
}

impl Lines {
    fn count(&self) -> usize {
        self.places.len()
    }

    fn take(&mut self, subject: Subject, line: Line, limit: usize) {
        if let Some(before) = self.places.get(&subject).and_then(|place| self.lines.get_mut(*place)) {
            *before = None;
        } else if self.count() >= limit {
            return;
        }
        self.places.insert(subject, self.lines.len());
        self.lines.push(Some(line));
    }

    fn in_order(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().flatten()
    }
}
