//! The two content types that a webhook of GitHub's can be set to: JSON, and a form whose field `payload` holds the JSON.

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::tracker::Refusal;

const FIELD: &str = "payload";

/// How a body holds its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Json,
    Form,
}

impl Content {
    /// What the header announces.
    ///
    /// # Errors
    /// [`Refusal::UnsupportedMediaType`] for anything but the two.
    pub(super) fn announced(headers: &HeaderMap) -> Result<Self, Refusal> {
        let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = value.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/json") {
            Ok(Self::Json)
        } else if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Ok(Self::Form)
        } else {
            Err(Refusal::UnsupportedMediaType { expected: "application/json (or application/x-www-form-urlencoded)" })
        }
    }

    /// The payload in a body whose signature, over its raw bytes, was checked.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for a form without the field.
    pub(super) fn payload(self, body: Bytes) -> Result<Bytes, Refusal> {
        match self {
            Self::Json => Ok(body),
            Self::Form => url::form_urlencoded::parse(&body)
                .find(|(name, _)| name == FIELD)
                .map(|(_, json)| Bytes::from(json.into_owned()))
                .ok_or_else(|| Refusal::Malformed(format!("the form has no field `{FIELD}`"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::Content;

    #[test]
    fn a_form_without_a_payload_is_malformed() {
        for body in [&b""[..], b"zen=1", b"Payload=%7B%7D", b"%7B%7D"] {
            let refused = Content::Form.payload(Bytes::copy_from_slice(body)).unwrap_err().to_string();
            assert_eq!(refused, "the form has no field `payload`");
        }
    }

    proptest! {
        #[test]
        fn what_was_put_into_a_form_comes_out_again(text: String, before: String) {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.append_pair(&format!("x{before}"), &before).append_pair("payload", &text);
            prop_assert_eq!(Content::Form.payload(Bytes::from(form.finish())).unwrap(), text);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(body in any::<Vec<u8>>()) {
            let _ = Content::Form.payload(Bytes::from(body));
        }
    }
}
