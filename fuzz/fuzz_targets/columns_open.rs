#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(file) = strongroom_columns::ColumnFile::from_bytes("fuzz", data.to_vec()) {
        let _ = file.verify();
        let names: Vec<String> = file.columns().map(|(name, ..)| name.to_owned()).collect();
        names.iter().flat_map(|name| file.column(name)).for_each(|column| column.blocks().for_each(drop));
        let _ = file.strings("name").map(|strings| strings.iter().for_each(drop));
    }
});
