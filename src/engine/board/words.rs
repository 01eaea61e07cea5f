//! Stands in for the renderer.
use crate::allocation::{Report, SprintRecord};

pub(super) fn sprint_comment(report: &Report) -> String {
    let percent = report.share.as_ref().map(crate::allocation::Exact::to_f64).unwrap_or_default() * 100.0;
    let state = serde_json::to_string(&report.record()).unwrap_or_default();
    format!(
        "**{}**: {percent:.0} % ({:?}, {:?}), {} items\n<!-- state {state} -->",
        report.sprint.name,
        report.verdict,
        report.phase,
        report.lines.len()
    )
}

pub(super) fn overview_body(report: &Report) -> String {
    format!("# {}\n\n{} {:?}", report.board, report.sprint.name, report.verdict)
}

pub(super) fn read_state(comment: &str) -> Option<SprintRecord> {
    serde_json::from_str(comment.rsplit_once("<!-- state ")?.1.split_once(" -->")?.0).ok()
}
