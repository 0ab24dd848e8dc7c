//! Files of `../shared/data`, which tests read where they are and the project does not ship.

use std::path::PathBuf;

/// Returns a file's path, or says that the test is skipped.
pub fn path(test: &str, file: &str) -> Option<PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)?;
    let path = root.join("../shared/data").join(file);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "{} is absent, and CI must have it",
        path.display()
    );
    eprintln!("SKIPPED: {test}: ../shared/data is absent");
    None
}

/// Returns a file's bytes, or says that the test is skipped.
pub fn bytes(test: &str, file: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(path(test, file)?).expect("a file that is there can be read"))
}
