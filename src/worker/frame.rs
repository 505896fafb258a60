//! Messages over a stream: four bytes of length, then as many bytes; or a few bytes with an open file
//! beside them.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

/// Writes a message.
pub(super) fn send(mut stream: &UnixStream, message: &[u8]) -> io::Result<()> {
    let len = u32::try_from(message.len()).map_err(io::Error::other)?;
    let mut framed = Vec::with_capacity(4 + message.len());
    framed.extend(len.to_le_bytes());
    framed.extend(message);
    stream.write_all(&framed)
}

/// What comes over a stream, taken as far as it has come: one system call may bring several messages.
#[derive(Debug)]
pub(super) struct Inbox<S> {
    stream: S,
    /// What has come is between `next` and `end`; before it lies what was read.
    bytes: Vec<u8>,
    next: usize,
    end: usize,
}

/// Bytes that are asked for at once, at first.
const PIECE: usize = 1 << 14;

/// How often whoever waits looks whether it is time to wait no more.
const TICK: Duration = Duration::from_millis(50);

impl Inbox<UnixStream> {
    /// Of a stream from which no message is waited for without end.
    pub(super) fn impatient(stream: UnixStream) -> io::Result<Self> {
        // Set once, and not before each message to what is left of its time.
        stream.set_read_timeout(Some(TICK))?;
        Ok(Self::new(stream))
    }
}

impl<S: Read> Inbox<S> {
    /// Of a stream from which nothing else reads.
    pub(super) fn new(stream: S) -> Self {
        Self { stream, bytes: vec![0; PIECE], next: 0, end: 0 }
    }

    /// The stream, to write to.
    pub(super) fn stream(&self) -> &S {
        &self.stream
    }

    /// Whether something came that was not read.
    pub(super) fn has_more(&self) -> bool {
        self.next < self.end
    }

    /// Reads a message of at most `most` bytes. With `until`, from a stream that is impatient, it is
    /// not waited for any longer.
    pub(super) fn receive(&mut self, most: usize, until: Option<Instant>) -> io::Result<&[u8]> {
        self.fill(4, until)?;
        let mut len = [0; 4];
        len.copy_from_slice(&self.bytes[self.next..self.next + 4]);
        let len = usize::try_from(u32::from_le_bytes(len)).unwrap_or(usize::MAX);
        if len > most {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a message that is too long"));
        }
        self.fill(4 + len, until)?;
        let from = self.next + 4;
        self.next = from + len;
        Ok(&self.bytes[from..self.next])
    }

    /// Waits until so many bytes have come that were not read. Room is made for no more than twice
    /// the bytes that there are.
    fn fill(&mut self, wanted: usize, until: Option<Instant>) -> io::Result<()> {
        if self.end - self.next >= wanted {
            return Ok(());
        }
        self.bytes.copy_within(self.next..self.end, 0);
        self.end -= self.next;
        self.next = 0;
        while self.end < wanted {
            if until.is_some_and(|until| Instant::now() >= until) {
                return Err(io::ErrorKind::TimedOut.into());
            }
            if self.end == self.bytes.len() {
                self.bytes.resize(2 * self.end, 0);
            }
            match self.stream.read(&mut self.bytes[self.end..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.end += read,
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock
                    | io::ErrorKind::TimedOut
                    | io::ErrorKind::Interrupted => {}
                    _ => return Err(error),
                },
            }
        }
        Ok(())
    }
}

/// Sends a few bytes with something that is open beside them.
pub(super) fn hand_over(stream: &UnixStream, bytes: &[u8], open: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    let open = [open];
    beside.push(SendAncillaryMessage::ScmRights(&open));
    let flags = if cfg!(any(target_os = "linux", target_os = "android")) {
        SendFlags::NOSIGNAL
    } else {
        SendFlags::empty()
    };
    let sent = sendmsg(stream, &[IoSlice::new(bytes)], &mut beside, flags)?;
    let mut stream = stream;
    stream.write_all(&bytes[sent..])
}

/// Takes so many bytes, and what is open beside them, if anything is; none where there is no more.
pub(super) fn take_over<const N: usize>(
    stream: &UnixStream,
) -> io::Result<Option<([u8; N], Option<OwnedFd>)>> {
    let mut bytes = [0; N];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(&mut bytes)];
    let received = recvmsg(stream, &mut slices, &mut beside, RecvFlags::empty())?.bytes;
    if received == 0 {
        return Ok(None);
    }
    let open = beside.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut open) => open.next(),
        _ => None,
    });
    let mut stream = stream;
    stream.read_exact(&mut bytes[received..])?;
    Ok(Some((bytes, open)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(messages: &[&[u8]]) -> Vec<u8> {
        let (here, there) = UnixStream::pair().unwrap();
        for message in messages {
            send(&here, message).unwrap();
        }
        drop(here);
        let mut bytes = Vec::new();
        let mut there = there;
        there.read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// A stream that gives one byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut bytes[..1])
        }
    }

    /// Four messages.
    fn four(mut inbox: Inbox<impl Read>) -> Vec<Vec<u8>> {
        let next = |_| inbox.receive(4 * PIECE, None).map(<[u8]>::to_vec).unwrap();
        (0..4).map(next).collect()
    }

    #[test]
    fn messages_that_come_together_and_in_pieces_are_taken_one_by_one() {
        let long = vec![7; 3 * PIECE];
        let bytes = framed(&[b"a", b"", &long, b"b"]);
        let expected = [b"a".to_vec(), Vec::new(), long.clone(), b"b".to_vec()];
        assert_eq!(four(Inbox::new(&bytes[..])), expected);
        assert_eq!(four(Inbox::new(Slow(&bytes))), expected);
    }

    #[test]
    fn a_message_of_the_most_bytes_is_taken_and_a_longer_or_cut_one_is_none() {
        let bytes = framed(&[b"abc"]);
        assert_eq!(Inbox::new(&bytes[..]).receive(3, None).unwrap(), b"abc");
        let kind = |bytes, most| Inbox::new(bytes).receive(most, None).unwrap_err().kind();
        assert_eq!(kind(&bytes[..], 2), io::ErrorKind::InvalidData);
        assert_eq!(kind(&bytes[..6], 3), io::ErrorKind::UnexpectedEof);
        let mut inbox = Inbox::new(&bytes[..]);
        assert!(!inbox.has_more());
        inbox.receive(3, None).unwrap();
        assert!(!inbox.has_more());
    }

    #[test]
    fn a_message_that_does_not_come_is_waited_for_no_longer_than_said() {
        let (here, there) = UnixStream::pair().unwrap();
        let mut inbox = Inbox::impatient(there).unwrap();
        let wait = Duration::from_millis(80);
        let since = Instant::now();
        let error = inbox.receive(3, Some(since + wait)).unwrap_err();
        assert_eq!((error.kind(), since.elapsed() >= wait), (io::ErrorKind::TimedOut, true));
        // What comes later is still there.
        send(&here, b"abc").unwrap();
        assert_eq!(inbox.receive(3, Some(Instant::now() + wait)).unwrap(), b"abc");
    }
}
