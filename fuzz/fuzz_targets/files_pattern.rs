#![no_main]
use strongroom_files::{powershell::search_pattern, script::Budget};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = strongroom_model::Limits { steps: 20_000, value_bytes: 1 << 20, ..Default::default() };
    let text = String::from_utf8_lossy(data);
    // The first line is the pattern, the rest the text.
    let (pattern, text) = text.split_once('\n').unwrap_or((&text, ""));
    let _ = search_pattern(pattern, text, &mut Budget::new(&limits));
});
