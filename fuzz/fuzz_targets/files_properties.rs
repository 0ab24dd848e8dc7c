#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    strongroom_files::property_count(data);
    strongroom_files::variable_count(data);
});
