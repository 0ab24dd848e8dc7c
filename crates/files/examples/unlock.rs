//! Writes the streams of a compound file into a folder, encrypted ones in clear: `unlock FILE FOLDER [PASSWORD]…`.

use std::path::Path;
use strongroom_files::{Options, clear_streams};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Ok(());
    };
    let options = Options {
        passwords: arguments.collect(),
    };
    std::fs::create_dir_all(&folder)?;
    for (path, bytes) in clear_streams(&std::fs::read(file)?, &options) {
        let name: String = path
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        std::fs::write(Path::new(&folder).join(name), bytes)?;
    }
    Ok(())
}
