//! Numbers as VBA reads, rounds and writes them (MS-VBAL 5.5.1.2).

/// Returns the number that a whole string says, as `CDbl` reads it; `None` where that is a type mismatch.
pub(super) fn parse(text: &str) -> Option<f64> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text).trim_start()),
    };
    if let Some(radix) = digits.strip_prefix('&') {
        return from_radix(radix).map(|number| number as f64);
    }
    let plain = digits.replace(',', "").replace(['d', 'D'], "e");
    let starts_well = plain.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = starts_well.then(|| plain.parse().ok()).flatten()?;
    number
        .is_finite()
        .then_some(if negative { -number } else { number })
}

/// Returns what stands behind `&` in a string as a number: `H1F`, `O17`; 16 bits wrap, then 32.
fn from_radix(text: &str) -> Option<i64> {
    let (base, digits) = match text.chars().next()? {
        'h' | 'H' => (16, text.get(1..)?),
        'o' | 'O' => (8, text.get(1..)?),
        _ => (8, text),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    if let Some(long) = digits.strip_suffix('&') {
        return Some(i64::from(u32::from_str_radix(long, base).ok()? as i32));
    }
    wrap(u64::from_str_radix(digits, base).ok()?)
}

fn wrap(number: u64) -> Option<i64> {
    match (u16::try_from(number), u32::try_from(number)) {
        (Ok(short), _) => Some(i64::from(short as i16)),
        (_, Ok(long)) => Some(i64::from(long as i32)),
        _ => Some(number as i64),
    }
}

/// Returns what `Val` reads: the longest number that the text starts with, blanks left out, else 0.
pub(super) fn val(text: &str) -> f64 {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r'))
        .take(400)
        .collect();
    if let Some(radix) = plain.strip_prefix('&') {
        let base = match radix.chars().next() {
            Some('h' | 'H') => 16,
            _ => 8,
        };
        let skipped = usize::from(radix.starts_with(['h', 'H', 'o', 'O']));
        let digits: String = radix
            .chars()
            .skip(skipped)
            .take_while(|c| c.is_digit(base))
            .collect();
        let long = radix
            .get(skipped + digits.len()..)
            .is_some_and(|rest| rest.starts_with('&'));
        let number = u64::from_str_radix(&digits, base).ok();
        let number = number.and_then(|number| match u32::try_from(number) {
            Ok(bits) if long => Some(i64::from(bits as i32)),
            _ => wrap(number),
        });
        return number.unwrap_or(0) as f64;
    }
    let plain = plain.replace(['d', 'D', 'E'], "e");
    (1..=plain.len())
        .rev()
        .filter_map(|end| plain.get(..end))
        .filter(|start| start.ends_with(|c: char| c.is_ascii_digit() || c == '.'))
        .find_map(|start| start.parse::<f64>().ok().filter(|number| number.is_finite()))
        .unwrap_or(0.0)
}

/// Returns the nearest whole number, a half to the even one.
pub(super) fn round(number: f64) -> f64 {
    number.round_ties_even()
}

/// Returns the quotient of two whole numbers, a half rounded to the even one; the divisor is positive.
pub(super) fn divided(number: i128, by: i128) -> i128 {
    let (whole, rest) = (number.div_euclid(by), number.rem_euclid(by));
    let up = rest * 2 > by || (rest * 2 == by && whole % 2 != 0);
    whole + i128::from(up)
}

/// Returns a Double as `CStr` writes it: up to 15 significant digits.
pub(super) fn show(number: f64) -> String {
    significant(number, 15)
}

/// Returns a Single as `CStr` writes it: up to 7 significant digits.
pub(super) fn show_single(number: f32) -> String {
    significant(number.into(), 7)
}

/// Returns a Currency, which counts ten-thousandths, as `CStr` writes it.
pub(super) fn show_currency(number: i64) -> String {
    super::decimal::Decimal::scaled(number, 4).show()
}

/// A number that does not fit into so many digits in front of or behind the point is written with an exponent.
fn significant(number: f64, most: usize) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{number:.*e}", most - 1);
    let most = most as i32;
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if number < 0.0 { "-" } else { "" };
    let digits = mantissa.replace(['.', '-'], "");
    let digits = digits.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    if (-1..most).contains(&exponent) || (exponent < 0 && digits.len() as i32 - exponent - 1 <= most) {
        format!("{sign}{}", plain(digits, exponent))
    } else {
        format!(
            "{sign}{}E{}{:02}",
            mantissa_of(digits),
            if exponent < 0 { '-' } else { '+' },
            exponent.abs()
        )
    }
}

fn plain(digits: &str, exponent: i32) -> String {
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        format!("{digits}{}", "0".repeat(whole - digits.len()))
    } else {
        let (whole, fraction) = digits.split_at(whole);
        format!("{whole}.{fraction}")
    }
}

fn mantissa_of(digits: &str) -> String {
    match digits.split_at(1) {
        (first, "") => first.to_owned(),
        (first, rest) => format!("{first}.{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_goes_to_the_even_number() {
        assert_eq!(
            [0.5, 1.5, 2.5, -0.5, -1.5].map(round),
            [0.0, 2.0, 2.0, -0.0, -2.0]
        );
    }

    #[test]
    fn a_string_is_a_number_only_as_a_whole() {
        assert_eq!(parse(" -12.5 "), Some(-12.5));
        assert_eq!(parse("&HFF"), Some(255.0));
        assert_eq!(parse("&HFFFF"), Some(-1.0));
        assert_eq!(parse("12a"), None);
        assert_eq!(parse(""), None);
        assert_eq!(parse("inf"), None);
    }

    #[test]
    fn val_takes_the_number_at_the_start() {
        assert_eq!(val(" 12 3abc"), 123.0);
        assert_eq!(val("1.5e2x"), 150.0);
        assert_eq!(val("&H1Fz"), 31.0);
        assert_eq!(val("abc"), 0.0);
    }

    #[test]
    fn doubles_are_written_with_fifteen_digits() {
        assert_eq!(show(0.1 + 0.2), "0.3");
        assert_eq!(show(1e15), "1E+15");
        assert_eq!(show(123456789012345.0), "123456789012345");
        assert_eq!(show(-2.5), "-2.5");
        assert_eq!(show(0.00001), "0.00001");
        assert_eq!(show(1e-15), "0.000000000000001");
        assert_eq!(show(1e-16), "1E-16");
        assert_eq!(show_single(0.1), "0.1");
        assert_eq!(show_single(1.0 / 3.0), "0.3333333");
        assert_eq!(show_single(16_777_216.0), "1.677722E+07");
        assert_eq!(show_currency(-12_345), "-1.2345");
        assert_eq!(show_currency(10_000), "1");
    }
}
