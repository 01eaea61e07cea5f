//! Examples → numbers: which features each has, which letters and groups a word's weights hold.

use std::collections::HashMap;

use crate::classify::Text;
use crate::classify::model::features::{self, Feature, Kind, key};
use crate::classify::model::tokens::{self, Tokens};

use super::corpus::Example;
use super::groups::Lexicon;

/// All examples as numbers. A feature's number is its place in these lists.
#[derive(Default)]
pub(super) struct Matrix {
    /// What each feature is.
    pub(super) kinds: Vec<Kind>,
    /// Its key.
    pub(super) keys: Vec<u64>,
    /// The letters within it, as features, where it is a word.
    pub(super) letters: Vec<Vec<u32>>,
    /// Its groups, as features.
    pub(super) groups: Vec<Vec<u32>>,
    /// Whether the list of groups names it outright: it may be kept however seldom it is seen.
    pub(super) listed: Vec<bool>,
    /// The features of each example.
    pub(super) rows: Vec<Vec<u32>>,
}

impl Matrix {
    /// Reads the examples.
    pub(super) fn read(examples: &[Example]) -> Self {
        let mut builder = Builder { matrix: Self::default(), numbers: HashMap::new(), lexicon: Lexicon::read() };
        for example in examples {
            builder.row(&Text { title: &example.title, body: &example.body, ..Text::default() });
        }
        // Words of the list that no example has are known all the same.
        for word in builder.lexicon.words() {
            builder.row(&Text { title: word, body: word, ..Text::default() });
            builder.matrix.rows.pop();
        }
        builder.matrix
    }
}

struct Builder {
    matrix: Matrix,
    numbers: HashMap<u64, u32>,
    lexicon: Lexicon,
}

impl Builder {
    fn row(&mut self, text: &Text<'_>) {
        let tokens = tokens::read(text);
        let mut row = Vec::new();
        for feature in features::features(&tokens) {
            let (number, is_new) = self.number(feature.kind, feature.key);
            if is_new {
                self.letters(number, &feature, &tokens);
                self.groups(number, &feature, &tokens);
            }
            row.push(number);
        }
        self.matrix.rows.push(row);
    }

    fn number(&mut self, kind: Kind, key: u64) -> (u32, bool) {
        let next = u32::try_from(self.matrix.kinds.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.matrix.kinds.push(kind);
            self.matrix.keys.push(key);
            self.matrix.letters.push(Vec::new());
            self.matrix.groups.push(Vec::new());
            self.matrix.listed.push(false);
        }
        (number, number == next)
    }

    fn letters(&mut self, number: u32, feature: &Feature, tokens: &Tokens<'_>) {
        let word = word(tokens, feature.at.0).filter(|word| word.is_word);
        let (Some(kind), Some(word)) = (feature.kind.gram(), word) else { return };
        let mut letters = Vec::new();
        features::grams(word.text, |gram| letters.push(self.number(kind, key(kind, gram)).0));
        letters.sort_unstable();
        letters.dedup();
        if let Some(of) = self.matrix.letters.get_mut(place(number)) {
            *of = letters;
        }
    }

    fn groups(&mut self, number: u32, feature: &Feature, tokens: &Tokens<'_>) {
        let kind = match feature.kind {
            Kind::Word | Kind::Pair => Kind::Group,
            Kind::TitleWord | Kind::TitlePair => Kind::TitleGroup,
            _ => return,
        };
        let (Some(first), Some(last)) = (word(tokens, feature.at.0), word(tokens, feature.at.1)) else { return };
        let (groups, listed) = if feature.at.0 == feature.at.1 {
            self.lexicon.of_word(first.text)
        } else {
            let groups = self.lexicon.of_phrase(first.text, last.text);
            let listed = !groups.is_empty();
            (groups, listed)
        };
        let groups = groups.into_iter().map(|group| self.number(kind, key(kind, group)).0).collect();
        if let Some(of) = self.matrix.groups.get_mut(place(number)) {
            *of = groups;
        }
        if let Some(of) = self.matrix.listed.get_mut(place(number)) {
            *of = listed;
        }
    }
}

fn word<'t, 'a>(tokens: &'t Tokens<'a>, at: u32) -> Option<&'t tokens::Token<'a>> {
    tokens.words.get(place(at))
}

/// A feature's number as a place in a list.
pub(super) fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
