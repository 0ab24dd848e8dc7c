//! Parquet files, written here, read as the tables that they are.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{
    ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::Cursor;
use std::sync::Arc;
use strongroom_ledger::ethereum::{self, Books, Chain, Export};
use strongroom_ledger::{Imported, Ledger, LedgerError, Mapping, recognise_parquet};
use strongroom_model::Transfer;

/// A column's cells.
enum Cells {
    Texts(Vec<Vec<u8>>),
    Fixed(Vec<Vec<u8>>),
    Numbers(Vec<i64>),
    Floats(Vec<f64>),
}

fn texts(list: &[&str]) -> Cells {
    Cells::Texts(list.iter().map(|text| text.as_bytes().to_vec()).collect())
}

/// Writes a file whose columns are all required.
fn file(schema: &str, columns: &[Cells], compression: Compression) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(&format!("message m {{ {schema} }}")).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for cells in columns {
        let mut column = group.next_column().unwrap().unwrap();
        match cells {
            Cells::Texts(list) => {
                let list: Vec<ByteArray> = list.iter().map(|text| text.clone().into()).collect();
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&list, None, None)
                    .unwrap();
            }
            Cells::Fixed(list) => {
                let list: Vec<FixedLenByteArray> = list.iter().map(|bytes| bytes.clone().into()).collect();
                column
                    .typed::<FixedLenByteArrayType>()
                    .write_batch(&list, None, None)
                    .unwrap();
            }
            Cells::Numbers(list) => {
                column.typed::<Int64Type>().write_batch(list, None, None).unwrap();
            }
            Cells::Floats(list) => {
                column
                    .typed::<DoubleType>()
                    .write_batch(list, None, None)
                    .unwrap();
            }
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn new() -> (tempfile::TempDir, Ledger) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = Ledger::create(dir.path()).unwrap();
    (dir, ledger)
}

fn import(ledger: &mut Ledger, bytes: &[u8]) -> Result<Imported, LedgerError> {
    ledger.import_parquet("t.parquet", bytes, &Mapping::default(), &mut |_| ())
}

const TEXT: &str = "time,tx,from,to,asset,amount
2019-03-24T01:00:00Z,t1,victim,thief,ETH,19000000000000000001
2019-03-24T02:00:00Z,t2,thief,0x00000000000000000000000000000000000000aa,ETH,7
";

fn the_same_in_parquet(compression: Compression) -> Vec<u8> {
    let mut decimal = vec![0; 32];
    decimal[23..].copy_from_slice(&19_000_000_000_000_000_001u128.to_be_bytes()[7..]);
    let mut seven = vec![0; 32];
    seven[31] = 7;
    let mut address = vec![0; 20];
    address[19] = 0xaa;
    let columns = [
        Cells::Numbers(vec![1_553_389_200_000_000, 1_553_392_800_000_000]),
        texts(&["t1", "t2"]),
        texts(&["victim", "thief"]),
        Cells::Texts(vec![b"thief".to_vec(), address]),
        texts(&["ETH", "ETH"]),
        Cells::Fixed(vec![decimal, seven]),
    ];
    let schema = "required int64 time (TIMESTAMP(MICROS,true)); required binary tx (UTF8); required binary from (UTF8);
        required binary to; required binary asset (UTF8); required fixed_len_byte_array(32) amount (DECIMAL(76,0));";
    file(schema, &columns, compression)
}

#[test]
fn a_transfer_table_is_the_same_in_either_file() {
    let (_text_dir, mut text) = new();
    text.import_csv("t.csv", Cursor::new(TEXT), &Mapping::default(), &mut |_| ())
        .unwrap();
    let wanted: Vec<Transfer<'_>> = text.transfers().map(Result::unwrap).collect();
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::LZ4_RAW,
        zstd,
    ] {
        let bytes = the_same_in_parquet(compression);
        assert!(recognise_parquet(&bytes));
        let (_dir, mut ledger) = new();
        let imported = import(&mut ledger, &bytes).unwrap();
        assert_eq!((imported.rows, imported.gaps.as_slice()), (2, &[][..]));
        assert_eq!(ledger.transfers().map(Result::unwrap).collect::<Vec<_>>(), wanted);
        // The same file is not taken twice.
        let again = import(&mut ledger, &bytes).unwrap();
        assert_eq!((again.rows, again.resumed_after, ledger.rows()), (0, 2, 2));
    }
}

#[test]
fn what_was_stored_inexactly_is_refused_and_what_is_no_table_says_so() {
    let columns = [
        Cells::Numbers(vec![1]),
        texts(&["t1"]),
        texts(&["a"]),
        texts(&["b"]),
        texts(&["X"]),
        Cells::Floats(vec![2e18]),
    ];
    let schema = "required int64 time; required binary tx (UTF8); required binary from (UTF8); required binary to (UTF8);
        required binary asset (UTF8); required double amount;";
    let bytes = file(schema, &columns, Compression::UNCOMPRESSED);
    let (_dir, mut ledger) = new();
    let imported = import(&mut ledger, &bytes).unwrap();
    assert_eq!((imported.rows, imported.gaps.len()), (0, 1));
    assert!(imported.gaps[0].why.contains("floating"), "{:?}", imported.gaps);
    let other = file(
        "required int64 height;",
        &[Cells::Numbers(vec![1])],
        Compression::UNCOMPRESSED,
    );
    for bytes in [
        other.as_slice(),
        b"PAR1PAR1",
        b"PAR1 and nothing else PAR1",
        TEXT.as_bytes(),
    ] {
        assert!(!recognise_parquet(bytes));
        assert!(matches!(
            import(&mut ledger, bytes),
            Err(LedgerError::NotATable { .. })
        ));
    }
}

#[test]
fn an_export_in_parquet_is_an_export() {
    let bytes = |seed: u8, length: usize| vec![seed; length];
    let blocks = file(
        "required binary block_hash; required binary author; required int64 block_number; required int64 timestamp;
         required int64 base_fee_per_gas;",
        &[
            Cells::Texts(vec![bytes(1, 32)]),
            Cells::Texts(vec![bytes(9, 20)]),
            Cells::Numbers(vec![20_000_000]),
            Cells::Numbers(vec![1_700_000_000]),
            Cells::Numbers(vec![2]),
        ],
        Compression::SNAPPY,
    );
    assert_eq!(ethereum::recognise(&blocks), Some(ethereum::Table::Blocks));
    let transactions = file(
        "required int64 block_number; required int64 transaction_index; required binary transaction_hash;
         required binary from_address; required binary to_address; required binary value_string (UTF8);
         required int64 gas_used; required int64 gas_price; required int64 status;",
        &[
            Cells::Numbers(vec![20_000_000]),
            Cells::Numbers(vec![0]),
            Cells::Texts(vec![bytes(2, 32)]),
            Cells::Texts(vec![bytes(3, 20)]),
            Cells::Texts(vec![bytes(4, 20)]),
            texts(&["5000000000000000000000"]),
            Cells::Numbers(vec![21_000]),
            Cells::Numbers(vec![3]),
            Cells::Numbers(vec![1]),
        ],
        Compression::SNAPPY,
    );
    let (_dir, mut ledger) = new();
    let mut export = Export::new();
    export.add("transactions.parquet", &transactions).unwrap();
    export.add("blocks.parquet", &blocks).unwrap();
    let mut books = Books::of(Chain::ethereum());
    let imported = export.import(&mut ledger, &mut books, &mut |_| ()).unwrap();
    assert_eq!(imported.gaps, []);
    let rows: Vec<(String, String)> = ledger
        .transfers()
        .map(Result::unwrap)
        .map(|row| (row.to.to_owned(), row.amount.to_string()))
        .collect();
    let account = |seed: &str| format!("0x{}", seed.repeat(20));
    let wanted = [
        (account("04"), "5000000000000000000000"),
        (String::new(), "42000"),
        (account("09"), "21000"),
    ];
    assert_eq!(rows, wanted.map(|(to, amount)| (to, amount.to_owned())));
}
