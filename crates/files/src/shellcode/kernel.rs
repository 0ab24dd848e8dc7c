//! What the libraries of the system itself are answered.

use super::calls::{Asked, Handle, System};
use super::cpu::{Halt, Run};
use super::libraries;
use crate::script::{Action, Text};

/// The handle of a library that is not known here.
const OTHER_LIBRARY: u64 = 0x6e80_0000;
/// Bytes that one call copies.
const MOST_COPIED: u64 = 1 << 20;

impl System {
    pub(super) fn kernel(
        &mut self,
        name: &str,
        asked: &mut Asked<'_>,
        actions: &mut Vec<Action>,
    ) -> Run<u64> {
        if let Some(result) = self.loader(name, asked)? {
            return Ok(result);
        }
        if let Some(result) = self.processes(name, asked, actions) {
            return Ok(result);
        }
        if let Some(result) = self.files(name, asked, actions)? {
            return Ok(result);
        }
        if let Some(result) = self.texts(name, asked)? {
            return Ok(result);
        }
        Ok(match name {
            "ExitProcess" | "ExitThread" | "RtlExitUserThread" | "RtlExitUserProcess" | "exit"
            | "TerminateProcess" | "TerminateThread" => return Err(Halt::Ends),
            "ReadFile" | "ConnectNamedPipe" => return Err(Halt::Waits),
            "GetVersion" => 0x1db1_0106,
            "GetCurrentProcess" | "GetCurrentThread" => u64::MAX,
            "GetLastError"
            | "SetUnhandledExceptionFilter"
            | "WaitForSingleObject"
            | "RegOpenKeyExA"
            | "RegSetValueExA"
            | "RegCloseKey"
            | "RegQueryValueExA"
            | "RegCreateKeyExA" => 0,
            "CreateMutexA"
            | "HeapCreate"
            | "GetProcessHeap"
            | "OpenProcess"
            | "CreateToolhelp32Snapshot"
            | "CreateRemoteThread" => self.handle(None),
            _ => 1,
        })
    }

    /// Memory, libraries and their functions.
    fn loader(&mut self, name: &str, asked: &mut Asked<'_>) -> Run<Option<u64>> {
        // The flags in front of the size are `HEAP_ZERO_MEMORY` and their like: all memory here begins as zeros.
        let size = match name {
            "malloc" => Some(0),
            "VirtualAlloc" | "GlobalAlloc" | "LocalAlloc" => Some(1),
            "HeapAlloc" | "RtlAllocateHeap" | "VirtualAllocEx" => Some(2),
            _ => None,
        };
        if let Some(size) = size {
            let run = asked.memory.allocate(asked.get(size));
            return run.ok_or(Halt::Memory(0)).map(Some);
        }
        Ok(match name {
            "LoadLibraryA" | "LoadLibraryW" | "LoadLibraryExA" | "GetModuleHandleA" => {
                let library = asked.text(0).and_then(|name| libraries::base_of(&name));
                Some(library.unwrap_or(OTHER_LIBRARY))
            }
            "GetProcAddress" => {
                let at = asked.get(1);
                let wanted = asked.memory.text(at).ok_or(Halt::Memory(at))?;
                let address = libraries::address_of(asked.get(0), &wanted);
                Some(address.unwrap_or_else(|| self.stand_in(wanted)))
            }
            _ => None,
        })
    }

    /// Processes and threads.
    fn processes(&mut self, name: &str, asked: &mut Asked<'_>, actions: &mut Vec<Action>) -> Option<u64> {
        let mut start = |command: Text| actions.push(Action::Start { command });
        Some(match name {
            "WinExec" | "system" => {
                start(asked.known(0));
                33
            }
            "CreateProcessA" | "CreateProcessW" => {
                let line = if asked.get(1) == 0 { 0 } else { 1 };
                start(asked.known(line));
                1
            }
            "ShellExecuteA" | "ShellExecuteW" => {
                let line = asked.known(2);
                start(match asked.text(3) {
                    Some(rest) => line.join(Text::known(format!(" {rest}"))),
                    None => line,
                });
                33
            }
            "CreateThread" => {
                self.threads.push((asked.get(2), asked.get(3)));
                self.handle(None)
            }
            _ => return None,
        })
    }

    /// Files and pipes.
    fn files(&mut self, name: &str, asked: &mut Asked<'_>, actions: &mut Vec<Action>) -> Run<Option<u64>> {
        let first = asked.get(0);
        Ok(Some(match name {
            "CreateNamedPipeA" => {
                actions.push(Action::Listen { at: asked.known(0) });
                self.handle(None)
            }
            "CreateFileA" | "CreateFileW" => {
                let path = asked.text(0).ok_or(Halt::Memory(first))?;
                self.handle(Some(Handle::File(path)))
            }
            "WriteFile" => {
                if let Some(path) = self.file(first).map(Text::known) {
                    let length = self.copied(asked.get(2));
                    let content = asked.memory.bytes(asked.get(1), length).map(<[u8]>::to_vec);
                    actions.push(Action::Write { path, content });
                }
                1
            }
            _ => return Ok(None),
        }))
    }

    /// Texts and runs of bytes.
    fn texts(&mut self, name: &str, asked: &mut Asked<'_>) -> Run<Option<u64>> {
        let first = asked.get(0);
        Ok(Some(match name {
            "GetTempPathA" => asked.write_text(asked.get(1), "%TEMP%\\"),
            "GetSystemDirectoryA" => asked.write_text(first, "%SystemRoot%\\system32"),
            "GetWindowsDirectoryA" => asked.write_text(first, "%SystemRoot%"),
            "GetEnvironmentVariableA" => {
                let variable = asked.text(0).ok_or(Halt::Memory(first))?;
                asked.write_text(asked.get(1), &format!("%{variable}%"))
            }
            "ExpandEnvironmentStringsA" => {
                let text = asked.text(0).ok_or(Halt::Memory(first))?;
                asked.write_text(asked.get(1), &text) + 1
            }
            "lstrcatA" => {
                let head = asked.text(0).unwrap_or_default();
                let tail = asked.text(1).unwrap_or_default();
                asked.write_text(first.wrapping_add(head.len() as u64), &tail);
                first
            }
            "lstrcpyA" => {
                let text = asked.text(1).unwrap_or_default();
                asked.write_text(first, &text);
                first
            }
            "lstrlenA" | "strlen" => asked.text(0).map_or(0, |text| text.len() as u64),
            "memcpy" | "RtlMoveMemory" => {
                let length = self.copied(asked.get(2));
                asked
                    .copy(first, asked.get(1), length)
                    .ok_or(Halt::Memory(first))?;
                first
            }
            "memset" => {
                let length = self.copied(asked.get(2)) as u64;
                for place in 0..length {
                    let at = first.wrapping_add(place);
                    let written = asked.memory.write(at, 1, asked.get(1) & 0xff);
                    written.ok_or(Halt::Memory(at))?;
                }
                first
            }
            _ => return Ok(None),
        }))
    }

    /// Returns how many bytes a call copies, and charges them.
    fn copied(&mut self, length: u64) -> usize {
        let length = length.min(MOST_COPIED);
        self.moved += length;
        usize::try_from(length).unwrap_or(0)
    }
}
