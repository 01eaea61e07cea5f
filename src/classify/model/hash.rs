//! Words and phrases as 64-bit numbers: the model keeps no text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Stands for any number.
pub(super) const NUMBER: u64 = 0x6e75_6d62_6572_0001;
/// Stands for any version number.
pub(super) const VERSION: u64 = 0x7665_7273_696f_0001;

const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Of a word without regard to case (FNV-1a over the lower-case form, then mixed).
pub(super) fn lower(word: &str) -> u64 {
    let mut state = SEED;
    for byte in word.bytes() {
        if !byte.is_ascii() {
            return lower_any(word);
        }
        state = step(state, byte.to_ascii_lowercase());
    }
    mix(state)
}

fn lower_any(word: &str) -> u64 {
    let mut state = SEED;
    let mut buffer = [0; 4];
    for c in word.chars().flat_map(char::to_lowercase) {
        let c = if c == '’' { '\'' } else { c };
        for byte in c.encode_utf8(&mut buffer).bytes() {
            state = step(state, byte);
        }
    }
    mix(state)
}

/// Of bytes that are in lower case already.
pub(super) fn bytes(bytes: &[u8]) -> u64 {
    mix(bytes.iter().fold(SEED, |state, byte| step(state, *byte)))
}

const fn step(state: u64, byte: u8) -> u64 {
    (state ^ byte as u64).wrapping_mul(PRIME)
}

/// Two numbers as one, in order.
pub(super) const fn pair(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ second)
}

/// Spreads a number over all its bits.
const fn mix(mut x: u64) -> u64 {
    x ^= x >> 32;
    x = x.wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^= x >> 32;
    x
}

/// Where a key belongs in a table with `mask + 1` slots, a power of two.
pub(super) const fn index(key: u64, mask: usize) -> usize {
    (key >> 32) as usize & mask
}

/// A map whose keys are hashes already.
pub(super) type HashedMap<V> = HashMap<u64, V, BuildHasherDefault<AsItIs>>;

/// Takes a hash as it is.
#[derive(Debug, Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = self::bytes(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
