//! Files of one thing per line, as a user writes them or a pipe brings them.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::Path;
use strongroom_model::Limits;

/// Returns the lines that hold something, without the blanks around them; `-` is standard input.
pub fn lines(path: &Path, limits: &Limits) -> anyhow::Result<Vec<String>> {
    let input: Box<dyn Read> = if path == Path::new("-") {
        Box::new(stdin())
    } else {
        Box::new(File::open(path)?)
    };
    let mut lines = Vec::new();
    let mut input = BufReader::new(input);
    loop {
        let mut line = Vec::new();
        let read = input
            .by_ref()
            .take(limits.line_bytes)
            .read_until(b'\n', &mut line)?;
        anyhow::ensure!(
            (read as u64) < limits.line_bytes,
            "line {} is over {read} bytes",
            lines.len() + 1
        );
        if read == 0 {
            return Ok(lines);
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        lines.extend(Some(line).filter(|line| !line.is_empty()));
    }
}
