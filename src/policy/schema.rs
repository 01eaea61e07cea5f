//! The JSON Schema of the policy file, for editors: made from the same definitions that read it.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value, json};

use super::sections::PolicyFile;

/// The JSON Schema (draft 7, which all editors know) as it is checked in, with a line's end.
#[must_use]
pub fn json_schema() -> String {
    let settings = SchemaSettings::draft07().with_transform(WithoutNull);
    let mut schema = settings.into_generator().into_root_schema_for::<PolicyFile>();
    name_known_categories(&mut schema);
    format!("{schema:#}\n", schema = schema.as_value())
}

/// What may be left out may not be `null`: a key without a value is more likely a mistake.
#[derive(Clone, Debug)]
struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|one| one != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                schema.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(choices)) = schema.get_mut("anyOf") {
            choices.retain(|one| *one != json!({ "type": "null" }));
            if let [Value::Object(only)] = choices.as_slice() {
                let only = only.clone();
                schema.remove("anyOf");
                let object = schema.ensure_object();
                if object.is_empty() || !only.contains_key("$ref") {
                    object.extend(only);
                } else {
                    // Draft 7 looks at nothing beside a `$ref`.
                    object.insert("allOf".to_owned(), json!([only]));
                }
            }
        }
    }
}

/// Lets editors propose the shipped categories by name.
fn name_known_categories(schema: &mut Schema) {
    let Some(Value::Object(named)) = schema.pointer_mut("/properties/categories") else { return };
    let Some(category) = named.get("additionalProperties").cloned() else { return };
    let defaults = super::defaults();
    let known: Map<String, Value> = defaults
        .categories
        .iter()
        .map(|it| {
            let description =
                if it.description.is_empty() { format!("{} work", it.side) } else { it.description.clone() };
            (it.name.to_string(), json!({ "description": description, "allOf": [category] }))
        })
        .collect();
    named.insert("properties".to_owned(), Value::Object(known));
    named.insert("propertyNames".to_owned(), json!({ "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 50 }));
}
