#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let sheet = [&b"ID;P\nO;E\nNN;NAuto_Open;ER1C1\n"[..], data].concat();
    let limits = strongroom_model::Limits { steps: 50_000, value_bytes: 1 << 20, ..Default::default() };
    strongroom_files::unfold_workbook(&sheet, &limits);
});
