//! Prints each object of rich texts with its place, length and hash, and how fast the texts were read.
//!
//! `bench/rtfobj` compares what it prints with what another reader finds.

use sha2::{Digest, Sha256};
use std::time::Instant;

fn main() {
    let mut bytes = 0;
    let mut spent = std::time::Duration::ZERO;
    for path in std::env::args().skip(1) {
        let Ok(text) = std::fs::read(&path) else {
            eprintln!("{path}: cannot be read");
            continue;
        };
        let start = Instant::now();
        let objects = strongroom_files::rtf_objects(&text);
        spent += start.elapsed();
        bytes += text.len();
        for (place, ways) in objects {
            for way in ways {
                let hash: String = Sha256::digest(&way)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                println!("{path}\t{place}\t{}\t{hash}", way.len());
            }
        }
    }
    eprintln!("{bytes} bytes in {:.6} s", spent.as_secs_f64());
}
