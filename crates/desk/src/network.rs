//! `network`: logs to beacons and contacts. All logs together are one network.

use crate::input::{Input, InputError, Inputs};
use crate::known::Known;
use crate::progress::{Advancing, Progress, Step};
use crate::queue::in_order;
use anyhow::Context;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use strongroom_model::{Evidence, EvidenceId, Kind, Limits};
use strongroom_network::{Config, Network, Reader, SafeList};

/// The safe list inside a case's folder, which an investigation reads in place of the program's own.
pub const SAFE_FILE: &str = "safe.txt";

/// The name of several logs together.
const TOGETHER: &str = "network logs";

/// What the logs say, and which of them could not be read.
#[derive(Debug)]
pub struct NetworkAnswer {
    /// What the logs say.
    pub network: Network,
    /// What could not be read from disk.
    pub errors: Vec<InputError>,
}

/// Reads the safe lists in these files; together they take the place of the program's own, which holds where none is
/// named.
///
/// # Errors
/// Where a file cannot be read, or a line of it says nothing that can be meant; the error names both.
pub fn safe_list(paths: &[PathBuf]) -> anyhow::Result<SafeList> {
    let Some((first, others)) = paths.split_first() else {
        return Ok(SafeList::default());
    };
    let (mut list, _) = read_safe_list(first)?;
    for path in others {
        list.extend(read_safe_list(path)?.0);
    }
    Ok(list)
}

/// Reads one safe list; returns the hash of its very bytes too.
pub(crate) fn read_safe_list(path: &Path) -> anyhow::Result<(SafeList, EvidenceId)> {
    let text = fs::read(path).with_context(|| path.display().to_string())?;
    let list = SafeList::read(&text).with_context(|| path.display().to_string())?;
    Ok((list, EvidenceId::of(&text)))
}

/// Reads the logs that the paths name; folders are walked. `known` is what contacts are looked for with.
pub fn network(
    paths: &[PathBuf],
    known: &Known,
    (safe, limits): (SafeList, &Limits),
    progress: &Progress<'_>,
) -> NetworkAnswer {
    let inputs = Inputs::below(paths);
    let config = Config {
        safe,
        ..Config::default()
    };
    let mut answer = read_logs(&inputs.files, known, (&config, limits), progress);
    answer.errors.extend(inputs.errors);
    answer
}

/// Reads logs that were told apart already, several at once, and joins them in their order, so that few wait for each
/// other in memory and the answer is the same with any number of threads.
pub fn read_logs(
    inputs: &[Input],
    known: &Known,
    (config, limits): (&Config, &Limits),
    progress: &Progress<'_>,
) -> NetworkAnswer {
    // What cannot be asked for its length is told as an error when it is opened.
    let lengths = inputs.iter().filter_map(|input| fs::metadata(&input.path).ok());
    progress(Step::Begin {
        what: "reading logs",
        total: lengths.map(|metadata| metadata.len()).sum(),
        bytes: true,
    });
    let mut all = Reader::with_config(limits, config.clone());
    let (mut parts, mut errors) = (Vec::new(), Vec::new());
    let read = |number: usize| {
        let input = inputs.get(number).expect("the queue counts the inputs");
        read_log(input, (config, limits), progress)
    };
    let _: ControlFlow<()> = in_order(inputs.len(), read, |one| {
        match one {
            Ok((reader, evidence)) => {
                all.merge(reader);
                parts.push(evidence);
            }
            Err(error) => errors.push(error),
        }
        ControlFlow::Continue(())
    });
    progress(Step::End);
    let network = all.finish(together(TOGETHER, parts), &|observable| known.why(observable));
    NetworkAnswer { network, errors }
}

fn read_log(
    input: &Input,
    (config, limits): (&Config, &Limits),
    progress: &Progress<'_>,
) -> Result<(Reader, Evidence), InputError> {
    let mut reader = Reader::with_config(limits, config.clone());
    let (kind, id, size) = input.stream(|log| reader.read(&input.name, Advancing::new(log, progress)))?;
    Ok((
        reader,
        Evidence {
            id,
            name: input.name.clone(),
            size,
            kind: kind.map_or(Kind::Unknown, |kind| kind.evidence()),
        },
    ))
}

/// Returns the evidence that several files are together: its id is the hash of their ids and names, a line
/// each, sorted.
pub fn together(name: &str, mut parts: Vec<Evidence>) -> Evidence {
    match parts.as_slice() {
        [one] => one.clone(),
        _ => {
            parts.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
            let lines: String = parts
                .iter()
                .map(|part| format!("{} {}\n", part.id, part.name))
                .collect();
            Evidence {
                id: EvidenceId::of(lines.as_bytes()),
                name: name.to_owned(),
                size: parts.iter().map(|part| part.size).sum(),
                kind: Kind::Folder,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_log_is_evidence_of_its_own_kind() {
        let folder = tempfile::tempdir().unwrap();
        let eve = br#"{"timestamp":"2019-03-24T01:00:10.000000+0000","event_type":"stats"}"#;
        let mut pcap = 0xa1b2_c3d4_u32.to_le_bytes().to_vec();
        pcap.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0]);
        let mut pcapng = 0x0a0d_0d0a_u32.to_le_bytes().to_vec();
        pcapng.extend([28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0]);
        pcapng.extend([0xff; 8]);
        pcapng.extend([28, 0, 0, 0]);
        for (bytes, kind) in [
            (
                &b"#separator \\x09\n#path\tconn\n#fields\tts\n"[..],
                Kind::ZeekLog,
            ),
            (eve, Kind::EveLog),
            (&pcap, Kind::Pcap),
            (&pcapng, Kind::Pcapng),
            (b"no log", Kind::Unknown),
        ] {
            let path = folder.path().join("log");
            fs::write(&path, bytes).unwrap();
            let answer = network(
                &[path],
                &Known::default(),
                (SafeList::default(), &Limits::default()),
                &crate::progress::silent,
            );
            assert_eq!(answer.network.report.evidence.kind, kind);
        }
    }

    #[test]
    fn progress_tells_every_byte() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), vec![b'x'; 3_000_000]).unwrap();
        fs::write(folder.path().join("b"), b"y").unwrap();
        let told = std::sync::Mutex::new((0, 0));
        network(
            &[folder.path().to_owned()],
            &Known::default(),
            (SafeList::default(), &Limits::default()),
            &|step| match step {
                Step::Begin { total, .. } => told.lock().unwrap().0 = total,
                Step::Advance(more) => told.lock().unwrap().1 += more,
                Step::End => {}
            },
        );
        assert_eq!(told.into_inner().unwrap(), (3_000_001, 3_000_001));
    }
}
