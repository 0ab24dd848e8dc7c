//! Functions on dates. What they are told in text is a date only where it is one on every machine; the time of the
//! machine itself is unknown.

use super::Arguments;
use crate::vba::convert::{double, integer, known};
use crate::vba::date::{DAY, MONTHS, Moment, day, everywhere, joined, month_length};
use crate::vba::fault::{Eval, Stop};
use crate::vba::value::{Type, Value};

type Outcome = Eval<Option<Value>>;

/// Calls the function of a name.
pub(super) fn call(name: &str, arguments: &Arguments<'_>) -> Option<Outcome> {
    Some(match name {
        "year" | "month" | "day" | "hour" | "minute" | "second" => part(arguments, name),
        "weekday" => weekday(arguments),
        "dateserial" => date_serial(arguments),
        "timeserial" => time_serial(arguments),
        "dateadd" => added(arguments),
        "datediff" => difference(arguments),
        "datepart" => interval_part(arguments),
        "datevalue" => value_of_text(arguments, |moment| joined(moment.days, 0)),
        "timevalue" => value_of_text(arguments, |moment| joined(0, moment.time)),
        "cdate" | "cvdate" => converted(arguments),
        "isdate" => is_date(arguments),
        "monthname" => month_name(arguments),
        _ => return None,
    })
}

fn converted(arguments: &Arguments<'_>) -> Outcome {
    crate::vba::convert::to_type(arguments.value(0)?.clone(), &Type::Date).map(Some)
}

/// Returns the date of an argument, taken apart.
pub(super) fn moment(value: &Value) -> Eval<Option<Moment>> {
    let serial = match value {
        Value::Text(text) => {
            let shown = text.show();
            // A number in a string is a date by its days.
            everywhere(&shown).or_else(|| crate::vba::number::parse(&shown))
        }
        other => double(other)?,
    };
    match serial {
        Some(serial) => Moment::of(serial).map(Some).ok_or(Stop::INVALID),
        None => Ok(None),
    }
}

fn part(arguments: &Arguments<'_>, name: &str) -> Outcome {
    let value = arguments.value(0)?;
    if matches!(value, Value::Null) {
        return Ok(Some(Value::Null));
    }
    Ok(moment(value)?.map(|moment| {
        let number = match name {
            "year" => moment.year,
            "month" => moment.month,
            "day" => moment.day,
            "hour" => moment.hour(),
            "minute" => moment.minute(),
            _ => moment.second(),
        };
        Value::Integer(number as i16)
    }))
}

fn weekday(arguments: &Arguments<'_>) -> Outcome {
    let (Some(moment), Some(first @ 1..=7)) = (moment(arguments.value(0)?)?, arguments.whole_or(1, 1)?)
    else {
        return Ok(None);
    };
    let number = (moment.weekday() + 1 - first).rem_euclid(7) + 1;
    Ok(Some(Value::Integer(number as i16)))
}

/// Years of two digits are of the century that the machine's settings say, and everywhere the same only in part.
fn date_serial(arguments: &Arguments<'_>) -> Outcome {
    let (Some(year), Some(month), Some(of_month)) =
        (arguments.whole(0)?, arguments.whole(1)?, arguments.whole(2)?)
    else {
        return Ok(None);
    };
    let year = match year {
        0..30 => year + 2000,
        30..50 => return Ok(None),
        50..100 => year + 1900,
        year => year,
    };
    let days = day(year, month, of_month).ok_or(Stop::INVALID)?;
    Ok(Some(Value::Date(joined(days, 0))))
}

fn time_serial(arguments: &Arguments<'_>) -> Outcome {
    let (Some(hour), Some(minute), Some(second)) =
        (arguments.whole(0)?, arguments.whole(1)?, arguments.whole(2)?)
    else {
        return Ok(None);
    };
    let short = |number: i64| i16::try_from(number).map(i64::from).map_err(|_| Stop::OVERFLOW);
    let time = short(hour)? * 3600 + short(minute)? * 60 + short(second)?;
    // A time before midnight lies on the day before the first, where fractions count away from zero.
    Ok((0..DAY).contains(&time).then(|| Value::Date(joined(0, time))))
}

fn interval(arguments: &Arguments<'_>) -> Eval<Option<String>> {
    Ok(known(arguments.value(0)?)?.map(|text| text.show().to_ascii_lowercase()))
}

/// `DateAdd`: months and years keep the day of the month as far as the new month has it.
fn added(arguments: &Arguments<'_>) -> Outcome {
    let (Some(interval), Some(count), Some(moment)) = (
        interval(arguments)?,
        integer(arguments.value(1)?)?,
        moment(arguments.value(2)?)?,
    ) else {
        return Ok(None);
    };
    let months = |factor: i64| {
        let months = count.checked_mul(factor)?.checked_add(moment.month - 1)?;
        let (year, month) = (
            moment.year.checked_add(months.div_euclid(12))?,
            months.rem_euclid(12) + 1,
        );
        if !(100..=9999).contains(&year) {
            return None;
        }
        let days = day(year, month, moment.day.min(month_length(year, month)))?;
        Some(joined(days, moment.time))
    };
    let seconds = |factor: i64| {
        let whole = moment.days.checked_mul(DAY)?.checked_add(moment.time)?;
        let moved = whole.checked_add(count.checked_mul(factor)?)?;
        Some(joined(moved.div_euclid(DAY), moved.rem_euclid(DAY)))
    };
    let serial = match interval.as_str() {
        "yyyy" => months(12),
        "q" => months(3),
        "m" => months(1),
        "y" | "d" | "w" => seconds(DAY),
        "ww" => seconds(7 * DAY),
        "h" => seconds(3600),
        "n" => seconds(60),
        "s" => seconds(1),
        _ => return Err(Stop::INVALID),
    };
    let moment = serial.and_then(Moment::of).ok_or(Stop::INVALID)?;
    Ok(Some(Value::Date(moment.serial())))
}

/// `DateDiff`: borders of the interval that lie between two dates.
fn difference(arguments: &Arguments<'_>) -> Outcome {
    let (Some(interval), Some(from), Some(to)) = (
        interval(arguments)?,
        moment(arguments.value(1)?)?,
        moment(arguments.value(2)?)?,
    ) else {
        return Ok(None);
    };
    let days = to.days - from.days;
    let units = |seconds: i64| {
        let at = |moment: &Moment| (moment.days * DAY + moment.time).div_euclid(seconds);
        at(&to) - at(&from)
    };
    let months = |moment: &Moment| moment.year * 12 + moment.month;
    let result = match interval.as_str() {
        "yyyy" => to.year - from.year,
        "q" => to.year * 4 + to.quarter() - from.year * 4 - from.quarter(),
        "m" => months(&to) - months(&from),
        "y" | "d" => days,
        "w" => days / 7,
        // Weeks that start on Sunday, where nothing says otherwise.
        "ww" if arguments.get(3).is_none() => (to.days - to.weekday() - from.days + from.weekday()) / 7,
        "ww" => return Ok(None),
        "h" => units(3600),
        "n" => units(60),
        "s" => units(1),
        _ => return Err(Stop::INVALID),
    };
    Ok(Some(
        i32::try_from(result)
            .map(Value::Long)
            .map_err(|_| Stop::OVERFLOW)?,
    ))
}

fn interval_part(arguments: &Arguments<'_>) -> Outcome {
    let (Some(interval), Some(moment)) = (interval(arguments)?, moment(arguments.value(1)?)?) else {
        return Ok(None);
    };
    if arguments.get(2).is_some() {
        return Ok(None);
    }
    let number = match interval.as_str() {
        "yyyy" => moment.year,
        "q" => moment.quarter(),
        "m" => moment.month,
        "y" => moment.day_of_year(),
        "d" => moment.day,
        "w" => moment.weekday() + 1,
        "ww" => week(&moment),
        "h" => moment.hour(),
        "n" => moment.minute(),
        "s" => moment.second(),
        _ => return Err(Stop::INVALID),
    };
    Ok(Some(Value::Integer(number as i16)))
}

/// The week of the year: weeks start on Sunday, and the first holds January 1.
pub(super) fn week(moment: &Moment) -> i64 {
    let first = (moment.weekday() - (moment.day_of_year() - 1)).rem_euclid(7);
    (moment.day_of_year() - 1 + first) / 7 + 1
}

fn value_of_text(arguments: &Arguments<'_>, serial: impl Fn(&Moment) -> f64) -> Outcome {
    let moment = match arguments.value(0)? {
        Value::Text(text) => everywhere(&text.show()).and_then(Moment::of),
        Value::Date(days) => Moment::of(*days),
        _ => None,
    };
    Ok(moment.map(|moment| Value::Date(serial(&moment))))
}

fn is_date(arguments: &Arguments<'_>) -> Outcome {
    Ok(match arguments.value(0)? {
        Value::Date(_) => Some(Value::Bool(true)),
        Value::Text(text) => {
            let shown = text.show();
            // Without a digit nothing is a date; with some, only what is one everywhere is known to be.
            match everywhere(&shown) {
                Some(_) => Some(Value::Bool(true)),
                None if !shown.contains(|c: char| c.is_ascii_digit()) && shown.is_ascii() => {
                    Some(Value::Bool(false))
                }
                None => None,
            }
        }
        Value::Unknown(_) | Value::Mixed(_) | Value::Object(_) => None,
        _ => Some(Value::Bool(false)),
    })
}

/// The month's name in English.
fn month_name(arguments: &Arguments<'_>) -> Outcome {
    let Some(month) = arguments.whole(0)? else {
        return Ok(None);
    };
    let at = usize::try_from(month - 1).map_err(|_| Stop::INVALID)?;
    let name = MONTHS.get(at).ok_or(Stop::INVALID)?;
    let short = arguments.get(1).map(crate::vba::convert::truth).transpose()?;
    Ok(match short {
        None | Some(Some(false)) => Some(Value::text(name)),
        Some(Some(true)) => name.get(..3).map(Value::text),
        Some(None) => None,
    })
}
