//! A headless terminal.
use protocol::ids::TerminalId;
use protocol::{
    CallView, Common, Locale, Position, SiteView, Spoken, TerminalMessage, TerminalStage, TicketView,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use uuid::Uuid;

use super::device::Device;
use super::server::Server;
use super::socket::{Socket, TerminalRole};
use crate::clock;
use crate::media::{Peer, Sending, State};

/// How long the server may take for what needs no person.
const SOON: Duration = Duration::from_secs(30);

/// An enrolled terminal.
pub struct Terminal {
    /// Its number among the participants: voice, pictures, address.
    pub number: u32,
    /// Its id.
    pub id: TerminalId,
    /// Where it stands.
    pub site: SiteView,
    server: Server,
    device: Device,
}

#[derive(Deserialize)]
struct Enrolled {
    terminal: TerminalId,
    site: SiteView,
}

/// A terminal with its line open.
pub struct Visit {
    /// The line.
    pub socket: Socket<TerminalRole>,
    /// The session's token, for uploads.
    pub token: String,
    server: Server,
    number: u32,
}

impl Terminal {
    /// Enrols a new device with a code.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn enrol(url: &str, number: u32, code: &str) -> anyhow::Result<Self> {
        let (server, device) = (Server::at(url, number)?, Device::generate()?);
        let body = json!({"code": code, "public_key": device.jwk()});
        let Enrolled { terminal, site } = server.post(None, "/terminals/enrol", &body).await?;
        Ok(Self { number, id: terminal, site, server, device })
    }

    /// Proves the device key.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn session(&self) -> anyhow::Result<String> {
        let ask = json!({"terminal": self.id});
        let challenge: Value = self.server.post(None, "/terminals/challenge", &ask).await?;
        let challenge = challenge["challenge"].as_str().unwrap_or_default();
        let signature = self.device.sign(challenge)?;
        let body = json!({"terminal": self.id, "challenge": challenge, "signature": signature});
        let opened: Value = self.server.post(None, "/terminals/session", &body).await?;
        Ok(opened["token"].as_str().unwrap_or_default().to_owned())
    }

    /// Opens the line; `resume` is the last welcome's, after a lost one.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn connect(&self, resume: Option<String>) -> anyhow::Result<Visit> {
        let token = self.session().await?;
        let socket = Socket::open(&self.server, &token, resume).await?;
        Ok(Visit { socket, token, server: self.server.clone(), number: self.number })
    }
}

impl Visit {
    /// Takes a ticket for an item and scenario. Gives the ticket, and how long it took until the position stood on the
    /// screen.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn take_ticket(
        &self,
        item: &str,
        scenario: &str,
    ) -> anyhow::Result<(TicketView, Option<Position>, Duration)> {
        let begun: Instant = clock::now();
        self.socket
            .ask(TerminalMessage::TakeTicket {
                key: Uuid::from_u128(clock::random()),
                item: Some(item.into()),
                scenario: Some(scenario.into()),
                locale: Locale::ZhCn,
                spoken: Spoken::Zh,
                id_number: None,
                missing: vec![],
                consents: vec![],
            })
            .await?;
        let (ticket, position) = self
            .socket
            .until("position", SOON, |view| match &view.stage {
                TerminalStage::Waiting { ticket, position } => Some((ticket.clone(), Some(*position))),
                TerminalStage::Ringing { ticket, .. } => Some((ticket.clone(), None)),
                TerminalStage::InCall { call } => Some((call.ticket.clone(), None)),
                TerminalStage::Free | TerminalStage::Ended { .. } => None,
            })
            .await?;
        Ok((ticket, position, clock::now().duration_since(begun)))
    }

    /// Opens a media connection and waits until it stands.
    ///
    /// # Errors
    /// If it does not come about.
    pub async fn open_media(&self, sending: Sending) -> anyhow::Result<Peer> {
        let peer = Peer::new(self.number, self.server.local(), sending).await?;
        let message = TerminalMessage::MediaOffer { sdp: peer.offer().await?, restart: false };
        let Common::MediaAnswer { sdp } = self.socket.ask(message).await? else {
            anyhow::bail!("an offer was not answered by an answer")
        };
        peer.answer(&sdp).await?;
        peer.reaches(State::Connected, SOON).await?;
        Ok(peer)
    }

    /// Restarts ICE of a media connection.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn restart_media(&self, peer: &Peer) -> anyhow::Result<()> {
        let message = TerminalMessage::MediaOffer { sdp: peer.restart().await?, restart: true };
        let Common::MediaAnswer { sdp } = self.socket.ask(message).await? else {
            anyhow::bail!("an offer was not answered by an answer")
        };
        peer.answer(&sdp).await
    }

    /// Waits for the call.
    ///
    /// # Errors
    /// If none begins in time.
    pub async fn in_call(&self, limit: Duration) -> anyhow::Result<CallView> {
        self.socket
            .until("call", limit, |view| match &view.stage {
                TerminalStage::InCall { call } => Some((**call).clone()),
                _ => None,
            })
            .await
    }

    /// Waits for the call's end.
    ///
    /// # Errors
    /// If it does not end in time.
    pub async fn ended(&self, limit: Duration) -> anyhow::Result<()> {
        let ended = |stage: &TerminalStage| matches!(stage, TerminalStage::Ended { .. });
        self.socket.until("end of the call", limit, |view| ended(&view.stage).then_some(())).await
    }

    /// Wipes, and waits until the terminal is free.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn wipe(&self) -> anyhow::Result<()> {
        self.socket.ask(TerminalMessage::Wiped).await?;
        let free = |stage: &TerminalStage| matches!(stage, TerminalStage::Free);
        self.socket.until("free", SOON, |view| free(&view.stage).then_some(())).await
    }

    /// Leaves in whatever stage the visit is, and wipes.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn give_up(&self) -> anyhow::Result<()> {
        match self.socket.view().map(|view| view.stage) {
            Some(TerminalStage::Waiting { ticket, .. } | TerminalStage::Ringing { ticket, .. }) => {
                self.socket.ask(TerminalMessage::CancelTicket { ticket: ticket.id }).await?;
            }
            Some(TerminalStage::InCall { call }) => {
                self.socket.ask(TerminalMessage::HangUp { call: call.id }).await?;
                self.ended(SOON).await?;
            }
            Some(TerminalStage::Free | TerminalStage::Ended { .. }) | None => {}
        }
        self.wipe().await
    }
}
