//! One instruction at a time (Intel SDM volume 2): the integer instructions, and of the floating-point ones what
//! tells where the code lies. All else halts.

use super::cpu::{AX, BP, BX, CX, Cpu, DX, Flags, Halt, Operand, Prefix, Run, SP, mask, signed};

/// Bytes of the longest instruction.
const LONGEST: usize = 15;

impl Cpu {
    /// Runs one instruction.
    pub(super) fn step(&mut self) -> Run<()> {
        let start = self.ip;
        self.prefix = Prefix::default();
        for _ in 0..LONGEST {
            let opcode = self.fetch_byte()?;
            match opcode {
                0x66 => self.prefix.narrow = true,
                0x67 => self.prefix.short_address = true,
                0xf2 | 0xf3 => self.prefix.repeat = Some(opcode),
                0xf0 | 0x2e | 0x36 | 0x3e | 0x26 => {}
                0x64 if !self.long => self.prefix.base = self.thread_block,
                0x65 if self.long => self.prefix.base = self.thread_block,
                0x64 | 0x65 => {}
                0x40..=0x4f if self.long => {
                    self.prefix.rex = Some(opcode & 15);
                    let opcode = self.fetch_byte()?;
                    return self.one(opcode, start);
                }
                _ => return self.one(opcode, start),
            }
        }
        Err(Halt::Trap)
    }

    fn one(&mut self, opcode: u8, start: u64) -> Run<()> {
        match opcode {
            0x0f => self.two(),
            0x00..=0x3f if opcode & 7 < 6 => self.arithmetic(opcode),
            0x40..=0x4f => {
                let size = self.size();
                let value = self.count(self.part(opcode & 7, size), opcode & 8 != 0, size);
                self.set_part(opcode & 7, size, value);
                Ok(())
            }
            0x50..=0x57 => {
                let size = self.stack_size();
                let value = self.part(self.extended(opcode), size);
                self.push(size, value)
            }
            0x58..=0x5f => {
                let size = self.stack_size();
                let value = self.pop(size)?;
                self.set_part(self.extended(opcode), size, value);
                Ok(())
            }
            0x60 if !self.long => self.push_all(),
            0x61 if !self.long => self.pop_all(),
            0x63 if self.long => {
                let (register, operand) = self.operands(0)?;
                let value = signed(self.get(operand, 4)?, 4);
                self.set_part(register, self.size(), value);
                Ok(())
            }
            0x68 | 0x6a => {
                let value = if opcode == 0x6a {
                    self.fetch_signed(1)?
                } else {
                    self.fetch_immediate()?
                };
                self.push(self.stack_size(), value)
            }
            0x69 | 0x6b => self.multiply_three(opcode == 0x6b),
            0x70..=0x7f => {
                let far = self.fetch_signed(1)?;
                if self.flags.holds(opcode) {
                    self.jump(far);
                }
                Ok(())
            }
            0x80..=0x83 => self.arithmetic_immediate(opcode),
            0x84..=0x8f => self.moving(opcode),
            0x90 => Ok(()),
            0x91..=0x97 => {
                let (size, other) = (self.size(), self.extended(opcode));
                let (a, b) = (self.part(AX, size), self.part(other, size));
                self.set_part(AX, size, b);
                self.set_part(other, size, a);
                Ok(())
            }
            0x98..=0x9f => self.flags_and_signs(opcode),
            0xa0..=0xa3 => self.far_move(opcode),
            0xa8 | 0xa9 => {
                let size = if opcode == 0xa8 { 1 } else { self.size() };
                let value = if size == 1 {
                    self.fetch(1)?
                } else {
                    self.fetch_immediate()?
                };
                let both = self.part(AX, size) & value;
                self.logic(both, size);
                Ok(())
            }
            0xa4..=0xa7 | 0xaa..=0xaf => self.strings(opcode, start),
            0xb0..=0xb7 => {
                let value = self.fetch(1)?;
                self.set_part(self.extended(opcode), 1, value);
                Ok(())
            }
            0xb8..=0xbf => {
                let size = self.size();
                let value = self.fetch(size)?;
                self.set_part(self.extended(opcode), size, value);
                Ok(())
            }
            0xc0 | 0xc1 | 0xd0..=0xd3 => self.shifting(opcode),
            0xc2 | 0xc3 => self.leave_call(opcode),
            0xc6 | 0xc7 => {
                let size = self.width(opcode);
                let (_, operand) = self.operands(size.min(4))?;
                let value = if size == 1 {
                    self.fetch(1)?
                } else {
                    self.fetch_immediate()?
                };
                self.set(operand, size, value)
            }
            0xc9 => {
                self.set_register(SP, self.register(BP));
                let value = self.pop(self.word())?;
                self.set_register(BP, value);
                Ok(())
            }
            0xd4 | 0xd5 => self.decimal(opcode),
            0xd6 => {
                self.set_part(AX, 1, if self.flags.carry { 0xff } else { 0 });
                Ok(())
            }
            0xd7 => {
                let at = self.register(BX).wrapping_add(self.part(AX, 1));
                let value = self.load(self.wrapped(at), 1)?;
                self.set_part(AX, 1, value);
                Ok(())
            }
            0xd8..=0xdf => self.float(opcode, start),
            0xe0..=0xe3 => self.looping(opcode),
            0xe8 => {
                let far = self.fetch_offset()?;
                self.push(self.word(), self.ip)?;
                self.jump(far);
                Ok(())
            }
            0xe9 | 0xeb => {
                let far = if opcode == 0xeb {
                    self.fetch_signed(1)?
                } else {
                    self.fetch_offset()?
                };
                self.jump(far);
                Ok(())
            }
            0xf5 => {
                self.flags.carry = !self.flags.carry;
                Ok(())
            }
            0xf6 | 0xf7 => self.unary(opcode),
            0xf8 | 0xf9 => {
                self.flags.carry = opcode == 0xf9;
                Ok(())
            }
            0xfc | 0xfd => {
                self.flags.direction = opcode == 0xfd;
                Ok(())
            }
            0xfe | 0xff => self.counting_and_calls(opcode),
            other => Err(Halt::Instruction(other)),
        }
    }

    pub(super) fn extended(&self, opcode: u8) -> u8 {
        opcode & 7 | (self.prefix.rex.unwrap_or(0) & 1) << 3
    }

    pub(super) fn width(&self, opcode: u8) -> u8 {
        if opcode & 1 == 0 { 1 } else { self.size() }
    }

    /// An immediate of the operand size, at most four bytes, its sign carried on.
    fn fetch_immediate(&mut self) -> Run<u64> {
        let size = self.size().min(4);
        self.fetch_signed(size)
    }

    pub(super) fn fetch_offset(&mut self) -> Run<u64> {
        let size = if self.prefix.narrow && !self.long { 2 } else { 4 };
        self.fetch_signed(size)
    }

    pub(super) fn jump(&mut self, far: u64) {
        self.ip = self.wrapped(self.ip.wrapping_add(far));
    }

    fn arithmetic(&mut self, opcode: u8) -> Run<()> {
        let operation = opcode >> 3;
        let size = self.width(opcode);
        if opcode & 7 >= 4 {
            let value = if size == 1 {
                self.fetch(1)?
            } else {
                self.fetch_immediate()?
            };
            if let Some(result) = self.operate(operation, self.part(AX, size), value, size) {
                self.set_part(AX, size, result);
            }
            return Ok(());
        }
        let (register, operand) = self.operands(0)?;
        let (a, b) = (self.get(operand, size)?, self.part(register, size));
        if opcode & 2 == 0 {
            match self.operate(operation, a, b, size) {
                Some(result) => self.set(operand, size, result),
                None => Ok(()),
            }
        } else {
            if let Some(result) = self.operate(operation, b, a, size) {
                self.set_part(register, size, result);
            }
            Ok(())
        }
    }

    fn arithmetic_immediate(&mut self, opcode: u8) -> Run<()> {
        let size = self.width(opcode);
        let short = opcode != 0x81;
        let behind = if short { 1 } else { size.min(4) };
        let (operation, operand) = self.operands(behind)?;
        let value = if short {
            self.fetch_signed(1)?
        } else {
            self.fetch_immediate()?
        };
        let a = self.get(operand, size)?;
        match self.operate(operation & 7, a, value, size) {
            Some(result) => self.set(operand, size, result),
            None => Ok(()),
        }
    }

    fn moving(&mut self, opcode: u8) -> Run<()> {
        let size = self.width(opcode);
        let (register, operand) = self.operands(0)?;
        match opcode {
            0x84 | 0x85 => {
                let both = self.get(operand, size)? & self.part(register, size);
                self.logic(both, size);
            }
            0x86 | 0x87 => {
                let (a, b) = (self.get(operand, size)?, self.part(register, size));
                self.set(operand, size, b)?;
                self.set_part(register, size, a);
            }
            0x88 | 0x89 => self.set(operand, size, self.part(register, size))?,
            0x8a | 0x8b => {
                let value = self.get(operand, size)?;
                self.set_part(register, size, value);
            }
            0x8d => match operand {
                Operand::Memory(at) => {
                    let size = self.size();
                    self.set_part(register, size, at.wrapping_sub(self.prefix.base));
                }
                Operand::Register(_) => return Err(Halt::Instruction(opcode)),
            },
            0x8f => {
                let value = self.pop(self.stack_size())?;
                self.set(operand, self.stack_size(), value)?;
            }
            // Segment registers: what is read is never looked at.
            0x8c => self.set(operand, 2, 0)?,
            _ => {}
        }
        Ok(())
    }

    fn flags_and_signs(&mut self, opcode: u8) -> Run<()> {
        let size = self.size();
        match opcode {
            0x98 => {
                let half = signed(self.part(AX, size / 2), size / 2);
                self.set_part(AX, size, half);
            }
            0x99 => {
                let negative = signed(self.part(AX, size), size) >> 63 == 1;
                self.set_part(DX, size, if negative { u64::MAX } else { 0 });
            }
            0x9b => {}
            0x9c => self.push(self.stack_size(), self.flags.word())?,
            0x9d => self.flags = Flags::of_word(self.pop(self.stack_size())?),
            0x9e => {
                let overflow = self.flags.overflow;
                let direction = self.flags.direction;
                self.flags = Flags {
                    overflow,
                    direction,
                    ..Flags::of_word(self.register(AX) >> 8 & 0xff)
                };
            }
            0x9f => {
                let all = self.register(AX) & !0xff00 | (self.flags.word() & 0xff) << 8;
                self.set_register(AX, all);
            }
            other => return Err(Halt::Instruction(other)),
        }
        Ok(())
    }

    /// `mov` between the accumulator and an address that the instruction spells out.
    fn far_move(&mut self, opcode: u8) -> Run<()> {
        let size = self.width(opcode);
        let word = self.word();
        let at = self.fetch(word)?;
        let at = self.wrapped(at.wrapping_add(self.prefix.base));
        if opcode & 2 == 0 {
            let value = self.load(at, size)?;
            self.set_part(AX, size, value);
            Ok(())
        } else {
            self.store(at, size, self.part(AX, size))
        }
    }

    fn multiply_three(&mut self, short: bool) -> Run<()> {
        let size = self.size();
        let (register, operand) = self.operands(if short { 1 } else { size.min(4) })?;
        let factor = if short {
            self.fetch_signed(1)?
        } else {
            self.fetch_immediate()?
        };
        let value = self.get(operand, size)?;
        let (low, _) = self.multiply(value, factor, true, size);
        self.set_part(register, size, low);
        Ok(())
    }

    fn shifting(&mut self, opcode: u8) -> Run<()> {
        let size = self.width(opcode);
        let immediate = opcode < 0xd0;
        let (operation, operand) = self.operands(u8::from(immediate))?;
        let count = match opcode {
            _ if immediate => self.fetch(1)?,
            0xd0 | 0xd1 => 1,
            _ => self.part(CX, 1),
        };
        let value = self.get(operand, size)?;
        let result = self.shift(operation, value, count, size);
        self.set(operand, size, result)
    }

    fn leave_call(&mut self, opcode: u8) -> Run<()> {
        let dropped = if opcode == 0xc2 { self.fetch(2)? } else { 0 };
        self.ip = self.pop(self.word())?;
        self.set_register(SP, self.register(SP).wrapping_add(dropped));
        Ok(())
    }

    /// `aam` and `aad`.
    fn decimal(&mut self, opcode: u8) -> Run<()> {
        let base = self.fetch(1)?;
        let (low, high) = (self.part(AX, 1), self.register(AX) >> 8 & 0xff);
        let value = if opcode == 0xd4 {
            let upper = low.checked_div(base).ok_or(Halt::Trap)?;
            (upper << 8) | (low % base)
        } else {
            low.wrapping_add(high * base) & 0xff
        };
        self.set_part(AX, 2, value);
        self.tell(value, 1);
        Ok(())
    }

    fn looping(&mut self, opcode: u8) -> Run<()> {
        let far = self.fetch_signed(1)?;
        let size = if self.prefix.short_address {
            self.word() / 2
        } else {
            self.word()
        };
        if opcode == 0xe3 {
            if self.part(CX, size) == 0 {
                self.jump(far);
            }
            return Ok(());
        }
        let count = self.part(CX, size).wrapping_sub(1) & mask(size);
        self.set_part(CX, size, count);
        let wanted = match opcode {
            0xe0 => !self.flags.zero,
            0xe1 => self.flags.zero,
            _ => true,
        };
        if count != 0 && wanted {
            self.jump(far);
        }
        Ok(())
    }

    fn unary(&mut self, opcode: u8) -> Run<()> {
        let size = self.width(opcode);
        // Only `test` has an immediate behind it.
        let tests = self.memory.read(self.ip, 1).is_some_and(|byte| byte >> 3 & 7 < 2);
        let (operation, operand) = self.operands(if tests { size.min(4) } else { 0 })?;
        let value = self.get(operand, size)?;
        match operation & 7 {
            0 | 1 => {
                let with = if size == 1 {
                    self.fetch(1)?
                } else {
                    self.fetch_immediate()?
                };
                self.logic(value & with, size);
            }
            2 => self.set(operand, size, !value)?,
            3 => {
                let result = self.subtract(0, value, 0, size);
                self.set(operand, size, result)?;
            }
            4 | 5 => {
                let (low, high) = self.multiply(self.part(AX, size), value, operation & 1 == 1, size);
                self.set_pair(low, high, size);
            }
            _ => {
                let (low, high) = if size == 1 {
                    (self.part(AX, 1), self.register(AX) >> 8 & 0xff)
                } else {
                    (self.part(AX, size), self.part(DX, size))
                };
                let (quotient, rest) = Cpu::divide(high, low, value, operation & 1 == 1, size)?;
                self.set_pair(quotient, rest, size);
            }
        }
        Ok(())
    }

    fn set_pair(&mut self, low: u64, high: u64, size: u8) {
        if size == 1 {
            self.set_part(AX, 2, high << 8 | low);
        } else {
            self.set_part(AX, size, low);
            self.set_part(DX, size, high);
        }
    }

    fn counting_and_calls(&mut self, opcode: u8) -> Run<()> {
        let size = self.width(opcode);
        let (operation, operand) = self.operands(0)?;
        match operation & 7 {
            operation @ (0 | 1) => {
                let value = self.get(operand, size)?;
                let result = self.count(value, operation == 1, size);
                self.set(operand, size, result)
            }
            2 if opcode == 0xff => {
                let to = self.get(operand, self.word())?;
                self.push(self.word(), self.ip)?;
                self.ip = to;
                Ok(())
            }
            4 if opcode == 0xff => {
                self.ip = self.get(operand, self.word())?;
                Ok(())
            }
            6 if opcode == 0xff => {
                let value = self.get(operand, self.stack_size())?;
                self.push(self.stack_size(), value)
            }
            _ => Err(Halt::Instruction(opcode)),
        }
    }

    fn push_all(&mut self) -> Run<()> {
        let top = self.register(SP);
        for number in 0..8 {
            let value = if number == SP { top } else { self.register(number) };
            self.push(4, value)?;
        }
        Ok(())
    }

    fn pop_all(&mut self) -> Run<()> {
        for number in (0..8).rev() {
            let value = self.pop(4)?;
            if number != SP {
                self.set_register(number, value);
            }
        }
        Ok(())
    }
}
