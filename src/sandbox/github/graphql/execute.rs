//! Walks a document's selections: fields, aliases, arguments, fragments.

use std::collections::BTreeMap;

use graphql_parser::query::{
    Definition, Document, Field, OperationDefinition, Selection, SelectionSet, TypeCondition, Value as Literal,
    parse_query,
};
use serde_json::{Map, Value, json};

use super::super::http::auth::Caller;
use super::super::state::World;
use super::GraphQlError;
use super::nodes::{Found, Node, is_a};
use super::resolve::resolve;

/// Fragments within fragments; deeper ones go round in a circle.
const DEEPEST: usize = 40;

/// What came of a document.
pub(super) struct Executed {
    /// `query Project`, `mutation Pin`.
    pub(super) operation: String,
    /// The whole answer, errors among it.
    pub(super) answer: Value,
}

impl Executed {
    fn refused(error: &GraphQlError) -> Self {
        Self { operation: "query".to_owned(), answer: json!({"errors": [error.json(&[])]}) }
    }
}

/// The arguments of a field, variables filled in.
pub(super) struct Arguments(BTreeMap<String, Value>);

impl Arguments {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.as_u64()
    }

    /// Whether it was written at all, with a null too.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

struct Walk<'a> {
    caller: &'a Caller,
    document: &'a Document<'a, String>,
    variables: &'a Value,
    /// Where the walk is: names and indices.
    path: Vec<Value>,
    /// What could not be told, and where: null stands there.
    untold: Vec<Value>,
}

pub(super) fn execute(world: &mut World, caller: &Caller, text: &str, variables: &Value) -> Executed {
    let document = match parse_query::<String>(text) {
        Ok(document) => document,
        Err(error) => {
            return Executed::refused(&GraphQlError::invalid("parseError", format!("Parse error: {error}")));
        }
    };
    let operation = document.definitions.iter().find_map(|definition| match definition {
        Definition::Operation(operation) => Some(operation),
        Definition::Fragment(_) => None,
    });
    let (kind, name, root, selections) = match operation {
        Some(OperationDefinition::Query(it)) => ("query", it.name.as_deref(), Node::Query, &it.selection_set),
        Some(OperationDefinition::Mutation(it)) => ("mutation", it.name.as_deref(), Node::Mutation, &it.selection_set),
        Some(OperationDefinition::SelectionSet(it)) => ("query", None, Node::Query, it),
        Some(OperationDefinition::Subscription(_)) | None => {
            return Executed::refused(&GraphQlError::invalid("noOperation", "No operation was given".to_owned()));
        }
    };
    let operation = format!("{kind} {}", name.unwrap_or_default()).trim_end().to_owned();
    let mut walk = Walk { caller, document: &document, variables, path: Vec::new(), untold: Vec::new() };
    let answer = match walk.object(world, &root, selections) {
        Ok(data) if walk.untold.is_empty() => json!({"data": data}),
        Ok(data) => json!({"data": data, "errors": walk.untold}),
        Err(error) => json!({"errors": [error.json(&walk.path)]}),
    };
    Executed { operation, answer }
}

impl<'a> Walk<'a> {
    fn object(
        &mut self,
        world: &mut World,
        node: &Node,
        selections: &SelectionSet<'_, String>,
    ) -> Result<Value, GraphQlError> {
        let mut into = Map::new();
        self.select(world, node, selections, &mut into, 0)?;
        Ok(Value::Object(into))
    }

    fn select(
        &mut self,
        world: &mut World,
        node: &Node,
        selections: &SelectionSet<'_, String>,
        into: &mut Map<String, Value>,
        depth: usize,
    ) -> Result<(), GraphQlError> {
        if depth > DEEPEST {
            return Err(GraphQlError::invalid("infiniteLoop", "Fragments go round in a circle".to_owned()));
        }
        for selection in &selections.items {
            match selection {
                Selection::Field(field) => {
                    let name = field.alias.as_ref().unwrap_or(&field.name);
                    self.path.push(name.clone().into());
                    let value = self.field(world, node, field)?;
                    self.path.pop();
                    merge(into, name, value);
                }
                Selection::InlineFragment(fragment) => {
                    let fits = fragment.type_condition.as_ref().is_none_or(|TypeCondition::On(kind)| is_a(node, kind));
                    if fits {
                        self.select(world, node, &fragment.selection_set, into, depth + 1)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    let (kind, selections) = self.fragment(&spread.fragment_name)?;
                    if is_a(node, kind) {
                        self.select(world, node, selections, into, depth + 1)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn fragment(&self, name: &str) -> Result<(&'a str, &'a SelectionSet<'a, String>), GraphQlError> {
        let found = self.document.definitions.iter().find_map(|definition| match definition {
            Definition::Fragment(fragment) if fragment.name == name => {
                let TypeCondition::On(kind) = &fragment.type_condition;
                Some((kind.as_str(), &fragment.selection_set))
            }
            _ => None,
        });
        found.ok_or_else(|| {
            GraphQlError::invalid("useAndDefineFragment", format!("Fragment {name} was used, but not defined"))
        })
    }

    fn field(&mut self, world: &mut World, node: &Node, field: &Field<'_, String>) -> Result<Value, GraphQlError> {
        if field.name == "__typename" {
            return Ok(match node {
                Node::Plain { kind, members } => members.get("__typename").cloned().unwrap_or_else(|| (*kind).into()),
                node => node.kind().into(),
            });
        }
        let arguments = Arguments(
            field
                .arguments
                .iter()
                .map(|(name, value)| Ok((name.clone(), self.literal(value)?)))
                .collect::<Result<_, GraphQlError>>()?,
        );
        match resolve(world, self.caller, node, &field.name, &arguments) {
            Ok(Found::Scalar(value)) => Ok(value),
            Ok(Found::Nothing) => Ok(Value::Null),
            Ok(Found::One(node)) => self.object(world, &node, &field.selection_set),
            Ok(Found::Many(nodes)) => {
                let mut list = Vec::with_capacity(nodes.len());
                for (index, node) in nodes.iter().enumerate() {
                    self.path.push(index.into());
                    list.push(self.object(world, node, &field.selection_set)?);
                    self.path.pop();
                }
                Ok(list.into())
            }
            Err(error) if error.is_local() => {
                self.untold.push(error.json(&self.path));
                Ok(Value::Null)
            }
            Err(error) => Err(error),
        }
    }

    fn literal(&self, value: &Literal<'_, String>) -> Result<Value, GraphQlError> {
        Ok(match value {
            Literal::Variable(name) => self.variables.get(name).cloned().unwrap_or_default(),
            Literal::Int(number) => number.as_i64().into(),
            Literal::Float(number) => (*number).into(),
            Literal::String(text) | Literal::Enum(text) => text.clone().into(),
            Literal::Boolean(value) => (*value).into(),
            Literal::Null => Value::Null,
            Literal::List(values) => values.iter().map(|value| self.literal(value)).collect::<Result<_, _>>()?,
            Literal::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), self.literal(value)?)))
                    .collect::<Result<_, GraphQlError>>()?,
            ),
        })
    }
}

/// The same field may be selected twice, by two fragments: what they select of it is laid together.
fn merge(into: &mut Map<String, Value>, name: &str, value: Value) {
    match (into.get_mut(name), value) {
        (Some(Value::Object(known)), Value::Object(more)) => {
            for (name, value) in more {
                merge(known, &name, value);
            }
        }
        (_, value) => {
            into.insert(name.to_owned(), value);
        }
    }
}
