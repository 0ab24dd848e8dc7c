//! `lists`, and `screen` with a shelf, a book and a case, as a user sees them.

use crate::run::{Ran, arg, strongroom};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

pub const WALLET: &str = "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu";
pub const CASH: &str = "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";

pub struct House {
    pub folder: TempDir,
}

impl House {
    /// A shelf with one list.
    pub fn new() -> Self {
        let house = House {
            folder: tempdir().unwrap(),
        };
        let file = house.write("own.csv", &rows("Quillon"));
        let ran = house.run(&[
            "lists",
            "add",
            "own",
            arg(&file),
            "--purpose",
            "watch",
            "--date",
            "2026-11-01",
        ]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        house
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// Runs with the shelf.
    pub fn run(&self, args: &[&str]) -> Ran {
        strongroom(args.iter().copied().chain(["--shelf", arg(&self.path("shelf"))]))
    }

    pub fn update(&self) -> Ran {
        let file = self.write("own.csv", &rows("Zebedee"));
        self.run(&["lists", "update", "own", arg(&file), "--json"])
    }
}

pub fn rows(alias: &str) -> String {
    format!("id,name,reason,alias,address\n1,Alice Example,fraud,,{WALLET}\n2,Bob Example,fraud,{alias},\n")
}

pub fn book(house: &House) -> PathBuf {
    house.write(
        "book.csv",
        &format!(
            "id,name,wallet\nc1,Alice Example,\nc2,Zebedee,\nc3,Zyxil Unlisted,{CASH}\n,broken,\nc4,Wvuth Unlisted,\n"
        ),
    )
}

#[test]
fn versions_are_kept_and_their_difference_is_told() {
    let house = House::new();
    let again = house.run(&["lists", "update", "own", arg(&house.path("own.csv")), "--json"]);
    assert_eq!(again.json()[0]["new"], false);
    let updated = house.update();
    assert_eq!(
        (updated.json()[0]["version"].as_u64(), &updated.json()[0]["new"]),
        (Some(2), &true.into())
    );
    let shown = house.run(&["lists", "show", "--json"]).json();
    assert_eq!(
        shown
            .iter()
            .map(|line| line["in_force"].clone())
            .collect::<Vec<_>>(),
        [false, true]
    );
    let diff = house.run(&["lists", "diff", "own"]);
    assert!(
        diff.out
            .contains("~ 2 Bob Example\n    alias - aka Quillon\n    alias + aka Zebedee\n"),
        "{}",
        diff.out
    );
}

#[test]
fn a_broken_list_is_refused_and_the_last_good_one_is_asked() {
    let house = House::new();
    let broken = house.write(
        "broken.csv",
        &rows("x").replace("2,Bob Example,fraud", "2,Bob Example,"),
    );
    let refused = house.run(&["lists", "update", "own", arg(&broken)]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("broken.csv, line 3: a reason expected"),
        "{}",
        refused.err
    );
    assert_eq!(house.run(&["screen", CASH]).code, 1);
}

#[test]
fn a_book_is_screened_whole_or_as_far_as_a_change_concerns_it() {
    let house = House::new();
    let book = book(&house);
    let ran = house.run(&["screen", "--json", "--book", arg(&book)]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let lines = ran.json();
    let customers: Vec<&str> = lines
        .iter()
        .filter_map(|line| line["customer"].as_str())
        .collect();
    assert_eq!(customers, ["c1", "c3"]);
    let whole = lines.last().unwrap();
    assert_eq!(
        (&whole["customers"], &whole["screened"], &whole["unread_count"]),
        (&4.into(), &4.into(), &1.into())
    );
    house.update();
    let delta = house
        .run(&["screen", "--json", "--book", arg(&book), "--delta", "own"])
        .json();
    let customers: Vec<&str> = delta
        .iter()
        .filter_map(|line| line["customer"].as_str())
        .collect();
    assert_eq!(customers, ["c2"]);
    let proof = &delta.last().unwrap()["delta"][0];
    assert_eq!(proof["unchanged_before"], proof["unchanged_after"]);
    assert_eq!(
        (&delta.last().unwrap()["screened"], &proof["changed"]),
        (&1.into(), &1.into())
    );
}

#[test]
fn an_asset_that_is_not_taken_is_a_hit() {
    let house = House::new();
    let assets = house.write(
        "assets.csv",
        "chain,contract,symbol,issuer,reason,source,date\n,,PETRX,Example State,made to get around sanctions,https://news.example/2,2026-11-02\n",
    );
    let ran = strongroom([
        "screen",
        "--json",
        "--asset",
        "petrx",
        "--asset",
        "BTC",
        "--assets",
        arg(&assets),
    ]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert_eq!(ran.json()[0]["hits"][0]["listed"]["issuer"], "Example State");
    assert_eq!(ran.json()[1]["verdict"], "no-hit");
}

/// What the fields of the schemas are checked on.
pub fn every_schema(check: impl Fn(&str, &[&str])) {
    let house = House::new();
    house.update();
    let (book, case) = (book(&house), house.path("case"));
    let shelf = house.path("shelf");
    let shelf = arg(Path::new(&shelf));
    check(
        "strongroom.lists/1",
        &["lists", "show", "--json", "--shelf", shelf],
    );
    check(
        "strongroom.list-diff/1",
        &["lists", "diff", "--json", "own", "--shelf", shelf],
    );
    let kept = [
        "screen",
        "--json",
        CASH,
        "--shelf",
        shelf,
        "--case",
        arg(&case),
        "--by",
        "me",
        "--clear",
        "own:1",
        "--why",
        "x",
    ];
    check("strongroom.screening/1", &kept);
    let assets = house.write("assets.csv", "symbol,issuer,reason,source,date\nX,I,r,s,d\n");
    let asset = [
        "screen",
        "--json",
        "--asset",
        "x",
        "--asset",
        "0x12",
        "--assets",
        arg(&assets),
    ];
    check("strongroom.asset-screening/1", &asset);
    let none = house.write(
        "none.csv",
        &fs::read_to_string(&book)
            .unwrap()
            .replace("Zebedee", "Z")
            .replace("Alice", "Z")
            .replace(CASH, ""),
    );
    let part = [
        "screen",
        "--json",
        "--book",
        arg(&none),
        "--shelf",
        shelf,
        "--delta",
        "own",
    ];
    check("strongroom.book/1", &part);
    let memory = ["--case", arg(&case), "--by", "me"];
    let kept = part.iter().chain(&memory);
    check("strongroom.book/1", &kept.copied().collect::<Vec<_>>());
}
