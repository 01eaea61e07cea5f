//! Whether a text is in a language that the model knows.

use std::sync::LazyLock;

use super::hash;
use super::tokens::Tokens;

/// The share of different words that the model must know.
const KNOWN_SHARE: f64 = 0.4;

/// The share of letters outside ASCII from which on a text is not in English.
const FOREIGN_LETTERS: f64 = 0.25;

/// Words that hold sentences together in English and stand in nearly all of them.
const ENGLISH: &[&str] = &[
    "the", "to", "of", "and", "is", "it", "this", "that", "for", "with", "not", "when", "be", "are", "on", "as",
    "from", "should", "would", "have", "has", "can", "but", "if", "there", "which", "you", "we", "i", "my", "what",
    "how", "add",
];

/// Words that hold sentences together in other languages, and that no English sentence needs.
const OTHERS: &[&[&str]] = &[
    GERMAN_AND_DUTCH,
    FRENCH,
    SPANISH_PORTUGUESE_AND_ITALIAN,
    &[
        "nie", "się", "jest", "przy", "dla", "oraz", "při", "není", "bir", "ve", "için", "och", "att", "inte", "är",
        "när", "som",
    ],
];

const GERMAN_AND_DUTCH: &[&str] = &[
    "der", "das", "und", "ist", "nicht", "ein", "eine", "einen", "für", "mit", "auf", "wird", "werden", "beim", "den",
    "dem", "ich", "sich", "zu", "zum", "zur", "von", "bei", "wenn", "nach", "kann", "keine", "het", "een", "niet",
    "wordt", "naar", "voor", "deze", "zijn", "bij",
];

const FRENCH: &[&str] = &[
    "le", "la", "les", "est", "une", "pas", "pour", "dans", "sur", "avec", "qui", "que", "ne", "du", "ce", "sont",
    "être", "au", "aux", "lors", "quand", "je",
];

const SPANISH_PORTUGUESE_AND_ITALIAN: &[&str] = &[
    "el", "los", "las", "por", "para", "con", "una", "como", "se", "cuando", "está", "más", "não", "uma", "da", "ao",
    "quando", "il", "di", "che", "è", "della", "nella", "sono", "gli", "um", "estão",
];

/// How many words are looked at.
const LOOKED_AT: usize = 150;

/// The small words of English (true) and of others (false), by their hashes, in order.
static SMALL_WORDS: LazyLock<Vec<(u64, bool)>> = LazyLock::new(|| {
    let english = ENGLISH.iter().map(|word| (hash::lower(word), true));
    let mut words: Vec<(u64, bool)> =
        english.chain(OTHERS.iter().copied().flatten().map(|word| (hash::lower(word), false))).collect();
    words.sort_unstable();
    words
});

/// How many of the different words the model knows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Vocabulary {
    /// Words that the model knows.
    pub(super) known: usize,
    /// All different words, numbers and names of code aside.
    pub(super) all: usize,
}

/// Judges by the letters, by small words, and by how many of the different words the model knows.
pub(super) fn is_known(tokens: &Tokens<'_>, vocabulary: Vocabulary) -> bool {
    let small_words = &*SMALL_WORDS;
    let (mut letters, mut foreign_letters, mut english, mut others, mut count) = (0, 0, 0, 0, 0);
    for word in tokens.words.iter().filter(|word| word.is_word).take(LOOKED_AT) {
        count += 1;
        letters += word.text.len();
        if !word.text.is_ascii() {
            foreign_letters += word.text.bytes().filter(|byte| !byte.is_ascii()).count();
        }
        if word.text.len() <= 8
            && let Ok(at) = small_words.binary_search_by_key(&word.hash, |(hash, _)| *hash)
        {
            match small_words.get(at) {
                Some((_, true)) => english += 1,
                _ => others += 1,
            }
        }
    }
    if share(foreign_letters, letters) >= FOREIGN_LETTERS || (others >= 2 && others > english) {
        return false;
    }
    count > 0 && (english * 8 >= count || share(vocabulary.known, vocabulary.all) >= KNOWN_SHARE)
}

#[expect(clippy::cast_precision_loss, reason = "counts of words in a text")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
