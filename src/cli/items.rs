//! Issues from a file, for `plimsoll plan --items`: the form is recognised by its first character.
//!
//! An array is GitHub's REST answer or what `gh issue list --json …` prints; anything else is JSON Lines as
//! `plimsoll classify` reads them, with `created_at`, `updated_at`, `state` and so on.

use std::io::{self, BufRead};

use serde_json::Value;
use serde_json::value::RawValue;

use crate::backlog::{Actor, CloseReason, Item, ItemState};

use super::fields::Fields;
use super::json_lines::{Line, Lines, not_json};

/// An issue of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedItem {
    /// What the answer names it by: its number in an array, its `id` as given in JSON Lines.
    pub id: Value,
    /// The item.
    pub item: Item,
    /// It is a pull request: no item of a backlog.
    pub is_pull_request: bool,
}

/// Where in a file something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// A line of JSON Lines, from 1.
    Line(u64),
    /// An element of an array, from 1.
    Element(usize),
    /// The array as a whole, which broke off at this line, from 1.
    Array(usize),
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Element(number) => write!(f, "element {number} of the array"),
            Self::Array(line) => write!(f, "the array, at line {line}"),
        }
    }
}

/// An issue of a file that cannot be read; the others can.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{position}: {problem}")]
pub struct ItemError {
    /// Where it stands.
    pub position: Position,
    /// What is wrong with it; nothing of it is repeated.
    pub problem: String,
}

/// Calls `each` with every issue of the input, in order. JSON Lines are read one at a time, an array as a whole.
///
/// # Errors
/// When reading fails, and whatever `each` answers.
pub fn read(
    mut input: impl BufRead,
    mut each: impl FnMut(Result<ListedItem, ItemError>) -> io::Result<()>,
) -> io::Result<()> {
    skip_blank(&mut input)?;
    if input.fill_buf()?.first() == Some(&b'[') {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        return array(&bytes, each);
    }
    let mut lines = Lines::new(input);
    while let Some((number, line)) = lines.next(|| Ok(()))? {
        let listed = match line {
            Line::Text(text) => Fields::parse(text).and_then(|fields| listed(fields, Naming::Id)),
            Line::Bad(problem) => Err(problem),
        };
        each(listed.map_err(|problem| ItemError { position: Position::Line(number), problem }))?;
    }
    Ok(())
}

/// Consumes a byte order mark and blanks before an array; before JSON Lines it leaves the line ends, which are counted.
fn skip_blank(input: &mut impl BufRead) -> io::Result<()> {
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf[") {
        input.consume(3);
        return Ok(());
    }
    let chunk = input.fill_buf()?;
    let blank = chunk.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    if chunk.get(blank) == Some(&b'[') {
        input.consume(blank);
    }
    Ok(())
}

fn array(bytes: &[u8], mut each: impl FnMut(Result<ListedItem, ItemError>) -> io::Result<()>) -> io::Result<()> {
    let elements: Vec<&RawValue> = match serde_json::from_slice(bytes) {
        Ok(elements) => elements,
        Err(error) => {
            return each(Err(ItemError { position: Position::Array(error.line()), problem: not_json(&error) }));
        }
    };
    for (index, element) in elements.into_iter().enumerate() {
        let listed = Fields::parse(element.get()).and_then(|fields| listed(fields, Naming::Number));
        each(listed.map_err(|problem| ItemError { position: Position::Element(index + 1), problem }))?;
    }
    Ok(())
}

/// What an issue is named by in the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    Number,
    Id,
}

fn listed(mut fields: Fields, naming: Naming) -> Result<ListedItem, String> {
    let number = fields.number.as_u64();
    let id = match (naming, number) {
        (Naming::Number, Some(number)) => number.into(),
        (Naming::Number, None) => {
            return Err(
                "there is no `number`: export it too, e.g. `gh issue list --json number,title,body,…`".to_owned()
            );
        }
        (Naming::Id, _) => std::mem::take(&mut fields.id),
    };
    if !matches!(id, Value::Null | Value::String(_) | Value::Number(_)) {
        return Err("`id` must be a text, a number or null".to_owned());
    }
    let own_id = if naming == Naming::Id { plain(&id) } else { plain(&fields.id) };
    let item = Item {
        key: number.map_or_else(|| own_id.clone(), |number| format!("#{number}")),
        id: own_id,
        url: fields.url().map(str::to_owned),
        title: fields.title()?,
        body: fields.body()?,
        state: state(&mut fields)?,
        author: fields.author().map(|(login, is_bot)| if is_bot { Actor::bot(login) } else { Actor::person(login) }),
        created_at: fields.created_at()?,
        updated_at: fields.updated_at()?,
        labels: fields.labels()?,
        type_name: fields.type_name()?,
    };
    Ok(ListedItem { id, item, is_pull_request: fields.is_pull_request() })
}

fn plain(id: &Value) -> String {
    match id {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn state(fields: &mut Fields) -> Result<ItemState, String> {
    let reason = match fields.state_reason()?.as_deref() {
        Some("completed") => Some(CloseReason::Completed),
        Some("not_planned") => Some(CloseReason::NotPlanned),
        Some("duplicate") => Some(CloseReason::Duplicate),
        _ => None,
    };
    match fields.state()?.as_deref() {
        None | Some("" | "open") => Ok(ItemState::Open),
        Some("closed") => Ok(ItemState::Closed(reason)),
        Some(_) => Err("`state` must be open or closed".to_owned()),
    }
}
