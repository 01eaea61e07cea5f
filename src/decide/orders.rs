//! What follows from commands besides the category: labels, new items, answers, acknowledgements.
//!
//! Whoever fills [`Spoken`] has found the commands, left out those that were answered before, and asked who may.

use jiff::Timestamp;

use crate::backlog::{Acknowledgement, Actor, Categories, CategoryName, CloseReason, Decision, Item, ItemState, Word};
use crate::command::{Command, CommandKey, Points};
use crate::policy::{Board, Policy, SprintSource};

use super::people::has_label;
use super::{Action, ItemMemory, Step, wording};

/// The commands of one text that are to be answered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Where they stand: the tracker's id of the comment; none for the item's description.
    pub comment: Option<String>,
    /// Where people read it.
    pub url: Option<String>,
    /// Who gave them.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// What was understood and is allowed, in its order.
    pub orders: Vec<Order>,
    /// What was not.
    pub troubles: Vec<Trouble>,
}

/// A command that is understood and allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its name among all that were ever given.
    pub key: CommandKey,
    /// What is wanted.
    pub command: Command,
    /// The answer to a question that is not about this item.
    pub answer: Option<String>,
    /// Whether who gave it may manage, and so may close items.
    pub may_close: bool,
}

/// A command that is not obeyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Its name among all that were ever given.
    pub key: CommandKey,
    /// Why, in one sentence of Markdown.
    pub sentence: String,
}

impl Spoken {
    /// The names of all its commands.
    pub(super) fn keys(&self) -> impl Iterator<Item = &CommandKey> {
        self.orders.iter().map(|order| &order.key).chain(self.troubles.iter().map(|trouble| &trouble.key))
    }

    /// What it decides about the category: its last word.
    pub(super) fn decision(&self) -> Option<Decision> {
        self.orders.iter().rev().find_map(|order| {
            let word = match &order.command {
                Command::SetCategory { category } => Word::Is(category.clone()),
                Command::GiveBack => Word::Auto,
                _ => return None,
            };
            let source = match &self.comment {
                Some(comment) => format!("comment {comment}"),
                None => "description".to_owned(),
            };
            Some(Decision { word, by: self.by.clone(), at: self.at, source })
        })
    }

    pub(super) fn gives_back(&self) -> bool {
        self.orders.iter().any(|order| order.command == Command::GiveBack)
    }

    fn acknowledged(&self, how: Acknowledgement) -> Step {
        let reason = wording::acknowledged(&self.by);
        Step { action: Action::Acknowledge { comment: self.comment.clone(), how }, reason }
    }

    /// What shows that the commands are taken up.
    fn taken_up(&self) -> Option<Step> {
        (!self.orders.is_empty()).then(|| self.acknowledged(Acknowledgement::Taken))
    }

    /// What is to be done for it besides the category, its answers and how it ends. `memory` is the item's as it will be.
    /// Of several weights only the last one that was said is put.
    fn steps(&self, memory: &ItemMemory, policy: &Policy, last_weight: Option<&CommandKey>) -> Vec<Step> {
        let mut steps: Vec<Step> =
            self.orders.iter().flat_map(|order| self.effects(order, memory, policy, last_weight)).collect();
        steps.extend(self.answers(memory));
        let complaint = self.complaint();
        let has_trouble = complaint.is_some();
        steps.extend(complaint);
        // Last of all: whoever finds the reaction knows that everything before it is done.
        let done = self.orders.iter().any(|order| !is_not_there_yet(order));
        steps.extend(done.then(|| self.acknowledged(Acknowledgement::Done)));
        steps.extend(has_trouble.then(|| self.acknowledged(Acknowledgement::Problem)));
        steps
    }

    fn effects(
        &self,
        order: &Order,
        memory: &ItemMemory,
        policy: &Policy,
        last_weight: Option<&CommandKey>,
    ) -> Vec<Step> {
        let item = &memory.item;
        let actions = match &order.command {
            Command::Points { points } if Some(&order.key) == last_weight => match points_field(&policy.boards) {
                Some(field) => vec![Action::Weigh { field: field.to_owned(), points: *points }],
                None => weigh_by_label(item, *points),
            },
            Command::Duplicate { .. } => duplicate(item, order.may_close && policy.hygiene.close_duplicates),
            Command::Debt { title } => vec![Action::Open {
                key: format!("debt:{}", order.key),
                title: title.clone(),
                body: wording::debt(item, self),
                category: technical_debt(&policy.categories),
                since: self.at,
            }],
            _ => Vec::new(),
        };
        let reason = wording::ordered(&self.by, &order.command);
        actions.into_iter().map(|action| Step { action, reason: reason.clone() }).collect()
    }

    /// One note for all questions of the text that are answered now.
    fn answers(&self, memory: &ItemMemory) -> Option<Step> {
        let answered: Vec<(&Order, String)> = self
            .orders
            .iter()
            .filter_map(|order| {
                let own = (order.command == Command::Why).then(|| wording::why(memory));
                Some((order, own.or_else(|| order.answer.clone())?))
            })
            .collect();
        let (first, _) = answered.first()?;
        let key = format!("answer:{}", first.key);
        let texts: Vec<&str> = answered.iter().map(|(_, text)| text.as_str()).collect();
        let reason = wording::ordered(&self.by, &first.command);
        Some(Step { action: Action::Note { key, markdown: texts.join("\n\n---\n\n") }, reason })
    }

    /// One note for all that went wrong in the text.
    fn complaint(&self) -> Option<Step> {
        let missing = self.orders.iter().filter(|order| is_not_there_yet(order));
        let missing = missing.map(|order| wording::not_there_yet(&order.command));
        let sentences: Vec<String> =
            self.troubles.iter().map(|trouble| trouble.sentence.clone()).chain(missing).collect();
        if sentences.is_empty() {
            return None;
        }
        let place = self.keys().next().map(|key| key.comment.clone()).unwrap_or_default();
        let note = Action::Note { key: format!("problem:{place}"), markdown: wording::complaint(&sentences) };
        Some(Step { action: note, reason: wording::not_obeyed(&self.by) })
    }
}

/// The steps for all texts, in their order, around those for the category.
pub(super) fn all_steps(spoken: &[Spoken], for_category: Vec<Step>, memory: &ItemMemory, policy: &Policy) -> Vec<Step> {
    // Texts come in any order, and some late.
    let newest = spoken.iter().filter(|said| Some(said.at) >= memory.told.weighed_at);
    let mut weights =
        newest.flat_map(|said| &said.orders).filter(|order| matches!(order.command, Command::Points { .. }));
    let last_weight = weights.next_back().map(|order| &order.key);
    let mut steps: Vec<Step> = spoken.iter().filter_map(Spoken::taken_up).collect();
    steps.extend(for_category);
    steps.extend(spoken.iter().flat_map(|said| said.steps(memory, policy, last_weight)));
    steps
}

/// There is no sprint comment: nothing could be said about where it is.
const fn is_not_there_yet(order: &Order) -> bool {
    matches!(order.command, Command::Report { .. }) && order.answer.is_none()
}

/// The other item is named in the comment, which the tracker links by itself.
fn duplicate(item: &Item, closes: bool) -> Vec<Action> {
    let label = || Action::Label { label: wording::DUPLICATE.to_owned(), description: wording::duplicates() };
    let mut actions: Vec<Action> = (!has_label(item, wording::DUPLICATE)).then(label).into_iter().collect();
    actions
        .extend((closes && item.state == ItemState::Open).then_some(Action::Close { reason: CloseReason::Duplicate }));
    actions
}

/// The field in which the boards of this file read weights. The first counts: an item on several boards with fields of
/// different names is weighed by one of them.
fn points_field(boards: &[Board]) -> Option<&str> {
    boards.iter().find_map(|board| match &board.sprints {
        SprintSource::GitHubProject { points_field, .. } => points_field.as_deref(),
        SprintSource::Milestones { .. } | SprintSource::Cadence { .. } => None,
    })
}

/// Where nothing else holds an item's points, a label does: one, and no other.
#[must_use]
pub fn weigh_by_label(item: &Item, points: Option<Points>) -> Vec<Action> {
    let wanted = points.map(|points| format!("{}{points}", wording::POINTS));
    let others = item.labels.iter().filter(|label| is_points(label) && wanted.as_ref() != Some(label));
    let mut actions: Vec<Action> = others.map(|label| Action::Unmark { label: label.clone() }).collect();
    if let Some(label) = wanted.filter(|wanted| !item.labels.contains(wanted)) {
        actions.push(Action::Label { label, description: wording::weight() });
    }
    actions
}

fn is_points(label: &str) -> bool {
    label.strip_prefix(wording::POINTS).is_some_and(|number| Points::parse(number).is_some())
}

fn technical_debt(categories: &Categories) -> Option<CategoryName> {
    categories.iter().map(|category| &category.name).find(|name| name.as_str() == "technical-debt").cloned()
}
