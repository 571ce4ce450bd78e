//! What can be asked for.
use std::num::NonZeroU32;
use std::path::PathBuf;

/// Plays sites and clerks with real media against a server, and reports what was lost: nothing, if all is well.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "sites", version)]
pub struct Options {
    /// Start a server of its own: a second process with a temporary database, in which everybody is enrolled first.
    #[arg(long, conflicts_with_all = ["url", "credentials", "database"], required_unless_present = "url")]
    pub spawn: bool,
    /// Play against this server instead, such as http://127.0.0.1:8080.
    #[arg(long, value_name = "URL", requires = "credentials")]
    pub url: Option<String>,
    /// Who may sign in there: the file that `cloud-window demo --ready-file`, `user --credentials` and `terminal code
    /// --credentials` write.
    #[arg(long, value_name = "FILE")]
    pub credentials: Option<PathBuf>,
    /// Its database, such as sqlite://demo-data/cloud-window.db, to look for what was acknowledged; that of a demonstration
    /// on this machine is found by itself. Without it nobody can say whether anything is missing: see --unverified.
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Play although no database can be read: whether what was acknowledged is there stays unknown, and is not held against
    /// the run.
    #[arg(long, conflicts_with_all = ["spawn", "database"])]
    pub unverified: bool,
    /// How many sites call, one terminal each.
    #[arg(long, value_name = "N", default_value = "12")]
    pub sites: NonZeroU32,
    /// How many clerks answer.
    #[arg(long, value_name = "N", default_value = "6")]
    pub clerks: NonZeroU32,
    /// How many calls each site makes, one after the other.
    #[arg(long, value_name = "N", default_value = "5")]
    pub calls_per_site: NonZeroU32,
    /// How long each call lasts at least, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 8.0, value_parser = talk)]
    pub talk: f32,
    /// Decides who asks for what and to whom cases are offered: the same seed asks for the same.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Where the report goes; else to standard output.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

impl Options {
    /// How many calls are to be made.
    #[must_use]
    pub fn calls(&self) -> u32 {
        self.sites.get().saturating_mul(self.calls_per_site.get())
    }
}

fn talk(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("must be in 0..=3600 seconds".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn one_way_to_a_server_is_needed() {
        let parse = |args: &str| Options::try_parse_from(format!("sites {args}").split_whitespace());
        assert!(parse("").is_err());
        assert!(parse("--url http://127.0.0.1:1").is_err());
        assert!(parse("--spawn --url http://127.0.0.1:1 --credentials f").is_err());
        assert!(parse("--spawn --sites 0").is_err() && parse("--spawn --talk -1").is_err());
        assert_eq!(parse("--spawn --sites 3 --calls-per-site 2").unwrap().calls(), 6);
        assert!(parse("--spawn --unverified").is_err());
        assert!(parse("--url http://127.0.0.1:1 --credentials f --unverified").unwrap().unverified);
        parse("--url http://127.0.0.1:1 --credentials f --database sqlite://x").unwrap();
    }
}
