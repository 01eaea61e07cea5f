//! `milestone` and `projects_v2_item`: what is planned for a sprint, or when one begins, may have changed.
//!
//! An item of a project names the project by its node id, which the store knows from when the board was read.

use serde::Deserialize;

use crate::backlog::{Lane, Place};
use crate::store::{Intake, Signal};

use super::super::ids::{TRACKER, boards_in};
use super::translate::Payload;

#[derive(Debug, Deserialize)]
struct ItemPayload {
    projects_v2_item: ProjectItem,
}

#[derive(Debug, Deserialize)]
struct ProjectItem {
    project_node_id: String,
}

/// Ids of nodes are short; whatever is longer was not sent by GitHub.
const LONGEST_ID: usize = 100;

pub(super) fn project_item(payload: &Payload<'_>) -> Intake {
    let item = match payload.read::<ItemPayload>() {
        Ok(body) => body.projects_v2_item,
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
