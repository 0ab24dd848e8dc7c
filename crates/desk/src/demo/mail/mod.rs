//! The mails of the demo: one with a macro document in a password-protected archive, and four from ordinary days.

mod document;
mod letter;
mod macros;
mod stage;

use super::cast::{Cast, MAIL_SENT, WEEK};
use super::folder::Folder;
use super::truth::Lure;
use letter::{Attachment, Letter, sent, word};
use strongroom_model::EvidenceId;

const ARCHIVE: &str = "자동매매 봇 안내.zip";
const DOCUMENT: &str = "trading-bot-guide.doc";

/// What is true of the mails.
#[derive(Debug)]
pub(super) struct Letters {
    /// The hostile one.
    pub lure: Lure,
    /// The files of the harmless ones.
    pub innocent: Vec<String>,
}

/// Writes the mails.
pub(super) fn write(folder: &mut Folder, cast: &Cast) -> anyhow::Result<Letters> {
    let stage = stage::text(cast);
    let document = document::word(&macros::hostile(cast, &stage))?;
    let document_id = EvidenceId::of(&document);
    let lure = lure(cast, document)?;
    let mail = "mail/2019-03-19-0214.eml".to_owned();
    folder.put(&mail, &lure.bytes(1))?;
    let mut innocent = Vec::new();
    for (number, (name, letter)) in harmless()?.into_iter().enumerate() {
        let path = format!("mail/{name}.eml");
        folder.put(&path, &letter.bytes(number + 2))?;
        innocent.push(path);
    }
    Ok(Letters {
        lure: Lure {
            mail,
            sent: sent(&lure),
            sender: lure.from.to_owned(),
            archive: ARCHIVE.to_owned(),
            password: cast.password.clone(),
            document: DOCUMENT.to_owned(),
            document_id,
            stage,
            mac_url: cast.mac_url(),
        },
        innocent,
    })
}

fn lure(cast: &Cast, document: Vec<u8>) -> anyhow::Result<Letter> {
    let password = &cast.password;
    Ok(Letter {
        sent: MAIL_SENT,
        from_name: word("김서연 (자동매매 봇 지원팀)"),
        from: "seoyeon.kim@candle-bot.example",
        to: "treasury",
        subject: "[안내] 무료 자동매매 봇 사용 설명서 / Free trading bot, user guide",
        text: format!(
            "안녕하세요, 요청하신 자동매매 봇의 설명서를 보내드립니다.\nPlease find the guide to the trading bot attached.\n\
             압축 파일 비밀번호: {password}\nPassword: {password}\n감사합니다. 김서연 드림\n"
        ),
        attachments: vec![Attachment {
            name: ARCHIVE.to_owned(),
            media: "application/zip",
            bytes: document::archive(&[(DOCUMENT, document)], Some(password))?,
        }],
    })
}

fn harmless() -> anyhow::Result<Vec<(&'static str, Letter)>> {
    let attached = |name: &str, media, bytes| Attachment {
        name: name.to_owned(),
        media,
        bytes,
    };
    let workbook = document::workbook(&macros::harmless())?;
    let statement =
        |coin: &str| format!("day,coin,total\n2019-03-17,{coin},1204\n2019-03-18,{coin},1377\n").into_bytes();
    let statements = document::archive(
        &[("btc.csv", statement("BTC")), ("eth.csv", statement("ETH"))],
        None,
    )?;
    let minutes = "Minutes of the weekly meeting\n\n1. The upgrade of the matching engine is planned for April.\n2. Holidays.\n";
    Ok(vec![
        (
            "2019-03-18-0132",
            Letter {
                sent: WEEK + 5_520,
                // 李伟 in GB 2312, as older mail programs still write it.
                from_name: "=?GB2312?B?wO7OsA==?=".to_owned(),
                from: "wei.li@audit-partners.example",
                to: "treasury",
                subject: "月度汇总 / monthly totals",
                text: "The workbook adds up the twelve months with the button on the first sheet.\n"
                    .to_owned(),
                attachments: vec![attached(
                    "monthly-totals.xlsm",
                    "application/vnd.ms-excel.sheet.macroEnabled.12",
                    workbook,
                )],
            },
        ),
        (
            "2019-03-19-0501",
            Letter {
                sent: WEEK + 86_400 + 18_060,
                from_name: "\"Office\"".to_owned(),
                from: "office@desk.strongbox-exchange.example",
                to: "all",
                subject: "Minutes of Monday's meeting",
                text: "The minutes are attached.\n".to_owned(),
                attachments: vec![attached(
                    "minutes.txt",
                    "text/plain; charset=utf-8",
                    minutes.as_bytes().to_vec(),
                )],
            },
        ),
        (
            "2019-03-20-0744",
            Letter {
                sent: WEEK + 2 * 86_400 + 27_840,
                from_name: word("정산팀"),
                from: "statements@clearing-house.example",
                to: "treasury",
                subject: "일일 정산 내역 / daily statements",
                text: "Daily statements as agreed; the archive has no password.\n".to_owned(),
                attachments: vec![attached("정산-2019-03-18.zip", "application/zip", statements)],
            },
        ),
        (
            "2019-03-21-0220",
            Letter {
                sent: WEEK + 3 * 86_400 + 8_400,
                from_name: "\"Canteen\"".to_owned(),
                from: "canteen@desk.strongbox-exchange.example",
                to: "all",
                subject: "Lunch this week",
                text: "Thursday: noodles. Friday: rice with vegetables.\n".to_owned(),
                attachments: Vec::new(),
            },
        ),
    ])
}
