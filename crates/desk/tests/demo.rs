//! The demo folder is what it says: large enough, the same each time, inert, and true to its own truth.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};
use strongroom_desk::demo::{self, End, Fate, Policy, Truth};
use strongroom_model::{Amount, EvidenceId, Moment};
use tempfile::TempDir;

const SEED: u64 = 2019;

struct Demo {
    folder: TempDir,
    truth: Truth,
    took: Duration,
}

/// How long this thread has been working: other tests and other programs do not count. Without Linux's count, how
/// long the test has been running.
fn busy() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let counted = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = counted.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// One demo for all tests of this file.
fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let started = busy();
        let truth = demo::write(folder.path(), SEED).unwrap();
        Demo {
            folder,
            truth,
            took: busy() - started,
        }
    })
}

fn bytes(path: &str) -> Vec<u8> {
    fs::read(demo().folder.path().join(path)).unwrap()
}

/// The text of a file, unpacked where it is gzip.
fn text(path: &str) -> String {
    let bytes = bytes(path);
    let mut text = String::new();
    match path.ends_with(".gz") {
        true => GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut text)
            .unwrap(),
        false => Cursor::new(bytes).read_to_string(&mut text).unwrap(),
    };
    text
}

fn files_under(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => files.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned()),
            }
        }
    }
    files.sort();
    files
}

fn logs(kind: &str) -> impl Iterator<Item = String> {
    let files = demo()
        .truth
        .files
        .iter()
        .filter(|file| file.starts_with("network/"));
    let logs: Vec<&String> = files
        .filter(|file| file.contains(&format!("/{kind}.log")))
        .collect();
    assert_eq!(logs.len(), 7, "one {kind} log for each day");
    logs.into_iter().map(|path| text(path))
}

fn rows(log: &str) -> impl Iterator<Item = &str> {
    log.lines().filter(|line| !line.starts_with('#'))
}

/// One transfer of the ledger file.
struct Transfer {
    at: Moment,
    from: String,
    to: String,
    asset: String,
    amount: u128,
    fee: u128,
}

fn transfers() -> &'static [Transfer] {
    static TRANSFERS: OnceLock<Vec<Transfer>> = OnceLock::new();
    TRANSFERS.get_or_init(|| {
        let text = text("ledger/transfers.csv");
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("time,tx,from,to,asset,amount,fee"));
        lines.map(transfer).collect()
    })
}

fn transfer(line: &str) -> Transfer {
    let cells: Vec<&str> = line.split(',').collect();
    let [at, _, from, to, asset, amount, fee] = cells[..] else {
        panic!("{line} has not seven columns");
    };
    Transfer {
        at: at.parse().unwrap(),
        from: from.to_owned(),
        to: to.to_owned(),
        asset: asset.to_owned(),
        amount: amount.parse().unwrap(),
        fee: fee.parse().unwrap(),
    }
}

#[test]
fn the_folder_is_written_in_seconds_and_is_of_the_promised_size() {
    let Demo { folder, truth, took } = demo();
    assert!(*took < Duration::from_secs(10), "{took:?}");
    assert_eq!(files_under(folder.path()), truth.files);
    let sizes = truth
        .files
        .iter()
        .map(|file| fs::metadata(folder.path().join(file)).unwrap().len());
    let size: u64 = sizes.sum();
    assert!((30 << 20..80 << 20).contains(&size), "{size} bytes");
    assert!(transfers().len() >= 100_000, "{} transfers", transfers().len());
    let count = |kind| logs(kind).map(|log| rows(&log).count()).sum::<usize>();
    let counts = ["conn", "dns", "http", "ssl"].map(count);
    assert!(
        (150_000..400_000).contains(&counts.iter().sum::<usize>()),
        "{counts:?}"
    );
    println!(
        "written in {took:?}: {size} bytes, {} transfers, rows {counts:?}",
        transfers().len()
    );
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_another_case() {
    let again = tempfile::tempdir().unwrap();
    let truth = demo::write(again.path(), SEED).unwrap();
    assert_eq!(truth, demo().truth);
    for file in &truth.files {
        assert!(
            fs::read(again.path().join(file)).unwrap() == bytes(file),
            "{file} differs"
        );
    }
    let other = demo::write(again.path(), SEED + 1).unwrap();
    assert_ne!(other.c2, truth.c2);
    assert_ne!(other.lure.document_id, truth.lure.document_id);
    let mut pairs = other.theft.stolen.iter().zip(&truth.theft.stolen);
    assert!(pairs.all(|(other, this)| other.wallet != this.wallet));
}

/// The decoded base64 parts of a mail.
fn parts(mail: &str) -> Vec<Vec<u8>> {
    let bodies = mail.split("Content-Transfer-Encoding: base64\r\n\r\n").skip(1);
    let code = bodies.map(|body| body.split("--=_").next().unwrap().replace("\r\n", ""));
    code.map(|code| STANDARD.decode(code).unwrap()).collect()
}

fn members(archive: &[u8], password: &str) -> Vec<(String, Vec<u8>)> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(archive)) else {
        return Vec::new();
    };
    let mut members = Vec::new();
    for number in 0..archive.len() {
        let encrypted = archive.by_index_raw(number).unwrap().encrypted();
        let mut member = match encrypted {
            true => archive.by_index_decrypt(number, password.as_bytes()).unwrap(),
            false => archive.by_index(number).unwrap(),
        };
        let (name, mut bytes) = (member.name().unwrap().into_owned(), Vec::new());
        member.read_to_end(&mut bytes).unwrap();
        members.push((name, bytes));
    }
    members
}

/// The content of every file, and of what is packed inside the mails, as text.
fn everything() -> Vec<(String, String)> {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let lure = &demo().truth.lure;
    let hidden = [&lure.stage, &lure.mac_url]
        .into_iter()
        .chain(&demo().truth.c2.urls);
    let mut all: Vec<(String, String)> = hidden
        .map(|text| ("the document".to_owned(), text.clone()))
        .collect();
    for file in &demo().truth.files {
        all.push((file.clone(), text(file)));
        if !file.ends_with(".eml") {
            continue;
        }
        for part in parts(&text(file)) {
            all.push((format!("a part of {file}"), lossy(&part)));
            let members = members(&part, &demo().truth.lure.password);
            all.extend(
                members
                    .iter()
                    .map(|(name, bytes)| (format!("{name} in {file}"), lossy(bytes))),
            );
        }
    }
    all
}

#[test]
fn every_name_is_reserved_and_every_address_is_private_or_documentation() {
    // Names of formats in the parts of OOXML, which nobody looks up.
    const FORMATS: [&str; 2] = ["schemas.openxmlformats.org", "schemas.microsoft.com"];
    const TOP: [&str; 14] = [
        "com", "org", "net", "io", "kr", "cn", "info", "biz", "ru", "co", "dev", "app", "onion", "xyz",
    ];
    let mut names = 0;
    for (file, text) in everything() {
        let between = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        let words = text.split(between).map(|word| word.trim_matches('.'));
        for word in words.filter(|word| word.contains('.') && !FORMATS.contains(word)) {
            let last = word.rsplit('.').next().unwrap().to_ascii_lowercase();
            if let Ok(ip) = word.parse::<Ipv4Addr>() {
                assert!(ip.is_private() || ip.is_documentation(), "{file}: {ip}");
            } else {
                assert!(!TOP.contains(&last.as_str()), "{file}: {word}");
                names += u32::from(last == "example");
            }
        }
        // In compressed macros the text is broken; the URLs that they hide are looked at in the stage.
        let readable = !text.contains(char::REPLACEMENT_CHARACTER);
        for (at, _) in text.match_indices("://").filter(|_| readable) {
            let host = text[at + 3..]
                .split(['/', '"', '\'', '\n', ' ', '\r'])
                .next()
                .unwrap();
            let host = host.replace("[.]", ".");
            assert!(
                host.ends_with(".example") || FORMATS.contains(&host.as_str()),
                "{file}: {host}"
            );
        }
    }
    assert!(names > 100_000, "the scan saw {names} names only");
}

#[test]
fn the_mail_carries_the_document_that_the_report_names() {
    let truth = &demo().truth;
    let parts = parts(&text(&truth.lure.mail));
    let body = String::from_utf8(parts[0].clone()).unwrap();
    assert!(body.contains(&truth.lure.password));
    let members = members(parts.last().unwrap(), &truth.lure.password);
    let (name, document) = &members[0];
    assert_eq!(
        (name, &EvidenceId::of(document)),
        (&truth.lure.document, &truth.lure.document_id)
    );
    let hash = truth.lure.document_id.as_str().trim_start_matches("sha256:");
    let report = text("intel/report.txt");
    assert!(report.contains(hash) && !report.contains(&truth.c2.urls[0]));
    for url in &truth.c2.urls {
        let defanged = url.replace("http", "hxxp").replace(".example", "[.]example");
        assert!(report.contains(&defanged), "{url}");
        assert!(
            !truth.lure.stage.contains(url.as_str()),
            "the stage does not hide {url}"
        );
    }
}

#[test]
fn the_readme_and_the_folder_tell_nothing_of_the_truth() {
    let readme = text("README.txt");
    assert_eq!(readme.lines().count(), 2);
    assert!(
        !readme.contains(['@', '/', '\\']) && !readme.contains(".example"),
        "{readme}"
    );
    assert!(demo().truth.files.iter().all(|file| !file.contains("truth")));
}

#[test]
fn the_beacon_is_in_the_logs_call_by_call_and_nobody_else_calls_there() {
    let truth = &demo().truth;
    let mut calls = 0;
    for log in logs("http") {
        let to_c2 = |row: &&str| truth.c2.hosts.iter().any(|host| row.contains(host.as_str()));
        for row in rows(&log).filter(to_c2) {
            calls += 1;
            assert!(row.contains("POST") && row.contains("?v="), "{row}");
            assert!(
                row.contains(&truth.c2.user_agent) && row.contains(&truth.infection.host),
                "{row}"
            );
        }
    }
    assert_eq!(calls, truth.infection.count);
    assert!(calls > 5_000, "{calls}");
    let after = truth.infection.calls.first.seconds() - truth.lure.sent.seconds();
    assert!((60..3_600).contains(&after), "{after} s after the mail");
    let [host, ..] = &truth.c2.hosts[..] else {
        panic!("three hosts")
    };
    let asked: usize = logs("dns")
        .map(|log| rows(&log).filter(|row| row.contains(host.as_str())).count())
        .sum();
    assert!(asked > 100, "{asked}");
}

/// The machines that asked for a name.
fn machines_asking(name: &str) -> BTreeSet<String> {
    let mut machines = BTreeSet::new();
    for log in logs("dns") {
        for row in rows(&log).filter(|row| row.contains(name)) {
            let cell = row
                .split(['\t', '"'])
                .find(|cell| cell.starts_with("10.20."))
                .unwrap();
            machines.insert(cell.to_owned());
        }
    }
    machines
}

#[test]
fn regular_calls_are_many_machines_and_polled_names_are_one_each() {
    for name in &demo().truth.innocent.widespread {
        assert!(machines_asking(name).len() >= 40, "{name}");
    }
    for name in &demo().truth.innocent.polled {
        assert_eq!(machines_asking(name).len(), 1, "{name}");
        assert!(!machines_asking(name).contains(&demo().truth.infection.host));
    }
}

#[test]
fn the_ledger_is_in_order_and_its_amounts_leave_64_bits() {
    assert!(transfers().is_sorted_by_key(|row| row.at));
    let assets: BTreeSet<&str> = transfers().iter().map(|row| row.asset.as_str()).collect();
    assert_eq!(assets.len(), 20);
    let large = transfers()
        .iter()
        .filter(|row| row.asset == "ETH" && row.amount > u128::from(u64::MAX));
    assert!(large.count() > 100);
    assert!(transfers().iter().all(|row| row.amount > 0 && row.from != row.to));
}

#[test]
fn customers_and_amounts_are_heavy_tailed() {
    let mut met: BTreeMap<&str, u32> = BTreeMap::new();
    for row in transfers().iter().filter(|row| row.asset == "BTC") {
        *met.entry(&row.from).or_default() += 1;
    }
    let mut met: Vec<u32> = met.into_values().collect();
    met.sort_unstable_by(|a, b| b.cmp(a));
    let top: u32 = met[..met.len() / 10].iter().sum();
    assert!(
        top * 2 > met.iter().sum(),
        "the busiest tenth books less than half"
    );
    let mut amounts: Vec<u128> = transfers()
        .iter()
        .filter(|row| row.asset == "BTC")
        .map(|row| row.amount)
        .collect();
    amounts.sort_unstable();
    assert!(amounts[amounts.len() * 99 / 100] > 20 * amounts[amounts.len() / 2]);
}

#[test]
fn the_theft_takes_nearly_all_that_the_hot_wallets_held() {
    let theft = &demo().truth.theft;
    assert_eq!(theft.when.first.to_string().get(..13), Some("2019-03-24T01"));
    assert!(theft.when.last < "2019-03-24T08:00:00Z".parse().unwrap());
    assert_eq!(theft.stolen.len(), 20);
    for stolen in &theft.stolen {
        let (mut balance, mut lowest, mut before) = (0i128, 0i128, None);
        for row in transfers().iter().filter(|row| row.asset == stolen.asset) {
            if row.at >= stolen.when.first && before.is_none() {
                before = Some(balance);
            }
            if row.from == stolen.from {
                balance -= i128::try_from(row.amount + row.fee).unwrap();
            }
            if row.to == stolen.from {
                balance += i128::try_from(row.amount).unwrap();
            }
            lowest = lowest.min(balance);
        }
        // With the opening balance that the deepest deficit says.
        let held = before.unwrap() - lowest;
        let taken: i128 = stolen.amount.to_string().parse().unwrap();
        assert!(taken * 100 > held * 95, "{}: {taken} of {held}", stolen.asset);
    }
}

#[test]
fn wallets_that_are_fresh_never_go_below_zero() {
    let mut balance: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    let mut below: BTreeSet<(&str, &str)> = BTreeSet::new();
    for row in transfers() {
        let payer = balance.entry((&row.asset, &row.from)).or_default();
        *payer -= i128::try_from(row.amount + row.fee).unwrap();
        if *payer < 0 {
            below.insert((&row.asset, &row.from));
        }
        *balance.entry((&row.asset, &row.to)).or_default() += i128::try_from(row.amount).unwrap();
    }
    for stolen in &demo().truth.theft.stolen {
        assert!(
            !below.contains(&(stolen.asset.as_str(), stolen.wallet.as_str())),
            "{}",
            stolen.asset
        );
    }
    // Below zero are those who held money before the month: customers, the exchange, dealers.
    assert!(
        below.len() * 3 < balance.len() * 2,
        "{} of {}",
        below.len(),
        balance.len()
    );
}

#[test]
fn every_stolen_unit_ends_somewhere_under_every_policy_but_poison() {
    let truth = &demo().truth;
    for stolen in &truth.theft.stolen {
        for policy in Policy::ALL {
            let ends = truth
                .ends
                .iter()
                .filter(|end| end.policy == policy && end.asset == stolen.asset);
            let sum = Amount::checked_sum(ends.map(|end| end.amount)).unwrap();
            match policy {
                Policy::Poison => assert!(sum >= stolen.amount, "{}", stolen.asset),
                _ => assert_eq!(sum, stolen.amount, "{policy:?} {}", stolen.asset),
            }
        }
    }
}

fn ends_of(policy: Policy, asset: &str) -> Vec<&'static End> {
    let ends = demo().truth.ends.iter();
    ends.filter(|end| end.policy == policy && end.asset == asset)
        .collect()
}

#[test]
fn the_policies_disagree_and_all_of_them_reach_both_exchanges() {
    let tags = text("lists/tags.csv").to_lowercase();
    let label = |account: &str| {
        let row = tags.lines().find(|row| row.starts_with(&account.to_lowercase()));
        row.and_then(|row| row.split(',').nth(1)).map(str::to_owned)
    };
    for asset in ["BTC", "ETH", "EOS", "XRP"] {
        let mut figures = BTreeSet::new();
        for policy in Policy::ALL {
            let ends = ends_of(policy, asset);
            let stopped = ends.iter().filter(|end| end.fate == Fate::Stopped);
            let parties: BTreeSet<String> = stopped.filter_map(|end| label(end.account.as_ref()?)).collect();
            for exchange in &demo().truth.exchanges {
                assert!(parties.contains(&exchange.to_lowercase()), "{policy:?} {asset}");
            }
            figures.insert(
                ends.iter()
                    .map(|end| (&end.account, end.fate, end.amount))
                    .collect::<Vec<_>>(),
            );
        }
        assert_eq!(figures.len(), Policy::ALL.len(), "two policies agree on {asset}");
    }
}

#[test]
fn the_loot_reaches_the_exchanges_within_two_days() {
    let truth = &demo().truth;
    let loot: BTreeSet<(&str, &str)> = truth
        .ends
        .iter()
        .filter(|end| end.fate == Fate::Stopped)
        .filter_map(|end| Some((end.asset.as_str(), end.account.as_deref()?)))
        .collect();
    let arrivals = transfers()
        .iter()
        .filter(|row| loot.contains(&(row.asset.as_str(), row.to.as_str())));
    let seconds = arrivals.map(|row| row.at.seconds() - truth.theft.when.last.seconds());
    let last = seconds.max().unwrap();
    assert!((3_600..2 * 86_400).contains(&last), "{last} s after the theft");
    assert!(loot.len() >= 40, "{}", loot.len());
}

#[test]
fn one_branch_ends_at_the_listed_wallet() {
    let listed = &demo().truth.listed;
    let ends: Vec<&End> = demo()
        .truth
        .ends
        .iter()
        .filter(|end| end.account.as_ref() == Some(&listed.wallet))
        .collect();
    assert!(
        ends.iter()
            .all(|end| end.asset == listed.asset && end.fate == Fate::Stopped)
    );
    let policies: BTreeSet<Policy> = ends.iter().map(|end| end.policy).collect();
    assert!(
        policies.contains(&Policy::Poison) && policies.contains(&Policy::Haircut),
        "{policies:?}"
    );
}

#[test]
fn innocent_accounts_receive_nothing_of_the_loot() {
    let truth = &demo().truth;
    let ends: BTreeSet<&String> = truth.ends.iter().filter_map(|end| end.account.as_ref()).collect();
    assert!(truth.innocent.accounts.len() > 20);
    let hot = truth.theft.stolen.iter().map(|stolen| &stolen.from);
    for account in truth.innocent.accounts.iter().chain(hot) {
        assert!(!ends.contains(account), "{account}");
    }
}

#[test]
fn the_listed_wallet_stands_in_the_overflow_that_breaks_in_mid_phrase() {
    let listed = &demo().truth.listed;
    let (list, comments) = (text("lists/sdn.csv"), text("lists/sdn_comments.csv"));
    let row = list
        .lines()
        .find(|row| row.starts_with(&listed.uid.to_string()))
        .unwrap();
    assert!(row.contains(&listed.party));
    assert!(row.ends_with("; alt. Digital Curr\""), "{row}");
    assert_eq!(row.rsplit(",\"").next().unwrap().len(), 1_001);
    assert!(
        comments.starts_with(&format!("{},\"ency Address - ETH 0x", listed.uid)),
        "{comments}"
    );
    assert!(comments.to_lowercase().contains(&listed.wallet));
    assert!(list.ends_with("\r\n\u{1a}") && list.lines().next().unwrap().matches("-0- ").count() >= 7);
}
