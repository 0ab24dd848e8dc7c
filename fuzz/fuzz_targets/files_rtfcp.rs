#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let rich = strongroom_files::decompress_rich_text(data, 1 << 20).map_or(data.to_vec(), |(text, _)| text);
    let _ = strongroom_files::encapsulated_body(&rich);
});
