//! Weights in issue fields: the custom fields that an organisation gives its issues.
//!
//! Not every server and plan has them; where they are missing, or the field is, the caller writes elsewhere.

use http::Method;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;

use crate::command::Points;
use crate::tracker::{Missing, TrackerError};

use super::adapter::{Desk, GitHub};
use super::answer::Purpose;
use super::base_url::segment;
use super::believed::Believed;
use super::pacing::Write;

/// So many organisations' fields are remembered.
const CAPACITY: usize = 2_000;
/// For so long.
const HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// The number fields of organisations.
#[derive(Debug)]
pub(super) struct FieldsCache(Believed<String, Vec<Field>>);

impl Default for FieldsCache {
    fn default() -> Self {
        Self(Believed::new(CAPACITY, HOLDS))
    }
}

/// `GET /orgs/{org}/issue-fields`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Field {
    id: u64,
    name: Option<String>,
    data_type: Option<String>,
}

impl GitHub {
    /// False: issues have no such field here.
    pub(super) async fn put_points(
        &self,
        desk: &Desk<'_>,
        field: u64,
        points: Option<Points>,
    ) -> Result<bool, TrackerError> {
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("writing the issue field {field} of {}", item.name),
            missing: Missing::Below,
            needs: "issues: write",
        };
        let values = format!("{}/issue-field-values", item.path);
        let (method, path, body) = match points {
            Some(points) => {
                let value = json!({ "field_id": field, "value": points.value() });
                (Method::POST, values, Some(json!({ "issue_field_values": [value] })))
            }
            None => (Method::DELETE, format!("{values}/{field}"), None),
        };
        match self.client.write(desk.caller(), Write::Change, method, &path, body, &purpose).await {
            Ok(_) => Ok(true),
            // The value is gone already, or the field is.
            Err(TrackerError::Missing { .. }) => Ok(points.is_none()),
            Err(error) => Err(error),
        }
    }

    /// The id of the organisation's number field with this name.
    pub(super) async fn number_field(&self, desk: &Desk<'_>, name: &str) -> Result<Option<u64>, TrackerError> {
        Ok(self.issue_fields(desk).await?.iter().find(|field| field.is(name)).map(|field| field.id))
    }

    /// The organisation's fields; none where it has none that can be seen.
    async fn issue_fields(&self, desk: &Desk<'_>) -> Result<Vec<Field>, TrackerError> {
        let owner = desk.repository.name.split('/').next().unwrap_or_default().to_lowercase();
        let now = desk.errand.now;
        if let Some(fields) = self.fields.0.get(&owner, now) {
            return Ok(fields);
        }
        let purpose = Purpose {
            doing: format!("reading the issue fields of {owner}"),
            missing: Missing::Below,
            needs: "organization issue fields: read",
        };
        let path = format!("/orgs/{}/issue-fields", segment(&owner));
        let fields = match self.client.get(desk.caller(), &path, &purpose).await {
            Ok(answer) => answer.json::<Vec<Field>>(&purpose)?,
            // An account of a person's, a server without such fields, or an App that may not see them.
            Err(TrackerError::Missing { .. } | TrackerError::Refused { .. }) => Vec::new(),
            Err(error) => return Err(error),
        };
        self.fields.0.keep(owner, fields.clone(), now);
        Ok(fields)
    }
}

impl Field {
    fn is(&self, name: &str) -> bool {
        let same = self.name.as_deref().is_some_and(|own| own.to_lowercase() == name.to_lowercase());
        same && self.data_type.as_deref() == Some("number")
    }
}
