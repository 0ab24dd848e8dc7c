//! Objects in the shape of OLE 1 (MS-OLEDS 2.2): what a rich text holds as `\objdata`.

use crate::text::decode_text;

/// What an object's header says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A LinkedObject (2.2.6).
    Linked,
    /// An EmbeddedObject (2.2.5).
    Embedded,
}

/// An object of OLE 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ole1<'a> {
    pub form: Form,
    /// The class's name, `Package` for example.
    pub class: String,
    /// The file that a link points to.
    pub topic: String,
    /// The part of that file.
    pub item: String,
    /// The native data, as far as it is there.
    pub data: &'a [u8],
    /// The length that the header claims for it.
    pub claimed: usize,
    /// What stands behind: a presentation, or what has no business there.
    pub behind: &'a [u8],
}

impl<'a> Ole1<'a> {
    /// Reads an object; the version in its header may be anything, as Word takes any.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let rest = bytes.get(4..)?;
        let (form, rest) = number(rest)?;
        let form = match form {
            1 => Form::Linked,
            2 => Form::Embedded,
            _ => return None,
        };
        let (class, rest) = text(rest)?;
        let (topic, rest) = text(rest)?;
        let (item, rest) = text(rest)?;
        let (claimed, data, behind) = match form {
            Form::Linked => (0, &[][..], rest),
            Form::Embedded => {
                let (claimed, rest) = number(rest)?;
                let data = rest.get(..claimed).unwrap_or(rest);
                (claimed, data, rest.get(data.len()..).unwrap_or_default())
            }
        };
        Some(Ole1 {
            form,
            class,
            topic,
            item,
            data,
            claimed,
            behind,
        })
    }

    /// Returns how well the bytes fit the shape: whole data, and behind it nothing or a presentation (2.2.1).
    pub(crate) fn fit(&self) -> u32 {
        let whole = self.data.len() == self.claimed;
        let presentation = self.behind.is_empty()
            || self.behind.starts_with(&[1, 5, 0, 0])
                && number(self.behind.get(4..).unwrap_or_default())
                    .is_some_and(|(form, _)| matches!(form, 0 | 5));
        1 + u32::from(whole) + u32::from(whole && presentation)
    }
}

/// A LengthPrefixedAnsiString (2.1.4): its length counts the zero at its end.
fn text(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = number(bytes)?;
    let (text, rest) = rest.split_at_checked(length)?;
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    Some((decode_text(text), rest))
}

fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*number) as usize, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedded_object_is_read() {
        let mut bytes = b"\x01\x05\0\0\x02\0\0\0\x08\0\0\0Package\0\0\0\0\0\0\0\0\0\x03\0\0\0abc".to_vec();
        bytes.extend(b"\x01\x05\0\0\0\0\0\0");
        let object = Ole1::read(&bytes).unwrap();
        assert_eq!((object.class.as_str(), object.data), ("Package", &b"abc"[..]));
        assert_eq!(object.fit(), 3);
        let cut = Ole1::read(&bytes[..bytes.len() - 9]).unwrap();
        assert_eq!((cut.data, cut.claimed, cut.fit()), (&b"ab"[..], 3, 1));
        assert_eq!(Ole1::read(&bytes[..12]), None);
    }
}
