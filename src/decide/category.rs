//! What follows for an item's category: who decides it, and which marks have to come or go.
//!
//! The order of authority: a person's decision; a veto (then the bot applies nothing); a mark that the bot put earlier,
//! which changes only after a person edited the item, gave the decision back or asked for another look; the classifier,
//! where it is sure enough.

use jiff::Timestamp;

use crate::backlog::{Categories, CategoryName, Decision, Event, Fact, Item, ItemState, LabelKey, Standing, Word};
use crate::classify::Classification;

use super::people::{People, has_label};
use super::{Action, Snapshot, Spoken, Step, Verdict, wording};

/// What is to become of the category.
pub(super) struct Ruling {
    /// Who decides it.
    pub(super) verdict: Verdict,
    /// What has to be written.
    pub(super) steps: Vec<Step>,
}

/// Rules on the item's category.
pub(super) fn rule(snapshot: &Snapshot, people: &People, categories: &Categories, says: &Classification) -> Ruling {
    let standing = Standing::of(&people.decisions);
    if let Some(decision) = standing.category
        && let Word::Is(category) = &decision.word
    {
        return follow_person(snapshot, people, categories, decision, category);
    }
    if !standing.vetoed.is_empty() {
        return Ruling { verdict: Verdict::Nobody, steps: overruled(people, categories) };
    }
    match own_category(people, categories) {
        Some(marked) => reconsider(snapshot, people, categories, marked, says),
        None => classify_anew(snapshot, categories, says),
    }
}

fn follow_person(
    snapshot: &Snapshot,
    people: &People,
    categories: &Categories,
    decision: &Decision,
    category: &CategoryName,
) -> Ruling {
    let step = |action| Step { action, reason: wording::person_decided(&decision.by, category) };
    let mut steps = Vec::new();
    if decision.label().is_none() && !is_marked(snapshot, categories, category) {
        steps.push(step(Action::Mark { category: category.clone() }));
    }
    // Last, so that the item is never without a mark should a step fail.
    let in_the_way =
        people.own_marks.iter().filter(|mark| is_in_the_way(mark, decision, category, &snapshot.item, categories));
    steps.extend(in_the_way.map(|mark| step(Action::Unmark { label: mark.clone() })));
    Ruling { verdict: Verdict::Person { category: category.clone(), by: decision.by.clone() }, steps }
}

/// The bot's own marks that a person's word for something else overruled, although that word was taken back before the bot
/// could follow it.
fn overruled(people: &People, categories: &Categories) -> Vec<Step> {
    let given_back = people.decisions.iter().rposition(|decision| decision.word == Word::Auto);
    let since = people.decisions.iter().skip(given_back.map_or(0, |place| place + 1));
    let words: Vec<(&Decision, &CategoryName)> = since
        .filter_map(|decision| match &decision.word {
            Word::Is(category) => Some((decision, category)),
            Word::IsNot(_) | Word::Auto => None,
        })
        .collect();
    let step = |mark: &String| {
        let marked = &categories.marked_by(mark)?.name;
        let (decision, category) = words.iter().rev().find(|(_, category)| *category != marked)?;
        let reason = wording::person_decided(&decision.by, category);
        Some(Step { action: Action::Unmark { label: mark.clone() }, reason })
    };
    people.own_marks.iter().filter_map(step).collect()
}

/// Whether the bot's own mark has to go: it says something else, or the same beside the spelling that the person chose.
fn is_in_the_way(
    mark: &str,
    decision: &Decision,
    category: &CategoryName,
    item: &Item,
    categories: &Categories,
) -> bool {
    // A mark of the bot's that says nothing about the category is in nobody's way.
    let Some(marked) = categories.marked_by(mark) else { return false };
    let beside_the_persons =
        decision.label().is_some_and(|label| LabelKey::new(label) != LabelKey::new(mark) && has_label(item, label));
    marked.name != *category || beside_the_persons
}

/// A mark of the bot stands until a person edits the item or asks for another look and the classifier is then sure of
/// something else, or gives the decision back: then nobody's earlier word is left in it.
fn reconsider(
    snapshot: &Snapshot,
    people: &People,
    categories: &Categories,
    marked: &CategoryName,
    says: &Classification,
) -> Ruling {
    let edited = snapshot.events.iter().any(|event| event.fact == Fact::Edited && event.by.decides(&snapshot.me));
    let given_back = snapshot.spoken.iter().any(Spoken::gives_back);
    let is_asked = snapshot.events.iter().any(|event| matches!(event.fact, Fact::Asked { .. }));
    let unmark = |stays: Option<&CategoryName>, reason: &str| -> Vec<Step> {
        let other = |mark: &&String| categories.marked_by(mark).is_some_and(|found| Some(&found.name) != stays);
        let gone = people.own_marks.iter().filter(other).map(|mark| Action::Unmark { label: mark.clone() });
        gone.map(|action| Step { action, reason: reason.to_owned() }).collect()
    };
    if given_back && is_marked_by_another(snapshot, people, categories) {
        // As if the bot saw the item for the first time: beside somebody's label it puts none.
        let anew = classify_anew(snapshot, categories, says);
        return Ruling { steps: unmark(None, &wording::given_back()), ..anew };
    }
    match says.category() {
        Some(category) if (edited || given_back || is_asked) && category != marked && is_open(snapshot) => {
            let reason = if given_back {
                wording::given_back()
            } else if edited {
                wording::edited_since(category)
            } else {
                wording::looked_again(category)
            };
            // The new one first, so that the item is never without a mark should a later step fail.
            let mark = Step { action: Action::Mark { category: category.clone() }, reason: wording::looks_like(says) };
            let mut steps: Vec<Step> =
                Some(mark).filter(|_| !is_marked(snapshot, categories, category)).into_iter().collect();
            steps.extend(unmark(Some(category), &reason));
            Ruling { verdict: Verdict::Bot { category: category.clone() }, steps }
        }
        None if given_back => Ruling { verdict: Verdict::Nobody, steps: unmark(None, &wording::given_back()) },
        // Another mark beside it is one that the bot was about to take away when it was interrupted.
        _ => Ruling {
            verdict: Verdict::Bot { category: marked.clone() },
            steps: unmark(Some(marked), &wording::edited_since(marked)),
        },
    }
}

fn classify_anew(snapshot: &Snapshot, categories: &Categories, says: &Classification) -> Ruling {
    let Some(category) = says.category() else {
        return Ruling { verdict: Verdict::Nobody, steps: Vec::new() };
    };
    let verdict = Verdict::Bot { category: category.clone() };
    let marked_already = snapshot.item.labels.iter().any(|label| categories.marked_by(label).is_some());
    if marked_already || !is_open(snapshot) || !may_take_up(snapshot) {
        return Ruling { verdict, steps: Vec::new() };
    }
    let step = Step { action: Action::Mark { category: category.clone() }, reason: wording::looks_like(says) };
    Ruling { verdict, steps: vec![step] }
}

/// An item is taken up when it is opened, when a person changes it or asks for it, and when it is seen for the first time
/// and is younger than the policy; what happened before the policy, and is only told now, does not count. Not because the
/// bot happens to look again: a mark that another bot took away, or that went with its label, stays away.
fn may_take_up(snapshot: &Snapshot) -> bool {
    let changed = |event: &Event| match event.fact {
        Fact::Opened { .. } => true,
        Fact::Edited | Fact::Reopened => event.by.decides(&snapshot.me),
        _ => false,
    };
    // Trackers tell times in whole seconds.
    let is_recent = |at: Timestamp| snapshot.active_since.is_none_or(|since| at.as_second() >= since.as_second());
    let is_new = snapshot.active_since.is_none() || snapshot.item.created_at.is_some_and(is_recent);
    let first_seen = snapshot.memory.is_none();
    let asked = snapshot.spoken.iter().any(Spoken::gives_back)
        || snapshot.events.iter().any(|event| matches!(event.fact, Fact::Asked { .. }));
    asked || snapshot.events.iter().any(|event| changed(event) && is_recent(event.at)) || (first_seen && is_new)
}

/// What the bot's newest mark says.
fn own_category<'a>(people: &People, categories: &'a Categories) -> Option<&'a CategoryName> {
    people.own_marks.iter().rev().find_map(|mark| Some(&categories.marked_by(mark)?.name))
}

/// Whether a category's label is on the item that the bot did not put.
fn is_marked_by_another(snapshot: &Snapshot, people: &People, categories: &Categories) -> bool {
    let is_own = |label: &str| people.own_marks.iter().any(|mark| LabelKey::new(mark) == LabelKey::new(label));
    snapshot.item.labels.iter().any(|label| categories.marked_by(label).is_some() && !is_own(label))
}

fn is_marked(snapshot: &Snapshot, categories: &Categories, category: &CategoryName) -> bool {
    snapshot.item.labels.iter().any(|label| categories.marked_by(label).is_some_and(|marked| marked.name == *category))
}

fn is_open(snapshot: &Snapshot) -> bool {
    snapshot.item.state == ItemState::Open
}
