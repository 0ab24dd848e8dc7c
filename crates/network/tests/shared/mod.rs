//! Where the public network data is that some tests need.

use std::path::{Path, PathBuf};

/// Returns the folder of the network data; without it the test is skipped, in continuous integration it fails.
pub fn folder(test: &str) -> Option<PathBuf> {
    let mut crates = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let root = crates.find(|folder| folder.ends_with("crates"))?.parent()?;
    let data = root.join("../shared/data/network");
    if data.is_dir() {
        return Some(data);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "../shared/data is absent, and CI must run {test}"
    );
    eprintln!("SKIPPED: {test}: ../shared/data is absent");
    None
}
