//! The server's settings: a file, and over it the environment. The one place that reads the environment.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::tracker::github::{BaseUrl, Credentials, Settings as GitHubOptions, WriteLimits};

/// What the server is told.
#[derive(Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where its metrics are.
    pub metrics: MetricsAt,
    /// Where it keeps its data.
    pub database_url: String,
    /// What it logs: `tracing` directives, e.g. `info` or `plimsoll=debug`.
    pub log: String,
    /// How long deliveries are remembered.
    pub keep_deliveries: SignedDuration,
    /// How long records of what was done and why are kept.
    pub keep_records: SignedDuration,
    /// GitHub, where it is connected.
    pub github: Option<GitHubSettings>,
}

/// Where the metrics are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsAt {
    /// On the address of the webhooks, for who asks directly.
    Listen,
    /// On an address of their own.
    Own(SocketAddr),
    /// Nowhere.
    Off,
}

/// How GitHub is connected.
#[derive(Debug)]
pub struct GitHubSettings {
    /// Where it is, who the bot is there, how gently it goes about.
    pub adapter: GitHubOptions,
    /// What webhooks are signed with; several while one is being replaced.
    pub webhook_secrets: Vec<SecretString>,
}

/// What is wrong with the settings, naming the variable and the key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct SettingsError(String);

/// The settings file, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawSettings {
    listen: Option<String>,
    metrics_listen: Option<String>,
    database_url: Option<String>,
    log: Option<String>,
    keep_deliveries_days: Option<u32>,
    keep_records_days: Option<u32>,
    github: RawGitHub,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawGitHub {
    url: Option<String>,
    app_id: Option<u64>,
    private_key: Option<SecretString>,
    private_key_file: Option<PathBuf>,
    token: Option<SecretString>,
    repositories: Option<Vec<String>>,
    webhook_secrets: Option<Vec<SecretString>>,
    writes_per_second: Option<f64>,
}

/// Looks a variable up; a closure, so that tests need no process environment.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Settings {
    /// Reads the file, if one is named, and lays the process environment over it.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        Self::read(file, &environment)
    }

    /// The folder of the database; where that is no file, the present one.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        let file = self.database_url.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        let folder = file.and_then(|file| Path::new(file).parent()).filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or_else(|| Path::new(".")).to_owned()
    }

    fn read(file: Option<&Path>, environment: Environment<'_>) -> Result<Self, SettingsError> {
        let raw = file.map_or_else(|| Ok(RawSettings::default()), read_file)?;
        let listen = environment("PLIMSOLL_LISTEN").or(raw.listen).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        Ok(Self {
            listen: listen.parse().map_err(|_| {
                wrong("PLIMSOLL_LISTEN", "listen", "expected an address and a port, e.g. 127.0.0.1:8080 or [::]:8080")
            })?,
            metrics: metrics(environment("PLIMSOLL_METRICS_LISTEN").or(raw.metrics_listen).as_deref())?,
            database_url: environment("PLIMSOLL_DATABASE_URL")
                .or(raw.database_url)
                .unwrap_or_else(|| "sqlite://plimsoll.db".to_owned()),
            log: environment("PLIMSOLL_LOG").or(raw.log).unwrap_or_else(|| "info".to_owned()),
            keep_deliveries: days(
                ("PLIMSOLL_KEEP_DELIVERIES_DAYS", "keep_deliveries_days"),
                raw.keep_deliveries_days,
                30,
                environment,
            )?,
            keep_records: days(
                ("PLIMSOLL_KEEP_RECORDS_DAYS", "keep_records_days"),
                raw.keep_records_days,
                365,
                environment,
            )?,
            github: github(raw.github, environment)?,
        })
    }
}

/// A number of days: what a variable says, else the file, else this many.
fn days(
    (variable, key): (&str, &str),
    raw: Option<u32>,
    otherwise: u32,
    environment: Environment<'_>,
) -> Result<SignedDuration, SettingsError> {
    let days = match environment(variable) {
        Some(text) => text.trim().parse().ok(),
        None => Some(raw.unwrap_or(otherwise)),
    };
    match days {
        Some(days) if (1..=36_500).contains(&days) => Ok(SignedDuration::from_hours(24 * i64::from(days))),
        _ => Err(wrong(variable, key, "expected a number of days from 1 on, e.g. 30")),
    }
}

fn metrics(told: Option<&str>) -> Result<MetricsAt, SettingsError> {
    match told.map(str::trim) {
        None => Ok(MetricsAt::Listen),
        Some("off") => Ok(MetricsAt::Off),
        Some(address) => address.parse().map(MetricsAt::Own).map_err(|_| {
            wrong(
                "PLIMSOLL_METRICS_LISTEN",
                "metrics_listen",
                "expected an address and a port, e.g. 127.0.0.1:9464, or `off`; without it they are at /metrics of PLIMSOLL_LISTEN",
            )
        }),
    }
}

fn read_file(path: &Path) -> Result<RawSettings, SettingsError> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| SettingsError(format!("cannot read the settings file {shown}: {error}")))?;
    // Without the library's snippet of the file: a secret may stand in that line.
    let options = serde_yaml::options! { with_snippet: false };
    serde_yaml::from_str_with_options(&text, options)
        .map_err(|error| SettingsError(format!("the settings file {shown} is not as expected: {error}")))
}

fn github(raw: RawGitHub, environment: Environment<'_>) -> Result<Option<GitHubSettings>, SettingsError> {
    let Some(credentials) = credentials(&raw, environment)? else { return Ok(None) };
    let url = environment("PLIMSOLL_GITHUB_URL").or(raw.url).unwrap_or_else(|| "https://api.github.com".to_owned());
    let base_url =
        BaseUrl::new(&url).map_err(|error| wrong("PLIMSOLL_GITHUB_URL", "github.url", &error.to_string()))?;
    let write_limits = write_limits(raw.writes_per_second, environment)?;
    let repositories = repositories(raw.repositories, &credentials, environment)?;
    Ok(Some(GitHubSettings {
        adapter: GitHubOptions { write_limits, repositories, ..GitHubOptions::new(base_url, credentials) },
        webhook_secrets: webhook_secrets(raw.webhook_secrets, environment),
    }))
}

fn credentials(raw: &RawGitHub, environment: Environment<'_>) -> Result<Option<Credentials>, SettingsError> {
    let app_id = match environment("PLIMSOLL_GITHUB_APP_ID") {
        Some(text) => Some(text.trim().parse().map_err(|_| {
            wrong("PLIMSOLL_GITHUB_APP_ID", "github.app_id", "expected the App's number, as its settings page shows it")
        })?),
        None => raw.app_id,
    };
    let key = private_key(raw, environment)?;
    let token = environment("PLIMSOLL_GITHUB_TOKEN").map(SecretString::from).or_else(|| raw.token.clone());
    match (app_id, key, token) {
        (Some(id), Some(private_key), None) => Ok(Some(Credentials::App { id, private_key })),
        (None, None, Some(token)) => Ok(Some(Credentials::Token(token))),
        (None, None, None) => Ok(None),
        (Some(_), None, _) => Err(SettingsError(
            "the App's private key is missing: set PLIMSOLL_GITHUB_PRIVATE_KEY_FILE (github.private_key_file) to the .pem file, or PLIMSOLL_GITHUB_PRIVATE_KEY to its text".to_owned(),
        )),
        (None, Some(_), _) => Err(SettingsError(
            "there is a private key but no App: set PLIMSOLL_GITHUB_APP_ID (github.app_id) to the App's number".to_owned(),
        )),
        (Some(_), Some(_), Some(_)) => Err(SettingsError(
            "both an App and a token are set: keep PLIMSOLL_GITHUB_APP_ID with its key, or PLIMSOLL_GITHUB_TOKEN, not both".to_owned(),
        )),
    }
}

fn private_key(raw: &RawGitHub, environment: Environment<'_>) -> Result<Option<SecretString>, SettingsError> {
    if let Some(text) = environment("PLIMSOLL_GITHUB_PRIVATE_KEY") {
        // Many places that set variables cannot hold line breaks.
        return Ok(Some(SecretString::from(text.replace("\\n", "\n"))));
    }
    let file =
        environment("PLIMSOLL_GITHUB_PRIVATE_KEY_FILE").map(PathBuf::from).or_else(|| raw.private_key_file.clone());
    let Some(file) = file else { return Ok(raw.private_key.clone()) };
    let text = std::fs::read_to_string(&file).map_err(|error| {
        SettingsError(format!(
            "cannot read the App's private key {} (PLIMSOLL_GITHUB_PRIVATE_KEY_FILE, github.private_key_file): {error}",
            file.display()
        ))
    })?;
    Ok(Some(SecretString::from(text)))
}

fn webhook_secrets(raw: Option<Vec<SecretString>>, environment: Environment<'_>) -> Vec<SecretString> {
    let given = match environment("PLIMSOLL_GITHUB_WEBHOOK_SECRETS") {
        Some(list) => list.split(',').map(|secret| SecretString::from(secret.trim().to_owned())).collect(),
        None => raw.unwrap_or_default(),
    };
    given.into_iter().filter(|secret| !secret.expose_secret().is_empty()).collect()
}

/// An App's installations say themselves what they cover.
fn repositories(
    raw: Option<Vec<String>>,
    credentials: &Credentials,
    environment: Environment<'_>,
) -> Result<Vec<String>, SettingsError> {
    let named: Vec<String> = match environment("PLIMSOLL_GITHUB_REPOSITORIES") {
        Some(list) => list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
        None => raw.unwrap_or_default(),
    };
    let wrong = |expected: &str| Err(wrong("PLIMSOLL_GITHUB_REPOSITORIES", "github.repositories", expected));
    let is_name = |name: &String| {
        name.split_once('/').is_some_and(|(owner, name)| {
            let part = |part: &str| !part.is_empty() && !part.contains(|c: char| c == '/' || c.is_whitespace());
            part(owner) && part(name)
        })
    };
    match credentials {
        _ if !named.iter().all(is_name) => wrong("expected names such as acme/shop"),
        Credentials::App { .. } if !named.is_empty() => {
            wrong("it is for a token; which repositories an App works in is said where it is installed")
        }
        _ => Ok(named),
    }
}

fn write_limits(raw: Option<f64>, environment: Environment<'_>) -> Result<Option<WriteLimits>, SettingsError> {
    let invalid = || {
        wrong(
            "PLIMSOLL_GITHUB_WRITES_PER_SECOND",
            "github.writes_per_second",
            "expected a number of writes a second, e.g. 1, or 0 for no pacing",
        )
    };
    let rate = match environment("PLIMSOLL_GITHUB_WRITES_PER_SECOND") {
        Some(text) => text.trim().parse().map_err(|_| invalid())?,
        None => raw.unwrap_or(1.0),
    };
    if rate == 0.0 {
        return Ok(None);
    }
    if !(0.001..=1000.0).contains(&rate) {
        return Err(invalid());
    }
    let interval = jiff::SignedDuration::from_secs(1).mul_f64(1.0 / rate);
    Ok(Some(WriteLimits { interval, ..WriteLimits::default() }))
}

fn wrong(variable: &str, key: &str, expected: &str) -> SettingsError {
    SettingsError(format!("{variable} ({key} in the settings file) is not as expected: {expected}"))
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connected = if self.github.is_some() { "GitHub" } else { "no tracker" };
        write!(f, "listening on {}, keeping data in {}, connected to {connected}", self.listen, self.database_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads settings from a file's text and these variables.
    fn read(file: Option<&str>, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("plimsoll.yml");
        if let Some(text) = file {
            std::fs::write(&path, text).unwrap();
        }
        let look_up =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Settings::read(file.map(|_| path.as_path()), &look_up)
    }

    fn complaint(file: Option<&str>, variables: &[(&str, &str)]) -> String {
        read(file, variables).map(|settings| settings.to_string()).unwrap_err().to_string()
    }

    const TOKEN: (&str, &str) = ("PLIMSOLL_GITHUB_TOKEN", "ghp_secret");

    #[test]
    fn without_anything_there_are_defaults_and_no_tracker() {
        let settings = read(None, &[]).unwrap();
        insta::assert_snapshot!(settings, @"listening on 127.0.0.1:8080, keeping data in sqlite://plimsoll.db, connected to no tracker");
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let file = "listen: 127.0.0.1:1\ndatabase_url: sqlite://a.db\ngithub: { token: x, webhook_secrets: [one] }\n";
        let variables = [("PLIMSOLL_LISTEN", "127.0.0.1:2"), ("PLIMSOLL_GITHUB_WEBHOOK_SECRETS", "two, three,")];
        let settings = read(Some(file), &variables).unwrap();
        insta::assert_snapshot!(settings, @"listening on 127.0.0.1:2, keeping data in sqlite://a.db, connected to GitHub");
        let secrets = settings.github.unwrap().webhook_secrets;
        let secrets: Vec<&str> = secrets.iter().map(secrecy::ExposeSecret::expose_secret).collect();
        assert_eq!(secrets, ["two", "three"]);
    }

    #[test]
    fn the_example_is_in_order() {
        let key = tempfile::NamedTempFile::new().unwrap();
        let path = key.path().display().to_string();
        let variables = [("PLIMSOLL_GITHUB_APP_ID", "123456"), ("PLIMSOLL_GITHUB_PRIVATE_KEY_FILE", path.as_str())];
        let settings = read(Some(include_str!("../../config/server.example.yml")), &variables).unwrap();
        assert!(matches!(settings.github.unwrap().adapter.credentials, Credentials::App { id: 123_456, .. }));
    }

    #[test]
    fn what_is_old_is_kept_for_some_days() {
        let settings = read(Some("keep_deliveries_days: 7\n"), &[("PLIMSOLL_KEEP_RECORDS_DAYS", "90")]).unwrap();
        assert_eq!((settings.keep_deliveries.as_hours(), settings.keep_records.as_hours()), (7 * 24, 90 * 24));
        insta::assert_snapshot!(complaint(Some("keep_deliveries_days: 0\n"), &[]), @"PLIMSOLL_KEEP_DELIVERIES_DAYS (keep_deliveries_days in the settings file) is not as expected: expected a number of days from 1 on, e.g. 30");
        assert!(complaint(None, &[("PLIMSOLL_KEEP_RECORDS_DAYS", "all")]).starts_with("PLIMSOLL_KEEP_RECORDS_DAYS"));
    }

    #[test]
    fn metrics_have_an_address_of_their_own_or_none() {
        let metrics = |at| read(None, &[("PLIMSOLL_METRICS_LISTEN", at)]).unwrap().metrics;
        assert_eq!(read(None, &[]).unwrap().metrics, MetricsAt::Listen);
        assert_eq!(metrics("127.0.0.1:9464"), MetricsAt::Own("127.0.0.1:9464".parse().unwrap()));
        assert_eq!(metrics("off"), MetricsAt::Off);
        insta::assert_snapshot!(complaint(None, &[("PLIMSOLL_METRICS_LISTEN", "9464")]), @"PLIMSOLL_METRICS_LISTEN (metrics_listen in the settings file) is not as expected: expected an address and a port, e.g. 127.0.0.1:9464, or `off`; without it they are at /metrics of PLIMSOLL_LISTEN");
    }

    #[test]
    fn pacing_can_be_switched_off() {
        let limits = |rate| {
            let variables = [TOKEN, ("PLIMSOLL_GITHUB_WRITES_PER_SECOND", rate)];
            read(None, &variables).unwrap().github.unwrap().adapter.write_limits
        };
        assert_eq!(limits("0"), None);
        assert_eq!(limits("2").unwrap().interval, jiff::SignedDuration::from_millis(500));
    }

    #[test]
    fn a_token_is_told_where_to_look() {
        let named = |file, variables: &[(&str, &str)]| {
            let all: Vec<(&str, &str)> = [TOKEN].into_iter().chain(variables.iter().copied()).collect();
            read(file, &all).map(|settings| settings.github.unwrap().adapter.repositories)
        };
        let file = Some("github: { repositories: [acme/shop] }\n");
        assert_eq!(named(file, &[]).unwrap(), ["acme/shop"]);
        let variable = [("PLIMSOLL_GITHUB_REPOSITORIES", "acme/site, acme/app,")];
        assert_eq!(named(file, &variable).unwrap(), ["acme/site", "acme/app"]);
        insta::assert_snapshot!(named(None, &[("PLIMSOLL_GITHUB_REPOSITORIES", "shop")]).unwrap_err(), @"PLIMSOLL_GITHUB_REPOSITORIES (github.repositories in the settings file) is not as expected: expected names such as acme/shop");
        let app = [("PLIMSOLL_GITHUB_APP_ID", "1"), ("PLIMSOLL_GITHUB_PRIVATE_KEY", "key")];
        insta::assert_snapshot!(complaint(file, &app), @"PLIMSOLL_GITHUB_REPOSITORIES (github.repositories in the settings file) is not as expected: it is for a token; which repositories an App works in is said where it is installed");
    }

    #[test]
    fn mistakes_name_the_variable_and_what_to_do() {
        insta::assert_snapshot!(complaint(None, &[("PLIMSOLL_LISTEN", "8080")]), @"PLIMSOLL_LISTEN (listen in the settings file) is not as expected: expected an address and a port, e.g. 127.0.0.1:8080 or [::]:8080");
        insta::assert_snapshot!(complaint(None, &[("PLIMSOLL_GITHUB_APP_ID", "mine")]), @"PLIMSOLL_GITHUB_APP_ID (github.app_id in the settings file) is not as expected: expected the App's number, as its settings page shows it");
        insta::assert_snapshot!(complaint(None, &[("PLIMSOLL_GITHUB_APP_ID", "1")]), @"the App's private key is missing: set PLIMSOLL_GITHUB_PRIVATE_KEY_FILE (github.private_key_file) to the .pem file, or PLIMSOLL_GITHUB_PRIVATE_KEY to its text");
        insta::assert_snapshot!(complaint(None, &[TOKEN, ("PLIMSOLL_GITHUB_WRITES_PER_SECOND", "fast")]), @"PLIMSOLL_GITHUB_WRITES_PER_SECOND (github.writes_per_second in the settings file) is not as expected: expected a number of writes a second, e.g. 1, or 0 for no pacing");
        assert!(
            complaint(None, &[TOKEN, ("PLIMSOLL_GITHUB_URL", "ftp://x")])
                .starts_with("PLIMSOLL_GITHUB_URL (github.url")
        );
        assert!(complaint(Some("listne: x\n"), &[]).contains("listne"));
    }

    #[test]
    fn no_secret_is_shown() {
        let settings = read(None, &[TOKEN, ("PLIMSOLL_GITHUB_WEBHOOK_SECRETS", "hush")]).unwrap();
        let shown = format!("{settings} {settings:?}");
        assert!(!shown.contains("ghp_secret") && !shown.contains("hush"), "{shown}");
        let typo = complaint(Some("github: { token: ghp_secret, tokne: ghp_secret }\n"), &[]);
        assert!(!typo.contains("ghp_secret"), "{typo}");
    }
}
