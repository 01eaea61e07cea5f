//! `plimsoll deliveries`, `plimsoll records` and `plimsoll corrections`: what came in, what was done and why, and where
//! people said otherwise.

use std::process::ExitCode;

use clap::Args;

use crate::store::{self, CorrectionRow, CorrectionsOf, DeliveryRow, Record};

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

pub(super) async fn corrections(settings: &Settings, arguments: &LedgerArguments) -> Result<ExitCode, Failure> {
    let store = store::open_existing(&settings.database_url).await?;
    let (counts, rows) = (store.correction_counts().await?, store.corrections(arguments.limit).await?);
    match arguments.format {
        Format::Text => {
            let lines = counts.iter().map(count_in_words).chain(rows.iter().map(correction_in_words));
            output::lines(lines, "the bot has put no category yet")?;
        }
        Format::Json => output::json(&corrections_as_json(&counts, &rows))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn count_in_words(of: &CorrectionsOf) -> String {
    let rate = share_of(of) * 100.0;
    printable(&format!("{}: {} labelled, {} corrected ({rate:.1} %)", of.repository, of.labelled, of.corrected))
}

fn correction_in_words(row: &CorrectionRow) -> String {
    let correction = &row.correction;
    let is = correction.is.as_ref().map_or_else(|| "taken away".to_owned(), |is| format!("is {is}"));
    let repository = row.repository.as_deref().unwrap_or_default();
    let (at, said, by) = (correction.at, &correction.said, &correction.by.name);
    printable(&format!("{at}  {repository}{}  said {said}, {is}: {by}  {}", row.key, row.title))
}

fn corrections_as_json(counts: &[CorrectionsOf], rows: &[CorrectionRow]) -> serde_json::Value {
    let repository = |of: &CorrectionsOf| {
        serde_json::json!({
            "repository": of.repository,
            "labelled": of.labelled,
            "corrected": of.corrected,
            "rate": share_of(of),
        })
    };
    let correction = |row: &CorrectionRow| {
        serde_json::json!({
            "subject": row.subject.to_string(),
            "repository": row.repository,
            "item": row.key,
            "title": row.title,
            "said": row.correction.said,
            "is": row.correction.is,
            "by": row.correction.by.name,
            "at": row.correction.at,
        })
    };
    serde_json::json!({
        "repositories": counts.iter().map(repository).collect::<Vec<_>>(),
        "corrections": rows.iter().map(correction).collect::<Vec<_>>(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of items")]
fn share_of(of: &CorrectionsOf) -> f64 {
    if of.labelled == 0 { 0.0 } else { of.corrected as f64 / of.labelled as f64 }
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

#[cfg(test)]
mod tests {
    use super::{CorrectionRow, CorrectionsOf, correction_in_words, corrections_as_json, count_in_words};
    use crate::backlog::{Actor, CategoryName};
    use crate::decide::Correction;

    #[test]
    fn corrections_for_people_and_programs() {
        let of = CorrectionsOf { repository: "acme/shop".to_owned(), labelled: 40, corrected: 3 };
        let name = |name: &str| CategoryName::new(name).unwrap();
        let row = |is: Option<CategoryName>| CorrectionRow {
            subject: "github:item:7/17".parse().unwrap(),
            repository: Some("acme/shop".to_owned()),
            key: "#17".to_owned(),
            title: "Cart \u{1b}[31mis empty".to_owned(),
            correction: Correction {
                said: name("bug"),
                is,
                by: Actor::person("alice"),
                at: "2026-03-02T09:00:00Z".parse().unwrap(),
            },
        };
        insta::assert_snapshot!(count_in_words(&of), @"acme/shop: 40 labelled, 3 corrected (7.5 %)");
        insta::assert_snapshot!(correction_in_words(&row(Some(name("feature")))), @"2026-03-02T09:00:00Z  acme/shop#17  said bug, is feature: alice  Cart [31mis empty");
        insta::assert_snapshot!(correction_in_words(&row(None)), @"2026-03-02T09:00:00Z  acme/shop#17  said bug, taken away: alice  Cart [31mis empty");
        insta::assert_json_snapshot!(corrections_as_json(&[of], &[row(Some(name("feature")))]), @r##"
        {
          "repositories": [
            {
              "repository": "acme/shop",
              "labelled": 40,
              "corrected": 3,
              "rate": 0.075
            }
          ],
          "corrections": [
            {
              "subject": "github:item:7/17",
              "repository": "acme/shop",
              "item": "#17",
              "title": "Cart \u001b[31mis empty",
              "said": "bug",
              "is": "feature",
              "by": "alice",
              "at": "2026-03-02T09:00:00Z"
            }
          ]
        }
        "##);
    }
}
