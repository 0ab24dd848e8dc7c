//! Measures a book against the change of one entry: `cargo run --release -p strongroom-screening --example book`.

use std::time::Instant;
use strongroom_screening::{Book, Delta, List, ListFile, ListKind, Lists, NAME_THRESHOLD, Purpose};

const CUSTOMERS: u32 = 1_000_000;
const ENTRIES: u32 = 20_000;

/// Numbers without a pattern (splitmix64), the same in each run.
fn scattered(seed: u32) -> u64 {
    let mut z = u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z ^ (z >> 27)
}

/// A name of three made-up words.
fn name(seed: u32) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ko", "ri", "mel", "tan", "os", "vi", "dra", "lu", "pen", "sha", "ga", "nor", "el", "ju", "ze",
    ];
    let bits = scattered(seed);
    let word = |shift: u32| -> String {
        (0..3)
            .filter_map(|at| SYLLABLES.get((bits >> (shift + 4 * at)) as usize & 15).copied())
            .collect()
    };
    format!("{} {} {}", word(0), word(16), word(32))
}

fn list(changed: bool) -> List {
    let mut text = "id,name,reason,alias,address\n".to_owned();
    for seed in 0..ENTRIES {
        let alias = if changed && seed == 7 {
            name(CUSTOMERS / 2)
        } else {
            String::new()
        };
        text += &format!(
            "{seed},{},r,{alias},0x{:040x}\n",
            name(seed ^ 0x00ff_0000),
            scattered(seed)
        );
    }
    let file = ListFile {
        name: "list",
        bytes: text.as_bytes(),
    };
    List::read(ListKind::Parties, "list", None, Purpose::Sanctions, file).expect("a list")
}

fn main() {
    let mut text = "id,name,birth,country,wallet\n".to_owned();
    for seed in 0..CUSTOMERS {
        text += &format!(
            "{seed},{},1970-02-03,xa,0x{:040x}\n",
            name(seed),
            scattered(seed ^ 0xffff)
        );
    }
    println!(
        "{CUSTOMERS} customers, {} MB; {ENTRIES} entries",
        text.len() >> 20
    );
    let (old, new) = (list(false), list(true));
    let begin = Instant::now();
    let delta = Delta::between(&old, &new);
    let after = Lists::new(vec![new]);
    println!("compared and indexed in {:.2} s", begin.elapsed().as_secs_f64());
    let (mut read, mut concerned, mut hits) = (0_u32, 0_u32, 0_usize);
    for customer in Book::open(text.as_bytes()).expect("a book").flatten() {
        read += 1;
        if delta.concerns(&customer, NAME_THRESHOLD) {
            concerned += 1;
            hits += customer
                .name
                .iter()
                .map(|name| after.screen_name(name).hits.len())
                .sum::<usize>();
        }
    }
    println!(
        "{read} customers, {concerned} screened again, {hits} hits: {:.1} s on one core; {:?}",
        begin.elapsed().as_secs_f64(),
        delta.proof()
    );
    let begin = Instant::now();
    let mut all = 0_usize;
    for customer in Book::open(text.as_bytes()).expect("a book").flatten() {
        all += customer
            .name
            .iter()
            .map(|name| after.screen_name(name).hits.len())
            .sum::<usize>();
        all += customer
            .wallets
            .iter()
            .map(|wallet| after.screen_address(wallet).hits.len())
            .sum::<usize>();
    }
    println!(
        "everybody, exactly: {all} hits in {:.1} s on one core",
        begin.elapsed().as_secs_f64()
    );
}
