//! Issues from a file, for `plimsoll plan --items`: the form is recognised by its first character.
//!
//! An array is GitHub's REST answer or what `gh issue list --json …` prints; anything else is JSON Lines as
//! `plimsoll classify` reads them, with `created_at`, `updated_at`, `state` and so on.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::backlog::{Actor, CloseReason, Item, ItemState};

use super::Failure;
use super::fields::Fields;
use super::json_lines::{Line, Lines, not_json};
use super::planning::Planning;

/// An issue of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedItem {
    /// What the answer names it by: its number in an array, its `id` as given in JSON Lines.
    pub id: Value,
    /// The item.
    pub item: Item,
    /// It is a pull request: no item of a backlog.
    pub is_pull_request: bool,
    /// What a sprint's report wants to know besides, or what is wrong with that.
    pub(super) planning: Result<Planning, String>,
    /// Where it stands.
    pub(super) position: Position,
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

/// The input of that name; `-` is standard input.
pub(super) fn open(file: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let opened = File::open(file).map_err(|error| format!("cannot read the items {}: {error}", file.display()))?;
    Ok(Box::new(BufReader::new(opened)))
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
        let position = Position::Line(number);
        let listed = match line {
            Line::Text(text) => Fields::parse(text).and_then(|fields| listed(fields, Naming::Id, position)),
            Line::Bad(problem) => Err(problem),
        };
        each(listed.map_err(|problem| ItemError { position, problem }))?;
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
        let position = Position::Element(index + 1);
        let listed = Fields::parse(element.get()).and_then(|fields| listed(fields, Naming::Number, position));
        each(listed.map_err(|problem| ItemError { position, problem }))?;
    }
    Ok(())
}

/// What an issue is named by in the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    Number,
    Id,
}

fn listed(mut fields: Fields, naming: Naming, position: Position) -> Result<ListedItem, String> {
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
        closed_at: None,
        labels: fields.labels()?,
        type_name: fields.type_name()?,
        parent: fields.parent()?,
        // What concerns planning is read beside it.
        ..Item::default()
    };
    let is_pull_request = fields.is_pull_request();
    Ok(ListedItem { id, item, is_pull_request, planning: Planning::of(&mut fields), position })
}

pub(super) fn plain(id: &Value) -> String {
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

#[cfg(test)]
mod tests {
    use super::{ItemError, ListedItem, read};
    use crate::backlog::{CloseReason, ItemState};

    fn all(input: &str) -> Vec<Result<ListedItem, ItemError>> {
        let mut out = Vec::new();
        read(input.as_bytes(), |item| {
            out.push(item);
            Ok(())
        })
        .unwrap();
        out
    }

    #[test]
    fn github_s_rest_answer() {
        let read = all(r#"
            [ { "id": 901, "number": 7, "html_url": "https://example.org/7", "url": "https://api.example.org/7",
                "title": "Blue shoes", "body": null, "state": "closed", "state_reason": "not_planned",
                "user": { "login": "ada", "type": "User" }, "labels": [ { "name": "bug" } ],
                "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-03T03:04:05Z", "type": { "name": "Bug" } },
              { "number": 8, "title": "A pull request", "pull_request": { "url": "x" }, "user": { "login": "x[bot]", "type": "Bot" } } ]"#);
        let first = read[0].as_ref().unwrap();
        assert_eq!(
            (first.id.to_string(), first.item.key.as_str(), first.item.id.as_str()),
            ("7".to_owned(), "#7", "901")
        );
        assert_eq!(first.item.state, ItemState::Closed(Some(CloseReason::NotPlanned)));
        assert_eq!((&first.item.labels[..], first.item.type_name.as_deref()), (&["bug".to_owned()][..], Some("Bug")));
        assert_eq!(first.item.url.as_deref(), Some("https://example.org/7"));
        assert_eq!(first.item.updated_at.unwrap().to_string(), "2026-01-03T03:04:05Z");
        assert!(!first.is_pull_request && read[1].as_ref().unwrap().is_pull_request);
    }

    #[test]
    fn what_gh_prints() {
        let read = all(
            r#"[{"id":"I_kw","number":9,"title":"t","body":"b","state":"OPEN","stateReason":"","labels":[{"id":"L","name":"x"}],
            "author":{"login":"ada","is_bot":false},"createdAt":"2026-01-02T03:04:05Z","updatedAt":"2026-01-02T03:04:05Z","url":"https://example.org/9"}]"#,
        );
        let item = &read[0].as_ref().unwrap().item;
        assert_eq!((item.id.as_str(), item.state, item.labels.len()), ("I_kw", ItemState::Open, 1));
        assert!(item.created_at.is_some() && item.author.is_some());
    }

    #[test]
    fn json_lines_echo_the_id_and_name_the_line_of_an_error() {
        let read = all(
            "\n{\"id\":\"AB-1\",\"title\":\"t\",\"created_at\":\"2026-01-02T03:04:05+02:00\"}\n{\"id\":2,\"state\":\"closed\"}\nno\n{\"created_at\":\"soon\"}\n{\"state\":\"odd\"}",
        );
        assert_eq!(read[0].as_ref().unwrap().id, "AB-1");
        assert_eq!(read[0].as_ref().unwrap().item.key, "AB-1");
        assert_eq!(read[1].as_ref().unwrap().item.state, ItemState::Closed(None));
        let errors: Vec<String> = read.iter().filter_map(|item| item.as_ref().err()).map(ToString::to_string).collect();
        insta::assert_snapshot!(errors.join("\n"), @r#"
        line 4: this is not JSON (column 2)
        line 5: `created_at` is no time: write e.g. 2026-11-21T10:00:00Z
        line 6: `state` must be open or closed
        "#);
    }

    #[test]
    fn a_broken_element_does_not_hide_the_others() {
        let read = all(r#"[{"number":1},{"title":"no number"},7,{"number":4,"labels":3}]"#);
        assert!(read[0].is_ok());
        let errors: Vec<String> = read.iter().filter_map(|item| item.as_ref().err()).map(ToString::to_string).collect();
        insta::assert_snapshot!(errors.join("\n"), @r#"
        element 2 of the array: there is no `number`: export it too, e.g. `gh issue list --json number,title,body,…`
        element 3 of the array: this is JSON but no object: write {"id": …, "title": …, "body": …}
        element 4 of the array: `labels` holds a number, expected a list
        "#);
        assert_eq!(
            all("[{\"number\":1},\n{")[0].as_ref().unwrap_err().to_string(),
            "the array, at line 2: the JSON ends too early (column 1)"
        );
        assert!(all("").is_empty() && all(" \n").is_empty() && all("[]").is_empty());
    }
}
