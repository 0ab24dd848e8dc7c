//! Dates as numbers: days since 1900, with the 29th of February 1900 that never was.

use super::{Answer, known, number_at, number_or};
use crate::workbook::ErrorCode;
use crate::xlm::value::Value;

pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Answer> {
    let part = |make: fn(f64) -> Option<f64>| -> Answer {
        let serial = known!(number_at(arguments, 0));
        make(serial)
            .map(|number| Some(Value::Number(number)))
            .ok_or(ErrorCode::NUM)
    };
    Some(match name {
        "DATE" => date(arguments),
        "TIME" => time(arguments),
        "YEAR" => part(|serial| Some(calendar(serial)?.0 as f64)),
        "MONTH" => part(|serial| Some(f64::from(calendar(serial)?.1))),
        "DAY" => part(|serial| Some(f64::from(calendar(serial)?.2))),
        "HOUR" => part(|serial| Some((seconds(serial)? / 3600) as f64)),
        "MINUTE" => part(|serial| Some((seconds(serial)? / 60 % 60) as f64)),
        "SECOND" => part(|serial| Some((seconds(serial)? % 60) as f64)),
        "WEEKDAY" if arguments.len() < 2 => part(|serial| {
            calendar(serial)?;
            Some((serial.floor() - 1.0).rem_euclid(7.0) + 1.0)
        }),
        _ => return None,
    })
}

/// Returns the days from 1970 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = (year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1);
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year + day - 1 - 719_468
}

/// Days from Excel's first day to 1970, from March 1900 on.
const EPOCH: i64 = 25_569;

fn date(arguments: &[Value]) -> Answer {
    let year = known!(number_at(arguments, 0)).trunc() as i64;
    let (month, day) = (
        known!(number_at(arguments, 1)).trunc(),
        known!(number_at(arguments, 2)).trunc(),
    );
    if !(0..10_000).contains(&year) || month.abs() > 1e5 || day.abs() > 1e7 {
        return Err(ErrorCode::NUM);
    }
    let year = if year < 1900 { year + 1900 } else { year };
    let serial = days(year, month as i64, day as i64) + EPOCH;
    let serial = if serial < 61 { serial - 1 } else { serial };
    if serial < 0 {
        Err(ErrorCode::NUM)
    } else {
        Ok(Some(Value::Number(serial as f64)))
    }
}

fn time(arguments: &[Value]) -> Answer {
    let part = |at| number_or(arguments, at, 0.0);
    let (hour, minute, second) = (known!(part(0)), known!(part(1)), known!(part(2)));
    let all = hour.trunc() * 3600.0 + minute.trunc() * 60.0 + second.trunc();
    if all < 0.0 {
        Err(ErrorCode::NUM)
    } else {
        Ok(Some(Value::Number(all.rem_euclid(86_400.0) / 86_400.0)))
    }
}

fn seconds(serial: f64) -> Option<i64> {
    (0.0..2_958_466.0)
        .contains(&serial)
        .then(|| (serial.fract() * 86_400.0).round() as i64 % 86_400)
}

/// Returns year, month and day.
fn calendar(serial: f64) -> Option<(i64, u32, u32)> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let serial = serial.floor() as i64;
    match serial {
        0 => return Some((1900, 1, 0)),
        60 => return Some((1900, 2, 29)),
        _ => {}
    }
    let since = if serial < 60 { serial + 1 } else { serial } - EPOCH + 719_468;
    let era = since.div_euclid(146_097);
    let of_era = since.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some((year, month as u32, day as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_excel_does() {
        let serial = |y, m, d| date(&[y, m, d].map(Value::Number)).unwrap().unwrap();
        assert_eq!(serial(1900.0, 1.0, 1.0), Value::Number(1.0));
        assert_eq!(serial(1900.0, 3.0, 1.0), Value::Number(61.0));
        assert_eq!(serial(2020.0, 2.0, 29.0), Value::Number(43_890.0));
        assert_eq!(serial(2019.0, 14.0, 29.0), Value::Number(43_890.0));
        assert_eq!(calendar(43_890.5), Some((2020, 2, 29)));
        assert_eq!(calendar(1.0), Some((1900, 1, 1)));
        assert_eq!(calendar(60.0), Some((1900, 2, 29)));
        assert_eq!(seconds(0.5), Some(43_200));
    }
}
