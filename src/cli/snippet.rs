//! A problem in a policy file, shown with the line that it is in.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use crate::policy::{LayerName, Problem};

use crate::backlog::steers_display;

/// A file's text as it may be shown on a terminal, byte for byte as long as it was.
pub(super) struct Source {
    layer: LayerName,
    text: NamedSource<String>,
}

impl Source {
    /// `layer` is whose file it is: only problems in it are shown with their line.
    pub(super) fn new(layer: LayerName, name: &str, text: &str) -> Self {
        // Offsets do not count a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { layer, text: NamedSource::new(tame(name), tame(text)) }
    }

    /// The problem with its line marked, in colour if asked for; without the line where that is too long to be shown.
    pub(super) fn show(&self, problem: &Problem, color: bool) -> String {
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let mut shown = String::new();
        let marked = Marked { problem, source: &self.text };
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false);
        let is_readable = problem.at.layer == self.layer && self.has_short_lines(problem.at.line);
        if is_readable && handler.render_report(&mut shown, &marked).is_ok() {
            shown.trim_end().to_owned()
        } else {
            format!("  {}: {problem}", self.text.name())
        }
    }

    /// Whether a line and its neighbours fit a terminal more or less.
    fn has_short_lines(&self, line: usize) -> bool {
        self.text.inner().lines().skip(line.saturating_sub(2)).take(3).all(|line| line.len() <= 300)
    }
}

/// Replaces what could move a terminal's cursor or turn its text, by as many bytes of something harmless.
fn tame(text: &str) -> String {
    let harmless = |c: char| match c {
        '\n' | '\t' => c.to_string(),
        '\r' => " ".to_owned(),
        c if steers_display(c) => "?".repeat(c.len_utf8()),
        c => c.to_string(),
    };
    text.chars().map(harmless).collect()
}

#[derive(Debug)]
struct Marked<'a> {
    problem: &'a Problem,
    source: &'a NamedSource<String>,
}

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.what)
    }
}

impl std::error::Error for Marked<'_> {}

impl Diagnostic for Marked<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.problem.advice))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let text = self.source.inner();
        let offset = self.problem.at.offset.min(text.len());
        // A group of keys reaches over many lines; its first one is enough to find it.
        let line_rest = text.get(offset..).and_then(|rest| rest.lines().next()).map_or(0, |line| line.trim_end().len());
        let length = self.problem.at.length.min(line_rest);
        Some(Box::new(std::iter::once(LabeledSpan::new(Some("here".to_owned()), offset, length))))
    }
}
