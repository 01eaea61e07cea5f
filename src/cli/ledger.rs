//! `plimsoll deliveries` and `plimsoll records`: what came in, what was done and why.

use std::process::ExitCode;

use clap::Args;

use crate::store::{self, DeliveryRow, Record};

use super::arguments::Format;
use super::output::printable;
use super::settings::Settings;
use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct LedgerArguments {
    /// How to print the list.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How many rows at most; the newest are listed.
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

pub(super) async fn deliveries(settings: &Settings, arguments: &LedgerArguments) -> Result<ExitCode, Failure> {
    let rows = store::open_existing(&settings.database_url).await?.deliveries(arguments.limit).await?;
    match arguments.format {
        Format::Text => output::lines(rows.iter().map(delivery_in_words), "no deliveries yet")?,
        Format::Json => output::json(&rows.iter().map(delivery_as_json).collect::<Vec<_>>())?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn records(settings: &Settings, arguments: &LedgerArguments) -> Result<ExitCode, Failure> {
    let rows = store::open_existing(&settings.database_url).await?.records(None, arguments.limit).await?;
    match arguments.format {
        Format::Text => output::lines(rows.iter().map(record_in_words), "nothing was done yet")?,
        Format::Json => output::json(&rows)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn delivery_in_words(row: &DeliveryRow) -> String {
    let action = row.action.as_ref().map(|action| format!(".{action}")).unwrap_or_default();
    let subjects: Vec<String> = row.subjects.iter().map(ToString::to_string).collect();
    let outcome = row.ignored.as_ref().map_or_else(|| subjects.join(" "), |why| format!("ignored: {why}"));
    printable(&format!("{}  {}  {}{action}  {outcome}", row.received_at, row.delivery, row.event))
}

fn delivery_as_json(row: &DeliveryRow) -> serde_json::Value {
    serde_json::json!({
        "tracker": row.tracker,
        "delivery": row.delivery,
        "event": row.event,
        "action": row.action,
        "received_at": row.received_at,
        "ignored": row.ignored,
        "subjects": row.subjects.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn record_in_words(record: &Record) -> String {
    let what = format!("{} ({}): {}", record.action, record.result, record.reason);
    printable(&format!("{}  {}  {what}", record.at, record.subject))
}
