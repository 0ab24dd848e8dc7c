//! What goes out: the HTML file and the data, both the same bytes for the same case.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails says where"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use strongroom_case::{
    Asked, Cleared, Entry, Facts, Grounds, Opened, Recorded, Standing, file_pages, record, report_html,
    report_json, run, story,
};
use strongroom_model::{
    Evidence, EvidenceId, Finding, Gap, Kind, Layer, Limit, Moment, Observable, Report, Role, Rule, Script,
    Severity, Span,
};

mod fixture;

fn rich() -> Vec<Recorded> {
    let mut entries = run(fixture::opened(), &fixture::facts(), &Grounds::new(&|_| false));
    let (note, decision) = fixture::human();
    entries.extend([Entry::Note(note), Entry::Decision(decision)]);
    record(&entries).unwrap()
}

fn small() -> Vec<Recorded> {
    let facts = fixture::facts();
    let facts = Facts {
        reports: facts.reports.into_iter().take(1).collect(),
        contacts: facts.contacts.into_iter().take(1).collect(),
        ..Facts::default()
    };
    record(&run(fixture::opened(), &facts, &Grounds::new(&|_| false))).unwrap()
}

/// Returns the text of an HTML file, one line per piece between tags; the style sheet is left out.
fn text_of(html: &str) -> String {
    let body = &html[html.find("<body>").unwrap()..];
    let pieces = body
        .split('<')
        .filter_map(|piece| piece.split_once('>').map(|(_, text)| text.trim()));
    let lines: Vec<&str> = pieces.filter(|text| !text.is_empty()).collect();
    lines.join("\n") + "\n"
}

fn is_golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (line, (expected, actual)) in expected.lines().zip(actual.lines()).enumerate() {
        assert_eq!(actual, expected, "{name} line {} (BLESS=1 rewrites it)", line + 1);
    }
    assert_eq!(actual.len(), expected.len(), "{name} (BLESS=1 rewrites it)");
}

#[test]
fn a_small_case_reads_as_it_did() {
    is_golden("small.txt", &text_of(&report_html(&small())));
    let json = serde_json::to_string_pretty(&report_json(&small())).unwrap();
    is_golden("small.json", &(json + "\n"));
}

#[test]
fn the_same_case_is_the_same_bytes() {
    assert_eq!(report_html(&rich()), report_html(&rich()));
    assert_eq!(report_json(&rich()).to_string(), report_json(&rich()).to_string());
}

#[test]
fn the_file_stands_alone_and_no_address_of_the_evidence_can_be_followed() {
    let html = report_html(&rich());
    let lower = html.to_ascii_lowercase();
    for outside in [
        "http://", "https://", "<script", "<link", "<img", "<iframe", "url(", "@import", "src=",
    ] {
        assert!(!lower.contains(outside), "{outside}");
    }
    let pages: Vec<String> = file_pages(&rich()).into_iter().map(|(name, _)| name).collect();
    for link in html.split("href=\"").skip(1) {
        let target = link.split('"').next().unwrap();
        assert!(
            target.starts_with('#') || pages.iter().any(|page| page == target),
            "{target}"
        );
    }
    for whole in [
        "c2.example",
        "backup.example",
        "198.51.100.77",
        "telemetry.example",
        "@fund",
    ] {
        assert!(!html.contains(whole), "{whole}");
    }
    assert!(html.contains("hxxps://c2[.]example/wp-includes/common.php"));
}

#[test]
fn hostile_text_is_seen_and_not_obeyed() {
    let html = report_html(&rich());
    assert!(html.contains("in/contract⟨U+202E⟩fdp.&lt;b&gt;exe&lt;/b&gt;.zip"));
    assert!(!html.contains('\u{202e}') && !html.contains("<b>exe"));

    static RULE: Rule = Rule {
        code: "test.<i>",
        title: "\"><svg onload=x> {text}",
        severity: Severity::Critical,
        techniques: &["<T>"],
    };
    let mut report = Report::new(Evidence::of_bytes("\"'><a>\u{0}.doc", Kind::Doc, b"x"));
    report.find(Finding::of(&RULE, Span::bytes("<layer>", 0, 1)).fact("text", "</style><i>\u{2066}"));
    report.sight(Observable::path("<path onload=x>"), Role::Dropped);
    report.scripts.push(Script {
        language: "</code>".into(),
        name: "</pre><b>".into(),
        layers: vec![Layer {
            by: "</details>".into(),
            text: "</pre></code><i>http://deep.example/".into(),
        }],
    });
    let facts = Facts {
        reports: vec![report],
        ..Facts::default()
    };
    let html = report_html(&record(&run(fixture::opened(), &facts, &Grounds::new(&|_| false))).unwrap());
    for raw in [
        "<svg onload",
        "<i>",
        "<a>",
        "<b>",
        "<T>",
        "<layer>",
        "<path onload",
        "\u{0}",
        "\u{2066}",
        "http://deep",
    ] {
        assert!(!html.contains(raw), "{raw:?}");
    }
    assert!(html.contains("hxxp://deep[.]example/"));
}

#[test]
fn the_story_runs_in_time_and_every_sentence_of_it_stands_on_entries() {
    let recorded = rich();
    let story = story(&recorded);
    assert_eq!(story.standing, Standing::Drained);
    let whens: Vec<_> = story.events.iter().map(|event| event.when).collect();
    assert!(whens.is_sorted());
    assert!(story.events.len() >= 10);
    let sentences = story
        .known
        .iter()
        .chain(&story.unknown)
        .map(|sentence| &sentence.cites);
    for cites in story.events.iter().map(|event| &event.cites).chain(sentences) {
        assert!(!cites.is_empty());
        assert!(cites.iter().all(|seq| (1..=recorded.len() as u64).contains(seq)));
    }
}

#[test]
fn what_nobody_looked_at_is_said() {
    let said = |facts: Facts| {
        let entries = run(fixture::opened(), &facts, &Grounds::new(&|_| false));
        let unknown = story(&record(&entries).unwrap()).unknown;
        unknown
            .into_iter()
            .map(|one| one.text)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let all = fixture::facts();
    let text = said(Facts {
        reports: all.reports.clone(),
        drains: all.drains.clone(),
        ..Facts::default()
    });
    assert!(text.contains("the case holds no traffic"));
    assert!(text.contains("was not traced"));
    assert!(text.contains("how the drained account was reached"));
    assert!(text.contains("no known password opens it"));
    let text = said(all);
    assert!(text.contains("rests on time alone"));
    assert!(text.contains("37\u{202f}498 XEM stand at 1 wallet that nobody names"));
}

#[test]
fn another_hosts_link_says_nothing_of_a_beacon() {
    let mut facts = fixture::facts();
    let first = facts.beacons[0].clone();
    facts.beacons.push(strongroom_case::Beacon {
        host: "192.0.2.99".into(),
        destination: Observable::domain("polled.example").unwrap(),
        ..first
    });
    let entries = run(fixture::opened(), &facts, &Grounds::new(&|_| false));
    let events = story(&record(&entries).unwrap()).events;
    let of = |host: &str| {
        let about = |event: &&strongroom_case::Event| event.title.starts_with(&format!("Host {host} calls"));
        events.iter().find(about).unwrap().text.clone()
    };
    assert!(of("192.0.2.99").contains("nothing else in the case names the destination"));
    assert!(of(&facts.beacons[0].host).contains("evidence names"));
}

#[test]
fn a_trace_that_was_cut_short_clears_nothing() {
    let mut facts = fixture::facts();
    facts.traces.truncate(1);
    let gap = Gap::limit("trace", Limit::Steps, 7);
    facts.traces[0].gaps = vec![gap];
    let facts = Facts {
        traces: facts.traces,
        ..Facts::default()
    };
    let entries = run(fixture::opened(), &facts, &Grounds::new(&|_| false));
    let told = story(&record(&entries).unwrap());
    assert_eq!(told.standing, Standing::NotCleared);
}

#[test]
fn a_wallet_where_several_ways_stop_is_one() {
    let mut facts = fixture::facts();
    let unspent = |end: &&mut strongroom_case::End| end.reason == strongroom_case::EndReason::Unspent;
    for trace in &mut facts.traces {
        let end = trace.ends.iter_mut().find(unspent).unwrap();
        end.reason = strongroom_case::EndReason::Hops;
        let twice = end.clone();
        trace.ends.push(twice);
    }
    let entries = run(fixture::opened(), &facts, &Grounds::new(&|_| false));
    let unknown = story(&record(&entries).unwrap()).unknown;
    let hops: Vec<_> = unknown
        .iter()
        .filter(|one| one.text.ends_with("(hops)."))
        .collect();
    assert!(!hops.is_empty());
    assert!(
        hops.iter().all(|one| one.text.contains("at 1 wallet ")),
        "{hops:?}"
    );
}

#[test]
fn an_empty_case_is_drawn_too() {
    let html = report_html(&[]);
    assert!(html.contains("nothing speaks against it"));
    assert_eq!(report_json(&[])["schema"], "strongroom.case/1");
    let quiet = record(&run(
        fixture::opened(),
        &Facts::default(),
        &Grounds::new(&|_| false),
    ));
    assert_eq!(story(&quiet.unwrap()).standing, Standing::Quiet);
}

#[test]
fn data_keeps_every_byte_that_the_page_takes_apart() {
    let json = report_json(&rich()).to_string();
    assert!(json.contains("https://c2.example/wp-includes/common.php"));
    let json = report_json(&rich());
    assert_eq!(json["journal"]["entries"], rich().len());
    assert_eq!(json["traces"][0]["policy"], "fifo");
    assert_eq!(json["drains"][0]["moved"][0]["amount"], "400000000000");
    assert_eq!(json["evidence"].as_array().unwrap().len(), 6);
}

#[test]
fn each_file_with_something_to_tell_has_a_page_that_leads_back() {
    let pages = file_pages(&rich());
    assert!(!pages.is_empty());
    assert_eq!(pages, file_pages(&rich()));
    let report = report_html(&rich());
    for (name, page) in &pages {
        assert!(
            report.contains(&format!("href=\"{name}\"")),
            "{name} is not led to"
        );
        assert!(
            name.starts_with("files/") && name.len() == "files/.html".len() + 64,
            "{name}"
        );
        let lower = page.to_ascii_lowercase();
        for outside in [
            "http://", "https://", "<script", "<link", "<img", "<iframe", "url(", "@import", "src=",
        ] {
            assert!(!lower.contains(outside), "{name}: {outside}");
        }
        for link in page.split("href=\"").skip(1) {
            let target = link.split('"').next().unwrap();
            let known = target == "../report.html#evidence"
                || target
                    .strip_prefix('#')
                    .is_some_and(|id| page.contains(&format!("id=\"{id}\"")));
            assert!(known, "{name}: {target}");
        }
        assert!(
            !page.contains("c2.example") && !page.contains('\u{202e}'),
            "{name}"
        );
    }
}

#[test]
fn the_steps_of_a_script_stand_side_by_side() {
    let mut report = Report::new(Evidence::of_bytes("run.ps1", Kind::PowerShell, b"x"));
    let layer = |by: &'static str, text: &str| Layer {
        by: by.into(),
        text: text.into(),
    };
    report.scripts.push(Script {
        language: "powershell".into(),
        name: "content".into(),
        layers: vec![
            layer("source", "iex ('get-' + 'date <b>')"),
            layer("iex", "get-date <b>"),
            layer("bxor", "a key"),
            layer("deobfuscated", "iex 'get-date <b>'"),
        ],
    });
    let opened = Opened {
        version: "0.1.0".into(),
        title: "A case".into(),
        parameters: BTreeMap::new(),
    };
    let facts = Facts {
        reports: vec![report],
        ..Facts::default()
    };
    let entries = record(&run(opened, &facts, &Grounds::new(&|_| false))).unwrap();
    let (_, page) = file_pages(&entries).pop().unwrap();
    assert_eq!(page.matches("<figcaption>Before: source").count(), 2, "{page}");
    assert!(page.contains("After: iex") && page.contains("After: deobfuscated"));
    assert!(page.contains("1 value that it computes"));
    assert!(page.contains("get-date &lt;b&gt;") && !page.contains("date <b>"));
    assert!(
        page.contains("<mark>"),
        "what the spelling anew changed is set off"
    );
}

#[test]
fn no_evidence_makes_a_page_without_end() {
    let named = |name: String, kind| Report::new(Evidence::of_bytes(&name, kind, name.as_bytes()));
    let mut outer = named("outer.zip".into(), Kind::Zip);
    for number in 0..250 {
        let mut inner = named(format!("inner-{number}.zip"), Kind::Zip);
        inner.children = (0..4)
            .map(|place| named(format!("leaf-{number}-{place}.txt"), Kind::Text))
            .collect();
        outer.children.push(inner);
    }
    let layer = |number: usize| Layer {
        by: "source".into(),
        text: format!("{number}{}", "x".repeat(30_000)),
    };
    for number in 0..400 {
        outer.scripts.push(Script {
            language: "powershell".into(),
            name: format!("stage {number}"),
            layers: vec![layer(number)],
        });
    }
    let facts = Facts {
        reports: vec![outer],
        ..Facts::default()
    };
    let entries = record(&run(fixture::opened(), &facts, &Grounds::new(&|_| false))).unwrap();
    let html = report_html(&entries);
    let drawn = html.matches("class=\"piece\"").count();
    assert_eq!(drawn, 300, "pieces of all levels together");
    assert!(html.contains("more pieces of evidence stand in the case"));
    for page in [html, file_pages(&entries).pop().unwrap().1] {
        assert!(page.len() < 6 << 20, "{}", page.len());
        assert!(page.contains("more characters stand in the case"));
    }
}

/// What somebody asked and cleared.
fn decided() -> Vec<Recorded> {
    let hash = |letter: &str| EvidenceId::of(letter.as_bytes());
    let hits = r#"[{"list":"own","entry":"7","party":"<b>Example</b>","matched":"Exampel","how":"name"}]"#;
    let lists = format!(
        r#"[{{"name":"own","sha256":"{}","date":"2026-11-01"}}]"#,
        hash("list")
    );
    let answer = format!(
        r#"{{"query":"Exampel","algorithm":"strongroom-exact/1","verdict":"hit","lists":{lists},"hits":{hits}}}"#
    );
    let book = format!(
        r#"{{"book":"book.csv","sha256":"{0}","lists":{lists},"customers":9,"hits":1,"answers":"{0}"}}"#,
        hash("book")
    );
    let exposure = r#"{"query":"wallet","policy":"haircut","hops":3,"received":[{"asset":"XEM","followed":"120","parts":
        [{"tag":{"label":"Example Regime","service":"sanctioned","source":"own"},"amount":"60","hops":2,"path":[{"by":"t1"}]}]}],
        "sent":[],"gaps":[]}"#;
    let exposure = exposure.to_owned();
    let cleared = Cleared {
        by: "an analyst".into(),
        at: Moment::from_micros(0),
        why: "another <i>Exampel</i>".into(),
        list: "own".into(),
        entry: "7".into(),
        entry_fingerprint: hash("entry"),
        subject: "c1".into(),
        subject_fingerprint: hash("subject"),
    };
    let asked = |answer: String, customer: Option<&str>, cleared: &[u64]| {
        Entry::Asked(Asked {
            by: "the desk".into(),
            at: Moment::from_micros(0),
            customer: customer.map(str::to_owned),
            subject: Some(hash("subject")),
            question: r#"{"wallet":"x"}"#.into(),
            answer,
            cleared: cleared.to_vec(),
        })
    };
    let entries = [
        Entry::Cleared(cleared),
        asked(answer, Some("c1"), &[1]),
        asked(book, None, &[]),
        asked(exposure, None, &[]),
        asked("no answer of ours".into(), None, &[9]),
    ];
    record(&entries).unwrap()
}

#[test]
fn screenings_and_clearings_are_told_with_lists_hashes_and_reasons() {
    let entries = decided();
    let html = report_html(&entries);
    let text = text_of(&html);
    for told in [
        "Screenings for a decision",
        "customer c1",
        "&lt;b&gt;Example&lt;/b&gt;",
        "another &lt;i&gt;Exampel&lt;/i&gt;",
        "by an analyst",
        "2026-11-01",
        "9 customers, 1 hits",
        "Example Regime",
        "60 of 120 base units of XEM, 2 transfers away",
        &EvidenceId::of(b"list").to_string(),
    ] {
        let told = told
            .replace("customer c1", "c1")
            .replace("by an analyst", "an analyst");
        assert!(text.contains(&told), "{told}: {text}");
    }
    let json = report_json(&entries);
    assert_eq!(json["asked"][0]["answer"]["hits"][0]["entry"], "7");
    assert_eq!(
        (&json["asked"][0]["entry"], &json["asked"][0]["cleared"][0]),
        (&2.into(), &1.into())
    );
    assert_eq!(json["asked"][3]["answer"], "no answer of ours");
    assert_eq!(
        (&json["cleared"][0]["entry"], &json["cleared"][0]["hit"]["list"]),
        (&1.into(), &"own".into())
    );
}
