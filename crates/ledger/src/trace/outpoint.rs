//! How ids and outputs of coins are spelled in results: `TRANSACTION`, and `TRANSACTION:NUMBER`.

use crate::coins::{Id, OutPoint};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl OutPoint {
    /// Returns the output that a text spells: 64 hexadecimal digits, a colon, and the output's number.
    pub fn read(text: &str) -> Option<Self> {
        let (transaction, vout) = text.split_once(':')?;
        let digits = vout.bytes().all(|digit| digit.is_ascii_digit());
        Some(OutPoint {
            transaction: Id::read(transaction)?,
            vout: vout.parse().ok().filter(|_| digits)?,
        })
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Id::read(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no transaction id")))
    }
}

impl Serialize for OutPoint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OutPoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        OutPoint::read(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no output")))
    }
}
