#![no_main]
use strongroom_model::Limits;

// Attributes of winmail.dat: the same properties as in a message file, and no directory to get right first.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { steps: 20_000, unpacked_bytes: 16 << 20, ..Limits::default() };
    let _ = strongroom_files::examine("input", &[b"\x78\x9F\x3E\x22\0\0".as_slice(), data].concat(), &limits);
});
