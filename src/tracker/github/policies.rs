//! The two policy files that concern a repository by one query: its own, and the one that its owner's repositories share.
//!
//! It only spares calls. Whatever is out of the ordinary is not told, and is read one by one as [`super::policy_file`] does
//! it: a link, another name, a text that GitHub cut or decoded, a server that does not know the query.
//!
//! Known race: the folder and the file are looked up one after the other, and a push may come between. What does not fit
//! together then is read one by one, too.

use serde::Deserialize;
use serde_json::json;

use crate::backlog::Repository;
use crate::tracker::{PauseScope, Policies, PolicyFile, PolicyLookup, TrackerError};

use super::adapter::{Desk, GitHub};
use super::policy_file::{MAX_SIZE, POLICY_PATH, SHARED_POLICY_REPOSITORY, reading};

const POLICIES: &str = include_str!("policies.graphql");

/// The bits of a mode that tell a file from a link, a folder and a submodule, and what they are for a file.
const KIND: u32 = 0o170_000;
const FILE: u32 = 0o100_000;

/// A repository that is not there, or not to be seen, is null.
#[derive(Deserialize)]
struct Answer {
    own: Option<Found>,
    shared: Option<Found>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    database_id: Option<u64>,
    name_with_owner: String,
    folder: Option<Folder>,
    file: Option<Blob>,
}

/// What is no folder has no entries.
#[derive(Deserialize)]
struct Folder {
    entries: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    mode: u32,
}

/// What is no blob has no members; what is binary has no text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Blob {
    oid: Option<String>,
    byte_size: Option<u64>,
    text: Option<String>,
}

impl Answer {
    fn policies(self, repository: &Repository, home: &str) -> Policies {
        let own = self.own.filter(|found| found.is_called(&repository.name) && found.has_id_of(repository));
        let shared = match self.shared {
            None => Some(PolicyLookup::Missing),
            Some(found) if found.is_called(home) => found.lookup(),
            Some(_) => None,
        };
        Policies { own: own.and_then(Found::lookup), shared }
    }
}

impl Found {
    /// GraphQL follows a former name, which may have been given up.
    fn is_called(&self, name: &str) -> bool {
        self.name_with_owner.eq_ignore_ascii_case(name)
    }

    /// One that is known by its name alone may have any.
    fn has_id_of(&self, repository: &Repository) -> bool {
        let known = &repository.place.repository;
        known.is_empty() || self.database_id.is_some_and(|id| id.to_string() == *known)
    }

    /// What lies where the policy is looked for. None: it is to be read by itself.
    fn lookup(self) -> Option<PolicyLookup> {
        let Some(folder) = self.folder else { return Some(PolicyLookup::Missing) };
        let Some(entry) = folder.entries?.into_iter().find(|entry| entry.name == folder_and_file().1) else {
            return Some(PolicyLookup::Missing);
        };
        let file = self.file.filter(|_| entry.mode & KIND == FILE)?;
        let (revision, size) = (file.oid?, file.byte_size?);
        if size > MAX_SIZE {
            return Some(PolicyLookup::TooLarge { size, limit: MAX_SIZE, revision });
        }
        let text = file.text.filter(|text| u64::try_from(text.len()) == Ok(size))?;
        Some(PolicyLookup::Found(PolicyFile { text, revision }))
    }
}

impl GitHub {
    /// For the account of a token. An App is another matter: it reads its owner's file only where it is installed, while
    /// GraphQL would show it every public one.
    pub(super) async fn policies(&self, desk: &Desk<'_>) -> Result<Policies, TrackerError> {
        let (owner, name) = desk.repository.name.split_once('/').unwrap_or_default();
        let variables = json!({
            "owner": owner, "name": name, "home": SHARED_POLICY_REPOSITORY,
            "folder": format!("HEAD:{}", folder_and_file().0), "file": format!("HEAD:{POLICY_PATH}"),
        });
        let asked = self.client.query_parts::<Answer>(desk.caller(), POLICIES, variables, &reading(desk)).await;
        match asked.map_err(TrackerError::from) {
            Ok(answer) => Ok(answer.policies(desk.repository, &format!("{owner}/{SHARED_POLICY_REPOSITORY}"))),
            Err(error) if concerns_all(&error) => Err(error),
            Err(_) => Ok(Policies::default()),
        }
    }
}

/// The folder of the policy file, and what the file is called in there.
fn folder_and_file() -> (&'static str, &'static str) {
    POLICY_PATH.rsplit_once('/').unwrap_or(("", POLICY_PATH))
}

/// Whether REST would be refused, too, or must not be asked now.
const fn concerns_all(error: &TrackerError) -> bool {
    match error {
        TrackerError::Later { later, .. } => matches!(later.scope, PauseScope::Installation),
        TrackerError::Unauthorised { .. } => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Answer;
    use crate::backlog::{Place, Repository};
    use crate::tracker::github::TRACKER;
    use crate::tracker::{Policies, PolicyFile, PolicyLookup};

    const HOME: &str = "acme/.github";

    fn policies(answer: Value) -> Policies {
        let place = Place { tracker: TRACKER, installation: String::new(), repository: String::new() };
        let repository = Repository { place, name: "acme/shop".to_owned() };
        serde_json::from_value::<Answer>(answer).unwrap().policies(&repository, HOME)
    }

    /// What is told of a repository whose folder has an entry of this mode and what lies there.
    fn own(mode: u32, file: &Value) -> Option<PolicyLookup> {
        let entries = json!([{"name": "plimsoll.yml", "mode": mode}]);
        policies(json!({"own": at("acme/shop", &json!({"entries": entries}), file), "shared": null})).own
    }

    fn at(name: &str, folder: &Value, file: &Value) -> Value {
        json!({"databaseId": 1_296_269, "nameWithOwner": name, "folder": folder, "file": file})
    }

    fn blob(size: u64, text: Option<&str>) -> Value {
        json!({"oid": "3d21ec5", "byteSize": size, "text": text})
    }

    fn found(text: &str) -> PolicyLookup {
        PolicyLookup::Found(PolicyFile { text: text.to_owned(), revision: "3d21ec5".to_owned() })
    }

    #[test]
    fn a_file_is_read_whoever_may_run_it() {
        for mode in [0o100_644, 0o100_755, 0o100_664] {
            assert_eq!(own(mode, &blob(11, Some("version: 1\n"))), Some(found("version: 1\n")));
        }
        assert_eq!(own(0o100_644, &blob(0, Some(""))), Some(found("")));
        assert_eq!(own(0o100_644, &blob(5, Some("# é\n"))), Some(found("# é\n")), "its size is counted in bytes");
    }

    #[test]
    fn one_that_is_too_large_is_known_by_its_size() {
        let too_large = PolicyLookup::TooLarge { size: 65_537, limit: 65_536, revision: "3d21ec5".to_owned() };
        assert_eq!(own(0o100_644, &blob(65_537, Some("# cut"))), Some(too_large));
    }

    #[test]
    fn what_is_out_of_the_ordinary_is_not_told() {
        let plain = || blob(11, Some("version: 1\n"));
        let (link, folder, submodule) =
            (own(0o120_000, &plain()), own(0o040_000, &json!({})), own(0o160_000, &Value::Null));
        assert_eq!((link, folder, submodule), (None, None, None));
        assert_eq!(own(0o100_644, &blob(11, None)), None, "binary");
        assert_eq!(own(0o100_644, &blob(12, Some("version: 1\n"))), None, "cut, or decoded");
        assert_eq!(own(0o100_644, &Value::Null), None, "gone between the two looks");
        let link = at("acme/shop", &json!({}), &Value::Null);
        assert_eq!(policies(json!({"own": link, "shared": null})).own, None, "the folder is a link");
    }

    #[test]
    fn nothing_where_it_is_looked_for_is_missing() {
        let others =
            json!({"entries": [{"name": "dependabot.yml", "mode": 33_188}, {"name": "Plimsoll.yml", "mode": 33_188}]});
        for folder in [Value::Null, json!({"entries": []}), others] {
            let (own, shared) = (at("acme/shop", &folder, &Value::Null), at(HOME, &folder, &Value::Null));
            let missing = || Some(PolicyLookup::Missing);
            assert_eq!(policies(json!({"own": own, "shared": shared})), Policies { own: missing(), shared: missing() });
        }
    }

    #[test]
    fn a_repository_that_is_not_there_is_rests_to_tell_and_a_home_is_none() {
        let missing = Policies { own: None, shared: Some(PolicyLookup::Missing) };
        assert_eq!(policies(json!({"own": null, "shared": null})), missing);
    }

    #[test]
    fn another_name_is_not_told_and_another_spelling_is_the_same() {
        let renamed = json!({"own": at("acme/store", &Value::Null, &Value::Null), "shared": at("acme/home", &Value::Null, &Value::Null)});
        assert_eq!(policies(renamed), Policies::default());
        let spelt = json!({"own": at("Acme/Shop", &Value::Null, &Value::Null), "shared": at("Acme/.GitHub", &Value::Null, &Value::Null)});
        let missing = || Some(PolicyLookup::Missing);
        assert_eq!(policies(spelt), Policies { own: missing(), shared: missing() });
    }
}
