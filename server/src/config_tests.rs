use super::*;
use serde_json::json;

fn load_from(toml: &str, flags: &serde_json::Value) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("window.toml");
    std::fs::write(&file, toml).unwrap();
    load(&Config::default(), Some(&file), flags)
}

fn mistakes(toml: &str) -> Vec<(String, String)> {
    load_from(toml, &json!({})).unwrap_err().0.into_iter().map(|m| (m.field, m.source)).collect()
}

#[test]
fn later_layers_win() {
    let config =
        load_from("help_line = \"1\"\n[desk]\nring_s = 7", &json!({"listen": "127.0.0.1:1"})).unwrap();
    assert_eq!(config.help_line, "1");
    assert_eq!(config.desk.ring_s, 7);
    assert_eq!(config.desk.wrap_up_s, 120, "what is not said keeps its default");
    assert_eq!(config.listen.port(), 1);
    let config = load_from("listen = \"127.0.0.1:2\"", &json!({"listen": "127.0.0.1:1"})).unwrap();
    assert_eq!(config.listen.port(), 1, "a flag beats the file");
}

#[test]
fn a_mistake_names_its_field_and_its_file() {
    let wrong = mistakes("lisen = \"127.0.0.1:1\"");
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0].0, "lisen");
    assert!(wrong[0].1.starts_with("file ") && wrong[0].1.ends_with("window.toml"), "{wrong:?}");
    assert_eq!(mistakes("listen = \"nonsense\"")[0].0, "listen");
}

#[test]
fn every_mistake_is_named_at_once() {
    let wrong = mistakes("tls_cert = \"a.pem\"\norigins = [\"example.org\"]\n[desk]\nring_s = 0");
    let fields: Vec<_> = wrong.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["tls_cert", "origins", "desk.ring_s"]);
}

#[test]
fn a_flag_is_named_as_such() {
    let error = load(&Config::default(), None, &json!({"connections_per_address": 1})).unwrap_err();
    assert_eq!(error.0[0].source, "command line");
}

#[test]
fn a_missing_file_is_an_error() {
    let error = load(&Config::default(), Some(Path::new("/nowhere.toml")), &json!({})).unwrap_err();
    assert!(error.to_string().contains("/nowhere.toml"));
}

#[test]
fn secrets_do_not_show_themselves() {
    let config = load_from("database_url = \"postgres://u:hunter2@h/d\"", &json!({})).unwrap();
    assert_eq!(config.database(), "postgres://u:hunter2@h/d");
    assert!(!format!("{config:?}").contains("hunter2"));
    let error = load_from("database_url = [\"hunter2\"]", &json!({})).unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn opening_hours_are_half_open() {
    let hours = Config::default().hours;
    assert!(hours.open_at(1, 9 * 60));
    assert!(!hours.open_at(1, 17 * 60));
    assert!(!hours.open_at(6, 10 * 60));
    assert!(Hours::always().open_at(7, 24 * 60 - 1));
}

#[test]
fn origins_are_origins() {
    assert!(is_origin("https://window.example"));
    assert!(is_origin("http://127.0.0.1:8080"));
    for bad in ["https://a/", "https://a/x", "ftp://a", "a", "https://u@a"] {
        assert!(!is_origin(bad), "{bad}");
    }
}
