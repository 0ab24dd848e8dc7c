#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = strongroom_intel::extract(&[b"<html>".as_slice(), data].concat(), &Limits::default());
});
