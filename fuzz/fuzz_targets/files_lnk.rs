#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let bytes = [&b"\x4C\0\0\0\x01\x14\x02\0\0\0\0\0\xC0\0\0\0\0\0\0\x46"[..], data].concat();
    let limits = Limits { steps: 20_000, unpacked_bytes: 16 << 20, ..Limits::default() };
    let _ = strongroom_files::examine("input", &bytes, &limits);
});
