//! Where an estimate is found: the board's field, else an issue field of the organisation. (Labels are read above.)

use serde::Deserialize;

use crate::tracker::{Missing, PlannedItem, TrackerError};

use super::super::adapter::{Desk, GitHub};
use super::super::answer::Purpose;
use super::super::base_url::segment;

/// The names by which a field for points is known, best first.
pub(super) const USUAL_NAMES: [&str; 4] = ["Estimate", "Points", "Story Points", "Size"];

/// So many items are asked for their issue fields at once, at most: a sprint has no more without an estimate.
const MOST_ASKED: usize = 500;

/// A plain number of points.
pub(super) fn number_in(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = !text.is_empty() && text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse::<f64>().ok().filter(|number| plain && number.is_finite())
}

#[derive(Deserialize)]
struct FieldValue {
    issue_field_id: u64,
    value: Option<serde_json::Value>,
}

impl GitHub {
    /// Fills in what is not estimated from the organisation's issue fields, where it has one for points. Costs one request
    /// where it has none.
    pub(super) async fn read_issue_fields(
        &self,
        desk: &Desk<'_>,
        wanted: Option<&str>,
        planned: &mut [PlannedItem],
    ) -> Result<(), TrackerError> {
        if planned.iter().all(|one| one.points.is_some() || one.subject.is_none()) {
            return Ok(());
        }
        let Some(field) = self.points_issue_field(desk, wanted).await? else { return Ok(()) };
        let unestimated = planned.iter_mut().filter(|one| one.points.is_none() && one.subject.is_some());
        for one in unestimated.take(MOST_ASKED) {
            one.points = self.issue_field_value(desk, one, field).await?;
        }
        Ok(())
    }

    pub(super) async fn points_issue_field(
        &self,
        desk: &Desk<'_>,
        wanted: Option<&str>,
    ) -> Result<Option<u64>, TrackerError> {
        if let Some(name) = wanted {
            return self.number_field(desk, name).await;
        }
        for name in USUAL_NAMES {
            if let Some(id) = self.number_field(desk, name).await? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    async fn issue_field_value(
        &self,
        desk: &Desk<'_>,
        planned: &PlannedItem,
        field: u64,
    ) -> Result<Option<f64>, TrackerError> {
        let number = planned.item.key.trim_start_matches('#');
        let (Some((owner, name)), false) = (planned.repository.split_once('/'), number.is_empty()) else {
            return Ok(None);
        };
        let purpose = Purpose {
            doing: format!("reading the estimate of {}#{number}", planned.repository),
            missing: Missing::Below,
            needs: "issues: read",
        };
        let path = format!("/repos/{}/{}/issues/{number}/issue-field-values", segment(owner), segment(name));
        let values: Vec<FieldValue> = match self.client.list(desk.caller(), &path, 1, &purpose).await {
            Ok(values) => values,
            Err(TrackerError::Missing { .. } | TrackerError::Refused { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let value = values.into_iter().find(|value| value.issue_field_id == field).and_then(|value| value.value);
        Ok(value.and_then(|value| value.as_f64().or_else(|| number_in(value.as_str()?))).filter(|it| it.is_finite()))
    }
}

#[cfg(test)]
mod tests {
    use super::number_in;

    #[test]
    fn only_a_plain_number_is_an_estimate() {
        assert_eq!((number_in(" 5 "), number_in("0.5")), (Some(5.0), Some(0.5)));
        for text in ["", "many", "-1", "1e9", "∞", "1.2.3", "99999999999"] {
            assert_eq!(number_in(text), None, "{text}");
        }
    }
}
