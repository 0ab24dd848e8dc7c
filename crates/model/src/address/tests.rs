use super::{Address, Reading, base58, cardano, cashaddr, eos, stellar};
use bech32::{ByteIterExt as _, Fe32IterExt as _};
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::Index;

fn canonical(text: &str) -> String {
    match Address::read(text) {
        Reading::Address { address, .. } => address.to_string(),
        other => panic!("{text}: {other:?}"),
    }
}

fn key(text: &str) -> String {
    match Address::read(text) {
        Reading::Address { address, .. } => address.key().to_owned(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn spellings_of_one_address_are_one() {
    // The pairs of the cashaddr specification.
    let legacy = "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu";
    assert_eq!(
        canonical("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"),
        legacy
    );
    assert_eq!(canonical("qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"), legacy);
    assert_eq!(canonical("QPM2QSZNHKS23Z7629MMS6S4CWEF74VCWVY22GDX6A"), legacy);
    assert_eq!(
        canonical("bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq"),
        "3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC"
    );
    assert_eq!(
        canonical("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    );
    assert_eq!(
        canonical("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
    );
}

#[test]
fn one_key_is_one_across_chains() {
    // The same script hash as Litecoin's old and new pay-to-script-hash spelling.
    let bitcoin = base58::write(0x05, &[7; 20]);
    let litecoin = base58::write(0x32, &[7; 20]);
    assert!(bitcoin.starts_with('3') && litecoin.starts_with('M'));
    assert_eq!(key(&bitcoin), key(&litecoin));
}

#[test]
fn a_failed_checksum_is_malformed_and_other_text_is_opaque() {
    for text in [
        "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggv",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6b",
        "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6q",
        // The case was lost.
        "3CWFDDJ6M4NDJGYKQZYVSFYAGQDLPVMTZC",
    ] {
        assert!(matches!(Address::read(text), Reading::Malformed(_)), "{text}");
    }
    for text in ["", "hot-wallet-1", "user 17", "0x1234", "1", "bc", "Alice"] {
        assert_eq!(Address::read(text), Reading::Opaque, "{text}");
    }
}

#[test]
fn the_bytes_decide_for_evm_and_a_wrong_case_is_told() {
    let right = Address::read("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    let wrong = Address::read("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed");
    let lower = Address::read("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed");
    assert_eq!(right, lower);
    assert!(matches!(
        wrong,
        Reading::Address {
            checksum_mismatch: true,
            ..
        }
    ));
}

#[test]
fn ripple_and_monero_addresses_are_read_with_their_own_checksums() {
    // XRPL's account zero and account one ("Special Addresses").
    assert_eq!(
        key("rrrrrrrrrrrrrrrrrrrrrhoLvTp"),
        format!("xrp:{}", "00".repeat(20))
    );
    assert_eq!(
        key("rrrrrrrrrrrrrrrrrrrrBZbvji"),
        format!("xrp:{}01", "00".repeat(19))
    );
    // The Monero project's donation address.
    let monero =
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A";
    assert!(key(monero).starts_with("xmr:"));
    for wrong in [monero.replacen('F', "G", 1), monero.replacen("44", "54", 1)] {
        assert!(matches!(Address::read(&wrong), Reading::Malformed(_)), "{wrong}");
    }
}

#[test]
fn test_networks_of_bitcoin_cash_are_spelled_as_bitcoins() {
    for (prefix, version, legacy) in [("bchtest", 0, 0x6f), ("bchreg", 8, 0xc4)] {
        let text = cashaddr::write(prefix, version, &[9; 20]);
        assert_eq!(canonical(&text), base58::write(legacy, &[9; 20]));
        // Another network's prefix is another checksum.
        let (_, data) = text.split_once(':').unwrap();
        let wrong = format!("bitcoincash:{data}");
        assert!(matches!(Address::read(&wrong), Reading::Malformed(_)), "{wrong}");
    }
}

#[test]
fn long_script_hashes_of_bitcoin_cash_keep_their_own_spelling() {
    let address = Address::cashaddr("bitcoincash", &[9; 32]).unwrap();
    assert_eq!(address.as_str().len(), "bitcoincash:".len() + 61);
    assert_eq!(address.key(), format!("p2sh32:{}", "09".repeat(32)));
    for version in [0x0b, 0x1b] {
        let text = cashaddr::write("bitcoincash", version, &[9; 32]);
        assert_eq!(canonical(&text.to_ascii_uppercase()), address.as_str());
    }
    assert_eq!(Address::cashaddr("litecoincash", &[9; 32]), None);
    // The specification's example of 64 bytes: no class has so many.
    let example =
        "bitcoincash:qh3krj5607v3qlqh5c3wq3lrw3wnuxw0sp8dv0zugrrt5a3kj6ucysfz8kxwv2k53krr7n933jfsunqex2w82sl";
    assert_eq!(Address::read(example), Reading::Opaque);
    let damaged = address.as_str().replacen(":p", ":q", 1);
    assert!(
        matches!(Address::read(&damaged), Reading::Malformed(_)),
        "{damaged}"
    );
}

#[test]
fn addresses_of_extension_blocks_are_recognised() {
    let keys = [[2; 33], [3; 33]].concat();
    let spelled = |keys: &[u8], part| {
        let part = bech32::Hrp::parse(part).unwrap();
        let data = keys
            .iter()
            .copied()
            .bytes_to_fes()
            .with_checksum::<bech32::Bech32>(&part);
        data.with_witness_version(bech32::Fe32::Q)
            .chars()
            .collect::<String>()
    };
    let address = spelled(&keys, "ltcmweb");
    assert!(address.starts_with("ltcmweb1qq"), "{address}");
    assert_eq!(
        key(&address),
        format!("mweb:{}{}", "02".repeat(33), "03".repeat(33))
    );
    assert_eq!(key(&spelled(&keys, "tmweb")), key(&address));
    let damaged = address.replacen('z', "r", 1);
    for wrong in [damaged, spelled(&keys[..65], "ltcmweb"), "ltcmweb1".to_owned()] {
        assert!(matches!(Address::read(&wrong), Reading::Malformed(_)), "{wrong}");
    }
}

#[test]
fn what_is_built_reads_back_with_its_class_and_payload() {
    let built = [
        (Address::base58check(0x00, &[7; 20]), "p2pkh", 20),
        (Address::base58check(0x32, &[7; 20]), "p2sh", 20),
        (Address::segwit("bc", 0, &[7; 20]), "witness-v0", 20),
        (Address::segwit("tltc", 1, &[7; 32]), "witness-v1", 32),
        (Address::segwit("bcrt", 16, &[7; 2]), "witness-v16", 2),
    ];
    for (address, class, length) in built {
        let address = address.unwrap();
        assert_eq!((address.class(), address.payload()), (class, vec![7; length]));
        assert_eq!(canonical(address.as_str()), address.as_str());
        assert_eq!(key(address.as_str()), address.key());
    }
    // BIP 350 and BIP 173.
    let taproot = [
        0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0, 0x62, 0x95, 0xce, 0x87, 0x0b, 0x07, 0x02,
        0x9b, 0xfc, 0xdb, 0x2d, 0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98,
    ];
    assert_eq!(
        Address::segwit("bc", 1, &taproot).unwrap().as_str(),
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
    );
    assert_eq!(Address::base58check(0x01, &[7; 20]), None);
    assert_eq!(Address::segwit("xx", 0, &[7; 20]), None);
    assert_eq!(Address::segwit("bc", 0, &[7; 21]), None);
    assert_eq!(Address::segwit("bc", 17, &[7; 20]), None);
}

#[test]
fn x_addresses_have_the_key_of_their_account() {
    // The example of the XRP Ledger's documentation, with a tag.
    let account = "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf";
    let with_tag = "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi";
    assert_eq!(key(with_tag), key(account));
    assert_eq!(canonical(with_tag), with_tag);
    let test = "T7oKJ3q7s94kDH6tpkBowhetT1JKfcfdSCmAXbS75iATyLD";
    assert_eq!(key(test), key("r3SVzk8ApofDJuVBPKdmbbLjWGCCXpBQ2g"));
}

#[test]
fn other_spellings_of_evm_and_tron_and_zcash_are_theirs() {
    // Harmony's documentation names both.
    let harmony = "one1a0x3d6xpmr6f8wsyaxd9v36pytvp48zckswvv9";
    let evm = "0xebcd16e8c1d8f493ba04e99a56474122d81a9c58";
    for text in [
        harmony.to_owned(),
        harmony.to_ascii_uppercase(),
        evm.replace("0x", "xdc"),
        evm.replace("0x", "ronin:"),
    ] {
        assert_eq!(canonical(&text), evm, "{text}");
    }
    let wrong = harmony.replacen("one1", "ona1", 1);
    assert!(matches!(Address::read(&wrong), Reading::Malformed(_)), "{wrong}");
    // ZIP 320's example.
    let zcash = "t1VmmGiyjVNeCjxDZzg7vZmd99WyzVby9yC";
    assert_eq!(canonical("tex1s2rt77ggv6q989lr49rkgzmh5slsksa9khdgte"), zcash);
    let tron = base58::write(0x41, &[7; 20]);
    assert_eq!(canonical(&format!("41{}", "07".repeat(20))), tron);
    let legacy = base58::write(0x00, &[9; 20]);
    assert_eq!(canonical(&cashaddr::write("ecash", 0, &[9; 20])), legacy);
    let (gold, bitcoin) = (
        Address::segwit("btg", 0, &[9; 20]),
        Address::segwit("bc", 0, &[9; 20]),
    );
    assert_eq!(key(gold.unwrap().as_str()), bitcoin.unwrap().key());
}

#[test]
fn what_has_no_checksum_is_an_address_only_where_one_is_asked_for() {
    // Solana's system program and its token program.
    for text in [
        "11111111111111111111111111111111",
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
    ] {
        assert_eq!(canonical(text), text);
        assert_eq!(key(text).len(), "solana:".len() + 64);
        assert_eq!(Address::read_checked(text), Reading::Opaque);
    }
    let stranger = Address::read("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DO");
    assert!(matches!(stranger, Reading::Malformed(_)), "{stranger:?}");
    let tron = format!("41{}", "07".repeat(20));
    assert_eq!(Address::read_checked(&tron), Reading::Opaque);
    assert!(crate::Observable::wallet(&tron).is_err());
}

#[test]
fn tron_and_evm_keys_stay_apart() {
    let tron = base58::write(0x41, &[7; 20]);
    assert!(tron.starts_with('T'));
    assert_ne!(key(&tron), key(&format!("0x{}", "07".repeat(20))));
}

#[test]
fn a_wrong_digit_count_is_a_malformed_evm_address() {
    for digits in ["0".repeat(39), "0".repeat(41), format!("{}g", "0".repeat(39))] {
        let text = format!("0x{digits}");
        assert!(matches!(Address::read(&text), Reading::Malformed(_)), "{text}");
    }
    // A transaction id.
    assert_eq!(Address::read(&format!("0x{}", "0".repeat(64))), Reading::Opaque);
}

/// How many forms [`spelled`] knows.
const FORMS: u8 = 26;

/// A valid address with a checksum over its spelling, of a payload and a form.
fn spelled(payload: [u8; 20], form: u8) -> String {
    let longer =
        |length: usize| -> Vec<u8> { payload.iter().chain(&payload).copied().take(length).collect() };
    let bech = |part: &str, bytes: &[u8]| {
        bech32::encode::<bech32::Bech32>(bech32::Hrp::parse(part).unwrap(), bytes).unwrap()
    };
    match form {
        0..=5 => base58::write([0x00, 0x05, 0x30, 0x1e, 0x4c, 0x41][usize::from(form)], &payload),
        6 => cashaddr::write("bitcoincash", 0, &payload),
        7 => cashaddr::write("bitcoincash", 8, &payload).split_off("bitcoincash:".len()),
        8 => bech32::segwit::encode_v0(bech32::hrp::BC, &payload).unwrap(),
        9 => bech32::segwit::encode_v1(bech32::hrp::BC, &longer(32)).unwrap(),
        10 => base58::spell_ripple([&[0x00], payload.as_slice()].concat()),
        11 => x_address(&payload, None),
        12 => x_address(&payload, Some(4_294_967_295)),
        13 => stellar::write(6 << 3, &longer(32)),
        14 => stellar::write(12 << 3, &longer(40)),
        15 => eos::written(
            "eos",
            [&[2], longer(32).as_slice()]
                .concat()
                .as_slice()
                .try_into()
                .unwrap(),
        ),
        16 => bech("one", &payload),
        17 => bech("inj", &payload),
        18 => bech("addr", &[&[0x61], longer(28).as_slice()].concat()),
        19 => bech("stake", &[&[0xe1], longer(28).as_slice()].concat()),
        20 => bech32::encode::<bech32::Bech32m>(bech32::Hrp::parse("tex").unwrap(), &payload).unwrap(),
        21 => cardano::write_byron(longer(28).as_slice().try_into().unwrap()),
        22 => base58::zcash([0x1c, 0xb8], &payload).to_string(),
        23 => cashaddr::write("ecash", 0, &payload),
        24 => monero(&longer(64)),
        _ => Address::of_nem_key(0x68, longer(32).as_slice().try_into().unwrap()).to_string(),
    }
}

/// An X-address of the main network (XLS-5d).
fn x_address(account: &[u8; 20], tag: Option<u32>) -> String {
    let mut bytes = [&[0x05, 0x44], account.as_slice(), &[u8::from(tag.is_some())]].concat();
    bytes.extend(u64::from(tag.unwrap_or_default()).to_le_bytes());
    base58::spell_ripple(bytes)
}

/// A Monero address of the main network with two keys of 32 bytes.
fn monero(keys: &[u8]) -> String {
    use sha3::Digest;
    let keys: Vec<u8> = keys.iter().cycle().copied().take(64).collect();
    let mut bytes = [&[18], keys.as_slice()].concat();
    let checksum = sha3::Keccak256::digest(&bytes);
    bytes.extend(checksum.iter().take(4));
    let block = |block: &[u8]| {
        let width = if block.len() == 8 { 11 } else { 7 };
        let significant: Vec<u8> = block.iter().copied().skip_while(|byte| *byte == 0).collect();
        format!("{:1>width$}", bs58::encode(significant).into_string())
    };
    bytes.chunks(8).map(block).collect()
}

fn spelling() -> impl Strategy<Value = String> {
    // Leading zeros are base58's special case.
    let payload = prop_oneof![any::<[u8; 20]>(), Just([0; 20]), Just([0xff; 20])];
    (payload, 0..FORMS).prop_map(|(payload, form)| spelled(payload, form))
}

#[test]
fn every_mutant_of_one_character_is_malformed() {
    // Each printable character at each place; a hit of another key would need the checksum to hold.
    let payload: [u8; 20] = std::array::from_fn(|at| (at * 37 + 11) as u8);
    let mut mutants = 0;
    for form in 0..FORMS {
        let text = spelled(payload, form);
        for (at, own) in text.char_indices() {
            // A blank at an end is trimmed away, and what is left lacks a character.
            for other in ('!'..='~').filter(|other| *other != own) {
                let mut mutant = text.clone();
                mutant.replace_range(at..at + 1, &other.to_string());
                assert!(
                    matches!(Address::read(&mutant), Reading::Malformed(_)),
                    "{mutant}"
                );
                mutants += 1;
            }
        }
    }
    assert!(mutants > 100_000, "{mutants}");
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(payload in any::<[u8; 20]>()) {
        let hex = crate::evidence::hex(&payload);
        prop_assert_eq!(key(&base58::write(0x00, &payload)), format!("p2pkh:{hex}"));
        prop_assert_eq!(key(&base58::write(0x05, &payload)), format!("p2sh:{hex}"));
        prop_assert_eq!(key(&cashaddr::write("bitcoincash", 0, &payload)), format!("p2pkh:{hex}"));
        prop_assert_eq!(key(&cashaddr::write("bitcoincash", 8, &payload)), format!("p2sh:{hex}"));
        prop_assert_eq!(key(&spelled(payload, 8)), format!("witness-v0:{hex}"));
    }

    #[test]
    fn every_form_is_read_back(payload in any::<[u8; 20]>()) {
        let hex = crate::evidence::hex(&payload);
        for form in 0..FORMS {
            let text = spelled(payload, form);
            let read = key(&text);
            let (_, digits) = read.split_once(':').unwrap();
            prop_assert!(form == FORMS - 1 || digits.contains(&hex), "{} {}", text, read);
        }
    }

    #[test]
    fn every_spelling_of_a_key_has_that_key(text in spelling()) {
        let Reading::Address { address, .. } = Address::read(&text) else { panic!("{text}") };
        let all = address.spellings();
        prop_assert_eq!(all.first().map(String::as_str), Some(address.as_str()));
        for other in &all {
            prop_assert_eq!(&key(other), address.key(), "{}", other);
        }
    }

    #[test]
    fn the_bytes_of_a_solana_key_are_its_key(bytes in any::<[u8; 32]>()) {
        let text = bs58::encode(bytes).into_string();
        prop_assert_eq!(key(&text), format!("solana:{}", crate::evidence::hex(&bytes)));
    }

    #[test]
    fn the_canonical_spelling_is_its_own(text in spelling()) {
        let once = canonical(&text);
        prop_assert_eq!(canonical(&once), once);
    }

    #[test]
    fn one_wrong_character_is_malformed(text in spelling(), at in any::<Index>(), other in "[ -~]") {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.index(characters.len());
        let other = other.chars().next().unwrap();
        let trimmed = other == ' ' && (at == 0 || at + 1 == characters.len());
        if characters[at] != other && !trimmed {
            characters[at] = other;
            let mutant: String = characters.into_iter().collect();
            prop_assert!(matches!(Address::read(&mutant), Reading::Malformed(_)), "{mutant}");
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,120}") {
        let _: Reading = Address::read(&text);
    }
}
