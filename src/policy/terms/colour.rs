//! `8b5a2b`: a label's colour.

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// Six lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) struct Colour(pub(in crate::policy) String);

impl Term for Colour {
    const FORM: &'static str = "a colour such as `\"8b5a2b\"`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(digits.to_ascii_lowercase()))
        } else {
            Err(Mistake::new(
                format!("{} is no colour", quoted(text)),
                "write six hexadecimal digits in quotes, e.g. `\"8b5a2b\"`",
            ))
        }
    }
}

term_schema!(Colour, "Colour", { "type": "string", "pattern": "^#?[0-9A-Fa-f]{6}$", "examples": ["8b5a2b"] });
