//! Raw HTML in Markdown: which elements are open.
//!
//! `CommonMark` ends an HTML block at a blank line, so what stands between `<blockquote>` and `</blockquote>` may be
//! paragraphs of their own. On the page they are quoted all the same.

/// Elements whose content is not said by the comment's writer, or not said as plain text.
const MUFFLING: [&str; 21] = [
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
    "a",
];
/// Links end with their paragraph at the latest: `<a name="top">` is often left open.
const LINK: usize = MUFFLING.len() - 1;

/// Which muffling elements are open at a point of the text.
#[derive(Debug, Default)]
pub(super) struct OpenElements {
    depths: [u32; MUFFLING.len()],
}

impl OpenElements {
    /// Whether what comes now is inside one of them.
    pub(super) fn muffle(&self) -> bool {
        self.depths.iter().any(|depth| *depth > 0)
    }

    /// Sees the end of a paragraph.
    pub(super) fn end_paragraph(&mut self) {
        if let Some(links) = self.depths.get_mut(LINK) {
            *links = 0;
        }
    }

    /// Sees a piece of raw HTML; comments in it do not count.
    pub(super) fn see(&mut self, html: &str) {
        let mut rest = html;
        while let Some((_, after)) = rest.split_once('<') {
            rest = match after.strip_prefix("!--") {
                Some(comment) => comment.split_once("-->").map_or("", |(_, after)| after),
                None => self.see_tag(after),
            };
        }
    }

    /// Sees what follows a `<`. Returns what follows the tag.
    fn see_tag<'a>(&mut self, text: &'a str) -> &'a str {
        let (closes, name) = text.strip_prefix('/').map_or((false, text), |name| (true, name));
        let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let Some((name, attributes)) = name.split_at_checked(length).filter(|_| length > 0) else { return text };
        let known = MUFFLING.iter().position(|known| name.eq_ignore_ascii_case(known));
        if let Some(depth) = known.and_then(|index| self.depths.get_mut(index)) {
            *depth = if closes { depth.saturating_sub(1) } else { depth.saturating_add(1) };
        }
        after_attributes(attributes)
    }
}

/// What follows the `>` that ends a tag; quoted values may hold one.
fn after_attributes(text: &str) -> &str {
    let mut quote = None;
    for (index, byte) in text.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return text.get(index + 1..).unwrap_or_default(),
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    ""
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
        for html in ["<pre>", "<div><BLOCKQUOTE class='a>b'>", "<ul><li>", "<table><tr>", "<pre><pre></pre>"] {
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
            "<img alt=\"",
        ] {
            assert!(!muffles(html), "{html}");
        }
    }
}
