//! Kinds of ZIP archives: Open Packaging packages by the content type of their main part, OpenDocument by its
//! `mimetype`, all others plain archives.

use crate::archive::Members;
use strongroom_model::Kind;

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
    let Ok(mut members) = Members::open(bytes) else {
        return Kind::Zip;
    };
    let types = members
        .start_of("[Content_Types].xml", TYPES)
        .map(|types| types.to_ascii_lowercase());
    if let Some(types) = types {
        let main = MAIN.iter().find(|(name, _)| types.contains(name));
        return main.map_or(Kind::Opc, |(_, kind)| *kind);
    }
    match members.start_of("mimetype", TYPES) {
        Some(mime) if mime.starts_with("application/vnd.oasis.opendocument") => Kind::Odf,
        _ => Kind::Zip,
    }
}
