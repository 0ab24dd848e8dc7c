//! What one account holds of one asset, under one policy: arrivals are put in, payments are taken out.

use super::parcel::{Parcel, Taint, append, tainted};
use super::policy::Policy;
use std::collections::VecDeque;
use strongroom_model::Amount;

/// The state of one account in one asset.
#[derive(Clone, Debug)]
pub struct Holding {
    balance: Amount,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// Poison: once set, it stays.
    Flag(Option<Taint>),
    /// Haircut: how much of the balance is tainted, and how the taint first came.
    Pool(Amount, Option<Taint>),
    /// Arrivals, the oldest first; paid from the front.
    Queue(VecDeque<Parcel>),
    /// Arrivals, the oldest first; paid from the back.
    Stack(Vec<Parcel>),
    /// Tainted arrivals, the oldest first, beside the clean rest; paid before it if `first`.
    Apart {
        first: bool,
        tainted: VecDeque<Parcel>,
        clean: Amount,
    },
}

impl Holding {
    /// Returns the holding of an account whose whole balance is clean.
    pub fn clean(policy: Policy, balance: Amount) -> Self {
        let apart = |first| State::Apart {
            first,
            tainted: VecDeque::new(),
            clean: Amount::ZERO,
        };
        let state = match policy {
            Policy::Poison => State::Flag(None),
            Policy::Haircut => State::Pool(Amount::ZERO, None),
            Policy::Fifo => State::Queue(VecDeque::new()),
            Policy::Lifo => State::Stack(Vec::new()),
            Policy::Tifo => apart(true),
            Policy::CleanFirst => apart(false),
        };
        let mut holding = Holding {
            balance: Amount::ZERO,
            state,
        };
        holding
            .put(&[Parcel::clean(balance)])
            .expect("an amount fits into an empty balance");
        holding
    }

    /// Returns the units held.
    pub fn balance(&self) -> Amount {
        self.balance
    }

    /// Returns the tainted units held.
    pub fn taint(&self) -> Amount {
        match &self.state {
            State::Flag(flag) => flag.map_or(Amount::ZERO, |_| self.balance),
            State::Pool(taint, _) => *taint,
            _ => tainted(&self.parcels()).unwrap_or(self.balance),
        }
    }

    /// Returns whether nothing that is taken out can be tainted any more.
    pub fn is_clean(&self) -> bool {
        match &self.state {
            State::Flag(flag) => flag.is_none(),
            State::Pool(taint, _) => taint.is_zero(),
            State::Queue(queue) => queue.iter().all(|parcel| parcel.taint.is_none()),
            State::Stack(stack) => stack.iter().all(|parcel| parcel.taint.is_none()),
            State::Apart { tainted, .. } => tainted.is_empty(),
        }
    }

    /// Puts an arrival in, its first parcel the oldest. `None` above 256 bits.
    pub fn put(&mut self, arrival: &[Parcel]) -> Option<()> {
        let amount = Amount::checked_sum(arrival.iter().map(|parcel| parcel.amount))?;
        self.balance = self.balance.checked_add(amount)?;
        for parcel in arrival.iter().copied().filter(|parcel| !parcel.amount.is_zero()) {
            self.put_one(parcel)?;
        }
        Some(())
    }

    fn put_one(&mut self, parcel: Parcel) -> Option<()> {
        match &mut self.state {
            State::Flag(flag) => {
                // The shortest way there: no other policy may reach further within the same hops.
                let shorter = |new: &Taint| flag.is_none_or(|old| new.hops < old.hops);
                *flag = parcel.taint.filter(shorter).or(*flag);
            }
            State::Pool(taint, how) => {
                if let Some(new) = parcel.taint {
                    *how = how
                        .filter(|_| !taint.is_zero())
                        .or(Some(Taint { origin: None, ..new }));
                    *taint = taint.checked_add(parcel.amount)?;
                }
            }
            State::Queue(queue) => enqueue(queue, parcel),
            State::Stack(stack) => append(stack, parcel),
            State::Apart { tainted, clean, .. } => match parcel.taint {
                Some(_) => enqueue(tainted, parcel),
                None => *clean = clean.checked_add(parcel.amount)?,
            },
        }
        Some(())
    }

    /// Takes a payment out, in the order in which it arrives elsewhere. `None` where less is held.
    pub fn take(&mut self, amount: Amount) -> Option<Vec<Parcel>> {
        let before = self.balance;
        self.balance = before.checked_sub(amount)?;
        Some(match &mut self.state {
            State::Flag(flag) => whole(amount, *flag),
            State::Pool(taint, how) => {
                let share = if before.is_zero() {
                    Amount::ZERO
                } else {
                    amount.mul_div(*taint, before)?.0
                };
                *taint = taint.checked_sub(share)?;
                let mut out = whole(share, *how);
                append(&mut out, Parcel::clean(amount.checked_sub(share)?));
                out
            }
            State::Queue(queue) => from_front(queue, amount),
            State::Stack(stack) => from_back(stack, amount),
            State::Apart {
                first,
                tainted,
                clean,
            } => {
                let mut out = if *first {
                    from_front(tainted, amount)
                } else {
                    Vec::new()
                };
                let taken = Amount::checked_sum(out.iter().map(|parcel| parcel.amount))?;
                let free = amount.checked_sub(taken)?.min(*clean);
                *clean = clean.checked_sub(free)?;
                append(&mut out, Parcel::clean(free));
                let rest = amount.checked_sub(taken)?.checked_sub(free)?;
                from_front(tainted, rest)
                    .into_iter()
                    .for_each(|parcel| append(&mut out, parcel));
                out
            }
        })
    }

    /// Returns what is held as parcels, the oldest first where the policy keeps an order.
    pub fn parcels(&self) -> Vec<Parcel> {
        match &self.state {
            State::Flag(flag) => whole(self.balance, *flag),
            State::Pool(taint, how) => {
                let mut out = whole(*taint, *how);
                append(&mut out, Parcel::clean(self.balance.saturating_sub(*taint)));
                out
            }
            State::Queue(queue) => queue.iter().copied().collect(),
            State::Stack(stack) => stack.clone(),
            State::Apart { tainted, clean, .. } => {
                let mut out: Vec<Parcel> = tainted.iter().copied().collect();
                append(&mut out, Parcel::clean(*clean));
                out
            }
        }
    }
}

/// Returns all units as one parcel, without an origin: they are mixed.
fn whole(amount: Amount, taint: Option<Taint>) -> Vec<Parcel> {
    let mut out = Vec::new();
    append(
        &mut out,
        Parcel {
            amount,
            taint: taint.map(|taint| Taint {
                origin: None,
                ..taint
            }),
        },
    );
    out
}

fn enqueue(queue: &mut VecDeque<Parcel>, parcel: Parcel) {
    let mut end: Vec<Parcel> = queue.pop_back().into_iter().collect();
    append(&mut end, parcel);
    queue.extend(end);
}

fn from_front(queue: &mut VecDeque<Parcel>, amount: Amount) -> Vec<Parcel> {
    let (mut out, mut wanted) = (Vec::new(), amount);
    while !wanted.is_zero() {
        let Some(front) = queue.front_mut() else { break };
        let taken = front.split_front(wanted);
        if front.amount.is_zero() {
            queue.pop_front();
        }
        wanted = wanted.saturating_sub(taken.amount);
        append(&mut out, taken);
    }
    out
}

/// The top of the stack, in the order in which it lay there.
fn from_back(stack: &mut Vec<Parcel>, amount: Amount) -> Vec<Parcel> {
    let (mut top, mut wanted) = (Vec::new(), amount);
    while !wanted.is_zero() {
        let Some(back) = stack.last_mut() else { break };
        let taken = back.split_back(wanted);
        if back.amount.is_zero() {
            stack.pop();
        }
        wanted = wanted.saturating_sub(taken.amount);
        top.push(taken);
    }
    let mut out = Vec::new();
    top.into_iter().rev().for_each(|parcel| append(&mut out, parcel));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifo_payment_keeps_the_order_in_which_it_lay() {
        let mut holding = Holding::clean(Policy::Lifo, 5u64.into());
        holding.put(&[Parcel::seed(1, 10u64.into())]).unwrap();
        holding.put(&[Parcel::clean(3u64.into())]).unwrap();
        let out = holding.take(5u64.into()).unwrap();
        let origin = out[0].taint.unwrap().origin.unwrap();
        assert_eq!((out[0].amount, origin.offset), (2u64.into(), 8u64.into()));
        assert_eq!(out[1], Parcel::clean(3u64.into()));
        assert_eq!((holding.balance(), holding.taint()), (13u64.into(), 8u64.into()));
    }

    #[test]
    fn nobody_pays_what_he_does_not_hold() {
        for policy in Policy::ALL {
            let mut holding = Holding::clean(policy, 5u64.into());
            assert_eq!(holding.take(6u64.into()), None, "{policy:?}");
            assert_eq!(holding.take(Amount::ZERO), Some(Vec::new()), "{policy:?}");
        }
    }
}
