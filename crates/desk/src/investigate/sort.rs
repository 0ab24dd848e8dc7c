//! Sorting: whose is each file? Each room is asked over the first bytes; what none claims is examined.

use crate::input::{Input, InputError};

/// Bytes that tell whose a file is.
const HEAD: usize = 1 << 16;

/// The files of a folder by who reads them.
#[derive(Debug, Default)]
pub struct Sorted {
    /// Network logs.
    pub logs: Vec<Input>,
    /// Lists of parties and wallets, tag tables.
    pub lists: Vec<Input>,
    /// Transfer tables.
    pub tables: Vec<Input>,
    /// Everything else: files and threat reports.
    pub files: Vec<Input>,
    /// What could not be read.
    pub errors: Vec<InputError>,
}

impl Sorted {
    /// Sorts files by their content.
    pub fn of(inputs: Vec<Input>) -> Self {
        let mut sorted = Sorted::default();
        for input in inputs {
            match input.head(HEAD) {
                Ok(head) => sorted.shelf(&head).push(input),
                Err(error) => sorted.errors.push(error),
            }
        }
        sorted
    }

    fn shelf(&mut self, head: &[u8]) -> &mut Vec<Input> {
        if strongroom_network::recognise(head).is_some() {
            &mut self.logs
        } else if strongroom_ledger::recognise(head) {
            &mut self.tables
        } else if strongroom_screening::recognise(head).is_some() {
            &mut self.lists
        } else {
            &mut self.files
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALLET: &str = "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu";

    #[test]
    fn content_tells_whose_a_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            Input {
                name: name.to_owned(),
                path,
            }
        };
        let sorted = Sorted::of(vec![
            put("a", "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\n"),
            put("b.log", "time,tx,from,to,asset,amount\n"),
            put("c.csv", "address,label,service\n"),
            put("d.csv", "Dear all,\nlunch is at noon.\n"),
            // What we write ourselves: a watch list names wallets and is no list of wallets.
            put(
                "watch.csv",
                &format!("{}wallet,{WALLET},indicator\r\n", strongroom_intel::CSV_HEADING),
            ),
            put(
                "answers",
                &format!("{{\"schema\":\"strongroom.screening/1\",\"query\":\"{WALLET}\"}}\n"),
            ),
            put("index", "{\"schema\":\"strongroom.shelf/1\"}\n"),
        ]);
        let names = |inputs: &[Input]| inputs.iter().map(|input| input.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&sorted.logs), ["a"]);
        assert_eq!(names(&sorted.tables), ["b.log"]);
        assert_eq!(names(&sorted.lists), ["c.csv"]);
        assert_eq!(names(&sorted.files), ["d.csv", "watch.csv", "answers", "index"]);
    }
}
