//! In which order the moves and logs of a transaction stand.
//!
//! A source says the order of calls and the order of logs, and not how the two lie to one another. It matters only where ether
//! is wrapped or unwrapped: ether must reach the wrapper before its units are issued, and units must be burnt before the
//! ether comes back, or the value would pass from one asset to the other against time. Both lists are in the order of
//! execution, so a merge that keeps both and meets that always exists.

use super::log::Said;
use super::{Account, Move, MoveKind};

/// One step of a transaction: a move or a log, by its place in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Move(usize),
    Log(usize),
}

/// Returns the steps: each log after the moves that it needs, the moves otherwise as late as they may, but the first.
pub(super) fn merged(moves: &[Move], logs: &[Option<(Account, Said)>]) -> Vec<Step> {
    let wraps = |log: &Option<(Account, Said)>| {
        matches!(log, Some((_, Said::Deposit { .. } | Said::Withdrawal { .. })))
    };
    let mut steps = Vec::with_capacity(moves.len() + logs.len());
    let mut merge = Merge {
        moves,
        next: 0,
        matched: 0,
        steps: &mut steps,
    };
    let Some(last) = logs.iter().rposition(wraps) else {
        merge.emit(moves.len());
        steps.extend((0..logs.len()).map(Step::Log));
        return steps;
    };
    merge.emit(moves.len().min(1));
    for (at, log) in logs.iter().enumerate() {
        match log {
            Some((wrapper, Said::Deposit { to, amount })) => {
                let is = |step: &Move| {
                    step.to == Some(*wrapper) && step.from == Some(*to) && step.value == *amount
                };
                if let Some(found) = merge.find(is) {
                    merge.emit(found + 1);
                }
            }
            Some((wrapper, Said::Withdrawal { from, amount })) => {
                let is = |step: &Move| {
                    step.from == Some(*wrapper) && step.to == Some(*from) && step.value == *amount
                };
                if let Some(found) = merge.find(is) {
                    merge.emit(found);
                }
            }
            _ => {}
        }
        merge.steps.push(Step::Log(at));
        if at == last {
            merge.emit(moves.len());
        }
    }
    steps
}

struct Merge<'a> {
    moves: &'a [Move],
    /// The first move that does not stand yet.
    next: usize,
    /// The first move that no log has taken for its own.
    matched: usize,
    steps: &'a mut Vec<Step>,
}

impl Merge<'_> {
    /// Lets the moves before `end` stand.
    fn emit(&mut self, end: usize) {
        while self.next < end {
            self.steps.push(Step::Move(self.next));
            self.next += 1;
        }
    }

    /// Finds the next call that fits a log and belongs to none before it.
    fn find(&mut self, is: impl Fn(&Move) -> bool) -> Option<usize> {
        let rest = self.moves.get(self.matched..)?;
        let at = rest
            .iter()
            .position(|step| step.kind == MoveKind::Call && is(step))?;
        let found = self.matched + at;
        self.matched = found + 1;
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::Amount;

    const WETH: Account = Account([0xee; 20]);
    const ROUTER: Account = Account([0xaa; 20]);
    const USER: Account = Account([0xbb; 20]);

    fn call(from: Account, to: Account, value: u64) -> Move {
        Move {
            kind: MoveKind::Call,
            from: Some(from),
            to: Some(to),
            value: value.into(),
        }
    }

    fn transfer(from: Account, to: Account) -> Option<(Account, Said)> {
        let amount = Amount::from(5u64);
        Some((WETH, Said::Transfer { from, to, amount }))
    }

    #[test]
    fn ether_is_wrapped_before_its_units_are_issued_and_back_after_they_are_burnt() {
        let moves = [
            call(USER, ROUTER, 5),
            call(ROUTER, WETH, 5),
            call(WETH, ROUTER, 5),
            call(ROUTER, USER, 5),
        ];
        let (amount, to, from) = (5u64.into(), ROUTER, ROUTER);
        let logs = [
            Some((WETH, Said::Deposit { to, amount })),
            transfer(ROUTER, USER),
            transfer(USER, ROUTER),
            Some((WETH, Said::Withdrawal { from, amount })),
        ];
        let wanted = [
            Step::Move(0),
            Step::Move(1),
            Step::Log(0),
            Step::Log(1),
            Step::Log(2),
            Step::Log(3),
            Step::Move(2),
            Step::Move(3),
        ];
        assert_eq!(merged(&moves, &logs), wanted);
    }

    #[test]
    fn without_a_wrapper_the_moves_come_first() {
        let moves = [call(USER, ROUTER, 5), call(ROUTER, USER, 5)];
        let logs = [transfer(USER, ROUTER), None];
        let wanted = [Step::Move(0), Step::Move(1), Step::Log(0), Step::Log(1)];
        assert_eq!(merged(&moves, &logs), wanted);
    }
}
