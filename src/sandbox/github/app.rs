//! The GitHub App that the simulated GitHub knows.

use std::fmt;

use super::state::Permissions;

/// A 2048-bit RSA key made for this sandbox alone. It opens nothing: whoever reads this repository has it.
const TEST_ONLY_PRIVATE_KEY: &str = include_str!("test_only_private_key.pem");

/// The events to which the App is subscribed. `installation` and `installation_repositories` go to every App.
pub(super) const EVENTS: [&str; 11] = [
    "issues",
    "issue_comment",
    "label",
    "milestone",
    "projects_v2_item",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "repository",
    "sub_issues",
];

/// What the App asks for, and every installation grants.
pub(super) fn permissions() -> Permissions {
    [
        ("organization_projects", "write"),
        ("issues", "write"),
        ("pull_requests", "write"),
        ("contents", "read"),
        ("statuses", "write"),
        ("metadata", "read"),
        ("members", "read"),
    ]
    .map(|(name, access)| (name.to_owned(), access.to_owned()))
    .into()
}

/// A GitHub App: who it is, how it proves that, and how its webhooks are signed.
#[derive(Clone)]
pub struct App {
    /// The App's id, the `iss` of its tokens.
    pub id: u64,
    /// Its name in addresses; its account is `<slug>[bot]`.
    pub slug: String,
    /// The RSA key in PEM (`RSA PRIVATE KEY` or `PRIVATE KEY`) with which it signs tokens.
    pub private_key_pem: String,
    /// The secret with which its webhooks are signed.
    pub webhook_secret: String,
}

impl Default for App {
    /// An App named `plimsoll` with a key and a secret that are public: for tests and the demo only.
    fn default() -> Self {
        Self {
            id: 4_711,
            slug: "plimsoll".to_owned(),
            private_key_pem: TEST_ONLY_PRIVATE_KEY.to_owned(),
            webhook_secret: "test-only-webhook-secret".to_owned(),
        }
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("id", &self.id).field("slug", &self.slug).finish_non_exhaustive()
    }
}
