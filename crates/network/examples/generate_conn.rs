//! Writes a large conn.log of made-up hosts, on documentation addresses only, to measure with:
//! `generate_conn PATH ROWS`.

use std::fs::File;
use std::io::{BufWriter, Write};

const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n\
    #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\t\
    conn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\t\
    tunnel_parents\n\
    #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\t\
    string\tcount\tcount\tcount\tcount\tset[string]\n";

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(path), Some(rows)) = (
        arguments.next(),
        arguments.next().and_then(|rows| rows.parse::<u64>().ok()),
    ) else {
        eprintln!("usage: generate_conn PATH ROWS");
        std::process::exit(2);
    };
    let mut out = BufWriter::new(File::create(path)?);
    out.write_all(HEAD.as_bytes())?;
    let mut lot = 7u64;
    let mut next = |bound: u64| {
        lot = lot
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (lot >> 33) % bound
    };
    // A week, however many rows.
    let step = 7 * 86_400 * 1_000_000 / rows.max(1);
    for row in 0..rows {
        let micros = 1_552_867_200_000_000 + row * step;
        let (host, site, bytes) = (next(200), next(2_000) * next(2_000) / 2_000, 200 + next(5_000));
        writeln!(
            out,
            "{}.{:06}\tC{row:x}\t10.1.0.{host}\t{}\t2001:db8:1::{site:x}\t443\ttcp\tssl\t0.5\t{bytes}\t900\tSF\tT\tF\t\
             0\tShADadFf\t10\t{bytes}\t12\t4000\t-",
            micros / 1_000_000,
            micros % 1_000_000,
            40_000 + row % 20_000,
        )?;
    }
    out.flush()
}
