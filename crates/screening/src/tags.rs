//! Tag tables: separated values with a header that has `address`, `label`, `service` and, if it likes, `source`,
//! in any order; further columns are let be. The services are those of [`Service::from_name`].

use crate::table::{Row, names, rows};
use crate::{ListError, ListFile, PackTag};
use std::sync::Arc;
use strongroom_model::{Service, Tag};

/// An address and who is behind it; what many rows share is in memory once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagRow {
    pub(crate) address: String,
    pub(crate) label: Arc<str>,
    pub(crate) service: Service,
    pub(crate) source: Arc<str>,
    pub(crate) confidence: Option<Arc<str>>,
    pub(crate) date: Option<Arc<str>>,
}

impl TagRow {
    pub(crate) fn tag(&self) -> Tag {
        Tag {
            confidence: self.confidence.as_deref().map(str::to_owned),
            date: self.date.as_deref().map(str::to_owned),
            ..Tag::new(&*self.label, self.service, &*self.source)
        }
    }

    /// Returns the row of a pack's tag; one without a source of its own has the pack's title.
    pub(crate) fn of_pack(tag: &PackTag, title: &Arc<str>) -> Self {
        TagRow {
            address: tag.address.clone(),
            label: Arc::clone(&tag.label),
            service: tag.service(),
            source: Arc::clone(tag.source.as_ref().unwrap_or(title)),
            confidence: tag.confidence.clone(),
            date: tag.date.clone(),
        }
    }
}

/// Where the columns stand.
struct Columns {
    address: usize,
    label: usize,
    service: usize,
    source: Option<usize>,
}

/// Returns whether the first line is the header of a tag table.
pub(crate) fn is_header(line: &str) -> bool {
    let columns = ["address", "label", "service"];
    columns.into_iter().all(|column| names(line, column))
}

/// Reads a table; a tag without a source of its own has the list's name.
pub(crate) fn read(file: ListFile<'_>, list: &str) -> Result<Vec<TagRow>, ListError> {
    let all = rows(file.name, file.bytes, None)?;
    let Some((header, rows)) = all.split_first() else {
        return Err(ListError::Empty {
            file: file.name.to_owned(),
        });
    };
    let columns = Columns::of(file.name, header)?;
    rows.iter().map(|row| columns.tag(file.name, row, list)).collect()
}

impl Columns {
    fn of(file: &str, header: &Row) -> Result<Self, ListError> {
        let find = |column: &str| header.fields().position(|name| name.eq_ignore_ascii_case(column));
        let need = |column| {
            find(column).ok_or_else(|| ListError::Header {
                file: file.to_owned(),
                column,
            })
        };
        Ok(Columns {
            address: need("address")?,
            label: need("label")?,
            service: need("service")?,
            source: find("source"),
        })
    }

    fn tag(&self, file: &str, row: &Row, list: &str) -> Result<TagRow, ListError> {
        let filled = |at, expected| match row.field(at) {
            "" => Err(ListError::field(file, row.line, expected, "")),
            text => Ok(text),
        };
        let service = row.field(self.service).to_ascii_lowercase();
        Ok(TagRow {
            address: filled(self.address, "an address")?.to_owned(),
            label: filled(self.label, "a label")?.into(),
            service: Service::from_name(&service)
                .ok_or_else(|| ListError::field(file, row.line, "a service", row.field(self.service)))?,
            source: match self.source.map(|at| row.field(at)) {
                None | Some("") => list.into(),
                Some(source) => source.into(),
            },
            confidence: None,
            date: None,
        })
    }
}
