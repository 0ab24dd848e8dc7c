//! A list that was read whole: its version, its entries, its tags. Not an index; see [`crate::Lists`].

use crate::entry::Entry;
use crate::tags::TagRow;
use crate::{
    BarredAsset, ListError, ListKind, OfacFiles, TagPack, addresses, assets, eu, ftm, ofac, own, tags, uk, un,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use strongroom_model::{Evidence, EvidenceId, Gap, Kind, Limits, Observable, Report, Role, Why};

/// What it means to stand in a list; only who adds it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Parties that one may not deal with.
    Sanctions,
    /// Wallets that stolen value went to.
    StolenFunds,
    /// Wallets that somebody wants to know of.
    Watch,
    /// Who is behind an address; to stand there is no hit.
    Tags,
    /// Assets that the business does not take.
    Assets,
}

/// A file of a list: its name for messages, and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct ListFile<'a> {
    /// The name.
    pub name: &'a str,
    /// The content.
    pub bytes: &'a [u8],
}

/// One file that a version was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The file's name.
    pub file: String,
    /// The hash of its bytes.
    pub sha256: EvidenceId,
}

/// Which list it was, to the byte; stands in every decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// The list's name.
    pub name: String,
    /// The hash of its file; of a list in several files the hash of their hashes, a line each, in the order of
    /// `parts`.
    pub sha256: EvidenceId,
    /// The date of publication or download, as whoever added it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// What it means to stand in it.
    pub purpose: Purpose,
    /// How many entries, tags or assets it has.
    pub entries: u64,
    /// How many wallet addresses stand in it, repeated ones too.
    pub addresses: u64,
    /// The files that it was read from.
    pub parts: Vec<Part>,
    /// What it lacks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// A list that was read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    pub(crate) version: Version,
    pub(crate) entries: Vec<Entry>,
    pub(crate) tags: Vec<TagRow>,
    pub(crate) assets: Vec<BarredAsset>,
}

impl List {
    /// Reads OFAC's CSV set; `date` is what the reader of the list knows of its publication.
    ///
    /// # Errors
    /// Refuses the whole set for one broken line, naming file, line and cause.
    pub fn ofac(name: &str, date: Option<&str>, files: &OfacFiles<'_>) -> Result<Self, ListError> {
        let (entries, gaps) = ofac::read(files)?;
        let parts = [Some(files.sdn), files.alt, files.add, files.comments];
        let parts: Vec<ListFile<'_>> = parts.into_iter().flatten().collect();
        let mut list = List::new(name, date, Purpose::Sanctions, &parts, entries, Vec::new());
        list.version.gaps = gaps;
        Ok(list)
    }

    /// Reads a list of addresses alone: lines, a JSON array, or a table `asset,address`.
    ///
    /// # Errors
    /// Refuses the whole list for one broken line, naming file, line and cause.
    pub fn addresses(
        name: &str,
        date: Option<&str>,
        purpose: Purpose,
        file: ListFile<'_>,
    ) -> Result<Self, ListError> {
        let entries = addresses::read(file)?;
        Ok(List::new(name, date, purpose, &[file], entries, Vec::new()))
    }

    /// Reads a list that stands in one file of whatever kind, which [`crate::recognise`] tells. Without a date it has the one that
    /// the file names. Tables of tags and of assets have their own purpose, whatever the caller says.
    ///
    /// # Errors
    /// Refuses the whole list for one broken place, naming file, line and cause. Files of OFAC's set of tables other than the
    /// entries, and packs of actors, are no list by themselves.
    pub fn read(
        kind: ListKind,
        name: &str,
        date: Option<&str>,
        purpose: Purpose,
        file: ListFile<'_>,
    ) -> Result<Self, ListError> {
        // Whoever says that a list is of assets would have it asked about nothing else.
        if purpose == Purpose::Assets && kind != ListKind::Assets {
            return Err(ListError::NoList {
                file: file.name.to_owned(),
            });
        }
        let content = match kind {
            ListKind::OfacXml => ofac::plain::read(file)?,
            ListKind::OfacAdvanced => ofac::advanced::read(file)?,
            ListKind::Un => un::read(file)?,
            ListKind::EuXml => eu::read_xml(file)?,
            ListKind::EuTable => eu::read_table(file)?,
            ListKind::Uk => uk::read(file)?,
            ListKind::Ftm => ftm::read(file)?,
            ListKind::Parties => own::read(file)?,
            ListKind::Addresses => return List::addresses(name, date, purpose, file),
            ListKind::Assets => return List::assets(name, date, file),
            ListKind::Tags => return List::tags(name, date, file),
            ListKind::TagPack => return List::tag_pack(name, date, file),
            ListKind::OfacSdn => {
                let files = OfacFiles {
                    sdn: file,
                    alt: None,
                    add: None,
                    comments: None,
                };
                return List::ofac(name, date, &files);
            }
            ListKind::OfacAlt | ListKind::OfacAdd | ListKind::OfacComments | ListKind::ActorPack => {
                return Err(ListError::NoList {
                    file: file.name.to_owned(),
                });
            }
        };
        let date = date.map(str::to_owned).or(content.date);
        let mut list = List::new(
            name,
            date.as_deref(),
            purpose,
            &[file],
            content.entries,
            Vec::new(),
        );
        list.version.gaps = content.gaps;
        Ok(list)
    }

    /// Reads a tag table: `address,label,service[,source]`.
    ///
    /// # Errors
    /// Refuses the whole table for one broken line, naming file, line and cause.
    pub fn tags(name: &str, date: Option<&str>, file: ListFile<'_>) -> Result<Self, ListError> {
        let rows = tags::read(file, name)?;
        Ok(List::new(name, date, Purpose::Tags, &[file], Vec::new(), rows))
    }

    /// Reads a table of assets that the business does not take.
    ///
    /// # Errors
    /// Refuses the whole table for one broken row, naming file, line and field.
    pub fn assets(name: &str, date: Option<&str>, file: ListFile<'_>) -> Result<Self, ListError> {
        let assets = assets::read(file)?;
        let mut list = List::new(name, date, Purpose::Assets, &[file], Vec::new(), Vec::new());
        list.version.entries = assets.len() as u64;
        list.assets = assets;
        Ok(list)
    }

    /// Reads a GraphSense TagPack. An address whose checksum fails stays in the list as it is spelt and is a gap of the
    /// version: nobody can be found under it.
    ///
    /// # Errors
    /// Refuses the whole pack for one broken tag, naming file, line and cause.
    pub fn tag_pack(name: &str, date: Option<&str>, file: ListFile<'_>) -> Result<Self, ListError> {
        let pack = TagPack::read(file)?;
        let title: Arc<str> = pack.title.as_str().into();
        let rows = pack.tags.iter().map(|tag| TagRow::of_pack(tag, &title)).collect();
        let mut list = List::new(name, date, Purpose::Tags, &[file], Vec::new(), rows);
        let malformed = pack
            .tags
            .iter()
            .filter_map(|tag| Some((tag.line, tag.malformed.as_ref()?)));
        list.version.gaps = malformed
            .map(|(line, why)| Gap::new(format!("{}, line {line}", file.name), Why::Damaged, why).harmless())
            .collect();
        Ok(list)
    }

    fn new(
        name: &str,
        date: Option<&str>,
        purpose: Purpose,
        files: &[ListFile<'_>],
        entries: Vec<Entry>,
        tags: Vec<TagRow>,
    ) -> Self {
        let parts: Vec<Part> = files
            .iter()
            .map(|file| Part {
                file: file.name.to_owned(),
                sha256: EvidenceId::of(file.bytes),
            })
            .collect();
        let listed: usize = entries.iter().map(|entry| entry.addresses.len()).sum();
        let version = Version {
            name: name.to_owned(),
            sha256: whole(&parts),
            date: date.map(str::to_owned),
            purpose,
            entries: (entries.len() + tags.len()) as u64,
            addresses: (listed + tags.len()) as u64,
            parts,
            gaps: Vec::new(),
        };
        List {
            version,
            entries,
            tags,
            assets: Vec::new(),
        }
    }

    /// Returns which list it is.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Returns the entries, in the order of the list; none in a table of tags or of assets.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the list as evidence: its wallet addresses as observables, and what it lacks. `file` is the one
    /// that the report is about.
    pub fn report(&self, file: ListFile<'_>, limits: &Limits) -> Report {
        let kind = match (self.version.purpose, self.version.parts.len()) {
            (Purpose::Sanctions, 2..) => Kind::OfacList,
            (Purpose::Tags | Purpose::Assets, _) => Kind::Csv,
            _ if self.entries.iter().any(|entry| entry.party.is_some()) => Kind::PartyList,
            _ => Kind::AddressList,
        };
        let mut report = Report::new(Evidence::of_bytes(file.name, kind, file.bytes));
        let role = match self.version.purpose {
            Purpose::StolenFunds => Role::Theft,
            Purpose::Sanctions | Purpose::Watch => Role::Listed,
            Purpose::Tags | Purpose::Assets => Role::Mentioned,
        };
        let listed = self.entries.iter().flat_map(|entry| &entry.addresses);
        for text in listed
            .map(|address| &address.text)
            .chain(self.tags.iter().map(|row| &row.address))
        {
            report.sight(Observable::account(text), role);
        }
        report.gaps.clone_from(&self.version.gaps);
        report.bound(limits.rows);
        report
    }
}

fn whole(parts: &[Part]) -> EvidenceId {
    match parts {
        [one] => one.sha256.clone(),
        many => {
            let lines: String = many.iter().map(|part| format!("{}\n", part.sha256)).collect();
            EvidenceId::of(lines.as_bytes())
        }
    }
}
