//! Exports: every row of a ledger stands in its tables, and a ledger made of them is the ledger that they came from.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "coin_chains/mod.rs"]
mod coin_chains;

use coin_chains::{block, chain, id, input, output, transaction};
use parquet::basic::{LogicalType, TimeUnit};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;
use strongroom_ledger::{
    Block, CoinInput, CoinLayout, CoinLedger, ExportedTable, Fate, Id, Input, Ledger, LedgerError, Mapping,
    OutPoint, Output, Owner, Transaction,
};
use strongroom_model::{Moment, Transfer};
use tempfile::{TempDir, tempdir};

/// The rows of a table, each by the names of its columns; what is null is absent.
struct Table(Vec<BTreeMap<String, Field>>);

impl Table {
    fn read(dir: &Path, file: &str) -> Self {
        let reader = SerializedFileReader::new(File::open(dir.join(file)).unwrap()).unwrap();
        let row = |row: Row| {
            row.into_columns()
                .into_iter()
                .filter(|(_, field)| *field != Field::Null)
                .collect()
        };
        Table(reader.into_iter().map(|read| row(read.unwrap())).collect())
    }
}

fn number(row: &BTreeMap<String, Field>, column: &str) -> Option<u64> {
    row.get(column).map(|field| match field {
        Field::Long(number) => u64::try_from(*number).unwrap(),
        Field::ULong(units) => *units,
        other => panic!("{column}: {other:?}"),
    })
}

fn text<'a>(row: &'a BTreeMap<String, Field>, column: &str) -> Option<&'a str> {
    row.get(column).map(|field| match field {
        Field::Str(text) => text.as_str(),
        other => panic!("{column}: {other:?}"),
    })
}

fn time(row: &BTreeMap<String, Field>) -> Moment {
    match row["time"] {
        Field::TimestampMicros(micros) => Moment::from_micros(micros),
        ref other => panic!("{other:?}"),
    }
}

fn coin_ledger(blocks: &[Block], rows_per_segment: u32) -> (TempDir, CoinLedger) {
    let dir = tempdir().unwrap();
    let mut ledger = CoinLedger::create(dir.path(), "made-up", CoinLayout { rows_per_segment }).unwrap();
    ledger.append(blocks, &mut |_| ()).unwrap();
    (dir, ledger)
}

fn exported(ledger: &CoinLedger) -> (TempDir, Vec<ExportedTable>) {
    let dir = tempdir().unwrap();
    let tables = ledger.export(dir.path(), &mut |_, _| ()).unwrap();
    (dir, tables)
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap);
    entries
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect()
}

fn owner_of(text: &str) -> Owner {
    match text.split_once(':') {
        Some(("p2pkh", hash)) => Owner::KeyHash(std::array::from_fn(|at| {
            u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).unwrap()
        })),
        None if text == "nobody" => Owner::Nobody,
        None if text == "mweb" => Owner::Mweb,
        _ => panic!("{text}"),
    }
}

/// Makes the blocks anew from nothing but the four tables.
fn rebuilt(dir: &Path) -> Vec<Block> {
    let outputs = Table::read(dir, "outputs.parquet").0;
    let coin = |row: &BTreeMap<String, Field>| Output {
        value: number(row, "value").unwrap(),
        owner: owner_of(text(row, "owner").unwrap()),
    };
    let transactions = Table::read(dir, "transactions.parquet").0;
    let mut made: BTreeMap<u64, Transaction> = BTreeMap::new();
    for row in &transactions {
        let id = Id::read(text(row, "id").unwrap()).unwrap();
        let made_of = transaction(0, Vec::new(), Vec::new());
        made.insert(number(row, "transaction").unwrap(), Transaction { id, ..made_of });
    }
    for row in &outputs {
        if let Some(maker) = number(row, "transaction") {
            let made = made.get_mut(&maker).unwrap();
            assert_eq!(number(row, "vout"), Some(made.outputs.len() as u64));
            made.outputs.push(coin(row));
        }
    }
    for row in Table::read(dir, "inputs.parquet").0 {
        let vout = |row, column| number(row, column).unwrap() as u32;
        let input = match number(&row, "output").map(|output| &outputs[output as usize]) {
            None => Input {
                spends: OutPoint {
                    transaction: Id::read(text(&row, "unknown_id").unwrap()).unwrap(),
                    vout: vout(&row, "unknown_vout"),
                },
                known: None,
            },
            Some(spent) => {
                let earlier = text(spent, "earlier_id").map(|id| Id::read(id).unwrap());
                let maker = number(spent, "transaction").map(|maker| made[&maker].id);
                Input {
                    spends: OutPoint {
                        transaction: earlier.or(maker).unwrap(),
                        vout: vout(spent, "vout"),
                    },
                    known: earlier.map(|_| coin(spent)),
                }
            }
        };
        let spender = made.get_mut(&number(&row, "transaction").unwrap()).unwrap();
        assert_eq!(number(&row, "vin"), Some(spender.inputs.len() as u64));
        spender.inputs.push(input);
    }
    let mut previous = Id::default();
    let mut blocks = Vec::new();
    for row in Table::read(dir, "blocks.parquet").0 {
        let first = number(&row, "first_transaction").unwrap();
        let numbers = first..first + number(&row, "transactions").unwrap();
        let mut in_block: Vec<_> = numbers
            .map(|at| {
                let place = number(&transactions[at as usize], "position").unwrap();
                (place, made.remove(&at).unwrap())
            })
            .collect();
        in_block.sort_by_key(|(place, _)| *place);
        let id = Id::read(text(&row, "id").unwrap()).unwrap();
        blocks.push(Block {
            id,
            previous,
            height: number(&row, "height").unwrap() as u32,
            when: time(&row),
            transactions: in_block.into_iter().map(|(_, transaction)| transaction).collect(),
        });
        previous = id;
    }
    blocks
}

#[test]
fn a_ledger_made_of_an_export_is_the_ledger_that_was_exported() {
    let (mut openings, mut unknown, mut destroyed) = (0, 0, 0);
    for seed in 0..40 {
        let blocks = chain(seed, 24, seed % 2 == 1);
        let (_dir, ledger) = coin_ledger(&blocks, 1 << 20);
        let (tables, _) = exported(&ledger);
        let again = rebuilt(tables.path());
        assert!(again == blocks, "seed {seed}");
        let (_again_dir, again) = coin_ledger(&again, 1 << 20);
        assert!(
            files(exported(&again).0.path()) == files(tables.path()),
            "seed {seed}"
        );
        let info = ledger.info().unwrap();
        openings += info.openings;
        unknown += info.unknown;
        destroyed += every_row_says_what_the_ledger_says(&ledger, tables.path());
    }
    assert!(
        openings > 0 && unknown > 0 && destroyed > 0,
        "the chains have no edges: {openings} {unknown} {destroyed}"
    );
}

/// Compares every row with what the ledger answers. Returns how many outputs were overwritten.
fn every_row_says_what_the_ledger_says(ledger: &CoinLedger, dir: &Path) -> u64 {
    let info = ledger.info().unwrap();
    let transactions = Table::read(dir, "transactions.parquet").0;
    assert_eq!(transactions.len() as u64, info.transactions);
    for (at, row) in (0u32..).zip(&transactions) {
        let known = ledger.transaction(at).unwrap();
        assert_eq!(number(row, "transaction"), Some(at.into()));
        assert_eq!(text(row, "id"), Some(known.id.to_string().as_str()));
        assert_eq!(
            (number(row, "height"), time(row)),
            (Some(known.height.into()), known.when)
        );
        assert_eq!(row["coinbase"], Field::Bool(known.coinbase));
        assert_eq!(number(row, "fee"), ledger.fee(at).unwrap());
        assert_eq!(
            (number(row, "inputs"), number(row, "outputs")),
            (
                Some(known.inputs.clone().count() as u64),
                Some(known.outputs.clone().count() as u64)
            )
        );
    }
    let (mut total, mut destroyed) = (0, 0);
    let outputs = Table::read(dir, "outputs.parquet").0;
    assert_eq!(outputs.len() as u64, info.outputs);
    for (at, row) in (0u64..).zip(&outputs) {
        assert_eq!(number(row, "output"), Some(at));
        assert_eq!(
            number(row, "transaction"),
            ledger.transaction_of(at).unwrap().map(u64::from)
        );
        let (value, owner) = (ledger.value(at).unwrap(), ledger.owner_of(at).unwrap());
        assert_eq!(
            (number(row, "value"), number(row, "owner_number")),
            (Some(value), Some(owner.into()))
        );
        assert_eq!(text(row, "owner"), Some(ledger.account(owner).unwrap().as_str()));
        let fate = match (number(row, "spender"), number(row, "destroyer")) {
            (None, None) => Fate::Unspent,
            (Some(by), None) => Fate::Spent(by as u32),
            (None, Some(by)) => Fate::Destroyed(by as u32),
            both => panic!("{both:?}"),
        };
        assert_eq!(ledger.fate(at).unwrap(), fate);
        destroyed += u64::from(matches!(fate, Fate::Destroyed(_)));
        total += value;
    }
    let all = (0..info.outputs).map(|at| ledger.value(at).unwrap()).sum::<u64>();
    assert_eq!(total, all);
    let inputs = Table::read(dir, "inputs.parquet").0;
    assert_eq!(inputs.len() as u64, info.inputs);
    let known = (0..info.transactions as u32).flat_map(|at| ledger.inputs(at).unwrap());
    for (row, input) in inputs.iter().zip(known) {
        let said = number(row, "output");
        assert_eq!(said.is_none(), matches!(input, CoinInput::Unknown(_)));
        assert!(said.is_none_or(|said| matches!(input, CoinInput::Spent { output, .. } if output == said)));
    }
    destroyed
}

#[test]
fn segments_and_earlier_exports_leave_no_trace_in_the_bytes() {
    let blocks = chain(7, 30, true);
    let (_one_dir, one) = coin_ledger(&blocks, 1 << 20);
    let (_other_dir, other) = coin_ledger(&blocks, 9);
    assert!(other.info().unwrap().segments > 3);
    let (tables, said) = exported(&one);
    let wanted = files(tables.path());
    assert_eq!(
        wanted.keys().collect::<Vec<_>>(),
        [
            "blocks.parquet",
            "export.json",
            "inputs.parquet",
            "outputs.parquet",
            "transactions.parquet"
        ]
    );
    for table in &said {
        assert_eq!(wanted[&table.file].len() as u64, table.bytes);
    }
    assert!(files(exported(&other).0.path()) == wanted);
    // Over what a shorter chain left, and what a killed export did.
    let (_short_dir, short) = coin_ledger(&blocks[..3], 1 << 20);
    let (again, _) = exported(&short);
    fs::write(again.path().join("outputs.parquet.aside"), "PAR1 broken off").unwrap();
    fs::write(again.path().join("transfers.parquet.aside"), "").unwrap();
    one.export(again.path(), &mut |_, _| ()).unwrap();
    assert!(files(again.path()) == wanted);
}

#[test]
fn progress_ends_where_it_said_it_would() {
    let (_dir, ledger) = coin_ledger(&chain(3, 12, false), 1 << 20);
    let mut told = Vec::new();
    let into = tempdir().unwrap();
    ledger
        .export(into.path(), &mut |done, all| told.push((done, all)))
        .unwrap();
    let all = u64::from(ledger.transactions());
    assert_eq!(told, [(0, all), (all, all)]);
}

#[test]
fn units_and_time_zone_stand_in_the_file() {
    let dir = tempdir().unwrap();
    let mut ledger = CoinLedger::create(dir.path(), "bitcoin", CoinLayout::default()).unwrap();
    let mined = transaction(1, Vec::new(), vec![output(u64::MAX, 1)]);
    let paid = transaction(2, vec![input(1, 0)], vec![output(u64::MAX - 3, 2)]);
    let blocks = [
        block(0, vec![mined]),
        block(1, vec![transaction(3, Vec::new(), vec![output(1, 1)]), paid]),
    ];
    ledger.append(&blocks, &mut |_| ()).unwrap();
    let (tables, _) = exported(&ledger);
    let open = |file: &str| SerializedFileReader::new(File::open(tables.path().join(file)).unwrap()).unwrap();
    let reader = open("outputs.parquet");
    let file = reader.metadata().file_metadata();
    let notes: BTreeMap<_, _> = file
        .key_value_metadata()
        .unwrap()
        .iter()
        .cloned()
        .map(|note| (note.key, note.value.unwrap()))
        .collect();
    assert_eq!(
        (notes["chain"].as_str(), notes["unit"].as_str()),
        ("bitcoin", "satoshi")
    );
    assert_eq!(notes["column.value"], "satoshi, whole");
    let column = file
        .schema_descr()
        .columns()
        .iter()
        .find(|column| column.name() == "value")
        .unwrap()
        .clone();
    assert!(matches!(column.logical_type_ref(), Some(LogicalType::Integer(form)) if !form.is_signed));
    let reader = open("transactions.parquet");
    let columns = reader
        .metadata()
        .file_metadata()
        .schema_descr()
        .columns()
        .to_vec();
    let stamp = columns
        .iter()
        .find(|column| column.name() == "time")
        .unwrap()
        .clone();
    assert!(
        matches!(stamp.logical_type_ref(), Some(LogicalType::Timestamp(stamp)) if stamp.is_adjusted_to_u_t_c && stamp.unit == TimeUnit::MICROS)
    );
    // The greatest amount is whole, and so is the address.
    let rows = Table::read(tables.path(), "outputs.parquet").0;
    assert_eq!(number(&rows[0], "value"), Some(u64::MAX));
    assert_eq!(text(&rows[0], "owner"), Some(ledger.account(0).unwrap().as_str()));
    assert!(text(&rows[0], "owner").unwrap().starts_with('1'));
    let fees: Vec<_> = Table::read(tables.path(), "transactions.parquet")
        .0
        .iter()
        .map(|row| number(row, "fee"))
        .collect();
    assert_eq!(fees, [None, Some(3), None]);
    assert_eq!(
        id(1).to_string(),
        text(&Table::read(tables.path(), "transactions.parquet").0[0], "id").unwrap()
    );
}

const TABLE: &str = "time,tx,from,to,asset,amount,fee
2019-03-24T03:00:00Z,t3,\"a, b\",0x00000000000000000000000000000000000000aa,ETH,7,1
2019-03-24T01:00:00.000001Z,t1,,victim,ETH,19000000000000000001,0
2019-03-24T01:00:00Z,,victim,thief,WEI,115792089237316195423570985008687907853269984665640564039457584007913129639935,0
2019-03-24T02:00:00Z,t2,thief,,\u{1d6b}TH,0,0
";

fn account_ledger() -> (TempDir, Ledger) {
    let dir = tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let imported = ledger
        .import_csv("t.csv", Cursor::new(TABLE), &Mapping::default(), &mut |_| ())
        .unwrap();
    assert_eq!(
        (imported.rows, imported.gaps.len()),
        (4, 0),
        "{:?}",
        imported.gaps
    );
    (dir, ledger)
}

#[test]
fn an_exported_ledger_of_accounts_is_imported_as_what_it_was() {
    let (_dir, ledger) = account_ledger();
    let into = tempdir().unwrap();
    ledger.export(into.path(), &mut |_, _| ()).unwrap();
    let bytes = fs::read(into.path().join("transfers.parquet")).unwrap();
    assert!(strongroom_ledger::recognise_parquet(&bytes));
    let again_dir = tempdir().unwrap();
    let mut again = Ledger::create(again_dir.path()).unwrap();
    let imported = again
        .import_parquet("transfers.parquet", &bytes, &Mapping::default(), &mut |_| ())
        .unwrap();
    assert_eq!((imported.rows, imported.gaps.as_slice()), (4, &[][..]));
    let all = |ledger: &Ledger| -> Vec<(u64, String)> {
        let spelled = |transfer: Transfer<'_>| (transfer.row, format!("{transfer:?}"));
        ledger
            .transfers()
            .map(|transfer| spelled(transfer.unwrap()))
            .collect()
    };
    assert_eq!(all(&again), all(&ledger));
    // Rows keep the numbers of their first import, whatever their time.
    assert_eq!(all(&again)[0].0, 2);
    let again_into = tempdir().unwrap();
    again.export(again_into.path(), &mut |_, _| ()).unwrap();
    assert!(files(again_into.path()) == files(into.path()));
}

#[test]
fn what_is_no_export_is_left_alone() {
    let (dir, ledger) = account_ledger();
    let refused = |into: &Path| {
        let before = files(into);
        let refused = ledger.export(into, &mut |_, _| ()).unwrap_err();
        assert!(matches!(refused, LedgerError::NotAnExport { .. }), "{refused}");
        assert!(files(into) == before);
    };
    refused(dir.path());
    let other = tempdir().unwrap();
    fs::write(other.path().join("transfers.parquet"), "mine").unwrap();
    refused(other.path());
    for said in ["{\"schema\":\"mine/1\"}", "no JSON"] {
        fs::write(other.path().join("export.json"), said).unwrap();
        refused(other.path());
    }
    // What an export leaves that was killed as it began is nothing.
    let begun = tempdir().unwrap();
    fs::write(begun.path().join("export.json.aside"), "{").unwrap();
    ledger.export(begun.path(), &mut |_, _| ()).unwrap();
    let file = other.path().join("export.json");
    assert!(matches!(
        ledger.export(&file, &mut |_, _| ()),
        Err(LedgerError::Io { .. })
    ));
    // An export gives way to one of another kind; what somebody put beside it stays.
    let (_coins_dir, coins) = coin_ledger(&chain(1, 3, false), 1 << 20);
    let (export, _) = exported(&coins);
    fs::write(export.path().join("notes.txt"), "mine").unwrap();
    ledger.export(export.path(), &mut |_, _| ()).unwrap();
    let left = files(export.path());
    assert_eq!(
        left.keys().collect::<Vec<_>>(),
        ["export.json", "notes.txt", "transfers.parquet"]
    );
    let about: serde_json::Value = serde_json::from_slice(&left["export.json"]).unwrap();
    assert_eq!(
        (&about["complete"], &about["tables"][0]["rows"]),
        (&true.into(), &4.into())
    );
}

#[test]
fn one_export_at_a_time_goes_into_a_directory() {
    let (_dir, ledger) = account_ledger();
    let into = tempdir().unwrap();
    let mut second = None;
    ledger
        .export(into.path(), &mut |_, _| {
            second = Some(ledger.export(into.path(), &mut |_, _| ()).err());
        })
        .unwrap();
    assert!(
        matches!(second, Some(Some(LedgerError::Locked { .. }))),
        "{second:?}"
    );
}

#[test]
fn empty_ledgers_are_exported_as_empty_tables() {
    let (_coins_dir, coins) = coin_ledger(&[], 1 << 20);
    let (tables, said) = exported(&coins);
    assert_eq!(said.iter().map(|table| table.rows).collect::<Vec<_>>(), [0; 4]);
    assert_eq!(Table::read(tables.path(), "outputs.parquet").0.len(), 0);
    let dir = tempdir().unwrap();
    let accounts = Ledger::create(dir.path()).unwrap();
    let into = tempdir().unwrap();
    assert_eq!(accounts.export(into.path(), &mut |_, _| ()).unwrap()[0].rows, 0);
}
