//! Reads an item and collects the signs in it: which phrases, labels, prefixes and traces, and where.

use crate::classify::text::{self, Body, Passage, Role};
use crate::classify::{Text, Where};

use super::lexicon::{Hit, PhraseId, Token};
use super::marks::Named;
use super::{Phrase, Rules};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A keyword of the policy.
    Keyword(PhraseId),
    /// A field of a template.
    Field(PhraseId),
    /// A category's own mark: its label, type or prefix, also its parent's.
    Mark(usize),
    /// A trace of a machine.
    Trace(text::Trace),
    /// The title asks.
    Asks,
}

/// A sign with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    /// What.
    pub(crate) sign: Sign,
    /// Where.
    pub(crate) place: Where,
    /// As it stands in the item.
    pub(crate) text: &'a str,
    /// How much of its weight counts there.
    pub(crate) factor: f64,
}

/// A mark that the policy spells goes before any that the defaults spell, whatever the words say beside it.
const OWN: f64 = 2.5;

/// A keyword in the title counts more than the policy says,
const IN_TITLE: f64 = 2.0;
/// in the first words of the body nearly as much,
const EARLY: f64 = 0.8;
/// later less,
const LATE: f64 = 0.45;
/// and what was already said counts little more.
const AGAIN: f64 = 0.2;
/// How often a keyword may be said again and still count.
const TIMES_AGAIN: u8 = 2;

/// How many words of prose are the first ones.
const FIRST_WORDS: usize = 80;

/// How many words a section of versions, logs or checklists may have before it is believed to be over.
const MUTED_WORDS: usize = 150;

/// A ticked box with more words than this is a template's assurance, not a choice.
const CHOICE_WORDS: usize = 5;

/// Collects the signs of an item.
pub(crate) fn collect<'a>(rules: &'a Rules, item: &Text<'a>) -> Vec<Found<'a>> {
    let mut reader = Reader {
        rules,
        source: item.title,
        found: Vec::with_capacity(24),
        counts: vec![Count::default(); rules.phrases.len()],
        tokens: Vec::with_capacity(64),
        scratch: String::with_capacity(32),
        words: 0,
        muted: 0,
        line_muted: false,
    };
    reader.marks(item);
    reader.title(item.title);
    reader.source = item.body;
    if !rules.phrases.is_empty() {
        reader.body(&text::read_body(item.body));
    }
    reader.found
}

/// How often a phrase was found, and where it stands in the list.
#[derive(Clone, Copy, Default)]
struct Count {
    keyword: u8,
    field: bool,
    at: usize,
}

struct Reader<'r, 'a> {
    rules: &'r Rules,
    /// The title or the body, whichever is being read.
    source: &'a str,
    found: Vec<Found<'a>>,
    counts: Vec<Count>,
    tokens: Vec<Token<'a>>,
    scratch: String,
    /// Words of prose so far.
    words: usize,
    /// Words that the present section may still have without speaking.
    muted: usize,
    line_muted: bool,
}

impl<'r, 'a> Reader<'r, 'a> {
    fn marks(&mut self, item: &Text<'a>) {
        if let Some(name) = item.type_name {
            self.mark(self.rules.types.of(name), Where::Type, name);
        }
        for label in item.labels {
            self.mark(self.rules.labels.of(label), Where::Label, label);
        }
        if let Some(parent) = item.parent {
            let own_type = parent.type_name.as_deref().and_then(|name| Some((self.rules.types.of(name)?, name)));
            let marked = || parent.labels.iter().find_map(|label| Some((self.rules.labels.of(label)?, label.as_str())));
            if let Some((named, text)) = marked().or(own_type) {
                self.mark(Some(named), Where::Parent, text);
            }
        }
    }

    /// Notes a category's own mark, where the text names one.
    fn mark(&mut self, named: Option<Named>, place: Where, text: &'a str) {
        self.found.extend(named.map(|named| Found {
            sign: Sign::Mark(named.category),
            place,
            text,
            factor: if named.is_own { OWN } else { 1.0 },
        }));
    }

    fn title(&mut self, title: &'a str) {
        let title = text::beginning(title, 1024).trim();
        let heading = text::read_title(title);
        let mut plain = Vec::new();
        for prefix in &heading.prefixes {
            match self.rules.prefix(prefix) {
                Some(named) => self.mark(Some(named), Where::Prefix, prefix.sign),
                None => plain.push(prefix.sign),
            }
        }
        self.tokens.clear();
        for text in plain {
            self.push(text);
            self.tokens.push(Token::BREAK);
        }
        self.tokens.push(Token::START);
        self.push(heading.rest);
        self.phrases(|reader, hit, phrase| {
            if !phrase.keywords.is_empty() {
                reader.keyword(hit, Where::Title, IN_TITLE);
            }
        });
        self.tokens.clear();
        if title.ends_with('?') {
            let text = heading.rest.rsplit(' ').next().unwrap_or("?");
            self.found.push(Found { sign: Sign::Asks, place: Where::Title, text, factor: 1.0 });
        }
    }

    fn push(&mut self, passage: &'a str) {
        text::plain_line(passage, |plain| {
            self.rules.lexicon.tokens(plain, &mut self.scratch, &mut self.tokens);
            self.tokens.push(Token::BREAK);
        });
    }

    fn body(&mut self, body: &Body<'a>) {
        let mut role = Role::Prose;
        for Passage { text, role: next, continues } in &body.passages {
            if !continues {
                self.flush(role);
                role = *next;
            }
            self.rules.lexicon.tokens(text, &mut self.scratch, &mut self.tokens);
        }
        self.flush(role);
        for (trace, line) in &body.traces {
            self.found.push(Found { sign: Sign::Trace(*trace), place: Where::Body, text: line, factor: 1.0 });
        }
    }

    /// Reads a run of words that belong together.
    fn flush(&mut self, role: Role) {
        let words = self.tokens.len();
        match role {
            Role::Heading => {
                self.line_muted = false;
                self.muted = 0;
                match self.fields() {
                    Some(true) => self.muted = MUTED_WORDS,
                    Some(false) => {}
                    None => self.prose(),
                }
            }
            Role::Key => {
                let field = self.fields();
                self.line_muted = field == Some(true);
                if field.is_none() {
                    self.prose();
                }
            }
            Role::Ticked if words <= CHOICE_WORDS => {
                self.fields();
            }
            Role::Ticked => {}
            Role::Value if std::mem::take(&mut self.line_muted) => {}
            Role::Value | Role::Prose => match self.muted.checked_sub(words) {
                Some(left) if self.muted > 0 => self.muted = left,
                _ => {
                    self.muted = 0;
                    self.prose();
                }
            },
        }
        self.tokens.clear();
    }

    fn prose(&mut self) {
        let factor = if self.words < FIRST_WORDS { EARLY } else { LATE };
        self.words += self.tokens.len();
        self.phrases(|reader, hit, phrase| {
            if !phrase.keywords.is_empty() {
                reader.keyword(hit, Where::Body, factor);
            }
            if phrase.field.as_ref().is_some_and(|field| !field.named_only) {
                reader.field(hit);
            }
        });
    }

    /// Counts the fields among the words; says whether there was one, and whether it mutes what follows.
    fn fields(&mut self) -> Option<bool> {
        let mut mutes = None;
        self.phrases(|reader, hit, phrase| {
            if let Some(field) = &phrase.field {
                mutes = Some(mutes.unwrap_or(false) || field.mutes);
                reader.field(hit);
            }
        });
        mutes
    }

    /// Calls `each` with every phrase among the words.
    fn phrases(&mut self, mut each: impl FnMut(&mut Self, Hit<'a>, &'r Phrase)) {
        let tokens = std::mem::take(&mut self.tokens);
        let rules = self.rules;
        rules.lexicon.find(&tokens, |hit| {
            if let Some(phrase) = rules.phrases.get(hit.phrase) {
                each(self, hit, phrase);
            }
        });
        self.tokens = tokens;
    }

    fn keyword(&mut self, hit: Hit<'a>, place: Where, factor: f64) {
        let Some(count) = self.counts.get_mut(hit.phrase) else { return };
        count.keyword += 1;
        match count.keyword {
            1 => {
                count.at = self.found.len();
                self.found.push(Found { sign: Sign::Keyword(hit.phrase), place, text: self.span(hit), factor });
            }
            times if times <= 1 + TIMES_AGAIN => {
                if let Some(found) = self.found.get_mut(count.at) {
                    found.factor += AGAIN;
                }
            }
            _ => count.keyword = 1 + TIMES_AGAIN,
        }
    }

    fn field(&mut self, hit: Hit<'a>) {
        let Some(count) = self.counts.get_mut(hit.phrase) else { return };
        if !std::mem::replace(&mut count.field, true) {
            let text = self.span(hit);
            self.found.push(Found { sign: Sign::Field(hit.phrase), place: Where::Field, text, factor: 1.0 });
        }
    }

    /// What stands from a phrase's first word to its last.
    fn span(&self, hit: Hit<'a>) -> &'a str {
        let from = hit.first.as_ptr().addr().wrapping_sub(self.source.as_ptr().addr());
        let to = hit.last.as_ptr().addr().wrapping_sub(self.source.as_ptr().addr()).wrapping_add(hit.last.len());
        self.source.get(from..to).unwrap_or(hit.first)
    }
}
