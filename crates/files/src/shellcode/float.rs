//! Floating point, as far as it tells where the code lies.

use super::cpu::{Cpu, Halt, Operand, Run, mask};

impl Cpu {
    /// Floating point: only where the last such instruction stood is of interest, since `fnstenv` tells it.
    pub(super) fn float(&mut self, opcode: u8, start: u64) -> Run<()> {
        let (operation, operand) = self.operands(0)?;
        let Operand::Memory(at) = operand else {
            self.float_ip = start;
            return Ok(());
        };
        match (opcode, operation & 7) {
            (0xd9, 6) | (0xdd, 6) => {
                // The environment in its 32-bit form: control, status and tag words, then the instruction's place.
                for (place, value) in [
                    (0, 0xffff_027f),
                    (4, 0xffff_0000),
                    (8, u64::MAX),
                    (12, self.float_ip),
                ] {
                    self.store(at.wrapping_add(place), 4, value & mask(4))?;
                }
                Ok(())
            }
            (0xd9, 4 | 5 | 7) | (0xdd, 4 | 7) => Ok(()),
            // What would be stored is not known here.
            (0xd9, 2 | 3) | (0xdd, 1..=3) | (0xdb | 0xdf, 1..=3) | (0xdb, 7) | (0xdf, 6 | 7) => {
                Err(Halt::Instruction(opcode))
            }
            _ => {
                self.float_ip = start;
                Ok(())
            }
        }
    }
}
