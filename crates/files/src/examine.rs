//! The walk through one piece of evidence and all that it contains, under one meter.

use crate::password::{self, Offered};
use crate::vba::Item;
use crate::{
    archive, executable, flat, hidden, image, kind_of, lnk, mail, mapi, markup, ole, package, pdf, rtf, scan,
    unfold,
};
use std::rc::Rc;
use strongroom_model::{Evidence, Gap, Kind, Limit, Limits, Meter, Report, Why};

/// What carries a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// A mail or message; the child came as its attachment.
    Mail,
    /// An archive or a compressed stream.
    Archive,
    /// An office document; the child is embedded.
    Document,
    /// A script; the child is what it writes or loads.
    Script,
    /// An image with something behind its end.
    Image,
}

/// Examines bytes and all that they contain.
///
/// The name serves for the report and for what a reader would take the file for; the kind is decided by
/// content. Never fails and never panics: what could not be read is a gap. Memory is bounded by
/// [`Limits::unpacked_bytes`], work by the number of children, bytes and script steps.
///
/// ```
/// use strongroom_model::{Limits, Verdict};
/// let report = strongroom_files::examine("note.txt", b"see https://a.example/", &Limits::default());
/// assert_eq!(report.verdict(), Verdict::Clean);
/// assert_eq!(report.observables[0].observable.value(), "https://a.example/");
/// ```
pub fn examine(name: &str, bytes: &[u8], limits: &Limits) -> Report {
    examine_with(name, bytes, limits, &NOTHING)
}

/// What a user may add to an examination.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Passwords that are tried on whatever is locked.
    pub passwords: Vec<String>,
}

static NOTHING: Options = Options {
    passwords: Vec::new(),
};

/// Examines like [`examine`], with what the user adds.
pub fn examine_with(name: &str, bytes: &[u8], limits: &Limits, options: &Options) -> Report {
    read(name, bytes, &mut Walk::with(limits, options))
}

/// What one examination has used, and how it came to where it is.
pub(crate) struct Walk<'a> {
    /// Bytes and children, all levels together.
    pub meter: Meter<'a>,
    above: Vec<Carrier>,
    options: &'a Options,
    passwords: Vec<String>,
    rounds: u64,
    scripts: u32,
    /// The presentation whose project the child at hand may be: it stands in a file of its own inside.
    pub presentation: Option<Rc<Item>>,
}

/// Rounds of hashing that the passwords of one input may cost for each step of an evaluation, all levels together. By
/// default a mail's three hundred words on one document of today, or three on one that asks for the most that its format
/// allows.
const ROUNDS: u64 = 16;

impl<'a> Walk<'a> {
    /// Starts with nothing used and nothing above.
    pub fn new(limits: &'a Limits) -> Self {
        Walk {
            meter: Meter::new(limits),
            above: Vec::new(),
            options: &NOTHING,
            passwords: Vec::new(),
            rounds: 0,
            scripts: 0,
            presentation: None,
        }
    }

    /// Starts with what the user adds.
    pub fn with(limits: &'a Limits, options: &'a Options) -> Self {
        Walk {
            options,
            ..Walk::new(limits)
        }
    }

    /// Returns the limits of the examination.
    pub fn limits(&self) -> &'a Limits {
        self.meter.limits()
    }

    /// Returns what carries the evidence at hand, the outermost first.
    pub fn above(&self) -> &[Carrier] {
        &self.above
    }

    /// Returns the passwords on offer, the likelier first.
    pub fn offered(&self) -> Vec<Offered> {
        password::offered(&self.options.passwords, &self.passwords)
    }

    /// Takes the rounds of hashing that one password costs; the gap says how many passwords were tried before.
    pub fn charge_rounds(&mut self, place: &str, rounds: u64, tried: usize) -> Result<(), Gap> {
        let most = self.limits().steps.saturating_mul(ROUNDS);
        if self.rounds.saturating_add(rounds) > most {
            let detail = format!("{most} rounds of hashing passwords; {tried} passwords were tried");
            return Err(Gap::limit(place, Limit::Steps, detail));
        }
        self.rounds += rounds;
        Ok(())
    }

    /// Takes one of the script evaluations that one input may cost; there are as many as layers times sixteen.
    pub fn charge_script(&mut self, place: &str) -> Result<(), Gap> {
        let most = self.limits().layers.saturating_mul(16);
        if self.scripts >= most {
            return Err(Gap::limit(
                place,
                Limit::Steps,
                format!("{most} scripts of one input"),
            ));
        }
        self.scripts += 1;
        Ok(())
    }

    /// Examines a child and puts its report under the parent's. The bytes were charged by whoever unpacked them.
    pub fn child(&mut self, parent: &mut Report, carrier: Carrier, name: &str, bytes: &[u8]) {
        if self.above.len() as u64 >= u64::from(self.limits().depth) {
            parent.gap(Gap::limit(name, Limit::Depth, self.limits().depth));
            return;
        }
        if let Err(gap) = self.meter.charge_child(name) {
            parent.gap(gap);
            return;
        }
        self.above.push(carrier);
        parent.children.push(read(name, bytes, self));
        self.above.pop();
    }

    /// Runs `inner` with further passwords on offer.
    pub fn offering(&mut self, passwords: Vec<String>, inner: impl FnOnce(&mut Self)) {
        let before = self.passwords.len();
        self.passwords.extend(passwords);
        inner(self);
        self.passwords.truncate(before);
    }
}

fn read(name: &str, bytes: &[u8], walk: &mut Walk<'_>) -> Report {
    let size = bytes.len() as u64;
    if size > walk.limits().input_bytes {
        let mut report = Report::new(Evidence::of_bytes(name, Kind::Unknown, bytes));
        report.gap(Gap::limit(
            "content",
            Limit::InputBytes,
            walk.limits().input_bytes,
        ));
        return report;
    }
    let kind = kind_of(bytes);
    let mut report = Report::new(Evidence::of_bytes(name, kind, bytes));
    dispatch(kind, bytes, &mut report, walk);
    hidden::read_appended(kind, bytes, &mut report, walk);
    report.bound(walk.limits().rows);
    report
}

fn dispatch(kind: Kind, bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    match kind {
        Kind::Empty => {}
        Kind::Mail => mail::read_mail(bytes, report, walk),
        Kind::Ole | Kind::Doc | Kind::Xls | Kind::Ppt | Kind::Publisher | Kind::VbaProject | Kind::Msg => {
            ole::read_compound(bytes, report, walk)
        }
        Kind::Visio if bytes.starts_with(b"\xD0\xCF") => ole::read_compound(bytes, report, walk),
        Kind::Docx
        | Kind::Docm
        | Kind::Xlsx
        | Kind::Xlsm
        | Kind::Xlsb
        | Kind::Pptx
        | Kind::Pptm
        | Kind::Visio
        | Kind::Opc => package::read_package(bytes, report, walk),
        Kind::Odf => package::read_open_document(bytes, report, walk),
        Kind::Zip => archive::read_zip(bytes, report, walk),
        Kind::Tar => archive::read_tar(bytes, report, walk),
        Kind::Gzip => archive::read_gzip(bytes, report, walk),
        Kind::Rtf => rtf::read_rtf(bytes, report, walk),
        Kind::Lnk => lnk::read_shortcut(bytes, report, walk),
        Kind::Exe | Kind::Elf | Kind::MachO | Kind::Class => executable::read_executable(report, walk),
        Kind::PowerShell | Kind::Batch | Kind::Vbs | Kind::Vba => {
            unfold::read_script(kind, bytes, report, walk)
        }
        Kind::Text | Kind::Csv | Kind::Json | Kind::Iqy | Kind::Url | Kind::Pem | Kind::Pgp => {
            markup::read_text(bytes, report, walk);
        }
        Kind::Sylk => unfold::read_sylk(bytes, report, walk),
        Kind::Html | Kind::Xml | Kind::Svg | Kind::Plist => markup::read_markup(bytes, report, walk),
        Kind::Png | Kind::Jpeg | Kind::Gif | Kind::Bmp => image::read_image(kind, bytes, report, walk),
        Kind::Webp | Kind::Tiff | Kind::Heif | Kind::Ico | Kind::Emf | Kind::Pict => {}
        Kind::Audio | Kind::Video | Kind::Font => {}
        Kind::Pdf => pdf::read_pdf(bytes, report, walk),
        Kind::Tnef => mapi::read_tnef(bytes, report, walk),
        Kind::Der => read_der(bytes, report, walk),
        Kind::Unknown if flat::is_active_mime(bytes) => flat::read_active_mime(bytes, report, walk),
        Kind::Unknown => read_unknown(bytes, report),
        // Packet captures, logs and tables are other rooms' evidence; alone here they are told and not read.
        other => report.gap(Gap::new(
            "content",
            Why::Unsupported,
            format!("{other} is not read inside"),
        )),
    }
}

/// Bytes other than zero that any code or container needs at least.
const LEAST: usize = 64;

/// Characters in a row that may be a command.
const WORD: usize = 6;

/// What is of no kind hides, unless there is next to nothing in it and none of that reads like a command.
fn read_unknown(bytes: &[u8], report: &mut Report) {
    let gap = Gap::new(
        "content",
        Why::Unsupported,
        "the content is of no kind known here",
    );
    report.gap(if tells_nothing(bytes) { gap.harmless() } else { gap });
}

/// Bytes that are looked at together; most of a large file of zeros is zeros.
const BLOCK: usize = 4096;

/// Returns whether bytes of no kind are too few to be code or a container, with nothing in them that reads like a command.
pub(crate) fn tells_nothing(bytes: &[u8]) -> bool {
    const ZEROS: [u8; BLOCK] = [0; BLOCK];
    let blocks = bytes.chunks(BLOCK).enumerate();
    let used = blocks.filter(|(_, block)| ZEROS.get(..block.len()) != Some(*block));
    let mut telling = 0;
    for (number, block) in used {
        telling += block.iter().filter(|byte| **byte != 0).count();
        // A word may stand across the end of a block.
        let from = (number * BLOCK).saturating_sub(WORD);
        let around = bytes
            .get(from..(from + BLOCK + 2 * WORD).min(bytes.len()))
            .unwrap_or(block);
        let mut runs = around.split(|byte| !(0x20..0x7F).contains(byte));
        if telling >= LEAST || runs.any(|run| run.len() >= WORD) {
            return false;
        }
    }
    true
}

/// Certificates, keys and detached signatures hold nothing; a sealed message does (RFC 5652).
fn read_der(bytes: &[u8], report: &mut Report, walk: &mut Walk<'_>) {
    const PKCS7: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07";
    let head = bytes.get(..64).unwrap_or(bytes);
    let Some(class) = scan::find(head, PKCS7, 0).and_then(|at| head.get(at + PKCS7.len())) else {
        return;
    };
    // The type of the content and nothing behind it: the signature stands apart from what it signs.
    let detached = [
        &b"\x30\x0B\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"[..],
        b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01\0\0",
    ];
    if *class == 2
        && let Some(content) = mail::content_of_signed(bytes)
    {
        return match walk.meter.charge_bytes("signed", content.len() as u64) {
            Ok(()) => walk.child(report, Carrier::Archive, "signed", &content),
            Err(gap) => report.gap(gap),
        };
    }
    match class {
        2 if !detached.iter().any(|mark| scan::find(bytes, mark, 0).is_some()) => {
            report.gap(Gap::new(
                "content",
                Why::Unsupported,
                "a message inside its signature (PKCS #7)",
            ));
        }
        3 => report.gap(Gap::new("content", Why::Encrypted, "a sealed message (PKCS #7)")),
        _ => {}
    }
}
