//! `plimsoll measure BOARD NAME VALUE`: a measure of a team's outcomes, set by hand; or what was set so far.

use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;

use crate::allocation::Measure;
use crate::clock::{Clock as _, SystemClock};
use crate::policy::Condition;
use crate::store::{self, BoardRow, MeasureRow, Store};

use super::arguments::Format;
use super::output::printable;
use super::settings::Settings;
use super::{Failure, output};

#[derive(Debug, Args)]
pub(super) struct MeasureArguments {
    /// The board as its policy file names it, e.g. acme/7.
    board: String,
    /// The measure's name, as the agreement's conditions call it, e.g. `deployments_per_week`; without one, what is set is
    /// listed.
    #[arg(requires = "value")]
    name: Option<String>,
    /// Its value.
    #[arg(allow_negative_numbers = true)]
    value: Option<f64>,
    /// On which day it was that; today where none is named.
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// How to print the list.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(settings: &Settings, arguments: &MeasureArguments) -> Result<ExitCode, Failure> {
    let store = store::open_existing(&settings.database_url).await?;
    let board = board(&*store, &arguments.board).await?;
    let (Some(name), Some(value)) = (&arguments.name, arguments.value) else {
        let set = store.measures(&board.subject).await?;
        match arguments.format {
            Format::Text => output::lines(set.iter().map(in_words), "no measure is set")?,
            Format::Json => output::json(&set.iter().map(as_json).collect::<Vec<_>>())?,
        }
        return Ok(ExitCode::SUCCESS);
    };
    let now = SystemClock.now();
    let date = arguments.date.unwrap_or_else(|| now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let measure = checked(Measure { name: name.clone(), value, date, source: "set by hand".to_owned() })?;
    store.set_measure(&board.subject, &measure, now).await?;
    output::lines([printable(&format!("{}: {name} = {value} on {date}", board.name))], "")?;
    Ok(ExitCode::SUCCESS)
}

async fn board(store: &dyn Store, name: &str) -> Result<BoardRow, Failure> {
    let boards = store.boards().await?;
    let names: Vec<&str> = boards.iter().map(|board| board.name.as_str()).collect();
    let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let found = boards.iter().find(|board| board.name.eq_ignore_ascii_case(name)).cloned();
    found.ok_or_else(|| format!("no policy file declares the board {name}; the boards that are known: {known}").into())
}

/// The measure, unless it can be none: a name that no condition can have would never be asked for.
pub(super) fn checked(measure: Measure) -> Result<Measure, Failure> {
    let Measure { name, value, .. } = &measure;
    if !Condition::can_be_about(name) || !value.is_finite() {
        return Err(printable(&format!(
            "{name} = {value} can be no measure: write a name such as deployments_per_week and a plain number"
        ))
        .into());
    }
    Ok(measure)
}

fn in_words(row: &MeasureRow) -> String {
    let Measure { name, value, date, source } = &row.measure;
    printable(&format!("{date}  {name} = {value}  {source} at {}", row.set_at))
}

fn as_json(row: &MeasureRow) -> serde_json::Value {
    let Measure { name, value, date, source } = &row.measure;
    serde_json::json!({"name": name, "value": value, "date": date, "source": source, "set_at": row.set_at})
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn only_what_a_condition_can_ask_for_is_a_measure() {
        let measure = |name: &str, value| {
            checked(Measure { name: name.to_owned(), value, date: date(2026, 3, 2), source: String::new() })
        };
        assert!(measure("deployments_per_week", 4.5).is_ok());
        for (name, value) in
            [("", 1.0), ("Deploys", 1.0), ("a b", 1.0), ("deploys", f64::NAN), ("deploys", f64::INFINITY)]
        {
            assert!(measure(name, value).is_err(), "{name} {value}");
        }
    }
}
