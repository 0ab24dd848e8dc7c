//! What sockets are answered.

use super::calls::{Asked, System};
use super::cpu::{Halt, Run};
use crate::script::{Action, Text};
use std::net::{Ipv4Addr, Ipv6Addr};

impl System {
    pub(super) fn sockets(
        &mut self,
        name: &str,
        asked: &mut Asked<'_>,
        actions: &mut Vec<Action>,
    ) -> Run<u64> {
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
}
