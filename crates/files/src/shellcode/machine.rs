//! The run of one code: processor, memory, and what happens where it leaves its own bytes.

use super::calls::System;
use super::cpu::{CX, Cpu, DX, Flags, Halt, Operand, Prefix, Run, SP};
use super::functions::Function;
use super::libraries;
use super::memory::Memory;
use super::plain::plain;
use super::{Call, Reading};

/// Where the code lies.
const CODE: u64 = 0x0040_0000;
/// Bytes behind the code that it may write.
const ROOM: usize = 0x4000;
const STACK: u64 = 0x0010_0000;
const STACK_LENGTH: usize = 0x4_0000;
/// What the first frame returns to.
const RETURN: u64 = 0x6d00_0000;
/// Calls that are recorded.
const MOST_CALLS: usize = 256;
/// Instructions that a call costs: its arguments are read and written out.
const CALL: u64 = 32;
/// Threads that the code starts and that are followed.
const MOST_THREADS: usize = 4;

/// How the code named the function.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By its hash, which lies on the stack or in `r10`.
    Hash,
    /// By its address.
    Address,
}

pub(super) struct Machine {
    cpu: Cpu,
    system: System,
    calls: Vec<Call>,
    mapped: bool,
    /// Instructions so far, and what calls cost as instructions.
    used: u64,
    most: u64,
}

impl Machine {
    /// Runs the code; returns what it came to and the instructions that it took.
    pub(super) fn run(code: &[u8], long: bool, most: u64) -> (Reading, u64) {
        let mut memory = Memory::default();
        let mut bytes = code.to_vec();
        bytes.resize(code.len() + ROOM, 0);
        memory.map(CODE, bytes);
        memory.map(STACK, vec![0; STACK_LENGTH]);
        let mut machine = Machine {
            cpu: Cpu {
                memory,
                registers: [0; 16],
                ip: CODE,
                flags: Flags::default(),
                long,
                prefix: Prefix::default(),
                float_ip: 0,
                thread_block: libraries::THREAD,
            },
            system: System::default(),
            calls: Vec::new(),
            mapped: false,
            used: 0,
            most,
        };
        let mut halt = machine.thread(CODE, 0);
        let mut threads = 0;
        while matches!(halt, Halt::Ends | Halt::Waits) && threads < MOST_THREADS {
            let Some((start, argument)) = machine.system.threads.pop() else {
                break;
            };
            threads += 1;
            halt = machine.thread(start, argument);
        }
        let stopped = told(halt);
        let idle = machine.calls.iter().all(|call| call.action.is_none());
        let plain = if stopped.is_some() || idle {
            plain(machine.cpu.memory.below(RETURN))
        } else {
            Vec::new()
        };
        let reading = Reading {
            calls: machine.calls,
            plain,
            stopped,
            bits: if long { 64 } else { 32 },
        };
        (reading, machine.used)
    }

    /// Runs one thread to its halt.
    fn thread(&mut self, start: u64, argument: u64) -> Halt {
        self.cpu.registers = [0; 16];
        self.cpu.flags = Flags::default();
        let top = STACK + STACK_LENGTH as u64 - 0x4000;
        self.cpu.set_register(SP, top);
        self.cpu.set_register(CX, argument);
        self.cpu.set_register(0, start);
        let word = self.cpu.word();
        let begun = self
            .cpu
            .store(top + u64::from(word), word, argument)
            .and_then(|()| self.cpu.store(top, word, RETURN));
        self.cpu.ip = start;
        let run = begun.and_then(|()| {
            loop {
                self.used += 1;
                if self.used > self.most {
                    return Err(Halt::Steps);
                }
                self.next()?;
            }
        });
        match run {
            Ok(()) => Halt::Ends,
            Err(halt) => halt,
        }
    }

    fn next(&mut self) -> Run<()> {
        let start = self.cpu.ip;
        if start >= RETURN {
            return self.outside(start);
        }
        if let Some(function) = self.named_by_hash()? {
            return self.call(function, Way::Hash);
        }
        let registers = self.cpu.registers;
        match self.cpu.step() {
            // The libraries are put up when the code looks for them.
            Err(Halt::Memory(at)) if !self.mapped && (at & !0xfff) == libraries::THREAD => {
                self.mapped = true;
                libraries::map(&mut self.cpu.memory, self.cpu.long);
                self.cpu.registers = registers;
                self.cpu.ip = start;
                Ok(())
            }
            other => other,
        }
    }

    /// The code has left its own bytes.
    fn outside(&mut self, at: u64) -> Run<()> {
        if at == RETURN {
            return Err(Halt::Ends);
        }
        match libraries::function_at(at) {
            Some(function) => self.call(function, Way::Address),
            None => match self.system.unknown_at(at) {
                Some(name) => {
                    self.calls.push(Call {
                        text: format!("{name}(…)"),
                        action: None,
                    });
                    Err(Halt::Function(0))
                }
                None => Err(Halt::Memory(at)),
            },
        }
    }

    /// Returns the function where the next instruction is a call with a known hash, and goes on behind it.
    fn named_by_hash(&mut self) -> Run<Option<&'static Function>> {
        let memory = &self.cpu.memory;
        let Some(first) = memory.read(self.cpu.ip, 1) else {
            return Ok(None);
        };
        let prefixed = self.cpu.long && first & 0xf0 == 0x40;
        let at = self.cpu.ip + u64::from(prefixed);
        let opcode = memory.read(at, 1).unwrap_or(0);
        let through = opcode == 0xff && memory.read(at + 1, 1).is_some_and(|byte| byte >> 3 & 7 == 2);
        if !through && opcode != 0xe8 {
            return Ok(None);
        }
        let hash = if self.cpu.long {
            self.cpu.register(10) & 0xffff_ffff
        } else {
            memory.read(self.cpu.register(SP), 4).unwrap_or(0)
        };
        // Numbers so small are arguments.
        if hash < 0x1_0000 {
            return Ok(None);
        }
        let hash = hash as u32;
        let function = Function::of_hash(hash);
        if function.is_none() && !(through && self.looks_up(at)) {
            return Ok(None);
        }
        let back = self.cpu.ip;
        self.cpu.prefix = Prefix::default();
        if prefixed {
            self.cpu.prefix.rex = Some(self.cpu.fetch_byte()? & 15);
        }
        self.cpu.fetch_byte()?;
        if through {
            self.cpu.operands(0)?;
        } else {
            self.cpu.fetch(4)?;
        }
        match function {
            Some(function) => Ok(Some(function)),
            None => {
                self.cpu.ip = back;
                Err(Halt::Function(hash))
            }
        }
    }

    /// Returns whether a call through a register goes to Metasploit's look-up, by its first bytes.
    fn looks_up(&mut self, at: u64) -> bool {
        let Some(byte) = self.cpu.memory.read(at + 1, 1).filter(|byte| byte >> 6 == 3) else {
            return false;
        };
        let Ok(target) = self.cpu.get(Operand::Register(byte as u8 & 7), self.cpu.word()) else {
            return false;
        };
        let head = self.cpu.memory.bytes(target, 5).unwrap_or_default();
        head.starts_with(&[0x60, 0x89, 0xe5]) || head.starts_with(&[0x41, 0x51, 0x41, 0x50, 0x52])
    }

    /// Answers a call and returns to the caller.
    fn call(&mut self, function: &'static Function, way: Way) -> Run<()> {
        if self.calls.len() >= MOST_CALLS {
            return Err(Halt::Steps);
        }
        let arguments = self.arguments(function, way)?;
        let moved = self.system.moved;
        let mut made = Vec::new();
        let result = self.system.call(
            &mut self.cpu.memory,
            self.cpu.long,
            function,
            &arguments,
            &mut made,
        );
        // What a call copies byte by byte is as much work as instructions are.
        self.used += CALL + (self.system.moved - moved) / 16;
        for call in made {
            if !self.calls.contains(&call) {
                self.calls.push(call);
            }
        }
        let result = result?;
        let word = u64::from(self.cpu.word());
        let top = self.cpu.register(SP);
        if way == Way::Address {
            self.cpu.ip = self.cpu.load(top, word as u8)?;
        }
        let taken = if self.cpu.long || function.is_cdecl() {
            0
        } else {
            u64::from(function.arguments) * word
        };
        let top = match (way, self.cpu.long) {
            // The look-up leaves room for four arguments on the stack.
            (Way::Hash, true) => top.wrapping_sub(32),
            _ => top.wrapping_add(word + taken),
        };
        self.cpu.set_register(SP, top);
        self.cpu.set_register(0, result);
        if self.cpu.long && way == Way::Hash {
            self.cpu.set_register(10, 0);
        }
        Ok(())
    }

    fn arguments(&self, function: &Function, way: Way) -> Run<Vec<u64>> {
        let top = self.cpu.register(SP);
        (0..u64::from(function.arguments))
            .map(|place| match (self.cpu.long, place) {
                (false, _) => self.cpu.load(top.wrapping_add(4 + 4 * place), 4),
                (true, 0) => Ok(self.cpu.register(CX)),
                (true, 1) => Ok(self.cpu.register(DX)),
                (true, 2) => Ok(self.cpu.register(8)),
                (true, 3) => Ok(self.cpu.register(9)),
                (true, _) => {
                    let first = if way == Way::Hash { 0 } else { 0x28 };
                    self.cpu.load(top.wrapping_add(first + 8 * (place - 4)), 8)
                }
            })
            .collect()
    }
}

/// Says why a run stopped short; its own end and a wait for an answer are none.
fn told(halt: Halt) -> Option<String> {
    Some(match halt {
        Halt::Ends | Halt::Waits => return None,
        Halt::Instruction(opcode) => {
            format!("stops at an instruction that is not known here ({opcode:#04x})")
        }
        Halt::Memory(at) => format!("stops at memory that is not there ({at:#x})"),
        Halt::Trap => "stops at a trap".to_owned(),
        Halt::Steps => "stops at the bound of its steps".to_owned(),
        Halt::Function(0) => "stops at a function that is not known here".to_owned(),
        Halt::Function(hash) => format!("stops at a function that is not known here (hash {hash:#010x})"),
    })
}
