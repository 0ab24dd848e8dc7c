//! `network --plots`: the timeline of each beacon, in a file of its own.

use anyhow::Context;
use std::fs;
use std::path::{Path, PathBuf};
use strongroom_model::EvidenceId;
use strongroom_network::Beacon;

/// The longest destination that stands whole in a file's name; with a source and an ending it stays below the 255
/// bytes that file systems take.
const LONGEST: usize = 120;

/// A folder that takes timelines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plots {
    folder: PathBuf,
}

impl Plots {
    /// Makes the folder where it does not exist.
    ///
    /// # Errors
    /// Where it can neither be made nor is a folder.
    pub fn into(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot write timelines to {}", folder.display()))?;
        Ok(Plots {
            folder: folder.to_owned(),
        })
    }

    /// Writes the timeline of each beacon; one of the same pair that lies there is written anew, all else stays.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write(&self, beacons: &[Beacon]) -> anyhow::Result<()> {
        for beacon in beacons {
            let path = self.folder.join(file_name(beacon));
            fs::write(&path, beacon.plot()).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

/// Returns the name of a beacon's timeline: `SOURCE_DESTINATION.svg`. A source calls a destination in one beacon
/// alone, so that no two have one name; a colon becomes a hyphen.
fn file_name(beacon: &Beacon) -> String {
    let source = beacon.source.to_string().replace(':', "-");
    format!("{source}_{}.svg", destination(beacon.destination.value()))
}

/// Returns a destination in letters, digits, dots and hyphens; one that is cut or changed ends in its hash.
fn destination(value: &str) -> String {
    let plain = |c: char| match c {
        'a'..='z' | '0'..='9' | '.' | '-' | '_' => c,
        ':' => '-',
        _ => '_',
    };
    let name: String = value.chars().map(plain).take(LONGEST).collect();
    let whole = value.chars().count() <= LONGEST && !value.chars().any(|c| plain(c) == '_' && c != '_');
    if whole {
        return name;
    }
    let hash = EvidenceId::of(value.as_bytes()).to_string();
    format!("{name}-{}", hash.get(..16).unwrap_or(&hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_and_no_two_destinations_share_one() {
        assert_eq!(destination("c2.example"), "c2.example");
        assert_eq!(destination("2001:db8::7"), "2001-db8--7");
        let hostile = destination("../../etc/passwd\u{0}");
        assert!(hostile.starts_with(".._.._etc_passwd_-") && !hostile.contains('/'));
        let long = |end: &str| destination(&format!("{}.{end}", "a".repeat(240)));
        assert_ne!(long("c2.example"), long("c3.example"));
        assert!(long("c2.example").len() < 150);
    }
}
