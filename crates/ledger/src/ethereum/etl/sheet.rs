//! A table as columns and rows of text, whatever file it lies in: CSV, JSON lines or Parquet.

use super::head::{Columns, Kind};
use crate::table::parquet;
use serde_json::Value;

/// Bytes of one line of JSON.
const LINE: usize = 16 << 20;

/// A table that was recognised and is not read yet.
pub(super) struct Sheet<'a> {
    pub(super) columns: Columns,
    names: Vec<String>,
    from: From<'a>,
}

enum From<'a> {
    Csv(&'a [u8]),
    Lines(&'a [u8]),
    Parquet(Box<parquet::Reader>),
}

/// Takes a row or why it is none; false ends the reading.
pub(super) type Take<'t> = dyn FnMut(Result<(&Columns, &[String]), String>) -> bool + 't;

impl<'a> Sheet<'a> {
    /// Returns which table lies there.
    pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
        Sheet::open(bytes).ok().map(|sheet| sheet.columns.kind)
    }

    /// Opens a table.
    ///
    /// # Errors
    /// A sentence where it is none.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (names, from) = if parquet::is(bytes) {
            let reader = parquet::Reader::open(bytes, parquet::Binary::Hex)?;
            (reader.names().to_vec(), From::Parquet(Box::new(reader)))
        } else if bytes.trim_ascii_start().starts_with(b"{") {
            (names_of_object(bytes)?, From::Lines(bytes))
        } else {
            (names_of_csv(bytes)?, From::Csv(bytes))
        };
        let columns = Columns::of(&names).ok_or("its columns are those of no known export")?;
        Ok(Sheet { columns, names, from })
    }

    /// Reads the rows in order.
    pub(super) fn rows(self, take: &mut Take<'_>) {
        let columns = &self.columns;
        match self.from {
            From::Csv(bytes) => csv_rows(bytes, columns, take),
            From::Lines(bytes) => {
                for line in bytes
                    .split(|byte| *byte == b'\n')
                    .filter(|line| !line.trim_ascii().is_empty())
                {
                    let cell = |object: &Value, name: &String| object.get(name).map(text).unwrap_or_default();
                    let row = object(line)
                        .map(|object| self.names.iter().map(|name| cell(&object, name)).collect());
                    if !pass(columns, row, take) {
                        return;
                    }
                }
            }
            From::Parquet(reader) => {
                for row in *reader {
                    if !pass(columns, row, take) {
                        return;
                    }
                }
            }
        }
    }
}

fn pass(columns: &Columns, row: Result<Vec<String>, String>, take: &mut Take<'_>) -> bool {
    match row {
        Ok(row) => take(Ok((columns, &row))),
        Err(why) => take(Err(why)),
    }
}

fn csv_reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes)
}

fn names_of_csv(bytes: &[u8]) -> Result<Vec<String>, String> {
    // A header is short; no more of the file is looked at for it.
    let end = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len());
    let mut record = csv::StringRecord::new();
    let head = bytes.get(..end.min(64 << 10)).unwrap_or_default();
    let read = csv_reader(head)
        .read_record(&mut record)
        .map_err(|_| "its header is not UTF-8")?;
    if !read {
        return Err("it has no header".into());
    }
    Ok(record.iter().map(str::to_owned).collect())
}

fn csv_rows(bytes: &[u8], columns: &Columns, take: &mut Take<'_>) {
    let mut reader = csv_reader(bytes);
    let mut record = csv::StringRecord::new();
    let mut head = true;
    let mut row: Vec<String> = Vec::new();
    loop {
        let on = match reader.read_record(&mut record) {
            Ok(false) => return,
            Ok(true) if std::mem::take(&mut head) => true,
            Ok(true) => {
                row.resize(record.len(), String::new());
                for (cell, said) in row.iter_mut().zip(&record) {
                    cell.clear();
                    cell.push_str(said);
                }
                take(Ok((columns, &row)))
            }
            Err(error) => take(Err(error.to_string())),
        };
        if !on {
            return;
        }
    }
}

fn object(line: &[u8]) -> Result<Value, String> {
    if line.len() > LINE {
        return Err(format!("a line has over {LINE} bytes"));
    }
    let value: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    value
        .is_object()
        .then_some(value)
        .ok_or_else(|| "a line is no object".into())
}

fn names_of_object(bytes: &[u8]) -> Result<Vec<String>, String> {
    let line = bytes
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty());
    let object = object(line.unwrap_or_default())?;
    Ok(object
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect())
}

/// Returns a value as a cell has it: a list with commas. A number that is not held exactly is no amount.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            (Some(number), _) => number.to_string(),
            (None, Some(number)) => parquet::floating(number),
            (None, None) => number.to_string(),
        },
        Value::Array(list) if list.iter().all(|value| !value.is_object()) => {
            list.iter().map(text).collect::<Vec<_>>().join(",")
        }
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}
