//! Several pictures in one.

use super::photo::{BLACK, Photo, WHITE, hex};
use super::stage::Stage;

/// How the photograph stands together with others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Collage {
    /// So many columns and rows; with gutters and cells of one shape, or joined as they are.
    Grid(usize, usize, Gutter),
    /// A large picture beside two smaller ones.
    OneAndTwo,
    /// The photograph small in a corner of another.
    Inset,
    /// Another one small in a corner of the photograph.
    InsetOther,
}

/// What lies between the pictures of a grid.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gutter {
    None,
    Wide,
}

/// The longer side of a collage, or so, in pixels.
const WIDTH: usize = 840;

impl Collage {
    /// The photograph in its company.
    pub(super) fn apply(self, photo: &Photo, stage: &mut Stage) -> Photo {
        match self {
            Self::Grid(1, 2, Gutter::None) => pair_below(photo, stage),
            Self::Grid(2, 1, Gutter::None) => pair_beside(photo, stage),
            Self::Grid(columns, rows, gutter) => grid(photo, stage, (columns, rows), gutter),
            Self::OneAndTwo => one_and_two(photo, stage),
            Self::Inset => {
                let other = stage.other();
                let ground = other.at_width(other.width.clamp(480, 800));
                inset(ground, photo, stage)
            }
            Self::InsetOther => inset(photo.clone(), &stage.other(), stage),
        }
    }
}

/// The photograph and so many others, in the order in which they are laid.
fn company(photo: &Photo, stage: &mut Stage, others: usize) -> Vec<Photo> {
    let mut pictures: Vec<Photo> = (0..others).map(|_| stage.other().into_owned()).collect();
    pictures.insert(stage.dice.below(others + 1), photo.clone());
    pictures
}

/// Two pictures beside each other in their own shapes, equally high.
fn pair_beside(photo: &Photo, stage: &mut Stage) -> Photo {
    let pictures = company(photo, stage, 1);
    let wide: f32 = pictures.iter().map(Photo::aspect).sum();
    let height = (WIDTH as f32 / wide).max(1.0) as usize;
    let mut page = Photo::filled(WIDTH, height, BLACK);
    let mut left = 0;
    for (place, picture) in pictures.iter().enumerate() {
        let share = (picture.aspect() * height as f32).round() as usize;
        let width = if place == 1 { WIDTH.saturating_sub(left) } else { share.min(WIDTH) };
        page.paste(&picture.resized(width, height), left as isize, 0);
        left += width;
    }
    page
}

/// Two pictures below each other in their own shapes, equally wide.
fn pair_below(photo: &Photo, stage: &mut Stage) -> Photo {
    let width = 560;
    let pictures = company(photo, stage, 1);
    let parts: Vec<Photo> = pictures.iter().map(|picture| picture.at_width(width)).collect();
    let mut page = Photo::filled(width, parts.iter().map(|part| part.height).sum(), BLACK);
    page.paste(&parts[0], 0, 0);
    page.paste(&parts[1], 0, parts[0].height as isize);
    page
}

/// A white, black or grey page, and how wide its gutters are.
fn ground(stage: &mut Stage, gutter: Gutter) -> ([u8; 3], usize) {
    let colour = stage.dice.pick(&[WHITE, WHITE, BLACK, hex(0xE8_DCC8)]);
    let width = match gutter {
        Gutter::None => 0,
        Gutter::Wide => 6 + stage.dice.below(14),
    };
    (colour, width)
}

fn grid(
    photo: &Photo,
    stage: &mut Stage,
    (columns, rows): (usize, usize),
    gutter: Gutter,
) -> Photo {
    let (colour, gap) = ground(stage, gutter);
    let pictures = company(photo, stage, columns * rows - 1);
    let most = columns.max(rows);
    let cell_width = (WIDTH - gap * (most + 1)) / most;
    // Cells in the shape of the photograph, or square ones, as some templates of apps have them.
    let shape = if stage.dice.happens(0.7) { photo.aspect().clamp(0.7, 1.5) } else { 1.0 };
    let cell_height = (cell_width as f32 / shape) as usize;
    let (wide, tall) =
        (columns * cell_width + gap * (columns + 1), rows * cell_height + gap * (rows + 1));
    let mut page = Photo::filled(wide, tall, colour);
    for (place, picture) in pictures.iter().enumerate() {
        let left = gap + place % columns * (cell_width + gap);
        let top = gap + place / columns * (cell_height + gap);
        let cell = picture.covering(cell_width, cell_height);
        page.paste(&cell, left as isize, top as isize);
    }
    page
}

fn one_and_two(photo: &Photo, stage: &mut Stage) -> Photo {
    let (colour, gap) = ground(stage, Gutter::Wide);
    let pictures = company(photo, stage, 2);
    let large = (WIDTH * 5 / 8 - gap, WIDTH * 3 / 4 - 2 * gap);
    let small = (WIDTH - large.0 - 3 * gap, (large.1 - gap) / 2);
    let mut page = Photo::filled(WIDTH, WIDTH * 3 / 4, colour);
    let on_right = (large.0 + 2 * gap) as isize;
    let below = (gap * 2 + small.1) as isize;
    let gap = gap as isize;
    page.paste(&pictures[0].covering(large.0, large.1), gap, gap);
    page.paste(&pictures[1].covering(small.0, small.1), on_right, gap);
    page.paste(&pictures[2].covering(small.0, small.1), on_right, below);
    page
}

/// A small picture in a corner of a large one, mostly with a rim.
fn inset(mut ground: Photo, small: &Photo, stage: &mut Stage) -> Photo {
    let dice = &mut stage.dice;
    let share = dice.between(0.27, 0.4);
    let side = (ground.short() as f32 * share * 1.2) as usize;
    let inner = small.fitted(side.max(8), side.max(8));
    let margin = (ground.short() as f32 * 0.035) as usize;
    let far = |room: usize, own: usize| room.saturating_sub(own + margin);
    let left = if dice.happens(0.5) { margin } else { far(ground.width, inner.width) };
    let top = if dice.happens(0.3) { margin } else { far(ground.height, inner.height) };
    let rim = dice.pick(&[0, 2, 4]);
    let frame = Photo::filled(inner.width + 2 * rim, inner.height + 2 * rim, WHITE);
    let radius = dice.pick(&[0.0, 0.0, 10.0]);
    let (x, y) = (left as isize, top as isize);
    ground.paste_rounded(&frame, x - rim as isize, y - rim as isize, radius);
    ground.paste_rounded(&inner, x, y, radius);
    ground
}
