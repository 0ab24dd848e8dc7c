#![no_main]
use strongroom_ledger::{Block, Chain, node_result};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let chain = Chain::named("litecoin").expect("a chain of the table");
    drop(Block::of_node(text, chain));
    if let Ok(result) = node_result(text) {
        drop(Block::of_node(result, chain));
    }
});
