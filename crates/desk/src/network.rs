//! `network`: logs to beacons and contacts. All logs together are one network.

use crate::input::{Input, InputError, Inputs};
use crate::known::Known;
use crate::progress::{Progress, Step};
use rayon::prelude::*;
use std::path::PathBuf;
use strongroom_model::{Evidence, EvidenceId, Kind, Limits};
use strongroom_network::{Network, Reader};

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

/// Reads the logs that the paths name; folders are walked. `known` is what contacts are looked for with.
pub fn network(paths: &[PathBuf], known: &Known, limits: &Limits, progress: &Progress<'_>) -> NetworkAnswer {
    let inputs = Inputs::below(paths);
    let mut answer = read_logs(&inputs.files, known, limits, progress);
    answer.errors.extend(inputs.errors);
    answer
}

/// Reads logs that were told apart already.
pub fn read_logs(inputs: &[Input], known: &Known, limits: &Limits, progress: &Progress<'_>) -> NetworkAnswer {
    progress(Step::Begin {
        what: "reading logs",
        total: inputs.len() as u64,
        bytes: false,
    });
    let read: Vec<Result<(Reader, Evidence), InputError>> = inputs
        .par_iter()
        .map(|input| {
            let one = read_log(input, limits);
            progress(Step::Advance(1));
            one
        })
        .collect();
    progress(Step::End);
    let mut all = Reader::new(limits);
    let (mut parts, mut errors) = (Vec::new(), Vec::new());
    for one in read {
        match one {
            Ok((reader, evidence)) => {
                all.merge(reader);
                parts.push(evidence);
            }
            Err(error) => errors.push(error),
        }
    }
    let network = all.finish(together(TOGETHER, parts), &|observable| known.why(observable));
    NetworkAnswer { network, errors }
}

fn read_log(input: &Input, limits: &Limits) -> Result<(Reader, Evidence), InputError> {
    let mut reader = Reader::new(limits);
    let ((), id, size) = input.stream(|log| reader.read(&input.name, log))?;
    Ok((
        reader,
        Evidence {
            id,
            name: input.name.clone(),
            size,
            kind: Kind::ZeekLog,
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
