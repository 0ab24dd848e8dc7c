//! The report as one HTML file, and a page for each piece of evidence: no network, no script, no outside asset; light and dark, wide, narrow and printed.
//!
//! Evidence speaks here through [`Shown`](crate::shown::Shown): no address can be followed, and characters that hide
//! are seen. Long things are cut for the eye and say so; [`crate::report_json`] holds them whole.

mod closing;
mod decided;
mod diagram;
mod evidence;
mod file;
mod funds;
mod lay;
mod layers;
mod network;
mod opening;
mod parts;

use crate::chain::Recorded;
use crate::story::tell;
use crate::view::View;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use parts::Pen;

pub use file::file_pages;

const STYLE: &str = include_str!("style.css");

/// The document may load nothing and run nothing, whatever evidence would like.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Draws the last run of a case, with all notes and decisions, as one self-contained HTML file.
pub fn report_html(recorded: &[Recorded]) -> String {
    let view = View::of(recorded);
    let story = tell(&view);
    let pen = Pen::of(&view);
    let sections = [
        ("story", "What happened", opening::timeline(&pen, &story)),
        ("chain", "How it hangs together", diagram::chain(&pen)),
        ("money", "Where the money is", funds::money(&pen)),
        (
            "unknown",
            "What is known, and what is not",
            opening::known_and_not(&pen, &story),
        ),
        ("evidence", "The evidence", evidence::evidence(&pen)),
        ("network", "The network", network::network(&pen)),
        ("screening", "Screening", closing::screening(&pen)),
        ("decisions", "Screenings for a decision", decided::decisions(&pen)),
        ("links", "Links and their reasons", closing::links(&pen)),
        ("people", "Notes and decisions", closing::people(&pen)),
        ("provenance", "Provenance", closing::provenance(&pen, recorded)),
    ];
    let sections: Vec<(&str, &str, Markup)> = sections
        .into_iter()
        .filter_map(|(id, title, body)| Some((id, title, body?)))
        .collect();
    let title = format!("{} – Strongroom case report", pen.text(&story.title));
    sheet(
        &title,
        &html! {
            (opening::masthead(&pen, &story))
            div.frame {
                nav aria-label="Sections" {
                    ol { @for (id, title, _) in &sections { li { a href=(format!("#{id}")) { (title) } } } }
                }
                main {
                    @for (number, (id, title, body)) in sections.iter().enumerate() {
                        section id=(id) aria-labelledby=(format!("{id}-title")) {
                            h2 id=(format!("{id}-title")) { span.number { (number + 1) } (title) }
                            (body)
                        }
                    }
                }
            }
            footer { (closing::colophon(&pen)) }
        },
    )
}

/// Returns a whole document; the title is safe to see.
fn sheet(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    }
    .into_string()
}
