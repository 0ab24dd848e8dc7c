#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = strongroom_model::Limits { unpacked_bytes: 16 << 20, steps: 50_000, value_bytes: 1 << 20, ..Default::default() };
    strongroom_files::cells_of(data, &limits);
    strongroom_files::unfold_workbook(data, &limits);
});
