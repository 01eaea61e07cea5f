//! What happens if nothing is done, where an item's description has a section that says so.

/// Headings under which people write it.
const HEADINGS: [&str; 6] = ["impact", "why", "risk", "why it matters", "business impact", "impact and risk"];
/// So many characters of it are shown.
const LONGEST: usize = 300;

/// The first paragraph of a section `Impact`, `Why` or `Risk`, or what stands behind `Impact:` in a line. The text is
/// hostile and is returned as it stands.
pub(super) fn section(body: &str) -> Option<String> {
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if let Some(heading) = line.strip_prefix('#') {
            if is_heading(heading.trim_start_matches('#')) {
                return paragraph(lines);
            }
        } else if let Some((word, rest)) = line.trim_start_matches(['*', '-', ' ']).split_once(':')
            && is_heading(word)
        {
            return shortened(rest.trim_start_matches('*').trim());
        }
    }
    None
}

fn is_heading(text: &str) -> bool {
    let plain = text.trim().trim_matches(['*', '_', ':', '?', ' ']).to_lowercase();
    HEADINGS.contains(&plain.as_str())
}

fn paragraph<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let text: Vec<&str> = lines
        .map(str::trim)
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    shortened(&text.join(" "))
}

/// A template's placeholder says nothing.
fn shortened(text: &str) -> Option<String> {
    let says_nothing = text.is_empty() || text.starts_with("<!--") || text == "_No response_";
    (!says_nothing).then(|| text.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn a_section_of_the_description_says_it() {
        assert_eq!(section("Intro\n\n## Impact\n\nOrders\nget lost.\n\nMore").as_deref(), Some("Orders get lost."));
        assert_eq!(section("**Risk:** we cannot restore").as_deref(), Some("we cannot restore"));
        assert_eq!(section("- Why: it is slow").as_deref(), Some("it is slow"));
        for silent in ["", "## Impact", "## Impact\n\n## Steps\nx", "### Impact\n_No response_", "Impacted: all", "https://x"] {
            assert_eq!(section(silent), None, "{silent}");
        }
    }
}
