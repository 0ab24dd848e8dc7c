//! Tables of an export of Ethereum that overlap.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use strongroom_ledger::Booked;
use strongroom_ledger::ethereum::{Books, Chain, Export};

fn account(seed: u8) -> String {
    format!("0x{}", format!("{seed:02x}").repeat(20))
}

fn id(seed: u8) -> String {
    format!("0x{}", format!("{seed:02x}").repeat(32))
}

/// Traces of a transaction and of a reward, whatever else stands in the table.
fn traces(more: &str) -> String {
    let (id, one, two, miner) = (id(1), account(1), account(2), account(9));
    format!(
        "block_number,block_timestamp,transaction_hash,transaction_index,from_address,to_address,value,trace_type,call_type,\
         trace_address,status,trace_id\n\
         7,1000,{id},0,{one},{two},50,call,call,,1,call_{id}\n\
         7,1000,{id},0,{two},{one},5,call,call,0,1,call_{id}_0\n\
         7,1000,{id},0,{two},{one},5,call,call,1,1,call_{id}_1\n\
         7,1000,,,,{miner},3,reward,,,1,reward_7_0\n\
         7,1000,,,,{miner},3,reward,,,1,reward_7_1\n{more}"
    )
}

fn logs(more: &str) -> String {
    let transfer = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    let word = |account: String| format!("0x{:0>64}", account.trim_start_matches("0x"));
    let (id, token, from, to) = (id(1), account(7), word(account(1)), word(account(2)));
    let row = |index: u8| {
        format!(
            "{index},{id},0,7,{token},0x{:064x},\"{transfer},{from},{to}\"\n",
            17
        )
    };
    let header = "log_index,transaction_hash,transaction_index,block_number,address,data,topics\n";
    format!("{header}{}{}{more}", row(0), row(1))
}

fn booked(tables: &[&str]) -> Vec<Booked> {
    let mut export = Export::new();
    for (at, table) in tables.iter().enumerate() {
        export.add(&format!("{at}.csv"), table.as_bytes()).unwrap();
    }
    export.booked(&mut Books::of(Chain::ethereum())).collect()
}

#[test]
fn what_stands_in_two_tables_counts_once() {
    let (traces_again, logs_again) = (traces("\n"), logs("\n"));
    let (traces, logs) = (traces(""), logs(""));
    let once = booked(&[&traces, &logs]);
    assert_eq!(
        once[1].rows.len(),
        7,
        "three moves, two transfers that are equal, two rewards that are equal"
    );
    // The same bytes, and tables that overlap without being the same.
    assert_eq!(booked(&[&traces, &traces, &logs, &logs]), once);
    let overlapping = booked(&[&traces, &logs, &traces_again, &logs_again]);
    assert_eq!(overlapping[1].rows, once[1].rows);
    let told = overlapping[1]
        .gaps
        .iter()
        .find(|gap| gap.why.contains("two tables"))
        .unwrap();
    assert!(told.why.contains("7 rows") && !told.hides, "{told:?}");
}
