#![no_main]
use strongroom_screening::{List, ListFile, Lists, read_actors, recognise};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let file = ListFile { name: "fuzz", bytes: data };
    let _kind = recognise(data);
    let _actors = read_actors(file);
    if let Ok(list) = List::tag_pack("fuzz", None, file) {
        let _lists = Lists::new(vec![list]);
    }
});
