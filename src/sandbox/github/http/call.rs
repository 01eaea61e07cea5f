//! A request as a handler sees it, and its answer before it becomes HTTP.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::super::change::Field;
use super::super::state::{Account, Issue, Repository, Role, Slot, World};
use super::auth::{Access, Caller};
use super::error::ApiError;

/// A request: who asks, for what.
pub(in super::super) struct Call {
    pub(in super::super) caller: Caller,
    pub(in super::super) method: String,
    pub(in super::super) path: String,
    pub(in super::super) raw_query: String,
    pub(in super::super) query: Vec<(String, String)>,
    pub(in super::super) params: HashMap<String, String>,
    pub(in super::super) body: Value,
}

/// An answer.
pub(in super::super) struct Reply {
    pub(in super::super) status: u16,
    pub(in super::super) body: Option<Value>,
    pub(in super::super) headers: Vec<(&'static str, String)>,
    /// The GraphQL operation that was carried out.
    pub(in super::super) operation: Option<String>,
}

/// A handler: reads or changes the world and answers.
pub(in super::super) type Handler = fn(&mut World, &Call) -> Result<Reply, ApiError>;

impl Reply {
    pub(in super::super) const fn new(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), headers: Vec::new(), operation: None }
    }

    pub(in super::super) const fn ok(body: Value) -> Self {
        Self::new(200, body)
    }

    pub(in super::super) const fn created(body: Value) -> Self {
        Self::new(201, body)
    }

    pub(in super::super) const fn no_content() -> Self {
        Self { status: 204, body: None, headers: Vec::new(), operation: None }
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Self {
        let headers = error.location.iter().map(|location| ("location", location.clone())).collect();
        Self { headers, ..Self::new(error.status, error.body()) }
    }
}

impl Call {
    /// A parameter of the query.
    pub(in super::super) fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, value)| name == key && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub(in super::super) fn number(&self, key: &str) -> Option<usize> {
        self.query(key)?.parse().ok()
    }

    /// A moment in the query, e.g. `since`.
    pub(in super::super) fn moment(&self, key: &str) -> Option<Timestamp> {
        self.query(key)?.parse().ok()
    }

    /// A part of the path.
    pub(in super::super) fn param(&self, key: &str) -> &str {
        self.params.get(key).map_or("", String::as_str)
    }

    /// A part of the path that must be a number.
    pub(in super::super) fn id(&self, key: &str) -> Result<u64, ApiError> {
        self.param(key).parse().map_err(|_| ApiError::not_found())
    }

    /// A text in the body; none where it is missing or null.
    pub(in super::super) fn text(&self, key: &str) -> Option<&str> {
        self.body.get(key).and_then(Value::as_str)
    }

    /// A text in the body that may be emptied: missing keeps it, null empties it.
    pub(in super::super) fn field(&self, key: &str) -> Field<String> {
        self.body.get(key).map_or(Field::Keep, |value| Field::Becomes(value.as_str().map(str::to_owned)))
    }

    /// Whose name a change bears.
    pub(in super::super) fn actor(&self, world: &World) -> Result<Arc<Account>, ApiError> {
        match &self.caller {
            Caller::Installation(_) => Ok(Arc::clone(&world.bot)),
            Caller::Account(account) => Ok(Arc::clone(account)),
            Caller::App => Err(ApiError::new(403, "Resource not accessible by integration")),
            Caller::Anonymous => Err(ApiError::new(401, "Requires authentication")),
        }
    }

    /// The repository that the path names, for reading.
    pub(in super::super) fn repository<'a>(&self, world: &'a World) -> Result<&'a Repository, ApiError> {
        let found = if let Some(id) = self.params.get("repository_id") {
            id.parse().ok().and_then(|id: u64| world.repositories.get(&id))
        } else {
            let name = format!("{}/{}", self.param("owner"), self.param("repo"));
            let named = world.repository_named(&name);
            if let (None, Some(id)) = (named, world.former_names.get(&name.to_lowercase())) {
                return Err(self.renamed(world, *id));
            }
            named
        };
        match found {
            Some(repository) if self.sees(world, repository) => Ok(repository),
            _ => Err(ApiError::not_found()),
        }
    }

    /// The same, for a change: its id, when the caller has at least this role there and the App this permission.
    pub(in super::super) fn repository_to_change(
        &self,
        world: &World,
        least: Role,
        permission: &str,
    ) -> Result<u64, ApiError> {
        let repository = self.repository(world)?;
        if repository.archived {
            return Err(ApiError::new(403, "Repository was archived so is read-only."));
        }
        match self.caller.access(world, repository) {
            Access::Permissions(granted) if granted.get(permission).is_none_or(|access| access != "write") => {
                Err(ApiError::new(403, "Resource not accessible by integration"))
            }
            Access::Role(role) if role < least => {
                Err(ApiError::new(403, "Must have sufficient rights to this repository."))
            }
            Access::None => Err(ApiError::not_found()),
            _ if matches!(self.caller, Caller::Anonymous) => Err(ApiError::new(401, "Requires authentication")),
            _ => Ok(repository.id),
        }
    }

    /// The issue that the path names; moved and deleted ones are told as GitHub does.
    pub(in super::super) fn issue<'a>(&self, world: &'a World, of: &'a Repository) -> Result<&'a Issue, ApiError> {
        match of.issues.get(&self.id("number")?) {
            Some(Slot::Here(issue)) => Ok(issue),
            Some(Slot::Transferred { repository, number }) => {
                let target = world.repositories.get(repository).filter(|target| self.sees(world, target));
                let target = target.ok_or_else(ApiError::not_found)?;
                let rest =
                    self.path.split_once(&format!("/issues/{}", self.param("number"))).map_or("", |(_, rest)| rest);
                Err(ApiError::moved(301, format!("{}/repositories/{}/issues/{number}{rest}", world.url, target.id)))
            }
            Some(Slot::Deleted) => Err(ApiError::new(410, "This issue was deleted")),
            None => Err(ApiError::not_found()),
        }
    }

    /// The path with the repository named by its id.
    pub(in super::super) fn lasting_path(&self, world: &World) -> String {
        match self.repository(world) {
            Ok(repository) if self.params.contains_key("repo") => {
                format!("/repositories/{}{}", repository.id, self.below_repository())
            }
            _ => self.path.clone(),
        }
    }

    /// What the path says after `/repos/{owner}/{repo}`, with its slash.
    fn below_repository(&self) -> String {
        self.path.splitn(5, '/').nth(4).map(|rest| format!("/{rest}")).unwrap_or_default()
    }

    fn sees(&self, world: &World, repository: &Repository) -> bool {
        !matches!(self.caller.access(world, repository), Access::None | Access::Role(Role::None))
    }

    /// The answer for a name that the repository no longer has: reads are told 301, writes 307.
    fn renamed(&self, world: &World, id: u64) -> ApiError {
        let Some(repository) = world.repositories.get(&id).filter(|one| self.sees(world, one)) else {
            return ApiError::not_found();
        };
        let rest = self.below_repository();
        let query = if self.raw_query.is_empty() { String::new() } else { format!("?{}", self.raw_query) };
        let status = if self.method == "GET" { 301 } else { 307 };
        ApiError::moved(status, format!("{}/repositories/{}{rest}{query}", world.url, repository.id))
    }
}
