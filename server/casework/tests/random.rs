//! Random acts of random people: one owner always, final states final, every refusal without effect.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use casework::*;
use proptest::prelude::*;
use protocol::Timestamp;
use protocol::ids::{CaseId, HandoffId, IdSource, StaffId};
use std::time::Duration;

const NOW: Timestamp = Timestamp(1_773_195_840_000_000);

#[derive(Clone, Debug)]
enum Doing {
    Judge { who: usize, material: usize, good: bool },
    Captured { material: usize },
    Accept { who: usize },
    NotAccept { who: usize },
    Offer { who: usize, to: usize, department: bool },
    TakeOver { who: usize },
    Decline { who: usize },
    Withdraw { who: usize },
    Expire,
    Wait { minutes: u64 },
}

fn doing() -> impl Strategy<Value = Doing> {
    let who = 0usize..4;
    prop_oneof![
        3 => (who.clone(), 0usize..2, prop::bool::weighted(0.8))
            .prop_map(|(who, material, good)| Doing::Judge { who, material, good }),
        1 => (0usize..2).prop_map(|material| Doing::Captured { material }),
        2 => who.clone().prop_map(|who| Doing::Accept { who }),
        1 => who.clone().prop_map(|who| Doing::NotAccept { who }),
        3 => (who.clone(), who.clone(), any::<bool>())
            .prop_map(|(who, to, department)| Doing::Offer { who, to, department }),
        3 => who.clone().prop_map(|who| Doing::TakeOver { who }),
        1 => who.clone().prop_map(|who| Doing::Decline { who }),
        1 => who.prop_map(|who| Doing::Withdraw { who }),
        1 => Just(Doing::Expire),
        1 => (1u64..40).prop_map(|minutes| Doing::Wait { minutes }),
    ]
}

const MATERIALS: [&str; 2] = ["ID", "HK"];

/// Two of civil who may, one of civil who may not, one of elsewhere who may.
fn people(ids: &mut IdSource) -> Vec<Clerk> {
    [("civil", "civil"), ("civil", "civil"), ("civil", "social"), ("hrss", "civil")]
        .map(|(department, skill)| Clerk {
            id: StaffId(ids.uuid(NOW)),
            in_service: true,
            department: Some(department.into()),
            skill_groups: vec![skill.into()],
        })
        .to_vec()
}

struct Run {
    people: Vec<Clerk>,
    ids: IdSource,
    now: Timestamp,
    last_handoff: HandoffId,
}

impl Run {
    fn step(&mut self, case: Case, doing: &Doing) -> Result<Case, NotAllowed> {
        let version = case.matter().version;
        let act = |who: usize, run: &Self| Act { by: run.people[who].id, version, at: run.now };
        match doing {
            Doing::Judge { who, material, good } => {
                let reject = || Judgement::Reject { reason: "看不清".into() };
                let judgement = if *good { Judgement::Accept } else { reject() };
                case.in_intake()?
                    .judge(act(*who, self), &MATERIALS[*material].into(), judgement)
                    .map(Case::Intake)
            }
            Doing::Captured { material } => {
                case.in_intake()?.captured(&MATERIALS[*material].into()).map(Case::Intake)
            }
            Doing::Accept { who } => {
                let terms = Terms { promised: 5, statutory: None };
                case.in_intake()?
                    .accept(act(*who, self), terms, &WorkingCalendar::default())
                    .map(Case::Accepted)
            }
            Doing::NotAccept { who } => {
                let act = act(*who, self);
                case.in_intake()?
                    .not_accept(act, Ground::NoSuchProcedure, "不需要办理")
                    .map(Case::NotAccepted)
            }
            Doing::Offer { who, to, department } => {
                let to = if *department {
                    Target::Department { department: "civil".into() }
                } else {
                    Target::Clerk { staff: self.people[*to].id }
                };
                let id = HandoffId(self.ids.uuid(self.now));
                let offer =
                    NewOffer { id, to, reason: "交接".into(), answer_within: Duration::from_secs(1200) };
                let case = case.offer(act(*who, self), offer, &self.people)?;
                self.last_handoff = id;
                Ok(case)
            }
            Doing::TakeOver { who } => {
                case.take_over(self.last_handoff, &self.people[*who], self.now).map(|(case, _)| case)
            }
            Doing::Decline { who } => case
                .decline(self.last_handoff, &self.people[*who], "不是我的", self.now)
                .map(|(case, _)| case),
            Doing::Withdraw { who } => {
                case.withdraw(self.last_handoff, self.people[*who].id, self.now).map(|(case, _)| case)
            }
            Doing::Expire => case.expire(self.last_handoff, self.now).map(|(case, _)| case),
            Doing::Wait { minutes } => {
                self.now = self.now.plus(Duration::from_secs(60 * minutes));
                Ok(case)
            }
        }
    }
}

fn rank(case: &Case) -> (u8, bool) {
    match case {
        Case::Intake(_) => (0, false),
        Case::Accepted(_) => (1, false),
        Case::NotAccepted(_) => (2, true),
    }
}

proptest! {
    #[test]
    fn one_owner_and_nothing_goes_back(steps in prop::collection::vec(doing(), 1..60)) {
        let mut ids = IdSource::seeded(3);
        let people = people(&mut ids);
        let list = MATERIALS.map(|code| Requirement { code: code.into(), primary: code == "ID", deferrable: false });
        let matter = Matter::new(CaseId(ids.uuid(NOW)), people[0].id, "civil".into());
        let mut case = Case::Intake(Intake::open(matter, NOW, Checklist::of(list.to_vec()), None));
        let last_handoff = HandoffId(ids.uuid(NOW));
        let mut run = Run { people, ids, now: NOW, last_handoff };
        for step in &steps {
            let before = case.clone();
            let Ok(after) = run.step(case.clone(), step) else { continue };
            case = after;
            let (old, new) = (before.matter(), case.matter());
            prop_assert_eq!(old.id, new.id);
            // A version a change, and no change without one.
            prop_assert_eq!(new.version, old.version + u32::from(!matches!(step, Doing::Wait { .. })));
            // The owner is always one of those who may do the work, and changes only to whom took over.
            let owner = run.people.iter().find(|clerk| clerk.id == new.owner).unwrap();
            prop_assert!(owner.may_take(&new.skill_group).is_ok());
            if new.owner != old.owner {
                let Doing::TakeOver { who } = step else { panic!("{step:?} changed the owner") };
                prop_assert_eq!(run.people[*who].id, new.owner);
                prop_assert!(run.now < old.handoff.as_ref().unwrap().expires_at);
            }
            if let Some(offer) = &new.handoff {
                prop_assert_eq!(offer.from, new.owner, "the sender is owner while the offer stands");
            }
            let ((was, closed), (is, _)) = (rank(&before), rank(&case));
            prop_assert!(is == was || was == 0, "only intake is left");
            prop_assert!(!closed || matches!(step, Doing::Wait { .. }), "{step:?} changed a closed case");
            if let Case::Accepted(accepted) = &case {
                prop_assert!(accepted.checklist.blocked().is_empty());
            }
        }
    }
}
