//! VBA projects as documents store them (MS-OVBA): from compressed streams to module sources, and back.
//!
//! Reading is tolerant. Where the `dir` stream is damaged, each stream of the storage is searched for the
//! compressed text that every module source begins with. P-code is not read: a module whose source cannot be
//! found leaves a hiding gap.

mod compress;
mod dir;
mod write;

pub(crate) use dir::encoding_of;
pub use write::write_vba_project;

use crate::ole::Compound;
use crate::vba::Module;
use compress::decompress;
use dir::{Dir, ModuleEntry, decode, read_dir};

use strongroom_model::{Gap, Why};

/// How every compressed module source begins after its container and chunk header: a byte of flags, eight
/// literals, a byte of flags, one literal of `Attribute`.
const SOURCE_START: &[u8] = b"\0Attribut\0e";
/// The bytes of signature and chunk header before it.
const SOURCE_HEAD: usize = 3;

/// The modules of one project and what of it could not be read.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The sources in the order of the `dir` stream.
    pub modules: Vec<Module>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Returns the path of each storage that holds a VBA project's streams, in the order of the file.
pub fn projects(compound: &Compound<'_>) -> Vec<String> {
    let mut storages: Vec<String> = Vec::new();
    for entry in compound.streams() {
        let (storage, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        let is_project = name.eq_ignore_ascii_case("dir") || name.eq_ignore_ascii_case("_VBA_PROJECT");
        if is_project && !storages.iter().any(|known| known == storage) {
            storages.push(storage.to_owned());
        }
    }
    storages
}

/// Reads the project whose streams stand in `storage`, each source up to `bound` bytes.
pub fn read_project(compound: &Compound<'_>, storage: &str, bound: usize) -> Project {
    let place = format!("{storage}/dir");
    let stream = compound.read(&place).map(|read| read.bytes);
    let dir = stream
        .and_then(|bytes| decompress(&bytes, bound))
        .map(|dir| read_dir(&dir.bytes));
    let mut project = Project::default();
    match dir {
        Some(dir) if dir.whole || !dir.modules.is_empty() => {
            named(compound, storage, &dir, bound, &mut project);
            if !dir.whole {
                let found = salvage(compound, storage, dir.encoding, bound, &dir.modules);
                project.modules.extend(found);
            }
        }
        _ => {
            project.gaps.push(Gap::new(
                &place,
                Why::Damaged,
                "the list of modules cannot be read",
            ));
            project.modules = salvage(compound, storage, encoding_rs::WINDOWS_1252, bound, &[]);
        }
    }
    project
}

fn named(compound: &Compound<'_>, storage: &str, dir: &Dir, bound: usize, project: &mut Project) {
    for entry in &dir.modules {
        let place = format!("{storage}/{}", entry.stream);
        match source_of(compound, &place, entry, bound) {
            Some((bytes, whole)) => {
                project.modules.push(Module {
                    name: entry.name.clone(),
                    source: decode(&bytes, dir.encoding),
                });
                if !whole {
                    project
                        .gaps
                        .push(Gap::new(place, Why::Damaged, "the module's source breaks off"));
                }
            }
            None => project.gaps.push(Gap::new(
                place,
                Why::Damaged,
                "no source of the module, p-code is not read",
            )),
        }
    }
}

fn source_of(
    compound: &Compound<'_>,
    place: &str,
    entry: &ModuleEntry,
    bound: usize,
) -> Option<(Vec<u8>, bool)> {
    let stream = compound.read(place)?.bytes;
    let said = stream
        .get(entry.offset..)
        .and_then(|container| decompress(container, bound));
    let source = said
        .filter(|source| source.whole)
        .or_else(|| search(&stream, bound))?;
    Some((source.bytes, source.whole))
}

/// Finds a source in a module stream by the text that every one begins with.
fn search(stream: &[u8], bound: usize) -> Option<compress::Decompressed> {
    let at = stream
        .windows(SOURCE_START.len())
        .position(|window| window == SOURCE_START)?;
    decompress(stream.get(at.checked_sub(SOURCE_HEAD)?..)?, bound)
}

/// Sources that are taken out of a damaged file.
const SALVAGED: usize = 64;

/// Reads a compressed container of MS-OVBA up to `bound` bytes, and says whether it was well formed; `None` where
/// the bytes do not begin one. The narrow door of the decompressor, for fuzzing and for tools.
pub fn decompress_ovba(container: &[u8], bound: usize) -> Option<(Vec<u8>, bool)> {
    decompress(container, bound).map(|read| (read.bytes, read.whole))
}

/// Returns the modules that a decompressed `dir` stream names, as far as it can be read.
pub fn modules_of_dir(stream: &[u8]) -> Vec<String> {
    read_dir(stream)
        .modules
        .into_iter()
        .map(|module| module.name)
        .collect()
}

/// Finds sources that stand in one piece in the bytes of a damaged file.
pub(crate) fn salvage_bytes(bytes: &[u8], bound: usize) -> Project {
    let mut project = Project::default();
    let mut from = 0;
    while let Some(at) =
        crate::scan::find(bytes, SOURCE_START, from).filter(|_| project.modules.len() < SALVAGED)
    {
        let container = at.checked_sub(SOURCE_HEAD).and_then(|start| bytes.get(start..));
        if let Some(source) = container.and_then(|container| decompress(container, bound)) {
            let source = decode(&source.bytes, encoding_rs::WINDOWS_1252);
            project.modules.push(Module {
                name: format!("salvaged {}", project.modules.len() + 1),
                source,
            });
        }
        from = at + SOURCE_START.len();
    }
    project
}

fn salvage(
    compound: &Compound<'_>,
    storage: &str,
    encoding: &'static encoding_rs::Encoding,
    bound: usize,
    known: &[ModuleEntry],
) -> Vec<Module> {
    let prefix = format!("{storage}/");
    let names: Vec<String> = compound
        .streams()
        .iter()
        .filter_map(|entry| entry.path.strip_prefix(&prefix))
        .filter(|name| {
            !name.contains('/')
                && !known
                    .iter()
                    .any(|module| module.stream.eq_ignore_ascii_case(name))
        })
        .map(str::to_owned)
        .collect();
    let mut modules = Vec::new();
    for name in names {
        let stream = compound.read(&format!("{prefix}{name}"));
        if let Some(source) = stream.and_then(|read| search(&read.bytes, bound)) {
            modules.push(Module {
                name,
                source: decode(&source.bytes, encoding),
            });
        }
    }
    modules
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "Sub AutoOpen()\n  MsgBox \"gr\u{fc}n\"\nEnd Sub\n";

    fn read(file: &[u8]) -> Project {
        let compound = Compound::open(file).unwrap();
        let storages = projects(&compound);
        assert_eq!(storages, ["/VBA"]);
        read_project(&compound, "/VBA", 1 << 20)
    }

    #[test]
    fn what_is_written_is_read_back() {
        let file = write_vba_project(&[("ThisDocument", ""), ("Modul", SOURCE)]);
        let project = read(&file);
        assert!(project.gaps.is_empty());
        assert_eq!(project.modules.len(), 2);
        assert_eq!(project.modules[1].name, "Modul");
        let expected = format!(
            "Attribute VB_Name = \"Modul\"\r\n{}",
            SOURCE.replace('\n', "\r\n")
        );
        assert_eq!(project.modules[1].source, expected);
    }

    #[test]
    fn modules_outlive_a_broken_list() {
        let mut file = write_vba_project(&[("Modul", SOURCE)]);
        let dir = file
            .windows(3)
            .position(|w| w == b"\x01\xB6\xB0" || w == b"\x01\x00\xB0");
        let dir = dir
            .or_else(|| file.windows(7).position(|w| w == b"Project").map(|at| at - 40))
            .unwrap();
        file[dir..dir + 30].fill(0xFF);
        let project = read(&file);
        assert_eq!(project.modules.len(), 1);
        assert!(project.modules[0].source.contains("AutoOpen"));
        assert!(!project.gaps.is_empty());
    }
}
