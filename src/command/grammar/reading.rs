//! Walks through a comment as GitHub renders it and keeps the lines that its writer said as plain text.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::email::Quoting;
use super::html::OpenElements;
use super::limit::Bounded;
use super::paragraph::Paragraph;
use super::table::lines_before_table;

/// A line of a top-level paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::command) struct Line<'a> {
    /// Its number in the text, from 1.
    pub number: usize,
    /// Its text without HTML comments and without the mark of a hard line break.
    pub text: Cow<'a, str>,
    /// Where it starts and ends (without its line end) in the text, in bytes.
    pub range: Range<usize>,
}

/// What was read of a comment.
#[derive(Debug, Default)]
pub(in crate::command) struct Reading<'a> {
    /// The lines in which a command counts, in order.
    pub lines: Vec<Line<'a>>,
    /// HTML comments between and in the paragraphs, in order: the page does not show them.
    pub comments: Vec<Range<usize>>,
    /// Where a text that runs over several lines ends at the latest: headings, rules, quotes of e-mail; in order.
    pub stops: Vec<usize>,
}

impl Reading<'_> {
    /// What the page shows of a part of the text that starts with a line: the lines after that one, without comments.
    pub(in crate::command) fn below<'t>(&self, text: &'t str, part: Range<usize>) -> Cow<'t, str> {
        let first = self.comments.partition_point(|comment| comment.end <= part.start);
        let last = self.comments.partition_point(|comment| comment.start < part.end);
        let raw = text.get(part.clone()).unwrap_or_default();
        let start = part.start + raw.len() - raw.strip_prefix('\n').unwrap_or(raw).len();
        let comments = self.comments.get(first..last).unwrap_or_default();
        without(text.get(start..part.end).unwrap_or_default(), start, comments)
    }
}

/// Markdown as GitHub reads it.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_GFM);

/// Reads a comment. Time linear in its length.
pub(in crate::command) fn read<'a>(bounded: &'a Bounded<'_>) -> Reading<'a> {
    let text = bounded.text.as_ref();
    let known_until = if bounded.cut { text.trim_end().len() } else { usize::MAX };
    let mut walk = Walk::new(text, known_until);
    for (event, range) in Parser::new_ext(text, OPTIONS).into_offset_iter() {
        walk.see(&event, range);
    }
    walk.reading
}

struct Walk<'a> {
    text: &'a str,
    /// A block that reaches this offset may go on in what was left unread: it says nothing.
    known_until: usize,
    depth: usize,
    paragraph: Option<Paragraph>,
    open: OpenElements,
    /// What was open before the present top-level block.
    open_before: OpenElements,
    /// The block of raw HTML that the walk is in, without the marks of what is around it.
    html: String,
    quoting: Quoting,
    lines: LineCounter<'a>,
    reading: Reading<'a>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str, known_until: usize) -> Self {
        Self {
            text,
            known_until,
            depth: 0,
            paragraph: None,
            open: OpenElements::default(),
            open_before: OpenElements::default(),
            html: String::new(),
            quoting: Quoting::default(),
            lines: LineCounter { text, counted: 0, line: 1 },
            reading: Reading::default(),
        }
    }

    fn see(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => {
                match self.depth {
                    0 => self.start_block(tag, range),
                    1 => self.cover(range),
                    _ => {}
                }
                self.depth += 1;
            }
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                if *end == TagEnd::HtmlBlock {
                    self.open.see(&std::mem::take(&mut self.html));
                }
                if self.depth == 0 {
                    self.end_block(*end);
                }
            }
            Event::Html(html) => self.html.push_str(html),
            Event::InlineHtml(html) => match &mut self.paragraph {
                Some(paragraph) => paragraph.see_html(html, range, &mut self.open),
                None => self.open.see(html),
            },
            Event::Code(_) => self.cover(range),
            Event::Rule if self.depth == 0 => self.stop_at_block(range.start),
            _ => {}
        }
    }

    fn start_block(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        self.open_before = self.open.clone();
        match tag {
            Tag::Paragraph => {
                let line_start =
                    self.text.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
                self.paragraph = Some(Paragraph::new(line_start..range.end, &self.open));
            }
            Tag::BlockQuote(_) => self.quoting.block_quote(),
            Tag::Heading { .. } => self.stop_at_block(range.start),
            Tag::HtmlBlock => {
                self.quoting.other_block();
                if self.text.get(range.clone()).is_some_and(|html| html.starts_with("<!--")) {
                    self.reading.comments.push(range);
                }
            }
            _ => self.quoting.other_block(),
        }
    }

    fn end_block(&mut self, end: TagEnd) {
        match end {
            TagEnd::Paragraph => self.end_paragraph(),
            // Raw HTML at the top level is in nothing that could close it.
            TagEnd::HtmlBlock => {}
            // Footnotes are shown elsewhere.
            TagEnd::FootnoteDefinition => self.open = self.open_before.clone(),
            _ => self.open.end_block(&self.open_before),
        }
    }

    fn stop_at_block(&mut self, offset: usize) {
        self.quoting.other_block();
        self.reading.stops.push(offset);
    }

    fn cover(&mut self, range: Range<usize>) {
        if let Some(paragraph) = &mut self.paragraph {
            paragraph.cover(range);
        }
    }

    fn end_paragraph(&mut self) {
        let Some(mut paragraph) = self.paragraph.take() else { return };
        let mut covered = paragraph.end(&mut self.open);
        if paragraph.range.end >= self.known_until {
            return;
        }
        let text = self.text.get(paragraph.range.clone()).unwrap_or_default();
        let raw: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
        let own = raw.get(..lines_before_table(raw.iter().copied()).unwrap_or(raw.len())).unwrap_or_default();
        let spoken = self.quoting.paragraph(own);
        self.reading.comments.extend(paragraph.comments.iter().cloned());
        let mut comments = paragraph.comments.into_iter().peekable();
        let mut start = paragraph.range.start;
        for (index, line) in own.iter().enumerate() {
            let range = start..start + line.len();
            start = range.end + 1;
            if index == spoken {
                self.reading.stops.push(range.start);
                break;
            }
            let word_start = range.start + line.len() - line.trim_start_matches(' ').len();
            let hidden = comments_of_line(&mut comments, &range);
            if !covered.reaches_over(word_start) {
                let text = said(line, range.start, &hidden, index + 1 < raw.len());
                self.reading.lines.push(Line { number: self.lines.number_at(range.start), text, range });
            }
        }
    }
}

/// Takes the comments that begin on a line.
fn comments_of_line(
    comments: &mut std::iter::Peekable<std::vec::IntoIter<Range<usize>>>,
    line: &Range<usize>,
) -> Vec<Range<usize>> {
    std::iter::from_fn(|| comments.next_if(|comment| comment.start < line.end)).collect()
}

/// A piece of text that starts at an offset, without the comments in it.
fn without<'a>(piece: &'a str, start: usize, comments: &[Range<usize>]) -> Cow<'a, str> {
    if comments.is_empty() {
        return Cow::Borrowed(piece);
    }
    let mut kept = String::with_capacity(piece.len());
    let mut from = 0;
    for comment in comments {
        let (hide_from, hide_to) = (comment.start.saturating_sub(start), comment.end.saturating_sub(start));
        kept.push_str(piece.get(from..hide_from).unwrap_or_default());
        from = hide_to.min(piece.len());
    }
    kept.push_str(piece.get(from..).unwrap_or_default());
    Cow::Owned(kept)
}

/// A line without what the page does not show: HTML comments, and the backslash of a hard line break.
fn said<'a>(line: &'a str, start: usize, comments: &[Range<usize>], goes_on: bool) -> Cow<'a, str> {
    let visible = without(line, start, comments);
    let backslashes = visible.bytes().rev().take_while(|byte| *byte == b'\\').count();
    match visible {
        Cow::Borrowed(line) if goes_on && backslashes % 2 == 1 => {
            Cow::Borrowed(line.strip_suffix('\\').unwrap_or(line))
        }
        Cow::Owned(mut line) if goes_on && backslashes % 2 == 1 => {
            line.pop();
            Cow::Owned(line)
        }
        unchanged => unchanged,
    }
}

/// Counts lines up to growing offsets.
struct LineCounter<'a> {
    text: &'a str,
    counted: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn number_at(&mut self, offset: usize) -> usize {
        let passed = self.text.get(self.counted..offset).unwrap_or_default();
        self.line += passed.bytes().filter(|byte| *byte == b'\n').count();
        self.counted = self.counted.max(offset);
        self.line
    }
}
