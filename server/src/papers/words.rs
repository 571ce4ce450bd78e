//! Dates and sentences of papers, in zh-CN.
use casework::{Basis, Deadlines, Ground, Reckoning, Span, day_of};
use jiff::civil::Date;
use protocol::Timestamp;

use crate::catalogue::LegalProfile;

/// `2026年3月11日`.
#[must_use]
pub fn date(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// `2026年3月11日10时44分`.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    let minutes = (at.0.div_euclid(60_000_000) + 8 * 60).rem_euclid(24 * 60);
    format!("{}{}时{:02}分", date(day_of(at)), minutes / 60, minutes % 60)
}

/// How a last day was reckoned, in one sentence.
#[must_use]
pub fn reckoned(basis: Basis, reckoning: &Reckoning) -> String {
    let mut text = match basis {
        Basis::Declared => String::new(),
        Basis::Deemed => "因逾期未告知是否受理，依法自收件之日起即为受理，".to_owned(),
    };
    text.push_str(&terms(reckoning));
    text
}

fn terms(reckoning: &Reckoning) -> String {
    let mut text = if reckoning.working_days == 0 {
        format!("本事项为即办件，自{}受理起当日办结", date(reckoning.from))
    } else {
        format!("自{}受理次日起算{}个工作日", date(reckoning.from), reckoning.working_days)
    };
    if !reckoning.holidays.is_empty() {
        let spans: Vec<String> = reckoning.holidays.iter().copied().map(span).collect();
        text.push_str(&format!("，{}放假不计", spans.join("、")));
    }
    if !reckoning.made_up.is_empty() {
        let days: Vec<String> = reckoning.made_up.iter().map(|day| month_day(*day)).collect();
        text.push_str(&format!("，{}调休上班计入", days.join("、")));
    }
    if reckoning.provisional {
        text.push_str("；因涉及尚未公布放假安排的年份，该日期为暂计，公布后将重新告知");
    }
    text.push('。');
    text
}

/// What a statute sets, if one does.
#[must_use]
pub fn statutory(deadlines: &Deadlines) -> Option<String> {
    let statutory = deadlines.statutory.as_ref()?;
    Some(format!("法定办结时限为{}个工作日，至{}。", statutory.working_days, date(statutory.due)))
}

/// On what an acceptance rests.
#[must_use]
pub fn grounds(profile: LegalProfile) -> &'static str {
    match profile {
        LegalProfile::Licence => "依据《中华人民共和国行政许可法》第三十二条，",
        LegalProfile::Confirmation | LegalProfile::Benefit | LegalProfile::PublicService => "",
    }
}

/// Why something is not accepted, in one sentence that names the right authority.
#[must_use]
pub fn ground(ground: &Ground) -> String {
    match ground {
        Ground::NoSuchProcedure => "您申请的事项依法不需要办理该手续。".to_owned(),
        Ground::OtherAuthority { authority } => {
            format!("您申请的事项依法不属于本机关职权范围，请向{authority}申请办理。")
        }
    }
}

/// What can be done against a non-acceptance: terms of 行政复议法 §20 and 行政诉讼法 §46.
#[must_use]
pub fn remedies() -> &'static str {
    "如不服本决定，您可以自收到本通知书之日起六十日内依法向本级人民政府申请行政复议，\
     或者自收到本通知书之日起六个月内依法向有管辖权的人民法院提起行政诉讼。"
}

fn span(span: Span) -> String {
    if span.first() == span.last() {
        month_day(span.first())
    } else {
        format!("{}至{}", month_day(span.first()), month_day(span.last()))
    }
}

fn month_day(day: Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}
