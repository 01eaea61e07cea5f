//! Reading items, and finding repositories by name and by id.

use jiff::Timestamp;
use serde::Deserialize;

use crate::backlog::{Item, Lane, Place, Repository, Subject, SubjectKind};
use crate::tracker::{Errand, Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::Purpose;
use super::base_url::segment;
use super::client::Caller;
use super::ids::TRACKER;
use super::rest::Issue;

#[derive(Deserialize)]
struct FoundRepository {
    id: u64,
    full_name: String,
}

impl GitHub {
    pub(super) async fn item(&self, desk: &Desk<'_>, expected_id: Option<&str>) -> Result<Option<Item>, TrackerError> {
        let item = desk.item()?;
        let purpose =
            Purpose { doing: format!("reading {}", item.name), missing: Missing::Item, needs: "issues: read" };
        let issue: Issue = self.client.get(desk.caller(), &item.path, &purpose).await?.json(&purpose)?;
        if issue.is_pull_request() {
            return Ok(None);
        }
        let read = self.with_parent(desk, issue).await?;
        if expected_id.is_none_or(|expected| expected != read.id) {
            self.check_name(desk).await?;
        }
        Ok(Some(read))
    }

    /// Whether the repository's name still leads to it, and not to another one that took the name.
    pub(super) async fn check_name(&self, desk: &Desk<'_>) -> Result<(), TrackerError> {
        if desk.repository.place.repository.is_empty() {
            // Known by its name alone: there is nothing to compare.
            return Ok(());
        }
        let purpose = Purpose {
            doing: format!("looking whether {} is still the same repository", desk.repository.name),
            missing: Missing::Repository,
            needs: "metadata: read",
        };
        let found: FoundRepository = self.client.get(desk.caller(), &desk.path, &purpose).await?.json(&purpose)?;
        if found.id.to_string() == desk.repository.place.repository {
            Ok(())
        } else {
            Err(TrackerError::Renamed { doing: purpose.doing })
        }
    }

    pub(super) async fn find_by_name(
        &self,
        name: &str,
        lane: Lane,
        now: Timestamp,
    ) -> Result<Repository, TrackerError> {
        let place = Place { tracker: TRACKER, installation: String::new(), repository: String::new() };
        let mut repository = Repository { place, name: name.to_owned() };
        let subject = Subject { tracker: TRACKER, kind: SubjectKind::Repository, id: name.to_owned() };
        let errand = Errand { subject, lane, now };
        let purpose = Purpose {
            doing: format!("finding the repository {name}"),
            missing: Missing::Repository,
            needs: "metadata: read",
        };
        let desk = self.desk(&repository, &errand).await?;
        let installation = desk.installation.clone();
        let found: FoundRepository = match self.client.get(desk.caller(), &desk.path, &purpose).await {
            Err(TrackerError::Renamed { .. }) => return Err(purpose.failed("it has another name now: use that one")),
            answer => answer?.json(&purpose)?,
        };
        repository.place.installation = installation;
        repository.place.repository = found.id.to_string();
        repository.name = found.full_name;
        Ok(repository)
    }

    pub(super) async fn find_repository(&self, place: &Place, errand: &Errand) -> Result<Repository, TrackerError> {
        let purpose = Purpose {
            doing: format!("finding the repository {}", place.repository),
            missing: Missing::Repository,
            needs: "metadata: read",
        };
        let installation = if self.client.is_app() { place.installation.as_str() } else { "" };
        let unnamed = Repository { place: place.clone(), name: String::new() };
        let caller = Caller::errand(installation, &unnamed, errand);
        let path = format!("/repositories/{}", segment(&place.repository));
        let found: FoundRepository = self.client.get(caller, &path, &purpose).await?.json(&purpose)?;
        if found.id.to_string() != place.repository {
            return Err(purpose.failed(format!("GitHub answered with the repository {} instead", found.id)));
        }
        Ok(Repository { name: found.full_name, ..unnamed })
    }
}
