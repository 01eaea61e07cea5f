//! What an error in a GraphQL answer means for the work at hand.

use serde::Deserialize;

use crate::tracker::{Later, PauseScope, TrackerError};

use super::super::answer::{Purpose, brief};
use super::QueryError;

/// One error as GitHub writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GraphQlError {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: Option<String>,
    extensions: Extensions,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extensions {
    code: Option<String>,
}

impl GraphQlError {
    /// Whether it only says that something is not there, or not to be seen.
    pub(super) fn is_not_found(&self) -> bool {
        self.kind.as_deref() == Some("NOT_FOUND")
    }
}

/// GitHub gave up on a query that took it too long; it advises to try again.
const GAVE_UP: [&str; 3] = ["something went wrong", "timeout", "timedout"];
/// What a server that is older than the query says.
const UNKNOWN: [&str; 3] = ["argumentNotAccepted", "undefinedField", "undefinedType"];

pub(super) fn decision(error: &GraphQlError, purpose: &Purpose) -> QueryError {
    let message = brief(error.message.as_deref().unwrap_or("no reason was given"));
    let doing = purpose.doing.clone();
    let later = |scope| TrackerError::Later {
        doing: doing.clone(),
        later: Later { until: None, scope, why: format!("GitHub's GraphQL said: {message}") },
    };
    let said = message.to_ascii_lowercase();
    let code = error.extensions.code.as_deref().unwrap_or_default();
    QueryError::Other(match error.kind.as_deref() {
        Some("NOT_FOUND") => purpose.missing(),
        Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => {
            let hint = format!("grant the permission `{}` to the App (and accept it) or to the token", purpose.needs);
            TrackerError::Refused { doing, message, hint }
        }
        // The primary limit is known from the headers; what comes here is the secondary one, or a race with the hour.
        Some("RATE_LIMITED") => later(PauseScope::Installation),
        Some("SERVICE_UNAVAILABLE") => later(PauseScope::Subject),
        _ if UNKNOWN.contains(&code) => {
            return QueryError::Unknown(purpose.failed(format!("this server does not know it ({message})")));
        }
        _ if GAVE_UP.iter().any(|words| said.contains(words)) => later(PauseScope::Subject),
        _ => purpose.failed(format!("GitHub's GraphQL said: {message}")),
    })
}

#[cfg(test)]
mod tests {
    use super::{GraphQlError, decision};
    use crate::tracker::github::answer::Purpose;
    use crate::tracker::{Missing, TrackerError};

    fn decide(json: &str) -> TrackerError {
        let error: GraphQlError = serde_json::from_str(json).unwrap();
        let purpose = Purpose {
            doing: "reading the project acme/7".into(),
            missing: Missing::Below,
            needs: "organization projects: read",
        };
        decision(&error, &purpose).into()
    }

    #[test]
    fn an_error_carries_its_decision() {
        insta::assert_snapshot!(decide(r#"{"type":"NOT_FOUND","message":"Could not resolve to a ProjectV2"}"#), @"reading the project acme/7: not found (Below)");
        insta::assert_snapshot!(decide(r#"{"type":"FORBIDDEN","message":"Resource not accessible by integration"}"#), @"reading the project acme/7: refused (Resource not accessible by integration); grant the permission `organization projects: read` to the App (and accept it) or to the token");
        insta::assert_snapshot!(decide(r#"{"type":"RATE_LIMITED","message":"API rate limit exceeded"}"#), @"reading the project acme/7: told to come back later (GitHub's GraphQL said: API rate limit exceeded)");
        insta::assert_snapshot!(decide(r#"{"message":"Something went wrong while executing your query."}"#), @"reading the project acme/7: told to come back later (GitHub's GraphQL said: Something went wrong while executing your query.)");
        insta::assert_snapshot!(decide(r#"{"message":"Field 'items' doesn't accept argument 'query'","extensions":{"code":"argumentNotAccepted"}}"#), @"reading the project acme/7: this server does not know it (Field 'items' doesn't accept argument 'query')");
        insta::assert_snapshot!(decide("{}"), @"reading the project acme/7: GitHub's GraphQL said: no reason was given");
    }
}
