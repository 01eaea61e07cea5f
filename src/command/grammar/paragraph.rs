//! One top-level paragraph: which of its lines start free of any inline construct.

use std::ops::Range;

use super::html::OpenElements;

/// A paragraph while the parser's events for it come in; all offsets are bytes of the text.
#[derive(Debug)]
pub(super) struct Paragraph {
    /// From its first line's start to its end.
    pub range: Range<usize>,
    /// What emphasis, links, code and HTML reach over, in order of their starts.
    covered: Vec<Range<usize>>,
    /// HTML comments, in order.
    pub comments: Vec<Range<usize>>,
    /// Where an HTML element was opened that is still open.
    muffled_since: Option<usize>,
}

impl Paragraph {
    /// A paragraph of which nothing is known yet.
    pub(super) fn new(range: Range<usize>, open: &OpenElements) -> Self {
        let muffled_since = open.muffle().then_some(range.start.saturating_sub(1));
        Self { range, covered: Vec::new(), comments: Vec::new(), muffled_since }
    }

    /// Sees an inline construct that holds no other of this paragraph's top level.
    pub(super) fn cover(&mut self, range: Range<usize>) {
        self.covered.push(range);
    }

    /// Sees a piece of raw HTML.
    pub(super) fn see_html(&mut self, html: &str, range: Range<usize>, open: &mut OpenElements) {
        if html.starts_with("<!--") {
            self.comments.push(range.clone());
        }
        let before = range.start;
        let end = range.end;
        self.cover(range);
        open.see(html);
        match (self.muffled_since, open.muffle()) {
            (None, true) => self.muffled_since = Some(before),
            (Some(since), false) => {
                self.covered.push(since..end);
                self.muffled_since = None;
            }
            _ => {}
        }
    }

    /// Ends the paragraph. Returns what is covered, in order of starts.
    pub(super) fn end(&mut self, open: &mut OpenElements) -> Covered {
        if let Some(since) = self.muffled_since {
            self.covered.push(since..usize::MAX);
        }
        open.end_paragraph();
        self.covered.sort_by_key(|range| range.start);
        Covered { ranges: std::mem::take(&mut self.covered).into_iter().peekable(), reach: 0 }
    }
}

/// Answers, for growing offsets, whether a construct that began before reaches over them.
pub(super) struct Covered {
    ranges: std::iter::Peekable<std::vec::IntoIter<Range<usize>>>,
    reach: usize,
}

impl Covered {
    /// Whether something that began before the offset ends after it. Offsets must not shrink from call to call.
    pub(super) fn reaches_over(&mut self, offset: usize) -> bool {
        while let Some(range) = self.ranges.next_if(|range| range.start < offset) {
            self.reach = self.reach.max(range.end);
        }
        self.reach > offset
    }
}
