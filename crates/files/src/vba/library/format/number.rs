//! Numbers by a pattern of `0`, `#`, a point, commas, `%` and an exponent, in up to four sections.

use super::quoted;
use crate::vba::decimal::Decimal;
use crate::vba::value::Value;

/// A number by its decimal digits: 0.d₁d₂d₃… times a power of ten.
#[derive(Clone, Debug)]
pub(super) struct Digits {
    negative: bool,
    /// Without zeros in front; none at all for zero.
    digits: Vec<u8>,
    /// How many of them stand in front of the point.
    point: i32,
}

impl Digits {
    /// Returns the digits that `CStr` would write.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let real = |number: f64, count: usize| Decimal::of_real(number, count).map(Decimal::show);
        let shown = match value {
            Value::Single(number) => real(f64::from(*number), 7)?,
            Value::Double(number) => real(*number, 15)?,
            Value::Currency(number) => Decimal::scaled(*number, 4).show(),
            Value::Decimal(number) => number.show(),
            whole => crate::vba::convert::integer(whole).ok()??.to_string(),
        };
        let plain = shown.trim_start_matches('-');
        let whole = plain.find('.').unwrap_or(plain.len());
        let all: Vec<u8> = plain.bytes().filter(|c| *c != b'.').map(|c| c - b'0').collect();
        let zeros = all.iter().take_while(|digit| **digit == 0).count();
        let digits: Vec<u8> = all.get(zeros..)?.to_vec();
        Some(Digits {
            negative: shown.starts_with('-'),
            point: if digits.is_empty() {
                0
            } else {
                whole as i32 - zeros as i32
            },
            digits,
        })
    }

    /// Whether it is zero.
    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Keeps so many digits behind the point; a half goes away from zero.
    fn rounded(mut self, places: i32) -> Self {
        let kept = self.point + places;
        if kept < 0 {
            self.digits.clear();
        } else if (kept as usize) < self.digits.len() {
            let up = self.digits.get(kept as usize).is_some_and(|digit| *digit >= 5);
            self.digits.truncate(kept as usize);
            if up {
                self.carry();
            }
        }
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
        self
    }

    fn carry(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            *digit += 1;
            if *digit < 10 {
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.point += 1;
    }

    /// The digit at a place: 0 is the first behind the point, -1 the last in front of it.
    fn at(&self, place: i32) -> u8 {
        let at = usize::try_from(place + self.point).ok();
        at.and_then(|at| self.digits.get(at)).copied().unwrap_or(0)
    }
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    /// A digit; with `true` one that is written though it be an unneeded zero.
    Digit(bool),
    Literal(char),
}

/// What stands between semicolons.
#[derive(Clone, Debug, Default)]
struct Section {
    whole: Vec<Item>,
    fraction: Vec<Item>,
    point: bool,
    thousands: bool,
    /// Powers of ten by which the number is multiplied.
    shift: i32,
    exponent: Option<Exponent>,
}

/// The exponent of a section: its letter, whether a plus is written, its digits.
#[derive(Clone, Debug)]
struct Exponent {
    letter: char,
    plus: bool,
    digits: usize,
    behind: Vec<Item>,
}

/// Returns a number by a pattern; `None` where the pattern has marks that are not understood.
pub(super) fn written(number: &Digits, pattern: &[char]) -> Option<String> {
    let sections = sections(pattern)?;
    let own = match (number.negative, number.is_zero(), sections.as_slice()) {
        (true, _, [_, own, ..]) => Some(own),
        (_, true, [_, _, own, ..]) => Some(own),
        _ => None,
    };
    let first = sections.first()?;
    match own {
        // A section with nothing in it is written as the first.
        Some(own) if !own.is_empty() => Section::read(own)?.write(number, false, sections.len()),
        _ => Section::read(first)?.write(number, number.negative, sections.len()),
    }
}

/// Cuts a pattern at its semicolons.
fn sections(pattern: &[char]) -> Option<Vec<Vec<char>>> {
    let mut sections = vec![Vec::new()];
    let mut at = 0;
    while let Some(c) = pattern.get(at) {
        let length = match c {
            '\\' => 2,
            '"' => quoted(pattern.get(at + 1..)?)?.len() + 2,
            ';' => {
                sections.push(Vec::new());
                at += 1;
                continue;
            }
            _ => 1,
        };
        sections.last_mut()?.extend(pattern.get(at..at + length)?);
        at += length;
    }
    (sections.len() <= 4).then_some(sections)
}

impl Section {
    fn read(pattern: &[char]) -> Option<Self> {
        let mut section = Section::default();
        let mut at = 0;
        let mut commas = 0;
        while let Some(c) = pattern.get(at) {
            let mut length = 1;
            if matches!(c, '0' | '#') && commas > 0 {
                section.thousands = true;
                commas = 0;
            }
            match c {
                '0' | '#' => section.push(Item::Digit(*c == '0'))?,
                '.' if !section.point => section.point = true,
                // A comma counts only behind a digit in front of the point.
                ',' if !section.point && section.exponent.is_none() && section.has_digit() => commas += 1,
                '%' => {
                    section.shift += 2;
                    section.push(Item::Literal('%'))?;
                }
                'e' | 'E' if section.exponent.is_none() && section.has_digit() => {
                    let digits = pattern
                        .get(at + 2..)?
                        .iter()
                        .take_while(|c| matches!(c, '0' | '#'));
                    let digits = digits.count();
                    section.exponent = Some(Exponent {
                        letter: *c,
                        plus: pattern.get(at + 1) == Some(&'+'),
                        digits,
                        behind: Vec::new(),
                    });
                    length = 2 + digits;
                }
                '\\' => {
                    section.push(Item::Literal(*pattern.get(at + 1)?))?;
                    length = 2;
                }
                '"' => {
                    let text = quoted(pattern.get(at + 1..)?)?;
                    for c in text {
                        section.push(Item::Literal(*c))?;
                    }
                    length = text.len() + 2;
                }
                '-' | '+' | '$' | '(' | ')' | ' ' => section.push(Item::Literal(*c))?,
                _ => return None,
            }
            at += length;
        }
        section.shift -= 3 * commas;
        Some(section)
    }

    fn has_digit(&self) -> bool {
        self.whole.iter().any(|item| matches!(item, Item::Digit(_)))
    }

    fn push(&mut self, item: Item) -> Option<()> {
        let part = match &mut self.exponent {
            Some(exponent) if matches!(item, Item::Literal(_)) => &mut exponent.behind,
            Some(_) => return None,
            None if self.point => &mut self.fraction,
            None => &mut self.whole,
        };
        part.push(item);
        Some(())
    }

    fn write(&self, number: &Digits, signed: bool, sections: usize) -> Option<String> {
        let digit = |item: &&Item| matches!(item, Item::Digit(_));
        let places = self.fraction.iter().filter(digit).count() as i32;
        let before = self.whole.iter().filter(digit).count() as i32;
        if before + places == 0 && signed {
            return None;
        }
        let mut scaled = number.clone();
        if !scaled.is_zero() {
            scaled.point += self.shift;
        }
        let mut power = 0;
        if self.exponent.is_some() {
            (scaled, power) = normal(scaled, before, places);
        }
        let rounded = scaled.rounded(places);
        // Whether what rounds to nothing keeps its sign or its section is told in two ways.
        if rounded.is_zero() && !number.is_zero() && (number.negative || sections > 2) {
            return None;
        }
        let mut text = String::new();
        if signed {
            text.push('-');
        }
        self.write_whole(&rounded, before, &mut text)?;
        if self.point {
            text.push('.');
        }
        self.write_fraction(&rounded, &mut text);
        if let Some(exponent) = &self.exponent {
            let sign = match (power < 0, exponent.plus) {
                (true, _) => "-",
                (false, true) => "+",
                (false, false) => "",
            };
            let width = exponent.digits;
            text.push_str(&format!("{}{sign}{:0width$}", exponent.letter, power.abs()));
            text.extend(literals(&exponent.behind));
        }
        Some(text)
    }

    /// The digits in front of the point: the first place takes all that have none of their own.
    fn write_whole(&self, number: &Digits, places: i32, text: &mut String) -> Option<()> {
        if self.thousands && is_split(&self.whole) {
            return None;
        }
        let mut left = places;
        let mut started = false;
        let mut put = |text: &mut String, place: i32, needed: bool| {
            let shown = started || needed || place < number.point;
            if shown {
                text.push(char::from(b'0' + number.at(-place - 1)));
                started = true;
                if self.thousands && place > 0 && place % 3 == 0 {
                    text.push(',');
                }
            }
        };
        for item in &self.whole {
            match item {
                Item::Literal(c) => text.push(*c),
                Item::Digit(needed) => {
                    if left == places {
                        for place in (places..number.point).rev() {
                            put(text, place, true);
                        }
                    }
                    left -= 1;
                    put(text, left, *needed);
                }
            }
        }
        // A pattern without a place in front of the point does not say where such digits go.
        (places > 0 || number.point <= 0).then_some(())
    }

    fn write_fraction(&self, number: &Digits, text: &mut String) {
        let last = number.digits.len() as i32 - number.point;
        let needed = self.fraction.iter().filter(|item| matches!(item, Item::Digit(_)));
        let needed = needed.enumerate().filter(|(_, item)| **item == Item::Digit(true));
        let needed = needed.last().map_or(0, |(at, _)| at as i32 + 1);
        let mut place = 0;
        for item in &self.fraction {
            match item {
                Item::Literal(c) => text.push(*c),
                Item::Digit(_) => {
                    if place < last.max(needed) {
                        text.push(char::from(b'0' + number.at(place)));
                    }
                    place += 1;
                }
            }
        }
    }
}

/// Whether a literal stands between two digits.
fn is_split(items: &[Item]) -> bool {
    let digit = |item: &Item| matches!(item, Item::Digit(_));
    let first = items.iter().position(digit).unwrap_or(0);
    let last = items.iter().rposition(digit).unwrap_or(0);
    items
        .get(first..last)
        .is_some_and(|inner| !inner.iter().all(digit))
}

fn literals(items: &[Item]) -> impl Iterator<Item = char> + '_ {
    items.iter().filter_map(|item| match item {
        Item::Literal(c) => Some(*c),
        Item::Digit(_) => None,
    })
}

/// Moves the point so that as many digits stand in front of it as there are places; returns the power that is left.
fn normal(number: Digits, before: i32, places: i32) -> (Digits, i32) {
    if number.is_zero() {
        return (number, 0);
    }
    let shift = number.point - before;
    let moved = Digits {
        point: before,
        ..number
    };
    let mut rounded = moved.rounded(places);
    if rounded.point > before {
        rounded.point = before;
        return (rounded, shift + 1);
    }
    (rounded, shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_by_their_pattern() {
        for (number, pattern, text) in [
            (7.0, "00", Some("07")),
            (1234.5, "#,##0.00", Some("1,234.50")),
            (1_234_567.0, "#,##0", Some("1,234,567")),
            (5.0, "0,000", Some("0,005")),
            (0.5, "0", Some("1")),
            (2.5, "0", Some("3")),
            (-2.71, "0.#", Some("-2.7")),
            (2.0, "#.#", Some("2.")),
            (0.0, "#", Some("")),
            (0.0, "#.##", Some(".")),
            (0.25, "#.00", Some(".25")),
            (0.125, "0.0%", Some("12.5%")),
            (1234.5, "0.00E+00", Some("1.23E+03")),
            (0.00012, "0.0E-0", Some("1.2E-4")),
            (9.996, "0.00E+00", Some("1.00E+01")),
            (5_551_234.0, "000-0000", Some("555-1234")),
            (65.0, "\\x00", Some("x65")),
            (65.0, "\"n=\"0", Some("n=65")),
            (-3.0, "0;(0)", Some("(3)")),
            (-3.0, "0;", Some("-3")),
            (0.0, "0;-0;\\z\\e\\r\\o", Some("zero")),
            (1_500_000.0, "0.0,,", None),
            (1_500_000.0, "0,,", Some("2")),
            (1234.0, "$#,##0", Some("$1,234")),
            (-0.001, "0.00", None),
            (1.0, "0x", None),
            (1e20, "0", Some("100000000000000000000")),
        ] {
            let digits = Digits::of(&Value::Double(number)).unwrap();
            let pattern: Vec<char> = pattern.chars().collect();
            assert_eq!(
                written(&digits, &pattern).as_deref(),
                text,
                "{number} {pattern:?}"
            );
        }
    }
}
