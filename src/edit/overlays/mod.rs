//! What is put onto a photograph: text, marks, stickers, bars.

mod marks;
mod stickers;
mod text;

use super::photo::Photo;
use super::stage::Stage;

/// Something on the photograph.
#[derive(Clone, Copy, Debug)]
pub(super) enum Overlay {
    /// Large white text with a dark rim at the lower end.
    Caption,
    /// The same at both ends, in capitals.
    MemeText,
    /// A pale name from corner to corner.
    DiagonalMark,
    /// Pale small text all over.
    TiledMark,
    /// A sign with a name in a corner.
    CornerLogo,
    /// So many yellow faces.
    Faces(usize),
    /// One black bar across the middle.
    CensorBar,
    /// Some black boxes.
    CensorBoxes,
    /// A part in coarse squares.
    Pixelated,
    /// Coloured lines drawn by hand.
    Scribble,
    /// Hearts, stars and labels.
    Stickers,
    /// An arrow and a ring around something.
    Arrow,
    /// The sign of a video that is not playing.
    PlayButton,
    /// Day and time in a corner, as cameras print it.
    DateStamp,
    /// A band of news across the lower end.
    Banner,
}

impl Overlay {
    /// The photograph with it.
    pub(super) fn apply(self, photo: &Photo, stage: &mut Stage) -> Photo {
        let mut page = photo.clone();
        let dice = &mut stage.dice;
        match self {
            Self::Caption => text::caption(&mut page, dice),
            Self::MemeText => text::meme(&mut page, dice),
            Self::DiagonalMark => text::diagonal(&mut page, dice),
            Self::TiledMark => text::tiled(&mut page, dice),
            Self::CornerLogo => text::corner_logo(&mut page, dice),
            Self::DateStamp => text::date_stamp(&mut page, dice),
            Self::Banner => text::banner(&mut page, dice),
            Self::Faces(count) => stickers::faces(&mut page, dice, count),
            Self::Stickers => stickers::mixed(&mut page, dice),
            Self::CensorBar => marks::censor_bar(&mut page, dice),
            Self::CensorBoxes => marks::censor_boxes(&mut page, dice),
            Self::Pixelated => marks::pixelated(&mut page, dice),
            Self::Scribble => marks::scribble(&mut page, dice),
            Self::Arrow => marks::arrow(&mut page, dice),
            Self::PlayButton => marks::play_button(&mut page, dice),
        }
        page
    }
}
