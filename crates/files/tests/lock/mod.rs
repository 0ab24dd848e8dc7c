//! Encryptors of every scheme, for tests alone: each follows MS-OFFCRYPTO from the writer's side, with its own RC4 and
//! its own chaining, so that a fault of the reader cannot hide in shared code.

use aes::{Aes128, Aes192, Aes256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cipher::{BlockCipherEncrypt, BlockSizeUser, KeyInit};
use des::{Des, TdesEde3};
use hmac::{Hmac, Mac};
use md5::Md5;
use rc2::Rc2;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::io::{Cursor, Write};

const SALT: [u8; 16] = *b"a salt of a test";
const VERIFIER: [u8; 16] = *b"verifier's bytes";

/// Builds a compound file.
pub fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        if let Some((storage, _)) = path.rsplit_once('/').filter(|(storage, _)| !storage.is_empty()) {
            file.create_storage_all(storage).unwrap();
        }
        file.create_stream(path).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

// ---- packages

/// Encrypts blocks one after the other; CBC where there is a vector.
fn blocks(cipher: &str, key: &[u8], vector: Option<&[u8]>, bytes: &[u8]) -> Vec<u8> {
    fn run<C: KeyInit + BlockCipherEncrypt + BlockSizeUser>(
        key: &[u8],
        vector: Option<&[u8]>,
        bytes: &[u8],
    ) -> Vec<u8> {
        let cipher = C::new_from_slice(key).unwrap();
        let size = C::block_size();
        let mut last = vector.map(<[u8]>::to_vec);
        let mut out = Vec::new();
        for chunk in bytes.chunks(size) {
            let mut block = chunk.to_vec();
            block.resize(size, 0);
            if let Some(last) = &last {
                block.iter_mut().zip(last).for_each(|(a, b)| *a ^= b);
            }
            let mut array = cipher::Array::try_from(&block[..]).unwrap();
            cipher.encrypt_block(&mut array);
            out.extend_from_slice(&array);
            last = last.map(|_| array.to_vec());
        }
        out
    }
    match (cipher, key.len()) {
        ("AES", 16) => run::<Aes128>(key, vector, bytes),
        ("AES", 24) => run::<Aes192>(key, vector, bytes),
        ("AES", 32) => run::<Aes256>(key, vector, bytes),
        ("DES", _) => run::<Des>(key, vector, bytes),
        ("3DES", _) => run::<TdesEde3>(key, vector, bytes),
        ("RC2", _) => run::<Rc2>(key, vector, bytes),
        _ => panic!("{cipher} with {} bytes", key.len()),
    }
}

/// Cipher feedback with a window of eight bits, over one block at a time.
fn feedback(cipher: &str, key: &[u8], vector: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut register = vector.to_vec();
    bytes
        .iter()
        .map(|byte| {
            let sealed = byte ^ blocks(cipher, key, None, &register)[0];
            register.remove(0);
            register.push(sealed);
            sealed
        })
        .collect()
}

fn hash(name: &str, parts: &[&[u8]]) -> Vec<u8> {
    let bytes = parts.concat();
    match name {
        "MD5" => Md5::digest(bytes).to_vec(),
        "SHA1" => Sha1::digest(bytes).to_vec(),
        "SHA256" => Sha256::digest(bytes).to_vec(),
        "SHA384" => Sha384::digest(bytes).to_vec(),
        "SHA512" => Sha512::digest(bytes).to_vec(),
        _ => panic!("{name}"),
    }
}

fn mac(name: &str, key: &[u8], bytes: &[u8]) -> Vec<u8> {
    macro_rules! run {
        ($digest:ty) => {{
            let mut mac = Hmac::<$digest>::new_from_slice(key).unwrap();
            mac.update(bytes);
            mac.finalize().into_bytes().to_vec()
        }};
    }
    match name {
        "MD5" => run!(Md5),
        "SHA1" => run!(Sha1),
        "SHA256" => run!(Sha256),
        "SHA384" => run!(Sha384),
        "SHA512" => run!(Sha512),
        _ => panic!("{name}"),
    }
}

fn fit(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    bytes.resize(length, 0x36);
    bytes
}

/// Parameters of agile encryption.
pub struct Agile {
    pub cipher: &'static str,
    pub key_bits: usize,
    pub chaining: &'static str,
    pub hash: &'static str,
    pub rounds: u32,
}

/// Encrypts a package by agile encryption.
pub fn agile(package: &[u8], password: &str, how: &Agile) -> Vec<u8> {
    let (info, sealed) = agile_streams(package, password, how);
    compound(&[("/EncryptionInfo", &info), ("/EncryptedPackage", &sealed)])
}

/// Returns `EncryptionInfo` and `EncryptedPackage`.
pub fn agile_streams(package: &[u8], password: &str, how: &Agile) -> (Vec<u8>, Vec<u8>) {
    let block = if how.cipher == "AES" { 16 } else { 8 };
    let key_bytes = how.key_bits / 8;
    let seal = |key: &[u8], vector: &[u8], bytes: &[u8]| {
        let vector = fit(vector.to_vec(), block);
        match how.chaining {
            "ChainingModeCFB" => feedback(how.cipher, key, &vector, bytes),
            _ => blocks(how.cipher, key, Some(&vector), bytes),
        }
    };
    let mut stretched = hash(how.hash, &[&SALT, &wide(password)]);
    for round in 0..how.rounds {
        stretched = hash(how.hash, &[&round.to_le_bytes(), &stretched]);
    }
    let purpose = |mark: &[u8; 8]| fit(hash(how.hash, &[&stretched, mark]), key_bytes);
    let content_key: Vec<u8> = (0..key_bytes).map(|n| n as u8 * 7 + 3).collect();
    let data_salt = *b"the data's salt.";
    let verifier = seal(&purpose(b"\xFE\xA7\xD2\x76\x3B\x4B\x9E\x79"), &SALT, &VERIFIER);
    let verifier_hash = seal(
        &purpose(b"\xD7\xAA\x0F\x6D\x30\x61\x34\x4E"),
        &SALT,
        &hash(how.hash, &[&VERIFIER]),
    );
    let wrapped = seal(&purpose(b"\x14\x6E\x0B\xE7\xAB\xAC\xD0\xD6"), &SALT, &content_key);
    let mut sealed = (package.len() as u64).to_le_bytes().to_vec();
    for (number, segment) in package.chunks(4096).enumerate() {
        let vector = hash(how.hash, &[&data_salt, &(number as u32).to_le_bytes()]);
        sealed.extend(seal(&content_key, &vector, segment));
    }
    let mac_key = hash(how.hash, &[b"any"]);
    let mac_value = mac(how.hash, &mac_key, &sealed);
    let vector = |mark: &[u8; 8]| hash(how.hash, &[&data_salt, mark]);
    let mac_key = seal(
        &content_key,
        &vector(b"\x5F\xB2\xAD\x01\x0C\xB9\xE1\xF6"),
        &mac_key,
    );
    let mac_value = seal(
        &content_key,
        &vector(b"\xA0\x67\x7F\x02\xB2\x2C\x84\x33"),
        &mac_value,
    );
    let text = |bytes: &[u8]| STANDARD.encode(bytes);
    let common = format!(
        "blockSize=\"{block}\" keyBits=\"{}\" hashSize=\"{}\" cipherAlgorithm=\"{}\" cipherChaining=\"{}\" hashAlgorithm=\"{}\"",
        how.key_bits,
        hash(how.hash, &[]).len(),
        how.cipher,
        how.chaining,
        how.hash
    );
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n\
         <encryption xmlns=\"http://schemas.microsoft.com/office/2006/encryption\" \
         xmlns:p=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">\
         <keyData saltSize=\"16\" {common} saltValue=\"{}\"/>\
         <dataIntegrity encryptedHmacKey=\"{}\" encryptedHmacValue=\"{}\"/>\
         <keyEncryptors><keyEncryptor uri=\"http://schemas.microsoft.com/office/2006/keyEncryptor/password\">\
         <p:encryptedKey spinCount=\"{}\" saltSize=\"16\" {common} saltValue=\"{}\" encryptedVerifierHashInput=\"{}\" \
         encryptedVerifierHashValue=\"{}\" encryptedKeyValue=\"{}\"/></keyEncryptor></keyEncryptors></encryption>",
        text(&data_salt),
        text(&mac_key),
        text(&mac_value),
        how.rounds,
        text(&SALT),
        text(&verifier),
        text(&verifier_hash),
        text(&wrapped)
    );
    let info = [&b"\x04\0\x04\0\x40\0\0\0"[..], xml.as_bytes()].concat();
    (info, sealed)
}

/// Encrypts a package by standard encryption.
pub fn standard(package: &[u8], password: &str, key_bits: u32) -> Vec<u8> {
    let mut stretched = hash("SHA1", &[&SALT, &wide(password)]);
    for round in 0..50_000u32 {
        stretched = hash("SHA1", &[&round.to_le_bytes(), &stretched]);
    }
    let last = hash("SHA1", &[&stretched, &[0; 4]]);
    let half = |constant: u8| {
        let bytes: Vec<u8> = (0..64)
            .map(|n| constant ^ last.get(n).copied().unwrap_or(0))
            .collect();
        hash("SHA1", &[&bytes])
    };
    let mut key = [half(0x36), half(0x5C)].concat();
    key.truncate(key_bits as usize / 8);
    let cipher = match key_bits {
        128 => 0x660E,
        192 => 0x660F,
        _ => 0x6610,
    };
    let mut verifier_hash = hash("SHA1", &[&VERIFIER]);
    verifier_hash.resize(32, 0);
    let info = [
        &b"\x04\0\x02\0"[..],
        &header(0x24, cipher, key_bits),
        &words(&[16]),
        &SALT,
        &blocks("AES", &key, None, &VERIFIER),
        &words(&[20]),
        &blocks("AES", &key, None, &verifier_hash),
    ]
    .concat();
    let sealed = [
        &(package.len() as u64).to_le_bytes()[..],
        &blocks("AES", &key, None, package),
    ]
    .concat();
    compound(&[("/EncryptionInfo", &info), ("/EncryptedPackage", &sealed)])
}

/// Flags, size and `EncryptionHeader`.
fn header(flags: u32, cipher: u32, key_bits: u32) -> Vec<u8> {
    let provider = if cipher == 0x6801 { 1 } else { 0x18 };
    let name = wide("Some Cryptographic Provider\0");
    let header = [words(&[flags, 0, cipher, 0x8004, key_bits, provider, 0, 0]), name].concat();
    [words(&[flags, header.len() as u32]), header].concat()
}

// ---- legacy streams

/// What a legacy document is encrypted with.
#[derive(Clone, Copy, Debug)]
pub enum Scheme {
    Xor,
    Rc4,
    CryptoApi(u32),
}

/// A scheme with its password.
pub struct Key {
    scheme: Scheme,
    password: String,
}

impl Key {
    pub fn new(scheme: Scheme, password: &str) -> Key {
        Key {
            scheme,
            password: password.to_owned(),
        }
    }

    /// Returns the keystream of a block.
    fn stream(&self, block: u32, length: usize) -> Vec<u8> {
        let key = match self.scheme {
            Scheme::Rc4 => {
                let short = hash("MD5", &[&wide(&self.password)])[..5].to_vec();
                let many = [&short[..], &SALT].concat().repeat(16);
                hash("MD5", &[&hash("MD5", &[&many])[..5], &block.to_le_bytes()])
            }
            Scheme::CryptoApi(bits) => {
                let first = hash("SHA1", &[&SALT, &wide(&self.password)]);
                let mut key = hash("SHA1", &[&first, &block.to_le_bytes()]);
                key.truncate(bits as usize / 8);
                if bits == 40 {
                    key.resize(16, 0);
                }
                key
            }
            Scheme::Xor => panic!("XOR has no keystream"),
        };
        rc4(&key, length)
    }

    /// Encrypts one run of bytes with the key of a block.
    pub fn seal(&self, block: u32, bytes: &[u8]) -> Vec<u8> {
        let stream = self.stream(block, bytes.len());
        bytes.iter().zip(stream).map(|(a, b)| a ^ b).collect()
    }

    /// Encrypts a stream in blocks.
    fn seal_blocks(&self, size: usize, bytes: &[u8]) -> Vec<u8> {
        let blocks = bytes.chunks(size).enumerate();
        blocks
            .flat_map(|(number, block)| self.seal(number as u32, block))
            .collect()
    }

    /// Returns the header that begins with the version.
    pub fn header(&self) -> Vec<u8> {
        let name = if matches!(self.scheme, Scheme::Rc4) {
            "MD5"
        } else {
            "SHA1"
        };
        let sealed = self.seal(0, &[&VERIFIER[..], &hash(name, &[&VERIFIER])].concat());
        match self.scheme {
            Scheme::Rc4 => [&b"\x01\0\x01\0"[..], &SALT, &sealed].concat(),
            Scheme::CryptoApi(bits) => [
                &b"\x04\0\x02\0"[..],
                &header(0x04, 0x6801, bits),
                &words(&[16]),
                &SALT,
                &sealed[..16],
                &words(&[20]),
                &sealed[16..],
            ]
            .concat(),
            Scheme::Xor => panic!("XOR has no header"),
        }
    }

    /// Returns key and hash of XOR's verifier.
    fn xor(&self) -> (u16, u16) {
        (
            xor_key(self.password.as_bytes()),
            xor_hash(self.password.as_bytes()),
        )
    }
}

/// RC4, written once more.
fn rc4(key: &[u8], length: usize) -> Vec<u8> {
    let mut s: Vec<usize> = (0..256).collect();
    let mut j = 0;
    for i in 0..256 {
        j = (j + s[i] + usize::from(key[i % key.len()])) % 256;
        s.swap(i, j);
    }
    let (mut i, mut j) = (0, 0);
    (0..length)
        .map(|_| {
            i = (i + 1) % 256;
            j = (j + s[i]) % 256;
            s.swap(i, j);
            s[(s[i] + s[j]) % 256] as u8
        })
        .collect()
}

/// The key of XOR by its register, from which the tables of the specification (MS-OFFCRYPTO 2.3.7.2) come: eight steps
/// for each character, the last character first.
fn xor_key(password: &[u8]) -> u16 {
    let step = |word: u16| (word << 1) ^ if word & 0x8000 != 0 { 0x1021 } else { 0 };
    let (mut word, mut last, mut key) = (0x8000u16, 0xFFFFu16, 0u16);
    for byte in password.iter().rev() {
        for bit in 0..8 {
            (word, last) = (step(word), step(last));
            if bit < 7 && (byte >> bit) & 1 != 0 {
                key ^= word;
            }
        }
    }
    key ^ last
}

fn xor_hash(password: &[u8]) -> u16 {
    let mut hash = 0u16;
    for byte in password.iter().rev().chain([&(password.len() as u8)]) {
        hash = ((hash << 1) & 0x7FFF) | (hash >> 14 & 1);
        hash ^= u16::from(*byte);
    }
    hash ^ 0xCE4B
}

fn xor_array(password: &[u8]) -> Vec<u8> {
    let key = xor_key(password).to_le_bytes();
    let pad = b"\xBB\xFF\xFF\xBA\xFF\xFF\xB9\x80\0\xBE\x0F\0\xBF\x0F\0";
    let filled: Vec<u8> = password.iter().chain(pad).copied().take(16).collect();
    (0..16)
        .map(|n| (filled[n] ^ key[n % 2]).rotate_right(1))
        .collect()
}

/// A record of a workbook.
pub fn record(id: u16, body: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat()
}

/// Encrypts a workbook stream: `FilePass` goes behind the first record, what is never encrypted stays.
pub fn workbook(records: &[Vec<u8>], key: &Key, old: bool) -> Vec<u8> {
    let pass = match key.scheme {
        Scheme::Xor => {
            let (xor, hash) = key.xor();
            let words = [xor.to_le_bytes(), hash.to_le_bytes()].concat();
            if old {
                words
            } else {
                [&[0, 0], &words[..]].concat()
            }
        }
        _ => [&[1, 0], &key.header()[..]].concat(),
    };
    let mut stream = Vec::new();
    for (number, row) in records.iter().enumerate() {
        let id = u16::from_le_bytes([row[0], row[1]]);
        let clear = match id {
            0x0809 | 0x0009 | 0x0209 | 0x0409 | 0x00E1 | 0x0138 | 0x0196 | 0x0194 | 0x0195 => row.len(),
            0x0085 => 8,
            _ => 4,
        };
        let at = stream.len();
        stream.extend_from_slice(&row[..clear]);
        for (place, byte) in row.iter().enumerate().skip(clear) {
            let sealed = match key.scheme {
                Scheme::Xor => {
                    let array = xor_array(key.password.as_bytes());
                    let begin = at + 4 + (row.len() - 4);
                    byte.rotate_left(5) ^ array[(begin + place - 4) % 16]
                }
                _ => {
                    let at = at + place;
                    byte ^ key.stream((at / 1024) as u32, at % 1024 + 1)[at % 1024]
                }
            };
            stream.push(sealed);
        }
        if number == 0 {
            stream.extend(record(0x002F, &pass));
        }
    }
    stream
}

/// Encrypts the streams of a Word document; the flags of the main stream are set here.
pub fn word(main: &[u8], table: &[u8], data: &[u8], key: &Key) -> Vec<u8> {
    let (mut main, mut table) = (main.to_vec(), table.to_vec());
    main[11] |= 0x01;
    let header = if matches!(key.scheme, Scheme::Xor) {
        main[11] |= 0x80;
        let (xor, hash) = key.xor();
        main[14..16].copy_from_slice(&hash.to_le_bytes());
        main[16..18].copy_from_slice(&xor.to_le_bytes());
        Vec::new()
    } else {
        let header = key.header();
        main[14..18].copy_from_slice(&(header.len() as u32).to_le_bytes());
        table = [&header[..], &table].concat();
        header
    };
    let seal = |bytes: &[u8], kept: usize| {
        let mut sealed = match key.scheme {
            Scheme::Xor => xor_stream(bytes, key),
            _ => key.seal_blocks(512, bytes),
        };
        sealed[..kept].copy_from_slice(&bytes[..kept]);
        sealed
    };
    let name = if main[11] & 0x02 != 0 {
        "/1Table"
    } else {
        "/0Table"
    };
    compound(&[
        ("/WordDocument", &seal(&main, 68)),
        (name, &seal(&table, header.len())),
        ("/Data", &seal(data, 0)),
    ])
}

fn xor_stream(bytes: &[u8], key: &Key) -> Vec<u8> {
    let array = xor_array(key.password.as_bytes());
    let bytes = bytes.iter().enumerate();
    bytes
        .map(|(n, byte)| match byte ^ array[n % 16] {
            0 => *byte,
            _ if *byte == 0 => 0,
            sealed => sealed,
        })
        .collect()
}

/// Encrypts the one stream of a Word 6 or 95 document: XOR, with no flag that says so.
pub fn word_95(main: &[u8], key: &Key) -> Vec<u8> {
    let mut main = main.to_vec();
    main[11] |= 0x01;
    let (xor, hash) = key.xor();
    main[14..16].copy_from_slice(&hash.to_le_bytes());
    main[16..18].copy_from_slice(&xor.to_le_bytes());
    let mut sealed = xor_stream(&main, key);
    sealed[..52].copy_from_slice(&main[..52]);
    compound(&[("/WordDocument", &sealed)])
}

/// A record of a presentation.
pub fn atom(version: u16, kind: u16, body: &[u8]) -> Vec<u8> {
    [
        &version.to_le_bytes()[..],
        &kind.to_le_bytes(),
        &(body.len() as u32).to_le_bytes(),
        body,
    ]
    .concat()
}

/// Builds a presentation of persistent objects, encrypted each for itself; a picture stands beside it.
pub fn presentation(objects: &[Vec<u8>], picture: &[u8], key: &Key) -> Vec<u8> {
    let mut stream = Vec::new();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(stream.len() as u32);
        stream.extend(key.seal(number as u32 + 1, object));
    }
    places.push(stream.len() as u32);
    stream.extend(atom(0x000F, 0x2F14, &key.header()));
    let directory = stream.len() as u32;
    let run = 1 | (places.len() as u32) << 20;
    stream.extend(atom(0, 0x1772, &words(&[vec![run], places.clone()].concat())));
    let edit = stream.len() as u32;
    let session = places.len() as u32;
    stream.extend(atom(
        0,
        0x0FF5,
        &words(&[0, 0, 0, directory, 1, session + 1, 0, session]),
    ));
    let user = atom(0, 0x0FF6, &words(&[0x14, 0xF3D1_C4DF, edit, 0, 0]));
    let mut pieces = key.seal(0, &picture[..8]);
    for (from, to) in [(8, 24), (24, 25), (25, picture.len())] {
        pieces.extend(key.seal(0, &picture[from..to]));
    }
    compound(&[
        ("/Current User", &user),
        ("/PowerPoint Document", &stream),
        ("/Pictures", &pieces),
    ])
}
