//! A title → its prefixes (`[infra]`, `perf:`, `feat(api)!:`) and where its first word of weight stands.

/// A title, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Heading<'a> {
    /// What stands in brackets or before a colon or dash at the start, in order.
    pub(crate) prefixes: Vec<Prefix<'a>>,
    /// The title after all of them.
    pub(crate) rest: &'a str,
}

/// Something at the start of a title that may name a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Prefix<'a> {
    /// As it stands, with its brackets or colon.
    pub(crate) sign: &'a str,
    /// What it says: `feat(api)`.
    pub(crate) full: &'a str,
    /// Its first part, where it is a conventional commit's type with a scope: `feat`.
    pub(crate) kind: Option<&'a str>,
}

/// The longest prefix, in bytes.
const LONGEST: usize = 48;

/// How many are looked at.
const MOST: usize = 4;

/// Takes a title apart. What no category knows by name still belongs to the title: that is for the caller to say.
pub(crate) fn read_title(title: &str) -> Heading<'_> {
    let mut rest = title.trim_start();
    let mut prefixes = Vec::new();
    while prefixes.len() < MOST {
        let Some((prefix, after)) = bracketed(rest).or_else(|| before_colon(rest)).or_else(|| before_dash(rest)) else {
            break;
        };
        if after.trim().is_empty() {
            break;
        }
        prefixes.push(prefix);
        rest = after.trim_start();
    }
    Heading { prefixes, rest }
}

fn bracketed(text: &str) -> Option<(Prefix<'_>, &str)> {
    let close = match text.chars().next()? {
        '[' => ']',
        '(' => ')',
        '【' => '】',
        _ => return None,
    };
    let (_, inner) = text.split_at_checked(text.chars().next()?.len_utf8())?;
    let end = super::beginning(inner, LONGEST).find(close)?;
    let (full, after) = inner.split_at_checked(end)?;
    let after = after.strip_prefix(close)?;
    let sign = text.get(..text.len() - after.len())?;
    let after = after.trim_start().trim_start_matches([':', '-', '–']);
    Some((Prefix { sign, full: full.trim(), kind: None }, after))
}

fn before_colon(text: &str) -> Option<(Prefix<'_>, &str)> {
    let end = super::beginning(text, LONGEST).find(':')?;
    let (full, after) = text.split_at_checked(end)?;
    let after = after.strip_prefix(':')?;
    if !after.starts_with([' ', '[']) && after.len() > 1 && !full.ends_with(')') && full.contains(' ') {
        return None;
    }
    if after.starts_with([':', '/']) || !is_short(full) {
        return None;
    }
    let sign = text.get(..=end)?;
    let full = full.trim().trim_end_matches('!');
    let kind = full.split_once('(').map(|(kind, _)| kind.trim());
    Some((Prefix { sign, full, kind }, after))
}

fn before_dash(text: &str) -> Option<(Prefix<'_>, &str)> {
    let near = super::beginning(text, LONGEST);
    let end = near.find(" - ").or_else(|| near.find(" – "))?;
    let (full, after) = text.split_at_checked(end)?;
    if !is_short(full) {
        return None;
    }
    let after = after.trim_start().trim_start_matches(['-', '–']);
    Some((Prefix { sign: full, full: full.trim(), kind: None }, after))
}

fn is_short(text: &str) -> bool {
    !text.trim().is_empty() && text.split_whitespace().count() <= 3 && !text.contains(['?', '"', '`'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read_title;

    fn shown(title: &str) -> String {
        let heading = read_title(title);
        let prefixes: Vec<String> = heading
            .prefixes
            .iter()
            .map(|prefix| format!("{}|{}|{}", prefix.sign, prefix.full, prefix.kind.unwrap_or_default()))
            .collect();
        format!("{} => {}", prefixes.join(" "), heading.rest)
    }

    #[test]
    fn prefixes_of_all_kinds() {
        assert_eq!(shown("[infra] Move the shop"), "[infra]|infra| => Move the shop");
        assert_eq!(shown("[Bug]: it fails"), "[Bug]|Bug| => it fails");
        assert_eq!(shown("feat(api)!: open"), "feat(api)!:|feat(api)|feat => open");
        assert_eq!(shown("perf:faster"), "perf:|perf| => faster");
        assert_eq!(shown("SPIKE - look at it"), "SPIKE|SPIKE| => look at it");
        assert_eq!(shown("[ML][CI] flaky"), "[ML]|ML| [CI]|CI| => flaky");
        assert_eq!(shown("std::vec is slow"), " => std::vec is slow");
        assert_eq!(shown("The shop does not open today: why"), " => The shop does not open today: why");
        assert_eq!(shown("[only]"), " => [only]");
    }

    proptest! {
        #[test]
        fn any_title_is_read(title in "[\\[\\]():!\\- a\u{e9}【】]{0,80}|\\PC{0,80}") {
            let heading = read_title(&title);
            prop_assert!(title.ends_with(heading.rest));
        }
    }
}
