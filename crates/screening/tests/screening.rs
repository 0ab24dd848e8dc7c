//! What screening answers, on lists of our own making.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use strongroom_model::{Kind, Limits, Role, Service, Severity, Verdict};
use strongroom_screening::{
    ALGORITHM, How, List, ListFile, ListKind, Lists, OfacFiles, Purpose, QueryForm, Screening,
    ScreeningVerdict, recognise,
};

const BTC: &str = "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu";
const BCH: &str = "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";
const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
const EVM_WRONG_CASE: &str = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

fn file<'a>(name: &'a str, text: &'a str) -> ListFile<'a> {
    ListFile {
        name,
        bytes: text.as_bytes(),
    }
}

fn row(id: &str, name: &str, programs: &str, remarks: &str) -> String {
    let nothing = "-0- ,".repeat(7);
    format!("{id},\"{name}\",\"individual\",\"{programs}\",{nothing}\"{remarks}\"\r\n")
}

fn sanctions() -> List {
    let sdn = [
        row(
            "7",
            "EXAMPLE, Alice",
            "TEST1] [TEST2",
            &format!("DOB 1970; Digital Currency Address - XBT {BTC}; alt. Digital Currency Address - NEWCOIN listed-as-is-1; a.k.a. 'HIDDEN SNAKE'."),
        ),
        row("8", "EXAMPLE TRADING S.A.", "TEST1", "Website www.example.invalid."),
        "\u{1a}".to_owned(),
    ]
    .concat();
    let files = OfacFiles {
        sdn: file("sdn.csv", &sdn),
        alt: Some(file("alt.csv", "8,1,\"fka\",\"Beispiel & Söhne\",-0- \r\n")),
        add: Some(file("add.csv", "8,1,-0- ,\"Nowhere\",\"Atlantis\",-0- \r\n")),
        comments: None,
    };
    List::ofac("test-sdn", Some("2026-11-22"), &files).unwrap()
}

fn lists() -> Lists {
    let stolen = List::addresses(
        "stolen",
        None,
        Purpose::StolenFunds,
        file("stolen.csv", &format!("asset,address\nETH,{EVM}\n")),
    );
    let tags = List::tags(
        "tags",
        None,
        file(
            "tags.csv",
            &format!(
                "address,label,service,source\n{EVM},Example Exchange,exchange,\n{BTC},Mixer,mixer,me\n"
            ),
        ),
    );
    Lists::new(vec![sanctions(), stolen.unwrap(), tags.unwrap()])
}

fn how(answer: &Screening) -> Vec<How> {
    answer.hits.iter().map(|hit| hit.how).collect()
}

#[test]
fn an_address_is_found_in_every_spelling_and_the_kind_of_match_is_told() {
    let lists = lists();
    let found = |text: &str| how(&lists.screen_address(text));
    assert_eq!(found(BTC), [How::SameAddress]);
    assert_eq!(found(&format!("  {BTC}\n")), [How::SameAddress]);
    assert_eq!(found(BCH), [How::SameAddress]);
    // The same key hash as a Dogecoin address.
    assert_eq!(found("DFxLFMAJWaNYA7TVTUstzPMFRSevAwTSLq"), [How::SameKey]);
    assert_eq!(found(EVM), [How::SameAddress]);
    assert_eq!(found(&EVM.to_lowercase()), [How::SameAddress]);
    assert_eq!(found(EVM_WRONG_CASE), [How::ChecksumMismatch]);
    // What is usually written around an address.
    assert_eq!(found(&format!("bitcoin:{BTC}?amount=1")), [How::SameAddress]);
    assert_eq!(found(&format!("ethereum:{EVM}@1")), [How::SameAddress]);
    assert_eq!(found(&EVM.to_lowercase()[2..]), [How::SameAddress]);
    assert_eq!(found("listed-as-is-1"), [How::AsGiven]);
    assert_eq!(found("listed-as-is-2"), []);
}

#[test]
fn a_damaged_query_is_never_no_hit() {
    let lists = lists();
    for text in [
        "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
        "bitcoin:1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv",
        "",
        "   ",
    ] {
        let answer = lists.screen_address(text);
        assert_eq!(answer.verdict, ScreeningVerdict::Malformed, "{text}");
        assert_eq!(answer.report().verdict(), Verdict::NotCleared);
    }
    let answer = lists.screen_address("1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv");
    let QueryForm::Malformed(cause) = answer.form else {
        panic!("{:?}", answer.form);
    };
    assert!(cause.contains("base58check checksum"), "{cause}");
    assert_eq!(lists.screen_name("...").verdict, ScreeningVerdict::Malformed);
}

#[test]
fn what_stands_around_an_address_hides_no_hit() {
    let lists = lists();
    let digits = EVM.strip_prefix("0x").unwrap();
    for query in [
        format!("\"{EVM}\""),
        format!("'{BTC}',"),
        format!("\u{feff}{EVM}"),
        format!("{EVM}\u{200b}"),
        format!("0x\u{ad}{digits}"),
        format!("{BTC}\0"),
        format!("eip155:1:{EVM}"),
        format!("https://explorer.example/address/{EVM}?tab=all#x"),
        format!("0x{} {}", &digits[..20], &digits[20..]),
        format!("{} {} {}", &BTC[..8], &BTC[8..20], &BTC[20..]),
        format!("ETH {EVM}"),
    ] {
        let answer = lists.screen_address(&query);
        assert_eq!(
            answer.verdict,
            ScreeningVerdict::Hit,
            "{query:?}: {:?}",
            answer.form
        );
    }
    assert_eq!(lists.screen_address(digits).verdict, ScreeningVerdict::Hit);
    let half = lists.screen_address(&format!("0!{digits}"));
    assert_eq!(half.verdict, ScreeningVerdict::Malformed, "{:?}", half.form);
    // The token and the one who is paid (EIP 681): neither may go unasked.
    let other = "0x00000000000000000000000000000000000000aa";
    for query in [
        format!("ethereum:{other}@1/transfer?address={EVM}&uint256=1"),
        format!("{BTC}, {EVM}"),
        format!("https://explorer.example/address/{}", &EVM[..41]),
    ] {
        assert_eq!(
            lists.screen_address(&query).verdict,
            ScreeningVerdict::Malformed,
            "{query}"
        );
    }
    assert_eq!(
        lists.screen_address("listed-as-is-1").verdict,
        ScreeningVerdict::Hit
    );
}

#[test]
fn a_list_that_lacks_its_aliases_clears_no_name() {
    let sdn = row("7", "EXAMPLE, Alice", "TEST1", "DOB 1970.");
    let files = OfacFiles {
        sdn: file("sdn.csv", &sdn),
        alt: None,
        add: None,
        comments: None,
    };
    let lists = Lists::new(vec![List::ofac("test-sdn", None, &files).unwrap()]);
    let name = lists.screen_name("Somebody Else");
    assert_eq!(
        name.lacks().map(|gap| gap.place.as_str()).collect::<Vec<_>>(),
        ["alt.csv"]
    );
    assert_eq!(lists.screen_address(BTC).lacks().count(), 0);
}

#[test]
fn names_are_found_by_exact_aliases_and_weak_ones_are_told() {
    let lists = lists();
    let found = |text: &str| {
        let answer = lists.screen_name(text);
        let severities: Vec<Severity> = answer.hits.iter().map(|hit| hit.severity).collect();
        (how(&answer), severities)
    };
    assert_eq!(
        found("alice example"),
        (vec![How::Name], vec![Severity::Critical])
    );
    assert_eq!(
        found("Hidden-Snake"),
        (vec![How::WeakAlias], vec![Severity::High])
    );
    assert_eq!(
        found("BEISPIEL SOHNE"),
        (vec![How::StrongAlias], vec![Severity::Critical])
    );
    assert_eq!(found("Example Trading SA").0, [How::Name]);
    assert_eq!(found("Example Trading").0, []);
}

#[test]
fn a_tag_answers_who_is_behind_an_account_sanctions_first() {
    let lists = lists();
    let sanctioned = lists.tag(BCH).unwrap();
    assert_eq!(
        (sanctioned.label.as_str(), sanctioned.service),
        ("EXAMPLE, Alice", Service::Sanctioned)
    );
    let exchange = lists.tag(&EVM.to_lowercase()).unwrap();
    assert_eq!(
        (
            exchange.label.as_str(),
            exchange.service,
            exchange.source.as_str()
        ),
        ("Example Exchange", Service::Exchange, "tags")
    );
    assert_eq!(lists.tag("0x0000000000000000000000000000000000000001"), None);
}

#[test]
fn the_answer_says_what_was_asked_and_is_the_same_bytes_each_time() {
    let answer = lists().screen_address(BTC);
    let json = serde_json::to_string(&answer).unwrap();
    assert_eq!(json, serde_json::to_string(&lists().screen_address(BTC)).unwrap());
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], "strongroom.screening/1");
    assert_eq!(value["algorithm"], ALGORITHM);
    assert_eq!(value["scope"], "direct matches only");
    assert_eq!(value["query"], BTC);
    assert_eq!(value["verdict"], "hit");
    assert_eq!(value["lists"][0]["name"], "test-sdn");
    assert_eq!(value["lists"][0]["date"], "2026-11-22");
    assert!(
        value["lists"][1]["sha256"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );
    assert_eq!(value["hits"][0]["entry"], "7");
    assert_eq!(value["hits"][0]["party"], "EXAMPLE, Alice");
    assert_eq!(
        value["hits"][0]["programs"],
        serde_json::json!(["TEST1", "TEST2"])
    );
    assert_eq!(value["hits"][0]["asset"], "XBT");
    assert_eq!(value["hits"][0]["how"], "same-address");
    assert_eq!(value["hits"][0]["severity"], "critical");
    assert_eq!(value["tags"][0]["service"], "mixer");
}

#[test]
fn a_hit_is_a_finding_in_the_report() {
    let report = lists().screen_address(EVM_WRONG_CASE).report();
    let codes: Vec<&str> = report
        .findings
        .iter()
        .map(|finding| finding.code.as_ref())
        .collect();
    assert_eq!(codes, ["screening.stolen", "screening.tagged"]);
    assert!(
        report.findings[0].title.contains("checksum mismatch"),
        "{}",
        report.findings[0].title
    );
    assert_eq!(report.observables[0].role, Role::Listed);
    let report = lists().screen_address(BCH).report();
    assert_eq!(report.verdict(), Verdict::Malicious);
    assert!(!report.findings.iter().any(|finding| finding.title.contains('{')));
    let report = lists().screen_name("Nobody").report();
    assert_eq!(report.verdict(), Verdict::Clean);
}

#[test]
fn a_broken_list_is_refused_whole_naming_file_line_and_cause() {
    let addresses = |text: &str| {
        List::addresses("l", None, Purpose::Watch, file("l.txt", text)).map_err(|cause| cause.to_string())
    };
    assert_eq!(
        addresses(&format!("{BTC}\ntwo words\n")).unwrap_err(),
        "l.txt, line 2: one address expected, found \"two words\""
    );
    assert_eq!(addresses("# nothing\n").unwrap_err(), "l.txt holds no entry");
    assert_eq!(
        addresses("[1, 2]").unwrap_err(),
        "l.txt, line 1: an address expected, found \"1\""
    );
    assert_eq!(
        addresses(&format!("asset,address\nBTC,{BTC},x\n")).unwrap_err(),
        "l.txt, line 2: 3 columns, the layout has 2"
    );
    let tags = |text: &str| List::tags("t", None, file("t.csv", text)).map_err(|cause| cause.to_string());
    assert_eq!(
        tags(&format!("address,label,service\n{BTC},X,bank\n")).unwrap_err(),
        "t.csv, line 2: a service expected, found \"bank\""
    );
    assert_eq!(
        tags("address,label\n").unwrap_err(),
        "t.csv: the header has no column \"service\""
    );
    let sdn = row("1", "A", "P", "Digital Currency Address - XBT.");
    let stray = OfacFiles {
        sdn: file("sdn.csv", &sdn),
        alt: None,
        add: None,
        comments: None,
    };
    assert_eq!(
        List::ofac("s", None, &stray).unwrap_err().to_string(),
        "sdn.csv, line 1: an asset code and an address expected, found \"XBT\""
    );
    let sdn = row("1", "A", "P", "x");
    let stray = OfacFiles {
        sdn: file("sdn.csv", &sdn),
        alt: Some(file("alt.csv", "2,1,\"aka\",\"B\",-0- \n")),
        add: None,
        comments: None,
    };
    assert_eq!(
        List::ofac("s", None, &stray).unwrap_err().to_string(),
        "alt.csv, line 1: the number of an entry expected, found \"2\""
    );
}

#[test]
fn a_list_is_evidence_too() {
    let text = format!("{BTC}\n{EVM}\n");
    let stolen = file("stolen.txt", &text);
    let list = List::addresses("stolen", None, Purpose::StolenFunds, stolen).unwrap();
    let report = list.report(stolen, &Limits::default());
    assert_eq!(report.evidence.kind, Kind::AddressList);
    assert_eq!(report.evidence.id, list.version().sha256);
    assert!(report.observables.iter().all(|seen| seen.role == Role::Theft));
    assert_eq!(report.observables.len(), 2);
}

#[test]
fn kinds_are_told_by_content() {
    for (text, kind) in [
        (format!("{BTC}\n"), Some(ListKind::Addresses)),
        (
            format!("# stolen\nAddress\n{EVM}\n{BTC}"),
            Some(ListKind::Addresses),
        ),
        (format!("[\n \"{BTC}\",\n \"{EVM}\""), Some(ListKind::Addresses)),
        (format!("ADDRESS,ASSET\n{BTC},BTC\n"), Some(ListKind::Addresses)),
        ("service,label,address,since\n".to_owned(), Some(ListKind::Tags)),
        (row("1", "A", "P", "x"), Some(ListKind::OfacSdn)),
        ("1,2,\"aka\",\"B\",-0- \n".to_owned(), Some(ListKind::OfacAlt)),
        ("1,2,-0- ,\"B\",\"C\",-0- \n".to_owned(), Some(ListKind::OfacAdd)),
        (
            "1,\"tail; Linked To: X.\"\n".to_owned(),
            Some(ListKind::OfacComments),
        ),
        (String::new(), None),
        ("hello\nworld\n".to_owned(), None),
        ("1,2,3,4,5\n".to_owned(), None),
        ("from,to,asset,amount\n".to_owned(), None),
        (format!("{}\n", "ab".repeat(20)), None),
        ("[1, 2]".to_owned(), None),
        ("q8ZkW3vNt7RbYx2JmPs5HcUe4Lda\n".repeat(3), None),
    ] {
        assert_eq!(recognise(text.as_bytes()), kind, "{text}");
    }
}
