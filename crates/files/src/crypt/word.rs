//! Encrypted Word documents (MS-DOC 2.2.6): the main stream behind its first 68 bytes, the table and the data streams.

use super::header::{half, word};
use super::legacy::{Fault, Key, Legacy};
use super::xor::{self, Verifier};
use super::{Stream, open, summary};
use crate::examine::Walk;
use crate::ole::Compound;
use strongroom_model::{Gap, Report};

/// `fEncrypted`, `fWhichTblStm` and `fObfuscated` of the flags at byte 10 (MS-DOC 2.5.2).
const ENCRYPTED: u16 = 0x0100;
const TABLE_ONE: u16 = 0x0200;
const OBFUSCATED: u16 = 0x8000;
/// What stays clear of the main stream, and of that of Word 6 and 95, whose lengths begin there.
const CLEAR: usize = 68;
const CLEAR_95: usize = 52;
/// Bytes that one RC4 key serves.
const BLOCK: usize = 512;
/// The first `nFib` behind those of Word 6 (0x65) and Word 95 (0x67, 0x68), which have XOR alone, whatever their flags
/// say, and one stream.
const WORD_97: u16 = 0x006A;

/// Opens the streams of a document.
pub(super) fn unlock(
    compound: &mut Compound<'_>,
    main: &Stream<'_>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let Some(read) = compound.read_at(main.at) else {
        return;
    };
    let Some(flags) = half(&read.bytes, 10).filter(|flags| flags & ENCRYPTED != 0) else {
        return;
    };
    if let Err(gap) = streams(compound, main, flags, read.bytes, report, walk) {
        report.gap(gap);
    }
}

fn streams(
    compound: &mut Compound<'_>,
    main: &Stream<'_>,
    flags: u16,
    bytes: Vec<u8>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) -> Result<(), Gap> {
    let place = main.place();
    let table = if flags & TABLE_ONE != 0 {
        "1Table"
    } else {
        "0Table"
    };
    let table = main.beside(table);
    let header = word(&bytes, 14).unwrap_or(0);
    let is_old = half(&bytes, 2).is_some_and(|version| version < WORD_97);
    let obfuscated = flags & OBFUSCATED != 0 || is_old;
    let lock = lock(compound, &table, header, obfuscated)
        .map_err(|fault| fault.told(place, "the header of the encryption is broken or absent", report))?;
    let key = open(&lock, place, report, walk)?;
    let kept = if obfuscated { 0 } else { header as usize };
    for (path, kept) in [(&table, kept), (&main.beside("Data"), 0)] {
        let Some(at) = compound.find(path) else { continue };
        if let Some(stream) = compound.read_at(at) {
            walk.meter.charge_bytes(place, stream.bytes.len() as u64)?;
            compound.replace(at, decrypt(&key, stream.bytes, kept));
        }
    }
    walk.meter.charge_bytes(place, bytes.len() as u64)?;
    let mut clear = decrypt(&key, bytes, if is_old { CLEAR_95 } else { CLEAR });
    if let Some(to) = clear.get_mut(10..12) {
        to.copy_from_slice(&(flags & !(ENCRYPTED | OBFUSCATED)).to_le_bytes());
    }
    compound.replace(main.at, clear);
    summary::unlock(compound, main, "encryption", &key, report, walk);
    Ok(())
}

/// Reads the verifier out of `lKey`, or the header at the beginning of the table stream whose size `lKey` is.
fn lock(compound: &Compound<'_>, table: &str, header: u32, obfuscated: bool) -> Result<Legacy, Fault> {
    if obfuscated {
        let [a, b, c, d] = header.to_le_bytes();
        return Ok(Legacy::Xor(Verifier {
            key: u16::from_le_bytes([c, d]),
            hash: u16::from_le_bytes([a, b]),
        }));
    }
    let table = compound.read(table).ok_or(Fault::Damaged)?;
    Legacy::read(&table.bytes)
}

/// Decrypts a stream from its beginning; the first bytes stay as they are.
fn decrypt(key: &Key, mut bytes: Vec<u8>, kept: usize) -> Vec<u8> {
    let head = bytes.get(..kept).unwrap_or(&bytes).to_vec();
    match key {
        Key::Xor(array) => xor::decrypt_stream(array, &mut bytes),
        key => key.decrypt_blocks(BLOCK, &mut bytes),
    }
    bytes.iter_mut().zip(head).for_each(|(to, from)| *to = from);
    bytes
}
