//! The state in a comment's last line: what a lost history is rebuilt from. Read only from comments that the bot wrote.

use std::fmt::Write as _;

use crate::allocation::{Member, SprintRecord};

const BEFORE: &str = "<!-- plimsoll-state ";
const AFTER: &str = " -->";

/// A sprint's record as a hidden line: the sums, who was in it at the start, and who is not done. Titles are left out,
/// because they are foreign and long.
#[must_use]
pub fn state(record: &SprintRecord) -> String {
    let bare = |member: &Member| Member { id: member.id.clone(), done: member.done, ..Member::default() };
    let kept = SprintRecord {
        members: record.members.iter().filter(|member| !member.done).map(bare).collect(),
        committed: record.committed.as_ref().map(|there| there.iter().map(bare).collect()),
        ..record.clone()
    };
    let json = serde_json::to_string(&kept).unwrap_or_default();
    let mut hidden = String::with_capacity(json.len());
    let mut in_text = false;
    let mut escaped = false;
    for c in json.chars() {
        // Inside of a text nothing may end the comment or be taken for a mention; JSON can write any character so.
        if in_text && !escaped && matches!(c, '<' | '>' | '-' | '@' | '#' | '&') {
            let _ = write!(hidden, "\\u{:04x}", u32::from(c));
            continue;
        }
        if c == '"' && !escaped {
            in_text = !in_text;
        }
        escaped = c == '\\' && !escaped;
        hidden.push(c);
    }
    format!("{BEFORE}{hidden}{AFTER}")
}

/// The record that stands in a comment of the bot; none where there is none, or none that can be read.
#[must_use]
pub fn read_state(comment: &str) -> Option<SprintRecord> {
    let (_, rest) = comment.rsplit_once(BEFORE)?;
    let (json, _) = rest.split_once(AFTER)?;
    serde_json::from_str(json).ok()
}
