//! Moments: microseconds since 1970-01-01T00:00:00Z, always UTC.
//!
//! This crate reads and writes moments; it never asks what time it is.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

const MICROS: i64 = 1_000_000;

/// A point in time to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// A text that is no moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time: {0:?} (expected RFC 3339 such as 2019-03-24T01:00:00Z, or seconds since 1970)")]
pub struct MomentError(pub String);

impl Moment {
    /// Returns the moment that lies `micros` microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Moment(micros)
    }

    /// Returns the moment that lies `seconds` after the epoch, or `None` beyond the range.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        seconds.checked_mul(MICROS).map(Moment)
    }

    /// Returns microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Returns whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// Reads decimal seconds since the epoch ("1553389200.123456"), exactly; digits below a microsecond are
    /// dropped.
    pub fn from_epoch_text(text: &str) -> Result<Self, MomentError> {
        let error = || MomentError(text.to_owned());
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return Err(error());
        }
        let whole: i64 = whole.parse().map_err(|_| error())?;
        let fraction: i64 = format!("{:0<6.6}", fraction).parse().map_err(|_| error())?;
        let micros = whole
            .checked_mul(MICROS)
            .and_then(|w| w.checked_add(fraction))
            .ok_or_else(error)?;
        Ok(Moment(if negative { -micros } else { micros }))
    }
}

impl FromStr for Moment {
    type Err = MomentError;

    /// Reads RFC 3339 ("2019-03-24T01:00:00Z", any offset), a date with or without time and no offset (read as
    /// UTC), or seconds since the epoch.
    fn from_str(text: &str) -> Result<Self, MomentError> {
        let error = || MomentError(text.to_owned());
        let text = text.trim();
        if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
            return Ok(Moment(stamp.as_microsecond()));
        }
        if text.contains([':', 'T']) || (text.len() == 10 && text.as_bytes().get(4) == Some(&b'-')) {
            let civil: jiff::civil::DateTime = text.parse().map_err(|_| error())?;
            let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| error())?;
            return Ok(Moment(zoned.timestamp().as_microsecond()));
        }
        Moment::from_epoch_text(text)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(stamp) => write!(f, "{stamp}"),
            // Outside the years that a calendar names, the count itself is the only honest form.
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.strip_suffix("us").map(str::parse) {
            Some(Ok(micros)) => Ok(Moment(micros)),
            _ => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// From the first to the last moment of something, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// The earliest moment.
    pub first: Moment,
    /// The latest moment, never before `first`.
    pub last: Moment,
}

impl Interval {
    /// Returns the interval between two moments, in whichever order they come.
    pub fn between(a: Moment, b: Moment) -> Self {
        Interval {
            first: a.min(b),
            last: a.max(b),
        }
    }

    /// Returns the interval of one moment.
    pub fn at(moment: Moment) -> Self {
        Interval {
            first: moment,
            last: moment,
        }
    }

    /// Returns the smallest interval that holds both.
    pub fn join(self, other: Interval) -> Self {
        Interval {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_moment_means_the_same() {
        let moment = Moment::from_seconds(1_553_389_200).unwrap();
        for text in [
            "2019-03-24T01:00:00Z",
            "2019-03-24T02:00:00+01:00",
            "2019-03-24 01:00:00",
            "2019-03-24T01:00:00",
            "1553389200",
            "1553389200.000000",
        ] {
            assert_eq!(text.parse::<Moment>().unwrap(), moment, "{text}");
        }
        assert_eq!(
            "2019-03-24".parse::<Moment>().unwrap().to_string(),
            "2019-03-24T00:00:00Z"
        );
        assert_eq!(moment.to_string(), "2019-03-24T01:00:00Z");
    }

    #[test]
    fn fractions_are_exact_and_nonsense_is_refused() {
        assert_eq!(Moment::from_epoch_text("1.5").unwrap().micros(), 1_500_000);
        assert_eq!(Moment::from_epoch_text("0.0000019").unwrap().micros(), 1);
        assert_eq!(Moment::from_epoch_text("-1.5").unwrap().micros(), -1_500_000);
        for text in [
            "",
            "-",
            "soon",
            "1.2.3",
            "99999999999999999999",
            "2019-13-01",
            "é.1",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_moment_beyond_the_calendar_survives_json() {
        let far = Moment::from_micros(i64::MAX);
        let json = serde_json::to_string(&far).unwrap();
        assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), far);
    }
}
