//! Machine code that scripts put into memory, read for what it would call.
//!
//! A small x86 processor runs the code under a bound of steps over memory of its own: encoders (`shikata_ga_nai`,
//! `call4_dword_xor` and their like) decode themselves, functions of the system are told by the hash or the address
//! that names them and are recorded with their arguments. Nothing is performed: every call is answered as if it
//! had succeeded, and reading ends where the code waits for what another machine sends. Code that looks functions
//! up by itself walks a list of libraries that stands in that memory for the purpose.
//!
//! Not here: an emulator of an operating system. What is not known stops the reading, and that is told.

mod arithmetic;
mod calls;
mod cpu;
mod execute;
mod extended;
mod float;
mod functions;
mod kernel;
mod libraries;
mod listed;
mod machine;
mod memory;
mod plain;
mod sockets;
mod strings;
mod web;

use crate::script::{Action, Budget, Effect, Text, Unfolded};
pub(crate) use listed::listed;
use machine::Machine;
use strongroom_model::{Gap, Layer, Limit, Why};

/// Bytes that any code has which calls anybody.
const LEAST_CODE: usize = 32;
/// Bytes of the longest code that is read.
const MOST_CODE: usize = 2 << 20;
/// Instructions that one code may run.
const MOST_INSTRUCTIONS: u64 = 600_000;
/// Instructions for one step of the script's budget.
const INSTRUCTIONS_PER_STEP: u64 = 16;

/// A call that the code would make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The function with its arguments, as they are known.
    pub text: String,
    /// What it does to the world.
    pub action: Option<Action>,
}

/// What the code came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The calls in their order.
    pub calls: Vec<Call>,
    /// URLs, hosts and addresses that stand in the code's memory, where it was not read to its end or does nothing.
    pub plain: Vec<String>,
    /// Why the reading stopped short, unless the code ended or waits for an answer.
    pub stopped: Option<String>,
    /// The bits of the processor's mode.
    pub bits: u8,
}

impl Reading {
    /// Returns whether the code is machine code that calls the system.
    pub fn is_code(&self) -> bool {
        !self.calls.is_empty()
    }

    /// Returns the listing of the calls, a line each.
    pub fn listing(&self) -> String {
        let mut text = match self.is_code() {
            true => format!("; {}-bit machine code\n", self.bits),
            false => "; bytes that are run, and call nobody as far as they could be read\n".to_owned(),
        };
        for call in &self.calls {
            text.push_str(&call.text);
            text.push('\n');
        }
        for name in &self.plain {
            text.push_str("; names ");
            text.push_str(name);
            text.push('\n');
        }
        if let Some(stopped) = &self.stopped {
            text.push_str("; ");
            text.push_str(stopped);
            text.push('\n');
        }
        text
    }
}

/// Reads machine code from its first byte on, in the mode that gets further. Never fails; what it costs is taken
/// from the budget's steps, and without steps nothing is read.
pub fn read(code: &[u8], budget: &mut Budget<'_>) -> Reading {
    let code = code.get(..MOST_CODE).unwrap_or(code);
    let modes = if looks_long(code) {
        [true, false]
    } else {
        [false, true]
    };
    let mut best = Reading::default();
    for long in modes {
        let most = MOST_INSTRUCTIONS.min(budget.steps_left().saturating_mul(INSTRUCTIONS_PER_STEP));
        let (reading, used) = Machine::run(code, long, most);
        // The bound above keeps within what is left.
        let spent = usize::try_from(used / INSTRUCTIONS_PER_STEP).unwrap_or(usize::MAX);
        let _ = budget.work(spent.saturating_mul(1 << 10));
        let rank = |reading: &Reading| (reading.calls.len(), reading.plain.len());
        if best.bits == 0 || rank(&reading) > rank(&best) {
            best = reading;
        }
        if best.calls.iter().any(|call| call.action.is_some()) {
            break;
        }
    }
    best
}

/// Reads machine code as a layer of a script, by the rule `shellcode`: the layer lists the calls, and what they do are
/// effects of it. Code that makes no call and names nobody adds nothing. A limit that is reached is returned.
pub(crate) fn unfold(code: &[u8], budget: &mut Budget<'_>, unfolded: &mut Unfolded) -> Result<(), Limit> {
    if code.len() < LEAST_CODE || code.starts_with(b"MZ") {
        return Ok(());
    }
    let mut reading = read(code, budget);
    if !reading.is_code() && reading.plain.is_empty() {
        return Ok(());
    }
    let layer = unfolded.layers.len();
    if layer >= budget.limits().layers as usize {
        return Err(Limit::Layers);
    }
    let text = reading.listing();
    if unfolded.layers.iter().any(|known| known.text == text) {
        return Ok(());
    }
    budget.build(text.len())?;
    if !reading.is_code() {
        reading
            .stopped
            .get_or_insert_with(|| "comes to no call".to_owned());
    }
    unfolded.effects.extend(effects(&reading, &text, layer));
    if let Some(stopped) = reading.stopped {
        unfolded.gaps.push(Gap::new(
            format!("script layer {layer}"),
            Why::Unsupported,
            format!("the reading of machine code {stopped}"),
        ));
    }
    unfolded.layers.push(Layer {
        by: "shellcode".into(),
        text,
    });
    Ok(())
}

/// The effects of a listing's lines: the calls, then what is named and not called.
fn effects(reading: &Reading, text: &str, layer: usize) -> Vec<Effect> {
    let named = reading.plain.iter().map(|name| {
        let host = Text::known(name.as_str());
        Some(Action::Name { host })
    });
    let actions = reading.calls.iter().map(|call| call.action.clone()).chain(named);
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(|line| {
        let own = (start, start + line.trim_end_matches('\n').len());
        start += line.len();
        own
    });
    let of = |((start, end), action): ((usize, usize), Option<Action>)| {
        Some(Effect {
            action: action?,
            layer,
            start,
            end,
        })
    };
    lines.skip(1).zip(actions).filter_map(of).collect()
}

/// `cld; and rsp, -16` or a REX prefix in front is how 64-bit code begins.
fn looks_long(code: &[u8]) -> bool {
    match code {
        [0xfc, rest @ ..] | [0x90, rest @ ..] => matches!(rest.first(), Some(0x48 | 0x49)),
        [
            0x48 | 0x49 | 0x4c | 0x4d,
            0x31 | 0x81 | 0x83 | 0x89 | 0x8b | 0x8d,
            ..,
        ] => true,
        _ => false,
    }
}
