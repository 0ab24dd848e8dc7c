//! Examines every file below a folder with one thread and prints files per second and the slowest:
//! `examine_folder FOLDER [ROUNDS]`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use strongroom_files::examine;
use strongroom_model::Limits;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        return Ok(());
    };
    let rounds = arguments
        .next()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(3);
    let mut files = Vec::new();
    list(Path::new(&folder), &mut files)?;
    let mut taken: Vec<(Duration, usize, String)> = Vec::new();
    for path in &files {
        let bytes = std::fs::read(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let once = || {
            let begun = Instant::now();
            std::hint::black_box(examine(&name, &bytes, &Limits::default()));
            begun.elapsed()
        };
        let best = (0..rounds).map(|_| once()).min().unwrap_or_default();
        taken.push((best, bytes.len(), path.display().to_string()));
    }
    let total: Duration = taken.iter().map(|(time, ..)| *time).sum();
    let bytes: usize = taken.iter().map(|(_, size, _)| size).sum();
    let rate = |amount: f64| amount / total.as_secs_f64().max(f64::EPSILON);
    println!(
        "{} files, {bytes} bytes in {total:?}: {:.0} files/s, {:.1} MB/s, best of {rounds} rounds each",
        taken.len(),
        rate(taken.len() as f64),
        rate(bytes as f64 / 1e6),
    );
    taken.sort_by(|one, other| other.cmp(one));
    for (time, size, path) in taken.iter().take(25) {
        println!("{time:>12.2?} {size:>10} {path}");
    }
    Ok(())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => list(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}
