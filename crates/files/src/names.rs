//! File names: what a reader would take a file for, and what the system would do with it.

/// Extensions that a reader takes for a document or a picture.
const DOCUMENTS: [&str; 26] = [
    "doc", "docx", "docm", "rtf", "odt", "xls", "xlsx", "xlsm", "xlsb", "ods", "csv", "ppt", "pptx", "pps",
    "pdf", "txt", "hwp", "jpg", "jpeg", "png", "gif", "bmp", "mp3", "mp4", "htm", "html",
];

/// Extensions that the system runs.
const RUN: [&str; 26] = [
    "exe", "scr", "com", "pif", "cpl", "dll", "msi", "lnk", "hta", "js", "jse", "vbs", "vbe", "wsf", "wsh",
    "ps1", "psm1", "bat", "cmd", "jar", "reg", "app", "pkg", "command", "sh", "chm",
];

/// Returns the last part of a path, whichever way its slashes go.
pub(crate) fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Returns the extension in lower case, without its dot.
pub(crate) fn extension(path: &str) -> Option<String> {
    let (stem, extension) = base(path).trim_end().rsplit_once('.')?;
    (!stem.is_empty()).then(|| extension.to_ascii_lowercase())
}

/// Returns whether a reader takes a file of this name for a document.
pub(crate) fn claims_document(path: &str) -> bool {
    extension(path).is_some_and(|extension| DOCUMENTS.contains(&extension.as_str()))
}

/// Extensions of the formats that hold no macros.
const MACRO_FREE: [&str; 9] = [
    "docx", "dotx", "xlsx", "xltx", "pptx", "potx", "ppsx", "rtf", "csv",
];

/// Returns whether a reader takes a file of this name for a document without macros.
pub(crate) fn claims_no_macros(path: &str) -> bool {
    extension(path).is_some_and(|extension| MACRO_FREE.contains(&extension.as_str()))
}

/// Returns whether the system runs a file of this name.
pub(crate) fn runs(path: &str) -> bool {
    extension(path).is_some_and(|extension| RUN.contains(&extension.as_str()))
}

/// Returns whether the name shows a document's extension before the one that runs (`invoice.pdf.exe`), pushes it
/// out of sight with blanks, or turns the writing direction.
pub(crate) fn hides_extension(path: &str) -> bool {
    let name = base(path).trim_end();
    let Some((stem, _)) = name.rsplit_once('.').filter(|_| runs(path)) else {
        return false;
    };
    claims_document(stem.trim_end()) || stem.contains("     ") || name.contains('\u{202e}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_extension_is_told_from_a_version() {
        assert!(hides_extension("Invoice.PDF.exe"));
        assert!(hides_extension("a/Invoice.pdf          .scr"));
        assert!(hides_extension("x\u{202e}fdp.exe"));
        assert!(!hides_extension("setup-1.2.exe"));
        assert!(!hides_extension("report.2020.pdf"));
        assert_eq!(extension("C:\\a.b\\c"), None);
    }
}
