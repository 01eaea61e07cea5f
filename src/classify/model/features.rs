//! Tokens → features: what the model gives weights to, each once, with the tokens in which it was seen first.

use super::hash;
use super::tokens::{Mark, Token, Tokens, Zone};

/// What a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Kind {
    /// A word anywhere.
    Word,
    /// Two words in a row, anywhere.
    Pair,
    /// A word of the title.
    TitleWord,
    /// Two words in a row in the title.
    TitlePair,
    /// The title's first word.
    Opening,
    /// A word among the first of the body.
    Lead,
    /// A heading of the body as a whole.
    Heading,
    /// Something that is no word.
    Mark,
    /// Letters in a row within a word anywhere. Never seen by itself: a word's weights hold its letters' weights.
    Gram,
    /// Letters in a row within a word of the title. Likewise.
    TitleGram,
    /// A group of words that mean much the same. Likewise.
    Group,
    /// A group of words in the title. Likewise.
    TitleGroup,
}

/// How many kinds there are.
pub(super) const KINDS: usize = 12;

/// Features are scaled to about one length within each block, so that a long body does not drown the title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Block {
    /// The title's words.
    Title,
    /// All words.
    All,
    /// The first words of the body.
    Lead,
    /// Headings.
    Headings,
    /// What is no word; not scaled.
    Marks,
}

/// How many blocks there are.
pub(super) const BLOCKS: usize = 5;

/// What is added to the square of a block's length, about as much as a fifth of an ordinary issue has: with few words in
/// it a block stays shorter than the others, as little was said.
const DAMPING: [f32; BLOCKS] = [200.0, 800.0, 150.0, 30.0, 0.0];

/// The length to which a block is scaled whose features' squares have this sum.
pub(super) fn length(block: Block, squares: f32) -> f32 {
    (squares + DAMPING.get(block as usize).copied().unwrap_or_default()).sqrt()
}

impl Kind {
    pub(super) const fn block(self) -> Block {
        match self {
            Self::TitleWord | Self::TitlePair | Self::Opening | Self::TitleGram | Self::TitleGroup => Block::Title,
            Self::Word | Self::Pair | Self::Gram | Self::Group => Block::All,
            Self::Lead => Block::Lead,
            Self::Heading => Block::Headings,
            Self::Mark => Block::Marks,
        }
    }

    /// What a word of this kind holds the letters' weights of.
    pub(super) const fn gram(self) -> Option<Self> {
        match self {
            Self::Word => Some(Self::Gram),
            Self::TitleWord => Some(Self::TitleGram),
            _ => None,
        }
    }
}

/// A feature with the place where it was seen first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Feature {
    /// Of its kind and its words.
    pub(super) key: u64,
    /// What it is.
    pub(super) kind: Kind,
    /// The first and the last token; for a mark, its place among the marks, twice.
    pub(super) at: (u32, u32),
}

/// The key of a feature; never 0.
pub(super) const fn key(kind: Kind, words: u64) -> u64 {
    hash::pair(kind as u64 + 1, words) | 1
}

/// How many words of the body are its first.
const LEAD: u32 = 20;

/// All features of an item except those within words, each once.
pub(super) fn features(tokens: &Tokens<'_>) -> Vec<Feature> {
    let mut out = Collector::new(tokens.words.len() * 3 + 32);
    let mut heading: Option<(u64, u32)> = None;
    let mut before: Option<&Token<'_>> = None;
    let mut lead = 0;
    for (index, token) in (0u32..).zip(&tokens.words) {
        heading = out.heading(heading, token, index);
        out.word(token, index);
        if token.zone == Zone::Body && lead < LEAD {
            lead += 1;
            out.add(Kind::Lead, token.hash, (index, index));
        }
        if let Some(before) = before.filter(|_| token.continues) {
            out.pair(before, token, index);
        }
        before = Some(token);
    }
    out.end_heading(heading, u32::try_from(tokens.words.len()).unwrap_or(u32::MAX));
    if let Some(first) = tokens.words.get(tokens.opening).filter(|token| token.zone == Zone::Title) {
        let at = u32::try_from(tokens.opening).unwrap_or_default();
        out.add(Kind::Opening, first.hash, (at, at));
    }
    for (index, mark) in (0u32..).zip(&tokens.marks) {
        out.add(Kind::Mark, mark_words(*mark), (index, index));
    }
    out.list
}

/// What stands for a mark where a word's hash would stand.
const fn mark_words(mark: Mark) -> u64 {
    mark as u64 + 1
}

/// Takes each feature once.
struct Collector {
    list: Vec<Feature>,
    /// Open addressing over the keys; 0 is empty.
    seen: Vec<u64>,
    mask: usize,
}

impl Collector {
    fn new(expected: usize) -> Self {
        let slots = (expected * 2).next_power_of_two();
        Self { list: Vec::with_capacity(expected), seen: vec![0; slots], mask: slots - 1 }
    }

    fn word(&mut self, token: &Token<'_>, index: u32) {
        self.add(Kind::Word, token.hash, (index, index));
        if token.zone == Zone::Title {
            self.add(Kind::TitleWord, token.hash, (index, index));
        }
    }

    fn pair(&mut self, before: &Token<'_>, token: &Token<'_>, index: u32) {
        let words = hash::pair(before.hash, token.hash);
        let at = (index.saturating_sub(1), index);
        self.add(Kind::Pair, words, at);
        if token.zone == Zone::Title {
            self.add(Kind::TitlePair, words, at);
        }
    }

    /// Takes the next token into the heading that is being read, or ends it.
    fn heading(&mut self, heading: Option<(u64, u32)>, token: &Token<'_>, index: u32) -> Option<(u64, u32)> {
        let is_heading = token.zone == Zone::Heading;
        match heading {
            Some((words, from)) if is_heading && token.continues => Some((hash::pair(words, token.hash), from)),
            ended => {
                self.end_heading(ended, index);
                is_heading.then_some((token.hash, index))
            }
        }
    }

    fn end_heading(&mut self, heading: Option<(u64, u32)>, end: u32) {
        if let Some((words, from)) = heading {
            self.add(Kind::Heading, words, (from, end.saturating_sub(1)));
        }
    }

    /// The table is twice as large as the number of features: a free slot is always found.
    fn add(&mut self, kind: Kind, words: u64, at: (u32, u32)) {
        let key = key(kind, words);
        let mut slot = hash::index(key, self.mask);
        while let Some(seen) = self.seen.get_mut(slot) {
            if *seen == key {
                return;
            }
            if *seen == 0 {
                *seen = key;
                self.list.push(Feature { key, kind, at });
                return;
            }
            slot = (slot + 1) & self.mask;
        }
    }
}

/// The lengths of the letter sequences within words.
const GRAMS: std::ops::RangeInclusive<usize> = 3..=5;

/// Calls `each` with what stands for every letter sequence in a word, its ends marked.
pub(super) fn grams(word: &str, mut each: impl FnMut(u64)) {
    let mut letters = Vec::with_capacity(word.len() + 2);
    letters.push(b' ');
    letters.extend(word.bytes().map(|byte| byte.to_ascii_lowercase()));
    letters.push(b' ');
    for len in GRAMS {
        for gram in letters.windows(len) {
            each(hash::bytes(gram));
        }
    }
}
