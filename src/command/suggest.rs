//! When a word is close enough to another to be a slip of the fingers.

/// The number of letters added, left out, changed or swapped, where that is few enough for words of this length.
pub(super) fn distance_if_close(written: &str, known: &str) -> Option<usize> {
    let (written_length, known_length) = (written.chars().count(), known.chars().count());
    let allowed = match written_length.min(known_length) {
        0..=3 => return None,
        4..=6 => 1,
        _ => 2,
    };
    if written_length.abs_diff(known_length) > allowed {
        return None;
    }
    Some(strsim::osa_distance(written, known)).filter(|distance| *distance <= allowed)
}
