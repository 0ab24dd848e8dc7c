#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { steps: 20_000, unpacked_bytes: 16 << 20, ..Limits::default() };
    let _ = strongroom_files::examine("input", &[b"From: a@b.example\r\nTo: c@d.example\r\n".as_slice(), data].concat(), &limits);
});
