//! The documentation page `docs/commands.md`, made from the list with the shipped categories.

use super::comment::MOST_OBEYED;
use super::list::{ALL, Spec, category};
use super::right::Right;
use super::strangers::WORDS;

/// The page in Markdown. What is checked in must be exactly this: a test holds it against drift.
#[must_use]
pub fn page() -> String {
    let rights = [Right::Anyone, Right::Author, Right::Edit, Right::Manage]
        .map(|right| format!("- `{right}`: {}{}\n", right.holders(), on_github(right)));
    let sections: Vec<String> = ALL.iter().map(|spec| section(spec)).collect();
    let strangers: Vec<String> = WORDS.iter().map(|word| format!("`/{word}`")).collect();
    [
        HEAD,
        &table(),
        BELOW_THE_TABLE,
        &rights.concat(),
        RIGHTS,
        &sections.concat(),
        WHERE,
        &format!("Of one text, or of one edit, at most {MOST_OBEYED} new commands are obeyed; the answer says how many were left out.\n"),
        NOT_UNDERSTOOD,
        &strangers.join(" "),
        MACHINES,
    ]
    .concat()
}

fn table() -> String {
    let categories = category::SHIPPED.iter().map(|shipped| {
        let words: Vec<&str> = std::iter::once(shipped.name).chain(shipped.aliases.iter().copied()).collect();
        format!("| {} | sets the category `{}` | {} |\n", code(&words, " "), shipped.category, category::RIGHT)
    });
    let others = ALL.iter().map(|spec| format!("| {} | {} | {} |\n", code(spec.usage, " or "), spec.does, spec.right));
    let head = "| command | what it does | who may by default |\n|---|---|---|\n".to_owned();
    std::iter::once(head).chain(categories).chain(others).collect()
}

fn section(spec: &Spec) -> String {
    let first = format!("{}: {}. {}", code(spec.usage, " or "), spec.does, spec.details);
    let also = if spec.aliases.is_empty() { String::new() } else { format!("- Also: {}\n", code(spec.aliases, ", ")) };
    format!(
        "\n### {}\n\n{}\n\n- Examples: {}\n{also}- Who may by default: {}\n",
        spec.name,
        first.trim_end(),
        code(spec.examples, ", "),
        spec.right.holders()
    )
}

fn code(words: &[&str], between: &str) -> String {
    words.iter().map(|word| format!("`/{word}`")).collect::<Vec<_>>().join(between)
}

const fn on_github(right: Right) -> &'static str {
    match right {
        Right::Anyone => "",
        Right::Author | Right::Edit => " (GitHub: triage and up)",
        Right::Manage => " (GitHub: write and up)",
    }
}

const HEAD: &str = "\
<!-- Made by `plimsoll commands --page > docs/commands.md`; a test holds it against drift. -->
# Commands

People steer Plimsoll from the item itself: in a new comment, in a new item's body, and in an edit of either, where only
the commands count that were not there before. In a pull request `/debt`, `/help` and `/backlog` work, in its description,
its comments, its reviews and the comments on its lines.

A command is a line that starts with its word. Several may stand in one comment; what follows the word on its line are
its arguments.

```text
This bit us again during the migration.

/infra
/points 5
/impact Every deployment needs two people for an hour.
```

";

const BELOW_THE_TABLE: &str = "
Case, hyphens and underscores in a word do not matter: `/tech-debt`, `/techdebt` and `/Tech_Debt` are one. Every category
also answers to its own name (`/infrastructure`), and a team's own categories to theirs. `/plimsoll infra` is `/infra`, for
repositories where the short form belongs to another bot; `/plimsoll` alone is `/help`.

A category command takes nothing after it on its line, so that a sentence that happens to begin with `/tests` changes
nothing.

## Who may

";

const RIGHTS: &str = "
Rights come from the tracker's own permissions. The policy can change them for each command (`commands.rights`) and name
people (`commands.people`) and teams (`commands.teams`) that may besides. For a command that sets a category the right of
that category's own command holds, also when it is written `/classify …`. When rights cannot be read the command is refused
and says so; where the tracker only asks to come back later, the command waits. Bots are never obeyed, and neither is a
comment that somebody other than its author has edited.

## Each command
";

const WHERE: &str = "
## Where a command counts

The text is parsed as Markdown the way GitHub does it. A command counts at the start of a line, after at most three spaces,
in a paragraph that stands by itself, also below other lines of that paragraph. It does not count

- in code: fenced, indented, or between backticks, also when the backticks span lines;
- in block quotes and alerts, in lists and task lists, in tables, in footnotes, also on the lines below them that Markdown
  counts to them (a lazy continuation);
- in headings, also when a line of `---` or `===` below makes one of it;
- in link text, in emphasis or strikethrough that began on a line above, in link definitions;
- in HTML blocks, in HTML comments, and between the tags of `pre`, `code`, `blockquote`, lists, tables and their like, even
  across blank lines; `details` hides nothing;
- in quotes of e-mail: below `On … wrote:` (and its like in other languages) the lines with `>`, or, when there are none,
  everything; below `-----Original Message-----` and below a block of `From:`, `Sent:`, `To:` lines, everything.

The word must be followed by white space or the line's end. `//infra`, `/infra/x`, `/etc/passwd`, `/infra.`, `\\/infra` are
no commands; `/infra!` alone on its line is answered with a question. What people see counts: characters without width are
passed over in a word, and a word with characters that turn the direction of reading is none. An HTML comment in the
arguments is not part of them. Of a long text the first 64 KiB are read, and nothing beyond quotes or lists nested a
hundred deep; the paragraph at which reading stops does not count.
";

const NOT_UNDERSTOOD: &str = "
## When a command is not understood

Arguments that are not understood are answered with what was expected and an example. A word that nobody knows is answered
only when it is close to one of ours, or when it follows the prefix. There is one answer for all that is wrong with a
comment: it is kept to what is wrong with it now, and goes, with its reaction, when that is put right or the comment deleted.

These words belong to other bots or are paths, and stay unheard even where they are close to ours:

";

const MACHINES: &str = "

## For programs

`plimsoll commands --in FILE` (`-` for standard input) prints the commands of a comment as a JSON array in their order. With
`--previous FILE` only those are printed that the text before the edit did not hold: a command is known by what it was
understood as and by which occurrence of that in the text it is, so moving, re-spelling or correcting something else runs
nothing again.

```json
[
  {\"line\": 3, \"command\": \"points\", \"args\": \"5\", \"error\": null},
  {\"line\": 4, \"command\": null, \"args\": \"\", \"error\": \"`/infr` is no command here. Did you mean `/infra`?\"}
]
```

- `line`: where it stands, from 1
- `command`: its name, the first word of its row above, whatever word was written; `null` when there is no such command
- `args`: what follows the word, trimmed; for `impact` the whole text with its line ends as `\\n`
- `error`: `null`, or one sentence in Markdown

The exit status is 0 also when a command has an error.
";
