//! The head of a transfer table: which column is what.
//!
//! Column names are compared without case, spaces and punctuation, against the synonyms that block explorers
//! and exchanges use. A table must have a time, a payer, a receiver, an amount, and a transaction or an asset.
//! Lines before the header that start with `#` are comments, but `#decimals BTC=8 XEM=6` tells the places of
//! assets.

use super::row::{Row, RowError, fields};
use std::collections::BTreeMap;
use strongroom_model::Observable;

/// What is known about a table beyond its own header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The asset of a table without a column for it.
    pub asset: Option<String>,
    /// Decimal places of assets whose amounts are given in coins, by name.
    pub decimals: BTreeMap<String, u8>,
    /// Column names that stand for a field, before the usual ones: field ("time", "tx", "from", "to", "asset",
    /// "amount", "fee", "decimals") to column name.
    pub columns: BTreeMap<String, String>,
}

/// The unit of a time that is a bare number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tick {
    Seconds,
    Millis,
    Micros,
}

/// A table's columns, as its header gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub(super) delimiter: u8,
    pub(super) time: usize,
    pub(super) tick: Tick,
    pub(super) transaction: Option<usize>,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) asset: Option<usize>,
    pub(super) amount: usize,
    pub(super) fee: Option<usize>,
    pub(super) decimals: Option<usize>,
    /// How many columns the header names.
    pub(super) columns: usize,
    /// What the head says and nobody reads.
    pub(super) unread: Vec<String>,
    pub(super) the_asset: String,
    /// By canonical asset name.
    pub(super) places: BTreeMap<String, u8>,
    /// Where the rows start, in bytes.
    pub(super) start: u64,
    /// Lines before the rows.
    pub(super) lines: u64,
}

const TIME: &[&str] = &[
    "time",
    "timestamp",
    "datetime",
    "date",
    "blocktime",
    "blocktimestamp",
    "dateutc",
    "datetimeutc",
    "timeutc",
    "unixtimestamp",
    "unixtime",
    "utctime",
];
const MILLIS: &[&str] = &["timems", "timestampms", "timemillis", "timestampmillis"];
const MICROS: &[&str] = &["timeus", "timestampus", "timemicros", "timestampmicros"];
const TRANSACTION: &[&str] = &[
    "tx",
    "txid",
    "txhash",
    "transaction",
    "transactionid",
    "transactionhash",
    "hash",
];
const FROM: &[&str] = &[
    "from",
    "fromaddress",
    "sender",
    "fromaccount",
    "source",
    "payer",
    "fromaddr",
];
const TO: &[&str] = &[
    "to",
    "toaddress",
    "receiver",
    "recipient",
    "toaccount",
    "destination",
    "payee",
    "toaddr",
];
const ASSET: &[&str] = &[
    "asset",
    "symbol",
    "token",
    "currency",
    "coin",
    "tokensymbol",
    "mosaic",
    "contractaddress",
];
const AMOUNT: &[&str] = &["amount", "value", "quantity", "tokenvalue"];
const FEE: &[&str] = &["fee", "fees", "txfee", "transactionfee", "networkfee"];
/// Columns that say something about a transfer that is not read yet, and what that means for the rows.
const UNREAD: &[(&[&str], &str)] = &[
    (
        &[
            "status",
            "iserror",
            "error",
            "errcode",
            "txreceiptstatus",
            "success",
            "failed",
        ],
        "it is not read: a transfer that failed counts as value",
    ),
    (
        &[
            "gasfee",
            "txnfee",
            "gasused",
            "gasprice",
            "feeasset",
            "feecurrency",
        ],
        "it is not read: gas is paid in an asset of its own, and no such fee is booked",
    ),
];
const DECIMALS: &[&str] = &["decimals", "tokendecimals", "tokendecimal", "places"];

/// Bytes of a text that are looked at for its header.
const HEAD: usize = 64 << 10;

/// Returns whether a text's first bytes are those of a transfer table, by its header alone.
pub fn recognise(head: &[u8]) -> bool {
    let mapping = Mapping::default();
    Table::of_head(head, &mapping).is_ok_and(|table| table.transaction.is_some() || table.asset.is_some())
}

fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

struct Columns<'a> {
    names: Vec<String>,
    mapping: &'a Mapping,
}

impl Columns<'_> {
    fn find(&self, field: &str, synonyms: &[&str]) -> Option<usize> {
        let own = self.mapping.columns.get(field).map(|name| folded(name));
        let position = |name: &str| self.names.iter().position(|column| column == name);
        match own {
            Some(own) => position(&own),
            None => synonyms.iter().find_map(|name| position(name)),
        }
    }

    fn need(&self, field: &str, synonyms: &[&str]) -> Result<usize, String> {
        let missing = || format!("its header has no column for {field:?}");
        self.find(field, synonyms).ok_or_else(missing)
    }

    /// Returns what the header promises and nobody reads.
    fn unread(&self) -> Vec<String> {
        let about = |name: &String| {
            let known = UNREAD.iter().find(|(names, _)| names.contains(&name.as_str()));
            known.map(|(_, why)| format!("column {name:?}: {why}"))
        };
        self.names.iter().filter_map(about).collect()
    }

    fn time(&self) -> Result<(usize, Tick), String> {
        let own = [(MILLIS, Tick::Millis), (MICROS, Tick::Micros)];
        let ticked = own
            .iter()
            .find_map(|(names, tick)| Some((self.find("time_unit", names)?, *tick)));
        match self.find("time", TIME) {
            Some(at) => Ok((at, Tick::Seconds)),
            None => ticked.ok_or_else(|| "its header has no column for \"time\"".to_owned()),
        }
    }
}

impl Table {
    /// Reads the head of a table: its first 64 KiB or all of it.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn of_head(head: &[u8], mapping: &Mapping) -> Result<Table, String> {
        let head = head.get(..HEAD).unwrap_or(head);
        let bare = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let mut start = head.len() - bare.len();
        let mut places = canonical_places(&mapping.decimals);
        let mut unread = Vec::new();
        for (lines, line) in (1u64..).zip(bare.split_inclusive(|byte| *byte == b'\n')) {
            start += line.len();
            let text = std::str::from_utf8(line).map_err(|_| "its header is not UTF-8".to_owned())?;
            if let Some(comment) = text.strip_prefix('#') {
                unread.extend(read_places(comment, &mut places));
            } else if !text.trim().is_empty() {
                let mut table = Self::of_header(text, mapping, places, start as u64, lines)?;
                table.unread.splice(0..0, unread);
                return Ok(table);
            }
        }
        Err("it has no header".to_owned())
    }

    fn of_header(
        header: &str,
        mapping: &Mapping,
        places: BTreeMap<String, u8>,
        start: u64,
        lines: u64,
    ) -> Result<Table, String> {
        let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
        // The last of the greatest: a comma wins a tie.
        let delimiter = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
        let mut names = Vec::new();
        fields(header.trim_end_matches(['\n', '\r']), delimiter, &mut names);
        let mut table = Self::of_columns(&names, mapping)?;
        (table.delimiter, table.places, table.start, table.lines) = (delimiter, places, start, lines);
        Ok(table)
    }

    /// Finds the fields among the names of columns.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub(super) fn of_columns(names: &[impl AsRef<str>], mapping: &Mapping) -> Result<Table, String> {
        let columns = Columns {
            names: names.iter().map(|name| folded(name.as_ref())).collect(),
            mapping,
        };
        let (time, tick) = columns.time()?;
        Ok(Table {
            delimiter: b',',
            time,
            tick,
            transaction: columns.find("tx", TRANSACTION),
            from: columns.need("from", FROM)?,
            to: columns.need("to", TO)?,
            asset: columns.find("asset", ASSET),
            amount: columns.need("amount", AMOUNT)?,
            fee: columns.find("fee", FEE),
            decimals: columns.find("decimals", DECIMALS),
            columns: columns.names.len(),
            unread: columns.unread(),
            the_asset: mapping.asset.clone().unwrap_or_default(),
            places: canonical_places(&mapping.decimals),
            start: 0,
            lines: 0,
        })
    }

    /// Returns what the head says and nobody reads, with what that means for the rows.
    pub fn unread(&self) -> &[String] {
        &self.unread
    }

    /// Returns where the rows start, in bytes from the start of the text.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Reads one line, without its end, as a row.
    pub fn row<'a>(&self, line: &'a str) -> Result<Row<'a>, RowError> {
        Row::read(self, line)
    }
}

fn canonical_places(given: &BTreeMap<String, u8>) -> BTreeMap<String, u8> {
    given
        .iter()
        .map(|(name, places)| (Observable::asset(name).value().to_owned(), *places))
        .collect()
}

fn read_places(comment: &str, places: &mut BTreeMap<String, u8>) -> Vec<String> {
    let Some(list) = comment.trim().strip_prefix("decimals") else {
        return Vec::new();
    };
    let mut refused = Vec::new();
    for pair in list.split([' ', ',', ';', '\t']).filter(|pair| !pair.is_empty()) {
        match pair
            .split_once('=')
            .map(|(asset, count)| (asset, count.trim().parse()))
        {
            Some((asset, Ok(count))) => {
                places
                    .entry(Observable::asset(asset).value().to_owned())
                    .or_insert(count);
            }
            _ => refused.push(format!(
                "#decimals: {pair:?} is no ASSET=PLACES, so its amounts count as base units"
            )),
        }
    }
    refused
}
