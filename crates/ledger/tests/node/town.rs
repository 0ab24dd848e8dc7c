//! A small town on a development node: people, contracts, and payments of every kind, some of which fail.

use super::{Node, code};
use serde_json::{Value, json};
use strongroom_model::Amount;

pub const PROPOSER: &str = "0x00000000000000000000000000000000000c0ffe";
/// Accounts that nobody has the keys of.
pub const HEIR: &str = "0x0000000000000000000000000000000000005555";
pub const FRIEND: &str = "0x0000000000000000000000000000000000007777";

pub fn word(account: &str) -> String {
    format!("{:0>64}", account.trim_start_matches("0x"))
}

fn units(amount: u64) -> String {
    format!("{amount:064x}")
}

pub fn amount(quantity: &Value) -> Amount {
    let digits = format!("{:0>64}", quantity.as_str().unwrap().trim_start_matches("0x"));
    let limb = |at: usize| u64::from_str_radix(&digits[at..at + 16], 16).unwrap();
    Amount::from_limbs([limb(48), limb(32), limb(16), limb(0)])
}

/// What the test made: the accounts that the node has keys for, and its contracts.
pub struct Town {
    pub people: Vec<String>,
    pub token: String,
    pub wrapper: String,
}

pub fn settle(node: &Node) -> Town {
    node.ask("anvil_setCoinbase", json!([PROPOSER]));
    let people: Vec<String> = serde_json::from_value(node.ask("eth_accounts", json!([]))).unwrap();
    let alice = people[0].as_str();
    let bob = people[1].as_str();
    let make = |code: String, value| {
        let receipt = node.send(alice, None, value, &code);
        assert_eq!(receipt["status"], "0x1");
        receipt["contractAddress"].as_str().unwrap().to_owned()
    };
    let token = make(code::token(1_000_000), 0);
    let wrapper = make(code::wrapper(), 0);
    let forwarder = make(code::forwarder(), 0);
    let reverter = make(code::reverter(), 0);
    let relay = make(code::relay(), 0);
    let factory = make(code::factory(), 0);
    let mortal = make(code::mortal(), 0);
    let succeeds = |from: &str, to: &str, value, data: String| {
        let receipt = node.send(from, Some(to), value, &format!("0x{data}"));
        assert_eq!(receipt["status"], "0x1", "{to} {data}");
    };
    let fails = |from: &str, to: &str, value, data: String| {
        let receipt = node.send(from, Some(to), value, &format!("0x{data}"));
        assert_eq!(receipt["status"], "0x0", "{to} {data}");
    };
    succeeds(alice, bob, 1_000_000_007, String::new());
    succeeds(
        alice,
        &token,
        0,
        format!("a9059cbb{}{}", word(bob), units(400_000)),
    );
    succeeds(bob, &token, 0, format!("a9059cbb{}{}", word(FRIEND), units(123)));
    fails(
        bob,
        &token,
        0,
        format!("a9059cbb{}{}", word(FRIEND), units(400_000)),
    );
    succeeds(alice, &forwarder, 77, word(FRIEND));
    fails(alice, &reverter, 88, word(FRIEND));
    // The relay keeps what its callee took back.
    succeeds(alice, &relay, 99, format!("{}{}", word(&reverter), word(FRIEND)));
    succeeds(alice, &relay, 55, format!("{}{}", word(&forwarder), word(FRIEND)));
    succeeds(bob, &factory, 1_234, String::new());
    succeeds(bob, &mortal, 41, word(HEIR));
    // Under old rules nobody is there any more; under new ones all goes to the account of zeros.
    succeeds(bob, &forwarder, 17, word(&mortal));
    let receipt = node.send(bob, None, 31, &code::stillborn());
    assert_eq!(receipt["status"], "0x1");
    succeeds(bob, &wrapper, 5_000, String::new());
    succeeds(
        bob,
        &wrapper,
        0,
        format!("a9059cbb{}{}", word(alice), units(2_000)),
    );
    succeeds(alice, &wrapper, 0, format!("2e1a7d4d{}", units(1_500)));
    Town {
        people,
        token,
        wrapper,
    }
}
