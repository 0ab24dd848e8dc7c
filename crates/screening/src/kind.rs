//! Which list a file is, told by its first bytes. Never by its name.

use crate::{addresses, assets, eu, ftm, own, tagpack, tags, uk};
use strongroom_model::{Address, Reading};

/// The files that lists come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ListKind {
    /// OFAC's `sdn.csv`: entries.
    OfacSdn,
    /// OFAC's `alt.csv`: strong aliases.
    OfacAlt,
    /// OFAC's `add.csv`: postal addresses.
    OfacAdd,
    /// OFAC's `sdn_comments.csv`: the rest of long remarks.
    OfacComments,
    /// OFAC's plain XML: parties.
    OfacXml,
    /// OFAC's advanced XML: parties, places and measures in sections.
    OfacAdvanced,
    /// The consolidated list of the United Nations, XML.
    Un,
    /// The financial sanctions file of the European Union, XML.
    EuXml,
    /// The same as a table.
    EuTable,
    /// The consolidated list of the United Kingdom's OFSI, or the UK Sanctions List: a table.
    Uk,
    /// OpenSanctions' entities: JSON, one on each line.
    Ftm,
    /// The business's own table of parties and addresses, with a `reason` for each.
    Parties,
    /// The business's own table of assets that it does not take.
    Assets,
    /// Addresses alone, one a line, as a JSON array, or in a table with their assets. What they mean, who adds
    /// the list must say.
    Addresses,
    /// A table of tags: `address,label,service[,source]`.
    Tags,
    /// A GraphSense TagPack.
    TagPack,
    /// The parties that TagPacks name by their ids.
    ActorPack,
}

impl ListKind {
    /// Returns whether it is one of OFAC's tables, which belong together.
    pub(crate) const fn is_ofac_table(self) -> bool {
        matches!(
            self,
            ListKind::OfacSdn | ListKind::OfacAlt | ListKind::OfacAdd | ListKind::OfacComments
        )
    }
}

/// Lines that are looked at.
const LINES: usize = 16;
/// Characters of an address, from XRP's shortest to Cardano's.
const ADDRESS: std::ops::RangeInclusive<usize> = 20..=128;

/// Returns which list begins with these bytes: some KiB suffice, a last line that is cut is not looked at.
///
/// ```
/// use strongroom_screening::{ListKind, recognise};
/// assert_eq!(recognise(b"address,label,service\n"), Some(ListKind::Tags));
/// assert_eq!(recognise(b"asset,address\nBTC,1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu\n"), Some(ListKind::Addresses));
/// assert_eq!(recognise(b"Dear Sir,\n"), None);
/// ```
pub fn recognise(head: &[u8]) -> Option<ListKind> {
    let text = String::from_utf8_lossy(head);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.contains('\0') {
        return None;
    }
    if tagpack::is_pack(text) {
        return Some(ListKind::TagPack);
    }
    if tagpack::is_actor_pack(text) {
        return Some(ListKind::ActorPack);
    }
    if let Some(kind) = markup(text) {
        return Some(kind);
    }
    let lines = whole_lines(text);
    let first = lines.first()?;
    if eu::is_header(first) {
        return Some(ListKind::EuTable);
    }
    if lines.iter().take(2).any(|line| uk::is_header(line)) {
        return Some(ListKind::Uk);
    }
    if ftm::is_line(first) {
        return Some(ListKind::Ftm);
    }
    // Before the table of parties, whose columns it may have beside its own.
    if assets::is_header(first) {
        return Some(ListKind::Assets);
    }
    if own::is_header(first) {
        return Some(ListKind::Parties);
    }
    if tags::is_header(first) {
        return Some(ListKind::Tags);
    }
    if addresses::header(text).is_some() || is_json(text) || is_address_lines(&lines) {
        return Some(ListKind::Addresses);
    }
    ofac(&lines)
}

/// Returns which XML list has such a root element.
fn markup(text: &str) -> Option<ListKind> {
    let text = text.trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let opens = |name: &str| {
        let mut after = text.split(name).skip(1);
        after.any(|rest| rest.starts_with(|c: char| c == '>' || c.is_whitespace()))
    };
    let kinds = [
        ("<sdnList", ListKind::OfacXml),
        ("<CONSOLIDATED_LIST", ListKind::Un),
        ("<export", ListKind::EuXml),
        ("<Sanctions", ListKind::OfacAdvanced),
    ];
    let (_, kind) = kinds.into_iter().find(|(name, _)| opens(name))?;
    match kind {
        ListKind::EuXml if !text.contains("<sanctionEntity") && !text.contains("europa.eu/fpi/fsd") => None,
        ListKind::OfacAdvanced if !text.contains("DateOfIssue") && !text.contains("ReferenceValueSets") => {
            None
        }
        kind => Some(kind),
    }
}

/// Returns the first lines that are not empty; the last one only if the text ends there or it is the first.
fn whole_lines(text: &str) -> Vec<&str> {
    let whole = match text.rfind('\n') {
        Some(end) => text.get(..end).unwrap_or(text),
        None => text,
    };
    whole
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(LINES)
        .collect()
}

fn is_address_lines(lines: &[&str]) -> bool {
    let mut lines = lines
        .iter()
        .copied()
        .filter(|line| !line.starts_with('#'))
        .peekable();
    lines.next_if(|line| line.eq_ignore_ascii_case(addresses::HEADER));
    are_addresses(lines)
}

/// Returns whether what begins as JSON has addresses as its first elements: texts in an array, or what stands under the key
/// `address` in objects.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let is_array = text.strip_prefix('[').is_some_and(is_array);
    is_array || text.starts_with(['[', '{']) && are_objects(text)
}

fn is_array(rest: &str) -> bool {
    // Only whole elements: every second part between quotes is one.
    let parts: Vec<&str> = rest.split('"').collect();
    let whole = parts.len().saturating_sub(1) / 2;
    let between_is_bare = parts
        .iter()
        .step_by(2)
        .all(|part| part.chars().all(|c| c.is_whitespace() || matches!(c, ',' | ']')));
    let elements = parts.iter().skip(1).step_by(2).take(whole.min(LINES)).copied();
    between_is_bare && are_addresses(elements)
}

fn are_objects(text: &str) -> bool {
    let mut found = Vec::new();
    for rest in text.split("\"address\"").skip(1).take(LINES) {
        let value = rest.trim_start().strip_prefix(':').map(str::trim_start);
        let value = value.and_then(|value| value.strip_prefix('"')?.split_once('"'));
        match value {
            Some((address, _)) => found.push(address),
            None => return false,
        }
    }
    are_addresses(found.into_iter())
}

/// Returns whether all have an address's shape and half of them are valid; a foreign chain's are not known.
fn are_addresses<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let (mut all, mut valid) = (0, 0);
    for text in texts {
        let shaped =
            ADDRESS.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b':');
        if !shaped {
            return false;
        }
        all += 1;
        valid += usize::from(matches!(Address::read(text), Reading::Address { .. }));
    }
    all > 0 && valid * 2 >= all
}

/// OFAC's files have no header: the number of columns, the entry number and what stands for "nothing" tell.
fn ofac(lines: &[&str]) -> Option<ListKind> {
    let rows: Vec<Vec<String>> = lines.iter().filter_map(|line| columns(line)).collect();
    let kinds: Option<Vec<ListKind>> = rows.iter().map(|row| ofac_row(row)).collect();
    let kinds = kinds?;
    let first = kinds.first()?;
    let nothing = rows.iter().flatten().any(|field| field == "-0-");
    let agree = rows.len() == lines.len() && kinds.iter().all(|kind| kind == first);
    (agree && (nothing || *first == ListKind::OfacComments)).then_some(*first)
}

fn columns(line: &str) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(|field| field.trim().to_owned()).collect())
}

fn ofac_row(row: &[String]) -> Option<ListKind> {
    let is_number = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !row.first().is_some_and(is_number) {
        return None;
    }
    let second = row.get(1)?;
    match row.len() {
        12 => Some(ListKind::OfacSdn),
        6 if is_number(second) => Some(ListKind::OfacAdd),
        5 if is_number(second) && matches!(row.get(2)?.as_str(), "aka" | "fka" | "nka") => {
            Some(ListKind::OfacAlt)
        }
        // The tail of remarks: phrases between semicolons.
        2 if second.ends_with('.') && second.contains("; ") => Some(ListKind::OfacComments),
        _ => None,
    }
}
