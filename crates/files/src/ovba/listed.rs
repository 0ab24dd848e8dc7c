//! The `PROJECT` stream (MS-OVBA 2.3.1): the modules that the editor shows, each with its kind, which `dir` does not
//! tell apart beyond procedural and not.

use super::dir::{ModuleKind, decode};
use encoding_rs::Encoding;
use std::collections::BTreeMap;

/// The modules by their names in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listed(BTreeMap<String, ModuleKind>);

impl Listed {
    /// Reads the stream; what stands behind the project's properties lists none.
    pub fn read(stream: &[u8], encoding: &'static Encoding) -> Listed {
        let text = decode(stream, encoding);
        let properties = text.lines().take_while(|line| !line.starts_with('['));
        Listed(properties.filter_map(module).collect())
    }

    /// Returns the kind of a module where the stream and `dir` do not contradict each other.
    pub fn kind(&self, name: &str, of_dir: ModuleKind) -> ModuleKind {
        let Some(listed) = self.0.get(&name.to_lowercase()).copied() else {
            return of_dir;
        };
        let procedural = listed == ModuleKind::Standard;
        match of_dir {
            ModuleKind::Unknown => listed,
            ModuleKind::Standard if procedural => listed,
            ModuleKind::Class if !procedural => listed,
            _ => ModuleKind::Unknown,
        }
    }

    /// Returns whether the stream lists modules, and not this one: the editor does not show it, and it runs.
    pub fn leaves_out(&self, name: &str) -> bool {
        !self.0.is_empty() && !self.0.contains_key(&name.to_lowercase())
    }
}

fn module(line: &str) -> Option<(String, ModuleKind)> {
    let (key, value) = line.trim().split_once('=')?;
    let kind = match key.to_ascii_lowercase().as_str() {
        "document" => ModuleKind::Document,
        "module" => ModuleKind::Standard,
        "class" => ModuleKind::Class,
        "baseclass" => ModuleKind::Designer,
        _ => return None,
    };
    // Behind a document's name stands the version of its type library.
    let name = match kind {
        ModuleKind::Document => value.split_once('/').map_or(value, |(name, _)| name),
        _ => value,
    };
    Some((name.to_lowercase(), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_that_both_streams_say() {
        let stream = b"ID=\"{0}\"\r\nDocument=ThisDocument/&H00000000\r\nModule=M\r\nBaseClass=F\r\n\r\n[Workspace]\r\nModule=Z\r\n";
        let listed = Listed::read(stream, encoding_rs::WINDOWS_1252);
        assert_eq!(
            listed.kind("thisdocument", ModuleKind::Class),
            ModuleKind::Document
        );
        assert_eq!(listed.kind("F", ModuleKind::Class), ModuleKind::Designer);
        assert_eq!(listed.kind("M", ModuleKind::Standard), ModuleKind::Standard);
        assert_eq!(
            listed.kind("ThisDocument", ModuleKind::Standard),
            ModuleKind::Unknown
        );
        assert_eq!(listed.kind("Z", ModuleKind::Class), ModuleKind::Class);
        assert!(listed.leaves_out("Z") && !listed.leaves_out("m"));
        assert!(!Listed::default().leaves_out("Z"));
    }
}
