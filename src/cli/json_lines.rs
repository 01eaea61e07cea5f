//! Lines from a stream that nobody vouches for: no line is ever held that is longer than allowed.

use std::io::{self, BufRead};

/// The longest line that is read, in bytes without its end.
pub(super) const LONGEST_LINE: usize = 1024 * 1024;

/// A line of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Its text, without its end.
    Text(&'a str),
    /// It cannot be read, and why.
    Bad(String),
}

/// Reads a stream line by line.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
    /// Bytes that the input has at hand: asking for more than these may wait.
    at_hand: usize,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), number: 0, at_hand: 0 }
    }

    /// The next line that is not blank, with its number from 1 (blank ones are counted). None at the end.
    ///
    /// `before_waiting` is called when the input has nothing more at hand: what was answered so far should be sent.
    pub(super) fn next(
        &mut self,
        mut before_waiting: impl FnMut() -> io::Result<()>,
    ) -> io::Result<Option<(u64, Line<'_>)>> {
        loop {
            let Some(complete) = self.fill(&mut before_waiting)? else { return Ok(None) };
            self.number += 1;
            let is_blank = complete && self.buffer.iter().all(u8::is_ascii_whitespace);
            if !is_blank {
                return Ok(Some((self.number, self.line(complete))));
            }
        }
    }

    /// Reads up to the next line's end. True: all of it is in the buffer; false: it is too long; none: the stream ended.
    fn fill(&mut self, before_waiting: &mut impl FnMut() -> io::Result<()>) -> io::Result<Option<bool>> {
        self.buffer.clear();
        let (mut complete, mut any) = (true, false);
        loop {
            if self.at_hand == 0 {
                before_waiting()?;
            }
            let chunk = match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                return Ok(any.then_some(complete));
            }
            any = true;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            if complete && self.buffer.len() + part.len() <= LONGEST_LINE {
                self.buffer.extend_from_slice(part);
            } else {
                complete = false;
            }
            let used = part.len() + usize::from(end.is_some());
            self.at_hand = chunk.len() - used;
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some(complete));
            }
        }
    }

    fn line(&self, complete: bool) -> Line<'_> {
        if !complete {
            return Line::Bad(format!(
                "the line is longer than {LONGEST_LINE} bytes: shorten the body or leave it out"
            ));
        }
        let bytes = self.buffer.strip_prefix(b"\xef\xbb\xbf").filter(|_| self.number == 1).unwrap_or(&self.buffer);
        match std::str::from_utf8(bytes) {
            Ok(text) => Line::Text(text),
            Err(error) => {
                Line::Bad(format!("the line is not UTF-8 (from byte {} on): save it as UTF-8", error.valid_up_to() + 1))
            }
        }
    }
}

/// What is wrong with a text as JSON, without repeating any of it.
pub(super) fn not_json(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Eof => "the JSON ends too early",
        Category::Syntax | Category::Io => "this is not JSON",
        Category::Data => "the JSON does not have the expected form",
    };
    format!("{what} (column {})", error.column())
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::{LONGEST_LINE, Line, Lines};

    fn all(input: &[u8]) -> Vec<(u64, Result<String, ()>)> {
        let mut lines = Lines::new(BufReader::with_capacity(7, input));
        let mut out = Vec::new();
        while let Some((number, line)) = lines.next(|| Ok(())).unwrap() {
            out.push((
                number,
                match line {
                    Line::Text(text) => Ok(text.to_owned()),
                    Line::Bad(_) => Err(()),
                },
            ));
        }
        out
    }

    #[test]
    fn blank_lines_are_counted_and_bad_ones_do_not_stop_the_rest() {
        let read = all(b"\xef\xbb\xbfone\n\n  \r\ntwo\n\xff\xfe\nlast");
        let text = |text: &str| Ok(text.to_owned());
        assert_eq!(read, [(1, text("one")), (4, text("two")), (5, Err(())), (6, text("last"))]);
    }

    #[test]
    fn a_line_may_be_as_long_as_allowed_and_no_longer() {
        let mut input = vec![b'a'; LONGEST_LINE];
        input.push(b'\n');
        input.extend(vec![b'b'; LONGEST_LINE + 1]);
        input.extend(b"\nc");
        let read = all(&input);
        assert_eq!(read.len(), 3);
        assert_eq!(read[0].1.as_ref().unwrap().len(), LONGEST_LINE);
        assert_eq!(read[1], (2, Err(())));
        assert_eq!(read[2], (3, Ok("c".to_owned())));
    }

    #[test]
    fn a_long_line_is_never_held() {
        let mut input = vec![b'a'; LONGEST_LINE * 8];
        input.push(b'\n');
        let mut lines = Lines::new(&input[..]);
        assert!(matches!(lines.next(|| Ok(())).unwrap(), Some((1, Line::Bad(_)))));
        assert!(lines.buffer.capacity() <= LONGEST_LINE * 2);
    }
}
