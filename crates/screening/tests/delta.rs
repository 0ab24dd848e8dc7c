//! Whom a new version of a list concerns: nobody whose answer changes is left out.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};
use strongroom_model::Severity;
use strongroom_screening::{
    AssetMatch, BarredAssets, Book, BookError, Customer, Delta, List, ListFile, ListKind, Lists,
    NAME_THRESHOLD, Purpose,
};

const NAMES: [&str; 5] = ["Alice", "Bob", "Carol", "Dave", "Eve"];

fn evm(digit: usize) -> String {
    format!("0x{}", digit.to_string().repeat(40))
}

/// A row of the list: its number, a name, another name, a wallet.
type Row = (usize, usize, usize, usize);

fn list(rows: &[Row]) -> List {
    let mut text = "id,name,reason,alias,address\n".to_owned();
    for (at, (_, name, alias, wallet)) in rows.iter().enumerate() {
        text += &format!("{at},{},r,{},{}\n", NAMES[*name], NAMES[*alias], evm(*wallet));
    }
    let file = ListFile {
        name: "t",
        bytes: text.as_bytes(),
    };
    List::read(ListKind::Parties, "t", None, Purpose::Watch, file).unwrap()
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    proptest::collection::vec((0..1usize, 0..5usize, 0..5usize, 0..9usize), 1..6)
}

fn customers() -> Vec<Customer> {
    let mut text = "id,name,wallet\n".to_owned();
    for (at, name) in NAMES.iter().enumerate() {
        text += &format!("c{at},{name},\nw{at},,{}\n", evm(at));
    }
    Book::open(text.as_bytes()).unwrap().map(Result::unwrap).collect()
}

/// All hits of a customer; the version that is named in the answer is another one in any case.
fn answer(lists: &Lists, customer: &Customer) -> String {
    let names = customer
        .query(NAME_THRESHOLD)
        .map(|query| lists.screen_party(&query));
    let wallets = customer.wallets.iter().map(|wallet| lists.screen_address(wallet));
    names
        .into_iter()
        .chain(wallets)
        .map(|answer| format!("{:?}{:?}{:?}", answer.hits, answer.candidates, answer.verdict))
        .collect()
}

proptest! {
    #[test]
    fn who_is_not_concerned_has_the_answer_of_before(old in rows(), new in rows()) {
        let (old, new) = (list(&old), list(&new));
        let delta = Delta::between(&old, &new);
        prop_assert!(delta.proof().holds(), "{:?}", delta.proof());
        let (before, after) = (Lists::new(vec![old.clone()]), Lists::new(vec![new.clone()]));
        for customer in customers() {
            if !delta.concerns(&customer, NAME_THRESHOLD) {
                prop_assert_eq!(answer(&before, &customer), answer(&after, &customer), "{:?}", customer);
            }
        }
        let none = Delta::between(&old, &old);
        prop_assert!(customers().iter().all(|customer| !none.concerns(customer, NAME_THRESHOLD)));
    }
}

#[test]
fn a_change_concerns_those_of_the_old_text_and_of_the_new() {
    let old = list(&[(0, 0, 0, 1), (0, 1, 1, 2)]);
    let new = list(&[(0, 0, 0, 1), (0, 2, 2, 2)]);
    let delta = Delta::between(&old, &new);
    let concerned: Vec<String> = customers()
        .into_iter()
        .filter(|customer| delta.concerns(customer, NAME_THRESHOLD))
        .map(|customer| customer.id)
        .collect();
    // The wallet of the entry that changed too: the party is another one now.
    assert_eq!(concerned, ["c1", "c2", "w2"]);
    let proof = delta.proof();
    assert_eq!(
        (proof.unchanged, proof.changed, proof.added, proof.removed),
        (1, 1, 0, 0)
    );
}

#[test]
fn another_gap_concerns_everybody() {
    let lacking = |with: bool| {
        let remarks = "x".repeat(if with { 1_000 } else { 10 });
        let sdn = format!("1,\"EXAMPLE\",-0- ,\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"{remarks}\"\r\n");
        let file = ListFile {
            name: "sdn.csv",
            bytes: sdn.as_bytes(),
        };
        List::read(ListKind::OfacSdn, "l", None, Purpose::Sanctions, file).unwrap()
    };
    let delta = Delta::between(&lacking(false), &lacking(true));
    assert!(
        customers()
            .iter()
            .all(|customer| delta.concerns(customer, NAME_THRESHOLD))
    );
}

#[test]
fn a_broken_row_of_a_book_is_told_and_the_others_are_read() {
    let text = "ID,Name,birth,wallet,country,note\n1,Alice,1970,0x1;0x2,xa;xb,n\n,Bob,,,,\n3,Carol,long ago,,,\n4,Dave,,\n5,\"Eve\n E\",,,,\n";
    let book: Vec<Result<Customer, BookError>> = Book::open(text.as_bytes()).unwrap().collect();
    let alice = book[0].as_ref().unwrap();
    assert_eq!(
        (alice.wallets.len(), alice.countries.len(), alice.births.len()),
        (2, 2, 1)
    );
    let why = |at: usize| book[at].as_ref().unwrap_err().to_string();
    assert_eq!(why(1), "line 3: a customer without an id");
    assert_eq!(why(2), "line 4: customer 3: \"long ago\" is no date of birth");
    assert!(why(3).starts_with("line 5: "), "{}", why(3));
    assert_eq!(book[4].as_ref().unwrap().id, "5");
    for (text, column) in [("name\n", "id"), ("id\n", "name"), ("", "id")] {
        let error = Book::open(text.as_bytes()).err().unwrap();
        assert_eq!(error, BookError::Header(column), "{text}");
    }
}

#[test]
fn who_a_customer_is_makes_the_fingerprint() {
    let of = |text: &str| {
        let mut book = Book::open(text.as_bytes()).unwrap();
        book.next().unwrap().unwrap().fingerprint()
    };
    assert_eq!(of("id,name\n1,Alice\n"), of("name,id,note\n\nAlice,1,x\n"));
    assert_ne!(of("id,name\n1,Alice\n"), of("id,name\n1,Alicia\n"));
}

const ASSETS: &str = "chain,contract,symbol,issuer,reason,source,date\n\
    ethereum,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,XGOLD,Example State Bank,a state that we do not serve,https://news.example/1,2026-11-01\n\
    ,,PETRX,Example State,a coin made to get around sanctions,https://news.example/2,2026-11-02\n";

#[test]
fn an_asset_is_a_hit_whatever_the_wallet() {
    let file = ListFile {
        name: "assets.csv",
        bytes: ASSETS.as_bytes(),
    };
    let assets = BarredAssets::read(file).unwrap();
    let how =
        |query: &str| -> Vec<AssetMatch> { assets.screen(query).hits.iter().map(|hit| hit.how).collect() };
    assert_eq!(
        how("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        [AssetMatch::Contract]
    );
    assert_eq!(
        how("ethereum:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        [AssetMatch::Contract]
    );
    assert_eq!(how("bsc:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), []);
    assert_eq!(how("petrx"), [AssetMatch::Symbol]);
    assert_eq!(how("anychain:PETRX"), [AssetMatch::Symbol]);
    assert_eq!(how("Ethereum:xgold"), [AssetMatch::Symbol]);
    assert_eq!(how("USDT"), []);
    // Another name of the chain, and one that nobody knows: never "no hit".
    let contract = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    let severity = |chain: &str| assets.screen(&format!("{chain}:{contract}")).hits[0].severity;
    assert_eq!([severity("ERC20"), severity("eip155:1")], [Severity::Critical; 2]);
    assert_eq!(severity("geth"), Severity::High);
    let verdict = |query: &str| assets.screen(query).verdict;
    assert_eq!((verdict("USDT"), verdict("petrx")), ("no-hit", "hit"));
    // One digit too few is never "no hit".
    assert_eq!(
        verdict("ethereum:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe"),
        "malformed"
    );
    assert_eq!(verdict("ethereum:"), "malformed");
    let hit = &assets.screen("petrx").hits[0];
    assert_eq!(hit.listed.source, "https://news.example/2");
    let refused = |from: &str, to: &str| {
        let text = ASSETS.replacen(from, to, 1);
        let file = ListFile {
            name: "t",
            bytes: text.as_bytes(),
        };
        BarredAssets::read(file).unwrap_err().to_string()
    };
    assert_eq!(
        refused("Example State Bank", ""),
        "t, line 2: issuer expected, found \"\""
    );
    assert_eq!(
        refused(",,PETRX", ",,"),
        "t, line 3: a contract or a symbol expected, found \"\""
    );
    assert!(refused("1BeAed", "1BeAe").contains("address expected"));
    assert_eq!(
        refused("source", "from"),
        "t: the header has no column \"source\""
    );
}
