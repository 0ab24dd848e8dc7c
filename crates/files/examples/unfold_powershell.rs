//! Unfolds command lines and scripts, and says how fast: rows and MB of unfolded text per second, the median row, the
//! slowest.
//!
//! `unfold_powershell FILE.jsonl.gz` takes the field `command` of each line, `unfold_powershell FOLDER` the scripts of a
//! folder. With `--effects` each row's effects are printed, with `--row N` one row's layers, effects and gaps.

use flate2::read::GzDecoder;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};
use strongroom_files::powershell::{unfold, unfold_command};
use strongroom_files::script::{Budget, Unfolded};
use strongroom_model::Limits;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(path) = arguments.first() else {
        return Err("which file or folder?".into());
    };
    let rows = if Path::new(path).is_dir() {
        scripts(path)?
    } else {
        commands(path)?
    };
    let limits = Limits::default();
    let one = |row: &str| {
        unfold_command(row, &mut Budget::new(&limits))
            .unwrap_or_else(|| unfold(row, &mut Budget::new(&limits)))
    };
    if let Some(number) = arguments.iter().skip_while(|word| *word != "--row").nth(1) {
        if let Some(row) = rows.get(number.parse::<usize>()?) {
            print(&one(row));
        }
        return Ok(());
    }
    let mut times: Vec<(Duration, usize)> = Vec::new();
    let (mut bytes, mut effects) = (0, 0);
    for (number, row) in rows.iter().enumerate() {
        let start = Instant::now();
        let unfolded = one(row);
        times.push((start.elapsed(), number));
        bytes += unfolded
            .layers
            .iter()
            .map(|layer| layer.text.len())
            .sum::<usize>();
        effects += usize::from(!unfolded.effects.is_empty());
        if arguments.iter().any(|word| word == "--effects") {
            for effect in &unfolded.effects {
                println!("{number} {:.400}", format!("{:?}", effect.action));
            }
        }
    }
    let all: f64 = times.iter().map(|(time, _)| time.as_secs_f64()).sum();
    times.sort_unstable();
    let of = |place: usize| times.get(place).copied().unwrap_or_default();
    println!(
        "{} rows, {effects} with effects, {:.1} MB of layers in {all:.2} s: {:.0} rows/s, {:.1} MB/s; median {:?}, slowest {:?} (row {})",
        rows.len(),
        bytes as f64 / 1e6,
        rows.len() as f64 / all,
        bytes as f64 / 1e6 / all,
        of(times.len() / 2).0,
        of(times.len().saturating_sub(1)).0,
        of(times.len().saturating_sub(1)).1,
    );
    Ok(())
}

fn print(unfolded: &Unfolded) {
    for layer in &unfolded.layers {
        println!("--- {}\n{}", layer.by, layer.text);
    }
    for effect in &unfolded.effects {
        println!(
            "effect in layer {}: {:.400}",
            effect.layer,
            format!("{:?}", effect.action)
        );
    }
    for gap in &unfolded.gaps {
        println!("gap: {} {}", gap.place, gap.why);
    }
}

fn commands(path: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(path)?).read_to_string(&mut text)?;
    let mut rows = Vec::new();
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let raw = row
            .get("command")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        // The field is a line of a JSON file: a quoted string, maybe with a comma behind it.
        rows.push(serde_json::from_str(raw.trim_end_matches(',')).unwrap_or_else(|_| raw.to_owned()));
    }
    Ok(rows)
}

fn scripts(folder: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut rows = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        rows.push(String::from_utf8_lossy(&std::fs::read(entry?.path())?).into_owned());
    }
    Ok(rows)
}
