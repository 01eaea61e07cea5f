//! Which items there is something to do for: the live backlog, planned as `plan` does, with what the store remembers.

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::backlog::{Actor, Event, Fact, Item, LabelKey, Repository, Subject};
use crate::cli::live::{Backlog, Law, Live, LiveError, Progress, Reader};
use crate::cli::plan;
use crate::decide::{self, Action, ItemMemory, Snapshot, Step};
use crate::engine::Asked;
use crate::store::Store;
use crate::tracker::Listing;

/// What is to be looked at.
pub(super) struct Scope {
    pub(super) repository: Repository,
    pub(super) since: Option<Timestamp>,
    pub(super) limit: Option<usize>,
    pub(super) state: PathBuf,
}

/// An item that there is something to do for.
pub(super) struct Task {
    pub(super) asked: Asked,
    pub(super) steps: Vec<Step>,
}

/// What was found.
pub(super) struct Found {
    /// So many items were read.
    pub(super) read: usize,
    /// Labels first.
    pub(super) tasks: Vec<Task>,
    /// So many more there would have been without the limit.
    pub(super) beyond_limit: usize,
}

/// Reads the backlog and plans it.
pub(super) async fn find(
    live: &Live,
    store: &dyn Store,
    law: &Law,
    scope: Scope,
    progress: &mut Progress,
) -> Result<Found, LiveError> {
    let listing = Listing { closed_too: false, since: scope.since, with_parents: true };
    let backlog = Backlog { repository: scope.repository, listing, thorough: true, state: scope.state };
    let mut reader = Reader::open(live, backlog)?;
    let mut planned = Planned::default();
    while let Some(items) = reader.next(progress).await? {
        for (subject, item) in items {
            let memory = store.item(&subject).await?;
            planned.take(law, Asked { subject, item }, memory, live.clock.now());
        }
    }
    reader.done()?;
    Ok(planned.found(scope.limit.unwrap_or(usize::MAX)))
}

/// The items as they were last listed, each once.
#[derive(Default)]
struct Planned {
    tasks: Vec<Option<Task>>,
    places: HashMap<Subject, usize>,
}

impl Planned {
    fn take(&mut self, law: &Law, asked: Asked, memory: Option<ItemMemory>, now: Timestamp) {
        let snapshot = snapshot(asked.item.clone(), memory, now);
        let steps = decide::decide(&snapshot, &law.rulebook.policy, law.rulebook.classifier.as_ref(), now).steps;
        let before = self.places.insert(asked.subject.clone(), self.tasks.len());
        if let Some(before) = before.and_then(|place| self.tasks.get_mut(place)) {
            *before = None;
        }
        // Of the item only its id is needed from now on.
        let asked = Asked { item: Item { body: String::new(), ..asked.item }, ..asked };
        self.tasks.push((!steps.is_empty()).then_some(Task { asked, steps }));
    }

    fn found(self, limit: usize) -> Found {
        let mut tasks: Vec<Task> = self.tasks.into_iter().flatten().collect();
        tasks.sort_by_key(|task| !task.steps.iter().any(is_label));
        let beyond_limit = tasks.len().saturating_sub(limit);
        tasks.truncate(limit);
        Found { read: self.places.len(), tasks, beyond_limit }
    }
}

const fn is_label(step: &Step) -> bool {
    matches!(step.action, Action::Mark { .. } | Action::Unmark { .. } | Action::Label { .. })
}

/// As `plan` sees it, but what the bot remembers to have put is its own, and what it knew before says nothing new.
fn snapshot(item: Item, memory: Option<ItemMemory>, now: Timestamp) -> Snapshot {
    let known = |label: &String| {
        let of = |labels: &[String]| labels.iter().any(|other| LabelKey::new(other) == LabelKey::new(label));
        memory.as_ref().is_some_and(|memory| of(&memory.item.labels) || of(&memory.own_marks))
    };
    let at = item.updated_at.unwrap_or(now);
    let put =
        |label: &String| Event { fact: Fact::Labelled { label: label.clone() }, by: Actor::person("somebody"), at };
    let history = item.labels.iter().filter(|label| !known(label)).map(put).collect();
    let asked = Asked::event(&item, now);
    Snapshot { history: Some(history), memory, events: vec![asked], ..plan::snapshot(item, now) }
}
