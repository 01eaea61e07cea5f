//! Where the App is installed and what it covers there. An account with a token has one installation without a name; it
//! covers what the settings name and whatever else sends webhooks.

use serde::Deserialize;

use crate::backlog::{Place, Repository};
use crate::tracker::{Coverage, Covered, Errand, Missing, TrackerError};

use super::adapter::GitHub;
use super::answer::Purpose;
use super::base_url::segment;
use super::client::Caller;
use super::ids::TRACKER;

/// So many pages of a hundred are read at most.
const MAX_PAGES: usize = 100;

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Deserialize)]
struct Repositories {
    repositories: Vec<CoveredRepository>,
}

#[derive(Deserialize)]
struct CoveredRepository {
    id: u64,
    full_name: String,
    #[serde(default)]
    archived: bool,
}

impl GitHub {
    pub(super) async fn list_installations(&self, errand: &Errand) -> Result<Vec<String>, TrackerError> {
        if !self.client.is_app() {
            return Ok(vec![String::new()]);
        }
        let purpose = Purpose {
            doing: "listing the App's installations".to_owned(),
            missing: Missing::Below,
            needs: "metadata: read",
        };
        let path = "/app/installations?per_page=100";
        let found: Vec<Installation> = self.client.list(Caller::root_errand(errand), path, MAX_PAGES, &purpose).await?;
        Ok(found.into_iter().map(|one| one.id.to_string()).collect())
    }

    pub(super) async fn list_covered(&self, installation: &str, errand: &Errand) -> Result<Coverage, TrackerError> {
        if !self.client.is_app() || installation.is_empty() {
            return self.find_named(errand).await;
        }
        let purpose = Purpose {
            doing: format!("listing the repositories of installation {installation}"),
            missing: Missing::Repository,
            needs: "metadata: read",
        };
        let caller = Caller::installation(installation, errand);
        let mut covered = Vec::new();
        let mut path = "/installation/repositories?per_page=100".to_owned();
        for _ in 0..MAX_PAGES {
            let answer = self.client.get(caller, &path, &purpose).await?;
            let page: Repositories = answer.json(&purpose)?;
            covered.extend(page.repositories.into_iter().map(|one| covered_by(installation, one)));
            match self.client.here(answer.links.next, &purpose)? {
                Some(next) => path = next,
                None => return Ok(Coverage { repositories: covered, is_complete: true }),
            }
        }
        tracing::warn!(read = covered.len(), "the installation covers more repositories than are read");
        // What was not read may still be covered.
        Ok(Coverage { repositories: covered, is_complete: false })
    }

    /// The repositories that the settings name; one that is not found keeps no other from being looked at.
    async fn find_named(&self, errand: &Errand) -> Result<Coverage, TrackerError> {
        let mut repositories = Vec::new();
        for name in &self.named {
            match self.find_by_name(name, errand.lane, errand.now).await {
                Ok(repository) => repositories.push(Covered { repository, is_archived: false }),
                Err(error @ TrackerError::Later { .. }) => return Err(error),
                Err(error) => tracing::warn!(%error, "a repository that the settings name cannot be looked at"),
            }
        }
        Ok(Coverage { repositories, is_complete: false })
    }

    /// A public repository can be read without being covered: the App's own word counts.
    pub(super) async fn find_covered(
        &self,
        place: &Place,
        errand: &Errand,
    ) -> Result<Option<Repository>, TrackerError> {
        let place = if self.client.is_app() && !place.installation.is_empty() {
            match self.installation_today(place, errand).await? {
                Some(installation) => Place { installation, ..place.clone() },
                None => return Ok(None),
            }
        } else {
            place.clone()
        };
        match self.find_repository(&place, errand).await {
            Err(TrackerError::Missing { .. }) => Ok(None),
            found => found.map(Some),
        }
    }

    async fn installation_today(&self, place: &Place, errand: &Errand) -> Result<Option<String>, TrackerError> {
        let purpose = Purpose {
            doing: format!("looking whether the App still covers the repository {}", place.repository),
            missing: Missing::Repository,
            needs: "metadata: read",
        };
        let path = format!("/repositories/{}/installation", segment(&place.repository));
        match self.client.get(Caller::root_errand(errand), &path, &purpose).await {
            Err(TrackerError::Missing { .. }) => Ok(None),
            answer => Ok(Some(answer?.json::<Installation>(&purpose)?.id.to_string())),
        }
    }
}

fn covered_by(installation: &str, one: CoveredRepository) -> Covered {
    let place = Place { tracker: TRACKER, installation: installation.to_owned(), repository: one.id.to_string() };
    Covered { repository: Repository { place, name: one.full_name }, is_archived: one.archived }
}
