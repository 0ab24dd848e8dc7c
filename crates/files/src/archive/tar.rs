//! Tape archives (POSIX ustar, with the long names of GNU and pax): members in their order.

use crate::examine::{Carrier, Walk};
use crate::text::decode_text;
use crate::{kind_of, rules};
use strongroom_model::{Finding, Gap, Kind, Report, Span, Why};

const BLOCK: usize = 512;

/// A member by its header.
struct Member<'a> {
    name: String,
    kind: u8,
    content: &'a [u8],
    /// Whether the archive ends inside.
    cut: bool,
    rest: &'a [u8],
}

/// Reads each member as a child.
pub(crate) fn read_tar(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let mut rest = bytes;
    let mut long: Option<String> = None;
    while rest.iter().take(BLOCK).any(|byte| *byte != 0) {
        let Some(member) = member(rest) else {
            let what = "a member's header cannot be read; what stands behind it was not looked for";
            return report.gap(Gap::new("members", Why::Damaged, what));
        };
        rest = member.rest;
        match member.kind {
            b'L' => long = Some(decode_text(member.content).trim_end_matches('\0').to_owned()),
            b'x' => long = pax_path(member.content).or(long),
            b'g' | b'K' | b'V' => {}
            b'1'..=b'6' => long = None,
            // Regular files, of whatever kind, and what writers of their own call otherwise.
            _ => {
                let name = long.take().unwrap_or(member.name);
                if member.cut {
                    report.gap(
                        Gap::new(&name, Why::Truncated, "the archive ends inside the member").harmless(),
                    );
                }
                match walk.meter.charge_bytes(&name, member.content.len() as u64) {
                    Ok(()) => walk.child(report, Carrier::Archive, &name, member.content),
                    Err(gap) => return report.gap(gap),
                }
            }
        }
    }
    read_behind(bytes, rest, report, walk);
}

/// A block of zeros ends the archive, and zeros fill its last record; what else stands there is for somebody else, or
/// another archive: some programs put one behind the other.
fn read_behind(bytes: &[u8], rest: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    let Some(blank) = rest.iter().position(|byte| *byte != 0) else {
        return;
    };
    // Members begin at a block's beginning, which may be a zero for other files.
    let start = bytes.len() - rest.len() + blank;
    let start = match kind_of(bytes.get(start / BLOCK * BLOCK..).unwrap_or_default()) {
        Kind::Tar => start / BLOCK * BLOCK,
        _ => start,
    };
    let tail = bytes.get(start..).unwrap_or_default();
    let at = Span::bytes("content", start, bytes.len());
    let kind = kind_of(tail);
    if kind != Kind::Unknown {
        report.find(Finding::of(&rules::BEHIND_ARCHIVE, at).fact("kind", kind.as_str()));
    }
    match walk.meter.charge_bytes("behind the archive", tail.len() as u64) {
        Ok(()) => walk.child(report, Carrier::Archive, "behind the archive", tail),
        Err(gap) => report.gap(gap),
    }
}

fn member(bytes: &[u8]) -> Option<Member<'_>> {
    let head = bytes.get(..BLOCK)?;
    if !sums_up(head) {
        return None;
    }
    let size = usize::try_from(number(head.get(124..136)?)?).ok()?;
    let text = |from: usize, to: usize| {
        let raw = head.get(from..to).unwrap_or_default();
        let end = raw.iter().position(|byte| *byte == 0).unwrap_or(raw.len());
        decode_text(raw.get(..end).unwrap_or_default())
    };
    let (name, prefix) = (text(0, 100), text(345, 500));
    let is_posix = head.get(257..263) == Some(b"ustar\0");
    let body = bytes.get(BLOCK..)?;
    let padded = size.checked_add(BLOCK - 1)? / BLOCK * BLOCK;
    Some(Member {
        name: if is_posix && !prefix.is_empty() {
            format!("{prefix}/{name}")
        } else {
            name
        },
        kind: *head.get(156)?,
        content: body.get(..size).unwrap_or(body),
        cut: body.len() < size,
        rest: body.get(padded..).unwrap_or_default(),
    })
}

/// Returns whether the header's checksum holds: the sum of its bytes, its own place taken as blanks.
fn sums_up(head: &[u8]) -> bool {
    let sum: u64 = head
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if (148..156).contains(&at) {
                32
            } else {
                u64::from(*byte)
            }
        })
        .sum();
    head.get(148..156).and_then(number) == Some(sum)
}

/// Reads a number in octal digits, or in base 256 where its first bit is set.
fn number(raw: &[u8]) -> Option<u64> {
    let (first, rest) = raw.split_first()?;
    if first & 0x80 != 0 {
        let start = u64::from(first & 0x7F);
        return rest.iter().try_fold(start, |number, byte| {
            number.checked_mul(256)?.checked_add(u64::from(*byte))
        });
    }
    let text = std::str::from_utf8(raw).ok()?.trim_matches([' ', '\0']);
    if text.is_empty() {
        Some(0)
    } else {
        u64::from_str_radix(text, 8).ok()
    }
}

/// Reads the path out of a pax header: rows of a length, a name, a value.
fn pax_path(content: &[u8]) -> Option<String> {
    let text = decode_text(content);
    text.lines()
        .find_map(|line| line.split_once(" path=").map(|(_, path)| path.to_owned()))
}

#[cfg(test)]
mod tests {
    use strongroom_model::{Kind, Limits, Verdict};

    fn member(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
        let mut head = vec![0u8; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        head[156] = kind;
        head[257..263].copy_from_slice(b"ustar\0");
        head[148..156].fill(b' ');
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        head.extend_from_slice(content);
        head.resize(head.len().div_ceil(512) * 512, 0);
        head
    }

    #[test]
    fn members_are_children_under_their_long_names() {
        let long = "folder/".repeat(20) + "a.pdf";
        let bytes = [
            member("b.txt", b'0', b"hello"),
            member("././@LongLink", b'L', long.as_bytes()),
            member("cut", b'0', b"%PDF-1.4"),
            vec![0; 1024],
        ]
        .concat();
        let report = crate::examine("a.tar", &bytes, &Limits::default());
        let told: Vec<(&str, Kind)> = report
            .children
            .iter()
            .map(|child| (child.evidence.name.as_str(), child.evidence.kind))
            .collect();
        assert_eq!(told, [("b.txt", Kind::Text), (long.as_str(), Kind::Pdf)]);
        assert_eq!(report.verdict(), Verdict::Clean);
        for (behind, verdict, children) in [
            (
                &b"MZ\x90 is what follows, of no kind: \x01\x02\x03\x04".repeat(9)[..],
                Verdict::NotCleared,
                3,
            ),
            (&member("c.txt", b'0', b"more")[..], Verdict::Clean, 3),
            (&[0; 4096], Verdict::Clean, 2),
        ] {
            let report = crate::examine("a.tar", &[&bytes[..], behind].concat(), &Limits::default());
            assert_eq!((report.verdict(), report.children.len()), (verdict, children));
        }
        let mut broken = bytes;
        broken[512 * 2 + 3] ^= 1;
        assert_eq!(
            crate::examine("a.tar", &broken, &Limits::default()).verdict(),
            Verdict::NotCleared
        );
    }
}
