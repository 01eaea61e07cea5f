//! All words that are understood in one repository: the list, the policy's categories, and what the team changed.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use crate::backlog::CategoryName;

use super::grammar::{Token, split};
use super::list::{ALL, Arguments, HELP, Malformed, Spec, category};
use super::meaning::Command;
use super::policy::{ALL_CATEGORIES, CommandPolicy, public_sites};
use super::right::{Right, Rule};
use super::suggest::distance_if_close;
use super::value::Site;

/// What is wrong with a command policy; the rest of it holds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyProblem {
    /// An alias, `off` or `rights` names no command.
    #[error("`{0}` is no command here: docs/commands.md names them, and each category has one")]
    NoCommand(String),
    /// A word cannot be written as a command.
    #[error("`{0}` cannot be a command's word: use letters, digits, hyphens and underscores, without a slash")]
    NoWord(String),
    /// A category's name is a command already.
    #[error("the category `{0}` has the name of another command: it is set with `/classify {0}`, or give it an alias")]
    Taken(String),
}

/// A command as this repository has it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its canonical name.
    pub name: String,
    /// All words for it, the name first.
    pub words: Vec<String>,
    /// The same as they are compared.
    keys: Vec<String>,
    /// What it is.
    pub kind: Kind,
    /// Who may.
    pub rule: Rule,
    /// Whether it is switched on.
    pub on: bool,
}

/// What a command is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// One of the list.
    Listed(&'static Spec),
    /// Sets this category.
    Category(CategoryName),
}

impl Entry {
    fn new(name: &str, aliases: &[&str], kind: Kind, right: Right) -> Self {
        let words: Vec<String> = std::iter::once(name).chain(aliases.iter().copied()).map(str::to_owned).collect();
        let keys = words.iter().map(|word| key(word)).collect();
        Self { name: name.to_owned(), words, keys, kind, rule: right.into(), on: true }
    }

    fn add_word(&mut self, word: String) {
        self.keys.push(key(&word));
        self.words.push(word);
    }

    fn closest_word(&self, wanted: &str) -> Option<(usize, &str)> {
        let words = self.words.iter().zip(&self.keys);
        words
            .filter_map(|(word, key)| Some((distance_if_close(wanted, key)?, word.as_str())))
            .min_by_key(|(distance, _)| *distance)
    }

    /// Reads the command's arguments.
    pub(super) fn read(&self, arguments: &Arguments<'_>) -> Result<Command, Malformed> {
        match &self.kind {
            Kind::Listed(spec) => (spec.parse)(arguments),
            Kind::Category(category) => {
                arguments.expect_none(&self.name).map(|()| Command::SetCategory { category: category.clone() })
            }
        }
    }
}

/// The words that are understood in one repository or project. Built once per policy.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    prefix: String,
    bare: bool,
    entries: Vec<Entry>,
    by_word: HashMap<String, usize>,
    categories: Vec<CategoryName>,
    sites: Vec<Site>,
    problems: Vec<VocabularyProblem>,
}

impl Default for Vocabulary {
    /// The shipped categories, nothing changed by a team.
    fn default() -> Self {
        Self::new(&CommandPolicy::default(), category::shipped_names(), public_sites())
    }
}

impl Vocabulary {
    /// Puts the words together. `categories` are the policy's, in its order; `sites` are the trackers whose items may be
    /// referred to.
    #[must_use]
    pub fn new(policy: &CommandPolicy, categories: impl IntoIterator<Item = CategoryName>, sites: Vec<Site>) -> Self {
        let mut vocabulary = Self {
            prefix: policy.prefix.trim_start_matches('/').to_lowercase(),
            bare: policy.bare,
            entries: Vec::new(),
            by_word: HashMap::new(),
            categories: categories.into_iter().collect(),
            sites,
            problems: Vec::new(),
        };
        vocabulary.enter_all();
        vocabulary.apply(policy);
        vocabulary
    }

    /// What is wrong with the policy that it was made from.
    #[must_use]
    pub fn problems(&self) -> &[VocabularyProblem] {
        &self.problems
    }

    /// Who may give a command: for one that sets a category, however it was written, that category's rule.
    #[must_use]
    pub fn rule_for(&self, command: &Command, name: &str) -> Option<&Rule> {
        let by_category = match command {
            Command::SetCategory { category } => self.category_entry(category),
            _ => None,
        };
        by_category.or_else(|| self.entry(name)).map(|entry| &entry.rule)
    }

    /// The right that a command asks for as this vocabulary has it.
    #[must_use]
    pub fn default_right(&self, word: &str) -> Option<Right> {
        self.entry(word).map(|entry| entry.rule.right)
    }

    /// The canonical name of the command that a word means, whether it is switched on or not.
    #[must_use]
    pub fn name_of(&self, word: &str) -> Option<&str> {
        self.entry(word).map(|entry| entry.name.as_str())
    }

    /// A command as it is written here: `points 5` → `/points 5`, or `/plimsoll points 5` where the prefix is needed.
    #[must_use]
    pub fn spelled(&self, command: &str) -> String {
        if self.bare { format!("/{command}") } else { self.spelled_with_prefix(command) }
    }

    pub(super) fn spelled_with_prefix(&self, command: &str) -> String {
        format!("/{} {command}", self.prefix)
    }

    pub(super) fn is_prefix(&self, word: &str) -> bool {
        key(word) == key(&self.prefix)
    }

    pub(super) const fn is_bare(&self) -> bool {
        self.bare
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn entry(&self, word: &str) -> Option<&Entry> {
        self.by_word.get(&key(word)).and_then(|index| self.entries.get(*index))
    }

    pub(super) fn help(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| matches!(entry.kind, Kind::Listed(spec) if spec.name == HELP))
    }

    /// The categories that it knows, in their order.
    #[must_use]
    pub fn categories(&self) -> &[CategoryName] {
        &self.categories
    }

    pub(super) fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The category that a name or a word means.
    pub(super) fn category(&self, word: &str) -> Option<&CategoryName> {
        let wanted = key(word.strip_prefix('/').unwrap_or(word));
        self.categories.iter().find(|category| key(category.as_str()) == wanted).or_else(|| {
            self.by_word.get(&wanted).and_then(|index| self.entries.get(*index)).and_then(|entry| match &entry.kind {
                Kind::Category(category) => Some(category),
                Kind::Listed(_) => None,
            })
        })
    }

    /// The category that a word may have been meant for.
    pub(super) fn category_close_to(&self, word: &str) -> Option<&CategoryName> {
        let wanted = key(word);
        self.categories
            .iter()
            .filter_map(|category| Some((distance_if_close(&wanted, &key(category.as_str()))?, category)))
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, category)| category)
    }

    /// The commands that a word may have been meant for, the closest first, at most two.
    pub(super) fn close_to(&self, word: &str) -> Vec<&str> {
        let wanted = key(word);
        let mut close: Vec<(usize, &str)> =
            self.entries.iter().filter(|entry| entry.on).filter_map(|entry| entry.closest_word(&wanted)).collect();
        close.sort_by_key(|(distance, _)| *distance);
        close.into_iter().take(2).map(|(_, word)| word).collect()
    }

    fn category_entry(&self, name: &CategoryName) -> Option<&Entry> {
        self.entries.iter().find(|entry| matches!(&entry.kind, Kind::Category(category) if category == name))
    }

    fn enter_all(&mut self) {
        for spec in ALL {
            self.entries.push(Entry::new(spec.name, spec.aliases, Kind::Listed(spec), spec.right));
        }
        for category in &self.categories {
            let (name, aliases) = category::words(category);
            self.entries.push(Entry::new(name, &aliases, Kind::Category(category.clone()), category::RIGHT));
        }
        for (index, entry) in self.entries.iter().enumerate() {
            match self.by_word.entry(key(&entry.name)) {
                Slot::Vacant(slot) => _ = slot.insert(index),
                Slot::Occupied(_) => self.problems.push(VocabularyProblem::Taken(entry.name.clone())),
            }
        }
        for (index, entry) in self.entries.iter().enumerate() {
            for word in entry.words.iter().skip(1) {
                self.by_word.entry(key(word)).or_insert(index);
            }
        }
    }

    fn apply(&mut self, policy: &CommandPolicy) {
        let aliases: Vec<(String, usize)> =
            policy.aliases.iter().filter_map(|(alias, target)| self.checked_alias(alias, target)).collect();
        for (alias, index) in aliases {
            self.by_word.insert(key(&alias), index);
            if let Some(entry) = self.entries.get_mut(index) {
                entry.add_word(alias);
            }
        }
        if let Some(rule) = policy.rights.get(ALL_CATEGORIES) {
            for entry in self.entries.iter_mut().filter(|entry| matches!(entry.kind, Kind::Category(_))) {
                entry.rule = rule.clone();
            }
        }
        for (name, rule) in policy.rights.iter().filter(|(name, _)| name.as_str() != ALL_CATEGORIES) {
            self.change(name, |entry| entry.rule = rule.clone());
        }
        for name in &policy.off {
            self.change(name, |entry| entry.on = false);
        }
    }

    fn checked_alias(&mut self, alias: &str, target: &str) -> Option<(String, usize)> {
        let word = match split(alias.trim_start_matches('/')) {
            Some((Token::Word(word), "")) if !self.is_prefix(&word) => Some(word),
            _ => None,
        };
        let index = self.by_word.get(&key(target.trim_start_matches('/'))).copied();
        if word.is_none() {
            self.problems.push(VocabularyProblem::NoWord(alias.to_owned()));
        }
        if index.is_none() {
            self.problems.push(VocabularyProblem::NoCommand(target.to_owned()));
        }
        word.zip(index)
    }

    fn change(&mut self, name: &str, change: impl FnOnce(&mut Entry)) {
        let index = self.by_word.get(&key(name.trim_start_matches('/'))).copied();
        match index.and_then(|index| self.entries.get_mut(index)) {
            Some(entry) => change(entry),
            None => self.problems.push(VocabularyProblem::NoCommand(name.to_owned())),
        }
    }
}

/// Words are compared without regard to case, hyphens and underscores: `/tech-debt` is `/techdebt`.
fn key(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(names: &[&str]) -> Vec<CategoryName> {
        names.iter().map(|name| CategoryName::new(name).unwrap()).collect()
    }

    fn with(policy: &CommandPolicy) -> Vocabulary {
        Vocabulary::new(policy, category::shipped_names(), public_sites())
    }

    #[test]
    fn no_two_shipped_commands_share_a_word() {
        let vocabulary = Vocabulary::default();
        assert_eq!(vocabulary.problems(), []);
        for entry in vocabulary.entries() {
            for word in &entry.words {
                assert_eq!(vocabulary.name_of(word), Some(entry.name.as_str()), "{word}");
            }
        }
    }

    #[test]
    fn every_example_of_a_command_is_understood_as_that_command() {
        let vocabulary = Vocabulary::default();
        for spec in ALL {
            for example in spec.examples {
                let (word, line) = example.split_once(' ').unwrap_or((example, ""));
                assert_eq!(vocabulary.name_of(word), Some(spec.name), "{example}");
                let read = (spec.parse)(&Arguments { line, below: "", vocabulary: &vocabulary });
                assert!(read.is_ok(), "{example}: {read:?}");
            }
        }
    }

    #[test]
    fn hyphens_case_and_full_names_do_not_matter() {
        let vocabulary = Vocabulary::default();
        for word in ["techdebt", "tech-debt", "Tech_Debt", "technical-debt"] {
            assert_eq!(vocabulary.name_of(word), Some("techdebt"), "{word}");
        }
    }

    #[test]
    fn a_teams_own_category_has_its_name_as_command() {
        let vocabulary = Vocabulary::new(
            &CommandPolicy::default(),
            categories(&["data-quality", "report", "infrastructure"]),
            vec![],
        );
        assert_eq!(vocabulary.name_of("data-quality"), Some("data-quality"));
        assert_eq!(vocabulary.problems(), [VocabularyProblem::Taken("report".to_owned())]);
        assert_eq!(vocabulary.category("report").map(CategoryName::as_str), Some("report"));
        assert_eq!(vocabulary.category("infra").map(CategoryName::as_str), Some("infrastructure"));
        assert_eq!(vocabulary.name_of("techdebt"), None);
    }

    #[test]
    fn a_team_can_rename_switch_off_and_restrict() {
        let only_ann = Rule { people: vec!["ann".to_owned()], ..Right::Manage.into() };
        let vocabulary = with(&CommandPolicy {
            aliases: [("/Schulden".to_owned(), "tech-debt".to_owned()), ("test".to_owned(), "tests".to_owned())].into(),
            off: ["label".to_owned(), "/spike".to_owned()].into(),
            rights: [("categories".to_owned(), Right::Manage.into()), ("security".to_owned(), only_ann.clone())].into(),
            ..CommandPolicy::default()
        });
        assert_eq!(vocabulary.name_of("schulden"), Some("techdebt"));
        assert_eq!(vocabulary.name_of("test"), Some("tests"));
        assert!(!vocabulary.entry("spike").unwrap().on);
        assert_eq!(vocabulary.entry("infra").unwrap().rule, Right::Manage.into());
        assert_eq!(vocabulary.entry("classify").unwrap().rule, Right::Edit.into());
        assert_eq!(vocabulary.problems(), [VocabularyProblem::NoCommand("label".to_owned())]);

        let by_name = Command::SetCategory { category: CategoryName::new("security").unwrap() };
        assert_eq!(vocabulary.rule_for(&by_name, "classify"), Some(&only_ann));
    }

    #[test]
    fn an_alias_must_be_a_word_and_not_the_prefix() {
        let vocabulary = with(&CommandPolicy {
            aliases: ["a/b", "plimsoll", "two words", ""].map(|word| (word.to_owned(), "infra".to_owned())).into(),
            ..CommandPolicy::default()
        });
        assert_eq!(vocabulary.problems().len(), 4);
    }

    #[test]
    fn near_misses_find_their_command() {
        let vocabulary = Vocabulary::default();
        for (word, meant) in [
            ("infr", vec!["infra"]),
            ("ifnra", vec!["infra"]),
            ("tecdept", vec!["techdebt"]),
            ("bugs", vec![]),
            ("securty", vec!["security"]),
            ("classfy", vec!["classify"]),
            ("pints", vec!["points"]),
            ("banana", vec![]),
            ("hi", vec![]),
        ] {
            assert_eq!(vocabulary.close_to(word), meant, "{word}");
        }
    }
}
