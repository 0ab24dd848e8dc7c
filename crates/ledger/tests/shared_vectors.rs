//! Every number of `../shared/data/taint/vectors.json`.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use strongroom_ledger::{CoinPolicy, Holding, Origin, Parcel, Policy, Taint, spend};
use strongroom_model::Amount;

fn vectors(test: &str) -> Option<Vec<Value>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let path: PathBuf = root.join("../shared/data/taint/vectors.json");
    if !path.exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "../shared/data is absent, and CI must have it"
        );
        eprintln!("SKIPPED: {test}: ../shared/data is absent");
        return None;
    }
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

fn amount(value: &Value) -> Amount {
    Amount::from(value.as_u64().unwrap())
}

fn parcels(list: &Value, seed: &mut u64) -> Vec<Parcel> {
    let parcel = |pair: &Value| {
        *seed += 1;
        if pair[1] == 1 {
            Parcel::seed(*seed, amount(&pair[0]))
        } else {
            Parcel::clean(amount(&pair[0]))
        }
    };
    list.as_array().unwrap().iter().map(parcel).collect()
}

fn narrowed(parcels: &[Parcel]) -> Vec<Parcel<u64>> {
    let taint = |taint: Taint| Taint {
        origin: taint.origin.map(|origin| Origin {
            seed: origin.seed,
            offset: origin.offset.limbs()[0],
            down: origin.down,
        }),
        step: taint.step,
        hops: taint.hops,
    };
    let parcel = |parcel: &Parcel| Parcel {
        amount: parcel.amount.limbs()[0],
        taint: parcel.taint.map(taint),
    };
    parcels.iter().map(parcel).collect()
}

/// Runs of tainted (1) and clean (0) units, as the vectors write them: whose they are is left away.
fn runs(parcels: &[Parcel]) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for parcel in parcels {
        let (units, tainted) = (parcel.amount.limbs()[0], u64::from(parcel.taint.is_some()));
        match runs.last_mut() {
            Some(last) if last.1 == tainted => last.0 += units,
            _ => runs.push((units, tainted)),
        }
    }
    runs
}

fn expected(list: &Value) -> Vec<(u64, u64)> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|p| (p[0].as_u64().unwrap(), p[1].as_u64().unwrap()))
        .collect()
}

fn taint(parcels: &[Parcel]) -> u64 {
    runs(parcels)
        .iter()
        .filter(|run| run.1 == 1)
        .map(|run| run.0)
        .sum()
}

#[test]
fn coins_carry_taint_as_the_vectors_say() {
    let Some(vectors) = vectors("coins_carry_taint_as_the_vectors_say") else {
        return;
    };
    let mut checked = 0;
    for vector in vectors.iter().filter(|vector| vector["kind"] == "utxo") {
        let mut seed = 0;
        let inputs: Vec<_> = vector["inputs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| parcels(i, &mut seed))
            .collect();
        let outputs: Vec<_> = vector["outputs"].as_array().unwrap().iter().map(amount).collect();
        let policies = vector["expect"].as_object().unwrap();
        assert_eq!(policies.len(), CoinPolicy::ALL.len());
        for policy in CoinPolicy::ALL {
            let at = format!("{}: {}", vector["name"], policy.as_str());
            let expect = &policies[policy.as_str()];
            let spent = spend(policy, &inputs, &outputs, amount(&vector["fee"])).unwrap();
            // Coins of 64 bits are the same to the unit.
            let narrow: Vec<Vec<Parcel<u64>>> = inputs.iter().map(|i| narrowed(i)).collect();
            let values: Vec<u64> = outputs.iter().map(|value| value.limbs()[0]).collect();
            let in_64_bits = spend(policy, &narrow, &values, vector["fee"].as_u64().unwrap()).unwrap();
            let wide: Vec<_> = spent.outputs.iter().map(|o| narrowed(o)).collect();
            assert_eq!(
                (in_64_bits.outputs, in_64_bits.fee),
                (wide, narrowed(&spent.fee)),
                "{at}"
            );
            let wanted: Vec<_> = expect["outputs"]
                .as_array()
                .unwrap()
                .iter()
                .map(expected)
                .collect();
            assert_eq!(
                spent.outputs.iter().map(|o| runs(o)).collect::<Vec<_>>(),
                wanted,
                "{at}"
            );
            assert_eq!(runs(&spent.fee), expected(&expect["fee"]), "{at}: fee");
            let taints: Vec<u64> = expect["output_taint"]
                .as_array()
                .unwrap()
                .iter()
                .map(|t| t.as_u64().unwrap())
                .collect();
            assert_eq!(
                spent.outputs.iter().map(|o| taint(o)).collect::<Vec<_>>(),
                taints,
                "{at}"
            );
            assert_eq!(
                taint(&spent.fee),
                expect["fee_taint"].as_u64().unwrap(),
                "{at}: fee taint"
            );
            checked += 1;
        }
    }
    assert!(checked >= 48, "only {checked} expectations were found");
}

#[test]
fn accounts_carry_taint_as_the_vectors_say() {
    let Some(vectors) = vectors("accounts_carry_taint_as_the_vectors_say") else {
        return;
    };
    let mut checked = 0;
    for vector in vectors.iter().filter(|vector| vector["kind"] == "account") {
        for policy in Policy::ALL {
            let held = play(policy, vector["ops"].as_array().unwrap());
            let expect = vector["expect"][policy.as_str()].as_object().unwrap();
            let has: BTreeMap<&String, (u64, u64)> = held
                .iter()
                .map(|(name, holding)| (name, (holding.balance().limbs()[0], holding.taint().limbs()[0])))
                .collect();
            let wanted = expect
                .iter()
                .map(|(name, e)| {
                    (
                        name,
                        (e["balance"].as_u64().unwrap(), e["taint"].as_u64().unwrap()),
                    )
                })
                .collect();
            assert_eq!(has, wanted, "{}: {}", vector["name"], policy.as_str());
            checked += 1;
        }
    }
    assert!(checked >= 6, "only {checked} expectations were found");
}

fn play(policy: Policy, ops: &[Value]) -> BTreeMap<String, Holding> {
    let mut held: BTreeMap<String, Holding> = BTreeMap::new();
    let put = |held: &mut BTreeMap<String, Holding>, to: &Value, parcels: Vec<Parcel>| {
        let holding = held.entry(to.as_str().unwrap().to_owned());
        holding
            .or_insert_with(|| Holding::clean(policy, Amount::ZERO))
            .put(&parcels)
            .unwrap();
    };
    for (number, op) in (0u64..).zip(ops) {
        let units = amount(&op["amount"]);
        if op["op"] == "credit" {
            let parcel = if op["taint"] == 1 {
                Parcel::seed(number, units)
            } else {
                Parcel::clean(units)
            };
            put(&mut held, &op["to"], vec![parcel]);
            continue;
        }
        let from = op["from"].as_str().unwrap();
        let sent = held.get_mut(from).unwrap().take(units).unwrap();
        put(&mut held, &op["to"], sent);
        if op["fee"].is_u64() {
            let fee = held.get_mut(from).unwrap().take(amount(&op["fee"])).unwrap();
            put(&mut held, &op["fee_to"], fee);
        }
    }
    held
}
