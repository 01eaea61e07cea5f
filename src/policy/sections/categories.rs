//! `categories`: the kinds of work, their labels and their signs.

use std::collections::HashSet;

use schemars::JsonSchema;

use super::claims::{Claim, Claims, Role};
use crate::backlog::{Categories, Category, CategoryName, Keyword, Side};
use crate::policy::node::{Node, Value};
use crate::policy::problem::{Mistake, Problems, Span, meant, quoted};
use crate::policy::read::{At, Named, Read, Switch, Term, section, term_schema};
use crate::policy::terms::{Alias, Colour, Description, LabelName, ShortText};

/// How strongly a keyword speaks that has no weight of its own.
const DEFAULT_WEIGHT: f64 = 1.5;

section! {
    /// A kind of work. What is left out stays as it is in the defaults. A category that is new needs a `side`.
    CategorySection {
        may {
            /// Which side of the agreement it counts on.
            side: Side,
            /// The label that marks it; the category's name by default.
            label: At<LabelName>,
            /// The label's colour when it has to be created.
            colour: Colour,
            /// The label's description when it has to be created.
            description: Description,
            /// Other spellings of the label that count as it; adds to the defaults.
            #[schemars(length(max = 200))]
            aliases: Vec<At<Alias>>,
            /// Title prefixes that name it: `perf` stands for `perf:`, `perf(api):` and `[perf]`; adds to the defaults.
            #[schemars(length(max = 200))]
            prefixes: Vec<ShortText>,
            /// The tracker's issue types that name it, e.g. `Bug`; adds to the defaults.
            #[schemars(length(max = 200))]
            types: Vec<ShortText>,
            /// Words and phrases that speak for it; adds to the defaults. One that is there already gets the new weight.
            #[schemars(length(max = 200))]
            keywords: Vec<KeywordSection>,
            /// Takes inherited entries away.
            remove: Removal,
        }
    }
}

section! {
    /// Inherited entries to take away: a list of them, or `all`.
    Removal {
        may {
            /// Labels that shall not count as this one.
            aliases: Removed,
            /// Title prefixes that shall not name it.
            prefixes: Removed,
            /// Issue types that shall not name it.
            types: Removed,
            /// Words that shall not speak for it.
            keywords: Removed,
        }
    }
}

section! {
    /// A keyword with its weight.
    WeightedKeyword {
        must {
            /// The word or phrase, found as whole words in any case.
            text: ShortText,
        }
        may {
            /// How strongly it speaks: 1 is a hint, 3 nearly settles it, a negative number speaks against.
            #[schemars(extend("default" = DEFAULT_WEIGHT))]
            weight: Weight,
        }
    }
}

/// A keyword's weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::policy) struct Weight(f64);

impl Term for Weight {
    const FORM: &'static str = "a number from -10 to 10 such as `1.5`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        match text.parse::<f64>() {
            Ok(number) if (-10.0..=10.0).contains(&number) => Ok(Self(number)),
            _ => Err(Mistake::new(format!("{} is no weight", quoted(text)), format!("write {}", Self::FORM))),
        }
    }
}

term_schema!(Weight, "Weight", { "type": "number", "minimum": -10, "maximum": 10 });

/// A word or phrase, with or without a weight.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub(in crate::policy) enum KeywordSection {
    /// With the usual weight.
    Plain(ShortText),
    /// With a weight of its own.
    Weighted(WeightedKeyword),
}

impl Read for KeywordSection {
    const EXPECTED: &'static str = "a word, or `{ text: …, weight: … }`";

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        match node.value {
            Value::Map(_) => WeightedKeyword::read(node, problems).map(Self::Weighted),
            Value::Null | Value::Scalar(_) | Value::List(_) => ShortText::read(node, problems).map(Self::Plain),
        }
    }
}

/// What is taken away from an inherited list.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) enum Removed {
    All,
    These(Vec<At<ShortText>>),
}

impl Read for Removed {
    const EXPECTED: &'static str = "a list, or `all`";

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.value {
            Value::Scalar(text) if text == "all" => Some(Self::All),
            _ => Vec::read(node, problems).map(Self::These),
        }
    }
}

term_schema!(Removed, "Removed", { "anyOf": [
    { "const": "all" },
    { "type": "array", "maxItems": 200, "items": { "type": "string", "minLength": 1, "maxLength": 100 } },
] });

/// A category whose own keys are in order.
struct Draft {
    name: CategoryName,
    name_at: Span,
    side: Side,
    section: CategorySection,
}

/// Makes the list of categories.
pub(super) fn check(sections: Option<Named<Switch<CategorySection>>>, problems: &mut Problems) -> Categories {
    let on: Vec<_> = sections
        .into_iter()
        .flat_map(|sections| sections.0)
        .filter_map(|(name, switch)| switch.on().map(|section| (name, section)))
        .collect();
    let known: Vec<String> =
        on.iter().filter(|(_, section)| section.side.is_some()).map(|(name, _)| name.value.clone()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let drafts: Vec<Draft> =
        on.into_iter().filter_map(|(name, section)| draft(&name, section, &known, problems)).collect();
    let names: Vec<String> = drafts.iter().map(|draft| draft.name.as_str().to_owned()).collect();
    let mut claims = Claims::new(&names);
    for (category, draft) in drafts.iter().enumerate() {
        let (label, at) = draft.label();
        claims.claim(label, Claim { category, role: Role::Label, at }, problems);
    }
    for (category, draft) in drafts.iter().enumerate() {
        for alias in draft.section.aliases.iter().flatten() {
            claims.claim(&alias.value.0, Claim { category, role: Role::Alias, at: alias.at }, problems);
        }
    }
    // A label that got another name still counts, if nobody else uses it: a category's name is a spelling of its label.
    for (category, draft) in drafts.iter().enumerate() {
        claims.claim_if_free(draft.name.as_str(), Claim { category, role: Role::Alias, at: draft.name_at });
    }
    Categories::new(drafts.into_iter().enumerate().map(|(index, draft)| draft.finish(index, &mut claims)).collect())
}

fn draft(name: &At<String>, section: CategorySection, known: &[&str], problems: &mut Problems) -> Option<Draft> {
    let checked = CategoryName::new(&name.value);
    if checked.is_err() {
        problems.add(
            name.at,
            format!("{} is no category name", quoted(&name.value)),
            "use lower-case letters, digits and single hyphens, e.g. `technical-debt`",
        );
    } else if !section.given.has("side") {
        let advice = "add `side: technical`, `product` or `neutral`";
        let advice = match meant(&name.value, known.iter().copied()) {
            Some(candidate) => format!("did you mean `{candidate}`? else {advice}"),
            None => advice.to_owned(),
        };
        problems.add(name.at, format!("{} is a new category and has no side", quoted(&name.value)), advice);
    }
    Some(Draft { name: checked.ok()?, name_at: name.at, side: section.side?, section })
}

impl Draft {
    /// The label that marks it, and who says so.
    fn label(&self) -> (&str, Span) {
        match &self.section.label {
            Some(label) => (&label.value.0, label.at),
            None => (self.name.as_str(), self.name_at),
        }
    }

    fn finish(self, index: usize, claims: &mut Claims<'_>) -> Category {
        let label = self.label().0.to_owned();
        let spellings = self.section.aliases.into_iter().flatten().map(|alias| alias.value.0);
        let aliases = spellings
            .chain([self.name.as_str().to_owned()])
            .filter(|spelling| claims.take_alias(spelling, index))
            .collect();
        Category {
            label,
            colour: self.section.colour.map_or_else(|| default_colour(self.side).to_owned(), |colour| colour.0),
            description: self.section.description.map_or_else(String::new, |description| description.0),
            aliases,
            prefixes: distinct(self.section.prefixes),
            types: distinct(self.section.types),
            keywords: keywords(self.section.keywords),
            name: self.name,
            side: self.side,
        }
    }
}

const fn default_colour(side: Side) -> &'static str {
    match side {
        Side::Technical => "8b5a2b",
        Side::Product => "1d76db",
        Side::Neutral => "c5c5c5",
    }
}

/// The texts without those that differ from an earlier one only in case.
fn distinct(texts: Option<Vec<ShortText>>) -> Vec<String> {
    let mut seen = HashSet::new();
    texts.into_iter().flatten().map(|text| text.0).filter(|text| seen.insert(text.to_lowercase())).collect()
}

/// The keywords; where one stands twice, the later weight counts (a higher layer is later).
fn keywords(sections: Option<Vec<KeywordSection>>) -> Vec<Keyword> {
    let all: Vec<Keyword> = sections
        .into_iter()
        .flatten()
        .map(|section| match section {
            KeywordSection::Plain(text) => Keyword { text: text.0, weight: DEFAULT_WEIGHT },
            KeywordSection::Weighted(it) => {
                Keyword { text: it.text.0, weight: it.weight.map_or(DEFAULT_WEIGHT, |weight| weight.0) }
            }
        })
        .collect();
    let mut seen = HashSet::new();
    let mut kept: Vec<Keyword> =
        all.into_iter().rev().filter(|keyword| seen.insert(keyword.text.to_lowercase())).collect();
    kept.reverse();
    kept
}
