//! Encrypted presentations (MS-PPT 2.3.7): RC4 CryptoAPI, a key for each persistent object, pictures piece by piece.

use super::header::{half, word};
use super::legacy::{Fault, Key, Legacy};
use super::rc4::Rc4;
use super::{Stream, open, summary};
use crate::examine::Walk;
use crate::ole::Compound;
use crate::scan;
use std::collections::{BTreeMap, BTreeSet};
use strongroom_model::{Gap, Report, Why};

const USER_EDIT: u16 = 0x0FF5;
const DIRECTORY: u16 = 0x1772;
const SESSION: u16 = 0x2F14;
/// A picture's entry with its own header and name before the picture.
const STORE_ENTRY: u16 = 0xF007;
/// `headerToken` of `CurrentUserAtom` where the presentation is encrypted (MS-PPT 2.3.2).
const TOKEN: u32 = 0xF3D1_C4DF;

/// What the unencrypted records say.
struct Layout {
    /// The places of the persistent objects with their numbers.
    objects: BTreeMap<usize, u32>,
    /// The newest place of each number.
    newest: BTreeMap<u32, usize>,
    /// The place of the encryption's own record.
    session: Option<usize>,
}

/// Opens the streams of a presentation; what stays locked is withheld from the readers.
pub(super) fn unlock(
    compound: &mut Compound<'_>,
    main: &Stream<'_>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let Some(stream) = compound.read_at(main.at) else {
        return;
    };
    let user = compound.read(&main.beside("Current User"));
    let user = user.map(|user| user.bytes).unwrap_or_default();
    let layout = layout(&stream.bytes, word(&user, 16));
    let claims = word(&user, 12) == Some(TOKEN);
    if layout.session.is_none() && !claims {
        return;
    }
    let pictures = compound.find(&main.beside("Pictures"));
    match streams(&stream.bytes, &layout, main.place(), report, walk) {
        Ok((clear, key)) => {
            compound.replace(main.at, clear);
            if let Some(at) = pictures
                && let Some(stream) = compound.read_at(at)
                && walk
                    .meter
                    .charge_bytes("Pictures", stream.bytes.len() as u64)
                    .is_ok()
            {
                compound.replace(at, decrypt_pictures(stream.bytes, &key));
            }
            summary::unlock(compound, main, "EncryptedSummary", &key, report, walk);
        }
        Err(gap) => {
            report.gap(gap);
            compound.withhold(main.at);
            if let Some(at) = pictures {
                compound.withhold(at);
            }
        }
    }
}

fn streams(
    stream: &[u8],
    layout: &Layout,
    place: &str,
    report: &mut Report,
    walk: &mut Walk<'_>,
) -> Result<(Vec<u8>, Key), Gap> {
    let session = layout.session.and_then(|at| record(stream, at));
    let lock = session.map_or(Err(Fault::Damaged), |session| Legacy::read(session.body));
    let lock = lock.map_err(|fault| {
        fault.told(
            place,
            "the record of the encryption cannot be found or read",
            report,
        )
    })?;
    let key = open(&lock, place, report, walk)?;
    walk.meter.charge_bytes(place, stream.len() as u64)?;
    let (clear, whole) = decrypt(stream, layout, &key);
    if !whole {
        report.gap(Gap::new(
            place,
            Why::Damaged,
            "encrypted objects overlap; not all are opened",
        ));
    }
    Ok((clear, key))
}

/// Returns the place of each persistent object of a stream, by number, as the newest edit has it.
pub(crate) fn presentation_places(stream: &[u8]) -> BTreeMap<u32, usize> {
    layout(stream, None).newest
}

/// Follows the edits from the newest back, and reads the directory of each.
fn layout(stream: &[u8], newest: Option<u32>) -> Layout {
    let mut layout = Layout {
        objects: BTreeMap::new(),
        newest: BTreeMap::new(),
        session: None,
    };
    let newest = newest
        .map(|at| at as usize)
        .filter(|at| is(stream, *at, USER_EDIT));
    let mut next = newest.or_else(|| last_edit(stream));
    let mut edits = BTreeSet::new();
    let mut directories = BTreeSet::new();
    // Each object has its place in the stream, and no run is without one: directories that name more repeat themselves.
    let mut left = stream.len() / 4 + 1;
    let mut session = None;
    while let Some(at) = next.filter(|at| edits.insert(*at)) {
        let Some(edit) = record(stream, at).filter(|record| record.kind == USER_EDIT) else {
            break;
        };
        let directory = word(edit.body, 12).map(|at| at as usize);
        if let Some(directory) = directory.filter(|at| directories.insert(*at)) {
            left = read_directory(stream, directory, &mut layout, left);
        }
        session = session.or_else(|| word(edit.body, 28));
        next = word(edit.body, 8).filter(|at| *at != 0).map(|at| at as usize);
    }
    layout.session = session.and_then(|number| {
        let named = layout
            .objects
            .iter()
            .filter(|(_, own)| **own == number)
            .map(|(at, _)| *at);
        named.into_iter().find(|at| is(stream, *at, SESSION))
    });
    layout
}

/// Returns the last record that looks like an edit, for files without a current user.
fn last_edit(stream: &[u8]) -> Option<usize> {
    let mark = [0, 0, 0xF5, 0x0F];
    let found = std::iter::successors(scan::find(stream, &mark, 0), |at| {
        scan::find(stream, &mark, at + 1)
    });
    found
        .filter(|at| matches!(word(stream, at + 4), Some(0x1C | 0x20)))
        .last()
}

/// Reads the runs of a `PersistDirectoryAtom` (MS-PPT 2.3.4): a number, how many, their places.
fn read_directory(stream: &[u8], at: usize, layout: &mut Layout, mut left: usize) -> usize {
    let Some(directory) = record(stream, at).filter(|record| record.kind == DIRECTORY) else {
        return left;
    };
    let mut words = directory
        .body
        .as_chunks::<4>()
        .0
        .iter()
        .map(|raw| u32::from_le_bytes(*raw));
    while let Some(run) = words.next() {
        let (first, count) = (run & 0x000F_FFFF, run >> 20);
        left = left.saturating_sub(1);
        if left == 0 {
            return 0;
        }
        for (number, place) in (first..first + count).zip(words.by_ref()) {
            if left == 0 {
                return 0;
            }
            left -= 1;
            layout.objects.entry(place as usize).or_insert(number);
            layout.newest.entry(number).or_insert(place as usize);
        }
    }
    left
}

/// Decrypts each object with its own key: its header tells how long it is. Returns whether all were.
fn decrypt(stream: &[u8], layout: &Layout, key: &Key) -> (Vec<u8>, bool) {
    let mut clear = stream.to_vec();
    // Objects do not overlap in a real file; those that do could ask for any amount of work.
    let mut budget = stream.len().saturating_mul(2);
    for (at, number) in &layout.objects {
        let plain =
            record(stream, *at).is_some_and(|record| matches!(record.kind, USER_EDIT | DIRECTORY | SESSION));
        let (Some(sealed), Some(mut cipher)) = (stream.get(*at..), key.cipher(*number)) else {
            continue;
        };
        if plain || sealed.len() < 8 {
            continue;
        }
        let mut header: Vec<u8> = sealed.iter().take(8).copied().collect();
        cipher.apply(&mut header);
        let length = word(&header, 4)
            .map_or(0, |length| length as usize)
            .min(sealed.len() - 8);
        let Some(left) = budget.checked_sub(8 + length) else {
            return (clear, false);
        };
        budget = left;
        let mut body: Vec<u8> = sealed.iter().skip(8).take(length).copied().collect();
        cipher.apply(&mut body);
        let to = clear.iter_mut().skip(*at);
        to.zip(header.into_iter().chain(body))
            .for_each(|(to, from)| *to = from);
    }
    (clear, true)
}

/// Decrypts the pictures (MS-PPT 2.3.7, MS-ODRAW 2.2.23): each field begins the keystream anew.
fn decrypt_pictures(mut bytes: Vec<u8>, key: &Key) -> Vec<u8> {
    let mut at = 0;
    if let Some(fresh) = key.cipher(0) {
        // An entry is longer than what it begins with: no byte is decrypted twice.
        while let Some(next) = decrypt_picture(&mut bytes, at, &fresh).filter(|next| *next > at + 8) {
            at = next;
        }
    }
    bytes
}

/// Decrypts one picture and returns the place behind it.
fn decrypt_picture(bytes: &mut [u8], at: usize, fresh: &Rc4) -> Option<usize> {
    piece(bytes, fresh, at, 8)?;
    let (mut instance, mut kind, end) = picture_header(bytes, at)?;
    let mut at = at + 8;
    if kind == STORE_ENTRY {
        for length in [1, 1, 16, 2, 4, 4, 4, 1, 1, 1, 1] {
            piece(bytes, fresh, at, length)?;
            at += length;
        }
        let name = usize::from(*bytes.get(at - 3)?);
        piece(bytes, fresh, at, name)?;
        at += name;
        if at == end {
            return Some(end);
        }
        piece(bytes, fresh, at, 8)?;
        (instance, kind, _) = picture_header(bytes, at)?;
        at += 8;
    }
    let two = matches!(
        instance,
        0x217 | 0x3D5 | 0x46B | 0x543 | 0x6E1 | 0x6E3 | 0x6E5 | 0x7A9
    );
    for _ in 0..=usize::from(two) {
        piece(bytes, fresh, at, 16)?;
        at += 16;
    }
    let head = if matches!(kind, 0xF01A..=0xF01C) { 34 } else { 1 };
    piece(bytes, fresh, at, head)?;
    at += head;
    piece(bytes, fresh, at, end.min(bytes.len()).checked_sub(at)?)?;
    Some(end)
}

/// Decrypts a field with a keystream of its own.
fn piece(bytes: &mut [u8], fresh: &Rc4, at: usize, length: usize) -> Option<()> {
    fresh.clone().apply(bytes.get_mut(at..)?.get_mut(..length)?);
    Some(())
}

fn picture_header(bytes: &[u8], at: usize) -> Option<(u16, u16, usize)> {
    let end = (at + 8).checked_add(word(bytes, at + 4)? as usize)?;
    Some((half(bytes, at)? >> 4, half(bytes, at + 2)?, end))
}

/// A record of the main stream.
struct Record<'s> {
    kind: u16,
    body: &'s [u8],
}

fn record(stream: &[u8], at: usize) -> Option<Record<'_>> {
    let length = word(stream, at.checked_add(4)?)? as usize;
    let rest = stream.get(at + 8..)?;
    Some(Record {
        kind: half(stream, at + 2)?,
        body: rest.get(..length)?,
    })
}

fn is(stream: &[u8], at: usize, kind: u16) -> bool {
    record(stream, at).is_some_and(|record| record.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap();
        [&[0, 0][..], &kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
    }

    #[test]
    fn directories_inside_each_other_are_read_once() {
        const COUNT: u32 = 800;
        const EMPTY: u32 = 16 << 20;
        // Each edit names a directory of its own, and each directory reaches to the end, through runs of nothing.
        let edits = (0..COUNT).flat_map(|number| {
            let mut body = [0u8; 28];
            body[8..12].copy_from_slice(&(number.saturating_sub(1) * 36).to_le_bytes());
            body[12..16].copy_from_slice(&(COUNT * 36 + number * 8).to_le_bytes());
            atom(USER_EDIT, &body)
        });
        let directories = (0..COUNT).rev().flat_map(|behind| {
            let length = (behind * 8 + EMPTY).to_le_bytes();
            [&[0, 0][..], &DIRECTORY.to_le_bytes(), &length].concat()
        });
        let mut stream: Vec<u8> = edits.chain(directories).collect();
        stream.resize(stream.len() + EMPTY as usize, 0);
        let begun = std::time::Instant::now();
        let layout = layout(&stream, Some((COUNT - 1) * 36));
        assert!(layout.objects.len() <= stream.len() / 4 + 1);
        assert!(begun.elapsed().as_secs() < 10);
    }
}
