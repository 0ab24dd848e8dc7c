//! One row of a transfer table.
//!
//! Amounts are whole base units, unless the row's `decimals` column or the asset's known places say that they
//! are coins. A decimal point without known places is refused: nobody may guess how much a theft was.

use super::head::{Table, Tick};
use std::borrow::Cow;
use strongroom_model::{Amount, AmountError, Moment};

/// Bytes that one field may have.
const FIELD: usize = 512;
/// The first second of the year 10000: a number beyond it is no time in seconds.
const YEAR_10000: i64 = 253_402_300_800;

/// A row as it stands, names as they are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// When it was booked.
    pub when: Moment,
    /// The transaction, empty where the table has none.
    pub transaction: Cow<'a, str>,
    /// Who pays; empty where the asset is issued.
    pub from: Cow<'a, str>,
    /// Who receives; empty where the asset is burnt.
    pub to: Cow<'a, str>,
    /// The asset.
    pub asset: Cow<'a, str>,
    /// Base units moved.
    pub amount: Amount,
    /// Base units that the payer pays on top.
    pub fee: Amount,
}

/// Why a row is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// The row ends before a field.
    #[error("it has no field {0:?}")]
    Missing(&'static str),
    /// The row has more fields than the header: a delimiter inside one of them took its place apart.
    #[error("it has more fields than the header")]
    Surplus,
    /// A field is longer than any name, time or amount.
    #[error("a field has over {FIELD} bytes")]
    FieldTooLong,
    /// A quote is not closed on its line.
    #[error("a quoted field does not end")]
    OpenQuote,
    /// The time cannot be read.
    #[error(
        "{0:?} is no time in years 0 to 9999 (RFC 3339, or seconds since 1970; a column of milliseconds is named timestamp_ms)"
    )]
    Time(String),
    /// The amount or fee cannot be read.
    #[error("{field}: {cause}")]
    Amount {
        /// Which one.
        field: &'static str,
        /// Why.
        cause: AmountError,
    },
    /// The amount has a decimal point, and nothing says how many places the asset has.
    #[error("{field} {text:?} has a decimal point, and the places of the asset are not known")]
    NoPlaces {
        /// Which one.
        field: &'static str,
        /// The text.
        text: String,
    },
    /// The places are no number from 0 to 77.
    #[error("{0:?} is no number of decimal places")]
    Places(String),
    /// No asset is named.
    #[error("it names no asset")]
    NoAsset,
    /// Neither payer nor receiver is named.
    #[error("it names neither payer nor receiver")]
    Nobody,
}

/// Splits a line at the delimiter; a field in double quotes may hold it, and `""` for a quote. Returns false
/// where a quote is not closed.
pub(super) fn fields<'a>(line: &'a str, delimiter: u8, out: &mut Vec<Cow<'a, str>>) -> bool {
    out.clear();
    let mut rest = line;
    loop {
        let Some((field, after)) = field(rest, delimiter) else {
            return false;
        };
        out.push(field);
        match after {
            Some(after) => rest = after,
            None => return true,
        }
    }
}

fn field(text: &str, delimiter: u8) -> Option<(Cow<'_, str>, Option<&str>)> {
    let delimiter = char::from(delimiter);
    let Some(quoted) = text.strip_prefix('"') else {
        return Some(match text.split_once(delimiter) {
            Some((field, rest)) => (field.into(), Some(rest)),
            None => (text.into(), None),
        });
    };
    let mut from = 0;
    let end = loop {
        let at = from + quoted.get(from..)?.find('"')?;
        match quoted.as_bytes().get(at + 1) {
            Some(b'"') => from = at + 2,
            _ => break at,
        }
    };
    let inner = quoted.get(..end)?;
    let inner = if inner.contains('"') {
        inner.replace("\"\"", "\"").into()
    } else {
        Cow::from(inner)
    };
    let rest = quoted.get(end + 1..)?;
    // What follows the closing quote up to the delimiter is no part of any dialect and is left away.
    Some((inner, rest.split_once(delimiter).map(|(_, rest)| rest)))
}

impl<'a> Row<'a> {
    pub(super) fn read(table: &Table, line: &'a str) -> Result<Row<'a>, RowError> {
        let mut parts = Vec::with_capacity(12);
        if !fields(line, table.delimiter, &mut parts) {
            return Err(RowError::OpenQuote);
        }
        Self::of_parts(table, parts)
    }

    /// Reads a row whose fields are apart already.
    pub(super) fn of_parts(table: &Table, mut parts: Vec<Cow<'a, str>>) -> Result<Row<'a>, RowError> {
        if parts.iter().any(|part| part.len() > FIELD) {
            return Err(RowError::FieldTooLong);
        }
        let surplus = parts.get(table.columns..).unwrap_or_default();
        if surplus.iter().any(|part| !part.trim().is_empty()) {
            return Err(RowError::Surplus);
        }
        let mut take = |at: usize, name| parts.get_mut(at).map(trimmed).ok_or(RowError::Missing(name));
        let when = moment(&take(table.time, "time")?, table.tick)?;
        let from = take(table.from, "from")?;
        let to = take(table.to, "to")?;
        let amount = take(table.amount, "amount")?;
        let asset = table
            .asset
            .map_or(Ok(Cow::Borrowed("")), |at| take(at, "asset"))?;
        let asset = if asset.is_empty() {
            table.the_asset.clone().into()
        } else {
            asset
        };
        let places = table.decimals.map(|at| take(at, "decimals")).transpose()?;
        let fee = table
            .fee
            .map(|at| take(at, "fee"))
            .transpose()?
            .filter(|fee| !fee.is_empty());
        let transaction = table
            .transaction
            .map_or(Ok(Cow::Borrowed("")), |at| take(at, "tx"))?;
        if asset.is_empty() {
            return Err(RowError::NoAsset);
        }
        if from.is_empty() && to.is_empty() {
            return Err(RowError::Nobody);
        }
        let places = known_places(table, places.as_deref().unwrap_or(""), &asset)?;
        let amount = units("amount", &amount, places)?;
        let fee = fee.map_or(Ok(Amount::ZERO), |fee| units("fee", &fee, places))?;
        Ok(Row {
            when,
            transaction,
            from,
            to,
            asset,
            amount,
            fee,
        })
    }
}

fn trimmed<'a>(part: &mut Cow<'a, str>) -> Cow<'a, str> {
    match part {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn known_places(table: &Table, given: &str, asset: &str) -> Result<Option<u8>, RowError> {
    if !given.is_empty() {
        let places = given.parse().ok().filter(|places| *places <= 77);
        return places.map(Some).ok_or_else(|| RowError::Places(given.to_owned()));
    }
    if table.places.is_empty() {
        return Ok(None);
    }
    Ok(table
        .places
        .get(strongroom_model::Observable::asset(asset).value())
        .copied())
}

fn units(field: &'static str, text: &str, places: Option<u8>) -> Result<Amount, RowError> {
    let wrong = |cause| RowError::Amount { field, cause };
    match places {
        Some(places) => Amount::from_coins(text, places).map_err(wrong),
        None if text.contains('.') => Err(RowError::NoPlaces {
            field,
            text: text.to_owned(),
        }),
        None => match text.parse::<u64>() {
            // A sign is no digit.
            Ok(small) if !text.starts_with('+') => Ok(Amount::from(small)),
            _ => text.parse().map_err(wrong),
        },
    }
}

fn moment(text: &str, tick: Tick) -> Result<Moment, RowError> {
    let wrong = || RowError::Time(text.to_owned());
    let number = |per_second: i64| {
        let count: i64 = text.parse().map_err(|_| wrong())?;
        count
            .checked_mul(1_000_000 / per_second)
            .map(Moment::from_micros)
            .ok_or_else(wrong)
    };
    let when = match tick {
        Tick::Millis => number(1_000)?,
        Tick::Micros => number(1_000_000)?,
        Tick::Seconds if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Moment::from_epoch_text(text).map_err(|_| wrong())?
        }
        Tick::Seconds => {
            // "2019-03-24 01:00:00 UTC" is how many explorers write it.
            let bare = text.strip_suffix("UTC").map_or(text, str::trim_end);
            bare.parse().map_err(|_| wrong())?
        }
    };
    (when.seconds().abs() < YEAR_10000)
        .then_some(when)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Mapping, recognise};

    fn table(head: &str) -> Table {
        Table::of_head(head.as_bytes(), &Mapping::default()).unwrap()
    }

    #[test]
    fn headers_of_many_houses_are_known() {
        for head in [
            "time,tx,from,to,asset,amount\n",
            "\u{feff}Timestamp;TxHash;From Address;To Address;Symbol;Value;Fee\n",
            "# exported\n#decimals BTC=8\nDate (UTC)\tHash\tSender\tReceiver\tAmount\n",
            "\"time\",\"asset\",\"from\",\"to\",\"amount\"\r\n",
        ] {
            assert!(recognise(head.as_bytes()), "{head:?}");
        }
        for head in [
            "",
            "time,from,to\n",
            "ts,uid,id.orig_h,id.resp_h\n",
            "from,to,amount,asset\n",
            "\u{0}\u{1}",
        ] {
            assert!(!recognise(head.as_bytes()), "{head:?}");
        }
    }

    #[test]
    fn a_row_is_read_as_it_stands() {
        let table = table("time,tx,from,to,asset,amount,fee,decimals\n");
        let row = table
            .row("2019-03-24T01:00:00Z,t1,\"a, \"\"b\"\"\", c ,btc,1.5,0.1,8")
            .unwrap();
        assert_eq!((row.from.as_ref(), row.to.as_ref()), ("a, \"b\"", "c"));
        assert_eq!(
            (row.amount, row.fee),
            (150_000_000u64.into(), 10_000_000u64.into())
        );
        let wide = table.row(
            "1,t,a,b,X,115792089237316195423570985008687907853269984665640564039457584007913129639935,,",
        );
        assert_eq!(wide.unwrap().amount, Amount::from_limbs([u64::MAX; 4]));
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let table = table("time,tx,from,to,asset,amount,fee,decimals\n");
        let error = |line: &str| table.row(line).unwrap_err();
        assert!(matches!(error("1,t,a,b,X,1.5,,"), RowError::NoPlaces { .. }));
        assert!(matches!(
            error("1,t,a,b,X,-5,,"),
            RowError::Amount { field: "amount", .. }
        ));
        assert!(matches!(
            error("1,t,a,b,X,+5,,"),
            RowError::Amount { field: "amount", .. }
        ));
        assert!(matches!(
            error("1,t,a,b,X,5,x,"),
            RowError::Amount { field: "fee", .. }
        ));
        assert!(matches!(error("1,t,a,b,X,5,,300"), RowError::Places(_)));
        assert!(matches!(error("1553389200000,t,a,b,X,5,,"), RowError::Time(_)));
        assert!(matches!(error("soon,t,a,b,X,5,,"), RowError::Time(_)));
        assert_eq!(error("1,t,a,b"), RowError::Missing("amount"));
        assert_eq!(error("1,t,,,X,5,,"), RowError::Nobody);
        assert_eq!(error("1,t,a,b,,5,,"), RowError::NoAsset);
        assert_eq!(error("1,t,\"a,b,X,5,,"), RowError::OpenQuote);
        assert_eq!(
            error(&format!("1,t,{},b,X,5,,", "a".repeat(600))),
            RowError::FieldTooLong
        );
    }

    #[test]
    fn an_unquoted_thousands_separator_is_no_smaller_amount() {
        let table = table("time,tx,from,to,asset,amount\n");
        assert_eq!(table.row("1,t,a,b,X,1,000").unwrap_err(), RowError::Surplus);
        assert_eq!(table.row("1,t,a,b,X,1000,,").unwrap().amount, 1000u64.into());
    }

    #[test]
    fn milliseconds_are_read_where_the_header_says_so() {
        let table = table("timestamp_ms,tx,from,to,asset,amount\n");
        let row = table.row("1553389200000,t,a,b,X,5").unwrap();
        assert_eq!(row.when.to_string(), "2019-03-24T01:00:00Z");
    }
}
