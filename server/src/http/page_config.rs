//! `GET /page-config`.
use axum::extract::State;
use casework::WorkingCalendar;
use protocol::{PROTOCOL_VERSION, SiteView, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{AppState, next_open, open_now};
use crate::config::ConsentQuestion;
use crate::demo::DemoLogin;
use crate::http::extract::Json;
use crate::problem::Problem;
use crate::store::{calendar, sites};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(page_config))
}

/// What every page must know before anybody signs in.
#[derive(Serialize, ToSchema)]
struct PageConfig {
    /// The server's version.
    version: &'static str,
    /// The protocol spoken on `/ws`; a page of another one reloads itself.
    protocol: u32,
    /// The telephone number for urgent matters.
    help_line: String,
    /// The authority whose window this is, as it stands on papers.
    authority: String,
    /// Questions of consent, only for what is really done.
    consents: Vec<ConsentQuestion>,
    /// When the window is open.
    hours: OpeningHours,
    /// Whole minutes east of UTC of the window's own clock: every time that is shown or printed is told by it.
    utc_offset_minutes: i32,
    /// How long a clerk may be away before a call ends, in seconds.
    clerk_grace_s: u32,
    /// How long a terminal may be away before its ticket or call ends, in seconds.
    terminal_grace_s: u32,
    /// This is a demonstration: default accounts exist, and every page says so.
    demo: bool,
    /// In a demonstration: the sites that a kiosk may choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    demo_sites: Option<Vec<SiteView>>,
    /// In a demonstration: who may sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    demo_staff: Option<Vec<DemoLogin>>,
}

/// When the window is open.
#[derive(Serialize, ToSchema)]
struct OpeningHours {
    /// At this moment.
    open: bool,
    /// First minute, `HH:MM`.
    from: String,
    /// First minute after, `HH:MM`.
    to: String,
    /// Days of the week; Monday is 1.
    weekdays: Vec<u8>,
    /// When it opens again, in microseconds since 1970, UTC; only while it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    next_open: Option<Timestamp>,
}

/// What a page must know before anybody signs in.
#[utoipa::path(get, path = "/page-config", tag = "pages", security(()), responses(
    (status = 200, description = "for kiosk and desk alike", body = PageConfig),
))]
async fn page_config(State(state): State<AppState>) -> Result<Json<PageConfig>, Problem> {
    let config = &state.config;
    let demo_sites = match &state.showroom {
        None => None,
        Some(_) => {
            let all = sites::list(&state.store).await.map_err(|error| Problem::internal(&error))?;
            Some(all.into_iter().filter(|site| site.hub == sites::MAIN_HUB).map(|site| site.view).collect())
        }
    };
    let hours = &config.hours;
    let (calendar, now) = (working_days(&state).await, state.clock.now());
    Ok(Json(PageConfig {
        version: env!("CARGO_PKG_VERSION"),
        protocol: PROTOCOL_VERSION,
        help_line: config.help_line.clone(),
        authority: config.authority.clone(),
        consents: config.consents.clone(),
        hours: OpeningHours {
            open: open_now(config, calendar.as_ref(), now),
            from: hours.from.clone(),
            to: hours.to.clone(),
            weekdays: hours.weekdays.clone(),
            next_open: next_open(config, calendar.as_ref(), now),
        },
        utc_offset_minutes: config.desk.utc_offset_minutes,
        clerk_grace_s: config.desk.clerk_grace_s,
        terminal_grace_s: config.desk.terminal_grace_s,
        demo: state.showroom.is_some(),
        demo_sites,
        demo_staff: state.showroom.as_ref().map(|room| room.staff.clone()),
    }))
}

/// The holiday calendar, if one was imported and can be read: without it the weekdays alone decide.
async fn working_days(state: &AppState) -> Option<WorkingCalendar> {
    let years = calendar::load(&state.store).await.ok()?;
    let years = years.into_iter().map(|year| {
        let mut body = year.body;
        body["provisional"] = year.provisional.into();
        serde_json::from_value(body).ok().map(|rules| (year.year, rules))
    });
    WorkingCalendar::new(&years.collect::<Option<_>>()?).ok()
}
