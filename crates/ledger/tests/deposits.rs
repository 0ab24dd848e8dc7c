//! Deposit addresses of exchanges on an account chain.

use std::io::Cursor;
use strongroom_ledger::{Deposit, Ledger, Mapping};
use strongroom_model::{Service, Tag};

fn deposits(rows: &str) -> Vec<Deposit> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut ledger = Ledger::create(dir.path()).expect("a new ledger");
    let table = format!("time,tx,from,to,asset,amount\n{rows}");
    let imported = ledger
        .import_csv("t.csv", Cursor::new(table), &Mapping::default(), &mut |_| ())
        .expect("a table");
    assert!(imported.gaps.is_empty(), "{:?}", imported.gaps);
    let tags = |account: &str| {
        let (label, service) = match account {
            "hot-1" | "hot-2" => ("Alpha", Service::Exchange),
            "other" => ("Beta", Service::Exchange),
            "mix" => ("Gamma", Service::Mixer),
            _ => return None,
        };
        Some(Tag::new(label, service, "test"))
    };
    ledger.deposits(&tags).expect("a readable ledger")
}

#[test]
fn what_is_swept_whole_to_one_exchange_is_its_deposit_address() {
    let found = deposits(
        "2026-01-01T00:00:00Z,t1,alice,dep,ETH,100\n\
         2026-01-01T01:00:00Z,t2,dep,hot-1,ETH,99\n\
         2026-01-02T00:00:00Z,t3,bob,dep,ETH,50\n\
         2026-01-02T01:00:00Z,t4,dep,hot-2,ETH,50\n",
    );
    let [deposit] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (deposit.account.as_str(), deposit.exchange.label.as_str()),
        ("dep", "Alpha")
    );
    assert_eq!((deposit.received, deposit.swept), (150u64.into(), 149u64.into()));
    assert_eq!((deposit.sweeps, deposit.payers, deposit.confidence), (2, 2, 85));
    assert_eq!(deposit.wallet, "hot-1");
}

#[test]
fn who_pays_others_too_or_keeps_much_or_pays_two_exchanges_is_none() {
    let income = "2026-01-01T00:00:00Z,t1,alice,dep,ETH,100\n";
    for payments in [
        "2026-01-01T01:00:00Z,t2,dep,hot-1,ETH,95\n2026-01-01T02:00:00Z,t3,dep,friend,ETH,5\n",
        "2026-01-01T01:00:00Z,t2,dep,hot-1,ETH,80\n",
        "2026-01-01T01:00:00Z,t2,dep,hot-1,ETH,50\n2026-01-01T02:00:00Z,t3,dep,other,ETH,50\n",
        "2026-01-01T01:00:00Z,t2,dep,mix,ETH,100\n",
    ] {
        assert_eq!(deposits(&format!("{income}{payments}")), [], "{payments}");
    }
}

#[test]
fn gas_from_the_exchange_is_no_payer_and_each_asset_stands_alone() {
    let found = deposits(
        "2026-01-01T00:00:00Z,t1,alice,dep,USDT,100\n\
         2026-01-01T00:30:00Z,t2,hot-1,dep,ETH,3\n\
         2026-01-01T01:00:00Z,t3,dep,hot-1,USDT,100\n",
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].asset.as_str(), found[0].payers, found[0].confidence),
        ("USDT", 1, 50)
    );
    // Who sells what he mines has no customers, nor has who only gives back what the exchange paid out.
    assert_eq!(
        deposits("2026-01-01T00:30:00Z,t2,,x,ETH,3\n2026-01-01T01:00:00Z,t3,x,hot-1,ETH,3\n"),
        []
    );
    assert_eq!(
        deposits("2026-01-01T00:30:00Z,t2,hot-1,x,ETH,3\n2026-01-01T01:00:00Z,t3,x,hot-1,ETH,3\n"),
        []
    );
}

#[test]
fn what_a_sweep_itself_costs_is_no_payment_to_somebody_else() {
    let found = deposits(
        "2026-01-01T00:00:00Z,t1,alice,dep,ETH,1000\n\
         2026-01-01T01:00:00Z,t2,dep,hot-1,ETH,979\n\
         2026-01-01T01:00:00Z,t2,dep,,ETH,20\n\
         2026-01-01T01:00:00Z,t2,dep,proposer,ETH,1\n",
    );
    let [deposit] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((deposit.account.as_str(), deposit.swept), ("dep", 979u64.into()));
    // Gas of a transaction that does not pay the exchange is a payment as any other.
    assert_eq!(
        deposits(
            "2026-01-01T00:00:00Z,t1,alice,x,ETH,1000\n\
             2026-01-01T01:00:00Z,t2,x,hot-1,ETH,979\n\
             2026-01-01T01:00:00Z,t3,x,proposer,ETH,20\n"
        ),
        []
    );
}
