//! User text in an answer: in code form, where no mention, command or markup works, and short.

/// What is quoted is cut to this many characters.
const LONGEST_QUOTE: usize = 60;

/// A piece of user text as a Markdown code span on one line.
///
/// The fence is longer than any run of backticks in it; characters that are invisible, turn the direction of reading or
/// control anything are left out.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut shown = String::new();
    let mut kept = 0;
    let mut space_pending = false;
    for c in text.chars() {
        if c.is_whitespace() || c == '\u{0}' {
            space_pending = kept > 0;
        } else if !super::grammar::is_invisible(c) && !super::grammar::is_directional(c) && !c.is_control() {
            if kept >= LONGEST_QUOTE {
                shown.push('…');
                break;
            }
            if space_pending {
                shown.push(' ');
                kept += 1;
            }
            space_pending = false;
            shown.push(c);
            kept += 1;
        }
    }
    let fence = "`".repeat(longest_run(&shown) + 1);
    if shown.is_empty() || shown.starts_with('`') || shown.ends_with('`') {
        format!("{fence} {shown} {fence}")
    } else {
        format!("{fence}{shown}{fence}")
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_breaks_out_of_a_quote() {
        for (text, expected) in [
            ("/points x", "`/points x`"),
            ("/points `x` @ann", "``/points `x` @ann``"),
            ("``", "``` `` ```"),
            ("", "`  `"),
            ("a\n\n/infra\r\n@ann", "`a /infra @ann`"),
            ("a\u{202e}b\u{200b}c\u{7}d", "`abcd`"),
            ("a\\", "`a\\`"),
        ] {
            assert_eq!(quoted(text), expected, "{text:?}");
        }
        assert_eq!(quoted(&"ä".repeat(500)), format!("`{}…`", "ä".repeat(60)));
    }
}
