//! The impact that an item's description tells under a heading of its own: `## Impact`, `**Why:** …`, `Risk: …`.

/// What headings are called that tell it.
const HEADINGS: [&str; 3] = ["impact", "why", "risk"];
/// What forms leave where nothing was written.
const NOTHING: [&str; 6] = ["_no response_", "no response", "none", "n/a", "tbd", "-"];
/// So many lines of a description are looked at.
const MOST_LINES: usize = 2000;

/// What a description says under its first heading `Impact`, `Why` or `Risk` (also `Why it matters`): the text up to the
/// next heading. None where there is no such heading, or nothing under it.
#[must_use]
pub fn impact_section(body: &str) -> Option<String> {
    let mut lines = body.lines().take(MOST_LINES).map(str::trim).filter(|line| !line.starts_with("<!--"));
    let mut in_code = false;
    let first = lines.by_ref().find_map(|line| {
        in_code ^= line.starts_with("```") || line.starts_with("~~~");
        if in_code { None } else { heading(line) }
    })?;
    let below = lines.take_while(|line| !is_heading(line));
    let text: Vec<&str> = std::iter::once(first).chain(below).filter(|line| !line.is_empty()).collect();
    let text = text.join(" ");
    let says_nothing = text.is_empty() || NOTHING.contains(&text.to_lowercase().as_str());
    (!says_nothing).then_some(text)
}

/// What follows on the line of a heading that tells the impact.
fn heading(line: &str) -> Option<&str> {
    let marked = is_heading(line);
    let bare = line.trim_start_matches('#').trim_start().trim_start_matches("**").trim_start_matches("__");
    let name =
        HEADINGS.iter().find(|name| bare.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))?;
    let rest = bare.get(name.len()..)?;
    let unmarked = |text: &str| !text.chars().any(char::is_alphanumeric);
    match rest.split_once(':') {
        Some((between, after)) if marked || unmarked(between) => Some(after.trim_start_matches(['*', '_']).trim()),
        _ if marked && !rest.starts_with(char::is_alphanumeric) => Some(""),
        _ => None,
    }
}

fn is_heading(line: &str) -> bool {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    let is_atx = (1..=6).contains(&hashes) && line.get(hashes..).is_some_and(|rest| rest.starts_with(' '));
    is_atx || (line.starts_with("**") && (line.ends_with("**") || line.contains(":**") || line.contains("**:")))
}

#[cfg(test)]
mod tests {
    use super::impact_section;

    #[test]
    fn an_impact_stands_under_its_heading() {
        for (body, expected) in [
            (
                "Intro\n\n## Impact\n\nEvery deployment\nneeds two people.\n\n## Notes\nx",
                Some("Every deployment needs two people."),
            ),
            ("**Why:** it breaks at night", Some("it breaks at night")),
            ("Risk: data loss", Some("data loss")),
            ("### Why it matters\nmoney", Some("money")),
            ("### Impact\n\n_No response_\n\n### Other\nx", None),
            ("Why do we fall", None),
            ("Whyever: no", None),
            ("```\n## Impact\nx\n```", None),
            ("## Impactful\nx", None),
            ("", None),
        ] {
            assert_eq!(impact_section(body).as_deref(), expected, "{body:?}");
        }
    }
}
