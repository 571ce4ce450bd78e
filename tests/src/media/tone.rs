//! Voices that can be told apart: two tones each, real Opus both ways.
use bytes::Bytes;
use opus::{Application, Bitrate, Channels, Decoder, Encoder};
use std::f32::consts::TAU;

/// Samples a second.
pub const RATE: u32 = 48_000;
/// Samples of a frame: 20 ms. Every tone is a multiple of 50 Hz, so that a frame holds whole waves and the tones do not
/// leak into each other.
pub const FRAME: usize = 960;
const LOW: [u16; 8] = [400, 500, 600, 700, 800, 900, 1000, 1100];
const HIGH: [u16; 8] = [1500, 1700, 1900, 2100, 2300, 2500, 2700, 2900];
const AMPLITUDE: f32 = 0.25;
/// One second is encoded once and repeated.
const LOOP: usize = 50;
const WARM_UP: usize = 10;
/// Below this power a frame is silence (a tone has 0.03).
const SILENCE: f32 = 1e-5;

/// One of 64 voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Voice(u8);

impl Voice {
    /// The voice of a participant; 64 participants have different ones.
    #[must_use]
    pub fn of(number: u32) -> Self {
        Self((number % 64) as u8)
    }

    /// Its two tones in Hz.
    #[must_use]
    pub fn tones(self) -> [u16; 2] {
        [LOW[usize::from(self.0 % 8)], HIGH[usize::from(self.0 / 8)]]
    }
}

/// Sings one voice for ever.
#[derive(Clone, Debug)]
pub struct Singer {
    frames: Vec<Bytes>,
    next: usize,
}

impl Singer {
    /// Encodes the voice at 40 kbit/s, without speech prediction (CELT only): the repetition leaves no seam.
    ///
    /// # Errors
    /// If the encoder refuses.
    pub fn new(voice: Voice) -> anyhow::Result<Self> {
        let mut encoder = Encoder::new(RATE, Channels::Mono, Application::LowDelay)?;
        encoder.set_bitrate(Bitrate::Bits(40_000))?;
        let [low, high] = voice.tones().map(f32::from);
        let pcm: Vec<f32> = (0..FRAME)
            .map(|i| i as f32 * TAU / RATE as f32)
            .map(|t| AMPLITUDE * ((t * low).sin() + (t * high).sin()))
            .collect();
        let mut frames = (0..WARM_UP + LOOP)
            .map(|_| encoder.encode_vec_float(&pcm, 400).map(Bytes::from))
            .collect::<Result<Vec<_>, _>>()?;
        frames.drain(..WARM_UP);
        Ok(Self { frames, next: 0 })
    }

    /// The next 20 ms.
    pub fn sing(&mut self) -> Bytes {
        let frame = self.frames[self.next].clone();
        self.next = (self.next + 1) % self.frames.len();
        frame
    }
}

/// What a frame sounded like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing.
    Silence,
    /// One voice, clearly.
    Voice(Voice),
    /// Something else, such as the moment in which one voice follows another.
    Noise,
}

/// Decodes and recognises.
pub struct Listener {
    decoder: Decoder,
    pcm: Vec<f32>,
}

impl Listener {
    /// A listener who has heard nothing yet.
    ///
    /// # Errors
    /// If the decoder refuses.
    pub fn new() -> anyhow::Result<Self> {
        // The longest Opus packet lasts 120 ms (RFC 6716 §3.2.5).
        Ok(Self { decoder: Decoder::new(RATE, Channels::Mono)?, pcm: vec![0.0; 6 * FRAME] })
    }

    /// Forgets the sound of before. Opus draws on it, so that the first frame of another voice would sound like a third.
    ///
    /// # Errors
    /// If the decoder refuses.
    pub fn forget(&mut self) -> anyhow::Result<()> {
        Ok(self.decoder.reset_state()?)
    }

    /// Listens to one Opus packet.
    ///
    /// # Errors
    /// If it is none.
    pub fn hear(&mut self, packet: &[u8]) -> anyhow::Result<Heard> {
        let samples = self.decoder.decode_float(packet, &mut self.pcm, false)?;
        Ok(recognise(&self.pcm[..samples.min(FRAME)]))
    }
}

fn recognise(pcm: &[f32]) -> Heard {
    let power = pcm.iter().map(|s| s * s).sum::<f32>() / pcm.len().max(1) as f32;
    if power < SILENCE {
        return Heard::Silence;
    }
    let (low, low_power) = strongest(pcm, LOW);
    let (high, high_power) = strongest(pcm, HIGH);
    let (weaker, stronger) = (low_power.min(high_power), low_power.max(high_power));
    if low_power + high_power > 0.6 * power && weaker > 0.15 * stronger {
        Heard::Voice(Voice((high * 8 + low) as u8))
    } else {
        Heard::Noise
    }
}

/// Which tone is the strongest, and its power.
fn strongest(pcm: &[f32], tones: [u16; 8]) -> (usize, f32) {
    let powers = tones.map(|tone| goertzel(pcm, f32::from(tone)));
    let best = powers.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    best.unwrap_or((0, 0.0))
}

/// The power of one tone (Goertzel's algorithm).
fn goertzel(pcm: &[f32], tone: f32) -> f32 {
    let coefficient = 2.0 * (TAU * tone / RATE as f32).cos();
    let (mut s1, mut s2) = (0.0f32, 0.0f32);
    for sample in pcm {
        (s1, s2) = (sample + coefficient * s1 - s2, s1);
    }
    let magnitude = s1 * s1 + s2 * s2 - coefficient * s1 * s2;
    2.0 * magnitude / (pcm.len() as f32).powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_voice_is_recognised_after_opus_and_is_no_other() {
        for number in 0..64 {
            let voice = Voice::of(number);
            let (mut singer, mut listener) = (Singer::new(voice).unwrap(), Listener::new().unwrap());
            let heard: Vec<_> = (0..60).map(|_| listener.hear(&singer.sing()).unwrap()).collect();
            let right = heard.iter().filter(|h| **h == Heard::Voice(voice)).count();
            assert!(right >= 57, "{voice:?}: {right} of 60, {heard:?}");
            assert!(
                !heard.iter().any(|h| matches!(h, Heard::Voice(v) if *v != voice)),
                "{voice:?}: {heard:?}"
            );
        }
    }

    #[test]
    fn silence_and_two_voices_at_once_are_no_voice() {
        assert_eq!(recognise(&[0.0; FRAME]), Heard::Silence);
        let wave = |voice: Voice, i: usize| {
            voice.tones().iter().map(|f| (i as f32 * TAU * f32::from(*f) / RATE as f32).sin()).sum::<f32>()
        };
        let both: Vec<f32> =
            (0..FRAME).map(|i| 0.2 * (wave(Voice::of(0), i) + wave(Voice::of(9), i))).collect();
        assert_eq!(recognise(&both), Heard::Noise);
    }
}
