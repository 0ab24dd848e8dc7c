#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = strongroom_case::verify_bytes(data, None);
    let cut = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (journal, head) = data.split_at(cut);
    let _ = strongroom_case::verify_bytes(journal, Some(head.get(1..).unwrap_or_default()));
});
