//! The threat report of the demo: defanged indicators, the document's hash, and things that are named there and
//! are no indicators.

use super::cast::Cast;
use super::folder::Folder;
use super::network::sites::UPDATES;
use strongroom_model::EvidenceId;

/// Writes the report.
pub(super) fn write(folder: &mut Folder, cast: &Cast, document: &EvidenceId) -> anyhow::Result<()> {
    folder.put("intel/report.txt", report(cast, document).as_bytes())
}

fn report(cast: &Cast, document: &EvidenceId) -> String {
    let urls: Vec<String> = cast
        .c2_urls()
        .iter()
        .map(|url| format!("  {}", defanged(url)))
        .collect();
    let [ip, ..] = &cast.c2_ips;
    let ip = ip.to_string().replacen('.', "[.]", 3);
    let hash = document.as_str().trim_start_matches("sha256:");
    format!(
        "EXAMPLE THREAT NOTE 2019-0042                                   2019-03-25\n\
         Macro documents sent to trading desks\n\
         \n\
         Mails that offer a free trading bot carry an archive with a macro document. Its script\n\
         calls pages below WordPress folders of hosts that were taken over, about once a minute.\n\
         \n\
         Network indicators\n{}\n  {ip}\n\
         \n\
         File indicators\n  {hash}   the document\n\
         \n\
         Behaviour\n\
         \x20 POST requests with ?v= and ten digits, and one and the same browser name in all of them.\n\
         \x20 Before its first call the script asks {UPDATES} for the date, as any computer does;\n\
         \x20 that host is harmless.\n\
         \n\
         References\n\
         \x20 https://notes.threat-desk.example/2019/0042\n\
         \x20 https://www.newswire.example/technology/exchange-upgrade\n",
        urls.join("\n"),
    )
}

/// Returns a URL as reports print it, so that nobody follows it by mistake.
fn defanged(url: &str) -> String {
    let url = url.replacen("http", "hxxp", 1);
    match url.rsplit_once(".example") {
        Some((before, after)) => format!("{before}[.]example{after}"),
        None => url,
    }
}
