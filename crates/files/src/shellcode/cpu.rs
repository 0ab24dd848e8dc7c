//! Registers, flags and operands of an x86 processor in its 32-bit and 64-bit modes.

use super::memory::Memory;

/// Why the processor stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// An instruction that is not known here.
    Instruction(u8),
    /// Memory that is not mapped.
    Memory(u64),
    /// Division by zero, a trap, a privileged instruction.
    Trap,
    /// The steps are used up.
    Steps,
    /// What comes next depends on another machine: the code waits for what it is sent.
    Waits,
    /// The code ends itself.
    Ends,
    /// A function of the system that is not known here, by its hash or address.
    Function(u32),
}

/// What an instruction gives.
pub(super) type Run<T> = Result<T, Halt>;

/// Numbers of registers.
pub(super) const AX: u8 = 0;
pub(super) const CX: u8 = 1;
pub(super) const DX: u8 = 2;
pub(super) const BX: u8 = 3;
pub(super) const SP: u8 = 4;
pub(super) const BP: u8 = 5;
pub(super) const SI: u8 = 6;
pub(super) const DI: u8 = 7;

/// The flags that arithmetic sets.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flags {
    pub carry: bool,
    pub parity: bool,
    pub adjust: bool,
    pub zero: bool,
    pub sign: bool,
    pub direction: bool,
    pub overflow: bool,
}

impl Flags {
    /// Returns the flags' word, as `pushf` stores it.
    pub(super) fn word(self) -> u64 {
        let bit = |set: bool, place: u32| u64::from(set) << place;
        2 | bit(self.carry, 0)
            | bit(self.parity, 2)
            | bit(self.adjust, 4)
            | bit(self.zero, 6)
            | bit(self.sign, 7)
            | 1 << 9
            | bit(self.direction, 10)
            | bit(self.overflow, 11)
    }

    /// Returns the flags of a word.
    pub(super) fn of_word(word: u64) -> Self {
        let bit = |place: u32| word >> place & 1 == 1;
        Flags {
            carry: bit(0),
            parity: bit(2),
            adjust: bit(4),
            zero: bit(6),
            sign: bit(7),
            direction: bit(10),
            overflow: bit(11),
        }
    }

    /// Returns whether one of the sixteen conditions holds.
    pub(super) fn holds(self, condition: u8) -> bool {
        let holds = match condition >> 1 & 7 {
            0 => self.overflow,
            1 => self.carry,
            2 => self.zero,
            3 => self.carry || self.zero,
            4 => self.sign,
            5 => self.parity,
            6 => self.sign != self.overflow,
            _ => self.zero || self.sign != self.overflow,
        };
        holds ^ (condition & 1 == 1)
    }
}

/// Where an operand lies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operand {
    Register(u8),
    Memory(u64),
}

/// The prefixes in front of an instruction.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Prefix {
    /// The REX byte's low half, where there is one.
    pub rex: Option<u8>,
    /// The operand size prefix.
    pub narrow: bool,
    /// The address size prefix.
    pub short_address: bool,
    /// `rep` (0xF3) or `repne` (0xF2).
    pub repeat: Option<u8>,
    /// The base of `fs` or `gs`.
    pub base: u64,
}

/// The processor with its memory.
#[derive(Debug)]
pub(super) struct Cpu {
    pub memory: Memory,
    pub registers: [u64; 16],
    pub ip: u64,
    pub flags: Flags,
    /// Whether it runs in 64-bit mode.
    pub long: bool,
    pub prefix: Prefix,
    /// The last floating-point instruction, which `fnstenv` tells.
    pub float_ip: u64,
    /// The base of the thread's block: `fs` in 32-bit mode, `gs` in 64-bit mode.
    pub thread_block: u64,
}

/// Returns the bits that a size in bytes keeps.
pub(super) fn mask(size: u8) -> u64 {
    match size {
        1 => 0xff,
        2 => 0xffff,
        4 => 0xffff_ffff,
        _ => u64::MAX,
    }
}

/// Returns a number of a size with its sign carried on to 64 bits.
pub(super) fn signed(value: u64, size: u8) -> u64 {
    let shift = 64 - 8 * u32::from(size.min(8));
    (((value << shift) as i64) >> shift) as u64
}

impl Cpu {
    pub(super) fn register(&self, number: u8) -> u64 {
        self.registers.get(usize::from(number & 15)).copied().unwrap_or(0)
    }

    pub(super) fn set_register(&mut self, number: u8, value: u64) {
        let value = if self.long { value } else { value & mask(4) };
        if let Some(register) = self.registers.get_mut(usize::from(number & 15)) {
            *register = value;
        }
    }

    /// Reads a register of a size; the second bytes of the first four are reached without REX.
    pub(super) fn part(&self, number: u8, size: u8) -> u64 {
        if size == 1 && self.prefix.rex.is_none() && (4..8).contains(&number) {
            return self.register(number - 4) >> 8 & 0xff;
        }
        self.register(number) & mask(size)
    }

    /// Sets a register of a size; 32 bits clear the upper half, fewer leave it.
    pub(super) fn set_part(&mut self, number: u8, size: u8, value: u64) {
        let old = self.register(number);
        match size {
            1 if self.prefix.rex.is_none() && (4..8).contains(&number) => {
                let whole = self.register(number - 4);
                self.set_register(number - 4, whole & !0xff00 | (value & 0xff) << 8);
            }
            1 | 2 => self.set_register(number, old & !mask(size) | value & mask(size)),
            _ => self.set_register(number, value & mask(size)),
        }
    }

    pub(super) fn load(&self, at: u64, size: u8) -> Run<u64> {
        self.memory.read(at, size).ok_or(Halt::Memory(at))
    }

    pub(super) fn store(&mut self, at: u64, size: u8, value: u64) -> Run<()> {
        self.memory.write(at, size, value).ok_or(Halt::Memory(at))
    }

    pub(super) fn get(&self, operand: Operand, size: u8) -> Run<u64> {
        match operand {
            Operand::Register(number) => Ok(self.part(number, size)),
            Operand::Memory(at) => self.load(at, size),
        }
    }

    pub(super) fn set(&mut self, operand: Operand, size: u8, value: u64) -> Run<()> {
        match operand {
            Operand::Register(number) => {
                self.set_part(number, size, value);
                Ok(())
            }
            Operand::Memory(at) => self.store(at, size, value),
        }
    }

    /// Reads a number of the code and goes on behind it.
    pub(super) fn fetch(&mut self, size: u8) -> Run<u64> {
        let value = self.load(self.ip, size)?;
        self.ip = self.wrapped(self.ip.wrapping_add(u64::from(size)));
        Ok(value)
    }

    pub(super) fn fetch_byte(&mut self) -> Run<u8> {
        Ok(self.fetch(1)? as u8)
    }

    /// Reads a signed number of the code.
    pub(super) fn fetch_signed(&mut self, size: u8) -> Run<u64> {
        Ok(signed(self.fetch(size)?, size))
    }

    /// Keeps an address to what the mode can reach.
    pub(super) fn wrapped(&self, at: u64) -> u64 {
        if self.long { at } else { at & mask(4) }
    }

    /// Returns the bytes of an address and of what lies on the stack.
    pub(super) fn word(&self) -> u8 {
        if self.long { 8 } else { 4 }
    }

    /// Returns the operand size of an instruction that is not one of bytes.
    pub(super) fn size(&self) -> u8 {
        match (self.prefix.rex, self.prefix.narrow) {
            (Some(rex), _) if rex & 8 != 0 => 8,
            (_, true) => 2,
            _ => 4,
        }
    }

    /// Returns the operand size of `push`, `pop` and near calls.
    pub(super) fn stack_size(&self) -> u8 {
        if self.prefix.narrow { 2 } else { self.word() }
    }

    pub(super) fn push(&mut self, size: u8, value: u64) -> Run<()> {
        let top = self.wrapped(self.register(SP).wrapping_sub(u64::from(size)));
        self.store(top, size, value)?;
        self.set_register(SP, top);
        Ok(())
    }

    pub(super) fn pop(&mut self, size: u8) -> Run<u64> {
        let top = self.register(SP);
        let value = self.load(top, size)?;
        self.set_register(SP, self.wrapped(top.wrapping_add(u64::from(size))));
        Ok(value)
    }

    /// Reads a ModR/M byte with what follows it; returns the register's number and the other operand. `behind`
    /// is how many bytes of the instruction come after it, which addresses relative to the instruction need.
    pub(super) fn operands(&mut self, behind: u8) -> Run<(u8, Operand)> {
        let byte = self.fetch_byte()?;
        let rex = self.prefix.rex.unwrap_or(0);
        let register = byte >> 3 & 7 | (rex & 4) << 1;
        let low = byte & 7;
        let kind = byte >> 6;
        if kind == 3 {
            return Ok((register, Operand::Register(low | (rex & 1) << 3)));
        }
        // Addresses of 16 bits are laid out in another way, which no code of today needs.
        if self.prefix.short_address && !self.long {
            return Err(Halt::Instruction(0x67));
        }
        let mut address = match (kind, low) {
            (_, 4) => self.scaled(kind, rex)?,
            (0, 5) => {
                let far = self.fetch_signed(4)?;
                if self.long {
                    self.ip.wrapping_add(far).wrapping_add(u64::from(behind))
                } else {
                    far
                }
            }
            _ => self.register(low | (rex & 1) << 3),
        };
        address = match kind {
            1 => address.wrapping_add(self.fetch_signed(1)?),
            2 => address.wrapping_add(self.fetch_signed(4)?),
            _ => address,
        };
        if self.long && self.prefix.short_address {
            address &= mask(4);
        }
        let address = self.wrapped(address.wrapping_add(self.prefix.base));
        Ok((register, Operand::Memory(address)))
    }

    /// Reads a SIB byte: base, index and its factor.
    fn scaled(&mut self, kind: u8, rex: u8) -> Run<u64> {
        let byte = self.fetch_byte()?;
        let index = byte >> 3 & 7 | (rex & 2) << 2;
        let base = byte & 7;
        let base = if base == 5 && kind == 0 {
            self.fetch_signed(4)?
        } else {
            self.register(base | (rex & 1) << 3)
        };
        let index = if index == 4 {
            0
        } else {
            self.register(index) << (byte >> 6)
        };
        Ok(base.wrapping_add(index))
    }
}
