//! The file with which the load tool and the browser tests sign in: written by `demo` whole and by `user` and `terminal`
//! piece by piece. It holds secrets, so only its owner may read it.
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// What is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Where the server answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The kiosk page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kiosk: Option<String>,
    /// The desk page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<String>,
    /// Where figures are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<String>,
    /// Its database, for whoever looks on the same machine what was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Who may sign in.
    #[serde(default)]
    pub staff: Vec<Staff>,
    /// Codes that enrol terminals, each good once.
    #[serde(default)]
    pub terminals: Vec<Terminal>,
}

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// The name to sign in with.
    pub login: String,
    /// The password.
    pub password: String,
    /// The secret of one-time codes; none while there are none.
    pub totp_secret: Option<String>,
}

/// A site with a code that enrols a terminal there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terminal {
    /// The site's name.
    pub site: String,
    /// The site's code, such as `S10`.
    pub code: String,
    /// What enrols a terminal, once.
    pub enrolment_code: String,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("credentials file {path} cannot be {what}: {source}")]
pub struct CredentialsError {
    path: String,
    what: &'static str,
    source: io::Error,
}

/// Writes the file in one step: whoever waits for it never reads half of it.
///
/// # Errors
/// [`CredentialsError`].
pub fn write(path: &Path, credentials: &Credentials) -> Result<(), CredentialsError> {
    put(path, credentials).map_err(|source| error(path, "written", source))
}

/// Changes the file, or begins it.
///
/// # Errors
/// [`CredentialsError`].
pub fn update(path: &Path, change: impl FnOnce(&mut Credentials)) -> Result<(), CredentialsError> {
    let mut credentials = match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|why| error(path, "read", why.into()))?,
        Err(why) if why.kind() == io::ErrorKind::NotFound => Credentials::default(),
        Err(why) => return Err(error(path, "read", why)),
    };
    change(&mut credentials);
    write(path, &credentials)
}

/// Takes the file away, if it is there.
///
/// # Errors
/// [`CredentialsError`].
pub fn remove(path: &Path) -> Result<(), CredentialsError> {
    match std::fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(error(path, "removed", why)),
        _ => Ok(()),
    }
}

fn put(path: &Path, credentials: &Credentials) -> io::Result<()> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let mut file =
        std::fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&part)?;
    let mut json = serde_json::to_vec_pretty(credentials)?;
    json.push(b'\n');
    file.write_all(&json)?;
    drop(file);
    std::fs::rename(part, path)
}

fn error(path: &Path, what: &'static str, source: io::Error) -> CredentialsError {
    CredentialsError { path: path.display().to_string(), what, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn pieces_are_added_and_nobody_else_may_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials.json");
        let staff = |login: &str| Staff { login: login.into(), password: "p".into(), totp_secret: None };
        update(&file, |all| all.staff.push(staff("one"))).unwrap();
        update(&file, |all| all.staff.push(staff("two"))).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        let read: Credentials = serde_json::from_str(&text).unwrap();
        assert_eq!(read.staff, [staff("one"), staff("two")]);
        assert!(text.contains("\"totp_secret\": null"), "{text}");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        std::fs::write(&file, "no JSON").unwrap();
        assert!(update(&file, |_| ()).unwrap_err().to_string().contains("credentials.json"));
        remove(&file).unwrap();
        remove(&file).unwrap();
    }
}
