//! Encrypted workbook streams (MS-XLS 2.2.10, and BIFF 2 to 5): bodies of records in place, headers as they are.

use super::header::half;
use super::legacy::{Fault, Key, Legacy};
use super::xor::{self, Verifier};
use super::{Stream, open, summary};
use crate::examine::Walk;
use crate::ole::Compound;
use strongroom_model::{Gap, Report};

const FILE_PASS: u16 = 0x002F;
const BOUND_SHEET: u16 = 0x0085;
/// Written in the place of `FilePass` once the bodies are clear: no record has this number.
const OPENED: u16 = 0xFFFF;
/// Bytes that one RC4 key serves.
const BLOCK: usize = 1024;
/// Records that are never encrypted (MS-XLS 2.2.10): BOF of all versions, `FilePass`, `InterfaceHdr`, `RRDHead`,
/// `RRDInfo`, `UsrExcl`, `FileLock`.
const CLEAR: [u16; 10] = [
    0x0809, 0x0409, 0x0209, 0x0009, FILE_PASS, 0x00E1, 0x0138, 0x0196, 0x0194, 0x0195,
];

/// Opens a workbook stream in its compound file.
pub(super) fn unlock(
    compound: &mut Compound<'_>,
    main: &Stream<'_>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let Some(stream) = compound.read_at(main.at) else {
        return;
    };
    if let Some((clear, key)) = decrypt(&stream.bytes, main.place(), report, walk) {
        compound.replace(main.at, clear);
        summary::unlock(compound, main, "encryption", &key, report, walk);
    }
}

/// Opens a workbook that stands without a compound file around it (BIFF 2 to 4); `None` where it is not encrypted or
/// stays so.
pub(crate) fn unlock_workbook(stream: &[u8], report: &mut Report, walk: &mut Walk<'_>) -> Option<Vec<u8>> {
    decrypt(stream, "content", report, walk).map(|(clear, _)| clear)
}

fn decrypt(stream: &[u8], place: &str, report: &mut Report, walk: &mut Walk<'_>) -> Option<(Vec<u8>, Key)> {
    let pass = Records(stream, 0).find(|record| record.id == FILE_PASS)?;
    match unlock_records(stream, &pass, place, report, walk) {
        Ok(opened) => Some(opened),
        Err(gap) => {
            report.gap(if names_sheets(stream) { gap } else { gap.harmless() });
            None
        }
    }
}

fn unlock_records(
    stream: &[u8],
    pass: &Record<'_>,
    place: &str,
    report: &mut Report,
    walk: &mut Walk<'_>,
) -> Result<(Vec<u8>, Key), Gap> {
    let lock =
        file_pass(pass.body).map_err(|fault| fault.told(place, "the password record is broken", report))?;
    let key = open(&lock, place, report, walk)?;
    walk.meter.charge_bytes(place, stream.len() as u64)?;
    Ok((bodies(stream, pass, &key), key))
}

/// Reads `FilePass` (MS-XLS 2.4.117); before BIFF 8 it holds the two words of XOR and nothing else.
fn file_pass(body: &[u8]) -> Result<Legacy, Fault> {
    let words = |at| {
        let (key, hash) = (half(body, at)?, half(body, at + 2)?);
        Some(Legacy::Xor(Verifier { key, hash }))
    };
    match half(body, 0) {
        Some(_) if body.len() == 4 => words(0).ok_or(Fault::Damaged),
        Some(0) => words(2).ok_or(Fault::Damaged),
        Some(1) => Legacy::read(body.get(2..).unwrap_or_default()),
        Some(kind) => Err(Fault::Unsupported(format!("an encryption of type {kind}"))),
        None => Err(Fault::Damaged),
    }
}

/// Decrypts the bodies behind the password record; the keystream runs on under what is clear.
fn bodies(stream: &[u8], pass: &Record<'_>, key: &Key) -> Vec<u8> {
    let mut clear = stream.to_vec();
    key.decrypt_blocks(BLOCK, &mut clear);
    let mut restore = |at: usize, length: usize| {
        if let (Some(to), Some(from)) = (clear.get_mut(at..at + length), stream.get(at..at + length)) {
            to.copy_from_slice(from);
        }
    };
    let begin = pass.at + 4 + pass.body.len();
    restore(0, begin);
    for record in Records(stream, begin) {
        let kept = match record.id {
            id if CLEAR.contains(&id) => record.body.len(),
            // `lbPlyPos` tells the place of the sheet (2.4.28).
            BOUND_SHEET => record.body.len().min(4),
            _ => 0,
        };
        restore(record.at, 4 + kept);
    }
    if let Key::Xor(array) = key {
        for record in Records(stream, begin).filter(|record| !CLEAR.contains(&record.id)) {
            let kept = if record.id == BOUND_SHEET { 4 } else { 0 };
            let from = record.at + 4 + kept;
            let place = record.at + 4 + record.claimed + kept;
            if let Some(body) = clear.get_mut(from..record.at + 4 + record.body.len()) {
                xor::decrypt_record(array, place, body);
            }
        }
    }
    if let Some(id) = clear.get_mut(pass.at..pass.at + 2) {
        id.copy_from_slice(&OPENED.to_le_bytes());
    }
    clear
}

/// Behind the password record only the contents are encrypted, the record headers are in clear: a workbook that
/// names no sheet, not even in a record that breaks off, has nothing that could run.
fn names_sheets(stream: &[u8]) -> bool {
    Records(stream, 0).any(|record| record.id == BOUND_SHEET)
}

/// A record with its place; the last may break off.
struct Record<'s> {
    at: usize,
    id: u16,
    claimed: usize,
    body: &'s [u8],
}

/// The records of a stream from a place on.
struct Records<'s>(&'s [u8], usize);

impl<'s> Iterator for Records<'s> {
    type Item = Record<'s>;

    fn next(&mut self) -> Option<Record<'s>> {
        let at = self.1;
        let id = half(self.0, at)?;
        let claimed = usize::from(half(self.0, at + 2)?);
        let rest = self.0.get(at + 4..)?;
        let body = rest.get(..claimed).unwrap_or(rest);
        self.1 = at + 4 + body.len();
        Some(Record {
            at,
            id,
            claimed,
            body,
        })
    }
}
