//! Text → tree: the only module that knows the YAML library.
//!
//! A policy file is untrusted, so little of YAML is read: one document, at most 64 KiB, at most 16 levels deep, no
//! anchors, aliases, merge keys, tags or directives, and no key twice. The parser's events are taken one by one and
//! the tree is built on a stack of our own, so no input can exhaust the program's; time and memory are linear in the
//! text. Scalars stay text: nothing is a boolean or a number until a key asks for one.

use std::collections::HashSet;

use serde_yaml::granit_parser::{self, ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::layer::LayerName;
use super::node::{Entry, Node, Value};
use super::problem::{PolicyErrors, Problems, Span, quoted, shortened};

/// The most bytes a policy file may have.
pub const MAX_BYTES: usize = 64 * 1024;
/// How deep groups and lists may stand in one another.
const MAX_DEPTH: usize = 16;

/// The text as the tree's offsets count it: without a byte order mark.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Reads a file's text. A file without any value gives [`Value::Null`].
pub(super) fn read(layer: LayerName, text: &str) -> Result<Node, PolicyErrors> {
    let mut problems = Problems::default();
    if layer != LayerName::Defaults && text.len() > MAX_BYTES {
        problems.add(
            Span::start(layer),
            format!("the file has more than {} KiB", MAX_BYTES / 1024),
            "leave out what equals the defaults",
        );
        return problems.or(Node::empty_map(Span::start(layer)));
    }
    let mut builder = Builder { layer, problems, open: Vec::new(), root: None, documents: 0 };
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH + 1,
        block_nesting_limit: MAX_DEPTH + 1,
    };
    let text = without_mark(text);
    for event in Parser::new_from_str_with_options(text, options) {
        let go_on = match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => builder.refuse(&error, text),
        };
        if go_on.is_none() {
            break;
        }
    }
    let root = builder.root.unwrap_or(Node { at: Span::start(layer), value: Value::Null });
    builder.problems.or(root)
}

/// A group or list whose end has not been seen.
struct Open {
    node: Node,
    /// The key that waits for its value, in a group.
    key: Option<(String, Span)>,
    keys: HashSet<String>,
}

struct Builder {
    layer: LayerName,
    problems: Problems,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
}

impl Builder {
    /// Takes the next event; none when reading on would tell nothing more.
    fn take(&mut self, event: Event<'_>, span: granit_parser::Span) -> Option<()> {
        let at = self.span(span.start, Some(span.end));
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.problems.add(at, "a second document begins here", "remove `---`; a policy is one document");
                    return None;
                }
                Some(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.check_properties(at, anchor, tag.as_deref());
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let is_merge = style == ScalarStyle::Plain && text == "<<";
                let value = if is_null { Value::Null } else { Value::Scalar(text.into_owned()) };
                self.place(Node { at, value }, is_merge)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_properties(at, anchor, tag.as_deref());
                self.begin(Node { at, value: Value::List(Vec::new()) })
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_properties(at, anchor, tag.as_deref());
                self.begin(Node::empty_map(at))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop()?;
                self.place(open.node, false)
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.problems.add(at, "an alias (`*name`) stands here", "write the value itself; aliases are not read");
                self.place(Node { at, value: Value::Null }, false)
            }
            _ => Some(()),
        }
    }

    fn begin(&mut self, node: Node) -> Option<()> {
        if self.open.len() >= MAX_DEPTH {
            self.too_deep(node.at);
            return None;
        }
        self.open.push(Open { node, key: None, keys: HashSet::new() });
        Some(())
    }

    /// Puts a complete value where it belongs: it is a key, a key's value, a list's item or the whole.
    fn place(&mut self, node: Node, is_merge_key: bool) -> Option<()> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::List(items), _) => items.push(node),
            (Value::Map(entries), Some((key, key_at))) => entries.push(Entry { key, key_at, value: node }),
            _ => return self.place_key(node, is_merge_key),
        }
        Some(())
    }

    fn place_key(&mut self, node: Node, is_merge_key: bool) -> Option<()> {
        let Value::Scalar(key) = node.value else {
            self.problems.add(node.at, format!("{} stands where a key is expected", node.kind()), "write `key: value`");
            return None;
        };
        let open = self.open.last_mut()?;
        if is_merge_key {
            let advice = "write the keys themselves; merge keys are not read";
            self.problems.add(node.at, "a merge key (`<<`) stands here", advice);
        } else if !open.keys.insert(key.clone()) {
            self.problems.add(node.at, format!("{} stands here twice", quoted(&key)), "keep one of the two");
        }
        open.key = Some((key, node.at));
        Some(())
    }

    fn check_properties(&mut self, at: Span, anchor: usize, tag: Option<&Tag>) {
        if anchor != 0 {
            self.problems.add(at, "an anchor (`&name`) stands here", "remove it; anchors and aliases are not read");
        }
        if tag.is_some() {
            self.problems.add(
                at,
                "a tag (`!name`) stands here",
                "remove it, or put a text that begins with `!` in quotes",
            );
        }
    }

    fn refuse(&mut self, error: &ScanError, text: &str) -> Option<()> {
        let at = self.span(*error.marker(), None);
        let indented_by_tab = text
            .lines()
            .nth(at.line.saturating_sub(1))
            .is_some_and(|line| line.trim_start_matches(' ').starts_with('\t'));
        match error.kind() {
            _ if indented_by_tab => self.problems.add(
                at,
                "this line is indented with a tab",
                "indent it with spaces; YAML takes no tabs there",
            ),
            ErrorKind::RecursionLimitExceeded => self.too_deep(at),
            kind => self.problems.add(
                at,
                format!("this is not YAML ({})", shortened(&kind.to_string(), 70)),
                "check indentation, colons, brackets and quotes here and in the line above",
            ),
        }
        None
    }

    fn too_deep(&mut self, at: Span) {
        self.problems.add(
            at,
            format!("more than {MAX_DEPTH} levels stand in one another"),
            "no part of a policy is that deep",
        );
    }

    fn span(&self, start: Marker, end: Option<Marker>) -> Span {
        let offset = start.byte_offset().unwrap_or(0);
        let length = end.and_then(|end| end.byte_offset()).map_or(0, |end| end.saturating_sub(offset));
        Span { layer: self.layer, offset, length, line: start.line(), column: start.col() + 1 }
    }
}
