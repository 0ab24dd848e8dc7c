#![no_main]

use std::cell::RefCell;
use std::panic;
use std::sync::Once;
use strongroom_ledger::ethereum::{Books, Chain, Export};

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// libFuzzer's hook aborts at every panic, those of the `parquet` crate that the reader catches included. This one keeps the words
/// and lets the panic unwind: who catches it goes on, and what nobody catches aborts at the end of the run.
fn unwind_quietly() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        panic::set_hook(Box::new(|info| {
            LAST.with(|last| *last.borrow_mut() = info.to_string())
        }));
    });
}

fn import(data: &[u8]) {
    let mut export = Export::new();
    let mut rest = data;
    while let Some(end) = rest.windows(4).position(|window| window == b"\n%%\n") {
        let _ = export.add("table", &rest[..end]);
        rest = &rest[end + 4..];
    }
    let _ = export.add("table", rest);
    export.booked(&mut Books::of(Chain::ethereum())).for_each(drop);
    strongroom_ledger::recognise_parquet(data);
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    unwind_quietly();
    if panic::catch_unwind(|| import(data)).is_err() {
        LAST.with(|last| eprintln!("{}", last.borrow()));
        std::process::abort();
    }
});
