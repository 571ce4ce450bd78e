//! The command line, as an operator uses it.
use clap::{CommandFactory, Parser};
use serde_json::Value;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

use super::Cli;
use crate::app::open_store;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::credentials::Credentials;

/// A data folder and what was said about it.
struct Operator {
    folder: TempDir,
}

#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Operator {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With the sample's sites and catalogue.
    async fn at_work() -> Self {
        let this = Self::new();
        let file = |name: &str, text: &str| this.file(name, text).display().to_string();
        let sites = file("sites.json", include_str!("../../sample/sites.json"));
        let catalogue = file("catalogue.json", include_str!("../../sample/catalogue.json"));
        let holidays = file("holidays.json", include_str!("../../sample/holidays.json"));
        assert_eq!(this.run(&["terminal", "sites", "import", &sites]).await.unwrap(), "12 sites imported\n");
        let said = this.run(&["catalogue", "import", &catalogue, "--holidays", &holidays]).await.unwrap();
        assert_eq!(said, "version 1 is in force: 26 items\n3 years of working days imported\n");
        this
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What was said, or the error.
    async fn run(&self, args: &[&str]) -> Result<String, String> {
        let data = self.data().display().to_string();
        let all = ["cloud-window", "--data", &data].into_iter().chain(args.iter().copied());
        let cli = Cli::try_parse_from(all).map_err(|error| error.to_string())?;
        let said = Said::default();
        let done = cli.run(SystemClock::shared(), Box::new(said.clone())).await;
        done.map_err(|error| format!("{error:#}"))?;
        let said = said.0.lock().unwrap().clone();
        Ok(String::from_utf8(said).unwrap())
    }

    async fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.run(args).await.unwrap()).unwrap()
    }
}

#[test]
fn every_command_explains_itself() {
    fn walk(command: &clap::Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        assert!(command.get_about().is_some(), "{path}");
        for argument in
            command.get_arguments().filter(|one| !["help", "version"].contains(&one.get_id().as_str()))
        {
            assert!(argument.get_help().is_some(), "{path} {}", argument.get_id());
        }
        command.get_subcommands().filter(|one| one.get_name() != "help").for_each(|one| walk(one, &path));
    }
    let command = Cli::command();
    command.clone().debug_assert();
    walk(&command, "");
}

#[tokio::test]
async fn an_account_is_opened_changed_and_closed() {
    let operator = Operator::at_work().await;
    let file = operator.folder.path().join("credentials.json");
    let add = ["user", "add", "chenmin", "--number", "0312", "--name", "陈敏", "--department", "civil"];
    let more =
        ["--skills", "civil,general", "--languages", "zh,yue", "--credentials", file.to_str().unwrap()];
    let said = operator.run(&[&add[..], &more[..]].concat()).await.unwrap();
    let written: Credentials = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written.staff[0].login, "chenmin");
    assert!(!said.contains(&written.staff[0].password), "what is in the file is not printed too");
    let listed = operator.json(&["user", "list", "--json"]).await;
    assert_eq!(listed[0]["skill_groups"], serde_json::json!(["civil", "general"]));
    assert_eq!(listed[0]["roles"], serde_json::json!(["clerk"]));
    let again = operator.run(&add).await.unwrap_err();
    assert!(again.contains("exists already"), "{again}");
    operator.run(&["user", "roles", "chenmin", "--roles", "clerk,supervisor"]).await.unwrap();
    let listed = operator.json(&["user", "list", "--json"]).await;
    assert_eq!(listed[0]["roles"], serde_json::json!(["clerk", "supervisor"]));
    assert_eq!(listed[0]["skill_groups"], serde_json::json!(["civil", "general"]), "what is not given stays");
    let said = operator.run(&["user", "password", "chenmin"]).await.unwrap();
    assert!(said.contains("password"), "made up and shown once: {said}");
    operator.run(&["user", "disable", "chenmin"]).await.unwrap();
    assert_eq!(operator.json(&["user", "list", "--json"]).await[0]["disabled"], true);
    assert!(operator.run(&["user", "list"]).await.unwrap().contains("closed"));
    operator.run(&["user", "enable", "chenmin"]).await.unwrap();
    assert_eq!(operator.json(&["user", "list", "--json"]).await[0]["disabled"], false);
}

#[tokio::test]
async fn mistakes_are_explained() {
    let operator = Operator::at_work().await;
    let add = |more: &'static [&'static str]| {
        [&["user", "add", "x", "--number", "1", "--name", "x"], more].concat()
    };
    for (args, says) in [
        (add(&["--roles", "boss"]), "roles are clerk"),
        (add(&["--skills", "magic"]), "there is no skill group"),
        (add(&["--department", "magic"]), "there is no department"),
        (add(&["--languages", "tlh"]), "languages are zh"),
        (vec!["user", "add", "x", "--number", "1", "--name", "  "], "1 to 64 characters"),
        (vec!["user", "add", "x", "--number", "1\n2", "--name", "x"], "1 to 64 characters"),
        (vec!["user", "disable", "nobody"], "there is no account"),
        (vec!["user", "add", "a b", "--number", "1", "--name", "x"], "at most 64"),
        (vec!["terminal", "code", "S10", "S98", "S99"], "there is no site S98, S99"),
        (vec!["terminal", "revoke", "00000000-0000-0000-0000-000000000009"], "does not exist"),
        (vec!["terminal", "sites", "import", "/nowhere.json"], "/nowhere.json cannot be read"),
        (vec!["catalogue", "show", "9"], "no such version"),
        (vec!["verify-ledger", "--checkpoints", "/nowhere"], "no checkpoint file"),
        (vec!["--config", "/nowhere.toml", "user", "list"], "there is no file /nowhere.toml"),
    ] {
        let error = operator.run(&args).await.unwrap_err();
        assert!(error.contains(says), "{args:?}: {error}");
    }
    let elsewhere = Operator::new();
    let error = elsewhere.run(&["verify-ledger"]).await.unwrap_err();
    assert!(error.contains("there is no database"), "{error}");
    assert!(!elsewhere.data().exists(), "looking makes nothing");
    let error = elsewhere.run(&["terminal", "code", "--all"]).await.unwrap_err();
    assert!(error.contains("no sites yet"), "{error}");
}

#[tokio::test]
async fn codes_are_made_for_sites() {
    let operator = Operator::at_work().await;
    let said = operator.run(&["terminal", "code", "S10"]).await.unwrap();
    assert!(said.contains("S10") && said.contains("塱头村") && said.contains("15 minutes"), "{said}");
    let file = operator.folder.path().join("credentials.json");
    operator.run(&["terminal", "add", "--all", "--credentials", file.to_str().unwrap()]).await.unwrap();
    let written: Credentials = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written.terminals.len(), 12);
    assert_eq!(operator.json(&["terminal", "list", "--json"]).await, serde_json::json!([]));
    assert_eq!(operator.json(&["terminal", "sites", "list", "--json"]).await.as_array().unwrap().len(), 12);
}

#[tokio::test]
async fn a_wrong_catalogue_changes_nothing_and_every_error_is_listed() {
    let operator = Operator::at_work().await;
    let before = operator.json(&["catalogue", "show", "--json"]).await;
    let mut wrong: Value = serde_json::from_str(include_str!("../../sample/catalogue.json")).unwrap();
    wrong["items"][0]["department"] = "nobody".into();
    wrong["items"][1]["promised_working_days"] = (-1).into();
    let file = operator.file("wrong.json", &serde_json::to_string_pretty(&wrong).unwrap());
    let holidays = operator.file("wrong-days.json", "{\"years\": {\"2026\": {\"provisional\": 1}}}");
    let (file, holidays) = (file.to_str().unwrap(), holidays.to_str().unwrap());
    for verb in ["import", "check"] {
        let error = operator.run(&["catalogue", verb, file, "--holidays", holidays]).await.unwrap_err();
        for part in
            ["items[0].department", "items[1].promised_working_days", "years.2026.provisional", "line "]
        {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
    assert_eq!(operator.json(&["catalogue", "show", "--json"]).await, before);
    let shown = operator.run(&["catalogue", "show"]).await.unwrap();
    assert!(shown.contains("disab-living") && shown.contains("catalogue.json"), "{shown}");
    let again = operator.file("again.json", &serde_json::to_string(&before).unwrap());
    let said = operator.run(&["catalogue", "import", again.to_str().unwrap()]).await.unwrap();
    assert!(said.contains("the same already"), "what is shown can be imported: {said}");
}

#[tokio::test]
async fn a_password_that_reached_no_file_is_told_as_lost() {
    let operator = Operator::at_work().await;
    let add =
        ["user", "add", "chenmin", "--number", "0312", "--name", "陈敏", "--credentials", "/nowhere/file"];
    let error = operator.run(&add).await.unwrap_err();
    assert!(error.contains("/nowhere/file") && error.contains("user password chenmin"), "{error}");
    let said = operator.run(&["user", "password", "chenmin"]).await.unwrap();
    assert!(said.contains("can sign in with the password"), "{said}");
}

#[tokio::test]
async fn a_checkpoint_file_that_is_gone_is_a_fault_and_a_copy_of_it_is_proof() {
    let operator = Operator::at_work().await;
    operator.run(&["user", "add", "chenmin", "--number", "0312", "--name", "陈敏"]).await.unwrap();
    let config = Config { data: operator.data(), ..Config::default() };
    let clock = SystemClock::shared();
    let (store, keys) = open_store(&config, &clock).await.unwrap();
    let file = crate::app::checkpoints_file(&config.data);
    crate::store::checkpoint::seal_now(&store, &keys, &file, clock.now()).await.unwrap();
    store.close().await;
    let said = operator.run(&["verify-ledger"]).await.unwrap();
    assert!(said.contains("1 checkpoints, 1 in the file") && said.contains("everything fits"), "{said}");
    let copy = operator.folder.path().join("copy.jsonl");
    std::fs::rename(&file, &copy).unwrap();
    let error = operator.run(&["verify-ledger"]).await.unwrap_err();
    assert!(error.contains("does not fit: 1 fault"), "{error}");
    operator.run(&["verify-ledger", "--checkpoints", copy.to_str().unwrap()]).await.unwrap();
}

#[tokio::test]
async fn the_ledger_is_verified_and_a_changed_row_is_named() {
    let operator = Operator::at_work().await;
    operator.run(&["user", "add", "chenmin", "--number", "0312", "--name", "陈敏"]).await.unwrap();
    let said = operator.run(&["verify-ledger"]).await.unwrap();
    assert!(said.contains("not sealed yet: staff") && said.contains("everything fits"), "{said}");
    let report = operator.json(&["verify-ledger", "--json"]).await;
    assert_eq!((report["good"].as_bool(), report["chains"].as_u64()), (Some(true), Some(1)));
    let config = Config { data: operator.data(), ..Config::default() };
    let (store, _) = open_store(&config, &SystemClock::shared()).await.unwrap();
    assert_eq!(crate::store::testing::tamper(&store, "DELETE FROM ledger_payloads").await, 1);
    store.close().await;
    let error = operator.run(&["verify-ledger"]).await.unwrap_err();
    assert!(error.contains("does not fit: 1 fault"), "{error}");
}

#[tokio::test]
async fn layers_are_merged_and_flags_win() {
    let operator = Operator::new();
    let file = operator.file("settings.toml", "listen = \"127.0.0.1:1\"\n[desk]\nring_s = 7\n");
    let cli = ["cloud-window", "--config", file.to_str().unwrap(), "migrate"];
    let cli = Cli::try_parse_from(cli).unwrap();
    let context = super::Context {
        clock: SystemClock::shared(),
        config: cli.config,
        data: Some(operator.data()),
        out: Box::new(io::sink()),
    };
    #[derive(serde::Serialize)]
    struct Flags {
        listen: &'static str,
    }
    let config = context.config(&Config::default(), &Flags { listen: "127.0.0.1:2" }).unwrap();
    assert_eq!((config.listen.port(), config.desk.ring_s), (2, 7));
    assert_eq!(config.data, operator.data());
    assert_eq!(operator.run(&["migrate"]).await.unwrap(), "the database is at this version\n");
}

#[test]
fn the_example_of_a_deployment_is_a_good_configuration() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/config.example.toml");
    let config = crate::config::load(&Config::default(), Some(&file), &super::NoFlags {});
    config.unwrap_or_else(|error| panic!("{error}"));
}
