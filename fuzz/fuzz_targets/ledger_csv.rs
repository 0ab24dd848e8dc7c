#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    if let Ok(table) = strongroom_ledger::Table::of_head(data, &strongroom_ledger::Mapping::default()) {
        text.lines().for_each(|line| drop(table.row(line)));
    }
});
