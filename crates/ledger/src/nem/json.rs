//! What a node answers: `/block/at/public` (a block), `/local/chain/blocks-after` (blocks with the ids of their transactions),
//! `/account/transfers/all` (transactions without their blocks).

use super::block::{Block, Kind, Transaction, address_of_key, moment, network};
use super::mosaic::{Definition, Levy, Mosaic};
use serde_json::Value;
use strongroom_model::{Address, Gap, Reading, Why};

/// Transactions that one block or answer may have: a block of the chain has at most 120, an answer 25 or 100.
const TRANSACTIONS: usize = 10_000;
/// Mosaics that one transfer may carry: the chain allows 10.
const MOSAICS: usize = 100;

/// Reads all blocks of an answer. A transaction without its block becomes a block of its own, whose harvester is not known.
///
/// # Errors
/// A sentence where there is none of the known answers.
pub(super) fn blocks(answer: &Value) -> Result<Vec<Block>, String> {
    if answer.get("prevBlockHash").is_some() {
        return Ok(vec![block(answer, None, "")?]);
    }
    let list = answer
        .get("data")
        .and_then(Value::as_array)
        .ok_or("it is no known answer of a node")?;
    if list.len() > TRANSACTIONS {
        return Err(format!(
            "it has over {TRANSACTIONS} entries, more than any node answers"
        ));
    }
    let read = |entry: &Value| {
        if let Some(inner) = entry.get("block") {
            let id = entry.get("hash").and_then(Value::as_str).unwrap_or_default();
            return block(inner, entry.get("txes").and_then(Value::as_array), id);
        }
        loose(entry)
    };
    list.iter().map(read).collect()
}

fn block(said: &Value, listed: Option<&Vec<Value>>, id: &str) -> Result<Block, String> {
    let height = number(said, "height")?;
    let network = network(signed(said, "version")?);
    let harvester = address_of_key(network, text(said, "signer")?).ok_or("its signer is no public key")?;
    let mut block = Block {
        height,
        order: 0,
        id: id.to_owned(),
        parent: said
            .pointer("/prevBlockHash/data")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        when: moment(signed(said, "timeStamp")?).ok_or("its time is beyond any calendar")?,
        network,
        harvester: Some(harvester),
        transactions: Vec::new(),
        gaps: Vec::new(),
    };
    // The list beside the block has the ids; a block alone has none.
    let listed = listed.filter(|listed| !listed.is_empty());
    let alone = said.get("transactions").and_then(Value::as_array);
    let all = listed.or(alone).map_or(&[][..], Vec::as_slice);
    for (at, entry) in all.iter().enumerate() {
        let read = match at >= TRANSACTIONS {
            true => Err(format!("it has over {TRANSACTIONS} transactions")),
            false => entry_of_block(entry, network),
        };
        match read {
            Ok(transaction) => block.transactions.push(transaction),
            Err(why) => {
                let place = format!("block {height} transaction {at}");
                block.gaps.push(Gap::new(place, Why::Damaged, why));
            }
        }
        if at >= TRANSACTIONS {
            break;
        }
    }
    Ok(block)
}

fn entry_of_block(entry: &Value, network: u8) -> Result<Transaction, String> {
    match entry.get("tx") {
        Some(said) => {
            let id = entry.get("hash").and_then(Value::as_str).unwrap_or_default();
            transaction(said, network, id.to_owned(), true)
        }
        None => transaction(entry, network, String::new(), true),
    }
}

/// Reads a transaction that stands with its meta data.
fn loose(entry: &Value) -> Result<Block, String> {
    let said = entry
        .get("transaction")
        .ok_or("an entry has neither block nor transaction")?;
    let height = entry
        .pointer("/meta/height")
        .and_then(Value::as_u64)
        .ok_or("an entry has no height")?;
    let id = entry
        .pointer("/meta/hash/data")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let network = network(signed(said, "version")?);
    let mut block = Block {
        height,
        order: entry
            .pointer("/meta/id")
            .and_then(Value::as_u64)
            .unwrap_or_default(),
        id: String::new(),
        parent: String::new(),
        when: moment(signed(said, "timeStamp")?).ok_or("its time is beyond any calendar")?,
        network,
        harvester: None,
        transactions: Vec::new(),
        gaps: Vec::new(),
    };
    match transaction(said, network, id.to_owned(), true) {
        Ok(transaction) => block.transactions.push(transaction),
        Err(why) => block
            .gaps
            .push(Gap::new(format!("transaction {id}"), Why::Damaged, why)),
    }
    Ok(block)
}

fn transaction(said: &Value, network: u8, id: String, outer: bool) -> Result<Transaction, String> {
    let kind = match number(said, "type")? {
        0x101 => transfer(said)?,
        0x801 => Kind::Importance {
            remote: key(said, "remoteAccount", network)?,
            begins: number(said, "mode")? == 1,
        },
        0x1001 => Kind::Modification,
        0x1004 if outer => multisig(said, network)?,
        0x2001 => Kind::Namespace {
            sink: sink(said, "rentalFeeSink", network)?,
            rent: number(said, "rentalFee")?,
        },
        0x4001 => Kind::Definition {
            sink: sink(said, "creationFeeSink", network)?,
            price: number(said, "creationFee")?,
            definition: definition(said.get("mosaicDefinition").ok_or("it defines no mosaic")?)?,
        },
        0x4002 => Kind::Supply {
            mosaic: mosaic(said.get("mosaicId"))?,
            more: number(said, "supplyType")? == 1,
            delta: number(said, "delta")?,
        },
        other => return Err(format!("type {other:#x} is no known kind of transaction here")),
    };
    Ok(Transaction {
        id,
        signer: key(said, "signer", network)?,
        fee: number(said, "fee")?,
        kind,
    })
}

fn transfer(said: &Value) -> Result<Kind, String> {
    let listed = said
        .get("mosaics")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if listed.len() > MOSAICS {
        return Err(format!("it carries over {MOSAICS} mosaics"));
    }
    // What names a mosaic twice carries the sum of it.
    let mut mosaics: Vec<(Mosaic, u64)> = Vec::new();
    for entry in listed {
        let (id, quantity) = (mosaic(entry.get("mosaicId"))?, number(entry, "quantity")?);
        match mosaics.iter_mut().find(|(known, _)| *known == id) {
            Some((_, sum)) => {
                *sum = sum
                    .checked_add(quantity)
                    .ok_or("its mosaics are beyond 64 bits")?
            }
            None => mosaics.push((id, quantity)),
        }
    }
    Ok(Kind::Transfer {
        recipient: address(said, "recipient")?,
        amount: number(said, "amount")?,
        mosaics,
    })
}

fn multisig(said: &Value, network: u8) -> Result<Kind, String> {
    let inner = said.get("otherTrans").ok_or("it has no inner transaction")?;
    let signatures = said
        .get("signatures")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    Ok(Kind::Multisig {
        inner: Box::new(transaction(inner, network, String::new(), false)?),
        signatures: signatures
            .iter()
            .map(|signature| number(signature, "fee"))
            .collect::<Result<_, _>>()?,
    })
}

fn definition(said: &Value) -> Result<Definition, String> {
    let property = |name: &str| {
        let properties = said.get("properties").and_then(Value::as_array)?;
        let found = properties
            .iter()
            .find(|property| property.get("name").and_then(Value::as_str) == Some(name));
        found?.get("value").and_then(Value::as_str)
    };
    // These are the chain's own values for what a definition leaves away.
    let divisibility = property("divisibility").unwrap_or("0");
    let supply = property("initialSupply").unwrap_or("1000");
    let levy = said
        .get("levy")
        .filter(|levy| levy.as_object().is_some_and(|levy| !levy.is_empty()));
    Ok(Definition {
        mosaic: mosaic(said.get("id"))?,
        divisibility: divisibility
            .parse()
            .map_err(|_| format!("{divisibility:?} is no divisibility"))?,
        supply: supply.parse().map_err(|_| format!("{supply:?} is no supply"))?,
        levy: levy.map(read_levy).transpose()?,
    })
}

fn read_levy(said: &Value) -> Result<Levy, String> {
    Ok(Levy {
        percentile: match number(said, "type")? {
            1 => false,
            2 => true,
            other => return Err(format!("{other} is no known kind of levy")),
        },
        recipient: address(said, "recipient")?,
        mosaic: mosaic(said.get("mosaicId"))?,
        fee: number(said, "fee")?,
    })
}

fn mosaic(said: Option<&Value>) -> Result<Mosaic, String> {
    let said = said.ok_or("a mosaic has no id")?;
    Ok(Mosaic {
        namespace: text(said, "namespaceId")?.to_owned(),
        name: text(said, "name")?.to_owned(),
    })
}

fn text<'a>(said: &'a Value, name: &str) -> Result<&'a str, String> {
    let text = said.get(name).and_then(Value::as_str);
    text.ok_or_else(|| format!("it has no {name}"))
}

fn number(said: &Value, name: &str) -> Result<u64, String> {
    let number = said.get(name).and_then(Value::as_u64);
    number.ok_or_else(|| format!("its {name} is no number"))
}

fn signed(said: &Value, name: &str) -> Result<i64, String> {
    let number = said.get(name).and_then(Value::as_i64);
    number.ok_or_else(|| format!("its {name} is no number"))
}

fn key(said: &Value, name: &str, network: u8) -> Result<String, String> {
    address_of_key(network, text(said, name)?).ok_or_else(|| format!("its {name} is no public key"))
}

/// Reads an account that is given as a public key or as an address.
fn sink(said: &Value, name: &str, network: u8) -> Result<String, String> {
    key(said, name, network).or_else(|_| address(said, name))
}

/// Reads an address. One that fails its checksum stands as given: whoever takes the row says which check failed.
fn address(said: &Value, name: &str) -> Result<String, String> {
    let text = text(said, name)?.trim();
    match Address::read(text) {
        Reading::Address { address, .. } => Ok(address.as_str().to_owned()),
        Reading::Malformed(_) => Ok(text.to_owned()),
        Reading::Opaque => Err(format!("its {name} {text:?} is no address")),
    }
}
