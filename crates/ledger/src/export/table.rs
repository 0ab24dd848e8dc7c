//! One table in a Parquet file: its columns, and its rows in groups, so that no more than one group is ever in memory.

use super::cells::{Cell, Cells};
use crate::LedgerError;
use crate::error::io;
use crate::manifest::hex;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of one group: readers work groups side by side, and the writer holds one, at most some hundred bytes a row.
const GROUP: usize = 1 << 18;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A whole number below 2⁶³.
    Number,
    /// Base units, 64 bits without a sign.
    Amount,
    /// UTF-8.
    Text,
    /// Microseconds since 1970, UTC.
    Time,
    /// Yes or no.
    Truth,
}

impl Form {
    const fn type_and_meaning(self) -> (&'static str, &'static str) {
        match self {
            Form::Number => ("int64", "INTEGER(64,true)"),
            Form::Amount => ("int64", "INTEGER(64,false)"),
            Form::Text => ("binary", "STRING"),
            Form::Time => ("int64", "TIMESTAMP(MICROS,true)"),
            Form::Truth => ("boolean", ""),
        }
    }
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// Whether a row may have nothing there.
    pub(super) may_lack: bool,
    /// What it says, and in which unit.
    pub(super) about: String,
}

impl Column {
    /// Returns a column in which every row has something.
    pub(super) fn of(name: &'static str, form: Form, about: impl Into<String>) -> Self {
        Column {
            name,
            form,
            may_lack: false,
            about: about.into(),
        }
    }

    /// Returns a column in which a row may have nothing.
    pub(super) fn or_null(name: &'static str, form: Form, about: impl Into<String>) -> Self {
        Column {
            may_lack: true,
            ..Column::of(name, form, about)
        }
    }

    fn spelled(&self) -> String {
        let (physical, logical) = self.form.type_and_meaning();
        let repetition = if self.may_lack { "optional" } else { "required" };
        match logical {
            "" => format!("{repetition} {physical} {};", self.name),
            logical => format!("{repetition} {physical} {} ({logical});", self.name),
        }
    }
}

/// A table that was written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ExportedTable {
    /// Its file in the export's directory.
    pub file: String,
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
    /// The SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}

/// A file whose bytes are counted and hashed while they are written.
struct Hashed {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A table in the making.
pub(super) struct TableFile {
    path: PathBuf,
    columns: Vec<Column>,
    writer: SerializedFileWriter<Hashed>,
    group: Vec<Cells>,
    in_group: usize,
    rows: u64,
}

impl TableFile {
    /// Begins a file; `notes` stand in it as keys with their values, beside one for each column.
    pub(super) fn create(
        path: &Path,
        columns: Vec<Column>,
        notes: &[(&str, String)],
    ) -> Result<Self, LedgerError> {
        let file = File::create(path).map_err(io("create", path))?;
        let hashed = Hashed {
            file: BufWriter::new(file),
            hash: Sha256::new(),
            bytes: 0,
        };
        let fields: String = columns.iter().map(Column::spelled).collect();
        let schema = parse_message_type(&format!("message table {{ {fields} }}")).map_err(failed(path))?;
        let properties = Arc::new(properties(&columns, notes));
        let writer = SerializedFileWriter::new(hashed, Arc::new(schema), properties);
        Ok(TableFile {
            path: path.to_owned(),
            group: columns.iter().map(Cells::of).collect(),
            columns,
            writer: writer.map_err(failed(path))?,
            in_group: 0,
            rows: 0,
        })
    }

    /// Adds a row, a cell for each column.
    pub(super) fn row<const N: usize>(&mut self, cells: [Cell<'_>; N]) -> Result<(), LedgerError> {
        for (column, cell) in self.group.iter_mut().zip(cells) {
            column.push(cell);
        }
        self.in_group += 1;
        self.rows += 1;
        if self.in_group == GROUP {
            self.write_group()?;
        }
        Ok(())
    }

    /// Returns how many rows there are so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    fn write_group(&mut self) -> Result<(), LedgerError> {
        let fresh = self.columns.iter().map(Cells::of).collect();
        let group = std::mem::replace(&mut self.group, fresh);
        self.in_group = 0;
        let written = write_columns(&mut self.writer, group);
        written.map_err(failed(&self.path))
    }

    /// Ends the file and brings it to disk. `file` is the name that it will have.
    pub(super) fn close(mut self, file: &str) -> Result<ExportedTable, LedgerError> {
        if self.in_group > 0 {
            self.write_group()?;
        }
        let mut hashed = self.writer.into_inner().map_err(failed(&self.path))?;
        hashed.flush().map_err(io("write", &self.path))?;
        hashed.file.get_ref().sync_all().map_err(io("sync", &self.path))?;
        Ok(ExportedTable {
            file: file.to_owned(),
            rows: self.rows,
            bytes: hashed.bytes,
            sha256: hex(&hashed.hash.finalize()),
        })
    }
}

fn write_columns(
    writer: &mut SerializedFileWriter<Hashed>,
    group: Vec<Cells>,
) -> parquet::errors::Result<()> {
    let mut rows = writer.next_row_group()?;
    for cells in group {
        if let Some(mut column) = rows.next_column()? {
            cells.write(&mut column)?;
            column.close()?;
        }
    }
    rows.close()?;
    Ok(())
}

/// Numbers and times are written by their differences: most of them ascend.
fn properties(columns: &[Column], notes: &[(&str, String)]) -> WriterProperties {
    let notes = notes
        .iter()
        .map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
    let about = columns
        .iter()
        .map(|column| KeyValue::new(format!("column.{}", column.name), column.about.clone()));
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(notes.chain(about).collect()));
    for column in columns {
        let path = ColumnPath::from(column.name);
        properties = match column.form {
            Form::Number | Form::Time => properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            Form::Amount => properties.set_column_dictionary_enabled(path, false),
            Form::Text | Form::Truth => properties,
        };
    }
    properties.build()
}

fn failed(path: &Path) -> impl FnOnce(ParquetError) -> LedgerError + '_ {
    move |error| io("write", path)(io::Error::other(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::parquet::{Binary, Reader};
    use strongroom_model::Moment;

    #[test]
    fn rows_come_in_groups_and_every_one_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.parquet.aside");
        let columns = vec![
            Column::of("number", Form::Number, ""),
            Column::or_null("units", Form::Amount, ""),
            Column::of("time", Form::Time, ""),
            Column::or_null("text", Form::Text, ""),
            Column::of("even", Form::Truth, ""),
        ];
        let mut table = TableFile::create(&path, columns, &[]).unwrap();
        let rows = GROUP as u64 * 2 + 1;
        let cells = |at: u64| (!at.is_multiple_of(3)).then_some(u64::MAX - at);
        for at in 0..rows {
            let text = at.to_string();
            table
                .row([
                    Cell::Number(at),
                    Cell::of(cells(at), Cell::Amount),
                    Cell::Time(Moment::from_micros(at as i64 - 5)),
                    Cell::of(at.is_multiple_of(2).then_some(text.as_str()), Cell::Text),
                    Cell::Truth(at.is_multiple_of(2)),
                ])
                .unwrap();
        }
        let written = table.close("t.parquet").unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!((written.rows, written.bytes), (rows, bytes.len() as u64));
        assert_eq!(written.sha256, hex(&Sha256::digest(&bytes)));
        let mut reader = Reader::open(&bytes, Binary::Text).unwrap();
        assert_eq!(reader.names(), ["number", "units", "time", "text", "even"]);
        for at in 0..rows {
            let wanted = [
                at.to_string(),
                cells(at).map_or(String::new(), |units| units.to_string()),
                Moment::from_micros(at as i64 - 5).to_string(),
                if at % 2 == 0 {
                    at.to_string()
                } else {
                    String::new()
                },
                at.is_multiple_of(2).to_string(),
            ];
            assert_eq!(reader.next().unwrap().unwrap(), wanted);
        }
        assert!(reader.next().is_none());
    }
}
