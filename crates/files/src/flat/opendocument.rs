//! An OpenDocument file as one XML text: macros, objects in base64, links to scripts.

use super::{decode_base64, inside, next_element};
use crate::examine::Walk;
use crate::ole;
use crate::package::{attribute, read_basic, read_links};
use crate::vba::Module;
use quick_xml::reader::Reader;
use strongroom_model::{Gap, Report, Why};

/// Reads a document: its Basic, and what it carries.
pub(super) fn read(text: &str, report: &mut Report, walk: &mut Walk<'_>) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut modules: Vec<Module> = Vec::new();
    let mut name = String::new();
    while let Some(tag) = next_element(&mut reader, report) {
        match tag.local_name().as_ref() {
            "module" => name = attribute(&tag, "name").unwrap_or_default(),
            "source-code" | "binary-data" => {
                let is_code = tag.local_name().as_ref() == "source-code";
                let Some(inner) = inside(&mut reader, &tag, report) else {
                    break;
                };
                let inner: &str = &inner;
                if is_code {
                    let source =
                        quick_xml::escape::unescape(inner).map_or_else(|_| inner.to_owned(), Into::into);
                    modules.push(Module {
                        name: name.clone(),
                        source,
                    });
                } else if let Some(bytes) = decode_base64(inner) {
                    ole::embed("binary-data", &bytes, report, walk);
                } else {
                    report.gap(Gap::new("binary-data", Why::Damaged, "its base64 is broken"));
                }
            }
            _ => {}
        }
    }
    read_links(text, "content", report, walk);
    read_basic(modules, report, walk);
}
