//! Words of which only some are known.

use schemars::JsonSchema;

use crate::backlog::Side;
use crate::policy::problem::{Mistake, advice_for_unknown, quoted};
use crate::policy::read::{Term, term_schema};

/// The value that goes by this name.
fn one_of<T: Copy>(text: &str, what: &str, known: &[(&'static str, T)]) -> Result<T, Mistake> {
    known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
        Mistake::new(
            format!("{} is no {what}", quoted(text)),
            advice_for_unknown(text, known.iter().map(|(name, _)| *name)),
        )
    })
}

impl Term for Side {
    const FORM: &'static str = "`technical`, `product` or `neutral`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        one_of(text, "side", &Self::ALL.map(|side| (side.name(), side)))
    }
}

/// What a person must be allowed to do in the tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
pub enum Right {
    /// Everybody may.
    Anyone,
    /// Who opened the item, and everybody with `edit`.
    Author,
    /// Who may edit items (GitHub: triage and up).
    Edit,
    /// Who may change the repository or project (GitHub: write and up).
    Manage,
}

impl Term for Right {
    const FORM: &'static str = "`anyone`, `author`, `edit` or `manage`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let known =
            [("anyone", Self::Anyone), ("author", Self::Author), ("edit", Self::Edit), ("manage", Self::Manage)];
        one_of(text, "right", &known)
    }
}

/// By what a sprint's items are weighed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
pub enum WeightBy {
    /// By story points.
    #[default]
    Points,
    /// Every item counts the same.
    Count,
}

impl Term for WeightBy {
    const FORM: &'static str = "`points` or `count`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        one_of(text, "weight", &[("points", Self::Points), ("count", Self::Count)])
    }
}

/// What the bot does with what it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
pub enum PolicyMode {
    /// It labels and answers.
    Act,
    /// It decides and records, and writes nothing.
    Observe,
}

impl Term for PolicyMode {
    const FORM: &'static str = "`act` or `observe`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        one_of(text, "mode", &[("act", Self::Act), ("observe", Self::Observe)])
    }
}

/// Whether something works. `true` and `false` are how YAML 1.1 tools write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) struct OnOff(pub(in crate::policy) bool);

impl Term for OnOff {
    const FORM: &'static str = "`on` or `off`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        match text {
            "true" => Ok(Self(true)),
            "false" => Ok(Self(false)),
            text => one_of(text, "switch", &[("on", Self(true)), ("off", Self(false))]),
        }
    }
}

term_schema!(OnOff, "OnOff", { "enum": ["on", "off", true, false] });

/// A slash command whose right can be set. The words that set a category go by `classify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) struct KnownCommand(pub(in crate::policy) &'static str);

impl KnownCommand {
    pub(in crate::policy) const NAMES: [&'static str; 13] = [
        "backlog",
        "classify",
        "debt",
        "due",
        "duplicate",
        "help",
        "impact",
        "keep",
        "points",
        "report",
        "share",
        "stale",
        "why",
    ];
}

impl Term for KnownCommand {
    const FORM: &'static str = "a command's name";

    fn parse(text: &str) -> Result<Self, Mistake> {
        one_of(text, "command", &Self::NAMES.map(|name| (name, Self(name))))
    }
}
