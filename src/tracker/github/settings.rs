//! How the adapter is set up.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::clock::{Clock, SystemClock};

use super::base_url::BaseUrl;
use super::pacing::WriteLimits;

/// Where GitHub is, who the bot is there, and how gently it goes about.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The API's address.
    pub base_url: BaseUrl,
    /// Who the bot is.
    pub credentials: Credentials,
    /// How writes are paced, per installation. None: not at all.
    pub write_limits: Option<WriteLimits>,
    /// How long one request may take, its answer included.
    pub timeout: Duration,
    /// Tells when an answer came: what it asks to wait counts from then.
    pub clock: Arc<dyn Clock>,
    /// The repositories that are looked through without a webhook having told of them, as `OWNER/NAME`; for an account with
    /// a token, of which nobody can tell what it is to work in.
    pub repositories: Vec<String>,
}

impl Settings {
    /// GitHub's own limits, half a minute per request, and the machine's clock.
    #[must_use]
    pub fn new(base_url: BaseUrl, credentials: Credentials) -> Self {
        Self {
            base_url,
            credentials,
            write_limits: Some(WriteLimits::default()),
            timeout: Duration::from_secs(30),
            clock: Arc::new(SystemClock),
            repositories: Vec::new(),
        }
    }
}

/// Who the bot is at GitHub.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A GitHub App: installation tokens are fetched and renewed with its key.
    App {
        /// The App's id.
        id: u64,
        /// Its private key, RSA in PEM; `\n` may stand for a line break.
        private_key: SecretString,
    },
    /// A machine account's token: its login is the bot.
    Token(SecretString),
}

/// Why the adapter cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The private key is none.
    #[error(
        "PLIMSOLL_GITHUB_PRIVATE_KEY (or …_FILE) is no RSA private key in PEM form: it begins with -----BEGIN RSA PRIVATE KEY-----; GitHub offers it once, when it is made on the App's settings page"
    )]
    PrivateKey,
    /// The token is none.
    #[error("PLIMSOLL_GITHUB_TOKEN is empty or has characters that no token has")]
    Token,
    /// TLS or the client could not be set up.
    #[error("the HTTP client could not be set up ({0}): are the system's root certificates installed?")]
    Client(String),
}
