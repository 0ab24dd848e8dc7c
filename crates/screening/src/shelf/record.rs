//! A line of the shelf's index: one version of one list.

use crate::list::{List, Purpose};
use crate::{ListError, ListFile, ListKind, OfacFiles, recognise};
use serde::{Deserialize, Serialize};
use strongroom_model::{EvidenceId, Moment};

/// A version of a list that the shelf keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The list's name.
    pub list: String,
    /// The number of the version within its list, from 1.
    pub version: u64,
    /// The hash of its file, or of the hashes of its files.
    pub sha256: EvidenceId,
    /// The date that the file names, or that was said when it was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// When it was added.
    pub added: Moment,
    /// What it means to stand in it.
    pub purpose: Purpose,
    /// How many entries, tags or assets it has.
    pub entries: u64,
    /// How many wallet addresses stand in it.
    pub addresses: u64,
    /// The files that it was read from.
    pub files: Vec<Kept>,
}

/// A file that the shelf keeps under its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The name under which it came.
    pub name: String,
    /// The hash of its bytes.
    pub sha256: EvidenceId,
}

impl Record {
    pub(super) fn of(list: &List, version: u64, added: Moment) -> Self {
        let of = list.version();
        Record {
            list: of.name.clone(),
            version,
            sha256: of.sha256.clone(),
            date: of.date.clone(),
            added,
            purpose: of.purpose,
            entries: of.entries,
            addresses: of.addresses,
            files: of
                .parts
                .iter()
                .map(|part| Kept {
                    name: part.file.clone(),
                    sha256: part.sha256.clone(),
                })
                .collect(),
        }
    }
}

impl List {
    /// Reads a list from its files, whose kinds their content tells: one file, or OFAC's set of tables.
    ///
    /// # Errors
    /// Refuses the whole list for one broken place, for a file of no kind, and for files that are not one list.
    pub fn of_files(
        name: &str,
        date: Option<&str>,
        purpose: Purpose,
        files: &[ListFile<'_>],
    ) -> Result<Self, ListError> {
        /// Bytes that tell what a list is.
        const HEAD: usize = 1 << 16;
        let mut kinds = Vec::new();
        for file in files {
            let kind = recognise(file.bytes.get(..HEAD).unwrap_or(file.bytes));
            let kind = kind.ok_or_else(|| ListError::NoList {
                file: file.name.to_owned(),
            })?;
            if kinds.iter().any(|(known, _)| *known == kind) {
                return Err(ListError::NotOne {
                    file: file.name.to_owned(),
                });
            }
            kinds.push((kind, *file));
        }
        let of = |kind: ListKind| {
            kinds
                .iter()
                .find(|(known, _)| *known == kind)
                .map(|(_, file)| *file)
        };
        match (kinds.as_slice(), of(ListKind::OfacSdn)) {
            ([(kind, file)], None) => List::read(*kind, name, date, purpose, *file),
            (all, Some(sdn)) if all.iter().all(|(kind, _)| kind.is_ofac_table()) => {
                let files = OfacFiles {
                    sdn,
                    alt: of(ListKind::OfacAlt),
                    add: of(ListKind::OfacAdd),
                    comments: of(ListKind::OfacComments),
                };
                List::ofac(name, date, &files)
            }
            (all, _) => Err(ListError::NotOne {
                file: all
                    .last()
                    .map_or_else(String::new, |(_, file)| file.name.to_owned()),
            }),
        }
    }
}
