//! The clock and randomness as arguments: everything that needs the time or a random number is given one of these.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

impl std::fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// Waits. Only for a command that somebody watches: a service never sleeps on its work.
#[async_trait::async_trait]
pub trait Waiting: Send + Sync {
    /// Returns when this moment has come.
    async fn until(&self, moment: Timestamp);
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

#[async_trait::async_trait]
impl Waiting for SystemClock {
    async fn until(&self, moment: Timestamp) {
        let wait = moment.duration_since(self.now());
        tokio::time::sleep(std::time::Duration::try_from(wait).unwrap_or_default()).await;
    }
}

/// A clock that stands still until it is moved: for tests, the demo and replays.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub const fn new(start: Timestamp) -> Self {
        Self(Mutex::new(start))
    }

    /// Moves the clock; a negative duration moves it back. Stays where it is at the ends of representable time.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.checked_add(by).unwrap_or(*now);
    }

    /// Sets the clock.
    pub fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = to;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Waiting moves it.
#[async_trait::async_trait]
impl Waiting for ManualClock {
    async fn until(&self, moment: Timestamp) {
        self.set(moment.max(self.now()));
    }
}

/// Gives random numbers: for jitter, lease names and ids.
pub trait Entropy: Send + Sync {
    /// The next 64 random bits.
    fn next(&self) -> u64;

    /// A number in `[0, 1)`.
    fn fraction(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
        let numerator = (self.next() >> 11) as f64;
        numerator / 9_007_199_254_740_992.0
    }
}

/// A generator: seeded from the system for the service, from a number for reproducible runs.
#[derive(Debug)]
pub struct Random(Mutex<rand::rngs::StdRng>);

impl Random {
    /// Seeded from the operating system.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn from_system() -> Result<Self, rand::rngs::SysError> {
        use rand::SeedableRng as _;
        Ok(Self(Mutex::new(rand::rngs::StdRng::try_from_rng(&mut rand::rngs::SysRng)?)))
    }

    /// The same numbers for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        use rand::SeedableRng as _;
        Self(Mutex::new(rand::rngs::StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for Random {
    fn next(&self) -> u64 {
        use rand::Rng as _;
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next_u64()
    }
}
