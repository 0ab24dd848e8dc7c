#![no_main]
use strongroom_screening::{List, ListFile, OfacFiles};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let file = ListFile { name: "fuzz", bytes: data };
    let alone = OfacFiles { sdn: file, alt: None, add: None, comments: None };
    let _list = List::ofac("fuzz", None, &alone);
    let _list = List::ofac("fuzz", None, &OfacFiles { comments: Some(file), ..alone });
});
