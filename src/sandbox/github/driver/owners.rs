//! Repositories that change hands, under the driver's hand.

use super::super::change;
use super::super::state::AccountKind;
use super::Repository;

impl Repository {
    /// Gives the repository to another organisation, in that one's name. It keeps its id; the former name leads to it.
    pub fn transfer_to(&self, owner: &str) {
        self.shared.act(owner, "transfer a repository", |world, _| {
            let owner = world.account_of_kind(owner, AccountKind::Organization);
            change::transfer_repository(world, self.id, &owner, &owner)
        });
    }
}
