//! What the issue that another one is a part of says about what kind of work that is.
//!
//! Many issues are parts of the same one, so it is read once and believed for some minutes. What cannot be read says
//! nothing: the part is judged by its own words.

use jiff::SignedDuration;

use crate::backlog::{Item, Parent};
use crate::tracker::{Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::Purpose;
use super::believed::Believed;
use super::client::Caller;
use super::rest::Issue;

/// So many parents are remembered.
const CAPACITY: usize = 5_000;
/// For so long.
const HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// What parents said, by installation and path.
#[derive(Debug)]
pub(super) struct ParentsCache(Believed<(String, String), Option<Parent>>);

impl Default for ParentsCache {
    fn default() -> Self {
        Self(Believed::new(CAPACITY, HOLDS))
    }
}

impl GitHub {
    /// The item with what its parent says.
    pub(super) async fn with_parent(&self, desk: &Desk<'_>, issue: Issue) -> Result<Item, TrackerError> {
        let address = issue.parent_issue_url.as_deref();
        let parent = match address.and_then(|address| self.client.path_of(address)) {
            Some(path) => self.parent_at(desk, path).await?,
            None => None,
        };
        Ok(Item { parent, ..issue.into() })
    }

    async fn parent_at(&self, desk: &Desk<'_>, path: String) -> Result<Option<Parent>, TrackerError> {
        let (key, now) = ((desk.installation.clone(), path), desk.errand.now);
        if let Some(known) = self.parents.0.get(&key, now) {
            return Ok(known);
        }
        let purpose = Purpose {
            doing: format!("reading what an issue of {} is a part of", desk.repository.name),
            missing: Missing::Below,
            needs: "issues: read",
        };
        // It may live in another repository.
        let caller = Caller::installation(&desk.installation, desk.errand);
        let read = match self.client.get(caller, &key.1, &purpose).await {
            Ok(answer) => answer.json::<Issue>(&purpose).ok().map(Parent::from),
            Err(error @ TrackerError::Later { .. }) => return Err(error),
            Err(_) => None,
        };
        self.parents.0.keep(key, read.clone(), now);
        Ok(read)
    }
}
