//! Monikers: where a linked object comes from (MS-OLEDS 2.3.3, MS-SHLLINK's neighbours in MS-OSHARED 2.3.7).
//!
//! The stream `\1Ole` is read by the classes that stand in it and not by the lengths around them: those are wrong in
//! the files that matter, and Office is not held back by that.

use crate::scan;
use crate::{names, rules};
use strongroom_model::{Finding, Gap, Limit, Observable, ObservableType, Report, Role, Span, Why};

/// Monikers of one class in one stream.
const MONIKERS: usize = 64;

/// A moniker's class as it stands in a file, and what follows it.
static CLASSES: &[([u8; 16], Class)] = &[
    (class(0x79EAC9E0, 0xBAF9, 0x11CE, 0x8C8200AA004BA90B), Class::Url),
    (class(0x00000303, 0, 0, 0xC000000000000046), Class::File),
    (class(0x00000309, 0, 0, 0xC000000000000046), Class::Composite),
    (class(0xECABAFC6, 0x7F19, 0x11D2, 0x978E0000F8757E2A), Class::New),
    (class(0xECABB0C7, 0x7F19, 0x11D2, 0x978E0000F8757E2A), Class::Soap),
    (
        class(0x06290BD3, 0x48AA, 0x11D2, 0x8432006008C3FBFC),
        Class::Script,
    ),
];

/// Lays out a GUID as it stands in a file (MS-DTYP 2.3.4.2).
pub(super) const fn class(a: u32, b: u16, c: u16, d: u64) -> [u8; 16] {
    let (a, b, c, d) = (a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes(), d.to_be_bytes());
    [
        a[0], a[1], a[2], a[3], b[0], b[1], c[0], c[1], d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7],
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Url,
    File,
    Composite,
    /// Makes a new object of a class: with a file before it, that file is run.
    New,
    /// Fetches a description of a service and compiles it.
    Soap,
    /// Loads a scriptlet.
    Script,
}

/// One moniker and the target that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Moniker {
    class: Class,
    target: String,
}

/// Reads a stream that may hold monikers and tells where they lead.
pub(super) fn read_monikers(stream: &[u8], place: &str, report: &mut Report) {
    let (found, more) = monikers(stream);
    let is = |class| found.iter().any(|moniker| moniker.class == class);
    let runs = is(Class::Script) || is(Class::Soap) || is(Class::New);
    let at = || Span::bytes(place, 0, stream.len());
    if more {
        report.gap(Gap::limit(place, Limit::Rows, MONIKERS));
    }
    for moniker in &found {
        tell_target(moniker.target.trim(), moniker.class, runs, &at(), report);
    }
}

/// Reads the stream `\3LinkInfo`, in which Word keeps what a link of a document names. Microsoft does not document it;
/// files have the target and its item in single bytes, four bytes, and both again in UTF-16, each with its count
/// of characters.
pub(super) fn read_link(stream: &[u8], place: &str, report: &mut Report) {
    let at = Span::bytes(place, 0, stream.len());
    match link_target(stream) {
        Some(target) => tell_target(target.trim(), Class::Url, false, &at, report),
        None => report.gap(Gap::new(place, Why::Damaged, "the link's target cannot be read")),
    }
    read_monikers(stream, place, report);
}

fn link_target(stream: &[u8]) -> Option<String> {
    let narrow = |bytes| counted(bytes, 1);
    let (target, rest) = narrow(stream)?;
    let wide_target = narrow(rest)
        .and_then(|(_, rest)| counted(rest.get(4..)?, 2))
        .map(|(target, _)| wide(target))
        .filter(|target| !target.is_empty());
    Some(wide_target.unwrap_or_else(|| crate::text::decode_text(until_zero(target))))
}

/// A count of characters, and as many of so many bytes each.
fn counted(bytes: &[u8], width: usize) -> Option<(&[u8], &[u8])> {
    let (count, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_le_bytes(*count)) * width)
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Tells where a link leads; `runs` says that what stands there is run.
fn tell_target(target: &str, class: Class, runs: bool, at: &Span, report: &mut Report) {
    if target.is_empty() {
        return;
    }
    if let Some(seen) = remote(target) {
        let rule = match (runs, class) {
            (true, _) => &rules::LINK_RUNS,
            (_, Class::Url) if seen.kind() == ObservableType::Url => &rules::LINK_FETCHES,
            _ => &rules::REMOTE_OBJECT,
        };
        let finding = Finding::of(rule, at.clone())
            .fact("what", "object")
            .fact("url", seen.value());
        report.find(finding.observing(&seen));
        return report.sight(seen, Role::Download);
    }
    let rule = match runs {
        true => Some(&rules::LINK_RUNS),
        false => names::runs(target).then_some(&rules::PACKAGE_RUNS),
    };
    if let Some(rule) = rule {
        let finding = Finding::of(rule, at.clone());
        report.find(finding.fact("url", target).fact("name", target));
    }
    report.sight(Observable::path(target), Role::Mentioned);
}

/// Returns what a target on another machine is: a URL, or the path of a share.
pub(crate) fn remote(target: &str) -> Option<Observable> {
    let bare = ["script:", "mhtml:", "soap:wsdl=", "soap:", "url:"]
        .iter()
        .find_map(|lead| {
            let head = target.get(..lead.len())?;
            head.eq_ignore_ascii_case(lead)
                .then(|| target.get(lead.len()..))?
        })
        .unwrap_or(target);
    if let Some(seen) = scan::urls(bare).next() {
        return Some(seen.observable);
    }
    let path = bare.strip_prefix("file:").unwrap_or(bare).replace('/', "\\");
    let share = path.trim_start_matches('\\');
    let host = share.split('\\').next().unwrap_or_default();
    let leads = path.len() - share.len() >= 2 && share.contains('\\');
    let own = matches!(host, "" | "." | "?" | "localhost" | "127.0.0.1") || host.contains(':');
    (leads && !own).then(|| Observable::path(&format!("\\\\{share}")))
}

/// Returns the monikers of a stream, and whether a class has more.
fn monikers(stream: &[u8]) -> (Vec<Moniker>, bool) {
    let mut places: Vec<(usize, Class)> = CLASSES
        .iter()
        .flat_map(|(bytes, class)| {
            let places = memchr::memmem::find_iter(stream, bytes).take(MONIKERS + 1);
            places.map(|at| (at, *class)).collect::<Vec<_>>()
        })
        .collect();
    let count = |class| places.iter().filter(|(_, own)| *own == class).count();
    let more = CLASSES.iter().any(|(_, class)| count(*class) > MONIKERS);
    places.sort_by_key(|(at, _)| *at);
    let mut found = Vec::new();
    for (at, class) in places {
        let rest = stream.get(at + 16..).unwrap_or_default();
        let target = match class {
            Class::File => file_target(rest),
            Class::Composite => None,
            _ => url_target(rest),
        };
        let moniker = Moniker {
            class,
            target: target.unwrap_or_default(),
        };
        if !found.contains(&moniker) {
            found.push(moniker);
        }
    }
    (found, more)
}

/// A length, then UTF-16 up to its zero (MS-OSHARED 2.3.7.6).
fn url_target(rest: &[u8]) -> Option<String> {
    Some(wide(rest.get(4..)?))
}

/// A FileMoniker (MS-OSHARED 2.3.7.8): a path in single bytes, and the same in UTF-16 where it is longer.
fn file_target(rest: &[u8]) -> Option<String> {
    let length = u32::from_le_bytes(*rest.get(2..)?.first_chunk::<4>()?) as usize;
    let behind = rest.get(6..)?;
    let narrow = behind.get(..length)?;
    let narrow = until_zero(narrow);
    // An end of the server's name, a version and reserved bytes, then the lengths of the wide path and its key.
    let tail = behind.get(length..)?.get(24..);
    let size = tail
        .and_then(|tail| tail.first_chunk::<4>())
        .map(|raw| u32::from_le_bytes(*raw));
    let wide_path = tail
        .filter(|_| size.is_some_and(|size| size > 6))
        .and_then(|tail| {
            let bytes = u32::from_le_bytes(*tail.get(4..)?.first_chunk::<4>()?) as usize;
            tail.get(10..)?.get(..bytes).map(wide)
        });
    Some(match wide_path {
        Some(path) if !path.is_empty() => path,
        _ => crate::text::decode_text(narrow),
    })
}

fn wide(bytes: &[u8]) -> String {
    const LONGEST: usize = 4096;
    let units = crate::text::units(bytes)
        .take(LONGEST)
        .take_while(|unit| *unit != 0);
    char::decode_utf16(units).map_while(Result::ok).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url_moniker(url: &str) -> Vec<u8> {
        let mut bytes = CLASSES[0].0.to_vec();
        bytes.extend(((url.len() + 1) as u32 * 2).to_le_bytes());
        bytes.extend(url.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
        bytes
    }

    #[test]
    fn a_url_moniker_names_what_is_fetched() {
        let stream = [&[1, 0, 0, 2, 9][..], &url_moniker("http://a.example/x.hta")].concat();
        assert_eq!(
            monikers(&stream).0,
            [Moniker {
                class: Class::Url,
                target: "http://a.example/x.hta".into()
            }]
        );
    }

    #[test]
    fn a_link_of_word_names_its_target() {
        let narrow = |text: &str| [&(text.len() as u16).to_le_bytes()[..], text.as_bytes()].concat();
        let wide = |text: &str| {
            let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [&(text.len() as u16).to_le_bytes()[..], &units].concat()
        };
        let stream = |target: &str| {
            [
                narrow(target),
                narrow("item"),
                vec![0; 4],
                wide(target),
                wide("item"),
            ]
            .concat()
        };
        let told = |stream: &[u8]| {
            let evidence = strongroom_model::Evidence::of_bytes("a", strongroom_model::Kind::Ole, b"");
            let mut report = Report::new(evidence);
            read_link(stream, "LinkInfo", &mut report);
            let codes: Vec<String> = report.findings.iter().map(|f| f.code.to_string()).collect();
            (codes.concat(), report.observables.len(), report.gaps.len())
        };
        assert_eq!(
            told(&stream("http://a.example/x")),
            ("files.link-fetches".into(), 1, 0)
        );
        assert_eq!(
            told(&stream("\\\\192.0.2.1\\s\\x.doc")),
            ("files.remote-object".into(), 1, 0)
        );
        assert_eq!(told(&narrow("C:\\x.doc")), (String::new(), 1, 0));
        assert_eq!(told(b"\xFF\xFFx"), (String::new(), 0, 1));
    }

    #[test]
    fn more_monikers_than_are_read_are_told() {
        let told = |count: usize| {
            let mut report = Report::new(strongroom_model::Evidence::of_bytes(
                "a",
                strongroom_model::Kind::Ole,
                b"",
            ));
            read_monikers(
                &url_moniker("http://a.example/").repeat(count),
                "Ole",
                &mut report,
            );
            report.gaps.len()
        };
        assert_eq!((told(MONIKERS), told(MONIKERS + 1)), (0, 1));
    }

    #[test]
    fn a_file_moniker_is_read_in_both_widths() {
        let mut bytes = CLASSES[1].0.to_vec();
        bytes.extend(b"\0\0\x08\0\0\0C:\\a.xl\0\xFF\xFF\xAD\xDE");
        bytes.extend([0; 20]);
        bytes.extend([0; 4]);
        assert_eq!(monikers(&bytes).0[0].target, "C:\\a.xl");
    }

    #[test]
    fn shares_and_urls_are_on_another_machine() {
        let value = |target: &str| remote(target).map(|seen| seen.value().to_owned());
        assert_eq!(
            value("script:http://a.example/x.sct").as_deref(),
            Some("http://a.example/x.sct")
        );
        assert!(value("\\\\192.0.2.1\\s\\x.doc").is_some());
        assert!(value("file:///\\\\h.example\\s\\x").is_some());
        assert!(value("C:\\x.doc").is_none());
        assert!(value("\\\\.\\pipe\\x").is_none());
    }
}
