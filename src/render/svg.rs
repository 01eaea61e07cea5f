//! A report as a picture: the share against what was agreed, and the trend. Readable on light and dark ground.

use std::fmt::Write as _;

use super::figures::{agreed, chart_percent, percent};
use super::harmless;
use crate::allocation::{Bounds, Exact, Report, SprintRecord, Verdict};

const WIDTH: i64 = 640;
const LEFT: i64 = 20;
const BAR: i64 = 600;
const SPRINTS_SHOWN: usize = 8;

/// The picture as an SVG document of its own: no script, nothing from elsewhere.
#[must_use]
pub fn svg(report: &Report) -> String {
    let known: Vec<SprintRecord> = report.earlier.iter().cloned().chain([report.record()]).collect();
    let shown = known.get(known.len().saturating_sub(SPRINTS_SHOWN)..).unwrap_or_default();
    let has_trend = shown.len() > 1;
    let height = if has_trend { 280 } else { 110 };
    let title = escaped(&format!("Technical work in {}", harmless::plain(&report.sprint.name, 60)));
    let sentence = escaped(&sentence(report));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         role=\"img\" aria-label=\"{title}: {sentence}\">\n{STYLE}\n\
         <text class=\"title\" x=\"{LEFT}\" y=\"26\">{title}</text>\n\
         <text x=\"{LEFT}\" y=\"48\">{sentence}</text>\n"
    );
    bar(report, &mut out);
    if has_trend {
        trend(shown, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

const STYLE: &str = "<style>text{font:14px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}.small{font-size:11px}\
.ground{fill:#d0d7de}.technical{fill:#0969da}.agreed{fill:none;stroke:#cf222e;stroke-width:2}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#373e47}.technical{fill:#539bf5}.agreed{stroke:#ff7b72}}</style>";

fn sentence(report: &Report) -> String {
    let share = report.share.as_ref().map_or_else(|| "nothing counts yet".to_owned(), percent);
    let Some(target) = &report.target else { return share };
    let word = match report.verdict {
        Some(Verdict::Below) => "less than agreed",
        Some(Verdict::Above) => "more than agreed",
        Some(Verdict::Within) => "as agreed",
        Some(Verdict::Empty) | None => "",
    };
    let words = if target.raised.is_some() { range(&target.bounds) } else { agreed(&target.share) };
    if word.is_empty() { format!("{share}; agreed {words}") } else { format!("{share}, {word} ({words})") }
}

fn range(bounds: &Bounds) -> String {
    format!("{} to {}", percent(&bounds.min), percent(&bounds.max))
}

fn bar(report: &Report, out: &mut String) {
    let _ = writeln!(out, "<rect class=\"ground\" x=\"{LEFT}\" y=\"64\" width=\"{BAR}\" height=\"22\" rx=\"3\"/>");
    if let Some(share) = &report.share {
        let width = along(share);
        let _ =
            writeln!(out, "<rect class=\"technical\" x=\"{LEFT}\" y=\"64\" width=\"{width}\" height=\"22\" rx=\"3\"/>");
    }
    if let Some(target) = &report.target {
        let (from, to) = (along(&target.bounds.min), along(&target.bounds.max));
        let (x, width) = (LEFT + from, (to - from).max(2));
        let _ = writeln!(out, "<rect class=\"agreed\" x=\"{x}\" y=\"59\" width=\"{width}\" height=\"32\"/>");
    }
}

fn along(share: &Exact) -> i64 {
    share.times(BAR.unsigned_abs()).unwrap_or(BAR).clamp(0, BAR)
}

fn trend(shown: &[SprintRecord], out: &mut String) {
    const FLOOR: i64 = 240;
    const TALL: u64 = 120;
    let step = BAR / i64::try_from(shown.len()).unwrap_or(1).max(1);
    for (index, record) in (0_i64..).zip(shown) {
        let x = LEFT + index * step;
        let width = step - 12;
        let high = |share: &Exact| share.times(TALL).unwrap_or(0).clamp(0, 120);
        if let Some(share) = record.share() {
            let (height, label) = (high(&share), chart_percent(&share));
            let _ = writeln!(
                out,
                "<rect class=\"technical\" x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"{height}\"/>\n\
                 <text class=\"small\" x=\"{x}\" y=\"{}\">{label} %</text>",
                FLOOR - height,
                FLOOR - height - 4,
            );
        }
        if let Some(agreed) = &record.agreed {
            let y = FLOOR - high(&agreed.min);
            let _ = writeln!(out, "<path class=\"agreed\" d=\"M{x} {y}h{width}\"/>");
        }
        let name = escaped(&harmless::plain(&record.sprint.name, 14));
        let _ = writeln!(out, "<text class=\"small\" x=\"{x}\" y=\"{}\">{name}</text>", FLOOR + 16);
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
