//! GitHub's webhooks: is a request genuine, and what does it mean? Pure.
//!
//! GitHub sends duplicates, leaves gaps and keeps no order; so an event mostly says which subject is dirty. What cannot
//! be read again later, who did what to a label, travels with the signal.

mod boards;
mod content;
mod installations;
mod issues;
mod pull_requests;
mod push;
mod repositories;
mod said;
mod signature;
mod translate;

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::store::Arrival;
use crate::tracker::{Incoming, Refusal, Webhooks};

use super::ids::TRACKER;

use content::Content;
use signature::is_well_formed;
pub use signature::verify;
pub use translate::{NotJson, Translation, translate};

const SIGNATURE: &str = "x-hub-signature-256";
const EVENT: &str = "x-github-event";
const DELIVERY: &str = "x-github-delivery";

/// Names of events and deliveries are short; whatever is longer was not sent by GitHub.
const MAX_HEADER: usize = 100;

/// Reads GitHub's webhook requests.
#[derive(Debug)]
pub struct GitHubWebhooks {
    secrets: Vec<SecretString>,
}

impl GitHubWebhooks {
    /// With the secrets that sign requests; several at once while one is being replaced by another. With none, nothing
    /// is genuine.
    #[must_use]
    pub const fn new(secrets: Vec<SecretString>) -> Self {
        Self { secrets }
    }
}

impl Webhooks for GitHubWebhooks {
    fn may_be_signed(&self, headers: &HeaderMap) -> bool {
        only_signature(headers).is_some_and(is_well_formed)
    }

    fn authenticate(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
        if verify(&self.secrets, only_signature(headers), body) { Ok(()) } else { Err(Refusal::Unsigned) }
    }

    fn read(&self, headers: &HeaderMap, body: Bytes, now: Timestamp) -> Result<Incoming, Refusal> {
        let content = Content::announced(headers)?;
        let event = short_header(headers, EVENT)?.to_owned();
        let delivery = short_header(headers, DELIVERY)?.to_owned();
        let body = content.payload(body)?;
        let translation = translate(&event, &body, now).map_err(|error| Refusal::Malformed(error.to_string()))?;
        if event == "ping" {
            return Ok(Incoming::Ping);
        }
        Ok(Incoming::Delivery(Arrival {
            tracker: TRACKER,
            delivery,
            event,
            action: translation.action,
            sender: translation.sender,
            received_at: now,
            intake: translation.intake,
        }))
    }
}

/// The header with the signature; two of them are none.
fn only_signature(headers: &HeaderMap) -> Option<&str> {
    let mut signatures = headers.get_all(SIGNATURE).iter();
    let signature = signatures.next()?.to_str().ok()?;
    signatures.next().is_none().then_some(signature)
}

fn short_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .filter(|value| !value.is_empty() && value.len() <= MAX_HEADER)
        .ok_or_else(|| Refusal::Malformed(format!("the header {name} is missing, empty or too long")))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use http::HeaderMap;
    use jiff::Timestamp;

    use super::GitHubWebhooks;
    use crate::store::Intake;
    use crate::tracker::{Incoming, Refusal, Webhooks as _};

    const SECRET: &str = "correct horse";
    const BODY: &[u8] = br#"{"action":"created","sender":{"login":"octocat","type":"User"}}"#;

    fn signed(body: &[u8], changes: &[(&'static str, Option<&str>)]) -> HeaderMap {
        let mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap().chain_update(body);
        let signature =
            mac.finalize().into_bytes().iter().fold("sha256=".to_owned(), |text, byte| format!("{text}{byte:02x}"));
        let mut headers = HeaderMap::new();
        headers.insert("x-hub-signature-256", signature.parse().unwrap());
        headers.insert("content-type", "application/json".parse().unwrap());
        headers.insert("x-github-event", "star".parse().unwrap());
        headers.insert("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958".parse().unwrap());
        for (name, value) in changes {
            match value {
                Some(value) => headers.insert(*name, value.parse().unwrap()),
                None => headers.remove(*name),
            };
        }
        headers
    }

    fn read(body: &'static [u8], changes: &[(&'static str, Option<&str>)]) -> Result<Incoming, Refusal> {
        let webhooks = GitHubWebhooks::new(vec![SECRET.into()]);
        let headers = signed(body, changes);
        webhooks.authenticate(&headers, body)?;
        webhooks.read(&headers, Bytes::from_static(body), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_delivery_is_taken_as_it_came() {
        let Ok(Incoming::Delivery(arrival)) = read(BODY, &[("content-type", Some("Application/JSON; charset=utf-8"))])
        else {
            panic!("expected a delivery");
        };
        assert_eq!(arrival.delivery, "72d3162e-cc78-11e3-81ab-4c9367dc0958");
        assert_eq!((arrival.event.as_str(), arrival.action.as_deref()), ("star", Some("created")));
        assert_eq!(arrival.sender.as_deref(), Some("octocat"));
        assert!(matches!(arrival.intake, Intake::Ignored(_)));
    }

    #[test]
    fn a_form_holds_the_same_payload_and_is_kept_without_its_wrapping() {
        const FORM: &[u8] = b"payload=%7B%22action%22%3A%22created%22%2C%22sender%22%3A%7B%22login%22%3A%22octocat%22%2C%22type%22%3A%22User%22%7D%7D";
        let Ok(Incoming::Delivery(arrival)) =
            read(FORM, &[("content-type", Some("application/x-www-form-urlencoded"))])
        else {
            panic!("expected a delivery");
        };
        assert_eq!(arrival.sender.as_deref(), Some("octocat"));
    }

    #[test]
    fn a_ping_is_answered_and_not_kept() {
        assert!(matches!(
            read(b"{\"zen\":\"Design for failure.\"}", &[("x-github-event", Some("ping"))]),
            Ok(Incoming::Ping)
        ));
    }

    #[test]
    fn refusals_come_in_the_agreed_order() {
        let wrong_everything = [("x-hub-signature-256", Some("sha256=00")), ("content-type", Some("text/plain"))];
        assert_eq!(read(b"no JSON", &wrong_everything).unwrap_err(), Refusal::Unsigned);
        let wrong_type = [("content-type", Some("text/plain")), ("x-github-event", None)];
        assert!(matches!(read(b"no JSON", &wrong_type), Err(Refusal::UnsupportedMediaType { .. })));
        assert!(matches!(read(b"no JSON", &[("content-type", None)]), Err(Refusal::UnsupportedMediaType { .. })));
    }

    #[test]
    fn malformed_requests_are_explained_without_repeating_them() {
        let reason = |body, changes: &[(&'static str, Option<&str>)]| match read(body, changes).unwrap_err() {
            Refusal::Malformed(reason) => reason,
            other => panic!("expected a malformed request, got {other}"),
        };
        insta::assert_snapshot!(reason(BODY, &[("x-github-event", None)]), @"the header x-github-event is missing, empty or too long");
        insta::assert_snapshot!(reason(BODY, &[("x-github-delivery", Some(""))]), @"the header x-github-delivery is missing, empty or too long");
        insta::assert_snapshot!(reason(b"{\"secret\": hunter2}", &[]), @"the body is no JSON object (line 1, column 12)");
        insta::assert_snapshot!(reason(b"[1, 2]", &[]), @"the body is no JSON object (line 1, column 1)");
        insta::assert_snapshot!(reason(b"", &[]), @"the body is no JSON object (line 1, column 0)");
    }

    #[test]
    fn a_signature_that_cannot_be_one_is_seen_without_the_body() {
        let may_be = |value: Option<&str>| {
            GitHubWebhooks::new(vec![SECRET.into()]).may_be_signed(&signed(BODY, &[("x-hub-signature-256", value)]))
        };
        assert!(may_be(Some(&format!("sha256={}", "0".repeat(64)))));
        for value in [None, Some("sha256="), Some("sha256=00"), Some(&*format!("sha256={}", "g".repeat(64)))] {
            assert!(!may_be(value), "{value:?}");
        }
    }

    #[test]
    fn two_signatures_are_none() {
        let mut headers = signed(BODY, &[]);
        headers.append("x-hub-signature-256", headers["x-hub-signature-256"].clone());
        assert!(!GitHubWebhooks::new(vec![SECRET.into()]).may_be_signed(&headers));
        assert_eq!(GitHubWebhooks::new(vec![SECRET.into()]).authenticate(&headers, BODY), Err(Refusal::Unsigned));
    }
}
