//! Numbers as the format General writes them where no width bounds them: 15 digits, an exponent where that is shorter.

/// Returns a number as text, as `&` and `CStr` make it.
///
/// Excel calculates in doubles and shows 15 digits. From 1E+21 on, and below 1E-4 where more than 20 characters were needed, it
/// writes an exponent of two digits at least.
pub(crate) fn general(number: f64) -> String {
    if number == 0.0 {
        return "0".into();
    }
    if !number.is_finite() {
        return "#NUM!".into();
    }
    let scientific = format!("{:.14e}", number.abs());
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let sign = if number < 0.0 { "-" } else { "" };
    // The characters that the number takes without an exponent.
    let plain = match usize::try_from(exponent) {
        Ok(whole) => whole < 21,
        Err(_) => digits.len() + exponent.unsigned_abs() as usize <= 20,
    };
    if plain {
        format!("{sign}{}", placed(digits, exponent))
    } else {
        let mark = if exponent < 0 { '-' } else { '+' };
        let rest = digits.get(1..).unwrap_or_default();
        let point = if rest.is_empty() { "" } else { "." };
        let first = digits.get(..1).unwrap_or("0");
        format!("{sign}{first}{point}{rest}E{mark}{:02}", exponent.unsigned_abs())
    }
}

/// Puts the decimal point behind the digit of an exponent.
fn placed(digits: &str, exponent: i32) -> String {
    match usize::try_from(exponent) {
        Ok(exponent) if digits.len() <= exponent + 1 => {
            format!("{digits}{}", "0".repeat(exponent + 1 - digits.len()))
        }
        Ok(exponent) => {
            let (whole, part) = digits.split_at_checked(exponent + 1).unwrap_or((digits, ""));
            format!("{whole}.{part}")
        }
        Err(_) => format!("0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::general;

    #[test]
    fn numbers_are_written_with_fifteen_digits() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (65.0, "65"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (123_456_789_012_345_680.0, "123456789012346000"),
            (1e20, "100000000000000000000"),
            (1e21, "1E+21"),
            (0.000_1, "0.0001"),
            (1.5e-10, "0.00000000015"),
            (1.23e-30, "1.23E-30"),
            (100.25, "100.25"),
        ] {
            assert_eq!(general(number), text);
        }
    }
}
