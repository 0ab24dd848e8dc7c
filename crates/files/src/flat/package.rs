//! A package as one XML text (`pkg:package`, ECMA-376 in flat form): its parts become members of an archive again.

use super::{decode_base64, inside, next_element};
use crate::examine::{Carrier, Walk};
use crate::package::attribute;
use quick_xml::escape::escape;
use quick_xml::reader::Reader;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use strongroom_model::{Gap, Limit, Report, Why};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A part as it stands in the text.
#[derive(Default)]
struct Part {
    name: String,
    content_type: String,
    bytes: Vec<u8>,
}

/// Reads the package that the text spells, as a child.
pub(super) fn read(text: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let parts = parts(text, report, walk);
    if parts.is_empty() {
        return report.gap(Gap::new(
            "content",
            Why::Damaged,
            "no part of the package can be read",
        ));
    }
    let Some(archive) = assemble(&parts) else {
        return report.gap(Gap::new("content", Why::Damaged, "the parts make no package"));
    };
    match walk.meter.charge_bytes("package", archive.len() as u64) {
        Ok(()) => walk.child(report, Carrier::Document, "package", &archive),
        Err(gap) => report.gap(gap),
    }
}

fn parts(text: &str, report: &mut Report, walk: &Walk<'_>) -> Vec<Part> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut parts: Vec<Part> = Vec::new();
    let most = walk.limits().children as usize;
    while let Some(tag) = next_element(&mut reader, report) {
        match tag.local_name().as_ref() {
            "part" if parts.len() >= most => {
                report.gap(Gap::limit("parts", Limit::Children, most));
                break;
            }
            "part" => parts.push(Part {
                name: attribute(&tag, "name").unwrap_or_default(),
                content_type: attribute(&tag, "contentType").unwrap_or_default(),
                bytes: Vec::new(),
            }),
            "xmlData" | "binaryData" => {
                let is_xml = tag.local_name().as_ref() == "xmlData";
                let Some(inner) = inside(&mut reader, &tag, report) else {
                    break;
                };
                let Some(part) = parts.last_mut() else { continue };
                let inner: &str = &inner;
                if is_xml {
                    part.bytes = inner.as_bytes().to_vec();
                } else if let Some(bytes) = decode_base64(inner) {
                    part.bytes = bytes;
                } else {
                    report.gap(Gap::new(&part.name, Why::Damaged, "its base64 is broken"));
                }
            }
            _ => {}
        }
    }
    parts
}

/// Puts parts together as an archive, their types as the part that every package has.
fn assemble(parts: &[Part]) -> Option<Vec<u8>> {
    let mut types =
        String::from("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">");
    for part in parts {
        let (name, content_type) = (escape(part.name.as_str()), escape(part.content_type.as_str()));
        write!(
            types,
            "<Override PartName=\"{name}\" ContentType=\"{content_type}\"/>"
        )
        .ok()?;
    }
    types.push_str("</Types>");
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("[Content_Types].xml", options).ok()?;
    writer.write_all(types.as_bytes()).ok()?;
    let mut names = std::collections::HashSet::new();
    for (number, part) in parts.iter().enumerate() {
        let name = part.name.trim_start_matches('/');
        // Two parts of one name are both read.
        let name = if names.insert(name.to_lowercase()) && !name.is_empty() {
            name.to_owned()
        } else {
            format!("{number}/{name}")
        };
        writer.start_file(name, options).ok()?;
        writer.write_all(&part.bytes).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}
