//! `3 sprints`: a number of sprints.

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// A number of sprints, from 1 to 52.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SprintCount(u8);

impl SprintCount {
    const MOST: u8 = 52;

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Term for SprintCount {
    const FORM: &'static str = "a number of sprints such as `3 sprints`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let number = text.strip_suffix(" sprints").or_else(|| text.strip_suffix(" sprint")).map(str::trim_end);
        let count = number
            .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|number| number.parse::<u8>().ok());
        match count {
            Some(count @ 1..=Self::MOST) => Ok(Self(count)),
            _ => Err(Mistake::new(
                format!("{} is no number of sprints", quoted(text)),
                format!("write 1 to {} and the word, e.g. `3 sprints`", Self::MOST),
            )),
        }
    }
}

term_schema!(SprintCount, "SprintCount", {
    "type": "string", "pattern": "^[0-9]{1,2} +sprints?$", "examples": ["3 sprints"],
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_to_fifty_two_sprints_are_a_number_of_sprints() {
        assert_eq!(SprintCount::parse("1 sprint").unwrap().get(), 1);
        assert_eq!(SprintCount::parse("52 sprints").unwrap().get(), 52);
        for text in
            ["", "3", "0 sprints", "53 sprints", "+3 sprints", "-3 sprints", "three sprints", " sprints", "3sprints"]
        {
            assert!(SprintCount::parse(text).is_err(), "{text:?}");
        }
    }
}
