#![no_main]
use strongroom_model::Limits;
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { steps: 100_000, value_bytes: 1 << 20, ..Limits::default() };
    // The first line makes it a batch text, whatever follows.
    let text = format!("@echo off\r\n{}", String::from_utf8_lossy(data));
    let _ = strongroom_files::examine("a.cmd", text.as_bytes(), &limits);
});
