#![no_main]
use strongroom_screening::{List, ListFile, Lists, Purpose, recognise};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let file = ListFile { name: "fuzz", bytes: data };
    let _kind = recognise(data);
    let read = [List::addresses("fuzz", None, Purpose::Watch, file), List::tags("fuzz", None, file)];
    let lists = Lists::new(read.into_iter().flatten().collect());
    let text = String::from_utf8_lossy(data);
    let _answers = [lists.screen_address(&text), lists.screen_name(&text)];
});
