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

/// Reads a message of at most `most` bytes.
pub(super) fn receive(mut stream: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut len = [0; 4];
    stream.read_exact(&mut len)?;
    let len = usize::try_from(u32::from_le_bytes(len)).unwrap_or(usize::MAX);
    if len > most {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message that is too long"));
    }
    let mut message = Vec::new();
    // No more room is made than there are bytes.
    stream.take(len as u64).read_to_end(&mut message)?;
    if message.len() < len { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(message) }
}

/// A stream that is read from until a point in time, and then no more.
#[derive(Debug)]
pub(super) struct Until<'a>(pub(super) &'a UnixStream, pub(super) Instant);

impl Read for Until<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let left = self.1.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.0.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        let mut stream = self.0;
        stream.read(bytes)
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
