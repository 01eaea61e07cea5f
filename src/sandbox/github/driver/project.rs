//! A project under the driver's hand.

use std::sync::Arc;

use jiff::civil::Date;

use super::super::Shared;
use super::super::change;
use super::super::state::{FieldKind, FieldValue, Iteration, ProjectContent, ProjectItem};
use super::{Issue, ProjectItemView};

/// A project (v2). Fields are called by their names.
#[derive(Clone)]
pub struct Project {
    pub(super) shared: Arc<Shared>,
    pub(super) id: u64,
}

#[expect(clippy::must_use_candidate, reason = "a story seldom needs the answer")]
impl Project {
    /// Its number, as in `acme/7`.
    pub fn number(&self) -> u64 {
        self.shared.with(|world| world.projects.get(&self.id).map(|it| it.number).unwrap_or_default())
    }

    /// Gives it a field of iterations, each with title, first day and length in days; or writes the field anew, as its
    /// settings page does.
    pub fn iterations(&self, field: &str, iterations: &[(&str, Date, u16)]) {
        let all = iterations.iter().map(|(title, start, duration)| Iteration {
            title: (*title).to_owned(),
            start: *start,
            duration: *duration,
        });
        let kind = FieldKind::Iteration(all.collect());
        self.shared.act("owner", "write a field", |world, _| change::write_field(world, self.id, field, kind));
    }

    /// Gives it a field of numbers.
    pub fn number_field(&self, field: &str) {
        self.shared
            .act("owner", "write a field", |world, _| change::write_field(world, self.id, field, FieldKind::Number));
    }

    /// Gives it a field with options; one that is chosen comes to them.
    pub fn select_field(&self, field: &str, options: &[&str]) {
        let kind = FieldKind::SingleSelect(options.iter().map(|option| (*option).to_owned()).collect());
        self.shared.act("owner", "write a field", |world, _| change::write_field(world, self.id, field, kind));
    }

    /// Puts an issue or pull request on the board. Returns the item.
    pub fn add(&self, who: &str, issue: &Issue) -> u64 {
        let content = ProjectContent::Issue { repository: issue.repository().id(), number: issue.number() };
        self.shared
            .act(who, "add to a project", |world, by| change::add_item(world, self.id, by, content))
            .unwrap_or_default()
    }

    /// Writes a draft on the board. Returns the item.
    pub fn draft(&self, who: &str, title: &str, body: &str) -> u64 {
        let done = self.shared.act(who, "write a draft", |world, by| {
            let (title, body) = (title.to_owned(), body.to_owned());
            let content = ProjectContent::Draft { id: world.next_id(), title, body, by: Arc::clone(by) };
            change::add_item(world, self.id, by, content)
        });
        done.unwrap_or_default()
    }

    /// Plans an item for the iteration that starts on a day, or for none.
    pub fn plan(&self, who: &str, item: u64, field: &str, start: Option<Date>) {
        let value = start.map(FieldValue::Iteration);
        self.shared.act(who, "plan", |world, by| change::set_value(world, self.id, item, by, field, value));
    }

    /// Estimates an item, or takes its estimate away.
    pub fn estimate(&self, who: &str, item: u64, field: &str, points: Option<f64>) {
        let value = points.map(FieldValue::Number);
        self.shared.act(who, "estimate", |world, by| change::set_value(world, self.id, item, by, field, value));
    }

    /// Chooses an option of a field.
    pub fn select(&self, who: &str, item: u64, field: &str, option: &str) {
        let value = Some(FieldValue::Option(option.to_owned()));
        self.shared.act(who, "choose", |world, by| change::set_value(world, self.id, item, by, field, value));
    }

    /// What is on the board, in the order in which it came; planned as this field says.
    pub fn items(&self, field: &str) -> Vec<ProjectItemView> {
        self.shared.with(|world| {
            let Some(it) = world.projects.get(&self.id) else { return Vec::new() };
            let field = it.field(field).map(|field| field.id);
            let view = |item: &ProjectItem| ProjectItemView {
                id: item.id,
                issue: match item.content {
                    ProjectContent::Issue { number, .. } => Some(number),
                    ProjectContent::Draft { .. } => None,
                },
                starts: match field.and_then(|field| item.values.get(&field)) {
                    Some(FieldValue::Iteration(start)) => Some(*start),
                    _ => None,
                },
            };
            it.items.iter().map(view).collect()
        })
    }

    /// What an item holds in a field: a number, or the name of an option.
    pub fn value(&self, item: u64, field: &str) -> Option<String> {
        self.shared.with(|world| {
            let it = world.projects.get(&self.id)?;
            match it.item(item)?.values.get(&it.field(field)?.id)? {
                FieldValue::Number(number) => Some(number.to_string()),
                FieldValue::Option(name) => Some(name.clone()),
                FieldValue::Iteration(start) => Some(start.to_string()),
            }
        })
    }

    /// Takes an item off the board.
    pub fn remove(&self, who: &str, item: u64) {
        self.shared.act(who, "remove from a project", |world, by| change::remove_item(world, self.id, item, by));
    }
}
