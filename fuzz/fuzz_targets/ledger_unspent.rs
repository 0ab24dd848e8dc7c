#![no_main]
use strongroom_ledger::{Chain, UnspentOutputs};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let chain = Chain::named("bitcoin").expect("a chain of the table");
    if let Ok(outputs) = UnspentOutputs::of_core(data, chain) {
        assert!(outputs.take(data.len() + 1).count() <= data.len());
    }
    assert!(UnspentOutputs::of_rows(data, chain).take(data.len() + 2).count() <= data.len() + 1);
});
