//! Where a person said otherwise than the bot: how often it errs here, and the examples a team's own model can learn from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backlog::{Actor, Categories, CategoryName, Decision, Event, Fact, Standing, Word};

use super::ItemMemory;

/// A person's word that stands against the bot's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The category that the bot put.
    pub said: CategoryName,
    /// The category that it is; none where it was only taken away.
    pub is: Option<CategoryName>,
    /// Who said so.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl ItemMemory {
    /// How the bot's last word on the item was corrected; none where it never put a category or nobody disagrees.
    #[must_use]
    pub fn correction(&self) -> Option<Correction> {
        let said = self.own_word.clone()?;
        let standing = Standing::of(&self.decisions);
        let (is, decision) = match standing.category {
            Some(decision) => (decision.category().filter(|is| **is != said)?.clone().into(), decision),
            None if standing.vetoed.contains(&&said) => (None, veto(&self.decisions, &said)?),
            None => return None,
        };
        Some(Correction { said, is, by: decision.by.clone(), at: decision.at })
    }
}

fn veto<'a>(decisions: &'a [Decision], category: &CategoryName) -> Option<&'a Decision> {
    decisions.iter().rev().find(|decision| decision.word == Word::IsNot(category.clone()))
}

/// The last category that the bot put by itself, read from what happened. What it put because a person had said so before
/// is that person's word.
pub(super) fn own_word_in<'a>(
    events: impl Iterator<Item = &'a Event>,
    me: &Actor,
    decisions: &[Decision],
    categories: &Categories,
) -> Option<CategoryName> {
    let put = |event: &'a Event| match &event.fact {
        Fact::Labelled { label } if event.by.is(me) => Some((categories.marked_by(label)?.name.clone(), event.at)),
        _ => None,
    };
    let was_said = |category: &CategoryName, at: Timestamp| {
        decisions.iter().any(|decision| decision.word == Word::Is(category.clone()) && decision.at <= at)
    };
    events.filter_map(put).filter(|(category, at)| !was_said(category, *at)).last().map(|(category, _)| category)
}
