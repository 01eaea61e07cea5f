//! A document as plain text.

use super::document::{Block, Document, Inline, Piece};
use super::harmless;

/// The document as plain text. Charts are left out: their figures stand beside them.
#[must_use]
pub fn text(document: &Document) -> String {
    let mut out = String::new();
    blocks(&document.blocks, &mut out);
    out
}

fn blocks(all: &[Block], out: &mut String) {
    for (index, block) in all.iter().filter(|block| !matches!(block, Block::Mermaid(_))).enumerate() {
        if index > 0 {
            out.push('\n');
        }
        match block {
            Block::Heading(text) => {
                let text = inline(text);
                let line = "=".repeat(text.chars().count());
                put(out, &[&text, "\n", &line]);
            }
            Block::Paragraph(text) => put(out, &[&inline(text)]),
            Block::List(items) => items.iter().for_each(|item| put(out, &["- ", &inline(item)])),
            Block::Table { head, rows } => table(head, rows, out),
            Block::Columns(lines) => lines.iter().for_each(|line| put(out, &["  ", line])),
            Block::Mermaid(_) => {}
            Block::Details(summary, inner) => {
                put(out, &[summary, "\n", &"-".repeat(summary.chars().count())]);
                blocks(inner, out);
            }
        }
    }
}

/// Columns as wide as their widest cell, up to a bound; the last one as long as it is.
fn table(head: &[&str], rows: &[Vec<Inline>], out: &mut String) {
    const WIDEST: usize = 60;
    let mut lines: Vec<Vec<String>> = vec![head.iter().map(|name| (*name).to_owned()).collect()];
    lines.extend(rows.iter().map(|cells| cells.iter().map(inline).collect()));
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0).min(WIDEST)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    for line in &lines {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width)).collect();
        put(out, &[cells.join("  ").trim_end()]);
    }
}

/// A line from its parts.
fn put(out: &mut String, parts: &[&str]) {
    out.extend(parts.iter().copied());
    out.push('\n');
}

fn inline(text: &Inline) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Ours(text) | Piece::Strong(text) | Piece::Code(text) => text.clone(),
        Piece::Foreign(text, most) => harmless::plain(text, *most),
        Piece::Reference(name, _) => harmless::plain(name, 100),
    };
    text.0.iter().map(piece).collect()
}
