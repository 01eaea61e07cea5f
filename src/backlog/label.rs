//! When two labels are the same label in another spelling.

use std::fmt;

/// A label as it is compared: lower-case, with spaces, underscores, colons, slashes and hyphens as one separator and
/// anything that is neither letter, digit nor one of `+ # .` (emoji, brackets) left out.
///
/// `Tech Debt`, `tech_debt`, `tech-debt` and `:wrench: tech debt` are one key; `type: refactor` and `type/refactor` too.
/// Prefixes stay: `area/security` is not `security` unless the policy lists it as an alias.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LabelKey(String);

impl LabelKey {
    /// The key of a label's text.
    #[must_use]
    pub fn new(label: &str) -> Self {
        let mut key = String::with_capacity(label.len());
        let mut pending = false;
        for c in without_shortcodes(label).flat_map(char::to_lowercase) {
            if c.is_alphanumeric() || matches!(c, '+' | '#' | '.') {
                if pending && !key.is_empty() {
                    key.push('-');
                }
                pending = false;
                key.push(c);
            } else {
                pending = true;
            }
        }
        Self(key)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LabelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Leaves out emoji shortcodes such as `:wrench:`; a colon that opens no shortcode stays.
fn without_shortcodes(label: &str) -> impl Iterator<Item = char> {
    let mut kept = String::with_capacity(label.len());
    let mut rest = label;
    while let Some((before, after)) = rest.split_once(':') {
        kept.push_str(before);
        match after.split_once(':') {
            Some((name, tail)) if is_shortcode(name) && (before.is_empty() || before.ends_with(' ')) => {
                kept.push(' ');
                rest = tail;
            }
            _ => {
                kept.push(':');
                rest = after;
            }
        }
    }
    kept.push_str(rest);
    kept.chars().collect::<Vec<_>>().into_iter()
}

fn is_shortcode(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '+' | '-'))
}

#[cfg(test)]
mod tests {
    use super::LabelKey;

    #[test]
    fn spellings_of_one_label_share_a_key() {
        for spelling in
            ["tech-debt", "Tech Debt", "tech_debt", "TECH/DEBT", ":wrench: tech debt", "🔧 tech-debt", " tech  debt "]
        {
            assert_eq!(LabelKey::new(spelling).as_str(), "tech-debt", "{spelling:?}");
        }
        assert_eq!(LabelKey::new("type: refactor"), LabelKey::new("type/refactor"));
        assert_ne!(LabelKey::new("area/security"), LabelKey::new("security"));
        assert_ne!(LabelKey::new("c++"), LabelKey::new("c"));
    }
}
