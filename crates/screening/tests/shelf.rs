//! The shelf of list versions, and what a new version changes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use std::fs;
use std::path::Path;
use strongroom_model::Moment;
use strongroom_screening::{
    Arrival, List, ListFile, ListKind, Lists, Purpose, Record, ScreeningVerdict, Shelf, ShelfError, Shelved,
    diff,
};

const OWN: &str = "id,name,reason,alias,address\n\
                   1,Alice Example,fraud,,1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu\n\
                   2,Bob Example,fraud,Bobby,\n\
                   3,Carol Example,fraud,,\n";

fn arrival<'a>(files: &'a [ListFile<'a>]) -> Arrival<'a> {
    Arrival {
        list: "own",
        date: None,
        added: Moment::from_micros(1_000_000),
        files,
        may_shrink: false,
    }
}

fn file(text: &str) -> [ListFile<'_>; 1] {
    [ListFile {
        name: "own.csv",
        bytes: text.as_bytes(),
    }]
}

fn update(dir: &Path, text: &str) -> Result<Shelved, ShelfError> {
    Shelf::open(dir)?.update(&arrival(&file(text)))
}

fn new(shelved: Result<Shelved, ShelfError>) -> Record {
    match shelved.unwrap() {
        Shelved::New(record) => record,
        Shelved::Unchanged(record) => panic!("unchanged: {record:?}"),
    }
}

fn begun(dir: &Path) -> Record {
    let mut shelf = Shelf::open(dir).unwrap();
    assert!(shelf.records().is_empty());
    new(shelf.add(&arrival(&file(OWN)), Purpose::Watch))
}

#[test]
fn each_version_is_kept_and_the_last_is_in_force() {
    let dir = tempfile::tempdir().unwrap();
    let first = begun(dir.path());
    assert_eq!((first.version, first.entries, first.addresses), (1, 3, 1));
    let newer = OWN.replace("Bobby", "Robert");
    let second = new(update(dir.path(), &newer));
    assert_eq!((second.version, second.purpose), (2, Purpose::Watch));
    assert!(matches!(update(dir.path(), &newer), Ok(Shelved::Unchanged(_))));
    let shelf = Shelf::open(dir.path()).unwrap();
    assert_eq!(shelf.records(), [first.clone(), second.clone()]);
    assert_eq!(shelf.in_force(), [&second]);
    let answers = |record: &Record, name: &str| {
        Lists::new(vec![shelf.load(record).unwrap()])
            .screen_name(name)
            .verdict
    };
    assert_eq!(answers(&first, "bobby"), ScreeningVerdict::Hit);
    assert_eq!(answers(&second, "bobby"), ScreeningVerdict::NoHit);
    assert_eq!(answers(&second, "robert"), ScreeningVerdict::Hit);
    let mut shelf = Shelf::open(dir.path()).unwrap();
    let again = shelf.add(&arrival(&file(OWN)), Purpose::Watch);
    assert!(matches!(again, Err(ShelfError::Known(_))));
}

#[test]
fn a_broken_list_is_refused_whole_and_the_last_good_one_stays() {
    let dir = tempfile::tempdir().unwrap();
    begun(dir.path());
    let before = fs::read(dir.path().join("index")).unwrap();
    for broken in [
        OWN.replace("2,Bob Example,fraud,Bobby,", "2,Bob Example,fraud"),
        OWN.replace("\n2,", "\n1,"),
        OWN.replace("Carol", "\"Carol"),
        "Dear Sir,\n".to_owned(),
        String::new(),
    ] {
        let refused = update(dir.path(), &broken).unwrap_err();
        assert!(matches!(refused, ShelfError::Refused { .. }), "{refused}");
    }
    let tags = "address,label,service\n".to_owned() + &"w,Example,exchange\n".repeat(4);
    assert!(matches!(
        update(dir.path(), &tags),
        Err(ShelfError::Meaning {
            before: Purpose::Watch,
            after: Purpose::Tags,
            ..
        })
    ));
    // Cut between two rows it reads well, and lost a third of its entries.
    let cut = OWN.rsplit_once("\n3").unwrap().0;
    assert!(matches!(
        update(dir.path(), cut),
        Err(ShelfError::Shrunk {
            before: 3,
            after: 2,
            ..
        })
    ));
    assert_eq!(fs::read(dir.path().join("index")).unwrap(), before);
    let shelf = Shelf::open(dir.path()).unwrap();
    assert_eq!(shelf.load_in_force().unwrap()[0].entries().len(), 3);
    let files = file(cut);
    let expected = Arrival {
        may_shrink: true,
        ..arrival(&files)
    };
    assert_eq!(new(Shelf::open(dir.path()).unwrap().update(&expected)).version, 2);
}

const ASSETS: &str = "symbol,issuer,reason,source,date\nXGOLD,Example Bank,not served,press,2026-11-01\n";

#[test]
fn a_table_of_assets_has_versions_like_any_list() {
    let dir = tempfile::tempdir().unwrap();
    let mut shelf = Shelf::open(dir.path()).unwrap();
    let record = new(shelf.add(&arrival(&file(ASSETS)), Purpose::Sanctions));
    assert_eq!((record.purpose, record.entries), (Purpose::Assets, 1));
    let more = ASSETS.to_owned() + "PETRX,Example State,not served,press,2026-11-02\n";
    new(update(dir.path(), &more.replace("Example Bank", "Other Bank")));
    let shelf = Shelf::open(dir.path()).unwrap();
    let diff = shelf.diff("own", None, None).unwrap();
    assert_eq!(
        (diff.added[0].entry.as_str(), diff.changed[0].fields[0].field),
        ("PETRX", "issuer")
    );
    let asked = |record: &Record| {
        let lists = Lists::new(vec![shelf.load(record).unwrap()]);
        assert!(lists.versions().is_empty(), "no wallet is asked for there");
        lists.screen_asset("petrx")[0].verdict
    };
    assert_eq!([asked(&record), asked(shelf.in_force()[0])], ["no-hit", "hit"]);
    assert!(matches!(update(dir.path(), OWN), Err(ShelfError::Refused { .. })));
}

#[test]
fn what_was_altered_on_the_shelf_is_not_asked() {
    let dir = tempfile::tempdir().unwrap();
    let record = begun(dir.path());
    let kept = fs::read_dir(dir.path().join("files"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs::write(&kept, OWN.replace("Alice", "Alina")).unwrap();
    let shelf = Shelf::open(dir.path()).unwrap();
    assert!(matches!(shelf.load(&record), Err(ShelfError::Damaged { .. })));
    fs::remove_file(&kept).unwrap();
    assert!(matches!(shelf.load(&record), Err(ShelfError::Io { .. })));
    fs::write(dir.path().join("index"), "{}\n").unwrap();
    let error = Shelf::open(dir.path()).unwrap_err().to_string();
    assert_eq!(error, "the shelf is damaged: index, line 1: no index of a shelf");
}

#[test]
fn a_diff_says_what_changed_by_entry_and_field() {
    let dir = tempfile::tempdir().unwrap();
    begun(dir.path());
    let newer = OWN
        .replace("Bobby", "Robert;Rob")
        .replace("3,Carol Example,fraud,,", "4,Dave Example,theft,,");
    new(update(dir.path(), &newer));
    let shelf = Shelf::open(dir.path()).unwrap();
    let diff = shelf.diff("own", None, None).unwrap();
    let json = serde_json::to_value(&diff).unwrap();
    assert_eq!(
        json["added"],
        serde_json::json!([{"entry": "4", "party": "Dave Example"}])
    );
    assert_eq!(
        json["removed"],
        serde_json::json!([{"entry": "3", "party": "Carol Example"}])
    );
    assert_eq!(
        json["changed"],
        serde_json::json!([{"entry": "2", "party": "Bob Example", "fields": [
            {"field": "alias", "removed": ["aka Bobby"], "added": ["aka Robert", "aka Rob"]}
        ]}])
    );
    assert_eq!(diff.unchanged, 1);
    assert_eq!(diff.unchanged_before, diff.unchanged_after);
    let back = shelf.diff("own", Some(2), Some(1)).unwrap();
    assert_eq!(back.added, diff.removed);
    assert!(matches!(
        shelf.diff("own", Some(7), None),
        Err(ShelfError::Unknown(_))
    ));
    assert!(matches!(
        shelf.diff("other", None, None),
        Err(ShelfError::Unknown(_))
    ));
}

#[test]
fn a_line_put_in_above_moves_no_entry() {
    let list = |text: &str| {
        let file = ListFile {
            name: "t",
            bytes: text.as_bytes(),
        };
        List::read(ListKind::Addresses, "t", None, Purpose::StolenFunds, file).unwrap()
    };
    let evm = |digit: char| format!("0x{}\n", digit.to_string().repeat(40));
    let old = list(&(evm('1') + &evm('2')));
    let new = list(&(evm('3') + &evm('1') + &evm('2')));
    let diff = diff(&old, &new);
    assert_eq!(
        (
            diff.unchanged,
            diff.added.len(),
            diff.removed.len(),
            diff.changed.len()
        ),
        (2, 1, 0, 0)
    );
    assert_eq!(diff.added[0].entry, evm('3').trim());
}

#[test]
fn a_set_of_tables_is_one_list_and_strangers_are_none() {
    let row = |id: u32| {
        format!("{id},\"EXAMPLE {id}\",-0- ,\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"-0- \"\r\n")
    };
    let sdn = row(1) + &row(2);
    let alt = "1,1,\"aka\",\"SAMPLE\",-0- \r\n";
    let part = |name, text: &'static str| ListFile {
        name,
        bytes: text.as_bytes(),
    };
    let sdn = ListFile {
        name: "sdn.csv",
        bytes: sdn.as_bytes(),
    };
    let read = |files: &[ListFile<'_>]| List::of_files("l", None, Purpose::Sanctions, files);
    let list = read(&[part("alt.csv", alt), sdn]).unwrap();
    assert_eq!(list.entries()[0].aliases.len(), 1);
    for wrong in [
        vec![],
        vec![part("alt.csv", alt)],
        vec![sdn, sdn],
        vec![sdn, part("own.csv", OWN)],
        vec![part("own.csv", OWN), part("alt.csv", alt)],
    ] {
        assert!(read(&wrong).is_err(), "{wrong:?}");
    }
}
