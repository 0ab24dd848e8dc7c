//! What goes in comes out, in order, by every door; what was changed on disk never does.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use strongroom_ledger::{Direction, Ledger, LedgerError, Mapping, Policy, Seed, Stops, trace};
use strongroom_model::{Limits, Why};
use tables::ledger;

const TABLE: &str = "time,tx,from,to,asset,amount,fee
1,t1,,alice,X,100,0
2,t2,alice,bob,X,115792089237316195423570985008687907853269984665640564039457584007913129639935,1
2,t2,alice,carol,Y,7,0
5,t3,bob,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,X,9,0
4,t4,0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed,,X,3,0
6,t5,carol,alice,Y,1,0
";

fn lines(ledger: &Ledger) -> Result<Vec<String>, LedgerError> {
    let line = |t: strongroom_model::Transfer<'_>| {
        format!(
            "{} {} {} {} {} {} {} {}",
            t.row, t.when, t.transaction, t.from, t.to, t.asset, t.amount, t.fee
        )
    };
    ledger.transfers().map(|transfer| transfer.map(line)).collect()
}

fn import(ledger: &mut Ledger, name: &str, text: &str) -> Result<strongroom_ledger::Imported, LedgerError> {
    ledger.import_csv(
        name,
        Cursor::new(text.as_bytes().to_vec()),
        &Mapping::default(),
        &mut |_| (),
    )
}

#[test]
fn ledger_order_is_time_then_row_whatever_the_segments() {
    let (_one, whole) = ledger(TABLE, 100);
    for rows in 1..6 {
        let (_dir, parts) = ledger(TABLE, rows);
        assert_eq!(lines(&parts).unwrap(), lines(&whole).unwrap());
    }
    let order: Vec<u64> = whole.transfers().map(|transfer| transfer.unwrap().row).collect();
    assert_eq!(order, [0, 1, 2, 4, 3, 5]);
}

#[test]
fn every_door_leads_to_the_same_rows() {
    let (_dir, ledger) = ledger(TABLE, 2);
    let mixed = "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED";
    let rows: Vec<u64> = ledger
        .transfers_of(mixed)
        .map(|transfer| transfer.unwrap().row)
        .collect();
    assert_eq!(rows, [4, 3], "one account in two spellings, in ledger order");
    assert_eq!(ledger.rows_of_transaction("t2").unwrap(), [1, 2]);
    assert_eq!(ledger.transfers_of("nobody").count(), 0);
    let id = ledger.account_id("carol").unwrap().unwrap();
    assert_eq!(ledger.account(id).unwrap(), "carol");
    assert_eq!((ledger.rows(), ledger.accounts(), ledger.assets()), (6, 4, 2));
    assert!(matches!(ledger.transfer(6), Err(LedgerError::NoRow(6))));
    let info = ledger.info();
    assert_eq!(
        (info.segments, info.sources[0].rows, info.sources[0].complete),
        (3, 6, true)
    );
    assert_eq!(ledger.verify().unwrap().segments, 3);
}

#[test]
fn a_second_table_may_lie_anywhere_in_time() {
    let (early, late) = TABLE.split_at(TABLE.find("5,t3").unwrap());
    let head = "time,tx,from,to,asset,amount,fee\n";
    let (_dir, mut both) = ledger(&format!("{head}{late}"), 2);
    import(&mut both, "early.csv", early).unwrap();
    let strip = |line: &String| line.split_once(' ').unwrap().1.to_owned();
    let (_one, whole) = ledger(TABLE, 100);
    assert_eq!(
        lines(&both).unwrap().iter().map(strip).collect::<Vec<_>>(),
        lines(&whole).unwrap().iter().map(strip).collect::<Vec<_>>()
    );
}

#[test]
fn opening_balances_are_the_deepest_deficits() {
    let table = "time,tx,from,to,asset,amount,fee\n1,a,hot,x,X,5,1\n2,b,y,hot,X,4,0\n3,c,hot,x,X,6,0\n3,c,y,hot,Z,1,0\n";
    let (_dir, ledger) = ledger(table, 2);
    let openings = ledger.openings(" hot ").unwrap();
    assert_eq!(openings.len(), 1, "nothing of Z is missing");
    assert_eq!(
        (openings[0].asset.as_str(), openings[0].amount),
        ("X", 8u64.into())
    );
    assert_eq!(ledger.openings("nobody").unwrap(), []);
}

#[test]
fn rows_without_a_transaction_have_none_in_common() {
    let (_dir, ledger) = ledger("time,from,to,asset,amount\n1,a,b,X,5\n2,b,c,X,4\n", 100);
    assert!(ledger.rows_of_transaction("").unwrap().is_empty());
    assert_eq!(
        ledger
            .transfers()
            .map(|t| t.unwrap().transaction.len())
            .sum::<usize>(),
        0
    );
}

#[test]
fn a_source_is_taken_once() {
    let (_dir, mut ledger) = ledger(TABLE, 2);
    let again = import(&mut ledger, "copy.csv", TABLE).unwrap();
    assert_eq!((again.rows, again.resumed_after, ledger.rows()), (0, 6, 6));
}

#[test]
fn tables_that_differ_only_in_their_middle_are_two() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let edge = "1,t,a,b,X,1\n".repeat(10_000);
    for amount in [5, 7] {
        let text = format!("time,tx,from,to,asset,amount\n{edge}1,middle,a,b,X,{amount}\n{edge}");
        assert_eq!(import(&mut ledger, "table.csv", &text).unwrap().rows, 20_001);
    }
    assert_eq!(ledger.rows_of_transaction("middle").unwrap().len(), 2);
}

#[test]
fn of_a_table_that_has_grown_only_what_is_new_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let head = "time,tx,from,to,asset,amount\n";
    import(&mut ledger, "jan.csv", &format!("{head}1,a,x,y,X,1")).unwrap();
    for (end, more) in [
        ("", "\n2,b,x,y,X,2\n"),
        ("\n2,b,x,y,X,2\n", "3,c,x,y,X,3\nsoon\n"),
    ] {
        let text = format!("{head}1,a,x,y,X,1{end}{more}");
        let before = ledger.rows();
        let grown = import(&mut ledger, "feb.csv", &text).unwrap();
        assert_eq!((grown.resumed_after, grown.rows), (before, 1));
    }
    assert_eq!(ledger.gaps()[0].place, "feb.csv:5");
    let sources = ledger.info().sources;
    assert_eq!((sources.len(), sources[0].rows), (1, 3));
    assert_eq!(
        Ledger::open(dir.path()).unwrap().verify().unwrap().segments,
        3,
        "one for each call that brought rows"
    );
    let mut other = Ledger::create(&dir.path().join("other")).unwrap();
    import(&mut other, "a.csv", &format!("{head}1,a,x,y,X,1")).unwrap();
    let longer = import(&mut other, "a.csv", &format!("{head}1,a,x,y,X,12\n"));
    assert!(
        matches!(longer, Err(LedgerError::Changed { .. })),
        "its last row is another now"
    );
}

#[test]
fn a_bad_row_is_a_gap_and_a_malformed_address_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let text = "time,tx,from,to,asset,amount\n1,a,x,1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv,BTC,5\nsoon,b,x,y,BTC,5\n2,c,x,y,BTC,0.5\n";
    let long = format!("3,{},x,y,BTC,5\n", "d".repeat(20_000));
    let imported = import(&mut ledger, "bad.csv", &format!("{text}{long}4,e,x,y,BTC,5\n")).unwrap();
    assert_eq!(imported.rows, 2);
    let gaps: Vec<(&str, &Why)> = imported
        .gaps
        .iter()
        .map(|gap| (gap.place.as_str(), &gap.cause))
        .collect();
    assert_eq!(
        gaps.iter().map(|gap| gap.0).collect::<Vec<_>>(),
        ["bad.csv:2", "bad.csv:3", "bad.csv:4", "bad.csv:5"]
    );
    assert!(
        imported.gaps[0].why.contains("base58check"),
        "{}",
        imported.gaps[0].why
    );
    assert!(matches!(gaps[3].1, Why::Limit(_)));
    assert_eq!(
        ledger.gaps(),
        imported.gaps,
        "they are still told when the ledger is opened again"
    );
    let id = ledger
        .account_id("1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv")
        .unwrap()
        .unwrap();
    assert!(ledger.is_malformed(id).unwrap());
    let seed = [Seed::Transfer(0)];
    let trace = trace(
        &ledger,
        Direction::Forward,
        &seed,
        &[Policy::Fifo],
        &Stops::none(),
        &Limits::default(),
    )
    .unwrap()
    .remove(0);
    assert_eq!(trace.gaps.len(), 2, "the trace tells both: {:?}", trace.gaps);
}

#[test]
fn many_bad_rows_are_counted_to_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let rows = "x,b,x,y,BTC,5\n".repeat(250);
    let imported = import(
        &mut ledger,
        "bad.csv",
        &format!("time,tx,from,to,asset,amount\n{rows}"),
    )
    .unwrap();
    assert_eq!((imported.rows, imported.gaps.len()), (0, 101));
    assert!(
        imported.gaps[100].why.contains("150 more rows"),
        "{}",
        imported.gaps[100].why
    );
    assert_eq!(ledger.gaps().len(), 101);
}

#[test]
fn places_come_from_the_table_or_the_mapping_and_never_from_a_guess() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::create(dir.path()).unwrap();
    let text = "#decimals BTC=8\nDate;Hash;Sender;Receiver;Amount;Coin\n1;a;x;y;0.5;btc\n1;b;x;y;0.5;xem\n1;c;x;y;0.5;eth\n";
    let mapping = Mapping {
        decimals: BTreeMap::from([("XEM".to_owned(), 6)]),
        ..Mapping::default()
    };
    let source = Cursor::new(text.as_bytes().to_vec());
    let imported = ledger.import_csv("t.csv", source, &mapping, &mut |_| ()).unwrap();
    assert_eq!((imported.rows, imported.gaps.len()), (2, 1));
    let amounts: Vec<String> = ledger
        .transfers()
        .map(|t| t.unwrap().amount.to_string())
        .collect();
    assert_eq!(amounts, ["50000000", "500000"]);
}

#[test]
fn what_is_no_table_or_no_ledger_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(
        Ledger::open(dir.path()),
        Err(LedgerError::NotALedger { .. })
    ));
    let mut ledger = Ledger::create(dir.path()).unwrap();
    assert!(matches!(
        Ledger::create(dir.path()),
        Err(LedgerError::AlreadyThere { .. })
    ));
    let error = import(&mut ledger, "log.csv", "ts,uid,host\n1,2,3\n").unwrap_err();
    assert!(matches!(error, LedgerError::NotATable { .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "log.csv is no transfer table: its header has no column for \"time\""
    );
}

#[test]
fn one_writer_at_a_time() {
    let (dir, mut ledger) = ledger(TABLE, 2);
    let lock = fs::File::options()
        .append(true)
        .open(dir.path().join("lock"))
        .unwrap();
    lock.lock().unwrap();
    let more = "time,tx,from,to,asset,amount\n9,z,a,b,X,1\n";
    assert!(matches!(
        import(&mut ledger, "more.csv", more),
        Err(LedgerError::Locked { .. })
    ));
    assert_eq!(lines(&ledger).unwrap().len(), 6, "reading needs no lock");
    drop(lock);
    assert_eq!(import(&mut ledger, "more.csv", more).unwrap().rows, 1);
}

/// A source that puts a folder where the next segment is written aside, once its rows are asked for.
struct InTheWay {
    text: Cursor<Vec<u8>>,
    folder: PathBuf,
}

impl Read for InTheWay {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.text.read(buffer)
    }
}

impl Seek for InTheWay {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if matches!(to, SeekFrom::Start(1..)) {
            fs::create_dir(&self.folder)?;
        }
        self.text.seek(to)
    }
}

#[test]
fn after_a_failed_write_it_refuses() {
    let (dir, mut ledger) = ledger(TABLE, 2);
    let more = "time,tx,from,to,asset,amount\n9,z,a,b,X,1\n";
    let folder = dir.path().join("segment-000003.columns.aside");
    let text = Cursor::new(more.as_bytes().to_vec());
    let source = InTheWay {
        text,
        folder: folder.clone(),
    };
    let error = ledger
        .import_csv("more.csv", source, &Mapping::default(), &mut |_| ())
        .unwrap_err();
    assert!(matches!(error, LedgerError::Columns(_)), "{error}");
    fs::remove_dir(&folder).unwrap();
    assert!(matches!(
        import(&mut ledger, "more.csv", more),
        Err(LedgerError::Refuses { .. })
    ));
    let mut again = Ledger::open(dir.path()).unwrap();
    assert_eq!(import(&mut again, "more.csv", more).unwrap().rows, 1);
    assert_eq!(again.verify().unwrap().segments, 4);
}

/// All that a ledger answers, or the error that kept it from answering.
fn answers(dir: &Path) -> Result<String, LedgerError> {
    let ledger = Ledger::open(dir)?;
    let mut all = lines(&ledger)?;
    for account in [
        "alice",
        "bob",
        "carol",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "nobody",
    ] {
        all.push(format!("{:?}", ledger.account_id(account)?));
        all.extend(
            ledger
                .transfers_of(account)
                .map(|t| t.map(|t| t.row.to_string()))
                .collect::<Result<Vec<_>, _>>()?,
        );
    }
    all.push(format!(
        "{:?} {:?}",
        ledger.rows_of_transaction("t2")?,
        ledger.asset_id("y")?
    ));
    all.push(format!("{:?}", ledger.info()));
    Ok(all.join("\n"))
}

#[test]
fn a_flipped_byte_anywhere_is_found_and_never_answers() {
    let (dir, sound) = ledger(TABLE, 4);
    drop(sound);
    let truth = answers(dir.path()).unwrap();
    let mut flipped = 0;
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            fs::write(&path, &changed).unwrap();
            let place = format!("{} byte {at}", path.display());
            let verified = Ledger::open(dir.path()).and_then(|ledger| ledger.verify());
            assert!(verified.is_err(), "{place} is not found");
            if let Ok(answer) = answers(dir.path()) {
                assert_eq!(answer, truth, "{place} answers");
            }
            flipped += 1;
        }
        fs::write(&path, &bytes).unwrap();
    }
    assert!(flipped > 3_000, "{flipped}");
    assert_eq!(answers(dir.path()).unwrap(), truth);
}

#[test]
fn a_torn_commit_is_cut_off_and_orphans_are_removed() {
    let (dir, mut ledger) = ledger(TABLE, 2);
    let manifest = dir.path().join("manifest");
    let whole = fs::read(&manifest).unwrap();
    let torn = [&whole[..], &whole[whole.len() - 150..whole.len() - 5]].concat();
    fs::write(&manifest, torn).unwrap();
    fs::write(dir.path().join("segment-000003.columns"), "an orphan").unwrap();
    fs::write(dir.path().join("segment-000009.columns.aside"), "another").unwrap();
    assert_eq!(
        Ledger::open(dir.path()).unwrap().rows(),
        6,
        "a reader sees the last commit"
    );
    assert_eq!(
        Ledger::open(dir.path()).unwrap().gaps().len(),
        1,
        "and is told that more lies there"
    );
    import(&mut ledger, "copy.csv", TABLE).unwrap();
    assert_eq!(fs::read(&manifest).unwrap(), whole);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 5);
}

#[test]
fn a_manifest_that_lost_its_last_commits_says_so() {
    let (dir, whole) = ledger(TABLE, 2);
    assert_eq!(whole.gaps(), []);
    let manifest = dir.path().join("manifest");
    let text = fs::read_to_string(&manifest).unwrap();
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    for gaps in [1, 2] {
        lines.pop();
        fs::write(&manifest, lines.concat()).unwrap();
        let found = Ledger::open(dir.path()).unwrap().gaps();
        assert_eq!(found.len(), gaps, "{found:?}");
        assert!(found[0].why.contains("broken off"), "{found:?}");
    }
}
