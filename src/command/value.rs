//! What a command's arguments say, as checked values.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A part of a whole, in tenths of a percent: 0 to 100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Share(u16);

impl Share {
    /// Reads `30%`, `30 %`, `30` or `12.5%`. A bare fraction such as `0.3` is refused: it could mean either.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, marked) = match text.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (text, false),
        };
        let is_whole = number.bytes().all(|byte| byte.is_ascii_digit());
        let tenths = decimal(number, 1).filter(|tenths| *tenths <= 1000 && (marked || is_whole))?;
        u16::try_from(tenths).ok().map(Self)
    }

    /// The share as a ratio from 0 to 1.
    #[must_use]
    pub fn ratio(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0.into(), 1)?;
        f.write_str("%")
    }
}

/// Story points, in hundredths: 0 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Points(u32);

impl Points {
    /// Reads `5`, `0.5` or `0,5`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        decimal(text, 2).filter(|hundredths| *hundredths <= 100_000).map(Self)
    }

    /// The points as a number.
    #[must_use]
    pub fn value(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_decimal(f, self.0, 2)
    }
}

/// Reads a decimal number with at most this many digits after the point, as a multiple of its smallest step.
fn decimal(text: &str, places: usize) -> Option<u32> {
    let (whole, fraction) = text.split_once(['.', ',']).map_or((text, None), |(whole, part)| (whole, Some(part)));
    let fraction_fits = fraction.is_none_or(|part| (1..=places).contains(&part.len()));
    let digits = format!("{whole}{:0<places$}", fraction.unwrap_or_default());
    let is_number =
        fraction_fits && !whole.is_empty() && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

fn write_decimal(f: &mut fmt::Formatter<'_>, steps: u32, places: usize) -> fmt::Result {
    let unit = 10_u32.pow(u32::try_from(places).unwrap_or(0));
    let (whole, rest) = (steps / unit, steps % unit);
    if rest == 0 {
        return write!(f, "{whole}");
    }
    let fraction = format!("{rest:0places$}");
    write!(f, "{whole}.{}", fraction.trim_end_matches('0'))
}

/// How a comment names another item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// `#12`: an item of the same repository.
    Number(u64),
    /// `acme/shop#12`: an item of another one.
    Elsewhere {
        /// The repository as written.
        repository: String,
        /// The number in it.
        number: u64,
    },
    /// `ABC-12`: an item by its key.
    Key(String),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "#{number}"),
            Self::Elsewhere { repository, number } => write!(f, "{repository}#{number}"),
            Self::Key(key) => f.write_str(key),
        }
    }
}

/// How a tracker's items are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// `#12`, `acme/shop#12`, `…/acme/shop/issues/12` (GitHub).
    Numbers,
    /// `ABC-12`, `…/browse/ABC-12` (Jira).
    Keys,
}

/// A tracker whose items may be referred to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Where people open it, e.g. `https://github.com/`.
    pub web: url::Url,
    /// How its items are named.
    pub naming: Naming,
}

impl Reference {
    /// Reads a reference to an item of one of these trackers.
    #[must_use]
    pub fn parse(text: &str, sites: &[Site]) -> Option<Self> {
        if text.len() > 500 {
            return None;
        }
        let text = text.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(text);
        if text.contains("://") {
            return Self::from_url(&url::Url::parse(text).ok()?, sites);
        }
        let named = |naming| sites.iter().any(|site| site.naming == naming);
        let by_number = || named(Naming::Numbers).then(|| Self::by_number(text)).flatten();
        by_number().or_else(|| named(Naming::Keys).then(|| Self::by_key(text)).flatten())
    }

    fn by_number(text: &str) -> Option<Self> {
        let (repository, digits) = text.split_once('#').unwrap_or(("", text));
        let number = item_number(digits)?;
        match repository.split_once('/') {
            None if repository.is_empty() => Some(Self::Number(number)),
            Some((owner, name)) if is_plain(owner) && is_plain(name) => {
                Some(Self::Elsewhere { repository: repository.to_owned(), number })
            }
            _ => None,
        }
    }

    fn by_key(text: &str) -> Option<Self> {
        let (project, digits) = text.rsplit_once('-')?;
        item_number(digits)?;
        let is_project = project.len() <= 50
            && project.starts_with(|c: char| c.is_ascii_alphabetic())
            && project.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_project.then(|| Self::Key(text.to_ascii_uppercase()))
    }

    fn from_url(url: &url::Url, sites: &[Site]) -> Option<Self> {
        let site = sites.iter().find(|site| {
            site.web.host() == url.host() && site.web.port_or_known_default() == url.port_or_known_default()
        })?;
        let path = url.path().strip_prefix(site.web.path().trim_end_matches('/'))?;
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).take(8).collect();
        match (site.naming, segments.as_slice()) {
            (Naming::Numbers, [owner, name, "issues" | "pull", number, ..]) if is_plain(owner) && is_plain(name) => {
                Some(Self::Elsewhere { repository: format!("{owner}/{name}"), number: item_number(number)? })
            }
            (Naming::Keys, ["browse", key]) => Self::by_key(key),
            _ => None,
        }
    }
}

fn item_number(digits: &str) -> Option<u64> {
    let is_number = (1..=12).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| is_number && *number > 0)
}

fn is_plain(name: &str) -> bool {
    let is_name = (1..=100).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    is_name && !name.bytes().all(|byte| byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percentages() {
        for (text, shown) in
            [("30%", "30%"), ("30 %", "30%"), ("30", "30%"), ("12.5%", "12.5%"), ("0%", "0%"), ("100,0%", "100%")]
        {
            assert_eq!(Share::parse(text).map(|share| share.to_string()).as_deref(), Some(shown), "{text}");
        }
        for text in
            ["", "%", "0.3", "101%", "100.1%", "-5%", "1e1", "٣٠%", "12.55%", ".5%", "5.%", "99999999999999999999"]
        {
            assert_eq!(Share::parse(text), None, "{text}");
        }
        assert!((Share::parse("12.5%").unwrap().ratio() - 0.125).abs() < 1e-9);
    }

    #[test]
    fn points_are_small_decimals() {
        for (text, shown) in
            [("5", "5"), ("0.5", "0.5"), ("0,25", "0.25"), ("13.00", "13"), ("1000", "1000"), ("007", "7")]
        {
            assert_eq!(Points::parse(text).map(|points| points.to_string()).as_deref(), Some(shown), "{text}");
        }
        for text in ["", "-1", "1000.01", "1.234", "five", "5pt", "1.", "1.2.3", "∞"] {
            assert_eq!(Points::parse(text), None, "{text}");
        }
    }

    #[test]
    fn items_are_named_as_their_tracker_names_them() {
        let site = |web: &str, naming| Site { web: web.parse().unwrap(), naming };
        let github = [site("https://github.com", Naming::Numbers)];
        let jira = [site("https://acme.atlassian.net", Naming::Keys)];
        let server = [site("https://git.acme.org:8443/forge/", Naming::Numbers)];
        let shown = |text, sites: &[Site]| Reference::parse(text, sites).map(|reference| reference.to_string());
        for (text, sites, expected) in [
            ("#12", &github, Some("#12")),
            ("12", &github, Some("#12")),
            ("acme/shop#12", &github, Some("acme/shop#12")),
            ("https://github.com/acme/shop/issues/12", &github, Some("acme/shop#12")),
            ("<https://github.com/acme/shop/pull/12/files?x=1#issuecomment-1>", &github, Some("acme/shop#12")),
            ("https://git.acme.org:8443/forge/acme/shop/issues/12", &server, Some("acme/shop#12")),
            ("ABC-12", &jira, Some("ABC-12")),
            ("abc-12", &jira, Some("ABC-12")),
            ("https://acme.atlassian.net/browse/ABC-12", &jira, Some("ABC-12")),
            ("ABC-12", &github, None),
            ("#12", &jira, None),
            ("#0", &github, None),
            ("#", &github, None),
            ("shop#12", &github, None),
            ("a/b/c#12", &github, None),
            ("../..#12", &github, None),
            ("@acme/shop#12", &github, None),
            ("#12345678901234", &github, None),
            ("https://evil.example/acme/shop/issues/12", &github, None),
            ("https://github.com.evil.example/acme/shop/issues/12", &github, None),
            ("https://github.com@evil.example/acme/shop/issues/12", &github, None),
            ("https://git.acme.org/forge/acme/shop/issues/12", &server, None),
            ("https://github.com/acme/shop/wiki/12", &github, None),
            ("-12", &jira, None),
        ] {
            assert_eq!(shown(text, sites).as_deref(), expected, "{text}");
        }
    }
}
