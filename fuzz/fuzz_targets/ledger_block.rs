#![no_main]
use strongroom_ledger::{Chain, Owner, RawBlock};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    for name in ["bitcoin", "litecoin", "bitcoin-cash"] {
        let chain = Chain::named(name).expect("a chain of the table");
        drop(RawBlock::read(data, chain));
        let owner = Owner::of_script(data, chain);
        if let Some(address) = owner.address(chain) {
            assert_eq!(Owner::of_address(address.as_str(), chain), Ok(owner));
        }
    }
});
