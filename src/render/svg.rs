//! A report as a picture: the share against what was agreed, and the trend. It brings its own ground, because a picture in a
//! page or a mail does not know on which one it stands.

use std::fmt::Write as _;

use super::figures::{agreed, amount, percent, whole_percent};
use super::harmless;
use crate::allocation::{Bounds, Exact, Report, SprintRecord, Verdict};

const WIDTH: i64 = 640;
const LEFT: i64 = 20;
const BAR: i64 = 600;
/// Where the share's bar is, and how high.
const BAR_TOP: i64 = 70;
const BAR_HIGH: i64 = 24;
/// The height of a picture of one sprint alone.
const HEAD: i64 = 134;
/// A trend is so high; its tallest column so much of that.
const TREND: i64 = 190;
const TALL: i64 = 100;
/// A column is never wider than this.
const WIDEST_COLUMN: i64 = 72;
const SPRINTS_SHOWN: usize = 8;

/// The picture as an SVG document of its own: no script, nothing from elsewhere.
#[must_use]
pub fn svg(report: &Report) -> String {
    let records: Vec<SprintRecord> = report.earlier.iter().cloned().chain([report.record()]).collect();
    let shown = last(&records);
    let has_trend = shown.len() > 1;
    let title = escaped(&format!("Technical work in {}", fitting(&report.sprint.name, 440, 16)));
    let sentence = escaped(&sentence(report));
    let mut out = String::new();
    open(&mut out, HEAD + if has_trend { TREND } else { 0 }, &format!("{title}: {sentence}"));
    let _ = writeln!(out, "<text class=\"title\" x=\"{LEFT}\" y=\"32\">{title}</text>");
    let _ = writeln!(out, "<text x=\"{LEFT}\" y=\"54\">{sentence}</text>");
    bar(report, &mut out);
    if has_trend {
        trend(shown, HEAD, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

/// The last sprints alone, oldest first; none where there are fewer than two.
#[must_use]
pub fn trend_svg(records: &[SprintRecord]) -> Option<String> {
    let shown = last(records);
    if shown.len() < 2 {
        return None;
    }
    let mut out = String::new();
    open(&mut out, TREND + 8, "Technical work in the last sprints, against what was agreed");
    trend(shown, 8, &mut out);
    out.push_str("</svg>\n");
    Some(out)
}

fn last(records: &[SprintRecord]) -> &[SprintRecord] {
    records.get(records.len().saturating_sub(SPRINTS_SHOWN)..).unwrap_or_default()
}

const STYLE: &str = "<style>text{font:14px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}\
.head{font-size:12px;font-weight:600}.small{font-size:11px;fill:#59636e}.figure{font-size:12px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}\
.middle{text-anchor:middle}.ground{fill:#fff;stroke:#d1d9e0}.track{fill:#e6eaef}.technical{fill:#0969da}.past{fill:#80b3f0}\
.band{fill:#1a7f37;fill-opacity:.16}.agreed{fill:none;stroke:#1a7f37;stroke-width:2}.floor{stroke:#d1d9e0}\
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.small{fill:#9198a1}.figure{stroke:#0d1117}\
.ground{fill:#0d1117;stroke:#3d444d}.track{fill:#262c36}.technical{fill:#4493f8}.past{fill:#2a5a9c}\
.band{fill:#3fb950;fill-opacity:.2}.agreed{stroke:#3fb950}.floor{stroke:#3d444d}}</style>";

/// The beginning of a document of this height. `label` is escaped.
fn open(out: &mut String, height: i64, label: &str) {
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         role=\"img\" aria-label=\"{label}\">\n{STYLE}\n\
         <rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\"/>",
        WIDTH - 1,
        height - 1
    );
}

/// `12 % of 24 points, less than agreed`.
fn sentence(report: &Report) -> String {
    let Some(share) = &report.share else { return "Nothing in it counts yet".to_owned() };
    let share = format!("{} of {}", percent(share), amount(&report.totals.counted(), report.unit));
    let word = match report.verdict {
        Some(Verdict::Below) => ", less than agreed",
        Some(Verdict::Above) => ", more than agreed",
        Some(Verdict::Within) => ", as agreed",
        Some(Verdict::Empty) | None => "",
    };
    format!("{share}{word}")
}

fn bar(report: &Report, out: &mut String) {
    let _ = writeln!(
        out,
        "<rect class=\"track\" x=\"{LEFT}\" y=\"{BAR_TOP}\" width=\"{BAR}\" height=\"{BAR_HIGH}\" rx=\"4\"/>"
    );
    if let Some(share) = &report.share {
        let width = along(share, BAR);
        let _ = writeln!(
            out,
            "<rect class=\"technical\" x=\"{LEFT}\" y=\"{BAR_TOP}\" width=\"{width}\" height=\"{BAR_HIGH}\" rx=\"4\"/>"
        );
    }
    if let Some(target) = &report.target {
        let words = if target.raised.is_some() { range(&target.bounds) } else { agreed(&target.share) };
        bracket(&target.bounds, &format!("agreed: {words}"), out);
    }
}

/// What was agreed: a band over the bar from its least to its most, and the words below it.
fn bracket(bounds: &Bounds, words: &str, out: &mut String) {
    let (from, to) = (LEFT + along(&bounds.min, BAR), LEFT + along(&bounds.max, BAR));
    let (top, bottom) = (BAR_TOP - 4, BAR_TOP + BAR_HIGH + 4);
    let width = (to - from).max(2);
    let high = bottom - top;
    let _ = writeln!(out, "<rect class=\"band\" x=\"{from}\" y=\"{top}\" width=\"{width}\" height=\"{high}\"/>");
    let _ = writeln!(out, "<path class=\"agreed\" d=\"M{from} {top}v{high}h{width}v-{high}\"/>");
    // In the middle below the band, but never over an edge.
    let half = wide(words, 11) / 2;
    let middle = i64::midpoint(from, from + width).clamp(LEFT + half, (LEFT + BAR - half).max(LEFT + half));
    let _ =
        writeln!(out, "<text class=\"small middle\" x=\"{middle}\" y=\"{}\">{}</text>", bottom + 16, escaped(words));
}

fn range(bounds: &Bounds) -> String {
    format!("{} to {}", percent(&bounds.min), percent(&bounds.max))
}

/// How far a share reaches on a length.
fn along(share: &Exact, length: i64) -> i64 {
    share.times(length.unsigned_abs()).unwrap_or(length).clamp(0, length)
}

/// A column for each sprint, the agreed range as a band behind it and the least of it as a line before it; the last sprint
/// is the present one. The tallest column or band reaches the top: shares are small, and their differences matter.
fn trend(shown: &[SprintRecord], top: i64, out: &mut String) {
    let floor = top + TREND - 38;
    let head = format!("The last {} sprints", shown.len());
    let y = top + 18;
    let key = LEFT + wide(&head, 12) + 20;
    let _ = writeln!(out, "<text class=\"head\" x=\"{LEFT}\" y=\"{y}\">{head}</text>");
    if shown.iter().any(|record| record.agreed.is_some()) {
        let _ = writeln!(
            out,
            "<rect class=\"band\" x=\"{key}\" y=\"{}\" width=\"18\" height=\"10\"/>\n\
             <path class=\"agreed\" d=\"M{key} {}h18\"/>\n<text class=\"small\" x=\"{}\" y=\"{y}\">agreed</text>",
            y - 10,
            y,
            key + 24
        );
    }
    let highest = highest(shown);
    let high = |share: &Exact| share.over(&highest).map_or(0, |part| along(&part, TALL));
    let step = BAR / i64::try_from(shown.len()).unwrap_or(1).max(1);
    let width = (step - 14).clamp(8, WIDEST_COLUMN);
    let newest = shown.len().saturating_sub(1);
    for (index, record) in shown.iter().enumerate() {
        let x = LEFT + i64::try_from(index).unwrap_or_default() * step;
        let middle = x + step / 2;
        if let Some(agreed) = &record.agreed {
            let (least, most) = (high(&agreed.min), high(&agreed.max));
            let (y, tall) = (floor - most, (most - least).max(1));
            let _ = writeln!(out, "<rect class=\"band\" x=\"{x}\" y=\"{y}\" width=\"{step}\" height=\"{tall}\"/>");
        }
        let share = record.share();
        if let Some(share) = &share {
            let (tall, class) = (high(share), if index == newest { "technical" } else { "past" });
            let (x, y) = (middle - width / 2, floor - tall);
            let _ = writeln!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{tall}\"/>");
        }
        if let Some(agreed) = &record.agreed {
            let _ = writeln!(out, "<path class=\"agreed\" d=\"M{x} {}h{step}\"/>", floor - high(&agreed.min));
        }
        let (figure, y) = match &share {
            Some(share) => (percent(share), floor - high(share) - 6),
            None => ("–".to_owned(), floor - 6),
        };
        let _ = writeln!(out, "<text class=\"figure\" x=\"{middle}\" y=\"{y}\">{figure}</text>");
        let name = escaped(&fitting(&record.sprint.name, step - 8, 11));
        let _ = writeln!(out, "<text class=\"small middle\" x=\"{middle}\" y=\"{}\">{name}</text>", floor + 18);
    }
    let _ = writeln!(out, "<path class=\"floor\" d=\"M{LEFT} {floor}h{BAR}\"/>");
}

/// The highest share that is shown, to the next ten percent.
fn highest(shown: &[SprintRecord]) -> Exact {
    let shares = shown.iter().flat_map(|record| [record.share(), record.agreed.as_ref().map(|it| it.max.clone())]);
    let highest = shares.flatten().map(|share| whole_percent(&share)).max().unwrap_or(0);
    Exact::ratio(((highest + 9) / 10 * 10).clamp(10, 100), 100).unwrap_or_else(Exact::one)
}

/// A name on one line, as much of it as fits on a length. What a letter needs is estimated: the reader's font is not known.
fn fitting(name: &str, length: i64, size: i64) -> String {
    let mut most = name.chars().count().min(80);
    loop {
        let shown = harmless::plain(name, most);
        if most <= 1 || wide(&shown, size) <= length {
            return shown;
        }
        most -= 1;
    }
}

fn wide(text: &str, size: i64) -> i64 {
    let tenths = |c: char| match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | ' ' | '.' | ',' | ':' | '\'' | '|' => 4,
        'm' | 'w' | 'M' | 'W' | '…' | '%' => 9,
        // From here on scripts have letters as wide as they are high, and pictures.
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' => 11,
        '\u{1f000}'.. => 13,
        c if c.is_uppercase() => 7,
        _ => 6,
    };
    text.chars().map(tenths).sum::<i64>() * size / 10
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
