//! What was asked, and what should not have happened.

use jiff::Timestamp;

/// A request that the simulated GitHub answered (or dropped).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, in upper case.
    pub method: String,
    /// The path without query.
    pub path: String,
    /// The query, without `?`; empty when there is none.
    pub query: String,
    /// The status of the answer; 0 when the connection was dropped.
    pub status: u16,
    /// Who asked: a login (`plimsoll[bot]` for installation tokens), `app` (signed as the App) or `anonymous`.
    pub actor: String,
    /// What it was called, where it was GraphQL: `query Project`.
    pub operation: Option<String>,
    /// Whether a scripted fault decided the answer.
    pub faulted: bool,
    /// When, by the sandbox's clock.
    pub at: Timestamp,
}

impl Request {
    /// Whether it asked for a change of something that people see; a request for an installation token is none.
    #[must_use]
    pub fn is_write(&self) -> bool {
        let only_asks = self.operation.as_deref().is_some_and(|operation| operation.starts_with("query"));
        self.method != "GET" && self.method != "HEAD" && !self.path.starts_with("/app") && !only_asks
    }
}

/// What should not have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViolationKind {
    /// A label was put on an issue that already had it.
    LabelTwice,
    /// A program wrote a comment that stands there already: the same text, or the same hidden marker.
    CommentTwice,
    /// A comment was written anew with the text that it had.
    EditWithoutChange,
    /// More requests than GitHub's secondary limits allow, by the sandbox's clock.
    TooFast,
    /// A request of a caller that was told to wait longer.
    TooSoon,
    /// A program opened an issue that is there already: the same text, or the same hidden marker.
    IssueTwice,
    /// The test or the demo asked for something impossible, e.g. to remove a label that is not there.
    Driver,
}

/// Something that should not have happened, for a test's last assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What kind.
    pub kind: ViolationKind,
    /// Who did it.
    pub actor: String,
    /// To what, in words.
    pub what: String,
    /// When, by the sandbox's clock.
    pub at: Timestamp,
}
