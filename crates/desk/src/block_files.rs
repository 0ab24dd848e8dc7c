//! `ledger import --chain`: the raw block files of a node into a ledger of coins.
//!
//! What lies in the files decides: a ledger whose last blocks are no longer on the longest chain of the files is taken back to
//! where both part, and goes on from there.

use crate::ledger::ImportError;
use crate::progress::{Progress, Step};
use std::fs::File;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use strongroom_ledger::{
    Appended, BestChain, BlockFiles, BlockKey, Chain, CoinLayout, CoinLedger, LedgerError, LedgerKind,
};
use strongroom_model::Gap;

/// What an import of block files did.
#[derive(Debug, Default, serde::Serialize)]
pub struct ImportedBlocks {
    /// Blocks found in the files, those that stand twice counted twice.
    pub found: u64,
    /// Blocks of the longest chain.
    pub chain: u64,
    /// Blocks that lost a race.
    pub stale: u64,
    /// Blocks that follow none that was found.
    pub orphans: u64,
    /// Blocks of the ledger that were taken back, since the files' chain had left them.
    pub taken_back: u32,
    /// What was taken.
    #[serde(flatten)]
    pub appended: Appended,
    /// The id of the last block now.
    pub tip: Option<String>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
}

/// Where blocks are read from.
#[derive(Clone, Debug)]
pub struct BlockSource {
    /// The chain.
    pub chain: &'static Chain,
    /// Block files, or folders of them.
    pub paths: Vec<PathBuf>,
    /// The height of the first block, where the blocks do not say it.
    pub first_height: Option<u32>,
}

/// Opens the ledger of coins in a folder, or makes one where there is none.
///
/// # Errors
/// Where the folder holds another chain's ledger, a damaged one, or cannot be made.
pub fn open_or_create_coins(folder: &Path, chain: &Chain) -> Result<CoinLedger, ImportError> {
    let ledger = match CoinLedger::open(folder) {
        Err(LedgerError::NotALedger { .. }) => {
            CoinLedger::create(folder, chain.name(), CoinLayout::default())?
        }
        other => other?,
    };
    if ledger.chain() == chain.name() {
        return Ok(ledger);
    }
    Err(ImportError::OtherChain {
        folder: folder.to_owned(),
        chain: ledger.chain().to_owned(),
    })
}

/// Imports the longest chain that stands in the files into the ledger in a folder, made where there is none; an import that was
/// broken off goes on after its last commit.
///
/// # Errors
/// Where a file cannot be read or no block is found: nothing is made then; where the folder holds something else, or the ledger
/// refuses.
pub fn import_blocks(
    folder: &Path,
    source: &BlockSource,
    progress: &Progress<'_>,
) -> Result<ImportedBlocks, ImportError> {
    if LedgerKind::of(folder).is_ok() {
        // A ledger of something else is told before hours are spent on the files.
        open_or_create_coins(folder, source.chain)?;
    }
    let threads = NonZero::new(rayon::current_num_threads()).unwrap_or(NonZero::<usize>::MIN);
    let (names, key) = block_files(&source.paths)?;
    let total = names
        .iter()
        .map(|name| std::fs::metadata(name).map_or(0, |data| data.len()))
        .sum();
    let mut files = BlockFiles::new(source.chain, key, names, |name: &str| File::open(name));
    progress(Step::Begin {
        what: "finding blocks",
        total,
        bytes: true,
    });
    let index = files.index(&mut |bytes| progress(Step::Advance(bytes)));
    progress(Step::End);
    let mut best = files.best(index?)?;
    if let Some(height) = source.first_height {
        best = best.beginning_at(height);
    }
    let mut imported = ImportedBlocks {
        found: best.index().len() as u64,
        chain: best.len() as u64,
        stale: best.stale,
        orphans: best.orphans,
        gaps: best.index().gaps().iter().chain(&best.gaps).cloned().collect(),
        ..ImportedBlocks::default()
    };
    if best.is_empty() {
        return Err(ImportError::NoBlocks(source.chain.name()));
    }
    // A beginning that is another's is a gap already.
    for (height, id) in source.chain.marks().filter(|(height, _)| *height > 0) {
        if let Some(said) = best.at(height).filter(|said| *said != id) {
            return Err(ImportError::OtherBlock {
                wanted: source.chain.name(),
                height,
                said: said.to_string(),
            });
        }
    }
    let ledger = &mut open_or_create_coins(folder, source.chain)?;
    imported.taken_back = take_back(ledger, &best)?;
    let from = ledger.heights().map_or(0, |(_, last)| last.saturating_add(1));
    progress(Step::Begin {
        what: "importing blocks",
        total: best.len() as u64,
        bytes: false,
    });
    let mut blocks = files.blocks(&best, from, threads)?;
    let appended = ledger.append(&mut blocks, &mut |_| progress(Step::Advance(1)));
    progress(Step::End);
    imported.appended = appended?;
    imported.gaps.extend(blocks.ended()?);
    imported.tip = ledger.info()?.tip;
    Ok(imported)
}

/// Takes a ledger back to the last block that it shares with a longer chain. Returns how many blocks that were.
fn take_back(ledger: &mut CoinLedger, best: &BestChain) -> Result<u32, ImportError> {
    let Some((first, last)) = ledger.heights() else {
        return Ok(0);
    };
    let Some(begins) = best.first_height() else {
        return Ok(0);
    };
    let ends = begins.saturating_add(best.len() as u32).saturating_sub(1);
    let mut shared = last.min(ends);
    while shared >= first && best.at(shared).is_some() && Some(ledger.block(shared)?.id) != best.at(shared) {
        let Some(below) = shared.checked_sub(1) else { break };
        shared = below;
    }
    let same = shared >= first && best.at(shared) == Some(ledger.block(shared.max(first))?.id);
    if !same {
        return Err(ImportError::NoCommonBlock);
    }
    if shared == last || ends <= last {
        return Ok(0);
    }
    ledger.truncate(shared + 1)?;
    Ok(last - shared)
}

/// Returns the block files that the paths name, in the order of their names, and the key that lies over them.
fn block_files(paths: &[PathBuf]) -> Result<(Vec<String>, BlockKey), ImportError> {
    let mut names = Vec::new();
    for path in paths {
        if !path.is_dir() {
            names.push(path.clone());
            continue;
        }
        let unreadable = |source| ImportError::Folder {
            folder: path.clone(),
            source,
        };
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            let name = file
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            if name.starts_with("blk") && name.ends_with(".dat") {
                names.push(file);
            }
        }
    }
    names.sort();
    let key = key(&names)?;
    Ok((names.iter().map(|name| name.display().to_string()).collect(), key))
}

/// Reads the key beside the files: one file `xor.dat` for all of them.
fn key(names: &[PathBuf]) -> Result<BlockKey, ImportError> {
    let mut keys = names
        .iter()
        .filter_map(|name| Some(name.parent()?.join("xor.dat")));
    let Some(path) = keys.find(|path| path.exists()) else {
        return Ok(BlockKey::NONE);
    };
    let bytes = std::fs::read(&path).map_err(|source| ImportError::Folder {
        folder: path.clone(),
        source,
    })?;
    BlockKey::read(&bytes).ok_or(ImportError::Key(path))
}
