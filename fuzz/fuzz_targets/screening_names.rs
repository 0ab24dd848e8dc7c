#![no_main]
use strongroom_screening::{PartyName, ofac_score};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (one, other) = text.split_once('\n').unwrap_or((&text, "PUTIN, Vladimir Vladimirovich"));
    let (query, listed) = (PartyName::new(one, None), PartyName::new(other, None));
    let score = query.score(&listed);
    assert_eq!(score, listed.score(&query));
    assert!((0.0..=1.0).contains(&score));
    let _parts = query.explain(&listed);
    let _page = ofac_score(one, other);
});
