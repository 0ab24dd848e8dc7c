#![no_main]
use strongroom_model::Limits;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    for (head, tail) in [("{\"type\":\"bundle\",\"objects\":", "}"), ("{\"Event\":{\"info\":\"\",\"Attribute\":", "}}")] {
        let bytes = [head.as_bytes(), data, tail.as_bytes()].concat();
        let _ = strongroom_intel::extract(&bytes, &Limits::default());
        let _ = strongroom_intel::stix_objects(&bytes);
    }
});
