#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut reader = strongroom_network::Reader::new(&strongroom_model::Limits::default());
    reader.read("conn.json", data);
    let evidence = strongroom_model::Evidence::of_bytes("conn.json", strongroom_model::Kind::ZeekLog, data);
    reader.finish(evidence, &|_| Vec::new());
});
