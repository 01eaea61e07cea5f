//! A project (v2) of an organisation or a person: fields, iterations, items.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::Account;

/// An iteration of a field. Its id is a new one whenever the field is written through the API.
#[derive(Clone, Debug)]
pub(in super::super) struct Iteration {
    pub(in super::super) title: String,
    pub(in super::super) start: Date,
    /// In days.
    pub(in super::super) duration: u16,
}

impl Iteration {
    /// Whether its last day is over.
    pub(in super::super) fn is_completed(&self, today: Date) -> bool {
        self.start.checked_add(i64::from(self.duration).days()).is_ok_and(|end| end <= today)
    }
}

/// What kind of field it is.
#[derive(Clone, Debug)]
pub(in super::super) enum FieldKind {
    Iteration(Vec<Iteration>),
    Number,
    /// The names of its options.
    SingleSelect(Vec<String>),
}

/// A field of a project.
#[derive(Clone, Debug)]
pub(in super::super) struct ProjectField {
    pub(in super::super) id: u64,
    pub(in super::super) name: String,
    pub(in super::super) kind: FieldKind,
}

/// An item's value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum FieldValue {
    /// The iteration that starts on this day.
    Iteration(Date),
    Number(f64),
    Option(String),
}

/// What an item of a project is.
#[derive(Clone, Debug)]
pub(in super::super) enum ProjectContent {
    /// An issue or pull request, by repository and number.
    Issue { repository: u64, number: u64 },
    /// A note on the board.
    Draft { id: u64, title: String, body: String, by: Arc<Account> },
}

/// An item of a project.
#[derive(Clone, Debug)]
pub(in super::super) struct ProjectItem {
    pub(in super::super) id: u64,
    pub(in super::super) content: ProjectContent,
    /// By the field's id.
    pub(in super::super) values: BTreeMap<u64, FieldValue>,
    pub(in super::super) archived_at: Option<Timestamp>,
    pub(in super::super) by: Arc<Account>,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) updated_at: Timestamp,
}

/// A project.
#[derive(Clone, Debug)]
pub(in super::super) struct Project {
    pub(in super::super) id: u64,
    pub(in super::super) number: u64,
    pub(in super::super) owner: Arc<Account>,
    pub(in super::super) title: String,
    pub(in super::super) fields: Vec<ProjectField>,
    pub(in super::super) items: Vec<ProjectItem>,
}

impl Project {
    pub(in super::super) fn field(&self, name: &str) -> Option<&ProjectField> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    pub(in super::super) fn item(&self, id: u64) -> Option<&ProjectItem> {
        // Their ids grow with their places.
        self.items.get(self.items.binary_search_by_key(&id, |item| item.id).ok()?)
    }

    /// The iteration that a value of this field names.
    pub(in super::super) fn iteration(&self, field: u64, start: Date) -> Option<&Iteration> {
        let field = self.fields.iter().find(|one| one.id == field)?;
        match &field.kind {
            FieldKind::Iteration(all) => all.iter().find(|one| one.start == start),
            FieldKind::Number | FieldKind::SingleSelect(_) => None,
        }
    }
}
