//! Writes a VBA project (MS-OVBA): the inverse of the reader, for documents built by tests and by the demo.
//!
//! The project holds source alone: `_VBA_PROJECT` says "no performance cache", so whoever opens it compiles the
//! source. There is no p-code that could differ from it.

use super::compress::compress;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::time::SystemTime;

/// Modules of these names are the document's own; Office wants them typed so.
const DOCUMENT_MODULES: [&str; 3] = ["thisdocument", "thisworkbook", "sheet"];

/// Returns a `vbaProject.bin` (an OLE2 compound file) with the given modules, `(name, source)` each.
///
/// A source without its `Attribute VB_Name` line gets one. Line ends become CR LF. The code page is 1252 where
/// that holds every character, else 65001. The same modules give the same bytes.
///
/// ```
/// let project = strongroom_files::write_vba_project(&[("ThisDocument", "Sub AutoOpen()\nEnd Sub\n")]);
/// ```
pub fn write_vba_project(modules: &[(&str, &str)]) -> Vec<u8> {
    let modules: Vec<(&str, String)> = modules
        .iter()
        .map(|(name, source)| (*name, with_attributes(name, source)))
        .collect();
    let (page, encoding) = code_page(&modules);
    let encode = |text: &str| encoding.encode(text).0.into_owned();
    let mut streams = vec![
        (
            "/VBA/_VBA_PROJECT".to_owned(),
            vec![0xCC, 0x61, 0xFF, 0xFF, 0, 0, 0],
        ),
        ("/VBA/dir".to_owned(), compress(&dir(&modules, page, &encode))),
        ("/PROJECT".to_owned(), encode(&project_text(&modules))),
    ];
    for (name, source) in &modules {
        streams.push((format!("/VBA/{name}"), compress(&encode(source))));
    }
    compound(&streams)
        .expect("writing a compound file into memory cannot fail for names of at most 31 characters")
}

fn with_attributes(name: &str, source: &str) -> String {
    let lines = source.replace("\r\n", "\n").replace('\n', "\r\n");
    if source
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("attribute vb_name")
    {
        lines
    } else {
        format!("Attribute VB_Name = \"{name}\"\r\n{lines}")
    }
}

fn code_page(modules: &[(&str, String)]) -> (u16, &'static Encoding) {
    let fits = |text: &str| !WINDOWS_1252.encode(text).2;
    if modules.iter().all(|(name, source)| fits(name) && fits(source)) {
        (1252, WINDOWS_1252)
    } else {
        (65001, UTF_8)
    }
}

fn is_document(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    DOCUMENT_MODULES.iter().any(|own| lower.starts_with(own))
}

/// Returns the `dir` stream, uncompressed (2.3.4.2).
fn dir(modules: &[(&str, String)], page: u16, encode: &impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    record(&mut out, 0x0001, &3u32.to_le_bytes());
    record(&mut out, 0x0002, &0x0409u32.to_le_bytes());
    record(&mut out, 0x0014, &0x0409u32.to_le_bytes());
    record(&mut out, 0x0003, &page.to_le_bytes());
    record(&mut out, 0x0004, b"Project");
    for (ansi, unicode) in [(0x0005, 0x0040), (0x0006, 0x003D)] {
        record(&mut out, ansi, b"");
        record(&mut out, unicode, b"");
    }
    record(&mut out, 0x0007, &0u32.to_le_bytes());
    record(&mut out, 0x0008, &0u32.to_le_bytes());
    record(&mut out, 0x0009, &1u32.to_le_bytes());
    out.extend_from_slice(&1u16.to_le_bytes());
    record(&mut out, 0x000C, b"");
    record(&mut out, 0x003C, b"");
    let count = u16::try_from(modules.len()).unwrap_or(u16::MAX);
    record(&mut out, 0x000F, &count.to_le_bytes());
    record(&mut out, 0x0013, &0xFFFFu16.to_le_bytes());
    for (name, _) in modules.iter().take(count.into()) {
        module(&mut out, name, encode);
    }
    record(&mut out, 0x0010, b"");
    out
}

fn module(out: &mut Vec<u8>, name: &str, encode: &impl Fn(&str) -> Vec<u8>) {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    record(out, 0x0019, &encode(name));
    record(out, 0x0047, &wide);
    record(out, 0x001A, &encode(name));
    record(out, 0x0032, &wide);
    record(out, 0x001C, b"");
    record(out, 0x0048, b"");
    record(out, 0x0031, &0u32.to_le_bytes());
    record(out, 0x001E, &0u32.to_le_bytes());
    record(out, 0x002C, &0xFFFFu16.to_le_bytes());
    record(out, if is_document(name) { 0x0022 } else { 0x0021 }, b"");
    record(out, 0x002B, b"");
}

fn record(out: &mut Vec<u8>, id: u16, data: &[u8]) {
    let size = u32::try_from(data.len()).expect("names and numbers are short");
    out.extend_from_slice(&id.to_le_bytes());
    out.extend_from_slice(&size.to_le_bytes());
    out.extend_from_slice(data);
}

/// Returns the `PROJECT` stream's text (2.3.1).
fn project_text(modules: &[(&str, String)]) -> String {
    let mut text = "ID=\"{00000000-0000-0000-0000-000000000000}\"\r\n".to_owned();
    for (name, _) in modules {
        text += &if is_document(name) {
            format!("Document={name}/&H00000000\r\n")
        } else {
            format!("Module={name}\r\n")
        };
    }
    text + "Name=\"Project\"\r\nHelpContextID=\"0\"\r\nVersionCompatible32=\"393222000\"\r\n\r\n[Host Extender Info]\r\n"
}

/// Writes a compound file with the given streams; its times are fixed, so that the bytes depend on the streams alone.
fn compound(streams: &[(String, Vec<u8>)]) -> std::io::Result<Vec<u8>> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    file.create_storage("/VBA")?;
    for (path, bytes) in streams {
        file.create_stream(path)?.write_all(bytes)?;
    }
    let storages: Vec<PathBuf> = file
        .walk()
        .filter(|entry| !entry.is_stream())
        .map(|entry| entry.path().to_owned())
        .collect();
    for path in storages {
        file.set_modified_time(&path, SystemTime::UNIX_EPOCH)?;
        if path.parent().is_some() {
            file.set_created_time(&path, SystemTime::UNIX_EPOCH)?;
        }
    }
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

#[cfg(test)]
mod tests {
    use super::write_vba_project;

    #[test]
    fn the_same_modules_give_the_same_bytes() {
        let modules = [("ThisDocument", "Sub A()\nEnd Sub"), ("Modul1", "' \u{d55c}\n")];
        assert_eq!(write_vba_project(&modules), write_vba_project(&modules));
    }
}
