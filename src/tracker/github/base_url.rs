//! The address of GitHub's API, and the rule that nothing is ever asked of another host.

use std::fmt;

use url::{Host, Url};

/// `https://api.github.com`, or `https://HOST/api/v3` for GitHub Enterprise Server. `http` only on the machine itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// What a request is sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A path at the base's host. octocrab puts the base's path before one that does not begin with it; told whole, it
    /// never has to guess.
    Path(String),
    /// An address at the base's host that octocrab could not make: it lies beside the base's path.
    Whole(String),
}

impl Address {
    /// A path below the base.
    pub(super) fn below(base: &BaseUrl, path: &str) -> Self {
        Self::Path(format!("{}{path}", base.path()))
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Path(text) | Self::Whole(text) => text,
        }
    }
}

/// Why a text is no address of GitHub's API.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` cannot be GitHub's API ({why}): expected https://api.github.com, or https://HOST/api/v3 for GitHub Enterprise Server"
)]
pub struct InvalidBaseUrl {
    text: String,
    why: &'static str,
}

impl BaseUrl {
    /// Checks an address.
    ///
    /// # Errors
    /// When it is no `https` URL (or `http` on the loopback), or has a password, a query or a fragment.
    pub fn new(text: &str) -> Result<Self, InvalidBaseUrl> {
        let invalid = |why| InvalidBaseUrl { text: text.chars().take(200).collect(), why };
        let mut url = Url::parse(text.trim()).map_err(|_| invalid("it is no URL"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidBaseUrl { text: "…".to_owned(), why: "it has a user name or a password in it" });
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(invalid("without https, tokens would travel in the clear")),
            _ => return Err(invalid("it is no https URL")),
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it has a query or a fragment"));
        }
        if matches!(url.host_str(), Some("github.com" | "www.github.com")) {
            return Err(invalid("that is the website"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The path below which the API lives, without a slash at its end: empty or `/api/v3`.
    pub(super) fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Where people open what the API tells of: `https://github.com/`, or the server itself.
    pub(super) fn web(&self) -> Option<Url> {
        let mut web = self.0.clone();
        let host = self.0.host_str()?;
        // github.com and companies' subdomains of ghe.com have their API at a host of its own.
        if let Some(site) = host.strip_prefix("api.").filter(|site| *site == "github.com" || site.ends_with(".ghe.com"))
        {
            web.set_host(Some(site)).ok()?;
        }
        let path = format!("{}/", self.path().strip_suffix("/api/v3").unwrap_or_else(|| self.path()));
        web.set_path(&path);
        Some(web)
    }

    /// Where GraphQL is asked: `/graphql`; on Enterprise Server beside the REST API, at `/api/graphql`.
    pub(super) fn graphql(&self) -> Address {
        match self.path().strip_suffix("/v3") {
            Some(above) => Address::Whole(format!("{}{above}/graphql", self.0.origin().ascii_serialization())),
            None => Address::below(self, "/graphql"),
        }
    }

    /// What an address that GitHub sent means below this one: path and query, or none when it leads elsewhere.
    pub(super) fn relative(&self, address: &str) -> Option<String> {
        let url = self.0.join(address).ok()?;
        if url.origin() != self.0.origin() {
            return None;
        }
        let path = url.path().strip_prefix(self.path()).filter(|path| path.starts_with('/'))?;
        Some(match url.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        })
    }
}

impl Default for BaseUrl {
    #[expect(clippy::expect_used, reason = "a constant; a test reads it")]
    fn default() -> Self {
        Self::new("https://api.github.com").expect("a valid address")
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// One segment of a path, so that a name can never become two segments or another path.
pub(super) fn segment(text: &str) -> String {
    if text.chars().all(|c| c == '.') {
        return text.replace('.', "%2E");
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend([byte >> 4, byte & 15].iter().filter_map(|digit| char::from_digit((*digit).into(), 16)));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{Address, BaseUrl, segment};

    #[test]
    fn addresses_are_normalised() {
        assert_eq!(BaseUrl::default().as_str(), "https://api.github.com");
        assert_eq!(BaseUrl::default().path(), "");
        let enterprise = BaseUrl::new(" https://git.acme.example/api/v3/ ").unwrap();
        assert_eq!((enterprise.as_str(), enterprise.path()), ("https://git.acme.example/api/v3", "/api/v3"));
        for loopback in ["http://127.0.0.1:4801", "http://localhost:80/", "http://[::1]:9"] {
            assert!(BaseUrl::new(loopback).is_ok(), "{loopback}");
        }
    }

    #[test]
    fn what_cannot_be_an_api_is_refused() {
        let error = |text| BaseUrl::new(text).unwrap_err().to_string();
        insta::assert_snapshot!(error("http://git.acme.example/api/v3"), @"`http://git.acme.example/api/v3` cannot be GitHub's API (without https, tokens would travel in the clear): expected https://api.github.com, or https://HOST/api/v3 for GitHub Enterprise Server");
        insta::assert_snapshot!(error("api.github.com"), @"`api.github.com` cannot be GitHub's API (it is no URL): expected https://api.github.com, or https://HOST/api/v3 for GitHub Enterprise Server");
        for text in
            ["", "ftp://x", "https://github.com/acme", "https://x/?a=b", "https://x/#a", "http://127.0.0.1.example"]
        {
            assert!(BaseUrl::new(text).is_err(), "{text}");
        }
        assert!(!error("https://me:hunter2@x/").contains("hunter2"));
    }

    #[test]
    fn links_stay_below_the_base() {
        let base = BaseUrl::new("https://git.acme.example/api/v3").unwrap();
        let relative = |address: &str| base.relative(address);
        assert_eq!(
            relative("https://git.acme.example/api/v3/repositories/5/issues?page=2&per_page=100").unwrap(),
            "/repositories/5/issues?page=2&per_page=100"
        );
        assert_eq!(relative("/api/v3/user").unwrap(), "/user");
        for elsewhere in [
            "https://evil.example/api/v3/user",
            "http://git.acme.example/api/v3/user",
            "https://git.acme.example:444/api/v3/user",
            "https://git.acme.example/login",
            "https://git.acme.example/api/v34",
            "https://git.acme.example/api/v3/../../login",
            "//evil.example/api/v3/user",
            "https://",
        ] {
            assert_eq!(relative(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn people_open_it_at_the_website() {
        for (api, web) in [
            ("https://api.github.com", "https://github.com/"),
            ("https://api.acme.ghe.com", "https://acme.ghe.com/"),
            ("https://git.acme.example/api/v3", "https://git.acme.example/"),
            ("https://git.acme.example:8443/forge/api/v3/", "https://git.acme.example:8443/forge/"),
            ("http://127.0.0.1:4801", "http://127.0.0.1:4801/"),
        ] {
            assert_eq!(BaseUrl::new(api).unwrap().web().unwrap().as_str(), web);
        }
    }

    #[test]
    fn graphql_lies_beside_the_rest_api_of_enterprise_server() {
        assert_eq!(BaseUrl::default().graphql(), Address::Path("/graphql".into()));
        let enterprise = BaseUrl::new("https://git.acme.example/api/v3").unwrap();
        assert_eq!(enterprise.graphql(), Address::Whole("https://git.acme.example/api/graphql".into()));
    }

    #[test]
    fn a_segment_stays_one_segment() {
        assert_eq!(segment("tech-debt"), "tech-debt");
        assert_eq!(segment("kind/clean up?#%é"), "kind%2fclean%20up%3f%23%25%c3%a9");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segment(".github"), ".github");
    }
}
