//! Conditions: what is known of them, and both arms where nothing is.

use super::super::arithmetic::number;
use super::super::expand::Found;
use super::super::parse::{Condition, Node, Test};
use super::{Flow, Shell};
use strongroom_model::Limit;

impl Shell<'_, '_> {
    pub(super) fn choose(
        &mut self,
        condition: &Condition,
        then: &Node,
        otherwise: Option<&Node>,
    ) -> Result<Flow, Limit> {
        match self.holds(condition)? {
            Some(true) => self.node(then),
            Some(false) => otherwise.map_or(Ok(Flow::Next), |node| self.node(node)),
            None => self.both(then, otherwise),
        }
    }

    /// Runs both arms from the same state; what they leave different is not known.
    pub(super) fn both(&mut self, then: &Node, otherwise: Option<&Node>) -> Result<Flow, Limit> {
        let (before, files) = (self.snapshot()?, self.files.clone());
        self.uncertain += 1;
        let first = self.node(then);
        let one_way = std::mem::replace(&mut self.variables, before);
        let first_files = std::mem::replace(&mut self.files, files);
        let second = match otherwise {
            Some(node) if first.is_ok() => self.node(node),
            _ => Ok(Flow::Next),
        };
        self.uncertain -= 1;
        self.variables.merge(&one_way);
        let second_files = std::mem::replace(&mut self.files, first_files);
        self.join_files(second_files);
        first?;
        second?;
        Ok(Flow::Next)
    }

    fn holds(&mut self, condition: &Condition) -> Result<Option<bool>, Limit> {
        let holds = match &condition.test {
            Test::Machine => None,
            Test::Defined(name) => {
                let name = self.late(name)?;
                match self.variables.find(&name) {
                    Found::Known(_) => Some(true),
                    Found::Unset => Some(false),
                    Found::Unknown => None,
                }
            }
            Test::Compare(left, operator, right) => {
                let (left, right) = (self.late(left)?, self.late(right)?);
                // What still has a sign of a variable is not known.
                let open = |text: &str| text.contains('%') || (self.delayed && text.contains('!'));
                if open(&left) || open(&right) {
                    None
                } else {
                    compared(&left, operator, &right, condition.insensitive)
                }
            }
        };
        Ok(holds.map(|holds| holds != condition.not))
    }
}

/// Compares two texts as `if` does: as numbers where both are, else by their characters; which of two different texts comes
/// first depends on the machine's language.
fn compared(left: &str, operator: &str, right: &str, insensitive: bool) -> Option<bool> {
    let same = |left: &str, right: &str| {
        if insensitive {
            left.to_lowercase() == right.to_lowercase()
        } else {
            left == right
        }
    };
    let numbers = Option::zip(number(left), number(right)).filter(|_| operator != "==");
    let order = match numbers {
        Some((left, right)) => left.cmp(&right),
        None if same(left, right) => std::cmp::Ordering::Equal,
        None if matches!(operator, "==" | "equ" | "neq") => std::cmp::Ordering::Less,
        None => return None,
    };
    Some(match operator {
        "==" | "equ" => order.is_eq(),
        "neq" => order.is_ne(),
        "lss" => order.is_lt(),
        "leq" => order.is_le(),
        "gtr" => order.is_gt(),
        "geq" => order.is_ge(),
        _ => return None,
    })
}
