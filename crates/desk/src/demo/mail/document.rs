//! The documents of the demo, put together from parts: a legacy Word document and a workbook, each with a VBA
//! project.
//!
//! The Word document has the streams that make it one, but no piece table: a reader of macros reads it, and Word
//! finds no text in it to show.

use super::macros::Module;
use anyhow::Context;
use std::io::{Cursor, Read, Write};
use std::time::SystemTime;
use strongroom_files::write_vba_project;
use zip::write::SimpleFileOptions;
use zip::{AesMode, AesSalt, CompressionMethod, DateTime, ZipWriter};

fn project(modules: &[Module]) -> Vec<u8> {
    let modules: Vec<(&str, &str)> = modules
        .iter()
        .map(|(name, source)| (*name, source.as_str()))
        .collect();
    write_vba_project(&modules)
}

/// Returns a Word document of the years before 2007 with the modules under `Macros`.
pub(super) fn word(modules: &[Module]) -> anyhow::Result<Vec<u8>> {
    let mut source =
        cfb::CompoundFile::open(Cursor::new(project(modules))).context("the project just written")?;
    let mut target = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    target
        .create_stream("/WordDocument")?
        .write_all(&file_information())?;
    target.create_stream("/1Table")?.write_all(&[0; 4096])?;
    target.create_storage("/Macros")?;
    let entries: Vec<cfb::Entry> = source.walk().filter(|entry| !entry.is_root()).collect();
    for entry in entries {
        let path =
            std::path::Path::new("/Macros").join(entry.path().strip_prefix("/").unwrap_or(entry.path()));
        if entry.is_storage() {
            target.create_storage(&path)?;
        } else {
            let mut bytes = Vec::new();
            source.open_stream(entry.path())?.read_to_end(&mut bytes)?;
            target.create_stream(&path)?.write_all(&bytes)?;
        }
    }
    stop_clock(&mut target)?;
    target.flush()?;
    Ok(target.into_inner().into_inner())
}

/// Sets every time to a fixed one, so that the bytes depend on the parts alone.
fn stop_clock(file: &mut cfb::CompoundFile<Cursor<Vec<u8>>>) -> anyhow::Result<()> {
    let storages: Vec<_> = file
        .walk()
        .filter(|e| !e.is_stream())
        .map(|e| e.path().to_owned())
        .collect();
    for path in storages {
        file.set_created_time(&path, SystemTime::UNIX_EPOCH)?;
        file.set_modified_time(&path, SystemTime::UNIX_EPOCH)?;
    }
    Ok(())
}

/// Returns a file information block (MS-DOC 2.5.1) of Word 97 with every offset zero.
fn file_information() -> Vec<u8> {
    let mut block = vec![0u8; 4096];
    let fields: [(usize, u16); 6] = [
        (0x00, 0xa5ec), // wIdent
        (0x02, 0x00c1), // nFib
        (0x0a, 0x0200), // the table stream is 1Table
        (0x20, 0x000e), // csw
        (0x3e, 0x0016), // cslw
        (0x98, 0x005d), // cbRgFcLcb
    ];
    for (at, value) in fields {
        if let Some(place) = block.get_mut(at..at + 2) {
            place.copy_from_slice(&value.to_le_bytes());
        }
    }
    block
}

/// Returns a workbook with macros whose first sheet holds the months of a year.
pub(super) fn workbook(modules: &[Module]) -> anyhow::Result<Vec<u8>> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    let types = format!(
        "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Default Extension=\"bin\" ContentType=\"application/vnd.ms-office.vbaProject\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.ms-excel.sheet.macroEnabled.main+xml\"/>\
         <Override PartName=\"/xl/worksheets/sheet1.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>"
    );
    let root = format!(
        "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
         Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "{HEAD}<workbook xmlns=\"{SHEET}\" xmlns:r=\"{OFFICE}\"><sheets>\
         <sheet name=\"Totals\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let parts = format!(
        "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
         Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" \
         Type=\"http://schemas.microsoft.com/office/2006/relationships/vbaProject\" Target=\"vbaProject.bin\"/></Relationships>"
    );
    let cells: String = (2..14)
        .map(|row| format!("<row r=\"{row}\"><c r=\"B{row}\"><v>{}</v></c></row>", row * 137))
        .collect();
    let sheet = format!("{HEAD}<worksheet xmlns=\"{SHEET}\"><sheetData>{cells}</sheetData></worksheet>");
    archive(
        &[
            ("[Content_Types].xml", types.into_bytes()),
            ("_rels/.rels", root.into_bytes()),
            ("xl/workbook.xml", book.into_bytes()),
            ("xl/_rels/workbook.xml.rels", parts.into_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.into_bytes()),
            ("xl/vbaProject.bin", project(modules)),
        ],
        None,
    )
}

/// Returns a ZIP archive of the given members, under a password where one is given.
///
/// Times are fixed, and so is the salt: the archive protects nothing.
pub(super) fn archive(members: &[(&str, Vec<u8>)], password: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let time = DateTime::from_date_and_time(2019, 3, 18, 9, 0, 0).context("a date that ZIP can hold")?;
    let plain = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(time);
    let options = match password {
        None => plain,
        Some(password) => {
            let salt = AesSalt::try_new(AesMode::Aes256, b"strongroom-demo!")?;
            plain.with_aes_encryption_and_salt(password.as_bytes(), salt)
        }
    };
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
