//! What a report from a file reads besides its items: earlier sprints, and measures of outcomes.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::allocation::{Measure, SprintRecord};

use super::{Failure, measure};

/// Earlier sprints, as `plimsoll report --format json` prints each.
pub(super) fn history(file: &Path) -> Result<Vec<SprintRecord>, Failure> {
    documents(file, "history", "plimsoll report --format json")
}

/// A measure as `plimsoll measure BOARD --format json` lists it.
#[derive(Deserialize)]
struct SetMeasure {
    #[serde(flatten)]
    measure: Measure,
    #[serde(default)]
    set_at: Option<Timestamp>,
}

/// Measures of outcomes: of one name and day the one that was set last comes last.
pub(super) fn measures(file: &Path) -> Result<Vec<Measure>, Failure> {
    let mut set: Vec<SetMeasure> = documents(file, "measures", "plimsoll measure BOARD --format json")?;
    set.sort_by_key(|one| one.set_at);
    set.into_iter().map(|one| measure::checked(one.measure)).collect()
}

/// JSON documents one after the other, or lists of them.
fn documents<T: DeserializeOwned>(file: &Path, what: &str, printed_by: &str) -> Result<Vec<T>, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read the {what} in {shown}: {error}"))?;
    let wrong = |error: serde_json::Error| format!("the {what} in {shown}: not what `{printed_by}` prints: {error}");
    let mut found = Vec::new();
    for document in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
        let documents = match document.map_err(wrong)? {
            Value::Array(documents) => documents,
            document => vec![document],
        };
        for document in documents {
            found.push(serde_json::from_value(document).map_err(wrong)?);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Measure>, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("measures.json");
        std::fs::write(&file, text).unwrap();
        let shown = file.display().to_string();
        measures(&file).map_err(|error| error.to_string().replace(&shown, "FILE"))
    }

    #[test]
    fn the_history_of_measures_is_read_as_it_is_printed() {
        let printed = r#"[
            {"name": "deploys", "value": 4.5, "date": "2026-01-02", "source": "set by hand", "set_at": "2026-01-03T09:00:00Z"},
            {"name": "deploys", "value": 9, "date": "2026-01-02", "source": "set by hand", "set_at": "2026-01-02T09:00:00Z"}
        ]"#;
        let values = |text: &str| read(text).unwrap().iter().map(|it| it.value).collect::<Vec<_>>();
        assert_eq!(values(printed), [9.0, 4.5], "what was set last stands last");
        assert_eq!(
            values(
                "{\"name\":\"a\",\"value\":1,\"date\":\"2026-01-02\"}\n{\"name\":\"a\",\"value\":2,\"date\":\"2026-01-02\"}"
            ),
            [1.0, 2.0]
        );
        assert_eq!(values(""), [0.0; 0]);
    }

    #[test]
    fn what_is_no_measure_is_told() {
        let told = |text: &str| read(text).unwrap_err();
        insta::assert_snapshot!(told("[{\"name\":\"Deploys!\",\"value\":1,\"date\":\"2026-01-02\"}]"), @"Deploys! = 1 can be no measure: write a name such as deployments_per_week and a plain number");
        insta::assert_snapshot!(told("{\"name\":\"deploys\",\"value\":1}"), @"the measures in FILE: not what `plimsoll measure BOARD --format json` prints: missing field `date`");
        insta::assert_snapshot!(told("deploys"), @"the measures in FILE: not what `plimsoll measure BOARD --format json` prints: expected value at line 1 column 1");
    }
}
