//! Which act leads where, and why not.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use casework::*;
use protocol::Timestamp;
use protocol::ids::{CaseId, HandoffId, IdSource, StaffId};
use std::time::Duration;

const NOW: Timestamp = Timestamp(1_773_195_840_000_000);
const TERMS: Terms = Terms { promised: 20, statutory: None };

struct World {
    owner: StaffId,
    colleague: Clerk,
    stranger: Clerk,
    handoff: HandoffId,
    ids: IdSource,
}

impl World {
    fn new() -> Self {
        let mut ids = IdSource::seeded(7);
        let mut staff = || StaffId(ids.uuid(NOW));
        let (owner, colleague, stranger) = (staff(), staff(), staff());
        let clerk = |id, department: &str, skill: &str| Clerk {
            id,
            in_service: true,
            department: Some(department.into()),
            skill_groups: vec![skill.into()],
        };
        Self {
            owner,
            colleague: clerk(colleague, "civil", "civil"),
            stranger: clerk(stranger, "hrss", "social"),
            handoff: HandoffId(ids.uuid(NOW)),
            ids,
        }
    }

    fn intake(&mut self) -> Intake {
        let needs = |code: &str, primary, deferrable| Requirement { code: code.into(), primary, deferrable };
        let list = vec![needs("ID", true, false), needs("HK", false, true), needs("VC", false, false)];
        let matter = Matter::new(CaseId(self.ids.uuid(NOW)), self.owner, "civil".into());
        Intake::open(matter, NOW, Checklist::of(list), None)
    }

    fn act(&self, version: u32) -> Act {
        Act { by: self.owner, version, at: NOW }
    }

    fn complete(&mut self) -> Intake {
        let mut case = self.intake();
        for code in ["ID", "HK", "VC"] {
            let act = self.act(case.matter.version);
            case = case.judge(act, &code.into(), Judgement::Accept).unwrap();
        }
        case
    }

    fn offer_to(&self, to: Target) -> NewOffer {
        NewOffer {
            id: self.handoff, to, reason: "下班交接".into(), answer_within: Duration::from_secs(1800)
        }
    }

    fn people(&self) -> [Clerk; 2] {
        [self.colleague.clone(), self.stranger.clone()]
    }

    fn offered(&mut self) -> Case {
        let case = Case::Intake(self.intake());
        let offer = self.offer_to(Target::Clerk { staff: self.colleague.id });
        case.offer(self.act(1), offer, &self.people()).unwrap()
    }
}

fn later(minutes: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(60 * minutes))
}

#[test]
fn acceptance_names_everything_in_the_way() {
    let mut world = World::new();
    let case = world.intake().captured(&"ID".into()).unwrap();
    let refused = case.clone().accept(world.act(2), TERMS, &WorkingCalendar::default()).unwrap_err();
    let blocked = |material: &str, why| Blocked { material: material.into(), why };
    let NotAllowed::Materials(materials) = refused else { panic!("{refused}") };
    assert_eq!(
        materials,
        [
            blocked("ID", Blocking::NotJudged),
            blocked("HK", Blocking::MissingDeferrable),
            blocked("VC", Blocking::Missing),
        ]
    );
    assert_eq!(world.intake().blocked()[0], blocked("ID", Blocking::PrimaryMissing));
    let reason = "照片太暗".to_owned();
    let case = case.judge(world.act(2), &"ID".into(), Judgement::Reject { reason }).unwrap();
    assert_eq!(case.blocked()[0], blocked("ID", Blocking::Rejected));
}

#[test]
fn a_complete_case_is_accepted_and_the_clock_starts() {
    let mut world = World::new();
    let accepted = world.complete().accept(world.act(4), TERMS, &WorkingCalendar::default()).unwrap();
    assert_eq!((accepted.matter.version, accepted.accepted_by, accepted.accepted_at), (5, world.owner, NOW));
    assert_eq!(accepted.deadlines.promised.from, day_of(NOW));
    assert_eq!(Case::Accepted(accepted).in_intake().unwrap_err(), NotAllowed::NotInIntake);
}

#[test]
fn a_new_still_undoes_an_old_judgement() {
    let mut world = World::new();
    let case = world.complete().captured(&"ID".into()).unwrap();
    assert_eq!(case.blocked(), [Blocked { material: "ID".into(), why: Blocking::NotJudged }]);
}

#[test]
fn who_is_not_the_owner_or_saw_an_older_version_changes_nothing() {
    let mut world = World::new();
    let calendar = WorkingCalendar::default();
    let case = world.complete();
    let stale = case.clone().accept(world.act(3), TERMS, &calendar).unwrap_err();
    assert_eq!(stale, NotAllowed::Stale { now: 4, based_on: 3 });
    let other = Act { by: world.colleague.id, ..world.act(4) };
    assert_eq!(case.clone().accept(other, TERMS, &calendar).unwrap_err(), NotAllowed::NotOwner);
    assert_eq!(case.clone().judge(other, &"ID".into(), Judgement::Leave).unwrap_err(), NotAllowed::NotOwner);
    assert_eq!(
        case.clone().not_accept(other, Ground::NoSuchProcedure, "x").unwrap_err(),
        NotAllowed::NotOwner
    );
    let offer = world.offer_to(Target::Clerk { staff: world.stranger.id });
    assert_eq!(Case::Intake(case).offer(other, offer, &world.people()).unwrap_err(), NotAllowed::NotOwner);
}

#[test]
fn another_authoritys_matter_cannot_be_accepted_only_not_accepted() {
    let mut world = World::new();
    let case = Intake { competent_elsewhere: Some("退役军人事务局".into()), ..world.complete() };
    let refused = case.clone().accept(world.act(4), TERMS, &WorkingCalendar::default()).unwrap_err();
    assert_eq!(refused, NotAllowed::OtherAuthority("退役军人事务局".into()));
    let ground = Ground::OtherAuthority { authority: " 退役军人事务局 ".into() };
    let refused = case.not_accept(world.act(4), ground, "由其受理").unwrap();
    assert_eq!(refused.ground, Ground::OtherAuthority { authority: "退役军人事务局".into() });
}

#[test]
fn non_acceptance_needs_words_and_an_authority() {
    let mut world = World::new();
    let case = world.intake();
    let of = |ground, text: &str| {
        case.clone().not_accept(Act { by: case.matter.owner, version: 1, at: NOW }, ground, text)
    };
    assert_eq!(of(Ground::NoSuchProcedure, "  ").unwrap_err(), NotAllowed::ReasonMissing);
    let nameless = Ground::OtherAuthority { authority: String::new() };
    assert_eq!(of(nameless, "x").unwrap_err(), NotAllowed::AuthorityMissing);
    assert_eq!(of(Ground::NoSuchProcedure, &"长".repeat(501)).unwrap_err(), NotAllowed::TooLong(500));
    for unseen in ["不需要\u{0}办理", "a\u{1b}[2J", "\u{202e}理办要需不", "a\u{2066}b"] {
        assert_eq!(of(Ground::NoSuchProcedure, unseen).unwrap_err(), NotAllowed::Unreadable, "{unseen:?}");
    }
    assert!(of(Ground::NoSuchProcedure, "不需要办理。\n请放心。").is_ok());
}

#[test]
fn the_sender_stays_owner_until_somebody_takes_over() {
    let mut world = World::new();
    let case = world.offered();
    assert_eq!((case.matter().owner, case.matter().version), (world.owner, 2));
    let (taken, ended) = case.take_over(world.handoff, &world.colleague, later(29)).unwrap();
    assert_eq!((taken.matter().owner, taken.matter().version), (world.colleague.id, 3));
    assert_eq!(ended.outcome, Outcome::Accepted { by: world.colleague.id });
    assert!(taken.matter().handoff.is_none());
    let again = taken.take_over(world.handoff, &world.colleague, later(29)).unwrap_err();
    assert_eq!(again, NotAllowed::HandoffGone);
}

#[test]
fn refusal_expiry_and_withdrawal_leave_the_owner() {
    let mut world = World::new();
    let case = world.offered();
    let handoff = world.handoff;
    let ways = [
        case.clone().decline(handoff, &world.colleague, "材料不在我处", later(1)),
        case.clone().expire(handoff, later(30)),
        case.clone().withdraw(handoff, world.owner, later(1)),
    ];
    for way in ways {
        let (after, _) = way.unwrap();
        assert_eq!((after.matter().owner, after.matter().version), (world.owner, 3));
        assert!(after.matter().handoff.is_none());
    }
    assert_eq!(case.clone().expire(handoff, later(29)).unwrap_err(), NotAllowed::NotYet);
    assert_eq!(case.clone().withdraw(handoff, world.colleague.id, NOW).unwrap_err(), NotAllowed::NotOwner);
    let wordless = case.clone().decline(handoff, &world.colleague, " ", NOW).unwrap_err();
    assert_eq!(wordless, NotAllowed::ReasonMissing);
    assert_eq!(case.take_over(handoff, &world.colleague, later(30)).unwrap_err(), NotAllowed::HandoffExpired);
}

#[test]
fn nobody_is_handed_work_they_may_not_do() {
    let mut world = World::new();
    let case = Case::Intake(world.intake());
    let mut gone = world.colleague.clone();
    gone.in_service = false;
    let of = |to, people: &[Clerk]| case.clone().offer(world.act(1), world.offer_to(to), people).unwrap_err();
    let clerk = |staff| Target::Clerk { staff };
    let department = |code: &str| Target::Department { department: code.into() };
    assert_eq!(of(clerk(world.stranger.id), &world.people()), NotAllowed::LacksSkill("civil".into()));
    assert_eq!(of(clerk(world.owner), &world.people()), NotAllowed::ToOneself);
    assert_eq!(of(clerk(gone.id), &[gone.clone()]), NotAllowed::NotInService);
    assert_eq!(of(department("hrss"), &world.people()), NotAllowed::NobodyEntitled("civil".into()));
    assert_eq!(of(department("civil"), &[gone]), NotAllowed::NobodyEntitled("civil".into()));
    // A skill that is lost between offer and answer counts.
    let case = world.offered();
    world.colleague.skill_groups.clear();
    let refused = case.take_over(world.handoff, &world.colleague, NOW).unwrap_err();
    assert_eq!(refused, NotAllowed::LacksSkill("civil".into()));
}

#[test]
fn a_department_is_answered_by_one_of_its_own_clerks_and_never_by_the_sender() {
    let mut world = World::new();
    let offer = world.offer_to(Target::Department { department: "civil".into() });
    let case = Case::Intake(world.intake()).offer(world.act(1), offer, &world.people()).unwrap();
    let sender = Clerk { id: world.owner, ..world.colleague.clone() };
    for other in [&world.stranger, &sender] {
        assert_eq!(case.clone().take_over(world.handoff, other, NOW).unwrap_err(), NotAllowed::NotForThem);
    }
    assert!(case.take_over(world.handoff, &world.colleague, NOW).is_ok());
}

#[test]
fn a_case_on_offer_is_not_decided_and_not_offered_twice() {
    let mut world = World::new();
    let case = world.offered();
    let to = Target::Clerk { staff: world.colleague.id };
    let again = case.clone().offer(world.act(2), world.offer_to(to), &world.people()).unwrap_err();
    assert_eq!(again, NotAllowed::HandoffOpen);
    let intake = case.in_intake().unwrap();
    let decided = intake.not_accept(world.act(2), Ground::NoSuchProcedure, "x").unwrap_err();
    assert_eq!(decided, NotAllowed::HandoffOpen);
}

#[test]
fn a_refused_case_is_closed() {
    let mut world = World::new();
    let case = world.intake().not_accept(world.act(1), Ground::NoSuchProcedure, "不需要办理").unwrap();
    let offer = world.offer_to(Target::Clerk { staff: world.colleague.id });
    let refused = Case::NotAccepted(case).offer(world.act(2), offer, &world.people()).unwrap_err();
    assert_eq!(refused, NotAllowed::Closed);
}

#[test]
fn who_accepts_after_the_five_days_accepts_from_receipt() {
    let mut world = World::new();
    let calendar = WorkingCalendar::default();
    let clock = IntakeClock::from_receipt(NOW, &calendar);
    let at = |day: jiff::civil::Date| {
        let noon = end_of_day(day).0 - 12 * 3_600_000_000;
        Act { at: Timestamp(noon), ..world.act(4) }
    };
    let (in_time, late) = (at(clock.notice_due.due), at(clock.notice_due.due.tomorrow().unwrap()));
    let declared = world.complete().accept(in_time, TERMS, &calendar).unwrap();
    assert_eq!((declared.basis, declared.accepted_at), (Basis::Declared, in_time.at));
    let deemed = world.complete().accept(late, TERMS, &calendar).unwrap();
    assert_eq!((deemed.basis, deemed.accepted_at, deemed.accepted_by), (Basis::Deemed, NOW, world.owner));
    assert_eq!(deemed.deadlines, Deadlines::from_acceptance(NOW, TERMS, &calendar));
    assert!(
        deemed.deadlines.due() < declared.deadlines.due(),
        "silence costs the authority, not the citizen"
    );
}

#[test]
fn only_what_was_provisional_is_reckoned_anew_and_only_if_it_moves() {
    let mut world = World::new();
    let unpublished = WorkingCalendar::default();
    let days_off = |year: i16, day: jiff::civil::Date| {
        let holidays = Span::new(day, day).into_iter().collect();
        let rules = PublishedYear { provisional: false, holidays, working: vec![] };
        WorkingCalendar::new(&[(year, rules)].into()).unwrap()
    };
    let year = day_of(NOW).year();
    let accepted = world.complete().accept(world.act(4), TERMS, &unpublished).unwrap();
    assert!(accepted.deadlines.provisional());
    let due = accepted.deadlines.due();
    let case = Case::Accepted(accepted);
    let published = days_off(year, due);
    let moved = case.clone().reckoned_anew(&published).unwrap();
    let Case::Accepted(moved) = moved else { panic!("still accepted") };
    assert_eq!((moved.matter.version, moved.matter.owner), (6, world.owner));
    assert!(moved.deadlines.due() > due && !moved.deadlines.provisional());
    let again = Case::Accepted(moved).reckoned_anew(&days_off(year, due.tomorrow().unwrap())).unwrap_err();
    assert_eq!(again, NotAllowed::NothingMoves, "what was published stands");
    assert_eq!(case.reckoned_anew(&unpublished).unwrap_err(), NotAllowed::NothingMoves);
    let intake = Case::Intake(world.complete());
    assert_eq!(intake.reckoned_anew(&published).unwrap_err(), NotAllowed::NothingMoves);
}
