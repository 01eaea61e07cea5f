//! The repository's policy file, and the commit status that shows whether it is in force.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::tracker::{Missing, PolicyFile, PolicyLookup, PolicyNotice, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::Purpose;
use super::base_url::segment;
use super::pacing::Write;

/// Where the policy file is.
pub(super) const POLICY_PATH: &str = ".github/plimsoll.yml";
/// The repository of an owner whose policy file lies under that of each of its other repositories: where Probot's apps
/// look, too (octokit-plugin-config).
pub(super) const SHARED_POLICY_REPOSITORY: &str = ".github";
/// A larger one is not read, in bytes.
pub(super) const MAX_SIZE: u64 = 64 * 1024;

const STATUS_CONTEXT: &str = "plimsoll/policy";
/// GitHub's own limit, in characters.
const MAX_DESCRIPTION: usize = 140;

#[derive(Deserialize)]
struct Contents {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    size: u64,
    sha: String,
    #[serde(default)]
    content: String,
    #[serde(default)]
    encoding: String,
}

#[derive(Deserialize)]
struct Commit {
    sha: String,
}

#[derive(Deserialize)]
struct CombinedStatus {
    #[serde(default)]
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    context: String,
    state: String,
    description: Option<String>,
}

impl GitHub {
    /// Reads the file where the repository's name still leads to it: another repository's policy must not count.
    pub(super) async fn policy(&self, desk: &Desk<'_>) -> Result<PolicyLookup, TrackerError> {
        self.check_name(desk).await?;
        let purpose = reading(desk);
        let answer =
            match self.client.get(desk.caller(), &format!("{}/contents/{POLICY_PATH}", desk.path), &purpose).await {
                Ok(answer) => answer,
                Err(TrackerError::Missing { .. }) => return Ok(PolicyLookup::Missing),
                Err(error) => return Err(error),
            };
        // A directory answers with an array.
        if answer.body.trim_ascii_start().starts_with(b"[") {
            return Ok(PolicyLookup::Missing);
        }
        lookup(answer.json(&purpose)?, &purpose)
    }

    pub(super) async fn show_status(
        &self,
        desk: &Desk<'_>,
        commit: Option<&str>,
        notice: &PolicyNotice,
    ) -> Result<(), TrackerError> {
        let commit = match commit {
            Some(commit) => commit.to_owned(),
            None => match self.newest_policy_commit(desk).await? {
                Some(commit) => commit,
                None => return Ok(()),
            },
        };
        let purpose = Purpose {
            doing: format!(
                "showing on commit {} of {} whether its policy is in force",
                short(&commit),
                desk.repository.name
            ),
            missing: Missing::Below,
            needs: "statuses: write",
        };
        let (state, description) = status(notice);
        if self.shows(desk, &commit, state, &description, &purpose).await? {
            return Ok(());
        }
        let body = json!({ "state": state, "context": STATUS_CONTEXT, "description": description });
        let path = format!("{}/statuses/{}", desk.path, segment(&commit));
        self.client.write(desk.caller(), Write::Creation, Method::POST, &path, Some(body), &purpose).await.map(|_| ())
    }

    /// Whether the commit shows just this already.
    async fn shows(
        &self,
        desk: &Desk<'_>,
        commit: &str,
        state: &str,
        description: &str,
        purpose: &Purpose,
    ) -> Result<bool, TrackerError> {
        let path = format!("{}/commits/{}/status?per_page=100", desk.path, segment(commit));
        let shown: CombinedStatus = self.client.get(desk.caller(), &path, purpose).await?.json(purpose)?;
        Ok(shown.statuses.iter().any(|shown| {
            shown.context == STATUS_CONTEXT && shown.state == state && shown.description.as_deref() == Some(description)
        }))
    }

    async fn newest_policy_commit(&self, desk: &Desk<'_>) -> Result<Option<String>, TrackerError> {
        let purpose = Purpose {
            doing: format!("finding the commit that brought {POLICY_PATH} to {}", desk.repository.name),
            missing: Missing::Repository,
            needs: "contents: read",
        };
        let path = format!("{}/commits?path={POLICY_PATH}&per_page=1", desk.path);
        let commits: Vec<Commit> = self.client.get(desk.caller(), &path, &purpose).await?.json(&purpose)?;
        Ok(commits.into_iter().next().map(|commit| commit.sha))
    }
}

/// What reading the file is for.
pub(super) fn reading(desk: &Desk<'_>) -> Purpose {
    Purpose {
        doing: format!("reading {POLICY_PATH} of {}", desk.repository.name),
        missing: Missing::Below,
        needs: "contents: read",
    }
}

/// A link to elsewhere or a submodule is no file.
fn lookup(contents: Contents, purpose: &Purpose) -> Result<PolicyLookup, TrackerError> {
    if contents.kind != "file" {
        return Ok(PolicyLookup::Missing);
    }
    if contents.size > MAX_SIZE {
        return Ok(PolicyLookup::TooLarge { size: contents.size, limit: MAX_SIZE, revision: contents.sha });
    }
    if contents.encoding != "base64" {
        return Err(purpose.failed("GitHub sent it in an unknown encoding"));
    }
    let digits: String = contents.content.split_ascii_whitespace().collect();
    let bytes = BASE64_STANDARD.decode(digits).map_err(|_| purpose.failed("GitHub sent no valid Base64"))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(PolicyLookup::Found(PolicyFile { text, revision: contents.sha }))
}

fn status(notice: &PolicyNotice) -> (&'static str, String) {
    match notice {
        PolicyNotice::InForce => ("success", "The policy is in force".to_owned()),
        PolicyNotice::Broken(error) => ("error", description(error)),
    }
}

fn description(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_DESCRIPTION {
        return line;
    }
    line.chars().take(MAX_DESCRIPTION - 1).chain(['…']).collect()
}

fn short(commit: &str) -> String {
    commit.chars().take(7).collect()
}

#[cfg(test)]
mod tests {
    use super::{Contents, description, lookup};
    use crate::tracker::github::answer::Purpose;
    use crate::tracker::{Missing, PolicyFile, PolicyLookup, TrackerError};

    fn read(json: serde_json::Value) -> Result<PolicyLookup, TrackerError> {
        let purpose = Purpose { doing: "reading".into(), missing: Missing::Below, needs: "" };
        lookup(serde_json::from_value::<Contents>(json).unwrap(), &purpose)
    }

    #[test]
    fn the_text_comes_in_lines_of_base64() {
        let found = read(serde_json::json!({
            "type": "file", "encoding": "base64", "size": 11, "sha": "abc", "content": "dmVyc2lv\nbjogMQo=\n",
        }));
        let file = PolicyFile { text: "version: 1\n".into(), revision: "abc".into() };
        assert_eq!(found, Ok(PolicyLookup::Found(file)));
    }

    #[test]
    fn what_is_no_file_is_missing_and_what_is_too_large_is_not_read() {
        for kind in ["symlink", "submodule", "dir"] {
            assert_eq!(read(serde_json::json!({"type": kind, "sha": "abc"})), Ok(PolicyLookup::Missing));
        }
        assert_eq!(
            read(
                serde_json::json!({"type": "file", "encoding": "none", "size": 2_000_000, "sha": "abc", "content": ""})
            ),
            Ok(PolicyLookup::TooLarge { size: 2_000_000, limit: 65_536, revision: "abc".into() })
        );
    }

    #[test]
    fn what_cannot_be_decoded_is_a_failure() {
        for (encoding, content) in [("base64", "?"), ("none", "")] {
            let contents =
                serde_json::json!({"type": "file", "encoding": encoding, "size": 1, "sha": "a", "content": content});
            assert!(matches!(read(contents), Err(TrackerError::Failed { .. })));
        }
    }

    #[test]
    fn descriptions_fit() {
        assert_eq!(description("line 3,\n column 4"), "line 3, column 4");
        assert_eq!(description(&"é".repeat(141)).chars().count(), 140);
    }
}
