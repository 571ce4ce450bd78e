//! The law of cases: states, deadlines, working days, checklists, handoffs.
//!
//! # Contract
//! Everything here is a value. A transition takes the state it starts from *by value* and gives either the next state or a
//! [`NotAllowed`] that says why; what a state does not have, it has no field for. There is no clock: each act names its
//! moment. Days are counted where the window stands, in China's one time zone ([`day_of`]).
//!
//! - A case has exactly one owner at every instant; only [`Case::take_over`] changes it.
//! - Every change raises [`Matter::version`] by one; an act based on an older version is [`NotAllowed::Stale`].
//! - Acceptance starts the clock; intake has no legal effect beyond the five working days of [`IntakeClock`].
//! - Non-acceptance has two grounds and no third: papers that are missing are never one.
//!
//! ```
//! use casework::{Act, Blocking, Case, Checklist, Matter, NotAllowed, Requirement, Terms, WorkingCalendar};
//! use protocol::{Timestamp, ids::{CaseId, IdSource, StaffId}};
//!
//! let (mut ids, now) = (IdSource::seeded(1), Timestamp(1_773_195_840_000_000));
//! let owner = StaffId(ids.uuid(now));
//! let id_card = Requirement { code: "ID".into(), primary: true, deferrable: false };
//! let matter = Matter::new(CaseId(ids.uuid(now)), owner, "civil".into());
//! let case = casework::Intake::open(matter, now, Checklist::of(vec![id_card]), None);
//!
//! let act = Act { by: owner, version: 1, at: now };
//! let terms = Terms { promised: 20, statutory: None };
//! let refused = case.accept(act, terms, &WorkingCalendar::default()).unwrap_err();
//! assert!(matches!(refused, NotAllowed::Materials(m) if m[0].why == Blocking::PrimaryMissing));
//! ```
mod calendar;
mod case;
mod checklist;
mod deadline;
mod handoff;
mod identity;
mod refusal;

pub use calendar::{CalendarError, PublishedYear, Reckoning, Span, WorkingCalendar, day_of, end_of_day};
pub use case::{Accepted, Act, Basis, Case, Ground, Intake, Matter, NotAccepted};
pub use checklist::{Blocked, Blocking, Checklist, Judgement, MaterialRow, MaterialStatus, Requirement};
pub use deadline::{Deadlines, IntakeClock, Terms};
pub use handoff::{Clerk, Ended, MayTake, NewOffer, Offer, Outcome, Target};
pub use identity::{IdNumber, IdNumberError, Phone, PhoneError, mask_name};
pub use refusal::NotAllowed;
