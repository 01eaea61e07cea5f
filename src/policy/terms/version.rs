//! `version: 1`: which form the file has.

use crate::policy::problem::{Mistake, quoted};
use crate::policy::read::{Term, term_schema};

/// The only form that this build understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) struct FileVersion;

impl Term for FileVersion {
    const FORM: &'static str = "`1`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        if text == "1" {
            Ok(Self)
        } else {
            Err(Mistake::new(
                format!("version {} is not understood", quoted(text)),
                "this build understands version 1: write `version: 1`, or upgrade Plimsoll",
            ))
        }
    }
}

term_schema!(FileVersion, "FileVersion", { "const": 1 });
