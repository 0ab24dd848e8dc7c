//! Kinds of ZIP archives: Open Packaging packages by the content type of their main part, OpenDocument by its
//! `mimetype`, all others plain archives.

use std::io::{Cursor, Read};
use strongroom_model::Kind;
use zip::ZipArchive;

/// Bytes of `[Content_Types].xml` that are looked at.
const TYPES: u64 = 1 << 20;

/// Main content types, the macro-enabled before the plain of which they are no part.
static MAIN: &[(&str, Kind)] = &[
    ("ms-word.document.macroenabled.main", Kind::Docm),
    ("ms-word.template.macroenabledtemplate.main", Kind::Docm),
    ("wordprocessingml.document.main", Kind::Docx),
    ("wordprocessingml.template.main", Kind::Docx),
    ("ms-excel.sheet.binary.macroenabled.main", Kind::Xlsb),
    ("ms-excel.sheet.macroenabled.main", Kind::Xlsm),
    ("ms-excel.template.macroenabled.main", Kind::Xlsm),
    ("ms-excel.addin.macroenabled.main", Kind::Xlsm),
    ("spreadsheetml.sheet.main", Kind::Xlsx),
    ("spreadsheetml.template.main", Kind::Xlsx),
    ("ms-powerpoint.presentation.macroenabled.main", Kind::Pptm),
    ("ms-powerpoint.template.macroenabled.main", Kind::Pptm),
    ("ms-powerpoint.slideshow.macroenabled.main", Kind::Pptm),
    ("ms-powerpoint.addin.macroenabled.main", Kind::Pptm),
    ("presentationml.presentation.main", Kind::Pptx),
    ("presentationml.template.main", Kind::Pptx),
    ("presentationml.slideshow.main", Kind::Pptx),
    ("ms-visio.", Kind::Visio),
];

pub(super) fn kind_of_zip(bytes: &[u8]) -> Kind {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
        return Kind::Zip;
    };
    let types = start_of(&mut archive, "[Content_Types].xml").map(|types| types.to_ascii_lowercase());
    if let Some(types) = types {
        let main = MAIN.iter().find(|(name, _)| types.contains(name));
        return main.map_or(Kind::Opc, |(_, kind)| *kind);
    }
    match start_of(&mut archive, "mimetype") {
        Some(mime) if mime.starts_with("application/vnd.oasis.opendocument") => Kind::Odf,
        _ => Kind::Zip,
    }
}

fn start_of(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<String> {
    let index = archive.index_for_name(name)?;
    let file = archive.by_index(index).ok()?;
    let mut bytes = Vec::new();
    // A part that breaks off still tells by its start.
    let _ = file.take(TYPES).read_to_end(&mut bytes);
    Some(crate::text::decode_text(&bytes))
}
