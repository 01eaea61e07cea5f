//! Which of several items to move so that a share comes to lie within bounds: a subset sum with a preference.
//!
//! Weights become whole numbers (by their common denominator). From the back, all sums are collected that the items from
//! each place on can make; from the front, each item in order of preference is taken if what follows it can still make
//! up the rest. So the best items are chosen among all fitting choices, and no item more than needed.

use std::collections::HashSet;

use super::number::Exact;
use super::report::Bounds;

/// So many sums are kept at each place. With more different sums than that, neighbours stand for one another.
const MOST_SUMS: usize = 8192;
/// Weights are told apart to this part of a point, where their common denominator is beyond it.
const FINEST: u64 = 1_000_000_000;

/// What moves with an item, or what a sprint holds: the technical part, and all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) technical: Exact,
    pub(super) counted: Exact,
}

/// The same in whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Sum {
    counted: i64,
    technical: i64,
}

impl Sum {
    const NOTHING: Self = Self { counted: 0, technical: 0 };

    const fn plus(self, other: Self) -> Self {
        Self {
            counted: self.counted.saturating_add(other.counted),
            technical: self.technical.saturating_add(other.technical),
        }
    }
}

/// Whether items come into a sprint or go out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    In,
    Out,
}

/// The places (in order) of the items to move, best first in `items`, so that the sprint's share lies within the bounds;
/// where no choice does that, so that it comes nearest. Empty where nothing is better than what is.
pub(super) fn choose(sprint: &Load, items: &[Load], bounds: &Bounds, direction: Direction) -> Vec<usize> {
    let Some(scene) = Scene::new(sprint, items, bounds, direction) else { return Vec::new() };
    scene.choose()
}

struct Scene {
    sprint: Sum,
    items: Vec<Sum>,
    /// The bounds as fractions of whole numbers.
    min: (i64, i64),
    max: (i64, i64),
    direction: Direction,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Below,
    Within,
    Above,
    Nowhere,
}

impl Scene {
    fn new(sprint: &Load, items: &[Load], bounds: &Bounds, direction: Direction) -> Option<Self> {
        let scale = common_denominator(std::iter::once(sprint).chain(items));
        let whole =
            |load: &Load| Some(Sum { counted: load.counted.times(scale)?, technical: load.technical.times(scale)? });
        let moved = |load: &Load| {
            let sum = whole(load)?;
            Some(match direction {
                Direction::In => sum,
                Direction::Out => Sum { counted: -sum.counted, technical: -sum.technical },
            })
        };
        Some(Self {
            sprint: whole(sprint)?,
            items: items.iter().map(moved).collect::<Option<_>>()?,
            min: fraction(&bounds.min)?,
            max: fraction(&bounds.max)?,
            direction,
        })
    }

    fn choose(&self) -> Vec<usize> {
        let sums = self.sums_from_each_place();
        let Some(all) = sums.first() else { return Vec::new() };
        if all.iter().any(|sum| self.place(*sum) == Place::Within) {
            return self.walk(&sums, |sum| self.place(sum) == Place::Within);
        }
        let nearest = all.iter().copied().min_by(|a, b| {
            let by_distance = self.distance(*a).total_cmp(&self.distance(*b));
            by_distance.then_with(|| a.counted.abs().cmp(&b.counted.abs()))
        });
        nearest.map_or_else(Vec::new, |nearest| self.walk(&sums, |sum| sum == nearest))
    }

    /// Takes each item in turn if the goal can still be reached with it; stops as soon as it is.
    fn walk(&self, sums: &[Vec<Sum>], goal: impl Fn(Sum) -> bool) -> Vec<usize> {
        let mut chosen = Vec::new();
        let mut so_far = Sum::NOTHING;
        for (index, item) in self.items.iter().enumerate() {
            if goal(so_far) {
                break;
            }
            let with = so_far.plus(*item);
            let rest = sums.get(index + 1).map(Vec::as_slice).unwrap_or_default();
            if rest.iter().any(|sum| goal(with.plus(*sum))) {
                so_far = with;
                chosen.push(index);
            }
        }
        chosen
    }

    /// For each place all sums of what follows from there on, and at last the one of nothing.
    fn sums_from_each_place(&self) -> Vec<Vec<Sum>> {
        let one_way = self.items.iter().all(|item| self.leads_one_way(*item));
        let mut from_back = vec![vec![Sum::NOTHING]];
        for item in self.items.iter().rev() {
            let after = from_back.last().cloned().unwrap_or_default();
            // What is beyond the bounds already gets no better by more of the same.
            let may_grow = after.iter().filter(|sum| !(one_way && self.is_beyond(**sum)));
            let with: Vec<Sum> = may_grow.map(|sum| sum.plus(*item)).collect();
            let mut sums: HashSet<Sum> = after.into_iter().collect();
            sums.extend(with);
            let mut sums: Vec<Sum> = sums.into_iter().collect();
            sums.sort_unstable();
            from_back.push(thinned(sums));
        }
        from_back.reverse();
        from_back
    }

    /// Whether moving the item never brings the share back from beyond the bounds.
    fn leads_one_way(&self, item: Sum) -> bool {
        let size = Sum { counted: item.counted.abs(), technical: item.technical.abs() };
        match self.direction {
            Direction::In => at_least(size, self.max),
            Direction::Out => at_least(size, self.min),
        }
    }

    fn is_beyond(&self, moved: Sum) -> bool {
        match self.direction {
            Direction::In => self.place(moved) == Place::Above,
            Direction::Out => matches!(self.place(moved), Place::Below | Place::Nowhere),
        }
    }

    fn place(&self, moved: Sum) -> Place {
        let then = self.sprint.plus(moved);
        if then.counted <= 0 {
            Place::Nowhere
        } else if !at_least(then, self.min) {
            Place::Below
        } else if at_most(then, self.max) {
            Place::Within
        } else {
            Place::Above
        }
    }

    /// How far the share is from the bounds; for the choice among choices of which none fits, so roughly is good enough.
    #[expect(clippy::cast_precision_loss, reason = "compares shares of which none fits")]
    fn distance(&self, moved: Sum) -> f64 {
        let then = self.sprint.plus(moved);
        if then.counted <= 0 {
            return f64::INFINITY;
        }
        let share = then.technical as f64 / then.counted as f64;
        let (min, max) = (self.min.0 as f64 / self.min.1 as f64, self.max.0 as f64 / self.max.1 as f64);
        (min - share).max(share - max).max(0.0)
    }
}

fn at_least(sum: Sum, (numerator, denominator): (i64, i64)) -> bool {
    i128::from(sum.technical) * i128::from(denominator) >= i128::from(sum.counted) * i128::from(numerator)
}

fn at_most(sum: Sum, (numerator, denominator): (i64, i64)) -> bool {
    i128::from(sum.technical) * i128::from(denominator) <= i128::from(sum.counted) * i128::from(numerator)
}

/// At most [`MOST_SUMS`] of them, evenly spread.
fn thinned(sums: Vec<Sum>) -> Vec<Sum> {
    let many = sums.len();
    if many <= MOST_SUMS {
        return sums;
    }
    let kept = |(index, sum): (usize, Sum)| {
        let starts_a_step = index * MOST_SUMS / many != (index + 1) * MOST_SUMS / many;
        (starts_a_step || sum == Sum::NOTHING).then_some(sum)
    };
    sums.into_iter().enumerate().filter_map(kept).collect()
}

fn fraction(share: &Exact) -> Option<(i64, i64)> {
    // Raised bounds may have any denominator; beyond what fits they are told apart to a billionth.
    let denominator = share.denominator().filter(|it| *it <= FINEST).unwrap_or(FINEST);
    Some((share.times(denominator)?, i64::try_from(denominator).ok()?))
}

fn common_denominator<'a>(loads: impl Iterator<Item = &'a Load>) -> u64 {
    let mut common: u64 = 1;
    for number in loads.flat_map(|load| [&load.technical, &load.counted]) {
        let Some(next) = number.denominator() else { return FINEST };
        match (next / greatest_common_divisor(common, next)).checked_mul(common) {
            Some(product) if product <= FINEST => common = product,
            _ => return FINEST,
        }
    }
    common
}

const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn load(technical: i64, counted: i64) -> Load {
        Load { technical: Exact::ratio(technical, 2).unwrap(), counted: Exact::ratio(counted, 2).unwrap() }
    }

    fn after(sprint: &Load, items: &[Load], chosen: &[usize], direction: Direction) -> Option<Exact> {
        let (mut technical, mut counted) = (sprint.technical.clone(), sprint.counted.clone());
        for index in chosen {
            let item = items[*index].clone();
            (technical, counted) = match direction {
                Direction::In => (technical + item.technical, counted + item.counted),
                Direction::Out => (technical - item.technical, counted - item.counted),
            };
        }
        if counted.is_positive() { technical.over(&counted) } else { None }
    }

    fn fits(sprint: &Load, items: &[Load], chosen: &[usize], bounds: &Bounds, direction: Direction) -> bool {
        after(sprint, items, chosen, direction).is_some_and(|share| bounds.contains(&share))
    }

    fn subsets(count: usize) -> impl Iterator<Item = Vec<usize>> {
        (0..1usize << count).map(move |bits| (0..count).filter(|index| bits >> index & 1 == 1).collect())
    }

    /// Items that are technical in part, in half points.
    fn items() -> impl Strategy<Value = Vec<Load>> {
        prop::collection::vec((0i64..=26, 0i64..=4), 0..10).prop_map(|items| {
            items.into_iter().map(|(weight, product)| load((weight - product).max(0), weight)).collect()
        })
    }

    fn bounds() -> impl Strategy<Value = Bounds> {
        (0i64..=100, 0i64..=15).prop_map(|(min, width)| {
            Bounds::new(Exact::ratio(min, 100).unwrap(), Exact::ratio((min + width).min(100), 100).unwrap())
        })
    }

    proptest! {
        #[test]
        fn what_is_pulled_in_fits_whenever_anything_fits(
            technical in 0i64..60, product in 0i64..160, items in items(), bounds in bounds(),
        ) {
            let sprint = load(technical, technical + product);
            check(&sprint, &items, &bounds, Direction::In)?;
        }

        #[test]
        fn what_is_moved_out_fits_whenever_anything_fits(product in 0i64..160, items in items(), bounds in bounds()) {
            let technical: Exact = items.iter().map(|item| &item.technical).sum();
            let all: Exact = items.iter().map(|item| &item.counted).sum();
            let sprint = Load { technical, counted: all + Exact::ratio(product, 2).unwrap() };
            check(&sprint, &items, &bounds, Direction::Out)?;
        }
    }

    fn check(sprint: &Load, items: &[Load], bounds: &Bounds, direction: Direction) -> Result<(), TestCaseError> {
        let chosen = choose(sprint, items, bounds, direction);
        let possible = subsets(items.len()).any(|subset| fits(sprint, items, &subset, bounds, direction));
        prop_assert_eq!(fits(sprint, items, &chosen, bounds, direction), possible);
        if possible {
            // No item more than needed: a shorter beginning does not fit.
            for length in 0..chosen.len() {
                prop_assert!(!fits(sprint, items, &chosen[..length], bounds, direction));
            }
        }
        Ok(())
    }

    #[test]
    fn the_best_items_go_first() {
        let items: Vec<Load> = [5, 3, 8, 8].into_iter().map(|weight| load(weight, weight)).collect();
        let bounds = Bounds::new(Exact::ratio(18, 100).unwrap(), Exact::ratio(22, 100).unwrap());
        // 8 to 11.28 halves are wanted: the first two make 8, and so does the third, which comes after them.
        assert_eq!(choose(&load(0, 36), &items, &bounds, Direction::In), [0, 1]);
    }

    #[test]
    fn a_hundred_items_of_odd_weights_are_chosen_from_in_no_time() {
        let odd = |index: i64| Exact::ratio(1000 + (index * 7919) % 997, 1000).unwrap();
        let items: Vec<Load> = (0..100).map(|i| Load { technical: odd(i), counted: odd(i) }).collect();
        let sprint = Load { technical: Exact::zero(), counted: Exact::of(200) };
        let bounds = Bounds::new(Exact::ratio(20, 100).unwrap(), Exact::ratio(2001, 10_000).unwrap());
        assert!(fits(&sprint, &items, &choose(&sprint, &items, &bounds, Direction::In), &bounds, Direction::In));
    }
}
