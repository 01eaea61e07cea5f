//! The JSON Schema of the policy file, for editors: made from the same definitions that read it.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value, json};

use super::checked::Policy;
use super::sections::PolicyFile;

/// The JSON Schema (draft 7, which all editors know) as it is checked in, with a line's end.
#[must_use]
pub fn json_schema() -> String {
    let settings = SchemaSettings::draft07().with_transform(Tidied);
    let mut schema = settings.into_generator().into_root_schema_for::<PolicyFile>();
    fill_in_defaults(&mut schema, &super::defaults());
    format!("{:#}\n", schema.as_value())
}

/// What may be left out may not be `null` (a key without a value is more likely a mistake), and a description is one line.
#[derive(Clone, Debug)]
struct Tidied;

impl Transform for Tidied {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(Value::String(description)) = schema.get_mut("description") {
            *description = description.replace('\n', " ");
        }
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|one| one != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
            choices.retain(|one| *one != json!({ "type": "null" }));
            if let [only] = choices.as_slice() {
                // Draft 7 looks at nothing beside a `$ref`, so the one choice that is left stays in a list.
                let only = json!([only]);
                schema.remove("anyOf");
                schema.insert("allOf".to_owned(), only);
            }
        }
    }
}

/// Lets editors propose the shipped categories by name, and show the shipped thresholds.
fn fill_in_defaults(schema: &mut Schema, defaults: &Policy) {
    let thresholds = &defaults.classification;
    for (key, value) in
        [("apply_at", thresholds.apply_at), ("suggest_at", thresholds.suggest_at), ("side_at", thresholds.side_at)]
    {
        if let Some(Value::Object(key)) = schema.pointer_mut(&format!("/definitions/Classification/properties/{key}")) {
            key.insert("default".to_owned(), json!(value));
        }
    }
    let Some(Value::Object(named)) = schema.pointer_mut("/properties/categories") else { return };
    let Some(Value::Object(category)) = named.get("additionalProperties").cloned() else { return };
    let known: Map<String, Value> = defaults
        .categories
        .iter()
        .map(|it| {
            let mut described = category.clone();
            described.insert("description".to_owned(), json!(format!("{} ({})", it.description, it.side)));
            (it.name.to_string(), Value::Object(described))
        })
        .collect();
    named.insert("properties".to_owned(), Value::Object(known));
    named.insert("propertyNames".to_owned(), json!({ "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 50 }));
}
