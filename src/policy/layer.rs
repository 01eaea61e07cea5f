//! Whose file says so: policies are laid over one another.

use std::fmt;

/// Where a part of the policy comes from, lowest first: what is higher is laid over what is lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LayerName {
    /// The defaults that are shipped with Plimsoll.
    Defaults,
    /// The file of the organisation that owns the repository.
    Organisation,
    /// The repository's or project's own file.
    Repository,
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Defaults => "the shipped defaults",
            Self::Organisation => "the organisation's file",
            Self::Repository => "the repository's file",
        })
    }
}

/// A policy file that is to be laid over the ones below it.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// Whose file it is.
    pub name: LayerName,
    /// Its content.
    pub text: &'a str,
}
