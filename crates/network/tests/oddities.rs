//! DNS tunnels, requests of the ten digits, rare clients, uploads; and every form of log through one door.

mod town;

use std::io::Write;
use strongroom_model::{Evidence, Kind, Limits};
use strongroom_network::{LogKind, Network, Reader, recognise};
use town::{MINUTE, MONDAY};

const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n";

fn read(files: &[(&str, &[u8])]) -> Network {
    let mut reader = Reader::new(&Limits::default());
    for (name, bytes) in files {
        reader.read(name, *bytes);
    }
    reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|_| Vec::new())
}

fn codes(network: &Network) -> Vec<String> {
    network
        .report
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.title))
        .collect()
}

#[test]
fn names_that_carry_data_alarm_and_reverse_look_ups_do_not() {
    let mut log = format!(
        "{HEAD}#path\tdns\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tquery\tqtype_name\tanswers\n"
    );
    for number in 0..300u64 {
        let data = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        log += &format!(
            "{number}.0\t10.1.0.7\t10.0.0.2\t53\t{data:016x}{:08x}.t.tunnel.example\tTXT\t-\n",
            data >> 7
        );
        log += &format!(
            "{number}.5\t10.1.0.8\t10.0.0.2\t53\t{}.{}.0.10.in-addr.arpa\tPTR\t-\n",
            number % 250,
            number / 250
        );
        log += &format!("{number}.6\t10.1.0.9\t10.0.0.2\t53\timg{number}.pictures.example\tA\t-\n");
    }
    let told = codes(&read(&[("dns.log", log.as_bytes())]));
    assert_eq!(
        told,
        [
            "network.dns-tunnel 10.1.0.7 asked for 300 names under tunnel.example, 32 characters each, as if they carried data"
        ]
    );
}

#[test]
fn the_ten_digits_in_other_orders_alarm_and_times_do_not() {
    let mut log =
        format!("{HEAD}#path\thttp\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tmethod\thost\turi\n");
    for (number, order) in ["3142950687", "0918273645", "5647382910"].iter().enumerate() {
        log += &format!("{number}.0\t10.1.0.7\t198.51.100.7\t80\tPOST\tc2.example\t/common.php?v={order}\n");
        log += &format!("{number}.0\t10.1.0.8\t198.51.100.8\t80\tGET\tx.example\t/?t=155338920{number}\n");
    }
    let told = codes(&read(&[("http.log", log.as_bytes())]));
    assert_eq!(
        told,
        ["network.digit-permutation 10.1.0.7 requests c2.example with the ten digits in 3 orders"]
    );
}

#[test]
fn a_client_that_one_host_alone_has_is_told_and_so_is_most_of_what_a_host_sends() {
    let mut ssl =
        format!("{HEAD}#path\tssl\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tserver_name\tja3\n");
    for host in 1..=30 {
        ssl += &format!("1.0\t10.1.0.{host}\t198.51.100.7\t443\tsite.example\taaaa\n");
    }
    ssl += "2.0\t10.1.0.9\t198.51.100.8\t443\todd.example\tbbbb\n";
    let mut conn = format!("{HEAD}#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\torig_bytes\n");
    for number in 0..40 {
        conn += &format!("{number}.0\t10.1.0.9\t203.0.113.{number}\t443\t900\n");
    }
    conn += "50.0\t10.1.0.9\t203.0.113.99\t443\t80000000\n";
    let told = codes(&read(&[
        ("ssl.log", ssl.as_bytes()),
        ("conn.log", conn.as_bytes()),
    ]));
    assert_eq!(
        told,
        [
            "network.upload 10.1.0.9 sent 80000000 bytes to 203.0.113.99, most of what it sends outside",
            "network.rare-client 10.1.0.9 alone of 30 hosts shows the JA3 bbbb",
        ]
    );
}

#[test]
fn a_banner_that_one_host_alone_shows_is_told_from_logs_and_eve() {
    let mut ssh = format!("{HEAD}#path\tssh\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tclient\n");
    for host in 1..=25 {
        ssh += &format!("1.0\t10.1.0.{host}\t198.51.100.7\t22\tSSH-2.0-OpenSSH_9.6\n");
    }
    let eve = r#"{"timestamp":"2019-03-24T01:00:10.000000+0000","event_type":"ssh","src_ip":"10.1.0.9","src_port":5000,"dest_ip":"198.51.100.8","dest_port":22,"ssh":{"client":{"proto_version":"2.0","software_version":"libssh2_1.9"}}}"#;
    let told = codes(&read(&[
        ("ssh.log", ssh.as_bytes()),
        ("eve.json", eve.as_bytes()),
    ]));
    assert_eq!(
        told,
        ["network.rare-client 10.1.0.9 alone of 25 hosts shows the SSH banner SSH-2.0-libssh2_1.9"]
    );
}

#[test]
fn a_connection_that_is_still_open_is_told() {
    let long = format!(
        "{HEAD}#path\tconn_long\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tid.resp_p\tduration\n\
         1.0\tC1\t10.1.0.7\t198.51.100.7\t443\t7200.0\n1.0\tC1\t10.1.0.7\t198.51.100.7\t443\t18000.0\n"
    );
    let eve = r#"{"timestamp":"2019-03-24T11:00:10.000000+0000","event_type":"flow","src_ip":"10.1.0.8","src_port":5000,"dest_ip":"198.51.100.8","dest_port":443,"proto":"TCP","flow":{"start":"2019-03-24T01:00:00.000000+0000","end":"2019-03-24T11:00:00.000000+0000","state":"established","reason":"shutdown"}}"#;
    let network = read(&[("conn_long.log", long.as_bytes()), ("eve.json", eve.as_bytes())]);
    assert_eq!(
        codes(&network),
        [
            "network.long-connection 10.1.0.7 holds a connection to 198.51.100.7 for 5 h",
            "network.long-connection 10.1.0.8 holds a connection to 198.51.100.8 for 10 h",
        ]
    );
    let open = serde_json::to_value(&network.report.findings).unwrap();
    assert_eq!(
        (&open[0]["facts"]["open"], &open[1]["facts"]["open"]),
        (&"yes".into(), &"yes".into())
    );
}

#[test]
fn a_connection_that_was_told_open_and_ended_is_not_open() {
    let fields = "ts\tuid\tid.orig_h\tid.resp_h\tid.resp_p\tduration";
    let long =
        format!("{HEAD}#path\tconn_long\n#fields\t{fields}\n1.0\tC1\t10.1.0.7\t198.51.100.7\t443\t18000.0\n");
    let conn = format!(
        "{HEAD}#path\tconn\n#fields\t{fields}\tconn_state\n1.0\tC1\t10.1.0.7\t198.51.100.7\t443\t21600.0\tSF\n"
    );
    let network = read(&[("conn_long.log", long.as_bytes()), ("conn.log", conn.as_bytes())]);
    assert_eq!(
        codes(&network),
        ["network.long-connection 10.1.0.7 holds a connection to 198.51.100.7 for 6 h"]
    );
    let told = serde_json::to_value(&network.report.findings).unwrap();
    assert_eq!(told[0]["facts"]["open"], "no");
}

#[test]
fn the_same_beacon_is_found_in_every_form_and_packing() {
    let mut eve = String::new();
    let mut zeek = format!("{HEAD}#path\tconn\n#fields\tts\tid.orig_h\tid.resp_h\tid.resp_p\tunheard_of\n");
    for call in 0..60 {
        let second = MONDAY / 1_000_000 + call * MINUTE / 1_000_000;
        zeek += &format!("{second}.0\t10.1.0.7\t198.51.100.7\t443\tx\n");
        let start = strongroom_model::Moment::from_micros(second * 1_000_000)
            .to_string()
            .replace('Z', "+0000");
        eve += &format!(
            "{{\"timestamp\":\"{start}\",\"flow_id\":{call},\"event_type\":\"flow\",\"src_ip\":\"10.1.0.7\",\"src_port\":5000,\
             \"dest_ip\":\"198.51.100.7\",\"dest_port\":443,\"proto\":\"TCP\",\"flow\":{{\"bytes_toserver\":900,\"start\":\"{start}\"}}}}\n"
        );
    }
    let packed = zstd::bulk::compress(eve.as_bytes(), 3).unwrap();
    assert_eq!(recognise(eve.as_bytes()), Some(LogKind::Eve));
    assert_eq!(recognise(&packed), Some(LogKind::Eve));
    for (name, bytes) in [
        ("conn.log", zeek.as_bytes()),
        ("eve.json", eve.as_bytes()),
        ("eve.json.zst", &packed),
    ] {
        let network = read(&[(name, bytes)]);
        assert_eq!(network.report.gaps, [], "{name}");
        assert_eq!(network.beacons.len(), 1, "{name}");
        assert_eq!(network.beacons[0].period_micros, MINUTE, "{name}");
        let plot = network.beacons[0].plot();
        assert!(
            plot.starts_with("<svg") && plot.matches("<rect").count() > 50,
            "{plot}"
        );
    }
    let cut = read(&[("eve.json.zst", &packed[..packed.len() / 2])]);
    assert_eq!(cut.report.gaps.len(), 1);
}

#[test]
fn a_line_of_a_hundred_megabytes_is_a_gap_and_is_never_held() {
    struct Long(u64);
    impl std::io::Read for Long {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let count = into.len().min(self.0 as usize);
            into[..count].fill(b'x');
            self.0 -= count as u64;
            Ok(count)
        }
    }
    let mut reader = Reader::new(&Limits::default());
    reader.read("long", Long(100 << 20));
    let mut nuls = Vec::new();
    nuls.write_all(&vec![0; 5_000_000]).unwrap();
    reader.read("nuls", nuls.as_slice());
    let network = reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|_| Vec::new());
    let places: Vec<&str> = network.report.gaps.iter().map(|gap| gap.place.as_str()).collect();
    assert_eq!(places, ["long:1", "nuls:1"]);
}
