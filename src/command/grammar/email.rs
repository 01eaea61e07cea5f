//! Quotes of e-mail: what a mail program leaves below a reply is not said by its writer.
//!
//! `On … wrote:` is followed either by lines with `>`, and then the quote ends where they end, or by the bare text, and
//! then nothing tells where it ends: all that follows is the quote. `-----Original Message-----` and the block of
//! `From:`, `Sent:`, `To:`, `Subject:` lines always have the bare text below them.

/// Reads a comment's top-level blocks from first to last and says what is quoted.
#[derive(Debug, Default)]
pub(super) enum Quoting {
    /// The comment's writer speaks.
    #[default]
    Spoken,
    /// Somebody was named whose words come next.
    Announced,
    /// All that follows are somebody else's words.
    Quoted,
}

impl Quoting {
    /// Sees a block quote.
    pub(super) fn block_quote(&mut self) {
        if matches!(self, Self::Announced) {
            *self = Self::Spoken;
        }
    }

    /// Sees another block that is no paragraph.
    pub(super) fn other_block(&mut self) {
        if matches!(self, Self::Announced) {
            *self = Self::Quoted;
        }
    }

    /// Sees a paragraph. Returns how many of its lines its writer said.
    pub(super) fn paragraph(&mut self, lines: &[&str]) -> usize {
        self.other_block();
        if matches!(self, Self::Quoted) {
            return 0;
        }
        for index in 0..lines.len() {
            let rest = lines.get(index..).unwrap_or_default();
            if let Some(length) = attribution(rest) {
                *self = if rest.len() > length { Self::Quoted } else { Self::Announced };
                return index;
            }
            if is_separator(rest) || is_mail_header(rest) {
                *self = Self::Quoted;
                return index;
            }
        }
        lines.len()
    }
}

/// How an attribution begins, a word that it holds, and whether that word ends it (before the colon).
const ATTRIBUTIONS: [(&str, &str, bool); 9] = [
    ("On ", "wrote", true),
    ("Am ", "schrieb", false),
    ("Le ", "a écrit", true),
    ("El ", "escribió", true),
    ("Il ", "ha scritto", true),
    ("Op ", "schreef", false),
    ("Em ", "escreveu", true),
    ("Den ", "skrev", false),
    ("W dniu ", "napisał", false),
];

/// Mail programs break long attributions.
const LINES_OF_AN_ATTRIBUTION: usize = 3;
const LONGEST_ATTRIBUTION: usize = 400;

/// How many lines an attribution takes, if the lines start with one.
fn attribution(lines: &[&str]) -> Option<usize> {
    let first = lines.first()?.trim();
    let (_, verb, ends) = ATTRIBUTIONS.iter().find(|(opening, ..)| first.starts_with(opening))?;
    let mut length = 0;
    let mut said = false;
    for (index, line) in lines.iter().take(LINES_OF_AN_ATTRIBUTION).enumerate() {
        let line = line.trim();
        length += line.len();
        if length > LONGEST_ATTRIBUTION {
            return None;
        }
        said |= line.contains(verb);
        if let Some(before) = line.strip_suffix(':') {
            let ends_in_verb = before.trim_end().ends_with(verb);
            if ends_in_verb || (said && !ends) {
                return Some(index + 1);
            }
        }
    }
    None
}

const SEPARATORS: [&str; 9] = [
    "original message",
    "forwarded message",
    "ursprüngliche nachricht",
    "weitergeleitete nachricht",
    "message d'origine",
    "mensaje original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "original appointment",
];

/// Whether the first line is one like `-----Original Message-----`.
fn is_separator(lines: &[&str]) -> bool {
    let Some(line) = lines.first().map(|line| line.trim()).filter(|line| line.len() < 100) else { return false };
    if line.eq_ignore_ascii_case("begin forwarded message:") {
        return true;
    }
    let title = line.trim_start_matches('-').trim_end_matches('-');
    let dashed = line.starts_with("--") && line.ends_with("--");
    dashed && SEPARATORS.contains(&title.trim().to_lowercase().as_str())
}

const SENDERS: [&str; 5] = ["from", "von", "de", "da", "van"];
const OTHER_FIELDS: [&str; 19] = [
    "sent",
    "date",
    "to",
    "cc",
    "subject",
    "gesendet",
    "datum",
    "an",
    "betreff",
    "envoyé",
    "à",
    "objet",
    "enviado",
    "fecha",
    "para",
    "asunto",
    "inviato",
    "oggetto",
    "verzonden",
];

/// Whether the lines start with the fields that some mail programs put above what they quote.
fn is_mail_header(lines: &[&str]) -> bool {
    let has_field = |line: &&str, names: &[&str]| {
        let line = line.trim_start().trim_start_matches('*');
        line.split_once(':')
            .is_some_and(|(name, _)| name.len() < 12 && names.contains(&name.trim().to_lowercase().as_str()))
    };
    lines.first().is_some_and(|line| has_field(line, &SENDERS))
        && lines.iter().skip(1).take(5).filter(|line| has_field(line, &OTHER_FIELDS)).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributions_of_many_mail_programs_are_known() {
        for text in [
            "On Mon, 3 Mar 2025 at 10:00, Ann <ann@example.org> wrote:",
            "On Mon, 3 Mar 2025 at 10:00, Ann <ann@example.org>\nwrote:",
            "On Nov 3, 2025, at 10:00, a very long name\nof a person with an address\n<ann@example.org> wrote:",
            "Am 03.03.2025 um 10:00 schrieb Ann <ann@example.org>:",
            "Le lun. 3 mars 2025 à 10:00, Ann <ann@example.org> a écrit :",
            "El lun, 3 mar 2025 a las 10:00, Ann escribió:",
        ] {
            let lines: Vec<&str> = text.split('\n').collect();
            assert_eq!(attribution(&lines), Some(lines.len()), "{text}");
        }
        for text in ["On Monday we wrote: a lot", "On call", "Only Ann wrote:", "Am I right:", "On a\nb\nc\nwrote:"] {
            assert_eq!(attribution(&text.split('\n').collect::<Vec<_>>()), None, "{text}");
        }
    }

    #[test]
    fn a_quote_with_marks_ends_with_them() {
        let mut quoting = Quoting::default();
        assert_eq!(quoting.paragraph(&["thanks", "On Monday, Ann wrote:"]), 1);
        quoting.block_quote();
        assert_eq!(quoting.paragraph(&["/infra"]), 1);
    }

    #[test]
    fn a_quote_without_marks_never_ends() {
        let mut same_paragraph = Quoting::default();
        assert_eq!(same_paragraph.paragraph(&["On Monday, Ann wrote:", "/infra"]), 0);
        same_paragraph.block_quote();
        assert_eq!(same_paragraph.paragraph(&["/infra"]), 0);

        let mut next_paragraph = Quoting::default();
        assert_eq!(next_paragraph.paragraph(&["On Monday, Ann wrote:"]), 0);
        assert_eq!(next_paragraph.paragraph(&["/infra"]), 0);
        assert_eq!(next_paragraph.paragraph(&["/infra"]), 0);
    }

    #[test]
    fn headers_and_separators_announce_the_rest() {
        for text in [
            "-----Original Message-----\nhello",
            "---------- Forwarded message ---------",
            "From: Ann\nSent: Monday\nTo: Bob\nSubject: x",
            "**Von:** Ann\n**Gesendet:** Montag\n**An:** Bob",
        ] {
            let mut quoting = Quoting::default();
            assert_eq!(quoting.paragraph(&text.split('\n').collect::<Vec<_>>()), 0, "{text}");
            assert_eq!(quoting.paragraph(&["/infra"]), 0, "{text}");
        }
        for text in ["From: the team\nwith love", "original message", "-- Ann", "De: a\nb: c\nd: e"] {
            let mut quoting = Quoting::default();
            assert_eq!(quoting.paragraph(&text.split('\n').collect::<Vec<_>>()), text.split('\n').count(), "{text}");
        }
    }
}
