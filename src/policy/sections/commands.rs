//! `commands`: who may use which slash command.

use std::collections::BTreeMap;

use crate::command::{self, ALL_CATEGORIES, CommandPolicy, Rule};
use crate::policy::problem::Problems;
use crate::policy::read::{Named, Term as _, section};
use crate::policy::terms::{KnownCommand, Right};

section! {
    /// The slash commands.
    CommandsSection {
        may {
            /// Who may use a command: `anyone`, `author` (or `edit`), `edit` (triage and up), `manage` (write and up).
            #[schemars(extend("propertyNames" = { "enum": KnownCommand::NAMES }))]
            rights: Named<Right>,
        }
    }
}

/// What the policy says about slash commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// Who may use a command, by its name; the command's own default where it is not here.
    pub rights: BTreeMap<&'static str, Right>,
}

impl Commands {
    /// The same in the words of the room of commands. Words that set a category go by `classify`.
    #[must_use]
    pub fn for_vocabulary(&self) -> CommandPolicy {
        let rights = self.rights.iter().flat_map(|(name, right)| {
            let rule = Rule::from(right.in_commands());
            let categories = (*name == "classify").then(|| (ALL_CATEGORIES.to_owned(), rule.clone()));
            categories.into_iter().chain([((*name).to_owned(), rule)])
        });
        CommandPolicy { rights: rights.collect(), ..CommandPolicy::default() }
    }
}

impl Right {
    const fn in_commands(self) -> command::Right {
        match self {
            Self::Anyone => command::Right::Anyone,
            Self::Author => command::Right::Author,
            Self::Edit => command::Right::Edit,
            Self::Manage => command::Right::Manage,
        }
    }
}

impl CommandsSection {
    pub(super) fn check(this: Option<Self>, problems: &mut Problems) -> Commands {
        let mut rights = BTreeMap::new();
        for (name, right) in this.and_then(|this| this.rights).into_iter().flat_map(|named| named.0) {
            match KnownCommand::parse(&name.value) {
                Ok(command) => {
                    rights.insert(command.0, right);
                }
                Err(mistake) => problems.add(name.at, mistake.what, mistake.advice),
            }
        }
        Commands { rights }
    }
}
