//! The `dir` stream of a VBA project (MS-OVBA 2.3.4.2): what the project is, what it refers to, and where each
//! module's source stands.
//!
//! It is a row of records `id, size, data`, and is read as one: an unknown record is passed over by its size, a
//! record that is missing is not invented.

use crate::text::wide;
use encoding_rs::Encoding;

/// `PROJECTVERSION` says four bytes and has six.
const VERSION: u16 = 0x0009;
/// Modules and references that one project may name; real ones stay far below.
const MOST: usize = 4096;

/// What a module is, by its record and by the lines of the `PROJECT` stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ModuleKind {
    /// The stream does not say.
    #[default]
    Unknown,
    /// Procedures.
    Standard,
    /// A class, or one whose kind only the `PROJECT` stream tells.
    Class,
    /// The module of a document, sheet or slide.
    Document,
    /// The module of a form.
    Designer,
}

/// What a reference points at (MS-OVBA 2.3.4.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReferenceKind {
    /// A name with nothing behind it.
    #[default]
    Unknown,
    /// A type library of the system.
    Registered,
    /// Another project, which is a file.
    Project,
    /// A library that was made for a form's controls.
    Control,
    /// The library of a control before it was made over.
    Original,
}

/// A reference of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// The name, as sources use it.
    pub name: String,
    /// What it points at.
    pub kind: ReferenceKind,
    /// The library: its identifier or path, as the record has it.
    pub library: String,
}

/// Where a module's source stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleEntry {
    /// The module's name.
    pub name: String,
    /// The stream in the `VBA` storage.
    pub stream: String,
    /// The same by the project's code page, where the two differ or the wide one is missing.
    pub narrow_stream: String,
    /// The first byte of the compressed source in the stream.
    pub offset: usize,
    /// What it is.
    pub kind: ModuleKind,
    /// Whether it is marked read-only, and whether private.
    pub read_only: bool,
    /// Whether it cannot be seen from other projects.
    pub private: bool,
}

/// What a project says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Information {
    /// 0 for Win16, 1 for Win32, 2 for Macintosh, 3 for Win64.
    pub system: Option<u32>,
    /// The language (LCID).
    pub language: Option<u32>,
    /// The language of late bound calls.
    pub invoke_language: Option<u32>,
    /// The code page of every name and source.
    pub code_page: Option<u16>,
    /// The project's name.
    pub name: Option<String>,
    /// What its author says about it.
    pub description: Option<String>,
    /// Major and minor version.
    pub version: Option<(u32, u16)>,
    /// The constants of conditional compilation, `Name = 1 : …`.
    pub constants: Option<String>,
    /// How many modules it says it has.
    pub module_count: Option<u16>,
}

/// What the `dir` stream says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dir {
    /// The encoding of every source.
    pub encoding: &'static Encoding,
    /// What the project says of itself.
    pub information: Information,
    /// What it refers to.
    pub references: Vec<Reference>,
    /// The modules in the order of the stream.
    pub modules: Vec<ModuleEntry>,
    /// Whether the stream came to its end record.
    pub whole: bool,
}

/// Reads the decompressed `dir` stream as far as it goes.
pub fn read_dir(stream: &[u8]) -> Dir {
    let mut reader = Reader {
        dir: Dir {
            encoding: encoding_rs::WINDOWS_1252,
            information: Information::default(),
            references: Vec::new(),
            modules: Vec::new(),
            whole: false,
        },
        module: None,
        extended: false,
    };
    let mut rest = stream;
    while let Some((id, data, after)) = record(rest) {
        rest = after;
        if id == 0x0010 {
            reader.dir.whole = true;
            break;
        }
        match reader.module.take() {
            Some(module) => reader.in_module(id, data, module),
            None if id == 0x0019 => reader.begin_module(data),
            None => {
                reader.information(id, data);
                reader.reference(id, data);
            }
        }
    }
    // The last module breaks off with the stream.
    if let Some(module) = reader.module.take().filter(|_| reader.dir.modules.len() < MOST) {
        reader.dir.modules.push(module);
    }
    reader.dir
}

struct Reader {
    dir: Dir,
    module: Option<ModuleEntry>,
    /// Whether the next name is the second one of a control's library.
    extended: bool,
}

impl Reader {
    fn text(&self, data: &[u8]) -> String {
        decode(data, self.dir.encoding)
    }

    fn begin_module(&mut self, data: &[u8]) {
        self.module = Some(ModuleEntry {
            name: self.text(data),
            offset: usize::MAX,
            ..ModuleEntry::default()
        });
    }

    fn in_module(&mut self, id: u16, data: &[u8], mut module: ModuleEntry) {
        match id {
            0x0047 => module.name = wide(data),
            0x001A => {
                module.narrow_stream = self.text(data);
                module.stream.clone_from(&module.narrow_stream);
            }
            0x0032 => module.stream = wide(data),
            0x0031 => module.offset = number(data).map_or(usize::MAX, |offset| offset as usize),
            0x0021 => module.kind = ModuleKind::Standard,
            0x0022 => module.kind = ModuleKind::Class,
            0x0025 => module.read_only = true,
            0x0028 => module.private = true,
            0x002B => {
                if self.dir.modules.len() < MOST {
                    self.dir.modules.push(module);
                }
                return;
            }
            // The module before broke off.
            0x0019 => {
                if self.dir.modules.len() < MOST {
                    self.dir.modules.push(module);
                }
                return self.begin_module(data);
            }
            _ => {}
        }
        self.module = Some(module);
    }

    fn information(&mut self, id: u16, data: &[u8]) {
        match id {
            0x0001 => self.dir.information.system = number(data),
            0x0002 => self.dir.information.language = number(data),
            0x0014 => self.dir.information.invoke_language = number(data),
            0x0003 => {
                let page = number(data).map(|page| page as u16);
                self.dir.information.code_page = page;
                self.dir.encoding = page.map_or(self.dir.encoding, encoding_of);
            }
            0x0004 => self.dir.information.name = Some(self.text(data)),
            0x0005 => self.dir.information.description = Some(self.text(data)),
            0x0040 => self.dir.information.description = Some(wide(data)),
            0x000C => self.dir.information.constants = Some(self.text(data)),
            0x003C => self.dir.information.constants = Some(wide(data)),
            0x000F => self.dir.information.module_count = number(data).map(|count| count as u16),
            VERSION => {
                self.dir.information.version = match *data {
                    [a, b, c, d, e, f] => {
                        Some((u32::from_le_bytes([a, b, c, d]), u16::from_le_bytes([e, f])))
                    }
                    _ => None,
                }
            }
            _ => {}
        }
    }

    fn reference(&mut self, id: u16, data: &[u8]) {
        match id {
            0x0016 if self.extended => {}
            0x0016 => {
                let name = self.text(data);
                if self.dir.references.len() < MOST {
                    self.dir.references.push(Reference {
                        name,
                        ..Reference::default()
                    });
                }
            }
            0x003E if !self.extended => {
                if let Some(last) = self.dir.references.last_mut() {
                    last.name = wide(data);
                }
            }
            0x0033 => self.point(ReferenceKind::Original, data),
            0x002F => {
                self.point(ReferenceKind::Control, counted(data));
                self.extended = true;
            }
            0x0030 => {
                self.point(ReferenceKind::Control, counted(data));
                self.extended = false;
            }
            0x000D => self.point(ReferenceKind::Registered, counted(data)),
            0x000E => self.point(ReferenceKind::Project, counted(data)),
            _ => {}
        }
    }

    /// Says what the last name points at. A reference whose name is missing has none.
    fn point(&mut self, kind: ReferenceKind, library: &[u8]) {
        let library = self.text(library);
        let control = kind == ReferenceKind::Control;
        let references = &mut self.dir.references;
        if let Some(last) = references.last_mut().filter(|last| {
            matches!(last.kind, ReferenceKind::Unknown | ReferenceKind::Original)
                || control && last.kind == ReferenceKind::Control
        }) {
            last.kind = kind;
            if !library.is_empty() {
                last.library = library;
            }
        } else if references.len() < MOST {
            references.push(Reference {
                name: String::new(),
                kind,
                library,
            });
        }
    }
}

/// Returns the text behind its length of four bytes.
fn counted(data: &[u8]) -> &[u8] {
    let (length, rest) = data.split_first_chunk::<4>().unwrap_or((&[0; 4], data));
    rest.get(..u32::from_le_bytes(*length) as usize).unwrap_or(rest)
}

fn record(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<6>()?;
    let [a, b, c, d, e, f] = *head;
    let id = u16::from_le_bytes([a, b]);
    let size = u32::from_le_bytes([c, d, e, f]) as usize;
    let size = if id == VERSION { 6 } else { size };
    let (data, rest) = rest.split_at_checked(size)?;
    Some((id, data, rest))
}

/// Reads a little-endian number of two or four bytes.
fn number(data: &[u8]) -> Option<u32> {
    match *data {
        [a, b] => Some(u16::from_le_bytes([a, b]).into()),
        [a, b, c, d] => Some(u32::from_le_bytes([a, b, c, d])),
        _ => None,
    }
}

/// Returns text in the given encoding; what it cannot hold becomes U+FFFD.
pub fn decode(data: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode_without_bom_handling(data).0.into_owned()
}

/// Returns the encoding of a Windows code page; one that is not known reads as 1252.
pub(crate) fn encoding_of(page: u16) -> &'static Encoding {
    match page {
        866 => encoding_rs::IBM866,
        874 => encoding_rs::WINDOWS_874,
        932 | 10001 => encoding_rs::SHIFT_JIS,
        936 | 10008 => encoding_rs::GBK,
        949 | 10003 => encoding_rs::EUC_KR,
        950 | 10002 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10000 => encoding_rs::MACINTOSH,
        10007 => encoding_rs::X_MAC_CYRILLIC,
        54936 => encoding_rs::GB18030,
        65001 => encoding_rs::UTF_8,
        _ => encoding_rs::WINDOWS_1252,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u16, data: &[u8]) -> Vec<u8> {
        let size = u32::try_from(data.len()).unwrap();
        [&id.to_le_bytes()[..], &size.to_le_bytes(), data].concat()
    }

    fn text(content: &[u8]) -> Vec<u8> {
        [&u32::try_from(content.len()).unwrap().to_le_bytes()[..], content].concat()
    }

    #[test]
    fn a_cut_stream_keeps_the_modules_before_the_cut() {
        let mut stream = [
            row(0x0003, &949u16.to_le_bytes()),
            row(0x0009, &[0; 4]),
            vec![0, 0],
            row(0x0019, b"\xB8\xF0\xB5\xE2"),
            row(0x001A, b"M1"),
            row(0x0031, &7u32.to_le_bytes()),
            row(0x002B, b""),
        ]
        .concat();
        stream.extend(b"\x19\x00\xFF\xFF\xFF\xFF");
        let dir = read_dir(&stream);
        assert!(!dir.whole);
        assert_eq!(
            dir.modules,
            [ModuleEntry {
                name: "\u{baa8}\u{b4c8}".into(),
                stream: "M1".into(),
                narrow_stream: "M1".into(),
                offset: 7,
                ..ModuleEntry::default()
            }]
        );
    }

    #[test]
    fn references_of_every_kind_are_told_apart() {
        let stream = [
            row(0x0001, &3u32.to_le_bytes()),
            row(0x0004, b"Project"),
            row(0x0009, &[1, 0, 0, 0]),
            vec![7, 0],
            row(0x0016, b"stdole"),
            row(0x003E, b"s\0t\0d\0o\0l\0e\0"),
            row(
                0x000D,
                &[text(b"*\\G{0}#2.0#0#stdole2.tlb#OLE"), vec![0; 6]].concat(),
            ),
            row(0x0016, b"MSForms"),
            row(0x003E, b"M\0"),
            row(0x0033, b"*\\G{1}#2.0#0#FM20.DLL#Forms"),
            row(0x002F, &[text(b"*\\G{2}#2.0#0#x.exd#Forms"), vec![0; 6]].concat()),
            row(0x0016, b"MSForms"),
            row(0x003E, b"M\0"),
            row(
                0x0030,
                &[text(b"*\\G{2}#2.0#0#y.exd#Forms"), vec![0; 26]].concat(),
            ),
            row(0x0016, b"Normal"),
            row(
                0x000E,
                &[text(b"*\\CNormal"), text(b"*\\CNormal"), vec![0; 6]].concat(),
            ),
            row(0x000F, &1u16.to_le_bytes()),
            row(0x0010, b""),
        ]
        .concat();
        let dir = read_dir(&stream);
        assert!(dir.whole);
        assert_eq!(dir.information.system, Some(3));
        assert_eq!(dir.information.version, Some((1, 7)));
        let told: Vec<(&str, ReferenceKind, &str)> = dir
            .references
            .iter()
            .map(|known| (known.name.as_str(), known.kind, known.library.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "stdole",
                    ReferenceKind::Registered,
                    "*\\G{0}#2.0#0#stdole2.tlb#OLE"
                ),
                ("M", ReferenceKind::Control, "*\\G{2}#2.0#0#y.exd#Forms"),
                ("Normal", ReferenceKind::Project, "*\\CNormal"),
            ]
        );
    }
}
