//! The functions of Windows that such code calls, and the hash by which it names them.
//!
//! The hash is the one of Metasploit's `block_api`: both names, the library's in upper-case UTF-16 and the function's
//! in bytes, each with its zero, rotated right by 13 bits and summed up.

/// A function of a system library.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    pub library: &'static str,
    pub name: &'static str,
    /// Arguments that it takes; those of the C library are taken off the stack by its caller.
    pub arguments: u8,
    /// The hash of library and name.
    pub hash: u32,
}

const fn rotated(hash: u32, more: u8) -> u32 {
    hash.rotate_right(13).wrapping_add(more as u32)
}

const fn hash(library: &str, name: &str) -> u32 {
    let (library, name) = (library.as_bytes(), name.as_bytes());
    let (mut first, mut second) = (0, 0);
    let mut at = 0;
    while at <= library.len() {
        let byte = if at < library.len() {
            char_at(library, at).to_ascii_uppercase()
        } else {
            0
        };
        first = rotated(rotated(first, byte), 0);
        at += 1;
    }
    at = 0;
    while at <= name.len() {
        second = rotated(second, if at < name.len() { char_at(name, at) } else { 0 });
        at += 1;
    }
    first.wrapping_add(second)
}

#[allow(
    clippy::indexing_slicing,
    reason = "constant evaluation has no `get`; the caller stays below the length"
)]
const fn char_at(text: &[u8], at: usize) -> u8 {
    text[at]
}

macro_rules! functions {
    ($($library:literal: $($name:ident $arguments:literal),+;)+) => {
        /// Every function that is known here.
        pub(super) const FUNCTIONS: &[Function] = &[$($(Function {
            library: $library,
            name: stringify!($name),
            arguments: $arguments,
            hash: hash($library, stringify!($name)),
        }),+),+];
    };
}

functions! {
    "kernel32.dll":
        LoadLibraryA 1, LoadLibraryW 1, LoadLibraryExA 3, GetProcAddress 2, GetModuleHandleA 1, FreeLibrary 1,
        VirtualAlloc 4, VirtualAllocEx 5, VirtualProtect 4, VirtualFree 3, HeapAlloc 3, HeapCreate 3, HeapFree 3,
        GetProcessHeap 0, GlobalAlloc 2, LocalAlloc 2,
        ExitProcess 1, ExitThread 1, TerminateProcess 2, TerminateThread 2, GetVersion 0, Sleep 1, SetUnhandledExceptionFilter 1,
        GetTickCount 0, GetCurrentProcess 0, GetCurrentThread 0, GetCurrentProcessId 0, GetLastError 0,
        CreateThread 6, CreateRemoteThread 7, WriteProcessMemory 5, ReadProcessMemory 5, OpenProcess 3, ResumeThread 1,
        GetThreadContext 2, SetThreadContext 2, QueueUserAPC 3,
        CreateProcessA 10, CreateProcessW 10, WinExec 2, WaitForSingleObject 2, GetStartupInfoA 1, GetExitCodeProcess 2,
        CreateFileA 7, CreateFileW 7, ReadFile 5, WriteFile 5, CloseHandle 1, DeleteFileA 1, SetFilePointer 4, GetFileSize 2,
        SetFileAttributesA 2, CopyFileA 3, MoveFileA 2,
        CreateNamedPipeA 8, ConnectNamedPipe 2, DisconnectNamedPipe 1, PeekNamedPipe 6, CreatePipe 4, WaitNamedPipeA 2,
        SetNamedPipeHandleState 4,
        GetTempPathA 2, GetTempFileNameA 4, GetSystemDirectoryA 2, GetWindowsDirectoryA 2, GetEnvironmentVariableA 3,
        ExpandEnvironmentStringsA 3, SetEnvironmentVariableA 2, GetModuleFileNameA 3, GetCommandLineA 0,
        lstrcatA 2, lstrcpyA 2, lstrlenA 1, GetComputerNameA 2, CreateMutexA 3, OpenMutexA 3, CreateToolhelp32Snapshot 2,
        Process32First 2, Process32Next 2, IsWow64Process 2, SetErrorMode 1, VirtualQuery 3, FlushInstructionCache 3;
    "ntdll.dll":
        RtlExitUserThread 1, RtlExitUserProcess 1, RtlAllocateHeap 3, RtlCreateHeap 6, NtFlushInstructionCache 3, RtlMoveMemory 3,
        NtAllocateVirtualMemory 6, NtProtectVirtualMemory 5, NtCreateThreadEx 11, RtlCreateUserThread 10;
    "ws2_32.dll":
        WSAStartup 2, WSASocketA 6, WSASocketW 6, socket 3, connect 3, WSAConnect 7, bind 3, listen 2, accept 3, recv 4, recvfrom 6,
        send 4, sendto 6, closesocket 1, setsockopt 5, ioctlsocket 3, gethostbyname 1, getaddrinfo 4, GetAddrInfoW 4,
        freeaddrinfo 1, inet_addr 1, htons 1, select 5, shutdown 2, WSAGetLastError 0, WSARecv 7, WSASend 7, getpeername 3,
        gethostname 2, WSACleanup 0;
    "wininet.dll":
        InternetOpenA 5, InternetOpenW 5, InternetConnectA 8, InternetConnectW 8, HttpOpenRequestA 8, HttpOpenRequestW 8,
        HttpSendRequestA 5, HttpSendRequestW 5, HttpAddRequestHeadersA 4, HttpQueryInfoA 5, InternetSetOptionA 4,
        InternetQueryOptionA 4, InternetReadFile 4, InternetOpenUrlA 6, InternetOpenUrlW 6, InternetCloseHandle 1, InternetErrorDlg 5,
        InternetSetStatusCallbackA 2, FtpOpenFileA 5, FtpGetFileA 7, FtpPutFileA 5;
    "winhttp.dll":
        WinHttpOpen 5, WinHttpConnect 4, WinHttpOpenRequest 7, WinHttpSendRequest 7, WinHttpReceiveResponse 2, WinHttpReadData 4,
        WinHttpQueryHeaders 6, WinHttpQueryOption 4, WinHttpSetOption 4, WinHttpCloseHandle 1, WinHttpAddRequestHeaders 4,
        WinHttpGetIEProxyConfigForCurrentUser 1, WinHttpGetProxyForUrl 4, WinHttpSetCredentials 6, WinHttpQueryDataAvailable 2,
        WinHttpCrackUrl 4;
    "urlmon.dll": URLDownloadToFileA 5, URLDownloadToFileW 5, URLDownloadToCacheFileA 6;
    "shell32.dll": ShellExecuteA 6, ShellExecuteW 6;
    "user32.dll": MessageBoxA 4, MessageBoxW 4, MessageBeep 1, ShowWindow 2, GetDesktopWindow 0, FindWindowA 2;
    "advapi32.dll":
        CryptAcquireContextA 5, CryptCreateHash 5, CryptHashData 4, CryptGetHashParam 5, CryptDestroyHash 1, CryptReleaseContext 2,
        CertGetCertificateContextProperty 4, RevertToSelf 0, OpenProcessToken 3, RegOpenKeyExA 5, RegSetValueExA 6, RegCloseKey 1,
        RegQueryValueExA 6, RegCreateKeyExA 9, GetUserNameA 2;
    "crypt32.dll": CertOpenStore 5;
    "dnsapi.dll": DnsQuery_A 6, DnsQuery_W 6;
    "msvcrt.dll": system 1, memset 3, memcpy 3, malloc 1, strlen 1, strcmp 2, exit 1;
}

impl Function {
    /// Returns the function of a hash.
    pub(super) fn of_hash(hash: u32) -> Option<&'static Function> {
        FUNCTIONS.iter().find(|function| function.hash == hash)
    }

    /// Returns whether its caller takes the arguments off the stack.
    pub(super) fn is_cdecl(&self) -> bool {
        self.library == "msvcrt.dll"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_published_sources() {
        for (hash, name) in [
            (0x0726_774c, "LoadLibraryA"),
            (0x6174_a599, "connect"),
            (0xe553_a458, "VirtualAlloc"),
            (0xa779_563a, "InternetOpenA"),
            (0xc69f_8957, "InternetConnectA"),
            (0x006b_8029, "WSAStartup"),
            (0x876f_8b31, "WinExec"),
        ] {
            assert_eq!(Function::of_hash(hash).map(|function| function.name), Some(name));
        }
        let mut hashes: Vec<u32> = FUNCTIONS.iter().map(|function| function.hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), FUNCTIONS.len());
    }
}
