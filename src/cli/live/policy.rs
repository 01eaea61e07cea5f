//! Which policy governs a live repository: the one that the command line names, its own, or none.

use crate::backlog::Repository;
use crate::engine::Rulebook;
use crate::policy;
use crate::tracker::PolicyLookup;

use super::{Live, LiveError, Progress};

/// Where a policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// From the command line.
    Named,
    /// From the repository.
    Own,
    /// There is none: the defaults, which only show what would be.
    Nowhere(String),
}

/// What governs a repository.
pub struct Law {
    /// The rules.
    pub rulebook: Rulebook,
    /// Where they come from.
    pub source: Source,
}

impl Law {
    /// Looks for it; one that is named is not looked for.
    pub async fn find(
        live: &Live,
        repository: &Repository,
        named: Option<Rulebook>,
        progress: &mut Progress,
    ) -> Result<Self, LiveError> {
        if let Some(rulebook) = named {
            return Ok(Self { rulebook, source: Source::Named });
        }
        let found = live
            .patiently(progress, || async { live.tracker.read_policy(repository, &live.errand(repository)).await })
            .await
            .map_err(|error| error.of_repository(&repository.name))?;
        Ok(match found {
            PolicyLookup::Missing => Self::nowhere("it has no policy".to_owned()),
            PolicyLookup::TooLarge { size, limit, .. } => {
                Self::nowhere(format!("its policy has {size} bytes, and at most {limit} are read"))
            }
            PolicyLookup::Found(file) => match policy::parse(&file.text) {
                Ok(policy) => Self { rulebook: Rulebook::new(policy), source: Source::Own },
                Err(errors) => Self::nowhere(format!("its policy is broken ({})", errors.one_line())),
            },
        })
    }

    fn nowhere(why: String) -> Self {
        Self { rulebook: Rulebook::new(policy::defaults()), source: Source::Nowhere(why) }
    }

    /// Whether it only shows what would be.
    #[must_use]
    pub const fn only_shows(&self) -> bool {
        matches!(self.source, Source::Nowhere(_))
    }
}
