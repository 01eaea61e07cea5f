//! `push`: may the policy file have changed?

use serde::Deserialize;

use crate::backlog::{Fact, Lane};
use crate::store::{Intake, Signal};

use super::super::policy_file::POLICY_PATH;
use super::translate::Payload;

/// From so many commits on GitHub may have left some out of the payload.
const MAYBE_INCOMPLETE: usize = 20;

#[derive(Debug)]
struct Push {
    git_ref: String,
    before: Option<String>,
    after: Option<String>,
    deleted: Option<bool>,
    forced: Option<bool>,
    commits: Option<Vec<Commit>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Commit {
    added: Vec<String>,
    modified: Vec<String>,
    removed: Vec<String>,
}

impl Commit {
    fn touches_policy(&self) -> bool {
        [&self.added, &self.modified, &self.removed].into_iter().flatten().any(|path| path == POLICY_PATH)
    }
}

impl Push {
    fn read(payload: &Payload<'_>) -> Result<Self, Intake> {
        Ok(Self {
            git_ref: payload.read("ref")?,
            before: payload.maybe("before"),
            after: payload.maybe("after"),
            deleted: payload.maybe("deleted"),
            forced: payload.maybe("forced"),
            commits: payload.maybe("commits"),
        })
    }

    fn may_touch_policy(&self) -> bool {
        let commits = self.commits.as_deref().unwrap_or_default();
        let head_changed = self.before != self.after;
        self.forced == Some(true)
            || commits.len() >= MAYBE_INCOMPLETE
            || (commits.is_empty() && head_changed)
            || commits.iter().any(Commit::touches_policy)
    }
}

pub(super) fn push(payload: &Payload<'_>) -> Intake {
    let push = match Push::read(payload) {
        Ok(push) => push,
        Err(ignored) => return ignored,
    };
    let repository = match payload.repository() {
        Ok(repository) => repository,
        Err(ignored) => return ignored,
    };
    if push.git_ref.strip_prefix("refs/heads/") != repository.default_branch.as_deref() {
        return payload.ignored("not on the default branch");
    }
    if push.deleted == Some(true) {
        return payload.ignored("the branch was deleted");
    }
    if !push.may_touch_policy() {
        return payload.ignored("the policy file is untouched");
    }
    let signal = payload.repository_signal(repository, Fact::PolicyTouched { commit: push.after });
    // Before the repository's items: what is decided next is decided by the new file.
    Intake::Work(vec![Signal { lane: Lane::People, ..signal }])
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::translate;
    use crate::backlog::Fact;
    use crate::store::Intake;

    fn push(changes: &str) -> Intake {
        let mut body = serde_json::json!({
            "ref": "refs/heads/trunk", "before": "aaa", "after": "bbb", "forced": false, "deleted": false,
            "commits": [{"added": [], "modified": ["src/main.rs"], "removed": []}],
            "repository": {"id": 5, "full_name": "acme/shop", "default_branch": "trunk", "created_at": 1_700_000_000},
            "sender": {"login": "octocat", "type": "User"},
        });
        let changes: serde_json::Value = serde_json::from_str(changes).unwrap();
        for (key, value) in changes.as_object().unwrap() {
            body[key] = value.clone();
        }
        translate("push", body.to_string().as_bytes(), Timestamp::UNIX_EPOCH).unwrap().intake
    }

    fn touches(changes: &str) -> bool {
        match push(changes) {
            Intake::Ignored(_) => false,
            Intake::Work(signals) => {
                assert_eq!(signals[0].subject.to_string(), "github:repository:5");
                let fact = signals[0].event.clone().unwrap().fact;
                assert_eq!(fact, Fact::PolicyTouched { commit: Some("bbb".into()) });
                true
            }
        }
    }

    #[test]
    fn a_push_counts_when_it_touches_the_policy_file() {
        for kind in ["added", "modified", "removed"] {
            assert!(
                touches(&format!(r#"{{"commits": [{{}}, {{"{kind}": ["a", ".github/plimsoll.yml"]}}]}}"#)),
                "{kind}"
            );
        }
        assert_eq!(push("{}"), Intake::Ignored("push: the policy file is untouched".into()));
        assert!(!touches(r#"{"commits": [{"modified": ["docs/.github/plimsoll.yml"]}]}"#));
    }

    #[test]
    fn a_push_counts_when_the_payload_cannot_tell() {
        assert!(touches(r#"{"forced": true}"#));
        assert!(touches(r#"{"commits": []}"#));
        assert!(touches(&format!(r#"{{"commits": {}}}"#, serde_json::json!(vec![serde_json::json!({}); 20]))));
        assert!(!touches(&format!(r#"{{"commits": {}}}"#, serde_json::json!(vec![serde_json::json!({}); 19]))));
        assert!(!touches(r#"{"commits": [], "before": "bbb"}"#));
    }

    #[test]
    fn other_branches_and_tags_do_not_count() {
        let touching = r#""commits": [{"added": [".github/plimsoll.yml"]}]"#;
        assert!(touches(&format!("{{{touching}}}")));
        for git_ref in ["refs/heads/feature", "refs/tags/trunk", "trunk"] {
            assert!(!touches(&format!(r#"{{{touching}, "ref": "{git_ref}"}}"#)), "{git_ref}");
        }
        assert!(!touches(&format!(r#"{{{touching}, "deleted": true}}"#)));
    }
}
