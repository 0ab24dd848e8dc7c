//! What the system answers: as if each call succeeded, with handles, addresses and memory of our own.

use super::Call;
use super::cpu::{Halt, Run};
use super::functions::Function;
use super::libraries;
use super::memory::Memory;
use crate::script::{Action, Text};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The first handle.
const HANDLES: u64 = 0x100;
/// The handle of a library that is not known here.
const OTHER_LIBRARY: u64 = 0x6e80_0000;
/// Addresses of functions that are not known here, sixteen bytes apart.
const UNKNOWN: u64 = 0x6e00_0000;
/// `INTERNET_FLAG_SECURE`, and WinHTTP's `WINHTTP_FLAG_SECURE`.
const SECURE: u64 = 0x0080_0000;
/// Bytes that one call copies.
const MOST_COPIED: u64 = 1 << 20;

/// What a handle stands for.
#[derive(Clone, Debug)]
enum Handle {
    Server {
        host: String,
        port: u16,
        file_transfer: bool,
    },
    File(String),
}

/// What the code has been given so far.
#[derive(Debug, Default)]
pub(super) struct System {
    handles: BTreeMap<u64, Handle>,
    next: u64,
    /// Names that were resolved: each has an address of its own out of a range that nobody uses.
    names: Vec<String>,
    /// Functions that were asked for by name and are not known here.
    unknown: Vec<String>,
    /// Where threads begin, with their argument.
    pub threads: Vec<(u64, u64)>,
}

/// The call at hand.
struct Asked<'a> {
    memory: &'a mut Memory,
    long: bool,
    arguments: &'a [u64],
    wide: bool,
}

impl Asked<'_> {
    fn get(&self, place: usize) -> u64 {
        self.arguments.get(place).copied().unwrap_or(0)
    }

    fn text(&self, place: usize) -> Option<String> {
        match (self.get(place), self.wide) {
            (0, _) => None,
            (at, true) => self.memory.wide_text(at),
            (at, false) => self.memory.text(at),
        }
    }

    fn known(&self, place: usize) -> Text {
        match self.text(place) {
            Some(text) => Text::known(text),
            None => Text::unknown("memory that is not there"),
        }
    }

    /// Writes a text with its zero; gives its length.
    fn write_text(&mut self, at: u64, text: &str) -> u64 {
        for (place, byte) in text.bytes().chain([0]).enumerate() {
            if self
                .memory
                .write(at.wrapping_add(place as u64), 1, u64::from(byte))
                .is_none()
            {
                return 0;
            }
        }
        text.len() as u64
    }

    fn copy(&mut self, to: u64, from: u64, length: u64) -> Option<()> {
        let length = usize::try_from(length.min(MOST_COPIED)).ok()?;
        let bytes = self.memory.bytes(from, length)?.to_vec();
        bytes.iter().enumerate().try_for_each(|(place, &byte)| {
            self.memory
                .write(to.wrapping_add(place as u64), 1, u64::from(byte))
        })
    }

    /// Writes the call out: texts in quotes, all else as numbers.
    fn shown(&self, function: &Function) -> String {
        let shown = |&argument: &u64| {
            let text = if self.wide {
                self.memory.wide_text(argument)
            } else {
                self.memory.text(argument)
            };
            match text.filter(|text| argument >= 0x1_0000 && text.chars().count() > 1) {
                Some(text) => format!("{text:?}"),
                None if argument < 10 => argument.to_string(),
                None => format!("{argument:#x}"),
            }
        };
        let arguments: Vec<String> = self.arguments.iter().map(shown).collect();
        format!("{}({})", function.name, arguments.join(", "))
    }
}

impl System {
    /// Returns the name of an unknown function by the address that stands for it.
    pub(super) fn unknown_at(&self, at: u64) -> Option<&str> {
        let place = at.checked_sub(UNKNOWN)? / 16;
        self.unknown.get(usize::try_from(place).ok()?).map(String::as_str)
    }

    fn handle(&mut self, handle: Option<Handle>) -> u64 {
        self.next += 4;
        let number = HANDLES + self.next;
        if let Some(handle) = handle {
            self.handles.insert(number, handle);
        }
        number
    }

    /// Answers one call; what is worth telling is put to `made`.
    pub(super) fn call(
        &mut self,
        memory: &mut Memory,
        long: bool,
        function: &'static Function,
        arguments: &[u64],
        made: &mut Vec<Call>,
    ) -> Run<u64> {
        let wide = function.name.ends_with('W')
            || function.name.starts_with("WinHttp")
            || function.name.ends_with("InfoExW");
        let mut asked = Asked {
            memory,
            long,
            arguments,
            wide,
        };
        let mut text = asked.shown(function);
        let mut actions = Vec::new();
        let result = match function.library {
            "ws2_32.dll" => self.sockets(function.name, &mut asked, &mut actions),
            "wininet.dll" | "winhttp.dll" | "urlmon.dll" | "dnsapi.dll" => {
                self.web(function.name, &mut asked, &mut actions)
            }
            _ => self.base(function.name, &mut asked, &mut actions),
        };
        if let (Some(Action::Connect { host, port }), "ws2_32.dll") = (actions.first(), function.library) {
            let port = port.map_or_else(String::new, |port| format!(":{port}"));
            text = format!("{}({host}{port})", function.name);
        }
        if let Some(Action::Listen { at }) = actions.first() {
            text = format!("{}({at})", function.name);
        }
        let mut actions = actions.into_iter();
        made.push(Call {
            text: text.clone(),
            action: actions.next(),
        });
        made.extend(actions.map(|action| Call {
            text: format!("; {}", shown(&action)),
            action: Some(action),
        }));
        result
    }

    fn sockets(&mut self, name: &str, asked: &mut Asked<'_>, actions: &mut Vec<Action>) -> Run<u64> {
        match name {
            "WSASocketA" | "WSASocketW" | "socket" | "accept" => Ok(self.handle(None)),
            "connect" | "WSAConnect" => {
                actions.extend(self.peer(asked, 1));
                Ok(0)
            }
            "sendto" => {
                actions.extend(self.peer(asked, 4));
                Ok(asked.get(2))
            }
            "bind" => {
                let port = asked
                    .memory
                    .read(asked.get(1).wrapping_add(2), 2)
                    .ok_or(Halt::Memory(asked.get(1)))?;
                let port = (port as u16).swap_bytes();
                if port != 0 {
                    actions.push(Action::Listen {
                        at: Text::known(format!("port {port}")),
                    });
                }
                Ok(0)
            }
            "gethostbyname" => self.host_entry(asked),
            "getaddrinfo" | "GetAddrInfoW" => self.address_info(asked),
            "inet_addr" => {
                let ip = asked
                    .text(0)
                    .and_then(|text| text.parse::<Ipv4Addr>().ok())
                    .map_or(0xffff_ffff, |ip| u32::from_le_bytes(ip.octets()));
                Ok(u64::from(ip))
            }
            "htons" => Ok(u64::from((asked.get(0) as u16).swap_bytes())),
            "send" => Ok(asked.get(2)),
            "select" => Ok(1),
            "recv" | "recvfrom" | "WSARecv" => Err(Halt::Waits),
            _ => Ok(0),
        }
    }

    /// Returns the connection to the address that an argument points to.
    fn peer(&self, asked: &Asked<'_>, place: usize) -> Option<Action> {
        let at = asked.get(place);
        let family = asked.memory.read(at, 2)?;
        let port = (asked.memory.read(at + 2, 2)? as u16).swap_bytes();
        let host = match family {
            2 => {
                let ip = (asked.memory.read(at + 4, 4)? as u32).to_le_bytes();
                match self.name_of(ip) {
                    Some(name) => name.to_owned(),
                    None => Ipv4Addr::from(ip).to_string(),
                }
            }
            23 => {
                let bytes: [u8; 16] = asked.memory.bytes(at + 8, 16)?.try_into().ok()?;
                Ipv6Addr::from(bytes).to_string()
            }
            _ => return None,
        };
        Some(Action::Connect {
            host: Text::known(host),
            port: Some(port),
        })
    }

    /// Gives a name an address of the range that is reserved for the future (RFC 1112), so that the connection to
    /// it can be told by its name.
    fn resolve(&mut self, name: String) -> [u8; 4] {
        let place = match self.names.iter().position(|known| *known == name) {
            Some(place) => place,
            None => {
                self.names.push(name);
                self.names.len() - 1
            }
        };
        [0xf0, 0, (place >> 8) as u8, place as u8]
    }

    fn name_of(&self, ip: [u8; 4]) -> Option<&str> {
        let [0xf0, 0, high, low] = ip else { return None };
        self.names
            .get(usize::from(u16::from_be_bytes([high, low])))
            .map(String::as_str)
    }

    /// `gethostbyname`: the host's entry with one address, laid out as Windows does it, the address behind the
    /// lists.
    fn host_entry(&mut self, asked: &mut Asked<'_>) -> Run<u64> {
        let at = asked.get(0);
        let name = asked.text(0).ok_or(Halt::Memory(at))?;
        let ip = match name.parse::<Ipv4Addr>() {
            Ok(ip) => ip.octets(),
            Err(_) => self.resolve(name),
        };
        let entry = asked.memory.allocate(0x100).ok_or(Halt::Memory(0))?;
        let word = if asked.long { 8 } else { 4 };
        let w = u64::from(word);
        // name, aliases, type and length, list; then no alias, one address, the end of the list.
        let list = entry + if asked.long { 0x30 } else { 20 };
        let address = if asked.long { list + 2 * w } else { entry + 28 };
        let writes = [
            (entry, word, at),
            (entry + 2 * w, 2, 2),
            (entry + 2 * w + 2, 2, 4),
            (entry + if asked.long { 24 } else { 12 }, word, list),
            (list, word, address),
            (address, 4, u64::from(u32::from_le_bytes(ip))),
        ];
        for (at, size, value) in writes {
            asked.memory.write(at, size, value).ok_or(Halt::Memory(at))?;
        }
        Ok(entry)
    }

    /// `getaddrinfo`: one entry with an IPv4 address and the port of the service.
    fn address_info(&mut self, asked: &mut Asked<'_>) -> Run<u64> {
        let name = asked.text(0).ok_or(Halt::Memory(asked.get(0)))?;
        let port = asked
            .text(1)
            .and_then(|port| port.parse::<u16>().ok())
            .unwrap_or(0);
        let ip = match name.parse::<Ipv4Addr>() {
            Ok(ip) => ip.octets(),
            Err(_) => self.resolve(name),
        };
        let entry = asked.memory.allocate(0x100).ok_or(Halt::Memory(0))?;
        let address = entry + 0x40;
        let (word, pointer) = if asked.long { (8, 32) } else { (4, 24) };
        let writes = [
            (entry + 4, 4, 2),
            (entry + 8, 4, 1),
            (entry + 12, 4, 6),
            (entry + 16, word, 16),
            (entry + pointer, word, address),
            (address, 2, 2),
            (address + 2, 2, u64::from(port.swap_bytes())),
            (address + 4, 4, u64::from(u32::from_le_bytes(ip))),
            (asked.get(3), word, entry),
        ];
        for (at, size, value) in writes {
            asked.memory.write(at, size, value).ok_or(Halt::Memory(at))?;
        }
        Ok(0)
    }

    fn web(&mut self, name: &str, asked: &mut Asked<'_>, actions: &mut Vec<Action>) -> Run<u64> {
        match name {
            "InternetConnectA" | "InternetConnectW" | "WinHttpConnect" => {
                let host = asked.text(1).ok_or(Halt::Memory(asked.get(1)))?;
                let port = asked.get(2) as u16;
                actions.push(Action::Connect {
                    host: Text::known(host.as_str()),
                    port: Some(port),
                });
                let file_transfer = name.starts_with("Internet") && asked.get(5) == 1;
                Ok(self.handle(Some(Handle::Server {
                    host,
                    port,
                    file_transfer,
                })))
            }
            "HttpOpenRequestA" | "HttpOpenRequestW" | "WinHttpOpenRequest" => {
                let secure = asked.get(6) & SECURE != 0;
                let path = asked.text(2).unwrap_or_default();
                if let Some(url) = self.url(asked.get(0), &path, secure) {
                    let post = asked
                        .text(1)
                        .is_some_and(|verb| verb.eq_ignore_ascii_case("post"));
                    let url = Text::known(url);
                    actions.push(if post {
                        Action::Upload { url }
                    } else {
                        Action::Download { url, to: None }
                    });
                }
                Ok(self.handle(None))
            }
            "FtpOpenFileA" | "FtpGetFileA" | "FtpPutFileA" => {
                let path = asked.text(1).unwrap_or_default();
                if let Some(url) = self.url(asked.get(0), &path, false) {
                    let to = (name == "FtpGetFileA").then(|| asked.known(2));
                    actions.push(Action::Download {
                        url: Text::known(url),
                        to,
                    });
                }
                Ok(self.handle(None))
            }
            "InternetOpenUrlA" | "InternetOpenUrlW" => {
                actions.push(Action::Download {
                    url: asked.known(1),
                    to: None,
                });
                Ok(self.handle(None))
            }
            "URLDownloadToFileA" | "URLDownloadToFileW" | "URLDownloadToCacheFileA" => {
                actions.push(Action::Download {
                    url: asked.known(1),
                    to: Some(asked.known(2)),
                });
                Ok(0)
            }
            "HttpSendRequestA"
            | "HttpSendRequestW"
            | "WinHttpSendRequest"
            | "HttpAddRequestHeadersA"
            | "WinHttpAddRequestHeaders" => {
                // A front's own host stands in a header.
                if let Some(host) = asked.text(1).as_deref().and_then(host_header) {
                    actions.push(Action::Connect {
                        host: Text::known(host),
                        port: None,
                    });
                }
                Ok(1)
            }
            "DnsQuery_A" | "DnsQuery_W" => {
                actions.push(Action::Connect {
                    host: asked.known(0),
                    port: None,
                });
                Err(Halt::Waits)
            }
            "InternetReadFile" | "WinHttpReadData" => Err(Halt::Waits),
            "InternetOpenA" | "InternetOpenW" | "WinHttpOpen" => Ok(self.handle(None)),
            "InternetErrorDlg" | "WinHttpGetIEProxyConfigForCurrentUser" | "WinHttpGetProxyForUrl" => Ok(0),
            _ => Ok(1),
        }
    }

    /// Returns the URL of a path on the server of a handle.
    fn url(&self, handle: u64, path: &str, secure: bool) -> Option<String> {
        let Handle::Server {
            host,
            port,
            file_transfer,
        } = self.handles.get(&handle)?
        else {
            return None;
        };
        let scheme = match (file_transfer, secure) {
            (true, _) => "ftp",
            (_, true) => "https",
            _ => "http",
        };
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.clone()
        };
        let slash = if path.starts_with('/') { "" } else { "/" };
        Some(format!("{scheme}://{host}:{port}{slash}{path}"))
    }

    fn base(&mut self, name: &str, asked: &mut Asked<'_>, actions: &mut Vec<Action>) -> Run<u64> {
        match name {
            "ExitProcess" | "ExitThread" | "RtlExitUserThread" | "RtlExitUserProcess" | "exit" => {
                return Err(Halt::Ends);
            }
            "TerminateProcess" | "TerminateThread" => return Err(Halt::Ends),
            "VirtualAlloc" => return self.allocate(asked, 1),
            "HeapAlloc" | "RtlAllocateHeap" | "VirtualAllocEx" => return self.allocate(asked, 2),
            "GlobalAlloc" | "LocalAlloc" => return self.allocate(asked, 1),
            "malloc" => return self.allocate(asked, 0),
            "ReadFile" | "ConnectNamedPipe" => return Err(Halt::Waits),
            _ => {}
        }
        let first = asked.get(0);
        Ok(match name {
            "LoadLibraryA" | "LoadLibraryW" | "LoadLibraryExA" | "GetModuleHandleA" => {
                let library = asked.text(0);
                library
                    .and_then(|name| libraries::base_of(&name))
                    .unwrap_or(OTHER_LIBRARY)
            }
            "GetProcAddress" => {
                let wanted = asked
                    .memory
                    .text(asked.get(1))
                    .ok_or(Halt::Memory(asked.get(1)))?;
                match libraries::address_of(first, &wanted) {
                    Some(address) => address,
                    None => {
                        self.unknown.push(wanted);
                        UNKNOWN + 16 * (self.unknown.len() as u64 - 1)
                    }
                }
            }
            "WinExec" | "system" => {
                actions.push(Action::Start {
                    command: asked.known(0),
                });
                33
            }
            "CreateProcessA" | "CreateProcessW" => {
                let line = if asked.get(1) == 0 { 0 } else { 1 };
                actions.push(Action::Start {
                    command: asked.known(line),
                });
                1
            }
            "ShellExecuteA" | "ShellExecuteW" => {
                let mut line = asked.known(2);
                if let Some(rest) = asked.text(3) {
                    line = line.join(Text::known(format!(" {rest}")));
                }
                actions.push(Action::Start { command: line });
                33
            }
            "CreateNamedPipeA" => {
                actions.push(Action::Listen { at: asked.known(0) });
                self.handle(None)
            }
            "CreateFileA" | "CreateFileW" => {
                let path = asked.text(0).ok_or(Halt::Memory(first))?;
                self.handle(Some(Handle::File(path)))
            }
            "WriteFile" => {
                if let Some(Handle::File(path)) = self.handles.get(&first) {
                    let length = usize::try_from(asked.get(2).min(MOST_COPIED)).unwrap_or(0);
                    let content = asked.memory.bytes(asked.get(1), length).map(<[u8]>::to_vec);
                    actions.push(Action::Write {
                        path: Text::known(path.as_str()),
                        content,
                    });
                }
                1
            }
            "CreateThread" => {
                self.threads.push((asked.get(2), asked.get(3)));
                self.handle(None)
            }
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
                let (head, tail) = (
                    asked.text(0).unwrap_or_default(),
                    asked.text(1).unwrap_or_default(),
                );
                asked.write_text(first + head.len() as u64, &tail);
                first
            }
            "lstrcpyA" => {
                let text = asked.text(1).unwrap_or_default();
                asked.write_text(first, &text);
                first
            }
            "lstrlenA" | "strlen" => asked.text(0).map_or(0, |text| text.len() as u64),
            "memcpy" | "RtlMoveMemory" => {
                asked
                    .copy(first, asked.get(1), asked.get(2))
                    .ok_or(Halt::Memory(first))?;
                first
            }
            "memset" => {
                for place in 0..asked.get(2).min(MOST_COPIED) {
                    asked
                        .memory
                        .write(first.wrapping_add(place), 1, asked.get(1) & 0xff)
                        .ok_or(Halt::Memory(first))?;
                }
                first
            }
            "GetVersion" => 0x1db1_0106,
            "GetCurrentProcess" | "GetCurrentThread" => u64::MAX,
            "GetLastError" | "WSAGetLastError" | "SetUnhandledExceptionFilter" | "WaitForSingleObject" => 0,
            "CreateMutexA"
            | "HeapCreate"
            | "GetProcessHeap"
            | "OpenProcess"
            | "CreateToolhelp32Snapshot"
            | "CreateRemoteThread" => self.handle(None),
            "RegOpenKeyExA" | "RegSetValueExA" | "RegCloseKey" | "RegQueryValueExA" | "RegCreateKeyExA" => 0,
            _ => 1,
        })
    }

    /// The flags in front of the size are `HEAP_ZERO_MEMORY` and their like: all memory here begins as zeros.
    fn allocate(&mut self, asked: &mut Asked<'_>, size: usize) -> Run<u64> {
        asked.memory.allocate(asked.get(size)).ok_or(Halt::Memory(0))
    }
}

/// Returns the value of a `Host` header.
fn host_header(headers: &str) -> Option<&str> {
    headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("host").then(|| value.trim())
    })
}

fn shown(action: &Action) -> String {
    match action {
        Action::Connect { host, .. } => format!("host {host}"),
        Action::Download { url, .. } => format!("fetches {url}"),
        _ => String::new(),
    }
}
