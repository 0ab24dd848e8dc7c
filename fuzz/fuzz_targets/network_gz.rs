#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let packed = [&[0x1f, 0x8b][..], data].concat();
    let _ = strongroom_network::recognise(&packed);
    let mut reader = strongroom_network::Reader::new(&strongroom_model::Limits::default());
    reader.read("conn.log.gz", packed.as_slice());
    let evidence = strongroom_model::Evidence::of_bytes("conn.log.gz", strongroom_model::Kind::Gzip, data);
    reader.finish(evidence, &|_| vec!["known".to_owned()]);
});
