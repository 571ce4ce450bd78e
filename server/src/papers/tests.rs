use super::*;
use casework::{Basis, Deadlines, PublishedYear, Terms, WorkingCalendar};
use jiff::civil::date;
use protocol::Timestamp;
use std::collections::BTreeMap;

/// 2026-03-11 10:44 where the window stands.
const ACCEPTED: Timestamp = Timestamp(1_773_197_040_000_000);

fn papers() -> Papers {
    Papers::new(&Papers::usual_folders(), "示范区政务服务中心", "12345")
}

fn content(body: Body) -> Content {
    Content {
        number: format!("2026-000127-{}-1", number_word(body.kind())),
        case_number: "2026-000127".into(),
        issued_on: words::date(date(2026, 3, 11)),
        authority: "示范区政务服务中心".into(),
        department: "民政与残联".into(),
        applicant: "王大力".into(),
        id_number: "4401 **** **** 2318".into(),
        item: "困难残疾人生活补贴".into(),
        scenario: "本人".into(),
        clerk: "陈敏（0312）".into(),
        help_line: "12345".into(),
        body,
    }
}

fn materials(state: &str) -> Vec<Listed> {
    let names = ["身份证(可调电子证照)", "残疾人证", "低保/低边证明", "户口簿", "收款账户(社保卡/银行卡)"];
    (0..)
        .zip(names)
        .map(|(n, name)| Listed { name: name.into(), primary: n < 3, state: state.into() })
        .collect()
}

fn receipt() -> Content {
    content(Body::IntakeReceipt {
        materials: materials("待核"),
        received_at: words::moment(ACCEPTED),
        answer_by: words::date(date(2026, 3, 18)),
    })
}

fn acceptance() -> Content {
    content(Body::AcceptanceNotice {
        materials: materials("合格"),
        grounds: words::grounds(crate::catalogue::LegalProfile::Licence).into(),
        received_at: words::moment(ACCEPTED),
        accepted_at: words::moment(ACCEPTED),
        due: words::date(date(2026, 4, 9)),
        reckoned: "自2026年3月11日受理次日起算20个工作日，4月4日至4月6日放假不计。".into(),
        statutory: Some("法定办结时限为20个工作日，至2026年4月9日。".into()),
    })
}

fn refusal(explanation: &str) -> Content {
    content(Body::NonAcceptanceNotice {
        received_at: words::moment(ACCEPTED),
        ground: words::ground(&casework::Ground::OtherAuthority {
            authority: "退役军人事务局".into()
        }),
        explanation: explanation.into(),
        remedies: words::remedies().into(),
    })
}

/// Width and height out of a PNG's header.
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[tokio::test]
async fn each_kind_becomes_a_pdf_and_pages_as_wide_as_the_terminal() {
    let papers = papers();
    for (name, content) in [
        ("receipt", receipt()),
        ("acceptance", acceptance()),
        ("refusal", refusal("军队离退休人员的长寿保健金由退役军人事务局发放。")),
    ] {
        let made = papers.render(content).await.unwrap();
        assert!(made.pdf.starts_with(b"%PDF-"), "{name}");
        assert!((1..=3).contains(&made.pages.len()), "{name}: {} pages", made.pages.len());
        for page in &made.pages {
            let (width, height) = size(page);
            assert!(width == PAGE_WIDTH && (1520..=1535).contains(&height), "{name}: {width}×{height}");
        }
        // To look at: CLOUD_WINDOW_PAPERS=folder cargo test papers
        if let Some(folder) = std::env::var_os("CLOUD_WINDOW_PAPERS") {
            let folder = PathBuf::from(folder);
            std::fs::write(folder.join(format!("{name}.pdf")), &made.pdf).unwrap();
            for (n, page) in (1..).zip(&made.pages) {
                std::fs::write(folder.join(format!("{name}-{n}.png")), page).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn the_same_paper_is_the_same_file_and_another_is_another() {
    let papers = papers();
    let once = papers.render(acceptance()).await.unwrap();
    assert_eq!(papers.render(acceptance()).await.unwrap(), once);
    let mut other = acceptance();
    other.applicant = "王大刀".into();
    assert_ne!(papers.render(other.clone()).await.unwrap().digest, once.digest);
    // Made again, by another process, only what has the digest that was issued is shown.
    let later = self::papers();
    assert_eq!(later.again(&once.digest, acceptance()).await.unwrap(), once);
    assert!(matches!(later.again("00", other).await.unwrap_err(), PaperError::Changed));
}

#[tokio::test]
async fn words_of_people_are_words_and_no_programs() {
    let papers = papers();
    let plain = papers.render(refusal("没有特别之处")).await.unwrap();
    let hostile = r#"#eval("1") *粗* $x^2$ #read("/etc/passwd") @a <b> \ // /* [ ] { } " \u{41}"#;
    let made = papers.render(refusal(hostile)).await.unwrap();
    assert!(made.pdf.len() > plain.pdf.len(), "every sign of it stands there");
}

#[tokio::test]
async fn without_a_chinese_font_there_is_an_error_and_no_empty_boxes() {
    let empty = tempfile::tempdir().unwrap();
    let papers = Papers::new(&[empty.path().to_owned()], "a", "b");
    assert!(matches!(papers.usable(), Err(PaperError::NoFont { .. })));
    let refused = papers.render(receipt()).await.unwrap_err();
    assert!(
        matches!(&refused, PaperError::NoFont { folders } if folders.contains(&*empty.path().to_string_lossy()))
    );
}

#[tokio::test]
async fn a_sign_that_no_font_has_is_spelled_and_turns_nobody_away() {
    let papers = papers();
    let mut rare = receipt();
    rare.applicant = "王\u{1F9FF}\u{1F9E0}".into();
    let mut spelled = receipt();
    spelled.applicant = "王〔U+1F9FF〕〔U+1F9E0〕".into();
    let (rare, spelled) = (papers.render(rare).await.unwrap(), papers.render(spelled).await.unwrap());
    assert!(rare.pages == spelled.pages, "rare signs are spelled");
}

#[test]
fn sentences_tell_how_a_day_was_reckoned() {
    let sample: serde_json::Value = serde_json::from_str(include_str!("../../sample/holidays.json")).unwrap();
    let years: BTreeMap<i16, PublishedYear> = serde_json::from_value(sample["years"].clone()).unwrap();
    let calendar = WorkingCalendar::new(&years).unwrap();
    let terms = |promised| Terms { promised, statutory: Some(20) };
    let deadlines = Deadlines::from_acceptance(ACCEPTED, terms(20), &calendar);
    assert_eq!(
        words::reckoned(Basis::Declared, &deadlines.promised),
        "自2026年3月11日受理次日起算20个工作日，4月4日至4月6日放假不计。"
    );
    assert_eq!(words::statutory(&deadlines).unwrap(), "法定办结时限为20个工作日，至2026年4月9日。");
    let instant = Deadlines::from_acceptance(ACCEPTED, terms(0), &calendar);
    assert_eq!(
        words::reckoned(Basis::Declared, &instant.promised),
        "本事项为即办件，自2026年3月11日受理起当日办结。"
    );
    assert!(words::reckoned(Basis::Declared, &calendar.reckon(date(2026, 12, 30), 5)).contains("暂计"));
    assert!(
        words::reckoned(Basis::Declared, &calendar.reckon(date(2026, 2, 13), 2))
            .contains("2月14日调休上班计入")
    );
    assert!(words::reckoned(Basis::Deemed, &deadlines.promised).starts_with(
        "因逾期未告知是否受理，依法自收件之日起即为受理，自2026年3月11日受理次日起算20个工作日"
    ));
    assert_eq!(words::moment(ACCEPTED), "2026年3月11日10时44分");
}
