//! The answer of `network` over a folder of logs and a capture: the same bytes with any number of threads.

use crate::run::{arg, strongroom};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

/// When the traffic begins, in seconds.
const START: u32 = 1_553_389_200;

/// A pcap of requests that a host makes each minute: Ethernet, IPv4, TCP, no checksums.
fn capture() -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(0xa1b2_c3d4_u32.to_le_bytes());
    file.extend([2, 0, 4, 0]);
    file.extend([0; 8]);
    file.extend(65_535_u32.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    for call in 0..90 {
        let (second, port) = (START + call * 60, 40_000 + call as u16);
        let order = if call % 2 == 0 { "3142950687" } else { "0918273645" };
        let request = format!("POST /common.php?v={order} HTTP/1.1\r\nHost: c2.example\r\n\r\n");
        packet(&mut file, second, port, (1, 0x02), b"");
        packet(&mut file, second, port, (2, 0x18), request.as_bytes());
        packet(&mut file, second, port, (2 + request.len() as u32, 0x11), b"");
    }
    file
}

fn packet(file: &mut Vec<u8>, second: u32, port: u16, (seq, flags): (u32, u8), payload: &[u8]) {
    let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    frame.extend([0x45, 0]);
    frame.extend((40 + payload.len() as u16).to_be_bytes());
    frame.extend([0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 6, 203, 0, 113, 9]);
    frame.extend(port.to_be_bytes());
    frame.extend(80_u16.to_be_bytes());
    frame.extend(seq.to_be_bytes());
    frame.extend([0, 0, 0, 0, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    frame.extend(payload);
    for number in [second, 0, frame.len() as u32, frame.len() as u32] {
        file.extend(number.to_le_bytes());
    }
    file.extend(frame);
}

/// Hourly logs of 30 hosts, two of which call a server of their own each minute.
fn write_logs(folder: &Path) {
    for hour in 0..6_u32 {
        let mut conn =
            "#separator \\x09\n#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\torig_bytes\n"
                .to_owned();
        let mut dns = "#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tid.resp_h\tquery\n".to_owned();
        let from = START + hour * 3_600;
        for minute in 0..60 {
            let second = from + minute * 60;
            for host in [3, 4] {
                writeln!(
                    conn,
                    "{second}.0\t10.0.0.{host}\t203.0.113.{host}\t443\t{}",
                    500 + host
                )
                .unwrap();
            }
            for host in 10..40 {
                let at = second + (minute * host * 7_919 + hour * 104_729) % 60;
                let server = (minute * host + hour) % 200;
                writeln!(conn, "{at}.5\t10.0.0.{host}\t198.51.100.{server}\t443\t{at}").unwrap();
                writeln!(dns, "{at}.4\t10.0.0.{host}\t10.0.0.2\tsite{server}.example").unwrap();
            }
        }
        // A line that is cut is a gap, and gaps have an order too.
        conn += "1553389\t10.0.0.5";
        fs::write(folder.join(format!("conn.{hour:02}.log")), conn).unwrap();
        fs::write(folder.join(format!("dns.{hour:02}.log")), dns).unwrap();
    }
    let eve = r#"{"timestamp":"2019-03-24T01:00:10.000000+0000","event_type":"dns","src_ip":"10.0.0.3","src_port":5000,"dest_ip":"10.0.0.2","dest_port":53,"dns":{"type":"query","rrname":"c2.example"}}"#;
    fs::write(folder.join("eve.json"), eve).unwrap();
    fs::write(folder.join("traffic.pcap"), capture()).unwrap();
}

fn plots(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(&path).unwrap())
    };
    entries.map(file).collect()
}

#[test]
fn one_two_and_four_threads_give_the_same_bytes() {
    let folder = tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    write_logs(&logs);
    let runs = ["1", "2", "4"].map(|threads| {
        let into = folder.path().join(threads);
        let ran = strongroom([
            "--threads",
            threads,
            "network",
            "--json",
            "--plots",
            arg(&into),
            arg(&logs),
        ]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        (ran, plots(&into))
    });
    let [(one, timelines), others @ ..] = &runs;
    for (other, again) in others {
        assert!(one.out == other.out, "{}\n{}", one.out, other.out);
        assert!(timelines == again);
    }
    // What is compared is no empty answer.
    let line = &one.json()[0];
    let destinations: Vec<&str> = line["beacons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|beacon| beacon["destination"]["value"].as_str().unwrap())
        .collect();
    for wanted in ["203.0.113.3", "203.0.113.4", "c2.example"] {
        assert!(destinations.contains(&wanted), "{destinations:?}");
    }
    assert_eq!(timelines.len(), destinations.len());
    assert_eq!(line["read"].as_array().unwrap().len(), 14);
    assert!(line["report"]["gaps"].as_array().unwrap().len() >= 6);
    let findings = line["report"]["findings"].as_array().unwrap();
    let digits = findings
        .iter()
        .find(|finding| finding["code"] == "network.digit-permutation");
    let at = &digits.unwrap()["at"];
    assert!(
        at["file"].as_str().unwrap().ends_with("traffic.pcap") && at["packet"] == 2,
        "{at}"
    );
}
