//! The single steps that edits are made of.

use super::collages::Collage;
use super::encode::saved;
use super::frames::Frame;
use super::overlays::Overlay;
use super::photo::Photo;
use super::screens::Screen;
use super::stage::Stage;
use super::tilts::Tilt;
use super::tone::Tone;

/// One step of an edit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// Saved as a JPEG of this quality, and opened again.
    Saved(u8),
    /// Brought to this longer side, in pixels; never to more than four times its size.
    Long(usize),
    /// Made so many times as large.
    Scaled(f32),
    /// Made wider by this factor, and lower by the same.
    Stretched(f32),
    /// Tones changed.
    Toned(Tone),
    /// Seen in a mirror.
    Mirrored,
    /// Top and bottom exchanged.
    Flipped,
    /// Turned clockwise by so many quarters.
    Quarters(u8),
    /// Seen at an angle.
    Tilted(Tilt),
    /// Cut.
    Cropped(Crop),
    /// Put into a frame.
    Framed(Frame),
    /// Shown on a screen that was then photographed by its own device.
    Shown(Screen),
    /// Put together with other pictures.
    Joined(Collage),
    /// Drawn upon.
    Overlaid(Overlay),
}

/// What is cut off.
#[derive(Clone, Copy, Debug)]
pub(super) enum Crop {
    /// This share of the width and of the height, on each of the four sides.
    Sides(f32),
    /// This share on one of the four sides.
    OneSide(f32),
    /// All but the middle in this width by height.
    Shape(f32),
    /// All but this share of the width and height, taken anywhere.
    Anywhere(f32),
    /// Bands all around a screen, uneven as by hand: what is left holds the middle.
    ByHand,
}

impl Crop {
    /// The rest of the photograph.
    fn apply(self, photo: &Photo, stage: &mut Stage) -> Photo {
        let dice = &mut stage.dice;
        match self {
            Self::Sides(share) => cut(photo, [share; 4]),
            Self::OneSide(share) => {
                let mut shares = [0.0; 4];
                shares[dice.below(4)] = share;
                cut(photo, shares)
            }
            Self::Shape(aspect) => photo.cropped_to(aspect, (0.5, 0.5)),
            Self::Anywhere(rest) => {
                let (across, down) = (dice.unit() * (1.0 - rest), dice.unit() * (1.0 - rest));
                cut(photo, [across, down, 1.0 - rest - across, 1.0 - rest - down])
            }
            Self::ByHand => {
                let mut low_high = |low, high| dice.between(low, high);
                let sides = (low_high(0.0, 0.03), low_high(0.0, 0.03));
                cut(photo, [sides.0, low_high(0.04, 0.16), sides.1, low_high(0.06, 0.18)])
            }
        }
    }
}

/// The photograph without these shares on the left, top, right and bottom.
fn cut(photo: &Photo, [left, top, right, bottom]: [f32; 4]) -> Photo {
    let pixels = |side: usize, share: f32| (side as f32 * share).round() as usize;
    let (x, y) = (pixels(photo.width, left), pixels(photo.height, top));
    let width = photo.width.saturating_sub(x + pixels(photo.width, right));
    let height = photo.height.saturating_sub(y + pixels(photo.height, bottom));
    photo.cropped(x, y, width, height)
}

impl Act {
    /// The picture after this step.
    pub(super) fn apply(self, photo: Photo, stage: &mut Stage) -> Photo {
        match self {
            Self::Saved(quality) => saved(&photo, quality),
            Self::Long(side) => {
                let side = side.min(4 * photo.long());
                photo.fitted(side, side)
            }
            Self::Scaled(by) => photo.scaled(by),
            Self::Stretched(by) => {
                let side = |side: usize, by: f32| (side as f32 * by).round() as usize;
                photo.resized(side(photo.width, by.sqrt()), side(photo.height, 1.0 / by.sqrt()))
            }
            Self::Toned(tone) => tone.apply(photo, &mut stage.dice),
            Self::Mirrored => photo.mirrored(),
            Self::Flipped => photo.flipped(),
            Self::Quarters(quarters) => match quarters % 4 {
                0 => photo,
                1 => photo.flipped().transposed(),
                2 => photo.flipped().mirrored(),
                _ => photo.mirrored().transposed(),
            },
            Self::Tilted(tilt) => tilt.apply(&photo, stage),
            Self::Cropped(crop) => crop.apply(&photo, stage),
            Self::Framed(frame) => frame.apply(&photo, stage),
            Self::Shown(screen) => screen.show(&photo, stage),
            Self::Joined(collage) => collage.apply(&photo, stage),
            Self::Overlaid(overlay) => overlay.apply(&photo, stage),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::dice::Dice;
    use crate::edit::photo::BLACK;

    fn after(act: Act, photo: &Photo) -> Photo {
        act.apply(photo.clone(), &mut Stage::new(&[], Dice::new(1, "test")))
    }

    #[test]
    fn four_quarter_turns_are_none() {
        let photo = Photo::paint(4, 3, |x, y| [x as u8, y as u8, 0]);
        let once = after(Act::Quarters(1), &photo);
        assert_eq!((once.width, once.height), (3, 4));
        assert_eq!(once.at(2, 0), photo.at(0, 0), "the left upper corner goes to the right");
        assert_eq!(after(Act::Quarters(1), &once), after(Act::Quarters(2), &photo));
        assert_eq!(after(Act::Quarters(3), &once), photo);
    }

    #[test]
    fn a_crop_of_ten_percent_a_side_leaves_eighty() {
        let photo = Photo::filled(200, 100, BLACK);
        let rest = after(Act::Cropped(Crop::Sides(0.1)), &photo);
        assert_eq!((rest.width, rest.height), (160, 80));
        let rest = after(Act::Cropped(Crop::Anywhere(0.5)), &photo);
        assert_eq!((rest.width, rest.height), (100, 50));
        let rest = after(Act::Cropped(Crop::Shape(1.0)), &photo);
        assert_eq!((rest.width, rest.height), (100, 100));
    }
}
