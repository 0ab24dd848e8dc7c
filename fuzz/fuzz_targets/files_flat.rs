#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { steps: 20_000, unpacked_bytes: 16 << 20, ..Limits::default() };
    let _ = strongroom_files::examine("input", &[b"<?xml version=\"1.0\"?>".as_slice(), data].concat(), &limits);
});
