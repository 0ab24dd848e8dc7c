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
    /// The same file by the name of its share, where its drive is one of another machine.
    pub network: String,
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
        let mut network = String::new();
        let (claimed, data, behind) = match form {
            Form::Linked => (0, &[][..], behind_link(rest, &mut network)),
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
            network,
            data,
            claimed,
            behind,
        })
    }

    /// Returns what stands behind the object and its presentation; the presentation's bytes too, where it has any.
    pub(crate) fn left_over(&self) -> (&'a [u8], &'a [u8]) {
        presentation(self.behind).unwrap_or((&[], self.behind))
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

/// The network's name of a link, what is reserved, and a hint about updates (2.2.6).
fn behind_link<'a>(bytes: &'a [u8], network: &mut String) -> &'a [u8] {
    let Some((name, rest)) = text(bytes) else {
        return bytes;
    };
    *network = name;
    rest.get(8..).unwrap_or_default()
}

/// Reads a presentation (2.2.1 to 2.2.3): its data, and what stands behind it.
fn presentation(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (form, rest) = number(bytes.get(4..)?)?;
    match form {
        0 => return Some((&[], rest)),
        5 => {}
        _ => return None,
    }
    let (class, rest) = text(rest)?;
    let (mut size, mut rest) = match class.as_str() {
        // Width and height stand before the size.
        "METAFILEPICT" | "BITMAP" | "DIB" => number(rest.get(8..)?)?,
        _ => {
            let (format, rest) = number(rest)?;
            // A format that is registered spells its name.
            match format {
                0 => number(text(rest)?.1)?,
                _ => number(rest)?,
            }
        }
    };
    if class == "METAFILEPICT" {
        // Mapping mode, both extents and a handle.
        size = size.checked_sub(8)?;
        rest = rest.get(8..)?;
    }
    rest.split_at_checked(size)
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

    #[test]
    fn what_stands_behind_a_presentation_is_left_over() {
        let object = b"\x01\x05\0\0\x02\0\0\0\x02\0\0\0A\0\0\0\0\0\0\0\0\0\x01\0\0\0a".to_vec();
        let metafile = b"\x01\x05\0\0\x05\0\0\0\x0D\0\0\0METAFILEPICT\0\x01\0\0\0\x01\0\0\0\x0A\0\0\0\x08\0\0\0\0\0\0\0mf";
        let format = b"\x01\x05\0\0\x05\0\0\0\x03\0\0\0xy\0\x03\0\0\0\x02\0\0\0mf";
        let none = b"\x01\x05\0\0\0\0\0\0";
        for (behind, data) in [(&metafile[..], "mf"), (format, "mf"), (none, "")] {
            let bytes = [&object[..], behind, b"rest"].concat();
            let object = Ole1::read(&bytes).unwrap();
            assert_eq!(object.left_over(), (data.as_bytes(), &b"rest"[..]));
        }
        let bytes = [&object[..], b"no presentation"].concat();
        assert_eq!(Ole1::read(&bytes).unwrap().left_over().1, b"no presentation");
    }

    #[test]
    fn a_link_names_its_share() {
        let mut bytes = b"\x01\x05\0\0\x01\0\0\0\x02\0\0\0A\0\x07\0\0\0Z:\\a.b\0\0\0\0\0".to_vec();
        bytes.extend(b"\x0F\0\0\0\\\\192.0.2.1\\s\0\0\0\0\0\x01\0\0\0");
        let link = Ole1::read(&bytes).unwrap();
        assert_eq!(
            (link.topic.as_str(), link.network.as_str()),
            ("Z:\\a.b", "\\\\192.0.2.1\\s")
        );
        assert!(link.behind.is_empty());
    }
}
