//! What a person may do in a repository, asked there and believed for a few minutes.

use jiff::SignedDuration;
use serde::Deserialize;

use crate::command::Access;
use crate::tracker::{Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::{Purpose, brief};
use super::base_url::segment;
use super::believed::Believed;

/// So many people's rights are remembered.
const CAPACITY: usize = 20_000;
/// For so long.
const HOLDS: SignedDuration = SignedDuration::from_mins(5);

/// Rights by repository and account.
#[derive(Debug)]
pub(super) struct RightsCache(Believed<(String, String), Access>);

impl Default for RightsCache {
    fn default() -> Self {
        Self(Believed::new(CAPACITY, HOLDS))
    }
}

/// `GET /repos/{owner}/{repo}/collaborators/{username}/permission`.
#[derive(Deserialize)]
struct Answered {
    permission: Option<String>,
    role_name: Option<String>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    permissions: Option<Permissions>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Permissions {
    triage: bool,
    push: bool,
}

impl Answered {
    /// A role of the organisation's own making has a name that says nothing; what it was made from shows beside it.
    fn access(self) -> Access {
        let may = self.user.and_then(|user| user.permissions).unwrap_or_default();
        let named = |name: &Option<String>, known: &[&str]| name.as_deref().is_some_and(|name| known.contains(&name));
        let manages = ["admin", "maintain", "write"];
        if may.push || named(&self.role_name, &manages) || named(&self.permission, &manages) {
            Access::Manage
        } else if may.triage || named(&self.role_name, &["triage"]) {
            Access::Edit
        } else {
            Access::Read
        }
    }
}

impl GitHub {
    pub(super) async fn access_of(&self, desk: &Desk<'_>, person: &str) -> Result<Access, TrackerError> {
        let key = (desk.repository.place.repository.clone(), person.to_ascii_lowercase());
        let now = desk.errand.now;
        if let Some(access) = self.rights.0.get(&key, now) {
            return Ok(access);
        }
        let purpose = Purpose {
            doing: format!("reading what `{}` may do in {}", brief(person), desk.repository.name),
            missing: Missing::Below,
            needs: "metadata: read",
        };
        let path = format!("{}/collaborators/{}/permission", desk.path, segment(person));
        let answered: Answered = self.client.get(desk.caller(), &path, &purpose).await?.json(&purpose)?;
        let access = answered.access();
        self.rights.0.keep(key, access, now);
        Ok(access)
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, Answered};

    fn access(json: &str) -> Access {
        serde_json::from_str::<Answered>(json).unwrap().access()
    }

    #[test]
    fn roles_become_access() {
        for role in ["admin", "maintain", "write"] {
            assert_eq!(access(&format!(r#"{{"role_name": "{role}"}}"#)), Access::Manage);
        }
        assert_eq!(access(r#"{"permission": "read", "role_name": "triage"}"#), Access::Edit);
        assert_eq!(access(r#"{"permission": "read", "role_name": "read", "user": null}"#), Access::Read);
        assert_eq!(access(r#"{"permission": "none"}"#), Access::Read);
        assert_eq!(access("{}"), Access::Read);
    }

    #[test]
    fn a_role_of_the_organisations_own_is_known_by_what_it_was_made_from() {
        let custom = |permissions: &str| {
            access(&format!(
                r#"{{"permission": "read", "role_name": "shop-keeper", "user": {{"permissions": {permissions}}}}}"#
            ))
        };
        assert_eq!(custom(r#"{"pull": true, "triage": true, "push": false}"#), Access::Edit);
        assert_eq!(custom(r#"{"pull": true, "triage": true, "push": true}"#), Access::Manage);
        assert_eq!(custom(r#"{"pull": true}"#), Access::Read);
    }
}
