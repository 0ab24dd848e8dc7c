#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = strongroom_network::recognise(data);
    let mut reader = strongroom_network::Reader::new(&strongroom_model::Limits::default());
    reader.read("eve.json", data);
    let evidence = strongroom_model::Evidence::of_bytes("eve.json", strongroom_model::Kind::Unknown, data);
    reader.finish(evidence, &|_| vec!["known".to_owned()]);
});
