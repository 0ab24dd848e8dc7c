//! The evidence folder while it is written: remembers every file, so that the truth can name them.

use anyhow::Context;
use flate2::{Compression, GzBuilder};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A folder that files are put into.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    files: Vec<String>,
}

impl Folder {
    /// Opens a folder, which is made where it is missing.
    pub fn open(root: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(root).with_context(|| format!("cannot make {}", root.display()))?;
        Ok(Folder {
            root: root.to_owned(),
            files: Vec::new(),
        })
    }

    /// Writes a file under its path in the folder, whose parts stand between forward slashes.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let full = path
            .split('/')
            .fold(self.root.clone(), |full, part| full.join(part));
        let parent = full.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        fs::write(&full, bytes).with_context(|| format!("cannot write {}", full.display()))?;
        self.files.push(path.to_owned());
        Ok(())
    }

    /// Writes a file in gzip (no name, no time: the same bytes each time).
    pub fn put_gzip(&mut self, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let mut writer = GzBuilder::new().write(Vec::new(), Compression::fast());
        writer.write_all(bytes)?;
        self.put(path, &writer.finish()?)
    }

    /// Returns the paths of all files, sorted.
    pub fn close(mut self) -> Vec<String> {
        self.files.sort();
        self.files
    }
}
