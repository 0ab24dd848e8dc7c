#![no_main]
use strongroom_ledger::nem::{Answers, Books};
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut answers = Answers::new();
    let _ = answers.add("answer", data);
    answers.booked(&mut Books::new()).for_each(drop);
});
