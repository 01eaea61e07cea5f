//! `plimsoll work`: what is to be done, what is dead, and another try for it.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use crate::backlog::Subject;
use crate::clock::{Clock as _, SystemClock};
use crate::store::{self, Store, WorkRow, WorkState};

use super::arguments::Format;
use super::output::printable;
use super::settings::Settings;
use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct WorkArguments {
    /// How to print the list.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How many rows at most.
    #[arg(long, default_value_t = 100)]
    limit: u32,
    #[command(subcommand)]
    action: Option<WorkAction>,
}

#[derive(Debug, Subcommand)]
enum WorkAction {
    /// Give a subject, or all dead ones, another try now.
    Retry(RetryArguments),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct RetryArguments {
    /// As the list names it, e.g. github:item:1296269/17.
    subject: Option<Subject>,
    /// Everything that is dead.
    #[arg(long)]
    dead: bool,
}

pub(super) async fn run(settings: &Settings, arguments: &WorkArguments) -> Result<ExitCode, Failure> {
    let store = store::open_existing(&settings.database_url).await?;
    match &arguments.action {
        None => {
            let rows = store.work(arguments.limit).await?;
            match arguments.format {
                Format::Text => output::lines(rows.iter().map(in_words), "nothing to do")?,
                Format::Json => output::json(&rows.iter().map(as_json).collect::<Vec<_>>())?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(WorkAction::Retry(which)) => {
            let done = retry(&*store, which, SystemClock.now()).await?;
            output::lines([done], "")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Gives another try and says to what.
async fn retry(store: &dyn Store, which: &RetryArguments, now: Timestamp) -> Result<String, Failure> {
    match &which.subject {
        Some(subject) if store.retry(subject, now).await? => Ok(format!("{subject}: due now")),
        Some(subject) => Err(format!("there is no work for {subject}; `plimsoll work` lists what there is").into()),
        None => Ok(match store.retry_dead(now).await? {
            0 => "nothing is dead".to_owned(),
            1 => "1 subject was dead: due now".to_owned(),
            some => format!("{some} subjects were dead: due now"),
        }),
    }
}

fn in_words(row: &WorkRow) -> String {
    let note = row.note.as_ref().map(|note| format!("  {note}")).unwrap_or_default();
    let failures = if row.attempts > 0 { format!("  {} failures", row.attempts) } else { String::new() };
    printable(&format!("{}  {}  due {}{failures}{note}", row.subject, state(row.state), row.due_at))
}

fn as_json(row: &WorkRow) -> serde_json::Value {
    serde_json::json!({
        "subject": row.subject.to_string(),
        "repository": row.place.repository,
        "installation": row.place.installation,
        "lane": row.lane,
        "state": state(row.state),
        "due_at": row.due_at,
        "attempts": row.attempts,
        "note": row.note,
    })
}

const fn state(state: WorkState) -> &'static str {
    match state {
        WorkState::Waiting => "waiting",
        WorkState::Leased => "in hand",
        WorkState::Dead => "dead",
    }
}
