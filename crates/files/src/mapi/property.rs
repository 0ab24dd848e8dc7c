//! Properties of a message (MS-OXCDATA 2.11, MS-OXPROPS), by their tags.

use crate::ovba::encoding_of;
use crate::text::decode_text;
use encoding_rs::{Encoding, UTF_16LE};
use std::collections::BTreeMap;
use strongroom_model::Moment;

/// Property types that are read.
pub(super) const NULL: u16 = 0x0001;
pub(super) const NUMBER: u16 = 0x0003;
pub(super) const NARROW: u16 = 0x001E;
pub(super) const WIDE: u16 = 0x001F;
pub(super) const BINARY: u16 = 0x0102;
pub(super) const OBJECT: u16 = 0x000D;

/// Tags of MS-OXPROPS that are read.
pub(super) mod tag {
    pub const SUBJECT: u16 = 0x0037;
    pub const SUBMITTED: u16 = 0x0039;
    pub const HEADERS: u16 = 0x007D;
    pub const BODY: u16 = 0x1000;
    pub const RICH: u16 = 0x1009;
    pub const HTML: u16 = 0x1013;
    pub const NAME: u16 = 0x3001;
    pub const ADDRESS: u16 = 0x3003;
    pub const SMTP: u16 = 0x39FE;
    pub const CONTENT: u16 = 0x3701;
    pub const SHORT_NAME: u16 = 0x3704;
    pub const METHOD: u16 = 0x3705;
    pub const LONG_NAME: u16 = 0x3707;
    pub const SHORT_PATH: u16 = 0x3708;
    pub const LONG_PATH: u16 = 0x370D;
    pub const INTERNET_PAGE: u16 = 0x3FDE;
    pub const MESSAGE_PAGE: u16 = 0x3FFD;
    /// Sender and whom the message represents: as addresses of any kind, as SMTP addresses.
    pub const SENDERS: [u16; 4] = [0x0C1F, 0x0065, 0x5D01, 0x5D02];
    /// What names an attachment, the best first.
    pub const FILE_NAMES: [u16; 3] = [LONG_NAME, SHORT_NAME, NAME];
}

/// A value as it is stored.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Fixed([u8; 8]),
    Bytes { kind: u16, bytes: Vec<u8> },
}

/// The properties of a message, a recipient or an attachment.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties {
    values: BTreeMap<u16, Value>,
}

impl Properties {
    /// Adds a property; the first of a tag stays, but text in UTF-16 replaces text in a code page.
    pub fn add(&mut self, tag: u16, value: Value) {
        let wide = matches!(&value, Value::Bytes { kind: WIDE, .. });
        if wide {
            self.values.insert(tag, value);
        } else {
            self.values.entry(tag).or_insert(value);
        }
    }

    pub fn bytes(&self, tag: u16) -> Option<&[u8]> {
        match self.values.get(&tag)? {
            Value::Bytes { bytes, .. } => Some(bytes),
            Value::Fixed(_) => None,
        }
    }

    pub fn number(&self, tag: u16) -> Option<u32> {
        match self.values.get(&tag)? {
            Value::Fixed(raw) => raw.first_chunk::<4>().map(|raw| u32::from_le_bytes(*raw)),
            Value::Bytes { .. } => None,
        }
    }

    /// Reads a time in units of 100 ns since 1601.
    pub fn moment(&self, tag: u16) -> Option<Moment> {
        const UNIX: i64 = 11_644_473_600;
        match self.values.get(&tag)? {
            Value::Fixed(raw) => {
                let seconds = i64::try_from(u64::from_le_bytes(*raw) / 10_000_000).ok()?;
                Moment::from_seconds(seconds.checked_sub(UNIX)?).filter(|_| seconds > UNIX)
            }
            Value::Bytes { .. } => None,
        }
    }

    /// Reads a text; in a code page by the message's own, `page`, where it says one.
    pub fn text(&self, tag: u16, page: Option<&'static Encoding>) -> Option<String> {
        match self.values.get(&tag)? {
            Value::Bytes { kind: WIDE, bytes } => {
                let text = UTF_16LE.decode_without_bom_handling(bytes).0;
                Some(text.trim_end_matches('\0').to_owned())
            }
            Value::Bytes { kind: NARROW, bytes } => {
                let text = match page {
                    Some(page) => page.decode_without_bom_handling(bytes).0.into_owned(),
                    None => decode_text(bytes),
                };
                Some(text.trim_end_matches('\0').to_owned())
            }
            _ => None,
        }
    }

    /// Reads the HTML body, which is text of a code page stored as bytes, or a text.
    pub fn page(&self, page: Option<&'static Encoding>) -> Option<String> {
        let internet = self.encoding(tag::INTERNET_PAGE);
        match self.values.get(&tag::HTML)? {
            Value::Bytes { kind: BINARY, bytes } => Some(match internet {
                Some(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
                None => decode_text(bytes),
            }),
            _ => self.text(tag::HTML, page),
        }
    }

    /// Returns the encoding of the code page that a property names; one that is not known is none.
    pub fn encoding(&self, tag: u16) -> Option<&'static Encoding> {
        let page = self.number(tag).and_then(|page| u16::try_from(page).ok())?;
        match page {
            20127 => None,
            28591 | 1252 => Some(encoding_rs::WINDOWS_1252),
            28592 => Some(encoding_rs::ISO_8859_2),
            28595 => Some(encoding_rs::ISO_8859_5),
            20866 => Some(encoding_rs::KOI8_R),
            50220..=50222 => Some(encoding_rs::ISO_2022_JP),
            51949 => Some(encoding_rs::EUC_KR),
            54936 => Some(encoding_rs::GB18030),
            page => Some(encoding_of(page)).filter(|encoding| *encoding != encoding_rs::WINDOWS_1252),
        }
    }
}
