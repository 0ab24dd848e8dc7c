#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let bytes = [b"{\\rt", data].concat();
    let limits = Limits { steps: 20_000, unpacked_bytes: 16 << 20, ..Limits::default() };
    let _ = strongroom_files::examine("input", &bytes, &limits);
});
