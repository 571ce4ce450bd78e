//! `make bench`: measures speed beside references of the same run.
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use system_tests::bench::{Server, Wishes, run, serve, usual_file};
use system_tests::sites::{self, SERVE};
use tracing_subscriber::EnvFilter;

/// Measures speed beside references of the same run; prints a table and writes it as JSON.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Arguments {
    /// Only figures whose name begins so
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Where the figures are written [default: target/bench.json]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Debug, Subcommand)]
enum Role {
    /// Is one of the media servers that are compared (started by the benchmark itself).
    #[command(hide = true)]
    Serve {
        /// Which.
        server: Server,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    // The product itself, in a process of its own, with whatever arguments it takes.
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(SERVE) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        return Ok(runtime.block_on(sites::serve(arguments)));
    }
    let arguments = Arguments::parse();
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,system_tests=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match arguments.role {
        Some(Role::Serve { server }) => serve(server)?,
        None => {
            let wishes = Wishes { only: arguments.only, out: arguments.out.unwrap_or_else(usual_file) };
            run(&wishes, &mut std::io::stdout())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
