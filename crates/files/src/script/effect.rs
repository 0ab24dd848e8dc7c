//! What a script would do to the world, recorded and never done.

use super::Text;

/// One thing that a script would do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Fetches from a URL; `to` is the file that it is written to, where there is one.
    Download {
        /// The URL.
        url: Text,
        /// The file.
        to: Option<Text>,
    },
    /// Sends data to a URL.
    Upload {
        /// The URL.
        url: Text,
    },
    /// Opens a connection.
    Connect {
        /// The host name or address.
        host: Text,
        /// The port.
        port: Option<u16>,
    },
    /// Names a host or a URL; what is done with it could not be read.
    Name {
        /// The host, with a port or without, or the URL.
        host: Text,
    },
    /// Waits for connections: a port, a named pipe.
    Listen {
        /// Where.
        at: Text,
    },
    /// Starts a process; the whole command line.
    Start {
        /// The command line.
        command: Text,
    },
    /// Writes a file.
    Write {
        /// The file.
        path: Text,
        /// What is written, where it is known.
        content: Option<Vec<u8>>,
    },
    /// Deletes a file.
    Delete {
        /// The file.
        path: Text,
    },
    /// Loads code into a process: an assembly, compiled source, a native function, memory made executable.
    LoadCode {
        /// How, as the script writes it.
        how: String,
        /// The code, where it is known.
        code: Option<Vec<u8>>,
    },
    /// Creates a COM object or a class of the framework that reaches out of the script.
    CreateObject {
        /// The class.
        class: Text,
    },
    /// Writes a registry value.
    SetRegistry {
        /// The key with the value's name.
        key: Text,
        /// What is written.
        value: Text,
    },
    /// Arranges to be started again: a task, a service, a Run key.
    Persist {
        /// How.
        how: String,
        /// What is started.
        command: Text,
    },
    /// Switches a defence off: AMSI, Defender, logging, policy.
    Disarm {
        /// Which.
        what: String,
    },
}

/// One thing that a script would do, and the place that does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What.
    pub action: Action,
    /// The index of the layer in which it stands.
    pub layer: usize,
    /// The first byte of the expression in the layer.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}
