#![no_main]

// The first byte names the document, the next two the length of its first stream.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [which, low, high, rest @ ..] = data else { return };
    let length = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
    let (first, second) = rest.split_at(length);
    let streams: &[(&str, &[u8])] = match which % 4 {
        0 => &[("/EncryptionInfo", first), ("/EncryptedPackage", second)],
        1 => &[("/Workbook", first), ("/encryption", second)],
        2 => &[("/WordDocument", first), ("/0Table", second), ("/1Table", second), ("/Data", second)],
        _ => &[("/Current User", first), ("/PowerPoint Document", second), ("/Pictures", second)],
    };
    let limits = strongroom_model::Limits { steps: 20_000, unpacked_bytes: 16 << 20, ..Default::default() };
    strongroom_files::unlock_streams(streams, &limits);
});
