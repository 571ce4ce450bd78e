//! A cable between a client and the server that can be cut without either end being told.
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// Carries bytes both ways while it is whole. Cut, it carries nothing and ends nothing: both sockets stay open, and what was
/// sent meanwhile arrives once it is mended, as TCP would send it again.
#[derive(Debug)]
pub(crate) struct Cable {
    /// Where the server is reached through it.
    pub(crate) url: String,
    whole: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Cable {
    /// A whole cable to the server.
    pub(crate) async fn lay(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let whole = watch::Sender::new(true);
        let task = tokio::spawn(carry_all(listener, server, whole.clone()));
        Ok(Self { url, whole, task })
    }

    pub(crate) fn cut(&self) {
        self.whole.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn carry_all(listener: TcpListener, server: SocketAddr, whole: watch::Sender<bool>) {
    let mut strands = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        strands.spawn(carry(client, server, whole.subscribe()));
    }
}

async fn carry(client: TcpStream, server: SocketAddr, whole: watch::Receiver<bool>) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::try_join!(one_way(from_client, to_server, whole.clone()), one_way(from_server, to_client, whole),)?;
    Ok(())
}

/// An end is carried like a byte: while the cable is cut nobody hears of it.
async fn one_way(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut whole: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut bytes).await?;
        whole.wait_for(|whole| *whole).await.map_err(io::Error::other)?;
        if length == 0 {
            return to.shutdown().await;
        }
        to.write_all(&bytes[..length]).await?;
    }
}
