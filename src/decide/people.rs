//! What people decided, read from label events.
//!
//! Known races: two changes within one second have the same time, and deliveries come in any order; the state of the item
//! as it stands then says which of them was the later. A label event that has not arrived yet shows as a difference
//! between what is expected and what is there; the tracker's history is read then.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::backlog::{Actor, Categories, CategoryName, Decision, Event, Fact, Item, LabelKey, Word};

use super::correction::own_word_in;
use super::{Action, Plan, Snapshot, Spoken};

/// A label put by the author within this time after opening came with the form or a template: evidence, no decision.
const AT_CREATION: SignedDuration = SignedDuration::from_secs(5);

/// The same word of the same person within this time is the same decision, seen once in an event and once in the history.
const SAME_DECISION: SignedDuration = SignedDuration::from_secs(5);

/// What is known of an item's labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct People {
    /// People's decisions, oldest first.
    pub(super) decisions: Vec<Decision>,
    /// Labels on the item that the bot itself put.
    pub(super) own_marks: Vec<String>,
    /// The last category that the bot put by itself.
    pub(super) own_word: Option<CategoryName>,
}

impl People {
    /// Reads memory, events and, where it was needed, the tracker's history.
    pub(super) fn of(snapshot: &Snapshot, categories: &Categories) -> Self {
        let item = &snapshot.item;
        let (mut decisions, mut own_marks) = snapshot
            .memory
            .as_ref()
            .map(|memory| (memory.decisions.clone(), memory.own_marks.clone()))
            .unwrap_or_default();
        let history = || snapshot.history.iter().flatten().filter(|event| !label_is_deleted(event, snapshot));
        for event in history().chain(&snapshot.events) {
            if let Some(decision) = decision_in(event, item, &snapshot.me, categories)
                && !only_tidies_up(&decision, &decisions, item)
            {
                add(&mut decisions, decision);
            }
            follow_own(&mut own_marks, event, &snapshot.me);
        }
        for decision in snapshot.answered.iter().chain(&snapshot.spoken).filter_map(Spoken::decision) {
            add(&mut decisions, decision);
        }
        decisions.sort_by_key(|decision| (decision.at, agrees_with(decision, item, categories)));
        own_marks.retain(|mark| has_label(item, mark));
        let own_word = own_word_in(history().chain(&snapshot.events), &snapshot.me, &decisions, categories)
            .or_else(|| snapshot.memory.as_ref()?.own_word.clone());
        Self { decisions, own_marks, own_word }
    }
}

/// Whether the tracker's history of labels has to be read before the item can be decided on: it is seen for the first
/// time and was not just opened, or what happened does not lead from what was known to what is there.
#[must_use]
pub fn needs_history(snapshot: &Snapshot, categories: &Categories) -> bool {
    let Some(mut expected) = known_labels(snapshot) else { return true };
    let marks = |label: &str| categories.marked_by(label).is_some();
    expected.retain(|key| marks(key.as_str()));
    let mut a_label_was_deleted = false;
    for event in &snapshot.events {
        let follows = match &event.fact {
            Fact::Labelled { label } if marks(label) => {
                let known_already = event.by.is(&snapshot.me) || came_with_the_item(event, &snapshot.item);
                expected.insert(LabelKey::new(label)) || known_already
            }
            Fact::Unlabelled { label: Some(label) } if marks(label) => expected.remove(&LabelKey::new(label)),
            Fact::Unlabelled { label: None } => {
                a_label_was_deleted = true;
                true
            }
            _ => true,
        };
        if !follows {
            return true;
        }
    }
    let labels = snapshot.item.labels.iter().filter(|label| marks(label));
    let found: BTreeSet<LabelKey> = labels.map(|label| LabelKey::new(label)).collect();
    if a_label_was_deleted { !found.is_subset(&expected) } else { found != expected }
}

/// Whether a plan must not be carried out before the history was read: it marks an item that was not just opened, and a
/// label that somebody put and removed while nobody was listening leaves no other trace.
#[must_use]
pub fn must_be_verified(plan: &Plan, snapshot: &Snapshot) -> bool {
    let marks = plan.steps.iter().any(|step| matches!(step.action, Action::Mark { .. }));
    let just_opened = snapshot.events.iter().any(|event| matches!(event.fact, Fact::Opened { .. }));
    marks && !just_opened && snapshot.history.is_none()
}

/// The labels that the item had when it was last known. None: it is seen for the first time and was not just opened.
fn known_labels(snapshot: &Snapshot) -> Option<BTreeSet<LabelKey>> {
    let keys = |labels: &[String]| labels.iter().map(|label| LabelKey::new(label)).collect();
    if let Some(memory) = &snapshot.memory {
        return Some(keys(&memory.item.labels));
    }
    snapshot.events.iter().find_map(|event| match &event.fact {
        Fact::Opened { labels, .. } => Some(keys(labels)),
        _ => None,
    })
}

fn decision_in(event: &Event, item: &Item, me: &Actor, categories: &Categories) -> Option<Decision> {
    if !event.by.decides(me) {
        return None;
    }
    let (label, word): (_, fn(_) -> Word) = match &event.fact {
        Fact::Labelled { label } if !came_with_the_item(event, item) => (label, Word::Is),
        Fact::Unlabelled { label: Some(label) } => (label, Word::IsNot),
        _ => return None,
    };
    let category = categories.marked_by(label)?;
    Some(Decision {
        word: word(category.name.clone()),
        by: event.by.clone(),
        at: event.at,
        source: format!("label {label}"),
    })
}

/// Whether a label was put by the author in the moment of opening: chosen in the form or by a template.
fn came_with_the_item(event: &Event, item: &Item) -> bool {
    let by_author = item.author.as_ref().is_some_and(|author| author.is(&event.by));
    let at_once = item.created_at.is_some_and(|created| near(created, event.at, AT_CREATION));
    by_author && at_once
}

/// A label that exists nowhere any more went because it was deleted, which is nobody's word on this item.
fn label_is_deleted(event: &Event, snapshot: &Snapshot) -> bool {
    let (Fact::Unlabelled { label: Some(label) }, Some(existing)) = (&event.fact, &snapshot.repository_labels) else {
        return false;
    };
    let key = LabelKey::new(label);
    !existing.iter().any(|name| LabelKey::new(name) == key)
}

/// Adds a decision, unless it is one that is known already, seen once in an event and once in the history. Where the
/// contrary was said in between it is a new word, however soon it came.
fn add(decisions: &mut Vec<Decision>, new: Decision) {
    let contrary_between = |from: Timestamp, to: Timestamp| {
        decisions.iter().any(|other| {
            let about_it = other.category() == new.category() && other.word != new.word;
            about_it && other.at >= from.min(to) && other.at <= from.max(to)
        })
    };
    let known = decisions.iter().any(|old| {
        let same = old.word == new.word && old.by.is(&new.by) && near(old.at, new.at, SAME_DECISION);
        same && (old.at == new.at || !contrary_between(old.at, new.at))
    });
    if !known {
        decisions.push(new);
    }
}

/// Whether a person only took away one of two spellings, and the other, which a person put, is still there.
fn only_tidies_up(decision: &Decision, before: &[Decision], item: &Item) -> bool {
    let Word::IsNot(category) = &decision.word else { return false };
    before.iter().any(|other| {
        let other_spelling = other.label().map(LabelKey::new) != decision.label().map(LabelKey::new);
        let still_there = other.label().is_some_and(|label| has_label(item, label));
        other.word == Word::Is(category.clone()) && other_spelling && still_there
    })
}

fn follow_own(own_marks: &mut Vec<String>, event: &Event, me: &Actor) {
    match &event.fact {
        Fact::Labelled { label } => {
            own_marks.retain(|mark| LabelKey::new(mark) != LabelKey::new(label));
            if event.by.is(me) {
                own_marks.push(label.clone());
            }
        }
        Fact::Unlabelled { label: Some(label) } => own_marks.retain(|mark| LabelKey::new(mark) != LabelKey::new(label)),
        _ => {}
    }
}

/// Whether the item as it stands bears this decision out; of two at the same time the one that does is the later.
fn agrees_with(decision: &Decision, item: &Item, categories: &Categories) -> bool {
    let marked = |name: &CategoryName| {
        item.labels.iter().any(|label| categories.marked_by(label).is_some_and(|c| c.name == *name))
    };
    match &decision.word {
        Word::Is(category) => marked(category),
        Word::IsNot(category) => !marked(category),
        Word::Auto => true,
    }
}

pub(super) fn has_label(item: &Item, label: &str) -> bool {
    let key = LabelKey::new(label);
    item.labels.iter().any(|present| LabelKey::new(present) == key)
}

fn near(a: Timestamp, b: Timestamp, within: SignedDuration) -> bool {
    a.duration_since(b).abs() <= within
}
