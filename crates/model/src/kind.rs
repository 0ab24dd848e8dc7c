//! What the content of a piece of evidence is, decided by the content alone.

use serde::{Deserialize, Serialize};

/// The kinds of content that are told apart; telling a kind does not mean that it is read inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Kind {
    /// Content does not tell.
    #[serde(rename = "unknown")]
    Unknown,
    /// No bytes at all.
    #[serde(rename = "empty")]
    Empty,
    /// An RFC 5322 message.
    #[serde(rename = "mail")]
    Mail,
    /// An Outlook message (MS-OXMSG).
    #[serde(rename = "msg")]
    Msg,
    /// An OLE2 compound file of no closer kind (MS-CFB).
    #[serde(rename = "ole")]
    Ole,
    /// A Word 97–2003 document.
    #[serde(rename = "doc")]
    Doc,
    /// An Excel 97–2003 workbook.
    #[serde(rename = "xls")]
    Xls,
    /// A PowerPoint 97–2003 presentation.
    #[serde(rename = "ppt")]
    Ppt,
    /// A Visio drawing, OLE2 or OPC.
    #[serde(rename = "visio")]
    Visio,
    /// A Publisher document.
    #[serde(rename = "publisher")]
    Publisher,
    /// A Word document without macros (OOXML).
    #[serde(rename = "docx")]
    Docx,
    /// A Word document with macros (OOXML).
    #[serde(rename = "docm")]
    Docm,
    /// An Excel workbook without macros (OOXML).
    #[serde(rename = "xlsx")]
    Xlsx,
    /// An Excel workbook with macros (OOXML).
    #[serde(rename = "xlsm")]
    Xlsm,
    /// An Excel binary workbook (OOXML).
    #[serde(rename = "xlsb")]
    Xlsb,
    /// A PowerPoint presentation without macros (OOXML).
    #[serde(rename = "pptx")]
    Pptx,
    /// A PowerPoint presentation with macros (OOXML).
    #[serde(rename = "pptm")]
    Pptm,
    /// An Open Packaging package of no closer kind.
    #[serde(rename = "opc")]
    Opc,
    /// An OpenDocument file.
    #[serde(rename = "odf")]
    Odf,
    /// A VBA project (MS-OVBA) by itself.
    #[serde(rename = "vba-project")]
    VbaProject,
    /// A rich text document.
    #[serde(rename = "rtf")]
    Rtf,
    /// A PDF document.
    #[serde(rename = "pdf")]
    Pdf,
    /// A OneNote section.
    #[serde(rename = "onenote")]
    OneNote,
    /// A ZIP archive.
    #[serde(rename = "zip")]
    Zip,
    /// A gzip stream.
    #[serde(rename = "gzip")]
    Gzip,
    /// A bzip2 stream.
    #[serde(rename = "bzip2")]
    Bzip2,
    /// An xz stream.
    #[serde(rename = "xz")]
    Xz,
    /// A Zstandard stream.
    #[serde(rename = "zstd")]
    Zstd,
    /// A RAR archive.
    #[serde(rename = "rar")]
    Rar,
    /// A 7z archive.
    #[serde(rename = "7z")]
    SevenZip,
    /// A Windows cabinet.
    #[serde(rename = "cab")]
    Cab,
    /// A tar archive.
    #[serde(rename = "tar")]
    Tar,
    /// A cpio archive.
    #[serde(rename = "cpio")]
    Cpio,
    /// An ar archive, Debian packages too.
    #[serde(rename = "ar")]
    Ar,
    /// A XAR archive, macOS packages too.
    #[serde(rename = "xar")]
    Xar,
    /// An ISO 9660 or UDF image.
    #[serde(rename = "iso")]
    Iso,
    /// An Apple disk image.
    #[serde(rename = "dmg")]
    Dmg,
    /// Any other disk image.
    #[serde(rename = "disk")]
    Disk,
    /// A Windows executable (PE).
    #[serde(rename = "exe")]
    Exe,
    /// An ELF executable.
    #[serde(rename = "elf")]
    Elf,
    /// A Mach-O executable, fat ones too.
    #[serde(rename = "macho")]
    MachO,
    /// A Java class.
    #[serde(rename = "class")]
    Class,
    /// A Windows shortcut.
    #[serde(rename = "lnk")]
    Lnk,
    /// A Windows installer.
    #[serde(rename = "msi")]
    Msi,
    /// A PowerShell script.
    #[serde(rename = "powershell")]
    PowerShell,
    /// A batch script.
    #[serde(rename = "batch")]
    Batch,
    /// A VBScript.
    #[serde(rename = "vbs")]
    Vbs,
    /// VBA source text.
    #[serde(rename = "vba")]
    Vba,
    /// A JavaScript text.
    #[serde(rename = "javascript")]
    JavaScript,
    /// A Unix shell script.
    #[serde(rename = "shell")]
    Shell,
    /// A Python script.
    #[serde(rename = "python")]
    Python,
    /// An HTML page.
    #[serde(rename = "html")]
    Html,
    /// An XML text.
    #[serde(rename = "xml")]
    Xml,
    /// A JSON text.
    #[serde(rename = "json")]
    Json,
    /// A table of separated values.
    #[serde(rename = "csv")]
    Csv,
    /// A symbolic link file, a spreadsheet as text (SYLK).
    #[serde(rename = "sylk")]
    Sylk,
    /// Plain text.
    #[serde(rename = "text")]
    Text,
    /// An Apple property list.
    #[serde(rename = "plist")]
    Plist,
    /// An internet shortcut.
    #[serde(rename = "url")]
    Url,
    /// An Excel web query.
    #[serde(rename = "iqy")]
    Iqy,
    /// A PNG image.
    #[serde(rename = "png")]
    Png,
    /// A JPEG image.
    #[serde(rename = "jpeg")]
    Jpeg,
    /// A GIF image.
    #[serde(rename = "gif")]
    Gif,
    /// A BMP image.
    #[serde(rename = "bmp")]
    Bmp,
    /// A WebP image.
    #[serde(rename = "webp")]
    Webp,
    /// A TIFF image.
    #[serde(rename = "tiff")]
    Tiff,
    /// A HEIF or AVIF image.
    #[serde(rename = "heif")]
    Heif,
    /// A Windows icon.
    #[serde(rename = "ico")]
    Ico,
    /// A Windows metafile, WMF or EMF.
    #[serde(rename = "emf")]
    Emf,
    /// A PICT image.
    #[serde(rename = "pict")]
    Pict,
    /// An SVG image.
    #[serde(rename = "svg")]
    Svg,
    /// A sound.
    #[serde(rename = "audio")]
    Audio,
    /// A film.
    #[serde(rename = "video")]
    Video,
    /// A font.
    #[serde(rename = "font")]
    Font,
    /// PEM-armoured data.
    #[serde(rename = "pem")]
    Pem,
    /// DER-encoded data.
    #[serde(rename = "der")]
    Der,
    /// OpenPGP data, armoured or not.
    #[serde(rename = "pgp")]
    Pgp,
    /// An Outlook winmail.dat (MS-OXTNEF).
    #[serde(rename = "tnef")]
    Tnef,
    /// A packet capture.
    #[serde(rename = "pcap")]
    Pcap,
    /// A packet capture, next generation.
    #[serde(rename = "pcapng")]
    Pcapng,
    /// A Zeek log, TSV or JSON.
    #[serde(rename = "zeek-log")]
    ZeekLog,
    /// A log of Suricata's, EVE.
    #[serde(rename = "eve-log")]
    EveLog,
    /// A table of transfers.
    #[serde(rename = "transfer-table")]
    TransferTable,
    /// A list of wallet addresses.
    #[serde(rename = "address-list")]
    AddressList,
    /// A file of the OFAC CSV set.
    #[serde(rename = "ofac-list")]
    OfacList,
    /// A list of parties: sanctions of other publishers, or of the business itself.
    #[serde(rename = "party-list")]
    PartyList,
    /// A ledger directory.
    #[serde(rename = "ledger")]
    Ledger,
    /// A folder of evidence.
    #[serde(rename = "folder")]
    Folder,
}

impl Kind {
    /// Returns the name as it stands in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Unknown => "unknown",
            Kind::Empty => "empty",
            Kind::Mail => "mail",
            Kind::Msg => "msg",
            Kind::Ole => "ole",
            Kind::Doc => "doc",
            Kind::Xls => "xls",
            Kind::Ppt => "ppt",
            Kind::Visio => "visio",
            Kind::Publisher => "publisher",
            Kind::Docx => "docx",
            Kind::Docm => "docm",
            Kind::Xlsx => "xlsx",
            Kind::Xlsm => "xlsm",
            Kind::Xlsb => "xlsb",
            Kind::Pptx => "pptx",
            Kind::Pptm => "pptm",
            Kind::Opc => "opc",
            Kind::Odf => "odf",
            Kind::VbaProject => "vba-project",
            Kind::Rtf => "rtf",
            Kind::Pdf => "pdf",
            Kind::OneNote => "onenote",
            Kind::Zip => "zip",
            Kind::Gzip => "gzip",
            Kind::Bzip2 => "bzip2",
            Kind::Xz => "xz",
            Kind::Zstd => "zstd",
            Kind::Rar => "rar",
            Kind::SevenZip => "7z",
            Kind::Cab => "cab",
            Kind::Tar => "tar",
            Kind::Cpio => "cpio",
            Kind::Ar => "ar",
            Kind::Xar => "xar",
            Kind::Iso => "iso",
            Kind::Dmg => "dmg",
            Kind::Disk => "disk",
            Kind::Exe => "exe",
            Kind::Elf => "elf",
            Kind::MachO => "macho",
            Kind::Class => "class",
            Kind::Lnk => "lnk",
            Kind::Msi => "msi",
            Kind::PowerShell => "powershell",
            Kind::Batch => "batch",
            Kind::Vbs => "vbs",
            Kind::Vba => "vba",
            Kind::JavaScript => "javascript",
            Kind::Shell => "shell",
            Kind::Python => "python",
            Kind::Html => "html",
            Kind::Xml => "xml",
            Kind::Json => "json",
            Kind::Csv => "csv",
            Kind::Sylk => "sylk",
            Kind::Text => "text",
            Kind::Plist => "plist",
            Kind::Url => "url",
            Kind::Iqy => "iqy",
            Kind::Png => "png",
            Kind::Jpeg => "jpeg",
            Kind::Gif => "gif",
            Kind::Bmp => "bmp",
            Kind::Webp => "webp",
            Kind::Tiff => "tiff",
            Kind::Heif => "heif",
            Kind::Ico => "ico",
            Kind::Emf => "emf",
            Kind::Pict => "pict",
            Kind::Svg => "svg",
            Kind::Audio => "audio",
            Kind::Video => "video",
            Kind::Font => "font",
            Kind::Pem => "pem",
            Kind::Der => "der",
            Kind::Pgp => "pgp",
            Kind::Tnef => "tnef",
            Kind::Pcap => "pcap",
            Kind::Pcapng => "pcapng",
            Kind::ZeekLog => "zeek-log",
            Kind::EveLog => "eve-log",
            Kind::TransferTable => "transfer-table",
            Kind::AddressList => "address-list",
            Kind::OfacList => "ofac-list",
            Kind::PartyList => "party-list",
            Kind::Ledger => "ledger",
            Kind::Folder => "folder",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
