//! Why the model thinks so: the few words that weighed most, as people read them.

use crate::classify::Where;

use super::Reading;
use super::categories::{K, Scores, softmax};
use super::features::Kind;
use super::hash::{self, HashedMap};
use super::tokens::Token;

/// Something that spoke for or against a category.
#[derive(Debug)]
pub(crate) struct Said {
    /// As it stands in the item, or what it is where it is no word.
    pub(crate) sign: String,
    /// Where.
    pub(crate) place: Where,
    /// By how much it moves the category's log-odds against the others.
    pub(crate) weight: f32,
}

/// How many signs for a category are named, and how many against it.
const FOR: usize = 5;
const AGAINST: usize = 2;

/// What moves the log-odds by less is not worth naming.
const LEAST: f32 = 0.08;

/// A phrase is named as one where its two words together add at least this share of what they add alone.
const TOGETHER: f32 = 0.15;

/// Words that say nothing to a reader when they stand alone.
const EMPTY: &[&str] = &[
    "the", "to", "of", "and", "is", "it", "this", "that", "for", "with", "be", "are", "on", "as", "from", "have",
    "has", "but", "if", "there", "which", "we", "my", "in", "a", "an", "at", "by", "or", "was", "were", "been", "its",
    "so", "then", "than", "also", "do", "does", "will", "would", "should", "could", "can", "s", "t", "i", "you",
    "they", "he", "me", "our", "your", "these", "those", "some", "any", "all", "when", "where", "into", "just", "get",
    "got", "etc", "up", "out", "more", "only", "one", "two", "am", "us", "had", "being", "e.g", "i.e", "such", "other",
    "very", "may",
];

/// Words that add nothing at the ends of a phrase.
const SMALL: &[&str] = &[
    "the", "a", "an", "of", "in", "on", "at", "by", "for", "with", "to", "from", "and", "or", "as", "its", "this",
    "that", "we", "if", "then", "so",
];

impl Reading<'_> {
    /// The words that spoke for the category in this place of the model's order, then those that spoke against it, the
    /// strongest first. `sums` are the final log-odds: what a word moves is measured against the categories that compete.
    pub(crate) fn evidence(&self, category: usize, sums: &Scores) -> Vec<Said> {
        let rivals = rivals(category, sums);
        let moves = |weights: &Scores| -> f32 {
            let own = weights.get(category).copied().unwrap_or_default();
            own - product(weights, &rivals)
        };
        let mut words: HashedMap<f32> = HashedMap::default();
        let mut pairs: HashedMap<((u32, u32), f32)> = HashedMap::default();
        let mut said = Vec::new();
        for spoken in &self.spoken {
            let by = moves(&spoken.weights);
            match spoken.feature.kind {
                Kind::Pair | Kind::TitlePair => {
                    let at = spoken.feature.at;
                    pairs.entry(hash::pair(at.0.into(), at.1.into())).or_insert((at, 0.0)).1 += by;
                }
                Kind::Heading => said.extend(self.named(spoken.feature.at, by)),
                Kind::Mark => {
                    let mark = usize::try_from(spoken.feature.at.0).ok().and_then(|at| self.tokens.marks.get(at));
                    said.extend(mark.map(|mark| Said {
                        sign: mark.shown().to_owned(),
                        place: mark.place(),
                        weight: by,
                    }));
                }
                _ => {
                    if let Some(word) = self.token(spoken.feature.at.0) {
                        *words.entry(word.hash).or_default() += by;
                    }
                }
            }
        }
        self.take_phrases(pairs, &mut words, &mut said);
        self.take_words(&mut words, &mut said);
        strongest(said)
    }

    /// Names phrases whose words say more together, and takes their words' weights with them.
    fn take_phrases(&self, pairs: HashedMap<((u32, u32), f32)>, words: &mut HashedMap<f32>, said: &mut Vec<Said>) {
        let mut pairs: Vec<((u32, u32), f32)> = pairs.into_values().filter(|(_, by)| by.abs() >= LEAST / 4.0).collect();
        pairs.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        for (at, by) in pairs {
            let (Some(first), Some(last)) = (self.token(at.0), self.token(at.1)) else { continue };
            let (Some(one), Some(two)) = (words.get(&first.hash).copied(), words.get(&last.hash).copied()) else {
                continue;
            };
            let alone = one + two;
            let whole = by + alone;
            if by.signum() == whole.signum() && by.abs() >= TOGETHER * alone.abs() && whole.abs() >= LEAST {
                words.remove(&first.hash);
                words.remove(&last.hash);
                said.extend(self.trimmed(at).and_then(|at| self.named(at, whole)));
            }
        }
    }

    /// Names what is left of the words, each where it stands first.
    fn take_words(&self, words: &mut HashedMap<f32>, said: &mut Vec<Said>) {
        for (at, token) in (0u32..).zip(&self.tokens.words) {
            let Some(by) = words.get_mut(&token.hash).map(std::mem::take) else { continue };
            if by.abs() >= LEAST && !is_empty(token.text) {
                said.extend(self.named((at, at), by));
            }
        }
    }

    /// A phrase without the small words at its ends; none where nothing is left that says something.
    fn trimmed(&self, (from, to): (u32, u32)) -> Option<(u32, u32)> {
        let is_small = |at: u32| self.token(at).is_none_or(|token| among(SMALL, token.text));
        let from = (from..=to).find(|at| !is_small(*at))?;
        let to = (from..=to).rev().find(|at| !is_small(*at))?;
        (from != to || self.token(from).is_some_and(|token| !is_empty(token.text))).then_some((from, to))
    }

    /// The text from one token to another, as it stands where that is on one line.
    fn named(&self, at: (u32, u32), weight: f32) -> Option<Said> {
        let from = usize::try_from(at.0).ok()?;
        let to = usize::try_from(at.1).ok()?;
        let tokens = self.tokens.words.get(from..=to)?;
        let place = tokens.first()?.zone.place();
        let sign: Vec<&str> = tokens.iter().map(|token| token.text).collect();
        Some(Said { sign: sign.join(" "), place, weight })
    }

    fn token(&self, at: u32) -> Option<&Token<'_>> {
        self.tokens.words.get(usize::try_from(at).ok()?)
    }
}

/// Σ a · b, in lanes that processors add at once.
fn product(a: &Scores, b: &Scores) -> f32 {
    let (a, a_rest) = a.as_chunks::<4>();
    let (b, b_rest) = b.as_chunks::<4>();
    let mut lanes = [0f32; 4];
    for (a, b) in a.iter().zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

/// How much each of the others competes with a category.
fn rivals(category: usize, sums: &Scores) -> Scores {
    let mut others = *sums;
    if let Some(own) = others.get_mut(category) {
        *own = f32::NEG_INFINITY;
    }
    let shares = softmax(&others);
    // Half by how near they are, half alike: where one rival is left, what spoke against the others still counts.
    shares.map(|share| 0.5 * share + 0.5 / K_OTHERS)
}

#[expect(clippy::cast_precision_loss, reason = "a small constant")]
const K_OTHERS: f32 = (K - 1) as f32;

fn is_empty(word: &str) -> bool {
    word.len() < 2 || among(EMPTY, word)
}

fn among(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

fn strongest(mut said: Vec<Said>) -> Vec<Said> {
    said.retain(|said| said.weight.abs() >= LEAST);
    said.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let against = said.split_off(said.partition_point(|said| said.weight > 0.0));
    said.truncate(FOR);
    said.extend(against.into_iter().rev().take(AGAINST));
    said
}

impl super::tokens::Mark {
    const fn place(self) -> Where {
        match self {
            Self::TitleAsks => Where::Title,
            _ => Where::Body,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_empty;

    #[test]
    fn empty_words_are_no_evidence() {
        assert!(is_empty("The") && is_empty("x"));
        assert!(!is_empty("cache"));
    }
}
