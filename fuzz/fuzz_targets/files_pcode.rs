#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    // The first bytes say how long the project's stream is; the rest is the module's.
    if let Some((head, rest)) = data.split_first_chunk::<3>() {
        let [low, high, wide] = *head;
        let at = usize::from(u16::from_le_bytes([low, high])).min(rest.len());
        let (project, module) = rest.split_at(at);
        let _ = strongroom_files::decompile_vba(project, module, wide & 1 == 1);
    }
});
