//! Parquet as rows of text: every cell is written as a table of text would have it, so that one reader serves both.
//!
//! Nothing is rounded on the way. A floating number is written so that no reader takes it for an amount: what was stored
//! inexactly is refused, not trusted.

use ::parquet::basic::{LogicalType, TimeUnit, Type as Physical};
use ::parquet::data_type::Decimal;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::reader::RowIter;
use ::parquet::record::{Field, Row};
use ::parquet::schema::types::Type;
use bytes::Bytes;
use strongroom_model::{Amount, Moment};

const MAGIC: &[u8] = b"PAR1";
/// Columns that a file may have.
const COLUMNS: usize = 4096;
/// Rows that a file may claim.
const ROWS: i64 = 1 << 32;
/// Bytes that the columns of one group of rows may claim to unpack to.
const GROUP: i64 = 4 << 30;

/// What bytes are that no annotation calls text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    /// Accounts, ids and big numbers: `0x…`.
    Hex,
    /// Text where they are printable UTF-8, else `0x…`.
    Text,
}

/// The rows of a file.
pub(crate) struct Reader {
    names: Vec<String>,
    nanos: Vec<bool>,
    rows: RowIter<'static>,
    binary: Binary,
    /// Set by the first row that cannot be read: its columns are out of step from there on.
    ended: bool,
}

/// Returns whether bytes are those of a Parquet file, at both of its ends.
pub(crate) fn is(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) && bytes.ends_with(MAGIC) && bytes.len() > 2 * MAGIC.len()
}

impl Reader {
    /// Opens a file.
    ///
    /// # Errors
    /// A sentence where its footer cannot be read or claims too much.
    pub(crate) fn open(bytes: &[u8], binary: Binary) -> Result<Self, String> {
        let reader = guarded(|| SerializedFileReader::new(Bytes::copy_from_slice(bytes)))?;
        let metadata = reader.metadata();
        let fields = metadata.file_metadata().schema().get_fields();
        if fields.len() > COLUMNS || metadata.file_metadata().num_rows() > ROWS {
            return Err(format!("it claims over {COLUMNS} columns or {ROWS} rows"));
        }
        if metadata
            .row_groups()
            .iter()
            .any(|group| group.total_byte_size() > GROUP)
        {
            return Err(format!("a group of rows claims over {GROUP} bytes"));
        }
        let names = fields.iter().map(|field| field.name().to_owned()).collect();
        let nanos = fields.iter().map(|field| is_nanos(field)).collect();
        Ok(Reader {
            names,
            nanos,
            rows: guarded(|| Ok(RowIter::from_file_into(Box::new(reader))))?,
            binary,
            ended: false,
        })
    }

    /// Returns the names of the columns.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    fn row(&self, row: &Row) -> Vec<String> {
        let columns = row.get_column_iter().zip(&self.nanos);
        columns
            .map(|((_, field), nanos)| self.cell(field, *nanos))
            .collect()
    }

    fn cell(&self, field: &Field, nanos: bool) -> String {
        match field {
            Field::Null => String::new(),
            Field::Bool(truth) => truth.to_string(),
            Field::Byte(number) => number.to_string(),
            Field::Short(number) => number.to_string(),
            Field::Int(number) => number.to_string(),
            Field::Long(number) if nanos => moment(number.div_euclid(1000)),
            Field::Long(number) => number.to_string(),
            Field::UByte(number) => number.to_string(),
            Field::UShort(number) => number.to_string(),
            Field::UInt(number) => number.to_string(),
            Field::ULong(number) => number.to_string(),
            Field::Float16(number) => floating(f64::from(number.to_f32())),
            Field::Float(number) => floating(f64::from(*number)),
            Field::Double(number) => floating(*number),
            Field::Decimal(decimal) => self::decimal(decimal),
            Field::Str(text) => text.clone(),
            Field::Bytes(bytes) => self.bytes(bytes.data()),
            Field::Date(days) => moment(i64::from(*days).saturating_mul(86_400_000_000)),
            Field::TimeMillis(number) => number.to_string(),
            Field::TimeMicros(number) => number.to_string(),
            Field::TimestampMillis(millis) => moment(millis.saturating_mul(1000)),
            Field::TimestampMicros(micros) => moment(*micros),
            Field::ListInternal(list) => {
                let texts: Vec<String> = list
                    .elements()
                    .iter()
                    .map(|field| self.cell(field, false))
                    .collect();
                match list.elements().first() {
                    Some(Field::Group(_)) => format!("[{}]", texts.join(",")),
                    _ => texts.join(","),
                }
            }
            Field::Group(row) => self.object(row),
            Field::MapInternal(_) => "a map".to_owned(),
        }
    }

    /// Returns a group as an object of JSON, every value a string.
    fn object(&self, row: &Row) -> String {
        let pairs = row
            .get_column_iter()
            .map(|(name, field)| (name.clone(), self.cell(field, false).into()));
        serde_json::Value::Object(pairs.collect()).to_string()
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        let printable = |text: &&str| !text.chars().any(char::is_control);
        match std::str::from_utf8(bytes).ok().filter(printable) {
            Some(text) if self.binary == Binary::Text => text.to_owned(),
            _ => bytes
                .iter()
                .fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}")),
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Vec<String>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = guarded(|| self.rows.next().transpose()).transpose()?;
        self.ended = row.is_err();
        Some(match row {
            Ok(row) => Ok(self.row(&row)),
            Err(why) => Err(format!("{why}; no row after it is read")),
        })
    }
}

/// Runs a step of the crate, which panics on some damaged files: that is an error of the file like any other.
fn guarded<T>(step: impl FnOnce() -> ::parquet::errors::Result<T>) -> Result<T, String> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(step)) {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("the file is damaged, and its reader gave up".to_owned()),
    }
}

fn is_nanos(field: &Type) -> bool {
    let int64 = field.is_primitive() && field.get_physical_type() == Physical::INT64;
    let logical = field.get_basic_info().logical_type_ref();
    int64 && matches!(logical, Some(LogicalType::Timestamp(stamp)) if stamp.unit == TimeUnit::NANOS)
}

pub(crate) fn floating(number: f64) -> String {
    format!("{number} floating")
}

fn moment(micros: i64) -> String {
    Moment::from_micros(micros).to_string()
}

/// Writes a decimal out. A negative one, or one over 256 bits, is text that is no amount.
fn decimal(decimal: &Decimal) -> String {
    let bytes = decimal.data();
    let scale = u8::try_from(decimal.scale()).ok();
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let significant: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    let (Some(scale), false, 0..=32) = (scale, negative, significant.len()) else {
        return "a decimal below zero or over 256 bits".to_owned();
    };
    let mut little = [0; 32];
    little
        .iter_mut()
        .zip(significant.iter().rev())
        .for_each(|(to, from)| *to = *from);
    Amount::from_le_bytes(little).to_coins(scale)
}
