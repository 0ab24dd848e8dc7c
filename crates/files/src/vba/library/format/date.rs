//! Dates by a pattern of `d`, `m`, `y`, `h`, `n`, `s`, `w`, `q` and `AM/PM`.

use super::super::calendar::week;
use super::quoted;
use crate::vba::date::{MONTHS, Moment, WEEKDAYS};

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    /// A letter in lower case and how often it stands there.
    Field(char, usize),
    /// The words for the halves of the day.
    Half(&'static str, &'static str),
    Literal(char),
}

/// The ways to write the half of the day.
const HALVES: &[(&str, &str, &str)] = &[
    ("AM/PM", "AM", "PM"),
    ("am/pm", "am", "pm"),
    ("A/P", "A", "P"),
    ("a/p", "a", "p"),
    ("AMPM", "AM", "PM"),
];

/// Returns a date by a pattern; `None` where it goes by the machine's settings or is not understood.
pub(super) fn written(moment: &Moment, pattern: &[char]) -> Option<String> {
    let items = items(pattern)?;
    let halved = items.iter().any(|item| matches!(item, Item::Half(..)));
    let mut text = String::new();
    let mut hour_before = false;
    for (at, item) in items.iter().enumerate() {
        match item {
            Item::Literal(c) => text.push(*c),
            Item::Half(morning, evening) => {
                text.push_str(if moment.hour() < 12 { morning } else { evening });
            }
            Item::Field('m', count @ (1 | 2)) if hour_before => {
                text.push_str(&padded(moment.minute(), *count));
                hour_before = false;
            }
            Item::Field('m', 1 | 2) if seconds_follow(items.get(at + 1..)?) => return None,
            Item::Field(letter, count) => {
                text.push_str(&field(moment, *letter, *count, halved)?);
                hour_before = *letter == 'h';
            }
        }
    }
    Some(text)
}

/// Whether the next field is seconds: then readers differ in whether `m` is minutes.
fn seconds_follow(items: &[Item]) -> bool {
    let next = items.iter().find(|item| matches!(item, Item::Field(..)));
    matches!(next, Some(Item::Field('s', _)))
}

fn items(pattern: &[char]) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(c) = pattern.get(at) {
        let rest: String = pattern.get(at..)?.iter().take(5).collect();
        if let Some((mark, morning, evening)) = HALVES.iter().find(|(mark, ..)| rest.starts_with(mark)) {
            items.push(Item::Half(morning, evening));
            at += mark.len();
            continue;
        }
        match c {
            '\\' => {
                items.push(Item::Literal(*pattern.get(at + 1)?));
                at += 2;
            }
            '"' => {
                let text = quoted(pattern.get(at + 1..)?)?;
                items.extend(text.iter().copied().map(Item::Literal));
                at += text.len() + 2;
            }
            c if c.is_ascii_alphabetic() => {
                let letter = c.to_ascii_lowercase();
                let run = pattern
                    .get(at..)?
                    .iter()
                    .take_while(|c| c.eq_ignore_ascii_case(&letter));
                let count = run.count();
                items.push(Item::Field(letter, count));
                at += count;
            }
            ' ' | '-' | '/' | ':' | ',' | '.' | '(' | ')' | '_' | '+' | '$' => {
                items.push(Item::Literal(*c));
                at += 1;
            }
            _ => return None,
        }
    }
    Some(items)
}

fn padded(number: i64, width: usize) -> String {
    format!("{number:0width$}")
}

fn field(moment: &Moment, letter: char, count: usize, halved: bool) -> Option<String> {
    let named = |names: &[&str], at: i64, short: bool| {
        let name = usize::try_from(at).ok().and_then(|at| names.get(at).copied())?;
        if short { name.get(..3) } else { Some(name) }.map(str::to_owned)
    };
    Some(match (letter, count) {
        ('d', 1 | 2) => padded(moment.day, count),
        ('d', 3 | 4) => named(&WEEKDAYS, moment.weekday(), count == 3)?,
        ('m', 1 | 2) => padded(moment.month, count),
        ('m', 3 | 4) => named(&MONTHS, moment.month - 1, count == 3)?,
        ('y', 1) => moment.day_of_year().to_string(),
        ('y', 2) => padded(moment.year % 100, 2),
        ('y', 4) => padded(moment.year, 4),
        ('w', 1) => (moment.weekday() + 1).to_string(),
        ('w', 2) => week(moment).to_string(),
        ('q', 1) => moment.quarter().to_string(),
        ('h', 1 | 2) => {
            let hour = match (halved, moment.hour() % 12) {
                (false, _) => moment.hour(),
                (true, 0) => 12,
                (true, hour) => hour,
            };
            padded(hour, count)
        }
        ('n', 1 | 2) => padded(moment.minute(), count),
        ('s', 1 | 2) => padded(moment.second(), count),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_by_their_pattern() {
        let moment = Moment::of(crate::vba::date::literal("3/5/2021 13:04:09").unwrap()).unwrap();
        for (pattern, text) in [
            ("yyyy-mm-dd", Some("2021-03-05")),
            ("d/m/yy", Some("5/3/21")),
            ("hh:mm:ss", Some("13:04:09")),
            ("h:n AM/PM", Some("1:4 PM")),
            ("hh:nn:ss a/p", Some("01:04:09 p")),
            ("dddd, mmmm d", Some("Friday, March 5")),
            ("ddd mmm", Some("Fri Mar")),
            ("y q w ww", Some("64 1 6 10")),
            ("\\d\"ay \"d", Some("day 5")),
            ("yyyymmddhhnnss", Some("20210305130409")),
            ("mm:ss", None),
            ("ddddd", None),
            ("c", None),
        ] {
            let pattern: Vec<char> = pattern.chars().collect();
            assert_eq!(written(&moment, &pattern).as_deref(), text, "{pattern:?}");
        }
    }
}
