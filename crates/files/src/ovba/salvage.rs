//! Sources in the bytes of a file whose directory is gone.

use super::compress::decompress;
use super::dir::decode;
use super::project::Project;
use super::source::{SOURCE_HEAD, SOURCE_START};
use crate::vba::Module;

/// Sources that are taken out of a damaged file.
const SALVAGED: usize = 64;

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
