//! Classes of embedded objects that matter: what loads them runs, fetches, or has a past of faults.

use super::moniker::class;
use crate::rules;
use strongroom_model::{Finding, Report, Span};

/// How a class counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Everyday in documents.
    Usual,
    /// A control with a past of faults that documents hold seldom.
    Faulty,
    /// Nothing that a document needs: a script, a browser, a module that is loaded for its address.
    Alien,
}

/// A class by its GUID as it stands in a file.
pub(super) struct Known {
    bytes: [u8; 16],
    /// Its name.
    pub name: &'static str,
    pub weight: Weight,
}

const fn known(bytes: [u8; 16], name: &'static str, weight: Weight) -> Known {
    Known { bytes, name, weight }
}

const OFFICE: u64 = 0xC000000000000046;
const CONTROLS: u64 = 0xB16A00C0F0283628;

/// The equation editor that was withdrawn, in its versions.
static EQUATIONS: &[[u8; 16]] = &[
    class(0x0002CE02, 0, 0, OFFICE),
    class(0x00021700, 0, 0, OFFICE),
    class(0x0003000B, 0, 0, OFFICE),
    class(0x0004A6B0, 0, 0, OFFICE),
];

static CLASSES: &[Known] = &[
    known(class(0x00000300, 0, 0, OFFICE), "OLE2Link", Weight::Usual),
    known(class(0x0002CE02, 0, 0, OFFICE), "Equation.3", Weight::Usual),
    known(class(0x00021700, 0, 0, OFFICE), "Equation.2", Weight::Usual),
    known(class(0x0003000C, 0, 0, OFFICE), "Package", Weight::Usual),
    known(
        class(0xF20DA720, 0xC02F, 0x11CE, 0x927B0800095AE340),
        "Package",
        Weight::Usual,
    ),
    known(class(0x00020810, 0, 0, OFFICE), "Excel.Sheet.5", Weight::Usual),
    known(class(0x00020820, 0, 0, OFFICE), "Excel.Sheet.8", Weight::Usual),
    known(class(0x00020821, 0, 0, OFFICE), "Excel.Chart.8", Weight::Usual),
    known(class(0x00020830, 0, 0, OFFICE), "Excel.Sheet.12", Weight::Usual),
    known(
        class(0x00020832, 0, 0, OFFICE),
        "Excel.SheetMacroEnabled.12",
        Weight::Usual,
    ),
    known(
        class(0x00020833, 0, 0, OFFICE),
        "Excel.SheetBinaryMacroEnabled.12",
        Weight::Usual,
    ),
    known(class(0x00020900, 0, 0, OFFICE), "Word.Document.6", Weight::Usual),
    known(class(0x00020906, 0, 0, OFFICE), "Word.Document.8", Weight::Usual),
    known(
        class(0xF4754C9B, 0x64F5, 0x4B40, 0x8AF4679732AC0607),
        "Word.Document.12",
        Weight::Usual,
    ),
    known(
        class(0x64818D10, 0x4F9B, 0x11CF, 0x86EA00AA00B929E8),
        "PowerPoint.Show.8",
        Weight::Usual,
    ),
    known(
        class(0xCF4F55F4, 0x8F87, 0x4D47, 0x80BB5808164BB3F8),
        "PowerPoint.Show.12",
        Weight::Usual,
    ),
    known(
        class(0x996BF5E0, 0x8044, 0x4650, 0xADEB0B013914E99C),
        "MSComctlLib.ListViewCtrl",
        Weight::Faulty,
    ),
    known(
        class(0xBDD1F04B, 0x858B, 0x11D1, CONTROLS),
        "MSComctlLib.ListViewCtrl",
        Weight::Faulty,
    ),
    known(
        class(0xC74190B6, 0x8589, 0x11D1, CONTROLS),
        "MSComctlLib.TreeCtrl",
        Weight::Faulty,
    ),
    known(
        class(0x9181DC5F, 0xE07D, 0x418A, 0xACA68EEA1ECB8E9E),
        "MSComctlLib.TreeCtrl",
        Weight::Faulty,
    ),
    known(
        class(0x66833FE6, 0x8583, 0x11D1, CONTROLS),
        "MSComctlLib.Toolbar",
        Weight::Faulty,
    ),
    known(
        class(0x1EFB6596, 0x857C, 0x11D1, CONTROLS),
        "MSComctlLib.TabStrip",
        Weight::Faulty,
    ),
    known(
        class(0xDD9DA666, 0x8594, 0x11D1, CONTROLS),
        "MSComctlLib.ImageComboCtl",
        Weight::Faulty,
    ),
    known(
        class(0xD27CDB6E, 0xAE6D, 0x11CF, 0x96B8444553540000),
        "ShockwaveFlash",
        Weight::Faulty,
    ),
    known(
        class(0xD27CDB70, 0xAE6D, 0x11CF, 0x96B8444553540000),
        "ShockwaveFlash",
        Weight::Faulty,
    ),
    known(
        class(0x233C1507, 0x6A77, 0x46A4, 0x9443F871F945D258),
        "Shockwave",
        Weight::Faulty,
    ),
    known(
        class(0xDFEAF541, 0xF3E1, 0x4C24, 0xACAC99C30715084A),
        "Silverlight",
        Weight::Faulty,
    ),
    known(
        class(0x44F9A03B, 0xA3EC, 0x4F3B, 0x936408E0007F21DF),
        "Control.TaskSymbol",
        Weight::Faulty,
    ),
    known(
        class(0x8856F961, 0x340A, 0x11D0, 0xA96B00C04FD705A2),
        "Shell.Explorer",
        Weight::Faulty,
    ),
    known(
        class(0xEAB22AC3, 0x30C1, 0x11CF, 0xA7EB0000C05BAE0B),
        "Shell.Explorer.1",
        Weight::Alien,
    ),
    known(
        class(0x25336920, 0x03F9, 0x11CF, 0x8FD000AA00686F13),
        "htmlfile",
        Weight::Alien,
    ),
    known(
        class(0x3050F4D8, 0x98B5, 0x11CF, 0xBB8200AA00BDCE0B),
        "htafile",
        Weight::Alien,
    ),
    known(
        class(0x06290BD2, 0x48AA, 0x11D2, 0x8432006008C3FBFC),
        "scriptletfile",
        Weight::Alien,
    ),
    known(
        class(0x06290BD3, 0x48AA, 0x11D2, 0x8432006008C3FBFC),
        "script moniker",
        Weight::Alien,
    ),
    known(
        class(0xECABB0C7, 0x7F19, 0x11D2, 0x978E0000F8757E2A),
        "SOAP moniker",
        Weight::Alien,
    ),
    known(
        class(0x0E59F1D5, 0x1FBE, 0x11D0, 0x8FF200A0D10038BC),
        "MSScriptControl",
        Weight::Alien,
    ),
    known(
        class(0xB54F3741, 0x5B07, 0x11CF, 0xA4B000AA004A55E8),
        "VBScript",
        Weight::Alien,
    ),
    known(
        class(0xF414C260, 0x6AC0, 0x11CF, 0xB6D100AA00BBBB58),
        "JScript",
        Weight::Alien,
    ),
    known(
        class(0x0CF774D0, 0xF077, 0x11D1, 0xB1BC00C04F86C324),
        "HTML.HostEncode",
        Weight::Alien,
    ),
    known(
        class(0x05741520, 0xC4EB, 0x440A, 0xAC3F9643BBC9F847),
        "otkloadr.WRLoader",
        Weight::Alien,
    ),
    known(
        class(0xA08A033D, 0x1A75, 0x4AB6, 0xA166EAD02F547959),
        "otkloadr.WRAssembly",
        Weight::Alien,
    ),
    known(
        class(0x3018609E, 0xCDBC, 0x47E8, 0xA255809D46BAA319),
        "SSCE.DropTable",
        Weight::Alien,
    ),
    known(
        class(0x14CE31DC, 0xABC2, 0x484C, 0xB061CF3416AED8FF),
        "WUAEXT loader",
        Weight::Alien,
    ),
    known(
        class(0xD93CE8B5, 0x3BF8, 0x462C, 0xA03FDED2730078BA),
        "WUAEXT loader",
        Weight::Alien,
    ),
    known(
        class(0x394C052E, 0xB830, 0x11D0, 0x9A8600C04FD8DBF7),
        "ELSEXT loader",
        Weight::Alien,
    ),
    known(
        class(0x975797FC, 0x4E2A, 0x11D0, 0xB70200C04FD8DBF7),
        "ELSEXT loader",
        Weight::Alien,
    ),
    known(
        class(0xECABAFC9, 0x7F19, 0x11D2, 0x978E0000F8757E2A),
        "MQRT loader",
        Weight::Alien,
    ),
    known(
        class(0xE8CC4CBF, 0xFDFF, 0x11D0, 0xB86500A0C9081C1D),
        "OCI loader",
        Weight::Alien,
    ),
    known(
        class(0xE8CC4CBE, 0xFDFF, 0x11D0, 0xB86500A0C9081C1D),
        "MSDAORA",
        Weight::Alien,
    ),
    known(
        class(0x33BD73C2, 0x7BB4, 0x48F4, 0x8DBC82B8B313AE16),
        "osf.SandboxManager",
        Weight::Alien,
    ),
    known(
        class(0xCDDBCC7C, 0xBE18, 0x4A58, 0x9CBFD62A012272CE),
        "osf.Sandbox",
        Weight::Alien,
    ),
    known(
        class(0x1461A561, 0x24E8, 0x4BA3, 0x8D4AFFEEF980556B),
        "BCSAddin.Connect",
        Weight::Alien,
    ),
    known(
        class(0x4315D437, 0x5B8C, 0x11D0, 0xBD3B00A0C911CE86),
        "device moniker",
        Weight::Alien,
    ),
    known(
        class(0x9C38ED61, 0xD565, 0x4728, 0xAEEEC80952F0ECDE),
        "virtual disk loader",
        Weight::Alien,
    ),
];

/// Returns what is known of a class.
pub(super) fn known_class(bytes: &[u8; 16]) -> Option<&'static Known> {
    CLASSES.iter().find(|known| known.bytes == *bytes)
}

/// Returns whether a class is the equation editor's.
pub(super) fn is_equation(bytes: &[u8; 16]) -> bool {
    EQUATIONS.contains(bytes)
}

/// Tells a class that a document seldom or never needs.
pub(crate) fn tell_class(bytes: &[u8; 16], place: &str, report: &mut Report) {
    let Some(known) = known_class(bytes) else {
        return;
    };
    let rule = match known.weight {
        Weight::Usual => return,
        Weight::Faulty => &rules::FAULTY_CLASS,
        Weight::Alien => &rules::ALIEN_CLASS,
    };
    report.find(Finding::of(rule, Span::bytes(place, 0, 0)).fact("class", known.name));
}

/// Returns the class that a text spells (`{0002CE02-0000-…}`), as it stands in a file.
pub(crate) fn spelled(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    if digits.len() != 32 {
        return None;
    }
    let part = |from: usize, to: usize| u64::from_str_radix(digits.get(from..to)?, 16).ok();
    let (a, b, c) = (part(0, 8)?, part(8, 12)?, part(12, 16)?);
    Some(class(
        u32::try_from(a).ok()?,
        u16::try_from(b).ok()?,
        u16::try_from(c).ok()?,
        part(16, 32)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_laid_out_as_in_files() {
        let bytes = spelled("{0002CE02-0000-0000-C000-000000000046}").unwrap();
        assert_eq!(bytes[..4], [2, 0xCE, 2, 0]);
        assert!(is_equation(&bytes));
        let control = spelled("BDD1F04B-858B-11D1-B16A-00C0F0283628").unwrap();
        assert_eq!(known_class(&control).unwrap().weight, Weight::Faulty);
    }
}
