//! CSV (RFC 4180): a row for each value. It is read back as what it says.

use super::Source;
use strongroom_model::Span;

/// The first line.
pub const HEADING: &str = "type,value,role,tier,report,page,line,layer,start,end,defanged,section\r\n";

/// Writes a table of all that the reports name.
pub fn csv(sources: &[Source]) -> String {
    let mut text = String::from(HEADING);
    for source in sources {
        for one in &source.indicators {
            let (layer, start, end) = match &one.at {
                Span::Bytes { layer, start, end } => (layer.as_str(), start.to_string(), end.to_string()),
                _ => ("", String::new(), String::new()),
            };
            let cells = [
                one.observable.kind().as_str(),
                one.observable.value(),
                one.role().as_str(),
                one.tier.as_str(),
                &source.name,
                &one.page.map(|page| page.to_string()).unwrap_or_default(),
                &one.line.to_string(),
                layer,
                &start,
                &end,
                if one.defanged { "true" } else { "false" },
                one.section.as_deref().unwrap_or_default(),
            ]
            .map(cell);
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
    }
    text
}

/// Returns a cell in quotes where it needs them. What a spreadsheet would take for a formula gets a quotation mark
/// before it: values come from evidence.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
