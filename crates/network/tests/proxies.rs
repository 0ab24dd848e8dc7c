//! Beacons through a proxy: the pair that counts is that of the host and whom the proxy is asked for.

use strongroom_model::{Evidence, Kind, Limits, Observable};
use strongroom_network::{Network, Reader, Standing, Unit};

const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n";
const START: i64 = 1_553_389_200;

fn read(files: &[(&str, String)]) -> Network {
    let mut reader = Reader::new(&Limits::default());
    for (name, text) in files {
        reader.read(name, text.as_bytes());
    }
    reader.finish(Evidence::of_bytes("logs", Kind::Folder, b""), &|_| Vec::new())
}

/// Requests of a host to the proxy each minute, and the connections that carry them.
fn proxied(method: &str, host: &str, uri: &str) -> [(&'static str, String); 2] {
    let mut http =
        format!("{HEAD}#path\thttp\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tid.resp_p\tmethod\thost\turi\n");
    let mut conn = format!(
        "{HEAD}#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.resp_h\tid.resp_p\tservice\torig_bytes\n"
    );
    for call in 0..120 {
        let second = START + call * 60;
        http += &format!("{second}.1\tC{call}\t10.1.0.7\t10.0.0.8\t3128\t{method}\t{host}\t{uri}\n");
        conn += &format!("{second}.0\tC{call}\t10.1.0.7\t10.0.0.8\t3128\thttp\t700\n");
    }
    [("conn.log", conn), ("http.log", http)]
}

#[test]
fn a_name_behind_a_proxy_inside_is_an_alarm_and_the_proxy_is_named() {
    for (method, host, uri, port) in [
        ("CONNECT", "c2.example:443", "c2.example:443", 443),
        ("CONNECT", "-", "c2.example:443", 443),
        ("GET", "c2.example", "http://c2.example/a", 80),
        ("GET", "innocent.example", "http://c2.example:8080/a", 8080),
    ] {
        let network = read(&proxied(method, host, uri));
        assert_eq!(
            network.beacons.len(),
            1,
            "{method} {uri}: {:?}",
            network.set_aside
        );
        let beacon = &network.beacons[0];
        assert_eq!(beacon.destination, Observable::domain("c2.example").unwrap());
        assert_eq!(beacon.port, Some(port), "{uri}");
        assert_eq!(beacon.proxies, ["10.0.0.8".parse::<std::net::IpAddr>().unwrap()]);
        assert_eq!(beacon.sizes_permille, Some(1000));
        assert!(beacon.why.contains("through 10.0.0.8"), "{}", beacon.why);
    }
}

#[test]
fn an_address_behind_a_proxy_is_an_alarm_too() {
    let network = read(&proxied("CONNECT", "203.0.113.7:443", "203.0.113.7:443"));
    assert_eq!(network.beacons.len(), 1, "{:?}", network.set_aside);
    let beacon = &network.beacons[0];
    assert_eq!(
        (beacon.unit, beacon.destination.value()),
        (Unit::Ip, "203.0.113.7")
    );
    assert_eq!(beacon.port, Some(443));
    // The proxy itself is called as regularly, and lies inside.
    assert_eq!(network.set_aside.len(), 1);
    assert_eq!(network.set_aside[0].standing, Standing::Inside);
}

#[test]
fn the_handshake_behind_a_request_is_no_second_call() {
    let mut eve = String::new();
    for call in 0..120 {
        let begun = strongroom_model::Moment::from_micros((START + call * 60) * 1_000_000);
        let at = begun.to_string().replace('Z', "+0000");
        let ends = r#""src_ip":"10.1.0.7","src_port":5000,"dest_ip":"10.0.0.8","dest_port":3128"#;
        eve += &format!(
            "{{\"timestamp\":\"{at}\",\"event_type\":\"http\",{ends},\"http\":{{\"hostname\":\"c2.example\",\
             \"url\":\"c2.example:443\",\"http_method\":\"CONNECT\"}}}}\n"
        );
        let later = at.replace("+0000", ".200000+0000");
        eve += &format!(
            "{{\"timestamp\":\"{later}\",\"event_type\":\"tls\",{ends},\"tls\":{{\"sni\":\"c2.example\"}}}}\n"
        );
    }
    let network = read(&[("eve.json", eve)]);
    assert_eq!(network.report.gaps, []);
    assert_eq!(network.beacons.len(), 1);
    assert_eq!(
        (network.beacons[0].connections, network.beacons[0].port),
        (120, Some(443))
    );
}

#[test]
fn a_server_inside_stays_inside() {
    let network = read(&proxied("GET", "wiki.house.example", "/a"));
    assert_eq!(network.beacons, []);
    assert!(
        network
            .set_aside
            .iter()
            .all(|one| one.standing == Standing::Inside)
    );
    assert!(
        network
            .set_aside
            .iter()
            .any(|one| one.unit == Unit::Name && one.proxies.is_empty())
    );
}
