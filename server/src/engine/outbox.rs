//! The bounded way from the engine to one connection.
use desk::Outgoing;
use protocol::CloseReason;
use std::sync::{Arc, OnceLock};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// How many frames may wait for a slow reader before it is closed.
pub const OUTBOX_FRAMES: usize = 256;

/// The sending end: never waits. Whoever cannot be told any more is closed with [`CloseReason::TooSlow`].
#[derive(Clone, Debug)]
pub struct Outbox {
    frames: mpsc::Sender<Outgoing>,
    closing: Arc<Closing>,
}

/// The receiving end, owned by the connection's task.
#[derive(Debug)]
pub struct Inbox {
    frames: mpsc::Receiver<Outgoing>,
    closing: Arc<Closing>,
}

#[derive(Debug, Default)]
struct Closing {
    reason: OnceLock<CloseReason>,
    token: CancellationToken,
}

/// What a connection's task must do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// Write this.
    Frame(Outgoing),
    /// Close for this reason; nothing follows.
    Close(CloseReason),
}

impl Outbox {
    /// Both ends.
    #[must_use]
    pub fn channel() -> (Self, Inbox) {
        let (sender, receiver) = mpsc::channel(OUTBOX_FRAMES);
        let closing = Arc::new(Closing::default());
        (Self { frames: sender, closing: Arc::clone(&closing) }, Inbox { frames: receiver, closing })
    }

    /// Hands over a frame. False if the connection is closed, or is closed by this.
    pub fn send(&self, frame: Outgoing) -> bool {
        if self.closing.reason.get().is_some() {
            return false;
        }
        match self.frames.try_send(frame) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.close(CloseReason::TooSlow);
                false
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }

    /// Ends the connection. The first reason counts. What was handed over before is still written, except to one who
    /// is too slow.
    pub fn close(&self, reason: CloseReason) {
        let _ = self.closing.reason.set(reason);
        self.closing.token.cancel();
    }
}

impl Inbox {
    /// Resolves when the connection is being ended, so that a write which waits for a slow reader can be given up.
    pub fn ending(&self) -> impl Future<Output = ()> + Send + use<> {
        self.closing.token.clone().cancelled_owned()
    }

    /// The next thing to do. Safe to drop and call again.
    pub async fn next(&mut self) -> Delivery {
        tokio::select! {
            biased;
            () = self.closing.token.cancelled() => self.rest(),
            frame = self.frames.recv() => match frame {
                Some(frame) => Delivery::Frame(frame),
                None => Delivery::Close(CloseReason::Internal),
            },
        }
    }

    fn rest(&mut self) -> Delivery {
        let reason = self.closing.reason.get().copied().unwrap_or(CloseReason::Internal);
        if reason == CloseReason::TooSlow {
            return Delivery::Close(reason);
        }
        self.frames.try_recv().map_or(Delivery::Close(reason), Delivery::Frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Common;

    fn frame(re: u32) -> Outgoing {
        Outgoing::Answer { re, body: Common::Done }
    }

    #[tokio::test]
    async fn what_was_said_before_a_close_is_still_written() {
        let (outbox, mut inbox) = Outbox::channel();
        assert!(outbox.send(frame(1)));
        outbox.close(CloseReason::Revoked);
        outbox.close(CloseReason::Bye);
        assert!(!outbox.send(frame(2)));
        assert_eq!(inbox.next().await, Delivery::Frame(frame(1)));
        assert_eq!(inbox.next().await, Delivery::Close(CloseReason::Revoked));
    }

    #[tokio::test]
    async fn a_full_outbox_closes_its_reader_at_once() {
        let (outbox, mut inbox) = Outbox::channel();
        for re in 0..u32::try_from(OUTBOX_FRAMES).unwrap() {
            assert!(outbox.send(frame(re)));
        }
        assert!(!outbox.send(frame(0)));
        assert_eq!(inbox.next().await, Delivery::Close(CloseReason::TooSlow));
    }

    #[tokio::test]
    async fn an_engine_that_is_gone_closes_the_connection() {
        let (outbox, mut inbox) = Outbox::channel();
        drop(outbox);
        assert_eq!(inbox.next().await, Delivery::Close(CloseReason::Internal));
    }
}
