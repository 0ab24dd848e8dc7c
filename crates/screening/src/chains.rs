//! Names of chains as businesses and exchanges write them: whether two of them mean one chain, two, or whether nobody can tell.

/// Names of one chain, a line each.
const CHAINS: [&[&str]; 10] = [
    &["bitcoin", "btc", "xbt"],
    &[
        "ethereum",
        "eth",
        "erc20",
        "erc-20",
        "eip155:1",
        "ethereum mainnet",
    ],
    &["tron", "trx", "trc20", "trc-20"],
    &[
        "bsc",
        "bnb",
        "bep20",
        "bep-20",
        "eip155:56",
        "bnb smart chain",
        "binance smart chain",
    ],
    &["polygon", "matic", "pol", "eip155:137"],
    &["arbitrum", "arb", "arbitrum one", "eip155:42161"],
    &["optimism", "op", "op mainnet", "eip155:10"],
    &["base", "eip155:8453"],
    &["avalanche", "avax", "avalanche c-chain", "eip155:43114"],
    &["solana", "sol", "spl"],
];

/// Returns whether two names mean the same chain; nothing where they differ and one of them is not known here.
pub(crate) fn same(one: &str, other: &str) -> Option<bool> {
    let fold = |name: &str| name.trim().to_lowercase().replace(['_', '\t'], " ");
    let (one, other) = (fold(one), fold(other));
    if one == other {
        return Some(true);
    }
    let known = |name: &str| CHAINS.iter().position(|names| names.contains(&name));
    Some(known(&one)? == known(&other)?)
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn names_of_a_chain_are_one_and_what_is_not_known_is_not_guessed() {
        assert_eq!(same("Ethereum", "ERC20"), Some(true));
        assert_eq!(same("eth", "BSC"), Some(false));
        assert_eq!(same("Kaia", "kaia "), Some(true));
        assert_eq!((same("kaia", "klaytn"), same("eth", "mainnet")), (None, None));
    }
}
