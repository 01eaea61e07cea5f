//! Tables that GitHub sees and the Markdown parser does not.
//!
//! GitHub makes a table of any paragraph line that is followed by a delimiter row with as many cells (GFM, "Tables"):
//! also below other lines of the paragraph, and also with a single column and no pipe at all. The parser knows the plain
//! cases only; what it leaves in a paragraph is looked at here.

/// How many of a paragraph's lines are text: those before the header of a table, or all.
pub(super) fn lines_before_table<'a>(lines: impl Iterator<Item = &'a str>) -> Option<usize> {
    let mut header: Option<&str> = None;
    for (index, line) in lines.enumerate() {
        if let (Some(above), Some(columns)) = (header, delimiter_columns(line))
            && columns == cells(above)
        {
            return Some(index.saturating_sub(1));
        }
        header = Some(line);
    }
    None
}

/// How many columns a delimiter row such as `|:--|--:|` has; none when the line is no delimiter row.
fn delimiter_columns(line: &str) -> Option<usize> {
    if line.starts_with("    ") || !line.contains('-') {
        return None;
    }
    let row = line.trim_matches([' ', '\t']);
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').unwrap_or(row);
    let mut columns = 0;
    for cell in row.split('|') {
        let cell = cell.trim_matches([' ', '\t']);
        let cell = cell.strip_prefix(':').unwrap_or(cell);
        let dashes = cell.strip_suffix(':').unwrap_or(cell);
        if dashes.is_empty() || !dashes.bytes().all(|byte| byte == b'-') {
            return None;
        }
        columns += 1;
    }
    Some(columns)
}

/// How many cells a line has as a table's header: unescaped pipes separate, one at either end is decoration.
fn cells(line: &str) -> usize {
    let row = line.trim_matches([' ', '\t']);
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut separators = 0;
    let mut escaped = false;
    let mut ends_in_separator = false;
    for byte in row.bytes() {
        ends_in_separator = byte == b'|' && !escaped;
        separators += usize::from(ends_in_separator);
        escaped = byte == b'\\' && !escaped;
    }
    if ends_in_separator { separators } else { separators + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_above_a_matching_delimiter_row_is_a_header() {
        for (text, before) in [
            ("/infra\n|---|", Some(0)),
            ("/infra\n:-:\n/dx", Some(0)),
            ("a\n/infra | b\n---|---\n/dx", Some(1)),
            ("/infra \\| b\n|-|", Some(0)),
            ("/infra | b |\n-|-", Some(0)),
            ("/infra\n---|---", None),
            ("/infra\n-|x", None),
            ("/infra\n    :-:", None),
            ("/infra\n/dx", None),
        ] {
            assert_eq!(lines_before_table(text.split('\n')), before, "{text:?}");
        }
    }
}
