//! Structured pictures: much of each is the same whatever photograph it shows.

use super::dice::Dice;
use super::frames::Frame;
use super::overlays::Overlay;
use super::pages;
use super::photo::Photo;
use super::screens::Screen;
use super::stage::Stage;

/// A layout with room for a photograph.
#[derive(Clone, Copy, Debug)]
pub struct Structure {
    /// What it is called: small letters, digits and hyphens. No two have one name.
    pub name: &'static str,
    layout: Layout,
}

#[derive(Clone, Copy, Debug)]
enum Layout {
    Screen(Screen),
    Slide(pages::Style),
    TextPage,
    Form,
    Meme(Frame),
    MemeText,
}

const fn structure(name: &'static str, layout: Layout) -> Structure {
    Structure { name, layout }
}

/// All layouts.
pub const STRUCTURES: &[Structure] = &[
    structure("gallery", Layout::Screen(Screen::Gallery)),
    structure("feed", Layout::Screen(Screen::Feed)),
    structure("chat", Layout::Screen(Screen::Chat)),
    structure("story", Layout::Screen(Screen::Story)),
    structure("desktop", Layout::Screen(Screen::Desktop)),
    structure("web", Layout::Screen(Screen::Web)),
    structure("post", Layout::Screen(Screen::Post)),
    structure("slide-points", Layout::Slide(pages::Style::Points)),
    structure("slide-picture", Layout::Slide(pages::Style::Picture)),
    structure("slide-chart", Layout::Slide(pages::Style::Chart)),
    structure("text-page", Layout::TextPage),
    structure("form", Layout::Form),
    structure("meme-bar", Layout::Meme(Frame::BarAbove)),
    structure("meme-bars", Layout::Meme(Frame::Bars)),
    structure("meme-text", Layout::MemeText),
];

impl Structure {
    /// A picture of this layout that shows `photo` (text pages, forms and most slides do not).
    ///
    /// With one `seed` and the same `others`, all but the photograph is the same: the hardest
    /// pair of different pictures. With another, texts, colours and positions differ.
    pub fn apply(&self, photo: &Photo, others: &[&Photo], seed: u64) -> Photo {
        let mut stage = Stage::new(others, Dice::new(seed, self.name));
        match self.layout {
            Layout::Screen(screen) => screen.show(photo, &mut stage),
            Layout::Slide(style) => pages::slide(photo, &mut stage, style),
            Layout::TextPage => pages::text_page(&mut stage.dice),
            Layout::Form => pages::form(&mut stage.dice),
            Layout::Meme(frame) => frame.apply(photo, &mut stage),
            Layout::MemeText => Overlay::MemeText.apply(photo, &mut stage),
        }
    }
}
