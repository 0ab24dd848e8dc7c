//! Prints the cells of workbooks, one a line: file, sheet, place, kind, value, formula, parted by tabs.
//!
//! `scripts/compare-cells` reads this and compares it with what other readers find.

use strongroom_model::Limits;

fn main() {
    let shown = |text: &str| {
        text.replace('\\', "\\\\")
            .replace('\t', "\\t")
            .replace('\n', "\\n")
            .replace('\r', "\\r")
    };
    for path in std::env::args().skip(1) {
        let Ok(bytes) = std::fs::read(&path) else {
            eprintln!("{path}: cannot be read");
            continue;
        };
        let Some((cells, gaps)) = strongroom_files::cells_of(&bytes, &Limits::default()) else {
            println!("{path}\tNONE");
            continue;
        };
        for gap in gaps {
            println!("{path}\tGAP\t{}\t{}", gap.place, gap.why);
        }
        for cell in cells {
            let formula = cell.formula.as_deref().map(shown).unwrap_or_default();
            println!(
                "{path}\tCELL\t{}\t{}\t{}\t{}\t{formula}",
                shown(&cell.sheet),
                cell.at,
                cell.kind,
                shown(&cell.value)
            );
        }
    }
}
