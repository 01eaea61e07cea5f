//! What is to be said, without the form in which it is shown.

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Our own words; never anything that somebody else wrote.
    Ours(String),
    /// Our own words, to be noticed.
    Strong(String),
    /// Something to type: a command or a key.
    Code(String),
    /// What somebody else wrote; at most so many characters of it are shown.
    Foreign(String, usize),
    /// What people call an item (foreign too), linked where its address is known.
    Reference(String, Option<String>),
}

/// A line of pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inline(pub Vec<Piece>);

impl Inline {
    /// Only our own words.
    #[must_use]
    pub fn ours(text: impl Into<String>) -> Self {
        Self(vec![Piece::Ours(text.into())])
    }

    /// Only our own words, to be noticed.
    #[must_use]
    pub fn strong(text: impl Into<String>) -> Self {
        Self(vec![Piece::Strong(text.into())])
    }

    /// With another piece at the end.
    #[must_use]
    pub fn and(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }

    /// With our own words at the end.
    #[must_use]
    pub fn say(self, text: impl Into<String>) -> Self {
        self.and(Piece::Ours(text.into()))
    }

    /// With all pieces of another line at the end.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether nothing stands there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A part of a document that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(Inline),
    /// A paragraph.
    Paragraph(Inline),
    /// A list without order.
    List(Vec<Inline>),
    /// A table; every row has as many cells as the head.
    Table {
        /// The head.
        head: Vec<&'static str>,
        /// The rows.
        rows: Vec<Vec<Inline>>,
    },
    /// Lines that keep their columns; our own characters only.
    Columns(Vec<String>),
    /// A chart in Mermaid's language, for trackers that draw it; others leave it out.
    Mermaid(Vec<String>),
    /// What can be opened by those who want to know more.
    Details(String, Vec<Block>),
}

/// What is to be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its parts.
    pub blocks: Vec<Block>,
}
