//! What people decided about an item, and what stands after all of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Actor, CategoryName};

/// What a person said about an item's category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "word", content = "category", rename_all = "snake_case")]
pub enum Word {
    /// It is this category.
    Is(CategoryName),
    /// It is not this category: the bot applies none by itself.
    IsNot(CategoryName),
    /// The decision goes back to the bot.
    Auto,
}

/// A person's word on an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What was said.
    #[serde(flatten)]
    pub word: Word,
    /// Who said it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Where it can be read again, e.g. `label tech-debt`.
    pub source: String,
}

impl Decision {
    /// The label by which it was said, if it was.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.source.strip_prefix("label ")
    }

    /// The category that it is about, if it is about one.
    #[must_use]
    pub const fn category(&self) -> Option<&CategoryName> {
        match &self.word {
            Word::Is(category) | Word::IsNot(category) => Some(category),
            Word::Auto => None,
        }
    }
}

/// What stands after all decisions, oldest to newest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The decision that names the category, if one stands.
    pub category: Option<&'a Decision>,
    /// Categories that people took away and nobody put back, oldest first.
    pub vetoed: Vec<&'a CategoryName>,
}

impl<'a> Standing<'a> {
    /// Reads the decisions in order of time; where two have the same time, the later in the list is newer.
    #[must_use]
    pub fn of(decisions: &'a [Decision]) -> Self {
        let mut ordered: Vec<&Decision> = decisions.iter().collect();
        ordered.sort_by_key(|decision| decision.at);
        let mut put: Vec<(&CategoryName, &Decision)> = Vec::new();
        let mut vetoed: Vec<&CategoryName> = Vec::new();
        for decision in ordered {
            match &decision.word {
                Word::Is(category) => {
                    put.retain(|(name, _)| *name != category);
                    vetoed.retain(|name| *name != category);
                    put.push((category, decision));
                }
                Word::IsNot(category) => {
                    put.retain(|(name, _)| *name != category);
                    vetoed.retain(|name| *name != category);
                    vetoed.push(category);
                }
                Word::Auto => {
                    put.clear();
                    vetoed.clear();
                }
            }
        }
        Self { category: put.last().map(|(_, decision)| *decision), vetoed }
    }
}
