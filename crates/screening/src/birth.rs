//! Dates of birth, as exact as a list has them.

use serde::{Deserialize, Serialize};

/// When somebody was born: a span of years, and the month and day where one date is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Birth {
    /// The first year that it may be.
    pub from: u16,
    /// The last year that it may be; `from` where one year is named.
    pub to: u16,
    /// The month, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<u8>,
    /// The day of the month, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<u8>,
    /// Whether the list says that it is about then.
    pub circa: bool,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const YEARS: std::ops::RangeInclusive<u16> = 1000..=2999;

impl Birth {
    /// Returns a year.
    pub fn year(year: u16) -> Self {
        Birth {
            from: year,
            to: year,
            month: None,
            day: None,
            circa: false,
        }
    }

    /// Reads what lists write: `1970`, `1970-02-03`, `1970-02`, `03 Feb 1970`, `Feb 1970`, `03/02/1970` (day first),
    /// `00/00/1970`, a span (`1970 to 1975`, `01 Jan 1970 to 31 Dec 1972`), and `circa` before any of them.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (text, circa) = match text.strip_prefix("circa ").or_else(|| text.strip_prefix("c. ")) {
            Some(rest) => (rest.trim(), true),
            None => (text.as_str(), false),
        };
        let birth = match text.split_once(" to ") {
            Some((from, to)) => Birth::between(date(from)?.from, date(to)?.to)?,
            None => date(text)?,
        };
        Some(Birth {
            circa: circa || birth.circa,
            ..birth
        })
    }

    /// Returns a span of years; nothing where it ends before it begins.
    pub fn between(from: u16, to: u16) -> Option<Self> {
        (from <= to).then(|| Birth {
            to,
            ..Birth::year(from)
        })
    }

    pub(crate) fn about(self) -> Self {
        Birth { circa: true, ..self }
    }
}

fn date(text: &str) -> Option<Birth> {
    let text = text.trim();
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '/'))
        .filter(|word| !word.is_empty())
        .collect();
    let (year, month, day) = match (words.as_slice(), text.contains('/')) {
        ([year], _) => (*year, None, None),
        ([day, month, year], true) => (*year, Some(*month), Some(*day)),
        ([first, month, last], false) if first.len() == 4 => (*first, Some(*month), Some(*last)),
        ([day, month, year], false) => (*year, Some(*month), Some(*day)),
        ([first, last], _) if first.len() == 4 => (*first, Some(*last), None),
        ([month, year], _) => (*year, Some(*month), None),
        _ => return None,
    };
    let year = year.parse().ok().filter(|year| YEARS.contains(year))?;
    // What is zero is not known; what is written and cannot be read makes the whole unreadable.
    let month = match month {
        Some(text) => Some(self::month(text)?).filter(|month| *month > 0),
        None => None,
    };
    let day = match day {
        Some(text) => Some(number(text, 31)?).filter(|day| *day > 0 && month.is_some()),
        None => None,
    };
    Some(Birth {
        month,
        day,
        ..Birth::year(year)
    })
}

fn month(text: &str) -> Option<u8> {
    let named = MONTHS
        .iter()
        .position(|name| text.get(..3).is_some_and(|head| head == *name));
    match named {
        Some(at) => u8::try_from(at + 1).ok(),
        None => number(text, 12),
    }
}

fn number(text: &str, last: u8) -> Option<u8> {
    text.parse().ok().filter(|number| *number <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lists_write_is_read() {
        let exact = |year, month, day| Birth {
            month,
            day,
            ..Birth::year(year)
        };
        for (text, birth) in [
            ("1970", Birth::year(1970)),
            ("1970-02-03", exact(1970, Some(2), Some(3))),
            ("1970-02", exact(1970, Some(2), None)),
            ("03 Feb 1970", exact(1970, Some(2), Some(3))),
            ("Feb 1970", exact(1970, Some(2), None)),
            ("September 1970", exact(1970, Some(9), None)),
            ("03/02/1970", exact(1970, Some(2), Some(3))),
            ("00/00/1970", Birth::year(1970)),
            ("circa 1970", Birth::year(1970).about()),
            ("1970 to 1975", Birth::between(1970, 1975).unwrap()),
            (
                "circa 01 Jan 1970 to 1975",
                Birth::between(1970, 1975).unwrap().about(),
            ),
        ] {
            assert_eq!(Birth::read(text), Some(birth), "{text}");
        }
        for text in [
            "",
            "unknown",
            "1975 to 1970",
            "32/01/1970",
            "03 Foo 1970",
            "70",
            "1970-13-01",
        ] {
            assert_eq!(Birth::read(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,30}") {
            let _: Option<Birth> = Birth::read(&text);
        }
    }
}
