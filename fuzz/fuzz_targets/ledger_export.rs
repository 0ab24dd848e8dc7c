#![no_main]
use strongroom_ledger::ethereum::{Books, Chain, Export};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut export = Export::new();
    let mut rest = data;
    while let Some(end) = rest.windows(4).position(|window| window == b"\n%%\n") {
        let _ = export.add("table", &rest[..end]);
        rest = &rest[end + 4..];
    }
    let _ = export.add("table", rest);
    export.booked(&mut Books::of(Chain::ethereum())).for_each(drop);
    strongroom_ledger::recognise_parquet(data);
});
