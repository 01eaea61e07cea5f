//! `Europe/Vienna`: the time zone in which a board's dates are dates.

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::policy::problem::{Mistake, meant_within, quoted};
use crate::policy::read::{Term, term_schema};

/// A time zone of the IANA database that is compiled in: which zones exist does not depend on the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated Universal Time.
    pub(in crate::policy) const UTC: Self = Self(TimeZone::UTC);

    /// The zone.
    #[must_use]
    pub const fn get(&self) -> &TimeZone {
        &self.0
    }
}

impl Term for Zone {
    const FORM: &'static str = "a time zone such as `Europe/Vienna`";

    fn parse(text: &str) -> Result<Self, Mistake> {
        let database = TimeZoneDatabase::bundled();
        if text.len() <= 50
            && let Ok(zone) = database.get(text)
        {
            return Ok(Self(zone));
        }
        let names: Vec<String> = database.available().map(|name| name.as_str().to_owned()).collect();
        // One slip, no more: names of cities are near to one another.
        let advice = match meant_within(1, text, names.iter().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "write region and city, e.g. `Europe/Vienna`, or `UTC`".to_owned(),
        };
        Err(Mistake::new(format!("{} is no time zone", quoted(text)), advice))
    }
}

term_schema!(Zone, "Zone", { "type": "string", "maxLength": 50, "default": "UTC", "examples": ["Europe/Vienna", "UTC"] });
