//! What an item of a file says about its sprint: tolerantly read, exactly kept.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::allocation::Exact;

use super::fields::{Fields, expected, text, time};
use super::items::plain;

/// A sprint as an item of a file names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NamedSprint {
    /// Its name.
    pub name: String,
    /// The first day, where the file says it.
    pub start: Option<Date>,
    /// The last day, where the file says it.
    pub end: Option<Date>,
}

/// What a sprint's report wants to know besides.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Planning {
    /// The sprint that it is in.
    pub sprint: Option<NamedSprint>,
    /// Its story points.
    pub points: Option<Exact>,
    /// The id of the item that it is a part of.
    pub parent: Option<String>,
    /// What a person decided that it is.
    pub category: Option<String>,
    /// The technical part of it, 0 to 1.
    pub share: Option<Exact>,
    /// What happens if nothing is done.
    pub impact: Option<String>,
    /// The date with consequences.
    pub due: Option<Date>,
    /// How many people want it.
    pub reactions: u32,
    /// How many items it blocks.
    pub blocks: u32,
    /// When it came into the sprint, where that was after the start.
    pub added_at: Option<Timestamp>,
}

impl Planning {
    /// Reads it from an item's fields.
    ///
    /// # Errors
    /// Says which field is wrong, without repeating any of it.
    pub(super) fn of(fields: &mut Fields) -> Result<Self, String> {
        let sprint = match sprint(&fields.sprint, "sprint")? {
            Some(sprint) => Some(sprint),
            None => sprint_of_milestone(&fields.milestone)?,
        };
        Ok(Self {
            sprint,
            points: amount("points", &fields.points, 1e6)?,
            parent: parent(&fields.parent)?,
            category: named("category", &fields.category)?,
            share: amount("share", &fields.share, 1.0)?,
            impact: text("impact", std::mem::take(&mut fields.impact))?.filter(|text| !text.trim().is_empty()),
            due: date("due", &fields.due)?,
            reactions: count("reactions", &fields.reactions)?,
            blocks: count("blocks", &fields.blocks)?,
            added_at: time("added_at", &fields.added_at)?,
        })
    }
}

fn sprint(value: &Value, field: &str) -> Result<Option<NamedSprint>, String> {
    let name = match value {
        Value::Null => return Ok(None),
        Value::String(_) | Value::Number(_) => value,
        Value::Object(object) => object.get("name").or_else(|| object.get("title")).unwrap_or(&Value::Null),
        other => return Err(expected(field, other, "a sprint's name")),
    };
    let name = plain(name).trim().to_owned();
    let day = |key: &str| date(&format!("{field}.{key}"), value.get(key).unwrap_or(&Value::Null));
    Ok((!name.is_empty()).then_some(NamedSprint { name, start: day("start")?, end: day("end")? }))
}

/// GitHub's milestone stands for a sprint where no sprint is named; it has a due date, which is a moment.
fn sprint_of_milestone(value: &Value) -> Result<Option<NamedSprint>, String> {
    let due = value.get("due_on").or_else(|| value.get("dueOn")).and_then(Value::as_str);
    let end = due.and_then(|due| due.get(..10)?.parse().ok());
    Ok(sprint(value, "milestone")?.map(|sprint| NamedSprint { end, ..sprint }))
}

fn amount(field: &str, value: &Value, most: f64) -> Result<Option<Exact>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => match number.as_f64() {
            Some(number) if (0.0..=most).contains(&number) => Ok(Exact::from_decimal(number)),
            _ => Err(format!("`{field}` must be from 0 to {most}")),
        },
        other => Err(expected(field, other, "a number")),
    }
}

fn parent(value: &Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(_) | Value::Number(_) => Ok(Some(plain(value)).filter(|id| !id.is_empty())),
        Value::Object(object) => match object.get("id").or_else(|| object.get("number")) {
            Some(id @ (Value::String(_) | Value::Number(_))) => Ok(Some(plain(id))),
            _ => Err("`parent` holds an object without an id".to_owned()),
        },
        other => Err(expected("parent", other, "an item's id")),
    }
}

fn named(field: &str, value: &Value) -> Result<Option<String>, String> {
    text(field, value.clone()).map(|name| name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()))
}

fn date(field: &str, value: &Value) -> Result<Option<Date>, String> {
    match value {
        Value::Null => Ok(None),
        // A moment is taken for its day as it is written.
        Value::String(text) => match text.get(..10).unwrap_or(text).parse() {
            Ok(date) => Ok(Some(date)),
            Err(_) => Err(format!("`{field}` is no date: write e.g. 2026-11-21")),
        },
        other => Err(expected(field, other, "a date")),
    }
}

fn count(field: &str, value: &Value) -> Result<u32, String> {
    let number = match value {
        Value::Null => return Ok(0),
        Value::Object(object) => object.get("total_count").unwrap_or(&Value::Null),
        Value::Array(entries) => return Ok(u32::try_from(entries.len()).unwrap_or(u32::MAX)),
        number => number,
    };
    match number.as_u64() {
        Some(count) => Ok(u32::try_from(count).unwrap_or(u32::MAX)),
        None => Err(expected(field, number, "a whole number")),
    }
}
