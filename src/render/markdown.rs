//! A document as GitHub's Markdown.

use super::document::{Block, Document, Inline, Piece};
use super::harmless;

/// The longest comment, in characters. GitHub takes 65,536; the marker by which a note is found again stands before it.
pub const LONGEST_COMMENT: usize = 65_000;

/// The document as Markdown.
#[must_use]
pub fn markdown(document: &Document) -> String {
    blocks(&document.blocks)
}

fn blocks(all: &[Block]) -> String {
    let shown: Vec<String> = all.iter().map(block).collect();
    shown.join("\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(text) => format!("### {}\n", inline(text)),
        Block::Paragraph(text) => format!("{}\n", inline(text)),
        Block::List(items) => items.iter().flat_map(|item| ["- ".to_owned(), inline(item), "\n".to_owned()]).collect(),
        Block::Table { head, rows } => {
            let row = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
            let names: Vec<String> = head.iter().map(|name| (*name).to_owned()).collect();
            let line: Vec<String> = head.iter().map(|_| "---".to_owned()).collect();
            let rows = rows.iter().map(|cells| row(&cells.iter().map(inline).collect::<Vec<_>>()));
            format!("{}{}{}", row(&names), row(&line), rows.collect::<String>())
        }
        Block::Columns(lines) => format!("```text\n{}\n```\n", lines.join("\n")),
        Block::Mermaid(lines) => format!("```mermaid\n{}\n```\n", lines.join("\n")),
        // The blank line makes GitHub read what follows as Markdown again.
        Block::Details(summary, inner) => {
            format!("<details><summary>{summary}</summary>\n\n{}\n</details>\n", blocks(inner))
        }
    }
}

fn inline(text: &Inline) -> String {
    text.0.iter().map(piece).collect()
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Ours(text) => text.clone(),
        // Blanks at the inner side would make the asterisks mere asterisks.
        Piece::Strong(text) => {
            let inner = text.trim_end();
            format!("**{inner}**{}", text.strip_prefix(inner).unwrap_or_default())
        }
        Piece::Code(text) => format!("`{text}`"),
        Piece::Foreign(text, most) => harmless::markdown(text, *most),
        Piece::Reference(name, url) => {
            let linked = harmless::name(name);
            match url.as_deref().and_then(harmless::address) {
                Some(url) if !linked.is_empty() => format!("[{linked}]({url})"),
                _ => harmless::markdown(name, 100),
            }
        }
    }
}
