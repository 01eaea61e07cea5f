//! Who belongs to an organisation's team, asked there and believed for a few minutes.

use jiff::SignedDuration;
use serde::Deserialize;

use crate::tracker::{Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::{Purpose, brief};
use super::base_url::segment;
use super::believed::Believed;

/// So many memberships are remembered.
const CAPACITY: usize = 20_000;
/// For so long.
const HOLDS: SignedDuration = SignedDuration::from_mins(5);

/// Memberships by team and account.
#[derive(Debug)]
pub(super) struct TeamsCache(Believed<(Team, String), bool>);

impl Default for TeamsCache {
    fn default() -> Self {
        Self(Believed::new(CAPACITY, HOLDS))
    }
}

/// `GET /orgs/{org}/teams/{team_slug}/memberships/{username}`.
#[derive(Deserialize)]
struct Membership {
    state: Option<String>,
}

/// A team by its organisation and its name in addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Team {
    organisation: String,
    slug: String,
}

impl Team {
    /// Reads `platform`, `acme/platform`, `@acme/platform` or a team's name with blanks in it; where no organisation is
    /// named it is the repository's owner.
    fn read(written: &str, repository: &str) -> Self {
        let owner = repository.split('/').next().unwrap_or_default();
        let name = written.strip_prefix('@').unwrap_or(written);
        let (organisation, name) = name.split_once('/').unwrap_or((owner, name));
        let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
        Self { organisation: organisation.to_lowercase(), slug: words.join("-") }
    }
}

impl GitHub {
    /// Somebody who was invited and has not accepted is no member yet. A team that is not there has none.
    pub(super) async fn is_member(&self, desk: &Desk<'_>, person: &str, team: &str) -> Result<bool, TrackerError> {
        let team = Team::read(team, &desk.repository.name);
        let key = (team.clone(), person.to_lowercase());
        let now = desk.errand.now;
        if let Some(is_member) = self.teams.0.get(&key, now) {
            return Ok(is_member);
        }
        let Team { organisation, slug } = &team;
        let purpose = Purpose {
            doing: format!("reading whether `{}` belongs to the team {organisation}/{}", brief(person), brief(slug)),
            missing: Missing::Below,
            needs: "members: read",
        };
        let path = format!("/orgs/{}/teams/{}/memberships/{}", segment(organisation), segment(slug), segment(person));
        let is_member = match self.client.get(desk.caller(), &path, &purpose).await {
            Ok(answer) => answer.json::<Membership>(&purpose)?.state.as_deref() == Some("active"),
            Err(TrackerError::Missing { .. }) => false,
            Err(error) => return Err(error),
        };
        self.teams.0.keep(key, is_member, now);
        Ok(is_member)
    }
}

#[cfg(test)]
mod tests {
    use super::Team;

    #[test]
    fn teams_are_found_however_they_are_written() {
        for written in ["platform-team", "acme/platform-team", "@ACME/Platform-Team", "Platform team"] {
            let Team { organisation, slug } = Team::read(written, "Acme/shop");
            assert_eq!((organisation.as_str(), slug.as_str()), ("acme", "platform-team"), "{written}");
        }
        assert_eq!(Team::read("other/ops", "acme/shop").organisation, "other");
    }
}
