//! Raw HTML in Markdown: which elements are open.
//!
//! `CommonMark` ends an HTML block at a blank line, so what stands between `<blockquote>` and `</blockquote>` may be
//! paragraphs of their own. On the page they are quoted all the same.

/// Elements whose content is not said by the comment's writer, or not said as plain text. Left open they reach over all
/// that follows: browsers open some of them again in every paragraph, and others take a later end for their own.
const QUOTING: [&str; 20] = [
    "pre",
    "code",
    "samp",
    "kbd",
    "tt",
    "blockquote",
    "q",
    "ul",
    "ol",
    "dl",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "del",
    "s",
    "strike",
];

/// Elements that only dress their content: they count to the end of their paragraph, as Markdown's emphasis does.
const DRESSING: [&str; 10] = ["b", "strong", "i", "em", "u", "ins", "sub", "sup", "small", "mark"];

/// What raw HTML left off in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unfinished {
    /// A comment: what follows is hidden until raw HTML closes it.
    Comment,
    /// A tag: what follows is taken for its attributes.
    Tag,
}

/// Which of these elements are open at a point of the text.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenElements {
    quoting: [u32; QUOTING.len()],
    dressing: [u32; DRESSING.len()],
    /// A link; a second one ends the first.
    link: bool,
    unfinished: Option<Unfinished>,
}

impl OpenElements {
    /// Whether what comes now is inside one of them.
    pub(super) fn muffle(&self) -> bool {
        self.unfinished.is_some() || self.link || self.quoting.iter().chain(&self.dressing).any(|depth| *depth > 0)
    }

    /// Sees the end of a top-level paragraph.
    pub(super) fn end_paragraph(&mut self) {
        self.dressing = Default::default();
    }

    /// Sees the end of another top-level block, before which these were open: what was closed in it stays open.
    pub(super) fn end_block(&mut self, before: &Self) {
        self.end_paragraph();
        self.link |= before.link;
        self.unfinished = self.unfinished.or(before.unfinished);
        for (depth, depth_before) in self.quoting.iter_mut().zip(before.quoting) {
            *depth = depth_before.max(*depth);
        }
    }

    /// Sees a piece of raw HTML; what is in comments does not count.
    pub(super) fn see(&mut self, html: &str) {
        let mut rest = html;
        match self.unfinished {
            Some(Unfinished::Tag) => return,
            Some(Unfinished::Comment) => rest = self.see_comment(rest),
            None => {}
        }
        while let Some((_, after)) = rest.split_once('<') {
            rest = match after.strip_prefix("!--") {
                // `<!-->` and `<!--->` are whole comments.
                Some(comment) if comment.starts_with('>') || comment.starts_with("->") => comment,
                Some(comment) => self.see_comment(comment),
                None if after.starts_with(['?', '!']) => self.see_declaration(after),
                None => self.see_tag(after),
            };
        }
    }

    /// Sees what follows a `<!--`. Returns what follows the comment.
    fn see_comment<'a>(&mut self, text: &'a str) -> &'a str {
        let after = text.split_once("-->").map(|(_, after)| after);
        self.unfinished = if after.is_none() { Some(Unfinished::Comment) } else { None };
        after.unwrap_or_default()
    }

    /// Sees what follows the `<` of a declaration or instruction, which browsers end at the next `>`.
    fn see_declaration<'a>(&mut self, text: &'a str) -> &'a str {
        let after = text.split_once('>').map(|(_, after)| after);
        if after.is_none() {
            self.unfinished = Some(Unfinished::Tag);
        }
        after.unwrap_or_default()
    }

    /// Sees what follows a `<`. Returns what follows the tag.
    fn see_tag<'a>(&mut self, text: &'a str) -> &'a str {
        let (closes, name) = text.strip_prefix('/').map_or((false, text), |name| (true, name));
        let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let Some((name, rest)) = name.split_at_checked(length).filter(|_| length > 0) else { return text };
        let Some((attributes, after)) = split_attributes(rest) else {
            self.unfinished = Some(Unfinished::Tag);
            return "";
        };
        if name.eq_ignore_ascii_case("a") {
            self.link = !closes && attributes.to_ascii_lowercase().contains("href");
        } else if let Some(depth) = self.depth_of(name) {
            *depth = if closes { depth.saturating_sub(1) } else { depth.saturating_add(1) };
        }
        after
    }

    fn depth_of(&mut self, name: &str) -> Option<&mut u32> {
        let place = |names: &[&str]| names.iter().position(|known| name.eq_ignore_ascii_case(known));
        match (place(&QUOTING), place(&DRESSING)) {
            (Some(index), _) => self.quoting.get_mut(index),
            (None, Some(index)) => self.dressing.get_mut(index),
            (None, None) => None,
        }
    }
}

/// A tag's attributes, and what follows the `>` that ends it; quoted values may hold one. None: nothing ends it.
fn split_attributes(text: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (index, byte) in text.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return Some((text.get(..index)?, text.get(index + 1..)?)),
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::OpenElements;

    fn muffles(html: &str) -> bool {
        let mut open = OpenElements::default();
        open.see(html);
        open.muffle()
    }

    #[test]
    fn elements_are_open_until_they_are_closed() {
        for html in [
            "<pre>",
            "<div><BLOCKQUOTE class='a>b'>",
            "<ul><li>",
            "<table><tr>",
            "<pre><pre></pre>",
            "<!-- x",
            "<img alt=\"",
        ] {
            assert!(muffles(html), "{html}");
        }
        for html in [
            "",
            "<details><summary>x</summary>",
            "<pre></pre>",
            "</pre>",
            "<!-- <pre> -->",
            "<img alt=\"<pre>\">",
            "<predator>",
            "< pre>",
            "<!-->",
        ] {
            assert!(!muffles(html), "{html}");
        }
    }

    #[test]
    fn what_is_left_open_ends_with_its_paragraph_or_never() {
        for (html, after_paragraph, after_block) in [
            ("<a name=x>", false, false),
            ("<b>", false, false),
            ("<a HREF=x>", true, true),
            ("<a href=x></a>", false, false),
            ("<a href=x><a name=y>", false, false),
            ("<ul>", true, true),
            ("<code>", true, true),
            ("<?x", true, true),
            ("<!-- x", true, true),
            ("<x y='", true, true),
        ] {
            let mut paragraph = OpenElements::default();
            paragraph.see(html);
            paragraph.end_paragraph();
            assert_eq!(paragraph.muffle(), after_paragraph, "{html}");
            let mut block = OpenElements::default();
            block.see(html);
            block.end_block(&OpenElements::default());
            assert_eq!(block.muffle(), after_block, "{html}");
        }
    }

    #[test]
    fn a_block_does_not_close_what_was_open_before_it() {
        let mut open = OpenElements::default();
        open.see("<pre>");
        let before = open.clone();
        open.see("</pre>");
        open.end_block(&before);
        assert!(open.muffle());
    }

    #[test]
    fn a_comment_may_be_closed_by_a_later_piece() {
        let mut open = OpenElements::default();
        open.see("<div><!-- <pre>");
        open.see("x --></div>");
        assert!(!open.muffle());
    }
}
