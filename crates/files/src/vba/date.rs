//! Dates: days since 1899-12-30 with the time as a fraction (MS-VBAL 2.1), and how they are read from text.
//!
//! Text is read the way Visual Basic stores literals, month before day. What a program reads at run time goes by the
//! settings of its machine, so there only a text that means one day everywhere is read.

/// The first day that a Date can be, and the first that it cannot.
pub(super) const DAYS: std::ops::Range<i64> = -657_434..2_958_466;

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// The months as English has them.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The days of the week as English has them.
pub(super) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// A Date taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Days since 1899-12-30.
    pub days: i64,
    pub year: i64,
    pub month: i64,
    pub day: i64,
    /// Seconds since midnight.
    pub time: i64,
}

impl Moment {
    /// Returns a Date taken apart, to the nearest second; `None` outside of the years 100 to 9999.
    pub(super) fn of(serial: f64) -> Option<Self> {
        let time = (serial.fract().abs() * DAY as f64).round() as i64;
        let days = (serial.trunc() as i64).saturating_add(time / DAY);
        if !serial.is_finite() || !DAYS.contains(&days) {
            return None;
        }
        let (year, month, day) = civil(days);
        Some(Moment {
            days,
            year,
            month,
            day,
            time: time % DAY,
        })
    }

    /// Returns the Date.
    pub(super) fn serial(&self) -> f64 {
        joined(self.days, self.time)
    }

    pub(super) fn hour(&self) -> i64 {
        self.time / 3600
    }

    pub(super) fn minute(&self) -> i64 {
        self.time / 60 % 60
    }

    pub(super) fn second(&self) -> i64 {
        self.time % 60
    }

    /// The day of the week, 0 for Sunday.
    pub(super) fn weekday(&self) -> i64 {
        (self.days - 1).rem_euclid(7)
    }

    /// The day of the year, from 1.
    pub(super) fn day_of_year(&self) -> i64 {
        self.days - days_of(self.year, 1, 1) + 1
    }

    /// The quarter, from 1.
    pub(super) fn quarter(&self) -> i64 {
        (self.month + 2) / 3
    }
}

/// Returns the Date of a day and seconds since its midnight: before 1899-12-30 the time counts away from zero.
pub(super) fn joined(days: i64, time: i64) -> f64 {
    let fraction = time as f64 / DAY as f64;
    days as f64 + if days < 0 { -fraction } else { fraction }
}

/// Returns the day of a year, month and day of the month, of which months and days may lie outside of their year
/// and month; `None` outside of the years 100 to 9999.
pub(super) fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    let months = year.checked_mul(12)?.checked_add(month.checked_sub(1)?)?;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    if !(0..=10_000).contains(&year) {
        return None;
    }
    let days = days_of(year, month, 1).checked_add(day.checked_sub(1)?)?;
    DAYS.contains(&days).then_some(days)
}

/// Returns how many days a month has.
pub(super) fn month_length(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 {
        (year + 1, 1)
    } else {
        (year, month + 1)
    };
    days_of(next_year, next, 1) - days_of(year, month, 1)
}

/// Days of the civil calendar, counted from March so that the leap day is last.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let (y, m) = if month <= 2 {
        (year - 1, month + 9)
    } else {
        (year, month - 3)
    };
    365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * m + 2) / 5 + day - 1 - 693_899
}

/// Returns year, month and day of a day counted from 30 December 1899.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 693_899;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    match month {
        0..=9 => (era * 400 + year, month + 3, day),
        _ => (era * 400 + year + 1, month - 9, day),
    }
}

/// Returns the date that a literal says.
pub(super) fn literal(text: &str) -> Option<f64> {
    read(text, false)
}

/// Returns the date that a text says, where it says the same on every machine.
pub(super) fn everywhere(text: &str) -> Option<f64> {
    read(text, true)
}

fn read(text: &str, everywhere: bool) -> Option<f64> {
    if text.len() > 64 || !text.is_ascii() {
        return None;
    }
    let lower = text.trim().to_ascii_lowercase();
    let words = lower
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>();
    let clock = words.iter().position(|word| word.contains(':'));
    let half = |word: &&str| matches!(*word, "am" | "pm");
    let clock = clock.or_else(|| words.iter().position(half).map(|at| at.saturating_sub(1)));
    let (before, behind) = words.split_at(clock.unwrap_or(words.len()));
    let time = match behind {
        [] => 0,
        [time] => seconds(time, None)?,
        [time, half] => seconds(time, Some(half))?,
        _ => return None,
    };
    let days = match before {
        [] if !behind.is_empty() => 0,
        words => calendar_day(words, everywhere)?,
    };
    Some(joined(days, time))
}

/// `h:m[:s]`, or an hour with `am` or `pm`.
fn seconds(text: &str, half: Option<&str>) -> Option<i64> {
    let (text, half) = match (text.strip_suffix("am"), text.strip_suffix("pm"), half) {
        (Some(text), _, None) => (text, Some("am")),
        (_, Some(text), None) => (text, Some("pm")),
        _ => (text, half),
    };
    let parts = text
        .split(':')
        .map(|part| number(part).filter(|number| *number < 60))
        .collect::<Option<Vec<i64>>>()?;
    let (hour, minute, second) = match parts.as_slice() {
        [hour] if half.is_some() => (*hour, 0, 0),
        [hour, minute] => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let hour = match (half, hour) {
        (None, 0..24) => hour,
        (Some("am"), 12) => 0,
        (Some("pm"), 12) => 12,
        (Some("am"), 0..12) => hour,
        (Some("pm"), 0..12) => hour + 12,
        _ => return None,
    };
    Some(hour * 3600 + minute * 60 + second)
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn calendar_day(words: &[&str], everywhere: bool) -> Option<i64> {
    let parts = match words {
        [one] => one.split(['/', '-']).collect::<Vec<_>>(),
        more => more.to_vec(),
    };
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    let named = |text: &str| {
        let found = MONTHS.iter().position(|month| {
            let month = month.to_ascii_lowercase();
            text.len() >= 3 && (text == month || Some(text) == month.get(..3))
        });
        found.map(|at| at as i64 + 1).filter(|_| !everywhere)
    };
    let long = |text: &str| number(text).filter(|_| text.len() == 4);
    let (year, month, day_of_month) =
        if let (Some(month), Some(day), Some(year)) = (named(a), number(b), long(c)) {
            (year, month, day)
        } else if let (Some(day), Some(month), Some(year)) = (number(a), named(b), long(c)) {
            (year, month, day)
        } else if let (Some(year), Some(month), Some(day)) = (long(a), number(b), number(c)) {
            (year, month, day)
        } else if let (Some(first), Some(second), Some(year)) = (number(a), number(b), long(c)) {
            match (first, second) {
                (1..=12, 1..=12) if everywhere && first != second => return None,
                (1..=12, _) => (year, first, second),
                _ => (year, second, first),
            }
        } else {
            return None;
        };
    let in_year = (1..=12).contains(&month) && (100..=9999).contains(&year);
    let fits = in_year && (1..=month_length(year, month)).contains(&day_of_month);
    fits.then(|| day(year, month, day_of_month)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_the_calendar_agree() {
        for (days, civil) in [
            (0, (1899, 12, 30)),
            (1, (1899, 12, 31)),
            (60, (1900, 2, 28)),
            (61, (1900, 3, 1)),
            (43_831, (2020, 1, 1)),
            (43_890, (2020, 2, 29)),
            (-657_434, (100, 1, 1)),
            (2_958_465, (9999, 12, 31)),
        ] {
            assert_eq!(super::civil(days), civil);
            assert_eq!(day(civil.0, civil.1, civil.2), Some(days));
        }
        for days in (-657_434..2_958_466).step_by(97) {
            let (year, month, of_month) = super::civil(days);
            assert_eq!(day(year, month, of_month), Some(days));
        }
        assert_eq!(day(2020, 14, 0), day(2021, 1, 31));
        assert_eq!(day(99, 12, 31), None);
    }

    #[test]
    fn literals_have_the_month_first() {
        for (text, serial) in [
            ("12/31/1899", Some(1.0)),
            ("1/2/2020", Some(43_832.0)),
            ("13/2/2020", Some(43_874.0)),
            ("Jan 2, 2020", Some(43_832.0)),
            ("2 January 2020", Some(43_832.0)),
            ("2020-01-02", Some(43_832.0)),
            ("6:00:00 PM", Some(0.75)),
            ("1/2/2020 12:00 PM", Some(43_832.5)),
            ("12 am", Some(0.0)),
            ("2/30/2020", None),
            ("1/2/20", None),
        ] {
            assert_eq!(literal(text), serial, "{text}");
        }
        assert_eq!(everywhere("1/2/2020"), None, "a machine may read February");
        assert_eq!(everywhere("2/2/2020"), literal("2/2/2020"));
        assert_eq!(everywhere("31/12/2020"), literal("12/31/2020"));
        assert_eq!(everywhere("2020-12-31 23:59"), literal("12/31/2020 23:59"));
    }

    #[test]
    fn a_number_beyond_the_calendar_is_no_date() {
        for serial in [1e300, -1e300, f64::NAN, f64::INFINITY, 2_958_466.0, -657_435.0] {
            assert_eq!(Moment::of(serial), None, "{serial}");
        }
        assert!(Moment::of(2_958_465.5).is_some());
    }

    #[test]
    fn a_time_is_a_fraction_away_from_zero() {
        let moment = Moment::of(-1.25).unwrap();
        assert_eq!((moment.days, moment.hour()), (-1, 6));
        assert_eq!(moment.serial(), -1.25);
        let almost = Moment::of(0.999_999_9).unwrap();
        assert_eq!((almost.days, almost.time), (1, 0));
    }
}
