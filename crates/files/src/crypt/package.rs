//! Packages encrypted as a whole (MS-OFFCRYPTO 1.3.2): `EncryptedPackage` beside `EncryptionInfo`, told apart from what
//! rights management holds.

use super::agile::Agile;
use super::descriptor::{Descriptor, Fault};
use super::header::{Header, half};
use super::standard::Standard;
use super::{Stream, open, tell_scheme};
use crate::examine::Walk;
use crate::ole::{self, Compound, Ending};
use crate::rules;
use strongroom_model::{Finding, Gap, Report, Span, Why};

/// What `EncryptionInfo` says.
enum Scheme {
    Standard(Standard),
    Agile(Box<Agile>),
}

/// Opens a package and examines it as a child.
pub(super) fn unlock(compound: &Compound<'_>, main: &Stream<'_>, report: &mut Report, walk: &mut Walk<'_>) {
    let place = main.place();
    if let Err(gap) = read(compound, main, report, walk) {
        // The directory of the package stands at its end: where the file ends before that, by the package's own
        // length and not by what the directory entry claims, nothing opens it.
        let cut = compound
            .read_at(main.at)
            .is_some_and(|read| read.ending == Ending::Cut && breaks_off(&read.bytes));
        if cut {
            report.gap(Gap::new(place, Why::Truncated, "the file ends inside the stream").harmless());
        }
        report.gap(if cut { gap.harmless() } else { gap });
    }
}

fn read(
    compound: &Compound<'_>,
    main: &Stream<'_>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) -> Result<(), Gap> {
    let place = main.place();
    let Some(info) = compound.read(&main.beside("EncryptionInfo")) else {
        return Err(unnamed(compound, place, report));
    };
    let scheme = scheme(&info.bytes).map_err(|unread| {
        tell_scheme(place, unread.scheme, report);
        let gap = Gap::new(place, unread.cause, unread.why);
        if unread.lost { gap.harmless() } else { gap }
    })?;
    let damaged = || Gap::new(place, Why::Damaged, "the stream cannot be read");
    let stream = compound.read_at(main.at).ok_or_else(damaged)?;
    walk.meter.charge_bytes(place, stream.bytes.len() as u64)?;
    let (key, agile) = match &scheme {
        Scheme::Standard(standard) => (open(standard, place, report, walk)?, None),
        Scheme::Agile(agile) => (open(&**agile, place, report, walk)?, Some(agile)),
    };
    if agile.and_then(|agile| agile.is_intact(&key, &stream.bytes)) == Some(false) {
        // What was changed is examined like the rest: nothing hides behind that.
        let told = "the package is not the one that was encrypted: its integrity code differs";
        report.gap(Gap::new(place, Why::Damaged, told).harmless());
    }
    let content = decrypt(&stream.bytes, &key, agile.map(|agile| &**agile)).ok_or_else(damaged)?;
    if breaks_off(&stream.bytes) {
        report.gap(Gap::new(
            place,
            Why::Truncated,
            "the package ends before its own length",
        ));
    }
    let name = match main.storage.trim_start_matches('/') {
        "" => report.evidence.name.clone(),
        storage => storage.to_owned(),
    };
    ole::embed(&name, &content, report, walk);
    Ok(())
}

/// Decrypts the stream: eight bytes of length, then the content in whole blocks.
fn decrypt(stream: &[u8], key: &[u8], agile: Option<&Agile>) -> Option<Vec<u8>> {
    let (length, sealed) = stream.split_first_chunk::<8>()?;
    let mut content = sealed.to_vec();
    match agile {
        Some(agile) => agile.decrypt(key, &mut content)?,
        None => Standard::decrypt(key, &mut content),
    }
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    content.truncate(length);
    Some(content)
}

/// Returns whether an encrypted package ends before its own length (2.3.4.4).
fn breaks_off(package: &[u8]) -> bool {
    match package.split_first_chunk::<8>() {
        Some((length, content)) => (content.len() as u64) < u64::from_le_bytes(*length),
        None => true,
    }
}

/// Why `EncryptionInfo` opens nothing.
struct Unread {
    cause: Why,
    scheme: &'static str,
    why: String,
    /// What it lacks no program can do without.
    lost: bool,
}

impl Unread {
    fn new(cause: Why, scheme: &'static str, why: impl Into<String>) -> Unread {
        Unread {
            cause,
            scheme,
            why: why.into(),
            lost: false,
        }
    }
}

/// Reads the version and what it announces (2.3.4.5, 2.3.4.6, 2.3.4.10).
fn scheme(info: &[u8]) -> Result<Scheme, Unread> {
    let body = info.get(4..).unwrap_or_default();
    match (half(info, 0), half(info, 2)) {
        (Some(4), Some(4)) => {
            let descriptor = Descriptor::read(body.get(4..).unwrap_or_default());
            let descriptor = descriptor.map_err(unread_descriptor)?;
            Ok(Scheme::Agile(Box::new(Agile(descriptor))))
        }
        (Some(2..=4), Some(2)) => {
            let name = "ECMA-376 standard";
            let broken = || Unread::new(Why::Damaged, name, "the header of the encryption is broken");
            let header = Header::read(body).ok_or_else(broken)?;
            let unread = |what| Unread::new(Why::Encrypted, name, format!("{name}; {what} is not read"));
            Ok(Scheme::Standard(Standard::new(header).map_err(unread)?))
        }
        (Some(3 | 4), Some(3)) => {
            let name = "ECMA-376 extensible";
            let why = format!("{name}; only the program that wrote it knows its cipher");
            Err(Unread::new(Why::Encrypted, name, why))
        }
        (Some(major), Some(minor)) => {
            let why = format!("the encryption names version {major}.{minor}, which no specification does");
            Err(Unread::new(Why::Encrypted, "unknown", why))
        }
        _ => Err(Unread::new(
            Why::Damaged,
            "unknown",
            "the version of the encryption breaks off",
        )),
    }
}

fn unread_descriptor(fault: Fault) -> Unread {
    let name = "ECMA-376 agile";
    match fault {
        Fault::Damaged(why) => Unread::new(
            Why::Damaged,
            name,
            format!("the descriptor of the encryption: {why}"),
        ),
        Fault::Lost(why) => Unread {
            lost: true,
            ..Unread::new(
                Why::Damaged,
                name,
                format!("the descriptor of the encryption: {why}"),
            )
        },
        Fault::Unsupported(what) => Unread::new(Why::Encrypted, name, format!("{name}; {what} is not read")),
    }
}

/// A package without `EncryptionInfo`: its key lies with a server of rights management, or its scheme is not told.
fn unnamed(compound: &Compound<'_>, place: &str, report: &mut Report) -> Gap {
    let by_rights = compound.streams().iter().any(|entry| {
        let path = entry.path.to_ascii_lowercase();
        path.contains("drmencryptedtransform") || path.contains("drmencrypteddataspace")
    });
    if by_rights {
        report.find(Finding::of(&rules::RIGHTS, Span::bytes(place, 0, 0)));
        return rights(place);
    }
    tell_scheme(place, "unknown", report);
    Gap::new(place, Why::Encrypted, "no EncryptionInfo says how")
}

/// Tells a legacy document whose content lies under rights management (MS-OFFCRYPTO 1.3.3).
pub(super) fn tell_rights(main: &Stream<'_>, report: &mut Report) {
    let place = main.place();
    report.find(Finding::of(&rules::RIGHTS, Span::bytes(place, 0, 0)));
    report.gap(rights(place));
}

fn rights(place: &str) -> Gap {
    Gap::new(
        place,
        Why::Encrypted,
        "rights management (IRM): no password opens it, its key lies with a server",
    )
}

#[cfg(test)]
mod tests {
    use super::breaks_off;

    #[test]
    fn an_encrypted_package_breaks_off_by_its_own_length_alone() {
        assert!(breaks_off(b"\x05\0\0\0\0\0\0\0abcd"));
        assert!(!breaks_off(b"\x04\0\0\0\0\0\0\0abcd"));
        assert!(breaks_off(b"\x04\0"));
    }
}
