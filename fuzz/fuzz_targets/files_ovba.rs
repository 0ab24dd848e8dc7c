#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some((bytes, _)) = strongroom_files::decompress_ovba(data, 1 << 20) {
        let _ = strongroom_files::modules_of_dir(&bytes);
    }
    let _ = strongroom_files::modules_of_dir(data);
});
