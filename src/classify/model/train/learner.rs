//! Examples → weights: a softmax over the categories, trained on distributions and on others' labels alike.
//!
//! Where a set says only that an item has one of its own labels, the likelihood of that label is what is maximised:
//! Σ over the categories of P(category | text) · P(label | category). Each pool of examples has its own bias, so that how
//! common a category is there does not pass for what words mean.
#![expect(clippy::indexing_slicing, reason = "all numbers are places in lists that are made here, of the same length")]

use crate::classify::model::categories::{K, Scores, softmax};
use crate::classify::model::features::{self, BLOCKS, KINDS, Kind};
use crate::classify::model::{UNKNOWN_RARITY, table};

use super::corpus::{Example, Part, Says};
use super::lbfgs;
use super::matrix::{Matrix, place};

/// How much each kind of feature may say: the larger, the less its weights are held back.
const SCALES: [f32; KINDS] = [
    1.0, // Word
    1.0, // Pair
    1.0, // TitleWord
    1.0, // TitlePair
    1.0, // Opening
    0.4, // Lead
    0.6, // Heading
    0.3, // Mark
    0.5, // Gram
    0.8, // TitleGram
    1.0, // Group
    1.0, // TitleGroup
];

/// How strongly weights are held back, and biases.
const WEIGHT_DECAY: f32 = 0.08;
const BIAS_DECAY: f32 = 0.05;

const ITERATIONS: usize = 70;

/// A feature is kept if at least so many examples of so many projects have it: nothing that is one person's or one
/// company's can be in the model.
const MIN_EXAMPLES: u32 = 5;
const MIN_PROJECTS: usize = 3;

/// What was learned from a selection of examples.
pub(super) struct Learned {
    /// The features that are kept: key, rarity, weights.
    features: Vec<(u64, f32, Scores)>,
    /// The bias of each pool.
    biases: Vec<(&'static str, Scores)>,
}

impl Learned {
    /// How many features are kept.
    pub(super) fn len(&self) -> usize {
        self.features.len()
    }

    /// The bias of a pool; of none that was trained on, zeros.
    pub(super) fn bias(&self, pool: &str) -> Scores {
        self.biases.iter().find(|(name, _)| *name == pool).map_or([0.0; K], |(_, bias)| *bias)
    }

    /// The model's bytes: everything multiplied by `sharpness`.
    pub(super) fn write(&self, bias: &Scores, sharpness: f32) -> Vec<u8> {
        let scaled = |weights: &Scores| weights.map(|weight| weight * sharpness);
        let features = self.features.iter().map(|(key, rarity, weights)| (*key, *rarity, scaled(weights)));
        table::write(&scaled(bias), features.collect())
    }
}

/// How often a feature is seen.
struct Counts {
    examples: Vec<u32>,
    projects: Vec<[u32; MIN_PROJECTS]>,
}

impl Counts {
    /// A part of an issue is not counted beside the whole.
    fn take(matrix: &Matrix, examples: &[Example], chosen: &[usize]) -> Self {
        let n = matrix.kinds.len();
        let mut counts = Self { examples: vec![0; n], projects: vec![[u32::MAX; MIN_PROJECTS]; n] };
        let mut names: Vec<&str> = chosen.iter().map(|row| examples[*row].project.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for row in chosen.iter().filter(|row| examples[**row].part == Part::Whole) {
            let project = names.binary_search(&examples[*row].project.as_str()).unwrap_or_default();
            let project = u32::try_from(project).unwrap_or_default();
            let mut within: Vec<u32> = matrix.rows[*row].clone();
            within.extend(matrix.rows[*row].iter().flat_map(|f| &matrix.letters[place(*f)]));
            within.extend(matrix.rows[*row].iter().flat_map(|f| &matrix.groups[place(*f)]));
            within.sort_unstable();
            within.dedup();
            for feature in within {
                counts.see(place(feature), project);
            }
        }
        counts
    }

    fn see(&mut self, feature: usize, project: u32) {
        self.examples[feature] += 1;
        for seen in &mut self.projects[feature] {
            if *seen == project {
                return;
            }
            if *seen == u32::MAX {
                *seen = project;
                return;
            }
        }
    }

    fn is_common(&self, feature: usize) -> bool {
        self.examples[feature] >= MIN_EXAMPLES && self.projects[feature].iter().all(|project| *project != u32::MAX)
    }
}

/// Weights as they are trained: one for each category, filled up with zeros to a width that processors add at once.
const LANES: usize = 16;
type Lanes = [f32; LANES];

/// What the weights of a feature are made of: its own and those of its letters and groups, with their shares.
struct Makeup {
    feature: usize,
    parts: Vec<(u32, f32)>,
}

struct Row {
    /// Places in the list of makeups, with values.
    values: Vec<(u32, f32)>,
    pool: usize,
    says: Says,
    weight: f32,
}

/// Learns from the chosen examples.
pub(super) fn learn(matrix: &Matrix, examples: &[Example], chosen: &[usize]) -> Learned {
    let counts = Counts::take(matrix, examples, chosen);
    let is_kept = |feature: usize| counts.is_common(feature) || matrix.listed[feature];
    let mut parameters = 0u32;
    let numbers: Vec<Option<u32>> = (0..matrix.kinds.len())
        .map(|feature| {
            let number = counts.is_common(feature).then_some(parameters);
            parameters += u32::from(number.is_some());
            number
        })
        .collect();
    let rarities: Vec<f32> = (0..matrix.kinds.len())
        .map(|feature| if is_kept(feature) { rarity(counts.examples[feature], chosen.len()) } else { UNKNOWN_RARITY })
        .collect();

    // A word that is not kept still speaks by its letters, as it will when the model is used.
    let is_used = |feature: usize| is_kept(feature) || matrix.kinds[feature].gram().is_some();
    let makeups: Vec<Makeup> = (0..matrix.kinds.len())
        .filter(|feature| is_used(*feature) && !is_within(matrix.kinds[*feature]))
        .map(|feature| makeup(matrix, &numbers, feature, is_kept(feature)))
        .collect();
    let mut places = vec![None; matrix.kinds.len()];
    for (place, makeup) in (0u32..).zip(&makeups) {
        places[makeup.feature] = Some(place);
    }
    let mut pools: Vec<&'static str> = chosen.iter().map(|row| examples[*row].pool()).collect();
    pools.sort_unstable();
    pools.dedup();
    let rows: Vec<Row> = chosen
        .iter()
        .filter_map(|row| {
            let example = &examples[*row];
            Some(Row {
                values: values(matrix, &rarities, &places, &matrix.rows[*row]),
                pool: pools.binary_search(&example.pool()).ok()?,
                says: example.says?,
                weight: example.weight,
            })
        })
        .collect();

    let parameters = place(parameters);
    let mut x = vec![0f32; (parameters + pools.len()) * LANES];
    let objective = Objective { rows: &rows, makeups: &makeups, parameters };
    lbfgs::minimise(&mut x, ITERATIONS, |x, gradient| objective.at(x, gradient));

    let made = made(&makeups, &x);
    let mut features: Vec<(u64, f32, Scores)> = makeups
        .iter()
        .zip(made)
        .filter(|(makeup, _)| is_kept(makeup.feature))
        .map(|(makeup, weights)| {
            let scale = SCALES[matrix.kinds[makeup.feature] as usize];
            (matrix.keys[makeup.feature], rarities[makeup.feature], scores(&weights).map(|weight| weight * scale))
        })
        .collect();
    for (feature, number) in numbers.iter().enumerate() {
        let kind = matrix.kinds[feature];
        if let Some(number) = number.filter(|_| matches!(kind, Kind::Gram | Kind::TitleGram)) {
            let weights = scores(lanes(&x, place(number))).map(|weight| weight * SCALES[kind as usize]);
            features.push((matrix.keys[feature], 1.0, weights));
        }
    }
    let biases = pools.iter().enumerate().map(|(pool, name)| (*name, scores(lanes(&x, parameters + pool)))).collect();
    Learned { features, biases }
}

/// Letters and groups are never seen by themselves.
const fn is_within(kind: Kind) -> bool {
    matches!(kind, Kind::Gram | Kind::TitleGram | Kind::Group | Kind::TitleGroup)
}

/// How much a feature counts that so many of the examples have.
#[expect(clippy::cast_precision_loss, reason = "counts of examples")]
fn rarity(seen: u32, all: usize) -> f32 {
    let rarity = ((1.0 + all as f32) / (1.0 + seen as f32)).ln() + 1.0;
    rarity.min(UNKNOWN_RARITY)
}

#[expect(clippy::cast_precision_loss, reason = "the number of letters in a word")]
fn makeup(matrix: &Matrix, numbers: &[Option<u32>], feature: usize, kept: bool) -> Makeup {
    let kind = matrix.kinds[feature];
    let own = SCALES[kind as usize];
    let mut parts: Vec<(u32, f32)> = numbers[feature].map(|number| (number, 1.0)).into_iter().collect();
    let letters: Vec<u32> = matrix.letters[feature].iter().filter_map(|letter| numbers[place(*letter)]).collect();
    let share = kind.gram().map_or(0.0, |gram| SCALES[gram as usize]) / own / (letters.len().max(1) as f32).sqrt();
    parts.extend(letters.into_iter().map(|number| (number, share)));
    if kept {
        let groups = matrix.groups[feature].iter().map(|group| place(*group));
        let known = groups.filter_map(|group| Some((numbers[group]?, SCALES[matrix.kinds[group] as usize] / own)));
        parts.extend(known);
    }
    Makeup { feature, parts }
}

/// The values of an example's features, scaled to one length within each block.
fn values(matrix: &Matrix, rarities: &[f32], places: &[Option<u32>], row: &[u32]) -> Vec<(u32, f32)> {
    let known = || row.iter().map(|feature| place(*feature)).filter_map(|feature| Some((feature, places[feature]?)));
    let mut lengths = [0f32; BLOCKS];
    for (feature, _) in known() {
        lengths[matrix.kinds[feature].block() as usize] += rarities[feature] * rarities[feature];
    }
    let value = |feature: usize| {
        let kind = matrix.kinds[feature];
        let scale = SCALES[kind as usize];
        if kind == Kind::Mark {
            scale
        } else {
            scale * rarities[feature] / features::length(kind.block(), lengths[kind.block() as usize])
        }
    };
    known().map(|(feature, place)| (place, value(feature))).collect()
}

fn lanes(x: &[f32], number: usize) -> &Lanes {
    &x.as_chunks::<LANES>().0[number]
}

fn lanes_mut(x: &mut [f32], number: usize) -> &mut Lanes {
    &mut x.as_chunks_mut::<LANES>().0[number]
}

fn scores(lanes: &Lanes) -> Scores {
    let mut out = [0.0; K];
    out.copy_from_slice(&lanes[..K]);
    out
}

fn add(to: &mut Lanes, times: f32, what: &Lanes) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += times * what;
    }
}

/// The weights of each makeup.
fn made(makeups: &[Makeup], x: &[f32]) -> Vec<Lanes> {
    let make = |makeup: &Makeup| {
        let mut out = [0.0; LANES];
        for (number, share) in &makeup.parts {
            add(&mut out, *share, lanes(x, place(*number)));
        }
        out
    };
    makeups.iter().map(make).collect()
}

/// What is minimised.
struct Objective<'a> {
    rows: &'a [Row],
    makeups: &'a [Makeup],
    parameters: usize,
}

impl Objective<'_> {
    fn at(&self, x: &[f32], gradient: &mut [f32]) -> f64 {
        let made = made(self.makeups, x);
        let mut made_gradient = vec![[0f32; LANES]; made.len()];
        let mut value = 0f64;
        gradient.fill(0.0);
        for row in self.rows {
            let bias = self.parameters + row.pool;
            let mut sums = *lanes(x, bias);
            for (makeup, times) in &row.values {
                add(&mut sums, *times, &made[place(*makeup)]);
            }
            let (loss, slope) = loss(&softmax(&scores(&sums)), &row.says);
            value += f64::from(row.weight * loss);
            let mut weighted = [0.0; LANES];
            weighted[..K].copy_from_slice(&slope.map(|slope| slope * row.weight));
            for (makeup, times) in &row.values {
                add(&mut made_gradient[place(*makeup)], *times, &weighted);
            }
            add(lanes_mut(gradient, bias), 1.0, &weighted);
        }
        for (makeup, slope) in self.makeups.iter().zip(&made_gradient) {
            for (number, share) in &makeup.parts {
                add(lanes_mut(gradient, place(*number)), *share, slope);
            }
        }
        let (weights, biases) = x.split_at(self.parameters * LANES);
        let (weight_slopes, bias_slopes) = gradient.split_at_mut(self.parameters * LANES);
        value + decay(WEIGHT_DECAY, weights, weight_slopes) + decay(BIAS_DECAY, biases, bias_slopes)
    }
}

/// The negative log-likelihood of what an example says, and its slope.
fn loss(probabilities: &Scores, says: &Says) -> (f32, Scores) {
    let mut slope = [0.0; K];
    let mut loss = 0.0;
    match says {
        Says::Is(target) => {
            for ((slope, p), target) in slope.iter_mut().zip(probabilities).zip(target) {
                *slope = p - target;
                if *target > 0.0 {
                    loss -= target * p.max(1e-12).ln();
                }
            }
        }
        Says::Label(likelihood) => {
            let whole: f32 = probabilities.iter().zip(likelihood).map(|(p, l)| p * l).sum::<f32>().max(1e-12);
            loss = -whole.ln();
            for ((slope, p), l) in slope.iter_mut().zip(probabilities).zip(likelihood) {
                *slope = p - p * l / whole;
            }
        }
    }
    (loss, slope)
}

fn decay(by: f32, x: &[f32], slopes: &mut [f32]) -> f64 {
    let mut value = 0f64;
    for (x, slope) in x.iter().zip(slopes) {
        *slope += by * x;
        value += f64::from(0.5 * by * x * x);
    }
    value
}
