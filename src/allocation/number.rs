//! Exact numbers: points, counts and shares are added and compared without rounding; rounding is for showing.

use std::iter::Sum;
use std::ops::{Add, Mul, Sub};

use num_rational::BigRational;
use num_traits::ToPrimitive as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A fraction of whole numbers of any size: an amount of points or items, or a part of a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

impl Exact {
    /// So many decimals of a number that a tracker or a file gives are read; more would be noise of its binary form.
    const DECIMALS: usize = 12;

    /// A longer text of a fraction is not read, nor written: no sprint makes one.
    const LONGEST: usize = 200;

    /// Nothing.
    #[must_use]
    pub fn zero() -> Self {
        Self::default()
    }

    /// The whole number one.
    #[must_use]
    pub fn one() -> Self {
        Self::of(1)
    }

    /// A whole number.
    #[must_use]
    pub fn of(number: i64) -> Self {
        Self(BigRational::from_integer(number.into()))
    }

    /// How many things there are.
    #[must_use]
    pub fn count(things: usize) -> Self {
        Self(BigRational::from_integer(things.into()))
    }

    /// `numerator / denominator`; none where the denominator is zero.
    #[must_use]
    pub fn ratio(numerator: i64, denominator: i64) -> Option<Self> {
        Self::of(numerator).over(&Self::of(denominator))
    }

    /// The decimal number that a tracker or a file wrote: `0.1` is exactly one tenth. Read to 12 decimals; none where it
    /// is not finite or beyond a trillion either way.
    #[must_use]
    pub fn from_decimal(number: f64) -> Option<Self> {
        if !number.is_finite() || number.abs() > 1e12 {
            return None;
        }
        // The shortest text that means this number is what was written, and never has an exponent.
        let text = number.to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let decimals: String = decimals.chars().take(Self::DECIMALS).collect();
        let power = "0".repeat(decimals.len());
        format!("{whole}{decimals}/1{power}").parse().ok().map(Self)
    }

    /// The quotient; none where the divisor is zero.
    #[must_use]
    pub fn over(&self, divisor: &Self) -> Option<Self> {
        (!divisor.is_zero()).then(|| Self(&self.0 / &divisor.0))
    }

    /// Half of it.
    #[must_use]
    pub fn half(&self) -> Self {
        Self(&self.0 / BigRational::from_integer(2.into()))
    }

    /// Whether it is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is more than zero.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        *self > Self::default()
    }

    /// The same without a sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        if *self < Self::default() { Self::default() - self.clone() } else { self.clone() }
    }

    /// The smallest whole number by which it can be multiplied to become whole; none where that is beyond all use.
    #[must_use]
    pub fn denominator(&self) -> Option<u64> {
        self.0.denom().to_u64()
    }

    /// So many times as much, rounded down to a whole number; none beyond 64 bits.
    #[must_use]
    pub fn times(&self, factor: u64) -> Option<i64> {
        (&self.0 * BigRational::from_integer(factor.into())).floor().to_integer().to_i64()
    }

    /// The nearest number that a computer's arithmetic has.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or_default()
    }
}

impl Add for Exact {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Exact {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Exact {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), Add::add)
    }
}

impl<'a> Sum<&'a Self> for Exact {
    fn sum<I: Iterator<Item = &'a Self>>(numbers: I) -> Self {
        Self(numbers.map(|number| &number.0).sum())
    }
}

/// As the nearest decimal number, unrounded.
impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = self.to_f64();
        // Whole numbers are written as such: `8`, not `8.0`.
        match format!("{number}").parse::<i64>() {
            Ok(whole) => serializer.serialize_i64(whole),
            Err(_) => serializer.serialize_f64(number),
        }
    }
}

/// A decimal number, or a fraction such as `"1/3"`, as what is kept is written.
impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Decimal(f64),
            Fraction(String),
        }
        let read = match Written::deserialize(deserializer)? {
            Written::Decimal(number) => Self::from_decimal(number),
            Written::Fraction(text) if text.len() <= Self::LONGEST => text.parse().ok().map(Self),
            Written::Fraction(_) => None,
        };
        read.ok_or_else(|| serde::de::Error::custom("a number beyond all bounds"))
    }
}

/// For what is kept and read again: a number that no short decimal tells is written as a fraction, `"1/3"`, so that it
/// is the same when it comes back and does not look like a change.
pub(super) fn kept<S: Serializer>(number: &Exact, serializer: S) -> Result<S::Ok, S::Error> {
    // So many digits every reader of decimals gets right.
    let digits = number.to_f64().to_string().chars().filter(char::is_ascii_digit).count();
    let is_decimal = digits <= 15 && Exact::from_decimal(number.to_f64()).as_ref() == Some(number);
    let fraction = number.0.to_string();
    if is_decimal || fraction.len() > Exact::LONGEST {
        number.serialize(serializer)
    } else {
        serializer.serialize_str(&fraction)
    }
}

/// The same for a number that may be missing.
#[expect(clippy::ref_option, reason = "serde calls it with the field")]
pub(super) fn maybe_kept<S: Serializer>(number: &Option<Exact>, serializer: S) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => kept(number, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Exact;
    use crate::allocation::Bounds;

    #[test]
    fn decimals_are_what_was_written() {
        let tenth = Exact::from_decimal(0.1).unwrap();
        assert_eq!(tenth, Exact::ratio(1, 10).unwrap());
        assert_eq!(Exact::from_decimal(-0.5), Exact::ratio(-1, 2));
        assert_eq!((0..10).map(|_| tenth.clone()).sum::<Exact>(), Exact::one());
        assert_eq!(serde_json::to_string(&[Exact::of(8), tenth]).unwrap(), "[8,0.1]");
        for number in [f64::NAN, f64::INFINITY, 1e13, -1e300] {
            assert_eq!(Exact::from_decimal(number), None);
        }
        assert_eq!(Exact::from_decimal(1e-300), Some(Exact::zero()));
        assert_eq!(Exact::one().over(&Exact::zero()), None);
    }

    #[test]
    fn what_is_kept_is_told_shortly_and_foreign_fractions_are_read_with_care() {
        let bounds = Bounds::new(Exact::ratio(1, 3).unwrap(), Exact::ratio(-5, 2).unwrap());
        assert_eq!(serde_json::to_string(&bounds).unwrap(), r#"{"min":"1/3","max":-2.5}"#);
        let long = format!("\"1/{}\"", "7".repeat(500));
        for text in ["\"1/0\"", "\"x\"", "\"\"", "\"1/3/4\"", "null", long.as_str()] {
            assert!(serde_json::from_str::<Exact>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_kept_comes_back_the_same(
            a in any::<i64>(), b in 1..i64::MAX, c in -1_000_000i64..1_000_000, d in 1i64..1000,
        ) {
            let bounds = Bounds::new(Exact::ratio(a, b).unwrap(), Exact::ratio(c, d).unwrap());
            let text = serde_json::to_string(&bounds).unwrap();
            prop_assert_eq!(serde_json::from_str::<Bounds>(&text).unwrap(), bounds);
        }

        #[test]
        fn small_decimals_survive_a_round_trip(hundredths in -1_000_000i64..1_000_000) {
            let number = Exact::ratio(hundredths, 100).unwrap();
            let text = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<Exact>(&text).unwrap(), number);
        }
    }
}
