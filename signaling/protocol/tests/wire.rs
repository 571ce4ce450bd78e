//! The wire, by example: what each message looks like as JSON, and that nothing else is read as one.
//! `fixtures/*.json` are read by the web client's tests too, so that both sides agree on the same bytes.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]
use protocol::ids::*;
use protocol::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use ts_rs::{Config, TS};
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0000 + n)
}

fn ticket() -> TicketView {
    TicketView {
        id: TicketId(id(1)),
        number: "C023".into(),
        skill_group: "civil".into(),
        item: Some("disab-living".into()),
        scenario: Some("disab-living/1".into()),
        taken_at: Timestamp(1_773_194_880_000_000),
    }
}

fn site() -> SiteView {
    SiteView {
        code: "S10".into(),
        name: "炭步镇·塱头村".into(),
        name_zh_hk: "炭步鎮·塱頭村".into(),
        name_en: "Langtou Village, Tanbu".into(),
        languages: vec![Spoken::Yue, Spoken::Zh],
    }
}

fn handoff() -> HandoffBrief {
    HandoffBrief {
        id: HandoffId(id(11)),
        case: CaseId(id(2)),
        case_number: "2026-000127".into(),
        from: StaffId(id(3)),
        from_name: "陈敏".into(),
        to: HandoffTarget::Department { department: "hrss".into() },
        reason: "下班交接".into(),
        state: HandoffState::Offered,
        expires_at: Timestamp(1_773_198_840_000_000),
    }
}

fn case() -> CaseBrief {
    CaseBrief {
        id: CaseId(id(2)),
        number: "2026-000127".into(),
        state: CaseState::Accepted,
        version: 3,
        item: "disab-living".into(),
        scenario: "disab-living/1".into(),
        owner: StaffId(id(3)),
        owner_name: "陈敏".into(),
        materials: vec![MaterialView {
            code: "ID".into(),
            primary: true,
            deferrable: false,
            state: MaterialState::Rejected,
            reason: Some("blurred".into()),
            stills: vec![StillId(id(4))],
        }],
        papers: vec![PaperBrief {
            id: PaperId(id(5)),
            kind: PaperKind::AcceptanceNotice,
            number: "2026-000127-受理-1".into(),
            issued_at: Timestamp(1_773_197_040_000_000),
            pages: 1,
            received_at: None,
        }],
        open_handoff: Some(handoff()),
    }
}

fn call() -> CallView {
    CallView {
        id: CallId(id(6)),
        started_at: Timestamp(1_773_195_180_000_000),
        ticket: ticket(),
        site: site(),
        terminal_id: TerminalId(id(7)),
        terminal: PartyView::default(),
        clerk_id: StaffId(id(3)),
        clerk_name: "陈敏".into(),
        clerk_number: "0312".into(),
        clerk: PartyView {
            muted: true,
            camera_off: false,
            presence: Presence::Away { until: Timestamp(1_773_195_300_000_000) },
        },
        on_hold: false,
        slots: SlotMap::default(),
        assist: AssistView {
            asked: vec![Capability::Fill],
            ask_ends_at: Some(Timestamp(1_773_195_210_000_000)),
            granted: vec![Capability::Point],
        },
        form: FormView {
            values: [(
                "phone".to_owned(),
                FormValue { text: "13800136621".into(), by: Hand::Clerk, version: 2 },
            )]
            .into(),
            typing: [("address".to_owned(), Hand::Citizen)].into(),
        },
        case: Some(case()),
        showing: None,
        capture: Some(CaptureRequest { still: StillId(id(8)), material: "HK".into() }),
        consents: vec![ConsentAnswer {
            purpose: ConsentPurpose::Recording,
            text_version: "recording-2026-01".into(),
            locale: Locale::ZhHk,
            granted: false,
        }],
    }
}

/// Snapshots the value and demands that reading it back gives the same.
fn holds<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, value: &T) {
    let written = serde_json::to_value(value).unwrap();
    insta::with_settings!({ snapshot_path => "fixtures", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_json_snapshot!(name, written);
    });
    let read: T = serde_json::from_value(written).unwrap();
    assert_eq!(&read, value);
}

/// The values of a tag in a TypeScript declaration, which names every variant.
fn variants<T: TS>(tag: &str) -> BTreeSet<String> {
    let (decl, tag) = (T::decl(&Config::default()), format!("\"{tag}\": \""));
    let parts = decl.split(&tag).skip(1);
    parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

/// The values of a tag anywhere in an example.
fn shown(example: &impl Serialize, tag: &str) -> BTreeSet<String> {
    fn walk(value: &Value, tag: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get(tag).and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|inner| walk(inner, tag, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| walk(inner, tag, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(&serde_json::to_value(example).unwrap(), tag, &mut found);
    found
}

#[test]
fn greeting() {
    holds(
        "hello",
        &ClientFrame {
            id: 1,
            body: Hello { protocol: 1, pass: "p".repeat(8), resume: None, client: "kiosk 0.1.0".into() },
        },
    );
    holds(
        "welcome",
        &ServerFrame {
            re: Some(1),
            body: Common::Welcome(Welcome {
                protocol: 1,
                resume: "r".repeat(8),
                resumed: false,
                server_time: Timestamp(1_773_194_880_000_000),
                ping_every_ms: 10_000,
                media_alive: false,
            }),
        },
    );
}

fn from_terminal() -> Vec<TerminalMessage> {
    let call = CallId(id(6));
    vec![
        TerminalMessage::TakeTicket {
            key: id(9),
            item: Some("disab-living".into()),
            scenario: Some("disab-living/1".into()),
            locale: Locale::ZhCn,
            spoken: Spoken::Yue,
            id_number: Some("11010519491231002X".into()),
            missing: vec!["BK".into()],
            consents: vec![],
        },
        TerminalMessage::CancelTicket { ticket: TicketId(id(1)) },
        TerminalMessage::Present { ticket: TicketId(id(1)) },
        TerminalMessage::HangUp { call },
        TerminalMessage::SetMedia { call, muted: true, camera_off: false },
        TerminalMessage::AnswerAssist {
            call,
            granted: vec![Capability::Point, Capability::Capture],
            shown: Some(ShownText { version: "assist-2026-01".into(), locale: Locale::ZhHk }),
        },
        TerminalMessage::StopAssist { call },
        TerminalMessage::FormSet { call, field: "phone".into(), text: "138".into(), base: 0 },
        TerminalMessage::FormFocus { call, field: None },
        TerminalMessage::CaptureFailed { call, still: StillId(id(8)) },
        TerminalMessage::PaperReceived { paper: PaperId(id(5)) },
        TerminalMessage::Say { call, text: "请慢一点".into() },
        TerminalMessage::Rate { call, score: 1, reason: None },
        TerminalMessage::Wiped,
        TerminalMessage::CallPerson { on: true },
        TerminalMessage::MediaOffer { sdp: "v=0\r\n".into(), restart: false },
        TerminalMessage::SlotSize { slot: 0, height: 860 },
    ]
}

fn to_terminal() -> Vec<ToTerminal> {
    let view = |stage| {
        ToTerminal::Own(TerminalNews::View(Box::new(TerminalView {
            site: site(),
            waiting: 3,
            staffed: true,
            person_called: false,
            stage,
        })))
    };
    let position = Position { ahead: 2, estimate: Estimate::Minutes { from: 5, to: Some(10) } };
    let unstaffed = Position { ahead: 0, estimate: Estimate::NobodyOnDuty };
    let paused = Position { ahead: 0, estimate: Estimate::NobodyReady };
    vec![
        view(TerminalStage::Free),
        view(TerminalStage::Waiting { ticket: ticket(), position }),
        view(TerminalStage::Waiting { ticket: ticket(), position: unstaffed }),
        view(TerminalStage::Waiting { ticket: ticket(), position: paused }),
        view(TerminalStage::Ringing { ticket: ticket(), present: true }),
        view(TerminalStage::InCall { call: Box::new(call()) }),
        view(TerminalStage::Ended {
            call: CallId(id(6)),
            ticket: ticket(),
            case: Some(case()),
            rated: false,
            ended_at: Timestamp(1_773_197_100_000_000),
        }),
        ToTerminal::Own(TerminalNews::Marked {
            surface: Surface::Form,
            mark: Mark::Pointer { at: Spot { x: 5000, y: 2500 }, begins: true },
        }),
        ToTerminal::Own(TerminalNews::Said(Words { by: Hand::Clerk, text: "好".into(), at: Timestamp(1) })),
        ToTerminal::Common(Common::Done),
        ToTerminal::Common(Common::Error(ErrorBody::new(ErrorCode::AlreadyWaiting, "one ticket at a time"))),
        ToTerminal::Common(Common::MediaAnswer { sdp: "v=0\r\n".into() }),
        ToTerminal::Common(Common::MediaGone),
    ]
}

fn from_clerk() -> Vec<ClerkMessage> {
    let call = CallId(id(6));
    vec![
        ClerkMessage::SetStatus { status: WishedStatus::Break { reason: BreakReason::Meal } },
        ClerkMessage::Accept { offer: OfferId(id(10)) },
        ClerkMessage::Decline { offer: OfferId(id(10)), reason: DeclineReason::Visitor },
        ClerkMessage::HangUp { call },
        ClerkMessage::Hold { call, on: true },
        ClerkMessage::SetMedia { call, muted: false, camera_off: true },
        ClerkMessage::AskAssist { call, capabilities: vec![Capability::Point, Capability::Fill] },
        ClerkMessage::StopAssist { call },
        ClerkMessage::Mark {
            call,
            surface: Surface::DocumentCamera,
            mark: Mark::Highlight { from: Spot { x: 0, y: 0 }, to: Spot { x: 10_000, y: 10_000 } },
        },
        ClerkMessage::FormSet { call, field: "phone".into(), text: "13800136621".into(), base: 1 },
        ClerkMessage::FormFocus { call, field: Some("phone".into()) },
        ClerkMessage::Capture { call, material: "HK".into() },
        ClerkMessage::Show { call, paper: Some(PaperId(id(5))) },
        ClerkMessage::Say { call, text: "请稍等".into() },
        ClerkMessage::ExtendWrapUp,
        ClerkMessage::FinishWrapUp { result: CallResult::Accepted, note: String::new() },
        ClerkMessage::MediaOffer { sdp: "v=0\r\n".into(), restart: true },
        ClerkMessage::SlotSize { slot: 1, height: 0 },
    ]
}

fn to_clerk() -> Vec<ToClerk> {
    let view = |status| {
        ToClerk::Own(ClerkNews::View(Box::new(ClerkView {
            id: StaffId(id(3)),
            name: "陈敏".into(),
            number: "0312".into(),
            skill_groups: vec!["civil".into()],
            since: Timestamp(1_773_194_880_000_000),
            status,
            next: WishedStatus::Ready,
        })))
    };
    vec![
        view(ClerkStatus::OffDuty),
        view(ClerkStatus::Ready),
        view(ClerkStatus::Break { reason: BreakReason::Meal }),
        view(ClerkStatus::NotReady { reason: NotReadyReason::NoAnswer }),
        view(ClerkStatus::Ringing {
            offer: Box::new(OfferView {
                id: OfferId(id(10)),
                ticket: ticket(),
                site: site(),
                item: Some("disab-living".into()),
                scenario: Some("disab-living/1".into()),
                spoken: Spoken::Yue,
                speaks: true,
                missing: vec!["BK".into()],
                consents: vec![],
                present: false,
                ends_at: Timestamp(1_773_195_205_000_000),
            }),
        }),
        view(ClerkStatus::InCall { call: Box::new(call()) }),
        view(ClerkStatus::WrapUp {
            call: CallId(id(6)),
            ticket: ticket(),
            site: site(),
            case: Some(Box::new(case())),
            started_at: Timestamp(1),
            ended_at: Timestamp(2),
            ends_at: Timestamp(3),
            extended: false,
        }),
        ToClerk::Own(ClerkNews::Queues {
            queues: vec![QueueView {
                skill_group: "civil".into(),
                waiting: 1,
                oldest_taken_at: Some(Timestamp(1_773_194_880_000_000)),
                ready: 0,
            }],
            waiting: vec![WaitingRow { ticket: ticket(), site: "S10".into(), site_name: site().name }],
        }),
        ToClerk::Own(ClerkNews::CaseChanged { case: Box::new(case()) }),
        ToClerk::Own(ClerkNews::HandoffChanged { handoff: Box::new(handoff()) }),
        ToClerk::Own(ClerkNews::PersonCalled {
            site: "S10".into(),
            site_name: "炭步镇·塱头村".into(),
            on: true,
        }),
        ToClerk::Own(ClerkNews::Said(Words { by: Hand::Citizen, text: "好".into(), at: Timestamp(1) })),
    ]
}

#[test]
fn every_message_of_either_role_reads_back_as_it_is_written() {
    holds("from_terminal", &from_terminal());
    holds("to_terminal", &to_terminal());
    holds("from_clerk", &from_clerk());
    holds("to_clerk", &to_clerk());
}

#[test]
fn no_variant_is_without_example() {
    assert_eq!(shown(&from_terminal(), "type"), variants::<TerminalMessage>("type"));
    assert_eq!(shown(&from_clerk(), "type"), variants::<ClerkMessage>("type"));
    let mut either = shown(&to_terminal(), "type");
    // The greeting's answer has an example of its own.
    either.insert("welcome".into());
    assert_eq!(either, &variants::<TerminalNews>("type") | &variants::<Common>("type"));
    assert_eq!(shown(&to_clerk(), "type"), variants::<ClerkNews>("type"));
    assert_eq!(shown(&to_terminal(), "stage"), variants::<TerminalStage>("stage"));
    assert_eq!(shown(&to_clerk(), "status"), variants::<ClerkStatus>("status"));
}

#[test]
fn what_is_no_message_is_refused() {
    let refused = [
        json!({ "id": 1, "body": { "type": "no_such_thing" } }),
        json!({ "id": 1, "body": { "type": "hang_up" } }),
        json!({ "id": 1, "body": { "type": "hang_up", "call": "not-an-id" } }),
        json!({ "id": 1, "body": { "type": "wiped" }, "role": "clerk" }),
        json!({ "id": 1, "body": { "type": "call_person", "on": true, "priority": 9 } }),
        json!({ "id": -1, "body": { "type": "wiped" } }),
        json!({ "body": { "type": "wiped" } }),
        json!([]),
        Value::Null,
    ];
    for value in refused {
        assert!(serde_json::from_value::<ClientFrame<TerminalMessage>>(value.clone()).is_err(), "{value}");
    }
}

#[test]
fn a_clerk_has_no_words_for_what_only_a_citizen_may_do() {
    let call = CallId(id(6));
    for message in [
        TerminalMessage::AnswerAssist { call, granted: vec![Capability::Fill], shown: None },
        TerminalMessage::Rate { call, score: 1, reason: None },
        TerminalMessage::PaperReceived { paper: PaperId(id(5)) },
        TerminalMessage::Wiped,
    ] {
        let json = serde_json::to_value(&message).unwrap();
        assert!(serde_json::from_value::<ClerkMessage>(json.clone()).is_err(), "{json}");
    }
}

#[test]
fn ids_come_from_the_seed_and_sort_by_time() {
    let (mut a, mut b) = (IdSource::seeded(7), IdSource::seeded(7));
    let early = a.uuid(Timestamp(1_000_000));
    assert_eq!(early, b.uuid(Timestamp(1_000_000)));
    assert!(early < a.uuid(Timestamp(2_000_000)));
    assert_eq!(early.get_version_num(), 7);
}
