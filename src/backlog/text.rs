//! What text of others may do to whoever shows it.

/// Whether a character controls a display, moves the cursor, or turns the direction of what is read: it has no place in a
/// name, a message or a line of a terminal.
#[must_use]
pub fn steers_display(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}
