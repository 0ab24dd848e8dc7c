//! `demo`: where the look-alike and its case go.

use crate::demo;
use crate::progress::{Progress, Step};
use anyhow::{Context, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The seed of the demo that everybody sees.
pub const DEMO_SEED: u64 = 20_190_324;
/// The file by which an earlier demo is known.
const MARK: &str = "README.txt";

/// Where a demo lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoFolders {
    /// The evidence, as an analyst would have gathered it.
    pub evidence: PathBuf,
    /// The case.
    pub case: PathBuf,
}

/// Writes the look-alike into `into/evidence`.
///
/// # Errors
/// Where `into` holds something else than an earlier demo, or cannot be written.
pub fn write_demo(into: &Path, progress: &Progress<'_>) -> anyhow::Result<DemoFolders> {
    let folders = DemoFolders {
        evidence: into.join("evidence"),
        case: into.join("case"),
    };
    let is_empty = match fs::read_dir(into) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error).with_context(|| into.display().to_string()),
    };
    if !is_empty && !folders.evidence.join(MARK).is_file() {
        bail!("{}: holds something else than an earlier demo", into.display());
    }
    progress(Step::Begin {
        what: "writing the demo",
        total: 0,
        bytes: false,
    });
    let written = demo::write(&folders.evidence, DEMO_SEED);
    progress(Step::End);
    written?;
    Ok(folders)
}
