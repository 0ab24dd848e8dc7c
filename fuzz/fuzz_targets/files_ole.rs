#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { steps: 20_000, unpacked_bytes: 16 << 20, ..Limits::default() };
    let _ = strongroom_files::examine("input", &[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), data].concat(), &limits);
});
