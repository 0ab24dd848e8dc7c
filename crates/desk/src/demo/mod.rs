//! The demo: writes an inert look-alike of a whole campaign against an exchange into a folder, as an analyst
//! would have gathered it, and returns what is true of it.
//!
//! The folder holds `mail/` (one hostile mail with a macro document among harmless ones), `network/` (a week of
//! Zeek logs of two hundred hosts), `ledger/` (a month of the exchange's transfers), `lists/` (a sanctions list,
//! a tag table, the published theft wallets) and `intel/` (a report).
//!
//! Nothing in it works. Hosts are under reserved domains and documentation addresses, so that no call can
//! arrive; wallets are hashes with valid checksums for which nobody has a key; the document is put together here
//! from parts, its script decodes a comment and throws away whatever a call would return. The same seed gives
//! the same bytes.

mod cast;
mod folder;
mod intel;
mod ledger;
mod lists;
mod mail;
mod network;
mod stream;
mod truth;

pub use truth::{C2, End, Fate, Infection, Innocent, Listed, Lure, Policy, Stolen, Theft, Truth};

use cast::{Cast, EXCHANGES};
use folder::Folder;
use std::path::Path;

const README: &str = "Everything in this folder is inert and was generated: invented people, reserved names, no key to any wallet.\n\
                      It was made to show an investigation from the first mail to the last deposit.\n";

/// Writes the demo into a folder, which is made where it is missing, and returns what is true of it.
///
/// # Errors
/// Where the folder or a file in it cannot be written.
pub fn write(folder: &Path, seed: u64) -> anyhow::Result<Truth> {
    let cast = Cast::of(seed);
    let mut folder = Folder::open(folder)?;
    folder.put("README.txt", README.as_bytes())?;
    let letters = mail::write(&mut folder, &cast)?;
    let traffic = network::write(&mut folder, &cast)?;
    let mut ledger = ledger::month(&cast);
    folder.put("ledger/transfers.csv", &ledger.book.csv())?;
    let (listed, parties) = lists::write(&mut folder, &cast, &mut ledger)?;
    intel::write(&mut folder, &cast, &letters.lure.document_id)?;
    Ok(Truth {
        seed,
        files: folder.close(),
        lure: letters.lure,
        c2: cast.c2(),
        infection: traffic.infection,
        ends: ledger.ends,
        exchanges: EXCHANGES
            .iter()
            .map(|exchange| exchange.label.to_owned())
            .collect(),
        listed,
        innocent: Innocent {
            mails: letters.innocent,
            widespread: traffic.widespread,
            polled: traffic.polled,
            accounts: ledger::funders(&mut ledger.book),
            parties,
        },
        theft: ledger.theft,
    })
}
