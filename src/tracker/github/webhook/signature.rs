//! `X-Hub-Signature-256`: HMAC-SHA256 over the raw body, written as `sha256=` and 64 hexadecimal digits.

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

/// Whether the header signs this body with one of the secrets.
///
/// Several secrets are for rotation. Every one of them is tried, and each comparison takes the same time whatever the
/// signature. An empty secret signs nothing.
#[must_use]
pub fn verify(secrets: &[SecretString], header: Option<&str>, body: &[u8]) -> bool {
    let Some(signature) = header.and_then(signature) else { return false };
    let mut genuine = false;
    for secret in secrets {
        genuine |= signs(secret.expose_secret().as_bytes(), &signature, body);
    }
    genuine
}

/// Whether the header has the form of a signature; when it has not, no body makes it genuine.
pub(super) fn is_well_formed(header: &str) -> bool {
    signature(header).is_some()
}

fn signs(secret: &[u8], signature: &[u8; 32], body: &[u8]) -> bool {
    if secret.is_empty() {
        return false;
    }
    Hmac::<Sha256>::new_from_slice(secret).is_ok_and(|mut mac| {
        mac.update(body);
        mac.verify_slice(signature).is_ok()
    })
}

fn signature(header: &str) -> Option<[u8; 32]> {
    let digits = header.strip_prefix("sha256=")?.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::verify;

    /// The example in GitHub's documentation, "Validating webhook deliveries".
    const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const BODY: &[u8] = b"Hello, World!";

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().map(|text| SecretString::from(*text)).collect()
    }

    #[test]
    fn the_documented_example_is_genuine_with_any_of_the_secrets() {
        assert!(verify(&secrets(&["It's a Secret to Everybody"]), Some(SIGNATURE), BODY));
        assert!(verify(&secrets(&["new", "It's a Secret to Everybody"]), Some(SIGNATURE), BODY));
        assert!(verify(&secrets(&["It's a Secret to Everybody", "new"]), Some(SIGNATURE), BODY));
    }

    #[test]
    fn everything_else_is_not() {
        let known = secrets(&["It's a Secret to Everybody"]);
        assert!(!verify(&known, Some(SIGNATURE), b"Hello, World?"));
        assert!(!verify(&secrets(&["another"]), Some(SIGNATURE), BODY));
        assert!(!verify(&[], Some(SIGNATURE), BODY));
        assert!(!verify(&known, None, BODY));
        let digits = SIGNATURE.strip_prefix("sha256=").unwrap();
        for header in [
            String::new(),
            "sha256=".to_owned(),
            digits.to_owned(),
            format!("sha1={digits}"),
            format!("SHA256={digits}"),
            format!("sha256= {digits}"),
            format!("{SIGNATURE}0"),
            SIGNATURE.replace("7571", "75"),
            SIGNATURE.replace('7', "g"),
            format!("sha256={}", "é".repeat(32)),
        ] {
            assert!(!verify(&known, Some(&header), BODY), "{header:?}");
        }
    }

    #[test]
    fn an_empty_secret_signs_nothing() {
        use hmac::{Hmac, KeyInit as _, Mac as _};
        let mac = Hmac::<sha2::Sha256>::new_from_slice(b"").unwrap().chain_update(BODY).finalize().into_bytes();
        let header = mac.iter().fold("sha256=".to_owned(), |text, byte| format!("{text}{byte:02x}"));
        assert!(!verify(&secrets(&[""]), Some(&header), BODY));
    }
}
