//! Real blocks read to the ids that the chain knows them by, and blocks that do not hold are told.

// A test that fails says so by panicking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod blocks;

use blocks::{block_of, chain, framed, shared, transaction, twice};
use proptest::prelude::*;
use strongroom_ledger::{Fault, Id, Owner, RawBlock};

fn read(bytes: &[u8]) -> RawBlock {
    RawBlock::read(bytes, chain("bitcoin")).unwrap()
}

fn fault(bytes: &[u8], name: &str) -> Fault {
    RawBlock::read(bytes, chain(name)).unwrap_err().fault
}

#[test]
fn busy_blocks_have_their_ids_and_heights() {
    // Each file is named by its height. The first block is of the first version and began with a time.
    for (height, said, id) in [
        (
            227_835,
            1_364_140_153,
            "00000000000001aa077d7aa84c532a4d69bdbff519609d1da0835261b7a74eb6",
        ),
        (
            227_836,
            227_836,
            "00000000000000d0dfd4c9d588d325dce4f32c1b31b7c0064cba7025a9b9adcc",
        ),
        (
            383_616,
            383_616,
            "00000000000000000aab6a2b34e979b09ca185584bd1aecf204f24d150ff55e9",
        ),
        (
            481_829,
            481_829,
            "000000000000000000917cba69f69b758fe396c8e30ae97bbcf08c4eb975e726",
        ),
    ] {
        let name = format!("block{height}.dat");
        let Some(bytes) = shared("busy_blocks_have_their_ids_and_heights", &name) else {
            return;
        };
        let block = read(&bytes);
        assert_eq!(block.id.to_string(), id);
        assert_eq!(block.said_height, Some(said), "{name}");
        assert_eq!(block.header.check_work(chain("bitcoin")), Ok(()));
        assert_eq!(block.header.version > 1, said == height, "{name}");
        let block = block.at(height);
        assert!(block.transactions[0].inputs.is_empty());
        assert!(block.transactions[1..].iter().all(|tx| !tx.inputs.is_empty()));
    }
}

#[test]
fn the_first_blocks_follow_on_each_other() {
    let test = "the_first_blocks_follow_on_each_other";
    for (name, first, count) in [("first-100k-blocks.dat", 0, 439), ("blocks1-256.bz2", 1, 255)] {
        let Some(bytes) = shared(test, name) else { return };
        let blocks: Vec<RawBlock> = framed(&bytes).into_iter().map(read).collect();
        assert_eq!(blocks.len(), count, "{name}");
        if first == 0 {
            assert_eq!(blocks[0].id, chain("bitcoin").genesis());
            assert_eq!(blocks[0].header.previous, Id::default());
        }
        for pair in blocks.windows(2) {
            assert_eq!(pair[1].header.previous, pair[0].id, "{name}");
        }
        // Every coinbase of that time made 50 coins and what others paid.
        let subsidy = chain("bitcoin").subsidy(0);
        assert!(
            blocks
                .iter()
                .all(|block| block.transactions[0].outputs[0].value >= subsidy)
        );
    }
}

#[test]
fn the_first_payment_goes_to_the_key_that_was_paid() {
    let Some(bytes) = shared(
        "the_first_payment_goes_to_the_key_that_was_paid",
        "first-100k-blocks.dat",
    ) else {
        return;
    };
    // Block 170: ten coins from Satoshi Nakamoto to Hal Finney, the change to the key that they came from.
    let block = read(framed(&bytes)[170]);
    let payment = &block.transactions[1];
    let id = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16";
    assert_eq!(payment.id.to_string(), id);
    let address = |at: usize| {
        payment.outputs[at]
            .owner
            .address(chain("bitcoin"))
            .unwrap()
            .to_string()
    };
    assert_eq!(payment.outputs[0].value, 1_000_000_000);
    assert_eq!(address(0), "1Q2TWHE3GMdB6BZKafqwxXtWAWgFt5Jvm3");
    assert_eq!(address(1), "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S");
}

#[test]
fn a_truncated_or_changed_block_is_told() {
    let Some(bytes) = shared("a_truncated_or_changed_block_is_told", "block227836.dat") else {
        return;
    };
    let chain = chain("bitcoin");
    for cut in (0..bytes.len()).step_by(997) {
        let fault = RawBlock::read(&bytes[..cut], chain).unwrap_err();
        assert!(fault.at <= cut as u64, "{fault}");
    }
    for at in (80..bytes.len()).step_by(997) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(RawBlock::read(&changed, chain).is_err(), "byte {at}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(fault(&longer, "bitcoin"), Fault::Trailing(1));
}

/// The same in the extended form.
fn extended(plain: &[u8], flags: u8, parts: &[u8]) -> Vec<u8> {
    let (body, lock_time) = plain.split_at(plain.len() - 4);
    [&body[..4], &[0, flags], &body[4..], parts, lock_time].concat()
}

#[test]
fn witnesses_do_not_change_an_id_and_must_be_there() {
    let coinbase = transaction(&[0], &[(50, &[0x51])]);
    let spend = transaction(&[1, 2], &[(7, &[0x51])]);
    let ids = [twice(&coinbase), twice(&spend)];
    let with = |parts: &[u8]| block_of(&[coinbase.clone(), extended(&spend, 1, parts)], &ids);
    let block = read(&with(&[1, 2, 0xaa, 0xbb, 0]));
    assert_eq!(block.transactions[1].id, ids[1]);
    assert_eq!(block, read(&block_of(&[coinbase.clone(), spend.clone()], &ids)));
    assert_eq!(fault(&with(&[0, 0]), "bitcoin"), Fault::NoWitness);
    let flagged = block_of(&[coinbase.clone(), extended(&spend, 8, &[0])], &ids);
    assert_eq!(fault(&flagged, "bitcoin"), Fault::Flag(8));
    // Without witnesses the marker is a transaction that has no inputs.
    assert_eq!(fault(&flagged, "bitcoin-cash"), Fault::Empty("input"));
}

#[test]
fn litecoins_extension_block_is_bound_by_the_last_transaction() {
    let coinbase = transaction(&[0], &[(50, &[0x51])]);
    let held = [&[0x58, 32][..], &[5; 32]].concat();
    let binding = transaction(&[1, 2], &[(1_000, &held), (7, &[0x51])]);
    let ids = [twice(&coinbase), twice(&binding)];
    let mut bytes = block_of(&[coinbase.clone(), extended(&binding, 8, &[0])], &ids);
    bytes.extend([1, 2, 3, 4, 5]);
    let block = RawBlock::read(&bytes, chain("litecoin")).unwrap();
    assert_eq!(block.transactions[1].id, ids[1]);
    assert_eq!(block.transactions[1].outputs[0].owner, Owner::Mweb);
    assert!(matches!(block.transactions[1].outputs[1].owner, Owner::Script(_)));
    let carrying = block_of(&[coinbase.clone(), extended(&binding, 8, &[1])], &ids);
    assert_eq!(fault(&carrying, "litecoin"), Fault::ExtensionData);
    // Behind any other transaction nothing may stand.
    let mut plain = block_of(&[coinbase, binding], &ids);
    plain.push(1);
    assert_eq!(fault(&plain, "litecoin"), Fault::Trailing(1));
}

#[test]
fn what_no_block_may_hold_is_told() {
    let coinbase = transaction(&[0], &[(50, &[0x51])]);
    let spend = transaction(&[1], &[(7, &[0x51])]);
    let one = |tx: &[u8]| fault(&block_of(&[tx.to_vec()], &[twice(tx)]), "bitcoin");
    assert_eq!(one(&spend), Fault::Coinbase);
    assert_eq!(one(&transaction(&[0, 1], &[(7, &[0x51])])), Fault::Coinbase);
    let two = block_of(
        &[coinbase.clone(), coinbase.clone()],
        &[twice(&coinbase), twice(&coinbase)],
    );
    assert_eq!(fault(&two, "bitcoin"), Fault::Coinbase);
    assert_eq!(
        fault(&block_of(&[], &[Id::default()]), "bitcoin"),
        Fault::NoTransaction
    );
    // The overflow of August 2010: each output is more than there will ever be.
    let half = 9_223_372_036_854_277_039;
    let overflow = transaction(&[0], &[(half, &[0x51]), (half, &[0x51])]);
    assert_eq!(one(&overflow), Fault::Money(half));
    let over = transaction(
        &[0],
        &[(2_000_000_000_000_000, &[0x51]), (200_000_000_000_000, &[0x51])],
    );
    assert_eq!(one(&over), Fault::Money(2_200_000_000_000_000));
    assert!(
        RawBlock::read(
            &block_of(std::slice::from_ref(&over), &[twice(&over)]),
            chain("litecoin")
        )
        .is_ok()
    );
    let ids = [twice(&coinbase), twice(&spend), twice(&spend)];
    let twins = block_of(
        &[coinbase, spend.clone(), spend.clone(), spend],
        &[ids.as_slice(), &[ids[1]]].concat(),
    );
    assert_eq!(fault(&twins, "bitcoin"), Fault::MerkleTwins);
}

#[test]
fn a_coinbase_says_its_height_in_the_shortest_form() {
    let said = |script: &[u8]| {
        let mut coinbase = transaction(&[0], &[(50, &[0x51])]);
        coinbase.splice(41..44, [&[script.len() as u8], script].concat());
        read(&block_of(std::slice::from_ref(&coinbase), &[twice(&coinbase)])).said_height
    };
    assert_eq!(said(&[0x51, 9]), Some(1));
    assert_eq!(said(&[0x60, 9]), Some(16));
    assert_eq!(said(&[1, 17]), Some(17));
    assert_eq!(said(&[2, 0x80, 0]), Some(128));
    assert_eq!(said(&[3, 0x4b, 0x3d, 0x04, 9]), Some(277_835));
    for none in [
        &[2, 17, 0][..],
        &[1, 0x91],
        &[1, 0],
        &[3, 1, 2],
        &[5, 1, 2, 3, 4, 5],
    ] {
        assert_eq!(said(none), None, "{none:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), flags in 0u8..10) {
        let coinbase = transaction(&[0], &[(50, &[0x51])]);
        let mut near = block_of(&[coinbase.clone(), extended(&coinbase, flags, &bytes)], &[Id::default()]);
        for name in ["bitcoin", "litecoin", "bitcoin-cash"] {
            prop_assert!(RawBlock::read(&bytes, chain(name)).is_err());
            prop_assert!(RawBlock::read(&near, chain(name)).is_err());
        }
        near.splice(81.., bytes);
        prop_assert!(RawBlock::read(&near, chain("litecoin")).is_err());
    }
}
