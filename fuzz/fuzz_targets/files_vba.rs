#![no_main]
use strongroom_files::script::Budget;
use strongroom_files::vba::{Module, entry_points, unfold};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let module = Module { name: "M".to_owned(), source: String::from_utf8_lossy(data).into_owned() };
    let limits = strongroom_model::Limits { steps: 100_000, value_bytes: 1 << 20, ..Default::default() };
    entry_points(std::slice::from_ref(&module));
    unfold(&[module], &mut Budget::new(&limits));
});
