//! Deposit addresses of exchanges on the terminal.

use crate::paint::{Paint, safe_line};
use crate::print::ledger::not_read;
use strongroom_desk::{Deposit, DepositsAnswer};

/// Accounts that are printed; JSON has them all.
const SHOWN: usize = 100;

/// Returns which account sweeps what to which exchange.
pub fn deposits(answer: &DepositsAnswer, paint: Paint) -> String {
    let deposits = &answer.deposits;
    let mut lines: Vec<String> = deposits
        .iter()
        .take(SHOWN)
        .map(|deposit| line(deposit, paint))
        .collect();
    if let Some(more) = deposits.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(paint.dim(&format!("and {more} more: --json has them all")));
    }
    lines.push(match deposits.is_empty() {
        true => "no account sweeps what it receives to an exchange that the lists name".to_owned(),
        false => paint.dim("What was seen, not who owns the account: a customer who sends all he has to the exchange looks the same."),
    });
    lines.extend(not_read(&answer.gaps, paint));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn line(deposit: &Deposit, paint: Paint) -> String {
    let said = format!(
        "  {}: {} sweeps of {} base units of {} out of {}, from {} payers, {} to {} ({} %)",
        deposit.exchange.label,
        deposit.sweeps,
        deposit.swept,
        deposit.asset,
        deposit.received,
        deposit.payers,
        deposit.when.first,
        deposit.when.last,
        deposit.confidence
    );
    paint.bold(&safe_line(&deposit.account)) + &safe_line(&said)
}
