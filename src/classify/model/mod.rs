//! The trained model: a linear model over words, phrases, headings and letters within words, in one hash table.
//!
//! Every feature has a weight for each category; weights are summed within a block (the title, all words, the first words
//! of the body, headings) that is scaled to about one length, so that a long body does not drown the title, and a lone word
//! does not speak as loudly as a sentence. A word's weights
//! hold those of its letters and of its group; a word that the model has not seen gets its letters' alone. The sums are
//! log-odds, calibrated on projects that were not trained on; `train` makes all of it from labelled issues.

pub(crate) mod categories;
mod evidence;
mod features;
mod hash;
mod language;
mod table;
mod tokens;
pub mod train;

use categories::{K, Scores};
use features::{BLOCKS, Block, Feature, Kind};
use language::Vocabulary;
use table::{Entry, Table};
use tokens::{Token, Tokens};

pub use table::NoModel;

use crate::classify::Text;

/// The model that is part of the program.
static EMBEDDED: &[u8] = include_bytes!("model.bin");

/// So many words are taken off what is said: who writes three words says less by them than by the first three of thirty.
const TAKEN_OFF: f32 = 0.5;

/// How much a word counts that the model has not seen.
const UNKNOWN_RARITY: f32 = 9.0;

/// A model, read in place.
#[derive(Clone, Debug)]
pub struct Model<'m> {
    table: Table<'m>,
}

impl Model<'static> {
    /// The model that is part of the program.
    ///
    /// # Errors
    /// When it was built for another version.
    pub fn embedded() -> Result<Self, NoModel> {
        Model::read(EMBEDDED)
    }
}

/// The first 12 hexadecimal digits of the SHA-256 of a model's bytes: its name.
#[must_use]
pub fn hash_of(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().take(6).fold(String::new(), |mut text, byte| {
        // Writing into a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The name of the model that is part of the program.
#[must_use]
pub fn embedded_hash() -> String {
    hash_of(EMBEDDED)
}

/// What the model reads in an item.
pub(crate) struct Reading<'a> {
    /// Log-odds, up to a constant.
    pub(crate) sums: Scores,
    /// Whether the text is in a language that the model knows; where it is not, the sums say nothing.
    pub(crate) knows_language: bool,
    tokens: Tokens<'a>,
    spoken: Vec<Spoken>,
}

/// A feature that spoke: what it added to the sums.
struct Spoken {
    feature: Feature,
    weights: Scores,
}

impl<'m> Model<'m> {
    /// Reads a model's bytes.
    ///
    /// # Errors
    /// When they are no model, or one of another version.
    pub fn read(bytes: &'m [u8]) -> Result<Self, NoModel> {
        Table::read(bytes).map(|table| Self { table })
    }

    /// What is known before anything was read, as log-odds.
    pub(crate) const fn prior(&self) -> Scores {
        self.table.bias()
    }

    /// Reads an item. Time linear in the text's length, up to the length that is read at all.
    pub(crate) fn reading<'a>(&self, text: &Text<'a>) -> Reading<'a> {
        let tokens = tokens::read(text);
        let features = features::features(&tokens);
        let mut known = Vec::with_capacity(features.len());
        let mut lengths = [0f32; BLOCKS];
        let mut vocabulary = Vocabulary::default();
        for feature in features {
            let entry = self.table.get(feature.key);
            if feature.kind == Kind::Word && word(&tokens, &feature).is_some_and(|word| word.is_word) {
                vocabulary.all += 1;
                vocabulary.known += usize::from(entry.is_some());
            }
            let found = match entry {
                Some(entry) => Found::Entry(entry),
                None if feature.kind.gram().is_some() => Found::Unknown,
                None => continue,
            };
            if let Some(length) = lengths.get_mut(feature.kind.block() as usize) {
                *length += found.rarity() * found.rarity();
            }
            known.push((feature, found));
        }
        let thin = thinness(tokens.words.len());
        let knows_language = language::is_known(&tokens, vocabulary);
        let mut sums = self.table.bias();
        let mut spoken = Vec::with_capacity(known.len());
        for (feature, found) in known {
            let block = feature.kind.block();
            let squares = lengths.get(block as usize).copied().unwrap_or_default();
            let times =
                thin * if block == Block::Marks { 1.0 } else { found.rarity() / features::length(block, squares) };
            let weights = match found {
                Found::Entry(entry) => entry.weights(times),
                Found::Unknown => self.letters(&feature, &tokens, times),
            };
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += weight;
            }
            spoken.push(Spoken { feature, weights });
        }
        Reading { sums, knows_language, tokens, spoken }
    }

    /// What the letters of a word say that the model has not seen.
    fn letters(&self, feature: &Feature, tokens: &Tokens<'_>, times: f32) -> Scores {
        let mut sums = [0f32; K];
        let word = word(tokens, feature).filter(|word| word.is_word);
        let (Some(word), Some(kind)) = (word, feature.kind.gram()) else { return sums };
        let mut count = 0f32;
        features::grams(word.text, |gram| {
            if let Some(entry) = self.table.get(features::key(kind, gram)) {
                entry.add(times, &mut sums);
                count += 1.0;
            }
        });
        let scale = 1.0 / count.max(1.0).sqrt();
        sums.map(|sum| sum * scale)
    }
}

/// How much what so many words say is believed, 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a number of words")]
fn thinness(words: usize) -> f32 {
    words as f32 / (words as f32 + TAKEN_OFF)
}

/// The first word of a feature.
fn word<'t, 'a>(tokens: &'t Tokens<'a>, feature: &Feature) -> Option<&'t Token<'a>> {
    usize::try_from(feature.at.0).ok().and_then(|at| tokens.words.get(at))
}

/// A feature's weights, or a word that has none.
enum Found<'m> {
    Entry(Entry<'m>),
    Unknown,
}

impl Found<'_> {
    const fn rarity(&self) -> f32 {
        match self {
            Self::Entry(entry) => entry.rarity,
            Self::Unknown => UNKNOWN_RARITY,
        }
    }
}
