//! An item's title and body → the tokens that the model looks at, with the zone in which each stands.
//!
//! The text reader has already left out code, logs, traces, quotes, links and template comments; what they leave behind
//! here is the fact that they were there.

use crate::classify::text::{self, Passage, Piece, Role, Trace};
use crate::classify::{Text, Where};

use super::hash;

/// Where a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    /// In the title.
    Title,
    /// In a heading of the body: often a field of a template.
    Heading,
    /// In the body's prose.
    Body,
}

impl Zone {
    pub(super) const fn place(self) -> Where {
        match self {
            Self::Title => Where::Title,
            Self::Heading => Where::Field,
            Self::Body => Where::Body,
        }
    }
}

/// A word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    /// As it stands.
    pub(super) text: &'a str,
    /// Of its lower-case form, or of its kind for numbers and names of code.
    pub(super) hash: u64,
    /// Where it stands.
    pub(super) zone: Zone,
    /// Whether a phrase may go on from the token before.
    pub(super) continues: bool,
    /// Whether it is a word of a language, and not a number or a name of code.
    pub(super) is_word: bool,
}

/// Something about the item that is no word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A stack trace.
    StackTrace,
    /// Lines of a log.
    Log,
    /// A picture.
    Image,
    /// Fenced, indented or inline code.
    Code,
    /// A quotation.
    Quote,
    /// A link.
    Link,
    /// A version number.
    Version,
    /// The name of something in code.
    Identifier,
    /// The title ends with a question mark.
    TitleAsks,
    /// The body has a question mark.
    BodyAsks,
    /// There is no body.
    NoBody,
    /// The body is a few words long.
    ShortBody,
    /// The body is long.
    LongBody,
    /// A ticked box.
    Ticked,
    /// A list.
    List,
}

impl Mark {
    /// As people read it.
    pub(super) const fn shown(self) -> &'static str {
        match self {
            Self::StackTrace => "a stack trace",
            Self::Log => "lines of a log",
            Self::Image => "a picture",
            Self::Code => "a piece of code",
            Self::Quote => "a quotation",
            Self::Link => "a link",
            Self::Version => "a version number",
            Self::Identifier => "a name from the code",
            Self::TitleAsks => "the title asks a question",
            Self::BodyAsks => "the body asks a question",
            Self::NoBody => "no description",
            Self::ShortBody => "a short description",
            Self::LongBody => "a long description",
            Self::Ticked => "a ticked box",
            Self::List => "a list",
        }
    }
}

/// All that the model looks at.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    /// The words: the title's first.
    pub(super) words: Vec<Token<'a>>,
    /// Where the title's first word after its prefixes stands in `words`.
    pub(super) opening: usize,
    /// What else there is.
    pub(super) marks: Vec<Mark>,
}

/// The most words that are looked at.
const MOST_WORDS: usize = 1200;

/// From this many words on, a body is long; up to this many, short.
const LONG_BODY: usize = 150;
const SHORT_BODY: usize = 15;

/// The longest word, in bytes; what is longer is no word of a language.
const LONGEST_WORD: usize = 32;

/// Reads an item.
pub(super) fn read<'a>(item: &Text<'a>) -> Tokens<'a> {
    let mut reader = Reader { words: Vec::with_capacity(128), marks: Vec::with_capacity(8), continues: false };
    let opening = reader.title(item.title);
    let title_len = reader.words.len();
    reader.body(item.body);
    reader.lengths(title_len);
    Tokens { words: reader.words, opening, marks: reader.marks }
}

struct Reader<'a> {
    words: Vec<Token<'a>>,
    marks: Vec<Mark>,
    continues: bool,
}

impl<'a> Reader<'a> {
    fn title(&mut self, title: &'a str) -> usize {
        let title = text::beginning(title, 1024).trim();
        let heading = text::read_title(title);
        for prefix in &heading.prefixes {
            self.line(prefix.sign, Zone::Title);
        }
        let opening = self.words.len();
        self.line(heading.rest, Zone::Title);
        if title.ends_with('?') {
            self.mark(Mark::TitleAsks);
        }
        opening
    }

    fn line(&mut self, line: &'a str, zone: Zone) {
        self.continues = false;
        text::plain_line(line, |plain| {
            self.passage(plain, zone);
            self.continues = false;
        });
    }

    fn body(&mut self, source: &'a str) {
        let body = text::read_body(source);
        for Passage { text, role, continues } in &body.passages {
            if self.words.len() >= MOST_WORDS {
                break;
            }
            self.continues = *continues;
            let zone = match role {
                Role::Heading | Role::Key => Zone::Heading,
                Role::Value | Role::Ticked | Role::Prose => Zone::Body,
            };
            if *role == Role::Ticked {
                self.mark(Mark::Ticked);
            }
            if zone == Zone::Body && text.contains('?') {
                self.mark(Mark::BodyAsks);
            }
            self.passage(text, zone);
        }
        for (trace, _) in &body.traces {
            self.mark(match trace {
                Trace::Exception => Mark::StackTrace,
                Trace::Log => Mark::Log,
                Trace::Image => Mark::Image,
            });
        }
        self.left_out(text::beginning(source, 16 * 1024));
    }

    /// What the text reader left out without a trace.
    fn left_out(&mut self, body: &str) {
        if body.contains('`') || body.contains("{code") || body.contains("{{") {
            self.mark(Mark::Code);
        }
        if body.contains("://") {
            self.mark(Mark::Link);
        }
        if body.contains("\n>") || body.starts_with('>') {
            self.mark(Mark::Quote);
        }
        if body.contains("\n- ") || body.contains("\n* ") {
            self.mark(Mark::List);
        }
    }

    fn passage(&mut self, passage: &'a str, zone: Zone) {
        text::pieces(passage, |piece| match piece {
            Piece::Break => self.continues = false,
            Piece::Word(text) => self.word(text, zone),
        });
    }

    fn word(&mut self, text: &'a str, zone: Zone) {
        if self.words.len() >= MOST_WORDS {
            return;
        }
        let (hash, is_word) = match shape(text) {
            Shape::Word => (hash::lower(text), true),
            Shape::Number => (hash::NUMBER, false),
            Shape::Version => {
                self.mark(Mark::Version);
                (hash::VERSION, false)
            }
            Shape::Identifier => {
                self.mark(Mark::Identifier);
                (hash::lower(text), false)
            }
        };
        self.words.push(Token { text, hash, zone, continues: self.continues, is_word });
        self.continues = true;
    }

    fn lengths(&mut self, title_len: usize) {
        match self.words.len() - title_len {
            0 => self.mark(Mark::NoBody),
            1..=SHORT_BODY => self.mark(Mark::ShortBody),
            LONG_BODY.. => self.mark(Mark::LongBody),
            _ => {}
        }
    }

    fn mark(&mut self, mark: Mark) {
        if !self.marks.contains(&mark) {
            self.marks.push(mark);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Word,
    Number,
    Version,
    Identifier,
}

fn shape(text: &str) -> Shape {
    if text.len() > LONGEST_WORD {
        return Shape::Identifier;
    }
    let (mut digits, mut letters, mut dots, mut joints, mut after_lower, mut humps) = (0, 0, 0, 0, false, 0);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' => dots += 1,
            b'_' => joints += 1,
            b'A'..=b'Z' => {
                letters += 1;
                humps += i32::from(after_lower);
            }
            _ => letters += 1,
        }
        after_lower = byte.is_ascii_lowercase();
    }
    if letters == 0 {
        if dots > 0 { Shape::Version } else { Shape::Number }
    } else if dots > 0 && digits > letters {
        Shape::Version
    } else if joints > 0 || dots > 1 || humps > 1 {
        Shape::Identifier
    } else {
        Shape::Word
    }
}
