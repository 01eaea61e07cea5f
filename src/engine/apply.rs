//! Carries out a plan, step by step, and records what was done and why.

use crate::backlog::{ItemState, LabelKey, SubjectKind};
use crate::decide::{self, Action, ItemMemory, Plan, Step};
use crate::policy::SprintSource;
use crate::store::Record;
use crate::tracker::{Errand, Mark, Missing, NewItem, Tracker, TrackerError};

use super::Engine;
use super::repository::{Governed, Trouble};

impl Engine {
    /// Does every step; what was done before one that fails is in `records`. Returns the memory as it then is.
    pub(super) async fn apply(
        &self,
        tracker: &dyn Tracker,
        governed: &Governed,
        errand: &Errand,
        plan: Plan,
        records: &mut Vec<Record>,
    ) -> Result<ItemMemory, Trouble> {
        let mut memory = plan.memory;
        let weighs = plan.steps.iter().any(|step| matches!(step.action, Action::Weigh { .. }));
        let boards = if weighs { self.boards_of(tracker, governed).await? } else { Vec::new() };
        for step in &plan.steps {
            let errand = Errand { now: self.clock.now(), ..errand.clone() };
            let done = carry_out(tracker, governed, &boards, &errand, step, &mut memory).await?;
            self.tally.wrote(&step.action);
            let Some(done) = done else { continue };
            let mut record = record(governed, &errand, &memory, step, "done");
            record.action = done;
            tracing::info!(action = record.action, reason = record.reason, "wrote");
            records.push(record);
        }
        Ok(memory)
    }
}

/// Does one step and notes it in the memory. Returns what was done, for the record; none for a mere courtesy.
async fn carry_out(
    tracker: &dyn Tracker,
    governed: &Governed,
    boards: &[SprintSource],
    errand: &Errand,
    step: &Step,
    memory: &mut ItemMemory,
) -> Result<Option<String>, TrackerError> {
    let repository = &governed.repository;
    match &step.action {
        Action::Mark { category } => {
            let Some(mark) = mark_of(governed, category) else {
                return Ok(Some(format!("nothing: no category {category} in the policy")));
            };
            let label = tracker.mark(repository, errand, &mark).await?;
            memory.own_marks.push(label.clone());
            memory.item.labels.push(label.clone());
            Ok(Some(format!("add_label {label}")))
        }
        Action::Unmark { label } => {
            match tracker.unmark(repository, errand, label).await {
                Ok(()) | Err(TrackerError::Missing { what: Missing::Below, .. }) => {}
                Err(error) => return Err(error),
            }
            let key = LabelKey::new(label);
            memory.own_marks.retain(|mark| LabelKey::new(mark) != key);
            memory.item.labels.retain(|present| LabelKey::new(present) != key);
            Ok(Some(format!("remove_label {label}")))
        }
        Action::Note { key, markdown } => {
            tracker.upsert_note(repository, errand, key, markdown).await?;
            Ok(Some(format!("comment {key}")))
        }
        Action::RemoveNote { key } => {
            let was_there = tracker.remove_note(repository, errand, key).await?;
            Ok(was_there.then(|| format!("remove_comment {key}")))
        }
        Action::Label { label, description } => {
            let mark = plain_mark(label, description);
            let label = tracker.mark(repository, errand, &mark).await?;
            memory.item.labels.push(label.clone());
            Ok(Some(format!("add_label {label}")))
        }
        Action::Weigh { points } => {
            let in_field = tracker.write_points(repository, errand, boards, *points).await?;
            // A label with the weight says nothing beside the field.
            for action in decide::weigh_by_label(&memory.item, points.filter(|_| !in_field)) {
                let step = Step { action, reason: step.reason.clone() };
                Box::pin(carry_out(tracker, governed, boards, errand, &step, memory)).await?;
            }
            Ok(Some(format!("points {}", points.map_or_else(|| "clear".to_owned(), |points| points.to_string()))))
        }
        Action::Close { reason } => {
            tracker.close_item(repository, errand, *reason).await?;
            memory.item.state = ItemState::Closed(Some(*reason));
            memory.item.closed_at = Some(errand.now);
            Ok(Some("close".to_owned()))
        }
        Action::Open { key, title, body, category, since } => {
            let mark = category.as_ref().and_then(|category| mark_of(governed, category));
            let new = NewItem { key: key.clone(), title: title.clone(), body: body.clone(), mark, since: *since };
            let opened = tracker.create_item(repository, errand, &new).await?;
            Ok(Some(format!("open {opened}")))
        }
        Action::Acknowledge { comment, how } => {
            let shown = tracker.acknowledge(repository, errand, comment.as_deref(), *how).await;
            courtesy(shown).map(|()| None)
        }
        Action::Unacknowledge { comment, how } => {
            let hidden = tracker.unacknowledge(repository, errand, comment.as_deref(), *how).await;
            courtesy(hidden).map(|()| None)
        }
    }
}

/// The comment may be gone by now, or the conversation be locked: nothing depends on it.
fn courtesy(shown: Result<(), TrackerError>) -> Result<(), TrackerError> {
    match shown {
        Err(
            error @ (TrackerError::Refused { .. }
            | TrackerError::Missing { what: Missing::Below | Missing::Item, .. }
            | TrackerError::Failed { .. }),
        ) => {
            tracing::warn!(%error, "a command could not be acknowledged");
            Ok(())
        }
        shown => shown,
    }
}

/// A label that marks no category, in a colour that does not call.
fn plain_mark(label: &str, description: &str) -> Mark {
    Mark {
        label: label.to_owned(),
        aliases: Vec::new(),
        colour: "ededed".to_owned(),
        description: description.to_owned(),
    }
}

fn mark_of(governed: &Governed, category: &crate::backlog::CategoryName) -> Option<Mark> {
    let category = governed.rulebook.policy.categories.get(category)?;
    Some(Mark {
        label: category.label.clone(),
        aliases: category.aliases.clone(),
        colour: category.colour.clone(),
        description: category.description.clone(),
    })
}

/// The record of a mark that the bot put before it could remember that.
pub(super) fn record_of_found(_: &Governed, errand: &Errand, memory: &ItemMemory, label: &str) -> Record {
    Record {
        at: errand.now,
        subject: errand.subject.to_string(),
        action: format!("add_label {label}"),
        reason: "found on the item, where the bot had put it before it could record that".to_owned(),
        evidence: memory.evidence.clone(),
        model_version: memory.model_version.clone(),
        policy_version: memory.policy_version.clone(),
        result: "done".to_owned(),
    }
}

/// The record of a step.
pub(super) fn record(governed: &Governed, errand: &Errand, memory: &ItemMemory, step: &Step, result: &str) -> Record {
    debug_assert_eq!(errand.subject.kind, SubjectKind::Item, "only items are labelled");
    let action = match &step.action {
        Action::Mark { category } => {
            format!("add_label {}", mark_of(governed, category).map_or_else(|| category.to_string(), |mark| mark.label))
        }
        Action::Unmark { label } => format!("remove_label {label}"),
        Action::Note { key, .. } => format!("comment {key}"),
        Action::Label { label, .. } => format!("add_label {label}"),
        Action::Open { title, .. } => format!("open {title}"),
        Action::Weigh { .. } => "write the weight".to_owned(),
        Action::Close { .. } => "close".to_owned(),
        Action::Acknowledge { .. } | Action::Unacknowledge { .. } => "acknowledge".to_owned(),
        Action::RemoveNote { key } => format!("remove_comment {key}"),
    };
    Record {
        at: errand.now,
        subject: errand.subject.to_string(),
        action,
        reason: step.reason.clone(),
        evidence: memory.evidence.clone(),
        model_version: memory.model_version.clone(),
        policy_version: memory.policy_version.clone(),
        result: result.to_owned(),
    }
}
