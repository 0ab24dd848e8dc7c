//! An assembler for a few instructions of p-code (VBA 7, 64 bits), and a writer of projects that hold it.
//!
//! What is written is inert: names and strings of a program that nothing can run, in streams that the reader under
//! test reads. Source and p-code are given apart, so that they can differ.

use std::io::{Cursor, Read, Write};

/// An instruction with its name, text or number.
#[derive(Clone, Copy, Debug)]
pub enum Ins {
    /// Begins a `Sub`.
    Sub(&'static str),
    /// Ends it.
    EndSub,
    /// Puts a string on the stack.
    Text(&'static str),
    /// Puts a whole number on the stack.
    Number(u16),
    /// Puts a variable on the stack.
    Load(&'static str),
    /// Takes a value from the stack into a variable.
    Store(&'static str),
    /// Calls a function with so many arguments.
    Get(&'static str, u16),
    /// Calls a procedure with so many arguments.
    Call(&'static str, u16),
    /// Joins two strings.
    Concat,
    /// A comment.
    Comment(&'static str),
    /// A number that is no instruction.
    Unknown,
}

/// A module: its name, the source that it shows, the lines that were compiled.
pub struct Module<'a> {
    pub name: &'a str,
    pub source: &'a str,
    pub lines: Vec<Vec<Ins>>,
}

/// The version of `_VBA_PROJECT`: Office 2016.
const VERSION: u16 = 0xB2;

/// Returns a `vbaProject.bin` whose modules have p-code.
pub fn compiled_project(modules: &[Module<'_>]) -> Vec<u8> {
    let shown: Vec<(&str, &str)> = modules
        .iter()
        .map(|module| (module.name, module.source))
        .collect();
    let file = strongroom_files::write_vba_project(&shown);
    let mut names = vec!["Win16".to_owned(), "Win32".to_owned(), "Mac".to_owned()];
    names.extend(modules.iter().map(|module| module.name.to_owned()));
    let mut compound = cfb::CompoundFile::open(Cursor::new(file)).unwrap();
    for module in modules {
        let cache = cache(&module.lines, &mut names);
        let path = format!("/VBA/{}", module.name);
        let mut source = Vec::new();
        compound
            .open_stream(&path)
            .unwrap()
            .read_to_end(&mut source)
            .unwrap();
        let mut stream = compound.create_stream(&path).unwrap();
        stream.write_all(&[cache, source].concat()).unwrap();
    }
    let mut stream = compound.create_stream("/VBA/_VBA_PROJECT").unwrap();
    stream.write_all(&identifiers(&names)).unwrap();
    stream.flush().unwrap();
    drop(stream);
    compound.flush().unwrap();
    compound.into_inner().into_inner()
}

fn word(out: &mut Vec<u8>, value: u16) {
    out.extend(value.to_le_bytes());
}

fn long(out: &mut Vec<u8>, value: u32) {
    out.extend(value.to_le_bytes());
}

/// Returns a `_VBA_PROJECT` stream with these identifiers.
pub fn identifiers(names: &[String]) -> Vec<u8> {
    let mut out = vec![0xCC, 0x61];
    word(&mut out, VERSION);
    out.extend([0, 1, 0, 0xFF, 9, 4, 0, 0, 9, 4, 0, 0, 0xE4, 4, 1, 0]);
    out.resize(0x1E, 0);
    // No references, forms, constants; no type information, description, help file.
    out.extend([0; 4 + 2 + 2 + 2]);
    out.extend([0xFF; 6]);
    out.extend([0; 0x64]);
    // No descriptions of modules; a table that is passed over.
    out.extend([0; 2 + 6 + 4 + 6]);
    let count = u16::try_from(names.len()).unwrap();
    word(&mut out, count);
    word(&mut out, count);
    word(&mut out, 0);
    out.extend([0; 4]);
    for name in names {
        out.extend([u8::try_from(name.len()).unwrap(), 0]);
        out.extend(name.as_bytes());
        out.extend([0; 4]);
    }
    out
}

fn number_of(name: &str, names: &mut Vec<String>) -> u16 {
    let index = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    (u16::try_from(index).unwrap() + 7 + 0x100) << 1
}

/// Returns the performance cache of a module.
pub fn cache(lines: &[Vec<Ins>], names: &mut Vec<String>) -> Vec<u8> {
    let mut indirect = Vec::new();
    let mut code = Vec::new();
    let mut table = Vec::new();
    for line in lines {
        let start = code.len();
        for instruction in line {
            assemble(*instruction, names, &mut code, &mut indirect);
        }
        long(&mut table, 0);
        word(&mut table, u16::try_from(code.len() - start).unwrap());
        word(&mut table, 0);
        long(&mut table, u32::try_from(start).unwrap());
    }
    // The declarations stand at 0x43, behind them the objects, the indirect table and the lines.
    let objects = 0x100_u32;
    let indirect_at = objects + 4;
    let lines_at = indirect_at + 4 + u32::try_from(indirect.len()).unwrap();
    let mut out = vec![0x01, 0x16, 0x03, 0x00, 0x00];
    long(&mut out, objects - 0x8A);
    out.resize(0x11, 0);
    long(&mut out, indirect_at - 12);
    out.resize(0x19, 0);
    long(&mut out, lines_at - 0x3C);
    out.resize(objects as usize, 0);
    long(&mut out, 0);
    long(&mut out, u32::try_from(indirect.len()).unwrap());
    out.extend(indirect);
    word(&mut out, 0xCAFE);
    word(&mut out, 1);
    word(&mut out, u16::try_from(lines.len()).unwrap());
    out.extend(table);
    out.extend([0; 10]);
    out.extend(code);
    out
}

fn assemble(instruction: Ins, names: &mut Vec<String>, code: &mut Vec<u8>, indirect: &mut Vec<u8>) {
    // The flag of a call without `Call`.
    const PLAIN: u16 = 16 << 10;
    match instruction {
        Ins::Sub(name) => {
            word(code, 150);
            long(code, u32::try_from(indirect.len()).unwrap());
            procedure(number_of(name, names), indirect);
        }
        Ins::EndSub => word(code, 111),
        Ins::Text(text) => {
            word(code, 185);
            counted(text, code);
        }
        Ins::Number(number) => {
            word(code, 172);
            word(code, number);
        }
        Ins::Load(name) => {
            word(code, 32);
            word(code, number_of(name, names));
        }
        Ins::Store(name) => {
            word(code, 39);
            word(code, number_of(name, names));
        }
        Ins::Get(name, count) => {
            word(code, 36);
            word(code, number_of(name, names));
            word(code, count);
        }
        Ins::Call(name, count) => {
            word(code, 65 | PLAIN);
            word(code, number_of(name, names));
            word(code, count);
        }
        Ins::Concat => word(code, 17),
        Ins::Comment(text) => {
            word(code, 227);
            word(code, 0);
            counted(text, code);
        }
        Ins::Unknown => word(code, 0x03FF),
    }
}

fn counted(text: &str, code: &mut Vec<u8>) {
    word(code, u16::try_from(text.len()).unwrap());
    code.extend(text.as_bytes());
    if text.len() % 2 == 1 {
        code.push(0);
    }
}

/// Adds the declaration of a public `Sub` without parameters.
fn procedure(name: u16, indirect: &mut Vec<u8>) {
    let start = indirect.len();
    word(indirect, 0x1000);
    word(indirect, name);
    indirect.resize(start + 56, 0);
    long(indirect, u32::MAX);
    indirect.resize(start + 64, 0);
    word(indirect, 0xFFFF);
    indirect.resize(start + 80, 0);
    // A procedure with a body, without parameters; public.
    indirect.extend([0x80, 0, 0, 0x02]);
    indirect.resize(start + 88, 0);
}
