//! `plimsoll work`: what is to be done, what is dead, and another try for it.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::backlog::Subject;
use crate::clock::{Clock as _, SystemClock};
use crate::store::{self, WorkRow, WorkState};

use super::arguments::Format;
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
    /// Give a subject another try now.
    Retry {
        /// As the list names it, e.g. github:item:1296269/17.
        subject: Subject,
    },
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
        Some(WorkAction::Retry { subject }) => {
            if store.retry(subject, SystemClock.now()).await? {
                output::lines([format!("{subject}: due now")], "")?;
                Ok(ExitCode::SUCCESS)
            } else {
                Err(format!("there is no work for {subject}; `plimsoll work` lists what there is").into())
            }
        }
    }
}

fn in_words(row: &WorkRow) -> String {
    let note = row.note.as_ref().map(|note| format!("  {note}")).unwrap_or_default();
    let failures = if row.attempts > 0 { format!("  {} failures", row.attempts) } else { String::new() };
    format!("{}  {}  due {}{failures}{note}", row.subject, state(row.state), row.due_at)
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
