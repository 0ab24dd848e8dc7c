#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((length, rest)) = data.split_first_chunk::<2>() else { return };
    let (stream, table) = rest.split_at(usize::from(u16::from_le_bytes(*length)).min(rest.len()));
    strongroom_files::shape_count(stream, table);
});
