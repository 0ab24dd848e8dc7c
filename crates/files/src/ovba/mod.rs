//! VBA projects as documents store them (MS-OVBA): from compressed streams to module sources, and back.
//!
//! Reading is tolerant. Where the `dir` stream is damaged, each stream of the storage is searched for the
//! compressed text of a source; where a source is gone, what its p-code says stands in for it.

mod compress;
mod dir;
mod listed;
mod pcode;
mod project;
mod read;
mod salvage;
mod source;
mod stomp;
mod write;

pub(crate) use dir::encoding_of;
pub use dir::{Information, ModuleKind, Reference, ReferenceKind};
pub use project::{VbaModule, VbaProject};
pub use read::read_vba;
pub use write::write_vba_project;

pub(crate) use project::Project;
pub(crate) use read::{Storage, projects, read_project};
pub(crate) use salvage::salvage_bytes;

use compress::decompress;
use dir::read_dir;

/// Reads a compressed container of MS-OVBA up to `bound` bytes, and says whether it was well formed; `None` where
/// the bytes do not begin one. The narrow door of the decompressor, for fuzzing and for tools.
pub fn decompress_ovba(container: &[u8], bound: usize) -> Option<(Vec<u8>, bool)> {
    decompress(container, bound).map(|read| (read.bytes, read.whole))
}

/// Reads the p-code of a module stream with the names of a `_VBA_PROJECT` stream, and returns the source that was
/// compiled, a text for each line; `None` where there is no p-code. `wide` says that 64-bit Office compiled it.
pub fn decompile_vba(project: &[u8], module: &[u8], wide: bool) -> Option<Vec<String>> {
    let compiled = pcode::Compiled::read(project, wide, encoding_rs::WINDOWS_1252)?;
    compiled.list(module)?;
    compiled.source(module).map(|source| source.lines)
}

/// Returns the modules that a decompressed `dir` stream names, as far as it can be read.
pub fn modules_of_dir(stream: &[u8]) -> Vec<String> {
    read_dir(stream)
        .modules
        .into_iter()
        .map(|module| module.name)
        .collect()
}
