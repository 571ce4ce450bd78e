//! What the server was told: defaults, then a TOML file, then `CLOUD_WINDOW_*` from the environment, then flags.
//! Later layers win. Everything is checked once, here; a mistake names its field and the layer it came from.
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use protocol::ConsentPurpose;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The prefix of environment variables: `CLOUD_WINDOW_LISTEN` is `listen`, `CLOUD_WINDOW_DESK__RING_S` is `desk.ring_s`.
pub const ENV_PREFIX: &str = "CLOUD_WINDOW_";

/// What else begins with the prefix and belongs to others: the flag `--config`, and where tests and pages find the server.
const NOT_FIELDS: [&str; 3] = ["config", "binary", "url"];

/// Everything a deployment may decide.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the database, keys, checkpoints and stills lie.
    pub data: PathBuf,
    /// Another database than the SQLite file in the data folder.
    pub database_url: Option<Secret>,
    /// Where pages, REST and WebSocket are served. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Origins from which `/ws` may be opened, such as `https://window.example.gov.cn`. Empty: only the origin with
    /// the host that was asked for and the scheme that is served here; so behind a proxy that ends TLS it must be named.
    pub origins: Vec<String>,
    /// Where `/metrics` is served; none: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Certificate chain (PEM) for HTTPS.
    pub tls_cert: Option<PathBuf>,
    /// Its private key (PEM).
    pub tls_key: Option<PathBuf>,
    /// Media, UDP.
    pub media_listen: SocketAddr,
    /// The addresses under which clients reach media; empty: those of `media_listen`, or of this machine.
    pub media_public: Vec<IpAddr>,
    /// Open connections that one address may have.
    pub connections_per_address: u32,
    /// How long a drain waits for calls before it stops.
    pub drain_limit_s: u32,
    /// The authority that stands on papers.
    pub authority: String,
    /// The telephone number that every page shows.
    pub help_line: String,
    /// Folders in which the Chinese fonts of papers are looked for.
    pub fonts: Vec<PathBuf>,
    /// Consent questions that are asked: only for what is really done.
    pub consents: Vec<ConsentQuestion>,
    /// When the window is open.
    pub hours: Hours,
    /// Queues and time-outs.
    pub desk: DeskRules,
    /// Logs.
    pub log: Log,
}

/// One consent question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentQuestion {
    /// What is asked for.
    #[schema(value_type = String, example = "recording")]
    pub purpose: ConsentPurpose,
    /// The version of the text that is shown; stored with the answer.
    pub text_version: String,
    /// For how many months what is recorded is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_months: Option<u16>,
}

/// Opening hours, in the zone of `desk.utc_offset_minutes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// First minute, `HH:MM`.
    pub from: String,
    /// First minute after, `HH:MM`; `24:00` is midnight.
    pub to: String,
    /// Monday is 1.
    pub weekdays: Vec<u8>,
}

/// Queues and time-outs; what is not said here is usual (see `desk::Policy`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskRules {
    /// The skill group that takes those who only want to ask.
    pub guide: String,
    /// Minutes east of UTC.
    pub utc_offset_minutes: i32,
    /// Seconds a ring waits.
    pub ring_s: u32,
    /// Seconds a clerk may be away.
    pub clerk_grace_s: u32,
    /// Seconds a terminal may be away.
    pub terminal_grace_s: u32,
    /// Seconds a question for assistance waits.
    pub ask_s: u32,
    /// Seconds of wrap-up.
    pub wrap_up_s: u32,
}

/// Logs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// What is logged, such as `info` or `cloud_window=debug,info`.
    pub filter: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

/// A value that never shows itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value, for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            database_url: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            origins: Vec::new(),
            metrics_listen: Some(SocketAddr::from(([127, 0, 0, 1], 9464))),
            tls_cert: None,
            tls_key: None,
            media_listen: SocketAddr::from(([0, 0, 0, 0], 40000)),
            media_public: Vec::new(),
            connections_per_address: 512,
            drain_limit_s: 1800,
            authority: "区政务服务中心".to_owned(),
            help_line: "12345".to_owned(),
            fonts: crate::papers::Papers::usual_folders(),
            consents: Vec::new(),
            hours: Hours { from: "09:00".into(), to: "17:00".into(), weekdays: vec![1, 2, 3, 4, 5] },
            desk: DeskRules {
                guide: "general".to_owned(),
                utc_offset_minutes: 480,
                ring_s: 25,
                clerk_grace_s: 30,
                terminal_grace_s: 120,
                ask_s: 30,
                wrap_up_s: 120,
            },
            log: Log { filter: "info".to_owned(), json: false },
        }
    }
}

impl Hours {
    /// Whether the window is open at a weekday (Monday 1) and minute of the day.
    #[must_use]
    pub fn open_at(&self, weekday: u8, minute: u32) -> bool {
        let (Some(from), Some(to)) = (minutes(&self.from), minutes(&self.to)) else { return false };
        self.weekdays.contains(&weekday) && (from..to).contains(&minute)
    }

    /// Open day and night.
    #[must_use]
    pub fn always() -> Self {
        Self { from: "00:00".into(), to: "24:00".into(), weekdays: (1..=7).collect() }
    }
}

impl Config {
    /// Where the database is.
    #[must_use]
    pub fn database(&self) -> String {
        match &self.database_url {
            Some(url) => url.reveal().to_owned(),
            None => crate::store::Store::sqlite_url(&self.data.join("cloud-window.db")),
        }
    }

    /// Whether HTTPS is served.
    #[must_use]
    pub fn tls(&self) -> bool {
        self.tls_cert.is_some()
    }

    /// How long a drain waits.
    #[must_use]
    pub fn drain_limit(&self) -> Duration {
        Duration::from_secs(self.drain_limit_s.into())
    }
}

/// What is wrong with the configuration: everything, not only the first.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is wrong:{}", .0.iter().map(|m| format!("\n  {m}")).collect::<String>())]
pub struct ConfigError(pub Vec<Mistake>);

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field, such as `desk.ring_s`.
    pub field: String,
    /// The layer it came from.
    pub source: String,
    /// What is wrong.
    pub detail: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, source, detail } = self;
        if field.is_empty() {
            write!(f, "{detail} ({source})")
        } else {
            write!(f, "{field}: {detail} ({source})")
        }
    }
}

/// Reads all layers. `flags` holds what was given on the command line, nothing else.
///
/// # Errors
/// Every field that is wrong, with the layer it came from.
pub fn load(base: &Config, file: Option<&Path>, flags: &impl Serialize) -> Result<Config, ConfigError> {
    let mut layers = Figment::from(Serialized::defaults(base));
    if let Some(file) = file {
        if !file.is_file() {
            return Err(ConfigError(vec![Mistake {
                field: String::new(),
                source: "flag --config".to_owned(),
                detail: format!("there is no file {}", file.display()),
            }]));
        }
        layers = layers.merge(Toml::file_exact(file));
    }
    layers = layers.merge(Env::prefixed(ENV_PREFIX).ignore(&NOT_FIELDS).split("__")).merge(FlagLayer(flags));
    let config: Config =
        layers.extract().map_err(|e| ConfigError(e.into_iter().map(|one| mistake(&one)).collect()))?;
    let wrong = check(&config, &layers);
    if wrong.is_empty() { Ok(config) } else { Err(ConfigError(wrong)) }
}

struct FlagLayer<'a, T>(&'a T);

impl<T: Serialize> figment::Provider for FlagLayer<'_, T> {
    fn metadata(&self) -> figment::Metadata {
        figment::Metadata::named("command line flag")
    }
    fn data(&self) -> Result<figment::value::Map<figment::Profile, figment::value::Dict>, figment::Error> {
        Serialized::defaults(self.0).data()
    }
}

fn mistake(error: &figment::Error) -> Mistake {
    let field = match &error.kind {
        figment::error::Kind::UnknownField(name, _) => name.clone(),
        _ => error.path.join("."),
    };
    // A secret may have been put into the wrong shape; its value is not repeated.
    let detail = if field == "database_url" { "must be a text".to_owned() } else { error.kind.to_string() };
    Mistake { field, source: source(error.metadata.as_ref()), detail }
}

fn source(metadata: Option<&figment::Metadata>) -> String {
    match metadata {
        None => "default".to_owned(),
        Some(m) => match m.source.as_ref().and_then(figment::Source::file_path) {
            Some(path) => format!("file {}", path.display()),
            None if m.name.contains("environment") => format!("environment {ENV_PREFIX}*"),
            None if m.name.contains("flag") => "command line".to_owned(),
            None => "default".to_owned(),
        },
    }
}

fn check(config: &Config, layers: &Figment) -> Vec<Mistake> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, field: &str, detail: &str| {
        if !holds {
            let source = source(layers.find_metadata(field));
            wrong.push(Mistake { field: field.to_owned(), source, detail: detail.to_owned() });
        }
    };
    must(!config.data.as_os_str().is_empty(), "data", "must name a folder");
    must(config.tls_cert.is_none() || config.tls_key.is_some(), "tls_cert", "needs tls_key beside it");
    must(config.tls_key.is_none() || config.tls_cert.is_some(), "tls_key", "needs tls_cert beside it");
    must(
        config.connections_per_address >= 8,
        "connections_per_address",
        "must be at least 8: one page opens several",
    );
    must(
        config.metrics_listen.is_none_or(|m| m.port() == 0 || m != config.listen),
        "metrics_listen",
        "must differ from listen",
    );
    must(
        config.origins.iter().all(|o| is_origin(o)),
        "origins",
        "each must be like https://host or https://host:port",
    );
    must(!config.desk.guide.is_empty(), "desk.guide", "must name a skill group");
    must(
        (-720..=840).contains(&config.desk.utc_offset_minutes),
        "desk.utc_offset_minutes",
        "must be in -720..=840",
    );
    let d = &config.desk;
    for (field, value) in [
        ("desk.ring_s", d.ring_s),
        ("desk.clerk_grace_s", d.clerk_grace_s),
        ("desk.terminal_grace_s", d.terminal_grace_s),
        ("desk.ask_s", d.ask_s),
        ("desk.wrap_up_s", d.wrap_up_s),
    ] {
        must((1..=3600).contains(&value), field, "must be in 1..=3600 seconds");
    }
    must(
        minutes(&config.hours.from).zip(minutes(&config.hours.to)).is_some_and(|(from, to)| from < to),
        "hours",
        "from and to must be HH:MM and in order",
    );
    must(
        config.hours.weekdays.iter().all(|d| (1..=7).contains(d)),
        "hours.weekdays",
        "Monday is 1, Sunday is 7",
    );
    must(
        config.log.filter.parse::<tracing_subscriber::filter::Targets>().is_ok(),
        "log.filter",
        "must be like info or cloud_window=debug,info",
    );
    wrong
}

fn is_origin(text: &str) -> bool {
    text.parse::<axum::http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|a| !a.as_str().contains('@'))
            && !text.ends_with('/')
            && uri.path_and_query().is_none_or(|p| p.as_str() == "/")
    })
}

fn minutes(text: &str) -> Option<u32> {
    let (h, m) = text.split_once(':')?;
    let (h, m) = (h.parse::<u32>().ok()?, m.parse::<u32>().ok()?);
    (m < 60 && h * 60 + m <= 24 * 60 && text.len() == 5).then_some(h * 60 + m)
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
