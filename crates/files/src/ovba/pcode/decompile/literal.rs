//! Literals, in the base and with the type that they were written in.

use super::super::instruction::Instruction;
use super::super::listing::SPECIALS;
use super::super::op::Op;
use super::{Told, Writer};

impl Writer<'_> {
    /// Runs an instruction that puts a literal on the stack; false where it is none.
    pub(super) fn literal(&mut self, instruction: &Instruction<'_>) -> Told<bool> {
        let text = match instruction.op {
            Op::LitStr => {
                let bytes = instruction.text.ok_or("lacks its text")?;
                quoted(&self.encoding.decode_without_bom_handling(bytes).0)
            }
            Op::LitVarSpecial => SPECIALS
                .get(usize::from(instruction.flags))
                .copied()
                .ok_or("is no constant")?
                .to_owned(),
            Op::LitNothing => "Nothing".to_owned(),
            Op::LitSmallI2 => instruction.flags.to_string(),
            // A value that the statement has by itself.
            Op::LitDefault => String::new(),
            _ => match number(instruction) {
                Some(text) => text,
                None => return Ok(false),
            },
        };
        self.push(text);
        Ok(true)
    }
}

/// Returns text as a string literal.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn number(instruction: &Instruction<'_>) -> Option<String> {
    let words = instruction.operands.iter().rev();
    let bits = words.fold(0_u64, |bits, word| bits << 16 | u64::from(*word & 0xFFFF));
    Some(match instruction.op {
        Op::LitDI2 => bits.to_string(),
        // Numbers that fit in less say their type by a character.
        Op::LitDI4 => format!("{bits}{}", if bits <= 0x7FFF { "&" } else { "" }),
        Op::LitDI8 => format!("{bits}^"),
        Op::LitHI2 => format!("&H{bits:X}"),
        Op::LitHI4 => format!("&H{bits:X}{}", if bits <= 0xFFFF { "&" } else { "" }),
        Op::LitHI8 => format!("&H{bits:X}^"),
        Op::LitOI2 => format!("&O{bits:o}"),
        Op::LitOI4 => format!("&O{bits:o}{}", if bits <= 0xFFFF { "&" } else { "" }),
        Op::LitOI8 => format!("&O{bits:o}^"),
        Op::LitR4 => real(&format!("{:E}", f32::from_bits(bits as u32)), '!'),
        Op::LitR8 => real(&format!("{:E}", f64::from_bits(bits)), '#'),
        Op::LitCy => currency(bits as i64),
        Op::LitDate => date(f64::from_bits(bits))?,
        _ => return None,
    })
}

/// Spells a number that is given as `digits E exponent` in decimals where these are short.
fn real(scientific: &str, mark: char) -> String {
    let value: f64 = scientific.parse().unwrap_or(f64::NAN);
    let size = value.abs();
    if value != 0.0 && !(1e-4..1e15).contains(&size) {
        let suffix = if mark == '!' { "!" } else { "" };
        return format!("{scientific}{suffix}");
    }
    let text = format!("{value}");
    let plain = mark == '#' && text.contains('.');
    if plain { text } else { format!("{text}{mark}") }
}

/// A currency is a whole number of ten-thousandths.
fn currency(value: i64) -> String {
    let (whole, rest) = (value / 10_000, (value % 10_000).abs());
    match rest {
        0 => format!("{whole}@"),
        rest => format!("{whole}.{}@", format!("{rest:04}").trim_end_matches('0')),
    }
}

/// Returns days since 30 December 1899 as a date literal; `None` outside the years that VBA knows.
fn date(days: f64) -> Option<String> {
    if !(-657_434.0..2_958_466.0).contains(&days) {
        return None;
    }
    let whole = days.trunc();
    let seconds = ((days - whole).abs() * 86_400.0).round() as i64;
    let (year, month, day) = crate::vba::civil(whole as i64);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let half = if hour < 12 { "AM" } else { "PM" };
    let clock = format!("{}:{minute:02}:{second:02} {half}", (hour + 11) % 12 + 1);
    Some(match (whole == 0.0, seconds) {
        (true, _) => format!("#{clock}#"),
        (false, 0) => format!("#{month}/{day}/{year}#"),
        (false, _) => format!("#{month}/{day}/{year} {clock}#"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spelled_with_their_type() {
        assert_eq!(real("1.5E0", '#'), "1.5");
        assert_eq!(real("2E0", '#'), "2#");
        assert_eq!(real("2.5E0", '!'), "2.5!");
        assert_eq!(real("1E300", '#'), "1E300");
        assert_eq!(currency(-12_500), "-1.25@");
        assert_eq!(currency(30_000), "3@");
    }

    #[test]
    fn dates_are_spelled_as_the_editor_spells_them() {
        assert_eq!(date(25_569.0).as_deref(), Some("#1/1/1970#"));
        assert_eq!(date(36_585.5).as_deref(), Some("#2/29/2000 12:00:00 PM#"));
        assert_eq!(date(0.0).as_deref(), Some("#12:00:00 AM#"));
        assert_eq!(date(f64::NAN), None);
    }
}
