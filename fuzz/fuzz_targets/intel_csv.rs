#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    for heading in [b"type,value\n".as_slice(), b"host;note\n"] {
        let _ = strongroom_intel::extract(&[heading, data].concat(), &Limits::default());
    }
});
