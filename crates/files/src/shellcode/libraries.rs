//! The list of loaded libraries that code walks to find functions by itself: thread block, process block, loader
//! data, and for each library an image that has nothing but its export table.

use super::functions::{FUNCTIONS, Function};
use super::memory::Memory;

/// Where the thread's block lies.
pub(super) const THREAD: u64 = 0x7ffd_e000;
const PROCESS: u64 = 0x7ffd_f000;
const LOADER: u64 = 0x7ffd_0000;
/// The first image; each has this many bytes.
const IMAGES: u64 = 0x7000_0000;
const IMAGE: u64 = 0x1_0000;
/// Where a function's address lies in its image: sixteen bytes apart.
const BODIES: u64 = 0x8000;

/// The libraries in the order in which a process has them; the first is the program itself.
const LOADED: [&str; 13] = [
    "program.exe",
    "ntdll.dll",
    "kernel32.dll",
    "kernelbase.dll",
    "user32.dll",
    "advapi32.dll",
    "ws2_32.dll",
    "wininet.dll",
    "winhttp.dll",
    "urlmon.dll",
    "shell32.dll",
    "dnsapi.dll",
    "msvcrt.dll",
];

/// Returns the base of a library by its name, with or without `.dll`.
pub(super) fn base_of(name: &str) -> Option<u64> {
    let name = name.rsplit(['\\', '/']).next()?.to_ascii_lowercase();
    let name = name.strip_suffix(".dll").unwrap_or(&name);
    let place = LOADED
        .iter()
        .position(|library| library.strip_suffix(".dll") == Some(name))?;
    Some(IMAGES + place as u64 * IMAGE)
}

/// Returns the function whose address it is.
pub(super) fn function_at(address: u64) -> Option<&'static Function> {
    let inside = address.checked_sub(IMAGES)?;
    let library = LOADED.get(usize::try_from(inside / IMAGE).ok()?)?;
    let place = (inside % IMAGE).checked_sub(BODIES)?;
    if place % 16 != 0 {
        return None;
    }
    exports(library).get(usize::try_from(place / 16).ok()?).copied()
}

/// Returns the address of a library's function by its name.
pub(super) fn address_of(base: u64, name: &str) -> Option<u64> {
    let library = LOADED.get(usize::try_from(base.checked_sub(IMAGES)? / IMAGE).ok()?)?;
    let place = exports(library)
        .iter()
        .position(|function| function.name == name)?;
    Some(base + BODIES + 16 * place as u64)
}

/// Returns the exports in the order of their names, as an export table has them.
fn exports(library: &str) -> Vec<&'static Function> {
    let mut own: Vec<&Function> = FUNCTIONS
        .iter()
        .filter(|function| function.library == library)
        .collect();
    own.sort_by_key(|function| function.name);
    own
}

/// Maps all of it, in the layout of 32-bit or 64-bit Windows.
pub(super) fn map(memory: &mut Memory, long: bool) {
    let word = if long { 8 } else { 4 };
    memory.map(THREAD, vec![0; 0x1000]);
    memory.map(PROCESS, vec![0; 0x1000]);
    memory.map(LOADER, vec![0; 0x4000]);
    for place in 0..LOADED.len() as u64 {
        memory.map(IMAGES + place * IMAGE, vec![0; IMAGE as usize]);
    }
    // All writes lie inside what was mapped above.
    let _ = fill(memory, word, long);
}

fn fill(memory: &mut Memory, word: u8, long: bool) -> Option<()> {
    let w = u64::from(word);
    let (process_at, loader_at, lists_at) = if long {
        (0x60, 0x18, 0x10)
    } else {
        (0x30, 0x0c, 0x0c)
    };
    memory.write(THREAD + if long { 0x30 } else { 0x18 }, word, THREAD)?;
    memory.write(THREAD + process_at, word, PROCESS)?;
    memory.write(PROCESS + loader_at, word, LOADER)?;
    memory.write(PROCESS + 2 * w, word, IMAGES)?;
    // Three circular lists run through the entries, each with a head in the loader's data.
    let entry = |place: u64| LOADER + 0x100 + place * 0x100;
    let count = LOADED.len() as u64;
    for list in 0..3 {
        let shift = list * 2 * w;
        let head = LOADER + lists_at + shift;
        let mut before = head;
        // The program itself is not in the order of initialisation.
        for place in u64::from(list == 2)..count {
            let own = entry(place) + shift;
            memory.write(before, word, own)?;
            memory.write(own + w, word, before)?;
            before = own;
        }
        memory.write(before, word, head)?;
        memory.write(head + w, word, before)?;
    }
    for (place, name) in LOADED.iter().enumerate() {
        let place = place as u64;
        let (own, base) = (entry(place), IMAGES + place * IMAGE);
        let fields = own + 6 * w;
        memory.write(fields, word, base)?;
        memory.write(fields + 2 * w, word, IMAGE)?;
        // The full name and the base name are the same text here.
        let text = LOADER + 0x2000 + place * 0x40;
        for (at, unit) in name.encode_utf16().enumerate() {
            memory.write(text + 2 * at as u64, 2, u64::from(unit))?;
        }
        let length = 2 * name.len() as u64;
        for names in [fields + 3 * w, fields + 5 * w] {
            memory.write(names, 2, length)?;
            memory.write(names + 2, 2, length + 2)?;
            memory.write(names + w, word, text)?;
        }
        image(memory, base, name, long)?;
    }
    Some(())
}

/// Headers and the export table of one image.
fn image(memory: &mut Memory, base: u64, library: &str, long: bool) -> Option<()> {
    const HEADERS: u64 = 0x80;
    const DIRECTORY: u64 = 0x400;
    let own = exports(library);
    let count = own.len() as u64;
    memory.write(base, 2, 0x5a4d)?;
    memory.write(base + 0x3c, 4, HEADERS)?;
    memory.write(base + HEADERS, 4, 0x4550)?;
    memory.write(base + HEADERS + 0x18, 2, if long { 0x20b } else { 0x10b })?;
    if own.is_empty() {
        return Some(());
    }
    let directory = base + HEADERS + if long { 0x88 } else { 0x78 };
    memory.write(directory, 4, DIRECTORY)?;
    memory.write(directory + 4, 4, 0x4000)?;
    let (functions, names, ordinals) = (0x800, 0x1000, 0x1800);
    let mut text = 0x2000;
    for (at, value) in [
        (0x0c, text),
        (0x10, 1),
        (0x14, count),
        (0x18, count),
        (0x1c, functions),
        (0x20, names),
        (0x24, ordinals),
    ] {
        memory.write(base + DIRECTORY + at, 4, value)?;
    }
    text = write_text(memory, base, text, library)?;
    for (place, function) in own.iter().enumerate() {
        let place = place as u64;
        memory.write(base + functions + 4 * place, 4, BODIES + 16 * place)?;
        memory.write(base + names + 4 * place, 4, text)?;
        memory.write(base + ordinals + 2 * place, 2, place)?;
        text = write_text(memory, base, text, function.name)?;
    }
    Some(())
}

fn write_text(memory: &mut Memory, base: u64, at: u64, text: &str) -> Option<u64> {
    for (place, byte) in text.bytes().enumerate() {
        memory.write(base + at + place as u64, 1, u64::from(byte))?;
    }
    Some(at + text.len() as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks from the thread's block to `WinExec` as code does that looks functions up by itself.
    fn found(long: bool) -> Option<&'static Function> {
        let mut memory = Memory::default();
        map(&mut memory, long);
        let w = if long { 8 } else { 4 };
        let pointer = |at: u64| memory.read(at, w).unwrap();
        let loader =
            pointer(pointer(THREAD + if long { 0x60 } else { 0x30 }) + if long { 0x18 } else { 0x0c });
        // The second list, in the order of memory: its links stand one pair into the entry.
        let mut link = pointer(loader + if long { 0x20 } else { 0x14 });
        for _ in 0..LOADED.len() {
            let name = pointer(link + if long { 0x50 } else { 0x28 });
            let base = pointer(link + if long { 0x20 } else { 0x10 });
            if memory.wide_text(name).as_deref() == Some("kernel32.dll") {
                let header = base + memory.read(base + 0x3c, 4).unwrap();
                let at = |at: u64| memory.read(at, 4).unwrap();
                let table = base + at(header + if long { 0x88 } else { 0x78 });
                let names = base + at(table + 0x20);
                let place = (0..at(table + 0x18))
                    .find(|place| memory.text(base + at(names + 4 * place)).as_deref() == Some("WinExec"))
                    .unwrap();
                let ordinal = memory.read(base + at(table + 0x24) + 2 * place, 2).unwrap();
                return function_at(base + at(base + at(table + 0x1c) + 4 * ordinal));
            }
            link = pointer(link);
        }
        None
    }

    #[test]
    fn a_walk_through_the_lists_ends_at_the_function() {
        for long in [false, true] {
            assert_eq!(found(long).map(|function| function.name), Some("WinExec"));
        }
        let base = base_of("C:\\Windows\\WS2_32.dll").unwrap();
        let connect = address_of(base, "connect").unwrap();
        assert_eq!(
            function_at(connect).map(|function| function.name),
            Some("connect")
        );
        assert!(function_at(connect + 1).is_none() && base_of("other.dll").is_none());
    }
}
