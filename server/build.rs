//! Rebuilds when a migration is added or the pages are built anew: `sqlx::migrate!` and `rust-embed` embed folders and
//! cannot watch them by themselves.
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // A folder that is missing would be looked for at every build; an empty one is only looked at.
    let pages = Path::new("../client-web/dist");
    if pages.is_dir() || std::fs::create_dir_all(pages).is_ok() {
        println!("cargo:rerun-if-changed=../client-web/dist");
    }
}
