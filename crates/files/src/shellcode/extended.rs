//! The instructions behind 0x0F.

use super::cpu::{AX, CX, Cpu, DX, Halt, Operand, Run, mask, signed};

impl Cpu {
    /// The opcodes behind 0x0F.
    pub(super) fn two(&mut self) -> Run<()> {
        let opcode = self.fetch_byte()?;
        match opcode {
            0x0d | 0x18..=0x1f => self.operands(0).map(|_| ()),
            0x31 => {
                self.set_part(AX, 4, 0x1000);
                self.set_part(DX, 4, 0);
                Ok(())
            }
            0x40..=0x4f => {
                let (size, (register, operand)) = (self.size(), self.operands(0)?);
                let value = self.get(operand, size)?;
                let kept = self.part(register, size);
                let holds = self.flags.holds(opcode);
                self.set_part(register, size, if holds { value } else { kept });
                Ok(())
            }
            0x80..=0x8f => {
                let far = self.fetch_offset()?;
                if self.flags.holds(opcode) {
                    self.jump(far);
                }
                Ok(())
            }
            0x90..=0x9f => {
                let (_, operand) = self.operands(0)?;
                self.set(operand, 1, u64::from(self.flags.holds(opcode)))
            }
            0xa3 | 0xab | 0xb3 | 0xba | 0xbb => self.bits(opcode),
            0xa4 | 0xa5 | 0xac | 0xad => self.shift_double(opcode),
            0xae => match self.operands(0)? {
                // `fxsave`: the instruction's place stands at 8.
                (0, Operand::Memory(at)) => self.store(at.wrapping_add(8), self.word(), self.float_ip),
                _ => Ok(()),
            },
            0xaf => {
                let (size, (register, operand)) = (self.size(), self.operands(0)?);
                let value = self.get(operand, size)?;
                let (low, _) = self.multiply(self.part(register, size), value, true, size);
                self.set_part(register, size, low);
                Ok(())
            }
            0xb0 | 0xb1 => self.exchange_equal(opcode),
            0xb6 | 0xb7 | 0xbe | 0xbf => {
                let from = if opcode & 1 == 0 { 1 } else { 2 };
                let (register, operand) = self.operands(0)?;
                let value = self.get(operand, from)?;
                let value = if opcode >= 0xbe {
                    signed(value, from)
                } else {
                    value
                };
                self.set_part(register, self.size(), value);
                Ok(())
            }
            0xbc | 0xbd => {
                let (size, (register, operand)) = (self.size(), self.operands(0)?);
                let value = self.get(operand, size)?;
                self.flags.zero = value == 0;
                if value != 0 {
                    let place = if opcode == 0xbc {
                        value.trailing_zeros()
                    } else {
                        value.ilog2()
                    };
                    self.set_part(register, size, u64::from(place));
                }
                Ok(())
            }
            0xc0 | 0xc1 => {
                let size = self.width(opcode);
                let (register, operand) = self.operands(0)?;
                let (a, b) = (self.get(operand, size)?, self.part(register, size));
                let sum = self.add(a, b, 0, size);
                self.set_part(register, size, a);
                self.set(operand, size, sum)
            }
            0xc8..=0xcf => {
                let (size, number) = (self.size(), self.extended(opcode));
                let value = self.part(number, size);
                let swapped = if size == 8 {
                    value.swap_bytes()
                } else {
                    u64::from((value as u32).swap_bytes())
                };
                self.set_part(number, size, swapped);
                Ok(())
            }
            other => Err(Halt::Instruction(other)),
        }
    }

    /// `bt`, `bts`, `btr`, `btc` within one operand.
    fn bits(&mut self, opcode: u8) -> Run<()> {
        let size = self.size();
        let immediate = opcode == 0xba;
        let (register, operand) = self.operands(u8::from(immediate))?;
        let (operation, place) = if immediate {
            (register & 3, self.fetch(1)?)
        } else {
            (opcode >> 3 & 3, self.part(register, size))
        };
        let bit = 1_u64 << (place % (8 * u64::from(size)));
        let value = self.get(operand, size)?;
        self.flags.carry = value & bit != 0;
        match operation {
            0 => Ok(()),
            1 => self.set(operand, size, value | bit),
            2 => self.set(operand, size, value & !bit),
            _ => self.set(operand, size, value ^ bit),
        }
    }

    /// `shld` and `shrd`.
    fn shift_double(&mut self, opcode: u8) -> Run<()> {
        let size = self.size();
        let immediate = opcode & 1 == 0;
        let (register, operand) = self.operands(u8::from(immediate))?;
        let count = if immediate {
            self.fetch(1)?
        } else {
            self.part(CX, 1)
        };
        let bits = 8 * u32::from(size);
        let count = (count & if size == 8 { 63 } else { 31 }) as u32;
        let (value, more) = (self.get(operand, size)?, self.part(register, size));
        if count == 0 || count > bits {
            return Ok(());
        }
        let result = if opcode < 0xa8 {
            ((u128::from(value) << bits | u128::from(more)) << count >> bits) as u64
        } else {
            ((u128::from(more) << bits | u128::from(value)) >> count) as u64
        };
        self.tell(result, size);
        self.set(operand, size, result & mask(size))
    }

    fn exchange_equal(&mut self, opcode: u8) -> Run<()> {
        let size = self.width(opcode);
        let (register, operand) = self.operands(0)?;
        let value = self.get(operand, size)?;
        let expected = self.part(AX, size);
        self.subtract(expected, value, 0, size);
        if expected == value {
            self.set(operand, size, self.part(register, size))
        } else {
            self.set_part(AX, size, value);
            Ok(())
        }
    }
}
