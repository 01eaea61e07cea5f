//! What GitHub's refusals mean: from status, headers and body to a [`TrackerError`] that carries its decision.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::tracker::{Missing, TrackerError};

/// What was asked, as far as errors need to know.
#[derive(Clone, Debug)]
pub(super) struct Purpose {
    /// What is being done, to what.
    pub(super) doing: String,
    /// What a 404 means.
    pub(super) missing: Missing,
    /// The permission that it needs, e.g. `issues: write`.
    pub(super) needs: &'static str,
}

impl Purpose {
    pub(super) fn failed(&self, message: impl Into<String>) -> TrackerError {
        TrackerError::Failed { doing: self.doing.clone(), message: message.into() }
    }

    pub(super) fn missing(&self) -> TrackerError {
        TrackerError::Missing { doing: self.doing.clone(), what: self.missing }
    }
}

/// A short text from GitHub, fit for a log: one line, at most 200 characters.
pub(super) fn brief(text: &str) -> String {
    const LIMIT: usize = 200;
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.retain(|c| !c.is_control());
    match words.char_indices().nth(LIMIT - 1) {
        Some((end, _)) if words.chars().nth(LIMIT).is_some() => {
            words.truncate(end);
            words.push('…');
            words
        }
        _ => words,
    }
}

/// The body of a refusal.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Complaint {
    message: Option<String>,
    errors: Option<serde_json::Value>,
}

impl Complaint {
    pub(super) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    pub(super) fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    /// Whether one of its errors has this code, e.g. `already_exists`.
    pub(super) fn has_code(&self, code: &str) -> bool {
        self.each().any(|error| error.get("code").and_then(|found| found.as_str()) == Some(code))
    }

    fn each(&self) -> impl Iterator<Item = &serde_json::Value> {
        self.errors.as_ref().and_then(|errors| errors.as_array()).into_iter().flatten()
    }

    /// Message and errors in one line.
    pub(super) fn text(&self) -> String {
        let errors: Vec<String> = self.each().take(3).map(one_error).collect();
        let message = if self.message().is_empty() { "no reason was given" } else { self.message() };
        brief(&if errors.is_empty() { message.to_owned() } else { format!("{message}: {}", errors.join(", ")) })
    }
}

fn one_error(error: &serde_json::Value) -> String {
    let field = |name: &str| error.get(name).and_then(|value| value.as_str());
    if let Some(text) = error.as_str().or_else(|| field("message")) {
        return text.to_owned();
    }
    ["resource", "field", "code"].into_iter().filter_map(field).collect::<Vec<_>>().join(" ")
}

/// What an answer that is neither success, redirect nor "later" means. `credentials` names the settings to look at.
pub(super) fn refusal(
    purpose: &Purpose,
    status: StatusCode,
    headers: &HeaderMap,
    complaint: &Complaint,
    credentials: &str,
) -> TrackerError {
    let refused = |hint| TrackerError::Refused { doing: purpose.doing.clone(), message: complaint.text(), hint };
    match status {
        StatusCode::UNAUTHORIZED => TrackerError::Unauthorised {
            doing: purpose.doing.clone(),
            message: complaint.text(),
            hint: format!("check {credentials}, and that this machine's clock is right"),
        },
        StatusCode::FORBIDDEN | StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => {
            refused(forbidden_hint(complaint.message(), accepted(headers).unwrap_or(purpose.needs)))
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => purpose.missing(),
        _ => purpose.failed(format!("GitHub answered {} ({})", status.as_u16(), complaint.text())),
    }
}

fn forbidden_hint(message: &str, needs: &str) -> String {
    let message = message.to_ascii_lowercase();
    if message.contains("archived") {
        "the repository is archived: unarchive it, or leave it out of the installation".to_owned()
    } else if message.contains("suspended") {
        "the installation is suspended: unsuspend it on GitHub, or uninstall the App there".to_owned()
    } else if message.contains("locked") {
        "the conversation is locked: unlock it, or give the bot the right to write".to_owned()
    } else if message.contains("saml") {
        "authorise the token for the organisation's single sign-on".to_owned()
    } else {
        format!("grant the permission `{needs}` to the App (and accept it for the installation) or to the token")
    }
}

/// The permission that GitHub says would have done.
fn accepted(headers: &HeaderMap) -> Option<&str> {
    headers
        .get("x-accepted-github-permissions")
        .and_then(|value| value.to_str().ok())
        .filter(|value| !value.is_empty() && value.len() <= 100)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};

    use super::{Complaint, Purpose, brief, refusal};
    use crate::tracker::{Missing, TrackerError};

    fn refuse(status: u16, body: &str) -> TrackerError {
        let purpose =
            Purpose { doing: "labelling acme/shop#7".into(), missing: Missing::Below, needs: "issues: write" };
        let status = StatusCode::from_u16(status).unwrap();
        refusal(&purpose, status, &HeaderMap::new(), &Complaint::read(body.as_bytes()), "PLIMSOLL_GITHUB_TOKEN")
    }

    #[test]
    fn a_refusal_says_what_was_done_what_github_said_and_what_to_do() {
        insta::assert_snapshot!(refuse(401, r#"{"message":"Bad credentials"}"#), @"labelling acme/shop#7: refused (Bad credentials); check PLIMSOLL_GITHUB_TOKEN, and that this machine's clock is right");
        insta::assert_snapshot!(refuse(403, r#"{"message":"Resource not accessible by integration"}"#), @"labelling acme/shop#7: refused (Resource not accessible by integration); grant the permission `issues: write` to the App (and accept it for the installation) or to the token");
        insta::assert_snapshot!(refuse(403, r#"{"message":"Repository was archived so is read-only."}"#), @"labelling acme/shop#7: refused (Repository was archived so is read-only.); the repository is archived: unarchive it, or leave it out of the installation");
        insta::assert_snapshot!(refuse(404, r#"{"message":"Not Found"}"#), @"labelling acme/shop#7: not found (Below)");
        insta::assert_snapshot!(refuse(410, "gone"), @"labelling acme/shop#7: not found (Below)");
        insta::assert_snapshot!(refuse(422, r#"{"message":"Validation Failed","errors":[{"resource":"Label","code":"invalid","field":"name"},{"code":"custom","message":"too long"},"plain"]}"#), @"labelling acme/shop#7: GitHub answered 422 (Validation Failed: Label name invalid, too long, plain)");
        insta::assert_snapshot!(refuse(418, "<html>"), @"labelling acme/shop#7: GitHub answered 418 (no reason was given)");
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(brief("  two\n words\u{7} "), "two words");
        assert_eq!(brief(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(brief(&"é".repeat(201)), format!("{}…", "é".repeat(199)));
    }

    #[test]
    fn codes_are_found() {
        let complaint = Complaint::read(br#"{"errors":[{"code":"already_exists"}]}"#);
        assert!(complaint.has_code("already_exists"));
        assert!(!Complaint::read(br#"{"errors":"x"}"#).has_code("already_exists"));
    }
}
