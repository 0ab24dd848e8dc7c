//! Signs of a command protocol in a script's tree: what an implant needs and an administrator's day seldom has all of.
//!
//! The tree is asked and not the text: names, constants, aliases, quoting and the order of things do not matter. No
//! sign alone means anything; what several of them mean is the rules' to say.

mod look;
mod within;

use super::constant::Constants;
use super::parser::parse;
use super::visit::walk;
use crate::script::Budget;
use look::Look;
use std::collections::BTreeSet;
use strongroom_model::Limits;

/// A sign of a protocol of a script's own making.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    /// A form with files (RFC 7578) is put together as text.
    FormByHand,
    /// Bytes in a loop go through an exclusive or with a constant or a repeated key.
    XoredBytes,
    /// A value is told apart by three numbers or more, each with an action of its own.
    NumberedCommands,
    /// The ten digits are put in a random order.
    ShuffledDigits,
    /// Data gets the head of an image.
    ImageHead,
    /// One of several fixed URLs is chosen by a number that changes.
    Rotation,
    /// The web is asked again and again.
    LoopedRequests,
    /// The script sleeps between the rounds of a loop.
    LoopedSleep,
}

impl Sign {
    /// Returns the sign in words.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Sign::FormByHand => "form data built by hand",
            Sign::XoredBytes => "bytes under a constant XOR",
            Sign::NumberedCommands => "commands told apart by number",
            Sign::ShuffledDigits => "names of shuffled digits",
            Sign::ImageHead => "data under an image's head",
            Sign::Rotation => "servers in rotation",
            Sign::LoopedRequests => "questions in a loop",
            Sign::LoopedSleep => "a sleep between the questions",
        }
    }

    /// Returns whether it is rare outside of such protocols; loops, sleeps and mirrors are everyday.
    pub(crate) const fn is_telling(self) -> bool {
        matches!(
            self,
            Sign::FormByHand
                | Sign::XoredBytes
                | Sign::NumberedCommands
                | Sign::ShuffledDigits
                | Sign::ImageHead
        )
    }
}

/// Returns the signs in a text, each once, in their order. What cannot be parsed shows none.
pub(crate) fn signs(source: &str, limits: &Limits) -> BTreeSet<Sign> {
    let mut budget = Budget::new(limits);
    let block = parse(source, &mut budget).block;
    let constants = Constants::of(&block);
    let mut look = Look::new(&constants);
    walk(&block, &mut look);
    // Once more: a function may use what is set below it.
    look.begin_again();
    walk(&block, &mut look);
    look.concluded()
}
