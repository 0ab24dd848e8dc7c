#![no_main]
use strongroom_model::{Address, Reading};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data)
        && let Reading::Address { address, .. } = Address::read(text)
    {
        let Reading::Address { address: again, .. } = Address::read(address.as_str()) else {
            panic!("the canonical spelling of {text:?} is no address");
        };
        assert_eq!(address, again);
    }
});
