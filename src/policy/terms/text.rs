//! Names and phrases: bounded, trimmed, without control characters.

use crate::backlog::{LabelKey, steers_display};
use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

fn bounded(text: &str, most: usize) -> Result<String, Mistake> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(Mistake::new("the text is empty", "write something, or leave it out"));
    }
    if trimmed.chars().any(steers_display) {
        return Err(Mistake::new(
            format!("{} holds control characters", quoted(trimmed)),
            "write it without them, in one line",
        ));
    }
    match trimmed.chars().count() {
        length if length > most => {
            Err(Mistake::new(format!("{} has {length} characters", quoted(trimmed)), format!("{most} are allowed")))
        }
        _ => Ok(trimmed.to_owned()),
    }
}

/// A word or phrase of 1 to 100 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) struct ShortText(pub(in crate::policy) String);

impl Term for ShortText {
    const FORM: &'static str = "a text of 1 to 100 characters";

    fn parse(text: &str) -> Result<Self, Mistake> {
        bounded(text, 100).map(Self)
    }
}

/// A label's name: 1 to 50 characters (GitHub's limit).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) struct LabelName(pub(in crate::policy) String);

impl Term for LabelName {
    const FORM: &'static str = "a label's name";

    fn parse(text: &str) -> Result<Self, Mistake> {
        label(text, 50).map(Self)
    }
}

/// Another spelling of a label: 1 to 100 characters, as trackers other than GitHub allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) struct Alias(pub(in crate::policy) String);

impl Term for Alias {
    const FORM: &'static str = "a label's name";

    fn parse(text: &str) -> Result<Self, Mistake> {
        label(text, 100).map(Self)
    }
}

/// A label needs a key, because by that it is compared.
fn label(text: &str, most: usize) -> Result<String, Mistake> {
    let name = bounded(text, most)?;
    if LabelKey::new(&name).as_str().is_empty() {
        return Err(Mistake::new(
            format!("{} holds no letter or digit", quoted(&name)),
            "name the label with words; emoji alone cannot be told apart",
        ));
    }
    Ok(name)
}

/// A label's description: at most 100 characters (GitHub's limit); may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) struct Description(pub(in crate::policy) String);

impl Term for Description {
    const FORM: &'static str = "a sentence of at most 100 characters";

    fn parse(text: &str) -> Result<Self, Mistake> {
        if text.is_empty() { Ok(Self(String::new())) } else { bounded(text, 100).map(Self) }
    }
}

/// The name of a project's field, as people see it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) struct FieldName(pub(in crate::policy) String);

impl Term for FieldName {
    const FORM: &'static str = "the name of a field of the project";

    fn parse(text: &str) -> Result<Self, Mistake> {
        bounded(text, 100).map(Self)
    }
}

term_schema!(ShortText, "ShortText", { "type": "string", "minLength": 1, "maxLength": 100 });
term_schema!(Alias, "Alias", { "type": "string", "minLength": 1, "maxLength": 100 });
term_schema!(LabelName, "LabelName", { "type": "string", "minLength": 1, "maxLength": 50 });
term_schema!(Description, "Description", { "type": "string", "maxLength": 100 });
term_schema!(FieldName, "FieldName", { "type": "string", "minLength": 1, "maxLength": 100 });
