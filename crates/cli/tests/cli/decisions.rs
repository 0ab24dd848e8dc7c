//! Decisions that a case keeps: the same bytes again, hits that stay cleared, and what a book of customers comes to.

use crate::lists::{CASH, House, WALLET, book, rows};
use crate::run::{Ran, arg, strongroom};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

impl House {
    /// Asks again what a line answered, and from which entry that is.
    fn again(&self, case: &Path, line: &str, more: &[&str]) -> Ran {
        let answer: Value = serde_json::from_str(line).unwrap();
        let entry = answer["case_entry"].to_string();
        let args = ["screen", "--json", "--replay", &entry, "--of", arg(case)];
        self.run(&args.iter().chain(more).copied().collect::<Vec<_>>())
    }

    /// Screens with a case.
    fn kept(&self, case: &Path, args: &[&str]) -> Ran {
        let always = ["screen", "--json", "--case", arg(case), "--by", "me"];
        self.run(&always.iter().chain(args).copied().collect::<Vec<_>>())
    }
}

#[test]
fn an_answer_that_the_case_keeps_is_the_same_bytes_again() {
    let house = House::new();
    let case = house.path("case");
    let asked = house.run(&[
        "screen",
        "--json",
        CASH,
        "--name",
        "Quillon",
        "--case",
        arg(&case),
        "--by",
        "me",
    ]);
    assert_eq!(asked.code, 1, "{}", asked.err);
    // The list goes on; what was answered does not.
    house.update();
    for answer in asked.out.lines() {
        let again = house.again(&case, answer, &[]);
        assert_eq!((again.code, again.out.trim_end()), (1, answer), "{}", again.err);
    }
    assert_eq!(house.run(&["screen", "--name", "Quillon"]).code, 0);
    let kept: Vec<PathBuf> = fs::read_dir(house.path("shelf/files"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    kept.iter().for_each(|file| fs::write(file, "x").unwrap());
    assert_eq!(
        house.run(&["screen", "--replay", "1", "--of", arg(&case)]).code,
        2
    );
}

#[test]
fn a_cleared_hit_comes_back_only_when_the_entry_changes() {
    let house = House::new();
    let case = house.path("case");
    let ask = |more: &[&str]| {
        let args = [
            "screen",
            "--json",
            "--name",
            "Bob Example",
            "--case",
            arg(&case),
            "--by",
            "me",
        ];
        house.run(&args.iter().chain(more).copied().collect::<Vec<_>>())
    };
    assert_eq!(ask(&[]).code, 1);
    let cleared = ask(&["--clear", "own:2", "--why", "another Bob"]);
    assert_eq!(cleared.code, 0, "{}", cleared.err);
    assert_eq!(cleared.json()[0]["cleared"][0]["why"], "another Bob");
    let later = ask(&[]);
    assert_eq!((later.code, &later.json()[0]["verdict"]), (0, &"hit".into()));
    house.update();
    assert_eq!(ask(&[]).code, 1);
    assert_eq!(ask(&["--clear", "own:1", "--why", "x"]).code, 2);
}

const ASSETS: &str = "chain,contract,symbol,issuer,reason,source,date\n\
    ,,PETRX,Example State,made to get around sanctions,https://news.example/2,2026-11-02\n";

#[test]
fn an_answer_about_an_asset_is_the_same_bytes_again() {
    let house = House::new();
    let case = house.path("case");
    let table = house.write("assets.csv", ASSETS);
    let added = house.run(&[
        "lists",
        "add",
        "assets",
        arg(&table),
        "--date",
        "2026-11-03",
        "--json",
    ]);
    assert_eq!(added.json()[0]["purpose"], "assets", "{}", added.err);
    let asked = house.kept(&case, &["--asset", "petrx", "--asset", "tron:USDT"]);
    assert_eq!(asked.code, 1, "{}", asked.err);
    assert_eq!(
        (&asked.json()[0]["list"], &asked.json()[0]["date"]),
        (&"assets".into(), &"2026-11-03".into())
    );
    // The table goes on; what was answered does not.
    let table = house.write("assets.csv", &ASSETS.replace("PETRX", "USDT"));
    assert_eq!(house.run(&["lists", "update", "assets", arg(&table)]).code, 0);
    for (line, code) in asked.out.lines().zip([1, 0]) {
        let again = house.again(&case, line, &[]);
        assert_eq!((again.code, again.out.trim_end()), (code, line), "{}", again.err);
    }
    assert_eq!(house.run(&["screen", "--asset", "petrx"]).code, 0);
    let parties = house.path("own.csv");
    let other = strongroom(["screen", "--asset", "petrx", "--assets", arg(&parties)]);
    assert_eq!((other.code, other.out.as_str()), (2, ""), "{}", other.err);
}

#[test]
fn a_book_and_its_entries_are_the_same_bytes_again() {
    let house = House::new();
    let (case, book) = (house.path("case"), book(&house));
    let asked = house.kept(&case, &["--book", arg(&book)]);
    house.update();
    let part = house.kept(&case, &["--book", arg(&book), "--delta", "own"]);
    let whole = asked.json().last().unwrap().clone();
    assert_eq!(
        whole["lists"][0]["sha256"],
        part.json().last().unwrap()["delta"][0]["from"]
    );
    let lines: Vec<&str> = asked.out.lines().chain(part.out.lines()).collect();
    // c1 and c3; and c2, who was mentioned; and what the book came to, twice.
    assert_eq!(lines.len(), 5, "{lines:?}");
    for line in lines {
        let again = house.again(&case, line, &["--book", arg(&book)]);
        assert_eq!(again.out.trim_end(), line, "{}", again.err);
    }
    let last = part.out.lines().last().unwrap();
    assert_eq!(house.again(&case, last, &["--book", arg(&book)]).code, part.code);
    // Another book, or none, gives no answer that could be taken for the old one.
    let none = house.again(&case, last, &[]);
    assert!(none.code == 2 && none.err.contains("--book"), "{}", none.err);
    let text = fs::read_to_string(&book).unwrap();
    fs::write(&book, text.replace("c4,Wvuth", "c4,Wvutt")).unwrap();
    assert_eq!(house.again(&case, last, &["--book", arg(&book)]).code, 2);
}

/// Returns the answers by customer and question, without what names the run: lists and entry.
fn answers(ran: &Ran) -> BTreeMap<(String, String), Value> {
    let lines = ran
        .json()
        .into_iter()
        .filter(|line| line["schema"] == "strongroom.screening/1");
    let keyed = lines.map(|mut line| {
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        let key = (text("customer"), text("query"));
        let fields = line.as_object_mut().unwrap();
        fields.remove("lists");
        fields.remove("case_entry");
        (key, line)
    });
    keyed.collect()
}

#[test]
fn a_customers_hit_is_cleared_until_the_entry_or_the_row_changes() {
    let house = House::new();
    let (case, book) = (house.path("case"), book(&house));
    let screened = |more: &[&str]| {
        let args = ["--book", arg(&book)];
        house.kept(&case, &args.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let open = |ran: &Ran| -> Vec<String> {
        let all = answers(ran).into_iter();
        let open = all.filter(|(_, answer)| answer["verdict"] == "hit" && answer["cleared"].is_null());
        open.map(|((customer, _), _)| customer).collect()
    };
    assert_eq!(open(&screened(&[])), ["c1", "c3"]);
    let clear = |customer: &str, entry: &str| {
        screened(&["--customer", customer, "--clear", entry, "--why", "another one"])
    };
    let cleared = clear("c1", "own:1");
    assert_eq!((cleared.code, cleared.json().len()), (0, 1), "{}", cleared.err);
    assert_eq!(cleared.json()[0]["cleared"][0]["why"], "another one");
    for (customer, entry) in [
        ("c1", "own:2"),
        ("c4", "own:1"),
        ("c9", "own:1"),
        ("c1", "other:1"),
    ] {
        assert_eq!(clear(customer, entry).code, 2, "{customer} {entry}");
    }
    let later = screened(&[]);
    let came_to = later.json().last().unwrap().clone();
    assert_eq!((open(&later), later.code), (vec!["c3".to_owned()], 1));
    assert_eq!((&came_to["hits"], &came_to["cleared"]), (&2.into(), &1.into()));
    assert_eq!(clear("c3", "own:1").code, 0);
    // Nothing is left but the row that cannot be read.
    let later = screened(&[]);
    assert_eq!((open(&later), later.code), (vec![], 3));
    // Another entry changes: nobody comes back but whom that concerns.
    house.update();
    assert_eq!(open(&screened(&[])), ["c2"]);
    assert_eq!(open(&screened(&["--delta", "own"])), ["c2"]);
    // The customer's row changes.
    let text = fs::read_to_string(&book).unwrap();
    fs::write(
        &book,
        text.replace(
            "c1,Alice Example,",
            "c1,Alice Example,0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        ),
    )
    .unwrap();
    assert_eq!(open(&screened(&[])), ["c1", "c2"]);
    fs::write(&book, text).unwrap();
    // The entry changes.
    let file = house.write(
        "own.csv",
        &rows("Zebedee").replace("Alice Example,fraud", "Alice Example,theft"),
    );
    assert_eq!(house.run(&["lists", "update", "own", arg(&file)]).code, 0);
    assert_eq!(open(&screened(&["--delta", "own"])), ["c1", "c3"]);
    assert_eq!(open(&screened(&[])), ["c1", "c2", "c3"]);
}

#[test]
fn an_entry_without_a_number_is_the_same_one_on_another_line() {
    let house = House::new();
    let case = house.path("case");
    let other = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
    let file = house.write("stolen.txt", &format!("{WALLET}\n"));
    assert_eq!(
        house
            .run(&["lists", "add", "stolen", arg(&file), "--purpose", "stolen"])
            .code,
        0
    );
    let cleared = house.kept(&case, &[CASH, "--clear", "stolen:line 1", "--why", "ours"]);
    // The other list has it too.
    assert_eq!(
        (
            cleared.code,
            cleared.json()[0]["cleared"].as_array().unwrap().len()
        ),
        (1, 1)
    );
    assert_eq!(
        house
            .kept(&case, &[CASH, "--clear", "own:1", "--why", "ours"])
            .code,
        0
    );
    let file = house.write("stolen.txt", &format!("{other}\n{WALLET}\n"));
    assert_eq!(house.run(&["lists", "update", "stolen", arg(&file)]).code, 0);
    let later = house.kept(&case, &[CASH]);
    assert_eq!(
        (later.code, &later.json()[0]["hits"][1]["entry"]),
        (0, &"line 2".into()),
        "{}",
        later.out
    );
}

#[test]
fn old_answers_and_the_change_are_the_answers_of_a_run_over_everybody() {
    let house = House::new();
    let case = house.path("case");
    let other = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
    let book = house.write(
        "book.csv",
        &format!(
            "id,name,wallet\nc1,Alice Example,{WALLET}\nc2,Bob Example,\nc3,Carol Sample,{other}\nc4,Dave Quillon,\n\
             c5,Exampel Alice,{CASH};{other}\nc6,Zyxil Unlisted,\nc7,Quillon,\n"
        ),
    );
    let book = arg(&book);
    for entry in ["own:1", "own:2"] {
        let customer = entry.replace("own:", "c");
        let ran = house.kept(
            &case,
            &[
                "--book",
                book,
                "--customer",
                &customer,
                "--clear",
                entry,
                "--why",
                "w",
            ],
        );
        assert!(ran.code < 2, "{}", ran.err);
    }
    let head = "id,name,reason,alias,address\n";
    let alice = format!("1,Alice Example,fraud,,{WALLET}\n");
    let (bob, carol) = ("2,Bob Example,fraud,Quillon,\n", "3,Carol Sample,fraud,,\n");
    let dave = format!("4,Dave Quillon,fraud,,{other}\n");
    let versions = [
        format!("{head}{alice}{bob}{carol}"),
        format!("{head}{carol}{bob}{alice}{dave}"),
        format!("{head}{alice}{carol}"),
        format!("{head}{}{carol}{bob}", alice.replace("fraud", "theft")),
        format!(
            "{head}{}{carol}{}",
            alice.replace(WALLET, other),
            bob.replace("Quillon", "Zyxil")
        ),
        format!("{head}{dave}"),
    ];
    let mut old = answers(&house.kept(&case, &["--book", book]));
    let mut left_out = 0;
    for (at, version) in versions.iter().enumerate() {
        let file = house.write("own.csv", version);
        let update = house.run(&["lists", "update", "own", arg(&file), "--expect-loss"]);
        assert_eq!(update.code, 0, "{}", update.err);
        let part = house.kept(&case, &["--book", book, "--delta", "own"]);
        let came_to = part.json().last().unwrap().clone();
        left_out += 7 - came_to["screened"].as_u64().unwrap();
        assert!(
            came_to["follows"].is_u64() && came_to["uncovered"].is_null(),
            "{at}: {came_to}"
        );
        old.extend(answers(&part));
        old.retain(|_, answer| answer["verdict"] != "no-hit");
        let whole = answers(&house.kept(&case, &["--book", book]));
        assert_eq!(old, whole, "version {at}");
    }
    assert!(left_out > 7, "{left_out}");
    // What was not followed is said: a list that came since, and a book that is another.
    house.run(&[
        "lists",
        "add",
        "more",
        arg(&house.write("more.csv", &format!("{head}{bob}"))),
    ]);
    house.run(&[
        "lists",
        "update",
        "own",
        arg(&house.write("own.csv", &format!("{head}{dave}{carol}"))),
    ]);
    let part = house.kept(&case, &["--book", book, "--delta", "own"]);
    let why = part.json().last().unwrap()["uncovered"].to_string();
    assert!(why.contains("\\\"more\\\" was not asked"), "{why}");
    let text = fs::read_to_string(book).unwrap() + "c8,Zyxil,\n";
    let another = house.write("another.csv", &text);
    let part = house.kept(&case, &["--book", arg(&another), "--delta", "own"]);
    let why = part.json().last().unwrap()["uncovered"].to_string();
    assert!(why.contains("no earlier run of this very book"), "{why}");
    assert_eq!(strongroom(["case", "verify", arg(&case)]).code, 0);
}

#[test]
fn a_case_shows_what_was_asked_and_cleared() {
    let house = House::new();
    let case = house.path("case");
    let asked = house.kept(
        &case,
        &[
            "--name",
            "Bob Example",
            "--clear",
            "own:2",
            "--why",
            "another Bob",
        ],
    );
    assert_eq!(asked.code, 0, "{}", asked.err);
    let hash = asked.json()[0]["lists"][0]["sha256"].as_str().unwrap().to_owned();
    let html = fs::read_to_string(case.join("report.html")).unwrap();
    for told in [
        "Screenings for a decision",
        "Bob Example",
        "another Bob",
        "2026-11-01",
        &hash,
    ] {
        assert!(html.contains(told), "{told}");
    }
    let json: Value = serde_json::from_slice(&fs::read(case.join("report.json")).unwrap()).unwrap();
    assert_eq!(json["asked"][0]["answer"]["hits"][0]["entry"], "2");
    assert_eq!(json["asked"][0]["cleared"][0], json["cleared"][0]["entry"]);
    assert_eq!(strongroom(["case", "verify", arg(&case)]).code, 0);
}

#[test]
fn an_exposure_is_the_same_bytes_again_unless_the_ledger_went_on() {
    let house = House::new();
    let (case, ledger) = (house.path("case"), house.path("ledger"));
    let table =
        format!("time,tx,from,to,asset,amount\n1,t1,{WALLET},middle,BTC,9\n2,t2,middle,wallet,BTC,5\n");
    let ran = strongroom([
        "ledger",
        "import",
        arg(&ledger),
        arg(&house.write("1.csv", &table)),
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let asked = house.kept(&case, &["wallet", "--ledger", arg(&ledger), "--hops", "3"]);
    assert_eq!(asked.code, 1, "{}", asked.err);
    let exposure = asked.out.lines().last().unwrap();
    let again = |more: &[&str]| house.again(&case, exposure, more);
    let same = again(&["--ledger", arg(&ledger)]);
    assert_eq!((same.code, same.out.trim_end()), (1, exposure), "{}", same.err);
    assert!(again(&[]).err.contains("--ledger"));
    let table = format!("time,tx,from,to,asset,amount\n3,t3,{WALLET},wallet,BTC,7\n");
    strongroom([
        "ledger",
        "import",
        arg(&ledger),
        arg(&house.write("2.csv", &table)),
    ]);
    assert_eq!(again(&["--ledger", arg(&ledger)]).code, 2);
    let html = fs::read_to_string(case.join("report.html")).unwrap();
    assert!(html.contains("exposure by haircut, within 3 hops"));
}
