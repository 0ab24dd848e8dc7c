//! Writes the table of frequent words of `strongroom-name/1` from the lists that it was made of:
//! `cargo run --release -p strongroom-screening --example name_rarity -- ../shared/data/lists > rarity.txt`.
//! The table is frozen with the algorithm: this shows where it comes from, and is run again for a new algorithm alone.

#[allow(dead_code)] // the pairs are for other examples
#[path = "../tests/shared/names.rs"]
mod names;

fn main() {
    let lists = std::env::args_os().nth(1).expect("the folder of the lists");
    let listed = names::listed(lists.as_ref());
    let entries = listed
        .iter()
        .map(|entry| entry.names.iter().map(String::as_str).collect());
    print!("{}", strongroom_screening::rarity_table(entries));
}
