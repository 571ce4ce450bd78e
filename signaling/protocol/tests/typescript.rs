//! What the web client needs beside types: constants, written as TypeScript next to the types that ts-rs writes.
#![allow(clippy::disallowed_methods, reason = "writes the generated file that the web client reads")]
use protocol::{CloseReason, FORM_FIELDS, MAX_MESSAGE_BYTES, PROTOCOL_VERSION, SUBPROTOCOL};
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn constants_of_the_web_client() {
    let reasons = [
        CloseReason::Bye,
        CloseReason::TooBig,
        CloseReason::Incompatible,
        CloseReason::Unauthenticated,
        CloseReason::Replaced,
        CloseReason::Revoked,
        CloseReason::TooSlow,
        CloseReason::Malformed,
        CloseReason::TooMany,
        CloseReason::Restarting,
        CloseReason::Internal,
    ];
    let mut text = String::from("// Written by `cargo test -p protocol`; do not edit.\n");
    writeln!(text, "export const PROTOCOL_VERSION = {PROTOCOL_VERSION}").unwrap();
    writeln!(text, "export const SUBPROTOCOL = '{SUBPROTOCOL}'").unwrap();
    writeln!(text, "export const MAX_MESSAGE_BYTES = {MAX_MESSAGE_BYTES}").unwrap();
    text.push_str("/** Fields of the shared form in their order, with the longest text in characters. */\n");
    text.push_str("export const FORM_FIELDS = [\n");
    for (name, longest) in FORM_FIELDS {
        writeln!(text, "  {{ name: '{name}', longest: {longest} }},").unwrap();
    }
    text.push_str("] as const\n");
    text.push_str("/** WebSocket close codes and their names. */\n");
    text.push_str("export const CLOSE_REASONS = {\n");
    for reason in reasons {
        writeln!(text, "  {}: '{}',", reason.code(), reason.name()).unwrap();
    }
    text.push_str("} as const\n");

    let folder = Path::new(env!("TS_RS_EXPORT_DIR"));
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("constants.ts"), text).unwrap();
}
