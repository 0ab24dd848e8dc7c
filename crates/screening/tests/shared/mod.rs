//! Where the public data files are that some tests need.

use std::path::PathBuf;

/// Returns a folder of the shared data; without it the test is skipped, in continuous integration it fails.
pub fn folder(name: &str, test: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("../shared/data").join(name);
    if path.is_dir() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "../shared/data/{name} is absent"
    );
    eprintln!("SKIPPED: {test}: ../shared/data is absent");
    None
}
