//! The instructions over strings of bytes and words.

use super::cpu::{AX, CX, Cpu, DI, Run, SI};

impl Cpu {
    /// `movs`, `cmps`, `stos`, `lods`, `scas` with their repetitions. One repetition is one step: the instruction is
    /// gone back to, so that none runs unbounded.
    pub(super) fn strings(&mut self, opcode: u8, start: u64) -> Run<()> {
        let size = self.width(opcode);
        let repeat = self.prefix.repeat;
        if repeat.is_none() {
            return self.string_once(opcode, size);
        }
        let compares = matches!(opcode & !1, 0xa6 | 0xae);
        // As many as one step may do.
        for _ in 0..64 {
            let count = self.part(CX, self.word());
            if count == 0 {
                return Ok(());
            }
            self.string_once(opcode, size)?;
            self.set_register(CX, count - 1);
            if compares && self.flags.zero != (repeat == Some(0xf3)) {
                return Ok(());
            }
        }
        self.ip = start;
        Ok(())
    }

    fn string_once(&mut self, opcode: u8, size: u8) -> Run<()> {
        let (from, to) = (self.register(SI), self.register(DI));
        let reads = matches!(opcode & !1, 0xa4 | 0xa6 | 0xac);
        let writes = matches!(opcode & !1, 0xa4 | 0xa6 | 0xaa | 0xae);
        match opcode & !1 {
            0xa4 => {
                let value = self.load(from, size)?;
                self.store(to, size, value)?;
            }
            0xa6 => {
                let (a, b) = (self.load(from, size)?, self.load(to, size)?);
                self.subtract(a, b, 0, size);
            }
            0xaa => self.store(to, size, self.part(AX, size))?,
            0xac => {
                let value = self.load(from, size)?;
                self.set_part(AX, size, value);
            }
            _ => {
                let (a, b) = (self.part(AX, size), self.load(to, size)?);
                self.subtract(a, b, 0, size);
            }
        }
        let step = if self.flags.direction {
            u64::from(size).wrapping_neg()
        } else {
            u64::from(size)
        };
        if reads {
            self.set_register(SI, from.wrapping_add(step));
        }
        if writes {
            self.set_register(DI, to.wrapping_add(step));
        }
        Ok(())
    }
}
