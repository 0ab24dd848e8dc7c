//! Measures the reading of reports: `cargo run --release -p strongroom-intel --example throughput [FILE…]`.

use std::time::Instant;
use strongroom_intel::extract;
use strongroom_model::Limits;

const BYTES: usize = 32 << 20;

const SAMPLE: &str = "= Group X\n\nThe group sends invoice.doc with a macro that fetches its next stage. Version 1.2.3.4 \
of the tool writes to C:\\Users\\Public\\run.exe and then sleeps, as the blog says at https://www.example/post[here].\n\n\
== Network indicators\n\n* hxxps://c2[.]example/wp-includes/a.php\n* `203.0.113[.]9`\n\n\
|===\n| `2183AE45ADEF97500A26DBBF69D910B82BFE721A` | update.exe | Win32/Agent.TGO\n|===\n\n";

fn main() {
    let given: Vec<Vec<u8>> = std::env::args()
        .skip(1)
        .map(|path| std::fs::read(path).expect("a readable file"))
        .collect();
    let once = if given.is_empty() {
        SAMPLE.as_bytes().to_vec()
    } else {
        given.concat()
    };
    let text = once.repeat(BYTES.div_ceil(once.len()));
    let begin = Instant::now();
    let extraction = extract(&text, &Limits::default());
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{} MiB, {} distinct observables, {:.1} MB a second",
        text.len() >> 20,
        extraction.indicators.len(),
        text.len() as f64 / seconds / 1e6
    );
}
