//! A whole project: its `dir`, the streams of its modules, their sources and p-code.

use super::compress::decompress;
use super::dir::{Dir, Information, ModuleEntry, ModuleKind, Reference, decode, encoding_of, read_dir};
use super::listed::Listed;
use super::pcode::{Compiled, Decompiled, Said};
use super::project::{Project, Stomped, VbaModule, VbaProject};
use super::source::{Source, read_source, search};
use super::stomp::{Difference, compare};
use crate::ole::Compound;
use crate::vba::Module;
use encoding_rs::Encoding;
use std::collections::{BTreeSet, HashMap};
use strongroom_model::{Gap, Why};

/// Bytes of one source that [`read_vba`] reads at most.
const BOUND: usize = 16 << 20;

/// Reads every VBA project of a compound file: a `vbaProject.bin`, or a document of Office 97 to 2003. `None` where
/// the bytes are no compound file.
///
/// ```
/// let file = strongroom_files::write_vba_project(&[("Module1", "Sub Greet()\nEnd Sub\n")]);
/// let projects = strongroom_files::read_vba(&file).unwrap();
/// assert_eq!(projects[0].information.name.as_deref(), Some("Project"));
/// assert!(projects[0].modules[0].source.as_deref().unwrap().contains("Sub Greet"));
/// assert!(projects[0].modules[0].pcode.is_none());
/// ```
pub fn read_vba(file: &[u8]) -> Option<Vec<VbaProject>> {
    let compound = Compound::open(file).ok()?;
    let storages = projects(&compound);
    Some(
        storages
            .iter()
            .map(|storage| read(&compound, storage, BOUND).told())
            .collect(),
    )
}

/// A storage that holds a VBA project's streams.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Storage {
    /// Its path.
    pub path: String,
    /// The names of its streams, in the order of the file.
    streams: Vec<String>,
}

/// Returns each storage that holds a VBA project's streams, in the order of the file.
pub(crate) fn projects(compound: &Compound<'_>) -> Vec<Storage> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut storages: Vec<Storage> = Vec::new();
    let streams = || {
        compound
            .streams()
            .iter()
            .map(|entry| entry.path.rsplit_once('/').unwrap_or(("", &entry.path)))
    };
    for (path, name) in streams() {
        let is_project = name.eq_ignore_ascii_case("dir") || name.eq_ignore_ascii_case("_VBA_PROJECT");
        if is_project && !places.contains_key(path) {
            places.insert(path, storages.len());
            storages.push(Storage {
                path: path.to_owned(),
                streams: Vec::new(),
            });
        }
    }
    for (path, name) in streams() {
        if let Some(storage) = places.get(path).and_then(|at| storages.get_mut(*at)) {
            storage.streams.push(name.to_owned());
        }
    }
    storages
}

/// Reads the project whose streams stand in `storage`, each source up to `bound` bytes.
pub(crate) fn read_project(compound: &Compound<'_>, storage: &Storage, bound: usize) -> Project {
    let mut reader = read(compound, storage, bound);
    let differences = reader.differences();
    let mut project = Project {
        compiled: reader.compiled_modules(&differences),
        unlisted: std::mem::take(&mut reader.unlisted),
        gaps: std::mem::take(&mut reader.gaps),
        ..Project::default()
    };
    let machine = reader.compiled.as_ref().map(|compiled| compiled.machine_text());
    for (module, difference) in reader.modules.into_iter().zip(differences) {
        if let Some(difference) = difference {
            project.stomped.push(Stomped {
                module: module.name.clone(),
                machine: machine.clone().unwrap_or_default(),
                difference,
            });
        }
        if let Some(raw) = module.raw {
            project.modules.push(Module {
                name: module.name,
                source: decode(&raw, reader.encoding),
            });
        }
    }
    project
}

fn read<'c, 'f>(compound: &'c Compound<'f>, within: &'c Storage, bound: usize) -> Reader<'c, 'f> {
    let storage = within.path.as_str();
    let place = format!("{storage}/dir");
    let stream = compound.read(&place).map(|read| read.bytes);
    let dir = stream
        .and_then(|bytes| decompress(&bytes, bound))
        .map(|dir| read_dir(&dir.bytes))
        .filter(|dir| dir.whole || !dir.modules.is_empty());
    let compiled = compound
        .read(&format!("{storage}/_VBA_PROJECT"))
        .map_or_else(Vec::new, |read| read.bytes);
    let encoding = dir
        .as_ref()
        .map_or_else(|| encoding_of(code_page_of(&compiled)), |dir| dir.encoding);
    let system = dir
        .as_ref()
        .and_then(|dir| dir.information.system)
        .unwrap_or_else(|| system_of(&compiled));
    let beside = storage.rsplit_once('/').map_or("", |(outer, _)| outer);
    let listed = compound
        .read(&format!("{beside}/PROJECT"))
        .map_or_else(Listed::default, |read| Listed::read(&read.bytes, encoding));
    let mut reader = Reader {
        compound,
        storage,
        listed,
        unlisted: Vec::new(),
        bound,
        encoding,
        compiled: Compiled::read(&compiled, system == WIN64, encoding),
        taken: BTreeSet::new(),
        information: Information::default(),
        references: Vec::new(),
        modules: Vec::new(),
        gaps: Vec::new(),
    };
    match dir {
        Some(dir) => {
            if !dir.whole {
                // Streams that hold a source or p-code are read whether it names them or not.
                let what = "the list of modules breaks off";
                reader.gaps.push(Gap::new(&place, Why::Damaged, what).harmless());
            }
            reader.named(&dir);
            reader.information = dir.information;
            reader.references = dir.references;
        }
        None => reader.gap(&place, "the list of modules cannot be read"),
    }
    reader.unnamed(&within.streams);
    reader
}

/// `SysKind` of 64-bit Office.
const WIN64: u32 = 3;

/// Returns the code page that a `_VBA_PROJECT` stream says; zero where it says none.
fn code_page_of(project: &[u8]) -> u16 {
    half(project, 16)
}

/// Returns the system that a `_VBA_PROJECT` stream says.
fn system_of(project: &[u8]) -> u32 {
    half(project, 5).into()
}

fn half(bytes: &[u8], at: usize) -> u16 {
    let pair = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>());
    pair.map_or(0, |pair| u16::from_le_bytes(*pair))
}

/// A module as it was read.
struct Read {
    name: String,
    kind: ModuleKind,
    raw: Option<Vec<u8>>,
    /// Whether the source is all there.
    whole: bool,
    /// What the p-code says, and the stream that holds it.
    pcode: Option<(Said, Vec<u8>)>,
}

struct Reader<'c, 'f> {
    compound: &'c Compound<'f>,
    storage: &'c str,
    bound: usize,
    encoding: &'static Encoding,
    listed: Listed,
    /// Modules of `dir` that the `PROJECT` stream leaves out.
    unlisted: Vec<String>,
    compiled: Option<Compiled>,
    /// Streams that a module was read from, in lower case.
    taken: BTreeSet<String>,
    information: Information,
    references: Vec<Reference>,
    modules: Vec<Read>,
    gaps: Vec<Gap>,
}

impl Reader<'_, '_> {
    /// Compares each module's source with its p-code.
    fn differences(&self) -> Vec<Option<Difference>> {
        let names = self.modules.iter().map(|module| module.name.as_str());
        let trusted = self
            .compiled
            .as_ref()
            .is_some_and(|compiled| compiled.is_trusted(names));
        let differ = |module: &Read| {
            let source = decode(module.raw.as_deref().filter(|_| module.whole)?, self.encoding);
            compare(&source, &module.pcode.as_ref()?.0, trusted)
        };
        self.modules.iter().map(differ).collect()
    }

    /// Returns the project as its p-code has it, with the sources of modules that agree; nothing where all agree.
    fn compiled_modules(&mut self, differences: &[Option<Difference>]) -> Vec<Module> {
        let mut compiled = Vec::new();
        let mut gaps = Vec::new();
        let mut differs = false;
        for (module, difference) in self.modules.iter().zip(differences) {
            let source = module.raw.as_deref().map(|raw| decode(raw, self.encoding));
            let told = match difference.is_some() || !module.whole {
                true => self.decompiled(module).filter(|told| !told.lines.is_empty()),
                false => None,
            };
            let Some(told) = told else {
                compiled.extend(source.map(|source| Module {
                    name: module.name.clone(),
                    source,
                }));
                continue;
            };
            differs = true;
            if told.unknown > 0 {
                let what = format!("{} lines of p-code are not understood", told.unknown);
                gaps.push(Gap::new(
                    format!("{}/{}", self.storage, module.name),
                    Why::Unsupported,
                    what,
                ));
            }
            compiled.push(Module {
                name: module.name.clone(),
                source: told.text(),
            });
        }
        self.gaps.extend(gaps);
        if differs { compiled } else { Vec::new() }
    }

    fn decompiled(&self, module: &Read) -> Option<Decompiled> {
        let (_, stream) = module.pcode.as_ref()?;
        self.compiled.as_ref()?.source(stream)
    }

    /// Returns what was read in the form that goes out.
    fn told(self) -> VbaProject {
        let differences = self.differences();
        let tell = |(module, difference): (&Read, Option<Difference>)| VbaModule {
            name: module.name.clone(),
            kind: module.kind,
            source: module.raw.as_deref().map(|raw| decode(raw, self.encoding)),
            raw: module.raw.clone(),
            decompiled: self.decompiled(module).map(|told| told.lines),
            pcode: module
                .pcode
                .as_ref()
                .and_then(|(_, stream)| self.compiled.as_ref()?.list(stream)),
            stomped: difference.map(|difference| difference.told(usize::MAX)),
        };
        let modules = self.modules.iter().zip(differences).map(tell).collect();
        VbaProject {
            storage: self.storage.to_owned(),
            information: self.information,
            references: self.references,
            modules,
            gaps: self.gaps,
        }
    }

    /// Reads the p-code of a module, and tells where there is some that cannot be read: where the source stands
    /// `behind` something.
    fn pcode(&mut self, place: &str, stream: &[u8], behind: bool) -> Option<(Said, Vec<u8>)> {
        let said = self.compiled.as_ref()?.said(stream);
        let fault = match &said {
            None if behind && !stream.is_empty() => Some("the p-code is not understood"),
            Some(said) if !said.whole => Some("the p-code breaks off"),
            Some(said) if !said.is_readable() => Some("too much of the p-code is not understood"),
            _ => None,
        };
        if let Some(what) = fault {
            let what = format!("{what}: whether it is the source's program is not known");
            self.gaps.push(Gap::new(place, Why::Unsupported, what));
        }
        Some((said?, stream.to_vec()))
    }

    /// Returns whether the p-code is all understood: then it says what the source would have said.
    fn spoken(&self, stream: &[u8]) -> bool {
        let compiled = self.compiled.as_ref();
        let told = compiled.and_then(|compiled| compiled.source(stream));
        told.is_some_and(|told| !told.lines.is_empty() && told.unknown == 0)
    }

    /// Reads the modules that `dir` names.
    fn named(&mut self, dir: &Dir) {
        for entry in &dir.modules {
            if self.listed.leaves_out(&entry.name) {
                self.unlisted.push(entry.name.clone());
            }
            match self.stream_of(entry) {
                Some((place, stream)) => self.module(entry, &place, &stream),
                None => self.gap(
                    &format!("{}/{}", self.storage, entry.stream),
                    "the module has no stream",
                ),
            }
        }
    }

    /// Returns the stream of a module: by the name that `dir` gives the stream, else by the module's own.
    fn stream_of(&mut self, entry: &ModuleEntry) -> Option<(String, Vec<u8>)> {
        for name in [&entry.stream, &entry.narrow_stream, &entry.name] {
            let place = format!("{}/{name}", self.storage);
            if !name.is_empty()
                && !self.taken.contains(&place.to_lowercase())
                && let Some(read) = self.compound.read(&place)
            {
                self.taken.insert(place.to_lowercase());
                return Some((place, read.bytes));
            }
        }
        None
    }

    fn module(&mut self, entry: &ModuleEntry, place: &str, stream: &[u8]) {
        let source = read_source(stream, entry.offset, self.bound);
        let behind = matches!(source, Source::Elsewhere(_)) || entry.offset > 0;
        let pcode = self.pcode(place, stream, behind);
        let (raw, whole) = match source {
            Source::Whole(raw) | Source::Elsewhere(raw) => (Some(raw), true),
            Source::Broken(raw) => {
                let spoken = self.spoken(stream);
                self.lost(place, "the module's source breaks off", spoken);
                (Some(raw), false)
            }
            Source::Missing => {
                let spoken = self.spoken(stream);
                self.lost(place, "no source of the module", spoken);
                (None, false)
            }
        };
        self.modules.push(Read {
            name: entry.name.clone(),
            kind: self.listed.kind(&entry.name, entry.kind),
            raw,
            whole,
            pcode,
        });
    }

    fn lost(&mut self, place: &str, what: &str, spoken: bool) {
        let gap = if spoken {
            Gap::new(place, Why::Damaged, format!("{what}, its p-code is read instead")).harmless()
        } else {
            Gap::new(place, Why::Damaged, what)
        };
        self.gaps.push(gap);
    }

    /// Reads streams that hold a source and that `dir` does not name.
    fn unnamed(&mut self, streams: &[String]) {
        let prefix = format!("{}/", self.storage);
        let own = |name: &str| {
            let lower = name.to_ascii_lowercase();
            matches!(lower.as_str(), "dir" | "_vba_project") || lower.starts_with("__srp_")
        };
        for name in streams.iter().filter(|name| !own(name)) {
            let place = format!("{prefix}{name}");
            if !self.taken.insert(place.to_lowercase()) {
                continue;
            }
            let Some(stream) = self.compound.read(&place).map(|read| read.bytes) else {
                self.gap(&place, "the stream cannot be read");
                continue;
            };
            let pcode = self.pcode(&place, &stream, false);
            let found = search(&stream, self.bound);
            let whole = found.as_ref().is_some_and(|found| found.whole);
            if found.as_ref().is_some_and(|found| !found.whole) {
                let spoken = self.spoken(&stream);
                self.lost(&place, "the module's source breaks off", spoken);
            }
            if found.is_some() || pcode.is_some() {
                self.modules.push(Read {
                    name: name.clone(),
                    kind: ModuleKind::Unknown,
                    whole,
                    raw: found.map(|found| found.bytes),
                    pcode,
                });
            }
        }
    }

    fn gap(&mut self, place: &str, what: &str) {
        self.gaps.push(Gap::new(place, Why::Damaged, what));
    }
}

#[cfg(test)]
mod tests {
    use super::super::compress::compress;
    use super::super::write::write_vba_project;
    use super::*;

    const SOURCE: &str = "Sub AutoOpen()\n  MsgBox \"gr\u{fc}n\"\nEnd Sub\n";

    fn read(file: &[u8]) -> Project {
        let compound = Compound::open(file).unwrap();
        let storages = projects(&compound);
        assert_eq!(storages[0].path, "/VBA");
        read_project(&compound, &storages[0], 1 << 20)
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
    fn a_list_that_breaks_off_is_told_and_its_modules_are_read() {
        let record = |id: u16, data: &[u8]| {
            let size = u32::try_from(data.len()).unwrap();
            [&id.to_le_bytes()[..], &size.to_le_bytes(), data].concat()
        };
        let dir = [
            record(0x0019, b"A"),
            record(0x001A, b"A"),
            record(0x0031, &[0; 4]),
            record(0x002B, b""),
            record(0x0019, b"B"),
            record(0x001A, b"Behind"),
        ]
        .concat();
        let compound = Compound::of_streams(&[
            ("/VBA/dir", &compress(&dir)),
            ("/VBA/A", &compress(SOURCE.as_bytes())),
            ("/VBA/Behind", &compress(SOURCE.as_bytes())),
        ]);
        let project = read_project(&compound, &projects(&compound)[0], 1 << 20);
        let names: Vec<&str> = project
            .modules
            .iter()
            .map(|module| module.name.as_str())
            .collect();
        assert_eq!(names, ["A", "B"]);
        let gaps: Vec<&str> = project.gaps.iter().map(|gap| gap.why.as_str()).collect();
        assert!(gaps[0].contains("breaks off"), "{gaps:?}");
    }

    #[test]
    fn kinds_and_hidden_modules_are_those_of_the_list_for_the_editor() {
        let file = write_vba_project(&[("ThisDocument", ""), ("Modul", SOURCE)]);
        let told = read_vba(&file).unwrap();
        let kinds: Vec<ModuleKind> = told[0].modules.iter().map(|module| module.kind).collect();
        assert_eq!(kinds, [ModuleKind::Document, ModuleKind::Standard]);
        assert!(read(&file).unlisted.is_empty());
        let mut file = file;
        let at = file.windows(12).position(|w| w == b"Module=Modul").unwrap();
        file[at..at + 7].copy_from_slice(b"Ignore=");
        assert_eq!(read(&file).unlisted, ["Modul"]);
    }

    #[test]
    fn a_source_that_no_list_names_and_that_breaks_off_hides() {
        let source = [b"Attribute VB_Name = \"M\"\r\n", SOURCE.as_bytes()].concat();
        let mut module = compress(&source);
        module.truncate(module.len() - 8);
        let compound =
            Compound::of_streams(&[("/VBA/_VBA_PROJECT", b"\xCC\x61\xFF\xFF"), ("/VBA/M", &module)]);
        let project = read_project(&compound, &projects(&compound)[0], 1 << 20);
        assert_eq!(project.modules.len(), 1);
        let broken = project
            .gaps
            .iter()
            .find(|gap| gap.why.contains("source breaks off"));
        assert!(broken.is_some_and(|gap| gap.hides), "{:?}", project.gaps);
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
