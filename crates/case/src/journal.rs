//! The judgement over a journal's bytes: what stands in it, what was acknowledged, what is torn.
//!
//! Pure: [`crate::Case`] reads the two files and acts on the answer.
//!
//! The **head** file says how many entries were acknowledged and the hash of the last. It is written aside and renamed
//! after the journal is on disk, so after a crash the journal may be ahead of its head and never behind. That tells
//! a torn tail from a tampered one: what was acknowledged must be there to the byte, or it is damage; behind it,
//! whole lines that chain are kept, and anything else is the rest of a write that nobody was told had succeeded.

use crate::chain::{Chain, Digest, OPENING, Recorded};
use crate::error::{CaseError, Damage, HeadDamage};

/// What a journal was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// Entries that stand in it, each chained to the last.
    pub entries: u64,
    /// The hash of the last line: it covers every byte before it.
    pub head: Digest,
    /// Entries behind the last acknowledged one, left by a crash between two writes.
    pub unacknowledged: u64,
    /// Bytes of a write that a crash cut short; they are cut at the next opening for writing.
    pub torn: u64,
}

/// A journal that was read whole.
pub(crate) struct Judged {
    pub(crate) recorded: Vec<Recorded>,
    pub(crate) chain: Chain,
    pub(crate) whole_bytes: u64,
    pub(crate) verified: Verified,
}

/// Judges the bytes of a journal and of its head; no head stands for a case that was never appended to.
pub(crate) fn judge(journal: &[u8], head: Option<&[u8]>) -> Result<Judged, CaseError> {
    let mut rest = journal
        .strip_prefix(OPENING)
        .and_then(|rest| rest.strip_prefix(b"\n"))
        .ok_or_else(|| damaged(0, Damage::NotAJournal))?;
    let head = head.map(read_head).transpose()?;
    let acknowledged = head.as_ref().map_or(0, |head| head.0);
    let mut chain = Chain::start();
    let mut recorded = Vec::new();
    check_head(head.as_ref(), chain)?;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end);
        match chain.read(line) {
            Ok(entry) => recorded.push(entry),
            Err(_) if chain.count >= acknowledged => break,
            Err(damage) => return Err(damaged(chain.count + 1, damage)),
        }
        check_head(head.as_ref(), chain)?;
        rest = after.get(1..).unwrap_or_default();
    }
    if head.is_none() && !rest.is_empty() | !recorded.is_empty() {
        return Err(CaseError::HeadDamaged(HeadDamage::Missing));
    }
    let unacknowledged = chain.count.checked_sub(acknowledged).ok_or({
        CaseError::HeadDamaged(HeadDamage::Behind {
            acknowledged,
            present: chain.count,
        })
    })?;
    Ok(Judged {
        recorded,
        chain,
        whole_bytes: (journal.len() - rest.len()) as u64,
        verified: Verified {
            entries: chain.count,
            head: chain.last,
            unacknowledged,
            torn: rest.len() as u64,
        },
    })
}

/// Verifies the bytes of a journal and of its head file.
///
/// # Errors
/// [`CaseError::Damaged`] with line and cause, or [`CaseError::HeadDamaged`].
pub fn verify_bytes(journal: &[u8], head: Option<&[u8]>) -> Result<Verified, CaseError> {
    judge(journal, head).map(|judged| judged.verified)
}

/// Returns the bytes of the head file for the end of a chain.
pub(crate) fn head_bytes(chain: Chain) -> Vec<u8> {
    format!("{{\"entries\":{},\"hash\":\"{}\"}}\n", chain.count, chain.last).into_bytes()
}

/// Reads a head: its count and its exact bytes.
fn read_head(bytes: &[u8]) -> Result<(u64, &[u8]), CaseError> {
    let count = bytes
        .strip_prefix(b"{\"entries\":")
        .and_then(|rest| rest.split(|byte| *byte == b',').next())
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    count
        .map(|count| (count, bytes))
        .ok_or(CaseError::HeadDamaged(HeadDamage::NotAHead))
}

/// Checks, once the chain is as long as the head says, that it ends where the head says.
fn check_head(head: Option<&(u64, &[u8])>, chain: Chain) -> Result<(), CaseError> {
    match head {
        Some((count, bytes)) if *count == chain.count && head_bytes(chain) != *bytes => {
            Err(CaseError::HeadDamaged(HeadDamage::Other { seq: *count }))
        }
        _ => Ok(()),
    }
}

fn damaged(entries_before: u64, damage: Damage) -> CaseError {
    CaseError::Damaged {
        line: entries_before + 1,
        damage,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Entry;
    use crate::human::Note;
    use strongroom_model::Moment;

    fn journal(entries: u64) -> (Vec<u8>, Vec<u8>) {
        let mut chain = Chain::start();
        let mut bytes = [OPENING, b"\n"].concat();
        for seq in 0..entries {
            let note = Entry::Note(Note {
                by: "an analyst".into(),
                at: Moment::from_micros(seq as i64),
                text: format!("line {seq}: \u{202e} \"quoted\" é\n"),
            });
            bytes.extend(chain.write(&note).unwrap().0);
        }
        (bytes, head_bytes(chain))
    }

    #[test]
    fn every_flipped_bit_of_the_journal_is_found() {
        let (journal, head) = journal(3);
        assert_eq!(verify_bytes(&journal, Some(&head)).unwrap().entries, 3);
        for place in 0..journal.len() {
            for bit in 0..8 {
                let mut altered = journal.clone();
                altered[place] ^= 1 << bit;
                assert!(
                    verify_bytes(&altered, Some(&head)).is_err(),
                    "byte {place} bit {bit}"
                );
            }
        }
    }

    #[test]
    fn every_flipped_bit_of_the_head_is_found() {
        let (journal, head) = journal(3);
        for place in 0..head.len() {
            for bit in 0..8 {
                let mut altered = head.clone();
                altered[place] ^= 1 << bit;
                assert!(
                    verify_bytes(&journal, Some(&altered)).is_err(),
                    "byte {place} bit {bit}"
                );
            }
        }
    }

    #[test]
    fn a_journal_cut_anywhere_is_found() {
        let (journal, head) = journal(3);
        for length in 0..journal.len() {
            assert!(
                verify_bytes(&journal[..length], Some(&head)).is_err(),
                "{length} bytes"
            );
        }
        assert!(verify_bytes(&journal, None).is_err());
    }

    #[test]
    fn lines_that_were_removed_moved_or_doubled_are_found() {
        let (journal, head) = journal(4);
        let lines: Vec<&[u8]> = journal.split_inclusive(|byte| *byte == b'\n').collect();
        for order in [vec![0, 1, 3, 4], vec![0, 2, 1, 3, 4], vec![0, 1, 2, 2, 3, 4]] {
            let altered: Vec<u8> = order.iter().flat_map(|i| lines[*i].to_vec()).collect();
            assert!(verify_bytes(&altered, Some(&head)).is_err(), "{order:?}");
        }
    }

    #[test]
    fn the_cause_names_its_line() {
        let (mut journal, head) = journal(3);
        let third = journal
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .map(|(i, _)| i + 1)
            .nth(1)
            .unwrap();
        journal[third + 100] ^= 1;
        let error = verify_bytes(&journal, Some(&head)).unwrap_err().to_string();
        assert_eq!(error, "journal line 3: its bytes are not those that were written");
    }

    #[test]
    fn behind_the_head_whole_lines_are_kept_and_the_rest_is_torn() {
        let (long, _) = journal(4);
        let (short, head) = journal(2);
        let all = verify_bytes(&long, Some(&head)).unwrap();
        assert_eq!((all.entries, all.unacknowledged, all.torn), (4, 2, 0));
        for length in short.len()..long.len() {
            let verified = verify_bytes(&long[..length], Some(&head)).unwrap();
            assert!(verified.entries == 2 || verified.entries == 3, "{length}");
        }
        let zeroed = [short.as_slice(), &[0; 90], b"\n", &[0; 10]].concat();
        let verified = verify_bytes(&zeroed, Some(&head)).unwrap();
        assert_eq!((verified.entries, verified.torn), (2, 101));
    }
}
