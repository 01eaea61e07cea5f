//! `plimsoll check FILE…`: says whether policy files are in order, and if not, at which line and what to do; with
//! `--explain`, where each value of the policy comes from.

use std::fs::File;
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::explain;
use super::snippet::Source;
use crate::policy::{self, Layer, LayerName, PolicyErrors, Reading};

/// How files are checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Checking<'a> {
    /// The organisation's file that lies between the shipped defaults and each file.
    pub organisation: Option<&'a Path>,
    /// Whether to say where each value comes from.
    pub explain: bool,
    /// Whether errors are shown in colour.
    pub color: bool,
}

/// A file that could be read.
struct PolicyText {
    layer: LayerName,
    name: String,
    text: String,
}

/// Checks each file as a repository's policy over the organisation's, if there is one, and the shipped defaults. What is
/// in order goes to `out`, errors with the marked lines to `err`. Success if all files are in order; else, or when
/// nothing can be written, exit code 1.
pub fn run(files: &[PathBuf], checking: Checking<'_>, out: &mut dyn Write, err: &mut dyn Write) -> ExitCode {
    match check_all(files, checking, out, err) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) | Err(_) => ExitCode::FAILURE,
    }
}

fn check_all(files: &[PathBuf], checking: Checking<'_>, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<bool> {
    let organisation = match checking.organisation {
        None => None,
        Some(file) => match open(file, LayerName::Organisation, err)? {
            None => return Ok(false),
            organisation => organisation,
        },
    };
    let mut all_in_order = true;
    for file in files {
        let Some(own) = open(file, LayerName::Repository, err)? else {
            all_in_order = false;
            continue;
        };
        let texts: Vec<&PolicyText> = organisation.iter().chain([&own]).collect();
        let layers: Vec<Layer<'_>> = texts.iter().map(|it| Layer { name: it.layer, text: &it.text }).collect();
        match policy::read(&layers) {
            Ok(reading) => {
                write_summary(&own.name, &reading, out)?;
                if checking.explain {
                    explain::write(&reading, out)?;
                }
            }
            Err(errors) => {
                write_errors(&texts, &errors, err, checking.color)?;
                all_in_order = false;
            }
        }
    }
    Ok(all_in_order)
}

/// The file as a layer of the policy; none when it cannot be read, which is told.
fn open(file: &Path, layer: LayerName, err: &mut dyn Write) -> io::Result<Option<PolicyText>> {
    let name = file.display().to_string();
    match read(file) {
        Ok(text) => Ok(Some(PolicyText { layer, name, text })),
        Err(error) => {
            writeln!(err, "{name}: cannot be read: {error}")?;
            Ok(None)
        }
    }
}

/// The file's text; of a file that is too long, enough to be refused.
fn read(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(policy::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(8);
    File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() > policy::MAX_BYTES {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = good.split(|byte| *byte == b'\n').count();
        io::Error::new(io::ErrorKind::InvalidData, format!("line {line} is not UTF-8; save the file in that encoding"))
    })
}

fn write_summary(name: &str, reading: &Reading, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{name}: ok")?;
    let categories = match reading.policy.categories.iter().len() {
        1 => "1 category".to_owned(),
        count => format!("{count} categories"),
    };
    match reading.declares.as_slice() {
        [] => writeln!(out, "  the defaults, {categories}")?,
        declares => writeln!(out, "  {}; {categories} in all", declares.join(", "))?,
    }
    for note in reading.notes.iter().filter(|note| note.at.layer == LayerName::Repository) {
        writeln!(out, "  note, line {}: {}", note.at.line, note.text)?;
    }
    Ok(())
}

/// Shows each problem in the file that it is in; one that is in neither, in the last.
fn write_errors(texts: &[&PolicyText], errors: &PolicyErrors, err: &mut dyn Write, color: bool) -> io::Result<()> {
    let sources: Vec<(LayerName, Source)> =
        texts.iter().map(|it| (it.layer, Source::new(it.layer, &it.name, &it.text))).collect();
    for problem in errors.problems() {
        let at = sources.iter().find(|(layer, _)| *layer == problem.at.layer).or(sources.last());
        if let Some((_, source)) = at {
            writeln!(err, "{}\n", source.show(problem, color))?;
        }
    }
    let count = errors.problems().len() + errors.untold();
    let name = texts.last().map(|it| it.name.as_str()).unwrap_or_default();
    writeln!(err, "{name}: {count} error{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks files with these contents; gives what is printed, with the directory left out, and whether all is in order.
    fn run_on(files: &[(&str, &[u8])]) -> String {
        let directory = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = files.iter().map(|(name, _)| directory.path().join(name)).collect();
        for (path, (_, content)) in paths.iter().zip(files) {
            std::fs::write(path, content).unwrap();
        }
        run_on_paths(&paths).replace(&format!("{}/", directory.path().display()), "")
    }

    fn run_on_paths(paths: &[PathBuf]) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = run(paths, Checking::default(), &mut out, &mut err);
        let word = if code == ExitCode::SUCCESS { "success" } else { "failure" };
        format!("{word}\n{}---\n{}", String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn files_in_order_are_summed_up() {
        let own = b"version: 1\ncategories:\n  bookkeeping: { side: technical }\nhygiene:\n  vague: {}\n";
        insta::assert_snapshot!(run_on(&[("own.yml", own)]).replace(&count_with(1), "N categories"), @"
        success
        own.yml: ok
          categories (bookkeeping), hygiene (vague); N categories in all
          note, line 4: hygiene: read and checked, takes effect in a later version
        ---
        ");
        insta::assert_snapshot!(run_on(&[("empty.yml", b"")]).replace(&count_with(0), "N categories"), @"
        success
        empty.yml: ok
          the defaults, N categories
        ---
        ");
    }

    /// How many categories there are with some more than the shipped ones.
    fn count_with(more: usize) -> String {
        match policy::defaults().categories.iter().len() + more {
            1 => "1 category".to_owned(),
            count => format!("{count} categories"),
        }
    }

    #[test]
    fn errors_are_shown_with_their_line_and_the_other_files_are_still_checked() {
        let broken =
            "version: 1\ncategories:\n  mine:\n    side: product\n    lable: défaut\n    colour: brown\n".as_bytes();
        let good = b"version: 1\n";
        let shown = run_on(&[("broken.yml", broken), ("good.yml", good)]).replace(&count_with(0), "N categories");
        insta::assert_snapshot!(shown, @r#"
        failure
        good.yml: ok
          the defaults, N categories
        ---
          × `lable` is not known here
           ╭─[broken.yml:5:5]
         4 │     side: product
         5 │     lable: défaut
           ·     ──┬──
           ·       ╰── here
         6 │     colour: brown
           ╰────
          help: did you mean `label`?

          × `brown` is no colour
           ╭─[broken.yml:6:13]
         5 │     lable: défaut
         6 │     colour: brown
           ·             ──┬──
           ·               ╰── here
           ╰────
          help: write six hexadecimal digits in quotes, e.g. `"8b5a2b"`

        broken.yml: 2 errors
        "#);
    }

    /// Checks `own.yml` over `organisation.yml` and explains it.
    fn explained(organisation: &str, own: &str) -> String {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        std::fs::write(path("organisation.yml"), organisation).unwrap();
        std::fs::write(path("own.yml"), own).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let organisation = path("organisation.yml");
        let checking = Checking { organisation: Some(&organisation), explain: true, color: false };
        run(&[path("own.yml")], checking, &mut out, &mut err);
        out.extend(err);
        String::from_utf8(out).unwrap().replace(&format!("{}/", directory.path().display()), "")
    }

    #[test]
    fn each_value_says_which_file_it_comes_from() {
        let organisation = "version: 1\nmode: act\ncategories:\n  infrastructure: { label: infra, keywords: [terraform] }\nclassification: { apply_at: 0.9 }\n";
        let own = "version: 1\ncategories: { infrastructure: { keywords: [nomad, consul] } }\n";
        let shown = explained(organisation, own);
        let lines: Vec<&str> = shown
            .lines()
            .filter(|line| !line.contains("shipped defaults") || line.contains("suggest_at"))
            .filter(|line| line.starts_with("  "))
            .skip(1)
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
          version: 1 (the repository's file, line 1)
          classification.apply_at: 0.9 (the organisation's file, line 5)
          classification.suggest_at: 0.45 (the shipped defaults, line 20)
          categories.infrastructure.label: infra (the organisation's file, line 4)
          categories.infrastructure.keywords: terraform (the organisation's file, line 4)
          categories.infrastructure.keywords: nomad, consul (the repository's file, line 2)
          mode: act (the organisation's file, line 2)
        ");
    }

    #[test]
    fn a_mistake_in_the_organisations_file_is_shown_there() {
        insta::assert_snapshot!(explained("version: 1\nmode: on\n", "version: 1\n"), @r"
          × `on` is no mode
           ╭─[organisation.yml:2:7]
         1 │ version: 1
         2 │ mode: on
           ·       ─┬
           ·        ╰── here
           ╰────
          help: use one of `act`, `observe`

        own.yml: 1 error
        ");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        insta::assert_snapshot!(run_on_paths(&["no/such/file.yml".into()]), @"
        failure
        ---
        no/such/file.yml: cannot be read: No such file or directory (os error 2)
        ");
        insta::assert_snapshot!(run_on(&[("latin1.yml", b"version: 1\n# caf\xe9\n")]), @"
        failure
        ---
        latin1.yml: cannot be read: line 2 is not UTF-8; save the file in that encoding
        ");
    }

    #[test]
    fn a_hostile_file_moves_no_cursor_and_floods_no_terminal() {
        let long = format!("version: 1\n# {}\nfoo: 1\n", "x".repeat(60_000));
        insta::assert_snapshot!(run_on(&[("long.yml", long.as_bytes())]), @"
        failure
        ---
          long.yml: line 3, column 1: `foo` is not known here: use one of `version`, `mode`, `categories`, `classification`, `hygiene`, `commands`, `boards`, `sprints`, `time_zone`, `agreement`, `report`

        long.yml: 1 error
        ");
        let shown = run_on(&[("escape.yml", "version: 1\nfoo: \"\u{9b}31m\u{202e}\" # \u{202e}\n".as_bytes())]);
        assert!(!shown.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{shown}");
        assert!(run_on(&[("huge.yml", "[".repeat(800_000).as_bytes())]).len() < 500);
    }
}
