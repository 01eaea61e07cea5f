//! Tree → types, with every problem told at its place.
//!
//! A section of the file is a struct made by [`section!`]: one definition for what is read, which keys are known, and
//! the JSON Schema. A single value is a [`Term`]: a small type that checks its own text.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::layer::LayerName;
use super::node::{Node, Value};
use super::problem::{Mistake, Problems, Span, advice_for_unknown, quoted};

/// The most entries that a file may put in one list.
const MAX_ITEMS: usize = 200;
/// The most keys that a file may put in one group of named entries.
const MAX_NAMED: usize = 100;

/// Can be read from a tree. None when it cannot; then at least one problem was told.
pub(super) trait Read: Sized {
    /// What should stand there, for messages.
    const EXPECTED: &'static str;

    fn read(node: &Node, problems: &mut Problems) -> Option<Self>;
}

/// A single value with a form of its own.
pub(super) trait Term: Sized {
    /// What it looks like, for messages: "a percentage such as `20%`".
    const FORM: &'static str;

    fn parse(text: &str) -> Result<Self, Mistake>;
}

impl<T: Term> Read for T {
    const EXPECTED: &'static str = T::FORM;

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let mistake = match &node.value {
            Value::Scalar(text) => match T::parse(text) {
                Ok(value) => return Some(value),
                Err(mistake) => mistake,
            },
            Value::Null => Mistake::new("a value is missing", format!("write {}", T::FORM)),
            Value::List(_) | Value::Map(_) => {
                Mistake::new(format!("{} stands here", node.kind()), format!("write {}", T::FORM))
            }
        };
        problems.add(node.at, mistake.what, mistake.advice);
        None
    }
}

/// A value that remembers where it stands, for what can only be checked later.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) at: Span,
}

impl<T: Read> Read for At<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        T::read(node, problems).map(|value| Self { value, at: node.at })
    }
}

/// A list; what cannot be read in it is told and left out.
impl<T: Read> Read for Vec<T> {
    const EXPECTED: &'static str = "a list: `[one, two]`";

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        let items = match &node.value {
            Value::List(items) => items,
            Value::Null => return Some(Self::new()),
            Value::Scalar(_) | Value::Map(_) => {
                problems.add(node.at, format!("{} stands here", node.kind()), format!("write {}", Self::EXPECTED));
                return None;
            }
        };
        let own = items.iter().filter(|item| item.at.layer != LayerName::Defaults);
        if let Some(first_too_many) = own.clone().nth(MAX_ITEMS) {
            problems.add(
                first_too_many.at,
                format!("the list has {} entries", own.count()),
                format!("{MAX_ITEMS} are allowed"),
            );
            return None;
        }
        Some(items.iter().filter_map(|item| T::read(item, problems)).collect())
    }
}

/// Entries under names that the file chooses, in its order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named<T>(pub(super) Vec<(At<String>, T)>);

impl<T: Read> Read for Named<T> {
    const EXPECTED: &'static str = "a group of keys: `name: …`";

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if matches!(node.value, Value::Scalar(_) | Value::List(_)) {
            problems.add(node.at, format!("{} stands here", node.kind()), format!("write {}", Self::EXPECTED));
            return None;
        }
        let entries = node.entries();
        let own = entries.iter().filter(|entry| entry.key_at.layer != LayerName::Defaults);
        if let Some(first_too_many) = own.clone().nth(MAX_NAMED) {
            problems.add(
                first_too_many.key_at,
                format!("there are {} entries", own.count()),
                format!("{MAX_NAMED} are allowed"),
            );
            return None;
        }
        let read = |entry: &super::node::Entry| {
            let name = At { value: entry.key.clone(), at: entry.key_at };
            T::read(&entry.value, problems).map(|value| (name, value))
        };
        Some(Self(entries.iter().filter_map(read).collect()))
    }
}

/// Something that a higher layer can switch off: `off`, or a group of keys (which may be empty).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Switch<T> {
    Off,
    On(T),
}

impl<T> Switch<T> {
    pub(super) fn on(self) -> Option<T> {
        match self {
            Self::Off => None,
            Self::On(value) => Some(value),
        }
    }
}

/// Whether a value says `off` (`false` is how YAML 1.1 tools write it).
pub(super) fn says_off(node: &Node) -> bool {
    matches!(&node.value, Value::Scalar(text) if text == "off" || text == "false")
}

impl<T: Read> Read for Switch<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read(node: &Node, problems: &mut Problems) -> Option<Self> {
        if says_off(node) {
            return Some(Self::Off);
        }
        if let Value::Scalar(text) = &node.value {
            problems.add(
                node.at,
                format!("{} stands here", quoted(text)),
                "write a group of keys (`{}` for the defaults), or `off`",
            );
            return None;
        }
        T::read(node, problems).map(Self::On)
    }
}

/// Which keys a section gives. A key that is given and has no value could not be read, and that was told already.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Given(Vec<(&'static str, Span)>);

impl Given {
    pub(super) fn has(&self, key: &str) -> bool {
        self.at(key).is_some()
    }

    /// Where the key stands, if it is given.
    pub(super) fn at(&self, key: &str) -> Option<Span> {
        self.0.iter().find(|(given, _)| *given == key).map(|(_, at)| *at)
    }
}

/// A section's keys while they are read.
pub(super) struct Keys<'a> {
    node: &'a Node,
}

impl<'a> Keys<'a> {
    /// The keys of a section; those that are not `known` are told.
    pub(super) fn of(node: &'a Node, known: &[&'static str], problems: &mut Problems) -> Option<Self> {
        if matches!(node.value, Value::Scalar(_) | Value::List(_)) {
            problems.add(
                node.at,
                format!("{} stands here", node.kind()),
                match known {
                    [] => "write `{}`".to_owned(),
                    known => format!("write keys and values: {}", super::problem::listed(known.iter().copied())),
                },
            );
            return None;
        }
        for entry in node.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            if problems.is_full() {
                problems.add(entry.key_at, "", "");
                continue;
            }
            let what = format!("{} is not known here", quoted(&entry.key));
            let advice = match known {
                [] => "remove it; there is nothing to set here yet".to_owned(),
                known => advice_for_unknown(&entry.key, known.iter().copied()),
            };
            problems.add(entry.key_at, what, advice);
        }
        Some(Self { node })
    }

    /// The value of a key that may be left out.
    pub(super) fn may<T: Read>(&self, key: &str, problems: &mut Problems) -> Option<T> {
        self.node.get(key).and_then(|node| T::read(node, problems))
    }

    /// Which of the known keys are there.
    pub(super) fn given(&self, known: &[&'static str]) -> Given {
        let place = |key: &'static str| {
            self.node.entries().iter().find(|entry| entry.key == key).map(|entry| (key, entry.key_at))
        };
        Given(known.iter().copied().filter_map(place).collect())
    }

    /// The value of a key that must be there.
    pub(super) fn must<T: Read>(&self, key: &str, problems: &mut Problems) -> Option<T> {
        if self.node.get(key).is_none() {
            problems.add(self.node.at, format!("`{key}` is missing"), format!("add `{key}:` with {}", T::EXPECTED));
        }
        self.may(key, problems)
    }
}

/// Makes a section of the file: a struct, how it is read, and its JSON Schema. `must` keys are needed, `may` keys not.
macro_rules! section {
    ($(#[$meta:meta])* $name:ident {
        $(must { $($(#[$must_meta:meta])* $must:ident: $must_type:ty,)* })?
        $(may { $($(#[$may_meta:meta])* $may:ident: $may_type:ty,)* })?
    }) => {
        #[derive(Clone, Debug, PartialEq, schemars::JsonSchema)]
        $(#[$meta])*
        #[schemars(deny_unknown_fields)]
        pub(in crate::policy) struct $name {
            $($($(#[$must_meta])* pub(in crate::policy) $must: $must_type,)*)?
            $($($(#[$may_meta])* pub(in crate::policy) $may: Option<$may_type>,)*)?
            /// Which keys stand in the file, readable or not.
            #[schemars(skip)]
            pub(in crate::policy) given: $crate::policy::read::Given,
        }

        impl $crate::policy::read::Read for $name {
            const EXPECTED: &'static str = "a group of keys";

            fn read(
                node: &$crate::policy::node::Node,
                problems: &mut $crate::policy::problem::Problems,
            ) -> Option<Self> {
                let known: &[&str] = &[$($(stringify!($must),)*)? $($(stringify!($may),)*)?];
                let keys = $crate::policy::read::Keys::of(node, known, problems)?;
                $($(let $must: Option<$must_type> = keys.must(stringify!($must), problems);)*)?
                $($(let $may: Option<$may_type> = keys.may(stringify!($may), problems);)*)?
                Some(Self { $($($must: $must?,)*)? $($($may,)*)? given: keys.given(known) })
            }
        }
    };
}
pub(super) use section;

/// Describes a [`Term`] to editors.
macro_rules! term_schema {
    ($type:ty, $name:literal, $schema:tt) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(super) use term_schema;

impl<T: JsonSchema> JsonSchema for At<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Named{}", T::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "maxProperties": MAX_NAMED,
            "additionalProperties": generator.subschema_for::<T>(),
        })
    }
}

impl<T: JsonSchema> JsonSchema for Switch<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrOff", T::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [generator.subschema_for::<T>(), { "enum": ["off", false] }] })
    }
}
