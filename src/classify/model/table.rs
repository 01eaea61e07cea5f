//! The model's file: one hash table of features with weights in eight bits, read in place.
//!
//! Little-endian: the magic, the number of slots (a power of two) as u32, a bias for each category as f32, then the
//! slots. A slot of 24 bytes: the lower half of the feature's key (0: empty) as u32, its rarity in steps as u16 (how much
//! the feature counts when its block is scaled), what a weight of 1 stands for as f32, and a weight for each category as
//! i8. No text is kept.

use super::categories::{K, Scores};
use super::hash;

const MAGIC: &[u8; 16] = b"plimsoll model 1";
const HEADER: usize = MAGIC.len() + 4 + K * 4;
const SLOT: usize = 4 + 2 + 4 + K;

/// Rarities are kept in steps of this size.
const RARITY_STEP: f32 = 1.0 / 4096.0;

/// A feature as the file holds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'m> {
    /// How much the feature counts when its block is scaled, above 0.
    pub(super) rarity: f32,
    /// What a weight of 1 stands for.
    step: f32,
    weights: &'m [u8],
}

impl Entry<'_> {
    /// Adds `times` the weights to the sums.
    pub(super) fn add(&self, times: f32, sums: &mut Scores) {
        let times = times * self.step;
        for (sum, weight) in sums.iter_mut().zip(self.weights) {
            *sum += times * f32::from(weight.cast_signed());
        }
    }

    /// `times` the weights.
    pub(super) fn weights(&self, times: f32) -> Scores {
        let mut out = [0.0; K];
        self.add(times, &mut out);
        out
    }
}

/// Why bytes are no model.
#[derive(Debug, thiserror::Error)]
#[error("this is no model of this version: build it again with `plimsoll model build`")]
pub struct NoModel;

/// The table, in place.
#[derive(Clone, Debug)]
pub(super) struct Table<'m> {
    slots: &'m [u8],
    mask: usize,
    bias: Scores,
    filter: Filter,
}

/// Which features the table cannot have: most that an item has, and asking here is much faster than missing there.
#[derive(Clone, Debug)]
struct Filter(Vec<u64>);

impl Filter {
    /// A bit for each of about nine features' marks: small enough for a processor's own memory.
    const BITS: u32 = 1 << 20;

    fn of(slots: &[u8]) -> Self {
        let mut filter = Self(vec![0; place(Self::BITS / 64)]);
        for slot in slots.chunks_exact(SLOT) {
            if let Some((mark, _)) = slot.split_first_chunk::<4>() {
                let (word, bit) = Self::at(u32::from_le_bytes(*mark));
                if let Some(word) = filter.0.get_mut(word) {
                    *word |= bit;
                }
            }
        }
        filter
    }

    /// Marks are odd: the lowest bit tells nothing.
    fn at(mark: u32) -> (usize, u64) {
        let bit = (mark >> 1) % Self::BITS;
        (place(bit / 64), 1 << (bit % 64))
    }

    fn may_have(&self, mark: u32) -> bool {
        let (word, bit) = Self::at(mark);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}

fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl<'m> Table<'m> {
    /// Checks the form of the bytes.
    pub(super) fn read(bytes: &'m [u8]) -> Result<Self, NoModel> {
        let (header, slots) = bytes.split_at_checked(HEADER).ok_or(NoModel)?;
        let rest = header.strip_prefix(MAGIC).ok_or(NoModel)?;
        let (count, biases) = rest.split_first_chunk::<4>().ok_or(NoModel)?;
        let count = usize::try_from(u32::from_le_bytes(*count)).map_err(|_| NoModel)?;
        if !count.is_power_of_two() || slots.len() != count * SLOT {
            return Err(NoModel);
        }
        let mut bias = [0.0; K];
        for (to, from) in bias.iter_mut().zip(biases.as_chunks::<4>().0) {
            *to = f32::from_le_bytes(*from);
        }
        Ok(Self { slots, mask: count - 1, bias, filter: Filter::of(slots) })
    }

    /// What is known before anything was read.
    pub(super) const fn bias(&self) -> Scores {
        self.bias
    }

    /// The feature with this key, if the model knows it.
    pub(super) fn get(&self, key: u64) -> Option<Entry<'m>> {
        let mark = mark(key);
        if !self.filter.may_have(mark) {
            return None;
        }
        let mut at = hash::index(key, self.mask);
        loop {
            let slot = self.slots.get(at * SLOT..)?;
            let (found, slot) = slot.split_first_chunk::<4>()?;
            match u32::from_le_bytes(*found) {
                0 => return None,
                found if found == mark => {
                    let (rarity, slot) = slot.split_first_chunk::<2>()?;
                    let (step, slot) = slot.split_first_chunk::<4>()?;
                    return Some(Entry {
                        rarity: f32::from(u16::from_le_bytes(*rarity)) * RARITY_STEP,
                        step: f32::from_le_bytes(*step),
                        weights: slot.get(..K)?,
                    });
                }
                _ => at = (at + 1) & self.mask,
            }
        }
    }
}

/// What of a key stands in its slot: the half that does not say where the slot is; never 0, as keys are odd.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn mark(key: u64) -> u32 {
    key as u32
}

/// Features → the model's bytes. The same features give the same bytes, in whatever order they come.
pub(super) fn write(bias: &Scores, mut features: Vec<(u64, f32, Scores)>) -> Vec<u8> {
    features.sort_by_key(|(key, ..)| *key);
    features.dedup_by_key(|(key, ..)| *key);
    let count = (features.len() * 3 / 2 + 2).next_power_of_two();
    let mut slots: Vec<Option<[u8; SLOT]>> = vec![None; count];
    for (key, rarity, weights) in &features {
        let mut at = hash::index(*key, count - 1);
        while slots.get(at).is_some_and(Option::is_some) {
            at = (at + 1) & (count - 1);
        }
        if let Some(slot) = slots.get_mut(at) {
            *slot = Some(slot_of(*key, *rarity, weights));
        }
    }
    let mut out = MAGIC.to_vec();
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(bias.iter().flat_map(|bias| bias.to_le_bytes()));
    out.extend(slots.into_iter().flat_map(|slot| slot.unwrap_or([0; SLOT])));
    out
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "both are clamped to their type's range")]
fn slot_of(key: u64, rarity: f32, weights: &Scores) -> [u8; SLOT] {
    let most = weights.iter().fold(0f32, |most, weight| most.max(weight.abs()));
    let step = most / 127.0;
    let mut slot = [0; SLOT];
    let rarity = (rarity / RARITY_STEP).round().clamp(1.0, 65535.0) as u16;
    let weights = weights.map(|weight| if step > 0.0 { (weight / step).round().clamp(-127.0, 127.0) as i8 } else { 0 });
    let bytes = mark(key)
        .to_le_bytes()
        .into_iter()
        .chain(rarity.to_le_bytes())
        .chain(step.to_le_bytes())
        .chain(weights.map(i8::cast_unsigned));
    for (to, from) in slot.iter_mut().zip(bytes) {
        *to = from;
    }
    slot
}

#[cfg(test)]
mod tests {
    use super::{K, Table, write};

    #[test]
    fn what_is_written_is_read_again() {
        let features: Vec<(u64, f32, [f32; K])> = (1u16..500)
            .map(|n| {
                (u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, f32::from(n) / 64.0, [f32::from(n) - 250.0; K])
            })
            .collect();
        let bytes = write(&[0.5; K], features.clone());
        let table = Table::read(&bytes).unwrap();
        assert!((table.bias()[3] - 0.5).abs() < 1e-6);
        for (key, rarity, weights) in &features {
            let entry = table.get(*key).unwrap();
            assert!((entry.rarity - rarity).abs() < 1e-3);
            assert!((entry.weights(1.0)[0] - weights[0]).abs() < 1e-3);
        }
        assert!(table.get(2).is_none());
        let mut backwards = features;
        backwards.reverse();
        assert_eq!(write(&[0.5; K], backwards), bytes);
    }

    #[test]
    fn other_bytes_are_refused() {
        let good = write(&[0.0; K], Vec::new());
        assert!(Table::read(&good).is_ok());
        assert!(Table::read(&good[..good.len() - 1]).is_err());
        assert!(Table::read(b"").is_err());
        assert!(Table::read(&[0; 300]).is_err());
    }
}
