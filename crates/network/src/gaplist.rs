//! The gaps of one file: the first ones in full, the rest counted.

use crate::event::Fault;
use strongroom_model::{Gap, Why};

/// Lines and fields of one file that are shown in full.
const SHOWN: usize = 20;

/// What could not be read of one file, in the order of its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GapList {
    shown: Vec<Gap>,
    whole: Vec<Gap>,
    lines: u64,
    fields: u64,
    hiding: bool,
}

impl GapList {
    /// Adds a gap that concerns the file as a whole, once. Of very many the first ones are shown, and a bound that was
    /// reached always is.
    pub(crate) fn file(&mut self, gap: Gap) {
        if self.whole.contains(&gap) {
            return;
        }
        if self.whole.len() < SHOWN || matches!(gap.cause, Why::Limit(_)) {
            self.whole.push(gap);
        } else {
            self.lines += 1;
            self.hiding |= gap.hides;
        }
    }

    /// Adds a gap of a capture, which counts by itself what it does not show.
    pub(crate) fn packet(&mut self, gap: Gap) {
        self.whole.push(gap);
    }

    /// Adds a line that could not be read.
    pub(crate) fn line(&mut self, gap: Gap) {
        if !self.show(gap) {
            self.lines += 1;
            self.hiding = true;
        }
    }

    /// Adds a field that could not be read.
    pub(crate) fn field(&mut self, file: &str, line: u64, fault: &Fault) {
        let detail = format!("{} holds {}", fault.column, fault.shown);
        let gap = Gap::new(format!("{file}:{line}"), Why::Damaged, detail);
        if !self.show(if fault.hides { gap } else { gap.harmless() }) {
            self.fields += 1;
            self.hiding |= fault.hides;
        }
    }

    fn show(&mut self, gap: Gap) -> bool {
        let room = self.shown.len() < SHOWN;
        if room {
            self.shown.push(gap);
        }
        room
    }

    /// Returns the gaps, the file's own first, the count of what is not shown last.
    pub(crate) fn into_gaps(self, file: &str) -> Vec<Gap> {
        let mut gaps = self.whole;
        gaps.extend(self.shown);
        if self.lines + self.fields > 0 {
            let detail = format!(
                "{} more lines and {} more fields could not be read",
                self.lines, self.fields
            );
            let gap = Gap::new(file, Why::Damaged, detail);
            gaps.push(if self.hiding { gap } else { gap.harmless() });
        }
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::Limit;

    #[test]
    fn the_first_gaps_are_shown_and_the_rest_is_counted() {
        let mut list = GapList::default();
        for line in 1..=30 {
            list.line(Gap::new(format!("conn.log:{line}"), Why::Damaged, ""));
        }
        let fault = Fault {
            column: "duration",
            shown: "\"x\"".into(),
            hides: false,
        };
        list.field("conn.log", 31, &fault);
        let gaps = list.into_gaps("conn.log");
        assert_eq!(gaps.len(), 21);
        assert_eq!(gaps[0].place, "conn.log:1");
        assert!(gaps[20].why.contains("10 more lines and 1 more fields"));
        assert!(gaps[20].hides);
    }

    #[test]
    fn a_bound_is_shown_behind_any_number_of_gaps_and_none_is_lost() {
        let mut list = GapList::default();
        for packet in 1..=SHOWN {
            list.packet(Gap::new(format!("a.pcap:{packet}"), Why::Damaged, "lengths"));
        }
        list.file(Gap::new("a.pcap:99", Why::Damaged, "the rest was not read"));
        let bound = Gap::limit("a.pcap", Limit::Keys, "1; 7 rows not kept");
        list.file(bound.clone());
        list.file(bound.clone());
        let gaps = list.into_gaps("a.pcap");
        assert_eq!(gaps.len(), SHOWN + 2);
        assert_eq!(gaps[SHOWN], bound);
        assert!(gaps[SHOWN + 1].hides && gaps[SHOWN + 1].why.contains("1 more lines"));
    }

    #[test]
    fn a_field_that_hides_nothing_leaves_a_harmless_gap() {
        let mut list = GapList::default();
        let fault = Fault {
            column: "duration",
            shown: "\"x\"".into(),
            hides: false,
        };
        list.field("conn.log", 7, &fault);
        let gaps = list.into_gaps("conn.log");
        assert!(!gaps[0].hides);
        assert_eq!(gaps[0].why, "damaged: duration holds \"x\"");
    }
}
