//! Which policy governs a live repository: the one that the command line names, its own over its organisation's, or none.
//! What the service would do is what is shown.

use crate::backlog::{Place, Repository};
use crate::engine::Rulebook;
use crate::policy::{self, Policy, PolicyErrors};
use crate::tracker::{Policies, PolicyLookup, TrackerError};

use super::{Live, LiveError, Progress};

/// Where a policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// From the command line.
    Named,
    /// From the repository, over its organisation's where there is one.
    Own,
    /// From the organisation alone, which turns the bot on.
    Shared,
    /// There is none, and why: the defaults, which only show what would be.
    Nowhere(String),
    /// There is one that lets the bot observe only.
    Observing,
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
        let told = at_once(live, repository, progress).await?;
        let found = match told.own {
            Some(found) => found,
            None => read(live, repository, progress).await.map_err(|error| error.of_repository(&repository.name))?,
        };
        let shared = shared(live, repository, told.shared, progress).await?;
        let law = Self::of(found, shared.as_deref());
        if let (Source::Shared, Some(why)) = (&law.0.source, &law.1) {
            progress.say(&format!("{}: {why}; its organisation's defaults are in force", repository.name));
        }
        Ok(law.0)
    }

    /// What these files make together, and what is wrong with the repository's own.
    fn of(found: PolicyLookup, shared: Option<&str>) -> (Self, Option<String>) {
        let why = match found {
            PolicyLookup::Missing => None,
            PolicyLookup::TooLarge { size, limit, .. } => {
                Some(format!("its policy has {size} bytes, and at most {limit} are read"))
            }
            PolicyLookup::Found(file) => match over(shared, &file.text) {
                Ok(policy) => return (Self::by(policy, true), None),
                Err(errors) => Some(format!("its policy is broken ({})", errors.one_line())),
            },
        };
        let nowhere = || Source::Nowhere(why.clone().unwrap_or_else(|| "it has no policy".to_owned()));
        let law = match shared.map(|text| policy::parse_over(text, None)) {
            Some(Ok(policy)) if policy.turns_on(false) => Self::by(policy, false),
            Some(Ok(policy)) => Self { rulebook: Rulebook::new(policy), source: nowhere() },
            Some(Err(_)) | None => Self { rulebook: Rulebook::new(policy::defaults()), source: nowhere() },
        };
        (law, why)
    }

    fn by(policy: Policy, has_own_file: bool) -> Self {
        let source = match (policy.turns_on(has_own_file), has_own_file) {
            (false, _) => Source::Observing,
            (true, true) => Source::Own,
            (true, false) => Source::Shared,
        };
        Self { rulebook: Rulebook::new(policy), source }
    }

    /// Whether it only shows what would be.
    #[must_use]
    pub const fn only_shows(&self) -> bool {
        matches!(self.source, Source::Nowhere(_) | Source::Observing)
    }
}

fn over(shared: Option<&str>, own: &str) -> Result<Policy, PolicyErrors> {
    match shared {
        Some(shared) => policy::parse_over(shared, Some(own)),
        None => policy::parse(own),
    }
}

/// What one call tells of both files.
async fn at_once(live: &Live, repository: &Repository, progress: &mut Progress) -> Result<Policies, LiveError> {
    live.patiently(progress, || async { live.tracker.read_policies(repository, &live.errand(repository)).await }).await
}

async fn read(live: &Live, repository: &Repository, progress: &mut Progress) -> Result<PolicyLookup, LiveError> {
    live.patiently(progress, || async { live.tracker.read_policy(repository, &live.errand(repository)).await }).await
}

/// The good text that the repositories of the owner share. One that cannot be read, or is broken, is said and left out.
async fn shared(
    live: &Live,
    repository: &Repository,
    told: Option<PolicyLookup>,
    progress: &mut Progress,
) -> Result<Option<String>, LiveError> {
    let name = live.tracker.shared_policy_home(repository).filter(|home| !home.eq_ignore_ascii_case(&repository.name));
    let Some(name) = name else { return Ok(None) };
    let place = Place { tracker: live.tracker.name(), installation: String::new(), repository: String::new() };
    // By its name alone: its id would cost a call.
    let home = Repository { place, name };
    let found = match told {
        Some(found) => Ok(found),
        None => read(live, &home, progress).await,
    };
    let left_out = match found {
        Ok(PolicyLookup::Found(file)) => match policy::parse_over(&file.text, None) {
            Ok(_) => return Ok(Some(file.text)),
            Err(errors) => errors.one_line(),
        },
        Ok(PolicyLookup::TooLarge { size, limit, .. }) => format!("it has {size} bytes; at most {limit} are read"),
        Ok(PolicyLookup::Missing) | Err(LiveError::Tracker(TrackerError::Missing { .. })) => return Ok(None),
        Err(LiveError::Tracker(error)) => error.to_string(),
        Err(error) => return Err(error),
    };
    progress.say(&format!("the policy of {} is left out: {left_out}", home.name));
    Ok(None)
}
