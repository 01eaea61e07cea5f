//! What follows from commands besides the category: labels, new items, answers, acknowledgements.
//!
//! Whoever fills [`Spoken`] has found the commands, left out those that were answered before, and asked who may.

use jiff::Timestamp;

use crate::backlog::{
    Acknowledgement, Actor, Categories, CategoryName, CloseReason, Decision, Event, Fact, Item, ItemState, Word,
};
use crate::command::{Command, CommandKey, Points};
use crate::policy::Policy;

use super::people::has_label;
use super::{Action, ItemMemory, Step, Told, wording};

/// The commands of one text that are to be answered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Names the text: the comment's id, or the item's for its description.
    pub place: String,
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
    /// What was not and was put right before anybody said so.
    pub mended: Vec<CommandKey>,
    /// What an edit made of the text. None: it is new, or says what it said before.
    pub revision: Option<Revision>,
    /// Whether the text was changed or deleted since: what is wrong with it is nobody's concern any more.
    pub is_past: bool,
}

/// A text after an edit that changed its commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The commands that it says now and that are understood.
    pub says: Vec<Command>,
    /// What lived in it and was taken out.
    pub taken_out: Vec<CommandKey>,
    /// Why those that it says now and said before are not obeyed, each in one sentence of Markdown.
    pub still_wrong: Vec<String>,
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
        let orders = self.orders.iter().map(|order| &order.key);
        orders.chain(self.troubles.iter().map(|trouble| &trouble.key)).chain(&self.mended)
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
        steps.extend((!self.orders.is_empty()).then(|| self.acknowledged(Acknowledgement::Done)));
        if has_trouble {
            steps.push(self.acknowledged(Acknowledgement::Problem));
        } else if self.revision.is_some() && !self.is_past {
            steps.extend(self.settled());
        }
        steps
    }

    /// Nothing is wrong with the text any more: whatever was said about it goes.
    fn settled(&self) -> [Step; 2] {
        let step = |action| Step { action, reason: wording::put_right(&self.by) };
        let (comment, how) = (self.comment.clone(), Acknowledgement::Problem);
        [step(Action::Unacknowledge { comment, how }), step(Action::RemoveNote { key: complaint_key(&self.place) })]
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
            Command::Points { points } if Some(&order.key) == last_weight => vec![Action::Weigh { points: *points }],
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

    /// One note for all that is wrong with the text as it is now.
    fn complaint(&self) -> Option<Step> {
        let still_wrong = self.revision.iter().flat_map(|revision| revision.still_wrong.iter());
        let sentences: Vec<String> =
            still_wrong.chain(self.troubles.iter().map(|trouble| &trouble.sentence)).cloned().collect();
        if sentences.is_empty() || self.is_past {
            return None;
        }
        let note = Action::Note { key: complaint_key(&self.place), markdown: wording::complaint(&sentences) };
        Some(Step { action: note, reason: wording::not_obeyed(&self.by) })
    }
}

/// Names the note that says what is wrong with a text.
fn complaint_key(place: &str) -> String {
    format!("problem:{place}")
}

/// A comment is gone: so goes what was said about what is wrong with it.
pub(super) fn after_deletion(events: &[Event], told: &Told) -> Vec<Step> {
    let gone = events.iter().filter_map(|event| match &event.fact {
        Fact::Unsaid { comment } if told.answered.iter().any(|key| key.comment == *comment) => Some((event, comment)),
        _ => None,
    });
    let step = |(event, comment): (&Event, &String)| Step {
        action: Action::RemoveNote { key: complaint_key(comment) },
        reason: wording::deleted(&event.by),
    };
    gone.map(step).collect()
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

/// The other item is named in the comment, which the tracker links by itself.
fn duplicate(item: &Item, closes: bool) -> Vec<Action> {
    let label = || Action::Label { label: wording::DUPLICATE.to_owned(), description: wording::duplicates() };
    let mut actions: Vec<Action> = (!has_label(item, wording::DUPLICATE)).then(label).into_iter().collect();
    actions
        .extend((closes && item.state == ItemState::Open).then_some(Action::Close { reason: CloseReason::Duplicate }));
    actions
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
