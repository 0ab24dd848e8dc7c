//! How many threads work. Results are the same with any number.

/// Lets so many threads work, from now on.
///
/// # Errors
/// Where threads are working already, or the system has none to give.
pub fn use_threads(threads: usize) -> anyhow::Result<()> {
    Ok(rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()?)
}
