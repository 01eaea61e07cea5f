//! What a line says: its first word, and the rest.
//!
//! What people see counts. Characters without any width are passed over around and in a word, so that a copied
//! `/in<U+200B>fra` is what it looks like. Characters that turn the direction of reading make what is seen differ from what
//! is written: a word with one of them is none.

/// A line that has the form of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::command) struct Utterance<'a> {
    /// The first word without its slash: lower-case, at most [`LONGEST_WORD`] characters.
    pub word: Token,
    /// The rest of the line, trimmed.
    pub rest: &'a str,
}

/// A word as a command's name is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::command) enum Token {
    /// Letters, digits, hyphens and underscores, lower-case.
    Word(String),
    /// The same with a punctuation mark after it, as in `/infra.`, without the mark.
    Punctuated(String),
}

/// Longer words are nobody's command.
const LONGEST_WORD: usize = 60;

/// The command that a line has the form of: up to three spaces, a slash, a word, and white space or the line's end.
pub(in crate::command) fn utterance(line: &str) -> Option<Utterance<'_>> {
    let mut indent = 0;
    let mut rest = line;
    loop {
        let mut chars = rest.chars();
        match chars.next()? {
            '/' => return split(chars.as_str()).map(|(word, rest)| Utterance { word, rest }),
            ' ' | '\u{a0}' if indent < 3 => indent += 1,
            c if is_invisible(c) => {}
            _ => return None,
        }
        rest = chars.as_str();
    }
}

/// Parts a text into its first word and the rest. None: it does not start with a word that could be a command's name.
pub(in crate::command) fn split(text: &str) -> Option<(Token, &str)> {
    let (token, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let mut word = String::new();
    for c in token.chars().filter(|c| !is_invisible(*c)).take(LONGEST_WORD + 2) {
        word.extend(c.to_lowercase());
    }
    let bare = word.trim_end_matches(['.', ',', ':', ';', '!', '?']);
    let is_word = bare.chars().count() <= LONGEST_WORD
        && bare.starts_with(char::is_alphanumeric)
        && bare.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let token = match is_word {
        false => return None,
        true if bare.len() == word.len() => Token::Word(word),
        true => Token::Punctuated(bare.to_owned()),
    };
    Some((token, rest.trim()))
}

/// Characters that leave no trace on the page.
pub(in crate::command) const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Characters that turn the direction of reading for what follows.
pub(in crate::command) const fn is_directional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(line: &str) -> Option<(String, String)> {
        match utterance(line)? {
            Utterance { word: Token::Word(word), rest } => Some((word, rest.to_owned())),
            Utterance { word: Token::Punctuated(_), .. } => None,
        }
    }

    #[test]
    fn a_word_is_what_people_see() {
        for (line, word, rest) in [
            ("/infra", "infra", ""),
            ("   /INFRA  a  b ", "infra", "a  b"),
            ("/tech-debt", "tech-debt", ""),
            ("/infra\tx", "infra", "x"),
            ("/infra\u{a0}x", "infra", "x"),
            ("\u{feff}/in\u{200b}fra\u{200e}", "infra", ""),
            ("/2fa", "2fa", ""),
            ("/schönheit", "schönheit", ""),
        ] {
            assert_eq!(heard(line), Some((word.to_owned(), rest.to_owned())), "{line:?}");
        }
    }

    #[test]
    fn what_is_no_word_is_no_command() {
        for line in [
            "",
            "/",
            "/ infra",
            "//infra",
            "/infra/foo",
            "/etc/passwd",
            "/infra.",
            "/infra, please",
            "/infra(x)",
            "/infra\\",
            "\\/infra",
            "&#47;infra",
            "    /infra",
            "\t/infra",
            "a /infra",
            "/-infra",
            "\u{202e}/infra",
            "/in\u{2066}fra",
            "／infra",
            "/@infra",
            "/*infra*",
        ] {
            assert_eq!(heard(line), None, "{line:?}");
        }
        assert_eq!(utterance(&format!("/{}", "a".repeat(100_000))), None);
    }

    #[test]
    fn a_mark_after_a_word_is_told_apart() {
        assert_eq!(utterance("/infra!"), Some(Utterance { word: Token::Punctuated("infra".to_owned()), rest: "" }));
        assert_eq!(utterance("/infra.md"), None);
    }
}
