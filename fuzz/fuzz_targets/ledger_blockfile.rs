#![no_main]
use std::io::Cursor;
use std::num::NonZero;
use strongroom_ledger::{BlockFiles, BlockKey, Chain};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((key, contents)) = data.split_at_checked(8) else {
        return;
    };
    let key = BlockKey::read(key).expect("eight bytes are a key");
    let chain = Chain::named("bitcoin-regtest").expect("a chain of the table");
    let names = vec!["blk00000.dat".to_owned()];
    let mut files = BlockFiles::new(chain, key, names, |_: &str| Ok(Cursor::new(contents)));
    let index = files.index(&mut |_| ()).expect("memory is read");
    let best = files.best(index).expect("memory is read").beginning_at(0);
    if best.is_empty() {
        return;
    }
    let mut blocks = files.blocks(&best, 0, NonZero::<usize>::MIN).expect("a height was given");
    let read = blocks.by_ref().count();
    let gap = blocks.ended().expect("memory is read");
    assert!(gap.is_some() || read == best.len());
});
