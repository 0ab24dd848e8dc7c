#![no_main]
use strongroom_files::{powershell::unfold_command, script::Budget};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = strongroom_model::Limits { steps: 100_000, value_bytes: 1 << 20, ..Default::default() };
    let _ = unfold_command(&String::from_utf8_lossy(data), &mut Budget::new(&limits));
});
