//! The `Link` header of a list: where its next and its last page are.

use http::HeaderValue;

use super::base_url::BaseUrl;

/// The pages around the present one, as paths below the base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    pub(super) next: Option<Page>,
    pub(super) last: Option<Page>,
}

/// Where a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// Below the base: path and query.
    Here(String),
    /// Elsewhere; never asked for.
    Elsewhere,
}

impl Links {
    /// Reads `<https://…?page=2>; rel="next", <https://…?page=9>; rel="last"`.
    pub(super) fn read(base: &BaseUrl, header: Option<&HeaderValue>) -> Self {
        let mut links = Self::default();
        let text = header.and_then(|value| value.to_str().ok()).unwrap_or_default();
        for link in text.split(',') {
            let Some((address, parameters)) = link.trim().strip_prefix('<').and_then(|link| link.split_once('>'))
            else {
                continue;
            };
            let page = base.relative(address).map_or(Page::Elsewhere, Page::Here);
            if has_relation(parameters, "next") {
                links.next = Some(page);
            } else if has_relation(parameters, "last") {
                links.last = Some(page);
            }
        }
        links
    }
}

fn has_relation(parameters: &str, relation: &str) -> bool {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.trim().strip_prefix("rel="))
        .any(|value| value.trim_matches('"').split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(relation)))
}

/// The number in a page's address.
pub(super) fn page_number(path: &str) -> Option<u32> {
    let (_, query) = path.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("page="))?.parse().ok()
}

/// The address of another page of the same list.
pub(super) fn with_page(path: &str, page: u32) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("page="));
    let number = format!("page={page}");
    let query: Vec<&str> = kept.chain([number.as_str()]).collect();
    format!("{path}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::{Links, Page, page_number, with_page};
    use crate::tracker::github::base_url::BaseUrl;

    fn links(header: &str) -> Links {
        Links::read(&BaseUrl::default(), Some(&header.parse().unwrap()))
    }

    #[test]
    fn next_and_last_are_read() {
        let read = links(
            r#"<https://api.github.com/repositories/5/issues?per_page=100&page=2>; rel="next", <https://api.github.com/repositories/5/issues?per_page=100&page=9>; rel="last""#,
        );
        assert_eq!(read.next, Some(Page::Here("/repositories/5/issues?per_page=100&page=2".into())));
        assert_eq!(read.last, Some(Page::Here("/repositories/5/issues?per_page=100&page=9".into())));
        assert_eq!(Links::read(&BaseUrl::default(), None), Links::default());
        assert_eq!(links("garbage, <, <x>; rel=\"prev\""), Links::default());
    }

    #[test]
    fn a_page_at_another_host_is_never_followed() {
        assert_eq!(links(r#"<https://evil.example/x?page=2>; rel="next""#).next, Some(Page::Elsewhere));
    }

    #[test]
    fn pages_are_counted() {
        assert_eq!(page_number("/x?per_page=100&page=12"), Some(12));
        assert_eq!(page_number("/x?per_page=100"), None);
        assert_eq!(with_page("/x?per_page=100&page=12", 11), "/x?per_page=100&page=11");
        assert_eq!(with_page("/x", 2), "/x?page=2");
    }
}
