//! `screen`, as a user sees it.

use crate::run::{arg, strongroom, strongroom_with};
use std::fs;
use tempfile::{TempDir, tempdir};

/// The example address of the cashaddr specification, in its legacy form.
const LISTED: &str = "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu";

fn lists() -> TempDir {
    let folder = tempdir().unwrap();
    let remarks = format!("Digital Currency Address - XBT {LISTED}; a.k.a. 'EXAMPLE ALIAS'.");
    let row = format!(
        "77,\"EXAMPLE TRADING HOUSE\",-0- ,\"EXAMPLE\",{}\"{remarks}\"\n",
        "-0- ,".repeat(7)
    );
    fs::write(folder.path().join("sdn.csv"), row).unwrap();
    fs::write(
        folder.path().join("alt.csv"),
        "77,1,\"fka\",\"EXAMPLE LTD\",-0- \n",
    )
    .unwrap();
    folder
}

#[test]
fn a_listed_wallet_is_a_hit_in_the_spelling_of_another_chain() {
    let lists = lists();
    let cash = "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";
    let ran = strongroom(["screen", "--json", "--list", arg(lists.path()), LISTED, cash]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for answer in ran.json() {
        assert_eq!(answer["schema"], "strongroom.screening/1");
        assert_eq!(
            (&answer["verdict"], &answer["hits"][0]["party"]),
            (&"hit".into(), &"EXAMPLE TRADING HOUSE".into())
        );
        assert_eq!(answer["scope"], "direct matches only");
    }
}

#[test]
fn one_wrong_letter_is_malformed_and_never_no_hit() {
    let lists = lists();
    let ran = strongroom([
        "screen",
        "--json",
        "--list",
        arg(lists.path()),
        "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv",
    ]);
    assert_eq!((ran.code, &ran.json()[0]["verdict"]), (3, &"malformed".into()));
}

#[test]
fn an_alias_that_stands_in_the_remarks_alone_is_found() {
    let lists = lists();
    let ran = strongroom(["screen", "--list", arg(lists.path()), "--name", "example  Alias"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("EXAMPLE TRADING HOUSE"), "{}", ran.out);
    let none = strongroom(["screen", "--list", arg(lists.path()), "--name", "Somebody Else"]);
    assert_eq!(none.code, 0);
    assert!(
        none.out.contains("no hit") && none.out.contains("direct matches only"),
        "{}",
        none.out
    );
}

#[test]
fn a_batch_comes_on_standard_input() {
    let lists = lists();
    let batch = format!("{LISTED}\n\n0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\n");
    let ran = strongroom_with(
        batch.as_bytes(),
        &["screen", "--json", "--list", arg(lists.path()), "--batch", "-"],
    );
    let verdicts: Vec<_> = ran
        .json()
        .iter()
        .map(|answer| answer["verdict"].clone())
        .collect();
    assert_eq!((ran.code, verdicts), (1, vec!["hit".into(), "no-hit".into()]));
}

#[test]
fn a_broken_list_is_refused_whole_and_named() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("tags.csv");
    fs::write(&path, "address,label,service\nx,Example,no-such-service\n").unwrap();
    let ran = strongroom(["screen", "--list", arg(&path), LISTED]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("tags.csv") && ran.err.contains("refused whole"),
        "{}",
        ran.err
    );
}

#[test]
fn where_no_list_could_be_asked_nothing_is_answered() {
    let folder = tempdir().unwrap();
    let empty = strongroom(["screen", "--list", arg(folder.path()), LISTED]);
    assert_eq!((empty.code, empty.out.as_str()), (2, ""), "{}", empty.err);
    assert!(empty.err.contains("no list could be asked"), "{}", empty.err);
    fs::write(folder.path().join("note.txt"), "Dear all\n").unwrap();
    let refused = strongroom(["screen", "--json", "--list", arg(folder.path()), LISTED]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{}", refused.err);
    assert!(refused.err.contains("note.txt"), "{}", refused.err);
}

#[test]
fn a_list_without_its_aliases_does_not_clear_a_name() {
    let lists = lists();
    fs::remove_file(lists.path().join("alt.csv")).unwrap();
    let name = strongroom(["screen", "--list", arg(lists.path()), "--name", "Somebody Else"]);
    assert_eq!(name.code, 3);
    assert!(
        name.out.contains("not asked") && name.out.contains("alt.csv"),
        "{}",
        name.out
    );
    let wallet = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
    assert_eq!(
        strongroom(["screen", "--list", arg(lists.path()), wallet]).code,
        0
    );
}

#[test]
fn quoted_columns_and_byte_order_marks_hide_no_hit() {
    let lists = lists();
    let batch = format!("\u{feff}{LISTED}\r\n\"{LISTED}\"\r\n");
    let wide: Vec<u8> = batch.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for input in [batch.as_bytes(), &wide] {
        let ran = strongroom_with(
            input,
            &["screen", "--json", "--list", arg(lists.path()), "--batch", "-"],
        );
        let verdicts: Vec<_> = ran
            .json()
            .iter()
            .map(|answer| answer["verdict"].clone())
            .collect();
        let hits = verdicts.iter().filter(|verdict| *verdict == "hit").count();
        assert_eq!((ran.code, hits), (1, 2), "{verdicts:?}");
    }
}

#[test]
fn what_is_compared_as_text_alone_is_said_to_be() {
    let lists = lists();
    let ran = strongroom(["screen", "--list", arg(lists.path()), "wallet-of-somebody"]);
    assert!(ran.out.contains("compared as text alone"), "{}", ran.out);
}

#[test]
fn a_similar_name_is_possible_with_its_score_and_words() {
    let lists = lists();
    let ask = |name: &str, more: &[&str]| {
        let mut args = vec!["screen", "--list", arg(lists.path()), "--name", name];
        args.extend(more);
        strongroom(args)
    };
    let near = ask("Exampel Trading House", &[]);
    assert_eq!(near.code, 3, "{}", near.err);
    for told in [
        "possible",
        "EXAMPLE TRADING HOUSE",
        "OFAC's page",
        "exampel/example",
        "similar",
    ] {
        assert!(near.out.contains(told), "{told}: {}", near.out);
    }
    assert_eq!(ask("Exampel Trading House", &["--threshold", "1"]).code, 0);
    assert_eq!(ask("Exampel Trading House", &["--threshold", "2"]).code, 2);
    assert_eq!(ask("Exampel Trading House", &["--born", "soon"]).code, 2);
}
