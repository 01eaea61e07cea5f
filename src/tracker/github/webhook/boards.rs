//! `milestone` and `projects_v2_item`: what is planned for a sprint, or when one begins, may have changed.
//!
//! An item of a project names the project by its node id, which the store knows from when the board was read.

use serde::Deserialize;

use crate::backlog::{Lane, Place};
use crate::store::{Intake, Signal};

use super::super::ids::{TRACKER, boards_in};
use super::translate::Payload;

#[derive(Debug, Deserialize)]
struct ProjectItem {
    project_node_id: String,
}

/// Ids of nodes are short; whatever is longer was not sent by GitHub.
const LONGEST_ID: usize = 100;

pub(super) fn project_item(payload: &Payload<'_>) -> Intake {
    let item = match payload.read::<ProjectItem>("projects_v2_item") {
        Ok(item) => item,
        Err(ignored) => return ignored,
    };
    // Its place on the board says nothing about any sprint.
    if payload.action() == "reordered" {
        return payload.ignored("only the order changed");
    }
    if item.project_node_id.is_empty() || item.project_node_id.len() > LONGEST_ID {
        return payload.ignored("it names no project");
    }
    let place = Place { tracker: TRACKER, installation: payload.installation(), repository: String::new() };
    Intake::Work(vec![Signal {
        subject: boards_in(&item.project_node_id),
        place,
        repository_name: None,
        lane: Lane::Events,
        event: None,
    }])
}

pub(super) fn milestone(payload: &Payload<'_>) -> Intake {
    let repository = match payload.repository() {
        Ok(repository) => repository,
        Err(ignored) => return ignored,
    };
    let signal = payload.repository_signal(repository, crate::backlog::Fact::Touched);
    Intake::Work(vec![Signal { subject: boards_in(&repository.id.to_string()), event: None, ..signal }])
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::translate;
    use crate::store::Intake;

    fn subjects(event: &str, body: &serde_json::Value) -> Result<Vec<String>, String> {
        match translate(event, body.to_string().as_bytes(), Timestamp::UNIX_EPOCH).unwrap().intake {
            Intake::Work(signals) => Ok(signals.iter().map(|signal| signal.subject.to_string()).collect()),
            Intake::Ignored(why) => Err(why),
        }
    }

    #[test]
    fn a_change_on_a_board_is_known_by_what_the_board_lives_in() {
        let item = |action: &str| {
            serde_json::json!({
                "action": action, "installation": {"id": 42}, "organization": {"login": "acme"},
                "projects_v2_item": {"id": 15, "project_node_id": "PVT_kwAEAQ", "content_type": "Issue"},
            })
        };
        assert_eq!(subjects("projects_v2_item", &item("edited")).unwrap(), ["github:board:in:PVT_kwAEAQ"]);
        insta::assert_snapshot!(subjects("projects_v2_item", &item("reordered")).unwrap_err(), @"projects_v2_item.reordered: only the order changed");
        let nameless = serde_json::json!({"action": "edited", "projects_v2_item": {"project_node_id": ""}});
        insta::assert_snapshot!(subjects("projects_v2_item", &nameless).unwrap_err(), @"projects_v2_item.edited: it names no project");

        let milestone = serde_json::json!({"action": "edited", "repository": {"id": 5}, "milestone": {"number": 1}});
        assert_eq!(subjects("milestone", &milestone).unwrap(), ["github:board:in:5"]);
    }
}
