#![no_main]
use strongroom_files::{script::Budget, shellcode::read};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = strongroom_model::Limits { steps: 5_000, ..Default::default() };
    let _ = read(data, &mut Budget::new(&limits));
});
