#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { unpacked_bytes: 16 << 20, ..Limits::default() };
    let _ = strongroom_intel::extract(&[b"%PDF-1.7\n".as_slice(), data].concat(), &limits);
});
