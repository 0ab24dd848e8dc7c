//! Measures address look-ups: `cargo run --release -p strongroom-screening --example lookups`.

use std::hint::black_box;
use std::time::Instant;
use strongroom_screening::{List, ListFile, Lists, Purpose};

const LISTED: u32 = 100_000;
const ASKED: u32 = 2_000_000;

/// Numbers without a pattern (splitmix64), the same in each run.
fn scattered(seed: u32) -> u64 {
    let mut z = u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z ^ (z >> 27)
}

fn evm(seed: u32) -> String {
    format!(
        "0x{:016x}{:016x}{:08x}",
        scattered(seed),
        scattered(seed ^ 0xff),
        seed
    )
}

fn measure(name: &str, queries: &[String], ask: impl Fn(&str)) {
    let begin = Instant::now();
    for at in 0..ASKED as usize {
        if let Some(query) = queries.get(at % queries.len()) {
            ask(query);
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{name}: {:.2} million look-ups a second",
        f64::from(ASKED) / seconds / 1e6
    );
}

fn main() {
    let text: String = (0..LISTED).map(|seed| evm(seed) + "\n").collect();
    let file = ListFile {
        name: "list",
        bytes: text.as_bytes(),
    };
    let list = List::addresses("list", None, Purpose::Sanctions, file).expect("a list of addresses");
    let lists = Lists::new(vec![list]);
    let misses: Vec<String> = (LISTED..LISTED + 10_000).map(evm).collect();
    let hits: Vec<String> = (0..10_000).map(evm).collect();
    let base58 = vec!["1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu".to_owned()];
    let bech32 = vec!["bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4".to_owned()];
    let mixed = vec!["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".to_owned()];
    for (name, queries) in [
        ("EVM, not listed", &misses),
        ("EVM, listed", &hits),
        ("EVM with EIP-55", &mixed),
        ("base58check", &base58),
        ("bech32", &bech32),
    ] {
        measure(&format!("screen {name}"), queries, |query| {
            black_box(lists.screen_address(query));
        });
        measure(&format!("tag    {name}"), queries, |query| {
            black_box(lists.tag(query));
        });
    }
}
