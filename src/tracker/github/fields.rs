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
use super::answer::{Purpose, brief};
use super::base_url::segment;
use super::believed::Believed;
use super::pacing::Write;

/// So many organisations' fields are remembered.
const CAPACITY: usize = 2_000;
/// For so long.
const HOLDS: SignedDuration = SignedDuration::from_mins(10);

/// Ids of number fields by organisation and name; none where there is no such field.
#[derive(Debug)]
pub(super) struct FieldsCache(Believed<(String, String), Option<u64>>);

impl Default for FieldsCache {
    fn default() -> Self {
        Self(Believed::new(CAPACITY, HOLDS))
    }
}

/// `GET /orgs/{org}/issue-fields`.
#[derive(Deserialize)]
struct Field {
    id: u64,
    name: Option<String>,
    data_type: Option<String>,
}

impl GitHub {
    /// False: issues have no such field here.
    pub(super) async fn put_points(
        &self,
        desk: &Desk<'_>,
        field: &str,
        points: Option<Points>,
    ) -> Result<bool, TrackerError> {
        let Some(id) = self.number_field(desk, field).await? else { return Ok(false) };
        let item = desk.item()?;
        let purpose = Purpose {
            doing: format!("writing the field `{}` of {}", brief(field), item.name),
            missing: Missing::Below,
            needs: "issues: write",
        };
        let values = format!("{}/issue-field-values", item.path);
        let (method, path, body) = match points {
            Some(points) => {
                let value = json!({ "field_id": id, "value": points.value() });
                (Method::POST, values, Some(json!({ "issue_field_values": [value] })))
            }
            None => (Method::DELETE, format!("{values}/{id}"), None),
        };
        match self.client.write(desk.caller(), Write::Change, method, &path, body, &purpose).await {
            Ok(_) => Ok(true),
            // The value is gone already, or the field is.
            Err(TrackerError::Missing { .. }) => Ok(points.is_none()),
            Err(error) => Err(error),
        }
    }

    async fn number_field(&self, desk: &Desk<'_>, name: &str) -> Result<Option<u64>, TrackerError> {
        let owner = desk.repository.name.split('/').next().unwrap_or_default().to_lowercase();
        let key = (owner, name.to_lowercase());
        let now = desk.errand.now;
        if let Some(id) = self.fields.0.get(&key, now) {
            return Ok(id);
        }
        let purpose = Purpose {
            doing: format!("reading the issue fields of {}", key.0),
            missing: Missing::Below,
            needs: "organization issue fields: read",
        };
        let path = format!("/orgs/{}/issue-fields", segment(&key.0));
        let id = match self.client.get(desk.caller(), &path, &purpose).await {
            Ok(answer) => {
                answer.json::<Vec<Field>>(&purpose)?.iter().find(|field| field.is(name)).map(|field| field.id)
            }
            // An account of a person's, a server without such fields, or an App that may not see them.
            Err(TrackerError::Missing { .. } | TrackerError::Refused { .. }) => None,
            Err(error) => return Err(error),
        };
        self.fields.0.keep(key, id, now);
        Ok(id)
    }
}

impl Field {
    fn is(&self, name: &str) -> bool {
        let same = self.name.as_deref().is_some_and(|own| own.to_lowercase() == name.to_lowercase());
        same && self.data_type.as_deref() == Some("number")
    }
}
