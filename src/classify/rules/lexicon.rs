//! Phrases of whole words, found in one pass: a trie over words, so that `test` is not found in `contest`, and the
//! longest phrase wins, so that `performance review` keeps `performance` from speaking.
//!
//! A word is also known in its plural and in its forms with -ed and -ing. Where such a form is itself a word of some
//! phrase, both readings are tried.

use std::collections::HashMap;

use crate::classify::text::{Piece, pieces};

/// Names a phrase of a lexicon: the number that [`Builder::add`] returned.
pub(super) type PhraseId = usize;

/// Marks a phrase that only opens a title: `^add`.
const ANCHOR: char = '^';

/// Longer phrases are cut: nobody writes them the same way twice.
const LONGEST_PHRASE: usize = 8;

/// Longer words are names or noise. In bytes.
const LONGEST_WORD: usize = 40;

type WordId = u32;

/// No word of any phrase, or the end of a sentence: no phrase spans it.
const STRANGER: WordId = 0;

/// The start of a title.
const START: WordId = 1;

/// What a form of a word may stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Readings {
    exact: WordId,
    base: WordId,
}

#[derive(Debug, Default)]
struct Node {
    next: Vec<(WordId, usize)>,
    phrase: Option<PhraseId>,
}

/// Collects phrases.
#[derive(Debug, Default)]
pub(super) struct Builder {
    phrases: HashMap<String, PhraseId>,
}

impl Builder {
    /// The id of this phrase; the same for spellings that read the same. None where the text holds no word.
    pub(super) fn add(&mut self, phrase: &str) -> Option<PhraseId> {
        let mut key = String::new();
        if phrase.trim_start().starts_with(ANCHOR) {
            key.push(ANCHOR);
        }
        pieces(phrase, |piece| {
            if let Piece::Word(word) = piece {
                if !key.is_empty() {
                    key.push(' ');
                }
                lower_into(&mut key, word);
            }
        });
        if key.trim_start_matches(ANCHOR).is_empty() {
            return None;
        }
        let next = self.phrases.len();
        Some(*self.phrases.entry(key).or_insert(next))
    }

    /// How many phrases there are.
    pub(super) fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Puts the trie together.
    pub(super) fn build(self) -> Lexicon {
        let mut phrases: Vec<(String, PhraseId)> = self.phrases.into_iter().collect();
        phrases.sort_unstable_by_key(|(_, id)| *id);
        let mut lexicon =
            Lexicon { words: HashMap::new(), nodes: vec![Node::default()], first: Vec::new(), known: START };
        for (key, id) in &phrases {
            lexicon.insert(key, *id);
        }
        lexicon.inflect();
        for node in &mut lexicon.nodes {
            node.next.sort_unstable();
        }
        lexicon.index_first_words();
        lexicon
    }
}

/// A word of a text as the lexicon knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    text: &'a str,
    readings: Readings,
}

impl Token<'_> {
    /// The token before a title's first word.
    pub(super) const START: Self = Token { text: "", readings: Readings { exact: START, base: STRANGER } };

    /// The token that no phrase spans.
    pub(super) const BREAK: Self = Token { text: "", readings: Readings { exact: STRANGER, base: STRANGER } };
}

/// A phrase found in a run of tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit<'a> {
    /// Which phrase.
    pub(super) phrase: PhraseId,
    /// Its first word as it stands in the text.
    pub(super) first: &'a str,
    /// Its last word as it stands in the text.
    pub(super) last: &'a str,
}

/// The phrases, ready to be found.
#[derive(Debug)]
pub(super) struct Lexicon {
    words: HashMap<String, Readings>,
    nodes: Vec<Node>,
    /// The nodes of phrases' first words, by word: most words of a text begin no phrase.
    first: Vec<Option<usize>>,
    known: WordId,
}

impl Lexicon {
    fn insert(&mut self, key: &str, phrase: PhraseId) {
        let mut at = 0;
        for word in key.split(' ').take(LONGEST_PHRASE + 1) {
            let id = if word.starts_with(ANCHOR) { START } else { self.word(word) };
            at = self.child(at, id);
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.phrase.get_or_insert(phrase);
        }
    }

    fn word(&mut self, word: &str) -> WordId {
        let readings = self.words.entry(word.to_owned()).or_default();
        if readings.exact == STRANGER {
            self.known += 1;
            readings.exact = self.known;
        }
        readings.exact
    }

    fn child(&mut self, at: usize, word: WordId) -> usize {
        let new = self.nodes.len();
        let Some(node) = self.nodes.get_mut(at) else { return at };
        if let Some((_, child)) = node.next.iter().find(|(id, _)| *id == word) {
            return *child;
        }
        node.next.push((word, new));
        self.nodes.push(Node::default());
        new
    }

    /// Lets the forms of every word stand for it, unless they already stand for another.
    fn inflect(&mut self) {
        let mut bases: Vec<(String, WordId)> = self.words.iter().map(|(word, ids)| (word.clone(), ids.exact)).collect();
        bases.sort_unstable_by_key(|(_, id)| *id);
        for (word, id) in bases {
            for form in forms(&word) {
                let readings = self.words.entry(form).or_default();
                if readings.base == STRANGER {
                    readings.base = id;
                }
            }
        }
    }

    fn index_first_words(&mut self) {
        let Some(root) = self.nodes.first() else { return };
        self.first = vec![None; usize::try_from(self.known).unwrap_or_default() + 1];
        for (word, child) in &root.next {
            if let Some(slot) = usize::try_from(*word).ok().and_then(|word| self.first.get_mut(word)) {
                *slot = Some(*child);
            }
        }
    }

    /// Appends a text's words; `scratch` is only there to be used again.
    pub(super) fn tokens<'a>(&self, text: &'a str, scratch: &mut String, into: &mut Vec<Token<'a>>) {
        pieces(text, |piece| match piece {
            Piece::Break => into.push(Token::BREAK),
            Piece::Word(word) if word.len() > LONGEST_WORD => into.push(Token { text: word, ..Token::BREAK }),
            Piece::Word(word) => {
                scratch.clear();
                lower_into(scratch, word);
                let readings = self.words.get(scratch.as_str()).copied().unwrap_or_default();
                into.push(Token { text: word, readings });
            }
        });
    }

    /// Calls `each` with the phrases in a run of tokens, in order; none overlaps another, except that a phrase that
    /// opens the title leaves its words to others.
    pub(super) fn find<'a>(&self, tokens: &[Token<'a>], mut each: impl FnMut(Hit<'a>)) {
        let mut rest = tokens;
        while let Some((first, after)) = rest.split_first() {
            if first.readings == Readings::default() {
                rest = after;
                continue;
            }
            let opens = first.readings.exact == START;
            let Some((len, phrase)) = self.longest_from(first.readings, after) else {
                rest = after;
                continue;
            };
            let first = if opens { after.first() } else { Some(first) };
            if let (Some(first), Some(last)) = (first, len.checked_sub(1).and_then(|at| rest.get(at))) {
                each(Hit { phrase, first: first.text, last: last.text });
            }
            rest = if opens { after } else { rest.get(len..).unwrap_or_default() };
        }
    }

    /// The longest phrase that begins with a word, and its length in words.
    fn longest_from(&self, word: Readings, after: &[Token<'_>]) -> Option<(usize, PhraseId)> {
        let begin = |word: WordId| {
            let node = self.first.get(usize::try_from(word).ok()?).copied().flatten()?;
            self.longest(node, after, 1)
        };
        longer(begin(word.exact), begin(word.base))
    }

    /// The longest phrase that goes on from this node, `depth` words into it; bounded by the longest phrase.
    fn longest(&self, at: usize, tokens: &[Token<'_>], depth: usize) -> Option<(usize, PhraseId)> {
        let node = self.nodes.get(at)?;
        let here = node.phrase.map(|phrase| (depth, phrase));
        let Some((token, rest)) = tokens.split_first() else { return here };
        let Readings { exact, base } = token.readings;
        let mut best = here;
        for word in [exact, base] {
            if word == STRANGER {
                continue;
            }
            let child =
                node.next.binary_search_by_key(&word, |(id, _)| *id).ok().and_then(|index| node.next.get(index));
            best = longer(best, child.and_then(|(_, child)| self.longest(*child, rest, depth + 1)));
        }
        best
    }
}

/// The longer of two phrases; of equals the first.
fn longer(one: Option<(usize, PhraseId)>, other: Option<(usize, PhraseId)>) -> Option<(usize, PhraseId)> {
    let len = |found: Option<(usize, PhraseId)>| found.map_or(0, |(len, _)| len);
    if len(other) > len(one) { other } else { one }
}

/// Lower-case, with one kind of apostrophe and without a possessive's ending.
fn lower_into(out: &mut String, word: &str) {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    if word.is_ascii() {
        let from = out.len();
        out.push_str(word);
        if let Some(added) = out.get_mut(from..) {
            added.make_ascii_lowercase();
        }
    } else {
        out.extend(word.chars().map(|c| if c == '’' { '\'' } else { c }).flat_map(char::to_lowercase));
    }
}

/// The forms of an English word that mean the same in a keyword.
fn forms(word: &str) -> Vec<String> {
    if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    let mut forms = Vec::with_capacity(4);
    if let Some(stem) = word.strip_suffix('s') {
        if !stem.ends_with(['s', 'u', 'i']) {
            forms.push(stem.to_owned());
        }
        return forms;
    }
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => {
            forms.extend([format!("{stem}ies"), format!("{stem}ied"), format!("{word}ing")]);
            return forms;
        }
        _ => {}
    }
    if word.ends_with(['x', 'z']) || word.ends_with("ch") || word.ends_with("sh") {
        forms.push(format!("{word}es"));
    } else {
        forms.push(format!("{word}s"));
    }
    if let Some(stem) = word.strip_suffix('e') {
        forms.extend([format!("{stem}ing"), format!("{word}d")]);
    } else {
        forms.extend([format!("{word}ing"), format!("{word}ed")]);
        if let Some(last) = doubled(word) {
            forms.extend([format!("{word}{last}ing"), format!("{word}{last}ed")]);
        }
    }
    forms
}

/// The last letter, where it may be doubled before an ending: `plan`, `planning`.
fn doubled(word: &str) -> Option<char> {
    let mut letters = word.chars().rev();
    let (last, middle) = (letters.next()?, letters.next()?);
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    (!vowel(last) && !matches!(last, 'w' | 'x' | 'y') && vowel(middle)).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::{Builder, Lexicon, Token};

    fn lexicon(phrases: &[&str]) -> Lexicon {
        let mut builder = Builder::default();
        for phrase in phrases {
            builder.add(phrase);
        }
        builder.build()
    }

    fn found(phrases: &[&str], text: &str) -> Vec<String> {
        let lexicon = lexicon(phrases);
        let mut tokens = vec![Token::START];
        lexicon.tokens(text, &mut String::new(), &mut tokens);
        let mut out = Vec::new();
        lexicon.find(&tokens, |hit| out.push(format!("{}={}..{}", phrases[hit.phrase], hit.first, hit.last)));
        out
    }

    #[test]
    fn whole_words_in_any_case_and_form() {
        assert_eq!(found(&["test"], "A contest, testament or TestCase"), Vec::<String>::new());
        assert_eq!(
            found(&["unit test"], "Unit-Tests and unit testing"),
            ["unit test=Unit..Tests", "unit test=unit..testing"]
        );
        assert_eq!(
            found(&["memory leak", "plan"], "It leaks memory. Memory leaks, planned"),
            ["memory leak=Memory..leaks", "plan=planned..planned"]
        );
        assert_eq!(found(&["straße"], "STRASSE Straßen Straße"), ["straße=Straße..Straße"]);
        assert_eq!(found(&["doesn't"], "It doesn’t"), ["doesn't=doesn’t..doesn’t"]);
        assert_eq!(found(&["failing tests"], "a failing test"), ["failing tests=failing..test"]);
    }

    #[test]
    fn the_longest_phrase_wins_and_none_spans_a_sentence() {
        assert_eq!(
            found(&["performance", "performance review"], "performance review"),
            ["performance review=performance..review"]
        );
        assert_eq!(found(&["dead code"], "It is dead. Code is life."), Vec::<String>::new());
        assert_eq!(
            found(&["build", "building block", "building"], "building blocks, building, builds"),
            ["building block=building..blocks", "building=building..building", "build=builds..builds"]
        );
    }

    #[test]
    fn an_anchored_phrase_opens_the_title_and_leaves_its_words_to_others() {
        assert_eq!(found(&["^add", "add test"], "Add tests and add more"), ["^add=Add..Add", "add test=Add..tests"]);
    }
}
