//! Outlook messages in compound files (MS-OXMSG): properties as streams, attachments and attached messages as storages.
//!
//! An attached message or object is a storage of the same file. It is put into a file of its own and read as a child.

use super::property::{Properties, Value, tag};
use super::{attach, bodies, by_reference, name_of, people};
use crate::examine::Walk;
use crate::ole::{Compound, Ending};
use crate::{password, rules};
use encoding_rs::Encoding;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Cursor, Write};
use strongroom_model::{Finding, Gap, Limit, Observable, Report, Role, Span, Why};

/// Bytes before the entries of a property stream: of a message, of an attached one, of the rest (MS-OXMSG 2.4.1).
const HEAD: usize = 32;
const HEAD_INNER: usize = 24;
const HEAD_OTHER: usize = 8;
const PROPERTIES: &str = "__properties_version1.0";
const NAMES: &str = "__nameid_version1.0";
const ATTACHMENT: &str = "__attach_version1.0_";
/// Streams of one storage that are put into a file of its own.
const STREAMS: usize = 4096;
/// `PSETID_Common`, and the file that a reminder plays (MS-OXPROPS 2.219).
const COMMON: [u8; 16] = [0x08, 0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];
const REMINDER_FILE: u32 = 0x851F;

/// The storages of a file: what stands in each.
struct Tree<'c> {
    compound: &'c Compound<'c>,
    streams: HashMap<&'c str, BTreeMap<String, usize>>,
    storages: HashMap<&'c str, BTreeSet<&'c str>>,
}

impl<'c> Tree<'c> {
    fn of(compound: &'c Compound<'c>) -> Self {
        let mut tree = Tree {
            compound,
            streams: HashMap::new(),
            storages: HashMap::new(),
        };
        for (at, entry) in compound.streams().iter().enumerate() {
            let Some((mut storage, name)) = entry.path.rsplit_once('/') else {
                continue;
            };
            // Names differ in case nowhere but in files made by hand.
            let streams = tree.streams.entry(storage).or_default();
            streams.entry(name.to_ascii_lowercase()).or_insert(at);
            while let Some((above, _)) = storage.rsplit_once('/') {
                if !tree.storages.entry(above).or_default().insert(storage) {
                    break;
                }
                storage = above;
            }
        }
        tree
    }

    fn read(&self, storage: &str, name: &str) -> Option<(Vec<u8>, Ending)> {
        let at = self.streams.get(storage)?.get(&name.to_ascii_lowercase())?;
        let read = self.compound.read_at(*at)?;
        Some((read.bytes, read.ending))
    }

    /// Returns the storages in one whose names begin so, in the order of their names.
    fn storages<'t>(&'t self, storage: &str, prefix: &'t str) -> impl Iterator<Item = &'c str> + 't {
        let inner = self.storages.get(storage).into_iter().flatten().copied();
        inner.filter(move |path| {
            let name = path.rsplit('/').next().unwrap_or(path);
            name.get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        })
    }

    /// Reads the properties of a storage but for the content of an attachment.
    fn properties(&self, storage: &str, head: usize) -> Properties {
        let mut properties = Properties::default();
        let table = self
            .read(storage, PROPERTIES)
            .map(|(bytes, _)| bytes)
            .unwrap_or_default();
        for row in table.get(head..).unwrap_or_default().as_chunks::<16>().0 {
            let [a, b, c, d, _, _, _, _, value @ ..] = *row;
            let (kind, tag) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
            // Others stand in streams; here is their length.
            if matches!(kind, 0x0002..=0x0007 | 0x000B | 0x0014 | 0x0040) {
                properties.add(tag, Value::Fixed(value));
            }
        }
        for (name, at) in self.streams.get(storage).into_iter().flatten() {
            let Some((tag, kind)) = tag_of(name).filter(|(tag, _)| *tag != tag::CONTENT) else {
                continue;
            };
            if let Some(read) = self.compound.read_at(*at) {
                properties.add(
                    tag,
                    Value::Bytes {
                        kind,
                        bytes: read.bytes,
                    },
                );
            }
        }
        properties
    }
}

/// Reads tag and type out of the name of a property's stream, `__substg1.0_TTTTYYYY`.
fn tag_of(name: &str) -> Option<(u16, u16)> {
    let digits = name
        .strip_prefix("__substg1.0_")
        .filter(|digits| digits.len() == 8)?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    Some(((number >> 16) as u16, (number & 0xFFFF) as u16))
}

/// Reads the message of a compound file.
pub(crate) fn read_message(compound: &Compound<'_>, report: &mut Report, walk: &mut Walk<'_>) {
    let tree = Tree::of(compound);
    let message = tree.properties("", HEAD);
    let page = message.encoding(tag::MESSAGE_PAGE);
    let recipients: Vec<Properties> = tree
        .storages("", "__recip_version1.0_")
        .map(|storage| tree.properties(storage, HEAD_OTHER))
        .collect();
    people(&message, &recipients, page, report);
    reminder(&tree, &message, page, report);
    let texts = bodies(&message, page, report, walk);
    walk.offering(password::candidates(&texts), |walk| {
        for storage in tree.storages("", ATTACHMENT) {
            attachment(&tree, storage, page, report, walk);
        }
    });
}

/// Returns whether a path of a message's file leads into what is attached to it.
pub(crate) fn is_attached(path: &str) -> bool {
    let start = path.trim_start_matches('/').get(..ATTACHMENT.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(ATTACHMENT))
}

fn attachment(
    tree: &Tree<'_>,
    storage: &str,
    page: Option<&'static Encoding>,
    report: &mut Report,
    walk: &mut Walk<'_>,
) {
    let properties = tree.properties(storage, HEAD_OTHER);
    let place = storage.trim_start_matches('/');
    let name = name_of(&properties, page).unwrap_or_else(|| place.to_owned());
    let told = by_reference(&properties, page, report);
    if let Some((content, ending)) = tree.read(storage, "__substg1.0_37010102") {
        report.gaps.extend(broken_off(place, ending));
        return attach(&name, &content, report, walk);
    }
    let inner = format!("{storage}/__substg1.0_3701000D");
    let most = walk.limits().unpacked_bytes;
    if walk.meter.bytes_left() == 0 {
        return report.gap(Gap::limit(place, Limit::UnpackedBytes, most));
    }
    match own_file(tree, &inner) {
        Some(file) => attach(&name, &file, report, walk),
        None if tree.streams.contains_key(inner.as_str()) || tree.storages.contains_key(inner.as_str()) => {
            let what = "an attached object has too many streams, or cannot be read";
            report.gap(Gap::new(place, Why::Damaged, what));
        }
        // Outlook shows what is missing as nothing.
        None if !told => {
            report.gap(Gap::new(place, Why::Damaged, "the attachment has no content").harmless())
        }
        None => {}
    }
}

/// What lies behind the end of the file is not in the evidence; a broken chain may hide.
fn broken_off(place: &str, ending: Ending) -> Option<Gap> {
    match ending {
        Ending::Whole => None,
        Ending::Cut => {
            Some(Gap::new(place, Why::Truncated, "the file ends inside the attachment").harmless())
        }
        Ending::Broken => Some(Gap::new(
            place,
            Why::Damaged,
            "the attachment's chain of sectors is broken",
        )),
    }
}

/// Returns a storage as a file of its own. A message's properties begin otherwise there, and its names stand in the
/// outermost message alone.
fn own_file(tree: &Tree<'_>, storage: &str) -> Option<Vec<u8>> {
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    let mut open = vec![storage];
    while let Some(at) = open.pop() {
        for (name, number) in tree.streams.get(at).into_iter().flatten() {
            let inner = at.get(storage.len()..).unwrap_or_default();
            let entry = tree.compound.streams().get(*number)?;
            let own = entry.path.rsplit('/').next().unwrap_or(name);
            parts.push((format!("{inner}/{own}"), tree.compound.read_at(*number)?.bytes));
            if parts.len() > STREAMS {
                return None;
            }
        }
        open.extend(tree.storages.get(at).into_iter().flatten());
    }
    let head = format!("/{PROPERTIES}");
    if let Some((_, table)) = parts
        .iter_mut()
        .find(|(path, _)| path.eq_ignore_ascii_case(&head))
    {
        let at = HEAD_INNER.min(table.len());
        table.splice(at..at, [0; HEAD - HEAD_INNER]);
        let names = format!("/{NAMES}");
        for (name, number) in tree.streams.get(names.as_str()).into_iter().flatten() {
            parts.push((format!("{names}/{name}"), tree.compound.read_at(*number)?.bytes));
        }
    }
    if parts.is_empty() {
        return None;
    }
    write(&parts).ok()
}

fn write(parts: &[(String, Vec<u8>)]) -> std::io::Result<Vec<u8>> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    for (path, bytes) in parts {
        if let Some((storage, _)) = path.rsplit_once('/').filter(|(storage, _)| !storage.is_empty()) {
            file.create_storage_all(storage)?;
        }
        file.create_stream(path)?.write_all(bytes)?;
    }
    let storages: Vec<std::path::PathBuf> = file
        .walk()
        .filter(|entry| !entry.is_stream())
        .map(|entry| entry.path().to_owned())
        .collect();
    for path in storages {
        // The same evidence gives the same bytes.
        file.set_modified_time(&path, std::time::SystemTime::UNIX_EPOCH)?;
        if path.parent().is_some() {
            file.set_created_time(&path, std::time::SystemTime::UNIX_EPOCH)?;
        }
    }
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

/// A reminder that plays a file on another machine makes Outlook log on there, with nobody asked.
fn reminder(tree: &Tree<'_>, message: &Properties, page: Option<&'static Encoding>, report: &mut Report) {
    let Some(tag) = named(tree, COMMON, REMINDER_FILE) else {
        return;
    };
    let Some(path) = message
        .text(tag, page)
        .filter(|path| path.starts_with("\\\\") || path.contains("://"))
    else {
        return;
    };
    let observable = Observable::url(&path).unwrap_or_else(|_| Observable::path(&path));
    let finding = Finding::of(&rules::REMINDER_ELSEWHERE, Span::whole()).fact("path", path.as_str());
    report.find(finding.observing(&observable));
    report.sight(observable, Role::Download);
}

/// Returns the tag of a property that is named by a number (MS-OXMSG 2.2.3).
fn named(tree: &Tree<'_>, set: [u8; 16], number: u32) -> Option<u16> {
    let storage = format!("/{NAMES}");
    let (sets, _) = tree.read(&storage, "__substg1.0_00020102")?;
    let (rows, _) = tree.read(&storage, "__substg1.0_00030102")?;
    let row = rows.as_chunks::<8>().0.iter().find(|row| {
        let [a, b, c, d, e, f, _, _] = **row;
        let kind = u16::from_le_bytes([e, f]);
        let from = usize::from(kind >> 1).checked_sub(3);
        let own = from.and_then(|at| sets.as_chunks::<16>().0.get(at)).copied();
        kind & 1 == 0 && u32::from_le_bytes([a, b, c, d]) == number && own == Some(set)
    })?;
    let [.., e, f] = *row;
    u16::from_le_bytes([e, f]).checked_add(0x8000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::{Kind, Limits, Verdict};

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn number(tag: u16, value: u32) -> Vec<u8> {
        let head = [&3u16.to_le_bytes()[..], &tag.to_le_bytes(), &[6, 0, 0, 0]].concat();
        [&head[..], &value.to_le_bytes(), &[0; 4]].concat()
    }

    fn examine(parts: &[(&str, Vec<u8>)]) -> Report {
        let parts: Vec<(String, Vec<u8>)> = parts
            .iter()
            .map(|(path, bytes)| ((*path).to_owned(), bytes.clone()))
            .collect();
        crate::examine("m.msg", &write(&parts).unwrap(), &Limits::default())
    }

    #[test]
    fn macros_beside_the_properties_of_a_message_are_read() {
        let project = crate::write_vba_project(&[("M", "Sub AutoOpen()\nMsgBox 1\nEnd Sub\n")]);
        let compound = Compound::open(&project).unwrap();
        let streams = compound.streams().iter().enumerate();
        let streams: Vec<(String, Vec<u8>)> = streams
            .map(|(at, entry)| (entry.path.clone(), compound.read_at(at).unwrap().bytes))
            .collect();
        let codes = |under: &str| {
            let mut parts: Vec<(String, Vec<u8>)> = streams
                .iter()
                .map(|(path, bytes)| (format!("{under}{path}"), bytes.clone()))
                .collect();
            parts.push((format!("/{PROPERTIES}"), vec![0; HEAD]));
            let report = crate::examine("m.msg", &write(&parts).unwrap(), &Limits::default());
            assert_eq!(report.evidence.kind, Kind::Msg);
            let all = report.walk().into_iter().flat_map(|report| &report.findings);
            all.map(|finding| finding.code.to_string())
                .filter(|code| code == "macro.auto-run")
                .count()
        };
        assert_eq!(codes(""), 1);
        assert_eq!(codes("/Macros"), 1);
        assert_eq!(codes("/__attach_version1.0_#00000000/__substg1.0_3701000D"), 1);
    }

    #[test]
    fn attached_files_are_put_together_only_while_there_is_room() {
        let inner = |number: u32| format!("/__attach_version1.0_#{number:08X}/__substg1.0_3701000D/CONTENTS");
        let parts: Vec<(String, Vec<u8>)> = (0..4)
            .map(|number| (inner(number), vec![7; 9000]))
            .chain([(format!("/{PROPERTIES}"), vec![0; HEAD])])
            .collect();
        let limits = Limits {
            unpacked_bytes: 20_000,
            ..Limits::default()
        };
        let report = crate::examine("m.msg", &write(&parts).unwrap(), &limits);
        assert_eq!(report.children.len(), 1);
        let full = report
            .gaps
            .iter()
            .filter(|gap| gap.cause == Why::Limit(Limit::UnpackedBytes));
        assert_eq!(full.count(), 3);
    }

    #[test]
    fn people_bodies_and_attachments_are_read() {
        let inner = "/__attach_version1.0_#00000001/__substg1.0_3701000D";
        let page = [number(tag::MESSAGE_PAGE, 1251)].concat();
        let parts = [
            ("/__properties_version1.0", [vec![0; HEAD], page].concat()),
            (
                "/__substg1.0_0037001E",
                b"\xCF\xF0\xE8 https://subject.example/".to_vec(),
            ),
            ("/__substg1.0_1000001F", wide("the password is \"Kim-2019!\"")),
            (
                "/__substg1.0_007D001F",
                wide(
                    "From: Mallory <m@b.example>\r\nDate: Mon, 1 Apr 2019 10:00:00 +0000\r\nTo: a@c.example",
                ),
            ),
            (
                "/__recip_version1.0_#00000000/__substg1.0_39FE001F",
                wide("d@c.example"),
            ),
            (
                "/__attach_version1.0_#00000000/__substg1.0_37010102",
                b"hello there".to_vec(),
            ),
            (
                "/__attach_version1.0_#00000000/__substg1.0_3707001F",
                wide("a.txt"),
            ),
            (&format!("{inner}/__properties_version1.0"), vec![0; HEAD_INNER]),
            (
                &format!("{inner}/__substg1.0_1000001F"),
                wide("see https://inner.example/"),
            ),
        ];
        let report = examine(&parts);
        assert_eq!(
            (report.evidence.kind, report.gaps.len()),
            (Kind::Msg, 0),
            "{:?}",
            report.gaps
        );
        let told: Vec<(&str, Role)> = report
            .observables
            .iter()
            .map(|seen| (seen.observable.value(), seen.role))
            .collect();
        for expected in [
            ("m@b.example", Role::Sender),
            ("a@c.example", Role::Recipient),
            ("d@c.example", Role::Recipient),
            ("https://subject.example/", Role::Mentioned),
        ] {
            assert!(told.contains(&expected), "{expected:?} in {told:?}");
        }
        assert!(
            report
                .findings
                .iter()
                .any(|finding| finding.title.contains("2019-04-01"))
        );
        let children: Vec<(&str, Kind)> = report
            .children
            .iter()
            .map(|child| (child.evidence.name.as_str(), child.evidence.kind))
            .collect();
        assert_eq!(
            children,
            [
                ("a.txt", Kind::Text),
                ("__attach_version1.0_#00000001", Kind::Msg)
            ]
        );
        assert_eq!(
            report.children[1].observables[0].observable.value(),
            "https://inner.example/"
        );
    }

    #[test]
    fn what_stands_elsewhere_is_told() {
        let method = [vec![0; HEAD_OTHER], number(tag::METHOD, 2)].concat();
        let attached = examine(&[
            ("/__properties_version1.0", vec![0; HEAD]),
            ("/__attach_version1.0_#00000000/__properties_version1.0", method),
            (
                "/__attach_version1.0_#00000000/__substg1.0_370D001F",
                wide("\\\\192.0.2.1\\share\\x.doc"),
            ),
        ]);
        assert_eq!(attached.findings[0].code, "files.attached-by-reference");
        let row = [
            &REMINDER_FILE.to_le_bytes()[..],
            &(3u16 << 1).to_le_bytes(),
            &7u16.to_le_bytes(),
        ]
        .concat();
        let reminder = examine(&[
            ("/__properties_version1.0", vec![0; HEAD]),
            ("/__nameid_version1.0/__substg1.0_00020102", COMMON.to_vec()),
            ("/__nameid_version1.0/__substg1.0_00030102", row),
            ("/__substg1.0_8007001F", wide("\\\\192.0.2.1\\share\\x.wav")),
        ]);
        assert_eq!(reminder.findings[0].code, "files.reminder-elsewhere");
        assert_eq!(reminder.verdict(), Verdict::Suspicious);
    }

    #[test]
    fn a_rich_body_is_read() {
        let text = br"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}https://rich.example/ {\object\objdata 0105}{\*\htmltag72 </p>}}";
        let size = |add: usize| u32::try_from(text.len() + add).unwrap().to_le_bytes();
        let rich = [&size(12)[..], &size(0), b"MELA\0\0\0\0", text].concat();
        let report = examine(&[
            ("/__properties_version1.0", vec![0; HEAD]),
            ("/__substg1.0_10090102", rich),
        ]);
        assert_eq!(report.observables[0].observable.value(), "https://rich.example/");
        assert_eq!(report.children[0].evidence.kind, Kind::Rtf);
    }
}
