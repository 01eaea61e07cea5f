//! Where the App is installed, and the tokens that open doors.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::Account;

/// What an installation may do: a permission's name with `read` or `write`.
pub(in super::super) type Permissions = BTreeMap<String, String>;

/// Which of the owner's repositories an installation covers.
#[derive(Clone, Debug)]
pub(in super::super) enum Selection {
    All,
    Selected(BTreeSet<u64>),
}

/// The App, installed for an owner.
#[derive(Clone, Debug)]
pub(in super::super) struct Installation {
    pub(in super::super) id: u64,
    pub(in super::super) account: Arc<Account>,
    pub(in super::super) selection: Selection,
    pub(in super::super) permissions: Permissions,
    pub(in super::super) created_at: Timestamp,
    pub(in super::super) suspended_at: Option<Timestamp>,
}

impl Installation {
    pub(in super::super) fn covers(&self, repository: u64, owner: u64) -> bool {
        self.account.id == owner
            && match &self.selection {
                Selection::All => true,
                Selection::Selected(ids) => ids.contains(&repository),
            }
    }

    pub(in super::super) const fn selection_name(&self) -> &'static str {
        match self.selection {
            Selection::All => "all",
            Selection::Selected(_) => "selected",
        }
    }
}

/// Whose token it is.
#[derive(Clone, Debug)]
pub(in super::super) enum TokenHolder {
    Installation(u64),
    Account(Arc<Account>),
}

/// A token; personal ones do not expire here.
#[derive(Clone, Debug)]
pub(in super::super) struct Token {
    pub(in super::super) holder: TokenHolder,
    pub(in super::super) expires_at: Option<Timestamp>,
}
