//! What a redirect says: a renamed repository, or an issue that lives elsewhere now.
//!
//! Following one blindly would read and label another repository's issue; so it is only read.

use super::base_url::BaseUrl;

/// Where a redirect leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To a repository by its id, and to an issue in it where one is named.
    ById { repository: u64, issue: Option<u64> },
    /// To a repository by its name.
    ByName { repository: String, issue: Option<u64> },
}

/// Reads a `Location`; none when it leads to another host or to nothing that is known.
pub(super) fn target(base: &BaseUrl, location: &str) -> Option<Target> {
    let relative = base.relative(location)?;
    let path = relative.split_once('?').map_or(relative.as_str(), |(path, _)| path);
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match segments.as_slice() {
        ["repositories", id, rest @ ..] => Some(Target::ById { repository: id.parse().ok()?, issue: issue(rest) }),
        ["repos", owner, name, rest @ ..] => {
            Some(Target::ByName { repository: format!("{owner}/{name}"), issue: issue(rest) })
        }
        _ => None,
    }
}

fn issue(rest: &[&str]) -> Option<u64> {
    match rest {
        ["issues", number, ..] => number.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, target};
    use crate::tracker::github::base_url::BaseUrl;

    #[test]
    fn redirects_name_a_repository_and_perhaps_an_issue() {
        let base = BaseUrl::new("https://api.github.com").unwrap();
        let read = |location: &str| target(&base, location);
        assert_eq!(
            read("https://api.github.com/repositories/5/issues/7"),
            Some(Target::ById { repository: 5, issue: Some(7) })
        );
        assert_eq!(
            read("https://api.github.com/repositories/5/issues/7/timeline?per_page=100"),
            Some(Target::ById { repository: 5, issue: Some(7) })
        );
        assert_eq!(
            read("https://api.github.com/repositories/5/labels?page=2"),
            Some(Target::ById { repository: 5, issue: None })
        );
        assert_eq!(read("/repos/acme/shop"), Some(Target::ByName { repository: "acme/shop".into(), issue: None }));
        for elsewhere in ["https://evil.example/repositories/5", "https://api.github.com/login", "/repositories/x", ""]
        {
            assert_eq!(read(elsewhere), None, "{elsewhere}");
        }
    }
}
