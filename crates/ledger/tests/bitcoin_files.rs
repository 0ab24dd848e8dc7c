//! Block files: the chain with the most work is found in whatever order and state they are, and everything else is told.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod blocks;

use blocks::{chain, frame, framed, hex, mined, mined_row, shared};
use proptest::prelude::*;
use std::cell::Cell;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::num::NonZero;
use std::rc::Rc;
use strongroom_ledger::{BestChain, Block, BlockFiles, BlockKey, Id, LedgerError, RawBlock};
use strongroom_model::{Gap, Why};

const REGTEST: [u8; 4] = [0xfa, 0xbf, 0xb5, 0xda];
const KEY: [u8; 8] = [9, 0, 0xff, 3, 4, 5, 0, 7];

type Opener = Box<dyn FnMut(&str) -> std::io::Result<Cursor<Vec<u8>>>>;
type Files = BlockFiles<Cursor<Vec<u8>>, Opener>;

struct Found {
    files: Files,
    best: BestChain,
}

fn files(name: &str, key: BlockKey, contents: &[Vec<u8>]) -> Files {
    let named: Vec<(String, Vec<u8>)> = (0..)
        .zip(contents)
        .map(|(number, bytes)| (format!("blk{number:05}.dat"), bytes.clone()))
        .collect();
    let names = named.iter().map(|(name, _)| name.clone()).collect();
    let open = move |wanted: &str| {
        let found = named.iter().find(|(name, _)| name == wanted);
        let (_, bytes) = found.ok_or(std::io::ErrorKind::NotFound)?;
        Ok(Cursor::new(bytes.clone()))
    };
    BlockFiles::new(chain(name), key, names, Box::new(open))
}

fn find(name: &str, key: BlockKey, contents: &[Vec<u8>]) -> Found {
    let mut files = files(name, key, contents);
    let index = files.index(&mut |_| ()).unwrap();
    let best = files.best(index).unwrap();
    Found { files, best }
}

impl Found {
    fn read(&mut self, from: u32, threads: usize) -> (Vec<Block>, Option<Gap>) {
        let threads = NonZero::new(threads).unwrap();
        let mut read = self.files.blocks(&self.best, from, threads).unwrap();
        let blocks = read.by_ref().collect();
        let gap = read.ended().unwrap();
        (blocks, gap)
    }

    /// Reads all, which must hold together.
    fn blocks(&mut self) -> Vec<Block> {
        let (blocks, gap) = self.read(0, 2);
        assert_eq!(gap, None);
        assert_eq!(blocks.len(), self.best.len());
        for pair in blocks.windows(2) {
            assert_eq!(
                (pair[1].previous, pair[1].height),
                (pair[0].id, pair[0].height + 1)
            );
        }
        blocks
    }
}

fn regtest(key: BlockKey, contents: &[Vec<u8>]) -> Found {
    find("bitcoin-regtest", key, contents)
}

fn regtest_frames(blocks: &[(Id, Vec<u8>)]) -> Vec<u8> {
    blocks
        .iter()
        .flat_map(|(_, block)| frame(REGTEST, block))
        .collect()
}

fn ids(blocks: &[(Id, Vec<u8>)]) -> Vec<Id> {
    blocks.iter().map(|(id, _)| *id).collect()
}

#[test]
fn the_first_blocks_are_one_chain_from_its_beginning() {
    let Some(bytes) = shared("the_first_blocks_are_one_chain", "first-100k-blocks.dat") else {
        return;
    };
    let mut found = find("bitcoin", BlockKey::NONE, &[bytes]);
    assert_eq!(found.best.index().gaps(), []);
    assert_eq!(
        (found.best.len(), found.best.stale, found.best.orphans),
        (439, 0, 0)
    );
    assert_eq!(found.best.first_height(), Some(0));
    let tip = "0000000025c6b644f8add734be7e666fa4afa43ca0204d623a0c0b1fd2104c7a";
    assert_eq!(found.best.tip().unwrap().to_string(), tip);
    let blocks = found.blocks();
    assert_eq!(blocks[170].height, 170);
    assert_eq!(found.read(430, 1).0, blocks[430..]);
}

#[test]
fn the_height_of_a_middle_is_said_by_its_blocks_or_given() {
    let test = "the_height_of_a_middle_is_said_by_its_blocks_or_given";
    let (Some(old), Some(new)) = (shared(test, "blocks1-256.bz2"), shared(test, "277647.dat.bz2")) else {
        return;
    };
    // Blocks of the first version say nothing.
    let mut found = find("bitcoin", BlockKey::NONE, &[old]);
    assert_eq!((found.best.len(), found.best.first_height()), (255, None));
    let error = found.files.blocks(&found.best, 0, NonZero::<usize>::MIN);
    assert!(matches!(error, Err(LedgerError::NoHeight)));
    found.best = found.best.beginning_at(1);
    assert_eq!(found.blocks().last().map(|block| block.height), Some(255));

    let mut found = find("bitcoin", BlockKey::NONE, &[new]);
    assert_eq!(found.best.first_height(), Some(277_647));
    found.best = found.best.beginning_at(5);
    assert_eq!(found.blocks()[0].height, 277_647);
}

/// The blocks of the reorganisation test of btcd, by their names there.
fn reorganisation() -> Option<Vec<(String, Vec<u8>)>> {
    let text = String::from_utf8(shared("reorganisation", "reorgtest.hex")?).unwrap();
    let mut blocks: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("Block ") {
            Some(name) => blocks.push((name.trim_end_matches(':').to_owned(), String::new())),
            None if line.contains(':') => (),
            None => {
                if let Some((_, digits)) = blocks.last_mut() {
                    digits.push_str(line);
                }
            }
        }
    }
    let framed = blocks.into_iter().map(|(name, digits)| (name, hex(&digits)));
    Some(framed.collect())
}

#[test]
fn a_reorganisation_ends_on_the_longer_side() {
    let Some(named) = reorganisation() else { return };
    let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["0", "1", "2", "3", "4", "3A", "4A", "5A"]);
    let block = |name: &str| named.iter().find(|(other, _)| other == name).unwrap().1.clone();
    let id = |name: &str| {
        let bytes = block(name);
        RawBlock::read(framed(&bytes)[0], chain("bitcoin")).unwrap().id
    };
    let wanted = ["0", "1", "2", "3A", "4A", "5A"].map(id);
    // As they lie there; as btcd's test takes them, which has blocks wait for the one before them; backwards, in files each.
    let orders = [
        vec![names.clone()],
        vec![vec!["0", "1", "2", "3", "4"], vec!["4A"], vec!["5A"], vec!["3A"]],
        names.iter().rev().map(|name| vec![*name]).collect(),
    ];
    for order in orders {
        let contents: Vec<Vec<u8>> = order
            .iter()
            .map(|names| names.iter().flat_map(|name| block(name)).collect())
            .collect();
        let mut found = find("bitcoin", BlockKey::NONE, &contents);
        let blocks = found.blocks();
        let ids: Vec<Id> = blocks.iter().map(|block| block.id).collect();
        assert_eq!(ids, wanted, "{order:?}");
        assert_eq!((found.best.stale, found.best.orphans), (2, 0));
    }
    // Until 5A arrives both sides have the same work, and the first to come counts.
    let tip = |names: &[&str]| {
        let contents: Vec<u8> = names.iter().flat_map(|name| block(name)).collect();
        find("bitcoin", BlockKey::NONE, &[contents]).best.tip().unwrap()
    };
    assert_eq!(tip(&["0", "1", "2", "3", "4", "3A", "4A"]), id("4"));
    assert_eq!(tip(&["0", "1", "2", "3A", "4A", "3", "4"]), id("4A"));
}

#[test]
fn reserved_room_is_passed_over_and_a_key_is_lifted() {
    let row = mined_row(Id([1; 32]), 20..30, 0);
    let plain = [
        &regtest_frames(&row[..5]),
        &vec![0; 100_000][..],
        &regtest_frames(&row[5..]),
    ]
    .concat();
    let mut found = regtest(BlockKey::NONE, std::slice::from_ref(&plain));
    assert_eq!(found.best.index().gaps(), []);
    assert_eq!(found.best.first_height(), Some(20));
    let blocks = found.blocks();
    assert_eq!(
        blocks.iter().map(|block| block.id).collect::<Vec<Id>>(),
        ids(&row)
    );

    let key = BlockKey::read(&KEY).unwrap();
    let mut covered: Vec<u8> = plain
        .iter()
        .zip(KEY.iter().cycle())
        .map(|(byte, key)| byte ^ key)
        .collect();
    // What is reserved at the end is zero on disk, without the key.
    covered.extend([0; 5_000]);
    let mut found = regtest(key, &[covered]);
    assert_eq!(found.best.index().gaps(), []);
    assert_eq!(found.blocks(), blocks);
    // Without its key nothing is found, and that is told.
    let covered: Vec<u8> = plain
        .iter()
        .zip(KEY.iter().cycle())
        .map(|(byte, key)| byte ^ key)
        .collect();
    let length = covered.len();
    let found = regtest(BlockKey::NONE, &[covered]);
    assert!(found.best.is_empty() && found.best.tip().is_none());
    assert_eq!(
        found.best.index().gaps()[0].why,
        format!("damaged: {length} bytes are no block")
    );
}

#[test]
fn junk_and_other_networks_are_told_with_their_place() {
    let row = mined_row(Id([1; 32]), 20..24, 0);
    let first = frame(REGTEST, &row[0].1);
    let contents = [
        first.clone(),
        b"what a crash left".to_vec(),
        frame(REGTEST, &row[1].1),
        frame([0xfb, 0xc0, 0xb6, 0xdb], &row[0].1),
        frame([0x0b, 0x11, 0x09, 0x07], &row[0].1),
        frame([0x0b, 0x11, 0x09, 0x07], &row[1].1),
        frame(REGTEST, &row[2].1),
        frame(REGTEST, &row[3].1)[..60].to_vec(),
        frame(REGTEST, &row[3].1),
        vec![7; 3],
    ];
    let mut found = regtest(BlockKey::NONE, &[contents.concat()]);
    let gaps: Vec<(String, Why, bool)> = found
        .best
        .index()
        .gaps()
        .iter()
        .map(|gap| (format!("{} {}", gap.place, gap.why), gap.cause.clone(), gap.hides))
        .collect();
    let place = |parts: usize| contents[..parts].concat().len();
    // The frame that was cut off claims bytes of the next one: its header is not its own.
    assert_eq!(gaps.len(), 5, "{gaps:?}");
    assert_eq!(
        gaps[0].0,
        format!("blk00000.dat:{} damaged: 17 bytes are no block", first.len())
    );
    assert!(
        gaps[1].0.starts_with(&format!("blk00000.dat:{} ", place(7))),
        "{gaps:?}"
    );
    assert_eq!(
        gaps[2].0,
        format!("blk00000.dat:{} damaged: 3 bytes are no block", place(9))
    );
    assert_eq!(
        (&gaps[3].0, gaps[3].2),
        (
            &"blk00000.dat not supported: 2 blocks of bitcoin-testnet3, not of bitcoin-regtest".to_owned(),
            false
        )
    );
    assert!(gaps[4].0.contains("1 blocks of litecoin"));
    assert_eq!(found.blocks().len(), 4);
}

#[test]
fn a_file_that_ends_inside_a_block_is_told() {
    let row = mined_row(Id([1; 32]), 20..22, 0);
    let bytes = regtest_frames(&row);
    let mut found = regtest(BlockKey::NONE, &[bytes[..bytes.len() - 10].to_vec()]);
    let length = row[1].1.len();
    assert_eq!(
        found.best.index().gaps()[0].why,
        format!(
            "truncated: a block of {length} bytes, where {} are left",
            length - 10
        )
    );
    assert_eq!(found.blocks().len(), 1);
}

#[test]
fn a_damaged_block_is_taken_from_its_other_copy_or_ends_the_chain() {
    let row = mined_row(Id([1; 32]), 20..25, 0);
    let mut contents = regtest_frames(&row);
    let frame_length = contents.len() / 5;
    // The last byte of the third block is of its transaction.
    contents[3 * frame_length - 1] ^= 1;
    let copies = [contents.clone(), frame(REGTEST, &row[2].1)];
    let mut found = regtest(BlockKey::NONE, &copies);
    assert_eq!(found.best.index().len(), 6);
    assert_eq!((found.best.stale, found.best.orphans), (0, 0));
    assert_eq!(found.blocks().len(), 5);

    let mut found = regtest(BlockKey::NONE, &[contents]);
    let (blocks, gap) = found.read(0, 3);
    assert_eq!(
        blocks.iter().map(|block| block.id).collect::<Vec<Id>>(),
        ids(&row[..2])
    );
    let gap = gap.unwrap();
    assert_eq!(gap.place, format!("blk00000.dat:{}", 2 * frame_length + 8));
    assert!(
        gap.why.contains("block 22") && gap.why.contains("merkle root"),
        "{}",
        gap.why
    );
}

#[test]
fn blocks_that_follow_on_nothing_known_and_a_foreign_beginning_are_told() {
    let row = mined_row(Id([1; 32]), 20..26, 0);
    let lost = mined(Id([2; 32]), 90, 0);
    let contents = [regtest_frames(&row), frame(REGTEST, &lost.1)];
    let found = regtest(BlockKey::NONE, &contents);
    assert_eq!((found.best.len(), found.best.orphans), (6, 1));
    assert!(
        found.best.gaps[0]
            .why
            .contains("1 blocks follow on blocks that are not there")
    );

    let own = mined_row(Id::default(), 0..3, 0);
    let found = regtest(BlockKey::NONE, &[regtest_frames(&own)]);
    assert_eq!(found.best.first_height(), Some(0));
    assert_eq!(
        found.best.gaps[0].why,
        format!(
            "not supported: the chain begins with {}, which is not bitcoin-regtest's",
            own[0].0
        )
    );
}

#[test]
fn coinbases_that_disagree_say_no_height() {
    let mut row = mined_row(Id([1; 32]), 20..22, 0);
    row.push(mined(row[1].0, 77, 0));
    let found = regtest(BlockKey::NONE, &[regtest_frames(&row)]);
    assert_eq!((found.best.len(), found.best.first_height()), (3, None));
}

#[test]
fn a_header_without_its_work_is_no_block_where_ids_show_it() {
    let (_, mut block) = mined(Id([1; 32]), 20, 0);
    block[72..76].copy_from_slice(&0x1d00_ffff_u32.to_le_bytes());
    let gaps = |name: &str, magic| {
        let found = find(name, BlockKey::NONE, &[frame(magic, &block)]);
        (found.best.len(), found.best.index().gaps().len())
    };
    assert_eq!(gaps("bitcoin-regtest", REGTEST), (0, 1));
    assert_eq!(gaps("litecoin-regtest", REGTEST), (1, 0));
    // A node of Bitcoin Cash marks its blocks as Bitcoin does.
    let (_, block) = mined(Id([1; 32]), 20, 0);
    for magic in [REGTEST, [0xda, 0xb5, 0xbf, 0xfa]] {
        let found = find("bitcoin-cash-regtest", BlockKey::NONE, &[frame(magic, &block)]);
        assert_eq!(found.best.first_height(), Some(20));
    }
}

/// A file that says that it is longer than it is, as one that is cut while it is read.
struct Shrinking(Cursor<Vec<u8>>);

impl Read for Shrinking {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(into)
    }
}

impl Seek for Shrinking {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let at = self.0.seek(to)?;
        Ok(if matches!(to, SeekFrom::End(_)) {
            at + (1 << 40)
        } else {
            at
        })
    }
}

#[test]
fn a_file_that_is_cut_while_it_is_read_ends_where_it_ends() {
    let row = mined_row(Id([1; 32]), 20..22, 0);
    for tail in [0, 2, 9, 70_000] {
        let contents = [regtest_frames(&row), vec![7; tail]].concat();
        let open = |_: &str| Ok(Shrinking(Cursor::new(contents.clone())));
        let names = vec!["blk00000.dat".to_owned()];
        let mut files = BlockFiles::new(chain("bitcoin-regtest"), BlockKey::NONE, names, open);
        let index = files.index(&mut |_| ()).unwrap();
        assert_eq!((index.len(), index.gaps().len()), (2, 1));
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_our_failure() {
    let names = vec!["blk00000.dat".to_owned()];
    let open = |_: &str| -> std::io::Result<Cursor<Vec<u8>>> { Err(std::io::ErrorKind::NotFound.into()) };
    let mut files = BlockFiles::new(chain("bitcoin"), BlockKey::NONE, names, open);
    let error = files.index(&mut |_| ()).err().unwrap();
    assert_eq!(error.to_string(), "cannot read blk00000.dat");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_chain_does_not_depend_on_order_places_or_threads(
        order in Just((0..12_usize).collect::<Vec<usize>>()).prop_shuffle(),
        cuts in prop::collection::vec(0..12_usize, 0..4),
        padding in prop::collection::vec(0..20_usize, 12),
        threads in 1..4_usize,
    ) {
        let main = mined_row(Id([1; 32]), 20..28, 0);
        let side = mined_row(main[2].0, 23..27, 1);
        let all: Vec<&(Id, Vec<u8>)> = main.iter().chain(&side).collect();
        let mut contents = vec![Vec::new()];
        for (at, number) in order.iter().enumerate() {
            if cuts.contains(&at) {
                contents.push(Vec::new());
            }
            let file = contents.last_mut().unwrap();
            file.extend(frame(REGTEST, &all[*number].1));
            file.extend(vec![0; padding[at]]);
        }
        let mut found = regtest(BlockKey::NONE, &contents);
        prop_assert_eq!(found.best.index().gaps(), []);
        let (blocks, gap) = found.read(0, threads);
        prop_assert_eq!(gap, None);
        prop_assert_eq!(blocks.iter().map(|block| block.id).collect::<Vec<Id>>(), ids(&main));
        prop_assert_eq!(blocks[0].height, 20);
        prop_assert_eq!(found.best.stale, 4);
    }

    #[test]
    fn no_file_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0..400_usize) {
        let row = regtest_frames(&mined_row(Id([1; 32]), 20..22, 0));
        let mut near = row.clone();
        let at = at.min(near.len());
        near.splice(at..at, bytes.clone());
        for contents in [bytes, near] {
            let mut found = regtest(BlockKey::NONE, &[contents]);
            found.best = found.best.beginning_at(20);
            if !found.best.is_empty() {
                let (blocks, gap) = found.read(0, 1);
                prop_assert!(blocks.len() == found.best.len() || gap.is_some());
            }
        }
    }
}

/// A file that counts the bytes that are read of it.
struct Counted {
    bytes: Cursor<Vec<u8>>,
    read: Rc<Cell<usize>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.read.set(self.read.get() + read);
        Ok(read)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.bytes.seek(to)
    }
}

#[test]
fn a_file_of_nothing_but_marks_is_not_read_over_and_over() {
    let bytes = REGTEST.repeat(60_000);
    let read = Rc::new(Cell::new(0));
    let open = |_: &str| {
        Ok(Counted {
            bytes: Cursor::new(bytes.clone()),
            read: Rc::clone(&read),
        })
    };
    let names = vec!["blk00000.dat".to_owned()];
    let mut files = BlockFiles::new(chain("bitcoin-regtest"), BlockKey::NONE, names, open);
    let index = files.index(&mut |_| ()).unwrap();
    assert!(index.is_empty() && index.gaps().iter().all(|gap| gap.hides));
    assert!(read.get() < 4 * bytes.len(), "{read:?} of {} bytes", bytes.len());
}
