//! A server on loopback that answers as a test says.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// Starts a server that answers a path and a body with a status and a text; with nothing it hangs up. Returns its address.
pub fn serve(answer: impl Fn(&str, &str) -> Option<(u16, String)> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some((path, body)) = read(&stream) else {
                continue;
            };
            let Some((status, text)) = answer(&path, &body) else {
                continue;
            };
            let length = text.len();
            let head =
                format!("HTTP/1.1 {status} .\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
            // Who asked may be gone.
            let _ = stream.write_all((head + &text).as_bytes());
        }
    });
    address
}

fn read(stream: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok()?
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let path = first.split(' ').nth(1)?.to_owned();
    Some((path, String::from_utf8(body).ok()?))
}
