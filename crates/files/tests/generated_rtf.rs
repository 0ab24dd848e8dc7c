//! Every way of breaking the digits of an object up, alone and together: the bytes come back exactly.
//!
//! The payload is text that does nothing. Each trick is one that Word passes over in a way that is known.

// The helpers of a test fail as the test does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod seed;

use seed::Seed;
use strongroom_model::Limits;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trick {
    Blanks,
    Case,
    Letters,
    Words,
    Overlong,
    Group,
    Flagged,
    Unknown,
    Destination,
    Escape,
    Odd,
    Binary,
    Empty,
    Negative,
    StandIn,
    Nested,
    Symbol,
}

const TRICKS: [Trick; 17] = [
    Trick::Blanks,
    Trick::Case,
    Trick::Letters,
    Trick::Words,
    Trick::Overlong,
    Trick::Group,
    Trick::Flagged,
    Trick::Unknown,
    Trick::Destination,
    Trick::Escape,
    Trick::Odd,
    Trick::Binary,
    Trick::Empty,
    Trick::Negative,
    Trick::StandIn,
    Trick::Nested,
    Trick::Symbol,
];

/// Writes bytes `at` and on in one trick's way; returns how many it wrote.
fn write(trick: Trick, bytes: &[u8], seed: &mut Seed, out: &mut Vec<u8>) -> usize {
    let [high, low] = digits(bytes[0]);
    let mut push = |text: &[u8]| out.extend_from_slice(text);
    match trick {
        Trick::Blanks => push(&[high, b'\r', b'\n', b'\t', low, b' ']),
        Trick::Case => push(&[high.to_ascii_uppercase(), low]),
        Trick::Letters => push(&[b'g', high, b'-', low, b'z', b';']),
        Trick::Words => {
            push(&[high]);
            push(b"\\par\\fs24 ");
            push(&[low]);
            push(b"\\unheard-7 ");
        }
        Trick::Overlong => {
            push(b"\\");
            push(&vec![b'a'; 252]);
            push(b"9");
            push(&[high, low]);
        }
        Trick::Group => {
            push(b"{");
            push(&[high]);
            push(b"}{}");
            push(&[low]);
        }
        Trick::Flagged => {
            push(b"{\\*\\pxe ");
            push(&[high, low]);
            push(b"}");
        }
        Trick::Unknown => {
            push(&[high]);
            push(b"{\\*\\zq7f ee1}");
            push(&[low]);
        }
        Trick::Destination => {
            push(&[high]);
            push(b"{\\*\\staticval abc{de}}{\\pict 01}");
            push(&[low]);
        }
        Trick::Escape => {
            push(&[high, low]);
            push(b"\\'4b");
        }
        Trick::Odd => {
            push(&[high, low]);
            push(b"c\\'zz");
        }
        Trick::Binary => {
            let count = 1 + seed.below(bytes.len().min(40));
            push(format!("\\bin{:0>9} ", count).as_bytes());
            push(&bytes[..count]);
            return count;
        }
        Trick::Empty => {
            push(&[high]);
            push(b"\\bin \\bin0 ");
            push(&[low]);
        }
        Trick::Negative => {
            push(&[high]);
            push(b"\\bin-12 ");
            push(&[low]);
        }
        Trick::StandIn => {
            push(&[high]);
            push(b"\\uc2\\u-300ee\\uc1 ");
            push(&[low]);
        }
        Trick::Nested => {
            push(&b"{".repeat(20));
            push(&[high]);
            push(&b"}".repeat(20));
            push(&[low]);
        }
        Trick::Symbol => {
            push(&[high]);
            push(b"\\~\\-\\|");
            push(&[low]);
        }
    }
    1
}

fn digits(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// An object of the class `Package` whose data is a text, with a presentation behind it.
fn object(seed: &mut Seed) -> (Vec<u8>, Vec<u8>) {
    let data: Vec<u8> = (0..200 + seed.below(400))
        .map(|_| b"an inert line \n"[seed.below(15)])
        .collect();
    let mut bytes = b"\x01\x05\0\0\x02\0\0\0\x0A\0\0\0TextFile\0\0\0\0\0\0\0\0\0\0".to_vec();
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(&data);
    bytes.extend(b"\x01\x05\0\0\0\0\0\0");
    (bytes, data)
}

fn rich_text(bytes: &[u8], tricks: &[Trick], seed: &mut Seed) -> Vec<u8> {
    let mut out = b"{\\rt{\\object\\objemb{\\*\\objdata ".to_vec();
    let mut at = 0;
    while at < bytes.len() {
        if tricks.is_empty() || seed.below(3) > 0 {
            out.extend(digits(bytes[at]));
            at += 1;
        } else {
            at += write(tricks[seed.below(tricks.len())], &bytes[at..], seed, &mut out);
        }
    }
    out.extend(b"}}}");
    out
}

#[test]
fn every_trick_alone_and_together_gives_the_exact_bytes() {
    let mut seed = Seed(20_261_125);
    let (mut texts, mut first) = (0, 0);
    let mut check = |tricks: &[Trick], seed: &mut Seed| {
        let (bytes, data) = object(seed);
        let text = rich_text(&bytes, tricks, seed);
        let objects = strongroom_files::rtf_objects(&text);
        assert_eq!(objects.len(), 1, "{tricks:?}");
        assert!(objects[0].1.contains(&bytes), "{tricks:?}");
        texts += 1;
        first += usize::from(objects[0].1[0] == bytes);
        let report = strongroom_files::examine("a.rtf", &text, &Limits::default());
        let hash = strongroom_model::Evidence::of_bytes("", strongroom_model::Kind::Text, &data).id;
        let children: Vec<_> = report.children.iter().map(|child| &child.evidence.id).collect();
        assert_eq!(children, [&hash], "{tricks:?}: {:?}", report.gaps);
        let broken = report
            .findings
            .iter()
            .any(|finding| finding.code == "files.broken-data");
        let plain = [Trick::Blanks, Trick::Case, Trick::Letters];
        assert_eq!(
            broken,
            tricks.iter().any(|trick| !plain.contains(trick)),
            "{tricks:?}"
        );
    };
    check(&[], &mut seed);
    for trick in TRICKS {
        for _ in 0..20 {
            check(&[trick], &mut seed);
        }
    }
    for _ in 0..200 {
        let some: Vec<Trick> = (0..2 + seed.below(5))
            .map(|_| TRICKS[seed.below(TRICKS.len())])
            .collect();
        check(&some, &mut seed);
        check(&TRICKS, &mut seed);
    }
    println!(
        "rtf: {texts} obfuscated objects of {} tricks, all exact; {first} by the first way",
        TRICKS.len()
    );
    assert_eq!(first, texts);
}
