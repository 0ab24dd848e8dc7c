//! Intel: what threat reports name, out of their text.
//!
//! Not a feed reader and not a judge: it says what stands in a report, where, and whether the report blames or
//! merely cites it. URLs, domains, addresses, mail addresses, hashes and wallets are read, broken ("defanged") or
//! not; file names, versions, detection names and identifiers in code are told from them.
//!
//! ```
//! use strongroom_intel::examine;
//! use strongroom_model::{Limits, Observable, Role};
//!
//! let text = b"== Indicators\n\n* hxxps://c2[.]example/a.php\n* 192.0.2[.]7:8080\n\nIt drops invoice.doc, version 1.2.3.4.\n";
//! let report = examine("report.adoc", text, &Limits::default());
//! let named: Vec<&str> = report.observables.iter().map(|seen| seen.observable.value()).collect();
//! assert_eq!(named, ["https://c2.example/a.php", "192.0.2.7:8080"]);
//! assert!(report.observables.iter().all(|seen| seen.role == Role::Indicator));
//! ```

mod benign;
mod csv;
mod examine;
mod extract;
mod feed;
mod format;
mod gather;
mod host;
mod html;
mod json;
mod misp;
mod outward;
mod pdf;
mod reading;
mod refang;
mod rules;
mod scan;
mod section;
mod stix;
mod text;
mod tier;
mod typed;

pub use examine::{examine, report_of};
pub use extract::{Extraction, Indicator, extract};
pub use format::Format;
pub use outward::{
    HEADING as CSV_HEADING, Source, csv as to_csv, misp as to_misp, stix as to_stix, tagpack as to_tagpack,
};
pub use rules::RULES;
pub use stix::{StixObject, stix_objects};
pub use tier::Tier;
