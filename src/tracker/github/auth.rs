//! Who asks: one octocrab per installation, over one shared connection pool.
//!
//! octocrab fetches and renews installation tokens, and asks once more with a new one after a 401. It adds credentials
//! only to addresses without a host, so every request here is a path. Its own retries and redirects are compiled out: a
//! write is never sent twice, and a redirect is never followed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use octocrab::Octocrab;
use octocrab::models::{AppId, InstallationId};
use secrecy::{ExposeSecret as _, SecretString};

use super::recent::Recent;
use super::settings::{Credentials, Settings, SettingsError};

/// So many installations keep their token; the others fetch a new one.
const MAX_INSTALLATIONS: usize = 2_000;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The clients of all installations.
#[derive(Debug)]
pub(super) struct Clients {
    /// As the App itself, or as the token's account.
    root: Arc<Octocrab>,
    /// The plain token, where it is one.
    token: Option<SecretString>,
    /// None with a plain token: there is only one account.
    installations: Option<Mutex<Recent<u64, Arc<Octocrab>>>>,
}

impl Clients {
    /// Must be called within a Tokio runtime: octocrab starts a task.
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let builder = Octocrab::builder()
            .base_uri(settings.base_url.as_str())
            .map_err(|error| client_error(&error))?
            .set_connect_timeout(Some(CONNECT_TIMEOUT.min(settings.timeout)))
            .set_read_timeout(Some(settings.timeout))
            .set_write_timeout(Some(settings.timeout));
        let (root, installations) = match &settings.credentials {
            Credentials::App { id, private_key } => {
                let builder = builder
                    .app_from_rsa_pem(AppId(*id), pem(private_key.expose_secret()))
                    .map_err(|_| SettingsError::PrivateKey)?;
                (
                    builder.build().map_err(|error| client_error(&error))?,
                    Some(Mutex::new(Recent::new(MAX_INSTALLATIONS))),
                )
            }
            Credentials::Token(token) => {
                let token = token.expose_secret().trim().to_owned();
                if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(SettingsError::Token);
                }
                let nobody = builder.build().map_err(|error| client_error(&error))?;
                (nobody.user_access_token(token).map_err(|error| client_error(&error))?, None)
            }
        };
        let token = match &settings.credentials {
            Credentials::App { .. } => None,
            Credentials::Token(token) => Some(SecretString::from(token.expose_secret().trim())),
        };
        Ok(Self { root: Arc::new(root), token, installations })
    }

    /// The token with which this client asks.
    pub(super) async fn token(&self, client: &Octocrab) -> Result<SecretString, octocrab::Error> {
        match &self.token {
            Some(token) => Ok(token.clone()),
            None => client.installation_token().await,
        }
    }

    /// Whether it is an App.
    pub(super) const fn is_app(&self) -> bool {
        self.installations.is_some()
    }

    /// As the App itself, or as the token's account.
    pub(super) fn root(&self) -> Arc<Octocrab> {
        Arc::clone(&self.root)
    }

    /// On behalf of an installation; with a plain token, as its account. None: that is no installation's id.
    pub(super) fn of(&self, installation: &str) -> Option<Arc<Octocrab>> {
        let Some(installations) = &self.installations else { return Some(self.root()) };
        let id: u64 = installation.parse().ok()?;
        let mut installations = installations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = installations.get(&id) {
            return Some(Arc::clone(client));
        }
        let client = Arc::new(self.root.installation(InstallationId(id)).ok()?);
        installations.insert(id, Arc::clone(&client), 1);
        Some(client)
    }
}

/// Variables cannot always hold line breaks; `\n` may stand for them.
fn pem(text: &str) -> String {
    let text = text.trim();
    if text.contains('\n') { text.to_owned() } else { text.replace("\\n", "\n") }
}

fn client_error(error: &octocrab::Error) -> SettingsError {
    use std::error::Error as _;
    SettingsError::Client(error.source().map_or_else(|| "unknown".to_owned(), ToString::to_string))
}
