//! Answers to conditional requests: a GET whose `ETag` still holds costs no rate limit and brings no body.
//!
//! Kept per installation, because an `ETag` belongs to a token; after an hourly renewal the first GET of each page comes
//! whole again. Bounded in bytes over all installations.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderValue;

use super::recent::Recent;

/// All that is kept, in bytes.
const CAPACITY: usize = 4 * 1024 * 1024;
/// An answer larger than this is not kept.
const MAX_ANSWER: usize = 512 * 1024;

/// An answer that may still hold.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) etag: HeaderValue,
    pub(super) link: Option<HeaderValue>,
    pub(super) body: Bytes,
}

impl Kept {
    /// Copies, because a body or a header as it came may hold on to a whole read buffer. None: it is too large.
    pub(super) fn copied(etag: &HeaderValue, link: Option<&HeaderValue>, body: &[u8]) -> Option<Self> {
        if body.len() > MAX_ANSWER {
            return None;
        }
        Some(Self { etag: copy(etag)?, link: link.and_then(copy), body: Bytes::copy_from_slice(body) })
    }
}

/// The answers kept, by installation and path.
#[derive(Debug)]
pub(super) struct ETags(Mutex<Recent<(String, String), Kept>>);

impl Default for ETags {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(CAPACITY)))
    }
}

impl ETags {
    pub(super) fn get(&self, installation: &str, path: &str) -> Option<Kept> {
        let key = (installation.to_owned(), path.to_owned());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    pub(super) fn keep(&self, installation: &str, path: &str, kept: Kept) {
        let overhead = installation.len() + path.len() + 256;
        let weight = kept.body.len() + overhead;
        let key = (installation.to_owned(), path.to_owned());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, kept, weight);
    }
}

fn copy(value: &HeaderValue) -> Option<HeaderValue> {
    HeaderValue::from_bytes(value.as_bytes()).ok()
}
