//! `commands`: who may use which slash command.

use std::collections::BTreeMap;

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
