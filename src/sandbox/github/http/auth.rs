//! Who asks: the App's signed token, an installation's token, a person's token, or nobody.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

use super::super::state::{Account, Permissions, Repository, Role, TokenHolder, World};
use super::error::ApiError;

/// Who asks.
#[derive(Clone, Debug)]
pub(in super::super) enum Caller {
    /// Nobody says who they are.
    Anonymous,
    /// The App, by a token that it signed itself.
    App,
    /// The App in an installation.
    Installation(u64),
    /// A person or machine account.
    Account(Arc<Account>),
}

/// What a caller may do in a repository.
pub(in super::super) enum Access<'a> {
    /// It does not exist for them.
    None,
    /// What the installation was granted.
    Permissions(&'a Permissions),
    /// What their role allows.
    Role(Role),
}

impl Caller {
    /// How the log names the caller.
    pub(in super::super) fn name(&self, world: &World) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::App => "app".to_owned(),
            Self::Installation(_) => world.bot.login.clone(),
            Self::Account(account) => account.login.clone(),
        }
    }

    /// Who shares a rate limit.
    pub(in super::super) fn limit_key(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::App => "app".to_owned(),
            Self::Installation(id) => format!("installation ID {id}"),
            Self::Account(account) => format!("user ID {}", account.id),
        }
    }

    /// Whether the caller may see the projects of an owner: an App those of an organisation that granted it, a person all.
    pub(in super::super) fn sees_projects_of(&self, world: &World, owner: &Account) -> bool {
        match self {
            Self::Anonymous | Self::App => false,
            Self::Account(_) => true,
            Self::Installation(id) => world.installations.get(id).is_some_and(|one| {
                one.account.id == owner.id
                    && owner.kind == super::super::state::AccountKind::Organization
                    && one.permissions.contains_key("organization_projects")
            }),
        }
    }

    /// Whether the caller may change what stands in the projects of an owner.
    pub(in super::super) fn writes_projects_of(&self, world: &World, owner: &Account) -> bool {
        let granted =
            |id: &u64| world.installations.get(id).and_then(|one| one.permissions.get("organization_projects"));
        self.sees_projects_of(world, owner)
            && match self {
                Self::Installation(id) => granted(id).is_some_and(|access| access == "write"),
                _ => true,
            }
    }

    /// What the caller may do there. Stricter than GitHub in one point: an installation's token does not read public
    /// repositories of others, so that a test notices a bot that strays.
    pub(in super::super) fn access<'a>(&self, world: &'a World, repository: &Repository) -> Access<'a> {
        match self {
            Self::App => Access::None,
            Self::Anonymous if repository.private => Access::None,
            Self::Anonymous => Access::Role(Role::Read),
            Self::Account(account) => Access::Role(repository.role_of(account)),
            Self::Installation(id) => match world.installations.get(id) {
                Some(one) if one.covers(repository.id, repository.owner.id) => Access::Permissions(&one.permissions),
                _ => Access::None,
            },
        }
    }
}

/// Reads the `Authorization` header: `Bearer` or `token`, with a token of any kind.
pub(in super::super) fn authenticate(world: &World, header: Option<&str>) -> Result<Caller, ApiError> {
    let Some(header) = header else { return Ok(Caller::Anonymous) };
    let Some((scheme, token)) = header.split_once(' ') else { return Err(ApiError::bad_credentials()) };
    if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
        return Err(ApiError::bad_credentials());
    }
    if token.split('.').count() == 3 {
        return signed_by_app(world, token).map(|()| Caller::App);
    }
    let known = world.tokens.get(token).ok_or_else(ApiError::bad_credentials)?;
    if known.expires_at.is_some_and(|end| end <= world.auth_clock.now()) {
        return Err(ApiError::bad_credentials());
    }
    match &known.holder {
        TokenHolder::Account(account) => Ok(Caller::Account(Arc::clone(account))),
        TokenHolder::Installation(id) => match world.installations.get(id) {
            Some(one) if one.suspended_at.is_some() => Err(ApiError::new(403, "This installation has been suspended")),
            Some(_) => Ok(Caller::Installation(*id)),
            None => Err(ApiError::bad_credentials()),
        },
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: Value,
    iat: i64,
    exp: i64,
}

/// Checks a token that the App signed: RS256 with its key, `iss` its id, `iat` not in the future, `exp` neither past nor
/// more than ten minutes away. Clocks may differ by a minute, as GitHub's own advice to back-date `iat` supposes.
fn signed_by_app(world: &World, token: &str) -> Result<(), ApiError> {
    let unreadable = || ApiError::new(401, "A JSON web token could not be decoded");
    let key = EncodingKey::from_rsa_pem(world.app.private_key_pem.as_bytes())
        .and_then(|key| Jwk::from_encoding_key(&key, Algorithm::RS256))
        .and_then(|jwk| DecodingKey::from_jwk(&jwk))
        .map_err(|_| unreadable())?;
    let mut signature_only = Validation::new(Algorithm::RS256);
    signature_only.validate_exp = false;
    signature_only.validate_aud = false;
    signature_only.required_spec_claims.clear();
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &signature_only).map_err(|_| unreadable())?.claims;

    let issuer = claims.iss.as_str().map_or_else(|| claims.iss.to_string(), str::to_owned);
    if issuer != world.app.id.to_string() {
        return Err(ApiError::new(401, "'Issuer' claim ('iss') must be an Integer that is the ID of the App"));
    }
    let now = world.auth_clock.now();
    let limit = |by: SignedDuration| now.saturating_add(by).unwrap_or(Timestamp::MAX).as_second();
    let skew = SignedDuration::from_mins(1);
    if claims.iat > limit(skew) {
        return Err(ApiError::new(401, "'Issued at' claim ('iat') must be an Integer representing a time in the past"));
    }
    if claims.exp <= limit(-skew) {
        return Err(ApiError::new(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future",
        ));
    }
    if claims.exp > limit(SignedDuration::from_mins(10) + skew) {
        return Err(ApiError::new(401, "'Expiration time' claim ('exp') is too far in the future"));
    }
    Ok(())
}
