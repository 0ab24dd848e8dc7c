#![no_main]
use strongroom_screening::{List, ListFile, ListKind, Lists, Purpose, recognise};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let file = ListFile { name: "fuzz", bytes: data };
    let _kind = recognise(data);
    for kind in [ListKind::Ftm, ListKind::Addresses] {
        if let Ok(list) = List::read(kind, "fuzz", None, Purpose::Sanctions, file) {
            let _lists = Lists::new(vec![list]);
        }
    }
});
