//! Who last changed a text, which REST does not tell.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;

use crate::backlog::Actor;
use crate::tracker::TrackerError;

use super::adapter::{Desk, GitHub};
use super::answer::Purpose;

/// So many texts are asked about at once: what GitHub takes.
const AT_ONCE: usize = 100;

const EDITORS: &str = include_str!("editors.graphql");

#[derive(Deserialize)]
struct Answered {
    #[serde(default)]
    nodes: Vec<Option<Text>>,
}

/// A type that is no text has no members at all.
#[derive(Deserialize)]
struct Text {
    id: Option<String>,
    editor: Option<Editor>,
}

#[derive(Deserialize)]
struct Editor {
    #[serde(rename = "__typename")]
    kind: String,
    login: String,
}

impl Editor {
    fn actor(self) -> Actor {
        if self.kind == "User" { Actor::person(self.login) } else { Actor::bot(self.login) }
    }
}

impl GitHub {
    /// Who changed these texts last, by GraphQL id; none: nobody ever did. One that is missing cannot be told.
    pub(super) async fn editors(
        &self,
        desk: &Desk<'_>,
        ids: &[String],
        purpose: &Purpose,
    ) -> Result<HashMap<String, Option<Actor>>, TrackerError> {
        let mut editors = HashMap::new();
        for ids in ids.chunks(AT_ONCE) {
            let asked = self.client.query(desk.caller(), EDITORS, json!({ "ids": ids }), purpose).await;
            let Answered { nodes } = asked.map_err(TrackerError::from)?;
            let told = nodes.into_iter().flatten();
            editors.extend(told.filter_map(|text| Some((text.id?, text.editor.map(Editor::actor)))));
        }
        Ok(editors)
    }
}
