//! Scripts: the layers that an evaluation unfolded, which came out of which, and which say what the script does.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The rules whose layers are run as code; those of the others are values on the way.
const CODE: [&str; 9] = [
    "source",
    "command",
    "stdin",
    "encoded-command",
    "iex",
    "scriptblock",
    "invokescript",
    "execute",
    "eval",
];

/// The rule that spells a layer anew with its constant expressions computed.
const CLEARED: &str = "deobfuscated";

/// A text that an evaluation unfolded, and the rule that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// The rule, such as `source`, `encoded-command`, `iex`, `base64`, `gzip`.
    pub by: Cow<'static, str>,
    /// The text.
    pub text: String,
}

impl Layer {
    /// Returns whether the layer is run as code, and is not a value or a layer spelled anew.
    pub fn is_code(&self) -> bool {
        CODE.contains(&self.by.as_ref())
    }
}

/// A script with its layers, the source first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The language: `powershell`, `vba`, `batch`, …
    pub language: Cow<'static, str>,
    /// Where it stands in the evidence: a stream or module name, or `content`.
    pub name: String,
    /// The layers, the source first.
    pub layers: Vec<Layer>,
}

impl Script {
    /// Returns the number of the layer that one came out of: the layer that it spells anew, or the code before it.
    /// A source came out of nothing here.
    pub fn base(&self, number: usize) -> Option<usize> {
        let layer = self.layers.get(number)?;
        if layer.by == "source" {
            return None;
        }
        let before = self.layers.iter().enumerate().take(number);
        let code = before.filter(|(_, layer)| layer.is_code());
        if layer.by != CLEARED {
            return code.map(|(number, _)| number).next_back();
        }
        // Spelled anew at the end of its evaluation, when what it ran stands between: told by what they share.
        code.max_by_key(|(_, base)| alike(&base.text, &layer.text))
            .map(|(number, _)| number)
    }

    /// Returns the numbers of the layers that together are the unfolded script, in order: of each layer that acts, and
    /// of the last that is run, the clearest spelling. `acts` says whether a layer does something of its own beyond
    /// unpacking the next one; where all layers are sources (the modules of a project) all of them stand.
    pub fn unfolded(&self, acts: impl Fn(usize) -> bool) -> Vec<usize> {
        let code: Vec<usize> = (0..self.layers.len())
            .filter(|number| self.layers.get(*number).is_some_and(Layer::is_code))
            .collect();
        let modules = code
            .iter()
            .filter(|number| {
                self.layers
                    .get(**number)
                    .is_some_and(|layer| layer.by == "source")
            })
            .count();
        let last = code.last().copied();
        let kept = code
            .into_iter()
            .filter(|number| modules > 1 || Some(*number) == last || acts(*number));
        kept.map(|number| self.cleared(number)).collect()
    }

    /// Returns the layer that spells this one anew, or itself.
    fn cleared(&self, number: usize) -> usize {
        let behind = self.layers.iter().enumerate().skip(number + 1);
        let mut clearer = behind.filter(|(_, layer)| layer.by == CLEARED);
        clearer
            .find(|(other, _)| self.base(*other) == Some(number))
            .map_or(number, |(other, _)| other)
    }
}

/// Returns how many bytes two texts share at their beginning and at their end.
fn alike(a: &str, b: &str) -> usize {
    let least = a.len().min(b.len());
    let start = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let end = a
        .bytes()
        .rev()
        .zip(b.bytes().rev())
        .take_while(|(a, b)| a == b)
        .count();
    start + end.min(least - start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(layers: &[(&'static str, &str)]) -> Script {
        let layer = |(by, text): &(&'static str, &str)| Layer {
            by: Cow::Borrowed(by),
            text: (*text).to_owned(),
        };
        Script {
            language: "powershell".into(),
            name: "content".into(),
            layers: layers.iter().map(layer).collect(),
        }
    }

    #[test]
    fn a_layer_spelled_anew_belongs_to_what_it_spells() {
        let script = script(&[
            ("source", "iex ('ab'+'cd')"),
            ("iex", "get-date; 'x'+'y'"),
            ("deobfuscated", "get-date; 'xy'"),
            ("deobfuscated", "iex 'abcd'"),
        ]);
        let bases: Vec<Option<usize>> = (0..4).map(|number| script.base(number)).collect();
        assert_eq!(bases, [None, Some(0), Some(1), Some(0)]);
        assert_eq!(script.unfolded(|_| false), [2]);
        assert_eq!(script.unfolded(|number| number == 0), [3, 2]);
    }

    #[test]
    fn values_on_the_way_are_no_script_and_modules_all_stand() {
        let unpacked = script(&[("source", "a"), ("bxor", "key"), ("gzip", "text")]);
        assert_eq!(unpacked.unfolded(|_| false), [0]);
        let project = script(&[("source", "Sub A()"), ("source", "Sub B()"), ("evaluated", "x")]);
        assert_eq!(project.unfolded(|_| false), [0, 1]);
    }
}
