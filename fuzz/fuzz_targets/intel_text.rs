#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _report = strongroom_intel::examine("fuzz", data, &Limits::default());
});
