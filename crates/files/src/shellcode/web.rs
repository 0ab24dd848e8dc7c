//! What the libraries of the web are answered.

use super::calls::{Asked, Handle, System};
use super::cpu::{Halt, Run};
use crate::script::{Action, Text};

/// `INTERNET_FLAG_SECURE`, and WinHTTP's `WINHTTP_FLAG_SECURE`.
const SECURE: u64 = 0x0080_0000;

impl System {
    pub(super) fn web(&mut self, name: &str, asked: &mut Asked<'_>, actions: &mut Vec<Action>) -> Run<u64> {
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
}

/// Returns the value of a `Host` header.
fn host_header(headers: &str) -> Option<&str> {
    headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("host").then(|| value.trim())
    })
}
