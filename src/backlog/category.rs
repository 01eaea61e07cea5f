//! What kind of work an item is.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::LabelKey;

/// Which side of the agreement a category counts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Work that keeps the product healthy and that users do not ask for.
    Technical,
    /// Work that users see.
    Product,
    /// Neither: knowledge, words, answers.
    Neutral,
}

impl Side {
    /// All sides, in the order in which reports name them.
    pub const ALL: [Self; 3] = [Self::Technical, Self::Product, Self::Neutral];

    /// The lower-case name, as in the policy file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Product => "product",
            Self::Neutral => "neutral",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A category's name in the policy: lower-case letters, digits and single hyphens, 1 to 50 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CategoryName(Arc<str>);

/// Why a text is no category name.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no category name: use 1 to 50 lower-case letters, digits and single hyphens, e.g. `technical-debt`")]
pub struct InvalidCategoryName(String);

impl CategoryName {
    /// Checks and takes a name.
    ///
    /// # Errors
    /// When the text does not have the form described above.
    pub fn new(text: &str) -> Result<Self, InvalidCategoryName> {
        let words_are_plain = text
            .split('-')
            .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
        if words_are_plain && text.len() <= 50 {
            Ok(Self(text.into()))
        } else {
            Err(InvalidCategoryName(text.chars().take(80).collect()))
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CategoryName {
    type Error = InvalidCategoryName;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<CategoryName> for String {
    fn from(name: CategoryName) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for CategoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A word or phrase that speaks for a category.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    /// The word or phrase, matched as whole words without regard to case; with `^` in front, only as a title's first words.
    pub text: String,
    /// How strongly it speaks, in the rules' units: 1.0 is a hint, 3.0 nearly settles it. Negative speaks against.
    pub weight: f64,
}

/// One kind of work, as the policy defines it.
#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    /// The name, unique within a policy.
    pub name: CategoryName,
    /// Which side it counts on.
    pub side: Side,
    /// The label that marks it.
    pub label: String,
    /// The label's colour when it has to be created: six hexadecimal digits, without `#`.
    pub colour: String,
    /// The label's description when it has to be created, at most 100 characters.
    pub description: String,
    /// Other spellings of the label that count as it.
    pub aliases: Vec<String>,
    /// Title prefixes that name it: `perf` stands for `perf:`, `perf(api):`, `[perf]`.
    pub prefixes: Vec<String>,
    /// The tracker's issue types that name it, e.g. `Bug`.
    pub types: Vec<String>,
    /// Words that speak for it.
    pub keywords: Vec<Keyword>,
}

/// The categories of a policy, in its order, with an index of the labels that mark them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Categories {
    list: Vec<Category>,
    by_label: HashMap<LabelKey, usize>,
}

impl Categories {
    /// Takes the list as it stands; where two categories claim a spelling, a label goes before an alias and the
    /// earlier before the later (the policy's checks refuse such lists).
    #[must_use]
    pub fn new(list: Vec<Category>) -> Self {
        let labels = list.iter().enumerate().map(|(index, category)| (&category.label, index));
        let aliases = list
            .iter()
            .enumerate()
            .flat_map(|(index, category)| category.aliases.iter().map(move |alias| (alias, index)));
        let mut by_label = HashMap::new();
        for (spelling, index) in labels.chain(aliases) {
            by_label.entry(LabelKey::new(spelling)).or_insert(index);
        }
        Self { list, by_label }
    }

    /// All of them, in the policy's order.
    pub fn iter(&self) -> std::slice::Iter<'_, Category> {
        self.list.iter()
    }

    /// The category with this name.
    #[must_use]
    pub fn get(&self, name: &CategoryName) -> Option<&Category> {
        self.list.iter().find(|category| category.name == *name)
    }

    /// The side of the category with this name.
    #[must_use]
    pub fn side(&self, name: &CategoryName) -> Option<Side> {
        self.get(name).map(|category| category.side)
    }

    /// The category that this label marks, by its label or an alias, in any spelling that [`LabelKey`] holds for the same.
    #[must_use]
    pub fn marked_by(&self, label: &str) -> Option<&Category> {
        self.by_label.get(&LabelKey::new(label)).and_then(|index| self.list.get(*index))
    }
}

impl<'a> IntoIterator for &'a Categories {
    type Item = &'a Category;
    type IntoIter = std::slice::Iter<'a, Category>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
