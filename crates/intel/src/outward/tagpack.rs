//! TagPacks (GraphSense): the wallets that reports blame, each labelled with the report that names it.
//!
//! What a wallet is accused of, a list of words does not say; so there is no `abuse` and no `category`.

use super::{Source, currency};
use std::fmt::Write;
use strongroom_model::ObservableType;

/// Writes a pack. A form that several chains share goes out under the one that has it first.
pub fn tagpack(sources: &[Source]) -> String {
    let mut text = String::from("title: Wallets in threat reports\ncreator: strongroom\n");
    text.push_str("description: Wallets that reports give as indicators\n");
    let tags: Vec<String> = sources.iter().flat_map(tags).collect();
    if tags.is_empty() {
        text.push_str("tags: []\n");
    } else {
        text.push_str("tags:\n");
        text.extend(tags);
    }
    text
}

fn tags(source: &Source) -> impl Iterator<Item = String> {
    let date = source.when.to_string();
    let wallets = source
        .blamed()
        .filter(|one| one.observable.kind() == ObservableType::Wallet);
    wallets.map(move |one| {
        let mut tag = String::new();
        // Strings of JSON are strings of YAML.
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut field = |mark: &str, name: &str, value: &str| {
            let _ = writeln!(tag, "{mark} {name}: {}", quoted(value));
        };
        field("-", "address", one.observable.value());
        field(" ", "label", &format!("named in {}", source.name));
        field(" ", "source", source.id.as_str());
        if let Some(currency) = currency(&one.observable) {
            field(" ", "currency", currency);
        }
        field(" ", "lastmod", date.get(..10).unwrap_or(&date));
        tag
    })
}
