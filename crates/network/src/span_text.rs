//! Lengths of time and shares as a reader writes them.

const SECOND: i64 = 1_000_000;

/// Returns microseconds in their two largest units: "3 h 20 min", "60 s", "0.5 s".
pub(crate) fn duration(micros: i64) -> String {
    const UNITS: [(i64, &str); 4] = [
        (86_400 * SECOND, "d"),
        (3_600 * SECOND, "h"),
        (60 * SECOND, "min"),
        (SECOND, "s"),
    ];
    // Two minutes are told in seconds, as periods are.
    if micros.abs() < 120 * SECOND {
        let tenths = (micros + SECOND / 20).div_euclid(SECOND / 10);
        return match tenths % 10 {
            0 => format!("{} s", tenths / 10),
            tenth => format!("{}.{} s", tenths / 10, tenth.abs()),
        };
    }
    let mut rest = micros;
    let mut parts = Vec::new();
    for (unit, name) in UNITS {
        let count = rest / unit;
        rest %= unit;
        if count != 0 && parts.len() < 2 {
            parts.push(format!("{count} {name}"));
        } else if !parts.is_empty() {
            break;
        }
    }
    parts.join(" ")
}

/// Returns thousandths as a fraction of one: ".478".
pub(crate) fn thousandths(share: u32) -> String {
    match share {
        1000.. => "1.000".to_owned(),
        _ => format!(".{share:03}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_their_largest_units() {
        for (micros, text) in [
            (60 * SECOND, "60 s"),
            (SECOND / 2, "0.5 s"),
            (300 * SECOND, "5 min"),
            (3 * 3600 * SECOND + 61 * SECOND, "3 h 1 min"),
            (86_400 * SECOND + 60 * SECOND, "1 d"),
            (0, "0 s"),
        ] {
            assert_eq!(duration(micros), text);
        }
        assert_eq!(
            (thousandths(478).as_str(), thousandths(1000).as_str()),
            (".478", "1.000")
        );
    }
}
