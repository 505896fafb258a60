//! Screens of phones and computers that show the photograph.

mod chat;
mod desktop;
mod feed;
mod icons;
mod parts;
mod phone;

use super::photo::Photo;
use super::stage::Stage;

/// A kind of program that shows pictures.
#[derive(Clone, Copy, Debug)]
pub(super) enum Screen {
    /// One picture of the phone's gallery, between toolbars.
    Gallery,
    /// Posts below each other, each with a picture as wide as the screen.
    Feed,
    /// A conversation with the picture in a bubble.
    Chat,
    /// A page of 9:16 that shows it for some seconds.
    Story,
    /// A window on a computer.
    Desktop,
    /// A page of a web site with columns of text.
    Web,
    /// Short messages, one of them with the picture in a box.
    Post,
}

impl Screen {
    /// A picture of the screen.
    pub(super) fn show(self, photo: &Photo, stage: &mut Stage) -> Photo {
        match self {
            Self::Gallery => phone::gallery(photo, stage),
            Self::Feed => feed::feed(photo, stage),
            Self::Chat => chat::chat(photo, stage),
            Self::Story => phone::story(photo, stage),
            Self::Desktop => desktop::desktop(photo, stage),
            Self::Web => desktop::web(photo, stage),
            Self::Post => feed::posts(photo, stage),
        }
    }
}
