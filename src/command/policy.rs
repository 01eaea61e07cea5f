//! What a team may change about commands, as plain data: the policy room fills it from the policy file.

use std::collections::{BTreeMap, BTreeSet};

use super::right::Rule;
use super::value::{Naming, Site};

/// How commands work in a repository or project.
///
/// Wherever a command is named here, its name or any of its words will do, without the slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandPolicy {
    /// The word that always reaches this bot: `/plimsoll infra`.
    pub prefix: String,
    /// Whether commands work without the prefix.
    pub bare: bool,
    /// A team's own words, each with the command that it stands for: `schulden` → `techdebt`. They win over the shipped ones.
    pub aliases: BTreeMap<String, String>,
    /// Commands that are switched off.
    pub off: BTreeSet<String>,
    /// Who may, where it differs from the default. [`ALL_CATEGORIES`] stands for all commands that set a category.
    pub rights: BTreeMap<String, Rule>,
}

/// The key under which the right to all category commands can be given at once.
pub const ALL_CATEGORIES: &str = "categories";

impl Default for CommandPolicy {
    fn default() -> Self {
        Self {
            prefix: "plimsoll".to_owned(),
            bare: true,
            aliases: BTreeMap::new(),
            off: BTreeSet::new(),
            rights: BTreeMap::new(),
        }
    }
}

/// The public sites of both trackers, for reading a comment without any configuration.
#[must_use]
pub fn public_sites() -> Vec<Site> {
    [("https://github.com/", Naming::Numbers), ("https://jira.atlassian.com/", Naming::Keys)]
        .into_iter()
        .filter_map(|(web, naming)| Some(Site { web: web.parse().ok()?, naming }))
        .collect()
}
