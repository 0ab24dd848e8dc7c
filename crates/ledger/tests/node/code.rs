//! Small contracts, assembled here: each does one thing whose effect on balances is known.

/// Keccak-256 of `Transfer(address,address,uint256)`.
const TRANSFER: &str = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const DEPOSIT: &str = "e1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c";
const WITHDRAWAL: &str = "7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65";

/// Assembles words: a mnemonic, `0x…` to push it, `:label` to set a label, `@label` to push its place.
fn assemble(source: &str) -> Vec<u8> {
    let mut code = Vec::new();
    let mut labels = std::collections::BTreeMap::new();
    let mut wanted = Vec::new();
    for word in source.split_whitespace() {
        if let Some(digits) = word.strip_prefix("0x") {
            code.push(0x5f + (digits.len() / 2) as u8);
            code.extend(bytes(digits));
        } else if let Some(label) = word.strip_prefix(':') {
            labels.insert(label, code.len());
            code.push(0x5b);
        } else if let Some(label) = word.strip_prefix('@') {
            code.push(0x61);
            wanted.push((code.len(), label));
            code.extend([0, 0]);
        } else {
            code.push(operation(word));
        }
    }
    for (at, label) in wanted {
        code[at..at + 2].copy_from_slice(&(labels[label] as u16).to_be_bytes());
    }
    code
}

fn operation(word: &str) -> u8 {
    match word {
        "stop" => 0x00,
        "add" => 0x01,
        "sub" => 0x03,
        "lt" => 0x10,
        "eq" => 0x14,
        "iszero" => 0x15,
        "shr" => 0x1c,
        "address" => 0x30,
        "caller" => 0x33,
        "callvalue" => 0x34,
        "calldataload" => 0x35,
        "calldatasize" => 0x36,
        "calldatacopy" => 0x37,
        "codecopy" => 0x39,
        "gas" => 0x5a,
        "pop" => 0x50,
        "mstore" => 0x52,
        "sload" => 0x54,
        "sstore" => 0x55,
        "jumpi" => 0x57,
        "dup1" => 0x80,
        "dup2" => 0x81,
        "dup3" => 0x82,
        "swap1" => 0x90,
        "log2" => 0xa2,
        "log3" => 0xa3,
        "create" => 0xf0,
        "call" => 0xf1,
        "return" => 0xf3,
        "revert" => 0xfd,
        "selfdestruct" => 0xff,
        _ => panic!("{word}"),
    }
}

fn bytes(digits: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(pair).collect()
}

fn hex(code: &[u8]) -> String {
    code.iter()
        .fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Returns the code that runs `before` once and then makes a contract of `runtime`.
fn deployed(before: &str, runtime: &str) -> String {
    let runtime = assemble(runtime);
    let length = format!("0x{:04x}", runtime.len());
    // What returns the runtime is 15 bytes long: its own end is where the runtime stands.
    let mut code = assemble(before);
    let start = format!("0x{:04x}", code.len() + 15);
    code.extend(assemble(&format!(
        "{length} {start} 0x00 codecopy {length} 0x00 return"
    )));
    assert_eq!(format!("0x{:04x}", code.len()), start);
    code.extend(runtime);
    hex(&code)
}

const BALANCE: &str = ":balance 0x04 calldataload sload 0x00 mstore 0x20 0x00 return";
const TRANSFERS: &str = "
    :transfer 0x24 calldataload caller sload dup2 dup2 lt @fail jumpi
    dup2 swap1 sub caller sstore
    0x04 calldataload dup1 sload dup3 add dup2 sstore
    swap1 0x00 mstore caller TRANSFER 0x20 0x00 log3
    0x01 0x00 mstore 0x20 0x00 return
    :fail 0x00 0x00 revert";

/// A token that issues its supply to whoever makes it.
pub fn token(supply: u64) -> String {
    let mint =
        format!("0x{supply:016x} dup1 caller sstore 0x00 mstore caller 0x00 0x{TRANSFER} 0x20 0x00 log3");
    let runtime = format!(
        "0x00 calldataload 0xe0 shr dup1 0xa9059cbb eq @transfer jumpi 0x70a08231 eq @balance jumpi 0x00 0x00 revert
         {BALANCE} {}",
        TRANSFERS.replace("TRANSFER", &format!("0x{TRANSFER}"))
    );
    deployed(&mint, &runtime)
}

/// A token whose units are issued for ether and burnt for it.
pub fn wrapper() -> String {
    let runtime = format!(
        "calldatasize iszero @deposit jumpi
         0x00 calldataload 0xe0 shr dup1 0xa9059cbb eq @transfer jumpi dup1 0x2e1a7d4d eq @withdraw jumpi
         0x70a08231 eq @balance jumpi 0x00 0x00 revert
         :deposit caller sload callvalue add caller sstore callvalue 0x00 mstore
         caller 0x{DEPOSIT} 0x20 0x00 log2 stop
         :withdraw 0x04 calldataload caller sload dup2 dup2 lt @fail jumpi dup2 swap1 sub caller sstore
         0x00 0x00 0x00 0x00 0x04 calldataload caller gas call pop
         0x00 mstore caller 0x{WITHDRAWAL} 0x20 0x00 log2 stop
         {BALANCE} {}",
        TRANSFERS.replace("TRANSFER", &format!("0x{TRANSFER}"))
    );
    deployed("", &runtime)
}

const FORWARD: &str = "0x00 0x00 0x00 0x00 callvalue 0x00 calldataload gas call pop";

/// A contract that passes what it is paid on to the account that it is told.
pub fn forwarder() -> String {
    deployed("", &format!("{FORWARD} stop"))
}

/// A contract that passes on what it is paid, and then takes all of it back by failing.
pub fn reverter() -> String {
    deployed("", &format!("{FORWARD} 0x00 0x00 revert"))
}

/// A contract that calls the one it is told with all else that it is told and all that it is paid, and does not mind
/// whether that fails.
pub fn relay() -> String {
    let runtime = "0x20 calldatasize sub dup1 0x20 0x00 calldatacopy
                   0x00 0x00 0x20 calldatasize sub 0x00 callvalue 0x00 calldataload gas call pop stop";
    deployed("", runtime)
}

/// A contract that makes another, empty one, endowed with what it is paid.
pub fn factory() -> String {
    deployed("", "0x00 0x00 callvalue create pop stop")
}

/// A contract that destroys itself in favour of whom it is told.
pub fn mortal() -> String {
    deployed("", "0x00 calldataload selfdestruct")
}

/// A contract that destroys itself in its own favour while it is made.
pub fn stillborn() -> String {
    hex(&assemble("address selfdestruct"))
}
