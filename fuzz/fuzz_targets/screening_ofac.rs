#![no_main]
use strongroom_screening::{List, ListFile, OfacFiles};

const ENTRY: &[u8] = b"1,\"AN AIRLINE\",-0- ,\"X\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n";

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let file = ListFile { name: "fuzz", bytes: data };
    let alone = OfacFiles { sdn: file, alt: None, add: None, comments: None };
    let _list = List::ofac("fuzz", None, &alone);
    let _list = List::ofac("fuzz", None, &OfacFiles { comments: Some(file), ..alone });
    // The other tables have other columns: each beside an entry that is whole.
    let sdn = ListFile { name: "sdn", bytes: ENTRY };
    let whole = OfacFiles { sdn, ..alone };
    let _list = List::ofac("fuzz", None, &OfacFiles { alt: Some(file), ..whole });
    let _list = List::ofac("fuzz", None, &OfacFiles { add: Some(file), ..whole });
    let _list = List::ofac("fuzz", None, &OfacFiles { comments: Some(file), ..whole });
});
