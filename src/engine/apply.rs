//! Carries out a plan, step by step, and records what was done and why.

use crate::backlog::{LabelKey, SubjectKind};
use crate::decide::{Action, ItemMemory, Plan, Step};
use crate::store::Record;
use crate::tracker::{Errand, Mark, Missing, Tracker, TrackerError};

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
        for step in &plan.steps {
            let errand = Errand { now: self.clock.now(), ..errand.clone() };
            let done = carry_out(tracker, governed, &errand, step, &mut memory).await?;
            let mut record = record(governed, &errand, &memory, step, "done");
            record.action = done;
            tracing::info!(action = record.action, reason = record.reason, "wrote");
            records.push(record);
        }
        Ok(memory)
    }
}

/// Does one step and notes it in the memory. Returns what was done, for the record.
async fn carry_out(
    tracker: &dyn Tracker,
    governed: &Governed,
    errand: &Errand,
    step: &Step,
    memory: &mut ItemMemory,
) -> Result<String, TrackerError> {
    let repository = &governed.repository;
    match &step.action {
        Action::Mark { category } => {
            let Some(mark) = mark_of(governed, category) else {
                return Ok(format!("nothing: no category {category} in the policy"));
            };
            let label = tracker.mark(repository, errand, &mark).await?;
            memory.own_marks.push(label.clone());
            memory.item.labels.push(label.clone());
            Ok(format!("add_label {label}"))
        }
        Action::Unmark { label } => {
            match tracker.unmark(repository, errand, label).await {
                Ok(()) | Err(TrackerError::Missing { what: Missing::Below, .. }) => {}
                Err(error) => return Err(error),
            }
            let key = LabelKey::new(label);
            memory.own_marks.retain(|mark| LabelKey::new(mark) != key);
            memory.item.labels.retain(|present| LabelKey::new(present) != key);
            Ok(format!("remove_label {label}"))
        }
        Action::Note { key, markdown } => {
            tracker.upsert_note(repository, errand, key, markdown).await?;
            Ok(format!("comment {key}"))
        }
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
