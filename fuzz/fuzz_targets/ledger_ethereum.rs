#![no_main]
use strongroom_ledger::ethereum::{Block, BlockParts, Books, Chain, Traces};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut lines = data.splitn(3, |byte| *byte == b'\n').map(|line| serde_json::from_slice(line).unwrap_or_default());
    let [block, receipts, traces]: [serde_json::Value; 3] = std::array::from_fn(|_| lines.next().unwrap_or_default());
    for traces in [Traces::None, Traces::Parity(&traces), Traces::Calls(&traces)] {
        let parts = BlockParts { block: &block, receipts: Some(&receipts), traces };
        if let Ok(block) = Block::of_rpc(&parts) {
            Books::of(Chain::ethereum()).book(&block);
        }
    }
});
